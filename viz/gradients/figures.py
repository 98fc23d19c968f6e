"""The exam's table on the left, and on the right the two nets behind one of its cells."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.gradients import scale, table_board, words
from viz.gradients.layer_axis import EDGE, TITLE, end_of, last_layer, layer_axis, middle_of
from viz.gradients.results import Curve, Summary, Tick

HEAD = (
    "<b>← gradient, relative to the output's</b><br>"
    f"<span style='color:{theme.MUTED}'>dashed: theory{{more}}</span>"
)
BOARD = {"xaxis": "x2", "yaxis": "y2"}
MOVING = ("before", "after", "head before", "head after", "labels")


def chosen_cell(tick: Tick) -> Summary:
    """The cell whose two nets are drawn."""
    one = tick.experiment
    return next(c for c in tick.cells if (c.row, c.column) == (one.row, one.column))


def tick_film(tick: Tick, *, phone: bool = False) -> Film:
    """Both gradients on their way back, layer by layer, beside the table they decide."""
    chosen = chosen_cell(tick)
    low, high = reach((tick.before, tick.after))
    plan = table_board.PHONE if phone else table_board.WIDE
    traces = [*_curves(tick), *table_board.traces(plan, tick.cells, BOARD)]
    depth = tick.before.spec.depth
    figure = theme.figure(data=traces, layout=_layout(tick, chosen, low, high, phone=phone))
    layers = [depth - i for i in scale.thinned(depth + 1, 101)]
    places = tuple(i for i, trace in enumerate(traces) if trace["name"] in MOVING)
    curves = [scale.rounded(net.log_grad) for net in (tick.before, tick.after)]
    frames = tuple(
        Frame(
            f"layer {layer}",
            words.tick(tick, layer),
            places,
            tuple(_moving(tick, curves, layer, low, high, phone=phone)),
        )
        for layer in layers
    )
    return Film(figure, frames, variable="layer", pace=90, table=_table(tick))


def reach(nets: Sequence[Curve]) -> tuple[float, float]:
    """One range for all curves, bands and theory lines."""
    values: list[float] = []
    for net in nets:
        values += [*net.log_grad.tolist()]
        if net.theory is not None:
            values += net.theory.log_grad.tolist()
        if net.over is not None:
            values += [net.over.low["grad_norm"].min(), net.over.high["grad_norm"].max()]
    return scale.span(values)


def _curves(tick: Tick) -> list[dict[str, Any]]:
    pairs = ((tick.before, theme.MUTED), (tick.after, theme.BWD))
    traces = [spread_band(net, color) for net, color in pairs]
    for (net, color), name, width in zip(pairs, MOVING[:2], (3, 4.5), strict=True):
        layers = np.arange(net.spec.depth + 1)
        hover = f"{name}, layer %{{x}}: log₁₀ %{{y:.2f}}<extra></extra>"
        curve = scale.line(layers, net.log_grad, color=color, width=width, hovertemplate=hover)
        traces.append({**curve, "name": name})
    traces += [theory_line(net) for net, _ in pairs]
    for (net, color), name in zip(pairs, MOVING[2:4], strict=True):
        traces.append({**scale.dot(0, net.log_ratio, color=color), "name": name})
    labels = {
        "type": "scatter",
        "mode": "text",
        "name": MOVING[4],
        "textposition": "middle left",
        "textfont": {"size": 15, "color": [theme.MUTED, theme.BWD]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
    return [*traces, labels]


def spread_band(net: Curve, color: str, **axes: Any) -> dict[str, Any]:
    """The 20 seeds between their extremes; empty where they were not measured."""
    layers = np.arange(net.spec.depth + 1)
    empty: np.ndarray[Any, Any] = np.zeros(0)
    over = net.over
    low, high = (over.low["grad_norm"], over.high["grad_norm"]) if over else (empty, empty)
    band = scale.band(layers if over else empty, low, high, color=color, **axes)
    return {**band, "name": "20 seeds", "opacity": 0.25}


def banded(net: Curve) -> str:
    """What a heading adds where the seeds are drawn."""
    return f"; shaded: {len(net.over.log_ratios)} seeds" if net.over is not None else ""


def theory_line(net: Curve, **axes: Any) -> dict[str, Any]:
    """What theory predicts, dashed; empty where there is no formula."""
    layers = np.arange(net.spec.depth + 1)
    known = net.theory is not None
    y = net.theory.log_grad if net.theory is not None else np.zeros(0)
    x = layers if known else np.zeros(0)
    hover = "theory, layer %{x}: log₁₀ %{y:.2f}<extra></extra>"
    line = scale.line(x, y, color=theme.TRU, width=2, dash="dash", hovertemplate=hover, **axes)
    return {**line, "name": "theory"}


def _moving(
    tick: Tick,
    curves: Sequence[list[float]],
    layer: int,
    low: float,
    high: float,
    *,
    phone: bool,
) -> list[dict[str, Any]]:
    """Curves from the output down to a layer, their heads, and the labels at the input's side."""
    nets = (tick.before, tick.after)
    layers = list(range(layer, tick.before.spec.depth + 1))
    changes: list[dict[str, Any]] = [{"x": layers, "y": curve[layer:]} for curve in curves]
    changes += [{"x": [layer], "y": [curve[layer]]} for curve in curves]
    gap, edge = (share * (high - low) for share in ((0.2, 0.1) if phone else (0.13, 0.06)))
    ends = scale.push_apart([net.log_ratio for net in nets], gap)
    ends = [min(max(end, low + edge), high - edge) for end in ends]
    # A phone has no room beside the curves for a recipe in one line.
    part = "\u2002<br>+ " if phone else " + "
    recipes = (tick.experiment.baseline, tick.experiment.treated)
    names = [recipe.brief.replace(" + ", part) for recipe in recipes]
    texts = [
        f"<b>{name}</b>\u2002<br>× {scale.size(net.log_grad[layer])}\u2002"
        for name, net in zip(names, nets, strict=True)
    ]
    left = -EDGE * end_of(tick.before.spec.depth)
    changes.append({"x": [left] * 2, "y": [round(end, 2) for end in ends], "text": texts})
    return changes


def _layout(tick: Tick, chosen: Summary, low: float, high: float, *, phone: bool) -> dict[str, Any]:
    depth, limit = tick.before.spec.depth, tick.before.limit
    plan = table_board.PHONE if phone else table_board.WIDE
    middles = [float(net.log_grad[middle_of(depth)]) for net in (tick.before, tick.after)]
    hidden = {"visible": False, "fixedrange": True}
    head = {
        "xref": "x domain", "yref": "y domain", "xanchor": "right", "yanchor": "bottom",
    }  # fmt: skip
    notes = [
        *table_board.notes(plan, tick.cells, chosen, BOARD),
        *scale.zone_words(low, high, limit, middles=middles),
        note(1.0, 1.02, HEAD.format(more=banded(tick.before)), size=15, color=theme.BWD,
             align="right", **head),
        last_layer(depth),
    ]  # fmt: skip
    return theme.chart(
        860 if phone else 404,
        margin={"l": 4, "r": 52, "t": 6, "b": 6},
        xaxis={
            **layer_axis(depth),
            "domain": [0.29, 1] if phone else [0.62, 1.0],
            "title": {"text": "layer" if phone else TITLE},
            "anchor": "y",
        },
        yaxis={**scale.axis(low, high), "side": "right", "domain": _heights(phone)},
        xaxis2={
            **hidden,
            "domain": [0, 1.0] if phone else [0, 0.475],
            "range": [0, plan.width],
            "anchor": "y2",
        },
        yaxis2={
            **hidden,
            "domain": [1 - plan.height / 848, 1] if phone else [0, 1],
            "range": [0, plan.height],
            "anchor": "x2",
        },
        shapes=[
            *scale.zones(low, high, limit),
            *table_board.boxes(plan, tick.cells, chosen, BOARD),
        ],
        annotations=notes,
    )


def _heights(phone: bool) -> list[float]:
    """From the layer axis to the two lines above the curves."""
    return [0.06, 0.365] if phone else [0.127, 0.885]


def _table(tick: Tick) -> dict[str, Sequence[Any]]:
    depth = tick.before.spec.depth
    return {
        "layer": list(range(depth + 1)),
        f"log10 of {tick.experiment.baseline.words}": tick.before.log_grad.tolist(),
        f"log10 of {tick.experiment.treated.words}": tick.after.log_grad.tolist(),
    }
