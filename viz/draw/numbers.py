"""How numbers are written for people: real minus signs, thin spaces, powers of ten."""

import math

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TOPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
# Neither of the two lets a line end within a number.
THIN, FIXED = "\u202f", "\u00a0"


def fixed(value: float, places: int = 2) -> str:
    """``places`` decimals, a real minus sign, never minus zero: −0.51."""
    text = f"{value:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def short(value: float, digits: int = 4) -> str:
    """At most ``digits`` significant digits, whole numbers without decimals, powers as 10⁻⁴."""
    if value == 0:
        return "0"
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "infinite" if value > 0 else "−infinite"
    if 1e-4 <= abs(value) < 10 ** max(digits, 5):
        text = f"{value:.{digits}g}"
        text = f"{float(text):.0f}" if "e" in text else text
        return text.replace("-", "−")
    return power(value, digits=min(digits, 3))


def power(value: float, digits: int = 2) -> str:
    """Scientific form as people write it: 7.9 × 10⁻³¹."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    raised = str(int(exponent)).translate(_RAISED)
    if abs(float(mantissa)) == 1:
        return f"{'−' if value < 0 else ''}10{raised}"
    return f"{mantissa.replace('-', '−')}{FIXED}×{FIXED}10{raised}"


def count(value: int) -> str:
    """A whole number with thin spaces from 1 000 on."""
    return f"{value:,}".replace(",", THIN).replace("-", "−")


def plain(value: float) -> str:
    """A limit or a typed number, as a sentence names it: 0.0625, −3, 1 000 000, 10⁻⁶."""
    if math.isfinite(value) and value == int(value) and 1e4 <= abs(value) < 1e7:
        return count(int(value))
    return short(value, 6)


def steady(low: float, high: float, parts: int = 6) -> tuple[float, float]:
    """Limits of an axis that hold ``low`` and ``high`` and stay where they are while these move.

    They are multiples of 1, 2 or 5 x 10^k, at least ``parts`` of them apart; so a small change of
    a control moves the curve, not the axis under it. Fewer parts: it moves less often, and more of
    it may be empty.
    """
    if not high > low:
        return low, high
    most = (high - low) / parts
    decade = 10.0 ** math.floor(math.log10(most))
    step = max((m * decade for m in (1, 2, 5) if m * decade <= most), default=decade)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def ceiling(value: float) -> float:
    """The top of an axis from 0 that holds ``value``: 1, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 x 10^k.

    It moves less often than a limit of `steady`, and leaves at most a third of the axis empty.
    """
    if not value > 0:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    share = value / decade * (1 - 1e-12)
    return decade * next(top for top in _TOPS if top >= share)


def listed(items: list[str] | tuple[str, ...], word: str = "and") -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def latex(value: float, digits: int = 5) -> str:
    """A number for a LaTeX formula: −0.25, 7.9 · 10⁻³¹."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def latex_factor(value: float, digits: int = 5) -> str:
    """The same, in brackets if it is negative, so that it may stand behind an operator."""
    return f"({latex(value, digits)})" if value < 0 else latex(value, digits)


def stacked(*rows: str) -> str:
    """A LaTeX formula in rows that align at their &, since a long one leaves a phone's screen."""
    return r"\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}"
