"""Why scores are divided by the square root of d: long random vectors make softmax an argmax."""

from dataclasses import dataclass

import numpy as np

from viz.attention.compute import FloatArray, entropy, frozen, softmax

DIMENSIONS = (4, 8, 16, 32, 64, 128, 256, 512)
MAX_RANDOM_KEYS = 512


@dataclass(frozen=True, slots=True, eq=False)
class Saturation:
    """Softmax over random keys, for every dimension; index 0 plain, 1 divided by √d.

    Attributes:
        dimensions: shape (m,).
        num_keys: how many random keys.
        score_std: standard deviation of the scores, shape (2, m, draws).
        largest_weight: shape (2, m, draws).
        effective_keys: exponential of the entropy, shape (2, m, draws).
        slope: Frobenius norm of diag w − w wᵀ, the derivative of weights by scores, same shape.
        top_weights: medians over draws of the largest weights, falling, shape (2, m, top).
        last_scores: plain scores at the largest dimension, shape (draws, num_keys).
    """

    dimensions: tuple[int, ...]
    num_keys: int
    score_std: FloatArray
    largest_weight: FloatArray
    effective_keys: FloatArray
    slope: FloatArray
    top_weights: FloatArray
    last_scores: FloatArray


def saturate(
    *,
    num_keys: int = 512,
    draws: int = 20,
    dimensions: tuple[int, ...] = DIMENSIONS,
    top: int = 12,
    rng: np.random.Generator,
) -> Saturation:
    """Draw queries and keys from a standard normal and see how sharp softmax becomes.

    Keys need not be drawn entry by entry: for a given query its inner product with a standard
    normal key over a block of entries is normal with variance ‖block of the query‖². Blocks are
    added up, so dimension 8 extends the very vectors of dimension 4.

    Raises:
        ValueError: a count is out of its range.
    """
    if not 1 <= num_keys <= MAX_RANDOM_KEYS:
        raise ValueError(f"num_keys must be between 1 and {MAX_RANDOM_KEYS}, got {num_keys}")
    if draws < 1:
        raise ValueError(f"draws must be at least 1, got {draws}")
    scores = _nested_scores(num_keys, draws, dimensions, rng)
    scaled = scores / np.sqrt(dimensions)[:, None, None]
    both = np.stack([scores, scaled])
    weights = softmax(both)
    squares = (weights**2).sum(axis=-1)
    slope = squares - 2 * (weights**3).sum(axis=-1) + squares**2
    falling = np.median(-np.sort(-weights, axis=-1)[..., :top], axis=2)
    return Saturation(
        dimensions,
        num_keys,
        frozen(both.std(axis=-1)),
        frozen(weights.max(axis=-1)),
        frozen(np.exp(entropy(weights))),
        frozen(np.sqrt(np.maximum(slope, 0.0))),
        frozen(falling),
        frozen(scores[-1]),
    )


def _nested_scores(
    num_keys: int, draws: int, dimensions: tuple[int, ...], rng: np.random.Generator
) -> FloatArray:
    """Scores of the same random vectors cut off at every dimension, shape (m, draws, num_keys)."""
    query = rng.standard_normal((draws, dimensions[-1]))
    total = np.zeros((draws, num_keys))
    scores, start = [], 0
    for end in dimensions:
        length = np.linalg.norm(query[:, start:end], axis=1)
        total = total + length[:, None] * rng.standard_normal((draws, num_keys))
        scores.append(total)
        start = end
    return np.stack(scores)
