"""What happens when the batch is not very large: small batches, running statistics, other norms."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.batchnorm import compute, norms, small_batch
from viz.batchnorm.norms import Normalized
from viz.batchnorm.small_batch import Trial

FloatArray = npt.NDArray[np.float64]
SIZES = (2, 3, 4, 5, 8, 16, 32, 64, 128)
LARGE = math.inf
EDGES = np.linspace(-4, 4, 65)
VALUES = 40_000
COMPANIONS = 300


@dataclass(frozen=True, slots=True, eq=False)
class BatchSize:
    """One batch size: simulated histogram, exact bin masses, the pinned point's fates.

    Attributes:
        batch_size: infinite for the very large batch.
        observed, exact: densities by bin of `EDGES`.
        pinned: outputs of the pinned input in 300 batches.
        largest: no output exceeds this size.
        gap: rms difference of train-mode and eval-mode outputs.
    """

    batch_size: float
    observed: FloatArray
    exact: FloatArray
    pinned: FloatArray
    largest: float
    gap: float


@dataclass(frozen=True, slots=True, eq=False)
class SmallBatches:
    """All batch sizes for one pinned input, in standard deviations from the mean."""

    pinned: float
    sizes: tuple[BatchSize, ...]

    def at(self, batch_size: int) -> BatchSize:
        """The entry of one batch size."""
        return next(size for size in self.sizes if size.batch_size == batch_size)


def small_batches(*, pinned: float, seed: int) -> SmallBatches:
    """Simulate every batch size in `SIZES` and set the exact law beside it."""
    rng = np.random.default_rng(seed)
    sizes = []
    for n in SIZES:
        trial = small_batch.simulate(n, pinned=pinned, batches=COMPANIONS, values=VALUES, rng=rng)
        sizes.append(_batch_size(trial))
    sizes.append(_large(pinned, rng))
    return SmallBatches(pinned, tuple(sizes))


def _batch_size(trial: Trial) -> BatchSize:
    n = trial.batch_size
    width = np.diff(EDGES)
    # A value exactly on an edge (n = 2 gives only ±1) belongs to one bin in both histograms.
    nudged = trial.outputs + 1e-9
    observed = np.histogram(nudged, bins=EDGES)[0] / len(trial.outputs) / width
    exact = np.diff(small_batch.cdf(EDGES - 1e-9, n)) / width
    largest, gap = small_batch.largest(n), small_batch.train_eval_gap(n)
    return BatchSize(n, observed, exact, trial.pinned, largest, gap)


def _large(pinned: float, rng: np.random.Generator) -> BatchSize:
    """A batch so large that its statistics are the population's: nothing depends on company."""
    width = np.diff(EDGES)
    observed = np.histogram(rng.normal(size=VALUES), bins=EDGES)[0] / VALUES / width
    below = np.array([math.erf(edge / math.sqrt(2)) / 2 for edge in EDGES])
    always = np.full(COMPANIONS, pinned)
    return BatchSize(LARGE, observed, np.diff(below) / width, always, LARGE, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class RunningTrace:
    """Running statistics over training steps, what is expected of them, and the batches' own.

    Attributes:
        mean, var: after each step, step 0 first; shape (steps + 1,).
        expected_mean, expected_var: closed form, same shape.
        batch_mean, batch_var: of each batch; var divides by n - 1; shape (steps,).
    """

    true_mean: float
    true_var: float
    momentum: float
    batch_size: int
    eps: float
    mean: FloatArray
    var: FloatArray
    expected_mean: FloatArray
    expected_var: FloatArray
    batch_mean: FloatArray
    batch_var: FloatArray


def running_trace(
    *,
    mean: float,
    var: float,
    momentum: float,
    batch_size: int,
    eps: float,
    seed: int,
    num_steps: int = 60,
) -> RunningTrace:
    """Feed Gaussian batches to the running statistics of one feature."""
    rng = np.random.default_rng(seed)
    running = compute.start_running()
    means, variances, own = [0.0], [1.0], []
    for _ in range(num_steps):
        batch = mean + np.sqrt(var) * rng.normal(size=batch_size)
        running = compute.update_running(running, batch, momentum=momentum)
        means.append(float(running.mean[0]))
        variances.append(float(running.var[0]))
        own.append((float(batch.mean()), float(batch.var(ddof=1))))
    expected = [
        compute.expected_running(mean, var, momentum=momentum, step=k) for k in range(num_steps + 1)
    ]
    return RunningTrace(
        mean,
        var,
        momentum,
        batch_size,
        eps,
        np.array(means),
        np.array(variances),
        *(np.array(column) for column in zip(*expected, strict=True)),
        *(np.array(column) for column in zip(*own, strict=True)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One small tensor (n, c, h, w) under every norm of the family."""

    x: FloatArray
    groups: int
    norms: tuple[Normalized, ...]


def family(*, groups: int, eps: float) -> Family:
    """The tensor x = (0 ... 31)^1.5 of shape (2, 4, 2, 2) under five norms."""
    x = (np.arange(32.0) ** 1.5).reshape(2, 4, 2, 2)
    made = tuple(norms.normalize_axes(x, kind, groups=groups, eps=eps) for kind in norms.KINDS)
    return Family(x, groups, made)
