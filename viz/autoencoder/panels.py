"""The small pictures beside the curves: W2ᵀW2, the columns of W2, six points, three readouts."""

from typing import Any

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.draw import theme
from viz.draw.numbers import fixed

Trace = dict[str, Any]

BRIM = 1.2
ROOMY = 5
TURN, LIFT = np.radians(25), np.radians(25)
ROUND = np.linspace(0, 2 * np.pi, 49)


def gram(decoder: FloatArray) -> FloatArray:
    """W2ᵀW2, shape (k, k)."""
    return np.asarray(decoder.T @ decoder)


def cells(decoder: FloatArray) -> tuple[Trace, Trace]:
    """What changes in the heat map of W2ᵀW2: its colours, and the numbers in its cells."""
    values = gram(decoder)
    size = len(values)
    texts, colors = [], []
    for i, j in numbered(size):
        share = float(np.clip(abs(values[i, j]) / BRIM, 0, 1))
        hue = theme.PAR if values[i, j] >= 0 else theme.MUTED
        texts.append(fixed(values[i, j], 2 if size <= ROOMY else 1))
        colors.append(theme.ink_on(share, hue))
    fields = {"text": texts, "textfont": {"color": colors, "size": _cell_size(size)}}
    return {"z": np.round(values, 2 if size > ROOMY else 3).tolist()}, fields


def numbered(size: int) -> list[tuple[int, int]]:
    """The cells that have room for a number: all, or the diagonal of a large table."""
    if size > ROOMY:
        return [(i, i) for i in range(size)]
    return [(i, j) for i in range(size) for j in range(size)]


def _cell_size(size: int) -> int:
    return {1: 22, 2: 20, 3: 18, 4: 16}.get(size, 14)


def gram_map(decoder: FloatArray, axes: Trace) -> tuple[Trace, Trace]:
    """The heat map of W2ᵀW2 and the trace of its numbers; 1 nearly fills the scale."""
    size = decoder.shape[1]
    colours, words = cells(decoder)
    place = [n + 1 for n in range(size)]
    heat = {
        "type": "heatmap",
        "name": "W₂ᵀW₂",
        "x": place,
        "y": place,
        "zmin": -BRIM,
        "zmax": BRIM,
        "colorscale": [[0.0, theme.MUTED], [0.5, theme.MUT_T], [1.0, theme.PAR]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "column %{y} · column %{x} = %{z:.3f}<extra></extra>",
        **colours,
        **axes,
    }
    numbers = {
        "type": "scatter",
        "name": "products of columns",
        "mode": "text",
        "x": [j + 1 for _, j in numbered(size)],
        "y": [i + 1 for i, _ in numbered(size)],
        "hoverinfo": "skip",
        **words,
        **axes,
    }
    return heat, numbers


def view_of(latent_dim: int) -> FloatArray:
    """How principal coordinates are put on the page, shape (2, 2) or (2, 3).

    Up to two columns lie in the plane of the first two components; three or more are seen from
    the side, PC1 to the right, PC2 to the back, PC3 upwards.
    """
    if latent_dim < 3:
        return np.eye(2)
    right = [np.cos(TURN), np.sin(TURN), 0.0]
    up = [-np.sin(TURN) * np.sin(LIFT), np.cos(TURN) * np.sin(LIFT), np.cos(LIFT)]
    return np.array([right, up])


def tips(decoder: FloatArray, eigenvectors: FloatArray) -> FloatArray:
    """Ends of the columns of W2 on the page, shape (k, 2)."""
    view = view_of(decoder.shape[1])
    return np.asarray((view @ eigenvectors[:, : view.shape[1]].T @ decoder).T)


def arrows(ends: FloatArray) -> Trace:
    """What changes in the trace of the columns: lines from 0 with a head at each end."""
    x: list[float | None] = []
    y: list[float | None] = []
    for end in np.round(ends, 3).tolist():
        x += [0.0, end[0], None]
        y += [0.0, end[1], None]
    return {"x": x, "y": y}


def column_arrows(ends: FloatArray, axes: Trace) -> Trace:
    """The columns of W2 as arrows from 0."""
    head = [0, 13, 0] * len(ends)
    return {
        "type": "scatter",
        "name": "columns of W₂",
        "mode": "lines+markers",
        "line": {"color": theme.PAR, "width": 3},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": head,
            "color": theme.PAR,
            "opacity": 1,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
        **arrows(ends),
        **axes,
    }


def compass(latent_dim: int, reach: float, axes: Trace) -> Trace:
    """The unit circle (the outline of the unit ball) and the principal directions."""
    x: list[float | None] = [*np.round(np.cos(ROUND), 3).tolist(), None]
    y: list[float | None] = [*np.round(np.sin(ROUND), 3).tolist(), None]
    for across, up in (view_of(latent_dim).T * reach).round(3).tolist():
        x += [0.0, across, None]
        y += [0.0, up, None]
    return {
        "type": "scatter",
        "name": "principal directions",
        "mode": "lines",
        "line": {"color": theme.LINE, "width": 1},
        "x": x,
        "y": y,
        "hoverinfo": "skip",
        **axes,
    }


def plane(points: FloatArray, eigenvectors: FloatArray) -> FloatArray:
    """Points on the first two principal components, shape (n, 2)."""
    return np.asarray((eigenvectors[:, :2].T @ points).T)


def joins(points: FloatArray, images: FloatArray) -> Trace:
    """Lines from every point to its reconstruction."""
    x: list[float | None] = []
    y: list[float | None] = []
    for start, end in zip(np.round(points, 2).tolist(), np.round(images, 2).tolist(), strict=True):
        x += [start[0], end[0], None]
        y += [start[1], end[1], None]
    return {"x": x, "y": y}


def dots(images: FloatArray) -> Trace:
    """Where the reconstructions are."""
    placed = np.round(images, 2)
    return {"x": placed[:, 0].tolist(), "y": placed[:, 1].tolist()}


def cloud(points: FloatArray, images: FloatArray, axes: Trace) -> tuple[Trace, Trace, Trace]:
    """Given points (hollow), lines to their reconstructions, and those (full)."""
    common = {"type": "scatter", **axes}
    given = {
        **common,
        "name": "points",
        "mode": "markers",
        "marker": {
            "size": 9,
            "color": theme.BG,
            "line": {"color": theme.MUTED, "width": 1.6},
        },
        "hovertemplate": "x: PC1 %{x:.2f}, PC2 %{y:.2f}<extra></extra>",
        **dots(points),
    }
    lines = {
        **common,
        "name": "errors",
        "mode": "lines",
        "line": {"color": theme.LINE, "width": 1.5},
        "hoverinfo": "skip",
        **joins(points, images),
    }
    found = {
        **common,
        "name": "reconstructions",
        "mode": "markers",
        "marker": {"size": 7, "color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "W₂W₁x: PC1 %{x:.2f}, PC2 %{y:.2f}<extra></extra>",
        **dots(images),
    }
    return given, lines, found
