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
class Parts:
    """Several answers under one question; the text is a JSON list of their texts."""

    items: tuple[tuple[str, Answer], ...]

    def __init__(self, *items: tuple[str, Answer]) -> None:
        object.__setattr__(self, "items", items)

    def read(self, text: str) -> tuple[Any, ...]:
        """Read every part; the sentence names the part that cannot be read."""
        values = []
        for (label, answer), part in zip(self.items, self._texts(text), strict=True):
            try:
                values.append(answer.read(str(part)))
            except ValueError as error:
                raise ValueError(_about(label, error)) from None
        return tuple(values)

    def grade(self, value: tuple[Any, ...]) -> Grade:
        """Right if all parts are."""
        pairs = zip(self.items, value, strict=True)
        parts = tuple(answer.grade(part).right for (_, answer), part in pairs)
        return Grade(all(parts), parts)

    def grade_readable(self, text: str) -> tuple[Grade, str]:
        """Parts that cannot be read are wrong; with the sentence about the first of them."""
        right, said = [], ""
        for (label, answer), part in zip(self.items, self._texts(text), strict=True):
            try:
                right.append(answer.grade(answer.read(str(part))).right)
            except ValueError as error:
                right.append(False)
                said = said or _about(label, error)
        return Grade(all(right), tuple(right)), said

    def _texts(self, text: str) -> list[Any]:
        try:
            texts = json.loads(text)
        except ValueError:
            texts = None
        if not isinstance(texts, list) or len(texts) != len(self.items):
            raise ValueError(f"answer all {len(self.items)} parts")
        return texts

    def same(self, value: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
        """Whether every part is the mistake's; None in ``other`` stands for anything."""
        triples = zip(self.items, value, other, strict=True)
        return all(
            wrong is None or answer.same(part, wrong) for (_, answer), part, wrong in triples
        )

    def key_text(self) -> str:
        """All keys."""
        return json.dumps([answer.key_text() for _, answer in self.items])

    def shown(self) -> str:
        """All keys with their labels."""
        return "; ".join(f"{_headed(label)}{answer.shown()}" for label, answer in self.items)


def _about(label: str, error: ValueError) -> str:
    return f"{label}: {error}" if label else str(error)


def _headed(label: str) -> str:
    """A label in front of its answer; one that ends in ? or = asks for no colon."""
    return f"{label} " if label.endswith(("?", "=")) else f"{label}: " if label else ""


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
