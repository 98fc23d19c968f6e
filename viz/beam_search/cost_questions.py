"""Questions on what a search costs and on what holds for every decoder."""

from collections.abc import Callable

import numpy as np

from viz.beam_search import demo
from viz.beam_search.compute import beam_cost
from viz.beam_search.statements import STATEMENTS
from viz.beam_search.wording import amount
from viz.quiz import Choice, Feedback, ManyOf, Question

Rng = np.random.Generator


def scored_candidates(rng: Rng | None) -> Question:
    """What a beam search costs."""
    size, steps, width = len(demo.SEED.tokens), demo.SEED.num_steps, 2
    while rng is not None:
        size, steps = int(rng.choice([2, 3, 4, 5, 10, 20, 50])), int(rng.integers(2, 9))
        width = int(rng.integers(2, 11))
        if len(set(_costs(size, steps, width))) == 4:
            break
    costs = _costs(size, steps, width)
    order = [2, 0, 3, 1] if rng is None else [int(i) for i in rng.permutation(4)]
    words = (
        "",
        "That is the number of all sentences. Candidates are prefixes: every step scores its own, "
        "those that grow from the beam.",
        "That forgets that every kept prefix is extended by every word.",
        f"Close: but the first step has one prefix only, so it scores {size}, and a step never "
        "extends more prefixes than there are.",
    )
    sums = " + ".join(str(size * min(width, size**t)) for t in range(steps))
    exam = rng is None
    return Question(
        id="bs-x5",
        prompt=f"A decoder knows V = {size} words and says T = {steps} of them. How many "
        f"candidates does beam search with k = {width} score in all?",
        answer=Choice(tuple(amount(costs[i]) for i in order), order.index(0)),
        why=f"Each step extends at most k prefixes by V words: {sums} = {amount(costs[0])}.",
        feedback=tuple(Feedback(place, words[i]) for place, i in enumerate(order) if i),
        settings=demo.TreeSettings() if exam else None,
    )


def _costs(size: int, steps: int, width: int) -> tuple[int, int, int, int]:
    """The key, then V^T, T k, T V k."""
    return beam_cost(size, steps, width), size**steps, steps * width, steps * size * width


def true_statements(rng: Rng | None) -> Question:
    """What holds for every decoder."""
    picks = [0, 1, 2] if rng is None else [int(i) for i in rng.permutation(len(STATEMENTS))[:4]]
    if rng is not None and not any(STATEMENTS[i].holds for i in picks):
        picks[-1] = 0
    chosen = [STATEMENTS[i] for i in picks]
    key = frozenset(i for i, one in enumerate(chosen) if one.holds)
    return Question(
        id="bs-x6",
        prompt="Which of these statements about beam search are true?",
        answer=ManyOf(tuple(one.words.removesuffix(".") for one in chosen), key),
        why=" ".join(one.why for one in chosen),
        feedback=tuple(
            Feedback(_marks(i, one.holds), one.hint) for i, one in enumerate(chosen) if one.hint
        ),
        settings=demo.TreeSettings(model="trap", play="width"),
    )


def _marks(place: int, holds: bool) -> Callable[[frozenset[int]], bool]:
    """Whether a set of ticks gets one statement wrong."""
    return lambda value: (place in value) != holds
