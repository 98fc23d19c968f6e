"""The list beside the tree: candidates as they come, sorted, and cut at the beam's width."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.beam_search.compute import Search, Step
from viz.beam_search.layout import Ground
from viz.beam_search.places import Moment
from viz.beam_search.results import Run
from viz.draw import graph, theme
from viz.draw.numbers import count, fixed

LETTER = 8.4


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; without a number it is a word about those left out."""

    words: str
    total: str
    color: str
    bold: bool = False


Picture = tuple[list[dict[str, Any]], dict[str, Any]]


def ranking(run: Run, search: Search, moment: Moment, ground: Ground) -> Picture:
    """Two text traces and the cut as a line; the list's title."""
    title, rows, cut = _rows(run, search, moment, ground.rows)
    y = [
        ground.list_top - ground.row * i - (12 if cut is not None and i >= cut else 0)
        for i in range(len(rows))
    ]
    size = 15 if ground.phone else 17
    room = int(
        (ground.list_right - ground.list_left - 60) / (LETTER - (1.4 if ground.phone else 0))
    )
    left = [_bold(tail(row.words, room), row.bold) for row in rows]
    right = [_bold(row.total, row.bold) for row in rows]
    colors = [row.color for row in rows]
    x0, x1 = ground.list_left, ground.list_right
    traces = [
        column("ranking", x0, y, left, colors, size, "middle right"),
        column("totals", x1, y, right, colors, size, "middle left"),
        _cut_line(ground, cut),
    ]
    head = ground.list_top + (30 if ground.phone else 36)
    small = 14 if ground.phone else 15
    return traces, graph.note(x0, head, title, size=small, color=theme.MUTED, xanchor="left")


def _cut_line(ground: Ground, cut: int | None) -> dict[str, Any]:
    """The line below the beam's last place."""
    at = ground.list_top - ground.row * (cut or 0) + ground.row / 2 - 6
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "cut",
        "x": [] if cut is None else [ground.list_left, ground.list_right],
        "y": [] if cut is None else [round(at, 1)] * 2,
        "line": {"color": theme.INK, "width": 1.5},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def column(
    name: str,
    x: float,
    y: Sequence[float],
    text: Sequence[str],
    colors: Sequence[str],
    size: int,
    side: str,
    **axes: str,
) -> dict[str, Any]:
    """A column of words, each with a colour."""
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [x] * len(y),
        "y": [round(v, 1) for v in y],
        "text": list(text),
        "textposition": side,
        "textfont": {"size": size, "color": list(colors)},
        "hoverinfo": "skip",
        "cliponaxis": False,
        **axes,
    }


def _bold(text: str, bold: bool) -> str:
    return f"<b>{text}</b>" if bold and text else text


def tail(words: str, room: int) -> str:
    """The end of a long sentence: that is where candidates differ."""
    if len(words) > room:
        parts = words.split()
        while len(parts) > 1 and len(" ".join(parts)) > room - 2:
            parts.pop(0)
        words = f"… {' '.join(parts)}"[:room]
    return words.replace("<", "&lt;")


def _rows(run: Run, search: Search, moment: Moment, room: int) -> tuple[str, list[Row], int | None]:
    if moment.phase == "start":
        return "step 1 comes", [Row("(nothing yet)", fixed(0.0), theme.MUTED)], None
    if moment.is_last(search) and search.eos is not None:
        return _ended(run, search, room)
    step = search.steps[moment.steps - 1]
    number = moment.steps - 1
    scored = f"step {moment.steps}: {count(step.num_scored)} candidates"
    if moment.phase == "expand":
        order = np.lexsort((step.tokens, step.parents))
        rows = [_row(search, number, int(place), "candidate", False) for place in order[:room]]
        if len(order) > room:
            rows[-1] = Row(f"and {count(step.num_scored - room + 1)} more", "", theme.MUTED)
        return scored, rows, None
    return _cut(search, number, moment, room)


def _cut(
    search: Search, number: int, moment: Moment, room: int
) -> tuple[str, list[Row], int | None]:
    step = search.steps[number]
    kept, ended = set(step.kept.tolist()), set(step.finished.tolist())
    border = int(step.kept[-1]) + 1 if step.kept.size else len(step.totals)
    shown, gap = _window(len(step.totals), border, room)
    rows, cut = list[Row](), None
    for i, place in enumerate(shown):
        if gap == i:
            rows.append(Row("⋮", "", theme.MUTED))
        if place == border and cut is None:
            cut = len(rows)
        state = "kept" if place in kept else "ended" if place in ended else "pruned"
        final = moment.is_last(search) and place == 0
        rows.append(_row(search, number, place, state, moment.phase == "rank" or final))
    over = moment.phase == "prune"
    title = (
        f"step {number + 1}: {len(kept)} kept of {count(step.num_scored)}"
        if over
        else f"step {number + 1}: sorted, room for {search.beam_width}"
    )
    return title, rows, cut


def _window(size: int, border: int, room: int) -> tuple[list[int], int | None]:
    """Places to list: all, or the first and those around the border; and where the gap is."""
    if size <= room:
        return list(range(size)), None
    if border + 2 <= room:
        return list(range(room)), None
    around = list(range(border - 3, min(border + 3, size)))
    first = list(range(room - 1 - len(around)))
    return [*first, *around], len(first)


def _row(search: Search, number: int, place: int, state: str, bold: bool) -> Row:
    step: Step = search.steps[number]
    colors = {"candidate": theme.INK, "pruned": theme.MUTED, "kept": theme.FWD, "ended": theme.FWD}
    words = search.words(search.prefix(number, place))
    return Row(words, fixed(float(step.totals[place])), colors[state], bold and state != "pruned")


def _ended(run: Run, search: Search, room: int) -> tuple[str, list[Row], int | None]:
    title = "sentences by score" if run.alpha else "sentences by total"
    if not search.best.finished:
        title = "none ended; alive"
    places = 3 if run.alpha else 2
    rows = [
        Row(
            search.words(one.tokens),
            fixed(one.score, places),
            theme.FWD if i == 0 else theme.INK,
            i == 0,
        )
        for i, one in enumerate(search.hypotheses[:room])
    ]
    return title, rows, None
