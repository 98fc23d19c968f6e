"""Questions beyond the exam: what reaches a word, how long a sentence may be, one wrong word."""

import numpy as np

from viz.quiz import Choice, Feedback, ManyOf, Number, Parts, Question
from viz.translation import corpus, store
from viz.translation.compute import EOS, reach
from viz.translation.controls import FlowSettings, ModelSettings, RowSettings
from viz.translation.corpus import Pair, full_source
from viz.translation.network import Said, speak
from viz.translation.row_words import sub
from viz.translation.variants import Rng, exam_pair, others, place


def reachable(rng: Rng) -> Question:
    """Which source words can influence an output, in both stacks."""
    pair, j, sos = place(rng)
    source = full_source(pair, sos)
    shown, count = tuple(f"`{word}`" for word in source), len(source)
    across, up = (
        frozenset(int(i) for i in np.flatnonzero(mask[j - 1]))
        for mask in (reach(s, num_source=count, num_target=count) for s in store.STACKS)
    )
    before, after = frozenset(range(j - 1)), frozenset(range(min(j + 1, count)))
    said = [
        (across, "That is the horizontal design; here step j reads only hⱼ.", 1),
        (before, f"h{sub(j)} has already read source token {j}.", 1),
        (after, f"h{sub(j)} has not read token {j + 1} yet.", 1),
        (up, "The decoder starts from the encoder's last state, which has read every token.", 0),
        (before, "The decoder starts from the encoder's last state, which has read all.", 0),
    ]
    feedback = [
        Feedback(wrong, words, part=part)
        for wrong, words, part in said
        if wrong != (across, up)[part]
    ]
    return Question(
        id="tr-x4",
        prompt=f"The encoder reads {' '.join(shown)}. Which of these tokens can influence English "
        f"word {j}, through the encoder's states, in each design?",
        answer=Parts(
            ("horizontal: the decoder starts from the last state", ManyOf(shown, across)),
            ("vertical: decoder step t reads the encoder's state t", ManyOf(shown, up)),
        ),
        why=f"Horizontal: all {count}, through the last state. Vertical: state {j} has read "
        f"{_first(j, count)}, and later states never come back to step {j}.",
        feedback=tuple(feedback),
        hint=f"Draw the arrows that lead to decoder step {j}, and follow them back.",
        settings=FlowSettings(source=" ".join(pair.source), source_sos=sos),
        points=2,
    )


def _first(j: int, count: int) -> str:
    if j >= count:
        return f"all {count}"
    return f"only the first {j}" if j > 1 else "only the first one"


def longest(rng: Rng) -> Question:
    """How long can a vertical model's sentence be?"""
    pair, _, sos = place(rng)
    source = full_source(pair, sos)
    slots, needed = len(source), len(pair.target) + 1
    read = " ".join(f"`{word}`" for word in source)
    return Question(
        id="tr-x5",
        prompt=f"A vertically stacked model (decoder step t reads the encoder's state t) reads "
        f"{read}. How many English tokens, `<eos>` included, can it say at most? And can it say "
        f"“{' '.join(pair.target)}” with its `<eos>`?",
        answer=Parts(
            ("tokens", Number(slots, abs=0.1, rel=0)),
            ("it can say the sentence", Choice(("yes", "no"), 0 if needed <= slots else 1)),
        ),
        why=f"One token for each of the {slots} source tokens; the sentence needs {needed}.",
        feedback=(
            Feedback(float(slots - 1), "Every token that is read counts, symbols too.", part=0),
            Feedback(float(slots + 1), "Count the source's tokens only.", part=0),
            Feedback(
                1 if needed <= slots else 0,
                f"It needs {needed} tokens with its `<eos>`; compare with the steps there are.",
                part=1,
            ),
        ),
        hint="Write one English token under each Spanish one: which of them have a place?",
        settings=RowSettings.model_validate(
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


def _overwritten(rng: Rng) -> tuple[Pair, int, str, Said]:
    """A test sentence that the model has right, a wrong word in place j, and what it says then."""
    trained = store.trained("horizontal")
    network = trained.at(trained.steps[-1])
    if rng is None:
        pair, j, word = exam_pair(), 3, "the"
        return pair, j, word, speak(network, pair.source, force={j: word})
    test, wish = corpus.split(corpus.corpus())[1], bool(rng.integers(2))
    for _ in range(60):
        pair = test[rng.integers(len(test))]
        j = int(rng.integers(1, len(pair.target)))
        words = others(pair.target[j - 1]) or ("the", "you")
        if rng.integers(2):
            words = tuple(w for w in ("the", "a", "dog", "see", "black") if w != pair.target[j - 1])
        word = str(words[rng.integers(len(words))])
        said = speak(network, pair.source, force={j: word})
        if _stays(pair, j, said) == wish:
            break
    return pair, j, word, said


def _stays(pair: Pair, j: int, said: Said) -> bool:
    return said.said[j:] == (*pair.target, EOS)[j:]


def derailed(rng: Rng) -> Question:
    """Does one wrong word that is fed change the words after it?"""
    pair, j, word, said = _overwritten(rng)
    stays = _stays(pair, j, said)
    kicked = store.measured("horizontal").kicked
    right, goes_on = " ".join(pair.target), " ".join(said.said[j:]).replace("<", r"\<")
    options = (
        "yes: every later word stays as it was",
        "no: at least one later word changes",
        "it depends on chance: the same model may say either",
    )
    return Question(
        id="tr-x6",
        prompt=f"This page's trained model (GRU, seed 0) turns “{' '.join(pair.source)}” into "
        f"“{right}”, always taking the likeliest word. Now “{word}” is fed in place of its word "
        f"{j}, “{pair.target[j - 1]}”. Does the rest of the sentence stay right? (Predict: there "
        "is no formula for it.)",
        answer=Choice(options, 0 if stays else 1),
        why=f"After “{' '.join((*pair.target[: j - 1], word))}” it goes on: “{goes_on}”, "
        f"{'as it would have done anyway' if stays else 'which is not what it said before'}. In "
        "training the words fed never disagreed with the sentence read, so nobody taught it what "
        f"to trust{': here it trusts the sentence' if stays else ''}. Of the tokens after a random "
        f"wrong word {j}, {100 * kicked[j - 1]:.0f}% are right on the test sentences.",
        feedback=(
            Feedback(
                1 if stays else 0,
                "This time the encoder's state wins: the later words do not hang on that one."
                if stays
                else "The state still knows the sentence, but the word that was fed pulls the "
                "decoder away: in training the two never disagreed.",
            ),
            Feedback(2, "The likeliest word is always taken: the same input, the same words."),
        ),
        settings=ModelSettings.model_validate(
            {"source": " ".join(pair.source), "force": f"{j} = {word}", "play": "words"}
        ),
    )
