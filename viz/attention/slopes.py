"""How strongly the output answers the query: the Jacobian of softmax attention by temperature."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viz.attention.compute import FloatArray, Inputs, frozen, hard, softmax

COLDEST, HOTTEST = 0.05, 100.0


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """Attention at every temperature of a list.

    Attributes:
        temperatures: shape (t,).
        attention_weights: shape (t, n).
        outputs: shape (t, dv).
        jacobians: derivative of output by query, shape (t, dv, d).
        slopes: their Frobenius norms, shape (t,).
    """

    temperatures: FloatArray
    attention_weights: FloatArray
    outputs: FloatArray
    jacobians: FloatArray
    slopes: FloatArray


@dataclass(frozen=True, slots=True)
class Limits:
    """The two straight ends of the slope curve, and its top.

    Attributes:
        gap: largest score minus the next lower one; None if no score is lower.
        cold: slope → cold · exp(−gap / temperature) / temperature as temperature → 0.
        torn: slope → torn / temperature as temperature → 0; 0 unless tied keys pull apart.
        hot: slope → hot / temperature as temperature → ∞.
        top: (temperature, slope) of the largest slope; None if there is none
            (no slope at all, or one that grows without end towards 0 because keys tie).
    """

    gap: float | None
    cold: float
    torn: float
    hot: float
    top: tuple[float, float] | None


def jacobian(inputs: Inputs, temperature: float = 1.0) -> FloatArray:
    """Derivative of the output by the query, Vᵀ (diag w − w wᵀ) K / temperature, shape (dv, d)."""
    return frozen(sweep(inputs, np.array([temperature])).jacobians[0])


def slope(inputs: Inputs, temperature: float = 1.0) -> float:
    """The Frobenius norm of `jacobian`."""
    return float(sweep(inputs, np.array([temperature])).slopes[0])


def sweep(inputs: Inputs, temperatures: FloatArray) -> Sweep:
    """Weights, outputs, Jacobians and slopes at many temperatures at once."""
    if not (np.all(temperatures > 0) and np.all(np.isfinite(temperatures))):
        raise ValueError(f"temperature must be positive, got {temperatures.min():g}")
    scores = inputs.scores
    weights = softmax(scores / temperatures[:, None])
    # Counted from the winner, whose own term then vanishes: slopes of 1e-50 keep their digits.
    winner = int(np.argmax(scores))
    values = inputs.values - inputs.values[winner]
    keys = inputs.keys - inputs.keys[winner]
    first = (weights[:, :, None] * values).transpose(0, 2, 1) @ keys
    second = (weights @ values)[:, :, None] * (weights @ keys)[:, None, :]
    jacobians = (first - second) * (inputs.factor / temperatures)[:, None, None]
    return Sweep(
        frozen(temperatures),
        frozen(weights),
        frozen(weights @ inputs.values),
        frozen(jacobians),
        frozen(_norms(jacobians)),
    )


def limits(inputs: Inputs) -> Limits:
    """Closed forms of the slope's two ends, and a search for its top between them."""
    won, scores, factor = hard(inputs), inputs.scores, inputs.factor
    values, keys = inputs.values - inputs.values[won.winner], inputs.keys - inputs.keys[won.winner]
    tied = list(won.tied)
    torn = factor * _spread(values[tied], keys[tied])
    lower = scores[scores < scores[won.winner]]
    gap, cold = None, 0.0
    if lower.size:
        second = scores == lower.max()
        gap = float(scores[won.winner] - lower.max())
        apart = values[second] - values[tied].mean(axis=0), keys[second] - keys[tied].mean(axis=0)
        cold = float(np.linalg.norm(apart[0].T @ apart[1]) * factor / len(tied))
    top = _top(inputs, gap) if gap and not torn else None
    return Limits(gap, cold, torn, factor * _spread(values, keys), top)


def _spread(values: FloatArray, keys: FloatArray) -> float:
    """The norm of the covariance of values and keys that weigh the same."""
    product = (values - values.mean(axis=0)).T @ (keys - keys.mean(axis=0))
    return float(np.linalg.norm(product)) / len(keys)


def temperature_of_weight(inputs: Inputs, weight: float) -> float:
    """The temperature at which the winner's weight falls to ``weight``.

    Raises:
        ValueError: weight is not above 1 / n and below 1, or several keys tie.
    """
    if not 1 / inputs.num_keys < weight < 1 or len(hard(inputs).tied) > 1:
        raise ValueError(
            f"weight must be above 1/{inputs.num_keys} and below 1 and the winner alone, "
            f"got {weight:g}"
        )
    low, high = -12.0, 14.0
    for _ in range(100):
        middle = (low + high) / 2
        heavier = softmax(inputs.scores, 10**middle).max() > weight
        low, high = (middle, high) if heavier else (low, middle)
    return float(10**low)


def temperatures(count: int = 61, exact: tuple[float, ...] = (0.5, 1.0, 3.0, 10.0)) -> FloatArray:
    """``count`` temperatures from 100 down to 0.05, evenly on a log scale.

    They are rounded to three digits, and the next one to each of ``exact`` is that number.
    """
    grid = np.geomspace(HOTTEST, COLDEST, count)
    rounded = np.array([float(f"{value:.3g}") for value in grid])
    for value in exact:
        rounded[np.argmin(np.abs(np.log(rounded / value)))] = value
    return frozen(rounded)


def _top(inputs: Inputs, gap: float) -> tuple[float, float] | None:
    """The largest slope: it lies between the smallest gap in score and the largest."""
    widest = float(np.ptp(inputs.scores))
    decades = np.log10(widest / gap) + 4
    grid = np.geomspace(gap / 100, widest * 100, int(20 * decades) + 1)
    found = sweep(inputs, grid).slopes
    best = int(np.argmax(found))
    if found[best] <= 0 or best in (0, len(grid) - 1):
        return None
    peak = _golden(lambda logarithm: slope(inputs, float(np.exp(logarithm))), np.log(grid), best)
    return float(np.exp(peak)), slope(inputs, float(np.exp(peak)))


def _golden(function: Callable[[float], float], grid: FloatArray, best: int) -> float:
    """The maximum between the two neighbors of ``grid[best]``, by golden-section search."""
    ratio = (np.sqrt(5) - 1) / 2
    low, high = float(grid[best - 1]), float(grid[best + 1])
    left, right = high - ratio * (high - low), low + ratio * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > 1e-7:
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - ratio * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + ratio * (high - low)
            at_right = function(right)
    return (low + high) / 2


def _norms(jacobians: FloatArray) -> FloatArray:
    """Frobenius norms that do not underflow when entries are squared."""
    largest = np.abs(jacobians).max(axis=(1, 2))
    safe = np.where(largest > 0, largest, 1.0)
    return np.asarray(np.sqrt(((jacobians / safe[:, None, None]) ** 2).sum(axis=(1, 2))) * largest)
