"""Where the strip's columns (rows on the phone) stand, and their boxes, bars and spotlight."""

import math
from dataclasses import dataclass
from typing import Any

from viz.cnn import volumes, wording
from viz.cnn.tabulation import Cell, Table
from viz.cnn.volumes import Point, Polygon, Scale
from viz.draw import theme

SLOTS, GUTTER, BAR, GROUND = 9, 108, 54, 90


@dataclass(frozen=True, slots=True)
class Window:
    """What is on screen: a window of rows, one of them pointed at, some cells hidden.

    Attributes:
        places: rows of the table on screen; the input is always the first.
        current: the row pointed at; None for the whole net.
        hidden: cells that show a question mark.
        asked: the hidden cell that is asked for next.
    """

    table: Table
    places: tuple[int, ...]
    current: int | None
    hidden: frozenset[Cell]
    asked: Cell | None
    phone: bool

    @property
    def width(self) -> int:
        """Of the picture, in its own pixels."""
        return 360 if self.phone else 1000

    @property
    def height(self) -> int:
        """Of the picture."""
        return 62 * len(self.places) + 12 if self.phone else 412

    @property
    def slot(self) -> float:
        """Width of a column, or height of a row on the phone."""
        return 62.0 if self.phone else min(170.0, (self.width - GUTTER) / len(self.places))

    def middle(self, slot: int) -> Point:
        """Where a volume stands."""
        if self.phone:
            return (34.0, self.height - 36 - self.slot * slot)
        return (self.across(slot), 302.0)

    def across(self, slot: int) -> float:
        """Middle of a column."""
        return GUTTER + self.slot * (slot + 0.5)

    @property
    def scale(self) -> Scale:
        """The same in all frames."""
        if self.phone:
            return volumes.scale_of(self.table.rows, edge=38, depth=13)
        return volumes.scale_of(self.table.rows, edge=min(92.0, self.slot - 30), depth=24)

    def is_hidden(self, place: int, column: str) -> bool:
        """Whether a cell shows a question mark."""
        return (place, column) in self.hidden


def window(
    table: Table, current: int | None, hidden: frozenset[Cell], asked: Cell | None, phone: bool
) -> Window:
    """The window follows the current row; the input stays."""
    last, room = len(table.rows) - 1, SLOTS - 2
    if last < SLOTS:
        return Window(table, tuple(range(last + 1)), current, hidden, asked, phone)
    middle = current or (asked[0] if asked else last)
    start = max(1, min(middle - room // 2, last - room + 1))
    return Window(table, (0, *range(start, start + room)), current, hidden, asked, phone)


def shapes(view: Window) -> list[dict[str, Any]]:
    drawn = [
        volumes.volume(_shape(view, place), view.middle(slot), view.scale)
        for slot, place in enumerate(view.places)
    ]
    secret = [view.is_hidden(place, "shape") for place in view.places]
    lids = [
        lid for one, unknown in zip(drawn, secret, strict=True) if not unknown for lid in one.lids
    ]
    known = [one.front for one, unknown in zip(drawn, secret, strict=True) if not unknown]
    boxes = [one.front for one, unknown in zip(drawn, secret, strict=True) if unknown]
    field, sight, unit = _sight(view, drawn)
    return [
        _filled("lids", lids, theme.BG),
        _filled("fronts", known, theme.FWD_T),
        _filled("unknown", boxes, "", width=1.5, dash="dash", line=theme.LINE),
        _filled("sight", sight, "", width=1.2, dash="dot"),
        _filled("field", field, theme.FWD, opacity=0.45),
        _filled("unit", unit, theme.FWD),
        _bars(view),
    ]


def _shape(view: Window, place: int) -> tuple[int, ...]:
    """A hidden shape is drawn as a small empty square, so that its size tells nothing."""
    if not view.is_hidden(place, "shape"):
        return view.table.rows[place].shape
    side = max(1, view.scale.side // 2)
    return (side, side, 1)


def _sight(
    view: Window, drawn: list[volumes.Volume]
) -> tuple[list[Polygon], list[Polygon], list[Polygon]]:
    """The receptive field on the input, the lines to it, and the unit that sees it."""
    if view.current is None or view.current not in view.places:
        return [], [], []
    sides = view.table.shown_field(view.current) or view.table.rows[0].shape[:2]
    field = volumes.square_on(drawn[0], max(sides), view.scale)
    x, y = drawn[view.places.index(view.current)].unit
    half = 3.0
    unit = ((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
    tip = (x - half, y)
    return [field], [] if view.phone else [(field[1], tip, field[2])], [unit]


def _filled(
    name: str,
    polygons: list[Polygon],
    color: str,
    *,
    width: float = 2,
    dash: str = "solid",
    opacity: float = 1,
    line: str = theme.FWD,
) -> dict[str, Any]:
    filled = {"fill": "toself", "fillcolor": color} if color else {}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        **volumes.outline(polygons),
        **filled,
        "opacity": opacity,
        "line": {"color": line, "width": width, "dash": dash},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _bars(view: Window) -> dict[str, Any]:
    """Parameter counts as bars; on a logarithmic scale beside dense layers."""
    table = view.table
    most = max(table.shown_params(place) for place in range(len(table.rows)))
    x, y, hover = [], [], []
    for slot, place in enumerate(view.places):
        if view.phone or view.is_hidden(place, "params"):
            continue
        params = table.shown_params(place)
        share = math.log1p(params) / math.log1p(most) if table.dense and most else 0.0
        if not table.dense:
            share = params / max(most, 1)
        x.append(round(view.across(slot), 1))
        y.append(round(max(BAR * share, 2.0 if params else 0.0), 1))
        hover.append(f"{table.rows[place].name}: {wording.number(params)} parameters")
    return {
        "type": "bar",
        "name": "bars",
        "x": x,
        "y": y,
        "base": GROUND,
        "width": min(54.0, view.slot * 0.5),
        "marker": {"color": theme.PAR},
        "customdata": hover,
        "hovertemplate": "%{customdata}<extra></extra>",
        "cliponaxis": False,
    }


def tops(view: Window) -> list[float]:
    """Height of every column's bar, hidden ones on the ground."""
    bars = _bars(view)
    known = dict(zip(bars["x"], bars["y"], strict=True))
    return [
        GROUND + 2 + known.get(round(view.across(slot), 1), 0.0) for slot in range(len(view.places))
    ]


def cell(view: Window, slot: int, column: str) -> Point:
    """Middle of a cell."""
    y = view.middle(slot)[1]
    if view.phone:
        return (84.0, y - 10) if column == "shape" else (338.0, y)
    return (view.across(slot), 226.0 if column == "shape" else GROUND + 18.0)


def spot(view: Window) -> list[dict[str, Any]]:
    """The one spotlight: behind the layer pointed at, or the cell that is asked for; or unseen."""
    place = view.asked[0] if view.asked else view.current
    look = {"type": "rect", "layer": "below", "fillcolor": theme.SPOT, "line": {"width": 0}}
    if place is None or place not in view.places:
        return [{**look, "x0": 0, "x1": 1, "y0": 0, "y1": 1, "opacity": 0}]
    slot = view.places.index(place)
    if view.asked:
        x, y = cell(view, slot, view.asked[1])
        half = (22, 15) if view.phone else (view.slot / 2 - 10, 18)
        sides = (x - half[0], x + half[0], y - half[1], y + half[1])
    elif view.phone:
        y = view.middle(slot)[1]
        sides = (1, 359, y - 29, y + 29)
    else:
        x, half_slot = view.across(slot), view.slot / 2 - 3
        sides = (x - half_slot, x + half_slot, 6, 408)
    corners = dict(zip(("x0", "x1", "y0", "y1"), sides, strict=True))
    return [{**look, **corners, "opacity": 1}]
