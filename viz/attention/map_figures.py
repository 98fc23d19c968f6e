"""A plane of queries: cells with straight walls, where a slope is felt, and the way to a wall."""

from typing import Any

import numpy as np
import numpy.typing as npt

from viz.attention import wording
from viz.attention.compute import FloatArray
from viz.attention.map_words import caption, map_notes, map_table
from viz.attention.plane_panel import EVEN
from viz.attention.results import Map, State
from viz.draw import graph, theme
from viz.draw.film import Film, Frame

LEAST, MOST = -2.0, 1.0
CIRCLE = np.linspace(0, 2 * np.pi, 73)


def winner_map(result: Map, *, phone: bool = False) -> Film:
    """Who wins where; the ground shows what softmax leaves of a slope, or of a winner."""
    states = result.lookup.states
    start = result.lookup.start
    changes = [_changes(result, number) for number in range(len(states))]
    traces = [*_map_traces(result), *_walk_traces(result)]
    moving = tuple(i for i, trace in enumerate(traces) if trace.get("name") in MOVING)
    data = list(traces)
    for place, change in zip(moving, changes[start], strict=True):
        data[place] = data[place] | change
    figure = theme.figure(data=data, layout=_layout(result, phone))
    frames = tuple(
        Frame(wording.temperature(state.temperature), caption(result, state), moving, change)
        for state, change in zip(states, changes, strict=True)
    )
    return Film(figure, frames, variable="temperature", start=start, table=map_table(result))


MOVING = ("ground", "gradient", "softmax walk", "softmax here")


def _changes(result: Map, number: int) -> tuple[dict[str, Any], ...]:
    """What one temperature changes: ground, gradient arrow, walk, dot."""
    state = result.lookup.states[number]
    walked = result.walked[number] if len(result.ways) else np.zeros(0)
    dot = {"x": [0.0], "y": [round(float(walked[0]), 4)]} if len(walked) else {"x": [], "y": []}
    return (
        {"z": _ground(result, number, state)},
        _arrow(result, -result.gradients[number]),
        {"y": [round(float(share), 4) for share in walked]},
        dot,
    )


def _ground(result: Map, number: int, state: State) -> npt.NDArray[np.int8]:
    """The painted quantity in hundredths, as bytes: the ground of 63 frames must stay small."""
    size = result.landscape.slope.shape[1]
    count = result.lookup.inputs.num_keys
    inner = 0 < state.temperature < np.inf
    share: FloatArray
    if result.paint == "weight":
        heaviest = result.landscape.largest_weight[number - 1] if inner else None
        plain = np.full((size, size), 1.0 if state.temperature == 0 else 1 / count)
        share = (plain if heaviest is None else heaviest) - 1 / count
        share = share / max(1 - 1 / count, 1e-9)
    else:
        slope = result.landscape.slope[number - 1] if inner else np.zeros((size, size))
        share = (np.log10(np.maximum(slope, 1e-9)) - LEAST) / (MOST - LEAST)
    return np.round(100 * np.clip(share, 0, 1)).astype(np.int8)


def _arrow(result: Map, gradient: FloatArray) -> dict[str, Any]:
    """The way down g · output, in the plane; longer by the same amount for every power of ten."""
    across = np.array([gradient @ result.plane.across, gradient @ result.plane.up])
    size = float(np.hypot(*across))
    share = (np.log10(max(size, 1e-9)) - LEAST) / (MOST - LEAST)
    if share <= 0:
        return {"x": [], "y": []}
    start = result.plane.place(result.lookup.inputs.query)
    reach = 0.45 * result.window.right * min(share, 1.0)
    tip = start + across / size * max(reach, 0.07 * result.window.right)
    x, y = np.round([start, tip], 3).T
    return {"x": x.tolist(), "y": y.tolist()}


def _map_traces(result: Map) -> list[dict[str, Any]]:
    x, y = result.window.grid(result.landscape.slope.shape[1])
    role, top = (theme.FWD, 200) if result.paint == "weight" else (theme.BWD, 130)
    plain: dict[str, Any] = {"type": "scatter", "hoverinfo": "skip"}
    ground: dict[str, Any] = {
        "type": "heatmap",
        "name": "ground",
        "x": np.round(x, EVEN),
        "y": np.round(y, EVEN),
    }
    ground |= {"zmin": 0, "zmax": top, "zsmooth": "fast", "showscale": False, "hoverinfo": "skip"}
    ground |= {"colorscale": [[0.0, theme.MUT_T], [1.0, role]]}
    arrow = graph.arrows([], color=theme.BWD, width=3.5)
    arrow |= {"name": "gradient", "cliponaxis": True}
    arrow["marker"] |= {"size": [0, 15]}
    query: dict[str, Any] = {
        **plain,
        "name": "query",
        "mode": "markers+text",
        **_xy([_here(result)]),
    }
    low = _here(result)[1] < -0.8 * result.window.right
    query |= {
        "text": [theme.math("<i>q</i>")],
        "textposition": f"{'top' if low else 'bottom'} center",
    }
    query |= {"textfont": {"size": 21}, "marker": {"size": 14, "color": theme.FWD}}
    query["marker"] |= {"line": {"color": theme.INK, "width": 2}}
    walls = {**plain, "name": "walls", "mode": "lines", **_walls(result)}
    walls |= {"line": {"color": theme.INK, "width": 2}}
    return [ground, _disc(result), walls, _way(result), _names(result), arrow, query]


def _disc(result: Map) -> dict[str, Any]:
    """Every query in it has the same winner: the spotlight."""
    x, y = _here(result)
    radius = result.lookup.flips.distance
    radius = min(radius, 3 * result.window.right) if np.isfinite(radius) else 0.0
    place = {
        "x": np.round(x + radius * np.cos(CIRCLE), 3),
        "y": np.round(y + radius * np.sin(CIRCLE), 3),
    }
    line = {"color": theme.INK, "width": 1.5, "dash": "dot"}
    fill = {"fill": "toself", "fillcolor": theme.SPOT, "opacity": 0.8, "line": line}
    return {
        "type": "scatter",
        "name": "safe",
        "mode": "lines",
        "hoverinfo": "skip",
        **place,
        **fill,
    }


def _way(result: Map) -> dict[str, Any]:
    """The shortest way to the nearest wall, as its shadow on the plane."""
    ends = [_here(result), tuple(result.plane.place(result.lookup.flips.point))]
    plain: dict[str, Any] = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    return {**plain, "name": "way", "line": {"color": theme.INK, "width": 2}} | _xy(ends)


def _walls(result: Map) -> dict[str, Any]:
    x, y = list[float | None](), list[float | None]()
    for cell in result.cells:
        closed = np.vstack([cell.polygon, cell.polygon[:1]])
        x += [*(round(float(v), 3) for v in closed[:, 0]), None]
        y += [*(round(float(v), 3) for v in closed[:, 1]), None]
    return {"x": x, "y": y}


def _names(result: Map) -> dict[str, Any]:
    """Names inside the cells; without the verb where there is little room."""
    half = result.window.right
    notes = [
        graph.note(
            *cell.anchor,
            wording.name("k", cell.key) + (" wins" if cell.room > 0.15 * half else ""),
            size=18,
        )
        for cell in result.cells
        if cell.room > 0.06 * half
    ]
    return graph.written("winners", notes, digits=3, halo=True)


def _xy(places: Any) -> dict[str, list[float]]:
    return {
        "x": [round(float(place[0]), 3) for place in places],
        "y": [round(float(place[1]), 3) for place in places],
    }


def _here(result: Map) -> tuple[float, float]:
    x, y = result.plane.place(result.lookup.inputs.query)
    return float(x), float(y)


def _layout(result: Map, phone: bool) -> dict[str, Any]:
    height = 690 if phone else 424
    first = (
        {"x": [0.1, 0.99], "y": [0.46, 0.985]} if phone else {"x": [0.05, 0.5], "y": [0.15, 0.985]}
    )
    second = (
        {"x": [0.1, 0.96], "y": [0.085, 0.3]} if phone else {"x": [0.6, 0.985], "y": [0.15, 0.8]}
    )
    small = 13 if phone else 15
    ticks = {"tickfont": {"size": small, "color": theme.MUTED}}
    half = result.window.right
    level = {"range": [-half, half], "showgrid": False, "nticks": 6, **ticks}
    reach = float(result.ways[-1]) if len(result.ways) else 1.0
    walk = {"range": [0, reach], "nticks": 5, "showgrid": False, "showline": True, **ticks}
    return theme.chart(
        height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis=level | {"domain": first["x"], "constrain": "domain"},
        yaxis=level
        | {"domain": first["y"], "scaleanchor": "x", "constrain": "domain"}
        | {"tickvals": _inner_ticks(half)},
        xaxis2=walk | {"domain": second["x"], "anchor": "y2"},
        yaxis2={
            "domain": second["y"],
            "anchor": "x2",
            "range": [-0.02, 1.05],
            "nticks": 3,
            **ticks,
        },
        shapes=_wall_line(result),
        annotations=map_notes(result, phone),
    )


def _inner_ticks(half: float) -> list[float]:
    """Round numbers, none at the axis' upper end, where its letter stands."""
    decade = 10.0 ** np.floor(np.log10(half / 3))
    step = next(m * decade for m in (1, 2, 5, 10) if m * decade >= half / 3 - 1e-9)
    count = int(0.95 * half / step)
    return [round(float(step) * k, 6) for k in range(-count, count + 1)]


def _walk_traces(result: Map) -> list[dict[str, Any]]:
    """Staircase, ramp, and the dot where the query stands."""
    plain: dict[str, Any] = {"type": "scatter", "xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip"}
    ways = [round(float(way), 4) for way in result.ways]
    hard = result.walked[-1].tolist() if len(ways) else []
    stairs = {**plain, "name": "argmax walk", "mode": "lines", "x": ways, "y": hard}
    stairs |= {"line": {"color": theme.MUTED, "width": 3, "dash": "dash"}}
    soft: dict[str, Any] = {
        **plain,
        "name": "softmax walk",
        "mode": "lines",
        "x": ways,
        "hoverinfo": None,
    }
    soft |= {"line": {"color": theme.FWD, "width": 4}}
    soft |= {"hovertemplate": "after %{x:.3f}: weight %{y:.3f}<extra></extra>"}
    dot = {**plain, "name": "softmax here", "mode": "markers", "cliponaxis": False}
    dot |= {"marker": {"size": 14, "color": theme.FWD, "line": {"color": theme.INK, "width": 2}}}
    return [stairs, soft, dot]


def _wall_line(result: Map) -> list[dict[str, Any]]:
    """The wall as a vertical line."""
    if not len(result.ways):
        return []
    at = result.lookup.flips.distance
    line = {"color": theme.INK, "width": 2}
    ends = {"x0": at, "x1": at, "y0": 0, "y1": 1, "xref": "x2", "yref": "y2"}
    return [{"type": "line", **ends, "line": line, "layer": "below"}]
