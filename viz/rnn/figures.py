"""The unrolled graph: values go right, derivatives come back, the uses of w add up."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.graph import Path, Point
from viz.draw.numbers import short
from viz.rnn import compute
from viz.rnn.results import Graph

SUBS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NODE, WEIGHT = 21, 30


@dataclass(frozen=True, slots=True)
class Place:
    """Where everything stands, wide or upright for the phone."""

    width: int
    height: int
    operations: tuple[Point, ...]
    inputs: tuple[Point, ...]
    start: Point
    output: Point
    weight: Point
    upright: bool


def place(num_steps: int, phone: bool) -> Place:
    """Fixed coordinates in the exam's order: + p × q + r × s + t × y."""
    count = 2 * num_steps
    if phone:
        gap = min(76.0, 690 / (count + 1))
        height = round(gap * (count + 1) + 120)
        rows = [height - 60 - gap * i for i in range(count)]
        chain = tuple((140.0, y) for y in rows)
        middle = (rows[0] + rows[-1]) / 2
        return Place(
            360,
            height,
            chain,
            tuple((40.0, y) for y in rows[::2]),
            (140, height - 14),
            (140.0, rows[-1] - gap),
            (318.0, middle),
            True,
        )
    step = 740 / max(count - 1, 1)
    chain = tuple((130 + step * i, 270.0) for i in range(count))
    return Place(
        1000,
        440,
        chain,
        tuple((x, 388.0) for x, _ in chain[::2]),
        (36.0, 270.0),
        (955.0, 270.0),
        (sum(x for x, _ in chain[1::2]) / num_steps, 104.0),
        False,
    )


def unrolled_graph(result: Graph, *, phone: bool = False) -> Film:
    """Forward node by node, backward node by node, then the edges of w into one sum."""
    at = place(result.num_steps, phone)
    last = 5 * result.num_steps
    figure = go.Figure(
        data=_traces(result, at, last),
        layout=theme.diagram(at.height, at.width, **_layout(result, at, last)),
    )
    frames = tuple(
        Frame(
            label(result, k), caption(result, k), *_changes(result, at, k), _layout(result, at, k)
        )
        for k in range(last + 1)
    )
    return Film(figure, frames, pace=900, table=_table(result))


def _phases(result: Graph, k: int) -> tuple[int, int, int]:
    """How many values, derivatives and edges are known at frame k."""
    count = 2 * result.num_steps
    return min(k, count), min(max(k - count, 0), count), max(k - 2 * count, 0)


def label(result: Graph, k: int) -> str:
    """The frame's name."""
    values, derivatives, edges = _phases(result, k)
    names = [name.translate(SUBS) for name in result.names]
    if edges:
        return f"edge {edges}"
    if derivatives:
        return f"∂{names[-derivatives]}"
    return names[values - 1] if values else "start"


def _chain_edges(at: Place) -> list[Path]:
    points = [at.start, *at.operations, at.output]
    ends = [10.0, *[NODE + 2.0] * len(at.operations)]
    pairs = zip(points, points[1:], ends, strict=False)
    return [graph.shorten(graph.straight(a, b), start=gap, end=NODE + 5) for a, b, gap in pairs]


def _back_edges(at: Place) -> list[Path]:
    """Eleven pixels beside the forward edges, the other way; the first leads to the first +."""
    points = [*at.operations, at.output]
    shift = (12.0, 0.0) if at.upright else (0.0, -12.0)
    moved = [(x + shift[0], y + shift[1]) for x, y in points]
    return [
        graph.shorten(graph.straight(b, a), start=NODE + 2, end=NODE + 2)
        for a, b in pairwise(moved)
    ]


def _weight_edges(at: Place) -> list[Path]:
    wx, wy = at.weight
    paths = []
    for x, y in at.operations[1::2]:
        control = [(wx, wy), ((wx + x) / 2, y), (x + 60, y), (x, y)]
        if not at.upright:
            control = [(wx, wy), (wx + 0.25 * (x - wx), wy + 60), (x, wy + 70), (x, y)]
        paths.append(graph.shorten(graph.bezier(control), start=WEIGHT + 2, end=NODE + 5))
    return paths


def _traces(result: Graph, at: Place, k: int) -> list[dict[str, Any]]:
    values, derivatives, _ = _phases(result, k)
    chain, back = _chain_edges(at), _back_edges(at)
    downs = [
        graph.shorten(graph.straight(a, b), start=24, end=NODE + 5)
        for a, b in zip(at.inputs, at.operations[::2], strict=True)
    ]
    return [
        graph.arrows(chain, color=theme.HAIR, width=2.5, head=10, name="edges ahead"),
        graph.arrows(chain[: values + 1], color=theme.FWD, width=4, head=13, name="forward"),
        graph.arrows(
            back[len(back) - derivatives :] if derivatives else [],
            color=theme.BWD,
            width=1.8,
            head=9,
            name="backward",
        ),
        graph.arrows(_weight_edges(at), color=theme.PAR, width=2.5, head=12, name="uses of w"),
        graph.arrows(downs, color=theme.FWD, width=2.5, head=11, name="inputs in"),
        _operations(result, at),
        _inputs(result, at),
        _weight(at),
        _output(at),
        _values(result, at, values),
        _derivatives(result, at, derivatives),
    ]


def _changes(
    result: Graph, at: Place, k: int
) -> tuple[tuple[int, ...], tuple[dict[str, Any], ...]]:
    values, derivatives, _ = _phases(result, k)
    chain, back = _chain_edges(at), _back_edges(at)
    ahead = graph.arrows(chain[: values + 1], color=theme.FWD, width=4, head=13)
    behind = graph.arrows(
        back[len(back) - derivatives :] if derivatives else [], color=theme.BWD, width=1.8, head=9
    )
    changes = (
        *({key: trace[key] for key in ("x", "y", "marker")} for trace in (ahead, behind)),
        {"text": _values(result, at, values)["text"]},
        {"text": _derivatives(result, at, derivatives)["text"]},
    )
    return (1, 2, 9, 10), changes


def _marks(
    points: tuple[Point, ...], text: list[str], name: str, size: int, **more: Any
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [p[0] for p in points],
        "y": [p[1] for p in points],
        "text": text,
        "textposition": "middle center",
        "cliponaxis": False,
        "marker": {"size": size, **more.pop("marker")},
        **more,
    }


def _operations(result: Graph, at: Place) -> dict[str, Any]:
    hover = [
        "sum of what comes in" if i % 2 == 0 else f"times w = {short(result.weight)}"
        for i in range(len(at.operations))
    ]
    return _marks(
        at.operations,
        ["+", "×"] * result.num_steps,
        "operations",
        2 * NODE,
        marker={"color": theme.BG, "line": {"color": theme.INK, "width": 2}},
        textfont={"size": 22},
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _inputs(result: Graph, at: Place) -> dict[str, Any]:
    text = [theme.math(f"<i>u</i><sub>{k}</sub>") for k in range(1, result.num_steps + 1)]
    return _marks(
        at.inputs,
        text,
        "inputs",
        44,
        marker={"symbol": "square", "color": theme.FWD_T, "line": {"color": theme.FWD, "width": 2}},
        textfont={"size": 20, "color": theme.FWD},
        customdata=list(result.inputs),
        hovertemplate="input %{customdata:g}<extra></extra>",
    )


def _weight(at: Place) -> dict[str, Any]:
    return _marks(
        (at.weight,),
        [theme.math("<i>w</i>")],
        "weight",
        2 * WEIGHT,
        marker={
            "symbol": "diamond",
            "color": theme.PAR_T,
            "line": {"color": theme.PAR, "width": 2.5},
        },
        textfont={"size": 22, "color": theme.PAR},
        hovertemplate="one weight<extra></extra>",
    )


def _output(at: Place) -> dict[str, Any]:
    return _marks(
        (at.output,),
        [theme.math("<i>y</i>")],
        "output",
        46,
        marker={"color": theme.FWD_T, "line": {"color": theme.FWD, "width": 3}},
        textfont={"size": 21, "color": theme.FWD},
        hovertemplate="the output<extra></extra>",
    )


def _symbol(name: str) -> str:
    letter, number = name[0], name[1:]
    return f"<i>{letter}</i>" + (f"<sub>{number}</sub>" if number else "")


def _words_trace(
    points: list[Point],
    text: list[str],
    name: str,
    color: str,
    size: int,
    position: str | list[str],
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [p[0] for p in points],
        "y": [p[1] for p in points],
        "text": text,
        "textposition": position,
        "textfont": {"size": size, "color": color},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _between(at: Place) -> list[Point]:
    points = [*at.operations, at.output]
    return [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points)]


def _values(result: Graph, at: Place, known: int) -> dict[str, Any]:
    dense = result.num_steps > 3
    lines = []
    polynomials = compute.symbols(result.num_steps) if result.symbolic else {}
    for i, (name, value) in enumerate(zip(result.names, result.chain, strict=True)):
        shown = short(value)
        if result.symbolic:
            shown = polynomial_text(polynomials[compute.nodes(result.num_steps)[i]])
        joint = "<br>" if (dense or result.symbolic) and not at.upright else " = "
        named = "" if dense and at.upright else f"{_symbol(name)}{joint}"
        lines.append(theme.math(f"{named}{shown}") if i < known else "")
    points = _between(at)
    raised = 24.0 if dense or result.symbolic else 8.0
    shift = (-12.0, 0.0) if at.upright else (0.0, raised)
    points = [(x + shift[0], y + shift[1]) for x, y in points]
    where: str | list[str] = "middle left" if at.upright else "top center"
    if not at.upright:
        points[-1] = (at.output[0], at.output[1] + 28)
        if result.symbolic:
            points[-1] = (992.0, at.output[1] + 62)
            where = ["top center"] * (len(points) - 1) + ["top left"]
    size = (15 if dense or result.symbolic else 20) if not at.upright else 15
    if at.upright and result.symbolic:
        size = 13
    return _words_trace(points, lines, "values", theme.FWD, size, where)


def _derivatives(result: Graph, at: Place, known: int) -> dict[str, Any]:
    dense = result.num_steps > 3
    count = 2 * result.num_steps
    lines = []
    for i, (name, value) in enumerate(zip(result.names, result.derivatives, strict=True)):
        shown = short(value)
        if result.symbolic:
            power = result.num_steps - i // 2 - i % 2
            shown = _power(power)
        joint = "<br>" if dense and not at.upright else " = "
        named = "" if dense and at.upright else f"∂{_symbol(name)}{joint}"
        lines.append(theme.math(f"{named}{shown}") if i >= count - known else "")
    shift = (22.0, 0.0) if at.upright else (0.0, -30.0 if dense else -20.0)
    points = [(x + shift[0], y + shift[1]) for x, y in _between(at)]
    size = (15 if dense else 19) if not at.upright else 15
    where = "middle right" if at.upright else "bottom center"
    return _words_trace(points, lines, "derivatives", theme.BWD, size, where)


def _power(exponent: int) -> str:
    return {0: "1", 1: "<i>w</i>"}.get(exponent, f"<i>w</i><sup>{exponent}</sup>")


def polynomial_text(polynomial: Any) -> str:
    """A polynomial in w and the inputs as figure text, the newest input first."""
    parts = []
    for exponents, factor in sorted(polynomial.terms.items(), key=lambda item: item[0][0]):
        number = "" if factor == 1 else f"{factor}"
        power, inputs = exponents[0], exponents[1:]
        letters = "".join(f"<i>u</i><sub>{k}</sub>" for k, e in enumerate(inputs, 1) if e)
        parts.append(f"{number}{_power(power) if power else ''}{letters}" or "1")
    return " + ".join(parts)


def _layout(result: Graph, at: Place, k: int) -> dict[str, Any]:
    _, derivatives, edges = _phases(result, k)
    count = 2 * result.num_steps
    notes = []
    for i, (x, y) in enumerate(at.operations[1::2]):
        if derivatives >= count - 2 * i - 1:
            notes.append(_share(result, at, i, (x, y), told=i < edges))
    notes += _fixed_words(result, at)
    band = {
        "type": "rect",
        "x0": 0,
        "x1": at.width,
        "y0": 0,
        "y1": 46,
        "layer": "below",
        "fillcolor": theme.SPOT if edges else theme.SURFACE,
        "line": {"width": 0},
    }
    notes.append(
        graph.note(
            at.width / 2, 23, _banner(result, edges, at.upright), size=17 if at.upright else 24
        )
    )
    return {"annotations": notes, "shapes": [band]}


def _share(result: Graph, at: Place, i: int, point: Point, *, told: bool) -> dict[str, Any]:
    """What the i-th use of w contributes, beside its edge; bold once it is in the sum."""
    names = result.names
    value = short(result.back.edges[i])
    if result.symbolic:
        value = polynomial_text(compute.symbols(result.num_steps)[f"edge{i + 1}"])
    value = f"<b>{value}</b>" if told else value
    dense = result.num_steps > 3 or at.upright
    product = f"{_symbol(names[2 * i])}·∂{_symbol(names[2 * i + 1])} = "
    text = theme.math(f"{'' if dense else product}{value}")
    x, y = (
        (point[0] + 92, point[1]) if at.upright else (point[0], point[1] - (102 if dense else 84))
    )
    size = 15 if dense or result.symbolic else 19
    return graph.note(x, y, text, size=size, color=theme.BWD, bgcolor=theme.BG)


def _fixed_words(result: Graph, at: Place) -> list[dict[str, Any]]:
    notes = [graph.note(*at.start, theme.math("0"), size=18, color=theme.MUTED)]
    for (x, y), value in zip(at.inputs, result.inputs, strict=True):
        text = theme.math("" if result.symbolic else f"= {short(value)}")
        if at.upright:
            notes.append(graph.note(x, y - 36, text, size=15, color=theme.FWD))
        else:
            notes.append(graph.note(x + 28, y, text, size=17, color=theme.FWD, xanchor="left"))
    if not result.symbolic:
        where = (
            (at.weight[0], at.weight[1] - 52) if at.upright else (at.weight[0] + 44, at.weight[1])
        )
        anchor = "center" if at.upright else "left"
        notes.append(
            graph.note(
                *where,
                theme.math(f"= {short(result.weight)}"),
                size=18,
                color=theme.PAR,
                xanchor=anchor,
                bgcolor=theme.BG,
            )
        )
    if not at.upright:
        notes.append(graph.note(16, 330, "forward →", size=15, color=theme.FWD, xanchor="left"))
        notes.append(graph.note(16, 212, "← backward", size=15, color=theme.BWD, xanchor="left"))
    return notes


def _banner(result: Graph, edges: int, upright: bool) -> str:
    names = result.names
    terms = [
        f"{_symbol(names[2 * i])}·∂{_symbol(names[2 * i + 1])}" for i in range(result.num_steps)
    ]
    if result.symbolic:
        known = compute.symbols(result.num_steps)
        total = polynomial_text(known["dw"]) if edges == result.num_steps else "…"
        body = f"d<i>y</i>/d<i>w</i> = {' + '.join(terms[:edges] or ['…'])} = {total}"
        return theme.math(body if not upright else f"d<i>y</i>/d<i>w</i> = {total}")
    shares = " + ".join(_bracketed(e) for e in result.back.edges[:edges]) or "…"
    dense = upright or result.num_steps > 4
    if upright and result.num_steps > 4:
        total = short(result.back.dw) if edges == result.num_steps else "…"
        return theme.math(f"d<i>y</i>/d<i>w</i> = <b>{total}</b>")
    words = "" if dense else f"{' + '.join(terms)} = "
    total = f" = <b>{short(result.back.dw)}</b>" if edges == result.num_steps else " + …"
    if edges == 0:
        shares, total = "…", ""
    return theme.math(f"d<i>y</i>/d<i>w</i> = {words}{shares}{total}")


def _bracketed(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def caption(result: Graph, k: int) -> str:
    """What this frame computes, in words and numbers."""
    values, derivatives, edges = _phases(result, k)
    names = [name.translate(SUBS) for name in result.names]
    w = short(result.weight)
    if edges:
        return _sum_caption(result, edges, names)
    if derivatives:
        i = 2 * result.num_steps - derivatives
        value = f"{{bwd:{short(result.derivatives[i])}}}"
        if derivatives == 1:
            return f"Backward: it starts with ∂y/∂y = {value}."
        through = f"w · ∂y/∂{names[i + 1]} = {w} · {_bracketed(result.derivatives[i + 1])}"
        if i % 2:
            through = f"∂y/∂{names[i + 1]}"
        kind = "a sum passes it on unchanged" if i % 2 else "a product multiplies by w"
        return f"Backward: ∂y/∂{names[i]} = {through} = {value}; {kind}."
    if values == 0:
        uses = result.num_steps
        return f"One weight, w = {{par:{w}}}, is used {uses} times; nothing is computed yet."
    i = values - 1
    value = f"{{fwd:{short(result.chain[i])}}}"
    if i % 2:
        factor = _bracketed(result.chain[i - 1])
        return f"Forward: {names[i]} = w · {names[i - 1]} = {w} · {factor} = {value}."
    number = str(i // 2 + 1).translate(SUBS)
    before = ""
    if i:
        came = _bracketed(result.chain[i - 1])
        before = f" + {names[i - 1]} = {short(result.inputs[i // 2])} + {came}"
    return f"Forward: {names[i]} = u{number}{before} = {value}."


def _sum_caption(result: Graph, edges: int, names: list[str]) -> str:
    back, count = result.back, result.num_steps
    if edges < count:
        i = edges - 1
        return (
            f"Use {edges} of w drops {names[2 * i]} · ∂y/∂{names[2 * i + 1]} = "
            f"{_bracketed(result.ahead.sums[i])} · {_bracketed(back.dh[i])} = "
            f"{{bwd:{short(back.edges[i])}}} into the sum."
        )
    shares = " + ".join(_bracketed(e) for e in back.edges)
    power = str(count).translate(POWERS)
    return (
        f"y = {{fwd:{short(result.ahead.y, 6)}}}. Edges from w: {shares} = "
        f"{{bwd:{short(back.dw, 6)}}} = dy/dw. A change in u₁ reaches the output multiplied by "
        f"w{power} = {short(back.da[0], 3)}."
    )


def _table(result: Graph) -> dict[str, list[Any]]:
    return {
        "node": list(result.names),
        "value": list(result.chain),
        "derivative of y": list(result.derivatives),
    }
