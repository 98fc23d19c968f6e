"""The exam's translation, and a translator that is really trained on a small grammar."""

from typing import Any, Literal

from viz import seeds
from viz.settings import BaseSettings, choice, number, own_data, switch, text
from viz.translation import corpus, figures, model_figures, results, texts
from viz.translation.corpus import EOS, SOS
from viz.translation.model import Config, Trained
from viz.translation.results import Flow, Limits, Rows, Shelf, Translation
from viz.view import Preset, Progress, View, quiet

SHELF = Shelf()
OWN_EXAMPLE = "\n".join(
    f"{' '.join(pair.source)} | {' '.join(pair.target)}" for pair in corpus.corpus()[:800:33]
)


class Figure(seeds.SeedModel):
    """Sizes of the exam's drawing."""

    slots: int
    linear_outputs: int


class Vertical(seeds.SeedModel):
    """What the exam asks about vertical stacking."""

    problems: tuple[str, ...]


class Exam(seeds.SeedModel):
    """The whole seed file."""

    source: tuple[str, ...]
    truth: tuple[str, ...]
    emitted: tuple[str, ...]
    training_inputs: tuple[str, ...]
    evaluation_inputs: tuple[str, ...]
    figure: Figure
    vertical: Vertical


SEED = seeds.load("translation", Exam)
Mode = Literal["training", "evaluation"]
Stack = Literal["horizontal", "vertical"]


def _bare(words: tuple[str, ...]) -> str:
    return " ".join(word for word in words if word not in (SOS, EOS))


class RowSettings(BaseSettings):
    """Both rows of decoder inputs; no model is needed."""

    mode: Mode = choice("training", key="mode", label="Mode")
    stack: Stack = choice("horizontal", key="stack", label="Stacking")
    truth: str = text(_bare(SEED.truth), key="true", label="Right translation", limit=60)
    emitted: str = text(_bare(SEED.emitted), key="said", label="What the model says", limit=60)
    source: str = text(_bare(SEED.source), key="es", label="Sentence", limit=60)
    source_sos: bool = switch(
        True, key="sos", label="<sos> before the sentence", hint="As in the exam's figure."
    )


def run_rows(settings: RowSettings, progress: Progress = quiet) -> Rows:
    del progress
    source = corpus.words_of(settings.source)
    if not source:
        raise ValueError("the sentence needs at least 1 word")
    shown = (*((SOS,) if settings.source_sos else ()), *source, EOS)
    return results.rows(
        shown,
        corpus.words_of(settings.truth),
        corpus.words_of(settings.emitted),
        mode=settings.mode,
        stack=settings.stack,
    )


def answer_rows(result: Rows) -> list[float]:
    return [float(a != b) for a, b in zip(result.training, result.evaluation, strict=True)]


class ModelSettings(BaseSettings):
    """A translator; the training step is what the bar moves."""

    train: bool = switch(
        False, key="train", label="Train the model", hint="About five seconds; kept afterwards."
    )
    source: str = text("veo un perro", key="es", label="Sentence", limit=60)
    mode: Mode = choice("evaluation", key="run", label="Decoder is fed")
    force_at: int = number(
        0, key="j", label="Overwrite word (0: none)", low=0, high=7, when={"mode": ("evaluation",)}
    )
    force_word: str = text("the", key="by", label="by", limit=20, when={"mode": ("evaluation",)})
    stack: Stack = choice("horizontal", key="stack", label="Stacking")
    cell: Literal["gru", "rnn"] = choice("gru", key="cell", label="Cell")
    hidden_size: int = number(64, key="H", label="Hidden size H", low=16, high=128, step=16)
    source_sos: bool = switch(False, key="start", label="<sos> before the sentence")
    temperature: float = number(
        0.0,
        key="t",
        label="Temperature",
        low=0,
        high=2,
        step=0.1,
        hint="0 says the likeliest word, above it words are drawn.",
        when={"mode": ("evaluation",)},
    )
    seed: int = number(0, key="seed", label="Seed", low=0, high=99, box=True)
    pairs: Literal["built in", "own"] = choice("built in", key="pairs", label="Phrase pairs")
    own: str = own_data(
        example=OWN_EXAMPLE,
        limit=200_000,
        when={"pairs": ("own",)},
        hint="One pair a line, Spanish and English parted by a tab or |; 20 to 3,000 pairs of at "
        "most 20 words. Below 100 pairs the test sentences are the training sentences.",
        upload=("txt", "tsv"),
    )


def config_of(settings: ModelSettings, stack: str | None = None) -> Config:
    """The model that the settings describe."""
    return Config(
        stack or settings.stack,
        settings.cell,
        settings.hidden_size,
        settings.seed,
        source_sos=settings.source_sos,
    )


def run_model(settings: ModelSettings, progress: Progress = quiet) -> Translation:
    own = settings.own if settings.pairs == "own" else ""
    if own:
        corpus.parse_pairs(own)
    trained = _model(config_of(settings), own, settings.train, progress)
    source = corpus.words_of(settings.source)
    if own and settings.source == "veo un perro":
        source = corpus.parse_pairs(own)[0].source
    forced = None
    if settings.force_at and settings.mode == "evaluation":
        forced = (settings.force_at, settings.force_word.strip())
    return results.translation(
        trained,
        source,
        mode=settings.mode,
        forced=forced,
        temperature=settings.temperature,
        seed=settings.seed,
        own=own,
    )


def _model(config: Config, own: str, train: bool, progress: Progress) -> Trained:
    if not train:
        return results.untrained(config, own)
    trained = SHELF.trained(config, own, progress)
    if trained.diverged is not None:
        raise ValueError(f"training diverged at step {trained.diverged}; lower the learning rate")
    return trained


class FlowSettings(BaseSettings):
    """The flow of information in both stacks."""

    source: str = text("veo un perro", key="es", label="Sentence", limit=60)
    train: bool = switch(False, key="train", label="Train the model")
    cell: Literal["gru", "rnn"] = choice("gru", key="cell", label="Cell")
    source_sos: bool = switch(False, key="start", label="<sos> before the sentence")
    seed: int = number(0, key="seed", label="Seed", low=0, high=99, box=True)


def run_flow(settings: FlowSettings, progress: Progress = quiet) -> Flow:
    source = corpus.words_of(settings.source)
    known = {pair.source: pair.target for pair in corpus.corpus()}
    truth = known.get(source, tuple("the" for _ in source))
    models = []
    for i, stack in enumerate(("horizontal", "vertical")):
        config = Config(stack, settings.cell, 64, settings.seed, source_sos=settings.source_sos)

        def half(share: float, words: str = "", done: int = i) -> None:
            progress((done + share) / 2, words)

        models.append(_model(config, "", settings.train, half))
    return results.flow((models[0], models[1]), source, truth)


class LimitSettings(BaseSettings):
    """What vertical stacking can reach at best."""

    train: bool = switch(False, key="train", label="Train the model")
    seed: int = number(0, key="seed", label="Seed", low=0, high=99, box=True)


def run_limits(settings: LimitSettings, progress: Progress = quiet) -> Limits:
    trained = None
    if settings.train:
        trained = _model(Config("vertical", seed=settings.seed), "", True, progress)
    return results.limits(trained)


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="rows",
        label="Two rows",
        settings=RowSettings,
        run=run_rows,
        film=figures.decoder_rows,
        answer=answer_rows,
        snippet=lambda s: texts.rows_snippet(run_rows(s)),
        derive=texts.rows_lines,
        agree=lambda s: texts.rows_agree(run_rows(s)),
        presets=(
            Preset("Exam 9(b)", {}, "The teacher puts in the truth."),
            Preset("Exam 9(c)", {"mode": "evaluation"}, "Its own words go back in."),
            Preset(
                "Exam 9(a)",
                {"stack": "vertical", "source_sos": False},
                "Four source slots for five English ones.",
            ),
        ),
        findings=(
            Preset("switch to evaluation", {"mode": "evaluation"}, "Only w₃ changes."),
            Preset(
                "stack vertically",
                {"stack": "vertical", "source_sos": False},
                "No slot is left for the end symbol.",
            ),
            Preset("say it right", {"emitted": "I see a dog"}, "Then both rows agree."),
        ),
    ),
    View(
        key="model",
        label="Trained model",
        settings=ModelSettings,
        run=run_model,
        film=model_figures.words_by_checkpoint,
        answer=lambda result: float(texts.model_agree(result.trained.config)["PyTorch"]),
        snippet=lambda s: texts.model_snippet(config_of(s), corpus.words_of(s.source)),
        derive=texts.model_lines,
        agree=lambda s: texts.model_agree(config_of(s)),
        more=model_figures.training_curves,
        slow=lambda s: s.train,
        presets=(
            Preset("Train it", {"train": True}, "600 steps on 1,612 sentences."),
            Preset(
                "Black cat",
                {"train": True, "source": "el gato negro ve un perro", "stack": "vertical"},
                "Spanish word order shines through.",
            ),
            Preset("Own pairs", {"pairs": "own", "train": True}, "Teach it your own pairs below."),
        ),
        findings=(
            Preset("train it", {"train": True}, "Watch its words at every checkpoint."),
            Preset(
                "derail it",
                {"train": True, "force_at": 3, "force_word": "the"},
                "One overwritten word, and the noun may be wrong as well.",
            ),
            Preset(
                "stop early", {"train": True}, "After 50 steps the teacher flatters it.", step=2
            ),
        ),
    ),
    View(
        key="flow",
        label="Information flow",
        settings=FlowSettings,
        run=run_flow,
        film=model_figures.flow_matrices,
        answer=lambda result: float(texts.flow_zeros(result)),
        snippet=lambda s: texts.flow_snippet(
            Config(cell=s.cell, source_sos=s.source_sos), corpus.words_of(s.source)
        ),
        derive=texts.flow_lines,
        agree=lambda s: texts.flow_agree(run_flow(s)),
        slow=lambda s: s.train,
        findings=(
            Preset(
                "a longer sentence",
                {"source": "el gato negro ve un perro"},
                "The triangle of zeros grows.",
            ),
            Preset("train both", {"train": True}, "The zeros stay, to the last bit."),
            Preset(
                "with a start symbol",
                {"source_sos": True},
                "Now “I” is said before any Spanish word is read.",
            ),
        ),
    ),
    View(
        key="limits",
        label="Limits",
        settings=LimitSettings,
        run=run_limits,
        film=model_figures.limit_by_position,
        answer=lambda _: texts.small_bound(),
        snippet=lambda _: texts.limit_snippet(),
        derive=texts.limit_lines,
        agree=lambda s: texts.limit_agree(run_limits(s)),
        slow=lambda s: s.train,
        findings=(
            Preset(
                "train a vertical model", {"train": True}, "It comes near the bound, not above."
            ),
        ),
    ),
)
