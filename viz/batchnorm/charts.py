"""The smaller charts of the Explore tab."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.batchnorm.batches import SmallBatches
from viz.batchnorm.layer import Layer
from viz.draw import graph, theme
from viz.draw.film import Film, still
from viz.draw.numbers import fixed, power


def gap_by_size(result: SmallBatches, *, phone: bool = False) -> Film:
    """Train-mode minus eval-mode output, root mean square, against the batch size."""
    sizes = [size.batch_size for size in result.sizes]
    gaps = [size.gap for size in result.sizes]
    limit = [float(np.sqrt(1.5 / n)) for n in sizes]
    traces = [
        _line(sizes, limit, theme.MUTED, "√1.5/√N", "dash"),
        {**_line(sizes, gaps, theme.FWD, "gap", "solid"), "mode": "lines+markers"},
    ]
    notes = [
        graph.note(np.log10(sizes[2]), np.log10(gaps[2]) + 0.12, "exact", color=theme.FWD),
        graph.note(np.log10(sizes[6]), np.log10(limit[6]) - 0.16, "1.225/√N", color=theme.MUTED),
    ]
    layout = theme.chart(
        320,
        xaxis={"type": "log", "title": {"text": "batch size N"}, "tickvals": sizes},
        yaxis={"type": "log", "tickvals": [0.1, 0.2, 0.5, 1]},
        annotations=notes,
    )
    words = (
        f"The rms difference between train and eval mode falls from {fixed(gaps[0], 3)} at N = 2 "
        f"to {fixed(gaps[-1], 3)} at N = {sizes[-1]}, about 1.225/√N."
    )
    del phone
    return still(go.Figure(traces, layout), words, {"N": sizes, "gap": gaps})


def _line(x: list[int], y: list[float], color: str, name: str, dash: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": color, "width": 3, "dash": dash},
        "marker": {"size": 8, "color": color},
        "hovertemplate": "N = %{x}: %{y:.3f}<extra></extra>",
    }


def real_layer(layer: Layer, *, phone: bool = False) -> Film:
    """How the 256 standard deviations of a real layer stand before and after."""
    heights, edges = np.histogram(layer.before, bins=30)
    bars = {
        "type": "bar",
        "name": "before",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 3),
        "y": heights,
        "marker": {"color": theme.BEFORE, "line": {"width": 0}},
        "opacity": 0.5,
        "hovertemplate": "SD %{x:.2f}: %{y} features<extra></extra>",
    }
    after = {"type": "line", "x0": 1, "x1": 1, "y0": 0, "y1": 1, "yref": "y domain"}
    layout = theme.chart(
        300,
        bargap=0,
        xaxis={"title": {"text": "standard deviation of a feature"}},
        yaxis={"title": {"text": "features"}},
        shapes=[{**after, "line": {"color": theme.AFTER, "width": 4}}],
        annotations=[
            graph.note(
                1, 1.0, "after: all 1", color=theme.AFTER, yref="y domain", yanchor="bottom"
            ),
        ],
    )
    low, high = float(layer.before.min()), float(layer.before.max())
    words = (
        f"A layer of 256 features: standard deviations from {fixed(low)} to {fixed(high)} all "
        f"become 1, and no correlation moves by more than {power(layer.correlation_change, 1)}."
    )
    del phone
    return still(go.Figure([bars], layout), words)
