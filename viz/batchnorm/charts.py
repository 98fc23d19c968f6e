"""The smaller charts of the Explore tab."""

from typing import Any

import numpy as np

from viz.batchnorm.batches import SmallBatches
from viz.batchnorm.layer import Layer
from viz.draw import graph, theme
from viz.draw.film import Film, still
from viz.draw.numbers import fixed, power

PART = 64


def gap_by_size(result: SmallBatches, *, phone: bool = False) -> Film:
    """Train-mode minus eval-mode output, root mean square, against the batch size."""
    finite = [size for size in result.sizes if np.isfinite(size.batch_size)]
    sizes = [int(size.batch_size) for size in finite]
    gaps = [size.gap for size in finite]
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
    return still(theme.figure(traces, layout), words, {"N": sizes, "gap": gaps})


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
    place: dict[str, Any] = {"yref": "y domain", "yanchor": "bottom", "xanchor": "left"}
    layout = theme.chart(
        300,
        bargap=0,
        xaxis={"title": {"text": "standard deviation of a feature"}},
        yaxis={"title": {"text": "features"}},
        shapes=[{**after, "line": {"color": theme.AFTER, "width": 4}}],
        annotations=[graph.note(1, 1.0, "after: all 1", color=theme.AFTER, **place)],
    )
    low, high = float(layer.before.min()), float(layer.before.max())
    words = (
        f"A layer of 256 features in a net: standard deviations from {fixed(low)} to {fixed(high)} "
        "all become 1."
    )
    del phone
    return still(theme.figure([bars], layout), words)


def layer_correlations(layer: Layer, *, phone: bool = False) -> Film:
    """Correlations of the same layer's first 64 features, before and after."""
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.47], [0.53, 1.0])
    heights = ([0.55, 1.0], [0.0, 0.45]) if phone else ([0.0, 1.0], [0.0, 1.0])
    tables = (layer.correlation_before, layer.correlation_after)
    names = (("before", theme.BEFORE), ("after", theme.AFTER))
    maps, axes, notes = list[dict[str, Any]](), dict[str, Any](), list[dict[str, Any]]()
    for i, (correlations, (name, color)) in enumerate(zip(tables, names, strict=True)):
        n = "" if i == 0 else "2"
        maps.append(
            {
                "type": "heatmap",
                "name": name,
                "xaxis": f"x{n}",
                "yaxis": f"y{n}",
                "z": np.round(100 * correlations[:PART, :PART]).astype(np.int8),
                "zmin": -118,
                "zmax": 118,
                "colorscale": theme.signed(theme.FWD),
                "showscale": False,
                "hovertemplate": "features %{x}, %{y}: %{z} %<extra></extra>",
            }
        )
        bare = {"visible": False, "fixedrange": True}
        axes[f"xaxis{n}"] = {
            **bare,
            "domain": split[i],
            "anchor": f"y{n}",
            "constrain": "domain",
        }
        axes[f"yaxis{n}"] = {
            **bare,
            "domain": heights[i],
            "anchor": f"x{n}",
            "autorange": "reversed",
            "scaleanchor": f"x{n}",
            "constrain": "domain",
        }
        place: dict[str, Any] = {
            "xref": f"x{n} domain",
            "yref": f"y{n} domain",
            "yanchor": "bottom",
        }
        notes.append(graph.note(0, 1.0, name, color=color, xanchor="left", **place))
    layout = theme.chart(
        620 if phone else 330,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        annotations=notes,
        **axes,
    )
    words = (
        f"Correlations among the first {PART} of these features (blue positive, grey negative): "
        f"of all 256 × 256 none moves by more than {power(layer.correlation_change, 1)}."
    )
    return still(theme.figure(maps, layout), words)
