"""Attention of one query over keys and values, by softmax and by argmax."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viz import tables

FloatArray = npt.NDArray[np.float64]

MAX_KEYS = 64
MAX_DIMENSIONS = 64
LARGEST_ENTRY = 1000.0
# A sum of 64 products is off by less than 10⁻¹⁴ of their sizes.
SURE_DIGITS = 14


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """A query and the keys and values it asks; made by `inputs_from`, arrays read-only.

    Attributes:
        query: shape (d,).
        keys: shape (n, d).
        values: shape (n, dv), row j belongs to key j.
        scaled: whether scores are divided by the square root of d.
    """

    query: FloatArray
    keys: FloatArray
    values: FloatArray
    scaled: bool = False

    @property
    def num_keys(self) -> int:
        """How many keys there are."""
        return len(self.keys)

    @property
    def factor(self) -> float:
        """What inner products are multiplied by: 1, or 1 over the square root of d."""
        return float(1 / np.sqrt(len(self.query))) if self.scaled else 1.0

    @property
    def products(self) -> FloatArray:
        """Inner products of the query with every key, shape (n,)."""
        return frozen(inner_products(self.keys, self.query))

    @property
    def scores(self) -> FloatArray:
        """``products`` times ``factor``."""
        return frozen(self.products * self.factor)


@dataclass(frozen=True, slots=True, eq=False)
class Soft:
    """Softmax attention: the output is the weighted mean of all values.

    ``entropy`` is in nats, ``effective_keys`` is its exponential, from 1 to n.
    """

    scores: FloatArray
    attention_weights: FloatArray
    output: FloatArray
    entropy: float
    effective_keys: float


@dataclass(frozen=True, slots=True, eq=False)
class Hard:
    """Argmax attention: the output is the value of the key with the largest score.

    Attributes:
        scores, attention_weights, output: as in `Soft`; the weights are one-hot.
        winner: its index; of tied keys the first.
        tied: all indices whose score equals the largest exactly.
        jumps: whether tied keys part company as soon as the query moves, and return different
            values: argmax has no derivative there.
        runner_up: index of the best other key, None if there is one key only.
        gap: its distance in score, 0 for a tie, infinite for a single key.
    """

    scores: FloatArray
    attention_weights: FloatArray
    output: FloatArray
    winner: int
    tied: tuple[int, ...]
    jumps: bool
    runner_up: int | None
    gap: float


def inputs_from(query: Any, keys: Any, values: Any, *, scaled: bool = False) -> Inputs:
    """Check vectors and freeze them.

    Args:
        query: d numbers.
        keys: n rows of d numbers.
        values: n rows, equally long.
        scaled: divide scores by the square root of d.

    Raises:
        ValueError: wrong shapes, entries that are not finite or too large, too many of them.
    """
    rows = _matrix("keys", keys)
    contents = _matrix("values", values)
    asked = _matrix("query", [query])[0]
    if len(rows) != len(contents):
        raise ValueError(
            f"every key needs one value: got {len(rows)} key{'s' * (len(rows) != 1)} and "
            f"{len(contents)} value{'s' * (len(contents) != 1)}"
        )
    if len(asked) != rows.shape[1]:
        raise ValueError(f"the query has {len(asked)} entries but the keys have {rows.shape[1]}")
    return Inputs(frozen(asked), frozen(rows), frozen(contents), scaled)


def _matrix(name: str, rows: Sequence[Sequence[float]]) -> FloatArray:
    if len(rows) == 0:
        raise ValueError("at least 1 key is needed")
    lengths = [len(row) for row in rows]
    if min(lengths) != max(lengths) or max(lengths) == 0:
        raise ValueError(f"the rows of {name} must be equally long, got {sorted(set(lengths))}")
    if len(rows) > MAX_KEYS or max(lengths) > MAX_DIMENSIONS:
        raise ValueError(
            f"at most {MAX_KEYS} keys, {MAX_DIMENSIONS} dimensions; "
            f"{name} has {len(rows)} and {max(lengths)}"
        )
    matrix = np.array(rows, dtype=np.float64)
    for row, column in np.argwhere(~np.isfinite(matrix)):
        raise ValueError(f"row {row + 1} of {name}: entry {column + 1} is not a finite number")
    for row, column in np.argwhere(np.abs(matrix) > LARGEST_ENTRY):
        raise ValueError(
            f"row {row + 1} of {name}: entry {column + 1} must be between "
            f"{tables.said(-LARGEST_ENTRY)} and {tables.said(LARGEST_ENTRY)}, "
            f"got {tables.said(matrix[row, column])}"
        )
    return matrix


def inner_products(vectors: FloatArray, other: FloatArray) -> FloatArray:
    """Products with ``other``, summed along the last axis and rounded to their sure digits.

    Sums that differ by rounding only come out equal: 0.1 + 0.2 ties with 0.3.
    """
    # Row sums, not a matrix product: equal rows must get exactly equal sums.
    terms = vectors * other
    largest = np.maximum(np.abs(terms).sum(axis=-1), 1e-280)
    steps = 10.0 ** (SURE_DIGITS - np.ceil(np.log10(largest)))
    return np.asarray(np.round(terms.sum(axis=-1) * steps) / steps)


def softmax(scores: FloatArray, temperature: float = 1.0) -> FloatArray:
    """exp(scores / temperature), divided by its sum along the last axis.

    Raises:
        ValueError: temperature is not positive.
    """
    _check_temperature(temperature)
    shifted = np.exp((scores - scores.max(axis=-1, keepdims=True)) / temperature)
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def entropy(attention_weights: FloatArray) -> FloatArray:
    """−sum w log w along the last axis, in nats, with 0 log 0 = 0."""
    logs = np.log(np.where(attention_weights > 0, attention_weights, 1.0))
    return np.asarray(-(attention_weights * logs).sum(axis=-1) + 0.0)


def soft(inputs: Inputs, temperature: float = 1.0) -> Soft:
    """Softmax attention at a temperature."""
    scores = inputs.scores
    weights = softmax(scores, temperature)
    nats = float(entropy(weights))
    output = weights @ inputs.values
    return Soft(scores, frozen(weights), frozen(output), nats, float(np.exp(nats)))


def hard(inputs: Inputs) -> Hard:
    """Argmax attention, the variant of Question 6; a tie goes to the first key and is reported."""
    scores = inputs.scores
    winner = int(np.argmax(scores))
    weights = np.zeros(len(scores))
    weights[winner] = 1.0
    others = [j for j in range(len(scores)) if j != winner]
    runner_up = max(others, key=lambda j: scores[j], default=None)
    gap = np.inf if runner_up is None else scores[winner] - scores[runner_up]
    tied = tuple(int(j) for j in np.flatnonzero(scores == scores[winner]))
    output = frozen(inputs.values[winner].copy())
    jumps = _jumps(inputs, tied)
    return Hard(scores, frozen(weights), output, winner, tied, jumps, runner_up, float(gap))


def _jumps(inputs: Inputs, tied: tuple[int, ...]) -> bool:
    """Whether tied keys differ in their values, equal keys counting as the first of them."""
    _, firsts = np.unique(inputs.keys[list(tied)], axis=0, return_index=True)
    returned = inputs.values[[tied[place] for place in firsts]]
    return bool((returned != returned[0]).any())


def gumbel_softmax(
    scores: FloatArray, *, temperature: float = 1.0, rng: np.random.Generator
) -> FloatArray:
    """Softmax of scores plus Gumbel noise; its argmax is key j with softmax probability j.

    Source: Jang, Gu, Poole 2017; Maddison, Mnih, Teh 2017.
    """
    return softmax(scores + rng.gumbel(size=scores.shape), temperature)


def cosines(inputs: Inputs) -> FloatArray:
    """Cosine of the angle between query and every key, shape (n,); 0 where a length is 0."""
    lengths = np.linalg.norm(inputs.keys, axis=1) * np.linalg.norm(inputs.query)
    return frozen(inputs.products / np.where(lengths > 0, lengths, 1.0))


def frozen(array: Any) -> FloatArray:
    """The array itself, read-only from now on."""
    fixed: FloatArray = np.asarray(array, dtype=np.float64)
    fixed.setflags(write=False)
    return fixed


def _check_temperature(temperature: float) -> None:
    if not temperature > 0 or not np.isfinite(temperature):
        raise ValueError(f"temperature must be positive, got {temperature:g}")
