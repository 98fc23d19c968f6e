"""The pictures of batch norm on known distributions: one feature, two features."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.batchnorm.compute import STAGES, Ellipse, contour
from viz.batchnorm.results import Line1D, Plane, PlaneState, State
from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed, short

PER_STAGE = 8
FLAT = 1e-6
GREEK = {"gamma": "γ", "beta": "β"}


def one_feature(result: Line1D, *, phone: bool = False) -> Film:
    """Input above, output below on one scale; lines join equal quantiles."""
    low, high = _span(result)
    tall = 420 if phone else 440
    figure = go.Figure(
        data=[*_input_traces(result, 340 if phone else 910), *_output_traces(result, result.final)],
        layout=theme.chart(
            tall,
            margin={"l": 16, "r": 16, "t": 8, "b": 40},
            xaxis=_axis(low, high, "y", labels=False),
            yaxis=_bare([0.58, 1.0], [0, result.ceiling_before]),
            xaxis2=_axis(*_ruler(result, result.final, low, high), "y2", labels=True),
            yaxis2=_bare([0.0, 0.44], [0, result.ceiling_after]),
            **_words(result, result.final, phone),
        ),
    )
    frames = tuple(_frame(result, state, low, high, phone) for state in result.states)
    return Film(figure, frames, variable=result.variable, start=result.start, table=_table(result))


def _axis(low: float, high: float, anchor: str, *, labels: bool) -> dict[str, Any]:
    return {
        "range": [low, high],
        "anchor": anchor,
        "showgrid": False,
        "showline": True,
        "showticklabels": labels,
        "ticks": "outside" if labels else "",
        "nticks": 9,
        "fixedrange": True,
    }


def _bare(domain: list[float], limits: list[float]) -> dict[str, Any]:
    return {"domain": domain, "range": limits, "visible": False, "fixedrange": True}


def _span(result: Line1D) -> tuple[float, float]:
    """One range for input and output that holds every stage."""
    if result.relabel:
        mean, std = result.before.mean, result.before.std
        return mean + std * result.shape.z[0], mean + std * result.shape.z[-1]
    ends = [
        (state.scale * result.before.mean + state.shift, abs(state.scale) * result.before.std)
        for state in result.stops
    ]
    low = min(mean + std * max(result.shape.z[0], -3.3) for mean, std in ends)
    high = max(mean + std * min(result.shape.z[-1], 3.3) for mean, std in ends)
    pad = 0.03 * (high - low)
    return low - pad, high + pad


def _ruler(result: Line1D, state: State, low: float, high: float) -> tuple[float, float]:
    """The output's axis: the same scale, or the input's picture under a new ruler."""
    if not result.relabel or abs(state.scale) < FLAT:
        return low, high
    return state.scale * low + state.shift, state.scale * high + state.shift


def _curve(result: Line1D, scale: float, shift: float) -> dict[str, Any]:
    """Density line and histogram of the feature under an affine map."""
    spread = max(abs(scale), FLAT) * result.before.std
    mean = scale * result.before.mean + shift
    sign = 1.0 if scale >= 0 else -1.0
    centres = (result.shape.edges[:-1] + result.shape.edges[1:]) / 2
    return {
        "x": np.round(mean + sign * spread * result.shape.z, 4).astype(np.float32),
        "y": np.round(result.shape.density / spread, 5).astype(np.float32),
        "bar_x": np.round(mean + sign * spread * centres, 4).astype(np.float32),
        "bar_y": np.round(result.shape.heights / spread, 5).astype(np.float32),
        "width": float(spread * (result.shape.edges[1] - result.shape.edges[0])),
    }


def _input_traces(result: Line1D, width: int) -> list[dict[str, Any]]:
    low, high = _span(result)
    crowded = result.before.std / (high - low) * width < 30
    curve = _curve(result, 1.0, 0.0)
    traces = _panel("before", curve, theme.BEFORE, ("x", "y"), result.marks_in)
    traces[-1] |= {
        "mode": "markers+text",
        "text": [
            "" if crowded and i != 2 else short(mark, 3) for i, mark in enumerate(result.marks_in)
        ],
        "textposition": "bottom center",
        "textfont": {"size": 14, "color": theme.BEFORE},
    }
    return traces


def _output_traces(result: Line1D, state: State) -> list[dict[str, Any]]:
    curve = _curve(result, state.scale, state.shift)
    marks = state.scale * result.marks_in + state.shift
    return _panel("after", curve, theme.AFTER, ("x2", "y2"), marks)


def _panel(
    name: str, curve: dict[str, Any], color: str, axes: tuple[str, str], marks: np.ndarray
) -> list[dict[str, Any]]:
    place = {"xaxis": axes[0], "yaxis": axes[1], "name": name}
    return [
        {
            "type": "bar",
            **place,
            "x": curve["bar_x"],
            "y": curve["bar_y"],
            "width": curve["width"],
            "marker": {"color": color, "line": {"width": 0}},
            "opacity": 0.28,
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines",
            **place,
            "x": curve["x"],
            "y": curve["y"],
            "line": {"color": color, "width": 3.5},
            "hovertemplate": "%{x:.3f}<br>density %{y:.3f}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            **place,
            "x": marks,
            "y": np.zeros(len(marks)),
            "cliponaxis": False,
            "marker": {"color": color, "size": 11, "line": {"color": theme.BG, "width": 1.5}},
            "hovertemplate": "%{x:.3f}<extra></extra>",
        },
    ]


def _joins(result: Line1D, state: State) -> list[dict[str, Any]]:
    """Lines from each marked input to its output, behind everything."""
    shapes = []
    for mark in result.marks_in:
        landed = float(state.scale * mark + state.shift)
        from_ = landed if result.relabel else float(mark)
        shapes.append(
            {
                "type": "line",
                "xref": "x2",
                "yref": "paper",
                "x0": round(from_, 5),
                "x1": round(landed, 5),
                "y0": 0.505,
                "y1": 0,
                "line": {"color": theme.HAIR, "width": 1.5},
                "layer": "below",
            }
        )
    return shapes


def _frame(result: Line1D, state: State, low: float, high: float, phone: bool) -> Frame:
    curve = _curve(result, state.scale, state.shift)
    marks = state.scale * result.marks_in + state.shift
    changes = (
        {"x": curve["bar_x"], "y": curve["bar_y"], "width": curve["width"]},
        {"x": curve["x"], "y": curve["y"]},
        {"x": marks},
    )
    layout = _words(result, state, phone)
    if result.relabel:
        layout["xaxis2"] = _axis(*_ruler(result, state, low, high), "y2", labels=True)
    return Frame(state.label, caption(result, state), (3, 4, 5), changes, layout)


def _words(result: Line1D, state: State, phone: bool) -> dict[str, Any]:
    """Labels of both panels and the band beta ± gamma once it is reached."""
    size = 15 if phone else 18
    mean, std = state.moments(result.before)
    before = f"before<br>mean {short(result.before.mean)}, SD {short(result.before.std)}"
    name = "after" if state.stage == 4 else STAGES[round(state.stage)]
    name = name.replace("gamma", "γ").replace("beta", "β")
    after = f"{name}<br>mean {fixed(mean)}, SD {fixed(std, 2)}"
    notes = [
        _corner(before, 0.98, theme.BEFORE, size),
        _corner(after, 0.43, theme.AFTER, size),
    ]
    shapes = _joins(result, state)
    if state.stage == 4 and not result.relabel:
        low, high = sorted((state.beta - abs(state.gamma), state.beta + abs(state.gamma)))
        shapes.insert(
            0,
            {
                "type": "rect",
                "xref": "x2",
                "yref": "y2 domain",
                "x0": low,
                "x1": high,
                "y0": 0,
                "y1": 1,
                "fillcolor": theme.PAR_T,
                "line": {"width": 0},
                "layer": "below",
            },
        )
        words = f"β = {short(state.beta)}, γ = {short(state.gamma)}"
        place = {"xref": "x2", "yref": "y2 domain", "yanchor": "top"}
        notes.append(
            graph.note(
                state.beta, 0.7 if phone else 0.98, words, size=size, color=theme.PAR, **place
            )
        )
    return {"annotations": notes, "shapes": shapes}


def _corner(text: str, y: float, color: str, size: int) -> dict[str, Any]:
    more = {"xref": "paper", "yref": "paper", "align": "right", "yanchor": "top"}
    return graph.note(1.0, y, text, size=size, color=color, xanchor="right", **more)


def caption(result: Line1D, state: State) -> str:
    """What has been done to the feature so far, with its numbers."""
    mean, std = state.moments(result.before)
    now = f"mean {{fwd:{fixed(mean)}}} and standard deviation {{fwd:{fixed(std)}}}"
    if state.stage < 4:
        done = (
            f"Raw: mean {fixed(result.before.mean)} and standard deviation "
            f"{fixed(result.before.std)}",
            f"Subtracting the mean {short(result.before.mean)} gives {now}",
            f"Dividing by √(σ² + eps) = {short(result.root)} gives {now}",
            f"Multiplying by γ = {{par:{short(state.gamma)}}} gives {now}",
        )
        at = int(np.ceil(state.stage - 1e-9))
        if abs(state.stage - at) < 1e-9:
            return f"{done[at] if at < 4 else ''}."
        names = ("the mean leaves", "the spread is divided away", "γ stretches", "β shifts")
        return f"On the way: {names[at - 1]}; now {now}."
    point = state.scale * result.point + state.shift
    return (
        f"Values with mean {short(result.before.mean)} and standard deviation "
        f"{short(result.before.std)} become mean {{par:{short(state.beta)}}} and standard "
        f"deviation {{fwd:{_digits(std)}}}. Skewness {fixed(result.skewness(state))} keeps its "
        f"size. A point at {short(result.point)} lands at {{fwd:{short(point)}}}."
    )


def _digits(std: float) -> str:
    return short(std, 6)


def _table(result: Line1D) -> dict[str, Sequence[Any]]:
    final = result.final
    return {
        "x": [float(v) for v in result.marks_in],
        "y": [float(final.scale * v + final.shift) for v in result.marks_in],
    }


def two_features(result: Plane, *, phone: bool = False) -> Film:
    """Contours before and after on equal scales, with the guide squares at 1 and 2."""
    tall = 560 if phone else 440
    final = result.final
    figure = go.Figure(
        data=[
            *_cloud("before", result.sample, result.first, theme.BEFORE),
            *_cloud("after", result.moved(final), final, theme.AFTER),
            _whitened(result),
        ],
        layout=theme.chart(
            tall,
            margin={"l": 44, "r": 8 if phone else 290, "t": 14, "b": 170 if phone else 46},
            xaxis={**_equal(result.limits[0], "feature 1"), "constrain": "range"},
            yaxis={**_equal(result.limits[1], ""), "scaleanchor": "x", "constrain": "domain"},
            **_facts(result, final, phone),
        ),
    )
    frames = tuple(_plane_frame(result, state, phone) for state in result.states)
    return Film(figure, frames, variable=result.variable, start=result.start)


def _equal(limits: tuple[float, float], title: str) -> dict[str, Any]:
    return {
        "range": list(limits),
        "title": {"text": title},
        "dtick": 1 if limits[1] - limits[0] < 12 else 2,
        "fixedrange": True,
    }


def _cloud(name: str, points: np.ndarray, state: PlaneState, color: str) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "marker": {"color": color, "size": 4, "opacity": 0.28},
            "hoverinfo": "skip",
            **_xy(points),
        }
    ]
    for k, width, dash in ((1, 3.0, "solid"), (2, 2.0, "dash")):
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{name}, {k} SD",
                "line": {"color": color, "width": width, "dash": dash},
                "hovertemplate": f"{name}, {k} SD<extra></extra>",
                **_xy(state.contour(k)),
            }
        )
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"{name}, mean",
            "x": [float(state.mean[0])],
            "y": [float(state.mean[1])],
            "marker": {"symbol": "cross-thin", "size": 15, "line": {"color": color, "width": 3}},
            "hovertemplate": "mean (%{x:.2f}, %{y:.2f})<extra></extra>",
        }
    )
    return traces


def _xy(points: np.ndarray) -> dict[str, Any]:
    rounded = np.round(points, 3).astype(np.float32)
    return {"x": rounded[:, 0], "y": rounded[:, 1]}


def _whitened(result: Plane) -> dict[str, Any]:
    """The 1-SD outline of whitened data, as a closed formula would give it; empty if not asked."""
    points = result.whitened
    xy = _xy(points) if points is not None else {"x": [], "y": []}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": result.compare,
        "line": {"color": theme.TRU, "width": 2.5, "dash": "dot"},
        "hovertemplate": f"{result.compare} whitening, 1 SD<extra></extra>",
        **xy,
    }


def _plane_frame(result: Plane, state: PlaneState, phone: bool) -> Frame:
    before: tuple[dict[str, Any], ...] = ()
    traces: tuple[int, ...] = (4, 5, 6, 7)
    changes = _plane_changes(result.moved(state), state)
    if result.play == "rho":
        origin = state.origin
        before = _plane_changes(state.raw_points, origin)
        traces = (0, 1, 2, 3, 4, 5, 6, 7)
    layout = _facts(result, state, phone)
    return Frame(state.label, plane_caption(result, state), traces, (*before, *changes), layout)


def _plane_changes(points: np.ndarray, state: PlaneState) -> tuple[dict[str, Any], ...]:
    centre = {"x": [float(state.mean[0])], "y": [float(state.mean[1])]}
    return (_xy(points), _xy(state.contour(1)), _xy(state.contour(2)), centre)


def _facts(result: Plane, state: PlaneState, phone: bool) -> dict[str, Any]:
    """The numbers beside the picture, and the guide squares of a finished pass."""
    size = 15 if phone else 17
    x, left = (0.0, "left") if phone else (1.03, "left")
    rows = [
        ("before", result.origin_of(state), theme.BEFORE),
        ("after" if state.stage == 4 else "on the way", state, theme.AFTER),
    ]
    notes = []
    for i, (name, facts, color) in enumerate(rows):
        text = f"<b>{name}</b><br>{_ellipse_words(facts, phone)}"
        at = (x + (0.52 * i if phone else 0), -0.2 if phone else 0.98 - 0.34 * i)
        more: dict[str, Any] = {"xref": "paper", "yref": "paper", "align": "left"}
        more["yanchor"] = "top"
        notes.append(graph.note(*at, text, size=size, color=color, xanchor=left, **more))
    if result.compare and not phone:
        words = f"<b>{result.compare} whitening</b><br>a circle: the correlation is gone"
        more = {"xref": "paper", "yref": "paper", "align": "left", "yanchor": "top"}
        notes.append(graph.note(x, 0.30, words, size=size, color=theme.TRU, xanchor="left", **more))
    return {"annotations": notes, "shapes": _squares() if state.stage == 4 else []}


def _ellipse_words(state: PlaneState, phone: bool) -> str:
    axes: Ellipse = state.ellipse
    tilt = "circle" if axes.tilt is None else f"tilt {fixed(axes.tilt, 1)}°"
    comma = "<br>" if phone else ", "
    return (
        f"SD {fixed(state.std[0])} and {fixed(state.std[1])}<br>"
        f"correlation {fixed(state.rho, 2)}<br>"
        f"axes {fixed(axes.a)} and {fixed(axes.b)}{comma}{tilt}"
    )


def _squares() -> list[dict[str, Any]]:
    line = {"color": theme.AFTER, "width": 1.3, "dash": "dot"}
    return [
        {"type": "rect", "x0": -k, "x1": k, "y0": -k, "y1": k, "line": line, "layer": "below"}
        for k in (1, 2)
    ]


def plane_caption(result: Plane, state: PlaneState) -> str:
    """What two features look like at this stage."""
    rho = fixed(state.rho, 2)
    if state.stage < 4:
        x, y = (fixed(v) for v in state.mean)
        names = ("raw", "centred", "divided by the standard deviations", "multiplied by γ")
        at = min(round(state.stage), 3)
        return (
            f"{names[at].capitalize()}: mean ({x}, {y}), standard deviations "
            f"{{fwd:{fixed(state.std[0])}}} and {{fwd:{fixed(state.std[1])}}}; "
            f"the correlation is {rho} all the way."
        )
    tilt = state.ellipse.tilt
    if tilt is None:
        words = "the contours are circles, because the correlation is 0"
    else:
        words = f"the contours are ellipses at {{fwd:{fixed(tilt, 0)}°}}: no whitening"
    was = result.origin_of(state).ellipse.tilt
    from_ = "" if was is None or tilt is None else f" (the input's tilt was {fixed(was, 1)}°)"
    return (
        f"Each feature has mean {{fwd:0}} and standard deviation {{fwd:1}}; correlation "
        f"{rho} is unchanged, so {words}{from_}."
    )


def contour_choice(cov: np.ndarray) -> Film:
    """A small drawing of mean, 1-SD and 2-SD contours at the origin, for a question."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "line": {"color": theme.INK, "width": width, "dash": dash},
            "hoverinfo": "skip",
            **_xy(contour((0.0, 0.0), cov, k, points=91)),
        }
        for k, width, dash in ((1, 3, "solid"), (2, 2, "dash"))
    ]
    reach = 2.15 * max(1.0, float(np.sqrt(np.diag(cov)).max()))
    layout = theme.chart(
        260,
        margin={"l": 30, "r": 10, "t": 10, "b": 30},
        xaxis={"range": [-reach, reach], "constrain": "domain", "dtick": 1, "fixedrange": True},
        yaxis={"range": [-reach, reach], "scaleanchor": "x", "dtick": 1, "fixedrange": True},
        shapes=_squares(),
    )
    return still(go.Figure(traces, layout), "Contours at one and two standard deviations.")
