"""Numbers, columns and matrices of the derivations in LaTeX."""

from collections.abc import Sequence

import numpy as np

from viz.attention.compute import FloatArray

SMALL = 5


def tex(value: float, digits: int = 4) -> str:
    """A number for LaTeX; powers of ten where it is tiny or huge."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else r"\infty"
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"
    mantissa, exponent = f"{value:.{min(digits, 3) - 1}e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def column(values: FloatArray | Sequence[float], digits: int = 4) -> str:
    """A vector for LaTeX, written as a row; long ones are cut."""
    shown = [tex(float(v), digits) for v in values[: SMALL + 1]]
    more = [r"\dots"] if len(values) > SMALL + 1 else []
    entries = ", ".join([*shown, *more])
    return rf"\left({entries}\right)"


def decimals(weights: FloatArray) -> str:
    """Weights for LaTeX in three decimals; long rows are cut."""
    shown = [f"{float(weight):.3f}" for weight in weights[:SMALL]]
    more = [r"\dots"] if len(weights) > SMALL else []
    return rf"\left({', '.join([*shown, *more])}\right)"


def matrix(values: FloatArray, digits: int = 3) -> str:
    """A matrix for LaTeX, at most five by five."""
    if max(values.shape) > SMALL:
        return rf"[{values.shape[0]} \times {values.shape[1]}]"
    rows = (" & ".join(tex(float(v), digits) for v in row) for row in values)
    return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"
