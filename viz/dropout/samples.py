"""Data for the regressions: correlated features of ours, and the rules that any data must keep."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.tables import said

FloatArray = npt.NDArray[np.float64]
MAX_COLUMNS, MAX_ROWS = 50, 20_000
LEAST, LARGEST = 1e-15, 1e15
ROUNDING = 1e-12


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


def check_sizes(data: FloatArray, targets: FloatArray) -> None:
    """Squares and their quotients must be numbers, also in single precision.

    Raises:
        ValueError: naming the column and the limits.
    """
    columns = [*data.T, targets]
    names = [*(f"column {j + 1} of X" for j in range(data.shape[1])), "y"]
    for name, column in zip(names, columns, strict=True):
        largest = float(np.abs(column).max())
        if largest and not LEAST <= largest <= LARGEST:
            raise ValueError(
                f"the largest size in {name} must be between {said(LEAST)} and {said(LARGEST)}, "
                f"got {said(largest)}; take another unit"
            )


def standardize(data: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(X - mean) / std with the mean and the std (over n); constant columns become 0."""
    mean, std = data.mean(axis=0), data.std(axis=0)
    std = np.where(std > ROUNDING * np.abs(data).max(axis=0), std, 0.0)
    z = np.divide(data - mean, std, out=np.zeros_like(data), where=std > 0)
    return z, mean, std


def centered(values: FloatArray) -> tuple[FloatArray, float]:
    """The values minus their mean, and the mean; what is only rounding becomes 0."""
    mean = float(values.mean())
    moved = values - mean
    return np.where(np.abs(moved) > ROUNDING * np.abs(values).max(), moved, 0.0), mean


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
    true = np.zeros(num_features)
    true[: min(3, num_features)] = (2.0, -1.0, 0.5)[: min(3, num_features)]
    train, test = (
        _correlated(num_rows, true, rho=rho, noise=noise, rng=rng) for _ in ("train", "test")
    )
    x, y = (np.concatenate(pair) for pair in zip(train, test, strict=True))
    if twin and num_features > 1:
        x[:, 1] = x[:, 0]
    x = x + shift
    x[:, 0] *= unit
    if norms:
        scale = np.sqrt((x[:num_rows] ** 2).sum(axis=0))
        x = x / scale * np.resize(np.array(norms), num_features)
    names = tuple(f"x{j + 1}" for j in range(num_features))
    return Sample(x[:num_rows], y[:num_rows], x[num_rows:], y[num_rows:], true, names)


def _correlated(
    num_rows: int, weight: FloatArray, *, rho: float, noise: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    common = rng.normal(size=(num_rows, 1))
    own = rng.normal(size=(num_rows, len(weight)))
    x = math.sqrt(rho) * common + math.sqrt(1 - rho) * own
    return x, x @ weight + noise * rng.normal(size=num_rows)
