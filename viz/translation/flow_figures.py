"""Two matrices of gradients: which source word can reach which output, in both stacks."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, still
from viz.draw.numbers import fixed
from viz.translation.compute import FloatArray
from viz.translation.results import Flow
from viz.translation.row_words import escaped

TITLES = (
    "horizontal: the decoder starts from h<sub>T</sub>",
    "vertical: step t reads h<sub>t</sub>",
)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the two matrices stand.

    Attributes:
        height: of the figure, pixels. across, down: domains of both matrices.
        cell: width and height of a cell, pixels. font: size of numbers and words.
    """

    height: int
    across: tuple[list[float], list[float]]
    down: tuple[list[float], list[float]]
    cell: tuple[float, float]
    font: int

    @property
    def numbered(self) -> bool:
        """Whether a number fits into a cell."""
        wide, tall = self.cell
        return wide >= 2.2 * self.font and tall >= self.font

    @property
    def tilted(self) -> bool:
        """Whether the words under the columns stand too close to lie flat."""
        return self.cell[0] < 55


def _grid(result: Flow, phone: bool) -> Grid:
    rows, columns = len(result.outputs), len(result.source)
    font = 13 if phone else 14 if max(rows, columns) > 8 else 16
    if phone:
        across, down = ([0.2, 1.0], [0.2, 1.0]), ([0.57, 0.92], [0.08, 0.43])
        return Grid(680, across, down, (0.8 * 358 / columns, 0.35 * 680 / rows), font)
    across, down = ([0.085, 0.485], [0.595, 0.995]), ([0.11, 0.84], [0.11, 0.84])
    return Grid(430, across, down, (0.4 * 940 / columns, 0.73 * 430 / rows), font)


def flow_matrices(result: Flow, *, phone: bool = False) -> Film:
    """Output words against source words, horizontal and vertical, numbers in the cells."""
    grid = _grid(result, phone)
    layout: dict[str, Any] = {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    traces, notes = [], []
    for i, values in enumerate((result.horizontal, result.vertical)):
        n = "" if i == 0 else "2"
        traces += [_heat(values, n), _numbers(values, n, grid, len(result.outputs))]
        layout |= _axes(result, n, i, grid)
        notes += _titles(TITLES[i], n, grid.across[i][0], phone)
    layout["annotations"] = notes
    figure = theme.figure(traces, theme.chart(grid.height, **layout))
    return still(figure, flow_caption(result), _table(result))


def _heat(values: FloatArray, n: str) -> dict[str, Any]:
    """Gradients as shares of the largest; an exact zero is left white."""
    top = max(float(values.max()), 1e-300)
    z = [[round(float(v) / top, 3) if v else None for v in row] for row in values]
    return {
        "type": "heatmap",
        "name": "vertical" if n else "horizontal",
        "z": z,
        "zmin": 0,
        "zmax": 1,
        "colorscale": theme.magnitude(theme.BWD),
        "xgap": 3,
        "ygap": 3,
        "showscale": False,
        "xaxis": f"x{n}",
        "yaxis": f"y{n}",
        "customdata": [[float(f"{v:.3g}") for v in row] for row in values],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _numbers(values: FloatArray, n: str, grid: Grid, rows: int) -> dict[str, Any]:
    """Exact zeros are printed as 0, everything else with two decimals, if there is room.

    A vertical stack has no row for outputs beyond the source's length; the place says so.
    """
    top = max(float(values.max()), 1e-300)
    cells = [(i, j, float(value)) for (j, i), value in np.ndenumerate(values) if grid.numbered]
    texts = ["0" if value == 0 else _written(value) for *_, value in cells]
    colors = [theme.ink_on(value / top, theme.BWD) if value else theme.MUTED for *_, value in cells]
    empty = range(len(values), rows)
    return {
        "type": "scatter",
        "mode": "text",
        "name": "numbers",
        "x": [i for i, *_ in cells] + [(values.shape[1] - 1) / 2] * len(empty),
        "y": [j for _, j, _ in cells] + list(empty),
        "text": texts + ["no source token left"] * len(empty),
        "textfont": {"size": grid.font, "color": colors + [theme.MUTED] * len(empty)},
        "xaxis": f"x{n}",
        "yaxis": f"y{n}",
        "hoverinfo": "skip",
    }


def _written(value: float) -> str:
    return fixed(value) if value >= 0.005 else "&lt;0.01"


def _axes(result: Flow, n: str, i: int, grid: Grid) -> dict[str, Any]:
    rows, columns = len(result.outputs), len(result.source)
    plain = {"showgrid": False, "fixedrange": True, "ticks": ""}
    wide, tall = grid.cell
    # Where lines of words would touch, only every second or third is written.
    across = range(0, columns, math.ceil(1.5 * grid.font / wide) if grid.tilted else 1)
    down = range(0, rows, math.ceil((grid.font + 1) / tall))
    return {
        f"xaxis{n}": {
            **plain,
            "domain": grid.across[i],
            "anchor": f"y{n}",
            "range": [-0.5, columns - 0.5],
            "tickvals": list(across),
            "ticktext": [escaped(result.source[k]) for k in across],
            "tickangle": -40 if grid.tilted else 0,
            "tickfont": {"size": grid.font, "color": theme.INK},
        },
        f"yaxis{n}": {
            **plain,
            "domain": grid.down[i],
            "anchor": f"x{n}",
            "range": [rows - 0.5, -0.5],
            "tickvals": list(down),
            "ticktext": [f"{j + 1}  {escaped(result.outputs[j])}" for j in down],
            "tickfont": {"size": grid.font, "color": theme.FWD},
        },
    }


def _titles(words: str, n: str, left: float, phone: bool) -> list[dict[str, Any]]:
    size = 13 if phone else 15
    where = {"xref": "paper", "yref": f"y{n} domain", "yanchor": "bottom", "xanchor": "left"}
    return [
        graph.note(left, 1.095, words, size=size + 2, **where),
        graph.note(left, 1.01, "output word by source word", size=size, color=theme.MUTED, **where),
    ]


def flow_caption(result: Flow) -> str:
    """How many exact zeros there are, and where."""
    above = int((result.vertical == 0).sum())
    none = int((result.horizontal == 0).sum())
    when = f"After {result.step} training steps" if result.step else "Even untrained"
    text = (
        f"{when}, {{bwd:{above}}} of the {result.vertical.size} gradients in the vertical stack "
        f"{'is' if above == 1 else 'are'} exactly 0: output word j never hears of source words "
        f"after the j-th.{_missing(result)} "
    )
    if none:
        return f"{text}In the horizontal stack {none} are."
    return f"{text}In the horizontal stack none is: every source word can reach every output."


def _missing(result: Flow) -> str:
    """Outputs for which a vertical stack has no step."""
    last, steps = len(result.outputs), len(result.vertical)
    if steps == last:
        return ""
    which = f"output {last}" if steps + 1 == last else f"outputs {steps + 1} to {last}"
    return f" For {which} it has no source token left to read."


def _table(result: Flow) -> dict[str, list[Any]]:
    rows = [(j, i) for j in range(len(result.outputs)) for i in range(len(result.source))]
    steps = len(result.vertical)
    return {
        "output": [result.outputs[j] for j, _ in rows],
        "source": [result.source[i] for _, i in rows],
        "horizontal": [float(result.horizontal[j, i]) for j, i in rows],
        "vertical": [float(result.vertical[j, i]) if j < steps else "" for j, i in rows],
    }
