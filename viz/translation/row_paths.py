"""The ways that states and words take between the two rows."""

from itertools import pairwise

import numpy as np

from viz.draw import graph
from viz.draw.graph import Path, Point
from viz.translation.compute import Rows
from viz.translation.row_places import Places


def chain(cells: tuple[Point, ...], at: Places) -> list[Path]:
    """From each cell to the next."""
    gap = at.cell / 2 + 2
    return [graph.shorten(graph.straight(a, b), start=gap, end=gap + 3) for a, b in pairwise(cells)]


def hand_over(result: Rows, at: Places) -> list[Path]:
    """From the encoder into the decoder: h_T once, or every state into the step above it."""
    gap = at.cell / 2 + 3
    if result.stack == "vertical":
        ways = [
            graph.straight((x, y + gap), (u + at.cell / 4, v - gap - 3))
            for (x, y), (u, v) in zip(at.encoder, at.decoder, strict=False)
        ]
        return [_behind(way, at) for way in ways] if at.phone else ways
    if not at.phone:
        return chain((at.encoder[-1], at.decoder[0]), at)
    (x, y), (u, v) = at.encoder[-1], at.decoder[0]
    # Round the right edge, back under the encoder's words, and down the left edge.
    edge, middle = at.width - 5, at.source - 20
    way = [(x + gap, y), (edge, y), (edge, middle), (5, middle), (5, v), (u - gap - 2, v)]
    return [np.array(way, dtype=float)]


def _behind(way: Path, at: Places) -> Path:
    """A rising way without its pieces behind the two rows, where words fill the columns."""
    (x, low), (u, high) = way
    half = at.band + abs(at.lift)
    heights = np.array([low, high])
    edges = [middle + at.lift + side for middle in (at.own, at.training) for side in (-half, half)]
    points = [(np.interp(y, heights, [x, u]), y) for y in edges]
    gap = (np.nan, np.nan)
    return np.array([way[0], points[0], gap, points[1], points[2], gap, points[3], way[1]])


def entering(at: Places) -> list[Path]:
    """From w_j up into its cell."""
    gap = at.cell / 2 + 6
    return [
        graph.straight((x - at.lane, at.head + 12), (x - at.lane / 2, y - gap))
        for x, y in at.decoder
    ]


def fed_back(result: Rows, at: Places) -> list[Path]:
    """From a word out to the next input: from the truth in training, else from its own word."""
    training = result.mode == "training"
    start, end = (at.truth, at.training) if training else (at.says, at.own)
    words = result.truth if training else result.emitted
    if at.gap < 60:
        return []
    paths = []
    for j in range(result.steps - 1):
        (x, _), (u, _) = at.decoder[j], at.decoder[j + 1]
        left = x + half_width(words[j], at) + 4
        right = u - at.lane - half_width(result.fed[j + 1], at) - 4
        lane = min(max((x + u) / 2 + at.lane / 2, left + 6), right)
        control = [(left, start), (lane, start), (lane, start - 50), (lane, end + 50), (lane, end)]
        paths.append(graph.bezier([*control, (right, end)], points=16))
    return paths


def half_width(word: str, at: Places) -> float:
    """About half the width of a word as it is drawn."""
    return 0.3 * at.font * len(at.fitted(word))
