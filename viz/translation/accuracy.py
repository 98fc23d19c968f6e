"""How many tokens a network gets right, taught or alone, and after a word that was put in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.translation.compute import EOS, SPECIAL, FloatArray
from viz.translation.corpus import Pair
from viz.translation.network import IntArray, Network, batch


@dataclass(frozen=True, slots=True, eq=False)
class Accuracy:
    """Shares that are right: of tokens and of whole sentences, and of tokens by position."""

    tokens: float
    sentences: float
    positions: FloatArray


def evaluate(
    network: Network,
    pairs: Sequence[Pair],
    *,
    free: bool,
    kick: int | None = None,
    rng: np.random.Generator | None = None,
) -> Accuracy:
    """Measure accuracy; with ``kick`` a random wrong word is fed after output ``kick``.

    With a kick only the tokens after it count; without ``rng`` the same tokens count, and nothing
    is overwritten. Sentences run in one batch.
    """
    source, lengths, target = batch(pairs, network.config, network.words)
    guesses = np.stack(list(_guesses(network, source, lengths, target, free, kick, rng)), axis=1)
    if free:
        guesses[_ended(guesses)] = -1
    places = np.arange(target.shape[1])
    if network.config.stack == "vertical":
        guesses[places >= lengths[:, None]] = -1
    real = target != 0
    if kick is not None:
        real &= places >= kick
    right = (guesses == target) & real
    by_position = right.sum(axis=0) / np.maximum(real.sum(axis=0), 1)
    whole = (right | ~real).all(axis=1)
    return Accuracy(float(right.sum() / real.sum()), float(whole.mean()), by_position)


def _ended(guesses: IntArray) -> npt.NDArray[np.bool_]:
    """Places after a sentence's first end symbol, where nothing is said any more."""
    ends = np.cumsum(guesses == SPECIAL.index(EOS), axis=1)
    return np.asarray(np.hstack([np.zeros_like(ends[:, :1]), ends[:, :-1]]) > 0)


def _guesses(
    network: Network,
    source: IntArray,
    lengths: IntArray,
    target: IntArray,
    free: bool,
    kick: int | None,
    rng: np.random.Generator | None,
) -> Iterator[IntArray]:
    states = network.encode(source)
    state, word = network.start(states, lengths), np.ones(len(source), dtype=np.int64)
    for step in range(target.shape[1]):
        state = network.step("decoder", network.fed(word, states, step), state)
        scores = network.scores(state)
        scores[:, :2] = -np.inf
        guess = scores.argmax(axis=1)
        yield guess
        word = guess if free else target[:, step]
        if kick == step + 1 and rng is not None:
            # Any word but the true one and the special ones.
            wrong = rng.integers(3, scores.shape[1] - 1, size=len(guess))
            word = wrong + (wrong >= np.maximum(target[:, step], 3))
