"""Panels of two laws of motion: the imbalance of the matrices fades, the subspace turns."""

from typing import Any

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.panels import HERE, Panel, Trace
from viz.autoencoder.study import Study
from viz.draw import theme
from viz.draw.graph import note

FLOOR = 1e-6
LIMIT = 1e-12


def lawful(study: Study) -> bool:
    """Whether the imbalance has a law: one λ, and steps along the gradient."""
    equal = study.weights.encoder == study.weights.decoder
    return equal and study.method in ("full", "sgd") and study.run.imbalance[0] > LIMIT


def balance(study: Study, *, phone: bool) -> Panel:
    """|W1 W1ᵀ - W2ᵀ W2| on a logarithmic axis, and the straight line that small steps follow."""
    steps, seen = study.run.steps, _kept(study.run.imbalance, LIMIT)
    law = np.zeros(0)
    if lawful(study):
        rate = 4 * study.weights.encoder * study.step_size
        law = np.maximum(seen[0] * np.exp(-rate * np.array([0, steps[-1]])), LIMIT)
    straight = _line("law", [0, int(steps[-1])][: len(law)], _digits(law), theme.TRU, "dash")
    run = _line("imbalance", steps.tolist(), _digits(seen), theme.PAR, "solid")
    run["hovertemplate"] = "step %{x}: %{y:.3g}<extra></extra>"

    def at(i: int) -> tuple[Trace, ...]:
        return ({"x": [int(steps[i])], "y": _digits(seen[i : i + 1])},)

    title = "imbalance |<b>W</b>₁<b>W</b>₁<sup>T</sup> − <b>W</b>₂<sup>T</sup><b>W</b>₂|"
    if len(law):
        title += f", <span style='color:{theme.TRU}'>law e<sup>−4λt</sup></span>"
    now = _now(at(len(steps) - 1)[0], theme.PAR)
    return Panel(title, (run, straight, now), (2,), at, *_scales(study, seen, phone))


def angles(study: Study, *, phone: bool) -> Panel:
    """Angles of the decoder's directions to the principal subspace, in degrees."""
    steps, seen = study.run.steps, _kept(study.run.angles, FLOOR)
    if not study.distinct:
        seen = seen[:, :0]
    x: list[float | None] = []
    y: list[float | None] = []
    for column in seen.T:
        x += [*steps.tolist(), None]
        y += [*_digits(column), None]
    lines = _line("principal angles", x, y, theme.FWD, "solid")
    lines["hovertemplate"] = "step %{x}: %{y:.3g}°<extra></extra>"

    def at(i: int) -> tuple[Trace, ...]:
        return ({"x": [int(steps[i])] * seen.shape[1], "y": _digits(seen[i])},)

    words = "" if study.distinct else "none is determined:<br>two variances are equal"
    if study.best.rank == 0:
        words = "nothing is kept:<br>λ is above all variances"
    notes = [note(0.5, 0.5, words, xref="x2 domain", yref="y2 domain")] if words else []
    title = "angles to the principal subspace, degrees"
    now = _now(at(len(steps) - 1)[0], theme.FWD)
    return Panel(title, (lines, now), (1,), at, *_scales(study, seen, phone), tuple(notes))


def _line(name: str, x: list[Any], y: list[Any], color: str, dash: str) -> Trace:
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": color, "width": 3 if dash == "solid" else 2, "dash": dash},
        "hoverinfo": None if dash == "solid" else "skip",
        **HERE,
    }


def _now(where: Trace, color: str) -> Trace:
    dot = {"size": 11, "color": color}
    common = {"mode": "markers", "marker": dot, "hoverinfo": "skip", "cliponaxis": False}
    return {"type": "scatter", "name": "present step", **common, **where, **HERE}


def _kept(values: FloatArray, floor: float) -> FloatArray:
    return np.maximum(values, floor)


def _digits(values: FloatArray) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def _scales(study: Study, seen: FloatArray, phone: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    low, high = -1.0, 1.0
    if seen.size:
        low, high = float(np.log10(seen.min())), float(np.log10(seen.max()))
    low, high = low - 0.3, max(high, low + 1) + 0.2
    size = 13 if phone else 15
    words = {"text": "step", "font": {"size": 14 if phone else 16}, "standoff": 6}
    across = {"range": [0, int(study.run.steps[-1])], "title": words, "nticks": 4}
    up = {
        "type": "log",
        "range": [low, high],
        "exponentformat": "power",
        "dtick": max(1, round((high - low) / 5)),
    }
    tick = {"tickfont": {"size": size}}
    return across | tick | {"showline": True, "tickangle": 0}, up | tick
