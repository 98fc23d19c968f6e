"""States of a graph that is too large to be drawn: how they are spread after every layer."""

from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, fixed
from viz.gnn.captions import notes_of
from viz.gnn.results import Layers


def spread_of_states(result: Layers) -> Film:
    """A graph too large to draw: how the states are spread after every layer."""
    first = result.states[:, :, 0]
    edges = np.linspace(float(first.min()), float(first.max()) + 1e-9, 41)
    counts = [np.histogram(states, bins=edges)[0] for states in first]
    bars = {
        "type": "bar",
        "name": "states",
        "x": np.round((edges[:-1] + edges[1:]) / 2, 4),
        "y": counts[-1],
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{x:.2f}: %{y} nodes<extra></extra>",
    }
    top = 1.05 * max(int(c.max()) for c in counts)
    layout = theme.chart(
        440,
        bargap=0,
        xaxis={"title": {"text": "state"}, "fixedrange": True},
        yaxis={"title": {"text": "nodes"}, "fixedrange": True, "range": [0, top]},
    )
    name = result.graph.names[result.node] if result.graph.names else str(result.node + 1)
    tail = notes_of(result)
    total = count(result.graph.num_nodes)
    frames = tuple(
        Frame(
            f"layer {i}",
            f"After {i} layer{'' if i == 1 else 's'} the states of {total} nodes lie between "
            f"{fixed(float(s.min()))} and {fixed(float(s.max()))}; node {name} has "
            f"{{fwd:{fixed(float(s[result.node]))}}}. The graph is too large to be drawn.{tail}",
            (0,),
            ({"y": c},),
        )
        for i, (s, c) in enumerate(zip(first, counts, strict=True))
    )
    return Film(theme.figure([bars], layout), frames, variable="layer", table=state_table(result))


def state_table(result: Layers) -> dict[str, list[Any]]:
    """The first number of every state, a column for each layer."""
    columns: dict[str, list[Any]] = {"node": list(result.graph.names)}
    for layer, states in enumerate(result.states[:, :, 0]):
        columns[f"layer {layer}"] = [round(float(s), 6) for s in states]
    return columns
