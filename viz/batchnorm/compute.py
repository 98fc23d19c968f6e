"""Batch normalization of a batch, of a distribution, and its way back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
Like = FloatArray | float

STAGES = ("raw", "centred", "scaled", "times gamma", "plus beta")
MAX_ROWS, MAX_COLUMNS = 20_000, 16


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """One pass in train mode: y = gamma x_hat + beta, x_hat = (x - mean) / sqrt(var + eps).

    Attributes:
        y, x_hat: shape (n, d).
        batch_mean, batch_var: shape (d,); var divides by n.
        std: sqrt(batch_var + eps), shape (d,).
    """

    y: FloatArray
    x_hat: FloatArray
    batch_mean: FloatArray
    batch_var: FloatArray
    std: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Backward:
    """Gradients of a loss: dx shape (n, d), dgamma and dbeta shape (d,)."""

    dx: FloatArray
    dgamma: FloatArray
    dbeta: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """Running statistics after ``steps`` batches; start at mean 0, variance 1."""

    mean: FloatArray
    var: FloatArray
    steps: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Mean, standard deviation, skewness and excess kurtosis, each (d,); correlation (d, d)."""

    mean: FloatArray
    std: FloatArray
    skewness: FloatArray
    kurtosis: FloatArray
    correlation: FloatArray


def as_rows(x: npt.ArrayLike) -> FloatArray:
    """Rows are samples; a vector is one feature.

    Raises:
        ValueError: a value is not finite; names row and feature, counted from 1.
    """
    rows = np.asarray(x, dtype=float)
    rows = rows[:, None] if rows.ndim == 1 else rows
    bad = np.argwhere(~np.isfinite(rows))
    if len(bad):
        row, feature = bad[0] + 1
        raise ValueError(f"row {row}, feature {feature} is not a finite number")
    return rows


def normalize(
    x: npt.ArrayLike, gamma: Like = 1.0, beta: Like = 0.0, *, eps: float = 1e-5
) -> Forward:
    """Batch normalization in train mode, with the batch's own statistics (two passes, over n).

    Source: Ioffe & Szegedy 2015; Question 3.

    Raises:
        ValueError: fewer than 2 rows, a wrong length of gamma or beta, or a feature without
            variance at eps = 0.
    """
    rows = as_rows(x)
    count, width = rows.shape
    if count < 2:
        raise ValueError(f"train mode needs at least 2 values per feature, got {count}")
    gamma, beta = per_feature("gamma", gamma, width), per_feature("beta", beta, width)
    mean = rows.mean(axis=0)
    centred = rows - mean
    var = (centred**2).mean(axis=0)
    std = root(var, eps)
    x_hat = centred / std
    return Forward(gamma * x_hat + beta, x_hat, mean, var, std)


def normalize_with(
    x: npt.ArrayLike,
    mean: Like,
    var: Like,
    gamma: Like = 1.0,
    beta: Like = 0.0,
    *,
    eps: float = 1e-5,
) -> FloatArray:
    """Eval mode: the same formula with given statistics instead of the batch's."""
    rows = as_rows(x)
    width = rows.shape[1]
    gamma, beta = per_feature("gamma", gamma, width), per_feature("beta", beta, width)
    spread = root(np.broadcast_to(np.asarray(var, float), (width,)), eps)
    return gamma * (rows - mean) / spread + beta


def root(var: FloatArray, eps: float) -> FloatArray:
    """sqrt(var + eps).

    Raises:
        ValueError: eps is outside [0, 1], or a variance is 0 with eps = 0.
    """
    if not 0 <= eps <= 1:
        raise ValueError(f"eps must lie between 0 and 1, got {eps:g}")
    total = np.atleast_1d(var) + eps
    dead = np.flatnonzero(total <= 0)
    if len(dead):
        raise ValueError(
            f"feature {dead[0] + 1} has zero variance; with eps = 0 it cannot be scaled"
        )
    return np.sqrt(total)


def per_feature(name: str, value: Like, width: int) -> FloatArray:
    values = np.atleast_1d(np.asarray(value, dtype=float))
    if len(values) not in (1, width):
        features = "1 feature" if width == 1 else f"{width} features"
        raise ValueError(f"{name} has {len(values)} values but the data has {features}")
    return values


def backward(dy: npt.ArrayLike, forward: Forward, gamma: Like = 1.0) -> Backward:
    """Dx = gamma / std (dy - mean(dy) - x_hat mean(dy x_hat)); its columns add up to 0."""
    upstream = as_rows(dy)
    along = (upstream * forward.x_hat).mean(axis=0)
    inner = upstream - upstream.mean(axis=0) - forward.x_hat * along
    dgamma = (upstream * forward.x_hat).sum(axis=0)
    return Backward(np.asarray(gamma) / forward.std * inner, dgamma, upstream.sum(axis=0))


def start_running(width: int = 1) -> Running:
    """Running statistics before the first batch, as in torch: mean 0, variance 1."""
    return Running(np.zeros(width), np.ones(width))


def update_running(running: Running, x: npt.ArrayLike, *, momentum: float | None = 0.1) -> Running:
    """New = (1 - momentum) old + momentum batch; the variance that is stored divides by n - 1.

    Args:
        running: what is known before this batch.
        x: the batch, at least 2 rows.
        momentum: between 0 and 1; None averages over all batches seen (torch's convention).
    """
    rows = as_rows(x)
    if len(rows) < 2:
        raise ValueError(f"train mode needs at least 2 values per feature, got {len(rows)}")
    if momentum is not None and not 0 <= momentum <= 1:
        raise ValueError(f"momentum must lie between 0 and 1, got {momentum:g}")
    steps = running.steps + 1
    share = 1 / steps if momentum is None else momentum
    mean = (1 - share) * running.mean + share * rows.mean(axis=0)
    var = (1 - share) * running.var + share * rows.var(axis=0, ddof=1)
    return Running(mean, var, steps)


def expected_running(
    mean: float, var: float, *, momentum: float, step: int, start: tuple[float, float] = (0.0, 1.0)
) -> tuple[float, float]:
    """Expected running mean and variance after ``step`` batches of data with these moments."""
    left = (1 - momentum) ** step
    return mean + (start[0] - mean) * left, var + (start[1] - var) * left


def stages(
    mean: Like, var: Like, gamma: Like = 1.0, beta: Like = 0.0, *, eps: float = 0.0
) -> tuple[tuple[FloatArray, FloatArray], ...]:
    """The affine maps x -> scale x + shift from raw data to each of the five stages."""
    mean, gamma, beta = (np.atleast_1d(np.asarray(v, float)) for v in (mean, gamma, beta))
    std = root(np.atleast_1d(np.asarray(var, dtype=float)), eps)
    one, zero = np.ones_like(std), np.zeros_like(std)
    return (
        (one, zero),
        (one, -mean * one),
        (1 / std, -mean / std),
        (gamma / std, -gamma * mean / std),
        (gamma / std, beta - gamma * mean / std),
    )


def between(
    maps: tuple[tuple[FloatArray, FloatArray], ...], stage: float
) -> tuple[FloatArray, FloatArray]:
    """The affine map at a stage from 0 to 4; between two stages scale and shift move linearly."""
    low = min(int(stage), len(maps) - 2)
    share = stage - low
    (a0, b0), (a1, b1) = maps[low], maps[low + 1]
    scale = (1 - share) * a0 + share * a1
    # On its way to a mirror the scale passes through 0, which rounding misses.
    scale = np.where(np.abs(scale) < 1e-12 * np.abs(a0), 0.0, scale)
    return scale, (1 - share) * b0 + share * b1


def moments(x: npt.ArrayLike) -> Moments:
    """Sample moments, all divided by n; a feature without variance has correlation 0."""
    rows = as_rows(x)
    centred = rows - rows.mean(axis=0)
    std = np.sqrt((centred**2).mean(axis=0))
    unit = centred / np.where(std > 0, std, 1.0)
    correlation = unit.T @ unit / len(rows)
    np.fill_diagonal(correlation, 1.0)
    return Moments(
        rows.mean(axis=0), std, (unit**3).mean(axis=0), (unit**4).mean(axis=0) - 3, correlation
    )
