"""The training film: singular values against the step, and what the decoder looks like there."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.autoencoder import curves, panels, words
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import SHOWN_POINTS, Study
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import fixed

Spots = dict[str, tuple[list[float], list[float]]]

CHANGING = (3, 4, 5, 6, 8, 10, 11, 12)
WIDE: Spots = {
    "curves": ([0.0, 0.545], [0.115, 1.0]),
    "gram": ([0.652, 0.86], [0.545, 1.0]),
    "columns": ([0.652, 0.838], [0.0, 0.41]),
    "points": ([0.862, 1.0], [0.0, 0.41]),
    "readout": ([0.88, 1.0], [0.545, 1.0]),
}
PHONE: Spots = {
    "curves": ([0.0, 0.82], [0.6, 1.0]),
    "gram": ([0.0, 0.53], [0.268, 0.488]),
    "columns": ([0.0, 0.48], [0.0, 0.2]),
    "points": ([0.56, 1.0], [0.0, 0.2]),
    "readout": ([0.62, 1.0], [0.268, 0.488]),
}
TITLES = {
    "curves": "singular values of <b>W</b>₂ (solid) and <b>W</b>₁ (dashed)",
    "gram": "<b>W</b>₂<sup>T</sup><b>W</b>₂",
    "columns": "columns of <b>W</b>₂",
    "points": f"<b>x</b> ○, rebuilt <span style='color:{theme.FWD}'>●</span>",
}


def training_film(study: Study, *, phone: bool = False) -> Film:
    """Singular values, W2ᵀW2, columns and reconstructions, to scrub over the recorded steps.

    Args:
        study: the run; evenly spaced steps get a linear axis, others a logarithmic one.
        phone: stacked instead of side by side.
    """
    place = curves.positions(study)
    last = len(study.run.steps) - 1
    layout = _layout(study, place, phone=phone) | {"shapes": curves.shapes(study, place, last)}
    figure = go.Figure(data=_traces(study, place, last, phone=phone), layout=layout)
    frames = tuple(_frame(study, place, i) for i in range(last + 1))
    return Film(figure, frames, table=table(study))


def table(study: Study) -> dict[str, Any]:
    """The run as columns: the step, all singular values, the objective, the imbalance."""
    run = study.run
    columns: dict[str, Any] = {"step": run.steps}
    for i in range(study.latent_dim):
        columns[f"W2 singular value {i + 1}"] = run.decoder_values[:, i]
        columns[f"W1 singular value {i + 1}"] = run.encoder_values[:, i]
    return {**columns, "objective": run.objective, "imbalance": run.imbalance}


def _frame(study: Study, place: FloatArray, i: int) -> Frame:
    run, data = study.run, study.data
    given, images = _points(study, i)
    changes = (
        curves.dots(place[i], run.encoder_values[i]),
        curves.dots(place[i], run.decoder_values[i]),
        *panels.cells(run.decoders[i]),
        panels.arrows(panels.tips(run.decoders[i], data.eigenvectors)),
        panels.joins(given, images),
        panels.dots(images),
        {"text": _readout(study, i)},
    )
    layout = {"shapes": curves.shapes(study, place, i)}
    return Frame(f"step {int(run.steps[i])}", words.caption(study, i), CHANGING, changes, layout)


def _points(study: Study, i: int) -> tuple[FloatArray, FloatArray]:
    """Six points and what becomes of them, on the first two principal components."""
    points, axes = study.data.points[:, :SHOWN_POINTS], study.data.eigenvectors
    rebuilt = study.run.decoders[i] @ (study.run.encoders[i] @ points)
    return panels.plane(points, axes), panels.plane(rebuilt, axes)


def _traces(study: Study, place: FloatArray, i: int, *, phone: bool) -> list[dict[str, Any]]:
    tips = panels.tips(study.run.decoders[i], study.data.eigenvectors)
    return [
        curves.leaders(study, place, _gap(study, phone=phone)),
        *curves.pair(study, place),
        *curves.markers(study, place[i], i),
        *panels.gram_map(study.run.decoders[i], curves.axes(2)),
        panels.compass(study.latent_dim, _reach(study), curves.axes(3)),
        panels.column_arrows(tips, curves.axes(3)),
        *panels.cloud(*_points(study, i), curves.axes(4)),
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
            **curves.axes(5),
        },
    ]


def _readout(study: Study, i: int) -> list[str]:
    gram = panels.gram(study.run.decoders[i])
    distance = float(np.linalg.norm(gram - np.eye(len(gram))))
    known = study.best.rank > 0 and study.distinct
    angle = f"{fixed(float(study.run.angles[i, 0]), 1)}°" if known else "–"
    share = 100 * float(study.gaps[i])
    above = f"{fixed(share, 2)} %" if share < 1000 else "far"
    return [f"<b>{fixed(min(distance, 99.99), 2)}</b>", f"<b>{angle}</b>", f"<b>{above}</b>"]


def _reach(study: Study) -> float:
    """How far the panel of columns reaches: the longest one of the run, within bounds."""
    axes = study.data.eigenvectors
    longest = max(
        float(np.linalg.norm(panels.tips(one, axes), axis=1).max()) for one in study.run.decoders
    )
    return float(np.clip(1.15 * longest, 1.3, curves.TALLEST))


def _gap(study: Study, *, phone: bool) -> float:
    """The distance of two labels, in units of the axis."""
    pixels = 0.4 * 754 if phone else 0.885 * 408
    return (16 if phone else 18) * curves.top_of(study) / pixels


def _layout(study: Study, place: FloatArray, *, phone: bool) -> dict[str, Any]:
    spots = PHONE if phone else WIDE
    far, reach = 1.25 * float(np.abs(_points(study, 0)[0]).max()), 1.08 * _reach(study)
    margin = {"l": 36, "r": 8, "t": 34, "b": 12} if phone else {"l": 42, "r": 10, "t": 36, "b": 8}
    size = study.latent_dim
    inner = {"visible": False, "range": [0, 1]}
    return theme.chart(
        800 if phone else 452,
        margin=margin,
        annotations=[
            *_titles(spots, phone=phone),
            *curves.labels(study, _gap(study, phone=phone), phone=phone),
            *_names(study, phone=phone),
        ],
        xaxis={**curves.step_axis(place, phone=phone), "domain": spots["curves"][0]},
        yaxis={
            "range": [0, curves.top_of(study)],
            "domain": spots["curves"][1],
            "tickfont": {"size": 13 if phone else 15},
            "nticks": 6,
        },
        **_square(2, spots["gram"], [0.5, size + 0.5], flipped=True),
        **_square(3, spots["columns"], [-reach, reach]),
        **_square(4, spots["points"], [-far, far], crossed=True),
        xaxis5={**inner, "domain": spots["readout"][0], "anchor": "y5"},
        yaxis5={**inner, "domain": spots["readout"][1], "range": [0, 3], "anchor": "x5"},
    )


def _square(
    number: int,
    spot: tuple[list[float], list[float]],
    reach: list[float],
    *,
    flipped: bool = False,
    crossed: bool = False,
) -> dict[str, Any]:
    """A pair of axes with equal scales and no ticks; ``crossed`` draws the lines through 0."""
    bare = {"showgrid": False, "showticklabels": False, "ticks": "", "constrain": "domain"}
    if crossed:
        bare |= {"zeroline": True, "zerolinecolor": theme.HAIR, "zerolinewidth": 1}
    return {
        f"xaxis{number}": {**bare, "domain": spot[0], "range": reach, "anchor": f"y{number}"},
        f"yaxis{number}": {
            **bare,
            "domain": spot[1],
            "range": reach[::-1] if flipped else reach,
            "anchor": f"x{number}",
            "scaleanchor": f"x{number}",
            "constraintoward": "top",
        },
    }


def _titles(spots: Spots, *, phone: bool) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left"}
    size = 14 if phone else 16
    notes = []
    for name, text in TITLES.items():
        (left, _), (_, top) = spots[name]
        notes.append(note(left, top, text, size=size, yshift=6, yanchor="bottom", **place))
    (left, _), (low, top) = spots["readout"]
    step = (top - low) / 3
    for row, text in enumerate(("from identity", "angle to PCA", "above minimum")):
        at = low + (2.07 - row) * step
        notes.append(note(left, at, text, size=14, color=theme.MUTED, xshift=-2, **place))
    return notes


def _names(study: Study, *, phone: bool) -> list[dict[str, Any]]:
    """PC1, PC2, PC3 at the ends of their lines."""
    notes = []
    for n, (across, up) in enumerate((panels.view_of(study.latent_dim).T * _reach(study)).tolist()):
        place: dict[str, Any] = {"xref": "x3", "yref": "y3", "size": 13 if phone else 14}
        place["xanchor"] = "right" if n == 0 else "left"
        place["yanchor"] = "top" if across == 0 else "bottom"
        notes.append(note(across, up, f"PC{n + 1}", color=theme.MUTED, **place))
    return notes
