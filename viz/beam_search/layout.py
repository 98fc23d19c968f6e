"""The geometry of the search tree's picture: boxes or dots, edges, the list beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from viz.beam_search.places import heights
from viz.beam_search.results import Prefix, Run
from viz.draw import graph
from viz.draw.numbers import fixed

Mode = Literal["tall", "flat", "dots"]
Numbers = list[float | None]
Curve = tuple[Numbers, Numbers]
CORNER, POINTS = 7.0, 9
QUIET = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Sizes of the picture in pixels.

    Attributes:
        left: where the root stands. right: where the last column's boxes end.
        low, high: the tree's lowest and highest place.
        list_left, list_right, list_top: the list of candidates.
        row: height of a row of the list. rows: how many fit.
    """

    width: int
    height: int
    left: float
    right: float
    low: float
    high: float
    list_left: float
    list_right: float
    list_top: float
    row: float
    rows: int
    phone: bool


WIDE = Ground(1000, 440, 46, 668, 6, 402, 776, 994, 388, 30, 8, False)


def phone_ground(tree: float, rows: int) -> Ground:
    """The upright picture: the tree above, the list under it."""
    row = 25.0
    low = rows * row + 60
    height = round(low + tree + 34)
    return Ground(360, height, 22, 354, low, low + tree, 14, 346, low - 54, row, rows, True)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Where everything of a run stands.

    Attributes:
        mode: two lines in a box, one line, or dots.
        at: the centre of every drawn prefix, the root included.
        half: half the width and half the height of a box (or a dot's radius).
        room: pixels from one leaf to the next.
        pitch: pixels from one column to the next.
        curves, outlines: edges and boxes that were asked for.
    """

    ground: Ground
    mode: Mode
    at: dict[Prefix, tuple[float, float]]
    half: tuple[float, float]
    room: float
    pitch: float
    curves: dict[Prefix, Curve] = field(default_factory=dict)
    outlines: dict[tuple[Prefix, float], Curve] = field(default_factory=dict)

    @property
    def labelled(self) -> bool:
        """Whether there is room for log-probs beside the edges."""
        return self.mode == "tall" and self.pitch - 2 * self.half[0] >= 44

    def edge(self, prefix: Prefix) -> Curve:
        """The curve from the parent to this prefix, ended by a gap."""
        if prefix not in self.curves:
            self.curves[prefix] = self._curve(prefix)
        return self.curves[prefix]

    def _curve(self, prefix: Prefix) -> Curve:
        (x0, y0), (x1, y1) = self.at[prefix[:-1]], self.at[prefix]
        start = x0 + (self.half[0] if len(prefix) > 1 else 0)
        if self.mode == "dots":
            return [round(x0), round(x1), None], [round(y0), round(y1), None]
        path = graph.curve((start, y0), (x1 - self.half[0], y1), points=POINTS)
        return [*(round(x) for x in path[:, 0]), None], [*(round(y) for y in path[:, 1]), None]

    def box(self, prefix: Prefix, *, grow: float = 0.0) -> Curve:
        """The outline of a box, ended by a gap; a dot gets one only if it grows."""
        if (prefix, grow) not in self.outlines:
            self.outlines[prefix, grow] = self._outline(prefix, grow)
        return self.outlines[prefix, grow]

    def _outline(self, prefix: Prefix, grow: float) -> Curve:
        x, y = self.at[prefix]
        a, b = self.half[0] + grow, self.half[1] + grow
        c = min(CORNER, a, b)
        i, j = a - c, b - c
        u, v = a - 0.29 * c, b - 0.29 * c  # the middle of a rounded corner
        xs = (-i, i, u, a, a, u, i, -i, -u, -a, -a, -u, -i)
        ys = (-b, -b, -v, -j, j, v, b, b, v, j, -j, -v, -b)
        return [*(round(x + dx, 1) for dx in xs), None], [*(round(y + dy, 1) for dy in ys), None]


def plan(run: Run, prefixes: Sequence[Prefix], kept: set[Prefix], *, phone: bool) -> Plan:
    """Choose boxes or dots by the room there is, and place every prefix."""
    vocabulary = run.decoder.vocabulary
    parents = {prefix[:-1] for prefix in prefixes}
    leaves = [prefix for prefix in prefixes if prefix not in parents]
    depth = max((len(prefix) for prefix in prefixes), default=1)
    longest = max((len(vocabulary[prefix[-1]]) for prefix in prefixes), default=1)
    total = max((len(fixed(value)) for value in run.tree.values()), default=6)
    letter = 6.9 if phone else 7.6
    tall = max(23.0, letter * max(longest, total) / 2 + (4 if phone else 8))
    flat = letter * (longest + total + 1) / 2 + 5
    most = max(len(step.totals) for one in (run.search, *run.by_width) for step in one.steps)
    tree = min(max(48.0 * len(leaves), 260.0), 400.0)
    ground = phone_ground(tree, min(most, 8)) if phone else WIDE
    area = ground.high - ground.low
    mode: Mode = "dots"
    for name, half, least in (("tall", tall, 46.0), ("flat", flat, 19.0)):
        pitch = (ground.right - half - ground.left) / depth
        if area / max(len(leaves), 1) >= least and pitch >= 2 * half + 12:
            mode = "tall" if name == "tall" else "flat"
            break
    size = (tall, 20.5) if mode == "tall" else (flat, 9.5) if mode == "flat" else (5.0, 5.0)
    weights = {leaf: 1.0 if leaf in kept or mode != "dots" else QUIET for leaf in leaves}
    share = heights(prefixes, weights=weights)
    pitch = (ground.right - size[0] - ground.left) / depth
    at = {
        prefix: (ground.left + pitch * len(prefix), ground.low + high * area)
        for prefix, high in share.items()
    }
    room = area / max(sum(weights.values()), 1.0)
    return Plan(ground, mode, at, size, room, pitch)
