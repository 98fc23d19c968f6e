"""The formula's parabola through the middle of a cloud of single masks."""

from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.numbers import fixed
from viz.dropout.drawing import f4, limits
from viz.dropout.results import NORMAL_95
from viz.dropout.slices import Slice


def parabola(found: Slice, *, phone: bool = False) -> Film:
    """The formula along one weight, through the middle of a cloud of single masks."""
    del phone
    points, masks = found.clouds.shape
    mean = found.clouds.mean(axis=1)
    error = NORMAL_95 * found.clouds.std(axis=1) / np.sqrt(masks)
    base = {"type": "scatter", "mode": "markers"}
    traces = [
        {
            **base,
            "name": "one mask",
            "x": f4(np.repeat(found.at, masks)),
            "y": f4(found.clouds.ravel()),
            "marker": {"size": 4, "color": theme.faded(theme.MUTED, 0.45)},
            "hoverinfo": "skip",
        },
        {
            **base,
            "mode": "lines",
            "name": "formula",
            "x": f4(found.at),
            "y": f4(found.curve),
            "line": {"color": theme.TRU, "width": 3.5, "shape": "spline"},
            "hovertemplate": "formula %{y:.5g}<extra></extra>",
        },
        _intervals(found.at, mean, error),
        {
            **base,
            "name": "mean of the masks",
            "x": f4(found.at),
            "y": f4(mean),
            "marker": {"size": 8, "color": theme.FWD},
            "hovertemplate": "mean %{y:.5g}<extra></extra>",
        },
    ]
    layout = theme.chart(
        320,
        margin={"l": 62, "r": 20, "t": 14, "b": 52},
        xaxis={
            "range": _around(found.at, 0.04),
            "title": {"text": "first weight w̌₁, the others stay"},
            "fixedrange": True,
        },
        yaxis={
            "range": _around(np.append(found.clouds.ravel(), [mean - error, mean + error]), 0.08),
            "fixedrange": True,
            "nticks": 6,
            "title": {"text": "cost"},
        },
    )
    hits = int((np.abs(mean - found.curve) <= error + 1e-6 * np.abs(found.curve)).sum())
    words = (
        f"{{tru:The formula}} along the first weight, and {masks} random masks at each of {points} "
        f"values (dots). Their {{fwd:means}} with 95% intervals meet the parabola at {hits} of "
        f"{points} values; its lowest point is at w̌₁ = {fixed(float(found.at[points // 2]), 3)}."
    )
    return still(theme.figure(traces, layout), words)


def _around(values: np.ndarray, share: float) -> list[float]:
    """Limits of an axis with room on both sides, a share of its length; so none is fitted."""
    low, high = float(values.min()), float(values.max())
    room = share * (high - low) + 1e-6
    return limits(low - room, high + room)


def _intervals(at: np.ndarray, mean: np.ndarray, error: np.ndarray) -> dict[str, Any]:
    """Error bars as one line with gaps: Plotly's own would have the chart planned anew."""
    x: list[float | None] = []
    y: list[float | None] = []
    for place, low, high in np.column_stack([at, mean - error, mean + error]).tolist():
        x += [float(f"{place:.5g}")] * 2 + [None]
        y += [float(f"{low:.5g}"), float(f"{high:.5g}"), None]
    cap = {"symbol": "line-ew-open", "size": 6, "color": theme.FWD, "line": {"width": 1.5}}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "95% of the mean",
        "x": x,
        "y": y,
        "line": {"color": theme.FWD, "width": 1.5},
        "marker": cap,
        "hoverinfo": "skip",
    }
