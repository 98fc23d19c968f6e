"""The slope of the output against temperature, and the Jacobian it is the size of."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.compute import FloatArray
from viz.attention.results import Lookup, State
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, power, short

FLOOR, CEILING = -10.0, 3.0
PRINTED = 5
DARKEST = 0.6


def ends_of(result: Lookup) -> tuple[float, float]:
    """Where the axis writes ∞ and 0: beyond the curve, with room for the laws of its two ends."""
    temperatures = result.curve[0]
    return 18.75 * float(temperatures[-1]), 0.3 * float(temperatures[0])


def slope_film(result: Lookup, *, phone: bool = False) -> Film:
    """Slope by temperature on log scales between its two closed ends; the Jacobian beside it."""
    top = _largest(result)
    traces = [*_curve_traces(result), *_matrix_traces(result, top, phone)]
    changes = [_changes(result, state, top) for state in result.states]
    moving = tuple(i for i, trace in enumerate(traces) if trace["name"] in MOVING)
    for place, change in zip(moving, changes[result.start], strict=True):
        traces[place] = traces[place] | change
    figure = theme.figure(data=traces, layout=_layout(result, phone))
    frames = tuple(
        Frame(wording.temperature(state.temperature), caption(result, state), moving, change)
        for state, change in zip(result.states, changes, strict=True)
    )
    table = {
        "temperature": [float(t) for t in result.curve[0]],
        "slope": [float(s) for s in result.curve[1]],
    }
    return Film(figure, frames, variable="temperature", start=result.start, table=table)


MOVING = ("look here", "now", "Jacobian", "entries", "readout")


def caption(result: Lookup, state: State) -> str:
    """How large the slope is here, and where it is largest."""
    here = wording.temperature(state.temperature)
    if state.slope is None:
        return f"{here}: {wording.tie(result.hard)}"
    said = f"At {here} the slope ‖∂output/∂q‖ is {{bwd:{wording.size(state.slope)}}}. "
    if result.limits.top is None:
        if result.limits.torn:
            return f"{said}Tied keys: it grows without end as τ falls."
        return f"{said}No small move of the query changes the output."
    temperature, size = result.limits.top
    said += f"It is largest, {wording.size(size)}, at τ = {short(temperature, 3)}"
    return f"{said} and dies on both sides: averaged when hot, decided when cold."


def _largest(result: Lookup) -> float:
    sizes = [float(np.abs(s.jacobian).max()) for s in result.states if s.jacobian is not None]
    return max([1e-12, *sizes])


def _floored(slopes: FloatArray) -> list[float | None]:
    """Slopes for a log axis; what lies below the floor is a gap."""
    return [float(f"{s:.4g}") if s > 10.0 ** (FLOOR - 1) else None for s in slopes]


def _curve_traces(result: Lookup) -> list[dict[str, Any]]:
    temperatures, slopes = result.curve
    plain: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    x = [float(f"{t:.4g}") for t in temperatures]
    dotted = {"color": theme.TRU, "width": 2.5, "dash": "dot"}
    law = {**plain, "line": dotted}
    curve = {**plain, "name": "slope", "x": x, "y": _floored(slopes), "hoverinfo": None}
    curve |= {"line": {"color": theme.BWD, "width": 4}}
    curve |= {"hovertemplate": "τ = %{x:.3g}: slope %{y:.3g}<extra></extra>"}
    here = {**plain, "mode": "markers", "cliponaxis": False}
    return [
        here | {"name": "look here", "marker": {"size": 28, "color": theme.SPOT}},
        curve,
        law | {"name": "hot end", **_hot(result)},
        law | {"name": "cold end", **_cold(result)},
        _top(result),
        here | {"name": "now", "marker": {"size": 12, "color": theme.BWD}},
    ]


def _peak(result: Lookup) -> float:
    """Each law is drawn on its own side of the top, where it holds."""
    return result.limits.top[0] if result.limits.top is not None else 3.0


def _hot(result: Lookup) -> dict[str, Any]:
    tau = np.geomspace(2 * _peak(result), ends_of(result)[0], 12)
    return {"x": tau.round(3).tolist(), "y": _floored(result.limits.hot / tau)}


def _cold(result: Lookup) -> dict[str, Any]:
    """The law of the cold end, none where tied keys keep the slope from dying."""
    ends = result.limits
    if ends.torn:
        return {"x": [], "y": []}
    tau = np.geomspace(1.25 * result.curve[0][0], 0.6 * _peak(result), 100)
    decay = np.exp(-(ends.gap or 0.0) / tau) * ends.cold / tau
    return {"x": [float(f"{t:.4g}") for t in tau], "y": _floored(decay)}


def _top(result: Lookup) -> dict[str, Any]:
    """The largest slope, marked on the curve."""
    top, words = result.limits.top, "largest"
    place = {"x": [], "y": []} if top is None else {"x": [top[0]], "y": [top[1]]}
    mark = {"size": 11, "color": theme.BG, "line": {"color": theme.BWD, "width": 2.5}}
    plain: dict[str, Any] = {"type": "scatter", "mode": "markers+text", "hoverinfo": "skip"}
    font = {"size": 15, "color": theme.BWD}
    return {**plain, **place, "name": "top", "marker": mark, "text": [words] * len(place["x"])} | {
        "textposition": "top center",
        "textfont": font,
    }


def _matrix_traces(result: Lookup, top: float, phone: bool) -> list[dict[str, Any]]:
    rows, columns = result.inputs.values.shape[1], len(result.inputs.query)
    heat: dict[str, Any] = {"type": "heatmap", "name": "Jacobian", "xaxis": "x2", "yaxis": "y2"}
    heat |= {"zmin": -top / DARKEST, "zmax": top / DARKEST, "colorscale": theme.signed(theme.BWD)}
    heat |= {"showscale": False, "xgap": 3, "ygap": 3, "hoverinfo": "skip"}
    heat |= {"x": list(range(1, columns + 1)), "y": list(range(1, rows + 1))}
    across, down = np.meshgrid(np.arange(1, columns + 1), np.arange(1, rows + 1))
    place = {"x": across.ravel().tolist(), "y": down.ravel().tolist()}
    text: dict[str, Any] = {
        "type": "scatter",
        "mode": "text",
        "name": "entries",
        "xaxis": "x2",
        "yaxis": "y2",
    }
    text |= place | {"hoverinfo": "skip", "cliponaxis": False}
    readout: dict[str, Any] = {
        "type": "scatter",
        "mode": "text",
        "name": "readout",
        "xaxis": "x",
        "yaxis": "y",
    }
    readout |= {"y": [10 ** (CEILING - 0.2)], **_free_corner(result)}
    readout |= {"textfont": {"size": 15 if phone else 18, "color": theme.BWD}, "hoverinfo": "skip"}
    return [heat, text, readout]


def _free_corner(result: Lookup) -> dict[str, Any]:
    """The upper corner that the curve leaves free; tied keys drive its cold end up."""
    temperatures, slopes = result.curve
    infinite, zero = ends_of(result)
    if slopes[temperatures < 1].max() < 10 ** (CEILING - 1.5):
        return {"x": [zero], "textposition": "bottom left"}
    return {"x": [infinite], "textposition": "bottom right"}


def _changes(result: Lookup, state: State, top: float) -> tuple[dict[str, Any], ...]:
    here = wording.temperature(state.temperature)
    if state.slope is None or state.jacobian is None:
        shape = (result.inputs.values.shape[1], len(result.inputs.query))
        blank = {"text": [""] * (shape[0] * shape[1])}
        none: dict[str, Any] = {"x": [], "y": []}
        return none, none, {"z": np.zeros(shape).tolist()}, blank, {"text": [f"{here}: none"]}
    infinite, zero = ends_of(result)
    where = float(np.clip(state.temperature, zero, infinite))
    height = max(state.slope, 10.0**FLOOR)
    at = {"x": [float(f"{where:.4g}")], "y": [float(f"{height:.4g}")]}
    symbol = "circle" if state.slope >= 10.0**FLOOR else "triangle-down"
    dot = at | {"marker": {"size": 13, "color": theme.BWD, "symbol": symbol}}
    flat = state.jacobian.ravel()
    small = state.jacobian.shape[0] <= PRINTED and state.jacobian.shape[1] <= PRINTED
    colors = [theme.ink_on(DARKEST * abs(v) / top, _role(v), theme.BG) for v in flat]
    font = {"size": 16, "color": colors}
    said = [_entry(float(v)) for v in flat] if small else [""] * len(flat)
    z = [[float(f"{v:.4g}") for v in row] for row in state.jacobian]
    number = {"text": [f"{here}: <b>{wording.size(state.slope)}</b>"]}
    return at, dot, {"z": z}, {"text": said, "textfont": font}, number


def _role(value: float) -> str:
    return theme.BWD if value >= 0 else theme.MUTED


def _entry(value: float) -> str:
    if abs(value) >= 5e-4 or value == 0:
        return fixed(value, 3)
    return power(value, 1)


def _layout(result: Lookup, phone: bool) -> dict[str, Any]:
    small = 13 if phone else 15
    ticks = {"tickfont": {"size": small, "color": theme.MUTED}}
    boxes = [[0.13, 0.97], [0.52, 0.9]] if phone else [[0.075, 0.585], [0.15, 0.87]]
    others = [[0.15, 0.97], [0.03, 0.32]] if phone else [[0.68, 0.985], [0.17, 0.8]]
    rows, columns = result.inputs.values.shape[1], len(result.inputs.query)
    infinite, zero = ends_of(result)
    powers = [-10, -8, -6, -4, -2, 0, 2]
    x: dict[str, Any] = {
        "type": "log",
        "range": [np.log10(infinite) + 0.15, np.log10(zero) - 0.1],
    }
    x |= {"tickvals": [infinite, 100, 10, 1, 0.1, zero], "domain": boxes[0], "showgrid": False}
    y = {"type": "log", "range": [FLOOR - 0.3, CEILING], "domain": boxes[1]}
    y |= {"tickvals": [10.0**p for p in powers], "ticktext": [power(10.0**p, 1) for p in powers]}
    cells: dict[str, Any] = {"side": "top", "domain": others[0], "anchor": "y2", "showgrid": False}
    cells |= {"range": [0.5, columns + 0.5], "ticks": ""}
    downward: dict[str, Any] = {
        "domain": others[1],
        "anchor": "x2",
        "range": [rows + 0.5, 0.5],
        "showgrid": False,
    }
    downward["ticks"] = ""
    return theme.chart(
        640 if phone else 424,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={**x, **ticks, "ticktext": ["∞", "100", "10", "1", "0.1", "0"], "showline": True},
        yaxis={**y, **ticks},
        xaxis2={**cells, **_labels("q", columns), **ticks},
        yaxis2={**downward, **_labels("out", rows), **ticks},
        annotations=_notes(result, phone),
    )


def _labels(letter: str, count: int) -> dict[str, Any]:
    """Names of entries, at most nine of them."""
    step = max(1, -(-count // 9))
    shown = list(range(1, count + 1, step))
    texts = [theme.math(f"<i>{letter}</i><sub>{i}</sub>") for i in shown]
    return {"tickvals": shown, "ticktext": texts}


def _notes(result: Lookup, phone: bool) -> list[dict[str, Any]]:
    small = 13 if phone else 15
    chart = {"xref": "x domain", "yref": "y domain"}
    matrix = {"xref": "x2 domain", "yref": "y2 domain"}
    ends = result.limits
    title = "slope " + theme.math("‖∂output/∂<i>q</i>‖")
    notes = [
        graph.note(0, 1.04, title, size=small + 1, **chart, xanchor="left", yanchor="bottom"),
        _muted(0, "mean: slope 0", "left", phone),
        _muted(1, f"argmax: {'no slope' if result.hard.jumps else 'slope 0'}", "right", phone),
        _muted(0.5, "temperature τ", "center", phone),
    ]
    matrix_title = "Jacobian " + theme.math("∂output/∂<i>q</i>")
    gap = 1.2 if phone else 1.13
    notes.append(
        graph.note(0, gap, matrix_title, size=small + 1, **matrix, xanchor="left", yanchor="bottom")
    )
    law = {"color": theme.TRU, "size": small + 1}
    if ends.hot > 0:
        place = {"x": np.log10(500), "y": np.log10(max(ends.hot, 1e-9) / 500) - 0.9}
        notes.append(_law(f"{short(ends.hot, 3)} / τ", place, law, "left"))
    place, text = {"x": 0.0, "y": -4.5}, ""
    if ends.gap is not None and ends.cold > 0 and not ends.torn:
        half = ends.gap / 11
        place["x"] = float(np.clip(np.log10(half), -1.25, 0.9)) + 0.08
        text = f"{short(ends.cold, 3)} e<sup>−{short(ends.gap, 3)}/τ</sup> / τ"
    return [*notes, _law(text, place, law, "right")]


def _law(text: str, place: dict[str, float], font: dict[str, Any], side: str) -> dict[str, Any]:
    plain: dict[str, Any] = {"showarrow": False, "xref": "x", "yref": "y", "xanchor": side}
    return {**plain, **place, "text": text, "font": font}


def _muted(x: float, text: str, side: str, phone: bool) -> dict[str, Any]:
    low = -0.17 if phone else -0.13
    where = {"xref": "x domain", "yref": "y domain"}
    size = 13 if phone else 15
    return graph.note(x, low, text, size=size, color=theme.MUTED, xanchor=side, **where)
