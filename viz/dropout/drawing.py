"""What the pictures of dropout share: rounding, and labels that keep their distance."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from viz.draw.numbers import fixed, short, steady


def f4(values: np.ndarray) -> np.ndarray:
    """Five significant digits in single precision, which halves what travels."""
    array = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore"):
        scale = 10.0 ** (4 - np.floor(np.log10(np.where(array == 0, 1.0, np.abs(array)))))
    return (np.round(array * scale) / scale).astype(np.float32)


def alike(values: Sequence[float], digits: int = 5) -> tuple[str, ...]:
    """Numbers to be compared: all with the decimals that give the largest so many digits."""
    largest = max(abs(value) for value in values)
    if not 1e-4 <= largest < 1e5:
        return tuple(short(value, digits) for value in values)
    places = max(0, digits - 1 - math.floor(math.log10(largest)))
    return tuple(fixed(value, places) for value in values)


def limits(low: float, high: float, parts: int = 6) -> list[float]:
    """Limits of an axis that stay where they are while ``low`` and ``high`` move a little.

    They lie just inside of the ticks at its ends, whose numbers would meet in the corner.
    """
    low, high = steady(low, high, parts)
    hair = 1e-3 * (high - low)
    return [low + hair, high - hair]


def pushed(places: list[float], gap: float, top: float) -> list[float]:
    """The same order with at least ``gap`` between neighbors, none above ``top``."""
    if not places:
        return []
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    for before, after in pairwise(order):
        moved[after] = max(moved[after], moved[before] + gap)
    over = max(0.0, moved[order[-1]] - top)
    return [place - over for place in moved]
