"""The exam's table as a board: a tick, a small slope and its baseline in every cell."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.graph import note
from viz.draw.numbers import fixed
from viz.gradients.experiments import Column, Effect, Row
from viz.gradients.results import Summary

ROWS: dict[Row, str] = {
    "he": "<b>He</b><br>relative<br>to Xavier",
    "skip": "<b>skip</b><br>connec-<br>tions",
    "bn": "<b>batch<br>norm</b>",
}
COLUMNS: tuple[Column, ...] = ("vanishing", "exploding")
SAID: dict[Effect, str] = {
    "cures": "gone",
    "relieves": "less",
    "causes": "appears",
    "worsens": "worse",
    "leaves": "no change",
}
FOOT = "log₁₀ of the gradient at the input, before → after:<br>50 layers, median of 20 seeds"
CLIP, REACH, DROP, HALF = 20.0, 16.0, 5, 26


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand, in pixels from the lower left; heads beside their rows or above."""

    width: float
    height: float
    left: float
    cell_width: float
    pitch: float
    beside: bool
    tall: float = 108

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """Middle of a cell."""
        x = self.left + self.cell_width * (column + 0.5) + 4 * column
        drop = 0 if self.beside else self.pitch - self.tall - 6
        return x, self.height - 30 - drop - self.tall / 2 - self.pitch * row

    def place_of(self, cell: Summary) -> tuple[float, float]:
        """Middle of a summary's cell."""
        return self.centre(list(ROWS).index(cell.row), COLUMNS.index(cell.column))

    def head_of(self, row: int) -> tuple[float, float]:
        """Left end of a row's head."""
        y = self.centre(row, 0)[1]
        return (2, y) if self.beside else (2, y + self.tall / 2 + 14)


WIDE = Plan(420, 392, 84, 164, 105, beside=True, tall=99)
PHONE = Plan(340, 486, 0, 168, 138, beside=False)


def height_of(log_ratio: float) -> float:
    """Pixels above the slope's middle, clipped at 20 decades."""
    return float(np.clip(log_ratio, -CLIP, CLIP)) / CLIP * REACH


def traces(plan: Plan, cells: Iterable[Summary], axes: dict[str, str]) -> list[dict[str, Any]]:
    """The slopes: grey dots before, an arrow to the gradient's colour after."""
    starts, ends = [], []
    for cell in cells:
        x, y = plan.place_of(cell)
        starts.append((x - HALF, y - DROP + height_of(cell.before)))
        ends.append((x + HALF, y - DROP + height_of(cell.after)))
    paths = [graph.straight(a, b) for a, b in zip(starts, ends, strict=True)]
    return [
        {
            **graph.arrows(paths, color=theme.BWD, width=2.5, head=11),
            "name": "treatments",
            **axes,
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "baselines",
            "x": [x for x, _ in starts],
            "y": [round(y, 1) for _, y in starts],
            "marker": {"color": theme.MUTED, "size": 9, "line": {"width": 0}},
            "hoverinfo": "skip",
            "cliponaxis": False,
            **axes,
        },
    ]


def boxes(
    plan: Plan, cells: Iterable[Summary], chosen: Summary, axes: dict[str, str]
) -> list[dict[str, Any]]:
    """Outlines of the cells, the chosen one spotlit, and the healthy band of every slope."""
    refs: dict[str, Any] = {"xref": axes["xaxis"], "yref": axes["yaxis"]}
    shapes = []
    for cell in cells:
        x, y = plan.place_of(cell)
        on = cell is chosen
        look: dict[str, Any] = {
            "fillcolor": theme.SPOT if on else theme.BG,
            "line": {"color": theme.INK if on else theme.HAIR, "width": 2 if on else 1},
            "layer": "below",
        }
        shapes.append(graph.box(x, y, plan.cell_width / 2 - 2, plan.tall / 2, **look, **refs))
        tall = 2 / CLIP * REACH
        band = {"x0": x - HALF, "x1": x + HALF, "y0": y - DROP - tall, "y1": y - DROP + tall}
        grey = {"fillcolor": theme.HAIR, "line": {"width": 0}, "layer": "below"}
        shapes.append({"type": "rect", **band, **grey, **refs})
    return shapes


def notes(
    plan: Plan, cells: Iterable[Summary], chosen: Summary, axes: dict[str, str]
) -> list[dict[str, Any]]:
    """Heads of rows and columns, ticks, what came of it, the numbers, what was compared."""
    refs: dict[str, Any] = {"xref": axes["xaxis"], "yref": axes["yaxis"]}
    found = []
    for j, column in enumerate(COLUMNS):
        found.append(
            note(plan.centre(0, j)[0], plan.height - 14, f"<b>{column}</b>", size=16, **refs)
        )
    for i, words in enumerate(ROWS.values()):
        left: dict[str, Any] = {"xanchor": "left", "align": "left", **refs}
        words = (
            words if plan.beside else words.replace("connec-<br>", "connec").replace("<br>", " ")
        )
        found.append(note(*plan.head_of(i), words, size=16, **left))
    for cell in cells:
        found += _words(plan, cell, cell is chosen, refs)
    foot: dict[str, Any] = {
        "xanchor": "left",
        "yanchor": "top",
        "align": "left",
        "color": theme.MUTED,
        **refs,
    }
    found.append(note(plan.left, 46, FOOT, size=14, **foot))
    return found


def _words(plan: Plan, cell: Summary, on: bool, refs: dict[str, str]) -> list[dict[str, Any]]:
    x, y = plan.place_of(cell)
    ink = theme.INK if on else theme.MUTED
    mark = "✓" if cell.ticked else "–"
    compared = f"{cell.experiment.baseline.brief} → {_treatment(cell)}"
    top: dict[str, Any] = {"yanchor": "middle", **refs}
    left = x - plan.cell_width / 2 + 12
    return [
        note(left, y + plan.tall / 2 - 17, f"<b>{mark}</b>", size=24, xanchor="left", **top),
        note(left + 30, y + plan.tall / 2 - 18, SAID[cell.experiment.expect], size=15,
             xanchor="left", **top),
        note(x - HALF - 8, y - DROP + height_of(cell.before), _number(cell.before), size=14,
             color=ink, xanchor="right", **top),
        note(x + HALF + 8, y - DROP + height_of(cell.after), f"<b>{_number(cell.after)}</b>",
             size=14, xanchor="left", **top),
        note(x, y - plan.tall / 2 + 12, compared, size=14, color=ink, **top),
    ]  # fmt: skip


def _number(log_ratio: float) -> str:
    text = fixed(log_ratio, 1)
    return "0.0" if text == "−0.0" else text if log_ratio < 0 else f"+{text}"


def _treatment(cell: Summary) -> str:
    """What was added or chosen instead."""
    before, after = cell.experiment.baseline, cell.experiment.treated
    return after.init if before.arch == after.arch else f"+ {after.arch}"
