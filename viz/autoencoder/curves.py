"""The chart of singular values against the step: curves, dots, targets, a veil on the future."""

from typing import Any

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw import theme
from viz.draw.graph import note
from viz.draw.numbers import count, fixed

Trace = dict[str, Any]

ORIGIN = 0.6
TALLEST = 4.0
VEIL = 0.78


def positions(study: Study) -> FloatArray:
    """Where the recorded steps stand on the axis; step 0 has a place on a logarithmic one too."""
    steps = study.run.steps.astype(float)
    return steps if study.evenly else np.maximum(steps, ORIGIN)


def pair(study: Study, place: FloatArray, number: int = 1) -> list[Trace]:
    """The k curves of W1 (dashed) and of W2 (solid), each in one trace with gaps."""
    run = study.run
    return [
        _curves(place, study, run.encoder_values, "encoder W₁", "7px,5px", 2.5) | axes(number),
        _curves(place, study, run.decoder_values, "decoder W₂", "solid", 3) | axes(number),
    ]


def axes(number: int) -> dict[str, str]:
    """The names of a pair of axes."""
    tail = "" if number == 1 else str(number)
    return {"xaxis": f"x{tail}", "yaxis": f"y{tail}"}


def _curves(
    place: FloatArray, study: Study, values: FloatArray, name: str, dash: str, width: float
) -> Trace:
    x: list[float | None] = []
    y: list[float | None] = []
    counted: list[int | None] = []
    for column in np.round(values, 4).T.tolist():
        x += [*place.tolist(), None]
        y += [*column, None]
        counted += [*study.run.steps.tolist(), None]
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": x,
        "y": y,
        "customdata": counted,
        "line": {"color": theme.PAR, "width": width, "dash": dash},
        "hovertemplate": f"{name}, step %{{customdata}}: %{{y:.4f}}<extra></extra>",
    }


def dots(at: float, values: FloatArray) -> Trace:
    """What changes in a trace of dots at the present step."""
    return {"x": [float(at)] * len(values), "y": np.round(values, 4).tolist()}


def markers(study: Study, at: float, i: int, number: int = 1) -> list[Trace]:
    """The dots of W1 (hollow) and of W2 (full) at the recorded step i."""
    run = study.run
    common = {"type": "scatter", "mode": "markers", "cliponaxis": False, "hoverinfo": "skip"}
    hollow = {"size": 12, "color": theme.BG, "line": {"color": theme.PAR, "width": 2}}
    full = {"size": 9, "color": theme.PAR, "line": {"color": theme.PAR, "width": 0}}
    return [
        {**common, "name": "encoder now", "marker": hollow, **axes(number)}
        | dots(at, run.encoder_values[i]),
        {**common, "name": "decoder now", "marker": full, **axes(number)}
        | dots(at, run.decoder_values[i]),
    ]


def shapes(
    study: Study, place: FloatArray, i: int, number: int = 1, *, clear: float = 0.014
) -> list[dict[str, Any]]:
    """The veil over the future, and above it the lines that theory draws.

    The veil begins a share ``clear`` of the width to the right of the dots, to leave them whole.
    """
    named = axes(number)
    x, y = named["xaxis"], named["yaxis"]
    drawn: list[dict[str, Any]] = []
    if i < len(place) - 1:
        wide = {"xref": x, "yref": f"{y} domain", "y0": 0, "y1": 1, "layer": "above"}
        veil = {"fillcolor": theme.BG, "opacity": VEIL, "line": {"width": 0}}
        ends = {"x0": _beyond(place, i, clear), "x1": float(place[-1])}
        drawn.append({"type": "rect", **ends, **wide, **veil})
    across = f"{float(place[0]):g},{{0:.5f}} L{float(place[-1]):g},{{0:.5f}}"
    for dash in ("solid", "dash"):
        lines = [f"M{across.format(value)}" for value, kind in targets(study) if kind == dash]
        if lines:
            line = {"color": theme.TRU, "width": 1.6, "dash": dash}
            path = {"type": "path", "path": " ".join(lines), "xref": x, "yref": y}
            drawn.append({**path, "line": line, "layer": "above"})
    return drawn


def _beyond(place: FloatArray, i: int, clear: float) -> float:
    if place[0] > 0:
        return float(place[i] * (place[-1] / place[0]) ** clear)
    return float(place[i] + clear * place[-1])


def targets(study: Study) -> list[tuple[float, str]]:
    """Heights of the lines that theory draws, with their dash: solid decoder, dashed encoder."""
    if study.free:
        return []
    best = study.best
    lines = [(float(value), "solid") for value in best.decoder_values]
    if study.weights.encoder != study.weights.decoder:
        lines += [(float(value), "dash") for value in best.encoder_values]
    return sorted(set(lines), reverse=True)


def top_of(study: Study) -> float:
    """The upper end of the axis of singular values."""
    run = study.run
    highest = max(run.decoder_values.max(), run.encoder_values.max())
    goal = max([value for value, _ in targets(study)], default=1.0)
    return float(min(max(1.15, 1.06 * highest, 1.15 * goal), max(TALLEST, 1.3 * goal)))


def spread(heights: list[float], gap: float) -> list[float]:
    """Falling heights pushed apart to at least ``gap``, their middle kept, none below 0."""
    if not heights:
        return []
    placed: list[float] = []
    for height in heights:
        placed.append(height if not placed else min(height, placed[-1] - gap))
    moved = np.array(placed) + (np.mean(heights) - np.mean(placed))
    return [float(v) for v in moved + max(0.0, -float(moved.min()))]


def leaders(study: Study, place: FloatArray, gap: float) -> Trace:
    """Short lines from the ends of theory's lines to their labels."""
    x: list[float | None] = []
    y: list[float | None] = []
    end = float(place[-1])
    out = end * (end / place[0]) ** 0.03 if place[0] > 0 else 1.03 * end
    found = [value for value, _ in targets(study)]
    for value, at in zip(found, spread(found, gap), strict=True):
        x += [end, round(float(out), 3), None]
        y += [round(value, 4), round(at, 4), None]
    return {
        "type": "scatter",
        "name": "theory",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": theme.TRU, "width": 1},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def labels(study: Study, gap: float, *, phone: bool) -> list[dict[str, Any]]:
    """The lines' values at their right ends, pushed apart."""
    found = targets(study)
    if not found:
        return []
    place: dict[str, Any] = {"xref": "x domain", "yref": "y", "xanchor": "left"}
    place |= {"size": 13 if phone else 15, "color": theme.TRU}
    heights = spread([value for value, _ in found], gap)
    notes = []
    for (value, dash), at in zip(found, heights, strict=True):
        text = fixed(value, 3) if value > 0 else "0"
        notes.append(note(1.035, at, f"<i>{text}</i>" if dash == "dash" else text, **place))
    equal = study.weights.encoder == study.weights.decoder
    name = "√(1 − λ/d)" if equal else "theory"
    notes.append(note(1.0 if phone else 1.035, heights[0] + 1.1 * gap, name, **place))
    return notes


def step_axis(
    place: FloatArray, *, phone: bool = False, title: bool = True, ticks: int = 6
) -> dict[str, Any]:
    """The axis of steps: logarithmic with a place for 0, or linear if ``place`` begins at 0."""
    last, size = float(place[-1]), 13 if phone else 15
    words = {"font": {"size": 14 if phone else 16}, "standoff": 6}
    common = {"tickfont": {"size": size}, "showline": True, "tickangle": 0}
    if place[0] == 0:
        named = {"title": {"text": "step", **words}} if title else {}
        return {"range": [0, last], "nticks": ticks, **common, **named}
    marks = [10**n for n in range(7) if 10**n <= max(last, 1)]
    if len(marks) > ticks - 1:
        marks = marks[1::2]
    named = {"title": {"text": "step, logarithmic", **words}} if title else {}
    return {
        "type": "log",
        "range": [float(np.log10(ORIGIN)), float(np.log10(max(last, 2)))],
        "tickvals": [ORIGIN, *marks],
        "ticktext": ["0", *(count(mark) for mark in marks)],
        **common,
        **named,
    }
