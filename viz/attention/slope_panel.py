"""The small slope curve beside the table of keys."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.results import Lookup, State
from viz.attention.rows import Columns
from viz.draw import theme
from viz.draw.numbers import ceiling

PLACE: dict[str, Any] = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip"}


def ends_of(result: Lookup) -> tuple[float, float]:
    """Where the axis writes ∞ and 0: a little beyond the curve."""
    temperatures = result.curve[0]
    return 2.25 * float(temperatures[-1]), float(temperatures[0]) / 3


def slope_traces(result: Lookup, state: State, phone: bool) -> list[dict[str, Any]]:
    """Spotlight, curve, limits, the dot and its number."""
    at, said = slope_changes(result, state)
    dot = {**PLACE, "mode": "markers", "cliponaxis": False, **at}
    text: dict[str, Any] = {**PLACE, "mode": "text", "name": "slope now", "cliponaxis": False}
    text |= {"x": [ends_of(result)[1]], "y": [slope_ceiling(result)], "textposition": "bottom left"}
    text |= {"textfont": {"size": 15 if phone else 17, "color": theme.BWD}}
    return [
        dot | {"name": "look here", "marker": {"size": 28, "color": theme.SPOT}},
        _curve(result),
        _dotted_ends(result),
        dot | {"name": "now", "marker": {"size": 12, "color": theme.BWD}},
        text | said,
    ]


def _curve(result: Lookup) -> dict[str, Any]:
    temperatures, slopes = result.curve
    curve: dict[str, Any] = {**PLACE, "name": "slope", "mode": "lines", "hoverinfo": None}
    curve |= {"x": [float(f"{t:.4g}") for t in temperatures]}
    curve |= {"y": [float(f"{s:.4g}") for s in slopes], "line": {"color": theme.BWD, "width": 4}}
    return curve | {"hovertemplate": "τ = %{x:.3g}: slope %{y:.3g}<extra></extra>"}


def _dotted_ends(result: Lookup) -> dict[str, Any]:
    ends: dict[str, Any] = {**PLACE, "name": "limits", "mode": "lines+markers", "cliponaxis": False}
    ends |= _limits(result) | {"line": {"color": theme.BWD, "width": 2, "dash": "dot"}}
    marker = {"color": theme.BG, "opacity": 1, "size": [9, 0, 0, 0, 9]}
    return ends | {"marker": marker | {"line": {"color": theme.BWD, "width": 2}}}


def _limits(result: Lookup) -> dict[str, Any]:
    """Dotted ways from the curve to its two limits, of which a jump leaves only the hot one."""
    infinite, zero = ends_of(result)
    (coldest, *_, hottest), (cold, *_, hot) = result.curve
    x = [infinite, float(hottest), None, float(coldest), zero]
    y = [0.0, float(f"{hot:.4g}"), None, float(f"{cold:.4g}"), 0.0]
    return {"x": x, "y": y} if result.settles else {"x": x[:2], "y": y[:2]}


def slope_changes(result: Lookup, state: State) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where the dot stands, and what is written beside the title."""
    infinite, zero = ends_of(result)
    where = float(np.clip(state.temperature, zero, infinite))
    here = wording.temperature(state.temperature)
    if state.slope is None:
        return {"x": [], "y": []}, {"text": [f"{here}: no derivative"]}
    at = {"x": [float(f"{where:.4g}")], "y": [float(f"{state.slope:.4g}")]}
    return at, {"text": [f"{here}: <b>{wording.size(state.slope)}</b>"]}


def slope_ceiling(result: Lookup) -> float:
    """Top of the slope axis, with a line's room for the number."""
    return ceiling(1.3 * max(float(result.curve[1].max()), 1e-3))


def slope_notes(columns: Columns, across: list[float], upward: list[float]) -> list[dict[str, Any]]:
    paper = {"xref": "paper", "yref": "paper", "showarrow": False}
    title = "slope " + theme.math("‖∂output/∂<i>q</i>‖")
    start = across[0] - (0.02 if columns.width < 500 else 0.045)
    ink = {"size": columns.small + 1, "color": theme.INK}
    muted = {"size": columns.small, "color": theme.MUTED}
    low = upward[0] - (46 if columns.width < 500 else 57) / columns.height
    return [
        {**paper, "x": start, "y": upward[1] + 14 / columns.height, "text": title, "font": ink}
        | {"xanchor": "left", "yanchor": "bottom"},
        {**paper, "x": across[0], "y": low, "text": "mean", "font": muted, "xanchor": "left"},
        {**paper, "x": across[1], "y": low, "text": "argmax", "font": muted, "xanchor": "right"},
        {**paper, "x": sum(across) / 2, "y": low, "text": "temperature τ", "font": muted}
        | {"xanchor": "center"},
    ]
