"""The exam's table of keys and values, from plain mean to argmax, with the slope beside it."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.lookup_words import caption, sweep_table
from viz.attention.results import Lookup, State
from viz.attention.rows import (
    Columns,
    Rows,
    band,
    fitted,
    frozen_notes,
    left,
    outline,
    rows_of,
    rule,
    score_bars,
)
from viz.attention.slope_panel import (
    ends_of,
    slope_ceiling,
    slope_changes,
    slope_notes,
    slope_traces,
)
from viz.draw import graph, theme
from viz.draw.film import Film, Frame

WIDE = Columns(
    width=650,
    height=424,
    key=12,
    score=206,
    score_bar=(214, 266),
    bar=(292, 434),
    number=442,
    value=498,
    right=650,
    head=358,
    top=310,
    bottom=126,
    font=17,
    small=15,
)
PHONE = Columns(
    width=358,
    height=620,
    key=6,
    score=108,
    score_bar=(112, 112),
    bar=(124, 222),
    number=230,
    value=282,
    right=358,
    head=558,
    top=518,
    bottom=368,
    font=15,
    small=13,
)


def by_temperature(result: Lookup, *, phone: bool = False) -> Film:
    """Softmax from temperature 100 to 0.05 between its two limits, mean and argmax."""
    columns = fitted(PHONE, result.inputs, 50, 34) if phone else WIDE
    rows = rows_of(result.inputs, columns)
    shown = result.states[result.start]
    figure = theme.figure(
        data=[
            *_table_traces(result, rows, columns, shown),
            *slope_traces(result, shown, phone),
            graph.written(
                "words",
                [
                    *_heads(result, columns),
                    *frozen_notes(result.inputs, rows, columns, result.hard.winner),
                ],
            ),
        ],
        layout=_layout(result, rows, columns, phone),
    )
    frames = tuple(_frame(result, state, rows, columns) for state in result.states)
    table = sweep_table(result)
    return Film(figure, frames, variable="temperature", start=result.start, table=table)


def _table_traces(
    result: Lookup, rows: Rows, columns: Columns, state: State
) -> list[dict[str, Any]]:
    numbers = {
        "type": "scatter",
        "name": "weight",
        "mode": "text",
        "x": [columns.number] * len(rows.y),
        "y": rows.y.tolist(),
        "textposition": "middle right",
        "textfont": {"size": columns.font, "color": theme.FWD},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    weights = {
        "type": "bar",
        "name": "softmax weight",
        "orientation": "h",
        "base": columns.bar[0],
        "y": rows.y.tolist(),
        "width": 2 * rows.thick,
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hoverinfo": "skip",
    }
    output = {
        **numbers,
        "name": "output",
        "x": [columns.right - 4],
        "y": [_last(columns)],
        "textposition": "middle left",
        "textfont": {"size": columns.font + 3, "color": theme.FWD},
    }
    bars, texts, said = _table_changes(result, state, rows, columns)
    scores = score_bars(result.inputs, rows, columns)
    return [scores, weights | bars, numbers | texts, output | said]


def _table_changes(
    result: Lookup, state: State, rows: Rows, columns: Columns
) -> tuple[dict[str, Any], ...]:
    del result
    low, high = columns.bar
    gathered = rows.gather(state.attention_weights)
    places = None if state.temperature == 0 else wording.PLACES
    return (
        {"x": [round((high - low) * share, 2) for share in gathered]},
        {"text": [wording.weight(share) for share in gathered]},
        {"text": [f"<b>{_output(state, columns, places)}</b>"]},
    )


def _output(state: State, columns: Columns, places: int | None) -> str:
    room, size = (180, 18) if columns.width < 500 else (380, 20)
    return wording.vector(state.output, places, room=room, size=size)


def _last(columns: Columns) -> float:
    """Height of the line with the output."""
    return columns.bottom - (64 if columns.width > 500 else 54)


def _frame(result: Lookup, state: State, rows: Rows, columns: Columns) -> Frame:
    bars, texts, said = _table_changes(result, state, rows, columns)
    at, number = slope_changes(result, state)
    return Frame(
        wording.temperature(state.temperature),
        caption(result, state),
        (1, 2, 3, 4, 7, 8),
        (bars, texts, said, at, at, number),
    )


def _layout(result: Lookup, rows: Rows, columns: Columns, phone: bool) -> dict[str, Any]:
    across = [0.1, 0.97] if phone else [0.74, 0.995]
    bounds = (52.0, 220.0) if phone else (66.0, 360.0)
    upward = [bound / columns.height for bound in bounds]
    table = [0.0, 1.0] if phone else [0.0, 0.65]
    hidden = {"visible": False, "fixedrange": True}
    infinite, zero = ends_of(result)
    return theme.chart(
        columns.height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        barmode="overlay",
        xaxis={**hidden, "domain": table, "range": [0, columns.width]},
        yaxis={**hidden, "range": [0, columns.height]},
        xaxis2={
            "domain": across,
            "anchor": "y2",
            "type": "log",
            "range": [np.log10(infinite) + 0.1, np.log10(zero) - 0.1],
            "tickvals": [infinite, 100, 10, 1, 0.1, zero],
            "ticktext": ["∞", "100", "10", "1", "0.1", "0"],
            "showgrid": False,
            "showline": True,
            "tickfont": {"size": columns.small, "color": theme.MUTED},
        },
        yaxis2={
            "domain": upward,
            "anchor": "x2",
            "range": [0, slope_ceiling(result)],
            "nticks": 5,
            "rangemode": "tozero",
            "tickfont": {"size": columns.small, "color": theme.MUTED},
        },
        shapes=_outlines(result, rows, columns),
        annotations=slope_notes(columns, across, upward),
    )


def _outlines(result: Lookup, rows: Rows, columns: Columns) -> list[dict[str, Any]]:
    shapes = [
        outline(y, rows, columns, "solid" if key == result.hard.winner else "dot")
        for key, y in zip(rows.keys, rows.y, strict=False)
        if key in result.hard.tied
    ]
    place = rows.keys.index(result.hard.winner)
    behind = band(float(rows.y[place]), rows, columns)
    before = columns.bar[1] - (57 if columns.width > 500 else 47)
    mark = {
        "type": "rect",
        "x0": before - 13,
        "x1": before,
        "line": outline(0, rows, columns)["line"],
    }
    mark |= {"y0": columns.head - 5, "y1": columns.head + 5}
    rules = [rule(columns.head - 16, columns), rule(_last(columns) + 28, columns)]
    return [behind, *rules, mark, *shapes]


def _heads(result: Lookup, columns: Columns) -> list[dict[str, Any]]:
    inputs, small, muted = result.inputs, columns.small, theme.MUTED
    narrow = columns.width < 500
    query = f"query {theme.math('<i>q</i>')} = <b>{wording.vector(inputs.query)}</b>"
    score = theme.math("<i>q·k</i>") + (" / √<i>d</i>" if inputs.scaled else "")
    last, font = _last(columns), columns.font
    start = columns.score + 8 if narrow else columns.bar[0]
    argmax = wording.vector(result.hard.output, room=230, size=font)

    def ending(x: float, y: float, text: str, size: int) -> dict[str, Any]:
        return graph.note(x, y, text, size=size, color=muted, xanchor="right")

    return [
        left(columns.key, columns.height - 22, query, font + 2),
        left(columns.key, columns.head, "key", small, muted),
        ending(columns.score, columns.head, score if narrow else f"score {score}", small),
        left(start, columns.head, "weight" if narrow else "softmax", small, theme.FWD),
        ending(columns.bar[1], columns.head, "argmax", small),
        left(columns.value, columns.head, "value", small, muted),
        left(columns.key, last, "output = Σ weight × value", small, muted),
        ending(columns.right - 6, last - 32, f"argmax picks {argmax}", font),
    ]
