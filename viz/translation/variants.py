"""Sentences that questions are asked about."""

import numpy as np

from viz.translation import corpus
from viz.translation.compute import EOS, SOS
from viz.translation.controls import SEED
from viz.translation.corpus import Pair

Rng = np.random.Generator | None
CLASSES = (
    ("see", "saw", "have", "want"),
    ("sees", "has", "wants"),
    ("a", "the"),
    ("black", "white", "small", "red"),
    ("dog", "cat", "horse", "book", "house", "table", "flower", "cow"),
)


def others(word: str) -> tuple[str, ...]:
    """The other words of a word's class."""
    group = next((c for c in CLASSES if word in c), ())
    return tuple(other for other in group if other != word)


def exam_pair() -> Pair:
    """The exam's sentence and its right translation."""
    source = tuple(word for word in SEED.source if word not in (SOS, EOS))
    return Pair(source, tuple(word for word in SEED.truth if word != EOS), "plain")


def slip(rng: Rng) -> tuple[Pair, tuple[str, ...]]:
    """A sentence and what the model said: one word before the last replaced by its like."""
    if rng is None:
        return exam_pair(), tuple(word for word in SEED.emitted if word != EOS)
    pairs = [pair for pair in corpus.corpus() if 4 <= len(pair.target) <= 6]
    pair = pairs[rng.integers(len(pairs))]
    places = [j for j, word in enumerate(pair.target[:-1]) if others(word)]
    j = places[rng.integers(len(places))]
    words = others(pair.target[j])
    return pair, (*pair.target[:j], words[rng.integers(len(words))], *pair.target[j + 1 :])


def place(rng: Rng) -> tuple[Pair, int, bool]:
    """A sentence, the number of an English word of it, and whether the source has <sos>."""
    if rng is None:
        return exam_pair(), 2, False
    pairs = corpus.corpus()
    pair, sos = pairs[rng.integers(len(pairs))], bool(rng.integers(2))
    room = min(len(pair.target) + 1, len(pair.source) + 1 + sos)
    return pair, int(rng.integers(1, room + 1)), sos
