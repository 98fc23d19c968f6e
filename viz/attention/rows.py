"""The table of keys: which rows are shown, where their columns stand, and what never moves."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.compute import FloatArray, Inputs
from viz.draw import graph, theme

MOST = 8
TIGHT = 14


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the table's columns stand, in pixel-like units, y upwards.

    Attributes:
        width, height: of the figure.
        key, score, value: left, right and left edge of the texts.
        score_bar, bar: ends of the two bars; there are no score bars if they have no length.
        number: left edge of the weight's number.
        right: where the table ends.
        head: height of the column heads.
        top, bottom: heights of the first and the last row.
        font, small: sizes of numbers and of heads.
    """

    width: int
    height: int
    key: float
    score: float
    score_bar: tuple[float, float]
    bar: tuple[float, float]
    number: float
    value: float
    right: float
    head: float
    top: float
    bottom: float
    font: int
    small: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where the texts of the eight steps stand; ``drop`` is how far a second line hangs."""

    columns: Columns
    product: float
    mixed: float
    drop: float


STEPS_WIDE = Places(
    Columns(
        width=1000,
        height=424,
        key=14,
        score=416,
        score_bar=(0, 0),
        bar=(446, 574),
        number=582,
        value=648,
        right=1000,
        head=358,
        top=310,
        bottom=126,
        font=17,
        small=15,
    ),
    product=336,
    mixed=988,
    drop=0,
)


STEPS_PHONE = Places(
    Columns(
        width=358,
        height=560,
        key=8,
        score=122,
        score_bar=(0, 0),
        bar=(140, 222),
        number=230,
        value=284,
        right=358,
        head=494,
        top=458,
        bottom=150,
        font=15,
        small=13,
    ),
    product=6,
    mixed=350,
    drop=22,
)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The keys that are drawn, and what is left over.

    Attributes:
        keys: their indices, in the order drawn.
        rest: how many keys share one last row.
        y: heights of the rows, the rest's included.
        thick: half the thickness of a bar.
    """

    keys: tuple[int, ...]
    rest: int
    y: FloatArray
    thick: float

    def gather(self, weights: FloatArray) -> list[float]:
        """The rows' weights; the last row adds up the keys that have none."""
        shown = [float(weights[j]) for j in self.keys]
        return [*shown, max(0.0, 1.0 - sum(shown))] if self.rest else shown


def fitted(columns: Columns, inputs: Inputs, spacing: float, least: float) -> Columns:
    """The columns moved apart so that rows stand ``spacing``, of many at ``least``, apart."""
    lines = min(inputs.num_keys, MOST)
    wanted = max(60.0, min(spacing * (lines - 1), max(spacing * 3, least * (lines - 1))))
    more = wanted - (columns.top - columns.bottom)
    return replace(
        columns,
        height=round(columns.height + more),
        head=columns.head + more,
        top=columns.top + more,
    )


def rows_of(inputs: Inputs, columns: Columns) -> Rows:
    """All keys if there are at most eight, else the seven best and one row for the rest."""
    count = inputs.num_keys
    best = range(count) if count <= MOST else np.argsort(-inputs.scores, kind="stable")[: MOST - 1]
    keys = tuple(int(j) for j in best)
    rest = count - len(keys)
    lines = len(keys) + bool(rest)
    spacing = min(72.0, (columns.top - columns.bottom) / max(lines - 1, 1))
    middle = (columns.top + columns.bottom) / 2
    y = middle + spacing * ((lines - 1) / 2 - np.arange(lines, dtype=np.float64))
    return Rows(keys, rest, np.asarray(y), min(15.0, 0.32 * spacing))


def frozen_notes(inputs: Inputs, rows: Rows, columns: Columns, winner: int) -> list[dict[str, Any]]:
    """Keys, scores and values as notes, the winner's name in bold."""
    notes = []
    for key, y in zip(rows.keys, rows.y, strict=False):
        label, content = vectors_of(inputs, key, columns, bold=key == winner)
        notes.append(left(columns.key, y, label.text, label.size))
        notes.append(left(columns.value, y, content.text, content.size))
        said = score(inputs, key)
        notes.append(
            graph.note(columns.score, y, said, size=columns.font, xanchor="right", color=theme.FWD)
        )
    if rows.rest:
        said = f"{rows.rest} more keys"
        notes.append(left(columns.key, rows.y[-1], said, columns.font, theme.MUTED))
    return notes


@dataclass(frozen=True, slots=True)
class Label:
    """A vector as its column holds it, and how large it is written."""

    text: str
    size: int


def vectors_of(
    inputs: Inputs, key: int, columns: Columns, *, bold: bool = False
) -> tuple[Label, Label]:
    """A key and its value, as much of them as their columns hold."""
    full = columns.width > 900
    taken = 8 if columns.width < 500 else 40 + 8 * (key >= 9)
    number = wording.width(score(inputs, key), columns.font)
    before = 108 if full else columns.score - columns.key - number - taken - 8
    behind = 108 if full else columns.right - columns.value - taken
    names = ("", "") if columns.width < 500 else (wording.name("k", key), wording.name("v", key))
    vectors = ((inputs.keys[key], before), (inputs.values[key], behind))
    first, second = (
        _fitting(name, vector, room, columns, bold)
        for name, (vector, room) in zip(names, vectors, strict=True)
    )
    return first, second


def _fitting(name: str, vector: FloatArray, room: float, columns: Columns, bold: bool) -> Label:
    """In the column's size if it fits, else smaller and cut; a name alone if nothing does."""
    size = columns.font
    said = wording.vector(vector, room=room, size=size)
    if "…" in said:
        size = min(TIGHT, columns.small)
        said = wording.vector(vector, room=room, size=size)
    text = said if not name else name if said == "(…)" else f"{name} = {said}"
    return Label(f"<b>{text}</b>" if bold else text, size)


def score(inputs: Inputs, key: int) -> str:
    """A key's score as its column writes it."""
    return wording.score(float(inputs.scores[key]), digits=3)


def score_bars(inputs: Inputs, rows: Rows, columns: Columns) -> dict[str, Any]:
    """Horizontal bars of the scores from a common zero, negative ones to the left."""
    scores = np.array([inputs.scores[key] for key in rows.keys])
    low, high = min(0.0, float(scores.min())), max(0.0, float(scores.max()))
    start, end = columns.score_bar
    unit = (end - start) / max(high - low, 1e-12)
    return {
        "type": "bar",
        "name": "score",
        "orientation": "h",
        "base": round(start - low * unit, 2),
        "x": np.round(scores * unit, 2).tolist(),
        "y": rows.y[: len(scores)].tolist(),
        "width": 0.8 * rows.thick,
        "marker": {
            "color": theme.FWD_T,
            "line": {"color": theme.FWD, "width": 1.5 * (end > start)},
        },
        "customdata": scores.tolist(),
        "hovertemplate": "score %{customdata:.4g}<extra></extra>",
    }


def outline(y: float, rows: Rows, columns: Columns, dash: str = "solid") -> dict[str, Any]:
    """The empty box of length 1 that says: argmax puts everything here."""
    low, high = columns.bar
    return {
        "type": "rect",
        "x0": low - 3,
        "x1": high + 3,
        "y0": y - rows.thick - 5,
        "y1": y + rows.thick + 5,
        "line": {"color": theme.LINE, "width": 2, "dash": dash},
        "layer": "below",
    }


def band(y: float, rows: Rows, columns: Columns) -> dict[str, Any]:
    """The pale band behind the winner's row."""
    half = min(30.0, 2.2 * rows.thick)
    middle, width = (columns.right - 4) / 2 + 2, (columns.right - 4) / 2
    fill: dict[str, Any] = {"fillcolor": theme.SURFACE, "line": {"width": 0}, "layer": "below"}
    return graph.box(middle, y, width, half, **fill)


def rule(y: float, columns: Columns) -> dict[str, Any]:
    """A hairline over the table's width."""
    ends = {"x0": 2, "x1": columns.right - 2, "y0": y, "y1": y}
    return {"type": "line", **ends, "line": {"color": theme.HAIR, "width": 1}, "layer": "below"}


def left(x: float, y: float, text: str, size: int, color: str = theme.INK) -> dict[str, Any]:
    """A note that starts at x."""
    return graph.note(x, y, text, size=size, color=color, xanchor="left", align="left")
