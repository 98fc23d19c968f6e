"""Small batches: the law of one output by batch size, and one input in many companies."""

import math
from typing import Any

import numpy as np

from viz.batchnorm.batches import EDGES, VALUES, BatchSize, SmallBatches
from viz.draw import graph, theme
from viz.draw.columns import column
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, fixed, short

CENTRES = (EDGES[:-1] + EDGES[1:]) / 2
TOP = 0.75
START = 6


def small_batches(result: SmallBatches, *, phone: bool = False) -> Film:
    """The law of one output by batch size, and one input in 300 different companies."""
    first = result.sizes[START]
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.53], [0.585, 1.0])
    heights = ([0.56, 0.97], [0.0, 0.38]) if phone else ([0.0, 0.92], [0.0, 0.92])
    quiet = {"showticklabels": False, "showgrid": False}
    layout = theme.chart(
        640 if phone else 440,
        margin={"l": 16, "r": 12, "t": 24, "b": 50},
        xaxis={**_plain([-4, 4], "output, with γ = 1 and β = 0"), "domain": split[0]},
        yaxis={**_plain([0, TOP], ""), "domain": heights[0], **quiet},
        xaxis2={**_plain([0, 301], "batch"), "domain": split[1], "anchor": "y2"},
        yaxis2={**_plain([-3.2, 3.2], ""), "domain": heights[1], "anchor": "x2"},
        bargap=0,
        annotations=_heads(result, split, heights, phone),
    )
    traces = [*_law(first), *_company(result, first), _words(first, phone)]
    frames = tuple(
        Frame(
            name(size),
            small_caption(result, size),
            (0, 1, 2, 4),
            (
                {"y": _clip(size.observed)},
                {"y": _clip(size.exact)},
                {"y": column(size.pinned)},
                {"text": _words(size, phone)["text"]},
            ),
        )
        for size in result.sizes
    )
    return Film(
        theme.figure(traces, layout),
        frames,
        variable="batch size",
        start=START,
        pace=900,
        table=table(result),
    )


def name(size: BatchSize) -> str:
    """The batch size as people write it."""
    return f"N = {size.batch_size}" if math.isfinite(size.batch_size) else "N = ∞"


def _plain(limits: list[float], title: str) -> dict[str, Any]:
    return {"range": limits, "title": {"text": title}, "fixedrange": True}


def _clip(heights: np.ndarray) -> np.ndarray:
    return column(np.minimum(heights, TOP))


def _law(size: BatchSize) -> list[dict[str, Any]]:
    return [
        {
            "type": "bar",
            "name": "simulated",
            "x": column(CENTRES),
            "y": _clip(size.observed),
            "marker": {"color": theme.FWD, "line": {"width": 0}},
            "opacity": 0.35,
            "hovertemplate": "%{x:.2f}: %{y:.3f}<extra>simulated</extra>",
        },
        {
            "type": "scatter",
            "name": "exact law",
            "mode": "lines",
            "x": column(CENTRES),
            "y": _clip(size.exact),
            "line": {"color": theme.TRU, "width": 3, "shape": "hvh"},
            "hovertemplate": "%{x:.2f}: %{y:.3f}<extra>exact</extra>",
        },
    ]


def _company(result: SmallBatches, size: BatchSize) -> list[dict[str, Any]]:
    place = {"xaxis": "x2", "yaxis": "y2"}
    return [
        {
            "type": "scatter",
            "name": "train mode",
            "mode": "markers",
            **place,
            "x": np.arange(1, len(size.pinned) + 1),
            "y": column(size.pinned),
            "marker": {"color": theme.faded(theme.FWD, 0.6), "size": 5},
            "hovertemplate": "batch %{x}: %{y:.3f}<extra></extra>",
        },
        {
            "type": "scatter",
            "name": "eval mode",
            "mode": "lines",
            **place,
            "x": [0, 301],
            "y": [result.pinned, result.pinned],
            "line": {"color": theme.TRU, "width": 3},
            "hovertemplate": "eval mode: %{y:.2f}<extra></extra>",
        },
    ]


def _words(size: BatchSize, phone: bool) -> dict[str, Any]:
    """The batch size and its bound, in the upper left corner."""
    finite = math.isfinite(size.batch_size)
    bound = f"|output| ≤ {short(size.largest, 3)}" if finite else "no bound: the input's own law"
    return {
        "type": "scatter",
        "mode": "text",
        "name": "batch size",
        "x": [-3.95, -3.95],
        "y": [TOP * 0.96, TOP * 0.86],
        "text": [f"batches of {size.batch_size}" if finite else "a very large batch", bound],
        "textposition": "middle right",
        "textfont": {"size": [18, 15] if phone else [21, 17], "color": [theme.INK, theme.FWD]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _heads(
    result: SmallBatches,
    split: tuple[list[float], ...],
    heights: tuple[list[float], ...],
    phone: bool,
) -> list[dict[str, Any]]:
    size = 15 if phone else 16
    paper = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    heads = (
        f"bars: {count(VALUES)} simulated outputs; line: exact law",
        f"one input, {_place(result.pinned)}, in 300 batches",
    )
    notes = [
        graph.note(x[0], y[1] + 0.01, words, size=size, color=theme.MUTED, **paper)
        for words, x, y in zip(heads, split, heights, strict=True)
    ]
    place = {"xref": "x2", "yref": "y2", "xanchor": "right"}
    low = -2.8 if result.pinned > -1.5 else 2.8
    words = "line: eval mode"
    return [*notes, graph.note(296, low, words, size=size, color=theme.TRU, **place)]


def _place(pinned: float) -> str:
    if pinned == 0:
        return "at the mean"
    return f"{short(abs(pinned))} SD {'above' if pinned > 0 else 'below'} the mean"


def small_caption(result: SmallBatches, size: BatchSize) -> str:
    """What this batch size does to outputs and to the pinned input."""
    if not math.isfinite(size.batch_size):
        return (
            "With a very large batch the outputs follow the input's own law, and the same input "
            f"comes out as {{fwd:{fixed(result.pinned)}}} in train mode as in eval mode."
        )
    mean, spread = float(size.pinned.mean()), float(size.pinned.std())
    law = {
        2: "every output is −1 or +1",
        3: "outputs pile up at the two ends, ±1.41",
        4: "outputs are spread evenly between the two ends, ±1.73",
    }.get(int(size.batch_size), f"no output can exceed {short(size.largest, 3)} in size")
    company = (
        f"{{fwd:{fixed(mean)} ± {fixed(spread)}}}, depending on its company"
        if round(spread, 2)
        else f"{{fwd:{fixed(mean)}}} in each of these batches"
    )
    return (
        f"In train mode with batches of {size.batch_size}, {law}. The same input comes out as "
        f"{company}; in eval mode always as {{tru:{fixed(result.pinned)}}}."
    )


def table(result: SmallBatches) -> dict[str, list[Any]]:
    """By batch size: the bound, the pinned input's outputs, the gap between the two modes."""
    sizes = [size for size in result.sizes if math.isfinite(size.batch_size)]
    return {
        "batch size": [size.batch_size for size in sizes],
        "largest output": [size.largest for size in sizes],
        "pinned input: mean": [float(size.pinned.mean()) for size in sizes],
        "pinned input: SD": [float(size.pinned.std()) for size in sizes],
        "rms of train minus eval": [size.gap for size in sizes],
    }
