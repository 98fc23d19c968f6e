"""Four gradients under letters, for a question."""

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.gradients import scale
from viz.gradients.layer_axis import TITLE, last_layer, layer_axis
from viz.gradients.results import Net

LETTERS = "ABCD"


def lettered(nets: list[Net]) -> Film:
    """Four gradients, each with a letter at the input's side."""
    depth = nets[0].spec.depth
    layers = np.arange(depth + 1)
    low, high = scale.span([float(v) for net in nets for v in net.log_grad])
    traces = [
        {**scale.line(layers, net.log_grad, color=theme.INK, width=3), "name": letter,
         "hovertemplate": f"{letter}, layer %{{x}}: log₁₀ %{{y:.1f}}<extra></extra>"}
        for letter, net in zip(LETTERS, nets, strict=True)
    ]  # fmt: skip
    ends = scale.push_apart([net.log_ratio for net in nets], 0.07 * (high - low))
    notes = [
        note(0, end, f"<b>{letter}</b>", size=18, xanchor="right", xshift=-14)
        for letter, end in zip(LETTERS, ends, strict=True)
    ]
    layout = theme.chart(
        420,
        margin={"l": 40, "r": 66, "t": 24, "b": 54},
        xaxis={**layer_axis(depth), "title": {"text": TITLE}},
        yaxis={**scale.axis(low, high), "side": "right"},
        shapes=scale.zones(low, high, nets[0].limit),
        annotations=[*notes, last_layer(depth)],
    )
    words = "Size of the gradient in four nets, relative to the output's, on its way to the input."
    return still(theme.figure(traces, layout), words)
