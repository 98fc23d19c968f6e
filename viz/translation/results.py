"""What the views of translation compute: a model's words, the flow of information, the limits."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from viz.translation import bounds, corpus, store, training
from viz.translation.bounds import Alike, Bound
from viz.translation.compute import EOS, FloatArray, shift_right
from viz.translation.corpus import Pair
from viz.translation.flow import information_flow
from viz.translation.measures import Measures, measure
from viz.translation.network import Config, Network, Said, Vocabulary, speak, vocabulary
from viz.translation.training import Course, Trained

Report = Callable[[float, str], None]
KEPT, BEGUN = 6, 2
Key = tuple[Config, str]


def _unheard(_share: float, _words: str) -> None:
    pass


class Shelf:
    """The last few models that were trained here, so that another sentence does not train again.

    A training that was stopped is kept too, and goes on where it was.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[Trained, Measures]] = OrderedDict()
        self._begun: OrderedDict[Key, Course] = OrderedDict()

    def trained(
        self, config: Config, own: str, progress: Report | None
    ) -> tuple[Trained, Measures]:
        """The model of a configuration on the built-in corpus or on own pairs."""
        key = (config, own)
        if key not in self._kept:
            self._kept[key] = self._finished(key, progress or _unheard)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _finished(self, key: Key, report: Report) -> tuple[Trained, Measures]:
        config, own = key
        pairs = pairs_of(own)
        # Taken off the shelf meanwhile: two threads must not go on with the same training.
        course = self._begun.pop(key, None) or Course(config, corpus.split(pairs)[0], words_of(own))
        done = False
        try:
            run = course.finish(lambda share, words: report(0.9 * share, words))
            if run.diverged is not None:
                raise ValueError(f"training diverged at step {run.diverged}; try another seed")
            found = measure(run, pairs, lambda share, words: report(0.9 + 0.1 * share, words))
            done = True
        finally:
            if not done:
                self._begun[key] = course
            while len(self._begun) > BEGUN:
                self._begun.popitem(last=False)
        return run, found


def pairs_of(own: str) -> tuple[Pair, ...]:
    """The built-in corpus, or a learner's own pairs."""
    return corpus.parse_pairs(own) if own else corpus.corpus()


@cache
def _built_in() -> Vocabulary:
    return vocabulary(corpus.corpus())


def words_of(own: str = "") -> Vocabulary:
    """The words a model knows."""
    return vocabulary(pairs_of(own)) if own else _built_in()


def found_model(
    shelf: Shelf, config: Config, *, own: str, train: bool, progress: Report | None
) -> tuple[Trained, Measures | None]:
    """A model: trained here if asked for, else the kept one, else one before its first step."""
    if train:
        return shelf.trained(config, own, progress)
    if store.has(config) and not own:
        return store.trained(config.stack), store.measured(config.stack)
    return training.fresh(config, words_of(own)), None


@dataclass(frozen=True, slots=True, eq=False)
class Translation:
    """One sentence at every checkpoint.

    Attributes:
        source: Spanish words, without symbols.
        truth: the right translation, if the corpus has one.
        mode: "training" feeds the truth, "evaluation" the model's own words.
        forced: (j, word): fed after output j whatever was said.
        play: what the film scrubs; ``step`` the checkpoint that "words" unrolls.
        steps: the checkpoints; said: what the decoder said at each.
        temperature: at which words are drawn; 0 takes the likeliest.
        losses: −ln p of a word, mean over ``reference`` with a teacher, at each, nats.
        reference: the words that the loss asks for: the truth with its end symbol, or what the
            last checkpoint says if there is none; no more than a vertical model has steps.
    """

    source: tuple[str, ...]
    truth: tuple[str, ...] | None
    mode: str
    forced: tuple[int, str] | None
    play: str
    step: int
    steps: tuple[int, ...]
    said: tuple[Said, ...]
    temperature: float
    losses: tuple[float, ...]
    reference: tuple[str, ...]
    trained: Trained
    measures: Measures | None

    @property
    def untrained(self) -> bool:
        """Whether there is no checkpoint after the start."""
        return len(self.steps) == 1

    @property
    def read(self) -> tuple[str, ...]:
        """What the encoder reads, with its symbols."""
        pair = Pair(self.source, (), "")
        return corpus.full_source(pair, self.trained.config.source_sos)


def taught(network: Network, source: Sequence[str], words: Sequence[str]) -> tuple[float, ...]:
    """The probability of each of these words when the words before it are fed."""
    return speak(network, source, teacher=words[:-1], truth=words).wanted


def sentence_loss(network: Network, source: Sequence[str], words: Sequence[str]) -> float:
    """Mean −ln p of the words with a teacher, in nats."""
    return float(-np.mean(np.log(taught(network, source, words))))


def translation(
    trained: Trained,
    source: Sequence[str],
    *,
    truth: tuple[str, ...] | None,
    mode: str,
    forced: tuple[int, str] | None,
    temperature: float = 0.0,
    seed: int = 0,
    play: str = "training",
    step: int = 600,
    measures: Measures | None = None,
) -> Translation:
    """Run the decoder at every checkpoint."""
    if mode == "training" and truth is None:
        raise ValueError(
            f"'{' '.join(source)}' is not in the corpus, so there is no teacher for it; "
            "choose evaluation"
        )
    if forced is not None:
        trained.words.target_ids([forced[1]])
    said = [
        speak(
            trained.at(one),
            source,
            force=dict([forced]) if forced and mode == "evaluation" else None,
            teacher=truth if mode == "training" else None,
            truth=truth,
            temperature=temperature,
            rng=np.random.default_rng(seed),
        )
        for one in trained.steps
    ]
    reference = said[-1].said if truth is None else (*truth, EOS)
    if trained.config.stack == "vertical":
        reference = reference[: len(source) + 1 + trained.config.source_sos]
    losses = [sentence_loss(trained.at(one), source, reference) for one in trained.steps]
    near = min(trained.steps, key=lambda one: abs(one - step))
    return Translation(
        tuple(source),
        truth,
        mode,
        forced if mode == "evaluation" else None,
        play,
        near,
        trained.steps,
        tuple(said),
        temperature,
        tuple(losses),
        reference,
        trained,
        measures,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Which source word reaches which output, in both stacks, shapes (target, source).

    Attributes:
        source: what the encoder reads. fed: decoder inputs. outputs: the words they lead to; the
            vertical stack has no step for those beyond the source's length, and no row.
        step: after how many training steps.
    """

    source: tuple[str, ...]
    fed: tuple[str, ...]
    outputs: tuple[str, ...]
    horizontal: FloatArray
    vertical: FloatArray
    step: int


def flow(models: tuple[Trained, Trained], source: Sequence[str], truth: Sequence[str]) -> Flow:
    """Gradients of every output by every source word, horizontal and vertical, last checkpoint."""
    outputs = (*truth, EOS)
    fed = shift_right(outputs)
    step = models[0].steps[-1]
    shown = corpus.full_source(Pair(tuple(source), (), ""), models[0].config.source_sos)
    across, up = (
        information_flow(model.at(step), source, inputs)
        for model, inputs in zip(models, (fed, fed[: len(shown)]), strict=True)
    )
    return Flow(shown, fed, outputs, across, up, step)


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """What enumeration allows, by position and for one sentence, and what a model reached.

    Attributes:
        pair: the sentence that is followed; alike: word by word what looks the same so far.
        best: the bound of vertical stacking with or without a start symbol; other: without or with.
        measures: of a trained vertical model that reads the same, if there is one.
        horizontal: share of whole sentences that a trained horizontal model has right.
    """

    pair: Pair
    source_sos: bool
    alike: tuple[Alike, ...]
    best: Bound
    other: Bound
    measures: Measures | None
    horizontal: float
    pairs: int


def limits(pair: Pair, *, source_sos: bool, measures: Measures | None) -> Limits:
    """Count the corpus."""
    pairs = corpus.corpus()
    best, other = (
        bounds.best_possible(pairs, "vertical", source_sos=sos)
        for sos in (source_sos, not source_sos)
    )
    found = bounds.alike(pairs, pair, source_sos=source_sos)
    across = store.measured("horizontal").corpus_sentences
    return Limits(pair, source_sos, found, best, other, measures, across, len(pairs))
