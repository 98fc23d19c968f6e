"""The views of this page: what each computes, draws, derives and lets one copy."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from viz.attention import derivations, figures, snippets, witnesses, wording
from viz.attention import tokens as token
from viz.attention.compute import FloatArray, cosines, soft
from viz.attention.controls import (
    SEED,
    LearnSettings,
    MapSettings,
    SizeSettings,
    SlopeSettings,
    TableSettings,
    TokenSettings,
    grad_output_of,
    inputs_of,
    target_of,
    tokens_of,
    words_of,
)
from viz.attention.findings import (
    LEARN_FINDINGS,
    MAP_FINDINGS,
    MAP_PRESETS,
    SIZE_FINDINGS,
    SLOPE_FINDINGS,
    SLOPE_PRESETS,
    TABLE_FINDINGS,
    TABLE_PRESETS,
    TOKEN_FINDINGS,
)
from viz.attention.learning_figures import learning_film
from viz.attention.map_figures import winner_map
from viz.attention.pipeline_figures import by_step
from viz.attention.results import Lesson, Lookup, Map, lesson, lookup, map_of
from viz.attention.scaling import DIMENSIONS, Saturation, saturate
from viz.attention.size_figures import saturation_film
from viz.attention.size_figures import table as saturation_table
from viz.attention.slope_figures import slope_film
from viz.attention.slopes import slope, temperature_of_weight
from viz.attention.token_figures import spread, token_film
from viz.attention.training import MODES
from viz.draw.film import Film
from viz.view import Progress, View, quiet

__all__ = ["SEED", "VIEWS"]

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


def agree_on_slope(settings: TableSettings | SlopeSettings) -> dict[str, float]:
    inputs = inputs_of(settings)
    temperature = getattr(settings, "temperature", SEED.defaults.temperature)
    return {
        "slope by the formula": witnesses.slope_by_formula(inputs, temperature),
        "by backward passes": witnesses.slope_by_backward(inputs, temperature),
        "viz": slope(inputs, temperature),
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
    looked = lookup(inputs, grad_output=grad_output_of(settings.upstream, inputs))
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


def run_learn(settings: LearnSettings, progress: Progress = quiet) -> Lesson:
    del progress
    inputs = inputs_of(settings)
    target, of_key = target_of(settings, inputs)
    return lesson(
        inputs,
        target,
        modes=MODES if settings.gumbel else MODES[:3],
        of_key=of_key,
        train=settings.train,
        temperature=settings.temperature,
        learning_rate=settings.learning_rate,
        num_steps=settings.num_steps,
        rng=np.random.default_rng(settings.seed),
    )


def learn_answer(result: Lesson) -> list[float]:
    return [float(course.losses[-1]) for course in result.courses[:3]]


def _learn_options(settings: LearnSettings) -> dict[str, Any]:
    names = ("train", "temperature", "learning_rate", "num_steps")
    return {name: getattr(settings, name) for name in names}


def learn_snippet(settings: LearnSettings) -> str:
    inputs = inputs_of(settings)
    return snippets.learn(inputs, target_of(settings, inputs)[0], **_learn_options(settings))


def agree_on_loss(settings: LearnSettings) -> dict[str, float]:
    inputs = inputs_of(settings)
    target = target_of(settings, inputs)[0]
    by_torch = witnesses.loss_by_torch(inputs, target, **_learn_options(settings))
    by_hand = float(run_learn(settings).courses[0].losses[-1])
    return {"last loss with softmax, viz": by_hand, "PyTorch autograd": by_torch}


def run_size(settings: SizeSettings, progress: Progress = quiet) -> Saturation:
    del progress
    rng = np.random.default_rng(settings.seed)
    return saturate(num_keys=settings.num_keys, draws=settings.draws, rng=rng)


def size_answer(result: Saturation) -> list[float]:
    return [float(v) for v in np.median(result.largest_weight[:, -1], axis=-1)]


def size_snippet(settings: SizeSettings) -> str:
    counts = settings.model_dump()
    return snippets.size(DIMENSIONS, **counts)


def agree_on_saturation(settings: SizeSettings) -> dict[str, float]:
    result = run_size(settings)
    return {
        "largest weight at d = 512, viz": size_answer(result)[0],
        "PyTorch": witnesses.largest_weight_by_torch(result.last_scores),
    }


def _made_tokens(
    settings: TokenSettings,
) -> tuple[FloatArray, tuple[FloatArray, FloatArray, FloatArray], tuple[str, ...]]:
    """Tokens, projections and names; the random ones come from one generator in this order."""
    rng = np.random.default_rng(settings.seed)
    names: tuple[str, ...] = ()
    if settings.source == "sentence":
        names = words_of(settings.sentence)
        made = token.word_vectors(names, settings.width, rng)
    elif settings.source == "random":
        made = rng.standard_normal((settings.num_tokens, settings.width))
    else:
        made = tokens_of(settings.own)
    width = made.shape[1]
    if settings.projections == "equal":
        return made, token.equal_projections(width), names
    return made, token.random_projections(width, width, rng), names


def run_tokens(settings: TokenSettings, progress: Progress = quiet) -> token.SelfAttention:
    del progress
    made, projections, names = _made_tokens(settings)
    return token.self_attention(
        made,
        projections,
        causal=settings.causal,
        scaled=settings.divide,
        temperature=settings.heat,
        names=names,
    )


def token_snippet(settings: TokenSettings) -> str:
    made = _made_tokens(settings)[0]
    width, seed = made.shape[1], settings.seed
    if settings.source == "sentence":
        words = list(words_of(settings.sentence))
        source = snippets.SENTENCE.format(seed=seed, words=words, width=width)
    elif settings.source == "random":
        source = snippets.RANDOM.format(seed=seed, num_tokens=settings.num_tokens, width=width)
    else:
        source = snippets.OWN.format(seed=seed, rows=made.tolist())
    rate = (width**-0.5 if settings.divide else 1.0) / settings.heat
    equal = settings.projections == "equal"
    return snippets.tokens(source, width=width, equal=equal, causal=settings.causal, scale=rate)


def agree_on_tokens(settings: TokenSettings) -> dict[str, float]:
    made, projections, _ = _made_tokens(settings)
    options = {"causal": settings.causal, "scaled": settings.divide}
    heat = settings.heat
    return {
        "size of all outputs, viz": witnesses.output_norm(run_tokens(settings)),
        "token by token": witnesses.output_norm_by_rows(
            made, projections, temperature=heat, **options
        ),
        "PyTorch attention": witnesses.output_norm_by_torch(
            made, projections, temperature=heat, **options
        ),
    }


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="table",
        label="Table",
        settings=TableSettings,
        run=run_table,
        film=table_film,
        answer=table_answer,
        snippet=table_snippet,
        derive=derivations.table,
        agree=agree_on_slope,
        table=table_values,
        presets=TABLE_PRESETS,
        findings=TABLE_FINDINGS,
    ),
    View(
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
    ),
    View(
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
    ),
    View(
        key="learn",
        label="Learn",
        settings=LearnSettings,
        run=run_learn,
        film=learning_film,
        answer=learn_answer,
        snippet=learn_snippet,
        derive=derivations.learning,
        agree=agree_on_loss,
        findings=LEARN_FINDINGS,
    ),
    View(
        key="size",
        label="Size",
        settings=SizeSettings,
        run=run_size,
        film=saturation_film,
        answer=size_answer,
        snippet=size_snippet,
        derive=derivations.size,
        agree=agree_on_saturation,
        table=saturation_table,
        findings=SIZE_FINDINGS,
    ),
    View(
        key="tokens",
        label="Tokens",
        settings=TokenSettings,
        run=run_tokens,
        film=token_film,
        answer=witnesses.output_norm,
        snippet=token_snippet,
        derive=derivations.self_attention,
        agree=agree_on_tokens,
        table=spread,
        findings=TOKEN_FINDINGS,
        atol=1e-12,
    ),
)
