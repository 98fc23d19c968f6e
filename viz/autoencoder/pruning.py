"""What λ does to every direction at the minimum: shrink it, or give it up."""

from dataclasses import dataclass

import numpy as np

from viz.autoencoder import compute
from viz.autoencoder.compute import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Pruning:
    """The minimum of (21) for many λ.

    Attributes:
        eigenvalues: variances d, shape (m,).
        latent_dim: k.
        l2: the values of λ, shape (L,).
        values: singular values √(1 - λ/d) of both matrices, shape (L, k).
        descended: what descent from a small aligned start reaches, shape (L, k).
        error: what is left unexplained of every direction, shape (L, m).
        penalty: what the weights of every direction cost, shape (L, m).
        minimum: the least value of (21), shape (L,).
    """

    eigenvalues: FloatArray
    latent_dim: int
    l2: FloatArray
    values: FloatArray
    descended: FloatArray
    error: FloatArray
    penalty: FloatArray
    minimum: FloatArray

    def rank(self, place: int) -> int:
        """How many directions the code uses at the place-th λ."""
        return int((self.eigenvalues[: self.latent_dim] > self.l2[place]).sum())


def sweep(eigenvalues: FloatArray, latent_dim: int, l2: FloatArray, *, num_steps: int) -> Pruning:
    """The minimum for every λ by formula, and by ``num_steps`` of descent beside it."""
    found = [compute.optimum(eigenvalues, latent_dim, compute.penalty(float(v))) for v in l2]
    values = np.array([best.encoder_values for best in found])
    padded = np.zeros((len(l2), len(eigenvalues)))
    padded[:, :latent_dim] = values**2
    return Pruning(
        eigenvalues,
        latent_dim,
        l2,
        values,
        descend(eigenvalues[:latent_dim], l2, num_steps=num_steps),
        eigenvalues * (1 - padded) ** 2,
        2 * l2[:, None] * padded,
        np.array([best.minimum for best in found]),
    )


def descend(
    eigenvalues: FloatArray, l2: FloatArray, *, num_steps: int, start: float = 0.3
) -> FloatArray:
    """Gradient descent from W1 = W2ᵀ = start U_kᵀ, all λ at once; shape (L, k).

    From such a start the matrices stay aligned, so each direction is one number s with
    gradient 4 d s (s² - 1) + 4 λ s, half of it for each matrix.
    """
    step_size = 0.15 / float(eigenvalues[0])
    rate = 1 - l2[:, None] / eigenvalues
    s = np.full((len(l2), len(eigenvalues)), start)
    speed = 2 * step_size * eigenvalues
    for _ in range(num_steps):
        s = s + speed * s * (rate - s * s)
    return s
