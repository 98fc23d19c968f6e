"""Small grey pictures: the exam's lines, drawings of ours, and what a learner typed."""

import re
from collections.abc import Mapping

import numpy as np

from viz import tables
from viz.cnn.maps import Array

MAX_SIDE, MAX_CLICKED = 64, 16
MARKS = {"#": 1.0, "1": 1.0, "x": 1.0, "X": 1.0, "█": 1.0, ".": 0.0, "0": 0.0, "·": 0.0, "-": 0.0}
CORNER = """
#.......
#.......
###.....
........
........
........
........
"""
RING = """
..............
.....####.....
...########...
..####..####..
..###....###..
.###......###.
.###......###.
.###......###.
.###......###.
..###....###..
..####..####..
...########...
.....####.....
..............
"""
SEVEN = """
..............
..............
..##########..
..##########..
.........###..
........###...
.......###....
.....######...
......###.....
.....###......
.....##.......
....###.......
....##........
..............
"""
CROSS = """
..............
..............
..............
...#..........
....#.........
.....#........
##############
##############
......##......
......##.#....
......##..#...
......##...#..
......##......
......##......
"""


def read_picture(text: str, *, max_side: int = MAX_SIDE, min_side: int = 2) -> Array:
    """Read a picture: rows of numbers, or of the marks # and .

    Returns:
        Shape (H, W), read-only.

    Raises:
        ValueError: naming the row, a value beyond ±10, or a size that is not drawn.
    """
    lines = [_closed(line) for line in text.splitlines() if line.strip()]
    if lines and all(re.fullmatch(r"[#xX█.·01-]+", line) for line in lines):
        picture = _marks(lines)
    elif "#" in text or "█" in text:
        raise ValueError(_foreign(lines))
    else:
        picture = np.array(tables.read_matrix(text, max_rows=10**4, max_columns=10**4))
    height, width = picture.shape
    if not (min_side <= height <= max_side and min_side <= width <= max_side):
        raise ValueError(
            f"a picture has {min_side} to {max_side} rows and columns, got {height}×{width}"
        )
    if np.abs(picture).max() > 10:
        worst = picture.flat[np.abs(picture).argmax()]
        raise ValueError(f"grey values must lie between −10 and 10, got {tables.said(worst)}")
    picture.setflags(write=False)
    return picture


def _closed(line: str) -> str:
    """A row of single marks without the spaces between them."""
    items = line.split()
    return "".join(items) if all(len(item) == 1 for item in items) else line.strip()


def _foreign(lines: list[str]) -> str:
    """The sentence about the first letter that is no mark."""
    places = ((n, mark) for n, line in enumerate(lines, 1) for mark in line if mark not in MARKS)
    number, mark = next(places)
    return f"row {number}: '{mark}' is neither # nor ."


def _marks(lines: list[str]) -> Array:
    width = len(lines[0])
    for number, line in enumerate(lines, 1):
        if len(line) != width:
            marks = f"{len(line)} mark{'s' if len(line) > 1 else ''}"
            raise ValueError(f"row {number} has {marks}, expected {width}")
    return np.array([[MARKS[mark] for mark in line] for line in lines])


def cells(text: str) -> list[dict[str, bool]]:
    """A small picture of zeros and ones as rows of named cells, to click on; else nothing."""
    try:
        picture = read_picture(text, max_side=MAX_CLICKED)
    except ValueError:
        return []
    if not np.isin(picture, (0.0, 1.0)).all():
        return []
    return [{str(k): bool(value) for k, value in enumerate(row, 1)} for row in picture]


def clicked(text: str, changes: Mapping[int, Mapping[str, bool]]) -> str:
    """The picture's text after clicks: row from 0 -> {name of a cell: its new state}."""
    picture = np.array(read_picture(text))
    for row, states in changes.items():
        for name, state in states.items():
            picture[int(row), int(name) - 1] = float(state)
    return drawn(picture)


def drawn(picture: Array) -> str:
    """The text that `read_picture` turns back into a picture of zeros and ones."""
    return "\n".join("".join(".#"[int(value > 0.5)] for value in row) for row in picture)
