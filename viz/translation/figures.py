"""The unrolled encoder and decoder, with both rows of decoder inputs."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.graph import Path, Point
from viz.draw.numbers import listed
from viz.translation.corpus import reach
from viz.translation.results import Rows

HALF, LOW = 40, 21
SUBS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def escaped(word: str) -> str:
    """A word as figure text."""
    return word.replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True, slots=True)
class Place:
    """Cells of encoder and decoder, and the heights of the rows of words."""

    width: int
    height: int
    encoder: tuple[Point, ...]
    decoder: tuple[Point, ...]
    half: tuple[float, float]
    words: float
    teacher: float
    own: float
    font: int


def place(result: Rows, phone: bool) -> Place:
    """Side by side, or (vertical stack, or phone) the encoder under the decoder."""
    count, steps = len(result.source), len(result.truth)
    training = result.mode == "training"
    upright = result.stack == "vertical"
    if phone:
        gap = min(68.0, 330 / max(count, steps))
        x = [20 + gap / 2 + gap * i for i in range(max(count, steps))]
        top, bottom = (90.0, 380.0) if upright else (460.0, 280.0)
        near = bottom - 70
        words = 40.0 if upright else 497.0
        return Place(
            360,
            520,
            tuple((v, top) for v in x[:count]),
            tuple((v, bottom) for v in x[:steps]),
            (gap / 2 - 6, 19),
            words,
            near if training else near - 62,
            near - 62 if training else near,
            13,
        )
    if upright:
        gap = min(150.0, 880 / max(count, steps))
        x = [150 + gap * i for i in range(max(count, steps))]
        near, far = 240.0, 190.0
        return Place(
            1000,
            440,
            tuple((v, 82.0) for v in x[:count]),
            tuple((v, 330.0) for v in x[:steps]),
            (HALF, LOW),
            30,
            near if training else far,
            far if training else near,
            17,
        )
    gap = min(98.0, 900 / (count + steps))
    left = tuple((62 + gap * i, 268.0) for i in range(count))
    right = tuple((62 + gap * (count + j) + 46, 268.0) for j in range(steps))
    half = min(HALF, gap / 2 - 8)
    near, far = 164.0, 98.0
    return Place(
        1000,
        400,
        left,
        right,
        (half, LOW),
        208,
        near if training else far,
        far if training else near,
        17,
    )


def decoder_rows(result: Rows, *, phone: bool = False) -> Film:
    """Word by word: read the sentence, then for each step what is fed and what is said."""
    at = place(result, phone)
    count, last = len(result.source), len(result.source) + 2 * result.steps
    figure = go.Figure(
        _traces(result, at, last), theme.diagram(at.height, at.width, **_layout(result, at, last))
    )
    frames = tuple(
        Frame(
            _label(result, k),
            caption(result, k),
            (0, 1, 2, 3, 4),
            tuple(_lines(result, at, k)),
            _layout(result, at, k),
        )
        for k in range(count + 2 * result.steps + 1)
    )
    return Film(figure, frames, pace=900, table=_table(result))


def _phases(result: Rows, k: int) -> tuple[int, int, int]:
    """How many source words are read, inputs fed and words said at frame k."""
    count = len(result.source)
    steps = max(k - count, 0)
    return min(k, count), (steps + 1) // 2, steps // 2


def _label(result: Rows, k: int) -> str:
    read, fed, said = _phases(result, k)
    if fed > said:
        return f"w{str(fed).translate(SUBS)} in"
    if said:
        return f"word {said} out"
    return f"read {read}" if read else "start"


def _link(a: Point, b: Point, at: Place) -> Path:
    vertical = abs(a[0] - b[0]) < 1
    gap = (at.half[1] if vertical else at.half[0]) + 3
    path = graph.straight(a, b) if vertical or abs(a[1] - b[1]) < 1 else graph.curve(a, b)
    return graph.shorten(path, start=gap, end=gap + 4)


def _paths(result: Rows, at: Place) -> tuple[list[Path], list[Path], list[Path]]:
    """Along the encoder, along the decoder, and from the one to the other."""
    enc = [_link(a, b, at) for a, b in pairwise(at.encoder)]
    shown = at.decoder[: result.steps]
    dec = [_link(a, b, at) for a, b in pairwise(shown)]
    if result.stack == "vertical":
        pairs = zip(at.encoder, shown, strict=False)
        over = [_link((x, y), (u, v), at) for (x, y), (u, v) in pairs]
    else:
        over = [_link(at.encoder[-1], at.decoder[0], at)]
    return enc, dec, over


def _lines(result: Rows, at: Place, k: int) -> list[dict[str, Any]]:
    """The five traces that change: what lies ahead, what is done, hand-over, inputs, feedback."""
    read, fed, said = _phases(result, k)
    enc, dec, over = _paths(result, at)
    done = [*enc[: max(read - 1, 0)], *dec[: max(fed - 1, 0)]]
    handed = over[:fed] if result.stack == "vertical" else over[: 1 if fed else 0]
    ins = (
        []
        if result.stack == "vertical"
        else [
            graph.shorten(
                graph.straight((x, _row(result, at) + 14), (x, y)), start=0, end=at.half[1] + 6
            )
            for x, y in at.decoder[: min(fed, result.steps)]
        ]
    )
    back = _feedback(result, at, said) if result.mode == "evaluation" else []
    return [
        graph.arrows([*enc, *dec, *over], color=theme.HAIR, width=2.5, head=9),
        graph.arrows(done, color=theme.FWD, width=3, head=12),
        graph.arrows(handed, color=theme.FWD, width=5, head=17),
        graph.arrows(
            ins, color=theme.TRU if result.mode == "training" else theme.FWD, width=2.5, head=10
        ),
        graph.arrows(back, color=theme.FWD, width=1.6, head=8, dash="dot"),
    ]


def _row(result: Rows, at: Place) -> float:
    return at.teacher if result.mode == "training" else at.own


def _feedback(result: Rows, at: Place, said: int) -> list[Path]:
    """From a word said up and over into the next input, down to the row of its own words."""
    paths = []
    for j in range(min(said, result.steps - 1)):
        (x, y), (u, _) = at.decoder[j], at.decoder[j + 1]
        middle = (x + u) / 2
        top = y + at.half[1] + 34
        ends = u - 52 if result.stack == "vertical" and at.width > 500 else u - 20
        control = [(x + 16, top), (middle, top + 6), (middle, at.own + 60), (ends, at.own + 14)]
        paths.append(graph.bezier(control))
    return paths


def _traces(result: Rows, at: Place, k: int) -> list[dict[str, Any]]:
    names = ("ahead", "done", "hand-over", "inputs", "own words fed back")
    return [{**line, "name": name} for line, name in zip(_lines(result, at, k), names, strict=True)]


def _layout(result: Rows, at: Place, k: int) -> dict[str, Any]:
    read, fed, said = _phases(result, k)
    shapes = [_spot(result, at)] if result.differs else []
    notes = []
    for i, (x, y) in enumerate(at.encoder):
        known = i < read
        shapes.append(
            _box(x, y, at, theme.FWD if known else theme.HAIR, theme.FWD_T if known else theme.BG)
        )
        notes.append(
            graph.note(x, at.words, escaped(result.source[i]), size=at.font + 1, color=theme.INK)
        )
    for j, (x, y) in enumerate(at.decoder):
        possible, known = j < result.steps, j < fed
        color = theme.FWD if known else theme.HAIR if possible else theme.LINE
        shapes.append(
            _box(
                x,
                y,
                at,
                color,
                theme.FWD_T if known else theme.BG,
                dash="solid" if possible else "dot",
            )
        )
        notes += _column(result, at, j, fed, said)
    notes += _row_names(result, at)
    return {"shapes": shapes, "annotations": notes}


def _box(
    x: float, y: float, at: Place, color: str, fill: str, dash: str = "solid"
) -> dict[str, Any]:
    line = {"color": color, "width": 2, "dash": dash}
    return graph.box(x, y, *at.half, fillcolor=fill, line=line)


def _spot(result: Rows, at: Place) -> dict[str, Any]:
    """The highlighter behind the first column in which the rows differ."""
    x = at.decoder[result.differs[0]][0]
    half = at.half[0] + 8
    return graph.box(
        x,
        (at.own + at.teacher) / 2,
        half,
        abs(at.teacher - at.own) / 2 + 22,
        fillcolor=theme.SPOT,
        line={"width": 0},
        layer="below",
    )


def _aside(result: Rows, at: Place) -> float:
    """In the vertical stack words stand left of the thick arrow that comes up."""
    if result.stack == "horizontal":
        return 0.0
    return 44.0 if at.width > 500 else 20.0


def _column(result: Rows, at: Place, j: int, fed: int, said: int) -> list[dict[str, Any]]:
    """Both inputs of a step below its cell, the word it says above."""
    x, y = at.decoder[j]
    training = result.mode == "training"
    left = x - _aside(result, at)
    low = min(at.own, at.teacher) - (38 if at.width > 500 else 50)
    notes = [
        _input(left, at.teacher, result.training[j], theme.TRU, training, j < fed, at),
        _input(left, at.own, result.evaluation[j], theme.FWD, not training, j < fed, at),
        graph.note(
            left,
            low,
            theme.math(f"<i>w</i><sub>{j + 1}</sub>"),
            size=at.font,
            color=theme.MUTED,
        ),
    ]
    if j >= result.steps:
        words = "no source word left" if j == result.steps else ""
        notes.append(graph.note(x, y + at.half[1] + 20, words, size=14, color=theme.MUTED))
    elif j < said:
        word = escaped(result.emitted[j])
        notes.append(
            graph.note(x, y + at.half[1] + 20, f"<b>{word}</b>", size=at.font + 3, color=theme.FWD)
        )
    return notes


def _input(
    x: float, y: float, word: str, color: str, active: bool, known: bool, at: Place
) -> dict[str, Any]:
    text = escaped(word)
    bold = active and known
    return graph.note(
        x,
        y,
        f"<b>{text}</b>" if bold else text,
        size=at.font,
        color=color if active else theme.MUTED,
        opacity=1.0 if active else 0.75,
    )


def _row_names(result: Rows, at: Place) -> list[dict[str, Any]]:
    upright = at.width < 500
    if upright:
        return [
            graph.note(
                4,
                at.teacher - 24,
                "training: true previous word",
                size=13,
                color=theme.TRU,
                xanchor="left",
            ),
            graph.note(
                4,
                at.own - 24,
                "generating: its own last word",
                size=13,
                color=theme.FWD,
                xanchor="left",
            ),
        ]
    left = 8.0 if result.stack == "horizontal" else at.decoder[0][0] - 150
    if result.stack == "vertical":
        return [
            graph.note(
                left + 66, at.teacher, "training", size=15, color=theme.TRU, xanchor="right"
            ),
            graph.note(left + 66, at.own, "own", size=15, color=theme.FWD, xanchor="right"),
        ]
    x = at.decoder[0][0] - at.half[0] - 18
    return [
        graph.note(
            x, at.teacher, "training: true previous word", size=16, color=theme.TRU, xanchor="right"
        ),
        graph.note(
            x, at.own, "generating: its own last word", size=16, color=theme.FWD, xanchor="right"
        ),
        graph.note(left, 370, "encoder", size=16, color=theme.MUTED, xanchor="left"),
        graph.note(992, 370, "decoder", size=16, color=theme.MUTED, xanchor="right"),
    ]


def caption(result: Rows, k: int) -> str:
    """What happens in this frame; at the end, how the rows differ and what can reach a word."""
    read, fed, said = _phases(result, k)
    count = len(result.source)
    if fed == 0:
        if read == 0:
            return "The encoder has read nothing yet."
        word = result.source[read - 1]
        state = f"h{str(read).translate(SUBS)}"
        return (
            f"The encoder reads {{fwd:{word}}}; its state {state} has seen {read} of {count} words."
        )
    if said < result.steps:
        return _step_caption(result, fed, said)
    return _final_caption(result)


def _step_caption(result: Rows, fed: int, said: int) -> str:
    w = f"w{str(fed).translate(SUBS)}"
    word = result.fed[fed - 1]
    if fed > said:
        teacher = result.mode == "training"
        who = (
            "the teacher puts in the true previous word" if teacher else "its own last word goes in"
        )
        if fed == 1:
            return f"{w} = {{{'tru' if teacher else 'fwd'}:{word}}}: both rows start alike."
        return f"{w} = {{{'tru' if teacher else 'fwd'}:{word}}}: {who}."
    seen = int(
        reach(result.stack, num_source=len(result.source), num_target=result.steps)[said - 1].sum()
    )
    return (
        f"The decoder says {{fwd:{result.emitted[said - 1]}}}; this word can depend on {seen} of "
        f"{len(result.source)} source words."
    )


def _final_caption(result: Rows) -> str:
    kind = "training" if result.mode == "training" else "evaluation"
    fed = listed(tuple(result.fed[: result.steps]), "and").replace(" and ", ", ")
    text = f"In {kind} the decoder is fed {fed}"
    if result.steps < len(result.truth):
        return (
            f"{text} and stops after {result.steps} words: the vertical stack has no source word "
            "left for the next one."
        )
    if not result.differs:
        return f"{text}. Both rows agree: it said what was right."
    j = result.differs[0]
    return (
        f"{text}. The rows first differ at w{str(j + 1).translate(SUBS)}: the teacher puts "
        f"{{tru:{result.training[j]}}}, the model would put {{fwd:{result.evaluation[j]}}}."
    )


def _table(result: Rows) -> dict[str, list[Any]]:
    width = len(result.truth)
    return {
        "slot": [f"w{j + 1}" for j in range(width)],
        "training": list(result.training),
        "evaluation": list(result.evaluation),
        "truth": list(result.truth),
        "emitted": list(result.emitted),
    }


def as_floats(values: np.ndarray) -> list[float]:
    """Plain rounded numbers."""
    return [round(float(v), 4) for v in values]
