"""The views of one query: the table of keys, the map of winners, the slope."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from viz.attention import derivations, figures, snippets, witnesses, wording
from viz.attention.compute import cosines, soft
from viz.attention.controls import SEED, MapSettings, SlopeSettings, TableSettings
from viz.attention.entries import grad_output_of, inputs_of
from viz.attention.findings import (
    MAP_FINDINGS,
    MAP_PRESETS,
    MAP_TEMPERATURES,
    SLOPE_FINDINGS,
    SLOPE_PRESETS,
    TABLE_FINDINGS,
    TABLE_PRESETS,
)
from viz.attention.map_figures import winner_map
from viz.attention.pipeline_figures import by_step
from viz.attention.results import Lookup, Map, lookup, map_of
from viz.attention.slope_figures import slope_film
from viz.attention.slopes import slope, temperature_of_weight
from viz.draw.film import Film
from viz.view import Progress, View, quiet

SHARES = (0.999, 0.99, 0.9, 0.5)


def run_table(settings: TableSettings, progress: Progress = quiet) -> Lookup:
    del progress
    inputs = inputs_of(settings)
    return lookup(
        inputs,
        grad_output=grad_output_of(settings.upstream, inputs),
        play=settings.play,
        mode=settings.mode,
        temperature=settings.temperature,
    )


def table_film(result: Lookup, *, phone: bool = False) -> Film:
    """The film that the choice ``play`` asks for."""
    draw = by_step if result.play == "steps" else figures.by_temperature
    return draw(result, phone=phone)


def table_answer(result: Lookup) -> list[float]:
    return [float(value) for value in result.forward.output]


def table_snippet(settings: TableSettings) -> str:
    inputs = inputs_of(settings)
    grad_output = grad_output_of(settings.upstream, inputs)
    return snippets.table(inputs, settings.mode, settings.temperature, grad_output)


def table_values(result: Lookup) -> Mapping[str, Any]:
    inputs, flips = result.inputs, result.flips
    weights = soft(inputs, result.temperature).attention_weights
    return {
        "key": [wording.vector(key, room=160) for key in inputs.keys],
        "score": [float(score) for score in inputs.scores],
        "cosine with the query": [float(value) for value in cosines(inputs)],
        f"softmax weight at τ = {wording.size(result.temperature)}": [float(w) for w in weights],
        "argmax weight": [float(w) for w in result.hard.attention_weights],
        "query to its wall": [_far(float(value)) for value in flips.distances],
    }


def _far(distance: float) -> float | str:
    return distance if np.isfinite(distance) else "–"


def agree_on_table(settings: TableSettings) -> dict[str, float]:
    """The number the film ends in: the slope, or the gradient that reaches the query."""
    return agree_on_gradient(settings) if settings.play == "steps" else agree_on_slope(settings)


def agree_on_gradient(settings: TableSettings) -> dict[str, float]:
    """The size of ∂q by the mode that is shown; nothing where argmax has no derivative."""
    result = run_table(settings)
    inputs, g, mode, tau = result.inputs, result.grad_output, settings.mode, settings.temperature
    if mode == "argmax" and result.hard.jumps:
        return {}
    other = (
        {"size of ∂q by nudging the query": witnesses.gradient_by_nudging(inputs, g)}
        if mode == "argmax"
        else {"size of ∂q by the formula": witnesses.gradient_by_formula(inputs, g, tau)}
    )
    return {
        **other,
        "this page": float(np.linalg.norm(result.gradients.query)),
        "PyTorch autograd": witnesses.gradient_by_torch(inputs, g, mode, tau),
    }


def agree_on_slope(settings: TableSettings | SlopeSettings) -> dict[str, float]:
    inputs = inputs_of(settings)
    temperature = getattr(settings, "temperature", SEED.defaults.temperature)
    return {
        f"slope at {wording.temperature(temperature)} by the formula": witnesses.slope_by_formula(
            inputs, temperature
        ),
        "by backward passes": witnesses.slope_by_backward(inputs, temperature),
        "this page": slope(inputs, temperature),
        "PyTorch autograd": witnesses.slope_by_torch(inputs, temperature),
    }


def run_map(settings: MapSettings, progress: Progress = quiet) -> Map:
    del progress
    inputs = inputs_of(settings)
    first, second = (int(name[1]) - 1 for name in settings.plane.split())
    if second >= len(inputs.query):
        raise ValueError(
            f"the plane {settings.plane} needs keys of {second + 1} entries, "
            f"got {len(inputs.query)}"
        )
    grad_output = grad_output_of(settings.upstream, inputs)
    looked = lookup(inputs, grad_output=grad_output, num_temperatures=MAP_TEMPERATURES)
    return map_of(looked, (first, second), settings.span, settings.paint)


def map_values(result: Map) -> Mapping[str, Any]:
    looked = result.lookup
    distances = looked.flips.distances
    return {
        "key": [f"{j + 1}" for j in range(len(distances))],
        "score": [float(score) for score in looked.inputs.scores],
        "query to its wall": [_far(float(value)) for value in distances],
    }


def map_answer(result: Map) -> float:
    return result.lookup.flips.distance


def agree_on_distance(settings: MapSettings) -> dict[str, float]:
    inputs = inputs_of(settings)
    found = lookup(inputs, grad_output=np.ones(inputs.values.shape[1])).flips
    if found.nearest is None:
        return {}
    return {
        "distance by the formula": found.distance,
        "by walking until it flips": witnesses.distance_by_walking(inputs),
        "gap over its gradient in PyTorch": witnesses.distance_by_torch(inputs),
    }


def run_slope(settings: SlopeSettings, progress: Progress = quiet) -> Lookup:
    del progress
    inputs = inputs_of(settings)
    return lookup(inputs, grad_output=np.ones(inputs.values.shape[1]))


def slope_answer(result: Lookup) -> float:
    return slope(result.inputs, result.temperature)


def slope_values(result: Lookup) -> Mapping[str, Any]:
    """At which temperature the winner's weight falls to certain shares."""
    inputs = result.inputs
    shares = [s for s in SHARES if s > 1 / inputs.num_keys and not result.tied]
    found = [temperature_of_weight(inputs, share) for share in shares]
    return {
        "winner's weight": [f"{share:g}" for share in shares],
        "temperature": found,
        "slope there": [slope(inputs, temperature) for temperature in found],
    }


TABLE: View[Any, Any] = View(
    key="table",
    label="Table",
    settings=TableSettings,
    run=run_table,
    film=table_film,
    answer=table_answer,
    snippet=table_snippet,
    derive=derivations.table,
    agree=agree_on_table,
    table=table_values,
    presets=TABLE_PRESETS,
    findings=TABLE_FINDINGS,
)


MAP: View[Any, Any] = View(
    key="map",
    label="Map",
    settings=MapSettings,
    run=run_map,
    film=winner_map,
    answer=map_answer,
    snippet=lambda settings: snippets.distance(inputs_of(settings)),
    derive=derivations.distance,
    agree=agree_on_distance,
    table=map_values,
    presets=MAP_PRESETS,
    findings=MAP_FINDINGS,
)


SLOPE: View[Any, Any] = View(
    key="slope",
    label="Slope",
    settings=SlopeSettings,
    run=run_slope,
    film=slope_film,
    answer=slope_answer,
    snippet=lambda settings: snippets.slope(inputs_of(settings), SEED.defaults.temperature),
    derive=derivations.slope,
    agree=agree_on_slope,
    table=slope_values,
    presets=SLOPE_PRESETS,
    findings=SLOPE_FINDINGS,
)
