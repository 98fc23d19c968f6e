"""The unrolled encoder and decoder, with both rows of decoder inputs under them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.graph import Path
from viz.translation.compute import Rows
from viz.translation.row_labels import row_labels
from viz.translation.row_paths import chain, entering, fed_back, half_width, hand_over
from viz.translation.row_places import Places, places
from viz.translation.row_words import caption, escaped, label, num_frames, phases, table

NAMES = (
    "read and passed on",
    "hand-over",
    "inputs",
    "fed back",
    "cells",
    "training",
    "own",
    "says",
)


def decoder_rows(result: Rows, *, phone: bool = False) -> Film:
    """Word by word: read the sentence, then for each step what is fed and what is said."""
    at = places(result, phone)
    count = num_frames(result)
    still = _still(result, at)
    first = len(still)
    moving = tuple(range(first, first + len(NAMES)))
    ways = _ways(result, at)
    changes = [_changes(result, at, ways, k) for k in range(count)]
    looks = _looks(result, at)
    data = [
        look | {"name": name} | change
        for name, look, change in zip(NAMES, looks, changes[-1], strict=True)
    ]
    layout = theme.diagram(at.height, at.width, shapes=_shapes(result, at))
    frames = tuple(
        Frame(label(result, k), caption(result, k), moving, change)
        for k, change in enumerate(changes)
    )
    return Film(theme.figure([*still, *data], layout), frames, pace=900, table=table(result))


def _looks(result: Rows, at: Places) -> list[dict[str, Any]]:
    """The traces that change, without what changes in them."""
    lines = [
        graph.arrows([], color=color, width=width, head=head, dash=dash)
        for color, width, head, dash in _strokes(result)
    ]
    cells = [*at.encoder, *at.decoder]
    states = [f"<i>h</i><sub>{i + 1}</sub>" for i in range(len(at.encoder))]
    states += [f"<i>d</i><sub>{j + 1}</sub>" for j in range(len(at.decoder))]
    training = result.mode == "training"
    square = _texts(cells, [theme.math(text) for text in states], at.font, theme.INK)
    square |= {"mode": "markers+text"}
    inputs = [
        _texts(
            at.line(height, lane=at.lane),
            [style.format(escaped(at.fitted(word))) for word in row],
            at.font,
            theme.INK,
        )
        for height, row, style in (
            (at.training, result.training, "<b>{}</b>" if training else "{}"),
            (at.own, result.evaluation, "{}" if training else "<b>{}</b>"),
        )
    ]
    return [*lines, square, *inputs, _texts(at.line(at.says), [], at.font + 2, theme.FWD)]


def _strokes(result: Rows) -> tuple[tuple[str, float, float, str], ...]:
    """Colour, width, head and dash of the four kinds of arrow."""
    active = theme.TRU if result.mode == "training" else theme.FWD
    return (
        (theme.FWD, 3, 11, "solid"),
        (theme.FWD, 5, 17, "solid"),
        (active, 2.5, 10, "solid"),
        (active, 1.8, 9, "dot"),
    )


def _texts(where: Any, texts: list[str], size: int, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [round(float(x), 1) for x, _ in where],
        "y": [round(float(y), 1) for _, y in where],
        "text": texts,
        "textfont": {"size": size, "color": color},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """All arrows of the last frame, computed once for all frames."""

    reading: list[Path]
    writing: list[Path]
    over: list[Path]
    entering: list[Path]
    back: list[Path]


def _ways(result: Rows, at: Places) -> Ways:
    return Ways(
        chain(at.encoder, at),
        chain(at.decoder[: result.steps], at),
        hand_over(result, at),
        entering(at),
        fed_back(result, at),
    )


def _changes(result: Rows, at: Places, ways: Ways, k: int) -> tuple[dict[str, Any], ...]:
    """Arrows done so far, lit cells, words that are known."""
    read, fed, said = phases(result, k)
    along = [*ways.reading[: max(read - 1, 0)], *ways.writing[: max(fed - 1, 0)]]
    handed = ways.over[: fed if result.stack == "vertical" else min(fed, 1)]
    back = ways.back[: min(said, result.steps - 1)]
    training = result.mode == "training"
    words = [
        f"<b>{escaped(at.fitted(word))}</b>" if j < said else ""
        for j, word in enumerate(result.emitted[: result.steps])
    ]
    paths = (along, handed, ways.entering[:fed], back)
    lines = []
    for some, (color, width, head, _) in zip(paths, _strokes(result), strict=True):
        line = _arrows(some, color=color, width=width, head=head)
        lines.append({key: line[key] for key in ("x", "y", "marker")})
    return (
        *lines,
        _cells(result, at, read, fed),
        _inputs(result, at, theme.TRU if training else "", fed),
        _inputs(result, at, "" if training else theme.FWD, fed),
        {"text": words},
    )


def _cells(result: Rows, at: Places, read: int, fed: int) -> dict[str, Any]:
    """Squares of encoder and decoder: pale ahead, blue once they have run."""
    known = [i < read for i in range(len(at.encoder))]
    known += [j < fed for j in range(len(at.decoder))]
    gone = len(at.encoder) + result.steps
    line = [
        theme.FWD if lit else theme.LINE if i >= gone else theme.HAIR for i, lit in enumerate(known)
    ]
    return {
        "marker": {
            "symbol": "square",
            "size": at.cell,
            "color": [theme.FWD_T if lit else theme.BG for lit in known],
            "line": {"color": line, "width": 2},
        },
        "textfont": {
            "size": at.font,
            "color": [theme.INK if lit else theme.LINE for lit in known],
        },
    }


def _inputs(result: Rows, at: Places, role: str, fed: int) -> dict[str, Any]:
    """A row of inputs: the active one in its role as far as it is fed, the other one muted."""
    color = [role if j < fed else theme.LINE for j in range(len(result.truth))]
    return {"textfont": {"size": at.font, "color": color if role else theme.MUTED}}


def _arrows(paths: list[Path], **look: Any) -> dict[str, Any]:
    """Arrows whose ways may have gaps, which Plotly takes as None."""
    line = graph.arrows(paths, **look)
    gaps = {
        axis: [None if value is None or np.isnan(value) else value for value in line[axis]]
        for axis in ("x", "y")
    }
    return line | gaps


def _still(result: Rows, at: Places) -> list[dict[str, Any]]:
    """What never changes: arrows ahead, the source, the truth, names of rows and columns."""
    ahead = [*chain(at.encoder, at), *chain(at.decoder[: result.steps], at)]
    ahead += hand_over(result, at)
    source, truth = at.line(at.source, read=True), at.line(at.truth)
    slots = [(x - at.lane, at.head) for x, _ in at.decoder]
    heads = [theme.math(f"<i>w</i><sub>{j + 1}</sub>") for j in range(len(at.decoder))]
    return [
        _arrows(ahead, color=theme.HAIR, width=2.5, head=9, name="ahead"),
        _texts(
            source, [escaped(at.fitted(w, read=True)) for w in result.source], at.font, theme.INK
        )
        | {"name": "source"},
        _texts(truth, [escaped(at.fitted(w)) for w in result.truth], at.font, theme.TRU)
        | {"name": "truth"},
        _texts(slots, heads, at.font, theme.MUTED) | {"name": "slots"},
        row_labels(result, at) | {"name": "labels"},
    ]


def _shapes(result: Rows, at: Places) -> list[dict[str, Any]]:
    """The two rows as bands, the active one tinted; the spotlight on their first difference."""
    training = result.mode == "training"
    plain: dict[str, Any] = {"layer": "below", "line": {"width": 0}}
    middle, width = at.width / 2, at.width / 2 - 4
    lift = at.lift
    shapes = [
        graph.box(
            middle,
            height + lift,
            width,
            at.band + abs(lift),
            fillcolor=tint if active else theme.SURFACE,
            **plain,
        )
        for height, tint, active in (
            (at.training, theme.TRU_T, training),
            (at.own, theme.FWD_T, not training),
        )
    ]
    if not result.differs:
        # As many shapes in every setting: the stage then only repaints them.
        shapes.append(graph.box(middle, at.own, 1, 1, opacity=0, **plain))
    if result.differs:
        x = at.decoder[result.differs[0]][0] - at.lane
        high, low = at.training + at.band - 4, at.own - at.band + 4
        half = max(
            at.cell / 2 + 8,
            half_width(
                max(
                    result.training[result.differs[0]],
                    result.evaluation[result.differs[0]],
                    key=len,
                ),
                at,
            )
            + 6,
        )
        spot = graph.box(x, (high + low) / 2, half, (high - low) / 2, fillcolor=theme.SPOT, **plain)
        shapes.append(spot)
    return shapes
