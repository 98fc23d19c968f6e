"""A graph too large to be drawn whole: a part of it, and how all states are spread by layer."""

from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, fixed
from viz.gnn import graphs
from viz.gnn.captions import notes_of
from viz.gnn.drawing import edge_lines, spread_out
from viz.gnn.results import Layers
from viz.gnn.sample import Sample, around

BINS = 40


def spread_of_states(result: Layers, *, phone: bool = False) -> Film:
    """The nodes around the chosen one with their states, and a histogram of all states."""
    part = result.sample or around(result.graph, result.node)
    box = (20.0, 400.0, 340.0, 690.0) if phone else (24.0, 44.0, 560.0, 420.0)
    at, size = spread_out(part.places, box), 12 if phone else 14
    width, height = (360, 720) if phone else (1000, 440)
    first = result.states[:, :, 0]
    edges = np.linspace(float(first.min()), float(first.max()) + 1e-9, BINS + 1)
    counts = [np.histogram(states, bins=edges)[0] for states in first]
    domain, level = ([0.14, 0.96], [0.09, 0.43]) if phone else ([0.65, 0.985], [0.17, 0.86])
    layout = theme.diagram(
        height,
        width,
        bargap=0,
        shapes=[_spotlight(at[-1], size)],
        annotations=_notes(result, part, (domain[0], level[1]), phone),
        xaxis2={
            "domain": domain,
            "anchor": "y2",
            "range": [float(edges[0]), float(edges[-1])],
            "title": {"text": "state"},
            "fixedrange": True,
        },
        yaxis2={
            "domain": level,
            "anchor": "x2",
            "range": [0, 1.05 * max(int(c.max()) for c in counts)],
            "fixedrange": True,
        },
    )
    traces = [
        edge_lines(part.graph.edges, at),
        _nodes(part, at, _filled(result, part, -1, size)),
        _bars(edges, counts[-1]),
    ]
    frames = tuple(
        Frame(
            f"layer {i}",
            _caption(result, part, i),
            (1, 2),
            ({"marker": _filled(result, part, i, size)}, {"y": c}),
        )
        for i, c in enumerate(counts)
    )
    return Film(theme.figure(traces, layout), frames, variable="layer", table=state_table(result))


def _nodes(part: Sample, at: np.ndarray, marker: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "nodes",
        "x": at[:, 0],
        "y": at[:, 1],
        "cliponaxis": False,
        "hovertext": [f"node {name}" for name in part.graph.names],
        "hovertemplate": "%{hovertext}: %{marker.color:.3f}<extra></extra>",
        "marker": marker,
    }


def _filled(result: Layers, part: Sample, layer: int, size: int) -> dict[str, Any]:
    """Fills after a layer; the chosen node is outlined."""
    top = max(float(np.abs(result.states[:, :, 0]).max()), 1e-9) / 0.85
    states = result.states[layer, list(part.nodes), 0]
    return {
        "size": size,
        "color": np.round(states, 4).astype(np.float32),
        "cmin": round(-top, 4),
        "cmax": round(top, 4),
        "colorscale": theme.signed(theme.FWD),
        "line": {"color": theme.INK, "width": [*[1.0] * (len(states) - 1), 3.0]},
    }


def _bars(edges: np.ndarray, counted: np.ndarray) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": "states",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 4),
        "y": counted,
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{x:.2f}: %{y} nodes<extra></extra>",
    }


def _spotlight(at: np.ndarray, size: int) -> dict[str, Any]:
    """Behind the chosen node, which is the last of the sample."""
    (x, y), radius = (float(v) for v in at), size / 2 + 9
    corners = {"x0": x - radius, "x1": x + radius, "y0": y - radius, "y1": y + radius}
    look = {"fillcolor": theme.SPOT, "line": {"width": 0}, "layer": "below"}
    return {"type": "circle", **corners, **look}


def _notes(
    result: Layers, part: Sample, corner: tuple[float, float], phone: bool
) -> list[dict[str, Any]]:
    """What is drawn, and what is counted."""
    shown, total = count(len(part.nodes)), count(result.graph.num_nodes)
    drawn = f"{shown} of {total} nodes" + ("" if phone else "; fill: blue above 0, grey below")
    place: dict[str, Any] = {"xref": "paper", "yref": "paper", "yanchor": "bottom"}
    look: dict[str, Any] = {"xanchor": "left"} | {"size": 14 if phone else 15, "color": theme.MUTED}
    return [
        shapes.note(8, 374 if phone else 16, drawn, **look),
        shapes.note(corner[0], corner[1] + 0.02, f"all {total} states", **look, **place),
    ]


def _caption(result: Layers, part: Sample, layer: int) -> str:
    states = result.states[layer, :, 0]
    low, high = fixed(float(states.min())), fixed(float(states.max()))
    return (
        f"After {layer} layer{'' if layer == 1 else 's'} the states of "
        f"{count(result.graph.num_nodes)} nodes lie between {low} and {high}; node "
        f"{part.graph.names[-1]} has {{fwd:{fixed(float(states[result.node]))}}}. Above "
        f"{graphs.DRAWN} nodes a graph is too large to be drawn: shown are "
        f"{count(len(part.nodes))}, those nearest to node {part.graph.names[-1]} first."
        f"{notes_of(result)}"
    )


def state_table(result: Layers) -> dict[str, list[Any]]:
    """The first number of every state, a column for each layer."""
    columns: dict[str, list[Any]] = {"node": list(result.graph.names)}
    for layer, states in enumerate(result.states[:, :, 0]):
        columns[f"layer {layer}"] = [round(float(s), 6) for s in states]
    return columns
