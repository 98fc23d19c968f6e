"""Activations drawn as flat oblique boxes: edge by side, depth by the logarithm of channels."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from viz.cnn.compute import Row, Shape

Point = tuple[float, float]
Polygon = tuple[Point, ...]
LEAST, THIN, SLANT = 4.0, 3.0, 0.86


@dataclass(frozen=True, slots=True)
class Scale:
    """How large things are drawn, the same for all boxes of a picture.

    Attributes:
        edge: pixels of the longest side.
        depth: pixels of the most channels.
        side: the longest side, in units.
        channels: the most channels.
        flat: the longest row of numbers.
    """

    edge: float
    depth: float
    side: int
    channels: int
    flat: int

    @property
    def pixel(self) -> float:
        """Drawn size of one unit."""
        return self.edge / self.side


@dataclass(frozen=True, slots=True)
class Volume:
    """One box.

    Attributes:
        front: its face.
        lids: its top and its right side; none for flat numbers.
        unit: the middle of the face.
    """

    front: Polygon
    lids: tuple[Polygon, ...]
    unit: Point


def scale_of(rows: Sequence[Row], *, edge: float, depth: float) -> Scale:
    """One scale for all rows of a table."""
    images = [row.shape for row in rows if row.is_image]
    flats = [row.activations for row in rows if not row.is_image]
    return Scale(
        edge,
        depth,
        max(max(shape[:2]) for shape in images),
        max(shape[2] for shape in images),
        max(flats, default=1),
    )


def volume(shape: Shape, middle: Point, scale: Scale) -> Volume:
    """The box of a shape around a middle."""
    x, y = middle
    if len(shape) < 3:
        return _bar(shape[0], middle, scale)
    height, width, channels = shape
    high, wide = (max(side * scale.pixel, LEAST) for side in (height, width))
    deep = _depth(channels, scale)
    left, low = x - (wide + deep) / 2, y - (high + deep * SLANT) / 2
    right, top = left + wide, low + high
    back = (deep, deep * SLANT)
    front = _rectangle(left, low, right, top)
    lid = ((left, top), (left + back[0], top + back[1]), (right + back[0], top + back[1]))
    side = ((right, low), (right + back[0], low + back[1]), (right + back[0], top + back[1]))
    lids = ((*lid, (right, top)), (*side, (right, top)))
    return Volume(front, lids, ((left + right) / 2, (low + top) / 2))


def _bar(count: int, middle: Point, scale: Scale) -> Volume:
    share = math.log(count + 1) / math.log(max(scale.flat, 2) + 1)
    half = (0.25 + 0.3 * share) * scale.edge
    x, y = middle
    width = max(4.0, 0.07 * scale.edge)
    return Volume(_rectangle(x - width, y - half, x + width, y + half), (), middle)


def _depth(channels: int, scale: Scale) -> float:
    most = math.log(max(scale.channels, 2))
    return THIN + (scale.depth - THIN) * math.log(channels) / most


def _rectangle(left: float, low: float, right: float, top: float) -> Polygon:
    return ((left, low), (right, low), (right, top), (left, top))


def square_on(face: Volume, size: float, scale: Scale) -> Polygon:
    """A square of ``size`` pixels in the middle of a face, cut at its edges."""
    (left, low), _, (right, top), _ = face.front
    x, y = face.unit
    half = size * scale.pixel / 2
    return _rectangle(
        max(left, x - half), max(low, y - half), min(right, x + half), min(top, y + half)
    )


def outline(polygons: Iterable[Polygon]) -> dict[str, list[float | None]]:
    """Closed polygons as x and y, parted by gaps, for one filled trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for polygon in polygons:
        x += [*(round(p[0], 1) for p in (*polygon, polygon[0])), None]
        y += [*(round(p[1], 1) for p in (*polygon, polygon[0])), None]
    return {"x": x, "y": y}
