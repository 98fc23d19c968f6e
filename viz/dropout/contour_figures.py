"""Contours of the expected cost over two weights, for every keep probability."""

from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed
from viz.dropout.drawing import f4, limits
from viz.dropout.results import Path


def ellipses(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    """Contours of the expected cost over two weights; for each p through its lowest point."""
    if result.weight.shape[1] < 2:
        return ()
    x, y = result.sample.x[:, :2], result.sample.y
    gram = x.T @ x
    level = 0.04 * float(((y - y.mean()) ** 2).sum())
    if not (np.diag(gram) > 0).all() or level <= 0:
        return ()
    rings = [_rings(gram, result.weight[i, :2], p, level) for i, p in enumerate(result.keeps)]
    low = np.minimum(result.weight[:, :2].min(axis=0), 0) - 0.4
    high = np.maximum(result.weight[:, :2].max(axis=0), 0) + 0.4
    start = result.present
    low, high = _around(rings[start], low, high)
    axis = {"fixedrange": True, "zeroline": True, "zerolinecolor": theme.LINE}
    layout = theme.chart(
        380,
        margin={"l": 62, "r": 20, "t": 14, "b": 52},
        xaxis={
            **axis,
            "range": limits(float(low[0]), float(high[0])),
            "title": {"text": "w₁ = p w̌₁"},
        },
        yaxis={
            **axis,
            "range": limits(float(low[1]), float(high[1])),
            "title": {"text": "" if phone else "w₂"},
        },
    )
    base = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    traces = [
        {
            **base,
            "name": "path over p",
            "x": f4(result.weight[:, 0]),
            "y": f4(result.weight[:, 1]),
            "line": {"color": theme.HAIR, "width": 3},
        },
        {**base, "name": "contours", **rings[start], "line": {"color": theme.TRU, "width": 2}},
        {
            **base,
            "mode": "markers",
            "name": "lowest point",
            **_lowest(result, start),
            "marker": {"size": 13, "color": theme.PAR},
        },
    ]
    frames = tuple(
        Frame(f"p = {p:.2f}", _ellipse_caption(result, i), (1, 2), (rings[i], _lowest(result, i)))
        for i, p in enumerate(result.keeps)
    )
    return (Film(theme.figure(traces, layout), frames, variable="p", start=start),)


def _rings(gram: np.ndarray, middle: np.ndarray, p: float, level: float) -> dict[str, Any]:
    """Two contours of w'Gw + (1-p)/p w'diag(G)w around its lowest point."""
    matrix = gram + (1 - p) / p * np.diag(np.diag(gram))
    values, vectors = np.linalg.eigh(matrix)
    turn = np.linspace(0, 2 * np.pi, 37)
    unit = np.stack([np.cos(turn), np.sin(turn)])
    x: list[float | None] = []
    y: list[float | None] = []
    for size in (1.0, 2.0):
        radii = size * np.sqrt(level / np.maximum(values, 1e-9 * values.max()))
        ring = middle[:, None] + vectors @ (np.minimum(radii, 50.0)[:, None] * unit)
        x += [*(round(float(v), 3) for v in ring[0]), None]
        y += [*(round(float(v), 3) for v in ring[1]), None]
    return {"x": x, "y": y}


def _around(
    ring: dict[str, Any], low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The range made wide enough for the contours at first, unless they are very long."""
    points = [[v for v in ring[name] if v is not None] for name in ("x", "y")]
    room = high - low
    least = np.array([min(line) for line in points]) - 0.04 * room
    most = np.array([max(line) for line in points]) + 0.04 * room
    return np.clip(least, low - room, low), np.clip(most, high, high + room)


def _lowest(result: Path, i: int) -> dict[str, Any]:
    return {
        "x": [round(float(result.weight[i, 0]), 4)],
        "y": [round(float(result.weight[i, 1]), 4)],
    }


def _ellipse_caption(result: Path, i: int) -> str:
    p = result.keeps[i]
    shape = "as the features' lengths and products have them"
    if p < 1:
        shape = "at least as round as at p = 1, for the penalty charges each weight by itself"
    others = "" if result.weight.shape[1] == 2 else ", the other weights kept at their best values"
    return (
        f"{{tru:Lines of equal cost}} in w₁ and w₂ at p = {p:.2f}{others}: {shape}. The "
        f"{{par:lowest point}} is ({fixed(float(result.weight[i, 0]))}, "
        f"{fixed(float(result.weight[i, 1]))})."
    )
