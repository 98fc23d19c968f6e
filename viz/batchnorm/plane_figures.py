"""Two features: contours before and after the layer on equal scales."""

import math
from typing import Any

import numpy as np

from viz.batchnorm.captions import places, plane_caption, units_said
from viz.batchnorm.gaussians import Ellipse, contour
from viz.batchnorm.pair import Input, Plane, PlaneState
from viz.draw import graph, theme
from viz.draw.columns import column
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed, short

CLOUD = 4


def two_features(result: Plane, *, phone: bool = False) -> Film:
    """Contours before and after, with the guide squares at one and two deviations."""
    final = result.final
    wide = {"l": 58, "r": 262, "t": 12, "b": 52}
    drawn = result.drawn[result.start]
    figure = theme.figure(
        data=[
            *_cloud("before", *_of_input(drawn.origin), theme.BEFORE),
            *_cloud("after", *_of_state(drawn), theme.AFTER),
            _whitened(result),
        ],
        layout=theme.chart(
            560 if phone else 440,
            margin={"l": 48, "r": 8, "t": 10, "b": 210} if phone else wide,
            xaxis={**_equal(result, 0), "constrain": "range"},
            yaxis={
                **_equal(result, 1),
                "scaleanchor": "x",
                "constrain": "domain",
                "constraintoward": "bottom",
            },
            **_facts(result, final, phone),
        ),
    )
    frames = tuple(
        _frame(result, state, drawn, phone)
        for state, drawn in zip(result.states, result.drawn, strict=True)
    )
    variable = "stage" if result.play == "stages" else "correlation"
    return Film(figure, frames, variable=variable, start=result.start, table=table(result))


def _equal(result: Plane, i: int) -> dict[str, Any]:
    """One of two axes with equal scales and the same ticks."""
    ticks, unit = _ticks(result.limits), float(result.units[i])
    before = "" if unit == 1 else f" (before: in units of {short(unit)})"
    return {
        "range": list(result.limits[i]),
        "title": {"text": f"feature {i + 1}{before}"},
        "tickvals": ticks,
        "ticktext": [short(tick) for tick in ticks],
        "fixedrange": True,
    }


def _ticks(limits: tuple[tuple[float, float], ...]) -> list[float]:
    """Round numbers, at most a dozen in the longer range, and beyond: an axis may be lengthened.

    They are 1, 2 or 5 times a power of ten apart.
    """
    span = max(high - low for low, high in limits)
    power = 10.0 ** math.floor(math.log10(span / 12))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= span / 12)
    first = math.floor((min(low for low, _ in limits) - 2 * span) / step)
    last = math.ceil((max(high for _, high in limits) + 2 * span) / step)
    return [float(f"{k * step:.10g}") for k in range(first, last + 1)]


Drawn = tuple[np.ndarray, tuple[np.ndarray, ...], np.ndarray]


def _of_input(origin: Input) -> Drawn:
    return origin.points, origin.contours, origin.mean


def _of_state(state: PlaneState) -> Drawn:
    lines = tuple(state.moved(line) for line in state.origin.contours)
    return state.moved(state.origin.points), lines, state.mean


def _cloud(
    name: str,
    points: np.ndarray,
    contours: tuple[np.ndarray, ...],
    mean: np.ndarray,
    color: str,
) -> list[dict[str, Any]]:
    dots, one, two, centre = _changes(points, contours, mean)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            **dots,
            "marker": {"color": theme.faded(color, 0.28), "size": 4},
            "hoverinfo": "skip",
        }
    ]
    for k, line, width, dash in ((1, one, 3.0, "solid"), (2, two, 2.0, "dash")):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{name}, {k} SD",
                **line,
                "line": {"color": color, "width": width, "dash": dash},
                "hovertemplate": f"{name}, {k} SD<extra></extra>",
            }
        )
    cross = {"symbol": "cross-thin", "size": 15, "line": {"color": color, "width": 3}}
    hover = "mean (%{x:.2f}, %{y:.2f})<extra></extra>"
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"{name}, mean",
            **centre,
            "marker": cross,
            "hovertemplate": hover,
        }
    )
    return traces


def _changes(
    points: np.ndarray, contours: tuple[np.ndarray, ...], mean: np.ndarray
) -> tuple[dict[str, Any], ...]:
    centre = {"x": [round(float(mean[0]), 4)], "y": [round(float(mean[1]), 4)]}
    return (_xy(points), *(_xy(line) for line in contours), centre)


def _xy(points: np.ndarray) -> dict[str, Any]:
    return {"x": column(points[:, 0]), "y": column(points[:, 1])}


def _whitened(result: Plane) -> dict[str, Any]:
    """The 1-SD outline of whitened data; empty if it is not asked for."""
    points = result.whitened
    xy = _xy(points) if points is not None else {"x": [], "y": []}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "whitening",
        **xy,
        "line": {"color": theme.TRU, "width": 2.5, "dash": "dot"},
        "hovertemplate": f"{result.compare} whitening, 1 SD<extra></extra>",
    }


def _frame(result: Plane, state: PlaneState, drawn: PlaneState, phone: bool) -> Frame:
    """A frame that looks like the finished picture carries its sentence alone."""
    said = plane_caption(result, state)
    if result.play == "stages" and state.same_as(result.final):
        return Frame(state.label, said)
    changes = _changes(*_of_state(drawn))
    traces = tuple(range(CLOUD, 2 * CLOUD))
    if result.play == "rho":
        changes = (*_changes(*_of_input(drawn.origin)), *changes)
        traces = tuple(range(2 * CLOUD))
    return Frame(state.label, said, traces, changes, _facts(result, state, phone))


def _facts(result: Plane, state: PlaneState, phone: bool) -> dict[str, Any]:
    """The numbers beside the picture, and the guide squares of a finished pass."""
    size, left = (14, 0.0) if phone else (17, 1.03)
    done = state.stage == 4 or state.same_as(result.final)
    origin = state.origin
    in_units = f"drawn in<br>{units_said(result)}" if phone else f"in {units_said(result)}"
    axes = _axes(origin.ellipse, phone) if result.one_unit else in_units
    before = _numbers("before", origin.std, origin.rho, axes)
    name = "after" if done else "on the way"
    axes = _axes(state.ellipse, phone) if result.one_unit or state.stage >= 2 else in_units
    after = _numbers(name, state.std, state.rho, axes)
    more: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left"}
    more |= {"align": "left", "yanchor": "top"}
    rows = [(0, 0.98, before, theme.BEFORE), (1, 0.66, after, theme.AFTER)]
    notes = [
        graph.note(
            left + (0.52 * column if phone else 0),
            -0.17 if phone else height,
            text,
            size=size,
            color=color,
            **more,
        )
        for column, height, text, color in rows
    ]
    notes.append(_verdict(result, state, left, size, phone, more))
    notes[-1]["text"] = notes[-1]["text"] if done else " "
    if not phone:
        own = ", own units before" if units_said(result) else ""
        key = f"solid: 1 SD, dashed: 2 SD<br>equal scales{own}"
        notes.append(graph.note(left, 0.12, key, size=15, color=theme.MUTED, **more))
    squares = [{**square, "opacity": int(done)} for square in _squares(result)]
    return {"annotations": notes, "shapes": squares}


def _verdict(
    result: Plane, state: PlaneState, left: float, size: int, phone: bool, more: dict[str, Any]
) -> dict[str, Any]:
    """What the picture shows, or the outline it is compared with."""
    place = (left, -0.53) if phone else (left, 0.32)
    gap = " " if phone else "<br>"
    if result.compare:
        words = f"<b>{result.compare} whitening</b>{gap}a circle: the correlation is gone"
        return graph.note(*place, words, size=size, color=theme.TRU, **more)
    if state.rho is None:
        words = f"no ellipse is left:{gap}γ = 0"
    elif abs(state.rho) < 1e-9:
        words = f"nothing to turn:{gap}ρ = 0"
    else:
        words = f"still {'an ellipse' if state.ellipse.b else 'a line'}:{gap}no whitening"
    return graph.note(*place, words, size=size, color=theme.INK, **more)


def _numbers(name: str, std: np.ndarray, rho: float | None, axes: str) -> str:
    correlation = "correlation undefined" if rho is None else f"correlation {fixed(rho)}"
    deviations = f"SD {places(float(std[0]))} and {places(float(std[1]))}"
    return f"<b>{name}</b><br>{deviations}<br>{correlation}<br>{axes}"


def _axes(axes: Ellipse, phone: bool) -> str:
    tilt = "circle" if axes.tilt is None else f"tilt {fixed(axes.tilt, 1)}°"
    return f"axes {places(axes.a)} and {places(axes.b)}{'<br>' if phone else ', '}{tilt}"


def _squares(result: Plane | None = None) -> list[dict[str, Any]]:
    beta = (0.0, 0.0) if result is None else result.beta
    gamma = (1.0, 1.0) if result is None else np.abs(result.gamma)
    line = {"color": theme.AFTER, "width": 1.3, "dash": "dot"}
    return [
        {
            "type": "rect",
            "x0": float(beta[0] - k * gamma[0]),
            "x1": float(beta[0] + k * gamma[0]),
            "y0": float(beta[1] - k * gamma[1]),
            "y1": float(beta[1] + k * gamma[1]),
            "line": line,
            "layer": "below",
        }
        for k in (1, 2)
    ]


def table(result: Plane) -> dict[str, list[Any]]:
    """Moments before and after; a constant feature has no correlation."""
    state, origin = result.final, result.final.origin
    before, after = origin.ellipse, state.ellipse
    rows = [
        ("mean 1", origin.mean[0], state.mean[0]),
        ("mean 2", origin.mean[1], state.mean[1]),
        ("standard deviation 1", origin.std[0], state.std[0]),
        ("standard deviation 2", origin.std[1], state.std[1]),
        *([] if state.rho is None else [("correlation", origin.rho, state.rho)]),
        ("longer semi-axis", before.a, after.a),
        ("shorter semi-axis", before.b, after.b),
    ]
    return {
        "": [row[0] for row in rows],
        "before": [float(row[1]) for row in rows],
        "after": [float(row[2]) for row in rows],
    }


def contour_choice(cov: np.ndarray, *, reach: float = 2.15, whose: str = "") -> Film:
    """A small drawing of mean, 1-SD and 2-SD contours at the origin, for a question."""
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": f"{k} SD",
            "line": {"color": theme.INK, "width": width, "dash": dash},
            "hoverinfo": "skip",
            **_xy(contour((0.0, 0.0), cov, k, points=61)),
        }
        for k, width, dash in ((1, 3, "solid"), (2, 2, "dash"))
    ]
    cross = {"symbol": "cross-thin", "size": 12, "line": {"color": theme.INK, "width": 2.5}}
    centre = {"x": [0], "y": [0], "marker": cross, "hoverinfo": "skip", "name": "mean"}
    traces.append({"type": "scatter", "mode": "markers", **centre})
    axis = {"range": [-reach, reach], "dtick": 1, "fixedrange": True}
    layout = theme.chart(
        220,
        margin={"l": 30, "r": 10, "t": 6, "b": 28},
        xaxis={**axis, "constrain": "domain"},
        yaxis={**axis, "scaleanchor": "x"},
        shapes=_squares(),
    )
    words = f"{whose}: contours" if whose else "Contours"
    return still(theme.figure(traces, layout), f"{words} at one and two standard deviations.")
