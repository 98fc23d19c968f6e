"""The masked loss: predictions on the graph, the terms of the loss, and one prediction dragged."""

import math
from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, listed, short
from viz.gnn.compute import CLIP
from viz.gnn.drawing import edge_lines, label_sides, spread_out
from viz.gnn.results import Masked

LETTERS = "abcde"
TOP = 2.6


def masked_loss(result: Masked, *, phone: bool = False) -> Film:
    """A node's prediction runs from 0.01 to 0.99; the loss follows, or does not."""
    box = (62.0, 500.0, 308.0, 640.0) if phone else (86.0, 190.0, 536.0, 368.0)
    at = spread_out(result.places, box)
    size = 50 if phone else 62
    letter = LETTERS[result.dragged]
    domain, level = ([0.12, 0.96], [0.075, 0.36]) if phone else ([0.64, 0.985], [0.17, 0.87])
    width, height = (360, 720) if phone else (1000, 440)
    layout = theme.diagram(
        height,
        width,
        annotations=[*_node_notes(result, at, size, phone), *_chart_notes(result, domain, level)],
        xaxis2={
            "domain": domain,
            "range": [0, 1],
            "anchor": "y2",
            "fixedrange": True,
            "title": {"text": f"prediction {letter} of node {result.dragged + 1}"},
        },
        yaxis2={
            "domain": level,
            "range": [0, _top(result)],
            "anchor": "x2",
            "fixedrange": True,
            "nticks": 6,
        },
    )
    traces = [
        edge_lines(result.graph.edges, at),
        *(_nodes(result, at, size, used, result.start) for used in (True, False)),
        *_curves(result),
        _terms(result, result.start, phone),
    ]
    frames = tuple(_frame(result, i, at, size, phone) for i in range(len(result.steps)))
    return Film(
        theme.figure(traces, layout), frames, variable=f"prediction {letter}", start=result.start
    )


def _frame(result: Masked, i: int, at: np.ndarray, size: int, phone: bool) -> Frame:
    train = result.train[result.dragged]
    value = float(result.steps[i])
    changed = _nodes(result, at, size, train, i)
    keys = ("text", "textfont", "marker")
    return Frame(
        f"{LETTERS[result.dragged]} = {short(value, 3)}",
        loss_caption(result, i),
        (1 if train else 2, 5, 6),
        (
            {key: changed[key] for key in keys},
            _dot(result, i),
            {"text": _terms(result, i, phone)["text"]},
        ),
    )


def _nodes(result: Masked, at: np.ndarray, size: int, used: bool, step: int) -> dict[str, Any]:
    chosen = [i for i, train in enumerate(result.train) if train == used]
    values = result.at(step)
    line = {"color": theme.INK, "width": 3 if used else 2, "dash": "solid" if used else "dash"}
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "training" if used else "held out",
        "x": [float(at[i, 0]) for i in chosen],
        "y": [float(at[i, 1]) for i in chosen],
        "text": [f"<i>{LETTERS[i]}</i> {fixed(values[i])}" for i in chosen],
        "textposition": "middle center",
        "textfont": {"size": 16, "color": [theme.ink_on(values[i] * 0.85) for i in chosen]},
        "cliponaxis": False,
        "hoverinfo": "skip",
        "marker": {
            "size": size,
            "color": [round(values[i], 3) for i in chosen],
            "cmin": 0,
            "cmax": 1.176,
            "colorscale": theme.magnitude(theme.FWD),
            "line": line,
        },
    }


def _curves(result: Masked) -> list[dict[str, Any]]:
    """The training loss and the held-back loss against the dragged prediction, and a dot."""
    place = {"type": "scatter", "mode": "lines", "xaxis": "x2", "yaxis": "y2"}
    x = np.round(result.steps, 3).astype(np.float32)
    most = 3 * _top(result)
    held = [min(v, most) for v in result.held_losses]
    return [
        {
            **place,
            "name": "held-back loss",
            "x": x if held else [],
            "y": np.round(held, 4).astype(np.float32),
            "line": {"color": theme.MUTED, "width": 2, "dash": "dash"},
            "hovertemplate": "held back %{y:.4f}<extra></extra>",
        },
        {
            **place,
            "name": "training loss",
            "x": x,
            "y": np.round([min(v.drawn, most) for v in result.losses], 4).astype(np.float32),
            "line": {"color": theme.BWD, "width": 4},
            "hovertemplate": "training %{y:.4f}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "present",
            "marker": {"size": 14, "color": theme.BWD, "line": {"color": theme.INK, "width": 2}},
            "hoverinfo": "skip",
            "cliponaxis": False,
            **_dot(result, result.start),
        },
    ]


def _top(result: Masked) -> float:
    """The height of the chart; where another node's prediction costs more, it is in all losses."""
    least = min(loss.drawn for loss in result.losses)
    return TOP if least < 0.8 * TOP else round(1.3 * least, 1)


def _dot(result: Masked, i: int) -> dict[str, Any]:
    value = min(result.losses[i].drawn, _top(result))
    return {"x": [round(float(result.steps[i]), 4)], "y": [round(value, 4)]}


def _chart_notes(result: Masked, domain: list[float], level: list[float]) -> list[dict[str, Any]]:
    words = f"<span style='color:{theme.BWD}'>training loss</span>"
    if result.held_losses:
        words += ", dashed: held-back loss"
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return [shapes.note(domain[0], level[1] + 0.02, words, size=15, color=theme.MUTED, **place)]


def _node_notes(result: Masked, at: np.ndarray, size: int, phone: bool) -> list[dict[str, Any]]:
    """A node's name and label; on its other side, so that no edge is crossed, "held out"."""
    notes, sides = [], label_sides(result.graph, at)
    font = 13 if phone else 15
    for i, (u, v) in enumerate(at):
        train, up = result.train[i], sides[i] * (size / 2 + 17)
        words = f"node {result.graph.names[i]}, <i>y</i> = {result.labels[i]}"
        color = theme.TRU if train else theme.MUTED
        notes.append(shapes.note(float(u), float(v) + up, words, size=font, color=color))
        held = " " if train else "held out"
        notes.append(shapes.note(float(u), float(v) - up, held, size=font, color=theme.MUTED))
    return notes


def _terms(result: Masked, step: int, phone: bool) -> dict[str, Any]:
    """The loss written out below the graph: letters, their terms, the mean."""
    x, top, gap, size = (10.0, 420.0, 30.0, 14) if phone else (24.0, 104.0, 38.0, 18)
    lines = written_out(result, step)
    if phone and len(lines[0]) > 60:
        size = 13
    return {
        "type": "scatter",
        "mode": "text",
        "name": "terms",
        "x": [x] * len(lines),
        "y": [top - gap * k for k in range(len(lines))],
        "text": lines,
        "textposition": "middle right",
        "textfont": {"size": size, "color": theme.INK},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def written_out(result: Masked, step: int) -> list[str]:
    """L as the mean of its terms: in letters, in numbers, and what is left out."""
    loss = result.losses[step]
    used = [i for i, train in enumerate(result.train) if train]
    held = [i for i, train in enumerate(result.train) if not train]
    letters = " + ".join(
        f"log {LETTERS[i]}" if result.labels[i] else f"log(1 − {LETTERS[i]})" for i in used
    )
    numbers = " + ".join(_nats(float(loss.per_node[i]), 2, "∞") for i in used)
    count = len(used)
    total = _nats(loss.value)
    first = f"<i>L</i> = −({letters}) / {count}"
    second = f"  = ({numbers}) / {count} = <b><span style='color:{theme.BWD}'>{total}</span></b>"
    outside = listed([LETTERS[i] for i in held])
    third = f"held back: {outside} {'is' if len(held) == 1 else 'are'} not in it" if held else ""
    return [first, second, f"<span style='color:{theme.MUTED}'>{third}</span>" if third else ""]


def _nats(value: float, places: int = 4, endless: str = "infinite") -> str:
    return endless if math.isinf(value) else fixed(value, places)


def loss_caption(result: Masked, step: int) -> str:
    """The loss, over which nodes, what stays outside, and the slope of the dragged prediction."""
    loss = result.losses[step]
    names = result.graph.names
    used = listed([n for n, t in zip(names, result.train, strict=True) if t])
    held = [n for n, t in zip(names, result.train, strict=True) if not t]
    one = sum(result.train) == 1
    value = f"{{bwd:{_nats(loss.value)}}}"
    if loss.infinite:
        value += f" (a term is drawn as {fixed(-math.log(CLIP), 1)})"
    text = f"Training loss over node{'' if one else 's'} {used}: {value}. "
    if held:
        nodes = f"held-back node{'' if len(held) == 1 else 's'} {listed(held)}"
        text += (
            f"The {nodes} {'does' if len(held) == 1 else 'do'} not enter "
            f"(their own loss: {_nats(result.held_losses[step])}). "
        )
    letter = LETTERS[result.dragged]
    if not result.train[result.dragged]:
        text += f"Moving {letter} does nothing: its gradient is exactly 0."
    elif not loss.infinite:
        slope = short(float(loss.gradient[result.dragged]), 3)
        text += f"∂L/∂{letter} is {{bwd:{slope}}}."
    classes = {y for y, t in zip(result.labels, result.train, strict=True) if t}
    only = " Only one class is left among the training nodes." if len(classes) == 1 else ""
    return f"{text}{only}".strip()
