"""The exam's graph: messages walk into the chosen node and become its new state."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, listed
from viz.gnn import tree_figures
from viz.gnn.captions import PER_LAYER, WALK, caption, phase
from viz.gnn.drawing import FEW, edge_lines, label_sides, spread_out
from viz.gnn.results import Layers
from viz.gnn.spread_figures import spread_of_states, state_table
from viz.gnn.tree_figures import vector

WALKERS, NODES = 4, 7
CROWD = 80


def message_passing(result: Layers, *, phone: bool = False) -> Film:
    """Messages leave the neighbors, are averaged, multiplied by W1 and added."""
    if result.places is None:
        return spread_of_states(result, phone=phone)
    many = result.graph.num_nodes > FEW
    width, height = (360, 720) if phone else (1000, 440)
    box = (62.0, 476.0, 298.0, 646.0) if phone else (82.0, 104.0, 556.0, 366.0)
    if many:
        box = (20.0, 410.0, 340.0, 700.0) if phone else (24.0, 44.0, 580.0, 420.0)
    at = spread_out(result.places, box)
    size = _size(result.graph.num_nodes, phone)
    last = result.num_layers * PER_LAYER - 1
    tree, names = tree_figures.skeleton(result, phone=phone)
    layer, _, stage = phase(last)
    traces = [
        *_graph_traces(result, at, size, last),
        tree_figures.numbers(result, layer, stage, phone=phone),
        *tree,
    ]
    notes = [*names, *_node_notes(result, at, size, phone), *_open_notes(result, phone)]
    figure = theme.figure(
        traces,
        theme.diagram(height, width, shapes=[_disc(at[result.node], size)], annotations=notes),
    )
    frames = tuple(_frame(result, at, k, size) for k in range(last + 1))
    return Film(figure, frames, pace=250, table=state_table(result))


def _size(num_nodes: int, phone: bool) -> int:
    """Pixels across a node: many nodes are small, so that edges and the chosen one are seen."""
    if num_nodes <= FEW:
        return 50 if phone else 66
    if num_nodes <= CROWD:
        return 15 if phone else 18
    return 7 if phone else 9


def _frame(result: Layers, at: np.ndarray, k: int, size: int) -> Frame:
    layer, place, stage = phase(k)
    doing = "messages" if place <= WALK else "average" if stage == 1 else "add"
    return Frame(
        f"layer {layer}: {doing}",
        caption(result, k),
        (WALKERS, NODES, NODES + 1),
        (
            _walkers(result, at, k, size),
            _filled(result, k, size),
            tree_figures.texts(result, layer, stage),
        ),
    )


def _graph_traces(result: Layers, at: np.ndarray, size: int, k: int) -> list[dict[str, Any]]:
    many = size < 30
    into = [
        shapes.shorten(
            shapes.straight(tuple(at[j]), tuple(at[result.node])),
            start=size / 2 + 2,
            end=size / 2 + 5,
        )
        for j in result.graph.neighbors(result.node)
    ]
    nodes = {
        "type": "scatter",
        "mode": "markers+text",
        "name": "nodes",
        "x": at[:, 0],
        "y": at[:, 1],
        "cliponaxis": False,
        "hovertext": [f"node {name}" for name in result.graph.names],
        "hovertemplate": "%{hovertext}: %{marker.color:.3f}<extra></extra>",
        "textposition": "middle center",
        "text": "",
        "textfont": {"size": 17, "color": theme.INK},
        **_filled(result, k, size),
    }
    walkers = {
        "type": "scatter",
        "mode": "markers+text",
        "name": "walking messages",
        "hoverinfo": "skip",
        "textfont": {"size": 15, "color": theme.FWD},
        "marker": {
            "size": 9 if many else 14,
            "color": theme.FWD,
            "line": {"color": theme.BG, "width": 2},
        },
        **_walkers(result, at, k, size),
    }
    width, head = (2, 8) if many else (4.5, 15)
    off = {"color": theme.LINE, "width": 2, "dash": "dot"}
    mine = {"color": theme.INK, "width": 3}
    return [
        edge_lines(result.open_off, at, name="open edges", line=off),
        edge_lines(result.graph.edges, at),
        edge_lines(result.open_on, at, name="your edges", line=mine),
        shapes.arrows(into, color=theme.FWD, width=width, head=head, name="into the chosen node"),
        walkers,
        *_rings(result, at, size),
        nodes,
    ]


def _rings(result: Layers, at: np.ndarray, size: int) -> list[dict[str, Any]]:
    """Outlines behind the nodes: solid, or dashed for nodes that are held out."""
    few = range(result.graph.num_nodes if size > 30 else 0)
    groups = {
        "rings": [i for i in few if i not in result.held_back],
        "held out": [i for i in few if i in result.held_back],
    }
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": [float(at[i, 0]) for i in chosen],
            "y": [float(at[i, 1]) for i in chosen],
            "hoverinfo": "skip",
            "cliponaxis": False,
            "marker": {
                "size": size,
                "color": theme.BG,
                "line": {
                    "color": theme.INK,
                    "width": [6 if i == result.node else 4 for i in chosen],
                    "dash": "dash" if name == "held out" else "solid",
                },
            },
        }
        for name, chosen in groups.items()
    ]


def _walkers(result: Layers, at: np.ndarray, k: int, size: int) -> dict[str, Any]:
    """The messages on their way: a sixth of it in each of the first sub-steps."""
    layer, place, _ = phase(k)
    x, y, text, side = [], [], [], []
    if place <= WALK:
        share = place / (WALK + 1)
        for j, message in result.inbox(layer):
            u, v = (1 - share) * at[j] + share * at[result.node]
            x.append(round(float(u), 1))
            y.append(round(float(v), 1))
            text.append(vector(message, 2 if result.is_scalar else 1, 2) if size > 30 else "")
            along = np.abs(at[result.node] - at[j])
            side.append("top center" if along[0] > 0.5 * along[1] else "middle right")
    return {"x": x, "y": y, "text": text, "textposition": side or "top center"}


def _filled(result: Layers, k: int, size: int) -> dict[str, Any]:
    """Fills and numbers of the nodes: a layer's new states only after its last sub-step."""
    layer, place, _ = phase(k)
    states = result.states[layer if place == PER_LAYER else layer - 1][:, 0]
    top = max(float(np.abs(result.states[:, :, 0]).max()), 1e-9)
    many = size < 30
    marker = {
        "color": np.round(states, 4).astype(np.float32),
        "size": size,
        "cmin": round(-top / 0.85, 4),
        "cmax": round(top / 0.85, 4),
        "colorscale": theme.signed(theme.FWD),
        "line": {"color": theme.INK, "width": 1.2 if many else 0},
    }
    if many:
        return {"marker": marker}
    font = {"size": 17, "color": [_ink(float(s) / top) for s in states]}
    scalar, room = result.states.shape[2] == 1, 6 if size < 60 else 7
    return {
        "text": [inside(float(s), scalar=scalar, room=room) for s in states],
        "textfont": font,
        "marker": marker,
    }


def inside(state: float, *, scalar: bool, room: int) -> str:
    """A state as it fits into its node: the first number of a vector with dots behind it."""
    if scalar:
        forms = [fixed(state, places) for places in (2, 1, 0)]
    else:
        forms = [f"{fixed(state)}, …", *(f"{fixed(state, places)}…" for places in (2, 1, 0))]
    # The dots are as wide as two digits.
    return next((form for form in forms if len(form) + (not scalar) <= room), forms[-1])


def _ink(share: float) -> str:
    return theme.INK if share < 0 else theme.ink_on(min(share, 1.0) * 0.85, theme.FWD, theme.BG)


def _disc(at: np.ndarray, size: int) -> dict[str, Any]:
    """The spotlight behind the chosen node."""
    radius = size / 2 + 13
    x, y = (float(v) for v in at)
    return {
        "type": "circle",
        "x0": x - radius,
        "x1": x + radius,
        "y0": y - radius,
        "y1": y + radius,
        "fillcolor": theme.SPOT,
        "line": {"width": 0},
        "layer": "below",
    }


def _node_notes(result: Layers, at: np.ndarray, size: int, phone: bool) -> list[dict[str, Any]]:
    """Names above the nodes of a small graph; for a large one, how to read the fill."""
    font = 14 if phone else 16
    if result.graph.num_nodes > FEW:
        words = "fill: state, blue above 0, grey below; point at a node for its number"
        words = "fill: state (blue above 0, grey below)" if phone else words
        level = 392 if phone else 16
        return [shapes.note(8, level, words, size=font - 1, color=theme.MUTED, xanchor="left")]
    sides = label_sides(result.graph, at)
    away = [size / 2 + (28 if i == result.node else 18) for i in range(len(at))]
    return [
        shapes.note(
            float(u),
            float(v) + sides[i] * away[i],
            f"node {name}" + (" (held out)" if i in result.held_back else ""),
            size=font,
            color=theme.INK if i == result.node else theme.MUTED,
            bgcolor=theme.BG,
        )
        for i, ((u, v), name) in enumerate(zip(at, result.graph.names, strict=True))
    ]


def _open_notes(result: Layers, phone: bool) -> list[dict[str, Any]]:
    """Say which edges the exam's text leaves open, and which of them the reader chose."""
    on, off = edge_names(result.open_on), edge_names(result.open_off)
    if not on and not off:
        return []
    dotted = f"dotted: {listed(off)}, not given in the text, left out"
    if on:
        verb, edges = ("is", "edge") if len(on) == 1 else ("are", "edges")
        mine = f"<b>{edges} {listed(on)} {verb} your choice, not the exam's</b>"
        left = f"dotted: {listed(off)}, left out" if off else ""
        dotted = ("<br>" if phone else "; ").join(part for part in (mine, left) if part)
    return [
        shapes.note(
            8,
            404 if phone else 14,
            dotted,
            size=13 if phone else 15,
            color=theme.INK if on else theme.MUTED,
            xanchor="left",
            align="left",
        )
    ]


def edge_names(pairs: Iterable[tuple[int, int]]) -> list[str]:
    """Pairs from 0 as people write them, from 1."""
    return [f"{a + 1}–{b + 1}" for a, b in pairs]
