"""Pieces of diagrams in pixel-like coordinates: curves, arrows, boxes and notes as Plotly dicts."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.draw import theme

Path = npt.NDArray[np.float64]
Point = tuple[float, float]


def straight(start: Point, end: Point) -> Path:
    """The two ends, shape (2, 2)."""
    return np.array([start, end], dtype=float)


def curve(start: Point, end: Point, *, vertical: bool = False, points: int = 24) -> Path:
    """A cubic from start to end that leaves and arrives horizontally (or vertically)."""
    (x0, y0), (x1, y1) = start, end
    if vertical:
        middle = [(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)]
    else:
        middle = [((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)]
    return bezier([start, *middle, end], points=points)


def bezier(control: Iterable[Point], *, points: int = 24) -> Path:
    """Sample a Bezier curve by de Casteljau's rule; shape (points, 2)."""
    t = np.linspace(0, 1, points)[:, None]
    layer = [np.broadcast_to(np.array(p, dtype=float), (points, 2)) for p in control]
    while len(layer) > 1:
        layer = [(1 - t) * a + t * b for a, b in pairwise(layer)]
    return np.array(layer[0])


def shorten(path: Path, *, start: float = 0.0, end: float = 0.0) -> Path:
    """Cut ``start`` and ``end`` pixels of arc length from a path's two ends."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    low, high = start, max(lengths[-1] - end, start)
    inside = path[(lengths > low) & (lengths < high)]
    ends = [[np.interp(at, lengths, path[:, i]) for i in (0, 1)] for at in (low, high)]
    return np.vstack([ends[0], inside, ends[1]])


def arrows(
    paths: Iterable[Path], *, color: str, width: float, head: float | None = None, **trace: Any
) -> dict[str, Any]:
    """One trace that draws every path with an arrow head at its last point.

    Args:
        paths: arrays (n, 2); shorten them by the nodes' radii first.
        color: a token.
        width: pixels of the line.
        head: pixels of the head; 0 draws lines, None takes 4 widths + 1.
        trace: further fields of the trace (name, opacity, line dash by ``dash``).
    """
    dash = trace.pop("dash", "solid")
    size = 4 * width + 1 if head is None else head
    x, y, sizes = list[float | None](), list[float | None](), list[float]()
    for path in paths:
        across, up = np.round(path.T, 1).tolist()
        x += [*across, None]
        y += [*up, None]
        sizes += [0.0] * (len(path) - 1) + [size, 0.0]
    return {
        "type": "scatter",
        "mode": "lines+markers" if size else "lines",
        "x": x,
        "y": y,
        "hoverinfo": "skip",
        "cliponaxis": False,
        "line": {"color": color, "width": width, "dash": dash},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": sizes,
            "color": color,
            "opacity": 1,
            "line": {"width": 0},
        },
        **trace,
    }


def box(
    x: float, y: float, half_width: float, half_height: float, *, radius: float = 8, **shape: Any
) -> dict[str, Any]:
    """A rounded box around (x, y) as a path shape; give fillcolor, line and layer by keyword."""
    left, right, low, high = x - half_width, x + half_width, y - half_height, y + half_height
    r = min(radius, half_width, half_height)
    path = (
        f"M{left + r},{low} L{right - r},{low} Q{right},{low} {right},{low + r} "
        f"L{right},{high - r} Q{right},{high} {right - r},{high} "
        f"L{left + r},{high} Q{left},{high} {left},{high - r} "
        f"L{left},{low + r} Q{left},{low} {left + r},{low} Z"
    )
    return {"type": "path", "path": path, "layer": "between", **shape}


def note(
    x: float, y: float, text: str, *, size: int = 17, color: str = theme.INK, **more: Any
) -> dict[str, Any]:
    """Text without an arrow, centred on (x, y) unless xanchor or yanchor say otherwise."""
    return {
        "x": x,
        "y": y,
        "text": text,
        "showarrow": False,
        "xanchor": "center",
        "yanchor": "middle",
        "font": {"size": size, "color": color, **more.pop("font", {})},
        **more,
    }


_SIDES = {"left": "middle right", "center": "middle center", "right": "middle left"}
_AROUND = [(x, y) for x in (-2, 0, 2) for y in (-2, 0, 2) if x or y]
_HALO = ", ".join(f"{x}px {y}px {theme.BG}" for x, y in _AROUND)


def written(
    name: str,
    notes: Sequence[Mapping[str, Any]],
    *,
    digits: int = 1,
    halo: bool = False,
    **axes: str,
) -> dict[str, Any]:
    """Notes as one trace of texts.

    It is redrawn in half the time of as many annotations, and their number may change.

    Args:
        name: the trace's name.
        notes: each with its own anchor, size and color.
        digits: to which x and y are rounded; 1 suits pixels.
        halo: put the ground's color around the letters, for words that lie on lines or points.
        axes: the trace's axes if they are not the first ones.
    """
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [round(float(note["x"]), digits) for note in notes],
        "y": [round(float(note["y"]), digits) for note in notes],
        "text": [note["text"] for note in notes],
        "textposition": [_SIDES[note["xanchor"]] for note in notes],
        "textfont": {
            "size": [note["font"]["size"] for note in notes],
            "color": [note["font"]["color"] for note in notes],
            **({"shadow": _HALO} if halo else {}),
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
        **axes,
    }
