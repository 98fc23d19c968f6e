"""Random keys of growing length: softmax hardens unless scores are divided by the square root."""

from typing import Any

import numpy as np

from viz.attention.compute import FloatArray
from viz.attention.scaling import Saturation
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short

PLAIN, SCALED = 0, 1
LOOKS = ((theme.MUTED, "dash", "without scaling"), (theme.FWD, "solid", "divided by √d"))


def saturation_film(result: Saturation, *, phone: bool = False) -> Film:
    """Largest weight by dimension, plain and scaled; beside it the heaviest keys."""
    traces = [*_line_traces(result), *_bar_traces(result)]
    changes = [_changes(result, place) for place in range(len(result.dimensions))]
    moving = tuple(i for i, trace in enumerate(traces) if trace["name"].endswith("now"))
    for place, change in zip(moving, changes[-1], strict=True):
        traces[place] = traces[place] | change
    frames = tuple(
        Frame(f"d = {dimension}", caption(result, place), moving, changes[place])
        for place, dimension in enumerate(result.dimensions)
    )
    figure = theme.figure(data=traces, layout=_layout(result, phone))
    return Film(figure, frames, variable="dimension d", pace=900, table=table(result))


def caption(result: Saturation, place: int) -> str:
    """How much the heaviest key takes, and how many keys count, with and without scaling."""
    largest = np.median(result.largest_weight[:, place], axis=-1)
    effective = np.median(result.effective_keys[:, place], axis=-1)
    draws = result.largest_weight.shape[-1]
    return (
        f"{result.num_keys} random keys with d = {result.dimensions[place]}, median of {draws} "
        f"draws: without scaling one key takes {{muted:{fixed(float(largest[PLAIN]), 3)}}} of the "
        f"weight, as if {_keys(float(effective[PLAIN]))}; divided by √d the heaviest takes "
        f"{{fwd:{fixed(float(largest[SCALED]), 3)}}}, as if {_keys(float(effective[SCALED]))}."
    )


def _keys(effective: float) -> str:
    """An effective number of keys in words."""
    number = short(effective, 3)
    return "one key had all of it" if number == "1" else f"{number} keys shared it evenly"


def table(result: Saturation) -> dict[str, list[float]]:
    """Medians over all draws, one row per dimension."""
    columns: dict[str, list[float]] = {"d": [float(d) for d in result.dimensions]}
    for name, array in (
        ("largest weight", result.largest_weight),
        ("effective keys", result.effective_keys),
        ("standard deviation of scores", result.score_std),
        ("slope of weights by scores", result.slope),
    ):
        for kind in (PLAIN, SCALED):
            medians = np.median(array[kind], axis=-1)
            columns[f"{name}, {LOOKS[kind][2]}"] = [float(v) for v in medians]
    return columns


def _line_traces(result: Saturation) -> list[dict[str, Any]]:
    x = list(result.dimensions)
    bands, lines = [], []
    for kind, (color, dash, name) in enumerate(LOOKS):
        low, middle, high = np.quantile(result.largest_weight[kind], [0, 0.5, 1], axis=-1).round(4)
        plain: dict[str, Any] = {"type": "scatter", "mode": "lines"}
        band = {**plain, "name": f"range {name}", "x": [*x, *x[::-1]], "hoverinfo": "skip"}
        band |= {"y": [*high.tolist(), *low[::-1].tolist()], "line": {"width": 0}}
        tint = theme.MUT_T if kind == PLAIN else theme.FWD_T
        bands.append(band | {"fill": "toself", "fillcolor": tint})
        line = {**plain, "name": name, "x": x, "y": middle.tolist()}
        line |= {"line": {"color": color, "width": 4, "dash": dash}}
        lines.append(line | {"hovertemplate": "d = %{x}: %{y:.3f}<extra></extra>"})
    dots: dict[str, Any] = {"type": "scatter", "mode": "markers", "name": "now"}
    dots |= {"hoverinfo": "skip", "cliponaxis": False}
    marker = {"size": 14, "color": [look[0] for look in LOOKS]}
    marker |= {"line": {"width": 2, "color": theme.BG}}
    return [*bands, *lines, dots | {"marker": marker}]


def _bar_traces(result: Saturation) -> list[dict[str, Any]]:
    ranks = list(range(1, result.top_weights.shape[-1] + 1))
    bars = []
    for color, _, name in LOOKS:
        bar: dict[str, Any] = {"type": "bar", "name": f"{name} now", "x": ranks}
        bar |= {"xaxis": "x2", "yaxis": "y2", "marker": {"color": color, "line": {"width": 0}}}
        bars.append(bar | {"hovertemplate": "rank %{x}: %{y:.4f}<extra></extra>"})
    return bars


def _changes(result: Saturation, place: int) -> tuple[dict[str, Any], ...]:
    medians = np.median(result.largest_weight[:, place], axis=-1).round(4)
    here = {"x": [result.dimensions[place]] * 2, "y": medians.tolist()}
    return here, _bars(result.top_weights[PLAIN, place]), _bars(result.top_weights[SCALED, place])


def _bars(weights: FloatArray) -> dict[str, Any]:
    return {"y": [round(float(weight), 4) for weight in weights]}


def _layout(result: Saturation, phone: bool) -> dict[str, Any]:
    small = 13 if phone else 15
    ticks = {"tickfont": {"size": small, "color": theme.MUTED}}
    boxes = [[0.11, 0.96], [0.54, 0.9]] if phone else [[0.06, 0.54], [0.15, 0.86]]
    others = [[0.11, 0.96], [0.1, 0.37]] if phone else [[0.65, 0.985], [0.15, 0.86]]
    ends = np.log10([result.dimensions[0], result.dimensions[-1]])
    x: dict[str, Any] = {"type": "log", "domain": boxes[0], "tickvals": list(result.dimensions)}
    x |= {"range": [ends[0] - 0.06, ends[1] + 0.06], "showgrid": False, "showline": True}
    count = result.top_weights.shape[-1]
    ranks = {"domain": others[0], "anchor": "y2", "range": [0.3, count + 0.7], "showgrid": False}
    unit = {"range": [0, 1.04], "nticks": 6}
    return theme.chart(
        660 if phone else 424,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        barmode="group",
        bargap=0.25,
        xaxis={**x, **ticks},
        yaxis={**unit, "domain": boxes[1], **ticks},
        xaxis2={**ranks, "nticks": 7, "showline": True, **ticks},
        yaxis2={**unit, "domain": others[1], "anchor": "x2", **ticks},
        annotations=_notes(result, phone),
    )


def _notes(result: Saturation, phone: bool) -> list[dict[str, Any]]:
    small = 13 if phone else 15
    chart = {"xref": "x domain", "yref": "y domain"}
    bars = {"xref": "x2 domain", "yref": "y2 domain"}
    below = -0.2 if phone else -0.135
    medians = np.median(result.largest_weight, axis=-1)
    # A name is about as long as three steps of the axis: clear of its line on all of them.
    heights = [float(medians[PLAIN, 3:7].min()), float(medians[SCALED, 3:7].max())]

    def title(text: str, where: dict[str, str]) -> dict[str, Any]:
        high = {"xanchor": "left", "yanchor": "bottom"}
        return graph.note(0, 1.04, text, size=small + 1, **where) | high

    def axis(text: str, where: dict[str, str]) -> dict[str, Any]:
        return graph.note(1, below, text, size=small, color=theme.MUTED, **where) | {
            "xanchor": "right"
        }

    def name(kind: int, height: float) -> dict[str, Any]:
        color, _, words = LOOKS[kind]
        place = {"x": np.log10(result.dimensions[3]) + 0.07, "y": height, "xref": "x", "yref": "y"}
        side = {"xanchor": "left", "yanchor": "top" if kind == PLAIN else "bottom"}
        note = graph.note(0, 0, f"<b>{words}</b>", size=small + 2, color=color)
        return note | place | side

    draws = result.largest_weight.shape[-1]
    return [
        title(f"largest weight: median and range of {draws} draws", chart),
        title(f"the {result.top_weights.shape[-1]} largest weights: medians", bars),
        axis("dimension d of query and keys", chart),
        axis("rank of the key", bars),
        name(PLAIN, heights[0] - 0.06),
        name(SCALED, heights[1] + 0.05),
    ]
