"""The map of final losses: what was learned, by initialization, architecture and rate."""

import math
from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.numbers import short
from viz.gradients import race, recordings, scale
from viz.gradients.experiments import ARCHITECTURES
from viz.gradients.race import Race
from viz.gradients.training import RATES

GRID = {"xaxis": "x2", "yaxis": "y2"}
RATE_NAMES = tuple(
    scale.ten(round(math.log10(rate))) if rate < 1e-2 else short(rate) for rate in RATES
)
ROW_GAP = 0.6


def row_place(init: int, arch: int) -> float:
    """Height of a row of the map, counted from the top; inits are parted by a gap."""
    return -(init * (len(ARCHITECTURES) + ROW_GAP) + arch)


def _share(loss: float) -> float:
    """How much was learned: 0 at guessing, 1 at a loss of 10⁻⁴."""
    if not math.isfinite(loss):
        return 0.0
    share = (race.CHANCE_LOG - math.log10(max(loss, 1e-9))) / (race.CHANCE_LOG + 4)
    return min(max(share, 0.0), 1.0)


def traces(found: Race, *, phone: bool) -> list[dict[str, Any]]:
    """Cells as squares coloured by what was learned, their losses, and strokes where it burst."""
    x, y, shares, texts, colors = [], [], [], [], []
    strokes_x: list[float | None] = []
    strokes_y: list[float | None] = []
    for (i, a, r), loss in np.ndenumerate(found.finals):
        x.append(r)
        y.append(row_place(i, a))
        shares.append(round(_share(float(loss)), 3))
        colors.append(theme.ink_on(shares[-1]))
        texts.append(_loss(float(loss)).removeprefix("0") if phone else _loss(float(loss)))
        if not math.isfinite(loss):
            for shift in (-0.3, 0.0, 0.3):
                strokes_x += [r + shift - 0.16, r + shift + 0.16, None]
                strokes_y += [y[-1] - 0.36, y[-1] + 0.36, None]
    fills = _tiles(x, y, shares)
    hatch = {
        "type": "scatter", "mode": "lines", "name": "diverged", "x": strokes_x, "y": strokes_y,
        "line": {"color": theme.LINE, "width": 1.2}, "hoverinfo": "skip", **GRID,
    }  # fmt: skip
    words = {
        "type": "scatter", "mode": "text", "name": "losses", "x": x, "y": y, "text": texts,
        "textfont": {"size": 13 if phone else 14, "color": colors}, "hoverinfo": "skip", **GRID,
    }  # fmt: skip
    return [fills, hatch, words]


def _tiles(x: list[int], y: list[float], shares: list[float]) -> dict[str, Any]:
    """One bar per cell: a heat map cannot leave gaps between groups of rows."""
    return {
        "type": "bar",
        "name": "final loss",
        "orientation": "h",
        "base": [column - 0.47 for column in x],
        "x": [0.94] * len(x),
        "y": y,
        "width": 0.92,
        "marker": {
            "color": shares,
            "colorscale": theme.magnitude(theme.FWD),
            "cmin": 0,
            "cmax": 1,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
        **GRID,
    }


def _loss(loss: float) -> str:
    if not math.isfinite(loss):
        return ""
    return f"{loss:.4f}" if loss < 0.01 else f"{loss:.2f}" if loss < 10 else f"{loss:.0f}"


def rate_name(rate: float) -> str:
    """A learning rate as its column is named."""
    return RATE_NAMES[RATES.index(rate)]


def marks(found: Race) -> list[dict[str, Any]]:
    """The spotlight behind the init of the race, and outlines of its four recorded cells."""
    i = recordings.RACE_INITS.index(found.init)
    shapes: list[dict[str, Any]] = []
    top, bottom = row_place(i, 0) + 0.58, row_place(i, 3) - 0.58
    shapes.append(
        {"type": "rect", "xref": "x2", "yref": "y2", "x0": -0.55, "x1": len(RATES) - 0.45,
         "y0": bottom, "y1": top, "fillcolor": theme.SPOT, "line": {"width": 0},
         "layer": "below"}
    )  # fmt: skip
    for a, rate in enumerate(found.rates):
        r, y = RATES.index(rate), row_place(i, a)
        shapes.append(
            {"type": "rect", "xref": "x2", "yref": "y2", "x0": r - 0.47, "x1": r + 0.47,
             "y0": y - 0.46, "y1": y + 0.46, "line": {"color": theme.INK, "width": 2.5},
             "layer": "above"}
        )  # fmt: skip
    return shapes
