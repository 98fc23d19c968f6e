"""Questions: forms of answers, how each is read from text and graded, and feedback on mistakes."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from viz import grammar, tables
from viz.draw.film import Film
from viz.draw.numbers import short
from viz.settings import BaseSettings

POINTS = 8
MAX_VARIANT = 9999


@dataclass(frozen=True, slots=True)
class Grade:
    """Whether an answer is right, and which of its parts are."""

    right: bool
    parts: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """Something to choose; a drawing's caption must not tell whether it is right."""

    words: str
    drawing: Film | None = None


class Answer(Protocol):
    """A form of answer. Every form is one line of text, so that links, tests and pages agree."""

    def read(self, text: str) -> Any:
        """The value of what was typed; ValueError with a sentence if it cannot be read."""

    def grade(self, value: Any) -> Grade:
        """Compare a value that was read with the key."""

    def key_text(self) -> str:
        """A text that is right."""

    def shown(self) -> str:
        """The key for people, as Markdown."""

    def same(self, value: Any, other: Any) -> bool:
        """Whether a value that was read is the mistake ``other``."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number; decimals, fractions, arithmetic and percentages are understood.

    It passes if it is within max(abs, rel * |key|) of the key.
    """

    key: float
    abs: float = 0.01
    rel: float = 0.01
    unit: str = ""
    words: str = ""

    def read(self, text: str) -> float:
        """Read a number."""
        return grammar.read_number(text)

    def grade(self, value: float) -> Grade:
        """Right within the tolerance."""
        return Grade(self.same(value, self.key))

    def same(self, value: float, other: float) -> bool:
        """Within the tolerance around ``other``."""
        return bool(abs(value - other) <= max(self.abs, self.rel * abs(other)) + 1e-12)

    def key_text(self) -> str:
        """The key with all its digits."""
        return repr(float(self.key))

    def shown(self) -> str:
        """The key as people write it."""
        return self.words or f"{short(self.key, 6)} {self.unit}".strip()


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several options; the text is the option's place, counted from 0."""

    options: tuple[Option | str, ...]
    key: int

    def read(self, text: str) -> int:
        """Read the place of an option."""
        return _places(text, len(self.options), exactly=1)[0]

    def grade(self, value: int) -> Grade:
        """Right if it is the key."""
        return Grade(value == self.key)

    def same(self, value: int, other: int) -> bool:
        """The same option."""
        return value == other

    def key_text(self) -> str:
        """The key's place."""
        return str(self.key)

    def shown(self) -> str:
        """The key's words."""
        return words_of(self.options[self.key])


@dataclass(frozen=True, slots=True, eq=False)
class ManyOf:
    """A set of options; ``also`` lists further sets that count as right."""

    options: tuple[Option | str, ...]
    key: frozenset[int]
    also: tuple[frozenset[int], ...] = ()

    def read(self, text: str) -> frozenset[int]:
        """Read places of options, parted by spaces; none is an answer too."""
        return frozenset(_places(text, len(self.options)))

    def grade(self, value: frozenset[int]) -> Grade:
        """Right if the set is the key; a part for every option."""
        parts = tuple((i in value) == (i in self.key) for i in range(len(self.options)))
        return Grade(value == self.key or value in self.also, parts)

    def same(self, value: frozenset[int], other: frozenset[int] | set[int]) -> bool:
        """The same set."""
        return value == frozenset(other)

    def key_text(self) -> str:
        """The key's places."""
        return " ".join(str(i) for i in sorted(self.key))

    def shown(self) -> str:
        """The key's words."""
        return "; ".join(words_of(self.options[i]) for i in sorted(self.key)) or "none of them"


Row = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of check boxes, or of one choice a row if ``single``; the text is ``10;01``.

    ``also`` gives, by row, further patterns that count as right. Every row is one part.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    key: tuple[Row, ...]
    also: Mapping[int, tuple[Row, ...]] | None = None
    single: bool = False

    def read(self, text: str) -> tuple[Row, ...]:
        """Read rows of 0 and 1."""
        rows = text.replace(" ", "").split(";")
        width = len(self.columns)
        if len(rows) != len(self.rows) or any(
            not re.fullmatch(f"[01]{{{width}}}", r) for r in rows
        ):
            raise ValueError(f"the table needs {len(self.rows)} rows of {width} marks")
        if self.single and any(row.count("1") != 1 for row in rows):
            raise ValueError("choose one column in every row")
        return tuple(tuple(mark == "1" for mark in row) for row in rows)

    def grade(self, value: tuple[Row, ...]) -> Grade:
        """Right if every row is."""
        also = self.also or {}
        parts = tuple(
            row == key or row in also.get(i, ())
            for i, (row, key) in enumerate(zip(value, self.key, strict=True))
        )
        return Grade(all(parts), parts)

    def same(self, value: tuple[Row, ...], other: tuple[Row, ...]) -> bool:
        """The same table."""
        return value == other

    def key_text(self) -> str:
        """The key as rows of 0 and 1."""
        return ";".join("".join("01"[mark] for mark in row) for row in self.key)

    def shown(self) -> str:
        """The key, row by row."""
        lines = []
        for row, marks in zip(self.rows, self.key, strict=True):
            ticked = [c for c, mark in zip(self.columns, marks, strict=True) if mark]
            lines.append(f"{row}: {', '.join(ticked) or 'none'}")
        return "; ".join(lines)


@dataclass(frozen=True, slots=True)
class Order:
    """Items to put in order; they are shown as given, the key lists their places in order."""

    items: tuple[str, ...]
    key: tuple[int, ...]
    also: tuple[tuple[int, ...], ...] = ()

    def read(self, text: str) -> tuple[int, ...]:
        """Read places of all items, in the answered order."""
        places = _places(text, len(self.items))
        if len(set(places)) != len(self.items):
            raise ValueError(f"put all {len(self.items)} items in order, each once")
        return places

    def grade(self, value: tuple[int, ...]) -> Grade:
        """Right if it is the key or another accepted order."""
        parts = tuple(a == b for a, b in zip(value, self.key, strict=True))
        return Grade(value == self.key or value in self.also, parts)

    def same(self, value: tuple[int, ...], other: tuple[int, ...]) -> bool:
        """The same order."""
        return value == tuple(other)

    def key_text(self) -> str:
        """The key's places."""
        return " ".join(str(i) for i in self.key)

    def shown(self) -> str:
        """The items in order."""
        return " → ".join(self.items[i] for i in self.key)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sequence of tokens, one box each, from a bank."""

    bank: tuple[str, ...]
    key: tuple[str, ...]
    also: tuple[tuple[str, ...], ...] = ()

    def read(self, text: str) -> tuple[str, ...]:
        """Read tokens parted by spaces."""
        tokens = tuple(text.split())
        if len(tokens) != len(self.key):
            raise ValueError(f"fill all {len(self.key)} boxes, got {len(tokens)}")
        unknown = [token for token in tokens if token not in self.bank]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is not among {', '.join(self.bank)}")
        return tokens

    def grade(self, value: tuple[str, ...]) -> Grade:
        """Right if every token is in its place."""
        parts = tuple(a == b for a, b in zip(value, self.key, strict=True))
        return Grade(all(parts) or value in self.also, parts)

    def same(self, value: tuple[str, ...], other: tuple[str, ...] | str) -> bool:
        """The same sequence."""
        return value == (tuple(other.split()) if isinstance(other, str) else tuple(other))

    def key_text(self) -> str:
        """The key, parted by spaces."""
        return " ".join(self.key)

    def shown(self) -> str:
        """The key as code, since a token may look like a tag."""
        return f"`{' '.join(self.key)}`"


@dataclass(frozen=True, slots=True)
class Shape:
    """Whole numbers in a stated order (height, width, channels); × x * , or spaces part them."""

    key: tuple[int, ...]
    names: tuple[str, ...]

    def read(self, text: str) -> tuple[int, ...]:
        """Read whole numbers."""
        cells = [cell for cell in re.split(r"[×xX*,;\s]+", text.strip("() \t")) if cell]
        if len(cells) != len(self.key) or not all(cell.isdecimal() for cell in cells):
            raise ValueError(f"type {len(self.key)} whole numbers: {' × '.join(self.names)}")
        return tuple(int(cell) for cell in cells)

    def grade(self, value: tuple[int, ...]) -> Grade:
        """Right if every number is."""
        parts = tuple(a == b for a, b in zip(value, self.key, strict=True))
        return Grade(all(parts), parts)

    def same(self, value: tuple[int, ...], other: tuple[int, ...]) -> bool:
        """The same shape."""
        return value == tuple(other)

    def key_text(self) -> str:
        """The key with × between."""
        return "×".join(str(number) for number in self.key)

    def shown(self) -> str:
        """The key with × between."""
        return " × ".join(str(number) for number in self.key)


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula, graded by its value at random points; mistakes are formulas too.

    Attributes:
        key: a right formula.
        names: its variables.
        low, high: the box the points are drawn from, the same for everyone.
        rel: relative tolerance at every point.
        latex: the key for people.
    """

    key: str
    names: tuple[str, ...]
    low: float = 0.05
    high: float = 0.95
    rel: float = 1e-6
    latex: str = ""

    def read(self, text: str) -> grammar.Expression:
        """Read a formula; it must have a value at every point."""
        expression = grammar.read_expression(text, self.names)
        self._values(expression)
        return expression

    def grade(self, value: grammar.Expression) -> Grade:
        """Right if it equals the key at all points."""
        return Grade(self.same(value, self.key))

    def same(self, value: grammar.Expression, other: str) -> bool:
        """Whether both formulas have the same values."""
        theirs = self._values(value)
        ours = self._values(grammar.read_expression(other, self.names))
        return bool(np.allclose(theirs, ours, rtol=self.rel, atol=1e-12))

    def key_text(self) -> str:
        """The key as typed."""
        return self.key

    def shown(self) -> str:
        """The key as a formula."""
        return f"${self.latex}$" if self.latex else f"`{self.key}`"

    def _values(self, expression: grammar.Expression) -> list[float]:
        draws = np.random.default_rng(0).uniform(self.low, self.high, (POINTS, len(self.names)))
        return [expression.evaluate(dict(zip(self.names, row, strict=True))) for row in draws]


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A polynomial, graded exactly by its normal form.

    Attributes:
        key: a right form, as typed.
        names: the variables.
        given: further names and what they stand for, as typed, in order.
        latex: the key for people.
    """

    key: str
    names: tuple[str, ...]
    given: tuple[tuple[str, str], ...] = ()
    latex: str = ""

    def read(self, text: str) -> grammar.Polynomial:
        """Read a polynomial."""
        known: dict[str, grammar.Polynomial] = {}
        for name, meaning in self.given:
            known[name] = grammar.read_polynomial(meaning, self.names, known)
        return grammar.read_polynomial(text, self.names, known)

    def grade(self, value: grammar.Polynomial) -> Grade:
        """Right if the normal forms are equal."""
        return Grade(self.same(value, self.key))

    def same(self, value: grammar.Polynomial, other: str) -> bool:
        """Whether both are the same polynomial."""
        return value == self.read(other)

    def key_text(self) -> str:
        """The key as typed."""
        return self.key

    def shown(self) -> str:
        """The key as a formula."""
        return f"${self.latex}$" if self.latex else f"`{self.key}`"


@dataclass(frozen=True, slots=True)
class Slider:
    """One handle of a curve that is placed by hand."""

    label: str
    low: float
    high: float
    step: float
    start: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve placed by sliders; ``draw`` shows it for the present values.

    Every value must be within its tolerance of the key.
    """

    sliders: tuple[Slider, ...]
    key: tuple[float, ...]
    atol: tuple[float, ...]
    draw: Callable[[tuple[float, ...]], Film]

    def read(self, text: str) -> tuple[float, ...]:
        """Read the sliders' values."""
        values = tables.read_numbers(text, limit=len(self.sliders))
        if len(values) != len(self.sliders):
            raise ValueError(f"place all {len(self.sliders)} sliders")
        return values

    def grade(self, value: tuple[float, ...]) -> Grade:
        """Right if every slider is near its key."""
        parts = self._near(value, self.key)
        return Grade(all(parts), parts)

    def same(self, value: tuple[float, ...], other: tuple[float, ...]) -> bool:
        """Whether the curve is placed as in ``other``."""
        return all(self._near(value, other))

    def key_text(self) -> str:
        """The key's values."""
        return tables.write_numbers(self.key)

    def shown(self) -> str:
        """The key's values with their names."""
        pairs = zip(self.sliders, self.key, strict=True)
        return ", ".join(f"{slider.label} {short(value)}" for slider, value in pairs)

    def _near(self, value: tuple[float, ...], other: tuple[float, ...]) -> tuple[bool, ...]:
        triples = zip(value, other, self.atol, strict=True)
        return tuple(abs(a - b) <= atol + 1e-12 for a, b, atol in triples)


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Several answers under one question; the text is a JSON list of their texts."""

    items: tuple[tuple[str, Answer], ...]

    def __init__(self, *items: tuple[str, Answer]) -> None:
        object.__setattr__(self, "items", items)

    def read(self, text: str) -> tuple[Any, ...]:
        """Read every part; the sentence names the part that cannot be read."""
        try:
            texts = json.loads(text)
        except ValueError:
            texts = None
        if not isinstance(texts, list) or len(texts) != len(self.items):
            raise ValueError(f"answer all {len(self.items)} parts")
        values = []
        for (label, answer), part in zip(self.items, texts, strict=True):
            try:
                values.append(answer.read(str(part)))
            except ValueError as error:
                raise ValueError(f"{label}: {error}" if label else str(error)) from None
        return tuple(values)

    def grade(self, value: tuple[Any, ...]) -> Grade:
        """Right if all parts are."""
        pairs = zip(self.items, value, strict=True)
        parts = tuple(answer.grade(part).right for (_, answer), part in pairs)
        return Grade(all(parts), parts)

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
        return "; ".join(f"{label}: {answer.shown()}" for label, answer in self.items)


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


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A question with its key; the key leaves Python only after a commit.

    Attributes:
        id: as in the concept's list ("bn-x1").
        prompt: Markdown.
        answer: the form and the key.
        why: the working, Markdown, shown after the commit.
        feedback: words for known mistakes, the first that fits is said.
        figure: what stands in the stage's place while the question is open.
        settings: the state of the page that shows the answer.
        points: as in the exam.
    """

    id: str
    prompt: str
    answer: Answer
    why: str
    feedback: tuple[Feedback, ...] = ()
    figure: Film | None = None
    settings: BaseSettings | None = None
    points: int = 1


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
        return Verdict(False, grade.parts, "")
    return Verdict(said.accept or grade.right, grade.parts, said.words)


def words_of(option: Option | str) -> str:
    """The words of an option."""
    return option if isinstance(option, str) else option.words


def _fits(answer: Answer, feedback: Feedback, value: Any) -> bool:
    if feedback.part is not None and isinstance(answer, Parts):
        answer, value = answer.items[feedback.part][1], value[feedback.part]
    if callable(feedback.wrong):
        return bool(feedback.wrong(value))
    return answer.same(value, feedback.wrong)


def _places(text: str, count: int, exactly: int | None = None) -> tuple[int, ...]:
    items = text.split()
    if exactly is not None and len(items) != exactly:
        raise ValueError("choose one option")
    if any(not re.fullmatch(r"\d{1,3}", item) or int(item) >= count for item in items):
        raise ValueError(f"an option is a number from 0 to {count - 1}")
    return tuple(int(item) for item in items)


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
