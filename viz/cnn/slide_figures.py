"""The walk over the torus: the image, its feature maps, their averages, at rest and shifted."""

from typing import Any

import numpy as np

from viz.cnn import slides
from viz.cnn.maps import Array
from viz.cnn.slide_places import Desk, grid_size, layout, phone_desk, wide_desk
from viz.cnn.slides import Slide
from viz.cnn.tiles import Ink, heat
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short


def torus_walk(result: Slide, *, phone: bool = False) -> Film:
    """Shift after shift; the maps roll, the averages stand still, or do not."""
    desk = phone_desk(result) if phone else wide_desk(result)
    start = result.start
    still, moving = _still(result, desk), _moving(result, desk, start)
    figure = theme.figure(
        [*still, *moving], theme.diagram(desk.height, desk.width, **layout(result, desk))
    )
    places = tuple(range(len(still), len(still) + len(moving)))
    frames = tuple(
        Frame(
            _label(result, k),
            caption(result, k),
            places,
            tuple(_change(trace) for trace in _moving(result, desk, k)),
        )
        for k in range(len(result.shifts))
    )
    return Film(figure, frames, "shift", start, 250, _table(result))


def _inks(result: Slide) -> tuple[Ink, Ink, Ink]:
    """Image, first maps, second maps; the same for all frames."""
    low, high = float(result.image.min()), float(result.image.max())
    size = max(abs(low), abs(high), 1e-9)
    image = Ink(size / 0.85, -size / 0.85, theme.INK) if low < 0 else Ink(size, 0, theme.INK)
    maps = [Ink(max(float(found.max()), 1e-9)) for found in (result.first, result.second)]
    return image, maps[0], maps[1]


def _pictures(result: Slide, desk: Desk, k: int, place: int) -> list[dict[str, Any]]:
    """The image and the maps of a frame, in the row at rest (0) or shifted (1)."""
    image, first, second = _inks(result)
    when = ("at rest", "shifted")[place]
    traces = [heat(f"image {when}", desk.images[place], result.rolled[k], image)]
    for layer, tiles, found, ink in (
        ("first", desk.first, result.first, first),
        ("second", desk.second, result.second, second),
    ):
        traces += [
            heat(f"{layer} map {channel + 1} {when}", tile, found[k, channel], ink)
            for channel, tile in enumerate(tiles[place])
        ]
    return traces


def _still(result: Slide, desk: Desk) -> list[dict[str, Any]]:
    rows, columns = grid_size(result)
    changes = result.test.changes.reshape(rows, columns)
    exact = result.test.exact
    most = max(result.scale, 1e-9) if exact else float(changes.max())
    change = np.zeros_like(changes) if exact else changes
    return [
        *_pictures(result, desk, 0, 0),
        heat("change of the averages", desk.change, change, Ink(most)),
        _bars(desk, result.features_at_rest, result, "averages at rest", theme.MUTED, 26, 0),
    ]


def _moving(result: Slide, desk: Desk, k: int) -> list[dict[str, Any]]:
    return [
        *_pictures(result, desk, k, 1),
        _bars(desk, result.features[k], result, "averages shifted", theme.FWD, 14, 1),
        _numbers(result, desk, k),
        _strange(result, desk, k),
        _here(result, desk, k),
    ]


def _change(trace: dict[str, Any]) -> dict[str, Any]:
    keys = ("z",) if trace["type"] == "heatmap" else ("x", "y", "text", "customdata")
    return {key: trace[key] for key in keys if key in trace}


def _bars(
    desk: Desk, values: Array, result: Slide, name: str, color: str, width: float, filled: int
) -> dict[str, Any]:
    """At rest an empty outline, shifted a solid bar inside it."""
    left, length, heights = desk.bars
    most = max(float(result.features.max()), 1e-9)
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        "y": list(heights),
        "x": [round(length * float(value) / most, 2) for value in values],
        "base": left,
        "width": width,
        "marker": {
            "color": color if filled else theme.BG,
            "line": {"color": color, "width": 0 if filled else 1.5},
        },
        "customdata": [short(float(value), 6) for value in values],
        "hovertemplate": f"%{{customdata}}<extra>{name}</extra>",
    }


def _numbers(result: Slide, desk: Desk, k: int) -> dict[str, Any]:
    """The averages as numbers, those at rest too where they differ."""
    left, length, heights = desk.bars
    text = []
    for now, rest in zip(result.features[k], result.features_at_rest, strict=True):
        shown = f"<b>{number(result, float(now))}</b>"
        differs = abs(now - rest) > 1e-12 * max(result.scale, 1.0)
        grey = f"<span style='color:{theme.MUTED};font-size:14px'>"
        was = (
            f" {grey}at rest {number(result, float(rest))}</span>"
            if differs and not desk.phone
            else ""
        )
        text.append(shown + was)
    return {
        "type": "scatter",
        "mode": "text",
        "name": "averages",
        "x": [left + length + 10] * 3,
        "y": list(heights),
        "text": text,
        "textposition": "middle right",
        "textfont": {"size": 16 if desk.phone else 19, "color": theme.FWD},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def number(result: Slide, value: float) -> str:
    """Two decimals, three in all numbers where two would hide digits of some."""
    rounded = np.abs(result.features - result.features.round(2)).max() < 1e-9
    return fixed(value, 2 if rounded else 3)


def _strange(result: Slide, desk: Desk, k: int) -> dict[str, Any]:
    """Cells that break the promise, framed in ink."""
    x, y, cell = [], [], desk.images[0].cell
    quiet = not result.is_framed or result.padding == "zeros both" or result.moves_along[k]
    for tiles, found in ((desk.first, result.first), (desk.second, result.second)):
        if quiet or not tiles[1]:
            continue
        marked = slides.strange_cells(found[k], found[0], result.shifts[k], result.image.shape)
        for channel, tile in enumerate(tiles[1]):
            for row, column in np.argwhere(marked[channel]):
                place = tile.middle(int(row), int(column))
                x.append(place[0])
                y.append(place[1])
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "cells that break the promise",
        "x": x,
        "y": y,
        "marker": {
            "symbol": "square-open",
            "size": max(cell * 0.945 - 3, 4),
            "color": theme.INK,
            "line": {"width": 2},
        },
        "hoverinfo": "skip",
    }


def _here(result: Slide, desk: Desk, k: int) -> dict[str, Any]:
    """The present shift on the grid of shifts; the nearest one drawn if the grid is coarse."""
    rows, columns = (np.unique(result.test.shifts[:, axis]) for axis in (0, 1))
    dy, dx = result.shifts[k]
    row, column = (int(np.abs(axis - by).argmin()) for axis, by in ((rows, dy), (columns, dx)))
    x, y = desk.change.middle(row, column)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "present shift",
        "x": [x],
        "y": [y],
        "marker": {
            "symbol": "square-open",
            "size": max(desk.change.cell * 0.945, 8),
            "color": theme.INK,
            "line": {"width": 2.5},
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _label(result: Slide, k: int) -> str:
    dy, dx = result.shifts[k]
    return f"({dy}, {dx})"


PADDED = {
    "circular before": "circular padding before",
    "circular both": "circular padding on both sides",
    "zeros before": "zeros before",
    "zeros both": "zeros on both sides",
}


def caption(result: Slide, k: int) -> str:
    """Where the image is, what the averages are, and whether the promise is kept."""
    dy, dx = result.shifts[k]
    features = ", ".join(f"{{fwd:{number(result, float(g))}}}" for g in result.features[k])
    other = result.landmarks.get((dy, dx))
    arrived = f" is {other}" if other else ""
    where = f"shifted by ({dy}, {dx}){arrived}" if dy or dx else "at rest"
    still = result.stands_still(k)
    change = "0" if still else short(float(result.change[k]), 2)
    return (
        f"{result.name} {where}, {PADDED[result.padding]}: features ({features}), "
        f"change {change}. {_verdict(result, k, still)}"
    )


def _verdict(result: Slide, k: int, still: bool) -> str:
    along = result.moves_along[k]
    if still and along:
        if result.is_invariant:
            words = "Invariant: maps roll, averages stay"
            return f"{words}." if result.tests_all else f"{words}, at every shift that was tested."
        return "This shift keeps the averages, others do not."
    if still:
        grown = result.second.shape[-1] > result.image.shape[-1]
        why = "the maps have grown" if grown else "the maps do not roll along"
        return f"The averages stand still, though {why}."
    return "The averages move: not invariant."


def _table(result: Slide) -> dict[str, list[Any]]:
    columns = {f"g{k + 1}": result.features[:, k].round(12).tolist() for k in range(3)}
    return {
        "rows": [shift[0] for shift in result.shifts],
        "columns": [shift[1] for shift in result.shifts],
        **columns,
        "change": result.change.tolist(),
    }
