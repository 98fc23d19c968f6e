"""The exam's questions on translation, and variants with other sentences."""

import numpy as np

from viz.quiz import Choice, Feedback, ManyOf, Number, Parts, Question, Tokens
from viz.translation import corpus, demo
from viz.translation.corpus import EOS, SOS, Pair

Rng = np.random.Generator
CLASSES = (
    ("see", "saw", "have", "want"),
    ("sees", "has", "wants"),
    ("a", "the"),
    ("black", "white", "small", "red"),
    ("dog", "cat", "horse", "book", "house", "table", "flower", "cow"),
)


def _case(rng: Rng | None) -> tuple[Pair, tuple[str, ...]]:
    """A sentence and what the model said: one word replaced by another of its class."""
    if rng is None:
        truth = tuple(w for w in demo.SEED.truth if w != EOS)
        emitted = tuple(w for w in demo.SEED.emitted if w != EOS)
        source = tuple(w for w in demo.SEED.source if w not in (SOS, EOS))
        return Pair(source, truth, "plain"), emitted
    pairs = [pair for pair in corpus.corpus() if 4 <= len(pair.target) <= 6]
    while True:
        pair = pairs[rng.integers(len(pairs))]
        places = [j for j, word in enumerate(pair.target[:-1]) if any(word in c for c in CLASSES)]
        if not places:
            continue
        j = places[rng.integers(len(places))]
        group = next(c for c in CLASSES if pair.target[j] in c)
        others = [word for word in group if word != pair.target[j]]
        said = others[rng.integers(len(others))]
        return pair, (*pair.target[:j], said, *pair.target[j + 1 :])


def _settings(pair: Pair, emitted: tuple[str, ...], mode: str) -> demo.RowSettings:
    return demo.RowSettings.model_validate(
        {
            "mode": mode,
            "truth": " ".join(pair.target),
            "emitted": " ".join(emitted),
            "source": " ".join(pair.source),
        }
    )


def _bank(pair: Pair, emitted: tuple[str, ...]) -> tuple[str, ...]:
    words = sorted({*pair.target, *emitted, *pair.source})
    return (SOS, EOS, *words)


def _asked(pair: Pair, emitted: tuple[str, ...]) -> str:
    return (
        f"“{' '.join(pair.source)}” should become “{' '.join(pair.target)}”; the model says "
        f"“{' '.join(emitted)}”. "
    )


def training_row(rng: Rng | None) -> Question:
    """Part (b): decoder inputs in training."""
    pair, emitted = _case(rng)
    truth = (*pair.target, EOS)
    key = corpus.decoder_inputs(truth, (*emitted, EOS), "training")
    other = corpus.decoder_inputs(truth, (*emitted, EOS), "evaluation")
    return Question(
        id="tr-x1",
        prompt=f"{_asked(pair, emitted)}Which words go into the decoder while **training** with "
        "teacher forcing?",
        answer=Tokens(_bank(pair, emitted), key),
        why="The true translation, shifted right by one: the start symbol first, the last true "
        "word last. The end symbol is predicted, never fed.",
        feedback=_row_feedback(
            pair, key, other, "That is the model's output; the teacher corrects it.", truth
        ),
        settings=_settings(pair, emitted, "training"),
        points=2,
    )


def evaluation_row(rng: Rng | None) -> Question:
    """Part (c): decoder inputs in evaluation."""
    pair, emitted = _case(rng)
    said = (*emitted, EOS)
    key = corpus.decoder_inputs((*pair.target, EOS), said, "evaluation")
    other = corpus.decoder_inputs((*pair.target, EOS), said, "training")
    return Question(
        id="tr-x2",
        prompt=f"{_asked(pair, emitted)}Which words go into the decoder in **evaluation**?",
        answer=Tokens(_bank(pair, emitted), key),
        why="What it said itself, shifted right by one: whatever it says at one step is fed at "
        "the next.",
        feedback=_row_feedback(
            pair, key, other, "There is no ground truth when translating.", said
        ),
        settings=_settings(pair, emitted, "evaluation"),
        points=2,
    )


def _row_feedback(
    pair: Pair, key: tuple[str, ...], other: tuple[str, ...], words: str, outputs: tuple[str, ...]
) -> tuple[Feedback, ...]:
    spanish = set(pair.source) - set(pair.target)
    return (
        Feedback(other, words),
        Feedback(outputs, "Those are the outputs; inputs are shifted, the first is <sos>."),
        Feedback(
            lambda value: any(word in spanish for word in value),
            "Spanish words go into the encoder.",
        ),
        Feedback(
            lambda value: EOS in value and value != key,
            "<eos> is only predicted, never fed.",
        ),
        Feedback(lambda value: value[0] != SOS, "Inputs are shifted: the first one is <sos>."),
    )


def vertical_problems(rng: Rng | None) -> Question:
    """Part (a): what is wrong with vertical stacking?"""
    options = (
        "sentences of different lengths have no natural handling",
        "English word i sees only the first i Spanish words",
        "it needs far more memory",
        "its gradients vanish faster",
        "it cannot use embeddings",
    )
    order = np.array([2, 0, 3, 1, 4]) if rng is None else rng.permutation(5)
    place = list(order).index
    key = frozenset({place(0), place(1)})
    wrong = {place(2), place(3), place(4)}
    return Question(
        id="tr-x3",
        prompt="Stack the decoder on the encoder: step t of the decoder reads the encoder's state "
        "h_t, instead of starting from the last one. Which problems does that bring?",
        answer=ManyOf(
            tuple(options[i] for i in order),
            key,
            also=(frozenset({place(0)}), frozenset({place(1)})),
        ),
        why="Both: the English sentence cannot be longer than the Spanish one, and word i hears "
        "only of the first i Spanish words, though word order differs. (The exam asks for one.)",
        feedback=(
            Feedback(
                lambda value: bool(value & wrong),
                "Memory, gradients and embeddings are the same in both; think of what reaches "
                "word i, and of lengths.",
            ),
        ),
        settings=demo.RowSettings(stack="vertical", source_sos=False),
        points=2,
    )


def _flow_case(rng: Rng | None) -> tuple[Pair, int, bool]:
    if rng is None:
        return _case(None)[0], 2, False
    pairs = corpus.corpus()
    pair = pairs[rng.integers(len(pairs))]
    sos = bool(rng.integers(2))
    room = min(len(pair.target) + 1, len(pair.source) + 1 + sos)
    return pair, int(rng.integers(1, room + 1)), sos


def reachable(rng: Rng | None) -> Question:
    """Which source words can influence an output?"""
    pair, j, sos = _flow_case(rng)
    source = corpus.full_source(pair, sos)
    shown = tuple(f"`{word}`" for word in source)
    keys = {
        stack: frozenset(
            int(i)
            for i in np.flatnonzero(
                corpus.reach(stack, num_source=len(source), num_target=len(source))[
                    min(j, len(source)) - 1
                ]
            )
        )
        for stack in ("horizontal", "vertical")
    }
    feedback = [
        Feedback(
            keys["horizontal"], "That is the horizontal stack; here step j reads only h_j.", part=1
        )
        if keys["horizontal"] != keys["vertical"]
        else None,
        Feedback(frozenset(range(j - 1)), "h_j has already read source word j.", part=1)
        if frozenset(range(j - 1)) != keys["vertical"]
        else None,
        Feedback(
            frozenset(range(min(j + 1, len(source)))), "h_j has not read word j + 1 yet.", part=1
        )
        if frozenset(range(min(j + 1, len(source)))) not in keys.values()
        else None,
        Feedback(keys["vertical"], "The last encoder state has read every word.", part=0)
        if keys["horizontal"] != keys["vertical"]
        else None,
    ]
    return Question(
        id="tr-x4",
        prompt=f"The encoder reads {' '.join(shown)}. Which of these words can influence English "
        f"word {j}?",
        answer=Parts(
            (
                "horizontal: the decoder starts from the last state",
                ManyOf(shown, keys["horizontal"]),
            ),
            ("vertical: step t reads state h_t", ManyOf(shown, keys["vertical"])),
        ),
        why=f"Horizontal: all {len(source)}, through the last state. Vertical: h_{j} has read the "
        f"first {len(keys['vertical'])} only.",
        feedback=tuple(f for f in feedback if f is not None),
        settings=demo.FlowSettings(source=" ".join(pair.source), source_sos=sos),
        points=2,
    )


def longest(rng: Rng | None) -> Question:
    """How long can the vertical model's sentence be?"""
    pair, _, sos = _flow_case(rng)
    slots = len(corpus.full_source(pair, sos))
    needed = len(pair.target) + 1
    read = " ".join(f"`{word}`" for word in corpus.full_source(pair, sos))
    return Question(
        id="tr-x5",
        prompt=f"A vertical model reads {read}. How many English tokens, `<eos>` included, can it "
        f"emit, and can it say “{' '.join(pair.target)}” with its `<eos>` at all?",
        answer=Parts(
            ("tokens", Number(slots, abs=0.1, rel=0)),
            ("is it possible?", Choice(("yes", "no"), 0 if needed <= slots else 1)),
        ),
        why=f"One token for each of the {slots} source slots; the sentence needs {needed}.",
        feedback=(
            Feedback(float(slots - 1), "The end symbol has a state, too.", part=0),
            Feedback(float(slots + 1), "Count the source tokens only.", part=0),
        ),
        settings=demo.RowSettings.model_validate(
            {
                "stack": "vertical",
                "source": " ".join(pair.source),
                "source_sos": sos,
                "truth": " ".join(pair.target),
                "emitted": " ".join(pair.target),
            }
        ),
        points=2,
    )


def derailed(rng: Rng | None) -> Question:
    """Does one wrong word matter?"""
    options = (
        "fewer than half of the words after it are right",
        "nothing else changes: the encoder's state still knows the sentence",
        "the model stops at once",
        "every later word is wrong, always",
    )
    order = np.array([1, 0, 3, 2]) if rng is None else rng.permutation(4)
    place = list(order).index
    return Question(
        id="tr-x6",
        prompt="A translator gets every held-out sentence right. Now its second word is "
        "overwritten by a random wrong word and fed back. This model, seed 0: what happens to the "
        "words after it?",
        answer=Choice(tuple(options[i] for i in order), place(0)),
        why="The decoder trusts what it is fed: it was never trained on its own mistakes "
        "(exposure bias). Train the model and look at the last chart of Explore.",
        feedback=(
            Feedback(
                place(1),
                "The state knows it, but the word that was fed pulls the decoder "
                "away: in training the two never disagreed.",
            ),
            Feedback(place(3), "Some words do not depend on it, so some stay right."),
            Feedback(place(2), "Nothing tells it that anything is wrong."),
        ),
        settings=demo.ModelSettings(train=True, force_at=2, force_word="the"),
    )


ALL = (
    training_row,
    evaluation_row,
    vertical_problems,
    reachable,
    longest,
    derailed,
)
