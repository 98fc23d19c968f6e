"""Shuffled neighbors, smoothing in depth, a training run, and a layer on a large graph."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import count, fixed, power, short
from viz.gnn.figures import spread_out
from viz.gnn.results import Depth, Learned, Shuffle
from viz.gnn.training import Speed

SHOWN = 24


def shuffled(result: Shuffle, *, phone: bool = False) -> Film:
    """The output for one order of the neighbors after the other: a flat line or not."""
    verdict = result.verdict
    chosen = list(range(min(len(verdict.orders), SHOWN)))
    if not verdict.valid and verdict.witness not in chosen:
        chosen[-1] = verdict.witness
    values = verdict.outputs[chosen]
    shown = min(values.shape[1], 3)
    high = float(np.abs(values[:, :shown]).max()) or 1.0
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 56, "r": 20, "t": 46, "b": 52},
        xaxis={
            "range": [0.4, len(chosen) + 0.6],
            "title": {"text": "order of the neighbors"},
            "fixedrange": True,
            "nticks": 8,
        },
        yaxis={
            "range": [-1.25 * high, 1.25 * high],
            "fixedrange": True,
            "zeroline": True,
            "zerolinecolor": theme.LINE,
        },
        annotations=_verdict_notes(result, phone),
    )
    traces = [_needle(values, c, len(chosen)) for c in range(shown)]
    frames = tuple(
        Frame(
            f"order {i + 1}",
            shuffle_caption(result, place, i + 1),
            tuple(range(shown)),
            tuple({"x": list(range(1, i + 2)), "y": _f4(values[: i + 1, c])} for c in range(shown)),
        )
        for i, place in enumerate(chosen)
    )
    table = {"order": [_order(verdict.orders[p]) for p in chosen]} | {
        f"component {c + 1}": [float(v) for v in values[:, c]] for c in range(values.shape[1])
    }
    return Film(go.Figure(traces, layout), frames, variable="order", pace=400, table=table)


def _f4(values: np.ndarray) -> np.ndarray:
    return np.round(values, 5).astype(np.float32)


def _order(order: tuple[int, ...]) -> str:
    return " ".join(str(i + 1) for i in order)


def _needle(values: np.ndarray, c: int, last: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"component {c + 1}",
        "x": list(range(1, last + 1)),
        "y": _f4(values[:, c]),
        "line": {"color": theme.FWD, "width": 2.5, "dash": ("solid", "dash", "dot")[c]},
        "marker": {"size": 9, "color": theme.FWD, "symbol": ("circle", "square", "diamond")[c]},
        "hovertemplate": "order %{x}: %{y:.4f}<extra></extra>",
    }


def _verdict_notes(result: Shuffle, phone: bool) -> list[dict[str, Any]]:
    valid = result.verdict.valid
    words = "✓ valid: nothing moves" if valid else "✗ not valid: the order matters"
    more = {"xref": "paper", "yref": "paper", "yanchor": "bottom"}
    if phone:
        return [shapes.note(0, 1.02, words, size=15, xanchor="left", **more)]
    return [
        shapes.note(0, 1.02, f"<b>{result.name}</b>", size=19, xanchor="left", **more),
        shapes.note(1, 1.02, words, size=18, xanchor="right", **more),
    ]


def shuffle_caption(result: Shuffle, place: int, number: int) -> str:
    """What came out for this order, and the verdict over all."""
    verdict = result.verdict
    order = " ".join(str(i + 1) for i in verdict.orders[place])
    out = ", ".join(fixed(float(v), 3) for v in verdict.outputs[place][:3])
    tried = count(len(verdict.orders))
    if verdict.valid:
        return (
            f"Order {number} ({order}) gives {{fwd:{out}}}. {tried} orders tried, largest change "
            f"{power(max(verdict.spread, 1e-17), 1)}: {result.name} is valid."
        )
    first = ", ".join(fixed(float(v), 3) for v in verdict.outputs[0][:3])
    other = ", ".join(fixed(float(v), 3) for v in verdict.outputs[verdict.witness][:3])
    witness = " ".join(str(i + 1) for i in verdict.orders[verdict.witness])
    return (
        f"Order {number} ({order}) gives {{fwd:{out}}}. {tried} orders tried, largest change "
        f"{{bwd:{short(100 * verdict.spread, 3)}%}}: not valid, for {first} becomes {other} when "
        f"the neighbors come as {witness}."
    )


def verdict_board(result: Shuffle, *, phone: bool = False) -> Film:
    """The spread of every rule on a log axis; valid ones lie at rounding error."""
    rows = sorted(result.board, key=lambda row: row[2])
    spreads = [max(row[2], 1e-17) for row in rows]
    bars = {
        "type": "scatter",
        "mode": "markers",
        "name": "spread",
        "x": spreads,
        "y": [row[0] for row in rows],
        "marker": {
            "size": 13,
            "color": theme.FWD,
            "symbol": ["circle" if row[1] else "x" for row in rows],
        },
        "hovertemplate": "%{y}: %{x:.2g}<extra></extra>",
    }
    layout = theme.chart(
        460,
        margin={"l": 150 if phone else 210, "r": 20, "t": 10, "b": 52},
        xaxis={
            "type": "log",
            "range": [-17.5, 0.7],
            "dtick": 4,
            "fixedrange": True,
            "exponentformat": "power",
            "title": {"text": "largest change by shuffling"},
        },
        yaxis={"type": "category", "fixedrange": True, "tickfont": {"size": 14}},
        shapes=[
            {
                "type": "line",
                "x0": 1e-9,
                "x1": 1e-9,
                "y0": 0,
                "y1": 1,
                "yref": "y domain",
                "line": {"color": theme.LINE, "dash": "dot", "width": 1.5},
            }
        ],
    )
    valid = sum(row[1] for row in rows)
    words = (
        f"Of {len(rows)} rules with states of {result.width} numbers {{fwd:{valid}}} are valid "
        "(dots left of the line), the others depend on the order (crosses)."
    )
    return still(go.Figure([bars], layout), words)


def over_smoothing(result: Depth, *, phone: bool = False) -> Film:
    """States after each averaging, and how fast the differences die."""
    found = result.smoothing
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.48], [0.58, 1.0])
    heights = ([0.58, 0.95], [0.0, 0.4]) if phone else ([0.0, 0.92], [0.0, 0.92])
    layers = np.arange(len(found.energy))
    start = max(float(found.energy[0]), 1e-30)
    relative = np.maximum(found.energy / start, 1e-18)
    rate = np.maximum(found.second ** (2.0 * layers), 1e-18)
    low, high = float(found.states.min()), float(found.states.max())
    pad = 0.08 * (high - low) + 1e-6
    order = np.argsort(found.states[0], kind="stable")
    layout = theme.chart(
        660 if phone else 440,
        margin={"l": 62, "r": 14, "t": 18, "b": 52},
        xaxis={
            "range": [-0.7, len(order) - 0.3],
            "domain": split[0],
            "anchor": "y",
            "title": {"text": "node, by its first state"},
            "showticklabels": False,
            "fixedrange": True,
        },
        yaxis={
            "range": [low - pad, high + pad],
            "domain": heights[0],
            "anchor": "x",
            "fixedrange": True,
        },
        xaxis2={
            "range": [0, layers[-1]],
            "domain": split[1],
            "anchor": "y2",
            "title": {"text": "layers"},
            "fixedrange": True,
        },
        yaxis2={
            "type": "log",
            "range": [-16.8, 0.6],
            "dtick": 4,
            "domain": heights[1],
            "anchor": "x2",
            "exponentformat": "power",
            "fixedrange": True,
        },
        annotations=_depth_notes(result, split, heights, phone),
    )
    traces = _depth_traces(result, order, layers, relative, rate)
    frames = tuple(
        Frame(
            f"layer {i}",
            depth_caption(result, i),
            (1, 4),
            (
                {"y": _f4(found.states[i][order])},
                {"x": [int(i)], "y": [float(f"{relative[i]:.4g}")]},
            ),
        )
        for i in range(len(layers))
    )
    return Film(go.Figure(traces, layout), frames, variable="layer")


def _depth_traces(
    result: Depth, order: np.ndarray, layers: np.ndarray, relative: np.ndarray, rate: np.ndarray
) -> list[dict[str, Any]]:
    found = result.smoothing
    place = {"xaxis": "x2", "yaxis": "y2"}
    names = [result.graph.names[i] for i in order]
    base = {
        "type": "scatter",
        "mode": "markers",
        "x": np.arange(len(order)),
        "text": names,
        "hovertemplate": "node %{text}: %{y:.4f}<extra></extra>",
    }
    thin = [float(f"{v:.4g}") for v in relative]
    return [
        {
            **base,
            "name": "at first",
            "y": _f4(found.states[0][order]),
            "marker": {"size": 8, "color": theme.HAIR},
        },
        {
            **base,
            "name": "now",
            "y": _f4(found.states[-1][order]),
            "marker": {"size": 11, "color": theme.FWD},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "theory",
            **place,
            "x": layers,
            "y": [float(f"{v:.4g}") for v in rate],
            "line": {"color": theme.TRU, "width": 2.5, "dash": "dash"},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "energy",
            **place,
            "x": layers,
            "y": thin,
            "line": {"color": theme.FWD, "width": 3.5},
            "hovertemplate": "layer %{x}: %{y:.2g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "present",
            **place,
            "x": [int(layers[-1])],
            "y": [thin[-1]],
            "hoverinfo": "skip",
            "marker": {"size": 13, "color": theme.FWD, "line": {"color": theme.INK, "width": 2}},
        },
    ]


def _depth_notes(
    result: Depth, split: tuple[list[float], ...], heights: tuple[list[float], ...], phone: bool
) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    more = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    words = (
        "states of the nodes",
        f"differences left; dashed: |λ₂|²ˡ, |λ₂| = {result.smoothing.second:.4f}",
    )
    return [
        shapes.note(x[0], y[1] + 0.01, text, size=size, color=theme.MUTED, **more)
        for text, x, y in zip(words, split, heights, strict=True)
    ]


def depth_caption(result: Depth, i: int) -> str:
    """How different the nodes still are."""
    found = result.smoothing
    left = float(found.energy[i] / max(float(found.energy[0]), 1e-30))
    text = f"After {i} layers {{fwd:{_percent(left)}}} of the differences are left"
    if found.components > 1:
        return f"{text}; the graph has {found.components} parts, and parts never mix (|λ₂| = 1)."
    if abs(found.second - 1) < 1e-9:
        return (
            f"{text}: |λ₂| = 1, the averages flip for ever between two patterns. A self-loop or "
            "an odd cycle would cure it."
        )
    limit = "" if found.limit is None else f", towards {fixed(found.limit, 4)} everywhere"
    return f"{text}{limit}; each layer multiplies the difference by {found.second:.4f} in the end."


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%" if share >= 0.001 else short(share, 2)


def learning(result: Learned, *, phone: bool = False) -> Film:
    """Predictions on the graph by epoch, and both losses."""
    run = result.run
    split = ([0.0, 1.0], [0.02, 1.0]) if phone else ([0.0, 0.52], [0.62, 1.0])
    heights = ([0.5, 1.0], [0.0, 0.36]) if phone else ([0.0, 1.0], [0.06, 0.9])
    top = 1.1 * max(float(run.train_loss.max()), float(np.minimum(run.held_loss, 8).max()), 0.8)
    bare = {"visible": False, "fixedrange": True}
    layout = theme.chart(
        680 if phone else 440,
        margin={"l": 20 if not phone else 44, "r": 14, "t": 14, "b": 46},
        xaxis={**bare, "range": [-0.12, 1.12], "domain": split[0]},
        yaxis={**bare, "range": [-0.2, 1.25], "domain": heights[0]},
        xaxis2={
            "range": [0, max(int(run.epochs[-1]), 1)],
            "domain": split[1],
            "anchor": "y2",
            "title": {"text": "epoch"},
            "fixedrange": True,
        },
        yaxis2={"range": [0, top], "domain": heights[1], "anchor": "x2", "fixedrange": True},
        annotations=_learning_notes(result, heights, split, phone),
    )
    traces = _learning_traces(result)
    frames = tuple(
        Frame(f"epoch {int(epoch)}", learning_caption(result, i), (1, 4), _learned(result, i))
        for i, epoch in enumerate(run.epochs)
    )
    return Film(go.Figure(traces, layout), frames, variable="epoch")


def _places(result: Learned) -> np.ndarray:
    places = result.places if result.places is not None else np.zeros((result.graph.num_nodes, 2))
    return spread_out(places, (0.0, 0.0, 1.0, 1.0))


def _learning_traces(result: Learned) -> list[dict[str, Any]]:
    at, run = _places(result), result.run
    x: list[float | None] = []
    y: list[float | None] = []
    for i, j in result.graph.edges:
        x += [float(at[i, 0]), float(at[j, 0]), None]
        y += [float(at[i, 1]), float(at[j, 1]), None]
    small = result.graph.num_nodes > 12
    nodes, dot = _learned(result, len(run.epochs) - 1)
    place = {
        "type": "scatter",
        "mode": "lines",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": [int(e) for e in run.epochs],
    }
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "edges",
            "x": x,
            "y": y,
            "hoverinfo": "skip",
            "line": {"color": theme.LINE, "width": 1 if small else 2},
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "nodes",
            "x": at[:, 0],
            "y": at[:, 1],
            "cliponaxis": False,
            "textposition": "middle center",
            "hoverinfo": "skip",
            **nodes,
        },
        {
            **place,
            "name": "training loss",
            "y": _f4(run.train_loss),
            "line": {"color": theme.BWD, "width": 3.5},
            "hovertemplate": "training %{y:.4f}<extra></extra>",
        },
        {
            **place,
            "name": "held-back loss",
            "y": _f4(np.minimum(run.held_loss, 40)),
            "line": {"color": theme.MUTED, "width": 3, "dash": "dash"},
            "hovertemplate": "held back %{y:.4f}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "present",
            **dot,
            "hoverinfo": "skip",
            "marker": {"size": 13, "color": theme.BWD, "line": {"color": theme.INK, "width": 2}},
        },
    ]


def _learned(result: Learned, i: int) -> tuple[dict[str, Any], dict[str, Any]]:
    chance = result.run.predictions[i]
    small = result.graph.num_nodes > 12
    nodes = {
        "text": ["" if small else fixed(float(p)) for p in chance],
        "textfont": {"size": 16, "color": [theme.ink_on(float(p) * 0.85) for p in chance]},
        "marker": {
            "size": 22 if small else 58,
            "color": [round(float(p), 4) for p in chance],
            "cmin": 0,
            "cmax": 1 / 0.85,
            "colorscale": theme.magnitude(theme.FWD),
            "symbol": ["circle" if t else "square" for t in result.train],
            "line": {"color": theme.INK, "width": 2},
        },
    }
    dot = {"x": [int(result.run.epochs[i])], "y": [round(float(result.run.train_loss[i]), 5)]}
    return nodes, dot


def _learning_notes(
    result: Learned, heights: tuple[list[float], ...], split: tuple[list[float], ...], phone: bool
) -> list[dict[str, Any]]:
    size = 14 if phone else 15
    notes = []
    if result.graph.num_nodes <= 12:
        for i, (u, v) in enumerate(_places(result)):
            words = f"node {i + 1}, <i>y</i> = {result.labels[i]}"
            notes.append(
                shapes.note(
                    float(u),
                    float(v),
                    words,
                    size=size,
                    yshift=42,
                    color=theme.TRU if result.train[i] else theme.MUTED,
                )
            )
    notes.append(
        shapes.note(
            split[1][0],
            heights[1][1] + 0.01,
            "loss: training solid, held back dashed",
            size=size,
            color=theme.MUTED,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
        )
    )
    return notes


def learning_caption(result: Learned, i: int) -> str:
    """Both losses, and what the rule cannot see."""
    run = result.run
    held = float(run.held_loss[i])
    text = (
        f"After {int(run.epochs[i])} epochs the training loss is "
        f"{{bwd:{fixed(float(run.train_loss[i]), 4)}}}, the held-back loss "
        f"{{muted:{fixed(held, 4)}}}"
    )
    if result.constant and result.aggregate == "mean":
        return f"{text}. All states start equal, and averaging equal things keeps them equal."
    if result.constant:
        twins = len(result.classes) - len(set(result.classes))
        return (
            f"{text}. All states start equal: {len(set(result.classes))} colour classes, so "
            f"{twins} node{'s' if twins != 1 else ''} can never be told from a twin."
        )
    return f"{text}; squares are held back."


def large_layer(result: Speed, *, phone: bool = False) -> Film:
    """Degrees of a large graph, and how fast one layer runs over it."""
    counts = np.bincount(np.minimum(result.degrees, 60))
    bars = {
        "type": "bar",
        "name": "degrees",
        "x": np.arange(len(counts)),
        "y": counts,
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{x} neighbors: %{y} nodes<extra></extra>",
    }
    speed = 2 * result.num_edges / max(result.layer, 1e-9)
    layout = theme.chart(
        420,
        bargap=0.1,
        xaxis={"title": {"text": "neighbors of a node"}, "fixedrange": True},
        yaxis={"title": {"text": "" if phone else "nodes"}, "fixedrange": True},
        annotations=[
            shapes.note(
                0.98,
                0.95,
                f"{short(speed / 1e6, 3)} million messages a second",
                size=18,
                color=theme.FWD,
                xref="paper",
                yref="paper",
                xanchor="right",
                bgcolor=theme.BG,
            )
        ],
    )
    words = (
        f"One averaging layer of 16 features over {count(result.num_nodes)} nodes and "
        f"{count(result.num_edges)} edges is one sparse product: "
        f"{{fwd:{short(1000 * result.layer, 3)} ms}} (building the graph took "
        f"{short(result.build, 2)} s). It equals the plain sum to "
        f"{power(max(result.error, 1e-17), 1)}."
    )
    return still(go.Figure([bars], layout), words)
