"""The exam's table as a film, cell by cell or layer by layer; dense layers beside convolutions."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from viz.cnn import strip, strip_words, wording
from viz.cnn.compute import size_text
from viz.cnn.strip import window
from viz.cnn.tabulation import Cell, Table
from viz.draw import theme
from viz.draw.film import Film, Frame, still
from viz.draw.graph import note
from viz.draw.numbers import count

MOST, MOST_STEPS = 8, 42


def table_film(table: Table, *, phone: bool = False) -> Film:
    """Layer by layer, or the hidden cells one after the other; the last frame shows all."""
    steps = [
        (label, said, window(table, current, hidden, asked, phone))
        for label, said, current, hidden, asked in _steps(table)
    ]
    whole = steps[-1][2]
    figure = theme.figure(_traces(whole), theme.diagram(whole.height, whole.width, shapes=[]))
    frames = []
    for label, caption, view in steps:
        changes = tuple(_change(trace) for trace in _traces(view))
        every = tuple(range(len(changes)))
        frames.append(Frame(label, caption, every, changes, {"shapes": strip.spot(view)}))
    start = 0 if table.hidden else -1
    return Film(figure, tuple(frames), "layer", start, 900, _columns(table))


def hidden_still(table: Table, *, phone: bool = False) -> Film:
    """The table with its hidden cells, for a question: no frame shows them."""
    view = window(table, None, frozenset(table.hidden), None, phone)
    figure = theme.figure(_traces(view), theme.diagram(view.height, view.width, shapes=[]))
    words = "Cells with a question mark are to be found."
    return still(figure, words, {"layer": [row.name for row in table.rows]})


def _thinned(count: int) -> list[int]:
    """Places from 0 to count - 1, evenly thinned so that the film of a long net stays small."""
    return sorted(
        set(np.linspace(0, count - 1, min(count, MOST_STEPS)).round().astype(int).tolist())
    )


Step = tuple[str, str, int | None, frozenset[Cell], Cell | None]


def _steps(table: Table) -> list[Step]:
    """Label, sentence, row pointed at, cells that are hidden, cell that is asked for next."""
    if table.hidden:
        return [_prediction(table, known) for known in _thinned(len(table.hidden) + 1)]
    none = frozenset[Cell]()
    every: list[Step] = [
        (table.rows[k + 1].name, wording.layer_sentence(table, k + 1), k + 1, none, None)
        for k in _thinned(len(table.layers))
    ]
    return [*every, ("whole net", wording.whole(table), None, none, None)]


def _prediction(table: Table, known: int) -> Step:
    cells = table.hidden
    left = cells[known:]
    said = wording.cell_sentence(table, cells[known - 1]) if known else ""
    asked = left[0] if left else None
    said = f"{said} {wording.asked_sentence(table, len(left), asked)}".strip()
    return f"{known} of {len(cells)} shown", said, None, frozenset(left), asked


def _traces(view: strip.Window) -> list[dict[str, Any]]:
    return [*strip.shapes(view), *strip_words.words(view)]


def _change(trace: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("x", "y", "text", "customdata")
    return {key: trace[key] for key in keys if key in trace}


def _columns(table: Table) -> dict[str, list[Any]]:
    rows, places = table.rows, range(len(table.rows))
    return {
        "layer": [row.name for row in rows],
        "activations": [size_text(row.shape) for row in rows],
        "parameters": [str(table.shown_params(place)) for place in places],
        "arithmetic": [table.shown_formula(place) for place in places],
        "multiplications": [str(table.shown_macs(place)) for place in places],
        "receptive field": [wording.field(table, place) for place in places],
        "bytes (float32)": [row.memory for row in rows],
    }


def dense_bars(table: Table, *, phone: bool = False) -> Film | None:
    """Parameters of every convolution beside those of the dense layer; None without any."""
    places = [i for i, row in enumerate(table.rows) if row.layer and row.layer.kind == "conv"][
        :MOST
    ]
    if not places:
        return None
    names = [f"{table.rows[i].name}, layer {i}" for i in places]
    conv = [table.rows[i].num_params for i in places]
    dense = [table.dense_params(i) for i in places]
    figure = theme.figure(
        [
            _dense_pair("dense", dense, theme.BG, theme.LINE, 0.19),
            _dense_pair("convolution", conv, theme.PAR, theme.PAR, -0.19),
        ],
        _dense_layout(names, conv, dense, phone),
    )
    return still(
        figure, _dense_caption(table, places, dense), _dense_columns(table, places, conv, dense)
    )


def _dense_pair(name: str, values: list[int], fill: str, edge: str, up: float) -> dict[str, Any]:
    heights = [len(values) - 1 - k + up for k in range(len(values))]
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "x": [float(value) for value in values],
        "y": heights,
        "width": 0.34,
        "marker": {"color": fill, "line": {"color": edge, "width": 1.5}},
        "hovertemplate": f"%{{x}} parameters<extra>{name}</extra>",
    }


def _dense_layout(
    names: list[str], conv: list[int], dense: list[int], phone: bool
) -> dict[str, Any]:
    top = max(dense)
    digits = len(str(top))
    powers = range(0, digits + 1, 2 if digits <= 8 else 4)
    notes = []
    for k, name in enumerate(names):
        y = len(names) - 1 - k
        notes.append(note(0, y + 0.48, name, size=14, xref="paper", xanchor="left"))
        for values, up, word, color in (
            (dense, 0.19, "dense", theme.MUTED),
            (conv, -0.19, "convolution", theme.PAR),
        ):
            text = f"{wording.number(values[k])} {word}"
            x = _log10(values[k]) + 0.05
            notes.append(note(x, y + up, text, size=14, color=color, xanchor="left"))
    return theme.chart(
        120 + 84 * len(names),
        margin={"l": 16, "r": 16, "t": 16, "b": 58},
        annotations=notes,
        barmode="overlay",
        xaxis={
            "type": "log",
            "range": [0, _log10(top) * (1.75 if phone else 1.25)],
            "tickvals": [10.0**p for p in powers],
            "ticktext": [f"10<sup>{p}</sup>" if p else "1" for p in powers],
            "title": {"text": "parameters, logarithmic"},
        },
        yaxis={"range": [-0.5, len(names) - 0.3], "visible": False},
    )


def _log10(value: int) -> float:
    return math.log10(max(value, 1))


def _dense_caption(table: Table, places: list[int], dense: list[int]) -> str:
    first, instead = table.rows[places[0]], wording.number(dense[0])
    return (
        f"{first.name} learns {{par:{count(first.num_params)}}} numbers, whatever the size of the "
        f"image; a dense layer with the same input and output would learn {instead}."
    )


def _dense_columns(
    table: Table, places: list[int], conv: list[int], dense: list[int]
) -> dict[str, list[Any]]:
    return {
        "layer": [table.rows[i].name for i in places],
        "convolution": conv,
        "dense": [str(value) for value in dense],
    }
