"""The linear autoencoder with weight decay: its objective, its minimum and its laws of motion.

Question 12. Sources: Baldi and Hornik 1989; Bourlard and Kamp 1988; Saxe, McClelland and Ganguli
2014 (stages); Kunin et al. 2019 (regularized linear autoencoders).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

ROUNDING = 1e-10
STABLE = 0.5


class Penalty(NamedTuple):
    """The factors of |W1|² and |W2|² in the objective; formula (21) has the same for both."""

    encoder: float
    decoder: float

    @property
    def mean(self) -> float:
        """The geometric mean, which decides what is kept: all of it if both are equal."""
        if self.encoder == self.decoder:
            return self.encoder
        return float(np.sqrt(self.encoder) * np.sqrt(self.decoder))


class Objective(NamedTuple):
    """The value of (21) and its two terms."""

    total: float
    reconstruction: float
    penalty: float


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """The minimum of (21).

    Attributes:
        encoder_values: singular values of W1, one for each direction kept or given up, shape (k,).
        decoder_values: the same of W2.
        minimum: the least value of (21).
        rank: how many of the k directions are kept.
    """

    encoder_values: FloatArray
    decoder_values: FloatArray
    minimum: float
    rank: int


def penalty(l2: float, l2_decoder: float | None = None) -> Penalty:
    """The weights of the two penalties, both ``l2`` unless the decoder has its own.

    Raises:
        ValueError: one is negative, or exactly one is zero, when no minimum is ever reached.
    """
    both = Penalty(l2, l2 if l2_decoder is None else l2_decoder)
    for value in both:
        if not value >= 0:
            raise ValueError(f"lambda must not be negative, got {value:g}")
    if (both.encoder == 0) != (both.decoder == 0):
        raise ValueError(
            "with a penalty on one matrix alone the minimum is never reached: "
            f"both lambdas must be positive or both zero, got {both.encoder:g} and {both.decoder:g}"
        )
    return both


def covariance(data: FloatArray, *, center: bool = True) -> tuple[FloatArray, FloatArray]:
    """The covariance data dataᵀ / n and the mean that was taken off.

    Args:
        data: shape (m, n), one point a column.
        center: whether to take off the mean; if not, the mean returned is 0.

    Returns:
        Arrays of shapes (m, m) and (m,).
    """
    if data.ndim != 2 or data.shape[1] < 2:
        raise ValueError(f"data must have at least 2 points, got shape {data.shape}")
    mean = data.mean(axis=1) if center else np.zeros(len(data))
    centered = data - mean[:, None]
    return centered @ centered.T / data.shape[1], mean


def spectrum(cov: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Eigenvalues, largest first, and eigenvectors as columns.

    Values that rounding has pushed below 0 are set to 0.

    Raises:
        ValueError: the matrix is not square, symmetric and free of negative eigenvalues.
    """
    if cov.ndim != 2 or cov.shape[0] != cov.shape[1]:
        raise ValueError(f"covariance must be square, got shape {cov.shape}")
    if not np.allclose(cov, cov.T, rtol=1e-9, atol=1e-12 * max(1.0, np.abs(cov).max())):
        raise ValueError("covariance must be symmetric")
    values, vectors = np.linalg.eigh(cov)
    values, vectors = values[::-1].copy(), vectors[:, ::-1].copy()
    if values[-1] < -ROUNDING * max(values[0], 0.0) - 1e-300:
        raise ValueError(f"covariance has a negative eigenvalue {values[-1]:g}")
    return np.maximum(values, 0.0), vectors


def check_latent_dim(latent_dim: int, dim: int) -> None:
    """Raise ValueError unless 1 <= k <= m."""
    if not 1 <= latent_dim <= dim:
        raise ValueError(f"k must be between 1 and {dim} (the data dimension), got {latent_dim}")


def objective(
    encoder: FloatArray, decoder: FloatArray, cov: FloatArray, weights: Penalty
) -> Objective:
    """Formula (21) through the covariance C, so that its cost does not depend on n.

    tr(E C Eᵀ) + λ1 |W1|² + λ2 |W2|² with E = W2 W1 - I: a sum of squares, so that nothing
    cancels.

    Args:
        encoder: W1, shape (k, m).
        decoder: W2, shape (m, k).
        cov: C, shape (m, m).
        weights: the two penalties.
    """
    miss = decoder @ encoder - np.eye(len(cov))
    reconstruction = float(np.vdot(miss, miss @ cov))
    price = weights.encoder * float(np.vdot(encoder, encoder))
    price += weights.decoder * float(np.vdot(decoder, decoder))
    return Objective(reconstruction + price, reconstruction, price)


def gradient(
    encoder: FloatArray, decoder: FloatArray, cov: FloatArray, weights: Penalty
) -> tuple[FloatArray, FloatArray]:
    """Derivatives of (21) by W1, shape (k, m), and by W2, shape (m, k).

    With E = 2 (W2 W1 C - C): W2ᵀ E + 2 λ1 W1 and E W1ᵀ + 2 λ2 W2.
    """
    coded = encoder @ cov
    by_encoder = 2 * ((decoder.T @ decoder) @ coded - decoder.T @ cov)
    by_decoder = 2 * (decoder @ (coded @ encoder.T) - coded.T)
    return by_encoder + 2 * weights.encoder * encoder, by_decoder + 2 * weights.decoder * decoder


def optimum(eigenvalues: FloatArray, latent_dim: int, weights: Penalty) -> Optimum:
    """The minimum of (21), direction by direction.

    A direction with variance d costs d (1 - s1 s2)² + λ1 s1² + λ2 s2². With g = √(λ1 λ2) its
    minimum is s1 s2 = max(0, 1 - g/d), shared out as s1²/s2² = λ2/λ1; so with one λ both are
    √(1 - λ/d). It costs 2g - g²/d while d > g, else d. At λ = 0 any s and 1/s is a minimum;
    the limit λ -> 0, s = 1, is returned.
    """
    check_latent_dim(latent_dim, len(eigenvalues))
    level = weights.mean
    coded = np.asarray(eigenvalues[:latent_dim], dtype=float)
    kept = coded > level
    share = np.where(kept, 1 - level / np.where(kept, coded, 1.0), 0.0)
    ratio = np.sqrt(weights.decoder / weights.encoder) if level > 0 else 1.0
    cost = np.where(kept, 2 * level - level * (1 - share), coded)
    return Optimum(
        np.sqrt(share * ratio),
        np.sqrt(share / ratio),
        float(cost.sum() + eigenvalues[latent_dim:].sum()),
        int(kept.sum()),
    )


def minimizer(
    eigenvectors: FloatArray, best: Optimum, rotation: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """A pair (W1, W2) at the minimum: O diag(s1) U_kᵀ and U_k diag(s2) Oᵀ, for any rotation O."""
    count = len(best.encoder_values)
    turn = np.eye(count) if rotation is None else rotation
    axes = eigenvectors[:, :count]
    return turn @ (best.encoder_values[:, None] * axes.T), (axes * best.decoder_values) @ turn.T


def stable_step(eigenvalues: FloatArray, weights: Penalty) -> float:
    """The unit of the step size: 1/d1, or 2/(λ + d1) where λ has outgrown d1.

    Near the minimum the curvature is at most about 4 d1, so full steps below half this unit
    converge.
    """
    largest = float(eigenvalues[0])
    heavy = max(weights)
    return 1 / largest if heavy <= largest else 2 / (heavy + largest)


def flow_law(
    eigenvalue: float | FloatArray, l2: float, start: float, time: float | FloatArray
) -> FloatArray:
    """s² of one direction at ``time`` from a balanced start s² = ``start``, in small steps.

    The flow du/dt = 4u (d - λ - d u) is logistic; after n steps of size η, time = η n.
    """
    rate = np.asarray(eigenvalue, dtype=float) - l2
    elapsed = np.asarray(time, dtype=float)
    # Written with exp of a negative number alone, so that no long time overflows.
    fade = np.exp(-4 * np.abs(rate) * elapsed)
    end = np.asarray(eigenvalue, dtype=float) * start
    at_zero = 1 / (1 + 4 * end * elapsed)
    safe = np.where(rate == 0, 1.0, np.abs(rate))
    growing = safe / (end * (1 - fade) + safe * fade)
    falling = safe * fade / (end * (1 - fade) + safe)
    factor = np.where(rate == 0, at_zero, np.where(rate > 0, growing, falling))
    return np.asarray(start * factor)


def imbalance(encoder: FloatArray, decoder: FloatArray) -> FloatArray:
    """W1 W1ᵀ - W2ᵀ W2, shape (..., k, k): kept by the flow at λ = 0, else fading as e^(-4λt)."""
    return encoder @ np.swapaxes(encoder, -1, -2) - np.swapaxes(decoder, -1, -2) @ decoder


def principal_angles(decoder: FloatArray, axes: FloatArray) -> FloatArray:
    """Angles in degrees, largest first, between W2's strongest directions and ``axes``.

    Args:
        decoder: shape (..., m, k).
        axes: orthonormal columns, shape (m, r) with r <= k.

    Returns:
        Shape (..., r); rounding leaves a floor of about 1e-6 degrees.
    """
    rank = axes.shape[1]
    if rank == 0:
        return np.zeros((*decoder.shape[:-2], 0))
    strongest = np.linalg.svd(decoder, full_matrices=False)[0][..., :rank]
    cosines = np.linalg.svd(axes.T @ strongest, compute_uv=False)
    return np.asarray(np.degrees(np.arccos(np.clip(cosines[..., ::-1], -1, 1))))


def spectrum_points(
    eigenvalues: FloatArray, *, num_points: int, rng: np.random.Generator
) -> FloatArray:
    """Gaussian points, shape (m, n), shifted and stretched to have exactly this covariance.

    The mean is exactly 0 and data dataᵀ / n = diag(eigenvalues).
    """
    dim = len(eigenvalues)
    if num_points <= dim:
        raise ValueError(f"num_points must be more than {dim}, got {num_points}")
    drawn = rng.normal(size=(dim, num_points))
    drawn -= drawn.mean(axis=1, keepdims=True)
    root = np.linalg.cholesky(drawn @ drawn.T / num_points)
    return np.asarray(np.sqrt(eigenvalues)[:, None] * np.linalg.solve(root, drawn))
