"""One training run with what it is compared to: the spectrum of its data and the exact minimum."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from viz import tables
from viz.autoencoder import compute, optimizers, training
from viz.autoencoder.compute import FloatArray, Optimum, Penalty
from viz.autoencoder.training import Pair, Record, Run, Trajectory

Method = Literal["full", "fast", "sgd", "adam", "adamw"]

NUM_POINTS = 500
SHOWN_POINTS = 6
CLOSE = 1e-3
FAST_STEP = 0.03
LARGEST, ROUNDING = 1e100, 1e-14
# One seed gives three independent streams: the start's own, the points', the order's.
POINTS, ORDER = 1, 2


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """Centered points and the spectrum of their covariance.

    Attributes:
        points: shape (m, n).
        cov: shape (m, m).
        eigenvalues: largest first, shape (m,).
        eigenvectors: as columns, shape (m, m).
    """

    points: FloatArray
    cov: FloatArray
    eigenvalues: FloatArray
    eigenvectors: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A run on data, with the minimum it should reach.

    Attributes:
        data: what was coded.
        weights: the two penalties.
        method: full gradient (plain, or fast by Adam), or one point a step by three optimizers.
        step_size: torch's lr.
        best: the exact minimum of (21).
        run: the recorded steps.
    """

    data: Data
    weights: Penalty
    method: Method
    step_size: float
    best: Optimum
    run: Trajectory

    @property
    def latent_dim(self) -> int:
        """The size k of the code."""
        return len(self.best.encoder_values)

    @property
    def free(self) -> bool:
        """Whether any s and 1/s is a minimum, since nothing is penalized."""
        return self.weights.mean == 0

    @property
    def evenly_priced(self) -> bool:
        """Whether both matrices have the same λ."""
        return self.weights.encoder == self.weights.decoder

    @property
    def evenly(self) -> bool:
        """Whether the recorded steps are evenly spaced, so that a linear axis suits them."""
        gaps = np.diff(self.run.steps)
        return len(gaps) > 0 and bool(np.ptp(gaps) <= 1)

    @property
    def aligned(self) -> bool:
        """Whether the run began balanced and along the principal directions."""
        axes = self.data.eigenvectors[:, : self.latent_dim]
        first = self.run.decoders[0]
        straight = bool(np.allclose(first, axes * np.linalg.norm(first, axis=0)))
        return straight and float(self.run.asymmetry[0]) < CLOSE

    @property
    def distinct(self) -> bool:
        """Whether the kept subspace is determined: the next variance is smaller."""
        values, rank = self.data.eigenvalues, self.best.rank
        following = values[rank] if rank < len(values) else 0.0
        return rank == 0 or bool(values[rank - 1] - following > CLOSE * values[0])

    @property
    def gaps(self) -> FloatArray:
        """How far the objective is above its minimum, as a share of the variance in the data."""
        above = self.run.objective - self.best.minimum
        return np.maximum(above, 0.0) / float(self.data.eigenvalues.sum())

    @property
    def balance_steps(self) -> float:
        """Steps until the imbalance has come nearer to its end by 1/e: 1 / (4 λ step size).

        With two penalties λ is their harmonic mean, near the minimum and for d far above them.
        """
        if self.free:
            return np.inf
        first, second = self.weights
        return (1 / first + 1 / second) / (8 * self.step_size)


def from_spectrum(eigenvalues: FloatArray, *, rng: np.random.Generator) -> Data:
    """Gaussian points with exactly these variances along the axes.

    Raises:
        ValueError: a variance is not positive, or they do not fall.
    """
    if (eigenvalues <= 0).any():
        raise ValueError(f"variances must be positive, got {tables.said(float(eigenvalues.min()))}")
    if (np.diff(eigenvalues) > 0).any():
        raise ValueError("variances must be given from the largest to the smallest")
    points = compute.spectrum_points(eigenvalues, num_points=NUM_POINTS, rng=rng)
    dim = len(eigenvalues)
    return Data(points, np.diag(eigenvalues), eigenvalues, np.eye(dim))


def from_points(data: FloatArray) -> Data:
    """The learner's own points, shape (m, n), centered.

    Raises:
        ValueError: there are too few points, their squares overflow, or they do not vary by more
            than rounding.
    """
    largest = float(np.abs(data).max())
    if largest > LARGEST:
        raise ValueError(
            f"numbers must be at most {tables.said(LARGEST)} in size, got {tables.said(largest)}"
        )
    cov, mean = compute.covariance(data)
    values, vectors = compute.spectrum(cov)
    if np.sqrt(values[0]) <= ROUNDING * largest:
        raise ValueError("the data have no variation")
    return Data(data - mean[:, None], cov, values, vectors)


def start_of(
    data: Data,
    latent_dim: int,
    *,
    aligned: bool,
    scale: float,
    decoder_scale: float,
    rng: np.random.Generator,
) -> Pair:
    """A start along the principal directions, or a random one drawn in their coordinates.

    A random start has the same distribution in any coordinates; drawn in these, a run depends on
    the data through the variances alone.

    Raises:
        ValueError: the code is not smaller than the data.
    """
    dim = len(data.eigenvalues)
    if not 1 <= latent_dim < dim:
        raise ValueError(
            f"k must be between 1 and {dim - 1} (less than the data dimension {dim}), "
            f"got {latent_dim}"
        )
    if aligned:
        axes = data.eigenvectors
        return training.aligned_start(axes, latent_dim, scale=scale, decoder_scale=decoder_scale)
    drawn = training.random_start(
        latent_dim, dim, scale=scale, decoder_scale=decoder_scale, rng=rng
    )
    axes = data.eigenvectors
    return Pair.of(drawn.encoder @ axes.T, axes @ drawn.decoder)


def study(
    data: Data,
    start: Pair,
    weights: Penalty,
    *,
    method: Method,
    step_size: float,
    record: npt.NDArray[np.int64],
    rng: np.random.Generator,
    progress: Record | None = None,
) -> Study:
    """Train from ``start`` and compare with the exact minimum.

    Args:
        data: what to code.
        start: the first pair of matrices; it is not changed.
        weights: the two penalties.
        method: "full"; "fast", which is Adam with the full gradient and a step size that falls to
            0; or the optimizer that sees one point a step.
        step_size: torch's lr.
        record: the steps to keep.
        rng: draws the order of the points.
        progress: told how far the run is.
    """
    names: dict[Method, optimizers.Optimizer] = {"full": "sgd", "fast": "adam"}
    names |= {"sgd": "sgd", "adam": "adam", "adamw": "adamw"}
    fall = int(record[-1]) if method == "fast" else 0
    rule = optimizers.rule_of(names[method], step_size, weights, start.flat.size, cosine=fall)
    if method in ("full", "fast"):
        gradient = training.full_gradient(data.cov)
    else:
        order = rng.integers(data.points.shape[1], size=int(record[-1]))
        gradient = training.point_gradient(data.points, order)
    run = training.train(start, gradient, rule, record=record, progress=progress)
    return compare(data, weights, method, step_size, run)


def compare(data: Data, weights: Penalty, method: Method, step_size: float, run: Run) -> Study:
    """Measure a run against the exact minimum for its size of code."""
    best = compute.optimum(data.eigenvalues, run.encoders.shape[1], weights)
    measured = training.measure(run, data.cov, data.eigenvectors, best.rank, weights)
    return Study(data, weights, method, step_size, best, measured)
