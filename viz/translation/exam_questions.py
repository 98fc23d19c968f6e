"""The exam's own questions: both rows of decoder inputs, and what is wrong with stacking."""

import numpy as np

from viz.quiz import Feedback, ManyOf, Question, Tokens
from viz.translation.compute import EOS, SOS, decoder_inputs
from viz.translation.controls import RowSettings
from viz.translation.corpus import Pair
from viz.translation.variants import Rng, slip


def training_row(rng: Rng) -> Question:
    """Part (b): decoder inputs in training."""
    pair, emitted = slip(rng)
    truth, said = (*pair.target, EOS), (*emitted, EOS)
    key = decoder_inputs(truth, said, "training")
    other = decoder_inputs(truth, said, "evaluation")
    return Question(
        id="tr-x1",
        part="b",
        prompt=f"{_asked(pair, emitted)}\n\nThe model is being **trained** with teacher forcing. "
        f"Which {len(key)} tokens go into the decoder, w₁ to w{_sub(len(key))}?",
        answer=Tokens(_bank(pair, emitted), key),
        why="The right translation, shifted right by one: the start symbol first, the last right "
        "word last. The end symbol is predicted, never fed.",
        feedback=_mistakes(
            pair, key, truth, other, "That row has the model's own output; the teacher corrects it."
        ),
        hint="At every step the decoder is fed the token before the one that it should say: "
        "in which row does a teacher look that one up?",
        settings=_settings(pair, emitted, "training"),
        points=2,
    )


def evaluation_row(rng: Rng) -> Question:
    """Part (c): decoder inputs in evaluation."""
    pair, emitted = slip(rng)
    truth, said = (*pair.target, EOS), (*emitted, EOS)
    key = decoder_inputs(truth, said, "evaluation")
    other = decoder_inputs(truth, said, "training")
    return Question(
        id="tr-x2",
        part="c",
        prompt=f"{_asked(pair, emitted)}\n\nThe model is **in use** (evaluation): it translates "
        f"without a teacher. Which {len(key)} tokens go into the decoder, w₁ to w{_sub(len(key))}?",
        answer=Tokens(_bank(pair, emitted), key),
        why="What it said itself, shifted right by one: whatever it says at one step is fed at "
        "the next.",
        feedback=_mistakes(
            pair, key, said, other, "There is no ground truth when translating: it reads itself."
        ),
        hint="At every step the decoder is fed the token before the one that it says next: "
        "where does it come from without a teacher?",
        settings=_settings(pair, emitted, "evaluation"),
        points=2,
    )


def _sub(number: int) -> str:
    return "₀₁₂₃₄₅₆₇₈₉"[number]


def _asked(pair: Pair, emitted: tuple[str, ...]) -> str:
    return (
        "An encoder has read a Spanish sentence; its last state starts a decoder, which at every "
        "step is fed one English token and says the next one, until it says `<eos>`.\n\n"
        f"| Spanish | {' '.join(pair.source)} |\n|---|---|\n"
        f"| right translation | {' '.join(pair.target)} `<eos>` |\n"
        f"| what the model happens to say | {' '.join(emitted)} `<eos>` |"
    )


def _bank(pair: Pair, emitted: tuple[str, ...]) -> tuple[str, ...]:
    return (SOS, EOS, *sorted({*pair.target, *emitted, *pair.source}))


def _settings(pair: Pair, emitted: tuple[str, ...], mode: str) -> RowSettings:
    return RowSettings.model_validate(
        {
            "mode": mode,
            "truth": " ".join(pair.target),
            "emitted": " ".join(emitted),
            "source": " ".join(pair.source),
        }
    )


def _mistakes(
    pair: Pair,
    key: tuple[str, ...],
    outputs: tuple[str, ...],
    other: tuple[str, ...],
    words: str,
) -> tuple[Feedback, ...]:
    spanish = set(pair.source) - set(pair.target)
    slot = next(j for j, (a, b) in enumerate(zip(key, other, strict=True)) if a != b)
    shifted = "Those are the outputs. Inputs are shifted: the first is `<sos>`."
    return (
        Feedback(other, words),
        Feedback(outputs, shifted),
        Feedback(lambda row: any(w in spanish for w in row), "Spanish goes into the encoder."),
        Feedback(lambda row: row[0] == EOS, "It starts with `<sos>`; `<eos>` is never fed."),
        Feedback(lambda row: row[0] != SOS, "Inputs are shifted: the first one is `<sos>`."),
        Feedback(lambda row: EOS in row, "`<eos>` is only predicted, never fed."),
        Feedback(lambda row: SOS in row[1:], "`<sos>` is fed once, at the start."),
        Feedback(lambda row: row[slot] == other[slot], words),
    )


OPTIONS = (
    "sentences of different lengths have no natural handling",
    "English word i can depend on the first i Spanish words only",
    "it needs far more memory",
    "its gradients vanish faster",
    "it cannot use embeddings",
)
SAID = {
    2: "Both designs have the same two layers of states; memory is no difference.",
    3: "Paths from Spanish to English are even shorter here; but do all of them exist?",
    4: "Embeddings go in as before. Think of lengths, and of which words reach word i.",
}


def vertical_problems(rng: Rng) -> Question:
    """Part (a): what is wrong with vertical stacking?"""
    order = np.array([2, 0, 3, 1, 4]) if rng is None else rng.permutation(5)
    place = list(order).index
    return Question(
        id="tr-x3",
        part="a",
        prompt="In the usual design the decoder starts from the encoder's **last** state. Suppose "
        "instead that the decoder is stacked on top of the encoder: at step t it is fed the "
        "encoder's state hₜ beside its previous word, and starts from zeros. Which problems does "
        "that bring? (One right problem is enough, as in the exam.)",
        answer=ManyOf(
            tuple(OPTIONS[i] for i in order),
            frozenset({place(0), place(1)}),
            also=(frozenset({place(0)}), frozenset({place(1)})),
        ),
        why="Both: the two sides share their steps, so an English sentence longer than the Spanish "
        "one has no steps left; and word i hears of the first i Spanish words only, though a later "
        "one may decide it, since word order differs.",
        feedback=(
            *(_ticked(place(option), words) for option, words in SAID.items()),
            Feedback(frozenset(), "There are at least two: count the steps of both sentences."),
        ),
        settings=RowSettings(stack="vertical", source_sos=False),
        points=2,
    )


def _ticked(option: int, words: str) -> Feedback:
    return Feedback(lambda ticked: option in ticked, words)
