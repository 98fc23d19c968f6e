"""Further charts from the recorded nets: weight scales, batch sizes, learning speeds."""

from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import fixed, short
from viz.gradients import scale, store
from viz.gradients.experiments import ARCHITECTURES
from viz.gradients.layer_axis import end_of
from viz.gradients.results import Net

DASHES = {"plain": "solid", "skip": "dash", "BN": "solid", "skip + BN": "dot"}
COLORS = {"plain": theme.MUTED, "skip": theme.MUTED, "BN": theme.BWD, "skip + BN": theme.BWD}
LIMIT = 2.0


def forgotten_scale(*, phone: bool = False) -> Film:
    """R against the scale of the weights: batch norm's curve is level, the others climb."""
    scales, ratios = store.scale_ratios()
    middle = np.median(ratios, axis=2)
    x = np.log2(scales)
    low, high = scale.span(middle.ravel().tolist())
    traces = []
    for arch, y in zip(ARCHITECTURES, middle, strict=True):
        traces.append(
            {
                **scale.line(x, y, color=COLORS[arch], width=3, dash=DASHES[arch]),
                "name": arch,
                "hovertemplate": f"{arch}, log₁₀ %{{y:.2f}}<extra></extra>",
            }
        )
    ends = scale.push_apart([float(y[-1]) for y in middle], 0.09 * (high - low))
    notes = [
        note(float(x[-1]), end, arch, size=15, color=COLORS[arch], xanchor="left", xshift=8)
        for arch, end in zip(ARCHITECTURES, ends, strict=True)
    ]
    wide = "gradient at the input after 50 layers, against the weights' scale"
    notes += _title("gradient at the input, by weights' scale" if phone else wide)
    spread = [float(np.ptp(row)) for row in middle]
    caption = (
        f"Weights from {short(float(scales[0]))} to {short(float(scales[-1]))} times Xavier's: "
        f"without tricks the gradient moves over {fixed(spread[0], 0)} decades, with batch norm "
        f"over {fixed(spread[2], 2)}; but it stays near {scale.ten(float(np.median(middle[2])))}, "
        "not near 1."
    )
    layout = theme.chart(
        320,
        margin={"l": 58, "r": 96, "t": 40, "b": 54},
        xaxis={
            "tickvals": [-2, -1, 0, 1, 2, 3, 4] if phone else [-2, -1, 0, 0.5, 1, 2, 3, 4],
            "ticktext": (
                ["¼", "½", "1", "2", "4", "8", "16"]
                if phone
                else ["¼", "½", "Xavier", "He", "2", "4", "8", "16"]
            ),
            "tickangle": 0,
            "title": {"text": "× Xavier's (He is √2)" if phone else "weights, times Xavier's"},
            "showgrid": False,
        },
        yaxis=scale.axis(low, high),
        shapes=scale.zones(low, high, LIMIT),
        annotations=notes,
    )
    return still(theme.figure(traces, layout), caption)


def _title(text: str) -> list[dict[str, Any]]:
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return [note(0, 1.03, f"<b>{text}</b>", size=15, **place)]


def batch_growth(*, phone: bool = False) -> Film:
    """R of He + batch norm against the size of the batch, one dot per seed."""
    sizes, ratios = store.batch_ratios()
    middle = np.median(ratios, axis=1)
    places = np.arange(len(sizes))
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "seeds",
            "x": np.repeat(places, ratios.shape[1]).tolist(),
            "y": scale.rounded(ratios.ravel()),
            "marker": {"color": theme.HAIR, "size": 7},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "median",
            "x": places.tolist(),
            "y": scale.rounded(middle),
            "line": {"color": theme.BWD, "width": 3},
            "marker": {"size": 8, "color": theme.BWD},
            "hovertemplate": "median log₁₀ %{y:.2f}<extra></extra>",
        },
    ]
    low, high = 0.0, float(np.ceil(ratios.max() + 1))
    text = "He + batch norm: growth over 50 layers, by batch size"
    caption = (
        f"Batch norm's growth depends on the batch: {scale.ten(float(middle[0]))} with 2 samples, "
        f"{scale.ten(float(middle[3]))} with 8, {scale.ten(float(middle[-1]))} with 256 "
        "(median of 20 seeds, grey dots)."
    )
    layout = theme.chart(
        320,
        margin={"l": 58, "r": 20, "t": 40, "b": 54},
        xaxis={
            "tickvals": places.tolist(),
            "ticktext": [str(int(size)) for size in sizes],
            "title": {"text": "samples in the batch"},
            "showgrid": False,
        },
        yaxis=scale.axis(low, high, ticks=6),
        shapes=scale.zones(low, high, LIMIT),
        annotations=_title(text if not phone else "growth by batch size"),
    )
    return still(theme.figure(traces, layout), caption)


def learning_speeds(net: Net, *, phone: bool = False) -> Film:
    """Gradients of activations, weights and biases, each relative to its last layer."""
    trace, depth = net.trace, net.spec.depth
    dead = net.spec.batch_norm and not net.spec.residual
    curves = {
        "activations": (np.arange(depth + 1), np.log10(trace.grad_norm), theme.BWD, "solid"),
        "biases": (np.arange(1, depth + 1), np.log10(np.maximum(trace.bias_grad, 1e-300)),
                   theme.PAR, "dot"),
        "weights": (np.arange(1, depth + 1), np.log10(np.maximum(trace.weight_grad, 1e-300)),
                    theme.PAR, "solid"),
    }  # fmt: skip
    lines = {name: (x, y - y[-1], color, dash) for name, (x, y, color, dash) in curves.items()}
    if dead:
        empty: np.ndarray[Any, Any] = np.zeros(0)
        lines["biases"] = (empty, empty, *lines["biases"][2:])
    low, high = scale.span([float(v) for _, y, _, _ in lines.values() for v in y])
    traces = [
        {**scale.line(x, y, color=color, width=3.5, dash=dash), "name": name,
         "hovertemplate": f"{name}, layer %{{x}}: log₁₀ %{{y:.2f}}<extra></extra>"}
        for name, (x, y, color, dash) in lines.items()
    ]  # fmt: skip
    drawn = {name: line for name, line in lines.items() if len(line[1])}
    places = scale.push_apart([float(y[0]) for _, y, _, _ in drawn.values()], 0.1 * (high - low))
    ends = dict(zip(drawn, places, strict=True))
    notes = [
        note(0, ends.get(name, 0), name if name in ends else " ", size=15, color=color,
             xanchor="right", xshift=-12)
        for name, (_, _, color, _) in lines.items()
    ]  # fmt: skip
    words = "gradients, relative to the last layer's" if phone else (
        "who learns slowest? gradients relative to the last layer's"
    )  # fmt: skip
    ratio = float(trace.weight_grad.max() / trace.weight_grad.min())
    biases = (
        "a bias before batch norm gets no gradient at all: the mean is subtracted."
        if dead
        else f"the first layer's biases get "
        f"{scale.multiple(float(lines['biases'][1][0]))} times the last's."
    )
    caption = (
        f"From layer to layer the weights' gradients differ by a factor of at most "
        f"{scale.size(float(np.log10(ratio)))}. The activations' gradient at the input is "
        f"{scale.multiple(net.log_ratio)} times the output's, and {biases}"
    )
    layout = theme.chart(
        320,
        margin={"l": 96, "r": 56, "t": 40, "b": 54},
        xaxis={
            "range": [-0.02 * end_of(depth), 1.02 * end_of(depth)],
            "title": {"text": "layer"},
            "showgrid": False,
            **({"dtick": 1} if depth <= 5 else {}),
        },
        yaxis={**scale.axis(low, high), "side": "right"},
        annotations=[*notes, *_title(words)],
    )
    return still(theme.figure(traces, layout), caption)
