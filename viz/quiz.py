"""Questions: a prompt, a form of answer with its key, and feedback on known mistakes."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from viz.answers import Answer, Curve, Expression, Grade, Number, Polynomial, Shape, Slider
from viz.choices import (
    LETTERS,
    Choice,
    ManyOf,
    Option,
    Order,
    Row,
    Table,
    Tokens,
    are_letters,
    labels,
    words_of,
)
from viz.draw.film import Film
from viz.parts import Parts
from viz.settings import BaseSettings

__all__ = [
    "LETTERS",
    "Answer",
    "Choice",
    "Curve",
    "Drawing",
    "Expression",
    "Feedback",
    "Grade",
    "Maker",
    "ManyOf",
    "Number",
    "Option",
    "Order",
    "Parts",
    "Polynomial",
    "Question",
    "Row",
    "Shape",
    "Sketch",
    "Slider",
    "Table",
    "Tokens",
    "Verdict",
    "are_letters",
    "check",
    "check_readable",
    "drawn",
    "is_close",
    "labels",
    "pose",
    "score",
    "solved_from",
    "unticked",
    "words_of",
]

MAX_VARIANT = 9999


@dataclass(frozen=True, slots=True, eq=False)
class Feedback:
    """What to say to one particular mistake.

    Attributes:
        wrong: the mistaken value in the answer's own terms, or a test of the value that was read.
        words: one or two sentences: which mistake it is and what to look at.
        part: with `Parts`, the place of the part that ``wrong`` is about.
        accept: the answer counts as right all the same, with these words.
    """

    wrong: Any | Callable[[Any], bool]
    words: str
    part: int | None = None
    accept: bool = False


class Sketch(Protocol):
    """A picture that is drawn when it is known how wide it will stand."""

    def __call__(self, *, phone: bool) -> Film:
        """The film for a phone, or for a wide screen."""


Drawing = Film | Sketch


def drawn(figure: Drawing, *, phone: bool) -> Film:
    """The film of a picture; one that is a film already fits both widths."""
    return figure if isinstance(figure, Film) else figure(phone=phone)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question with its key; the key leaves Python only after a commit.

    Attributes:
        id: as in the concept's list ("bn-x1").
        prompt: Markdown.
        answer: the form and the key.
        why: the working, Markdown, shown after the commit.
        feedback: words for known mistakes, the first that fits is said.
        hint: a first step, said to a mistake that nobody foresaw.
        figure: what stands in the stage's place while the question is open: a film, or what
            draws one for a phone and for a wide screen.
        solution: the figure with the answer in it, shown with the answer.
        settings: the state of the page that shows the answer.
        points: as in the exam.
        part: the part of the exam's question that this is ("a"); empty beyond the exam.
    """

    id: str
    prompt: str
    answer: Answer
    why: str
    feedback: tuple[Feedback, ...] = ()
    hint: str = ""
    figure: Drawing | None = None
    solution: Drawing | None = None
    settings: BaseSettings | None = None
    points: int = 1
    part: str = ""


Maker = Callable[[np.random.Generator | None], Question]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comes of one attempt."""

    right: bool
    parts: tuple[bool, ...]
    words: str


def pose(maker: Maker, variant: int | None) -> Question:
    """The exam's own question (None) or a variant, the same for everyone."""
    return maker(None if variant is None else np.random.default_rng(variant))


def check(question: Question, text: str) -> Verdict:
    """Grade an answer as typed.

    Raises:
        ValueError: it cannot be read; that is not an attempt.
    """
    value = question.answer.read(text)
    grade = question.answer.grade(value)
    said = next((f for f in question.feedback if _fits(question.answer, f, value)), None)
    if grade.right and (said is None or not said.accept):
        return Verdict(True, grade.parts, "")
    if said is None:
        return Verdict(False, grade.parts, question.hint)
    return Verdict(said.accept or grade.right, grade.parts, said.words)


def check_readable(question: Question, text: str) -> Verdict:
    """Grade an answer that is handed in as it is: what cannot be read is wrong, and named.

    Raises:
        ValueError: none of it can be read.
    """
    try:
        return check(question, text)
    except ValueError:
        if not isinstance(question.answer, Parts):
            raise
    grade, said = question.answer.grade_readable(text)
    if not any(grade.parts):
        question.answer.read(text)
    return Verdict(False, grade.parts, f"{said[0].upper()}{said[1:]}.")


def unticked(answer: Answer, text: str) -> str:
    """A sentence if boxes could be ticked and none is, which may be meant or forgotten."""
    if isinstance(answer, Parts):
        pairs = zip(answer.items, json.loads(text), strict=True)
        said = ((label, unticked(part, one)) for (label, part), one in pairs)
        return next((f"{label}: {words}" if label else words for label, words in said if words), "")
    many = isinstance(answer, ManyOf) and not text.strip()
    table = isinstance(answer, Table) and not answer.single and "1" not in text
    return "nothing is ticked; commit again if you mean that none fits" if many or table else ""


def score(question: Question, verdict: Verdict) -> float:
    """The points of an answer: all, or the share of right parts rounded down to halves."""
    if verdict.right:
        return float(question.points)
    if len(verdict.parts) < 2:
        return 0.0
    return math.floor(2 * question.points * sum(verdict.parts) / len(verdict.parts)) / 2


def _fits(answer: Answer, feedback: Feedback, value: Any) -> bool:
    if feedback.part is not None and isinstance(answer, Parts):
        answer, value = answer.items[feedback.part][1], value[feedback.part]
    if callable(feedback.wrong):
        return bool(feedback.wrong(value))
    return answer.same(value, feedback.wrong)


def solved_from(stored: Any, ids: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Solved variants by question from what a browser kept; whatever does not fit is dropped.

    Variant 0 is the exam's own question, at most 50 variants are kept for each.
    """
    if not isinstance(stored, Mapping) or stored.get("v") != 1:
        return {}
    solved = stored.get("solved")
    if not isinstance(solved, Mapping):
        return {}
    kept: dict[str, tuple[int, ...]] = {}
    for name in ids:
        given = solved.get(name)
        if isinstance(given, list):
            fitting = {v for v in given if type(v) is int and 0 <= v <= MAX_VARIANT}
            kept[name] = tuple(sorted(fitting))[:50]
    return {name: variants for name, variants in kept.items() if variants}


def is_close(value: float, other: float, *, rel: float = 0.01, atol: float = 0.01) -> bool:
    """For tests of a mistake inside a `Feedback`."""
    return math.isclose(value, other, rel_tol=rel, abs_tol=atol)
