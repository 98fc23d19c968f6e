"""One layer on a graph with very many edges: how long it takes, and what the graph is like."""

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.numbers import count, fixed, power, short
from viz.gnn.speed import Speed


def large_layer(result: Speed, *, phone: bool = False) -> Film:
    """How long one layer takes on a large graph, done four ways."""
    rows = sorted(result.layers.items(), key=lambda row: -row[1])
    millis = [1000 * seconds for _, seconds in rows]
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "milliseconds",
        "x": [float(f"{v:.3g}") for v in millis],
        "y": [name for name, _ in rows],
        "text": [f"{short(v, 2)} ms" for v in millis],
        "textposition": "outside",
        "textfont": {"size": 16},
        "cliponaxis": False,
        "marker": {
            "color": [theme.FWD if name == result.best else theme.HAIR for name, _ in rows],
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
    }
    ticks = {"tickfont": {"size": 14 if phone else 16}, "ticklabelstandoff": 6}
    layout = theme.chart(
        440,
        margin={"l": 150 if phone else 190, "r": 20, "t": 40, "b": 56},
        bargap=0.45,
        xaxis={
            "title": {"text": "milliseconds for one layer"},
            "range": [0, 1.2 * max(millis)],
            "fixedrange": True,
        },
        yaxis={**ticks, "fixedrange": True, "showgrid": False},
    )
    best = result.layers[result.best]
    speed = 2 * result.num_edges / max(best, 1e-9)
    words = (
        f"One averaging layer of 16 features over {count(result.num_nodes)} nodes and "
        f"{count(result.num_edges)} edges takes {{fwd:{short(1000 * best, 2)} ms}} "
        f"({result.best}): {short(speed / 1e6, 2)} million messages a second. All four ways agree "
        f"to {power(max(result.error, 1e-17), 1)}; building the graph took "
        f"{short(1000 * result.build, 2)} ms."
        f"{''.join(f' Note: {notice}.' for notice in result.notices)}"
    )
    return still(theme.figure([bars], layout), words)


def degree_chart(result: Speed, *, phone: bool = False) -> tuple[Film, ...]:
    """How many neighbors the nodes of the large graph have."""
    low, high = int(result.degrees.min()), int(result.degrees.max())
    width = max(1, -(-(high - low + 1) // 60))
    binned = np.bincount((result.degrees - low) // width)
    bars = {
        "type": "bar",
        "name": "degrees",
        "x": low + width * np.arange(len(binned)),
        "y": binned,
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{x} neighbors: %{y} nodes<extra></extra>",
    }
    layout = theme.chart(
        280,
        bargap=0.1,
        xaxis={"title": {"text": "neighbors of a node"}, "fixedrange": True},
        yaxis={"title": {"text": "" if phone else "nodes"}, "fixedrange": True},
    )
    words = (
        f"The nodes have {count(low)} to {count(high)} neighbors, "
        f"{fixed(float(result.degrees.mean()), 1)} on average."
    )
    return (still(theme.figure([bars], layout), words),)
