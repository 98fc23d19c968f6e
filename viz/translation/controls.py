"""What a reader may change on this page, and the exam's numbers that everything starts from."""

from typing import Any, Literal

from viz import seeds
from viz.settings import BaseSettings, choice, number, own_data, switch, text
from viz.translation import corpus
from viz.translation.compute import EOS, SOS
from viz.translation.network import Config

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
Cell = Literal["gru", "rnn"]
Step = Literal["0", "25", "50", "100", "200", "300", "400", "600"]


def bare(words: tuple[str, ...]) -> str:
    """Words without symbols."""
    return " ".join(word for word in words if word not in (SOS, EOS))


SENTENCE = bare(SEED.source)
LONGER = "el gato negro ve un perro"


def _sentence(**more: Any) -> Any:
    return text(SENTENCE, key="es", label="Spanish sentence", limit=120, **more)


def _train() -> Any:
    hint = (
        "The standard model (GRU, H = 64, seed 0) comes trained. Switch this on to teach it here, "
        "or any other: about ten seconds, kept afterwards. If you leave, it goes on later where it "
        "stopped."
    )
    return switch(False, key="train", label="Train it here", hint=hint)


def _cell() -> Any:
    return choice("gru", key="cell", label="Cell")


def _start() -> Any:
    return switch(False, key="start", label="<sos> before the sentence")


def _seed() -> Any:
    return number(0, key="seed", label="Seed", low=0, high=99, box=True)


def _stack() -> Any:
    hint = "Horizontal: the decoder starts from h_T. Vertical: step t reads h_t."
    return choice("horizontal", key="stack", label="Stacking", hint=hint)


class RowSettings(BaseSettings):
    """Both rows of decoder inputs; no model is needed."""

    mode: Mode = choice("training", key="mode", label="Mode")
    stack: Stack = _stack()
    emitted: str = text(bare(SEED.emitted), key="said", label="What the model says", limit=80)
    truth: str = text(bare(SEED.truth), key="true", label="Right translation", limit=80)
    source: str = _sentence()
    source_sos: bool = switch(
        True, key="sos", label="<sos> before the sentence", hint="As in the exam's figure."
    )


class ModelSettings(BaseSettings):
    """A translator; the training step, or the word, is what the bar moves."""

    source: str = _sentence(
        hint="Any words of the small grammar; the value table lists them.",
        when={"pairs": ("built in",)},
    )
    own_source: str = text(
        "",
        key="ownes",
        label="Sentence (empty: your first)",
        limit=120,
        when={"pairs": ("own",)},
    )
    mode: Mode = choice("evaluation", key="run", label="Mode")
    force: str = text(
        "",
        key="put",
        label="Feed another word",
        limit=30,
        when={"mode": ("evaluation",)},
        hint="A number and a word, as in 2 = saw: the word is fed to the decoder in place of the "
        "output word with this number.",
    )
    stack: Stack = _stack()
    train: bool = _train()
    play: Literal["training", "words"] = choice("training", key="p", label="Scrub")
    step: Step = choice("600", key="at", label="Training step", when={"play": ("words",)})
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
    cell: Cell = _cell()
    hidden_size: int = number(64, key="H", label="Hidden size H", low=16, high=128, step=16)
    source_sos: bool = _start()
    seed: int = _seed()
    pairs: Literal["built in", "own"] = choice("built in", key="pairs", label="Phrase pairs")
    own: str = own_data(
        example=OWN_EXAMPLE,
        limit=200_000,
        label="Your own phrase pairs",
        when={"pairs": ("own",)},
        hint="One pair a line, source and translation parted by a tab or |; 20 to 3,000 pairs of "
        "at most 20 words. Below 100 pairs the test sentences are the training sentences.",
        upload=("txt", "tsv"),
    )


class FlowSettings(BaseSettings):
    """The flow of information in both stacks."""

    source: str = _sentence()
    source_sos: bool = _start()
    train: bool = _train()
    cell: Cell = _cell()
    seed: int = _seed()


class LimitSettings(BaseSettings):
    """What vertical stacking can reach at best, word by word."""

    source: str = text(LONGER, key="of", label="Sentence of the corpus", limit=120)
    source_sos: bool = _start()


def config_of(settings: ModelSettings | FlowSettings, stack: str) -> Config:
    """The model that the settings describe."""
    size = settings.hidden_size if isinstance(settings, ModelSettings) else 64
    return Config(stack, settings.cell, size, settings.seed, source_sos=settings.source_sos)


def forced(settings: ModelSettings) -> tuple[int, str] | None:
    """What is fed instead of which output word, from "2 = saw".

    Raises:
        ValueError: the text has another form.
    """
    typed = settings.force.replace("=", " ").split()
    if not typed or settings.mode == "training":
        return None
    words = corpus.words_of(" ".join(typed[1:]))
    if len(words) != 1 or not typed[0].isdecimal() or not 1 <= int(typed[0]) <= 19:
        got = settings.force.replace("{", "").replace("}", "")
        raise ValueError(f"another word is fed by a number from 1 and a word, 2 = saw; got '{got}'")
    return int(typed[0]), words[0]
