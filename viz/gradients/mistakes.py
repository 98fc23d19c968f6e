"""Feedback on known mistakes of a number."""

import math
from functools import partial

from viz.quiz import Feedback, Number, is_close


def apart(number: Number, *mistakes: tuple[float, str]) -> tuple[Feedback, ...]:
    """Feedback for those mistakes that are no right answers here, and differ from each other.

    A mistake is recognized more closely than an answer is graded: two of them may both lie within
    the tolerance.
    """
    said: list[Feedback] = []
    known: list[float] = []
    for wrong, words in mistakes:
        is_new = not any(near(wrong, other) for other in known)
        if math.isfinite(wrong) and is_new and not number.grade(wrong).right:
            known.append(wrong)
            said.append(Feedback(partial(near, wrong), words))
    return tuple(said)


def near(wrong: float, value: float) -> bool:
    """Whether a typed value is a mistake, rounded as people round."""
    return is_close(value, wrong, rel=0.03, atol=0)
