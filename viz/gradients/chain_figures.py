"""The product of scalar factors, layer by layer from the output to the input."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import fixed, short
from viz.gradients import scale
from viz.gradients.layer_axis import TITLE, last_layer, layer_axis, middle_of

if TYPE_CHECKING:
    from viz.gradients.chain_view import Chain

LIMIT = 2.0
MOVING = ("chosen", "head")


def chain_film(found: "Chain", *, phone: bool = False) -> Film:
    """The chosen product grows towards the input; the other one stands pale behind."""
    first = 0 if found.factors else 1
    layers = np.arange(len(found.logs)) + first
    both = [*found.logs.tolist(), *(found.other.tolist() if found.other is not None else [])]
    low, high = scale.span([v for v in both if math.isfinite(v)])
    traces = _traces(found, layers)
    figure = theme.figure(data=traces, layout=_layout(found, layers, low, high, phone=phone))
    places = tuple(i for i, trace in enumerate(traces) if trace["name"] in MOVING)
    frames = tuple(
        Frame(
            f"layer {layers[at]}",
            caption(found, at, int(layers[at])),
            places,
            _moving(found, layers, at),
        )
        for at in [len(layers) - 1 - i for i in scale.thinned(len(layers), 101)]
    )
    table: dict[str, Sequence[Any]] = {"layer": layers.tolist(), "log10": found.logs.tolist()}
    return Film(figure, frames, variable="layer", pace=90, table=table)


def _finite(layers: np.ndarray[Any, Any], logs: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Points of a curve; where it is exactly 0 there is nothing to draw on this axis."""
    kept = np.isfinite(logs)
    return {"x": layers[kept].tolist(), "y": scale.rounded(logs[kept])}


def _traces(found: "Chain", layers: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    empty: np.ndarray[Any, Any] = np.zeros(0)
    pale = scale.line(
        empty, empty, color=theme.MUTED, width=2.5, dash="dash",
        hovertemplate=f"{found.names[1]}, layer %{{x}}: log₁₀ %{{y:.2f}}<extra></extra>",
    )  # fmt: skip
    chosen = scale.line(
        empty, empty, color=theme.BWD, width=4.5,
        hovertemplate=f"{found.names[0]}, layer %{{x}}: log₁₀ %{{y:.2f}}<extra></extra>",
    )  # fmt: skip
    other = _finite(layers, found.other) if found.other is not None else {"x": [], "y": []}
    head = {**scale.dot(0, 0, color=theme.BWD), "x": [], "y": []}
    return [
        {**pale, **other, "name": "other"},
        {**chosen, "name": MOVING[0]},
        {**head, "name": MOVING[1]},
    ]


def _moving(found: "Chain", layers: np.ndarray[Any, Any], at: int) -> tuple[dict[str, Any], ...]:
    line = _finite(layers[at:], found.logs[at:])
    return line, {"x": line["x"][:1], "y": line["y"][:1]}


def caption(found: "Chain", at: int, layer: int) -> str:
    """The product so far, and at the input what it amounts to."""
    log, steps = float(found.logs[at]), len(found.logs) - 1 - at
    size = f"{{bwd:{scale.size(log, 4)}}}"
    if not found.factors:
        words = f"Your run, layer {layer}: the gradient is {size} times the last layer's"
        return f"{words} ({found.verdict})." if at == 0 else f"{words}."
    count = f"{steps} factor" if steps == 1 else f"{steps} factors"
    if steps == 0:
        return "At the output the gradient is 1; every layer multiplies it by its factor."
    if log == -math.inf:
        return (
            f"A factor is exactly 0, so after {count} the gradient is {{bwd:0}}: the chain is cut."
        )
    same = len(set(found.factors)) == 1
    base = f"{short(abs(found.factors[0]), 6)} to the power {steps}" if same else "their product"
    said = f"After {count} the gradient's size is {base} = {size}"
    if at:
        return f"{said}."
    mean = 10 ** (log / steps)
    said += f" ({found.verdict} {scale.SYMBOLS[found.verdict]})"
    if not same:
        said += f": on average × {fixed(mean, 3)} per layer"
    if found.other is not None:
        other = float(found.other[0])
        said += f"; {found.names[1]} it would be {scale.size(other)}"
    return f"{said}."


def _layout(
    found: "Chain", layers: np.ndarray[Any, Any], low: float, high: float, *, phone: bool
) -> dict[str, Any]:
    head: dict[str, Any] = {
        "xref": "paper",
        "yref": "paper",
        "yanchor": "bottom",
        "size": 15 if phone else 17,
    }
    word = "your run's gradient" if not found.factors else f"gradient {found.names[0]}"
    curves = [found.logs] if found.other is None else [found.logs, found.other]
    last = int(layers[-1])
    middle = max(middle_of(max(last, 1)) - int(layers[0]), 0)
    middles = [float(logs[middle]) for logs in curves]
    notes = [
        note(1, 1.02, f"<b>← {word}</b>", color=theme.BWD, xanchor="right", **head),
        *scale.zone_words(low, high, LIMIT, middles=[v for v in middles if math.isfinite(v)]),
        last_layer(last),
    ]
    if found.other is not None:
        notes.append(
            note(0, 1.02, f"dashed: {found.names[1]}", color=theme.MUTED, xanchor="left", **head)
        )
    return theme.chart(
        400 if phone else 404,
        margin={"l": 16 if phone else 24, "r": 58 if phone else 66, "t": 40, "b": 54},
        xaxis={**layer_axis(max(last, 1)), "title": {"text": TITLE}},
        yaxis={**scale.axis(low, high), "side": "right"},
        shapes=scale.zones(low, high, LIMIT),
        annotations=notes,
    )
