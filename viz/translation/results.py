"""What the views of translation compute: the two rows, a trained model's words, flow and limits."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.translation import corpus, model
from viz.translation.corpus import EOS, Bound, Pair
from viz.translation.model import Accuracy, Config, Said, Trained

FloatArray = npt.NDArray[np.float64]
Report = Callable[[float, str], None]
KEPT = 6


@dataclass(frozen=True, slots=True)
class Rows:
    """The exam's figure: what the decoder is fed in training and in evaluation.

    Attributes:
        truth, emitted: outputs with the end symbol.
        training, evaluation: the two rows of decoder inputs.
        differs: places (from 0) at which the rows differ.
    """

    source: tuple[str, ...]
    truth: tuple[str, ...]
    emitted: tuple[str, ...]
    training: tuple[str, ...]
    evaluation: tuple[str, ...]
    mode: str
    stack: str
    differs: tuple[int, ...]

    @property
    def fed(self) -> tuple[str, ...]:
        """The row of the present mode."""
        return self.training if self.mode == "training" else self.evaluation

    @property
    def steps(self) -> int:
        """How many outputs the decoder can give: the vertical one only as many as it reads."""
        count = len(self.truth)
        return count if self.stack == "horizontal" else min(count, len(self.source))


def rows(
    source: Sequence[str],
    truth: Sequence[str],
    emitted: Sequence[str],
    *,
    mode: str,
    stack: str,
) -> Rows:
    """Shift both rows; outputs get their end symbol, the shorter one is filled up with it."""
    for name, words in (("source", source), ("truth", truth), ("output", emitted)):
        if not 1 <= len(words) <= 8:
            raise ValueError(f"the {name} must have 1 to 8 words, got {len(words)}")
    width = max(len(truth), len(emitted)) + 1
    true = (*truth, *[EOS] * (width - len(truth)))
    said = (*emitted, *[EOS] * (width - len(emitted)))
    training = corpus.decoder_inputs(true, said, "training")
    evaluation = corpus.decoder_inputs(true, said, "evaluation")
    pairs = enumerate(zip(training, evaluation, strict=True))
    differs = tuple(j for j, (a, b) in pairs if a != b)
    return Rows(tuple(source), true, said, training, evaluation, mode, stack, differs)


class Shelf:
    """The last few trained models, so that another sentence does not train again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Config, str], Trained] = OrderedDict()

    def trained(self, config: Config, own: str, progress: Report | None) -> Trained:
        """The model of a configuration on the built-in corpus or on own pairs."""
        key = (config, own)
        if key not in self._kept:
            pairs = pairs_of(own)
            train, _ = corpus.split(pairs)
            words = model.vocabulary(pairs)
            self._kept[key] = model.train(config, train, words=words, progress=progress)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def pairs_of(own: str) -> tuple[Pair, ...]:
    """The built-in corpus, or a learner's own pairs."""
    return corpus.parse_pairs(own) if own else corpus.corpus()


def untrained(config: Config, own: str = "") -> Trained:
    """The model before its first step."""
    words = model.vocabulary(pairs_of(own))
    start = Config(config.stack, config.cell, config.hidden_size, config.seed, 0, config.source_sos)
    return model.train(start, corpus.corpus()[:1] if not own else pairs_of(own), words=words)


@dataclass(frozen=True, slots=True, eq=False)
class Translation:
    """One sentence at every checkpoint.

    Attributes:
        said: what the decoder said at each checkpoint, in the same order as steps.
        truth: the right translation, if the corpus has one.
    """

    source: tuple[str, ...]
    truth: tuple[str, ...] | None
    mode: str
    forced: tuple[int, str] | None
    steps: tuple[int, ...]
    said: tuple[Said, ...]
    trained: Trained
    kicked: tuple[Accuracy, ...]
    taught: tuple[tuple[float, float], ...]


def translation(
    trained: Trained,
    source: Sequence[str],
    *,
    mode: str,
    forced: tuple[int, str] | None,
    temperature: float,
    seed: int,
    own: str = "",
) -> Translation:
    """Run the decoder at every checkpoint; measure the trained model under kicks."""
    pairs = pairs_of(own)
    truth = next((p.target for p in pairs if p.source == tuple(source)), None)
    teacher = truth if mode == "training" else None
    if mode == "training" and truth is None:
        raise ValueError(
            f"'{' '.join(source)}' is not in the corpus, so there is no teacher for it; "
            "choose evaluation"
        )
    if forced is not None:
        trained.words.target_ids([forced[1]])
    steps = tuple(sorted(trained.states))
    said = []
    for step in steps:
        said.append(
            model.run_free(
                model.load(trained, step),
                trained.config,
                trained.words,
                source,
                force=dict([forced]) if forced and mode == "evaluation" else None,
                teacher=teacher,
                temperature=temperature,
                rng=np.random.default_rng(seed),
            )
        )
    kicked, taught = _measured(trained, pairs, steps)
    return Translation(
        tuple(source), truth, mode, forced, steps, tuple(said), trained, kicked, taught
    )


def _measured(
    trained: Trained, pairs: Sequence[Pair], steps: tuple[int, ...]
) -> tuple[tuple[Accuracy, ...], tuple[tuple[float, float], ...]]:
    """Accuracy after a kick behind words 0 (none), 1, 2, 3; and with and without a teacher."""
    if len(steps) < 2:
        return (), ()
    test = corpus.split(pairs)[1]
    last = model.load(trained, steps[-1])
    config, words = trained.config, trained.words
    kicked = tuple(
        model.evaluate(
            last, config, words, test, free=True, kick=kick, rng=np.random.default_rng(0)
        )
        for kick in (None, 1, 2, 3)
    )
    taught = []
    for step in steps:
        now = model.load(trained, step)
        both = (
            model.evaluate(now, config, words, test, free=free).tokens for free in (False, True)
        )
        taught.append((next(both), next(both)))
    return kicked, tuple(taught)


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Which source word reaches which output, in both stacks, shapes (target, source)."""

    source: tuple[str, ...]
    fed: tuple[str, ...]
    horizontal: FloatArray
    vertical: FloatArray
    trained: bool


def flow(models: tuple[Trained, Trained], source: Sequence[str], truth: Sequence[str]) -> Flow:
    """Gradients of every output by every source word, horizontal and vertical."""
    found = []
    fed = corpus.shift_right((*truth, EOS))
    for trained in models:
        last = max(trained.states)
        loaded = model.load(trained, last)
        found.append(model.information_flow(loaded, trained.config, trained.words, source, fed))
    shown = corpus.full_source(Pair(tuple(source), (), ""), models[0].config.source_sos)
    return Flow(shown, fed, found[0], found[1], max(models[0].states) > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What enumeration allows, by position, and what a vertical model reached."""

    horizontal: Bound
    plain: Bound
    with_sos: Bound
    measured: Accuracy | None
    pairs: int


def limits(trained: Trained | None) -> Limits:
    """Count the corpus; measure a vertical model on all of it, if there is one."""
    pairs = corpus.corpus()
    measured = None
    if trained is not None:
        loaded = model.load(trained, max(trained.states))
        measured = model.evaluate(loaded, trained.config, trained.words, pairs, free=True)
    return Limits(
        corpus.best_possible(pairs, "horizontal"),
        corpus.best_possible(pairs, "vertical"),
        corpus.best_possible(pairs, "vertical", source_sos=True),
        measured,
        len(pairs),
    )
