"""Ridge, alone and after batch norm, and what it and dropout say of their own inputs."""

import numpy as np

from viz.dropout.compute import FloatArray, dropout_weights
from viz.dropout.samples import standardize


def ridge(data: FloatArray, targets: FloatArray, *, l2: float) -> FloatArray:
    """Minimise |y - X w|^2 + l2 |w|^2; solved with unit diagonal, as columns may differ in size."""
    if l2 < 0:
        raise ValueError(f"l2 must be at least 0, got {l2:g}")
    gram = data.T @ data + l2 * np.eye(data.shape[1])
    scale = np.sqrt(np.where(np.diag(gram) > 0, np.diag(gram), 1.0))
    solved = np.linalg.lstsq(gram / np.outer(scale, scale), data.T @ targets / scale, rcond=None)[0]
    return np.asarray(solved / scale, dtype=float)


def predictions(
    data: FloatArray,
    targets: FloatArray,
    *,
    method: str,
    keep_prob: float,
    l2: float,
    intercept: bool = False,
) -> FloatArray:
    """What a fitted model says of its own inputs: "dropout", "ridge" or "batchnorm + ridge".

    ``intercept`` adds a bias that is neither erased nor charged; after batchnorm it is always so.
    """
    if method == "batchnorm + ridge":
        z = standardize(data)[0]
        return targets.mean() + z @ ridge(z, targets - targets.mean(), l2=l2)
    middle = data.mean(axis=0) if intercept else np.zeros(data.shape[1])
    level = targets.mean() if intercept else 0.0
    x, y = data - middle, targets - level
    if method == "dropout":
        lengths = np.sqrt((data**2).sum(axis=0))
        weight = dropout_weights(x, y, keep_prob=keep_prob, lengths=lengths)
        return level + keep_prob * x @ weight
    if method == "ridge":
        return level + x @ ridge(x, y, l2=l2)
    raise ValueError(f"method must be dropout, ridge or batchnorm + ridge; got '{method}'")
