"""Four gradients under letters, for a question."""

from collections.abc import Sequence

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import listed
from viz.gradients import scale
from viz.gradients.layer_axis import TITLE, last_layer, layer_axis
from viz.gradients.results import Net

LETTERS = "ABCD"


def lettered(nets: Sequence[Net]) -> Film:
    """Four gradients, each with a letter at the input's side."""
    words = "Size of the gradient in four nets, relative to the output's, on its way to the input."
    return _curves(nets, LETTERS, words, size=18)


def named(nets: Sequence[Net], names: Sequence[str], *, phone: bool = False) -> Film:
    """The same curves with the names of their nets."""
    said = [f"{letter}: {name}" for letter, name in zip(LETTERS, names, strict=True)]
    powers = [
        f"{scale.ten(round(net.log_ratio, 1))} ({name})"
        for name, net in zip(names, nets, strict=True)
    ]
    words = f"At the input the gradient is the output's times {listed(powers)}."
    return _curves(nets, said, words, size=15 if phone else 18)


def _curves(nets: Sequence[Net], names: Sequence[str], words: str, *, size: int) -> Film:
    depth = nets[0].spec.depth
    layers = np.arange(depth + 1)
    low, high = scale.span([float(v) for net in nets for v in net.log_grad])
    traces = [
        {**scale.line(layers, net.log_grad, color=theme.INK, width=3), "name": name,
         "hovertemplate": f"{name}, layer %{{x}}: log₁₀ %{{y:.1f}}<extra></extra>"}
        for name, net in zip(names, nets, strict=True)
    ]  # fmt: skip
    ends = scale.push_apart([net.log_ratio for net in nets], 0.07 * (high - low))
    notes = [
        note(0, end, f"<b>{name}</b>", size=size, xanchor="right", xshift=-14)
        for name, end in zip(names, ends, strict=True)
    ]
    layout = theme.chart(
        420,
        margin={"l": 30 + size * max(map(len, names)) // 2, "r": 66, "t": 24, "b": 54},
        xaxis={**layer_axis(depth), "title": {"text": TITLE}},
        yaxis={**scale.axis(low, high), "side": "right"},
        shapes=scale.zones(low, high, nets[0].limit),
        annotations=[*notes, last_layer(depth)],
    )
    return still(theme.figure(traces, layout), words)
