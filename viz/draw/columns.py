"""Numbers on their way to the browser: no more digits than a picture can show."""

from typing import Any

import numpy as np
import numpy.typing as npt

SHORT = 32


def column(values: npt.ArrayLike, *, digits: int = 4) -> Any:
    """Values with ``digits`` digits of the largest one: a short column as list, else float32."""
    numbers = np.asarray(values, dtype=float)
    largest = float(np.abs(numbers).max(initial=0.0))
    if largest == 0:
        return numbers.astype(np.float32) if len(numbers) > SHORT else numbers.tolist()
    decimals = digits - int(np.floor(np.log10(largest)))
    rounded = np.round(numbers, min(max(decimals, 0), 12)) + 0.0
    return rounded.astype(np.float32) if len(numbers) > SHORT else rounded.tolist()
