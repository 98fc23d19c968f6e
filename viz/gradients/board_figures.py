"""Twelve nets side by side: rows are initializations, columns architectures."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note, written
from viz.draw.numbers import fixed, listed
from viz.gradients import scale
from viz.gradients.experiments import ARCHITECTURES
from viz.gradients.layer_axis import end_of, last_layer
from viz.gradients.results import Board, Net

CLIP, LEAST, FOOT, GRAIN = 20.0, 8.0, 4.0, 2.0
FRAMES, POINTS = 51, 34
EACH = 3


def board_film(board: Board, *, phone: bool = False) -> Film:
    """Every gradient on its way back, on one common scale."""
    nets = board.all()
    low, _ = reach(board)
    traces = [t for i, (_, _, one) in enumerate(nets) for t in _panel(one, i + 1, low)]
    figure = theme.figure(data=traces, layout=_layout(board, phone=phone))
    layers = [board.depth - i for i in scale.thinned(board.depth + 1, FRAMES)]
    frames = tuple(_frame(board, layer, phone) for layer in layers)
    return Film(figure, frames, variable="layer", pace=90, table=_table(board))


def reach(board: Board) -> tuple[float, float]:
    """The common range: all curves, but never more than 20 decades; room for words below.

    Its limits are even, so that a small change of a control does not move twelve axes.
    """
    logs = np.concatenate([net.log_grad for _, _, net in board.all()])
    low = GRAIN * np.floor(np.clip(logs.min(), -CLIP, -LEAST) / GRAIN) - FOOT
    high = GRAIN * np.ceil(np.clip(logs.max(), LEAST, CLIP) / GRAIN) + 1
    return float(low), float(high)


def _axes(number: int) -> dict[str, str]:
    tail = "" if number == 1 else str(number)
    return {"xaxis": f"x{tail}", "yaxis": f"y{tail}"}


def _panel(net: Net, number: int, low: float) -> list[dict[str, Any]]:
    depth, axes = net.spec.depth, _axes(number)
    kept = scale.thinned(depth + 1, POINTS)
    theory = net.theory.log_grad if net.theory is not None else np.zeros(0)
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": kept,
        "line": {"color": theme.BWD, "width": 4.5},
        "hovertemplate": "layer %{x}: log₁₀ %{y:.1f}<extra></extra>",
        "name": "gradient",
        **axes,
    }
    dashed = {
        **line,
        "name": "theory",
        "x": kept if len(theory) else [],
        "y": scale.rounded(theory[kept]) if len(theory) else [],
        "line": {"color": theme.TRU, "width": 1.5, "dash": "dash"},
        "hoverinfo": "skip",
        "hovertemplate": None,
    }
    place = note(depth, low, "", size=15, xanchor="right")
    # A vanishing gradient runs through this corner.
    text = {**written("verdict", [place], halo=True), **axes, "textposition": "top left"}
    return [line, dashed, text]


def _frame(board: Board, layer: int, phone: bool) -> Frame:
    changes = []
    for _, _, net in board.all():
        kept = [i for i in scale.thinned(board.depth + 1, POINTS, (layer,)) if i >= layer]
        logs = net.log_grad
        y = scale.rounded(logs[kept], 1)
        changes.append({"x": kept, "y": y})
        changes.append({"text": [_verdict(net, float(logs[layer]), layer, phone)]})
    places = tuple(EACH * i + j for i in range(len(board.all())) for j in (0, 2))
    return Frame(f"layer {layer}", caption(board, layer), places, tuple(changes))


def _verdict(net: Net, log: float, layer: int, phone: bool) -> str:
    """The number, and at the input the verdict as symbol and word; of 20 seeds if on file."""
    arrow = "" if abs(log) <= CLIP else (" ↑" if log > 0 else " ↓")
    if layer or phone or net.over is None:
        number = f"<b>{scale.raised(log)}</b>{arrow}"
    else:
        half = float(np.ptp(net.over.log_ratios)) / 2
        number = f"<b>{scale.raised(net.over.median, f' ± {fixed(half, 1)}')}</b>{arrow}"
    if layer:
        return number
    mark = scale.SYMBOLS[net.verdict]
    return f"{mark} {number}" if phone else f"{mark} {net.verdict} {number}"


def caption(board: Board, layer: int) -> str:
    """How many of the twelve are alive at a layer."""
    depth, nets = board.depth, board.all()
    limit = nets[0][2].limit
    logs = {f"{init} {arch}": float(net.log_grad[layer]) for init, arch, net in nets}
    count = {
        "vanishing": sum(log < -limit for log in logs.values()),
        "exploding": sum(log > limit for log in logs.values()),
    }
    healthy = len(logs) - sum(count.values())
    if layer == depth:
        return f"All {len(logs)} gradients start with size 1 at the output, layer {depth}."
    where = f"{depth - layer} layers back" if layer else f"At the input, after {depth} layers"
    said = (
        f"{where}: {{bwd:{healthy}}} of {len(logs)} gradients "
        f"{'is' if healthy == 1 else 'are'} within {10**limit:.0f}× of the "
        f"output's, {count['vanishing']} vanished, {count['exploding']} exploded."
    )
    if layer:
        return said
    spans = {
        arch: np.ptp([net.log_ratio for _, a, net in nets if a == arch]) for arch in ARCHITECTURES
    }
    always = [
        arch
        for arch in ARCHITECTURES
        if all(net.verdict == "healthy" for _, a, net in nets if a == arch)
    ]
    said += (
        f" Between the inits the plain nets differ by {fixed(spans['plain'], 1)} decades, those "
        f"with batch norm by {fixed(spans['BN'], 1)}"
    )
    return f"{said}; healthy for every init: {listed(always)}." if always else f"{said}."


def _layout(board: Board, *, phone: bool) -> dict[str, Any]:
    names, (low, high) = list(ARCHITECTURES), reach(board)
    layout: dict[str, Any] = {"annotations": [], "shapes": []}
    limit, end = board.nets[0][0].limit, end_of(board.depth)
    gap = 0.02
    left = 0.0 if phone else 0.075
    wide = (1 - left - 3 * gap) / 4
    tall = 0.27 if phone else 0.31
    for i, init in enumerate(board.inits):
        top = 1 - i * (tall + (0.095 if phone else 0.035))
        for j, arch in enumerate(names):
            number = 4 * i + j + 1
            axes = _axes(number)
            x0 = left + j * (wide + gap)
            tail = axes["xaxis"][1:]
            named = i == len(board.inits) - 1 and (not phone or j in (0, 3))
            layout[f"xaxis{tail}"] = {
                "domain": [x0, x0 + wide],
                "anchor": axes["yaxis"],
                "range": [-0.02 * end, 1.02 * end],
                "tickvals": [0],
                "showticklabels": named,
                "showgrid": False,
                "tickfont": {"size": 14},
            }
            layout[f"yaxis{tail}"] = {
                **scale.axis(low, high, ticks=4),
                "domain": [top - tall, top],
                "anchor": axes["xaxis"],
                "side": "right",
                "showticklabels": j == 3,
                "tickfont": {"size": 14},
            }
            zone = scale.zones(low, high, limit, x=axes["xaxis"], y=axes["yaxis"])
            layout["shapes"] += zone
            if named:
                place = {"xref": axes["xaxis"], "yref": f"{axes['yaxis']} domain"}
                layout["annotations"].append(last_layer(board.depth, size=14, **place))
            if i == 0:
                place = {"xref": f"{axes['xaxis']} domain", "yref": "paper", "yanchor": "bottom"}
                up = 1.045 if phone else 1.01
                layout["annotations"].append(
                    note(0.5, up, f"<b>{arch}</b>", size=14 if phone else 16, **place)
                )
        layout["annotations"].append(_row_name(init, board.gain, top, tall, phone))
    words = "layer: 0 input, left" if phone else "layer: 0 is the input; every gradient runs left"
    if not phone and board.nets[0][0].over is not None:
        words += ". 10<sup>m ± h</sup>: median and half the range of 20 seeds"
    layout["annotations"].append(
        note(0.5, 0, words, size=14, color=theme.MUTED, xref="paper", yref="paper",
             yanchor="top", yshift=-20)
    )  # fmt: skip
    margin = {"l": 6, "r": 48, "t": 46 if phone else 28, "b": 46}
    return theme.chart(560 if phone else 404, margin=margin, **layout)


def _row_name(init: str, gain: float, top: float, tall: float, phone: bool) -> dict[str, Any]:
    more = "" if gain == 1 else f" × {gain:g}"
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "align": "left"}
    if phone:
        return note(0, top, f"<b>{init}{more}</b>", size=14, yanchor="bottom", **place)
    words = f"<b>{init}</b><br>{more.strip()}" if more else f"<b>{init}</b>"
    return note(0, top - tall / 2, words, size=16, **place)


def _table(board: Board) -> dict[str, Sequence[Any]]:
    columns: dict[str, Sequence[Any]] = {"layer": list(range(board.depth + 1))}
    for init, arch, net in board.all():
        columns[f"log10, {init} {arch}"] = net.log_grad.tolist()
    return columns
