"""Pictures of long sequences, of recurrent matrices, and of descent over a cliff."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import short
from viz.rnn.results import Descent, Graph, Influence, LongRun, MatrixRun

TINY = 1e-40


def long_sequence(result: LongRun, *, phone: bool = False) -> Film:
    """How much each input reaches the output, and where the gradient of w comes from."""
    count = len(result.inputs)
    first = result.sweep[result.start]
    low, high = -0.302 * count - 0.6, 0.177 * count + 0.6
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.47], [0.57, 1.0])
    heights = ([0.57, 0.96], [0.0, 0.39]) if phone else ([0.0, 0.91], [0.0, 0.91])
    layout = theme.chart(
        640 if phone else 440,
        margin={"l": 62, "r": 12, "t": 18, "b": 50},
        xaxis=_axis([0.5, count + 0.5], "input k", split[0], "y"),
        yaxis={
            **_axis([low, high], "", heights[0], "x"),
            "type": "log",
            "exponentformat": "power",
            "nticks": 7,
        },
        xaxis2=_axis([0.5, count + 0.5], "use k of w", split[1], "y2"),
        yaxis2={**_axis([0, 1.02], "", heights[1], "x2"), "tickformat": ".0%", "nticks": 6},
        bargap=0.15,
        annotations=_long_notes(split, heights, phone),
        shapes=[_window(result), _unity()],
    )
    steps = np.arange(1, count + 1)
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "influence",
            "x": steps,
            "y": _positive(first.by_input),
            "line": {"color": theme.BWD, "width": 3},
            "marker": {"size": 6, "color": theme.BWD},
            "hovertemplate": "∂y/∂u<sub>%{x}</sub>: %{y:.3g}<extra></extra>",
        },
        {
            "type": "bar",
            "name": "share",
            "x": steps,
            "y": _f4(first.shares),
            "xaxis": "x2",
            "yaxis": "y2",
            "marker": {"color": theme.BWD, "line": {"width": 0}},
            "hovertemplate": "use %{x}: %{y:.1%}<extra></extra>",
        },
    ]
    frames = tuple(
        Frame(
            f"w = {one.weight:g}",
            long_caption(result, one),
            (0, 1),
            ({"y": _positive(one.by_input)}, {"y": _f4(one.shares)}),
        )
        for one in result.sweep
    )
    table: dict[str, list[Any]] = {
        "k": list(range(1, count + 1)),
        "influence": _positive(first.by_input),
        "share": [float(v) for v in first.shares],
    }
    return Film(go.Figure(traces, layout), frames, variable="w", start=result.start, table=table)


def _axis(limits: list[float], title: str, domain: list[float], anchor: str) -> dict[str, Any]:
    return {
        "range": limits,
        "title": {"text": title},
        "domain": domain,
        "anchor": anchor,
        "fixedrange": True,
    }


def _f4(values: np.ndarray) -> np.ndarray:
    return np.round(values, 5).astype(np.float32)


def _positive(values: np.ndarray) -> list[float | None]:
    """Values for a log axis; what is 0 or beyond the picture becomes a gap."""
    return [float(f"{v:.4g}") if v > TINY else None for v in values]


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


def _unity() -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "x domain",
        "yref": "y",
        "x0": 0,
        "x1": 1,
        "y0": 1,
        "y1": 1,
        "layer": "below",
        "line": {"color": theme.LINE, "width": 1.5, "dash": "dot"},
    }


def _long_notes(
    split: tuple[list[float], ...], heights: tuple[list[float], ...], phone: bool
) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    titles = ("influence |∂y/∂u<sub>k</sub>|, log scale", "share of dy/dw, window shaded")
    return [
        graph.note(
            x[0],
            y[1] + 0.01,
            words,
            size=size,
            color=theme.MUTED,
            xref="paper",
            yref="paper",
            xanchor="left",
            yanchor="bottom",
        )
        for words, x, y in zip(titles, split, heights, strict=True)
    ]


def long_caption(result: LongRun, one: Influence) -> str:
    """How far the first input reaches, and what truncation keeps."""
    count = len(result.inputs)
    far = float(one.by_input[0])
    reach = "nothing" if far <= TINY else f"{{bwd:{short(far, 3)}}}"
    kind = "tanh net" if result.tanh else "net"
    kept = (
        "the full gradient is 0"
        if one.kept is None
        else f"the last {result.window} of {count} uses carry {{bwd:{100 * one.kept:.1f}%}} of "
        "the gradient"
    ).replace("-", "−")
    return (
        f"With w = {{par:{one.weight:g}}} a change in u₁ reaches the {kind}'s output multiplied by "
        f"{reach}; y = {{fwd:{short(one.y)}}}, and {kept}."
    )


def matrix_growth(result: MatrixRun, *, phone: bool = False) -> Film:
    """The gradient's norm by lag between two bounds, eigenvalues, and the image of a circle."""
    facts = result.facts
    lags = np.arange(len(facts.norms))
    split = ([0.0, 1.0], [0.1, 0.9]) if phone else ([0.0, 0.55], [0.66, 1.0])
    heights = ([0.58, 1.0], [0.0, 0.42]) if phone else ([0.0, 1.0], [0.0, 1.0])
    reach = 1.08 * max(
        1.0,
        float(np.abs(facts.eigenvalues).max()),
        min(float(np.abs(result.images).max(initial=1.0)), 4.0),
    )
    limits = _log_limits(facts.norms)
    layout = theme.chart(
        700 if phone else 440,
        margin={"l": 62, "r": 16, "t": 20, "b": 50},
        xaxis=_axis([-1, len(lags)], "lag: steps back", split[0], "y"),
        yaxis={
            **_axis(limits, "", heights[0], "x"),
            "type": "log",
            "exponentformat": "power",
            "dtick": 1,
        },
        xaxis2=_axis([-reach, reach], "", split[1], "y2"),
        yaxis2={**_axis([-reach, reach], "", heights[1], "x2"), "scaleanchor": "x2"},
        annotations=_growth_notes(result, limits, phone),
        shapes=[
            {
                "type": "circle",
                "xref": "x2",
                "yref": "y2",
                "x0": -1,
                "x1": 1,
                "y0": -1,
                "y1": 1,
                "line": {"color": theme.LINE, "width": 1.5, "dash": "dot"},
                "layer": "below",
            }
        ],
    )
    traces = _growth_traces(result, lags)
    frames = tuple(
        Frame(f"lag {k}", matrix_caption(result, k), (3, 5), _lag_changes(result, k))
        for k in range(len(lags))
    )
    return Film(go.Figure(traces, layout), frames, variable="lag", start=facts.peak_lag)


def _log_limits(norms: np.ndarray) -> list[float]:
    seen = norms[norms > 1e-12]
    low = float(np.log10(seen.min())) if len(seen) else -1.0
    high = float(np.log10(max(seen.max(), 1.0))) if len(seen) else 0.0
    return [max(low, -12.0) - 0.5, high + 1.0]


def _growth_traces(result: MatrixRun, lags: np.ndarray) -> list[dict[str, Any]]:
    facts = result.facts
    bounds = (
        (facts.spectral_radius, theme.MUTED, "dash", "ρ(W) to the lag"),
        (facts.top_singular_value, theme.MUTED, "dot", "σ₁(W) to the lag"),
    )
    lines: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": lags,
            "y": _positive(np.minimum(base ** lags.astype(float), 1e30)),
            "line": {"color": color, "width": 2, "dash": dash},
            "hovertemplate": name + ": %{y:.3g}<extra></extra>",
        }
        for base, color, dash, name in bounds
    ]
    lines.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "gradient",
            "x": lags,
            "y": _positive(facts.norms),
            "line": {"color": theme.BWD, "width": 4},
            "hovertemplate": "lag %{x}: %{y:.3g}<extra></extra>",
        }
    )
    marker, image = _lag_changes(result, facts.peak_lag)
    lines.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "present lag",
            **marker,
            "marker": {"size": 14, "color": theme.BWD, "line": {"color": theme.INK, "width": 2}},
            "hoverinfo": "skip",
        }
    )
    lines.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "eigenvalues",
            "xaxis": "x2",
            "yaxis": "y2",
            "x": facts.eigenvalues.real,
            "y": facts.eigenvalues.imag,
            "marker": {"symbol": "diamond", "size": 13, "color": theme.PAR},
            "hovertemplate": "%{x:.3f} + %{y:.3f} i<extra>eigenvalue</extra>",
        }
    )
    lines.append(
        {
            "type": "scatter",
            "mode": "lines",
            "name": "image of the circle",
            "xaxis": "x2",
            "yaxis": "y2",
            **image,
            "line": {"color": theme.FWD, "width": 2.5},
            "hoverinfo": "skip",
        }
    )
    return lines


def _lag_changes(result: MatrixRun, lag: int) -> tuple[dict[str, Any], dict[str, Any]]:
    norm = float(result.facts.norms[lag])
    point = {"x": [int(lag)], "y": _positive(np.array([norm]))}
    if not len(result.images):
        return point, {"x": [], "y": []}
    image = np.clip(result.images[lag], -1e6, 1e6)
    return point, {"x": _f4(image[:, 0]), "y": _f4(image[:, 1])}


def _growth_notes(result: MatrixRun, limits: list[float], phone: bool) -> list[dict[str, Any]]:
    facts, size = result.facts, 15 if phone else 16
    words = (
        f"ρ(W) = {short(facts.spectral_radius, 3)}: the far past (dashed)<br>"
        f"σ₁(W) = {short(facts.top_singular_value, 3)}: at most this a step (dotted)"
    )
    corner = {
        "xref": "x domain",
        "yref": "y domain",
        "xanchor": "right",
        "yanchor": "top",
        "align": "right",
    }
    del limits
    return [
        graph.note(1.0, 0.99, words, size=size, color=theme.MUTED, bgcolor=theme.BG, **corner),
        graph.note(
            0.5,
            1.0,
            "eigenvalues and the image of the circle",
            size=size,
            color=theme.MUTED,
            xref="x2 domain",
            yref="y2 domain",
            yanchor="bottom",
        ),
    ]


def matrix_caption(result: MatrixRun, lag: int) -> str:
    """How large the gradient is that many steps back, and what decides it."""
    facts = result.facts
    norm = short(float(facts.norms[lag]), 4)
    rho, top = short(facts.spectral_radius, 3), short(facts.top_singular_value, 3)
    if facts.peak_lag > 0 and facts.spectral_radius < 1:
        words = (
            f"It first grows, to {short(float(facts.norms.max()), 4)} at lag "
            f"{facts.peak_lag}, although ρ(W) = {{par:{rho}}} is below 1"
        )
    elif abs(facts.spectral_radius - 1) < 1e-9 and abs(facts.top_singular_value - 1) < 1e-9:
        words = "A rotation keeps it for ever"
    else:
        words = f"In the far past each step multiplies it by ρ(W) = {{par:{rho}}}"
    return (
        f"{lag} steps back the gradient has size {{bwd:{norm}}}. {words}; one step can "
        f"multiply it by at most {top}."
    )


def descent_path(result: Descent, *, phone: bool = False) -> Film:
    """The loss over w on a log axis, and the steps of descent on it."""
    low = 1e-6
    seen = [max(step.loss, low) for step in result.steps if 0.7 <= step.weight <= 1.3]
    top = float(np.log10(max(result.losses.max(), 1.0)))
    bottom = float(np.log10(max(min([*seen, result.losses.min() + low]), low))) - 0.5
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 62, "r": 14, "t": 14, "b": 52},
        xaxis={"range": [0.69, 1.31], "title": {"text": "w"}, "fixedrange": True},
        yaxis={
            "type": "log",
            "range": [bottom, top + 0.4],
            "exponentformat": "power",
            "title": {"text": "" if phone else "loss"},
            "dtick": 2,
            "fixedrange": True,
        },
        annotations=[
            graph.note(
                0.72,
                top,
                "the cliff: y = w<sup>30</sup>",
                size=16,
                color=theme.MUTED,
                xanchor="left",
            )
        ],
    )
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "loss",
            "x": _f4(result.weights),
            "y": [float(f"{max(v, low):.4g}") for v in result.losses],
            "line": {"color": theme.MUTED, "width": 2.5},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "steps",
            **_path(result, len(result.steps) - 1, low),
            "line": {"color": theme.BWD, "width": 1.5},
            "hovertemplate": "w = %{x:.4f}, loss %{y:.3g}<extra></extra>",
        },
    ]
    frames = tuple(
        Frame(f"step {k}", descent_caption(result, k), (1,), (_path(result, k, low),))
        for k in range(len(result.steps))
    )
    return Film(go.Figure(traces, layout), frames, pace=200, variable="step")


def _path(result: Descent, k: int, low: float) -> dict[str, Any]:
    inside = [s for s in result.steps[: k + 1] if 0.69 <= s.weight <= 1.31]
    sizes = [14 if i == len(inside) - 1 else 7 for i in range(len(inside))]
    return {
        "x": _f4(np.array([s.weight for s in inside])),
        "y": _f4(np.array([max(s.loss, low) for s in inside])),
        "marker": {
            "size": sizes,
            "color": theme.BWD,
            "symbol": ["circle-open" if s.clipped else "circle" for s in inside],
            "line": {"width": 2, "color": theme.BWD},
        },
    }


def descent_caption(result: Descent, k: int) -> str:
    """Where the step stands and how it got there."""
    step = result.steps[k]
    where = f"After {k} steps w = {{par:{short(step.weight, 6)}}} with loss {short(step.loss, 4)}"
    slope = f"the slope there is {{bwd:{short(step.grad, 4)}}}"
    if not 0.7 <= step.weight <= 1.3:
        return (
            f"{where}: one step of {short(result.lr)} times the slope threw it off the "
            "picture. Clipping would have kept it."
        )
    if step.clipped:
        return f"{where}; {slope}, clipped to {short(result.clip or 0)} (hollow)."
    return f"{where}; {slope}."


def edge_shares(result: Graph, *, phone: bool = False) -> Film:
    """The uses of w as one stacked bar."""
    edges = result.back.edges
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": f"use {k}",
            "x": [edge],
            "y": ["dy/dw"],
            "marker": {
                "color": theme.BWD,
                "opacity": 0.35 + 0.6 * k / len(edges),
                "line": {"color": theme.BG, "width": 2},
            },
            "text": [short(edge)],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "textfont": {"size": 16, "color": theme.INK},
            "hovertemplate": f"use {k}: %{{x:.4g}}<extra></extra>",
        }
        for k, edge in enumerate(edges, 1)
    ]
    layout = theme.chart(
        150,
        barmode="relative",
        margin={"l": 62, "r": 20, "t": 10, "b": 36},
        yaxis={"showgrid": False, "fixedrange": True},
    )
    del phone
    words = (
        f"The {len(edges)} uses of w contribute "
        f"{', '.join(short(e) for e in edges)}: together {short(result.back.dw)}."
    )
    return still(go.Figure(bars, layout), words)
