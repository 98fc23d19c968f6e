"""The nodes of the unrolled graph and the words that stand beside them in every frame."""

from typing import Any

from viz.draw import graph, theme
from viz.draw.graph import Point
from viz.draw.numbers import short
from viz.rnn import layout
from viz.rnn.layout import NODE, WEIGHT, Place
from viz.rnn.results import Graph

MATH = {"family": theme.MATH}


def still(result: Graph, at: Place) -> list[dict[str, Any]]:
    """What every frame shows: the edges to come, the nodes, the uses of w."""
    ahead, uses, downs = layout.chain_edges(at), layout.weight_edges(at), layout.input_edges(at)
    square = {"symbol": "square", "color": theme.FWD_T, "line": {"color": theme.FWD, "width": 2}}
    diamond = {
        "symbol": "diamond",
        "color": theme.PAR_T,
        "line": {"color": theme.PAR, "width": 2.5},
    }
    count = result.num_steps
    product = f"times w = {short(result.weight)}" + (", then tanh" if result.tanh else "")
    fed = [f"<i>u</i><sub>{k}</sub>" for k in range(1, count + 1)]
    known = [f"u<sub>{k}</sub> = {short(u)}" for k, u in enumerate(result.inputs, 1)]
    return [
        graph.arrows(ahead, color=theme.HAIR, width=2.5, head=10, name="edges ahead"),
        graph.arrows(uses, color=theme.PAR, width=2.5, head=12, name="uses of w"),
        graph.arrows(downs, color=theme.FWD, width=2.5, head=11, name="inputs in"),
        _marks(
            "operations",
            at.operations,
            ["+", "×"] * count,
            2 * NODE,
            {"color": theme.BG, "line": {"color": theme.INK, "width": 2}},
            {"size": 22},
            ["sum of what comes in", product] * count,
        ),
        _marks("inputs", at.inputs, fed, 44, square, {"size": 20, "color": theme.FWD}, known),
        _marks(
            "weight",
            (at.weight,),
            ["<i>w</i>"],
            2 * WEIGHT,
            diamond,
            {"size": 22, "color": theme.PAR},
            [f"w = {short(result.weight)}"],
        ),
        _marks(
            "output",
            (at.output,),
            ["<i>y</i>"],
            46,
            {"color": theme.FWD_T, "line": {"color": theme.FWD, "width": 3}},
            {"size": 21, "color": theme.FWD},
            [f"y = {short(result.ahead.y)}"],
        ),
    ]


def _marks(
    name: str,
    points: tuple[Point, ...],
    text: list[str],
    size: int,
    marker: dict[str, Any],
    font: dict[str, Any],
    hover: list[str],
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "text": text,
        "textposition": "middle center",
        "textfont": {**MATH, **font},
        "cliponaxis": False,
        "marker": {"size": size, **marker},
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def fixed_words(result: Graph, at: Place) -> list[dict[str, Any]]:
    """The start value, the numbers beside inputs and weight, the two directions."""

    def said(x: float, y: float, text: str, color: str, size: int, **more: Any) -> dict[str, Any]:
        return graph.note(x, y, theme.math(text), size=size, color=color, **more)

    notes = [said(*at.start, "0", theme.MUTED, 18)]
    numbers = [] if result.symbolic else [f"= {short(value)}" for value in result.inputs]
    for (x, y), text in zip(at.inputs, numbers, strict=False):
        if at.upright:
            notes.append(said(x, y - 34, text, theme.FWD, 15))
        else:
            notes.append(said(x + 28, y, text, theme.FWD, 17, xanchor="left"))
    if not result.symbolic:
        x, y = at.weight
        text = f"= {short(result.weight)}"
        if at.upright:
            if len(text) > 3:  # under w it would lie on the edges
                more = {"xanchor": "right", "bgcolor": theme.BG}
                notes.append(said(at.width - 14, y - 50, text, theme.PAR, 15, **more))
            else:
                notes.append(said(x, y - 50, text, theme.PAR, 18))
        else:
            notes.append(said(x + 44, y, text, theme.PAR, 18, xanchor="left"))
    if not at.upright:
        _, y = at.start
        words = (("forward →", y + 48, theme.FWD), ("← backward", y - 48, theme.BWD))
        notes += [graph.note(16, h, w, size=15, color=c, xanchor="left") for w, h, c in words]
    if result.tanh:
        for x, y in at.operations[1::2]:
            where = (x - 25, y + 22) if at.upright else (x, y + 33)
            notes.append(said(*where, "tanh", theme.INK, 14))
    return notes
