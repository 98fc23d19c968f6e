"""A training run on a graph: predictions by epoch, and both losses."""

from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, listed, short
from viz.gnn.drawing import FEW, edge_lines, label_sides, spread_out
from viz.gnn.results import Learned

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
        annotations=_learning_notes(result, domain, level, phone),
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
        shapes.written("names", _names(result, at, phone)),
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


def _names(result: Learned, at: np.ndarray, phone: bool) -> list[dict[str, Any]]:
    """Names and labels of the nodes, where there is room for them."""
    if result.graph.num_nodes > FEW:
        return []
    size, away = (13, 46) if phone else (15, 48)
    notes, sides = [], label_sides(result.graph, at)
    for i, (u, v) in enumerate(at):
        label = "?" if result.labels[i] is None else result.labels[i]
        words = f"node {result.graph.names[i]}, <i>y</i> = {label}"
        color = theme.TRU if result.train[i] else theme.MUTED
        up = away * sides[i]
        notes.append(shapes.note(float(u), float(v) + up, words, size=size, color=color))
    return notes


def _learning_notes(
    result: Learned, domain: list[float], level: list[float], phone: bool
) -> list[dict[str, Any]]:
    size = 14 if phone else 15
    held = "number: probability of class 1"
    if result.graph.num_nodes > FEW:
        held = "blue: class 1 is likely; ×: wrong side"
    if not all(result.train):
        held = f"squares: held back; {held}"
    low = 370 if phone else 16
    notes = [shapes.note(8, low, held, size=size - 1, color=theme.MUTED, xanchor="left")]
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
    if all(result.train):
        return f"{text}; every node has a label and is scored."
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
