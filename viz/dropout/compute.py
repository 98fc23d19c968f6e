"""Dropout on the inputs of a linear regression, in closed form and by random masks."""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.dropout.samples import ROUNDING, check

FloatArray = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
ENUMERABLE = 12
CHUNK = 250
TINY = 1e-12
Report = Callable[[float, str], None]


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
    fit = _squared_error(targets, p * data @ weight)
    penalty = p * (1 - p) * float(((data**2).sum(axis=0) * weight**2).sum())
    return Loss(fit + penalty, fit, penalty)


def _squared_error(targets: FloatArray, predicted: FloatArray) -> float:
    """|y - predicted|^2; 0 where the fit is perfect but for rounding."""
    error = float(((targets - predicted) ** 2).sum())
    return error if error > ROUNDING**2 * float((targets**2).sum()) else 0.0


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
    masks = np.array(list(itertools.product((0, 1), repeat=width)))
    chances = np.where(masks, keep_prob, 1 - keep_prob).prod(axis=1)
    costs = ((targets - (masks * weight) @ data.T) ** 2).sum(axis=1)
    return float(chances @ costs)


def monte_carlo(
    data: FloatArray,
    targets: FloatArray,
    weight: FloatArray,
    *,
    keep_prob: float,
    draws: int,
    rng: np.random.Generator,
    shared: bool = False,
    progress: Report | None = None,
) -> MonteCarlo:
    """Costs under random masks: one mask per entry, or one per feature that all rows share."""
    p = check_keep(keep_prob)
    rows, width = data.shape
    if p == 1:
        total = _squared_error(targets, data @ weight)
        return MonteCarlo(np.full(draws, total), total, 0.0)
    scaled = np.ascontiguousarray((data * weight).T, dtype=np.float32)
    samples, rest = np.empty(draws), rng.spawn(1)[0]
    size = max(1, min(CHUNK, 4_000_000 // max(1, rows * width)))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        kept = _kept((count, width, 1 if shared else rows), p, rng, rest)
        predicted = np.einsum("cdn,dn->cn", np.broadcast_to(kept, (count, width, rows)), scaled)
        samples[start : start + count] = ((targets - predicted) ** 2).sum(axis=1)
        if progress is not None:
            progress(start / draws, f"{start} of {draws} masks")
    spread = float(samples.std(ddof=1)) if draws > 1 else 0.0
    return MonteCarlo(samples, float(samples.mean()), spread / math.sqrt(draws))


def _kept(
    shape: tuple[int, ...], keep_prob: float, rng: np.random.Generator, rest: np.random.Generator
) -> Masks:
    """True with probability ``keep_prob``, each by itself.

    The first 16 bits of a uniform number decide, which takes half the time of drawing all of it.
    Where they tie, ``rest`` draws the others: how many it draws does not move the next masks.
    """
    bound = int(keep_prob * 2**16)
    first = rng.integers(2**16, size=math.prod(shape), dtype=np.uint16)
    kept = first < bound
    ties = np.flatnonzero(first == bound)
    kept[ties] = rest.random(len(ties)) < keep_prob * 2**16 - bound
    return kept.reshape(shape)


def dropout_weights(
    data: FloatArray,
    targets: FloatArray,
    *,
    keep_prob: float,
    lengths: FloatArray | None = None,
) -> FloatArray:
    """Minimise (13): solve [p G + (1 - p) diag G] w = X'y with G = X'X.

    Solved with unit diagonal, so duplicate columns do no harm below p = 1; at p = 1 the
    shortest least-squares solution. A column of zeros gets weight 0.

    Args:
        data, targets: shapes (n, d) and (n,).
        keep_prob: p.
        lengths: what the penalty charges, shape (d,), if not the lengths of the columns: masks
            erase entries of X even where a bias has taken their mean out of the fit.
    """
    p = check_keep(keep_prob)
    norms = np.sqrt((data**2).sum(axis=0)) if lengths is None else lengths
    alive = norms > 0
    weight = np.zeros(data.shape[1])
    if not alive.any():
        return weight
    unit = data[:, alive] / norms[alive]
    if p == 1:
        solved = np.linalg.lstsq(unit, targets, rcond=None)[0]
    else:
        matrix = p * unit.T @ unit + (1 - p) * np.eye(unit.shape[1])
        solved = np.linalg.solve(matrix, unit.T @ targets)
    weight[alive] = solved / norms[alive]
    return weight


def zero_columns(data: FloatArray) -> tuple[int, ...]:
    """The columns that are all zeros, counted from 1."""
    return tuple(int(j) + 1 for j in np.flatnonzero(~data.any(axis=0)))


def tikhonov(data: npt.ArrayLike, targets: npt.ArrayLike, *, keep_prob: float) -> Tikhonov:
    """Everything about the equivalent ridge problem at one keep probability."""
    x, y = check(data, targets)
    p = check_keep(keep_prob)
    norms = np.sqrt((x**2).sum(axis=0))
    w_check = dropout_weights(x, y, keep_prob=p)
    gamma = math.sqrt((1 - p) / p) * norms
    alive = norms > 0
    notices = [
        f"column {j} is all zeros: Γ is not invertible, its weight is set to 0"
        for j in zero_columns(x)
    ]
    x_tilde, after = None, None
    if p < 1:
        x_tilde = np.zeros_like(x)
        x_tilde[:, alive] = x[:, alive] / gamma[alive]
        after = math.sqrt(p / (1 - p))
    elif np.linalg.matrix_rank(x[:, alive] / norms[alive]) < int(alive.sum()):
        notices.append("least squares has no unique answer, the shortest one is shown")
    return Tikhonov(
        w_check, p * w_check, gamma, x_tilde, norms, after, _freedom(x[:, alive], p), tuple(notices)
    )


def _freedom(data: FloatArray, keep_prob: float) -> float:
    """Trace of X (X'X + Gamma^2)^-1 X', through columns of unit length."""
    if data.shape[1] == 0:
        return 0.0
    unit = data / np.sqrt((data**2).sum(axis=0))
    values = np.maximum(np.linalg.eigvalsh(unit.T @ unit), 0.0)[::-1]
    if keep_prob == 1:
        return float((values > 1e-10 * values[0]).sum())
    return float((values / (values + (1 - keep_prob) / keep_prob)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Solutions for many keep probabilities, from one Gram matrix.

    Attributes:
        w_check, weight: shape (len(keeps), d).
        df: effective degrees of freedom, shape (len(keeps),).
    """

    w_check: FloatArray
    weight: FloatArray
    df: FloatArray


def weight_path(data: FloatArray, targets: FloatArray, keeps: Sequence[float]) -> Path:
    """`dropout_weights` and the degrees of freedom for all ``keeps``; the data are read once."""
    norms = np.sqrt((data**2).sum(axis=0))
    alive = norms > 0
    unit = data[:, alive] / norms[alive]
    gram, product = unit.T @ unit, unit.T @ targets
    values = np.maximum(np.linalg.eigvalsh(gram), 0.0)
    w_check = np.zeros((len(keeps), data.shape[1]))
    df = np.zeros(len(keeps))
    for i, keep_prob in enumerate(keeps):
        p = check_keep(keep_prob)
        if p == 1:
            w_check[i] = dropout_weights(data, targets, keep_prob=1)
            df[i] = float((values > 1e-10 * max(values.max(initial=0.0), TINY)).sum())
            continue
        matrix = p * gram
        matrix[np.diag_indices_from(matrix)] = 1.0
        w_check[i, alive] = np.linalg.solve(matrix, product) / norms[alive]
        df[i] = float((values / (values + (1 - p) / p)).sum())
    return Path(w_check, w_check * np.array(keeps)[:, None], df)
