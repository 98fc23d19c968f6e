"""Pictures of long sequences: how far an input reaches, and what truncation keeps."""

import math
from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.columns import column
from viz.draw.film import Film, Frame
from viz.draw.numbers import power, short
from viz.rnn.results import Influence, LongRun

TINY = 1e-40
FAN = (0.5, 0.75, 1.0, 1.25, 1.5)
DOTS = 100


def long_sequence(result: LongRun, *, phone: bool = False) -> Film:
    """How much each input reaches the output, and where the gradient of w comes from."""
    count = len(result.inputs)
    low, high = -0.302 * count - 0.6, 0.177 * count + 0.6
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.46], [0.565, 1.0])
    heights = ([0.57, 0.96], [0.0, 0.39]) if phone else ([0.0, 0.91], [0.0, 0.91])
    across = [0.5 - (0.3 if phone else 0.21) * count, count + 0.5]
    layout = theme.chart(
        640 if phone else 440,
        margin={"l": 58, "r": 12, "t": 18, "b": 50},
        xaxis={**_axis(across, "input k", split[0], "y"), **_whole(count)},
        yaxis={**_axis([low, high], "", heights[0], "x"), "type": "log", **log_ticks(low, high)},
        xaxis2={**_axis([0.5, count + 0.5], "use k of w", split[1], "y2"), **_whole(count)},
        yaxis2={**_axis([0, 1.2], "", heights[1], "x2"), "tickformat": ".0%", "dtick": 0.25},
        bargap=0.15,
        annotations=_notes(result, split, heights, phone),
        shapes=[_window(result)],
    )
    first = result.sweep[result.start]
    traces = [_fan(result, 10**low), *_traces(result, first, 10**low)]
    frames = tuple(
        Frame(
            f"w = {one.weight:g}",
            long_caption(result, one),
            (1, 2, 3, 4),
            _changes(result, one, 10**low),
        )
        for one in result.sweep
    )
    return Film(
        theme.figure(traces, layout), frames, variable="w", start=result.start, table=table(result)
    )


def _axis(limits: list[float], title: str, domain: list[float], anchor: str) -> dict[str, Any]:
    return {
        "range": limits,
        "title": {"text": title},
        "domain": domain,
        "anchor": anchor,
        "fixedrange": True,
    }


def _whole(count: int) -> dict[str, Any]:
    """Ticks at whole steps, the last one among them."""
    each = next(step for step in (1, 2, 5, 10, 20, 50) if count / step <= 8)
    marks = [k for k in range(each, count + 1, each) if count - k > 0.6 * each or k == count]
    return {"tickvals": sorted({1, *marks, count} if count > 1 else {1}), "showgrid": False}


def log_ticks(low: float, high: float) -> dict[str, Any]:
    """At most eight powers of ten between two exponents, written as people do."""
    each = max(1, math.ceil((high - low) / 8))
    whole = [e for e in range(math.ceil(low), math.floor(high) + 1) if e % each == 0]
    text = ["1" if e == 0 else "10" if e == 1 else power(10.0**e) for e in whole]
    return {"tickvals": [10.0**e for e in whole], "ticktext": text}


def _on_log(values: np.ndarray, low: float) -> np.ndarray:
    """Values for the log axis; what lies below the picture becomes 0, which a log axis skips."""
    seen = np.where(values > low / 10, values, 0.0)[_every(len(values))]
    return seen.astype(np.float32 if low > 1e-36 else np.float64)


def _every(count: int) -> slice:
    return slice(None, None, -(-count // DOTS))


def _fan(result: LongRun, low: float) -> dict[str, Any]:
    """Where other weights would stand, as pale lines."""
    x: list[float | None] = []
    y: list[float | None] = []
    steps = np.arange(1, len(result.inputs) + 1)
    for one in result.sweep:
        if one.weight in FAN:
            kept = one.by_input > low / 10
            ends = np.flatnonzero(kept) if result.tanh else np.flatnonzero(kept)[[0, -1]]
            x += [*(float(steps[k]) for k in ends), None]
            y += [*(float(f"{one.by_input[k]:.4g}") for k in ends), None]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "other weights",
        "x": x,
        "y": y,
        "line": {"color": theme.HAIR, "width": 1.5},
        "hoverinfo": "skip",
    }


def _traces(result: LongRun, one: Influence, low: float) -> list[dict[str, Any]]:
    steps = np.arange(1, len(result.inputs) + 1)
    line, bars, kept, edge = _changes(result, one, low)
    second = {"xaxis": "x2", "yaxis": "y2"}
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "influence",
            "x": steps[_every(len(steps))],
            **line,
            "line": {"color": theme.BWD, "width": 3.5},
            "marker": {"size": 6 if len(steps) <= 50 else 3, "color": theme.BWD},
            "hovertemplate": "∂y/∂u<sub>%{x}</sub>: %{y:.3g}<extra></extra>",
        },
        {
            "type": "bar",
            "name": "share",
            **second,
            "x": steps,
            **bars,
            "marker": {"color": theme.BWD, "line": {"width": 0}},
            "hovertemplate": "use %{x}: %{y:.1%}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "kept by a window from here",
            **second,
            "x": steps - 0.5,
            **kept,
            "line": {"color": theme.INK, "width": 2.5},
            "hovertemplate": "window from use %{x:.0f} on: %{y:.1%}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "kept by the window",
            **second,
            **edge,
            "textposition": "middle left",
            "textfont": {"size": 17, "color": theme.INK},
            "marker": {"size": 11, "color": theme.INK},
            "hoverinfo": "skip",
        },
    ]


def _changes(result: LongRun, one: Influence, low: float) -> tuple[dict[str, Any], ...]:
    shown = one.kept is not None and 0 <= one.kept <= 1.08
    edge: dict[str, Any] = {"x": [], "y": [], "text": []}
    if one.kept is not None and shown:
        at = len(result.inputs) - result.window + 0.5
        words = f"{100 * one.kept:.1f}% " if result.window < len(result.inputs) else ""
        edge = {"x": [at], "y": [round(one.kept, 4)], "text": [words]}
    return (
        {"y": _on_log(one.by_input, low)},
        {"y": column(one.shares)},
        {"y": [] if one.kept_from is None else column(np.clip(one.kept_from, -0.5, 1.5))},
        edge,
    )


def _window(result: LongRun) -> dict[str, Any]:
    count = len(result.inputs)
    return {
        "type": "rect",
        "xref": "x2",
        "yref": "y2 domain",
        "x0": count - result.window + 0.5,
        "x1": count + 0.5,
        "y0": 0,
        "y1": 1,
        "fillcolor": theme.SPOT,
        "layer": "below",
        "line": {"width": 0},
    }


def _notes(
    result: LongRun, split: tuple[list[float], ...], heights: tuple[list[float], ...], phone: bool
) -> list[dict[str, Any]]:
    size, count = 15 if phone else 17, len(result.inputs)
    titles = (
        "reach of input k: |∂y/∂u<sub>k</sub>|, log scale",
        "share of each use of w; line: from here on",
    )
    paper = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    notes = [
        graph.note(x[0], y[1] + 0.01, words, size=size, color=theme.MUTED, **paper)
        for words, x, y in zip(titles, split, heights, strict=True)
    ]
    for one in result.sweep:
        if one.weight in FAN:
            reach = float(one.by_input[0])
            if reach > 10 ** (-0.302 * count - 0.6):
                text, at = f"w = {one.weight:g}", math.log10(reach)
                place = {"xref": "x", "yref": "y", "xanchor": "right"}
                notes.append(graph.note(0.4, at, text, size=14, color=theme.MUTED, **place))
    window = f"window: last {result.window}" if result.window > 1 else "window: the last use"
    place = {"xref": "x2", "yref": "y2 domain", "yanchor": "top"}
    anchored = {"xanchor": "right" if result.window < 0.8 * count else "center"}
    at = count - result.window + (0.3 if result.window < 0.8 * count else result.window / 2 + 0.5)
    notes.append(graph.note(at, 0.99, window, size=size - 1, color=theme.INK, **place, **anchored))
    if result.window < 0.8 * count:
        notes[-1]["bgcolor"] = theme.BG
    return notes


def long_caption(result: LongRun, one: Influence) -> str:
    """How far the first input reaches, and what truncation keeps."""
    count, window = len(result.inputs), result.window
    far = float(one.by_input[0])
    reach = short(far, 3) if far > TINY or one.weight == 0 else f"less than {power(TINY)}"
    reach = f"{{bwd:{reach}}}"
    kind = "tanh net" if result.tanh else "net"
    uses = "the last use" if window == 1 else f"the last {window}"
    whole = "its only use carries" if count == 1 else f"{uses} of {count} uses of w carry"
    if window == 1 and count > 1:
        whole = f"the last of {count} uses of w carries"
    kept = (
        "the full gradient is 0"
        if one.kept is None
        else f"{whole} {{bwd:{100 * one.kept:.1f}%}} of the gradient"
    ).replace("-", "−")
    return (
        f"With w = {{par:{one.weight:g}}} a change in u₁ reaches the {kind}'s output multiplied by "
        f"{reach}; y = {{fwd:{short(one.y)}}}, and {kept}."
    )


def table(result: LongRun) -> dict[str, list[Any]]:
    """By step: how far the input reaches, and the share of its use of w."""
    first = result.sweep[result.start]
    return {
        "k": list(range(1, len(result.inputs) + 1)),
        "input": list(result.inputs),
        "reach": [float(v) for v in first.by_input],
        "share": [float(v) for v in first.shares],
    }
