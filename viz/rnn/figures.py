"""The unrolled graph: values go right, derivatives come back, the uses of w add up."""

import re
from typing import Any

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, figure_at, still
from viz.draw.graph import Point
from viz.rnn import layout, nodes
from viz.rnn.captions import caption, label, phases
from viz.rnn.labels import Labels, banner, graph_labels, symbol
from viz.rnn.layout import NODE, Paths, Place
from viz.rnn.results import Graph

ASIDE_TEXT = 12.0
MATH = {"family": theme.MATH}
BAND = 40
# The width of a sign of the sum, in its font size, on average.
SIGN = 0.475
CHANGING = (
    *("spotlight", "band", "forward", "backward", "shares flow", "values", "derivatives"),
    *("shares", "sum", "shares in the sum", "sum so far"),
)


def unrolled_graph(result: Graph, *, phone: bool = False) -> Film:
    """Forward node by node, backward node by node, then the edges of w into one sum."""
    said = graph_labels(result)
    at = layout.place(result.num_steps, phone=phone, stacked=_stacked(result, said))
    last = 5 * result.num_steps
    paths = layout.paths(at)
    traces = [*_moving(result, at, paths, said, last).values()]
    order = {trace["name"]: trace for trace in (*traces, *nodes.still(result, at))}
    named = [order[name] for name in _ORDER]
    places = tuple(_ORDER.index(name) for name in CHANGING)
    frames = []
    for k in range(last + 1):
        moved = _moving(result, at, paths, said, k)
        data = tuple(_changes(moved[name]) for name in CHANGING)
        frames.append(Frame(label(result, k), caption(result, said, k), places, data))
    figure = theme.figure(
        data=named,
        layout=theme.diagram(
            at.height, at.width, annotations=nodes.fixed_words(result, at), shapes=[_band(at)]
        ),
    )
    return Film(figure, tuple(frames), pace=900, table=table(result))


def empty_graph(result: Graph, *, phone: bool = False) -> Film:
    """The graph with the names of its nodes and nothing computed, for a question."""
    film = unrolled_graph(result, phone=phone)
    bare = figure_at(film, 0)
    for trace in bare["data"]:
        trace.pop("hovertext", None)
        trace.pop("hovertemplate", None)
        trace["hoverinfo"] = "skip"
        if trace["name"] == "values":
            trace["text"] = [symbol(name) for name in result.names]
            trace["textfont"]["size"] = 20
        if trace["name"] == "sum":
            trace["text"] = [""]
    top = bare["layout"]["height"]
    foot = 122 if phone else 68  # below it stands the sum, which a question does not show
    bare["layout"] |= {"shapes": [], "height": top - foot}
    bare["layout"]["yaxis"]["range"] = [foot, top]
    count = "three" if result.num_steps == 3 else "four"
    words = f"One weight w goes into all {count} × nodes; the edges carry the nodes' names."
    return still(theme.figure(bare["data"], bare["layout"]), words)


_ORDER = (
    *("spotlight", "band", "edges ahead", "forward", "backward", "uses of w", "shares flow"),
    *("inputs in", "operations", "inputs", "weight", "output", "values", "derivatives", "shares"),
    *("sum", "shares in the sum", "sum so far"),
)
_FIELDS = ("x", "y", "text", "base", "marker")


def _changes(trace: dict[str, Any]) -> dict[str, Any]:
    """What a frame replaces: texts alone where the places stand still."""
    if trace.get("mode") == "text":
        return {"text": trace["text"]}
    return {key: trace[key] for key in _FIELDS if key in trace}


def _moving(
    result: Graph, at: Place, paths: Paths, said: Labels, k: int
) -> dict[str, dict[str, Any]]:
    """The traces that grow while the film plays, as they stand at frame k."""
    values, derivatives, told = phases(result, k)
    ahead, flow = paths.chain[: values + 1], paths.shares[:told]
    behind = paths.back[len(paths.back) - derivatives :]
    traces = [
        _spotlight(at, values, derivatives, told),
        _lit_band(at, told),
        graph.arrows(ahead, color=theme.FWD, width=4, head=13, name="forward"),
        graph.arrows(behind, color=theme.BWD, width=1.8, head=9, name="backward"),
        graph.arrows(flow, color=theme.BWD, width=1.8, head=9, name="shares flow"),
        _values(result, at, said, values),
        _derivatives(result, at, said, derivatives),
        _shares(result, at, said, derivatives, told),
        _sum(result, at, said, told),
        *_bar(result, at, said, told),
    ]
    return {trace["name"]: trace for trace in traces}


def _spotlight(at: Place, values: int, derivatives: int, told: int) -> dict[str, Any]:
    """A disc behind the node at work; the sum has the band instead."""
    points = [*at.operations, at.output]
    count = len(at.operations)
    lit: list[Point] = []
    if derivatives and not told:
        lit = [points[count - derivatives + 1]] if derivatives > 1 else [at.output]
    elif values and not told:
        lit = [points[values - 1]]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "spotlight",
        "x": [x for x, _ in lit],
        "y": [y for _, y in lit],
        "marker": {"size": 2 * NODE + 22, "color": theme.SPOT},
        "hoverinfo": "skip",
    }


def _lit_band(at: Place, told: int) -> dict[str, Any]:
    right, top = at.width, BAND
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "band",
        "x": [0, right, right, 0, 0] if told else [],
        "y": [0, 0, top, top, 0] if told else [],
        "fill": "toself",
        "fillcolor": theme.SPOT,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _band(at: Place) -> dict[str, Any]:
    corner = {"x0": 0, "x1": at.width, "y0": 0, "y1": BAND}
    look = {"fillcolor": theme.SURFACE, "line": {"width": 0}, "layer": "below"}
    return {"type": "rect", **corner, **look}


def _text(
    name: str, points: list[Point], text: list[str], font: dict[str, Any], where: str | list[str]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "text": text,
        "textposition": where,
        "textfont": {**MATH, **font},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _dense(result: Graph) -> bool:
    return result.num_steps > 3


def _stacked(result: Graph, said: Labels) -> bool:
    """Whether the derivatives take two lines each, wide."""
    long = max(map(len, said.derivatives)) > 7 and not result.symbolic
    return _dense(result) or long


def _values(result: Graph, at: Place, said: Labels, known: int) -> dict[str, Any]:
    stacked = not at.upright and (_dense(result) or result.symbolic)
    joint = "<br>" if stacked else " = "
    named = not (at.upright and _dense(result))
    lines = [
        f"{symbol(name)}{joint}{value}" if named else value
        for name, value in zip(result.names, said.values, strict=True)
    ]
    shift = (-ASIDE_TEXT, 0.0) if at.upright else (0.0, 26.0 if stacked else 8.0)
    points = [(x + shift[0], y + shift[1]) for x, y in layout.joints(at)]
    size = (13 if result.symbolic else 15) if at.upright else 15 if stacked else 20
    where = "middle left" if at.upright else "top center"
    shown = [line if i < known else "" for i, line in enumerate(lines)]
    return _text("values", points, shown, {"size": size, "color": theme.FWD}, where)


def _derivatives(result: Graph, at: Place, said: Labels, known: int) -> dict[str, Any]:
    stacked = not at.upright and _stacked(result, said)
    joint = "<br>" if stacked else " = "
    named = not (at.upright and _dense(result))
    lines = [
        f"∂{symbol(name)}{joint}{value}" if named else value
        for name, value in zip(result.names, said.derivatives, strict=True)
    ]
    shift = (22.0, 0.0) if at.upright else (0.0, -30.0 if stacked else -20.0)
    points = [(x + shift[0], y + shift[1]) for x, y in layout.joints(at)]
    size = 15 if at.upright or stacked else 19
    where = "middle right" if at.upright else "bottom center"
    shown = [line if i >= len(lines) - known else "" for i, line in enumerate(lines)]
    return _text("derivatives", points, shown, {"size": size, "color": theme.BWD}, where)


def _shares(result: Graph, at: Place, said: Labels, derivatives: int, told: int) -> dict[str, Any]:
    """What each use of w contributes, beside its edge, as soon as its factor has come back."""
    long = result.symbolic or result.tanh
    joint = "" if at.upright else "<br>" if long else " "
    points, lines, where = [], [], []
    for i, (x, y) in enumerate(at.operations[1::2]):
        known = derivatives >= 2 * (result.num_steps - i) - 1
        crowded = _dense(result) and not at.upright
        lines.append(said.share(i, told=i < told, joint=joint) if known and not crowded else "")
        aside = layout.side(at, x)
        if at.upright:
            above = y > at.weight[1] + 10
            beside = said.derivatives[2 * i if above else 2 * i + 1]
            clear = 31 + 7 * _signs(beside) if _dense(result) else 34
            points.append((x + clear, y + 12.0 if above else y - 14.0))
            where.append(f"{'top' if above else 'bottom'} right")
        else:
            points.append((x + 22.0 * aside, y - 74 - 0.2 * at.drop))
            where.append(f"middle {'left' if aside < 0 else 'right'}")
    size = 15 if at.upright else 17 if long else 19
    return _text("shares", points, lines, {"size": size, "color": theme.BWD}, where)


def _signs(words: str) -> int:
    return len(re.sub("<[^>]*>", "", words))


def _sum(result: Graph, at: Place, said: Labels, told: int) -> dict[str, Any]:
    words = banner(result, said, told, at.upright)
    usual = 17 if at.upright else 23
    size = min(usual, int(0.97 * at.width / (SIGN * _signs(words))))
    place: list[Point] = [(at.width / 2, BAND / 2)]
    return _text("sum", place, [words], {"size": size, "color": theme.INK}, "middle center")


def _bar(result: Graph, at: Place, said: Labels, told: int) -> list[dict[str, Any]]:
    """The shares as pieces of one bar, negative ones to the left of zero, and their sum."""
    edges = result.back.edges
    told = 0 if result.symbolic else told
    left, right, middle = at.bar
    low, high = (sum(e for e in edges if sign * e > 0) for sign in (-1, 1))
    scale = (right - left) / (high - low) if high > low else 0.0
    zero, above, below = left - low * scale, 0.0, 0.0
    base, width, text = [], [], []
    for edge, words in zip(edges, said.shares, strict=True):
        start = above if edge >= 0 else below
        base.append(round(zero + scale * start, 1))
        width.append(round(scale * edge, 1))
        text.append("" if abs(width[-1]) < 9 * len(words) + 6 else words)
        above, below = above + max(edge, 0.0), below + min(edge, 0.0)
    total = zero + scale * sum(edges[:told])
    tip = {"symbol": "line-ns", "size": 26, "line": {"color": theme.INK, "width": 3}}
    pieces = {
        "type": "bar",
        "orientation": "h",
        "name": "shares in the sum",
        "x": width[:told],
        "y": [middle] * told,
        "base": base[:told],
        "width": 18,
        "text": text[:told],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "constraintext": "none",
        "textfont": {**MATH, "size": 15, "color": theme.BWD},
        "marker": {"color": theme.BWD_T, "line": {"color": theme.BWD, "width": 1.5}},
        "hoverinfo": "skip",
    }
    return [
        pieces,
        {
            "type": "scatter",
            "mode": "markers",
            "name": "sum so far",
            "x": [round(total, 1)] if told and scale else [],
            "y": [middle] if told and scale else [],
            "marker": tip,
            "hoverinfo": "skip",
        },
    ]


def table(result: Graph) -> dict[str, list[Any]]:
    """Every node with its value and the derivative of y by it."""
    return {
        "node": list(result.names),
        "value": list(result.chain),
        "derivative of y": list(result.derivatives),
    }
