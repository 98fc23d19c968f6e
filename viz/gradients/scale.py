"""Axes of powers of ten: y is log10 of a size, ticks are written as powers, zones are shaded."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.graph import note
from viz.draw.numbers import FIXED, fixed, short, steady
from viz.gradients.compute import Verdict

Values = np.ndarray[Any, Any]
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SYMBOLS: dict[Verdict, str] = {"vanishing": "▼", "healthy": "●", "exploding": "▲"}
STEPS = (1, 2, 5, 10, 20, 25, 50, 100)
# The share of the axis from which on the healthy band has room for its name.
THICK = 0.15


def size(log: float, digits: int = 2) -> str:
    """A size from its log10, also where a double cannot hold it: 0.96, 2.8 × 10⁻⁸."""
    if log == -math.inf:
        return "0"
    if -3 <= log < 4:
        return short(10**log, digits if log < 2 else max(digits, 3))
    whole = math.floor(log)
    mantissa = f"{10 ** (log - whole):.1f}"
    if mantissa == "10.0":
        whole, mantissa = whole + 1, "1.0"
    return f"{mantissa}{FIXED}×{FIXED}{ten(whole)}"


def multiple(log: float) -> str:
    """A size that stands before the word times: 0.96, 1.0."""
    text = size(log)
    return "1.0" if text == "1" else text


def ten(exponent: float) -> str:
    """10⁻⁷·⁶ as people write a power: whole exponents as they are, others with one decimal."""
    text = f"{exponent:.1f}"
    text = text.removesuffix(".0")
    text = "0" if text == "-0" else text
    return "10" + text.translate(RAISED).replace(".", "·")


def raised(exponent: float, more: str = "") -> str:
    """The same for figures, where a raised number keeps its size: 10 with −7.6 above."""
    return f"10<sup>{fixed(exponent, 1)}{more}</sup>"


def signed(log: float) -> str:
    """R for people: +3.91, −7.55."""
    text = fixed(log, 2)
    return f"+{text}" if log > 0 and float(f"{log:.2f}") != 0 else text


def span(values: Iterable[float], least: float = 2.3) -> tuple[float, float]:
    """A range around finite values that holds 0 and is at least ``2 * least`` high."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min([-least, *finite]), max([least, *finite])
    room = 0.06 * (high - low)
    return steady(low - room, high + room)


def axis(low: float, high: float, *, ticks: int = 7, **more: Any) -> dict[str, Any]:
    """A y axis of log10 values whose ticks are powers of ten."""
    step = next((s for s in STEPS if (high - low) / s <= ticks), STEPS[-1])
    places = [step * k for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
    texts = [str(10**k) if k in (0, 1) else ten(k) for k in places]
    return {"range": [low, high], "tickvals": places, "ticktext": texts, **more}


def zones(
    low: float, high: float, limit: float, *, x: str = "x", y: str = "y"
) -> list[dict[str, Any]]:
    """The healthy band within the limit, behind everything."""
    return [
        {
            "type": "rect",
            "xref": f"{x} domain",
            "yref": y,
            "x0": 0,
            "x1": 1,
            "y0": max(low, -limit),
            "y1": min(high, limit),
            "fillcolor": theme.MUT_T,
            "line": {"width": 0},
            "layer": "below",
        }
    ]


def zone_words(
    low: float,
    high: float,
    limit: float,
    *,
    middles: Sequence[float] = (),
    x: str = "x",
    y: str = "y",
    size: int = 14,
    outer: float = 0.99,
) -> list[dict[str, Any]]:
    """Names of the zones; the outer two at the output's side, where gradients are near 1.

    The inner one stands at the upper or lower edge, away from the curves' ``middles``, if the band
    is thick enough for a word beside a curve. There are always three, so that the stage need not
    draw them anew.
    """
    place: dict[str, Any] = {
        "xref": f"{x} domain",
        "xanchor": "right",
        "size": size,
        "color": theme.MUTED,
    }
    middle = {**place, "xanchor": "center", "yref": y}
    rooms = [min((abs(m - edge) for m in middles), default=limit) for edge in (limit, -limit)]
    edge, anchor = (limit, "top") if rooms[0] > rooms[1] else (-limit, "bottom")
    inner = min(max(edge, low), high)
    within = f"within {10**limit:.0f}×" if 2 * limit > THICK * (high - low) else " "
    notes = [note(0.5, inner, within, yanchor=anchor, **middle)]
    corner = {**place, "xanchor": "right", "yref": f"{y} domain"}
    above = "exploding ▲" if high > 2 * limit else " "
    below = "vanishing ▼" if low < -2 * limit else " "
    return [
        *notes,
        note(outer, 1, above, yanchor="top", **corner),
        note(outer, 0, below, yanchor="bottom", **corner),
    ]


def rounded(values: Values, places: int = 2) -> list[float]:
    """A curve as a short list, since a film repeats it in every frame."""
    return [round(value, places) + 0.0 for value in np.asarray(values, dtype=np.float64).tolist()]


def band(x: Values, low: Values, high: Values, *, color: str, **axes: Any) -> dict[str, Any]:
    """The area between two curves as one filled outline."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [*rounded(x), *rounded(x)[::-1]],
        "y": [*rounded(high), *rounded(low)[::-1]],
        "fill": "toself",
        "fillcolor": color,
        "line": {"width": 0, "color": color},
        "hoverinfo": "skip",
        **axes,
    }


def line(x: Values, y: Values, *, color: str, width: float, **more: Any) -> dict[str, Any]:
    """One curve."""
    dash = more.pop("dash", "solid")
    return {
        "type": "scatter",
        "mode": "lines",
        "x": rounded(x),
        "y": rounded(y),
        "line": {"color": color, "width": width, "dash": dash},
        "cliponaxis": False,
        **more,
    }


def dot(x: float, y: float, *, color: str, size: float = 12, **more: Any) -> dict[str, Any]:
    """The head of a curve that grows."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [x],
        "y": [round(float(y), 3)],
        "marker": {"color": color, "size": size, "line": {"color": theme.BG, "width": 2}},
        "hoverinfo": "skip",
        "cliponaxis": False,
        **more,
    }


def thinned(count: int, most: int, keep: Iterable[int] = ()) -> list[int]:
    """Indices 0 ... count - 1, or ``most`` of them evenly, with both ends and ``keep``."""
    if count <= most:
        return list(range(count))
    even = np.linspace(0, count - 1, most).round().astype(int).tolist()
    return sorted({*even, *(k for k in keep if 0 <= k < count)})


def push_apart(values: list[float], gap: float) -> list[float]:
    """Positions of labels near ``values``, in their order, at least ``gap`` from each other."""
    order = sorted(range(len(values)), key=values.__getitem__)
    placed = [values[i] for i in order]
    for _ in range(60):
        moved = False
        for k in range(len(placed) - 1):
            short_of = gap - (placed[k + 1] - placed[k])
            if short_of > 1e-9:
                placed[k] -= short_of / 2
                placed[k + 1] += short_of / 2
                moved = True
        if not moved:
            break
    result = [0.0] * len(values)
    for place, i in zip(placed, order, strict=True):
        result[i] = place
    return result


def clear_height(curves: Sequence[Values], low: float, high: float) -> float:
    """Where a label in the middle of the layers is farthest from all curves."""
    count = len(curves[0])
    shown = slice(math.floor(0.33 * (count - 1)), math.ceil(0.67 * (count - 1)) + 1)
    values = np.concatenate([curve[shown] for curve in curves])
    places = np.linspace(low, high, 41)[3:-3]
    rooms = np.abs(places[:, None] - values[None, :]).min(axis=1)
    return float(places[np.argmax(rooms)])
