"""One rule under many orders of the neighbors: a flat line or not; and the board of all rules."""

import math
from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import count, fixed, power, short
from viz.gnn.results import Shuffle

SHOWN = 24
LINES = 3


def shuffled(result: Shuffle, *, phone: bool = False) -> Film:
    """The output for one order of the neighbors after the other."""
    verdict = result.verdict
    chosen = list(range(min(len(verdict.orders), SHOWN)))
    if not verdict.valid and verdict.witness not in chosen:
        chosen[-1] = verdict.witness
    values = verdict.outputs[chosen]
    high = float(np.abs(values[:, :LINES]).max()) or 1.0
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 52, "r": 14, "t": 74, "b": 62},
        xaxis={
            "range": [0.4, len(chosen) + 0.6],
            "title": {"text": "order in which the neighbors come", "standoff": 8},
            "fixedrange": True,
            **_ticks(result, chosen, phone),
        },
        yaxis={
            "range": [-1.15 * high, 1.15 * high],
            "fixedrange": True,
            "zeroline": True,
            "zerolinecolor": theme.LINE,
        },
        annotations=_verdict_notes(result, phone),
    )
    traces = [
        *(_first_line(values, c) for c in range(LINES)),
        *(_needle(values, c) for c in range(LINES)),
    ]
    frames = tuple(
        Frame(
            f"order {i + 1}",
            shuffle_caption(result, place, i + 1),
            tuple(range(LINES, 2 * LINES)),
            tuple(_outputs(values[: i + 1], c) for c in range(LINES)),
        )
        for i, place in enumerate(chosen)
    )
    table = {"order": [order_name(verdict.orders[p]) for p in chosen]} | {
        f"component {c + 1}": [float(v) for v in values[:, c]] for c in range(values.shape[1])
    }
    return Film(theme.figure(traces, layout), frames, variable="order", pace=400, table=table)


def _ticks(result: Shuffle, chosen: list[int], phone: bool) -> dict[str, Any]:
    """The orders themselves under the axis, as many as there is room for."""
    width = 5.2 * len(order_name(result.verdict.orders[0])) + 8
    every = math.ceil(len(chosen) * width / (290 if phone else 930))
    at = list(range(0, len(chosen), every))
    return {
        "tickvals": [i + 1 for i in at],
        "ticktext": [order_name(result.verdict.orders[chosen[i]]) for i in at],
        "tickangle": 0,
        "tickfont": {"size": 13 if phone else 14},
    }


def _f4(values: np.ndarray) -> np.ndarray:
    return np.round(values, 5).astype(np.float32)


def order_name(order: tuple[int, ...]) -> str:
    """An order as people count: 3 2 4 1."""
    return " ".join(str(i + 1) for i in order)


def _outputs(values: np.ndarray, c: int) -> dict[str, Any]:
    """Component c of the outputs so far; without points if states are shorter."""
    if c >= values.shape[1]:
        return {"x": [], "y": []}
    return {"x": list(range(1, len(values) + 1)), "y": _f4(values[:, c])}


def _first_line(values: np.ndarray, c: int) -> dict[str, Any]:
    """Where a valid rule would stay: at its first output."""
    known = c < values.shape[1]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"first output {c + 1}",
        "x": [0.4, len(values) + 0.6] if known else [],
        "y": [round(float(values[0, c]), 5)] * 2 if known else [],
        "hoverinfo": "skip",
        "line": {"color": theme.HAIR, "width": 2},
    }


def _needle(values: np.ndarray, c: int) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"component {c + 1}",
        **_outputs(values, c),
        "line": {"color": theme.FWD, "width": 2.5, "dash": ("solid", "dash", "dot")[c]},
        "marker": {"size": 9, "color": theme.FWD, "symbol": ("circle", "square", "diamond")[c]},
        "hovertemplate": "order %{x}: %{y:.4f}<extra></extra>",
    }


def _verdict_notes(result: Shuffle, phone: bool) -> list[dict[str, Any]]:
    valid, width = result.verdict.valid, result.verdict.outputs.shape[1]
    words = "✓ valid: nothing moves" if valid else "✗ not valid: the order matters"
    more = {"xref": "paper", "yref": "paper", "yanchor": "bottom"}
    marks = ["solid and round: number 1", "dashed and square: number 2", "dotted: number 3"]
    legend = ", ".join(marks[: min(width, LINES)]) if width > 1 else "a single number"
    about = f"the rule's output ({legend}); pale: what the first order gives"
    if phone:
        return [
            shapes.note(0, 1.09, f"<b>{result.name[:40]}</b>", size=15, xanchor="left", **more),
            shapes.note(0, 1.015, words, size=15, xanchor="left", **more),
        ]
    return [
        shapes.note(0, 1.1, f"<b>{result.name[:50]}</b>", size=19, xanchor="left", **more),
        shapes.note(1, 1.1, words, size=18, xanchor="right", **more),
        shapes.note(0, 1.02, about, size=15, color=theme.MUTED, xanchor="left", **more),
    ]


def shuffle_caption(result: Shuffle, place: int, number: int) -> str:
    """What came out for this order, and the verdict over all."""
    verdict = result.verdict
    order = order_name(verdict.orders[place])
    out = _numbers(verdict.outputs[place])
    tried = len(verdict.orders)
    said = f"{count(tried)} orders tried" if tried > 1 else "1 order tried, there is no other"
    if verdict.valid:
        change = (
            "nothing changed" if verdict.spread == 0 else f"largest change {_size(verdict.spread)}"
        )
        return (
            f"Order {number} ({order}) gives {{fwd:{out}}}. {said}, {change}: "
            f"{result.name} is valid here."
        )
    first, other = _numbers(verdict.outputs[0]), _numbers(verdict.outputs[verdict.witness])
    witness = order_name(verdict.orders[verdict.witness])
    start = order_name(verdict.orders[0])
    return (
        f"Order {number} ({order}) gives {{fwd:{out}}}. {said}, largest change "
        f"{{bwd:{short(100 * verdict.spread, 3)}%}} of the largest output: not valid. Order "
        f"{start} gave {first}, order {witness} gives {other}."
    )


def _numbers(values: np.ndarray) -> str:
    inside = ", ".join(fixed(float(v), 2) for v in values[:3])
    if len(values) == 1:
        return inside
    return f"({inside}{', …' if len(values) > 3 else ''})"


def _size(spread: float) -> str:
    return f"{power(max(spread, 1e-17), 1)}, rounding alone"


def verdict_board(result: Shuffle, *, phone: bool = False) -> Film:
    """The spread of every rule on a log axis; valid ones lie at rounding error."""
    rows = sorted(result.board, key=lambda row: row[2])
    bars = {
        "type": "scatter",
        "mode": "markers",
        "name": "spread",
        "x": [max(row[2], 1e-17) for row in rows],
        "y": [row[0] for row in rows],
        "marker": {
            "size": 13,
            "color": theme.FWD,
            "symbol": ["circle" if row[1] else "x" for row in rows],
        },
        "hovertemplate": "%{y}: %{x:.2g}<extra></extra>",
    }
    limit = {"x0": 1e-9, "x1": 1e-9, "y0": 0, "y1": 1, "yref": "y domain"}
    layout = theme.chart(
        460,
        margin={"l": 170 if phone else 210, "r": 20, "t": 10, "b": 52},
        xaxis={
            "type": "log",
            "range": [-17.5, 0.7],
            "dtick": 8 if phone else 4,
            "tickangle": 0,
            "fixedrange": True,
            "exponentformat": "power",
            "title": {"text": "largest change by shuffling"},
        },
        yaxis={"type": "category", "fixedrange": True, "tickfont": {"size": 14}},
        shapes=[
            {"type": "line", **limit, "line": {"color": theme.LINE, "dash": "dot", "width": 1.5}}
        ],
    )
    valid = sum(row[1] for row in rows)
    plural = "s" if result.width > 1 else ""
    few = result.board_neighbors
    words = (
        f"Of {len(rows)} rules with states of {result.width} number{plural} and "
        f"{few} neighbor{'' if few == 1 else 's'}{' here' if few < result.num_neighbors else ''}, "
        f"{{fwd:{valid}}} do "
        f"not notice the order (dots left of the line); {len(rows) - valid} do (crosses)."
    )
    return still(theme.figure([bars], layout), words)
