"""The exam's translation, and a translator that is really trained on a small grammar."""

from collections.abc import Mapping, Sequence
from typing import Any

from viz.translation import (
    card_figures,
    controls,
    corpus,
    curves,
    derivations,
    figures,
    findings,
    flow_figures,
    limit_figures,
    results,
    snippets,
    store,
    witnesses,
)
from viz.translation.compute import EOS, SOS, Rows, rows
from viz.translation.controls import (
    FlowSettings,
    LimitSettings,
    ModelSettings,
    RowSettings,
    config_of,
)
from viz.translation.corpus import Pair
from viz.translation.network import speak
from viz.translation.results import Flow, Limits, Shelf, Translation
from viz.view import Progress, View, quiet

SEED = controls.SEED
SHELF = Shelf()


def run_rows(settings: RowSettings, progress: Progress = quiet) -> Rows:
    del progress
    source = corpus.words_of(settings.source)
    return rows(
        (*((SOS,) if settings.source_sos else ()), *source, EOS),
        corpus.words_of(settings.truth),
        corpus.words_of(settings.emitted),
        mode=settings.mode,
        stack=settings.stack,
    )


def answer_rows(result: Rows) -> list[float]:
    return [float(a != b) for a, b in zip(result.training, result.evaluation, strict=True)]


def run_model(settings: ModelSettings, progress: Progress = quiet) -> Translation:
    own = settings.own if settings.pairs == "own" else ""
    pairs = results.pairs_of(own)
    source = _source(settings, pairs)
    config = config_of(settings, settings.stack)
    results.words_of(own).source_ids(source, source_sos=False)
    trained, measures = results.found_model(
        SHELF, config, own=own, train=settings.train, progress=progress
    )
    return results.translation(
        trained,
        source,
        truth=next((pair.target for pair in pairs if pair.source == source), None),
        mode=settings.mode,
        forced=controls.forced(settings),
        temperature=settings.temperature,
        seed=settings.seed,
        play=settings.play,
        step=int(settings.step),
        measures=measures,
    )


def _source(settings: ModelSettings, pairs: Sequence[Pair]) -> tuple[str, ...]:
    if settings.pairs == "own":
        return corpus.words_of(settings.own_source) or pairs[0].source
    return corpus.words_of(settings.source)


def answer_model(result: Translation) -> float:
    return result.losses[0]


def model_values(result: Translation) -> Mapping[str, Any]:
    words = result.trained.words
    return {
        "training step": [str(step) for step in result.steps],
        "it says": [
            " ".join(said.said).replace("<", "‹").replace(">", "›") for said in result.said
        ],
        "loss of the sentence, nats a word": list(result.losses),
        "words it knows": [", ".join(words.source[3:]), *[""] * (len(result.steps) - 1)],
    }


def run_flow(settings: FlowSettings, progress: Progress = quiet) -> Flow:
    source = corpus.words_of(settings.source)
    results.words_of().source_ids(source, source_sos=False)
    known = {pair.source: pair.target for pair in corpus.corpus()}
    models = []
    for i, stack in enumerate(("horizontal", "vertical")):

        def half(share: float, words: str = "", done: int = i) -> None:
            progress((done + share) / 2, words)

        config = config_of(settings, stack)
        found, _ = results.found_model(SHELF, config, own="", train=settings.train, progress=half)
        models.append(found)
    truth = known.get(source)
    if truth is None:
        said = speak(models[0].at(models[0].steps[-1]), source).said
        truth = tuple(word for word in said if word != EOS) or ("the",)
    return results.flow((models[0], models[1]), source, truth)


def answer_flow(result: Flow) -> float:
    return float(witnesses.zeros(result))


def run_limits(settings: LimitSettings, progress: Progress = quiet) -> Limits:
    del progress
    source = corpus.words_of(settings.source)
    pair = next((one for one in corpus.corpus() if one.source == source), None)
    if pair is None:
        results.words_of().source_ids(source, source_sos=False)
        raise ValueError(f"'{' '.join(source)}' is not among the sentences of the corpus")
    measures = None if settings.source_sos else store.measured("vertical")
    return results.limits(pair, source_sos=settings.source_sos, measures=measures)


def answer_limits(result: Limits) -> float:
    return result.best.total


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="rows",
        label="Two rows",
        settings=RowSettings,
        run=run_rows,
        film=figures.decoder_rows,
        answer=answer_rows,
        snippet=lambda settings: snippets.rows(run_rows(settings)),
        derive=derivations.rows,
        agree=lambda settings: witnesses.rows(run_rows(settings)),
        presets=findings.ROW_PRESETS,
        findings=findings.ROW_FINDINGS,
    ),
    View(
        key="model",
        label="Trained model",
        settings=ModelSettings,
        run=run_model,
        film=card_figures.model_film,
        answer=answer_model,
        snippet=lambda settings: snippets.model(run_model(_untrained(settings))),
        derive=derivations.model,
        agree=lambda settings: witnesses.loss(run_model(_untrained(settings))),
        more=curves.training_curves,
        slow=lambda settings: settings.train,
        table=model_values,
        presets=findings.MODEL_PRESETS,
        findings=findings.MODEL_FINDINGS,
        atol=1e-6,
    ),
    View(
        key="flow",
        label="Information flow",
        settings=FlowSettings,
        run=run_flow,
        film=flow_figures.flow_matrices,
        answer=answer_flow,
        snippet=lambda settings: snippets.flow(run_flow(_untrained(settings)), settings.cell),
        derive=derivations.flow,
        agree=lambda settings: witnesses.flow(run_flow(_untrained(settings))),
        slow=lambda settings: settings.train,
        findings=findings.FLOW_FINDINGS,
    ),
    View(
        key="limits",
        label="Limits",
        settings=LimitSettings,
        run=run_limits,
        film=limit_figures.limit_film,
        answer=answer_limits,
        snippet=lambda settings: snippets.limits(run_limits(settings)),
        derive=derivations.limits,
        agree=lambda settings: witnesses.limits(run_limits(settings)),
        findings=findings.LIMIT_FINDINGS,
    ),
)


def _untrained(settings: Any) -> Any:
    """The same without training: what does not depend on it must not wait for it."""
    return settings.model_copy(update={"train": False})
