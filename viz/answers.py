"""Answers that are typed or placed: numbers, shapes, formulas, curves; how each is read and graded.

An answer that is picked from what is shown stands in `viz.choices`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from viz import grammar, tables
from viz.draw.film import Film
from viz.draw.numbers import short

POINTS = 8


@dataclass(frozen=True, slots=True)
class Grade:
    """Whether an answer is right, and which of its parts are."""

    right: bool
    parts: tuple[bool, ...] = ()


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
        rounding = 1e-12 * abs(other)
        return bool(abs(value - other) <= max(self.abs, self.rel * abs(other)) + rounding)

    def key_text(self) -> str:
        """The key with all its digits."""
        return repr(float(self.key))

    def shown(self) -> str:
        """The key as people write it."""
        return self.words or f"{short(self.key, 6)} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Shape:
    """Whole numbers in a stated order (height, width, channels).

    ×, x, *, ·, commas, semicolons or spaces part them; brackets may be around them.
    """

    key: tuple[int, ...]
    names: tuple[str, ...]

    def read(self, text: str) -> tuple[int, ...]:
        """Read whole numbers."""
        cells = [cell for cell in re.split(r"[×xX*·⋅∙,;\s]+", text.strip("()[]{} \t")) if cell]
        if len(cells) != len(self.key) or not all(cell.isdecimal() for cell in cells):
            wanted = f"{len(self.key)} whole numbers: {' × '.join(self.names)}"
            raise ValueError(f"type {wanted}; '{text.strip()[:40]}' cannot be read so")
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
