"""Forms of answers that these questions need: exact counts, a side, and features by three."""

import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from viz import grammar
from viz.cnn.compute import exact_value
from viz.draw.numbers import count, short
from viz.quiz import Grade


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number, exact; 2,483 and 3x3x1x10 + 10 are understood."""

    key: int

    def read(self, text: str) -> Fraction:
        """Read plain arithmetic."""
        return exact_value(text)

    def grade(self, value: Fraction) -> Grade:
        """Right if it is the key."""
        return Grade(value == self.key)

    def same(self, value: Fraction, other: int) -> bool:
        """The same number."""
        return value == other

    def key_text(self) -> str:
        """The key's digits."""
        return str(self.key)

    def shown(self) -> str:
        """The key with thin spaces."""
        return count(self.key)


@dataclass(frozen=True, slots=True)
class Side(Count):
    """The side of a square, exact; 10×10 means 10."""

    def read(self, text: str) -> Fraction:
        """Read plain arithmetic, or a square by both its sides."""
        square = re.fullmatch(r"(\d+)\s*[x×]\s*\1", text.strip().lower())
        return exact_value(square.group(1) if square else text)


_AROUND = re.compile(r"[][(){}]|\^\s*(T|⊤)|[ᵀ⊤]")
_PARTS = (r"[;\n]", r"\s+", r",")


@dataclass(frozen=True, slots=True)
class Features:
    """Numbers in a row, parted by semicolons, spaces or commas, each within ``atol``."""

    key: tuple[float, ...]
    atol: float = 0.01

    def read(self, text: str) -> tuple[float, ...]:
        """Read as many numbers as the key has; brackets around them may stay.

        A comma is a decimal one where semicolons or spaces part the numbers.
        """
        bare = _AROUND.sub(" ", text)
        splits = [[one for one in _cells(bare, sign) if one] for sign in _PARTS]
        items = next((found for found in splits if len(found) == len(self.key)), None)
        if items is None:
            got = max(len(found) for found in splits)
            raise ValueError(f"type {len(self.key)} numbers, e.g. 0.1, 0.2, 0.3; got {got}")
        return tuple(grammar.read_number(item) for item in items)

    def grade(self, value: tuple[float, ...]) -> Grade:
        """Right if every number is."""
        near = np.isclose(value, self.key, rtol=0.01, atol=self.atol)
        return Grade(bool(near.all()), tuple(bool(one) for one in near))

    def same(self, value: tuple[float, ...], other: tuple[float, ...]) -> bool:
        """All numbers within the tolerance."""
        return bool(np.allclose(value, other, rtol=0.01, atol=self.atol))

    def key_text(self) -> str:
        """The key, parted by commas."""
        return ", ".join(repr(one) for one in self.key)

    def shown(self) -> str:
        """The key in brackets."""
        return f"[{', '.join(short(one, 3) for one in self.key)}]"


def _cells(text: str, sign: str) -> list[str]:
    return [cell.strip(" ,\t\n") for cell in re.split(sign, text.strip())]
