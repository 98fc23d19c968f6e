"""Standard shapes of a feature: mean 0, variance 1, so that position and scale can be added."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

GRID = np.linspace(-6, 8, 2801)
CURVE = 60
KINDS = ("normal", "bimodal", "skewed")
_HUMP = 0.9
_GAMMA = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A density with mean 0 and variance 1, known exactly or estimated from a sample.

    Attributes:
        z, density: the curve; shape (points,).
        edges, heights: a histogram of the same; shapes (bins + 1,) and (bins,).
        skewness, kurtosis: of the shape, excess kurtosis.
    """

    z: FloatArray
    density: FloatArray
    edges: FloatArray
    heights: FloatArray
    skewness: float
    kurtosis: float

    def quantiles(self, shares: npt.ArrayLike) -> FloatArray:
        """Points below which these shares of the mass lie."""
        mass = np.concatenate([[0.0], np.cumsum((self.density[1:] + self.density[:-1]) / 2)])
        return np.interp(np.asarray(shares) * mass[-1], mass, self.z)


def standard_density(kind: str, z: FloatArray) -> FloatArray:
    """Density of a standard shape.

    normal: N(0, 1). bimodal: two equal normals at ±0.9 with variance 1 - 0.81.
    skewed: a Gamma(2) variable, (x - 2)/sqrt 2.
    """
    if kind == "normal":
        return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    if kind == "bimodal":
        narrow = math.sqrt(1 - _HUMP**2)
        humps = [standard_density("normal", (z - m) / narrow) for m in (-_HUMP, _HUMP)]
        return np.asarray(sum(humps) / (2 * narrow))
    if kind == "skewed":
        x = np.maximum(z * math.sqrt(_GAMMA) + _GAMMA, 0)
        return np.asarray(x * np.exp(-x) * math.sqrt(_GAMMA))
    raise ValueError(f"kind must be one of {', '.join(KINDS)}; got '{kind}'")


@cache
def standard_shape(kind: str) -> Shape:
    """A standard shape with its exact moments and a histogram of its exact bin masses."""
    density = standard_density(kind, GRID)
    inside = density > density.max() * 1e-4
    seen, peak = GRID[inside], GRID[density.argmax()]
    z = np.unique(np.append(np.linspace(float(seen[0]), float(seen[-1]), CURVE), peak))
    curve = standard_density(kind, z)
    edges = np.linspace(z[0], z[-1], 25)
    mass = np.interp(edges, GRID, np.cumsum(density) * (GRID[1] - GRID[0]))
    exact = {
        "normal": (0.0, 0.0),
        "bimodal": (0.0, -2 * _HUMP**4),
        "skewed": (2 / math.sqrt(2), 3.0),
    }
    skewness, kurtosis = exact[kind]
    return Shape(z, curve, edges, np.diff(mass) / np.diff(edges), skewness, kurtosis)


def sample_shape(values: FloatArray) -> Shape:
    """The shape of a sample: standardized, histogram, and a kernel estimate of its density.

    Raises:
        ValueError: fewer than 2 values or no variance.
    """
    if len(values) < 2:
        raise ValueError(f"own data need at least 2 values, got {len(values)}")
    spread = values.std()
    if spread <= 0:
        raise ValueError("own data have zero variance: all values are the same")
    z = (values - values.mean()) / spread
    bins = int(np.clip(round(2 * len(z) ** (1 / 3)) + 2, 4, 40))
    heights, edges = np.histogram(z, bins=bins, density=True)
    width = max(1.06 * len(z) ** -0.2, 0.08)
    grid = np.linspace(z.min() - 3 * width, z.max() + 3 * width, 91)
    thin = np.quantile(z, np.linspace(0, 1, 400)) if len(z) > 400 else z
    density = standard_density("normal", (grid[:, None] - thin) / width).mean(axis=1) / width
    return Shape(grid, density, edges, heights, float((z**3).mean()), float((z**4).mean() - 3))
