"""Repeated averaging: the states after every layer, and how fast their differences die."""

from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, fixed, short
from viz.gnn.compute import Smoothing
from viz.gnn.drawing import FEW
from viz.gnn.graphs import DRAWN
from viz.gnn.results import Depth

# Below this, differences are rounding.
FLOOR = 1e-17
# As many states as can be told apart in a panel; evenly by their first value.
SHOWN = 200
# What gcn makes equal; the states themselves stay apart where degrees differ.
SCALED = "x/√(d + 1)"


def _f4(values: np.ndarray) -> np.ndarray:
    return np.round(values, 5).astype(np.float32)


def over_smoothing(result: Depth, *, phone: bool = False) -> Film:
    """States after each averaging, and how fast the differences die."""
    found = result.smoothing
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.48], [0.58, 1.0])
    heights = ([0.58, 0.95], [0.0, 0.4]) if phone else ([0.0, 0.92], [0.0, 0.92])
    layers = np.arange(len(found.energy))
    start = max(float(found.energy[0]), 1e-30)
    relative = np.maximum(found.energy / start, FLOOR)
    rate = np.maximum(found.second ** (2.0 * layers), FLOOR)
    few = result.graph.num_nodes <= FEW
    order = shown_nodes(result)
    low, high = (float(pick(found.states[:, order])) for pick in (np.min, np.max))
    pad = 0.08 * (high - low) + 1e-6
    layout = theme.chart(
        660 if phone else 440,
        margin={"l": 54, "r": 14, "t": 18, "b": 52},
        xaxis={
            "range": [-0.7, len(order) - 0.3],
            "domain": split[0],
            "anchor": "y",
            "title": {"text": _axis_title(result, len(order))},
            "tickvals": list(range(len(order))) if few else [],
            "ticktext": [result.graph.names[i][:8] for i in order] if few else [],
            "fixedrange": True,
        },
        yaxis={
            "range": [low - pad, high + pad],
            "domain": heights[0],
            "anchor": "x",
            "fixedrange": True,
        },
        xaxis2={
            "range": [-0.5, layers[-1] + 1.5],
            "domain": split[1],
            "anchor": "y2",
            "title": {"text": "layers"},
            "fixedrange": True,
        },
        yaxis2={
            "type": "log",
            "range": [-17.6, 0.8],
            "dtick": 4,
            "domain": heights[1],
            "anchor": "x2",
            "exponentformat": "power",
            "fixedrange": True,
        },
        annotations=_depth_notes(result, split, heights, order, phone),
    )
    traces = _depth_traces(result, order, layers, relative, rate)
    frames = tuple(
        Frame(
            f"layer {i}",
            depth_caption(result, i),
            (1, 4),
            (
                {"y": _f4(found.states[i][order])},
                {"x": [int(i)], "y": [float(f"{relative[i]:.4g}")]},
            ),
        )
        for i in range(len(layers))
    )
    return Film(theme.figure(traces, layout), frames, variable="layer")


def shown_nodes(result: Depth) -> np.ndarray:
    """The nodes whose states are drawn, in the order of the picture."""
    first = result.smoothing.states[0]
    if len(first) <= FEW:
        return np.arange(len(first))
    order = np.argsort(first, kind="stable")
    if len(order) <= DRAWN:
        return order
    return order[np.linspace(0, len(order) - 1, SHOWN).round().astype(int)]


def _depth_traces(
    result: Depth, order: np.ndarray, layers: np.ndarray, relative: np.ndarray, rate: np.ndarray
) -> list[dict[str, Any]]:
    found = result.smoothing
    place = {"xaxis": "x2", "yaxis": "y2"}
    names = [result.graph.names[i] for i in order]
    base = {
        "type": "scatter",
        "mode": "markers",
        "x": np.arange(len(order)),
        "text": names,
        "hovertemplate": "node %{text}: %{y:.4f}<extra></extra>",
    }
    thin = [float(f"{v:.4g}") for v in relative]
    return [
        {
            **base,
            "name": "at first",
            "y": _f4(found.states[0][order]),
            "marker": {"size": 8, "color": theme.HAIR},
        },
        {
            **base,
            "name": "now",
            "y": _f4(found.states[-1][order]),
            "marker": {"size": 11, "color": theme.FWD},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "theory",
            **place,
            "x": layers,
            "y": [float(f"{v:.4g}") for v in rate],
            "line": {"color": theme.TRU, "width": 2.5, "dash": "dash"},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "energy",
            **place,
            "x": layers,
            "y": thin,
            "line": {"color": theme.FWD, "width": 3.5},
            "hovertemplate": "layer %{x}: %{y:.2g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "present",
            **place,
            "x": [int(layers[-1])],
            "y": [thin[-1]],
            "hoverinfo": "skip",
            "marker": {"size": 13, "color": theme.FWD, "line": {"color": theme.INK, "width": 2}},
        },
    ]


def _depth_notes(
    result: Depth,
    split: tuple[list[float], ...],
    heights: tuple[list[float], ...],
    order: np.ndarray,
    phone: bool,
) -> list[dict[str, Any]]:
    found = result.smoothing
    size = 15 if phone else 17
    more = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    of = f" of {SCALED}" if result.how == "gcn" else ""
    words = ("states: pale at first, blue now", f"share of the differences{of} that is left")
    notes = [
        shapes.note(x[0], y[1] + 0.01, text, size=size, color=theme.MUTED, **more)
        for text, x, y in zip(words, split, heights, strict=True)
    ]
    notes.append(
        shapes.note(
            len(found.energy) - 1,
            -0.2 if found.second < 0.9 else _under(found),
            f"dashed: × |λ₂|² a layer, |λ₂| = {fixed(found.second, 4)}",
            size=15,
            color=theme.TRU,
            xref="x2",
            yref="y2",
            xanchor="right",
            yanchor="top",
            bgcolor=theme.BG,
        )
    )
    notes.append(
        shapes.note(
            len(order) - 0.4,
            found.limit or 0.0,
            "" if found.limit is None else f"limit {fixed(found.limit, 4)}",
            size=15,
            color=theme.TRU,
            xanchor="right",
            yanchor="bottom",
            yshift=8,
        )
    )
    return notes


def _under(found: Smoothing) -> float:
    """A height below the end of a line that stays near the top."""
    return 2 * (len(found.energy) - 1) * float(np.log10(found.second)) - 3


def depth_caption(result: Depth, i: int) -> str:
    """How different the nodes still are."""
    found = result.smoothing
    if found.energy[0] < 1e-18:
        return f"After {_layers(i)} all nodes are equal, as they were at first: nothing to smooth."
    left = float(found.energy[i] / found.energy[0])
    of = f" of {SCALED}" if result.how == "gcn" else ""
    text = f"After {_layers(i)} {{fwd:{_percent(left)}}} of the differences{of} are left"
    if found.components > 1:
        return f"{text}; the graph has {found.components} parts, and parts never mix (|λ₂| = 1)."
    if found.flips:
        return (
            f"{text}: |λ₂| = 1, the averages flip for ever between two patterns. A self-loop or "
            "an odd cycle would cure it."
        )
    limit = "" if found.limit is None else f", on the way to {fixed(found.limit, 4)} everywhere"
    if result.how == "gcn":
        limit = "; the states x end in proportion to √(d + 1)"
    return (
        f"{text}{limit}. In the end a layer multiplies them by |λ₂|² = {fixed(found.second**2, 4)}."
    )


def _axis_title(result: Depth, shown: int) -> str:
    total = result.graph.num_nodes
    if total <= FEW:
        return "node"
    part = "nodes" if shown == total else f"{shown} of {count(total)} nodes"
    return f"{part}, by their first state"


def _layers(i: int) -> str:
    return f"{i} layer{'' if i == 1 else 's'}"


def _percent(share: float) -> str:
    if share >= 0.0995:
        return f"{100 * share:.0f}%"
    if share >= 1e-5:
        return f"{short(100 * share, 2)}%"
    return short(share, 2) if share > FLOOR else f"less than {short(FLOOR, 1)}"
