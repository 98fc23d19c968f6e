"""A real layer's activations before and after batch norm: 256 features, 1024 samples."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from viz.batchnorm import compute

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer's features before and after the norm.

    Attributes:
        before, after: standard deviations, shape (256,).
        correlation_before, correlation_after: shape (256, 256).
        correlation_change: the largest change of any correlation.
    """

    before: FloatArray
    after: FloatArray
    correlation_before: FloatArray
    correlation_after: FloatArray
    correlation_change: float


@cache
def activations(seed: int = 0) -> Layer:
    """The second pre-activation of a seeded two-layer ReLU net, normalized."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1024, 64))
    hidden = np.maximum(x @ rng.normal(size=(64, 256)) / 8, 0)
    z = hidden @ (rng.normal(size=(256, 256)) * rng.lognormal(sigma=0.5, size=256)) / 16
    y = compute.normalize(z, eps=0.0).y
    before, after = compute.moments(z), compute.moments(y)
    change = float(np.abs(before.correlation - after.correlation).max())
    return Layer(before.std, after.std, before.correlation, after.correlation, change)
