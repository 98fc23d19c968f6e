"""What stands beside the curves: the parts of every panel, and those drawn as tables of numbers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw import theme
from viz.draw.graph import note
from viz.draw.numbers import fixed

Trace = dict[str, Any]
IndexArray = npt.NDArray[np.int64]

BRIM = 1.2
FOOT = 0.15
HERE = {"xaxis": "x2", "yaxis": "y2"}
ROOMY = 5
TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A picture on the second pair of axes.

    Attributes:
        title: the words above it.
        traces: its traces, as they are at the last recorded step.
        changing: places of the traces that change with the step.
        at: recorded step -> what changes in them.
        xaxis, yaxis: the axes, without their domains.
        notes: further annotations.
    """

    title: str
    traces: tuple[Trace, ...]
    changing: tuple[int, ...]
    at: Callable[[int], tuple[Trace, ...]]
    xaxis: dict[str, Any]
    yaxis: dict[str, Any]
    notes: tuple[dict[str, Any], ...] = field(default=())


def square(across: list[float], up: list[float]) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pair of axes with equal scales and no ticks."""
    bare = {"showgrid": False, "showticklabels": False, "ticks": "", "constrain": "domain"}
    return (
        {**bare, "range": across},
        {**bare, "range": up, "scaleanchor": "x2", "constraintoward": "top"},
    )


def gram(decoder: FloatArray) -> FloatArray:
    """W2ᵀW2, shape (k, k)."""
    return np.asarray(decoder.T @ decoder)


def products(study: Study, *, phone: bool) -> Panel:
    """W2ᵀW2 as a table that turns into the identity, and how far it is from it."""
    size, last = study.latent_dim, len(study.run.steps) - 1
    rows = list(range(1, size + 1))

    def at(i: int) -> tuple[Trace, ...]:
        cells = gram(study.run.decoders[i])
        far = float(np.linalg.norm(cells - np.eye(size)))
        words = f"distance from the identity <b>{fixed(min(far, 999.99), 2)}</b>"
        return *_changes(cells), {"text": [words]}

    now = at(last)
    below = {
        "type": "scatter",
        "name": "distance",
        "mode": "text",
        "x": [0.5],
        "y": [1 + FOOT / 2],
        "textfont": {"size": 14 if phone else 16, "color": theme.MUTED},
        "hoverinfo": "skip",
        "cliponaxis": False,
        **now[2],
        **HERE,
    }
    across, up = square([0, 1], [1 + FOOT, 0])
    hover = "column %{customdata[0]} · column %{customdata[1]} = %{z}"
    traces = (*_table(size, rows, now[:2], hover), below)
    title = "<b>W</b>₂<sup>T</sup><b>W</b>₂, products of the columns"
    return Panel(title, traces, (0, 1, 2), at, across, up)


def _changes(cells: FloatArray) -> tuple[Trace, Trace]:
    """The colours of a table's cells, and the numbers that are written into them."""
    size, (rows, columns) = cells.shape[1], _numbered(*cells.shape)
    texts, colors = [], []
    for value in cells[rows, columns].tolist():
        share = min(abs(value) / BRIM, 1.0)
        texts.append(fixed(value, 2 if size <= ROOMY else 1))
        colors.append(theme.ink_on(share, theme.PAR if value >= 0 else theme.MUTED))
    font = {"color": colors, "size": {1: 24, 2: 22, 3: 20, 4: 18, 5: 16}.get(size, 14)}
    return {"z": (np.round(cells, 2) + 0.0).tolist()}, {"text": texts, "textfont": font}


def _numbered(height: int, size: int) -> tuple[IndexArray, IndexArray]:
    """Rows and columns of the cells with a number: all, or the diagonals of a large table."""
    rows, columns = np.divmod(np.arange(height * size), size)
    wanted = (rows % size == columns) | (size <= ROOMY)
    return rows[wanted], columns[wanted]


def _table(size: int, rows: list[int], now: tuple[Trace, ...], hover: str) -> tuple[Trace, Trace]:
    """A heat map with these rows, and its numbers; the scale's grey arm is negative.

    It fills the unit square, so that the axes stand still when its size changes.
    """
    (colours, words), (places, columns) = now, _numbered(len(rows), size)
    if len(rows) < rows[-1]:
        colours = {"z": _parted(colours["z"])}
    across, down = middles(size), middles(rows[-1])
    named = [[[row, column] for column in range(1, size + 1)] for row in range(1, rows[-1] + 1)]
    heat = {
        "type": "heatmap",
        "name": "table",
        "x": across,
        "y": down,
        "customdata": named,
        "zmin": -BRIM,
        "zmax": BRIM,
        "colorscale": [[0.0, theme.MUTED], [0.5, theme.MUT_T], [1.0, theme.PAR]],
        "showscale": False,
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": f"{hover}<extra></extra>",
        **colours,
        **HERE,
    }
    numbers = {
        "type": "scatter",
        "name": "numbers",
        "mode": "text",
        "x": [across[n] for n in columns.tolist()],
        "y": [down[rows[n] - 1] for n in places.tolist()],
        "hoverinfo": "skip",
        **words,
        **HERE,
    }
    return heat, numbers


def middles(count: int) -> list[float]:
    """Where the cells stand that part the way from 0 to 1 evenly."""
    return [round((n + 0.5) / count, 5) for n in range(count)]


def _parted(rows: list[Any]) -> list[Any]:
    """Two tables one under the other, with an empty row between them."""
    half = len(rows) // 2
    return [*rows[:half], [None] * len(rows[0]), *rows[half:]]


def overlaps(study: Study, i: int = -1) -> tuple[FloatArray, FloatArray]:
    """|cosines| of the principal axes with the columns of W2, and with its singular vectors."""
    decoder, main = study.run.decoders[i], study.data.eigenvectors[:, : study.latent_dim]
    left = np.linalg.svd(decoder, full_matrices=False)[0]
    lengths = np.maximum(np.linalg.norm(decoder, axis=0), TINY)
    return np.abs(main.T @ (decoder / lengths)), np.abs(main.T @ left)


def matching(study: Study, *, phone: bool) -> Panel:
    """Above the columns of W2, below its singular vectors, both along the principal axes."""
    size, last = study.latent_dim, len(study.run.steps) - 1
    rows = [*range(1, size + 1), *range(size + 2, 2 * size + 2)]

    def at(i: int) -> tuple[Trace, ...]:
        colours, words = _changes(np.vstack(overlaps(study, i)))
        return {"z": _parted(colours["z"])}, words

    both = _changes(np.vstack(overlaps(study, last)))
    traces = _table(size, rows, both, "|cosine| = %{z}")
    small = {"size": 13 if phone else 15}
    bare = {"showgrid": False, "tickfont": small}
    heights = middles(rows[-1])
    up = {
        **bare,
        "range": [1, 0],
        "tickvals": [heights[row - 1] for row in rows],
        "ticktext": [f"PC{n}" for n in range(1, size + 1)] * 2,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": theme.BG,
    }
    below = "with its singular vectors"
    middle = note(
        0, (size + 1) / rows[-1], below, size=14 if phone else 16,
        xref="x2", yref="y2", xanchor="left", yanchor="bottom",
    )  # fmt: skip
    across = {**bare, "range": [0, 1], "showticklabels": False, "ticks": ""}
    title = "|cosine| of PCs with columns of <b>W</b>₂"
    return Panel(title, traces, (0, 1), at, across, up, (middle,))
