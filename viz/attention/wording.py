"""How this page writes vectors, temperatures and slopes."""

from collections.abc import Sequence

import numpy as np

from viz.attention.compute import FloatArray, Hard
from viz.draw import theme
from viz.draw.numbers import fixed, listed, power, short

SHOWN = 4
PLACES = 3


def vector(values: FloatArray | Sequence[float], places: int | None = None) -> str:
    """(1, 4, 3): whole numbers and short decimals as they are, else ``places`` decimals.

    Of more than four entries the first three are written.
    """
    cut = list(values[:SHOWN] if len(values) <= SHOWN else values[: SHOWN - 1])
    said = [short(float(v), 3) if places is None else _decimal(float(v), places) for v in cut]
    return f"({', '.join(said)}{', …' if len(values) > SHOWN else ''})"


def _decimal(value: float, places: int) -> str:
    """``places`` decimals for everyday sizes, fewer for large ones."""
    return fixed(value, places) if abs(value) < 100 else short(value, 5)


def weight(value: float) -> str:
    """Three decimals."""
    return fixed(value, PLACES)


def size(value: float) -> str:
    """A slope or a gradient: three digits, powers of ten when tiny, 0 below 1e-300."""
    if abs(value) < 1e-300:
        return "0"
    if 1e-3 <= abs(value) < 1000:
        return f"{value:#.3g}".rstrip(".").replace("-", "−")
    return short(value, 3) if 1000 <= abs(value) < 1e5 else power(value, 2)


def scores(values: FloatArray, most: int = 8) -> str:
    """3, 11, 5, 2; only the first eight of many."""
    said = ", ".join(short(float(v), 4) for v in values[:most])
    return said if len(values) <= most else f"{said}, …"


def name(letter: str, number: int) -> str:
    """The letter with its index, in the face of the formulas; ``number`` counts from 0."""
    return theme.math(f"<i>{letter}</i><sub>{number + 1}</sub>")


def temperature(value: float) -> str:
    """τ = 3, or the limits τ → ∞ and τ → 0."""
    if value == 0:
        return "τ → 0"
    return "τ → ∞" if np.isinf(value) else f"τ = {short(value, 3)}"


def tie(won: Hard) -> str:
    """The sentence about keys that share the largest score; empty if there are none."""
    if len(won.tied) < 2:
        return ""
    keys = listed([str(j + 1) for j in won.tied[:4]])
    more = f" and {len(won.tied) - 4} more" if len(won.tied) > 4 else ""
    return f"Keys {keys}{more} tie exactly: argmax has no derivative here; the first is taken."
