"""What several pictures of a graph share: places, edges, and on which side a name stands."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from viz.draw import theme
from viz.gnn.graphs import Graph

# Up to this many nodes every node has room for its name and its number.
FEW = 12


def spread_out(places: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """Unit positions stretched into a box (left, bottom, right, top)."""
    left, bottom, right, top = box
    x, y = left + places[:, 0] * (right - left), bottom + places[:, 1] * (top - bottom)
    return np.round(np.stack([x, y], axis=1), 1 if len(places) <= 60 else 0)


def edge_lines(pairs: Iterable[Any], at: np.ndarray, **trace: Any) -> dict[str, Any]:
    """One trace of straight lines between nodes; pairs count from 0."""
    x: list[float | None] = []
    y: list[float | None] = []
    for i, j in pairs:
        x += [float(at[i, 0]), float(at[j, 0]), None]
        y += [float(at[i, 1]), float(at[j, 1]), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "edges",
        "x": x,
        "y": y,
        "hoverinfo": "skip",
        "line": {"color": theme.LINE, "width": 1.2 if len(at) > FEW else 2.5},
        **trace,
    }


def label_sides(found: Graph, at: np.ndarray) -> list[int]:
    """1 to write a node's name above it, -1 below: away from most of its neighbors."""
    sides = []
    for i in range(found.num_nodes):
        around = at[list(found.neighbors(i)), 1]
        above = len(around) > 0 and float(around.mean()) > float(at[i, 1]) + 5
        sides.append(-1 if above else 1)
    return sides
