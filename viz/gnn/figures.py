"""The exam's graph: messages walk into the chosen node and become its new state."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed, listed, short
from viz.gnn.results import Layers, Masked

WALK = 6
PER_LAYER = WALK + 2


def spread_out(places: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
    """Unit positions stretched into a box (left, bottom, right, top)."""
    left, bottom, right, top = box
    return np.stack(
        [left + places[:, 0] * (right - left), bottom + places[:, 1] * (top - bottom)], axis=1
    )


def message_passing(result: Layers, *, phone: bool = False) -> Film:
    """Messages leave the neighbors, are averaged, multiplied by W1 and added."""
    if result.places is None:
        return _statistics(result)
    many = result.graph.num_nodes > 12
    width, height = (360, 640) if phone else (1000, 440)
    box = (50.0, 300.0, 310.0, 590.0) if phone else (70.0, 150.0, 930.0, 372.0)
    if many and not phone:
        box = (40.0, 110.0, 960.0, 415.0)
    at = spread_out(result.places, box)
    size = (17 if phone else 20) if many else (50 if phone else 66)
    count = len(result.history) - 1
    last = count * PER_LAYER
    figure = go.Figure(
        _traces(result, at, size, last),
        theme.diagram(height, width, **_layout(result, at, size, last, phone)),
    )
    frames = tuple(
        Frame(
            _label(k),
            caption(result, k),
            (2, 3),
            _changes(result, at, k, size),
            _layout(result, at, size, k, phone),
        )
        for k in range(last + 1)
    )
    return Film(figure, frames, pace=250, table=_table(result))


def _phase(k: int) -> tuple[int, int]:
    """The layer (from 1) and the place within it: 1 to 6 walking, 7 averaging, 8 adding."""
    if k == 0:
        return 1, 0
    return (k - 1) // PER_LAYER + 1, (k - 1) % PER_LAYER + 1


def _label(k: int) -> str:
    layer, place = _phase(k)
    name = "start" if place == 0 else "messages" if place <= WALK else "average"
    return f"layer {layer}: {'add' if place == PER_LAYER else name}"


def _states(result: Layers, k: int) -> np.ndarray:
    """The states on screen: the layer's new ones only after the last sub-step."""
    layer, place = _phase(k)
    return result.history[layer if place == PER_LAYER else layer - 1]


def _edges(result: Layers, at: np.ndarray) -> dict[str, list[float | None]]:
    x: list[float | None] = []
    y: list[float | None] = []
    for i, j in result.graph.edges:
        x += [float(at[i, 0]), float(at[j, 0]), None]
        y += [float(at[i, 1]), float(at[j, 1]), None]
    return {"x": x, "y": y}


def _traces(result: Layers, at: np.ndarray, size: int, k: int) -> list[dict[str, Any]]:
    node = result.node
    paths = [
        shapes.shorten(
            shapes.straight(tuple(at[j]), tuple(at[node])), start=size / 2 + 2, end=size / 2 + 5
        )
        for j, _ in result.inbox(1)
    ]
    walkers, nodes = _changes(result, at, k, size)
    many = size < 30
    top = max(float(np.abs(result.history).max()), 1e-9)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "edges",
            **_edges(result, at),
            "line": {"color": theme.LINE, "width": 1.2 if many else 2.5},
            "hoverinfo": "skip",
        },
        shapes.arrows(
            paths,
            color=theme.FWD,
            width=2 if many else 4.5,
            head=8 if many else 15,
            name="into the chosen node",
        ),
        {
            "type": "scatter",
            "mode": "markers",
            "name": "messages",
            **walkers,
            "hoverinfo": "skip",
            "marker": {
                "size": 9 if many else 15,
                "color": theme.FWD,
                "line": {"color": theme.BG, "width": 2},
            },
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "nodes",
            "x": at[:, 0],
            "y": at[:, 1],
            "cliponaxis": False,
            **nodes,
            "textposition": "middle center",
            "textfont": {"size": 14 if many else 17},
            "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": {
                **nodes["marker"],
                "size": size,
                "cmin": -top / 0.85,
                "cmax": top / 0.85,
                "colorscale": theme.signed(theme.FWD),
                "line": {"color": theme.INK, "width": 2},
            },
        },
    ]


def _changes(
    result: Layers, at: np.ndarray, k: int, size: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    layer, place = _phase(k)
    x, y = [], []
    if 1 <= place <= WALK:
        share = place / (WALK + 1)
        for j, _ in result.inbox(layer):
            point = (1 - share) * at[j] + share * at[result.node]
            x.append(round(float(point[0]), 1))
            y.append(round(float(point[1]), 1))
    states = _states(result, k)
    many = len(states) > 12
    top = max(float(np.abs(result.history).max()), 1e-9)
    text = ["" if many else fixed(float(s)) for s in states]
    names = [
        f"node {n}: {short(float(s))}" for n, s in zip(result.graph.names, states, strict=True)
    ]
    marker = {
        "color": [round(float(s), 5) for s in states],
        "size": size,
        "cmin": -top / 0.85,
        "cmax": top / 0.85,
        "colorscale": theme.signed(theme.FWD),
        "line": {"color": theme.INK, "width": 2},
    }
    colors = [
        theme.INK
        if s < 0
        else theme.ink_on(min(abs(float(s)) / top * 0.85, 1), theme.FWD, theme.BG)
        for s in states
    ]
    nodes: dict[str, Any] = {"hovertext": names, "text": text, "marker": marker}
    nodes["textfont"] = {"size": 14 if many else 17, "color": colors}
    return {"x": x, "y": y}, nodes


def _layout(result: Layers, at: np.ndarray, size: int, k: int, phone: bool) -> dict[str, Any]:
    layer, place = _phase(k)
    node = result.node
    x, y = (float(v) for v in at[node])
    radius = size / 2 + 13
    disc = {
        "type": "circle",
        "x0": x - radius,
        "x1": x + radius,
        "y0": y - radius,
        "y1": y + radius,
        "fillcolor": theme.SPOT,
        "line": {"width": 0},
        "layer": "below",
    }
    notes = []
    if result.graph.num_nodes <= 12:
        for (u, v), name in zip(at, result.graph.names, strict=True):
            notes.append(
                shapes.note(
                    float(u),
                    float(v) + size / 2 + 15,
                    f"node {name}",
                    size=14 if phone else 15,
                    color=theme.MUTED,
                )
            )
    if 1 <= place <= WALK and size > 30:
        for j, message in result.inbox(layer):
            u, v = 0.62 * at[j] + 0.38 * at[node]
            notes.append(
                shapes.note(
                    float(u),
                    float(v) + 18,
                    fixed(message),
                    size=15,
                    color=theme.FWD,
                    bgcolor=theme.BG,
                )
            )
    notes += _arithmetic(result, layer, place, phone)
    if result.choices:
        words = f"edge {listed(result.choices)} is your choice, not the exam's"
        notes.append(shapes.note(8, 18, words, size=14, color=theme.MUTED, xanchor="left"))
    return {"shapes": [disc], "annotations": notes}


def _arithmetic(result: Layers, layer: int, place: int, phone: bool) -> list[dict[str, Any]]:
    """Three lines that fill up: the messages, their mean, the new state."""
    inbox = result.inbox(layer)
    if not inbox:
        return []
    shown = [fixed(m) for _, m in inbox[:5]] + (["…"] if len(inbox) > 5 else [])
    mean = sum(m for _, m in inbox) / len(inbox)
    old, new = (float(result.history[i][result.node]) for i in (layer - 1, layer))
    name = result.graph.names[result.node]
    lines = [f"messages tanh(<i>W</i><sub>2</sub><i>s</i>): {', '.join(shown)}"]
    if place >= WALK + 1:
        lines.append(f"mean of {len(inbox)}: {fixed(mean)}")
    if place == PER_LAYER:
        before = f"{fixed(old)} + " if result.residual else ""
        weight = f"<span style='color:{theme.PAR}'>{fixed(result.first)}</span>"
        lines.append(
            f"new <i>s</i><sub>{name}</sub> = {before}{weight} × {fixed(mean)} = "
            f"<b>{fixed(new)}</b>"
        )
    size, x = (15, 12.0) if phone else (18, 560.0)
    top = 200.0 if phone else 96.0
    return [
        shapes.note(x, top - 30 * i, line, size=size, xanchor="left", bgcolor=theme.BG)
        for i, line in enumerate(lines)
    ]


def caption(result: Layers, k: int) -> str:
    """What this sub-step does for the chosen node."""
    layer, place = _phase(k)
    name = result.graph.names[result.node]
    inbox = result.inbox(layer)
    old, new = (
        float(result.history[min(i, len(result.history) - 1)][result.node])
        for i in (layer - 1, layer)
    )
    if not inbox:
        return f"Node {name} has no neighbors, so it keeps its state {{fwd:{fixed(old)}}}."
    around = [result.graph.names[j] for j, _ in inbox]
    shown = listed(around if len(around) <= 6 else [*around[:5], f"{len(around) - 5} more"])
    if place == 0:
        return f"Node {name} is about to hear from its neighbors {shown}."
    if place <= WALK:
        return f"Layer {layer}: the neighbors {shown} send tanh(W₂ s) to node {name}."
    mean = sum(m for _, m in inbox) / len(inbox)
    if place == WALK + 1:
        return (
            f"Layer {layer}: node {name} averages {len(inbox)} messages, in whatever order: "
            f"{{fwd:{fixed(mean)}}}."
        )
    return (
        f"Node {name} averages {len(inbox)} message{'s' if len(inbox) > 1 else ''} (from {shown}) "
        f"and moves from {fixed(old)} to {{fwd:{fixed(new)}}} in layer {layer}; it has now heard "
        f"of everything within {layer} step{'s' if layer > 1 else ''}."
    )


def _table(result: Layers) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"node": list(result.graph.names)}
    for layer, states in enumerate(result.history):
        columns[f"layer {layer}"] = [float(s) for s in states]
    return columns


def _statistics(result: Layers) -> Film:
    """A graph too large to draw: how the states are spread after every layer."""
    low, high = float(result.history.min()), float(result.history.max())
    edges = np.linspace(low, high + 1e-9, 41)
    counts = [np.histogram(states, bins=edges)[0] for states in result.history]
    bars = {
        "type": "bar",
        "name": "states",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 4),
        "y": counts[-1],
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{x:.2f}: %{y} nodes<extra></extra>",
    }
    layout = theme.chart(
        440,
        bargap=0,
        xaxis={"title": {"text": "state"}, "fixedrange": True},
        yaxis={
            "title": {"text": "nodes"},
            "fixedrange": True,
            "range": [0, 1.05 * max(int(c.max()) for c in counts)],
        },
    )
    node = result.graph.names[result.node] if result.graph.names else str(result.node + 1)
    frames = tuple(
        Frame(
            f"layer {i}",
            f"After {i} layers the states of {result.graph.num_nodes} nodes lie between "
            f"{fixed(float(s.min()))} and {fixed(float(s.max()))}; node {node} has "
            f"{{fwd:{fixed(float(s[result.node]))}}}. The graph is too large to be drawn.",
            (0,),
            ({"y": c},),
        )
        for i, (s, c) in enumerate(zip(result.history, counts, strict=True))
    )
    return Film(go.Figure([bars], layout), frames, variable="layer")


def masked_loss(result: Masked, *, phone: bool = False) -> Film:
    """Predictions on the graph, held-back nodes dashed; what each node adds to the loss."""
    width, height = (360, 640) if phone else (1000, 430)
    box = (50.0, 400.0, 310.0, 580.0) if phone else (60.0, 140.0, 560.0, 350.0)
    at = spread_out(result.places, box)
    size = 50 if phone else 62
    x: list[float | None] = []
    y: list[float | None] = []
    for i, j in result.graph.edges:
        x += [float(at[i, 0]), float(at[j, 0]), None]
        y += [float(at[i, 1]), float(at[j, 1]), None]
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "edges",
            "x": x,
            "y": y,
            "line": {"color": theme.LINE, "width": 2.5},
            "hoverinfo": "skip",
        },
        *(_loss_nodes(result, at, size, used) for used in (True, False)),
    ]
    notes = _loss_notes(result, at, size, phone)
    figure = go.Figure(traces, theme.diagram(height, width, annotations=notes))
    table: dict[str, list[Any]] = {
        "node": list(result.graph.names),
        "prediction": list(result.predictions),
        "label": list(result.labels),
        "loss": [float(v) for v in result.loss.per_node],
        "gradient": [float(v) for v in result.loss.gradient],
    }
    return still(figure, loss_caption(result), table)


def _loss_nodes(result: Masked, at: np.ndarray, size: int, used: bool) -> dict[str, Any]:
    chosen = [i for i, train in enumerate(result.train) if train == used]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "training" if used else "held out",
        "x": [float(at[i, 0]) for i in chosen],
        "y": [float(at[i, 1]) for i in chosen],
        "text": [fixed(result.predictions[i]) for i in chosen],
        "textposition": "middle center",
        "textfont": {
            "size": 17,
            "color": [theme.ink_on(result.predictions[i] * 0.85) for i in chosen],
        },
        "cliponaxis": False,
        "hoverinfo": "skip",
        "marker": {
            "size": size,
            "color": [result.predictions[i] for i in chosen],
            "cmin": 0,
            "cmax": 1 / 0.85,
            "colorscale": theme.magnitude(theme.FWD),
            "line": {
                "color": theme.INK,
                "width": 3 if used else 2,
                "dash": "solid" if used else "dash",
            },
        },
    }


def _loss_notes(result: Masked, at: np.ndarray, size: int, phone: bool) -> list[dict[str, Any]]:
    notes = []
    for i, (u, v) in enumerate(at):
        held = "" if result.train[i] else "<br>held out"
        words = f"node {result.graph.names[i]}, <i>y</i> = {result.labels[i]}{held}"
        notes.append(
            shapes.note(
                float(u),
                float(v) + size / 2 + (26 if held else 16),
                words,
                size=13 if phone else 15,
                color=theme.TRU if result.train[i] else theme.MUTED,
            )
        )
    x, top = (14.0, 330.0) if phone else (650.0, 350.0)
    size = 15 if phone else 17
    terms = []
    for i, train in enumerate(result.train):
        letter = "abcdef"[i]
        inside = f"<i>{letter}</i>" if result.labels[i] else f"1 − <i>{letter}</i>"
        value = fixed(float(result.loss.per_node[i]))
        words = f"−log({inside}) = {value}" if train else "not in the loss: gradient 0"
        color = theme.INK if train else theme.MUTED
        terms.append(
            shapes.note(
                x, top - 42 * i, f"node {i + 1}:  {words}", size=size, color=color, xanchor="left"
            )
        )
    count = sum(result.train)
    total = "infinite" if result.loss.infinite else fixed(result.loss.value, 4)
    terms.append(
        shapes.note(
            x,
            top - 42 * len(result.train) - 12,
            f"mean of {count}: <b>{total}</b>",
            size=size + 4,
            color=theme.BWD,
            xanchor="left",
        )
    )
    return [*notes, *terms]


def loss_caption(result: Masked) -> str:
    """The loss, over which nodes, and what stays outside."""
    used = listed([n for n, t in zip(result.graph.names, result.train, strict=True) if t])
    held = listed([n for n, t in zip(result.graph.names, result.train, strict=True) if not t])
    value = f"{{bwd:{fixed(result.loss.value, 4)}}}"
    if result.loss.infinite:
        value = f"infinite, drawn as {fixed(float(result.loss.per_node.max()), 1)} for a node"
    outside = (
        f"held-back nodes {held} do not enter (their loss: {fixed(result.held, 4)}), and their "
        "gradient is exactly 0"
        if result.held is not None
        else "no node is held back"
    )
    classes = {y for y, t in zip(result.labels, result.train, strict=True) if t}
    only = " Only one class is left among the training nodes." if len(classes) == 1 else ""
    return f"Training loss over nodes {used}: {value}; {outside}.{only}"
