"""One net: the forward pass from left to right, then the gradient from right to left."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.gradients import scale, words
from viz.gradients.compute import log_size
from viz.gradients.experiments import QUANTITIES
from viz.gradients.figures import banded, theory_line
from viz.gradients.layer_axis import TITLE, last_layer, layer_axis, middle_of
from viz.gradients.nets import Array
from viz.gradients.results import Net

NAMES = {
    "hidden_rms": "activations, RMS",
    "grad_norm": "gradient at the activations",
    "weight_grad": "gradient at the weights",
    "update": "update relative to its weights",
    "bias_grad": "gradient at the biases",
}
BRIEF = {
    "hidden_rms": "activations",
    "grad_norm": "gradient",
    "weight_grad": "weights' gradient",
    "update": "relative update",
    "bias_grad": "biases' gradient",
}
MOVING = ("forward", "backward", "forward head", "backward head")
FORWARD_FRAMES, BACKWARD_FRAMES = 26, 75
FLOOR = -300.0


def layers_of(name: str, depth: int) -> Array:
    """Layers that a quantity has values at: 0 ... L for activations, 1 ... L for weights."""
    return np.arange(0 if name in ("hidden_rms", "grad_norm") else 1, depth + 1).astype(float)


def logs_of(net: Net, name: str) -> Array:
    """log10 of a quantity; activations' gradients relative to the output's."""
    if name == "grad_norm":
        return net.log_grad
    values = log_size(getattr(net.trace, name))
    # Rounding leaves 1e-17 where batch norm takes a bias's gradient away exactly.
    dead = name == "bias_grad" and net.spec.batch_norm and not net.spec.residual
    return np.full_like(values, FLOOR) if dead else values


def is_dead(net: Net, name: str) -> bool:
    """Whether the quantity is exactly 0 everywhere."""
    return bool((logs_of(net, name) <= FLOOR).all())


def net_film(net: Net, name: str, *, phone: bool = False) -> Film:
    """Sizes met on the way forward, then on the way back."""
    if name not in QUANTITIES:
        raise ValueError(f"quantity must be one of {', '.join(QUANTITIES)}; got '{name}'")
    depth = net.spec.depth
    low, high = _range(net, name)
    traces = _traces(net, name)
    places = tuple(i for i, trace in enumerate(traces) if trace["name"] in MOVING)
    figure = theme.figure(data=traces, layout=_layout(net, name, low, high, phone=phone))
    frames = [
        _frame(net, name, places, forward=layer, backward=None)
        for layer in scale.thinned(depth + 1, FORWARD_FRAMES)
    ]
    if name != "hidden_rms":
        first = int(layers_of(name, depth)[0])
        back = scale.thinned(depth + 1 - first, BACKWARD_FRAMES)
        frames += [_frame(net, name, places, forward=depth, backward=depth - i) for i in back]
    return Film(figure, tuple(frames), variable="layer", pace=90, table=_table(net))


def _range(net: Net, name: str) -> tuple[float, float]:
    values = [*logs_of(net, "hidden_rms").tolist()]
    if not is_dead(net, name):
        values += logs_of(net, name).tolist()
        if net.over is not None:
            values += [*_band(net, name)[0].tolist(), *_band(net, name)[1].tolist()]
    if name == "grad_norm" and net.theory is not None:
        values += net.theory.log_grad.tolist()
    return scale.span([v for v in values if v > FLOOR])


def _band(net: Net, name: str) -> tuple[Array, Array]:
    if net.over is None or is_dead(net, name):
        return np.zeros(0), np.zeros(0)
    return net.over.low[name].astype(float), net.over.high[name].astype(float)


def _traces(net: Net, name: str) -> list[dict[str, Any]]:
    depth = net.spec.depth
    low, high = _band(net, name)
    color = theme.FWD if name == "hidden_rms" else theme.BWD
    band = scale.band(layers_of(name, depth) if len(low) else low, low, high, color=color)
    forward = scale.line(
        np.zeros(0), np.zeros(0), color=theme.FWD, width=4.5 if name == "hidden_rms" else 2.5,
        hovertemplate="activations, layer %{x}: log₁₀ %{y:.2f}<extra></extra>",
    )  # fmt: skip
    backward = scale.line(
        np.zeros(0), np.zeros(0), color=theme.BWD, width=4.5,
        hovertemplate=f"{NAMES[name]}, layer %{{x}}: log₁₀ %{{y:.2f}}<extra></extra>",
    )  # fmt: skip
    empty = theory_line(net) if name == "grad_norm" else {
        **theory_line(net), "x": [], "y": [],
    }  # fmt: skip
    heads = [{**scale.dot(0, 0, color=color), "x": [], "y": []} for color in (theme.FWD, theme.BWD)]
    return [
        {**band, "name": "20 seeds", "opacity": 0.25},
        {**forward, "name": MOVING[0]},
        {**backward, "name": MOVING[1]},
        empty,
        {**heads[0], "name": MOVING[2]},
        {**heads[1], "name": MOVING[3]},
    ]


def _frame(
    net: Net, name: str, places: tuple[int, ...], *, forward: int, backward: int | None
) -> Frame:
    """The picture when the forward pass has come to a layer, or the backward pass down to one."""
    hidden = scale.rounded(logs_of(net, "hidden_rms")[: forward + 1])
    ahead: dict[str, Any] = {"x": list(range(forward + 1)), "y": hidden}
    back: dict[str, Any] = {"x": [], "y": []}
    if backward is not None and not is_dead(net, name):
        layers = layers_of(name, net.spec.depth)
        kept = layers >= backward
        back = {"x": layers[kept].tolist(), "y": scale.rounded(logs_of(net, name)[kept])}
    going = backward is None
    heads = (
        {"x": ahead["x"][-1:] if going else [], "y": hidden[-1:] if going else []},
        {"x": back["x"][:1], "y": back["y"][:1]},
    )
    layer = forward if backward is None else backward
    label = f"layer {layer}, {'forward' if backward is None else 'backward'}"
    text = caption(net, name, forward=forward, backward=backward)
    return Frame(label, text, places, (ahead, back, *heads))


def caption(net: Net, name: str, *, forward: int, backward: int | None) -> str:
    """What has been met so far."""
    depth = net.spec.depth
    if backward is None:
        size = scale.size(float(logs_of(net, "hidden_rms")[forward]))
        said = f"Forward, layer {forward} of {depth}: the activations have size {{fwd:{size}}}."
        if net.float32_limit is not None and forward >= net.float32_limit:
            said += f" Float32 gave up in layer {net.float32_limit}: above 3.4 × 10³⁸."
        return said
    if is_dead(net, name):
        return (
            "A bias before batch norm gets no gradient at all: whatever it adds to every sample, "
            "the batch's mean takes away again."
        )
    if backward == layers_of(name, depth)[0]:
        return words.readout(net) if name == "grad_norm" else _spread_words(net, name)
    size = scale.size(float(logs_of(net, name)[layers_of(name, depth) == backward][0]))
    if name == "grad_norm":
        return f"Backward, layer {backward}: the gradient is {{bwd:{size}}} times the output's."
    return f"Backward, layer {backward}: the {NAMES[name]} has size {{bwd:{size}}}."


def _spread_words(net: Net, name: str) -> str:
    logs = logs_of(net, name)
    first, last = (scale.size(float(logs[i])) for i in (0, -1))
    ratio = scale.size(float(np.ptp(logs)))
    return (
        f"The {NAMES[name]} has size {{bwd:{first}}} in the first layer and {{bwd:{last}}} in the "
        f"last; over all {net.spec.depth} layers it differs by a factor of at most {ratio}, while "
        f"the activations' gradient is {words.times(net, 0)} its size at the output."
    )


def _layout(net: Net, name: str, low: float, high: float, *, phone: bool) -> dict[str, Any]:
    depth = net.spec.depth
    back = BRIEF[name] if phone else NAMES[name]
    title = f"<b>← {back}</b>" if name != "hidden_rms" else "<b>activations →</b>"
    color = theme.FWD if name == "hidden_rms" else theme.BWD
    head = {"xref": "paper", "yref": "paper", "yanchor": "bottom"}
    notes = [note(1, 1.02, title, size=15 if phone else 17, color=color, xanchor="right", **head)]
    if name != "hidden_rms":
        notes.append(
            note(0, 1.02, "<b>activations →</b>", size=14 if phone else 17, color=theme.FWD,
                 xanchor="left", **head)
        )  # fmt: skip
    shapes = []
    if name == "grad_norm":
        middles = [float(logs_of(net, one)[middle_of(depth)]) for one in (name, "hidden_rms")]
        notes += scale.zone_words(low, high, net.limit, middles=middles, outer=0.86)
        notes += _theory_words(net, low, high, phone)
        shapes = scale.zones(low, high, net.limit)
    across = ("layer" if phone else TITLE) + ("" if is_dead(net, name) else banded(net))
    return theme.chart(
        400 if phone else 404,
        margin={"l": 16 if phone else 24, "r": 58 if phone else 66, "t": 40, "b": 54},
        xaxis={**layer_axis(depth), "title": {"text": across}},
        yaxis={**scale.axis(low, high), "side": "right"},
        shapes=shapes,
        annotations=[*notes, last_layer(depth)],
    )


def _theory_words(net: Net, low: float, high: float, phone: bool) -> list[dict[str, Any]]:
    """The factor of the dashed line, beside its middle."""
    if net.theory is None:
        return [note(0.5, 0.02, "no theory line for this net", size=14, color=theme.MUTED,
                     xref="x domain", yref="y domain", yanchor="bottom")]  # fmt: skip
    name = words.factor(net.theory.factor)
    if not net.theory.is_constant:
        name = name.replace("×", "× about")
    label = f"theory: {name.removesuffix(' per layer')}" if phone else f"theory, dashed: {name}"
    curves = [logs_of(net, one) for one in ("grad_norm", "hidden_rms")]
    curves += [np.full(net.spec.depth + 1, edge) for edge in (net.limit, -net.limit)]
    y = scale.clear_height(curves, low, high)
    size = 14 if phone else 16
    return [note(net.spec.depth / 2, y, label, size=size, color=theme.TRU)]


def _table(net: Net) -> dict[str, Sequence[Any]]:
    depth, trace = net.spec.depth, net.trace
    gap = [None]
    return {
        "layer": list(range(depth + 1)),
        "activation RMS": trace.hidden_rms.tolist(),
        "activation gradient": trace.grad_norm.tolist(),
        "weight gradient": [*gap, *trace.weight_grad.tolist()],
        "weight norm": [*gap, *trace.weight_norm.tolist()],
        "bias gradient": [*gap, *trace.bias_grad.tolist()],
    }
