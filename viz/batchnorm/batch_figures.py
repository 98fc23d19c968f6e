"""The pictures of batch norm on small batches, of its running statistics and of its family."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.batchnorm.batches import EDGES, BatchSize, Family, RunningTrace, SmallBatches
from viz.batchnorm.norms import Normalized
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short

CENTRES = (EDGES[:-1] + EDGES[1:]) / 2
TOP = 0.75
START = 6


def small_batches(result: SmallBatches, *, phone: bool = False) -> Film:
    """The law of one output by batch size, and one input in 300 different companies."""
    first = result.sizes[START]
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.52], [0.63, 1.0])
    heights = ([0.56, 0.97], [0.0, 0.38]) if phone else ([0.0, 0.9], [0.0, 0.9])
    traces = [*_law(first), *_company(result, first)]
    layout = theme.chart(
        640 if phone else 440,
        margin={"l": 44, "r": 12, "t": 30, "b": 50},
        xaxis={**_plain([-4, 4], "output, γ = 1, β = 0"), "domain": split[0], "anchor": "y"},
        yaxis={**_plain([0, TOP], ""), "domain": heights[0], "showticklabels": False},
        xaxis2={**_plain([0, 301], "batch"), "domain": split[1], "anchor": "y2"},
        yaxis2={**_plain([-3.2, 3.2], ""), "domain": heights[1], "anchor": "x2"},
        bargap=0,
        annotations=_size_notes(result, first, phone),
    )
    frames = tuple(
        Frame(
            f"N = {size.batch_size}",
            small_caption(result, size),
            (0, 1, 2),
            ({"y": _clip(size.observed)}, {"y": _clip(size.exact)}, {"y": _f4(size.pinned)}),
            {"annotations": _size_notes(result, size, phone)},
        )
        for size in result.sizes
    )
    return Film(go.Figure(traces, layout), frames, variable="batch size", start=START, pace=900)


def _plain(limits: list[float], title: str) -> dict[str, Any]:
    return {"range": limits, "title": {"text": title}, "fixedrange": True}


def _clip(heights: np.ndarray) -> np.ndarray:
    return _f4(np.minimum(heights, TOP))


def _f4(values: np.ndarray) -> np.ndarray:
    return np.round(values, 4).astype(np.float32)


def _law(size: BatchSize) -> list[dict[str, Any]]:
    return [
        {
            "type": "bar",
            "name": "simulated",
            "x": _f4(CENTRES),
            "y": _clip(size.observed),
            "marker": {"color": theme.FWD, "line": {"width": 0}},
            "opacity": 0.35,
            "hovertemplate": "%{x:.2f}: %{y:.3f}<extra>simulated</extra>",
        },
        {
            "type": "scatter",
            "name": "exact law",
            "mode": "lines",
            "x": _f4(CENTRES),
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
            "y": _f4(size.pinned),
            "marker": {"color": theme.FWD, "size": 5, "opacity": 0.6},
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


def _size_notes(result: SmallBatches, size: BatchSize, phone: bool) -> list[dict[str, Any]]:
    font = 15 if phone else 17
    above = {"yref": "paper", "yanchor": "bottom", "xanchor": "left", "xref": "paper"}
    right, second = (0.0, 0.39) if phone else (0.63, 0.91)
    pinned = fixed(result.pinned, 1)
    return [
        graph.note(
            0,
            0.98 if phone else 0.91,
            "one output: simulated bars, exact law",
            size=font,
            color=theme.MUTED,
            **above,
        ),
        graph.note(
            right,
            second,
            f"input {pinned} SD from the mean, in 300 batches",
            size=font,
            color=theme.MUTED,
            **above,
        ),
        graph.note(
            -3.9,
            TOP * 0.94,
            f"batches of {size.batch_size}",
            size=font + 4,
            xanchor="left",
            color=theme.INK,
        ),
        graph.note(
            -3.9,
            TOP * 0.84,
            f"|output| ≤ {short(size.largest, 3)}",
            size=font,
            xanchor="left",
            color=theme.FWD,
        ),
        graph.note(
            296,
            -2.8,
            "line: eval mode",
            size=font,
            color=theme.TRU,
            xref="x2",
            yref="y2",
            xanchor="right",
        ),
    ]


def small_caption(result: SmallBatches, size: BatchSize) -> str:
    """What this batch size does to outputs and to the pinned input."""
    mean, spread = float(size.pinned.mean()), float(size.pinned.std())
    law = {
        2: "every output is −1 or +1",
        3: "outputs pile up at the two ends",
        4: "outputs are spread evenly between the two ends",
    }.get(size.batch_size, f"no output can exceed {short(size.largest, 3)} in size")
    return (
        f"In train mode with batches of {size.batch_size}, {law}. The same input comes out as "
        f"{{fwd:{fixed(mean)} ± {fixed(spread)}}}, depending on its company; in eval mode "
        f"always as {{tru:{fixed(result.pinned)}}}."
    )


def running_statistics(result: RunningTrace, *, phone: bool = False) -> Film:
    """Running mean and variance step by step, beside what is expected of them."""
    domains = ([0.58, 0.95], [0.0, 0.38]) if phone else ([0.0, 0.92], [0.0, 0.92])
    across = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.46], [0.56, 1.0])
    last = len(result.mean) - 1
    panels = (
        (result.mean, result.expected_mean, result.batch_mean, result.true_mean),
        (result.var, result.expected_var, result.batch_var, result.true_var),
    )
    traces, axes, notes = [], {}, []
    for i, (values, expected, own, true) in enumerate(panels):
        n = "" if i == 0 else "2"
        traces += _running_traces(values, expected, own, last, n)
        axes[f"xaxis{n}"] = {
            **_plain([-1, last + 1], "training step"),
            "domain": across[i],
            "anchor": f"y{n}",
        }
        axes[f"yaxis{n}"] = {
            **_plain(_room(values, own, true), ""),
            "domain": domains[i],
            "anchor": f"x{n}",
        }
        notes += _panel_notes(("mean", "variance")[i], across[i][0], domains[i][1], true, n, phone)
    figure = go.Figure(
        traces,
        theme.chart(
            640 if phone else 440,
            annotations=notes,
            **axes,
            shapes=[_level(p[3], i) for i, p in enumerate(panels)],
            margin={"l": 50, "r": 12, "t": 20, "b": 50},
        ),
    )
    frames = tuple(
        Frame(
            f"step {k}",
            running_caption(result, k),
            (2, 3, 6, 7),
            tuple(change for values, _, own, _ in panels for change in _until(values, own, k)),
        )
        for k in range(last + 1)
    )
    return Film(figure, frames, variable="training step")


def _running_traces(
    values: np.ndarray, expected: np.ndarray, own: np.ndarray, last: int, n: str
) -> list[dict[str, Any]]:
    place = {"type": "scatter", "xaxis": f"x{n}", "yaxis": f"y{n}"}
    steps = np.arange(last + 1)
    ghost = {"color": theme.HAIR, "width": 2}
    known = _until(values, own, last)
    return [
        {
            **place,
            "mode": "lines",
            "name": "ahead",
            "x": steps,
            "y": _f4(values),
            "line": ghost,
            "hoverinfo": "skip",
        },
        {
            **place,
            "mode": "lines",
            "name": "expected",
            "x": steps,
            "y": _f4(expected),
            "line": {"color": theme.TRU, "width": 2.5, "dash": "dash"},
            "hovertemplate": "expected %{y:.3f}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "each batch",
            **known[0],
            "marker": {"color": theme.MUTED, "size": 6, "opacity": 0.5},
            "hovertemplate": "batch %{x}: %{y:.3f}<extra></extra>",
        },
        {
            **place,
            "mode": "lines",
            "name": "running",
            **known[1],
            "line": {"color": theme.FWD, "width": 4},
            "hovertemplate": "step %{x}: %{y:.3f}<extra></extra>",
        },
    ]


def _until(values: np.ndarray, own: np.ndarray, k: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return (
        {"x": np.arange(1, k + 1), "y": _f4(own[:k])},
        {"x": np.arange(k + 1), "y": _f4(values[: k + 1])},
    )


def _room(values: np.ndarray, own: np.ndarray, true: float) -> list[float]:
    low = min(float(values.min()), float(np.quantile(own, 0.02)), true)
    high = max(float(values.max()), float(np.quantile(own, 0.98)), true)
    pad = 0.1 * (high - low) + 1e-6
    return [low - pad, high + 2 * pad]


def _level(true: float, i: int) -> dict[str, Any]:
    n = "" if i == 0 else "2"
    return {
        "type": "line",
        "xref": f"x{n} domain",
        "yref": f"y{n}",
        "x0": 0,
        "x1": 1,
        "y0": true,
        "y1": true,
        "layer": "below",
        "line": {"color": theme.LINE, "width": 1, "dash": "dot"},
    }


def _panel_notes(
    name: str, x: float, y: float, true: float, n: str, phone: bool
) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    title = f"running {name} (true {short(true)})"
    more = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    del n
    return [graph.note(x, y + 0.01, title, size=size, color=theme.INK, **more)]


def running_caption(result: RunningTrace, step: int) -> str:
    """Where the running statistics stand, and what eval mode would make of the mean."""
    mean, var = float(result.mean[step]), float(result.var[step])
    z = (result.true_mean - mean) / np.sqrt(var + result.eps)
    return (
        f"After {step} batches of {result.batch_size} with momentum {short(result.momentum)} the "
        f"running mean is {{fwd:{fixed(mean, 3)}}} (expected {{tru:"
        f"{fixed(result.expected_mean[step], 3)}}}), the running variance {{fwd:{fixed(var, 3)}}} "
        f"(expected {{tru:{fixed(result.expected_var[step], 3)}}}). Eval mode would send the true "
        f"mean to {fixed(float(z))} instead of 0."
    )


NAMES = {
    "batch": "batch norm",
    "layer": "layer norm",
    "instance": "instance norm",
    "group": "group norm",
    "rms": "RMS norm",
}
OVER = {
    "batch": "over the samples and positions of one channel",
    "layer": "over all channels and positions of one sample",
    "instance": "over the positions of one channel in one sample",
    "group": "over the positions of a bundle of channels in one sample",
    "rms": "over all channels and positions of one sample, and the mean is not subtracted",
}


def norm_family(result: Family, *, phone: bool = False) -> Film:
    """A small tensor as tiles: those that share a mean and a deviation share a letter and shade."""
    first = result.norms[0]
    tall = 700 if phone else 430
    figure = go.Figure(
        data=[_tiles(first, phone)],
        layout=theme.chart(
            tall,
            margin={"l": 16, "r": 16, "t": 60, "b": 16},
            xaxis={
                "visible": False,
                "fixedrange": True,
                "range": [-1.3, 4.1] if phone else [-1.5, 9.2],
            },
            yaxis={
                "visible": False,
                "fixedrange": True,
                "range": [10.4, -1.2] if phone else [4.4, -1.2],
            },
            annotations=_tile_notes(first, phone),
        ),
    )
    frames = tuple(
        Frame(
            NAMES[norm.kind],
            family_caption(result, norm),
            (0,),
            ({k: v for k, v in _tiles(norm, phone).items() if k in ("marker", "text")},),
            {"annotations": _tile_notes(norm, phone)},
        )
        for norm in result.norms
    )
    return Film(figure, frames, variable="norm", start=0, pace=1500)


def _place(sample: int, channel: int, at: int, phone: bool) -> tuple[float, float]:
    """Where a tile stands: channels across, samples below each other; on the phone 2 × 2."""
    x, y = at % 2, at // 2
    if phone:
        return channel % 2 * 2.4 + x, sample * 5.4 + channel // 2 * 2.6 + y
    return channel * 2.5 + x, sample * 2.7 + y


def _tiles(norm: Normalized, phone: bool) -> dict[str, Any]:
    places, text, shade = [], [], []
    count = int(norm.shares.max()) + 1
    for (n, c, h, w), value in np.ndenumerate(norm.y):
        group = int(norm.shares[n, c, h, w])
        places.append(_place(n, c, 2 * h + w, phone))
        text.append(f"{fixed(value)}<br>{'ABCDEFGH'[group]}")
        shade.append(group / max(count - 1, 1))
    x, y = (list(v) for v in zip(*places, strict=True))
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "tiles",
        "x": x,
        "y": y,
        "text": text,
        "textfont": {"size": 14, "color": [theme.ink_on(s * 0.75) for s in shade]},
        "marker": {
            "symbol": "square",
            "size": 44 if phone else 58,
            "color": shade,
            "cmin": 0,
            "cmax": 1 / 0.75,
            "colorscale": theme.magnitude(theme.FWD),
            "line": {"color": theme.BG, "width": 1},
        },
        "hovertemplate": "%{text}<extra></extra>",
    }


def _tile_notes(norm: Normalized, phone: bool) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    notes = []
    for channel in range(4):
        x, y = _place(0, channel, 0, phone)
        notes.append(
            graph.note(
                x + 0.5,
                y - 0.62,
                f"channel {channel + 1}",
                size=size,
                color=theme.MUTED,
                yanchor="bottom",
            )
        )
    for sample in range(2):
        _, y = _place(sample, 0, 0, phone)
        notes.append(
            graph.note(
                -0.62,
                y + 0.5,
                f"sample<br>{sample + 1}",
                size=size,
                color=theme.MUTED,
                xanchor="right",
            )
        )
    title = graph.note(
        0,
        1.0,
        f"<b>{NAMES[norm.kind]}</b>",
        size=size + 3,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=30,
    )
    return [*notes, title]


def family_caption(result: Family, norm: Normalized) -> str:
    """Which numbers share their statistics."""
    count = len(norm.mean)
    return (
        f"{NAMES[norm.kind].capitalize() if norm.kind != 'rms' else 'RMS norm'} takes mean and "
        f"deviation {OVER[norm.kind]}: {{fwd:{count} groups}} of {result.x.size // count} numbers. "
        f"The first entry becomes {fixed(float(norm.y.flat[0]), 3)}, the last "
        f"{fixed(float(norm.y.flat[-1]), 3)}."
    )
