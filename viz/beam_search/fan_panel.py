"""Beside the fan: the sentences of the beam, those that ended, and at last what is said."""

from typing import Any

from viz.beam_search.compute import Search
from viz.beam_search.rank_list import Row, column, tail
from viz.beam_search.speech import Speech
from viz.draw import graph, theme
from viz.draw.numbers import fixed

ROOM, PHONE_ROOM = 38, 38
BEAM, DONE = 5, 3

Panel = tuple[dict[str, Any], dict[str, Any], dict[str, Any]]


def panel(result: Speech, search: Search, step: int, *, phone: bool) -> Panel:
    """Three text traces in the second pair of axes: sentences, their totals, headings."""
    room = PHONE_ROOM if phone else ROOM
    over = step == len(search.steps)
    parts = _final(result, search, room) if over else _running(result, search, step)
    width, top = (330, 246) if phone else (370, 268)
    gap = 21 if phone else 24
    y, heads = float(top), list[dict[str, Any]]()
    places, rows = list[float](), list[Row]()
    for title, part in parts:
        heads.append(_head(y, title, phone))
        y -= gap
        for row in part:
            places.append(y)
            rows.append(row)
            y -= gap
        y -= gap * 0.4
    size = 14 if phone else 15
    left = [_bold(tail(row.words, room - 2 * row.bold if row.total else 60), row) for row in rows]
    right = [_bold(row.total, row) for row in rows]
    colors = [row.color for row in rows]
    axes = {"xaxis": "x2", "yaxis": "y2"}
    return (
        column("sentences", 0, places, left, colors, size, "middle right", **axes),
        column("totals", width, places, right, colors, size, "middle left", **axes),
        graph.written("headings", heads, xaxis="x2", yaxis="y2"),
    )


def _head(y: float, title: str, phone: bool) -> dict[str, Any]:
    size = 13 if phone else 15
    return graph.note(0, y, title, size=size, color=theme.MUTED, xanchor="left")


def _bold(text: str, row: Row) -> str:
    return f"<b>{text}</b>" if row.bold and text else text


def _running(result: Speech, search: Search, step: int) -> list[tuple[str, list[Row]]]:
    if not step:
        return [("before the first word", [Row("(nothing yet)", fixed(0.0), theme.MUTED)])]
    now = search.steps[step - 1]
    beam = [
        Row(search.words(row), fixed(float(now.totals[place])), theme.FWD, i == 0)
        for i, (row, place) in enumerate(zip(now.prefixes.tolist(), now.kept, strict=True))
    ][:BEAM]
    done = [one for one in search.hypotheses if one.finished and len(one.tokens) <= step]
    places = 3 if result.run.alpha else 2
    ended = [
        Row(search.words(one.tokens), fixed(one.score, places), theme.INK) for one in done[:DONE]
    ]
    parts = [(f"beam after word {step}, {len(now.kept)} kept", beam)]
    if ended:
        parts.append((f"ended so far: {len(done)}", ended))
    return parts


def _final(result: Speech, search: Search, room: int) -> list[tuple[str, list[Row]]]:
    best, kind = search.best, "score" if result.run.alpha else "total"
    words = [Row(line, "", theme.FWD, True) for line in _wrapped(search.words(best.tokens), room)]
    done = [one for one in search.hypotheses if one.finished == best.finished]
    places = 3 if result.run.alpha else 2
    rows = [
        Row(
            search.words(one.tokens),
            fixed(one.score, places),
            theme.FWD if i == 0 else theme.INK,
            i == 0,
        )
        for i, one in enumerate(done[: BEAM + 2 - max(0, len(words) - 2)])
    ]
    name = f"{len(done)} ended, by {kind}" if best.finished else "none ended; still alive"
    return [(f"k = {search.beam_width} says", words), (name, rows)]


def _wrapped(words: str, room: int) -> list[str]:
    """Lines of at most ``room`` letters, four at most."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= 4 else [*lines[:3], f"{lines[3]} …"]
