"""The exam's picture of dropout: the cost that melts into the formula, and equal columns."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, short
from viz.dropout.drawing import alike, f4, limits, pushed
from viz.dropout.results import NORMAL_95, Cost

BARS, FLOOR = 8, -0.02


def melting_cost(result: Cost, *, phone: bool = False) -> Film:
    """The mean cost over random masks beside the formula; column norms before and after."""
    draws = len(result.trial.samples)
    low, high = _cost_range(result)
    split = ([0.0, 1.0], [0.06, 0.94]) if phone else ([0.0, 0.6], [0.68, 1.0])
    heights = ([0.55, 0.95], [0.02, 0.38]) if phone else ([0.0, 0.93], [0.06, 0.9])
    hidden = {"visible": False, "fixedrange": True}
    layout = theme.chart(
        700 if phone else 440,
        margin={"l": 58, "r": 14, "t": 16, "b": 50 if not phone else 20},
        xaxis={
            "type": "log",
            "range": [0, np.log10(draws)],
            "domain": split[0],
            "dtick": 1,
            "title": {"text": "random masks averaged"},
            "anchor": "y",
            "fixedrange": True,
        },
        yaxis={"range": [low, high], "domain": heights[0], "fixedrange": True, "nticks": 6},
        xaxis2={**hidden, "range": [-0.5, 1.56], "domain": split[1], "anchor": "y2"},
        yaxis2={**hidden, "range": [FLOOR, 1.06], "domain": heights[1], "anchor": "x2"},
        annotations=[
            *_cost_notes(result, split, heights, phone),
            *_norm_notes(result, phone),
        ],
    )
    traces = [
        *_cost_traces(result, len(result.shown) - 1),
        *_slope_traces(result),
        _numbers(result, low, high),
        _common(result),
    ]
    frames = tuple(
        Frame(
            f"{count(int(n))} mask{'' if n == 1 else 's'}",
            cost_caption(result, i),
            (1, 2),
            _cost_changes(result, i),
        )
        for i, n in enumerate(result.shown)
    )
    table: dict[str, list[Any]] = {
        "masks": [int(n) for n in result.shown],
        "mean cost": [float(f"{v:.8g}") for v in result.running],
    }
    return Film(theme.figure(traces, layout), frames, variable="masks", table=table)


def _cost_range(result: Cost) -> tuple[float, float]:
    samples, total = result.trial.samples, result.loss.total
    low, high = (float(v) for v in np.quantile(samples, (0.01, 0.99)))
    reach = NORMAL_95 * result.deviation
    low, high = min(low, total - reach), max(high, total + reach)
    pad = 0.06 * (high - low) + (1e-3 * abs(high) or 1.0)
    low, high = limits(low - pad, high + pad, parts=3)
    return low, high


def _cost_traces(result: Cost, last: int) -> list[dict[str, Any]]:
    draws = len(result.trial.samples)
    n = np.geomspace(1, draws, 40)
    spread = NORMAL_95 * result.deviation / np.sqrt(n)
    total = result.loss.total
    dots, line = _cost_changes(result, last)
    base = {"type": "scatter", "mode": "lines"}
    return [
        {
            **base,
            "name": "funnel",
            "fill": "toself",
            "x": f4(np.concatenate([n, n[::-1]])),
            "y": f4(np.concatenate([total + spread, (total - spread)[::-1]])),
            "fillcolor": theme.MUT_T,
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
        {
            **base,
            "mode": "markers",
            "name": "one mask",
            **dots,
            "marker": {"size": 6, "color": theme.faded(theme.MUTED, 0.5)},
            "hovertemplate": "mask %{x}: %{y:.4g}<extra></extra>",
        },
        {
            **base,
            "name": "mean of the masks",
            **line,
            "line": {"color": theme.FWD, "width": 3.5},
            "hovertemplate": "%{x} masks: %{y:.5g}<extra></extra>",
        },
        {
            **base,
            "name": "formula",
            "x": [1, draws],
            "y": f4(np.array([total, total])),
            "line": {"color": theme.TRU, "width": 3},
            "hovertemplate": "formula %{y:.5g}<extra></extra>",
        },
    ]


def _cost_changes(result: Cost, i: int) -> tuple[dict[str, Any], dict[str, Any]]:
    known = result.shown[: i + 1].astype(np.int16)
    return (
        {"x": known, "y": f4(result.trial.samples[result.shown[: i + 1] - 1])},
        {"x": known, "y": f4(result.running[: i + 1])},
    )


def _heights(result: Cost) -> tuple[np.ndarray, float | None]:
    """Column norms and the common norm on one scale, the largest being 1."""
    norms, after = result.fitted.norms[:BARS], result.fitted.norm_after
    top = max(float(norms.max()), after or 0.0) or 1.0
    return norms / top, None if after is None else after / top


def _slope_traces(result: Cost) -> list[dict[str, Any]]:
    """Column norms on the left, the common norm on the right, on one scale."""
    heights, after = _heights(result)
    alive = [h for h in heights if h > 0]
    x: list[float | None] = []
    y: list[float | None] = []
    for height in alive if after is not None else []:
        x += [0.0, 1.0, None]
        y += [round(float(height), 4), round(after or 0.0, 4), None]
    place = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "cliponaxis": False}
    return [
        {
            **place,
            "mode": "lines",
            "name": "slopes",
            "x": x,
            "y": y,
            "line": {"color": theme.HAIR, "width": 2},
            "hoverinfo": "skip",
        },
        {
            **place,
            "mode": "markers",
            "name": "before",
            "x": [0.0] * len(heights),
            "y": f4(heights),
            "customdata": f4(result.fitted.norms[:BARS]),
            "marker": {"size": 13, "color": theme.BEFORE},
            "hovertemplate": "length %{customdata:.4g}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "after",
            "x": [1.0] if after is not None else [],
            "y": [round(after, 4)] if after is not None else [],
            "marker": {"size": 15, "color": theme.AFTER},
            "hovertemplate": "all columns: "
            + short(result.fitted.norm_after or 0.0)
            + "<extra></extra>",
        },
    ]


def _cost_notes(
    result: Cost, split: tuple[list[float], ...], heights: tuple[list[float], ...], phone: bool
) -> list[dict[str, Any]]:
    paper = {"xref": "paper", "yref": "paper", "xanchor": "left", "color": theme.MUTED}
    top: dict[str, Any] = {**paper, "yanchor": "bottom", "size": 15 if phone else 17}
    (left, _), (low, high) = split[0], heights[0]
    many = result.fitted.norms.size
    beside = (split[1][0], heights[1][1] + 0.06) if phone else (split[1][0] + 0.02, high + 0.005)
    return [
        graph.note(
            left,
            high + 0.005,
            "cost, one dot is one mask" if phone else "cost with dropout; one dot is one mask",
            **top,
        ),
        graph.note(
            *beside, "column lengths" + (f", first {BARS} of {many}" if many > BARS else ""), **top
        ),
        graph.note(
            left + 0.01,
            low + 0.04 * (high - low),
            "grey: where 95% of such averages fall" if result.deviation else " ",
            **paper,
            size=14 if phone else 15,
        ),
    ]


def _numbers(result: Cost, low: float, high: float) -> dict[str, Any]:
    """The formula and the average, on either side of the formula's line."""
    total, mean = result.loss.total, float(result.running[-1])
    away = 0.06 * (high - low) * (1 if mean < total else -1)
    place: dict[str, Any] = {"xanchor": "right"}
    end = len(result.trial.samples) ** 0.99
    formula, average = alike((total, mean), 4)
    words = f"average over masks <b>{average}</b>"
    notes = [
        graph.note(end, total + away, f"formula <b>{formula}</b>", color=theme.TRU, **place),
        graph.note(end, total - away, words, color=theme.FWD, **place),
    ]
    return graph.written("numbers", notes, digits=5, halo=True)


def _norm_notes(result: Cost, phone: bool) -> list[dict[str, Any]]:
    norms = result.fitted.norms[:BARS]
    heights, _ = _heights(result)
    where = pushed([float(h) for h in heights], 0.09 if phone else 0.075, 1.04)
    place = {"xref": "x2", "yref": "y2"}
    words = [f"<i>x</i><sub>{j + 1}</sub>  {short(float(n), 3)}" for j, n in enumerate(norms)]
    if float(np.ptp(heights)) < 1e-9:
        words, where = [f"all {short(float(norms[0]), 3)}"], [float(heights[0])]
    notes: list[dict[str, Any]] = [
        graph.note(-0.1, y, text, size=15, color=theme.BEFORE, xanchor="right", **place)
        for text, y in zip(words, where, strict=True)
    ]
    # Always as many, so that another feature is not another note.
    notes += [graph.note(-0.1, 0, " ", size=15, **place)] * (BARS - len(notes))
    # Where its point is off the axes, a note is not drawn.
    foot: dict[str, Any] = {"size": 15, "color": theme.MUTED, "yanchor": "top", **place}
    notes.append(graph.note(0.0, FLOOR, "in <i>X</i>", **foot))
    notes.append(graph.note(1.0, FLOOR, "in <i>X</i>Γ<sup>−1</sup>", **foot))
    return notes


def _common(result: Cost) -> dict[str, Any]:
    """The length that all columns have afterwards, beside its point."""
    after, height = result.fitted.norm_after, _heights(result)[1]
    if after is None or height is None:
        words = "p = 1: Γ = 0,<br>not invertible"
        note = graph.note(1.0, 0.3, words, size=15, color=theme.MUTED)
    else:
        words = f"all <b>{short(after, 3)}</b>"
        note = graph.note(1.1, height, words, size=18, color=theme.AFTER, xanchor="left")
    return graph.written("length", [note], digits=4, xaxis="x2", yaxis="y2")


def cost_caption(result: Cost, i: int) -> str:
    """What the masks say so far, and the formula."""
    n, mean = int(result.shown[i]), float(result.running[i])
    p, loss = result.keep_prob, result.loss
    tail = "".join(f" Note: {notice}." for notice in result.fitted.notices)
    if p == 1:
        return (
            f"With p = 1 nothing is dropped: every mask costs {{fwd:{short(loss.total, 5)}}}, the "
            f"penalty is 0 and Γ = 0. This is least squares.{tail}"
        )
    masks = "a single mask costs" if n == 1 else f"over {count(n)} random masks the cost averages"
    after = short(result.fitted.norm_after or 0.0)
    inside = "inside the interval"
    if not result.is_inside(i):
        inside = "outside the interval, as 1 time in 20"
    average, formula = alike((mean, loss.total))
    bare = "" if result.fitted.norms.all() else "without columns of zeros, "
    text = (
        f"{masks[0].upper()}{masks[1:]} {{fwd:{average}}} ± {short(result.error(n), 2)}; "
        f"the formula says {{tru:{formula}}} ({inside}). Keeping "
        f"{short(100 * p, 3)}% of the entries adds a penalty of {short(loss.penalty)} to a fit of "
        f"{short(loss.fit)}; {bare}every column of XΓ⁻¹ has length {{fwd:{after}}}."
    )
    return text + tail
