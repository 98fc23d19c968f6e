"""The training film: singular values against the step, and what the decoder looks like there."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.autoencoder import panels, words
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import SHOWN_POINTS, Study
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import fixed

CHANGING = (2, 3, 4, 5, 7, 9, 10, 11)
TALLEST = 4.0
ORIGIN = 0.6
WIDE = {
    "curves": ([0.0, 0.565], [0.0, 1.0]),
    "gram": ([0.68, 0.868], [0.535, 1.0]),
    "columns": ([0.68, 0.835], [0.0, 0.39]),
    "points": ([0.858, 1.0], [0.0, 0.39]),
    "readout": ([0.88, 1.0], [0.535, 1.0]),
}
PHONE = {
    "curves": ([0.0, 0.84], [0.6, 1.0]),
    "gram": ([0.0, 0.53], [0.268, 0.488]),
    "columns": ([0.0, 0.48], [0.0, 0.2]),
    "points": ([0.56, 1.0], [0.0, 0.2]),
    "readout": ([0.62, 1.0], [0.268, 0.488]),
}
TITLES = {
    "curves": "singular values of <b>W</b>₂ (solid) and <b>W</b>₁ (dashed)",
    "gram": "<b>W</b>₂<sup>T</sup><b>W</b>₂",
    "columns": "columns of <b>W</b>₂",
    "points": "points, W₂W₁x",
}


def training_film(study: Study, *, evenly: bool = False, phone: bool = False) -> Film:
    """Singular values, W2ᵀW2, columns and reconstructions, to scrub over the recorded steps.

    Args:
        study: the run.
        evenly: steps on a linear axis; otherwise logarithmic.
        phone: stacked instead of side by side.
    """
    place = positions(study, evenly)
    last = len(study.run.steps) - 1
    figure = go.Figure(
        data=_traces(study, place, last, phone=phone),
        layout={
            **_layout(study, place, evenly=evenly, phone=phone),
            "shapes": _shapes(study, place, last),
        },
    )
    frames = tuple(_frame(study, place, i) for i in range(last + 1))
    return Film(figure, frames, table=_table(study))


def positions(study: Study, evenly: bool) -> FloatArray:
    """Where the recorded steps stand on the axis; step 0 has a place on a logarithmic one too."""
    steps = study.run.steps.astype(float)
    return steps if evenly else np.maximum(steps, ORIGIN)


def _frame(study: Study, place: FloatArray, i: int) -> Frame:
    run, data = study.run, study.data
    decoder, encoder = run.decoders[i], run.encoders[i]
    heat, numbers = panels.cells(decoder)
    points = data.points[:, :SHOWN_POINTS]
    given = panels.plane(points, data.eigenvectors)
    images = panels.plane(decoder @ (encoder @ points), data.eigenvectors)
    changes = (
        _dots(place[i], run.encoder_values[i]),
        _dots(place[i], run.decoder_values[i]),
        heat,
        numbers,
        panels.arrows(panels.tips(decoder, data.eigenvectors)),
        panels.joins(given, images),
        panels.dots(images),
        {"text": _readout(study, i)},
    )
    layout = {"shapes": _shapes(study, place, i)}
    return Frame(f"step {int(run.steps[i])}", words.caption(study, i), CHANGING, changes, layout)


def _dots(at: float, values: FloatArray) -> dict[str, Any]:
    return {"x": [float(at)] * len(values), "y": np.round(values, 4).tolist()}


def _traces(study: Study, place: FloatArray, i: int, *, phone: bool) -> list[dict[str, Any]]:
    run, data = study.run, study.data
    tips = np.array([panels.tips(one, data.eigenvectors) for one in run.decoders])
    points = data.points[:, :SHOWN_POINTS]
    given = panels.plane(points, data.eigenvectors)
    images = panels.plane(run.decoders[i] @ (run.encoders[i] @ points), data.eigenvectors)
    columns, cloud = _axes(3), _axes(4)
    return [
        _curves(place, run.encoder_values, run.steps, name="encoder W₁", dash="7px,5px", width=2.5),
        _curves(place, run.decoder_values, run.steps, name="decoder W₂", dash="solid", width=3),
        _markers(place[i], run.encoder_values[i], filled=False),
        _markers(place[i], run.decoder_values[i], filled=True),
        *panels.gram_map(run.decoders[i], _axes(2)),
        panels.compass(study.latent_dim, _reach(tips), columns),
        panels.column_arrows(tips[i], columns),
        *panels.cloud(given, images, cloud),
        {
            "type": "scatter",
            "name": "readout",
            "mode": "text",
            "x": [0, 0, 0],
            "y": [2.22, 1.22, 0.22],
            "text": _readout(study, i),
            "textposition": "top right",
            "textfont": {"size": 19 if phone else 20},
            "hoverinfo": "skip",
            "cliponaxis": False,
            **_axes(5),
        },
    ]


def _axes(number: int) -> dict[str, str]:
    return {"xaxis": f"x{number}", "yaxis": f"y{number}"}


def _curves(
    place: FloatArray,
    values: FloatArray,
    steps: FloatArray | Any,
    *,
    name: str,
    dash: str,
    width: float,
) -> dict[str, Any]:
    """All k curves in one trace, parted by gaps."""
    x: list[float | None] = []
    y: list[float | None] = []
    counted: list[int | None] = []
    for column in np.round(values, 4).T.tolist():
        x += [*place.tolist(), None]
        y += [*column, None]
        counted += [*steps.tolist(), None]
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


def _markers(at: float, values: FloatArray, *, filled: bool) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": "decoder now" if filled else "encoder now",
        "mode": "markers",
        "cliponaxis": False,
        "hoverinfo": "skip",
        "marker": {
            "size": 9 if filled else 12,
            "color": theme.PAR if filled else theme.BG,
            "line": {"color": theme.PAR, "width": 0 if filled else 2},
        },
        **_dots(at, values),
    }


def _readout(study: Study, i: int) -> list[str]:
    gram = panels.gram(study.run.decoders[i])
    distance = float(np.linalg.norm(gram - np.eye(len(gram))))
    known = study.best.rank > 0 and study.distinct
    angle = f"{fixed(float(study.run.angles[i, 0]), 1)}°" if known else "–"
    share = 100 * float(study.gaps[i])
    above = f"{fixed(share, 2)} %" if share < 1000 else "far"
    return [f"<b>{fixed(min(distance, 99.99), 2)}</b>", f"<b>{angle}</b>", f"<b>{above}</b>"]


def _shapes(study: Study, place: FloatArray, i: int) -> list[dict[str, Any]]:
    """The veil over the future, and above it the lines that theory draws."""
    line = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "layer": "above"}
    shapes = []
    if i < len(place) - 1:
        wide = {"xref": "x", "yref": "y domain", "y0": 0, "y1": 1, "layer": "above"}
        veil = {"fillcolor": theme.BG, "opacity": 0.78, "line": {"width": 0}}
        start = _beyond(place, i)
        shapes.append({"type": "rect", "x0": start, "x1": float(place[-1]), **wide, **veil})
    for value, dash in targets(study):
        drawn = {"color": theme.TRU, "width": 1.6, "dash": dash}
        shapes.append({**line, "y0": round(value, 5), "y1": round(value, 5), "line": drawn})
    return shapes


def _beyond(place: FloatArray, i: int) -> float:
    """A little to the right of the dots, so that they stay whole."""
    if place[0] > 0:
        return float(place[i] * (place[-1] / place[0]) ** 0.014)
    return float(place[i] + 0.014 * place[-1])


def targets(study: Study) -> list[tuple[float, str]]:
    """Heights of the lines that theory draws, with their dash: solid decoder, dashed encoder."""
    if study.free:
        return []
    best = study.best
    lines = [(float(value), "solid") for value in best.decoder_values]
    if study.weights.encoder != study.weights.decoder:
        lines += [(float(value), "dash") for value in best.encoder_values]
    return sorted(set(lines), reverse=True)


def _reach(tips: FloatArray) -> float:
    return float(np.clip(1.15 * np.linalg.norm(tips, axis=2).max(), 1.3, TALLEST))


def top_of(study: Study) -> float:
    """The upper end of the axis of singular values."""
    run = study.run
    highest = max(run.decoder_values.max(), run.encoder_values.max())
    goal = max([value for value, _ in targets(study)], default=1.0)
    return float(min(max(1.15, 1.06 * highest, 1.15 * goal), max(TALLEST, 1.3 * goal)))


def _layout(study: Study, place: FloatArray, *, evenly: bool, phone: bool) -> dict[str, Any]:
    spots = PHONE if phone else WIDE
    tips = np.array([panels.tips(one, study.data.eigenvectors) for one in study.run.decoders])
    points = panels.plane(study.data.points[:, :SHOWN_POINTS], study.data.eigenvectors)
    far, reach = 1.25 * float(np.abs(points).max()), 1.08 * _reach(tips)
    margin = {"l": 36, "r": 8, "t": 34, "b": 12} if phone else {"l": 42, "r": 10, "t": 36, "b": 50}
    size = study.latent_dim
    return theme.chart(
        800 if phone else 452,
        margin=margin,
        annotations=[
            *_titles(phone=phone),
            *_labels(study, phone=phone),
            *_names(study, _reach(tips), phone=phone),
        ],
        **_curve_axes(study, place, spots, evenly=evenly, phone=phone),
        **_square(2, spots["gram"], [0.5, size + 0.5], flipped=True),
        **_square(3, spots["columns"], [-reach, reach]),
        **_square(4, spots["points"], [-far, far], crossed=True),
        xaxis5={"visible": False, "domain": spots["readout"][0], "range": [0, 1], "anchor": "y5"},
        yaxis5={"visible": False, "domain": spots["readout"][1], "range": [0, 3], "anchor": "x5"},
    )


def _curve_axes(
    study: Study,
    place: FloatArray,
    spots: dict[str, tuple[list[float], list[float]]],
    *,
    evenly: bool,
    phone: bool,
) -> dict[str, Any]:
    size = {"size": 13 if phone else 15}
    last = float(place[-1])
    if evenly:
        across = {"range": [0, last], "title": {"text": "gradient step"}, "nticks": 6}
    else:
        marks = [10**n for n in range(7) if 10**n <= max(last, 1)]
        across = {
            "type": "log",
            "range": [float(np.log10(ORIGIN)), float(np.log10(max(last, 2)))],
            "tickvals": [ORIGIN, *marks],
            "ticktext": ["0", *(f"{mark:,}".replace(",", "\u2009") for mark in marks)],
            "title": {"text": "gradient step, logarithmic"},
        }
    return {
        "xaxis": {**across, "domain": spots["curves"][0], "tickfont": size, "showline": True},
        "yaxis": {
            "range": [0, top_of(study)],
            "domain": spots["curves"][1],
            "tickfont": size,
            "nticks": 6,
        },
    }


def _square(
    number: int,
    spot: tuple[list[float], list[float]],
    reach: list[float],
    *,
    flipped: bool = False,
    crossed: bool = False,
) -> dict[str, Any]:
    """A pair of axes with equal scales and no ticks; ``crossed`` draws the lines through 0."""
    bare = {"showgrid": False, "showticklabels": False, "constrain": "domain"}
    if crossed:
        bare |= {"zeroline": True, "zerolinecolor": theme.HAIR, "zerolinewidth": 1}
    down = reach[::-1] if flipped else reach
    return {
        f"xaxis{number}": {**bare, "domain": spot[0], "range": reach, "anchor": f"y{number}"},
        f"yaxis{number}": {
            **bare,
            "domain": spot[1],
            "range": down,
            "anchor": f"x{number}",
            "scaleanchor": f"x{number}",
            "constraintoward": "top",
        },
    }


def _titles(*, phone: bool) -> list[dict[str, Any]]:
    spots = PHONE if phone else WIDE
    size = 14 if phone else 16
    notes = []
    for name, text in TITLES.items():
        (left, _), (_, top) = spots[name]
        place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
        notes.append(note(left, top, text, size=size, yshift=6, **place))
    (left, _), (low, top) = spots["readout"]
    step = (top - low) / 3
    for row, text in enumerate(("from identity", "angle to PCA", "above minimum")):
        at = low + (2 - row) * step + 0.07 * step
        place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "middle"}
        notes.append(note(left, at, text, size=14, color=theme.MUTED, **place))
    return notes


def _labels(study: Study, *, phone: bool) -> list[dict[str, Any]]:
    """The lines' values at their right ends, pushed apart."""
    place = {
        "xref": "x domain",
        "yref": "y",
        "xanchor": "left",
        "font": {"size": 13 if phone else 15},
    }
    found = targets(study)
    if not found:
        return []
    tall = 0.4 * 754 if phone else 366
    gap = (16 if phone else 18) * top_of(study) / tall
    heights = spread([value for value, _ in found], gap)
    notes = []
    for (value, dash), at in zip(found, heights, strict=True):
        text = fixed(value, 3) if value > 0 else "0"
        text = f"<i>{text}</i>" if dash == "dash" else text
        notes.append(note(1.015, at, text, color=theme.TRU, **place))
    name = "√(1 − λ/d)" if study.weights.encoder == study.weights.decoder else "theory"
    notes.append(note(1.015, heights[0] + 1.1 * gap, name, color=theme.TRU, **place))
    return notes


def spread(heights: list[float], gap: float) -> list[float]:
    """Falling heights pushed apart to at least ``gap``, their middle kept, none below 0."""
    placed: list[float] = []
    for height in heights:
        placed.append(height if not placed else min(height, placed[-1] - gap))
    moved = np.array(placed) + (np.mean(heights) - np.mean(placed))
    return [float(v) for v in moved + max(0.0, -float(moved.min()))]


def _names(study: Study, reach: float, *, phone: bool) -> list[dict[str, Any]]:
    size = 13 if phone else 14
    notes = []
    for n, (across, up) in enumerate(panels.view_of(study.latent_dim).T.tolist()):
        place = {"xref": "x3", "yref": "y3", "xanchor": "right" if n == 0 else "left"}
        place["yanchor"] = "bottom" if n < 2 else "top"
        notes.append(
            note(across * reach, up * reach, f"PC{n + 1}", size=size, color=theme.MUTED, **place)
        )
    return notes


def _table(study: Study) -> dict[str, Any]:
    run = study.run
    columns: dict[str, Any] = {"step": run.steps}
    for i in range(study.latent_dim):
        columns[f"W2 singular value {i + 1}"] = run.decoder_values[:, i]
        columns[f"W1 singular value {i + 1}"] = run.encoder_values[:, i]
    return {**columns, "objective": run.objective, "imbalance": run.imbalance}
