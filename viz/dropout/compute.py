"""Dropout on the inputs of a linear regression, in closed form, by masks and by descent."""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
MAX_COLUMNS, MAX_ROWS = 50, 20_000
ENUMERABLE = 12
CHUNK = 250
TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Loss:
    """The expected dropout cost and its two parts."""

    total: float
    fit: float
    penalty: float


@dataclass(frozen=True, slots=True, eq=False)
class MonteCarlo:
    """Costs under random masks, shape (draws,), with their mean and its standard error."""

    samples: FloatArray
    mean: float
    standard_error: float


@dataclass(frozen=True, slots=True, eq=False)
class Tikhonov:
    """The generalised ridge problem that dropout is.

    Attributes:
        w_check: weights while training, shape (d,).
        weight: p w_check, the weights of |y - X w|^2 + |Gamma w|^2.
        tikhonov: the diagonal of Gamma, sqrt((1-p)/p) times the column norms; 0 at p = 1.
        x_tilde: X Gamma^-1, shape (n, d); None at p = 1, where Gamma is singular.
        norms: column norms of X. norm_after: the common norm of x_tilde's columns.
        df: effective degrees of freedom, trace of X (X'X + Gamma^2)^-1 X'.
        notices: sentences about columns of zeros and missing rank.
    """

    w_check: FloatArray
    weight: FloatArray
    tikhonov: FloatArray
    x_tilde: FloatArray | None
    norms: FloatArray
    norm_after: float | None
    df: float
    notices: tuple[str, ...]


def check(data: npt.ArrayLike, targets: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """X and y as finite arrays that fit together.

    Raises:
        ValueError: naming what does not fit.
    """
    x, y = np.atleast_2d(np.asarray(data, float)), np.asarray(targets, float).ravel()
    if len(x) != len(y):
        raise ValueError(f"X has {len(x)} rows but y has {len(y)} values")
    if len(x) < 3:
        raise ValueError(f"need at least 3 data rows, got {len(x)}")
    if x.shape[1] > MAX_COLUMNS or len(x) > MAX_ROWS:
        raise ValueError(f"at most {MAX_COLUMNS} columns and {MAX_ROWS:,} rows, got {x.shape}")
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        row, column = bad[0] + 1
        raise ValueError(f"X is not finite at row {row}, column {column}")
    if not np.isfinite(y).all():
        raise ValueError(f"y is not finite at row {int(np.argmin(np.isfinite(y))) + 1}")
    return x, y


def check_keep(keep_prob: float) -> float:
    """The keep probability, in (0, 1]."""
    if not 0 < keep_prob <= 1:
        raise ValueError(
            f"keep probability p must be greater than 0 and at most 1, got {keep_prob:g}; "
            "this is the keep probability, torch's Dropout takes the drop probability"
        )
    return keep_prob


def closed_loss(
    data: FloatArray, targets: FloatArray, weight: FloatArray, *, keep_prob: float
) -> Loss:
    """E |y - (R * X) w|^2 = |y - p X w|^2 + p (1 - p) sum_j |x_j|^2 w_j^2 (Question 11, (13)).

    E[R] = p and Var R = p - p^2, because R squared is R.
    """
    p = check_keep(keep_prob)
    fit = float(((targets - p * data @ weight) ** 2).sum())
    penalty = p * (1 - p) * float(((data**2).sum(axis=0) * weight**2).sum())
    return Loss(fit + penalty, fit, penalty)


def exact_loss(
    data: FloatArray,
    targets: FloatArray,
    weight: FloatArray,
    *,
    keep_prob: float,
) -> float:
    """The same expectation by listing all 2^d masks of a row.

    Rows enter the cost one by one, so it does not matter whether they share their mask.
    """
    width = data.shape[1]
    if width > ENUMERABLE:
        raise ValueError(
            f"exact enumeration needs 2^d masks per row; d is {width}, the limit is {ENUMERABLE}"
        )
    total = 0.0
    for mask in itertools.product((0, 1), repeat=width):
        chance = math.prod(keep_prob if kept else 1 - keep_prob for kept in mask)
        total += chance * float(((targets - (data * np.array(mask)) @ weight) ** 2).sum())
    return total


def monte_carlo(
    data: FloatArray,
    targets: FloatArray,
    weight: FloatArray,
    *,
    keep_prob: float,
    draws: int,
    rng: np.random.Generator,
    shared: bool = False,
) -> MonteCarlo:
    """Costs under random masks: one per entry, or one a row pattern ``shared`` by all rows."""
    rows, width = data.shape
    scaled = (data * weight).astype(np.float32)
    samples = np.empty(draws)
    for start in range(0, draws, CHUNK):
        size = min(CHUNK, draws - start)
        shape = (size, 1 if shared else rows, width)
        kept = rng.random(shape, dtype=np.float32) < keep_prob
        predicted = (kept * scaled).sum(axis=2, dtype=np.float64)
        samples[start : start + size] = ((targets - predicted) ** 2).sum(axis=1)
    spread = float(samples.std(ddof=1)) if draws > 1 else 0.0
    return MonteCarlo(samples, float(samples.mean()), spread / math.sqrt(draws))


def dropout_weights(data: FloatArray, targets: FloatArray, *, keep_prob: float) -> FloatArray:
    """Minimise (13): solve [p G + (1 - p) diag G] w = X'y with G = X'X.

    Solved with unit diagonal, so duplicate columns do no harm below p = 1; at p = 1 the
    shortest least-squares solution. A column of zeros gets weight 0.
    """
    p = check_keep(keep_prob)
    norms = np.sqrt((data**2).sum(axis=0))
    alive = norms > 0
    weight = np.zeros(data.shape[1])
    if not alive.any():
        return weight
    unit = data[:, alive] / norms[alive]
    if p == 1:
        solved = np.linalg.lstsq(unit, targets, rcond=None)[0]
    else:
        matrix = p * unit.T @ unit
        matrix[np.diag_indices_from(matrix)] = 1.0
        solved = np.linalg.solve(matrix, unit.T @ targets)
    weight[alive] = solved / norms[alive]
    return weight


def tikhonov(data: npt.ArrayLike, targets: npt.ArrayLike, *, keep_prob: float) -> Tikhonov:
    """Everything about the equivalent ridge problem at one keep probability."""
    x, y = check(data, targets)
    p = check_keep(keep_prob)
    norms = np.sqrt((x**2).sum(axis=0))
    w_check = dropout_weights(x, y, keep_prob=p)
    gamma = math.sqrt((1 - p) / p) * norms
    alive = norms > 0
    notices = [
        f"column {j + 1} is all zeros: Γ is not invertible, its weight is set to 0"
        for j in np.flatnonzero(~alive)
    ]
    x_tilde, after = None, None
    if p < 1:
        x_tilde = np.zeros_like(x)
        x_tilde[:, alive] = x[:, alive] / gamma[alive]
        after = math.sqrt(p / (1 - p))
    elif np.linalg.matrix_rank(x[:, alive]) < int(alive.sum()):
        notices.append("least squares has no unique answer, the shortest one is shown")
    return Tikhonov(
        w_check, p * w_check, gamma, x_tilde, norms, after, _freedom(x[:, alive], p), tuple(notices)
    )


def _freedom(data: FloatArray, keep_prob: float) -> float:
    """Trace of X (X'X + Gamma^2)^-1 X', through columns of unit length."""
    if data.shape[1] == 0:
        return 0.0
    unit = data / np.sqrt((data**2).sum(axis=0))
    values = np.linalg.svd(unit, compute_uv=False) ** 2
    if keep_prob == 1:
        return float((values > 1e-10 * values[0]).sum())
    return float((values / (values + (1 - keep_prob) / keep_prob)).sum())


def ridge(data: FloatArray, targets: FloatArray, *, l2: float) -> FloatArray:
    """Minimise |y - X w|^2 + l2 |w|^2."""
    if l2 < 0:
        raise ValueError(f"l2 must be at least 0, got {l2:g}")
    gram = data.T @ data + l2 * np.eye(data.shape[1])
    return np.asarray(np.linalg.lstsq(gram, data.T @ targets, rcond=None)[0], dtype=float)


def standardize(data: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(X - mean) / std with the mean and the std (over n); constant columns become 0."""
    mean, std = data.mean(axis=0), data.std(axis=0)
    return (data - mean) / np.where(std > 0, std, 1.0), mean, std


def predictions(
    data: FloatArray, targets: FloatArray, *, method: str, keep_prob: float, l2: float
) -> FloatArray:
    """What a fitted model says of its own inputs: "dropout", "ridge" or "batchnorm + ridge"."""
    if method == "dropout":
        return keep_prob * data @ dropout_weights(data, targets, keep_prob=keep_prob)
    if method == "ridge":
        return data @ ridge(data, targets, l2=l2)
    if method == "batchnorm + ridge":
        z = standardize(data)[0]
        return targets.mean() + z @ ridge(z, targets - targets.mean(), l2=l2)
    raise ValueError(f"method must be dropout, ridge or batchnorm + ridge; got '{method}'")


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Iterates of gradient descent under random masks, shapes (frames, d), and their averages."""

    steps: npt.NDArray[np.int64]
    iterates: FloatArray
    averaged: FloatArray


def sgd(
    data: FloatArray,
    targets: FloatArray,
    *,
    keep_prob: float,
    num_steps: int,
    batch_size: int,
    rng: np.random.Generator,
    lr: float = 0.5,
    inverted: bool = False,
    frames: int = 60,
) -> Descent:
    """Descend on freshly masked minibatches; the averages start after the first quarter.

    The rate is lr / (d mean X^2) (1 + 10 t / steps)^-0.6. ``inverted`` divides the mask by p,
    as torch's Dropout does while training; its weights are those of the plain model.
    Source: Polyak & Juditsky 1992 for the averaging.
    """
    p = check_keep(keep_prob)
    width = data.shape[1]
    scale = lr / (width * max(float((data**2).mean()), TINY))
    weight, total, count = np.zeros(width), np.zeros(width), 0
    kept_at = np.unique(np.linspace(0, num_steps, frames).round().astype(int))
    iterates, averages = [weight.copy()], [weight.copy()]
    rows = rng.integers(len(data), size=(num_steps, batch_size))
    for step in range(1, num_steps + 1):
        chosen = rows[step - 1]
        masked = data[chosen] * (rng.random((batch_size, width)) < p)
        masked = masked / p if inverted else masked
        slope = masked.T @ (masked @ weight - targets[chosen]) / batch_size
        weight = weight - scale * (1 + 10 * step / num_steps) ** -0.6 * slope
        if step > num_steps / 4:
            total, count = total + weight, count + 1
        if step in kept_at:
            iterates.append(weight.copy())
            averages.append(total / count if count else weight.copy())
    return Descent(kept_at, np.array(iterates), np.array(averages))


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Training and test data, and the weights that made them (None for a learner's own)."""

    x: FloatArray
    y: FloatArray
    x_test: FloatArray | None
    y_test: FloatArray | None
    true_weight: FloatArray | None
    names: tuple[str, ...]


def make_data(
    *,
    num_rows: int,
    num_features: int,
    rho: float,
    noise: float,
    unit: float = 1.0,
    shift: float = 0.0,
    twin: bool = False,
    norms: tuple[float, ...] = (),
    rng: np.random.Generator,
) -> Sample:
    """Correlated features x_j = sqrt(rho) z + sqrt(1 - rho) e_j and y = X w + noise.

    Args:
        num_rows, num_features: n and d; as many rows again are held out for testing.
        rho: correlation of any two features.
        noise: standard deviation of the noise.
        unit: what the first feature is multiplied by.
        shift: added to every feature.
        twin: make the second feature a copy of the first.
        norms: column norms of the training data, if they are to be given.
        rng: the source.
    """
    common = rng.normal(size=(2 * num_rows, 1))
    own = rng.normal(size=(2 * num_rows, num_features))
    x = math.sqrt(rho) * common + math.sqrt(1 - rho) * own
    true = np.zeros(num_features)
    true[: min(3, num_features)] = (2.0, -1.0, 0.5)[: min(3, num_features)]
    y = x @ true + noise * rng.normal(size=2 * num_rows)
    if twin and num_features > 1:
        x[:, 1] = x[:, 0]
    x = x + shift
    x[:, 0] *= unit
    if norms:
        scale = np.sqrt((x[:num_rows] ** 2).sum(axis=0))
        x = x / scale * np.resize(np.array(norms), num_features)
    names = tuple(f"x{j + 1}" for j in range(num_features))
    return Sample(x[:num_rows], y[:num_rows], x[num_rows:], y[num_rows:], true, names)
