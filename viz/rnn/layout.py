"""Where nodes and edges of the unrolled graph stand, wide or upright for the phone."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from viz.draw import graph
from viz.draw.graph import Path, Point

NODE, WEIGHT = 21, 30
ASIDE = 12.0


@dataclass(frozen=True, slots=True)
class Place:
    """Fixed places in the exam's order: + p × q + r × s + t × y.

    Attributes:
        width, height: of the picture.
        operations: + and × along the chain; the output follows after them.
        inputs, start, output, weight: the other nodes.
        bar: left end, right end and middle height of the bar into which the shares drop.
        upright: whether the chain runs downwards.
        drop: how far the edges of w run straight below a product, clear of two-line labels.
    """

    width: int
    height: int
    operations: tuple[Point, ...]
    inputs: tuple[Point, ...]
    start: Point
    output: Point
    weight: Point
    bar: tuple[float, float, float]
    upright: bool
    drop: float = 0.0


def place(num_steps: int, *, phone: bool, stacked: bool) -> Place:
    """Places for a chain of sums and products; ``stacked`` if its labels take two lines."""
    count = 2 * num_steps
    if phone:
        gap = min(74.0, 690 / (count + 1))
        height = round(gap * (count + 1) + 154)
        rows = [height - 62 - gap * i for i in range(count)]
        return Place(
            360,
            height,
            tuple((140.0, y) for y in rows),
            tuple((40.0, y) for y in rows[::2]),
            (140.0, height - 14.0),
            (140.0, rows[-1] - gap),
            (318.0, (rows[0] + rows[-1]) / 2),
            (30.0, 330.0, 58.0),
            True,
        )
    step = 810 / count
    chain = tuple((130 + step * i, 284.0) for i in range(count))
    return Place(
        1000,
        440,
        chain,
        tuple((x, 398.0) for x, _ in chain[::2]),
        (38.0, 284.0),
        (940.0, 284.0),
        (sum(x for x, _ in chain[1::2]) / num_steps, 122.0),
        (90.0, 910.0, 60.0),
        False,
        72.0 if stacked else 0.0,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """The edges that appear while the film plays."""

    chain: tuple[Path, ...]
    back: tuple[Path, ...]
    shares: tuple[Path, ...]


def paths(at: Place) -> Paths:
    """All of them, computed once for all frames."""
    return Paths(tuple(chain_edges(at)), tuple(back_edges(at)), tuple(share_edges(at)))


def joints(at: Place) -> list[Point]:
    """The middles of the chain's edges, where each one's value and derivative stand."""
    points = [*at.operations, at.output]
    return [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points)]


def chain_edges(at: Place) -> list[Path]:
    """Forward edges, the one from the start value first."""
    points = [at.start, *at.operations, at.output]
    ends = [10.0, *[NODE + 2.0] * len(at.operations)]
    pairs = zip(points, points[1:], ends, strict=False)
    return [graph.shorten(graph.straight(a, b), start=gap, end=NODE + 5) for a, b, gap in pairs]


def back_edges(at: Place) -> list[Path]:
    """Backward edges beside the forward ones; the first leads to the first sum."""
    shift = (ASIDE, 0.0) if at.upright else (0.0, -ASIDE)
    moved = [(x + shift[0], y + shift[1]) for x, y in (*at.operations, at.output)]
    return [
        graph.shorten(graph.straight(b, a), start=NODE + 2, end=NODE + 2)
        for a, b in pairwise(moved)
    ]


def input_edges(at: Place) -> list[Path]:
    """From every input to its sum."""
    return [
        graph.shorten(graph.straight(a, b), start=24, end=NODE + 5)
        for a, b in zip(at.inputs, at.operations[::2], strict=True)
    ]


def weight_edges(at: Place) -> list[Path]:
    """From w to every product."""
    return [graph.shorten(path, start=WEIGHT + 4, end=NODE + 5) for path in _uses(at)]


def share_edges(at: Place) -> list[Path]:
    """Beside the edges of w, from every product back to w."""
    paths = []
    for path in _uses(at):
        moved = path + ((0.0, -9.0) if at.upright else (8.0 * side(at, path[-1][0]), -5.0))
        paths.append(graph.shorten(moved[::-1], start=NODE + 2, end=WEIGHT + 9))
    return paths


def side(at: Place, x: float) -> int:
    """On which side of its edge a product's share stands: away from w."""
    return -1 if x < at.weight[0] - 1 else 1


def _uses(at: Place) -> list[Path]:
    wx, wy = at.weight
    paths = []
    for x, y in at.operations[1::2]:
        control = [(wx, wy), ((wx + x) / 2, y), (x + 60, y), (x, y)]
        if not at.upright:
            low = y - at.drop
            control = [(wx, wy), (wx + 0.25 * (x - wx), wy + 70), (x, min(wy + 60, low)), (x, low)]
        path = graph.bezier(control, points=20)
        paths.append(np.vstack([path, [[x, y]]]) if at.drop else path)
    return paths
