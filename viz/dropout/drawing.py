"""What the pictures of dropout share: rounding, and labels that keep their distance."""

from itertools import pairwise

import numpy as np

from viz.draw.numbers import steady


def f4(values: np.ndarray) -> np.ndarray:
    """Five significant digits in single precision, which halves what travels."""
    array = np.asarray(values, dtype=float)
    with np.errstate(divide="ignore"):
        scale = 10.0 ** (4 - np.floor(np.log10(np.where(array == 0, 1.0, np.abs(array)))))
    return (np.round(array * scale) / scale).astype(np.float32)


def limits(low: float, high: float) -> list[float]:
    """Limits of an axis that stay where they are while ``low`` and ``high`` move a little.

    They lie just inside of the ticks at its ends, whose numbers would meet in the corner.
    """
    low, high = steady(low, high)
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
