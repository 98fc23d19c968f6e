"""Where the pictures of the walk stand, and what is written beside them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.cnn.maps import Array
from viz.cnn.slides import Slide
from viz.cnn.tiles import Tile, outline
from viz.draw import theme
from viz.draw.graph import note

HAND_MADE = ("horizontal", "vertical", "nothing")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where everything stands.

    Attributes:
        images: the image at rest, and shifted.
        first: the first convolution's maps at rest, and shifted; none on the phone.
        second: the second convolution's maps.
        change: the grid of shifts.
        bars: left end, length and heights of the three averages.
    """

    width: int
    height: int
    images: tuple[Tile, Tile]
    first: tuple[tuple[Tile, ...], ...]
    second: tuple[tuple[Tile, ...], ...]
    change: Tile
    bars: tuple[float, float, tuple[float, ...]]
    phone: bool


def _cell(result: Slide, wide: float, high: float) -> float:
    sizes = [found.shape[-2:] for found in (result.image, result.first, result.second)]
    return min(wide / max(s[1] for s in sizes), high / max(s[0] for s in sizes))


def _tile(x: float, y: float, found: Array, cell: float) -> Tile:
    rows, columns = found.shape[-2:]
    return Tile(x, y, rows, columns, cell)


def _grid_tile(result: Slide, x: float, y: float, side: float) -> Tile:
    rows, columns = grid_size(result)
    return Tile(x, y, rows, columns, min(side / rows, side * 1.15 / columns))


def grid_size(result: Slide) -> tuple[int, int]:
    """Rows and columns of the grid of shifts."""
    shifts = result.test.shifts
    return len(np.unique(shifts[:, 0])), len(np.unique(shifts[:, 1]))


def wide_desk(result: Slide) -> Desk:
    """Seven columns; four of an image that is so large that the first maps are left out."""
    columns = [78 + 131 * (k + 0.5) for k in range(7)]
    if result.is_large:
        columns = [*columns[:4], *(78 + 131 * (k + 0.5) for k in (2, 4, 6))]
    rows, first = (322.0, 210.0), () if result.is_large else columns[1:4]
    cell = _cell(result, 115, 102)
    return Desk(
        1000,
        412,
        (
            _tile(columns[0], rows[0], result.image, cell),
            _tile(columns[0], rows[1], result.image, cell),
        ),
        tuple(tuple(_tile(x, y, result.first, cell) for x in first) for y in rows),
        tuple(tuple(_tile(x, y, result.second, cell) for x in columns[4:]) for y in rows),
        _grid_tile(result, columns[0], 58.0, 90.0),
        (columns[3] - 20, 300.0, (96.0, 61.0, 26.0)),
        False,
    )


def phone_desk(result: Slide) -> Desk:
    """Two columns, at rest and shifted, without the first maps."""
    cell = _cell(result, 118, 104)
    columns = (138.0, 282.0)
    rows = [604.0 - 116.0 * k for k in range(4)]
    return Desk(
        360,
        692,
        (
            _tile(columns[0], rows[0], result.image, cell),
            _tile(columns[1], rows[0], result.image, cell),
        ),
        ((), ()),
        tuple(tuple(_tile(x, y, result.second, cell) for y in rows[1:]) for x in columns),
        _grid_tile(result, 84.0, 96.0, 100.0),
        (196.0, 96.0, (138.0, 98.0, 58.0)),
        True,
    )


def layout(result: Slide, desk: Desk) -> dict[str, Any]:
    """Frames around the pictures, and all words that stand still."""
    tiles = [*desk.images, *(t for pair in (desk.first, desk.second) for row in pair for t in row)]
    frames = [outline(tile) for tile in (*tiles, desk.change)]
    notes = _phone_notes(result, desk) if desk.phone else _wide_notes(result, desk)
    return {"annotations": notes, "shapes": frames, "barmode": "overlay", "bargap": 0}


def _grey(x: float, y: float, text: str, size: int = 15, anchor: str = "center") -> dict[str, Any]:
    align = "left" if anchor == "left" else "center"
    return note(x, y, text, size=size, color=theme.MUTED, xanchor=anchor, align=align)


def _finding(result: Slide) -> str:
    """What the grid of shifts says."""
    circular = result.padding.startswith("circular")
    grown = result.first.shape[-1] > result.image.shape[-1]
    if result.is_invariant:
        no_shift = "no shift" if result.tests_all else "no tested shift"
        if not circular or grown:
            return f"{no_shift} of this image<br>shows the border"
        return f"flat: {no_shift}<br>changes them"
    if circular and grown:
        framed = "framed: " if result.is_framed else ""
        return f"{framed}the last row and<br>column repeat the first"
    if circular and result.left_out:
        lost = " and ".join(result.left_out)
        return f"only some shifts are kept:<br>POOL2 drops the last {lost}"
    if circular and result.is_pooled:
        return "only some shifts are kept:<br>POOL2 moves in twos"
    return "what leaves the image<br>does not come back"


def _tested(result: Slide) -> str:
    """The title of the grid of shifts."""
    return f"change at {'every shift' if result.tests_all else 'tested shifts'}"


def _wide_notes(result: Slide, desk: Desk) -> list[dict[str, Any]]:
    names, (left, _, heights) = _names(result), desk.bars
    pooled = "POOL2 → " if result.is_pooled else ""
    size = f"{result.kernel_size}×{result.kernel_size}"
    titles = [(desk.images[0].x, "image")]
    if desk.first[0]:
        titles.append((desk.first[0][1].x, f"first convolution {size} → ReLU"))
    titles.append((desk.second[0][1].x, f"{pooled}second convolution {size} → ReLU"))
    notes = [_grey(x, 402, text) for x, text in titles]
    channels = zip((*desk.first[0], *desk.second[0]), names * 2, strict=False)
    notes += [_grey(tile.x, 384, name, 14) for tile, name in channels]
    for place, words in ((0, "at rest"), (1, "shifted")):
        notes.append(note(4, desk.images[place].y, words, size=16, xanchor="left"))
    beside = desk.change.x + 74
    notes.append(
        _grey(
            desk.change.left,
            desk.change.top + 20,
            f"{_tested(result)} (down ↓, right →)",
            15,
            "left",
        )
    )
    notes.append(_grey(beside, 58, _finding(result), 15, "left"))
    notes.append(_grey(left - 46, 126, "averages over all positions", 15, "left"))
    notes += [
        note(left - 14, y, theme.math(f"<i>g</i><sub>{k}</sub>"), size=19, xanchor="right")
        for k, y in enumerate(heights, 1)
    ]
    return notes


def _phone_notes(result: Slide, desk: Desk) -> list[dict[str, Any]]:
    left, _, heights = desk.bars
    notes = [
        note(tile.x, 674, words, size=15)
        for tile, words in zip(desk.images, ("at rest", "shifted"), strict=True)
    ]
    labels = (
        "image",
        *(f"{name}<br>map" if name in HAND_MADE else name for name in _names(result)),
    )
    tiles = (desk.images[0], *desk.second[0])
    notes += [_grey(2, tile.y, text, 14, "left") for tile, text in zip(tiles, labels, strict=True)]
    notes.append(_grey(desk.change.x, desk.change.top + 18, _tested(result), 14))
    notes.append(_grey(280, desk.change.top + 18, "averages", 14))
    notes += [
        note(left - 8, y, theme.math(f"<i>g</i><sub>{k}</sub>"), size=17, xanchor="right")
        for k, y in enumerate(heights, 1)
    ]
    return notes


def _names(result: Slide) -> tuple[str, ...]:
    hand_made = result.weights == "hand-made"
    return HAND_MADE if hand_made else tuple(f"filter {k}" for k in (1, 2, 3))
