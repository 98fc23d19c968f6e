"""Decoders that a search can ask for log-probabilities: a written tree and a random recurrence.

A decoder keeps what it knows of a prefix in one row of an array, so that a search can reorder
its beam by indexing rows and never runs a prefix again.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from viz import tables

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
States = npt.NDArray[np.generic]
Prefix = tuple[int, ...]
EOS = "<eos>"


class Decoder(Protocol):
    """What a search needs of a language model.

    Attributes:
        vocabulary: the words; a token is a place in it.
        eos: the token that ends a sentence, None if sentences have a fixed length.
    """

    @property
    def vocabulary(self) -> tuple[str, ...]: ...

    @property
    def eos(self) -> int | None: ...

    def start(self) -> States:
        """The state of the empty prefix, shape (1, ...)."""

    def log_probs(self, states: States) -> FloatArray:
        """Natural logs of p(next token | prefix), shape (states, vocabulary); -inf is allowed."""

    def extend(self, states: States, tokens: IntArray) -> States:
        """The states after one more token each."""

    def __hash__(self) -> int: ...


class TreeDecoder:
    """A decoder that looks every prefix up in a table.

    Args:
        table: prefix -> one log-prob per word, at most 0; -inf where a word cannot follow.
        vocabulary: the words. The word ``<eos>``, if there is one, ends a sentence.

    Raises:
        ValueError: a node has too few or too many numbers, one that is not a log-prob, or a
            prefix that no other node leads to.
    """

    def __init__(self, table: Mapping[Prefix, Sequence[float]], vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self.eos = self.vocabulary.index(EOS) if EOS in self.vocabulary else None
        self.table = {prefix: self._checked(prefix, row) for prefix, row in table.items()}
        inner = sorted(self.table, key=lambda prefix: (len(prefix), prefix))
        self._check_roots(inner)
        leaves = [
            (*prefix, token)
            for prefix in inner
            for token in range(len(self.vocabulary))
            if (*prefix, token) not in self.table
        ]
        self._prefixes = [*inner, *leaves]
        places = {prefix: place for place, prefix in enumerate(self._prefixes)}
        self._rows = np.array([self.table[prefix] for prefix in inner])
        size = len(self.vocabulary)
        self._next = np.array([[places[(*p, token)] for token in range(size)] for p in inner])

    @property
    def depth(self) -> int:
        """The longest sentence that the table can score."""
        return max(len(prefix) for prefix in self.table) + 1

    def start(self) -> States:
        return np.zeros(1, dtype=np.int64)

    def log_probs(self, states: States) -> FloatArray:
        if states.size and int(states.max()) >= len(self._rows):
            prefix = self._prefixes[int(states.max())]
            raise ValueError(f"no log-probs given for the prefix {self.words(prefix)}")
        return self._rows[states]

    def extend(self, states: States, tokens: IntArray) -> States:
        return self._next[states, tokens]

    def words(self, prefix: Sequence[int]) -> str:
        """The prefix in words."""
        return " ".join(self.vocabulary[token] for token in prefix)

    def _checked(self, prefix: Prefix, row: Sequence[float]) -> tuple[float, ...]:
        after = f"after '{self.words(prefix)}'" if prefix else "at the start"
        size = len(self.vocabulary)
        if len(row) != size:
            raise ValueError(
                f"a node needs one log-prob per word: expected {size}, got {len(row)} {after}"
            )
        for word, value in zip(self.vocabulary, row, strict=True):
            name = f"log-prob of '{word}' {after}"
            if value != value:
                raise ValueError(f"{name} is nan, expected a number of at most 0")
            if value > 0:
                raise ValueError(f"{name} must be at most 0, got {tables.said(value)}")
        return tuple(float(value) for value in row)

    def _check_roots(self, inner: list[Prefix]) -> None:
        if not inner or inner[0] != ():
            raise ValueError("no log-probs given for the start")
        for prefix in inner[1:]:
            if prefix[:-1] not in self.table:
                raise ValueError(f"no log-probs given for the prefix {self.words(prefix[:-1])}")


class RandomDecoder:
    """A random recurrent net: h' = tanh(A h + E[token]), log-probs = log_softmax(C h).

    A is (hidden, hidden) with entries of spread 1.5 / sqrt(hidden), E and the first h are standard
    normal, C has the spread sharpness / sqrt(hidden): large values make one word stand out.
    """

    hidden_size = 16

    def __init__(self, vocabulary_size: int, *, seed: int, sharpness: float = 2.0) -> None:
        rng, width = np.random.default_rng(seed), self.hidden_size
        self.seed, self.sharpness = seed, sharpness
        self.vocabulary = tuple(letter_names(vocabulary_size))
        self.eos = None
        self.recurrent = rng.normal(size=(width, width)) * 1.5 / width**0.5
        self.embedding = rng.normal(size=(vocabulary_size, width))
        self.output = rng.normal(size=(vocabulary_size, width)) * sharpness / width**0.5
        self.first = np.tanh(rng.normal(size=(1, width)))

    def start(self) -> States:
        return self.first

    def log_probs(self, states: States) -> FloatArray:
        return log_softmax(states @ self.output.T)

    def extend(self, states: States, tokens: IntArray) -> States:
        return np.tanh(states @ self.recurrent.T + self.embedding[tokens])


def log_softmax(scores: FloatArray) -> FloatArray:
    """Natural logs of the softmax along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def letter_names(count: int) -> list[str]:
    """a, b, ..., z, aa, ab, ...: names for words without a meaning."""
    names = []
    for number in range(count):
        first, last = divmod(number, 26)
        names.append((chr(96 + first) if first else "") + chr(97 + last))
    return names


def path_log_probs(decoder: Decoder, tokens: Sequence[int]) -> tuple[float, ...]:
    """The log-prob of every token of a path, each given the ones before it."""
    states, parts = decoder.start(), []
    for token in tokens:
        parts.append(float(decoder.log_probs(states)[0, token]))
        states = decoder.extend(states, np.array([token]))
    return tuple(parts)
