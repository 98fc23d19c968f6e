"""The training film: singular values against the step, and beside them one look at the decoder."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from viz.autoencoder import curves, geometry, laws, panels, words
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.panels import Panel
from viz.autoencoder.study import Study
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note

Beside = Literal["column products", "columns", "six points", "match with PCA", "balance", "angles"]

TALL, TALL_PHONE = 424, 690
MARGIN = {"l": 42, "r": 8, "t": 34, "b": 46}
PHONE_MARGIN = {"l": 36, "r": 8, "t": 32, "b": 42}
FIRST = 9
DOTS = (3, 7, 8)


class Picture(Protocol):
    """Makes a panel of a run."""

    def __call__(self, study: Study, *, phone: bool) -> Panel:
        """The panel, for a wide stage or a phone."""


PICTURES: Mapping[Beside, Picture] = {
    "column products": panels.products,
    "columns": geometry.columns,
    "six points": geometry.points,
    "match with PCA": panels.matching,
    "balance": laws.balance,
    "angles": laws.angles,
}


def training_film(study: Study, beside: Beside = "column products", *, phone: bool = False) -> Film:
    """Singular values and one panel beside them, to scrub over the recorded steps.

    Args:
        study: the run; evenly spaced steps get a linear axis, others a logarithmic one.
        beside: which panel.
        phone: stacked instead of side by side.
    """
    place, panel = curves.positions(study), PICTURES[beside](study, phone=phone)
    last = len(study.run.steps) - 1
    traces = [*_curves(study, place, last, phone=phone), *panel.traces]
    figure = theme.figure(data=traces, layout=_layout(study, place, panel, phone=phone))
    frames = tuple(_frame(study, place, panel, i) for i in range(last + 1))
    return Film(figure, frames, table=table(study))


def table(study: Study) -> dict[str, Any]:
    """The run as columns: the step, all singular values, the objective, the imbalance."""
    run = study.run
    columns: dict[str, Any] = {"step": run.steps}
    for i in range(study.latent_dim):
        columns[f"W2 singular value {i + 1}"] = _short(run.decoder_values[:, i])
        columns[f"W1 singular value {i + 1}"] = _short(run.encoder_values[:, i])
    return {**columns, "objective": _short(run.objective), "imbalance": _short(run.imbalance)}


def _short(values: FloatArray) -> list[float]:
    """Six significant digits, which are fewer bytes than a float has."""
    return [float(f"{value:.6g}") for value in values]


def _curves(study: Study, place: FloatArray, i: int, *, phone: bool) -> list[dict[str, Any]]:
    gap = _gap(study, phone=phone)
    return [
        *curves.pair(study, place),
        curves.law(study, place),
        curves.veil(place, i, curves.top_of(study)),
        *(curves.theory(study, place, gap=gap, kind=kind) for kind in ("solid", "dash")),
        curves.labels(study, place, gap, phone=phone),
        *curves.markers(study, place[i], i),
    ]


def _frame(study: Study, place: FloatArray, panel: Panel, i: int) -> Frame:
    run = study.run
    changes = (
        curves.veiled(place, i),
        curves.dots(place[i], run.encoder_values[i]),
        curves.dots(place[i], run.decoder_values[i]),
        *panel.at(i),
    )
    places = (*DOTS, *(FIRST + n for n in panel.changing))
    return Frame(f"step {int(run.steps[i])}", words.caption(study, i), places, changes)


def _gap(study: Study, *, phone: bool) -> float:
    """The distance of two labels, in units of the axis."""
    pixels = 0.48 * (TALL_PHONE - 74) if phone else TALL - 80
    return 17 * curves.top_of(study) / pixels


def _layout(study: Study, place: FloatArray, panel: Panel, *, phone: bool) -> dict[str, Any]:
    ticked = panel.yaxis.get("showticklabels", True)
    left, right = [0.0, 0.56], [0.7 if ticked else 0.66, 1.0]
    low, high = [0.0, 1.0], [0.0, 1.0]
    if phone:
        left, right, low, high = [0.0, 0.82], [0.1 if ticked else 0.0, 0.92], [0.55, 1.0], [0, 0.41]
    title = curves.title(study, phone=phone)
    above: dict[str, Any] = {"xanchor": "left", "yanchor": "bottom", "size": 14 if phone else 16}
    notes = [
        note(0, 1.015, title, xref="x domain", yref="y domain", **above),
        note(0, 1.015, panel.title, xref="x2 domain", yref="y2 domain", **above),
    ]
    return theme.chart(
        TALL_PHONE if phone else TALL,
        margin=PHONE_MARGIN if phone else MARGIN,
        annotations=[*notes, *panel.notes],
        xaxis={**curves.step_axis(place, phone=phone), "domain": left},
        yaxis={
            "range": [0, curves.top_of(study)],
            "domain": low,
            "tickfont": {"size": 13 if phone else 15},
            "nticks": 6,
        },
        xaxis2={**panel.xaxis, "domain": right, "anchor": "y2"},
        yaxis2={**panel.yaxis, "domain": high, "anchor": "x2"},
    )
