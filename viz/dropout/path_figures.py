"""Weights against the keep probability, from one-feature fits to least squares."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed, short, steady
from viz.dropout.contour_figures import ellipses
from viz.dropout.drawing import f4, limits, pushed
from viz.dropout.results import Path


def weight_path(result: Path, *, phone: bool = False) -> Film:
    """Weights against the keep probability, solid after rescaling, thin while training."""
    width = min(result.weight.shape[1], 6)
    keeps = np.array(result.keeps)
    low, high = _reach(result, width)
    start = result.present
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 50, "r": 92, "t": 34, "b": 52},
        xaxis={
            "range": [-0.05 if phone else -0.02, 1.005],
            "title": {"text": "keep probability p"},
            "fixedrange": True,
        },
        yaxis={
            "range": [low, high],
            "fixedrange": True,
            "zeroline": True,
            "zerolinecolor": theme.LINE,
        },
        annotations=_path_notes(result, width, (low, high), phone),
        shapes=_present(result.keep_prob),
    )
    traces = _path_traces(result, width, keeps)
    frames = tuple(
        Frame(
            f"p = {p:.2f}",
            path_caption(result, i),
            (2 * width,),
            (_path_dots(result, i, width),),
            {"shapes": _present(p)},
        )
        for i, p in enumerate(result.keeps)
    )
    table = {"p": list(result.keeps)} | {
        f"w{j + 1}": [float(v) for v in result.weight[:, j]] for j in range(result.weight.shape[1])
    }
    return Film(theme.figure(traces, layout), frames, variable="p", start=start, table=table)


def _present(keep_prob: float) -> list[dict[str, Any]]:
    line = {"color": theme.INK, "width": 1.5, "dash": "dot"}
    return [
        {
            "type": "line",
            "x0": keep_prob,
            "x1": keep_prob,
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
            "x": np.round(keeps, 2).astype(np.float32),
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
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "present",
        "hoverinfo": "skip",
        "marker": {"size": 11, "color": theme.PAR, "line": {"color": theme.BG, "width": 1.5}},
        **_path_dots(result, result.present, width),
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
    return {"x": [result.keeps[i]] * width, "y": f4(result.weight[i, :width])}


def _reach(result: Path, width: int) -> tuple[float, float]:
    """One range for all p, so that shrinking is seen."""
    parts = (result.weight, result.w_check, result.ones[None])
    low = min(float(part[:, :width].min()) for part in parts)
    high = max(float(part[:, :width].max()) for part in parts)
    pad = 0.08 * (high - low) + 1e-6
    low, high = limits(min(low, 0.0) - pad, max(high, 0.0) + pad)
    return low, high


def _path_notes(
    result: Path, width: int, span: tuple[float, float], phone: bool
) -> list[dict[str, Any]]:
    low, high = span
    ends = [(float(v) - low) / (high - low) for v in result.weight[-1, :width]]
    where = pushed(ends, 0.055, 0.98)
    notes = [
        graph.note(
            1.01,
            low + y * (high - low),
            f"<i>w</i><sub>{j + 1}</sub> {fixed(result.weight[-1, j])}",
            size=15,
            color=theme.PAR if j < 2 else theme.MUTED,
            xanchor="left",
            xref="x domain",
        )
        for j, y in enumerate(where)
    ]
    words = "solid: <i>w</i> = p<i>w̌</i>, used for testing; dotted: <i>w̌</i>, in training; "
    words += f"<span style='color:{theme.TRU}'>dots at p → 0: each feature fitted alone</span>"
    if width < result.weight.shape[1]:
        words = f"first {width} of {result.weight.shape[1]} weights; {words}"
    if phone:
        words = "solid <i>w</i> = p<i>w̌</i>; dotted <i>w̌</i>; dots: each alone"
    above = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    notes.append(graph.note(0, 1.01, words, size=13 if phone else 15, color=theme.MUTED, **above))
    return notes


def path_caption(result: Path, i: int) -> str:
    """The weights at one keep probability and what they mean."""
    p, width = result.keeps[i], result.weight.shape[1]
    shown = " and ".join(f"{{par:{fixed(float(v))}}}" for v in result.weight[i, :2])
    names = "weights w₁ and w₂ are" if width > 1 else "weight w₁ is"
    text = f"At p = {p:.2f} the {names} {shown}, rescaled by p"
    tail = "".join(f" Note: {notice}." for notice in result.notices if p == 1 or "zeros" in notice)
    if p == 1:
        return f"{text}: nothing is dropped, this is least squares.{tail}"
    few = ""
    if len(result.sample.x) < width:
        few = " The penalty makes the answer unique, although there are fewer rows than features."
    if width > 1:
        text += f"; training sees products of two different features at {p:.2f} times their size"
    return (
        f"{text}. Effective degrees of freedom: {fixed(float(result.df[i]))} of {width}.{few}{tail}"
    )


def errors_and_freedom(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    """Errors against p, and effective degrees of freedom against p."""
    curves = [("training", result.train, theme.MUTED)]
    if result.test is not None:
        curves.append(("test", result.test, theme.FWD))
    lines = [_curve(result.keeps, name, values, color) for name, values, color in curves]
    highest = max(values[-1] for _, values, _ in curves)
    notes = [
        graph.note(
            1.01,
            float(values[-1]),
            name,
            size=16,
            color=color,
            xanchor="left",
            yanchor="bottom" if values[-1] == highest else "top",
            xref="x domain",
        )
        for name, values, color in curves
    ]
    reach = [min(v.min() for _, v, _ in curves), max(v.max() for _, v, _ in curves)]
    room = 0.06 * float(reach[1] - reach[0]) + 1e-6
    axis = {"range": [0, 1.005], "title": {"text": "keep probability p"}, "fixedrange": True}
    layout = theme.chart(
        300,
        margin={"l": 58, "r": 84, "t": 14, "b": 50},
        xaxis=axis,
        yaxis={
            "range": limits(float(reach[0]) - room, float(reach[1]) + room),
            "title": {"text": "mean squared error"},
        },
        annotations=notes,
    )
    best = result.keeps[int(np.argmin(curves[-1][1]))]
    words = f"The {curves[-1][0]} error is smallest at p = {best:.2f}."
    full = float(result.df[-1])
    freedom = theme.chart(
        280,
        margin={"l": 58, "r": 84, "t": 14, "b": 50},
        xaxis=axis,
        yaxis={
            "range": steady(0, 1.05 * max(full, 0.1)),
            "title": {"text": "degrees of freedom"},
        },
    )
    return (
        *ellipses(result, phone=phone),
        still(theme.figure(lines, layout), words),
        still(
            theme.figure([_curve(result.keeps, "freedom", result.df, theme.PAR)], freedom),
            f"Effective degrees of freedom grow from 0 to {short(full, 3)} as p goes to 1.",
        ),
    )


def _curve(keeps: tuple[float, ...], name: str, values: np.ndarray, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(keeps),
        "y": f4(values),
        "line": {"color": color, "width": 3.5},
        "hovertemplate": "p = %{x:.2f}: %{y:.4g}<extra></extra>",
    }
