"""The walk from a query to its nearest wall: a ramp for softmax, a staircase for argmax."""

from typing import Any

from viz.attention.results import Map
from viz.draw import theme


def walk_traces(result: Map) -> list[dict[str, Any]]:
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


def wall_line(result: Map) -> list[dict[str, Any]]:
    """The wall as a vertical line."""
    if not len(result.ways):
        return []
    at = result.lookup.flips.distance
    line = {"color": theme.INK, "width": 2}
    ends = {"x0": at, "x1": at, "y0": 0, "y1": 1, "xref": "x2", "yref": "y2"}
    return [{"type": "line", **ends, "line": line, "layer": "below"}]
