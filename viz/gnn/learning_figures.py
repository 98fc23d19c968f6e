"""A training run on a graph, and one layer on a graph with very many edges."""

from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import count, fixed, listed, power, short
from viz.gnn.drawing import FEW, edge_lines, label_sides, spread_out
from viz.gnn.results import Learned
from viz.gnn.speed import Speed

HIGH = 10.0


def learning(result: Learned, *, phone: bool = False) -> Film:
    """Predictions on the graph by epoch, and both losses."""
    run = result.run
    small = result.graph.num_nodes <= FEW
    width, height = (360, 720) if phone else (1000, 440)
    box = (60.0, 470.0, 300.0, 640.0) if phone else (82.0, 112.0, 556.0, 362.0)
    if not small:
        box = (20.0, 400.0, 340.0, 690.0) if phone else (24.0, 44.0, 570.0, 420.0)
    at = spread_out(_places(result), box)
    domain, level = ([0.12, 0.96], [0.08, 0.42]) if phone else ([0.665, 0.985], [0.17, 0.86])
    top = max(float(run.train_loss.max()), 0.8)
    if run.held_loss is not None:
        top = max(top, float(np.minimum(run.held_loss, HIGH).max()))
    layout = theme.diagram(
        height,
        width,
        annotations=_learning_notes(result, at, domain, level, phone),
        xaxis2={
            "range": [0, max(int(run.epochs[-1]), 1)],
            "domain": domain,
            "anchor": "y2",
            "title": {"text": "epoch"},
            "fixedrange": True,
        },
        yaxis2={
            "range": [-0.04 * top, 1.06 * top],
            "domain": level,
            "anchor": "x2",
            "fixedrange": True,
        },
    )
    size = (50 if phone else 60) if small else (15 if phone else 19)
    traces = [
        edge_lines(result.graph.edges, at),
        _nodes(result, at, size, len(run.epochs) - 1),
        *_curves(result),
    ]
    frames = tuple(
        Frame(
            f"epoch {int(epoch)}",
            learning_caption(result, i),
            (1, 4),
            (_filled(result, size, i), _dot(result, i)),
        )
        for i, epoch in enumerate(run.epochs)
    )
    return Film(theme.figure(traces, layout), frames, variable="epoch")


def _places(result: Learned) -> np.ndarray:
    if result.places is None:
        return np.zeros((result.graph.num_nodes, 2))
    return result.places


def _nodes(result: Learned, at: np.ndarray, size: int, i: int) -> dict[str, Any]:
    said = ["?" if y is None else str(y) for y in result.labels]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "nodes",
        "x": at[:, 0],
        "y": at[:, 1],
        "cliponaxis": False,
        "textposition": "middle center",
        "hovertext": [
            f"node {name}, label {y}" for name, y in zip(result.graph.names, said, strict=True)
        ],
        "hovertemplate": "%{hovertext}: p = %{marker.color:.3f}<extra></extra>",
        **_filled(result, size, i),
    }


def _filled(result: Learned, size: int, i: int) -> dict[str, Any]:
    chance = result.run.predictions[i]
    marker = {
        "size": size,
        "color": np.round(chance, 3).astype(np.float32),
        "cmin": 0,
        "cmax": 1.176,
        "colorscale": theme.magnitude(theme.FWD),
        "symbol": ["circle" if t else "square" for t in result.train],
        "line": {"color": theme.INK, "width": 2 if size > 30 else 1.2},
    }
    if size < 30:
        font = {"size": 14, "color": [theme.ink_on(float(p) * 0.85) for p in chance]}
        return {"text": _wrong(result, chance), "textfont": font, "marker": marker}
    font = {"size": 16, "color": [theme.ink_on(float(p) * 0.85) for p in chance]}
    return {"text": [fixed(float(p)) for p in chance], "textfont": font, "marker": marker}


def _wrong(result: Learned, chance: np.ndarray) -> list[str]:
    """A cross on every node of a large graph whose prediction is on the wrong side."""
    return [
        "×" if y is not None and (p > 0.5) != (y == 1) else ""
        for p, y in zip(chance, result.labels, strict=True)
    ]


def _curves(result: Learned) -> list[dict[str, Any]]:
    run = result.run
    place: dict[str, Any] = {"type": "scatter", "mode": "lines", "xaxis": "x2", "yaxis": "y2"}
    x = run.epochs.astype(np.int16)
    held = np.zeros(0) if run.held_loss is None else np.minimum(run.held_loss, HIGH)
    return [
        {
            **place,
            "name": "held-back loss",
            "x": x[: len(held)],
            "y": np.round(held, 4).astype(np.float32),
            "line": {"color": theme.MUTED, "width": 3, "dash": "dash"},
            "hovertemplate": "held back %{y:.4f}<extra></extra>",
        },
        {
            **place,
            "name": "training loss",
            "x": x,
            "y": np.round(run.train_loss, 4).astype(np.float32),
            "line": {"color": theme.BWD, "width": 4},
            "hovertemplate": "training %{y:.4f}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "present",
            **_dot(result, len(run.epochs) - 1),
            "hoverinfo": "skip",
            "cliponaxis": False,
            "marker": {"size": 14, "color": theme.BWD, "line": {"color": theme.INK, "width": 2}},
        },
    ]


def _dot(result: Learned, i: int) -> dict[str, Any]:
    run = result.run
    return {"x": [int(run.epochs[i])], "y": [round(float(run.train_loss[i]), 4)]}


def _learning_notes(
    result: Learned, at: np.ndarray, domain: list[float], level: list[float], phone: bool
) -> list[dict[str, Any]]:
    size = 14 if phone else 15
    notes = []
    sides = label_sides(result.graph, at)
    if result.graph.num_nodes <= FEW:
        for i, (u, v) in enumerate(at):
            label = "?" if result.labels[i] is None else result.labels[i]
            words = f"node {result.graph.names[i]}, <i>y</i> = {label}"
            color = theme.TRU if result.train[i] else theme.MUTED
            up = (44 if phone else 48) * sides[i]
            notes.append(shapes.note(float(u), float(v) + up, words, size=size, color=color))
    held = "squares: held back; number: probability of class 1"
    if result.graph.num_nodes > FEW:
        held = "squares: held back; blue: class 1 is likely; ×: wrong side"
    low = 370 if phone else 16
    notes.append(shapes.note(8, low, held, size=size - 1, color=theme.MUTED, xanchor="left"))
    words = f"<span style='color:{theme.BWD}'>training loss</span>"
    if result.run.held_loss is not None:
        words += ", dashed: held-back loss"
        if float(result.run.held_loss.max()) > HIGH:
            words += f" (cut at {HIGH:.0f})"
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    notes.append(
        shapes.note(domain[0], level[1] + 0.02, words, size=size, color=theme.MUTED, **place)
    )
    return notes


def learning_caption(result: Learned, i: int) -> str:
    """Both losses, and what the rule cannot see."""
    run = result.run
    epoch = int(run.epochs[i])
    text = (
        f"After {epoch} epoch{'' if epoch == 1 else 's'} the training loss is "
        f"{{bwd:{_loss(float(run.train_loss[i]))}}}"
    )
    if run.held_loss is not None:
        text += f", the held-back loss {{muted:{_loss(float(run.held_loss[i]))}}}"
    if result.states == "constant":
        return f"{text}. {_blind(result)}"
    known = [j for j, y in enumerate(result.labels) if y is not None and not result.train[j]]
    if not known:
        return f"{text}; nodes without a label (squares) are not scored."
    chance = run.predictions[i]
    right = sum((chance[j] > 0.5) == (result.labels[j] == 1) for j in known)
    return (
        f"{text}; of the {len(known)} held-back nodes (squares) {{fwd:{right}}} "
        f"{'is' if right == 1 else 'are'} on the right side."
    )


def _loss(value: float) -> str:
    return fixed(value, 4) if value >= 0.001 else short(value, 2)


def _blind(result: Learned) -> str:
    """What equal first states can never part."""
    if result.rule == "mean":
        if (result.graph.degrees == 0).any():
            return "All states start equal, and a mean of equal messages is the same everywhere."
        return "All states start equal, and averaging equal things keeps them equal."
    groups: dict[int, list[str]] = {}
    for name, color in zip(result.graph.names, result.classes, strict=True):
        groups.setdefault(color, []).append(name)
    twins = [names for names in groups.values() if len(names) > 1]
    if not twins:
        return "All states start equal, but every node has a place of its own in the graph."
    shown = [listed(names[:6]) for names in twins[:2]]
    more = "" if len(twins) <= 2 else f" ({len(twins) - 2} more groups)"
    return f"All states start equal, so nodes {'; nodes '.join(shown)} can never be parted{more}."


def large_layer(result: Speed, *, phone: bool = False) -> Film:
    """How long one layer takes on a large graph, done four ways."""
    rows = sorted(result.layers.items(), key=lambda row: -row[1])
    millis = [1000 * seconds for _, seconds in rows]
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "milliseconds",
        "x": [float(f"{v:.3g}") for v in millis],
        "y": [name for name, _ in rows],
        "text": [f"{short(v, 2)} ms" for v in millis],
        "textposition": "outside",
        "textfont": {"size": 16},
        "cliponaxis": False,
        "marker": {
            "color": [theme.FWD if name == result.best else theme.HAIR for name, _ in rows],
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
    }
    ticks = {"tickfont": {"size": 14 if phone else 16}, "ticklabelstandoff": 6}
    layout = theme.chart(
        440,
        margin={"l": 150 if phone else 190, "r": 20, "t": 40, "b": 56},
        bargap=0.45,
        xaxis={
            "title": {"text": "milliseconds for one layer"},
            "range": [0, 1.2 * max(millis)],
            "fixedrange": True,
        },
        yaxis={**ticks, "fixedrange": True, "showgrid": False},
    )
    best = result.layers[result.best]
    speed = 2 * result.num_edges / max(best, 1e-9)
    words = (
        f"One averaging layer of 16 features over {count(result.num_nodes)} nodes and "
        f"{count(result.num_edges)} edges takes {{fwd:{short(1000 * best, 2)} ms}} "
        f"({result.best}): {short(speed / 1e6, 2)} million messages a second. All four ways agree "
        f"to {power(max(result.error, 1e-17), 1)}; building the graph took "
        f"{short(1000 * result.build, 2)} ms."
    )
    return still(theme.figure([bars], layout), words)


def degree_chart(result: Speed, *, phone: bool = False) -> tuple[Film, ...]:
    """How many neighbors the nodes of the large graph have."""
    low, high = int(result.degrees.min()), int(result.degrees.max())
    width = max(1, -(-(high - low + 1) // 60))
    binned = np.bincount((result.degrees - low) // width)
    bars = {
        "type": "bar",
        "name": "degrees",
        "x": low + width * np.arange(len(binned)),
        "y": binned,
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{x} neighbors: %{y} nodes<extra></extra>",
    }
    layout = theme.chart(
        280,
        bargap=0.1,
        xaxis={"title": {"text": "neighbors of a node"}, "fixedrange": True},
        yaxis={"title": {"text": "" if phone else "nodes"}, "fixedrange": True},
    )
    words = (
        f"The nodes have {count(low)} to {count(high)} neighbors, "
        f"{fixed(float(result.degrees.mean()), 1)} on average."
    )
    return (still(theme.figure([bars], layout), words),)
