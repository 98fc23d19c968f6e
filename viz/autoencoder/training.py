"""Training the pair of matrices: full gradient or one point at a time, by SGD, Adam or AdamW."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.autoencoder import compute
from viz.autoencoder.compute import FloatArray, Penalty
from viz.autoencoder.optimizers import Rule

Record = Callable[[float, str], None]

RUNAWAY = 1e4
EVERY = 200


class Pair:
    """W1 and W2 as two views of one flat array, so that an optimizer has one array to update."""

    __slots__ = ("decoder", "encoder", "flat")

    def __init__(self, latent_dim: int, dim: int) -> None:
        self.flat: FloatArray = np.zeros(2 * latent_dim * dim)
        self.encoder = self.flat[: latent_dim * dim].reshape(latent_dim, dim)
        self.decoder = self.flat[latent_dim * dim :].reshape(dim, latent_dim)

    @classmethod
    def of(cls, encoder: FloatArray, decoder: FloatArray) -> "Pair":
        """A copy of two given matrices."""
        pair = cls(*encoder.shape)
        pair.encoder[:], pair.decoder[:] = encoder, decoder
        return pair


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """A training run at its recorded steps; F of them, of which the first is the start.

    Attributes:
        steps: whole numbers, shape (F,).
        encoders: W1, shape (F, k, m).
        decoders: W2, shape (F, m, k).
        objective: formula (21), shape (F,).
        encoder_values: singular values of W1, largest first, shape (F, k).
        decoder_values: the same of W2.
        asymmetry: |W1 - W2ᵀ|, shape (F,).
        imbalance: |W1 W1ᵀ - W2ᵀ W2|, shape (F,).
        angles: principal angles in degrees to the directions worth keeping, shape (F, r).
        diverged_at: the step after which recording stopped, or None.
    """

    steps: npt.NDArray[np.int64]
    encoders: FloatArray
    decoders: FloatArray
    objective: FloatArray
    encoder_values: FloatArray
    decoder_values: FloatArray
    asymmetry: FloatArray
    imbalance: FloatArray
    angles: FloatArray
    diverged_at: int | None


def random_start(
    latent_dim: int, dim: int, *, scale: float, decoder_scale: float, rng: np.random.Generator
) -> Pair:
    """Entries from N(0, scale²/m), the decoder's times ``decoder_scale``."""
    compute.check_latent_dim(latent_dim, dim)
    pair = Pair(latent_dim, dim)
    pair.encoder[:] = rng.normal(size=(latent_dim, dim)) * (scale / np.sqrt(dim))
    pair.decoder[:] = rng.normal(size=(dim, latent_dim)) * (scale * decoder_scale / np.sqrt(dim))
    return pair


def aligned_start(
    eigenvectors: FloatArray, latent_dim: int, *, scale: float, decoder_scale: float
) -> Pair:
    """W1 = scale U_kᵀ and W2 = decoder_scale scale U_k: all directions separate from the start."""
    compute.check_latent_dim(latent_dim, len(eigenvectors))
    axes = eigenvectors[:, :latent_dim]
    return Pair.of(scale * axes.T, scale * decoder_scale * axes)


def log_steps(num_steps: int, count: int) -> npt.NDArray[np.int64]:
    """0, then about ``count`` whole numbers up to num_steps, evenly spaced in the logarithm."""
    if num_steps < 1:
        raise ValueError(f"steps must be at least 1, got {num_steps}")
    spread = np.rint(np.geomspace(1, num_steps, count)).astype(np.int64)
    return np.unique(np.concatenate([[0], spread]))


def even_steps(num_steps: int, count: int) -> npt.NDArray[np.int64]:
    """``count`` whole numbers from 0 to num_steps, evenly spaced."""
    if num_steps < 1:
        raise ValueError(f"steps must be at least 1, got {num_steps}")
    return np.unique(np.rint(np.linspace(0, num_steps, count)).astype(np.int64))


Gradient = Callable[[int, Pair, Pair], None]


def full_gradient(cov: FloatArray) -> Gradient:
    """The gradient of the reconstruction over all points, through their covariance."""

    def write(_step: int, pair: Pair, out: Pair) -> None:
        coded = pair.encoder @ cov
        out.encoder[:] = (pair.decoder.T @ pair.decoder) @ coded - pair.decoder.T @ cov
        out.decoder[:] = pair.decoder @ (coded @ pair.encoder.T) - coded.T
        out.flat *= 2

    return write


def point_gradient(data: FloatArray, order: Sequence[int] | npt.NDArray[np.int64]) -> Gradient:
    """The gradient of |x - W2 W1 x|² for one point x a step, in the given order."""
    points = np.ascontiguousarray(data.T)

    def write(step: int, pair: Pair, out: Pair) -> None:
        x = points[order[step]]
        code = pair.encoder @ x
        residual = pair.decoder @ code
        residual -= x
        residual *= 2
        np.multiply(residual[:, None], code, out=out.decoder)
        np.multiply((residual @ pair.decoder)[:, None], x, out=out.encoder)

    return write


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """The weights at the recorded steps, and where the run was given up."""

    steps: npt.NDArray[np.int64]
    encoders: FloatArray
    decoders: FloatArray
    diverged_at: int | None


def train(
    start: Pair,
    gradient: Gradient,
    rule: Rule,
    *,
    record: npt.NDArray[np.int64],
    progress: Record | None = None,
    words: str = "training",
) -> Run:
    """Take steps until the last one in ``record``, keeping the weights at those steps.

    A run whose encoder or decoder grows past any use is stopped; the frames before are kept.
    """
    pair, grad = Pair.of(start.encoder, start.decoder), Pair(*start.encoder.shape)
    last, at = int(record[-1]), 1
    limit = RUNAWAY * max(1.0, float(np.vdot(pair.flat, pair.flat)))
    kept, diverged_at = [pair.flat.copy()], None
    for step in range(1, last + 1):
        gradient(step - 1, pair, grad)
        rule(pair.flat, grad.flat)
        if not np.vdot(pair.flat, pair.flat) < limit:
            diverged_at = step
            break
        if step == record[at]:
            kept.append(pair.flat.copy())
            at += 1
        if progress is not None and step % EVERY == 0:
            progress(step / last, f"{words}: step {step} of {last}")
    flats, half = np.array(kept), len(pair.flat) // 2
    encoders = flats[:, :half].reshape(-1, *pair.encoder.shape)
    decoders = flats[:, half:].reshape(-1, *pair.decoder.shape)
    return Run(record[: len(kept)], encoders, decoders, diverged_at)


def measure(
    run: Run, cov: FloatArray, eigenvectors: FloatArray, rank: int, weights: Penalty
) -> Trajectory:
    """What the page shows of a run: values, angles to the first ``rank`` axes, the objective."""
    encoders, decoders = run.encoders, run.decoders
    pairs = zip(encoders, decoders, strict=True)
    values = np.array([compute.objective(one, two, cov, weights).total for one, two in pairs])
    gap = np.linalg.norm(encoders - np.swapaxes(decoders, 1, 2), axis=(1, 2))
    trajectory = Trajectory(
        steps=run.steps,
        encoders=encoders,
        decoders=decoders,
        objective=values,
        encoder_values=np.asarray(np.linalg.svd(encoders, compute_uv=False), dtype=np.float64),
        decoder_values=np.asarray(np.linalg.svd(decoders, compute_uv=False), dtype=np.float64),
        asymmetry=gap,
        imbalance=np.linalg.norm(compute.imbalance(encoders, decoders), axis=(1, 2)),
        angles=compute.principal_angles(decoders, eigenvectors[:, :rank]),
        diverged_at=run.diverged_at,
    )
    for name in ("encoders", "decoders", "objective", "encoder_values", "decoder_values"):
        getattr(trajectory, name).setflags(write=False)
    return trajectory
