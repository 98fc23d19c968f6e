"""How often a trained translator is right: with and without a teacher, and after one wrong word."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.translation import corpus
from viz.translation.accuracy import Accuracy, evaluate
from viz.translation.corpus import Pair
from viz.translation.training import Trained

KICKS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Measures:
    """Accuracies on the test sentences; with its own words fed, a sentence ends at its end symbol.

    Attributes:
        steps: the checkpoints. taught, free: share of right tokens at each, with the truth fed and
            with its own words fed.
        sentences: share of whole sentences right at each, free.
        taught_positions, free_positions: at the last checkpoint, by position of the word.
        kicked: share of later tokens right after a random wrong word in place of word 1, 2, ...
        unkicked: share of the same tokens right when no word is overwritten.
        corpus_sentences: share of all sentences of the corpus right at the last checkpoint, free.
        corpus_positions, corpus_tokens: with the truth fed, on the whole corpus, as the bound is.
        num_sentences: how many test sentences there are.
        held_out: whether they are others than those it was trained on.
    """

    steps: tuple[int, ...]
    taught: tuple[float, ...]
    free: tuple[float, ...]
    sentences: tuple[float, ...]
    taught_positions: tuple[float, ...]
    free_positions: tuple[float, ...]
    kicked: tuple[float, ...]
    unkicked: tuple[float, ...]
    corpus_sentences: float
    corpus_positions: tuple[float, ...]
    corpus_tokens: float
    num_sentences: int
    held_out: bool

    def plain(self) -> dict[str, Any]:
        """For a JSON file."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Measures":
        """From a JSON file."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()
        }
        return cls(**fields)


def measure(
    trained: Trained,
    pairs: Sequence[Pair],
    progress: Callable[[float, str], None] | None = None,
) -> Measures:
    """Measure every checkpoint, and the last one under kicks and on the whole corpus."""
    train, test = corpus.split(pairs)
    taught, free = list[Accuracy](), list[Accuracy]()
    for i, step in enumerate(trained.steps):
        network = trained.at(step)
        taught.append(evaluate(network, test, free=False))
        free.append(evaluate(network, test, free=True))
        if progress is not None:
            progress((i + 1) / len(trained.steps), f"measuring step {step}")
    last = trained.at(trained.steps[-1])
    longest = max(len(pair.target) for pair in test)
    kicks = [kick for kick in KICKS if kick <= longest]
    kicked = [
        evaluate(last, test, free=True, kick=kick, rng=np.random.default_rng(0)) for kick in kicks
    ]
    unkicked = [evaluate(last, test, free=True, kick=kick) for kick in kicks]
    alone, everything = (evaluate(last, pairs, free=free) for free in (True, False))
    return Measures(
        trained.steps,
        _tokens(taught),
        _tokens(free),
        tuple(round(one.sentences, 4) for one in free),
        _rounded(taught[-1]),
        _rounded(free[-1]),
        _tokens(kicked),
        _tokens(unkicked),
        round(alone.sentences, 4),
        _rounded(everything),
        round(everything.tokens, 4),
        len(test),
        train != test,
    )


def _tokens(found: Sequence[Accuracy]) -> tuple[float, ...]:
    return tuple(round(one.tokens, 4) for one in found)


def _rounded(found: Accuracy) -> tuple[float, ...]:
    return tuple(round(float(share), 4) for share in found.positions)
