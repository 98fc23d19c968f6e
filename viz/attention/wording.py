"""How this page writes vectors, temperatures and slopes."""

from collections.abc import Sequence

import numpy as np

from viz.attention.compute import FloatArray, Hard
from viz.draw import theme
from viz.draw.numbers import fixed, listed, power, short

PLACES = 3
MOST = 6
NARROW = {",": 0.24, " ": 0.2, ".": 0.24, "(": 0.3, ")": 0.3, "…": 0.82, "=": 0.5}


def vector(
    values: FloatArray | Sequence[float],
    places: int | None = None,
    *,
    room: float = 340.0,
    size: int = 17,
) -> str:
    """(1, 4, 3): whole numbers and short decimals as they are, else ``places`` decimals.

    What does not fit into ``room`` pixels at this font size is cut off with an ellipsis.
    """
    said = [
        short(float(value), 3) if places is None else _decimal(float(value), places)
        for value in values[:MOST]
    ]
    return _cut(said, len(values), room, size)


def _cut(said: list[str], count: int, room: float, size: int) -> str:
    for kept in range(len(said), -1, -1):
        items = said[:kept] if kept == count else [*said[:kept], "…"]
        text = f"({', '.join(items)})"
        if width(text, size) <= room:
            return text
    return "(…)"


def width(text: str, size: int) -> float:
    """About how many pixels a text takes."""
    return size * sum(NARROW.get(letter, 0.5) for letter in text)


def _decimal(value: float, places: int) -> str:
    """``places`` decimals for everyday sizes, fewer for large ones."""
    return fixed(value, places) if abs(value) < 100 else short(value, 5)


def weight(value: float) -> str:
    """Three decimals."""
    return fixed(value, PLACES)


def share(value: float, count: int) -> str:
    """The weight of one key of ``count``; softmax never gives all of it to one of several."""
    said = short(value, 4)
    return "over 0.9999" if said == "1" and count > 1 else said


def size(value: float) -> str:
    """A slope or a gradient: three digits, powers of ten when tiny, 0 below 1e-300."""
    if abs(value) < 1e-300:
        return "0"
    if 1e-3 <= abs(value) < 1000:
        return f"{value:#.3g}".rstrip(".").replace("-", "−")
    return short(value, 3) if 1000 <= abs(value) < 1e5 else power(value, 2)


def score(value: float, digits: int = 4) -> str:
    """A score; five digits from 100 on."""
    return short(value, digits if abs(value) < 100 else 5)


def scores(values: FloatArray, most: int = 8) -> str:
    """Scores 3, 11, 5, 2; of many only the best."""
    if len(values) > most:
        return f"The best of {len(values)} scores is {score(float(values.max()))}"
    said = ", ".join(score(float(v)) for v in values)
    return f"Score {said}" if len(values) == 1 else f"Scores {said}"


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
    if not won.jumps:
        said = "but no small move of the query makes the output jump; the first is taken"
        return f"Keys {keys}{more} tie, {said}."
    return f"Keys {keys}{more} tie exactly: argmax has no derivative here; the first is taken."
