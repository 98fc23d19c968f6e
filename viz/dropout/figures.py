"""The exam's pictures of dropout: the cost that melts into the formula, and equal columns."""

from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, fixed, short
from viz.dropout.results import KEEPS, Cost, Path

BARS = 8


def f4(values: np.ndarray) -> np.ndarray:
    """Rounded single precision, which halves what travels."""
    return np.round(values, 4).astype(np.float32)


def melting_cost(result: Cost, *, phone: bool = False) -> Film:
    """The mean cost over random masks beside the formula; column norms before and after."""
    draws = len(result.trial.samples)
    low, high = _cost_range(result)
    split = ([0.0, 1.0], [0.06, 0.94]) if phone else ([0.0, 0.6], [0.7, 1.0])
    heights = ([0.55, 0.95], [0.02, 0.4]) if phone else ([0.0, 0.93], [0.05, 0.88])
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
        xaxis2={
            "range": [-0.45, 1.55],
            "domain": split[1],
            "visible": False,
            "anchor": "y2",
            "fixedrange": True,
        },
        yaxis2={
            "range": [-0.02, 1.06],
            "domain": heights[1],
            "visible": False,
            "anchor": "x2",
            "fixedrange": True,
        },
        annotations=_cost_notes(result, split, heights, low, high, phone),
    )
    traces = [*_cost_traces(result, len(result.shown) - 1), *_slope_traces(result)]
    frames = tuple(
        Frame(f"{count(int(n))} masks", cost_caption(result, i), (1, 2), _cost_changes(result, i))
        for i, n in enumerate(result.shown)
    )
    table: dict[str, list[Any]] = {
        "masks": [int(n) for n in result.shown],
        "mean cost": [float(v) for v in result.running],
    }
    return Film(go.Figure(traces, layout), frames, variable="masks", table=table)


def _cost_range(result: Cost) -> tuple[float, float]:
    samples = result.trial.samples
    low, high = (float(v) for v in np.quantile(samples, (0.01, 0.99)))
    low, high = min(low, result.loss.total), max(high, result.loss.total)
    pad = 0.15 * (high - low) + 1e-9 * max(1.0, abs(high))
    return low - pad, high + pad


def _cost_traces(result: Cost, last: int) -> list[dict[str, Any]]:
    n = np.geomspace(1, len(result.trial.samples), 60)
    spread = 2 * float(result.trial.samples.std()) / np.sqrt(n)
    total = result.loss.total
    dots, line = _cost_changes(result, last)
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "funnel",
            "fill": "toself",
            "x": f4(np.concatenate([n, n[::-1]])),
            "y": f4(np.concatenate([total + spread, (total - spread)[::-1]])),
            "fillcolor": theme.MUT_T,
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "one mask",
            **dots,
            "marker": {"size": 6, "color": theme.MUTED, "opacity": 0.5},
            "hovertemplate": "mask %{x}: %{y:.4g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "mean of the masks",
            **line,
            "line": {"color": theme.FWD, "width": 3.5},
            "hovertemplate": "%{x} masks: %{y:.5g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "formula",
            "x": [1, len(result.trial.samples)],
            "y": [total, total],
            "line": {"color": theme.TRU, "width": 3},
            "hovertemplate": "formula %{y:.5g}<extra></extra>",
        },
    ]


def _cost_changes(result: Cost, i: int) -> tuple[dict[str, Any], dict[str, Any]]:
    known = result.shown[: i + 1]
    return (
        {"x": known, "y": f4(result.trial.samples[known - 1])},
        {"x": known, "y": f4(result.running[: i + 1])},
    )


def _slope_traces(result: Cost) -> list[dict[str, Any]]:
    """Column norms on the left, scaled to the largest; the common norm on the right."""
    norms = result.fitted.norms[:BARS]
    top = float(norms.max()) or 1.0
    after = result.fitted.norm_after
    x: list[float | None] = []
    y: list[float | None] = []
    for norm in norms:
        x += [0.0, 1.0, None]
        y += [float(norm) / top, 0.12, None]
    place = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "cliponaxis": False}
    ends = {"x": [1.0], "y": [0.12]} if after is not None else {"x": [], "y": []}
    return [
        {
            **place,
            "mode": "lines",
            "name": "slopes",
            "x": x if after is not None else [],
            "y": y if after is not None else [],
            "line": {"color": theme.HAIR, "width": 2},
            "hoverinfo": "skip",
        },
        {
            **place,
            "mode": "markers",
            "name": "before",
            "x": [0.0] * len(norms),
            "y": f4(norms / top),
            "customdata": f4(norms),
            "marker": {"size": 13, "color": theme.BEFORE},
            "hovertemplate": "norm %{customdata:.4g}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "after",
            **ends,
            "marker": {"size": 15, "color": theme.AFTER},
            "hovertemplate": "all columns: " + short(after or 0.0) + "<extra></extra>",
        },
    ]


def _cost_notes(
    result: Cost,
    split: tuple[list[float], ...],
    heights: tuple[list[float], ...],
    low: float,
    high: float,
    phone: bool,
) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    top: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left"}
    top["yanchor"] = "bottom"
    right = np.log10(len(result.trial.samples))
    away = 0.055 * (high - low)
    notes = [
        graph.note(
            split[0][0],
            heights[0][1] + 0.005,
            "dropout cost, one dot is one mask",
            size=size,
            color=theme.MUTED,
            **top,
        ),
        graph.note(
            split[1][0],
            heights[1][1] + (0.05 if phone else 0.055),
            "column norms",
            size=size,
            color=theme.MUTED,
            **top,
        ),
        graph.note(
            right,
            result.loss.total - away,
            f"formula <b>{short(result.loss.total)}</b>",
            size=size,
            color=theme.TRU,
            xanchor="right",
            bgcolor=theme.BG,
        ),
        graph.note(
            0.05,
            low + 0.05 * (high - low),
            "±2 standard errors",
            size=15,
            color=theme.MUTED,
            xanchor="left",
        ),
    ]
    return [*notes, *_norm_notes(result, phone)]


def _norm_notes(result: Cost, phone: bool) -> list[dict[str, Any]]:
    norms = result.fitted.norms[:BARS]
    top = float(norms.max()) or 1.0
    where = _pushed([float(n) / top for n in norms], 0.075 if not phone else 0.09)
    place = {"xref": "x2", "yref": "y2"}
    notes: list[dict[str, Any]] = [
        graph.note(
            -0.1,
            y,
            f"<i>x</i><sub>{j + 1}</sub>  {short(float(n), 3)}",
            size=15,
            color=theme.BEFORE,
            xanchor="right",
            **place,
        )
        for j, (n, y) in enumerate(zip(norms, where, strict=True))
    ]
    after = result.fitted.norm_after
    words = f"all <b>{short(after or 0.0)}</b>" if after is not None else "p = 1:<br>Γ = 0"
    notes.append(graph.note(1.08, 0.12, words, size=18, color=theme.AFTER, xanchor="left", **place))
    notes.append(
        graph.note(0.0, -0.02, "before", size=15, color=theme.MUTED, yanchor="top", **place)
    )
    notes.append(
        graph.note(
            1.0,
            -0.02,
            "after <i>X</i>Γ<sup>−1</sup>",
            size=15,
            color=theme.MUTED,
            yanchor="top",
            **place,
        )
    )
    return notes


def _pushed(places: list[float], gap: float) -> list[float]:
    """The same order with at least ``gap`` between neighbors."""
    order = sorted(range(len(places)), key=places.__getitem__)
    pushed = list(places)
    for before, after in pairwise(order):
        pushed[after] = max(pushed[after], pushed[before] + gap)
    over = max(0.0, pushed[order[-1]] - 1.04)
    return [p - over for p in pushed]


def cost_caption(result: Cost, i: int) -> str:
    """What the masks say so far, and the formula."""
    n, mean = int(result.shown[i]), float(result.running[i])
    p, loss = result.keep_prob, result.loss
    error = float(result.trial.samples.std()) / np.sqrt(n)
    inside = "inside" if abs(mean - loss.total) <= 1.96 * error + 1e-12 else "outside"
    text = (
        f"Over {count(n)} random masks the cost averages {{fwd:{short(mean, 5)}}} ± "
        f"{short(1.96 * error, 2)}; the formula says {{tru:{short(loss.total, 5)}}} ({inside} "
        f"the interval). Of that, the penalty p(1 − p) Σ |xⱼ|² w̌ⱼ² is {short(loss.penalty)}."
    )
    if result.fitted.norm_after is None:
        return f"{text} With p = {short(p)} nothing is dropped: this is least squares."
    return f"{text} Every column of XΓ⁻¹ has length {{fwd:{short(result.fitted.norm_after)}}}."


def weight_path(result: Path, *, phone: bool = False) -> Film:
    """Weights against the keep probability, solid after rescaling, thin while training."""
    width = min(result.weight.shape[1], 6)
    keeps = np.array(KEEPS)
    reach = 1.1 * max(
        float(np.abs(part).max()) for part in (result.weight, result.w_check, result.ones)
    )
    start = int(np.argmin(np.abs(keeps - result.keep_prob)))
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 50, "r": 60 if phone else 150, "t": 14, "b": 52},
        xaxis={"range": [0, 1.005], "title": {"text": "keep probability p"}, "fixedrange": True},
        yaxis={
            "range": [-reach, reach],
            "fixedrange": True,
            "zeroline": True,
            "zerolinecolor": theme.LINE,
        },
        annotations=_path_notes(result, width, reach, phone),
        shapes=_present(start),
    )
    traces = _path_traces(result, width, keeps)
    frames = tuple(
        Frame(
            f"p = {p:.2f}",
            path_caption(result, i),
            (2 * width,),
            (_path_dots(result, i, width),),
            {"shapes": _present(i)},
        )
        for i, p in enumerate(KEEPS)
    )
    table = {"p": list(KEEPS)} | {
        f"w{j + 1}": [float(v) for v in result.weight[:, j]] for j in range(result.weight.shape[1])
    }
    return Film(go.Figure(traces, layout), frames, variable="p", start=start, table=table)


def _present(i: int) -> list[dict[str, Any]]:
    line = {"color": theme.INK, "width": 1.5, "dash": "dot"}
    return [
        {
            "type": "line",
            "x0": KEEPS[i],
            "x1": KEEPS[i],
            "y0": 0,
            "y1": 1,
            "yref": "y domain",
            "line": line,
            "layer": "below",
        }
    ]


def _path_traces(result: Path, width: int, keeps: np.ndarray) -> list[dict[str, Any]]:
    lines = []
    for j in range(width):
        focus = j < 2
        color = theme.PAR if focus else theme.MUTED
        shared: dict[str, Any] = {
            "type": "scatter",
            "mode": "lines",
            "x": f4(keeps),
            "opacity": 1 if focus else 0.55,
        }
        name = f"w{j + 1}"
        lines.append(
            {
                **shared,
                "name": name,
                "y": f4(result.weight[:, j]),
                "line": {"color": color, "width": 4 if focus else 2},
                "hovertemplate": f"p = %{{x:.2f}}: {name} = %{{y:.3f}}<extra></extra>",
            }
        )
        lines.append(
            {
                **shared,
                "name": f"{name} in training",
                "y": f4(result.w_check[:, j]),
                "line": {"color": color, "width": 1.5, "dash": "dot"},
                "hovertemplate": f"p = %{{x:.2f}}: w̌{j + 1} = %{{y:.3f}}<extra></extra>",
            }
        )
    start = int(np.argmin(np.abs(keeps - result.keep_prob)))
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "present",
        "hoverinfo": "skip",
        "marker": {"size": 11, "color": theme.PAR, "line": {"color": theme.BG, "width": 1.5}},
        **_path_dots(result, start, width),
    }
    ends = {
        "type": "scatter",
        "mode": "markers",
        "name": "one-feature fits",
        "x": [0.0] * width,
        "y": f4(result.ones[:width]),
        "marker": {"size": 9, "color": theme.TRU},
        "cliponaxis": False,
        "hovertemplate": "alone: %{y:.3f}<extra></extra>",
    }
    return [*lines, dots, ends]


def _path_dots(result: Path, i: int, width: int) -> dict[str, Any]:
    return {"x": [KEEPS[i]] * width, "y": f4(result.weight[i, :width])}


def _path_notes(result: Path, width: int, reach: float, phone: bool) -> list[dict[str, Any]]:
    ends = [float(v) / reach for v in result.weight[-1, :width]]
    where = _spread(ends, 0.12 if phone else 0.105)
    notes = [
        graph.note(
            1.01,
            y * reach,
            f"<i>w</i><sub>{j + 1}</sub> {fixed(result.weight[-1, j])}",
            size=15,
            color=theme.PAR if j < 2 else theme.MUTED,
            xanchor="left",
            xref="x domain",
        )
        for j, y in enumerate(where)
    ]
    notes.append(
        graph.note(
            0.015,
            0.96 * reach,
            "solid: w = p w̌, dotted: w̌ in training",
            size=15,
            color=theme.MUTED,
            xanchor="left",
        )
    )
    notes.append(
        graph.note(
            0.015,
            -0.95 * reach,
            "dots at p → 0: each feature alone",
            size=15,
            color=theme.TRU,
            xanchor="left",
        )
    )
    return notes


def _spread(places: list[float], gap: float) -> list[float]:
    """Labels pushed apart around their own middle."""
    order = sorted(range(len(places)), key=places.__getitem__)
    pushed = list(places)
    for before, after in pairwise(order):
        pushed[after] = max(pushed[after], pushed[before] + gap)
    over = max(0.0, pushed[order[-1]] - 0.97)
    return [p - over for p in pushed]


def path_caption(result: Path, i: int) -> str:
    """The weights at one keep probability and what they mean."""
    p = KEEPS[i]
    shown = ", ".join(f"{{par:{fixed(float(v))}}}" for v in result.weight[i, :2])
    names = "w₁ and w₂ are" if result.weight.shape[1] > 1 else "w₁ is"
    text = f"At p = {p:.2f} the weights {names} {shown} after rescaling by p; "
    if p == 1:
        note = f" ({result.notices[-1]})" if result.notices else ""
        return f"{text}nothing is dropped: least squares{note}."
    return (
        f"{text}training believes every correlation to be {p:.2f} times its size. Effective "
        f"degrees of freedom: {fixed(float(result.df[i]))} of {result.weight.shape[1]}."
    )
