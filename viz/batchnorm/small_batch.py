"""The exact law of one output of batch norm when the batch is small and the inputs are Gaussian."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
NODES = 4000


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Simulated outputs for one batch size.

    Attributes:
        outputs: normalized values of many batches, flat.
        pinned: output of the pinned input in batches it shares with n - 1 random others.
    """

    batch_size: int
    outputs: FloatArray
    pinned: FloatArray


def largest(batch_size: int) -> float:
    """No output can exceed sqrt(n - 1) in size."""
    _check(batch_size)
    return math.sqrt(batch_size - 1)


def density(z: npt.ArrayLike, batch_size: int) -> FloatArray:
    """Density of x_hat (gamma 1, beta 0, eps 0) for n >= 3 independent Gaussian inputs.

    f(z) = G((n-1)/2) / (G((n-2)/2) sqrt(pi (n-1))) (1 - z^2/(n-1))^((n-4)/2), 0 for
    |z| >= sqrt(n-1). Source: Thompson 1935. For n = 2 the law is discrete: see `cdf`.
    """
    _check(batch_size, least=3)
    inside = 1 - np.asarray(z, dtype=float) ** 2 / (batch_size - 1)
    front = math.exp(math.lgamma((batch_size - 1) / 2) - math.lgamma((batch_size - 2) / 2))
    front /= math.sqrt(math.pi * (batch_size - 1))
    power = np.where(inside > 0, np.maximum(inside, 1e-300), 1.0) ** ((batch_size - 4) / 2)
    return np.where(inside > 0, front * power, 0.0)


def cdf(z: npt.ArrayLike, batch_size: int) -> FloatArray:
    """Distribution function; for n = 2 half the mass sits at -1 and half at +1.

    With z = sqrt(n-1) sin(t) the density becomes proportional to cos(t)^(n-3), smooth even at
    n = 3, where the density itself is infinite at the ends.
    """
    _check(batch_size)
    at = np.asarray(z, dtype=float)
    if batch_size == 2:
        return np.where(at < -1, 0.0, np.where(at < 1, 0.5, 1.0))
    angle = np.arcsin(np.clip(at / math.sqrt(batch_size - 1), -1, 1))
    grid = np.linspace(-math.pi / 2, math.pi / 2, NODES + 1)
    weight = np.cos(grid) ** (batch_size - 3)
    mass = np.concatenate([[0.0], np.cumsum((weight[1:] + weight[:-1]) / 2)])
    return np.interp(angle, grid, mass / mass[-1])


def kurtosis(batch_size: int) -> float:
    """Fourth moment of one output, 3 (n - 1) / (n + 1); its variance is exactly 1."""
    _check(batch_size)
    return 3 * (batch_size - 1) / (batch_size + 1)


def train_eval_gap(batch_size: int) -> float:
    """Root mean square of train-mode minus eval-mode output: sqrt(2 - 2 E[s]).

    E[s] = sqrt(2/n) G(n/2) / G((n-1)/2) is the expected batch standard deviation (over n).
    """
    _check(batch_size)
    log_ratio = math.lgamma(batch_size / 2) - math.lgamma((batch_size - 1) / 2)
    return math.sqrt(2 - 2 * math.sqrt(2 / batch_size) * math.exp(log_ratio))


def simulate(
    batch_size: int, *, pinned: float, batches: int, values: int, rng: np.random.Generator
) -> Trial:
    """Normalize random Gaussian batches.

    Args:
        batch_size: n, at least 2.
        pinned: an input in standard deviations from the mean.
        batches: how many batches the pinned input is put into.
        values: about how many outputs to collect.
        rng: the source of the batches.
    """
    _check(batch_size)
    rows = rng.normal(size=(max(values // batch_size, 1), batch_size))
    outputs = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
    company = rng.normal(size=(batches, batch_size))
    company[:, 0] = pinned
    moved = (pinned - company.mean(axis=1)) / company.std(axis=1)
    return Trial(batch_size, outputs.ravel(), moved)


def _check(batch_size: int, *, least: int = 2) -> None:
    if batch_size < least:
        raise ValueError(f"batch_size must be at least {least}, got {batch_size}")
