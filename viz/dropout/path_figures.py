"""Weights against the keep probability, from one-feature fits to least squares."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed
from viz.dropout.drawing import f4, pushed
from viz.dropout.results import KEEPS, Path


def weight_path(result: Path, *, phone: bool = False) -> Film:
    """Weights against the keep probability, solid after rescaling, thin while training."""
    width = min(result.weight.shape[1], 6)
    keeps = np.array(KEEPS)
    low, high = _reach(result, width)
    start = int(np.argmin(np.abs(keeps - result.keep_prob)))
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 50, "r": 92, "t": 34, "b": 52},
        xaxis={
            "range": [-0.02, 1.005],
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


def _reach(result: Path, width: int) -> tuple[float, float]:
    """One range for all p, so that shrinking is seen."""
    parts = (result.weight, result.w_check, result.ones[None])
    low = min(float(part[:, :width].min()) for part in parts)
    high = max(float(part[:, :width].max()) for part in parts)
    pad = 0.08 * (high - low) + 1e-6
    return min(low, 0.0) - pad, max(high, 0.0) + pad


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
    if phone:
        words = "solid <i>w</i> = p<i>w̌</i>; dotted <i>w̌</i>; dots: each alone"
    above = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    notes.append(graph.note(0, 1.01, words, size=13 if phone else 15, color=theme.MUTED, **above))
    return notes


def path_caption(result: Path, i: int) -> str:
    """The weights at one keep probability and what they mean."""
    p, width = KEEPS[i], result.weight.shape[1]
    shown = " and ".join(f"{{par:{fixed(float(v))}}}" for v in result.weight[i, :2])
    names = "weights w₁ and w₂ are" if width > 1 else "weight w₁ is"
    text = f"At p = {p:.2f} the {names} {shown}, rescaled by p"
    tail = "".join(f" Note: {notice}." for notice in result.notices if p == 1 or "zeros" in notice)
    if p == 1:
        return f"{text}: nothing is dropped, this is least squares.{tail}"
    few = ""
    if len(result.sample.x) < width:
        few = " The penalty makes the answer unique, although there are fewer rows than features."
    return (
        f"{text}; training takes every product of two features for {p:.2f} times its size. "
        f"Effective degrees of freedom: {fixed(float(result.df[i]))} of {width}.{few}{tail}"
    )


def errors_and_freedom(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    """Errors against p, and effective degrees of freedom against p."""
    curves = [("training", result.train, theme.MUTED)]
    if result.test is not None:
        curves.append(("test", result.test, theme.FWD))
    lines = [_curve(name, values, color) for name, values, color in curves]
    notes = [
        graph.note(
            1.01,
            float(values[-1]),
            name,
            size=16,
            color=color,
            xanchor="left",
            yanchor="bottom" if name == "test" else "top",
            xref="x domain",
        )
        for name, values, color in curves
    ]
    axis = {"range": [0, 1.005], "title": {"text": "keep probability p"}, "fixedrange": True}
    layout = theme.chart(
        300,
        margin={"l": 58, "r": 84, "t": 14, "b": 50},
        xaxis=axis,
        yaxis={"title": {"text": "mean squared error"}},
        annotations=notes,
    )
    best = KEEPS[int(np.argmin(curves[-1][1]))]
    words = f"The {curves[-1][0]} error is smallest at p = {best:.2f}."
    freedom = theme.chart(
        280,
        margin={"l": 58, "r": 84, "t": 14, "b": 50},
        xaxis=axis,
        yaxis={"title": {"text": "degrees of freedom"}, "rangemode": "tozero"},
    )
    full = float(result.df[-1])
    return (
        *ellipses(result, phone=phone),
        still(go.Figure(lines, layout), words),
        still(
            go.Figure([_curve("freedom", result.df, theme.PAR)], freedom),
            f"Effective degrees of freedom grow from 0 to {fixed(full, 1)} as p goes to 1.",
        ),
    )


def _curve(name: str, values: np.ndarray, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(KEEPS),
        "y": f4(values),
        "line": {"color": color, "width": 3.5},
        "hovertemplate": "p = %{x:.2f}: %{y:.4g}<extra></extra>",
    }


def ellipses(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    """Contours of the expected cost over two weights; for each p through its lowest point."""
    if result.weight.shape[1] < 2:
        return ()
    x, y = result.sample.x[:, :2], result.sample.y
    gram = x.T @ x
    level = 0.04 * float(((y - y.mean()) ** 2).sum())
    if not (np.diag(gram) > 0).all() or level <= 0:
        return ()
    rings = [_rings(gram, result.weight[i, :2], p, level) for i, p in enumerate(KEEPS)]
    low = np.minimum(result.weight[:, :2].min(axis=0), 0) - 0.4
    high = np.maximum(result.weight[:, :2].max(axis=0), 0) + 0.4
    start = int(np.argmin(np.abs(np.array(KEEPS) - result.keep_prob)))
    axis = {"fixedrange": True, "zeroline": True, "zerolinecolor": theme.LINE}
    layout = theme.chart(
        380,
        margin={"l": 62, "r": 20, "t": 14, "b": 52},
        xaxis={**axis, "range": [low[0], high[0]], "title": {"text": "w₁ = p w̌₁"}},
        yaxis={**axis, "range": [low[1], high[1]], "title": {"text": "" if phone else "w₂"}},
    )
    base = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    traces = [
        {
            **base,
            "name": "path over p",
            "x": f4(result.weight[:, 0]),
            "y": f4(result.weight[:, 1]),
            "line": {"color": theme.HAIR, "width": 3},
        },
        {**base, "name": "contours", **rings[start], "line": {"color": theme.TRU, "width": 2}},
        {
            **base,
            "mode": "markers",
            "name": "lowest point",
            **_lowest(result, start),
            "marker": {"size": 13, "color": theme.PAR},
        },
    ]
    frames = tuple(
        Frame(f"p = {p:.2f}", _ellipse_caption(result, i), (1, 2), (rings[i], _lowest(result, i)))
        for i, p in enumerate(KEEPS)
    )
    return (Film(go.Figure(traces, layout), frames, variable="p", start=start),)


def _rings(gram: np.ndarray, middle: np.ndarray, p: float, level: float) -> dict[str, Any]:
    """Two contours of w'Gw + (1-p)/p w'diag(G)w around its lowest point."""
    matrix = gram + (1 - p) / p * np.diag(np.diag(gram))
    values, vectors = np.linalg.eigh(matrix)
    turn = np.linspace(0, 2 * np.pi, 37)
    unit = np.stack([np.cos(turn), np.sin(turn)])
    x: list[float | None] = []
    y: list[float | None] = []
    for size in (1.0, 2.0):
        radii = size * np.sqrt(level / np.maximum(values, 1e-9 * values.max()))
        ring = middle[:, None] + vectors @ (np.minimum(radii, 50.0)[:, None] * unit)
        x += [*(round(float(v), 3) for v in ring[0]), None]
        y += [*(round(float(v), 3) for v in ring[1]), None]
    return {"x": x, "y": y}


def _lowest(result: Path, i: int) -> dict[str, Any]:
    return {
        "x": [round(float(result.weight[i, 0]), 4)],
        "y": [round(float(result.weight[i, 1]), 4)],
    }


def _ellipse_caption(result: Path, i: int) -> str:
    p = KEEPS[i]
    tilt = "as the correlation of the features has them"
    if p < 1:
        tilt = "less tilted and narrower than at p = 1, for the penalty weighs each feature alone"
    others = "" if result.weight.shape[1] == 2 else ", the other weights at their best"
    return (
        f"{{tru:Lines of equal cost}} in w₁ and w₂ at p = {p:.2f}{others}: {tilt}. The "
        f"{{par:lowest point}} is ({fixed(float(result.weight[i, 0]))}, "
        f"{fixed(float(result.weight[i, 1]))})."
    )
