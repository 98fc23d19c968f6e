"""Singular values against the step: curves, dots, theory's lines, a veil on the future."""

from typing import Any

import numpy as np

from viz.autoencoder import compute
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw import theme
from viz.draw.numbers import count, fixed, steady

Trace = dict[str, Any]

ORIGIN = 0.6
LEAST, TALLEST = 1.15, 4.0
NAMED = 7
VEIL = 0.78
AWAY = "\u2003"


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
        x += [*np.round(place, 3).tolist(), None]
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
    return {"x": [round(float(at), 3)] * len(values), "y": np.round(values, 3).tolist()}


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


def veil(place: FloatArray, i: int, top: float, number: int = 1) -> Trace:
    """A pale sheet over what is still to come after the recorded step i."""
    return {
        "type": "scatter",
        "name": "still to come",
        "mode": "lines",
        "fill": "toself",
        "fillcolor": theme.BG,
        "opacity": VEIL,
        "line": {"width": 0, "color": theme.BG},
        "hoverinfo": "skip",
        "y": [0, 0, round(top, 3), round(top, 3)],
        **veiled(place, i),
        **axes(number),
    }


def veiled(place: FloatArray, i: int) -> Trace:
    """What changes in the veil: it begins at the dots."""
    if i >= len(place) - 1:
        return {"x": []}
    left, right = round(float(place[i]), 3), round(float(place[-1]), 3)
    return {"x": [left, right, right, left]}


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
    top = float(min(max(LEAST, 1.06 * highest, 1.15 * goal), max(TALLEST, 1.3 * goal)))
    return top if top == LEAST else steady(0, top)[1]


def spread(heights: list[float], gap: float) -> list[float]:
    """Falling heights pushed apart to at least ``gap``, their middle kept, none below 0."""
    if not heights:
        return []
    placed: list[float] = []
    for height in heights:
        placed.append(height if not placed else min(height, placed[-1] - gap))
    moved = np.array(placed) + (np.mean(heights) - np.mean(placed))
    return [float(v) for v in moved + max(0.0, -float(moved.min()))]


def theory(
    study: Study, place: FloatArray, *, gap: float = 0.0, number: int = 1, kind: str = "solid"
) -> Trace:
    """Theory's lines, each with a short one to its label if labels stand ``gap`` apart.

    Args:
        study: the run.
        place: where its steps stand on the axis.
        gap: the distance of two labels in units of the axis; 0 if there are none.
        number: of the pair of axes.
        kind: "solid" for the decoder's lines, "dash" for the encoder's if they differ.
    """
    x: list[float | None] = []
    y: list[float | None] = []
    first, end = round(float(place[0]), 3), round(float(place[-1]), 3)
    out = round(end * (end / first) ** 0.03 if first > 0 else 1.03 * end, 3)
    for value in (value for value, dash in targets(study) if dash == kind):
        x += [first, end, None]
        y += [*[round(value, 5)] * 2, None]
    for value, dash, at in _labelled(study, gap) if gap else ():
        if dash == kind:
            x += [end, out, None]
            y += [round(value, 5), round(at, 4), None]
    return {
        "type": "scatter",
        "name": "theory" if kind == "solid" else "theory of W₁",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": theme.TRU, "width": 1.6, "dash": kind},
        "cliponaxis": False,
        "hoverinfo": "skip",
        **axes(number),
    }


def title(study: Study, *, phone: bool) -> str:
    """What is drawn: solid, dashed, dotted, and in green."""
    if phone:
        words = "<b>W</b>₂ (solid), <b>W</b>₁ (dashed)"
    else:
        words = "singular values of <b>W</b>₂ (solid), <b>W</b>₁ (dashed)"
    if study.free:
        return words
    one, two = study.weights
    green = "√(1 − λ/d)" if one == two else "theory"
    if study.aligned and not phone and one == two:
        words, green = "singular values", "√(1 − λ/d), logistic law (dotted)"
    return f"{words}, <span style='color:{theme.TRU}'>{green}</span>"


def labels(study: Study, place: FloatArray, gap: float, *, phone: bool = False) -> Trace:
    """The values of theory's lines at their right ends, those of the encoder in italics."""
    found = _labelled(study, gap)
    words = [fixed(value, 3) if value > 0 else "0" for value, _, _ in found]
    italic = [dash == "dash" for _, dash, _ in found]
    return {
        "type": "scatter",
        "name": "theory's values",
        "mode": "text",
        "x": [round(float(place[-1]), 3)] * len(found),
        "y": [round(at, 4) for _, _, at in found],
        "text": [
            f"{AWAY}<i>{text}</i>" if slant else f"{AWAY}{text}"
            for text, slant in zip(words, italic, strict=True)
        ],
        "textposition": "middle right",
        "textfont": {"size": 13 if phone else 15, "color": theme.TRU},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _labelled(study: Study, gap: float) -> list[tuple[float, str, float]]:
    """Value, dash and height of the labels, pushed apart; of many the first and the last."""
    found = targets(study)
    if len(found) > NAMED:
        found = [found[0], found[-1]]
    heights = spread([value for value, _ in found], gap)
    # A label beyond the axis would not be drawn.
    above = max([*heights[:1], 0.0]) - (top_of(study) - gap / 4)
    return [
        (value, dash, at - max(above, 0.0))
        for (value, dash), at in zip(found, heights, strict=True)
    ]


def law(study: Study, place: FloatArray) -> Trace:
    """From an aligned start: the logistic curves of small steps; else nothing."""
    x: list[float | None] = []
    y: list[float | None] = []
    one, two = study.weights
    if study.aligned and study.method == "full" and one == two:
        steps, values = study.run.steps, study.data.eigenvalues[: study.latent_dim]
        start = float(study.run.decoder_values[0, 0] ** 2)
        time = study.step_size * steps[:, None]
        squares = compute.flow_law(values, one, start, np.asarray(time, dtype=np.float64))
        for column in np.round(np.sqrt(squares), 3).T.tolist():
            x += [*np.round(place, 3).tolist(), None]
            y += [*column, None]
    return {
        "type": "scatter",
        "name": "logistic law",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": theme.TRU, "width": 1.6, "dash": "dot"},
        "hoverinfo": "skip",
    }


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
