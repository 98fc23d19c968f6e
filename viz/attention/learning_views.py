"""The views beyond one query: training, the size of vectors, whole sentences."""

from typing import Any

import numpy as np

from viz.attention import derivations, snippets, witnesses
from viz.attention import tokens as token
from viz.attention.compute import FloatArray
from viz.attention.controls import LearnSettings, SizeSettings, TokenSettings
from viz.attention.entries import inputs_of, target_of, tokens_of, words_of
from viz.attention.findings import (
    LEARN_FINDINGS,
    SIZE_FINDINGS,
    TOKEN_FINDINGS,
)
from viz.attention.learning_figures import learning_film
from viz.attention.lessons import Lesson, lesson
from viz.attention.scaling import DIMENSIONS, Saturation, saturate
from viz.attention.size_figures import saturation_film
from viz.attention.size_figures import table as saturation_table
from viz.attention.token_figures import spread, token_film
from viz.attention.training import MODES, learn
from viz.view import Progress, View, quiet


def run_learn(settings: LearnSettings, progress: Progress = quiet) -> Lesson:
    del progress
    inputs = inputs_of(settings)
    target, of_key = target_of(settings, inputs)
    options = _learn_options(settings)
    modes = MODES if settings.gumbel else MODES[:3]
    rng = np.random.default_rng(settings.seed)
    courses = learn(inputs, target, modes=modes, rng=rng, **options)
    del options["num_steps"]
    return lesson(inputs, target, courses, of_key=of_key, **options)


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
    return {"last loss with softmax, this page": by_hand, "PyTorch autograd": by_torch}


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
        "largest weight at d = 512, this page": size_answer(result)[0],
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
        "size of all outputs, this page": witnesses.output_norm(run_tokens(settings)),
        "token by token": witnesses.output_norm_by_rows(
            made, projections, temperature=heat, **options
        ),
        "PyTorch attention": witnesses.output_norm_by_torch(
            made, projections, temperature=heat, **options
        ),
    }


LEARN: View[Any, Any] = View(
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
)


SIZE: View[Any, Any] = View(
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
)


TOKENS: View[Any, Any] = View(
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
)
