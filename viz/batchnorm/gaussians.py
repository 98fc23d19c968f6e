"""Gaussians in several features: what the layer makes of them, their contours, whitening."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.batchnorm import compute

FloatArray = npt.NDArray[np.float64]
Like = FloatArray | float
CIRCLE = 1e-9
LINE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Gaussian:
    """A mean, shape (d,), and a covariance, shape (d, d)."""

    mean: FloatArray
    cov: FloatArray


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Semi-axes a >= b of a 1-SD contour, b = 0 for a line; tilt of a in degrees, (-90, 90].

    A circle has tilt None.
    """

    a: float
    b: float
    tilt: float | None


def population_map(
    mean: npt.ArrayLike,
    cov: npt.ArrayLike,
    gamma: Like = 1.0,
    beta: Like = 0.0,
    *,
    eps: float = 0.0,
) -> Gaussian:
    """What a very large batch of N(mean, cov) becomes: mean beta, covariance A cov A.

    A = diag(gamma / sqrt(diag cov + eps)), so every correlation keeps its size.
    """
    covariance = checked_covariance(cov)
    width = len(covariance)
    gamma, beta = (
        compute.per_feature("gamma", gamma, width),
        compute.per_feature("beta", beta, width),
    )
    scale = gamma / compute.root(np.diag(covariance), eps)
    del mean
    return Gaussian(np.broadcast_to(beta, (width,)).copy(), covariance * np.outer(scale, scale))


def covariance_of(std: npt.ArrayLike, rho: float) -> FloatArray:
    """The 2 x 2 covariance with these standard deviations and this correlation."""
    first, second = np.asarray(std, dtype=float)
    return np.array([[first**2, rho * first * second], [rho * first * second, second**2]])


def checked_covariance(cov: npt.ArrayLike) -> FloatArray:
    """The covariance, symmetrised.

    Raises:
        ValueError: it is not square, not symmetric or has a negative eigenvalue.
    """
    matrix = np.atleast_2d(np.asarray(cov, dtype=float))
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"covariance must be square, got shape {matrix.shape}")
    size = max(1.0, float(np.abs(matrix).max()))
    if float(np.abs(matrix - matrix.T).max()) > 1e-9 * size:
        raise ValueError("covariance is not symmetric")
    matrix = (matrix + matrix.T) / 2
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    if smallest < -1e-9 * size:
        raise ValueError(
            f"covariance is not positive semi-definite (smallest eigenvalue {smallest:g})"
        )
    return matrix


def ellipse_axes(cov: npt.ArrayLike) -> Ellipse:
    """Semi-axes and tilt of the 1-SD contour of a 2 x 2 covariance."""
    matrix = checked_covariance(cov)
    values, vectors = np.linalg.eigh(matrix)
    a = np.sqrt(max(values[1], 0))
    b = np.sqrt(_determinant(matrix)) / max(a, 1e-300)
    if a - b < CIRCLE * max(a, 1e-300):
        return Ellipse(float(a), float(b), None)
    tilt = float(np.degrees(np.arctan2(vectors[1, 1], vectors[0, 1])))
    tilt = (tilt + 90) % 180 - 90
    return Ellipse(float(a), float(b), 90.0 if tilt <= -90 + 1e-9 else tilt)


def _determinant(cov: FloatArray) -> float:
    """Of a 2 x 2 covariance; 0 for points on a line, of whose 1 - rho^2 rounding leaves 1e-16."""
    variances = float(cov[0, 0] * cov[1, 1])
    left = variances - float(cov[0, 1]) ** 2
    return left if left > LINE * variances else 0.0


def contour(mean: npt.ArrayLike, cov: npt.ArrayLike, k: float, *, points: int = 181) -> FloatArray:
    """The k-SD contour, shape (points, 2): mean + k V sqrt(diag lambda) (cos, sin)."""
    values, vectors = np.linalg.eigh(checked_covariance(cov))
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray(mean) + k * (vectors * np.sqrt(np.maximum(values, 0)) @ circle).T


def whitening_matrix(cov: npt.ArrayLike, *, kind: str = "ZCA") -> FloatArray:
    """ZCA: V diag(1/sqrt lambda) V'; PCA: diag(1/sqrt lambda) V'. Both make cov the identity.

    Source: Kessy, Lewin & Strimmer 2018. Eigenvalues are floored at 1e-12 of the largest.
    """
    if kind not in ("ZCA", "PCA"):
        raise ValueError(f"kind must be one of ZCA, PCA; got '{kind}'")
    values, vectors = np.linalg.eigh(checked_covariance(cov))
    values = np.maximum(values, 1e-12 * values[-1])
    whitened = vectors.T / np.sqrt(values)[:, None]
    return vectors @ whitened if kind == "ZCA" else whitened
