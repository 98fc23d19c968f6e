"""The plane of queries in which training moves: walls, names, paths and markers."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.cells import Cell
from viz.attention.compute import FloatArray
from viz.attention.lessons import Lesson
from viz.attention.training import Mode
from viz.draw import graph, theme

# Decimals of a heat map's places: Plotly smooths it only if they are even to a hundredth.
EVEN = 6

LOOKS: dict[Mode, tuple[str, str, str, str]] = {
    "softmax": (theme.FWD, "solid", "circle", "●"),
    "argmax": (theme.MUTED, "solid", "square", "■"),
    "straight-through": (theme.INK, "dash", "diamond", "◆"),
    "gumbel": (theme.LINE, "dot", "triangle-up", "▲"),
}


def look_of(mode: Mode) -> tuple[str, str, str, str]:
    """Colour, dash, marker and sign of a mode."""
    return LOOKS[mode]


def ink_of(mode: Mode) -> str:
    """The colour of a mode's words: that of its line, unless it is too pale to be read."""
    color = LOOKS[mode][0]
    return theme.MUTED if color == theme.LINE else color


def markers(result: Lesson) -> dict[str, Any]:
    """One marker a course, each with its own shape."""
    looks = [look_of(course.mode) for course in result.courses]
    return {
        "size": 13,
        "color": [look[0] for look in looks],
        "symbol": [look[2] for look in looks],
        "line": {"color": theme.BG, "width": 1.5},
    }


def returned(result: Lesson, step: int) -> list[str]:
    """What the cells are called; while values are trained, what argmax returns there."""
    named = _named(result)
    if result.train != "values":
        return [wording.name("k", cell.key) for cell in named]
    values = next(c for c in result.courses if c.mode == "argmax").values[step]
    return [
        f"{wording.name('v', cell.key)} =<br>{wording.vector(values[cell.key], 1)}"
        for cell in named
    ]


def _named(result: Lesson) -> list[Cell]:
    drawn = result.cells_after if result.train == "keys" else result.cells
    return [cell for cell in drawn if cell.room > 0.04 * (result.window.right - result.window.left)]


def map_traces(result: Lesson, phone: bool) -> list[dict[str, Any]]:
    """Ground, walls, names, paths and markers, the same traces for every lesson."""
    plain: dict[str, Any] = {"type": "scatter", "hoverinfo": "skip", "xaxis": "x2", "yaxis": "y2"}
    moved = result.train == "keys"
    walls = {**plain, "name": "walls", "mode": "lines", **_walls(result.cells)}
    walls |= {"line": {"color": theme.HAIR if moved else theme.INK, "width": 2}}
    after = _walls(result.cells_after) if moved else {"x": [], "y": []}
    later = {**plain, "name": "walls after", "mode": "lines", **after}
    later |= {"line": {"color": theme.INK, "width": 2}}
    size = 15 if phone else 17
    notes = [graph.note(*cell.anchor, "", size=size) for cell in _named(result)]
    names = graph.written("returned", notes, digits=3, halo=True, xaxis="x2", yaxis="y2")
    paths = []
    runs = dict(zip((c.mode for c in result.courses), result.paths, strict=True))
    for mode in ("gumbel", "softmax", "straight-through"):
        path = _thinned(runs[mode]) if mode in runs else np.zeros((0, 2))
        color, dash, _, _ = look_of(mode)
        line = {**plain, "name": f"path of {mode}", "mode": "lines"}
        line |= {"x": path[:, 0].tolist(), "y": path[:, 1].tolist()}
        paths.append(line | {"line": {"color": color, "width": 3, "dash": dash}})
    now = {**plain, "name": "queries now", "mode": "markers", "marker": markers(result)}
    return [_ground(result), walls, later, names, *paths, now, _stays(result, phone)]


def _ground(result: Lesson) -> dict[str, Any]:
    """The loss of softmax where only the query moves; else there is no one ground."""
    x, y = result.window.grid(len(result.ground))
    top = max(float(result.ground.max()), 1e-9)
    flat = np.zeros_like(result.ground) if result.train != "query" else result.ground / top
    z = np.round(100 * flat).astype(np.int8)
    ground: dict[str, Any] = {"type": "heatmap", "name": "ground", "z": z, "showscale": False}
    ground |= {"x": np.round(x, EVEN), "y": np.round(y, EVEN), "xaxis": "x2", "yaxis": "y2"}
    ground |= {"colorscale": [[0.0, theme.BG], [1.0, theme.FWD]], "zmin": 0, "zmax": 330}
    return ground | {"zsmooth": "fast", "hoverinfo": "skip"}


def _walls(drawn: tuple[Cell, ...]) -> dict[str, Any]:
    x, y = list[float | None](), list[float | None]()
    for cell in drawn:
        closed = np.vstack([cell.polygon, cell.polygon[:1]])
        x += [*(round(float(v), 3) for v in closed[:, 0]), None]
        y += [*(round(float(v), 3) for v in closed[:, 1]), None]
    return {"x": x, "y": y}


def _thinned(path: FloatArray) -> FloatArray:
    kept = np.unique(np.linspace(0, len(path) - 1, 61).astype(int))
    return np.asarray(np.round(path[kept], 3))


def _stays(result: Lesson, phone: bool) -> dict[str, Any]:
    """The words at the query that argmax leaves where it was; none if something else is trained."""
    away = result.paths[0][-1] - result.paths[0][0]
    x, y = result.paths[0][0]
    room = 0.07 * (result.window.high - result.window.low)
    beside = graph.note(
        x, y - room if away[1] >= 0 else y + room, "argmax stays", size=13 if phone else 15
    )
    notes = [beside] if result.train == "query" else []
    return graph.written("argmax stays", notes, digits=3, halo=True, xaxis="x2", yaxis="y2")


def ground_words(result: Lesson) -> str:
    """What the ground of the plane says when it is not the loss."""
    if result.train == "keys":
        return "walls: pale for argmax, dark for softmax's last keys"
    return "in the cells: argmax's values"
