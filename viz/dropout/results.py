"""What the views of dropout compute, ready to be drawn."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.dropout import compute, rivals
from viz.dropout.compute import Loss, MonteCarlo, Report, Tikhonov
from viz.dropout.descent import Descent, sgd
from viz.dropout.samples import ROUNDING, Sample, check

FloatArray = npt.NDArray[np.float64]
KEEPS = tuple(round(0.02 * k, 2) for k in range(1, 51))
METHODS = ("dropout", "ridge", "batchnorm + ridge")
NORMAL_95 = 1.96
FRAMES = 60
UNITS = tuple(float(f"{10 ** (k / 5):.3g}") for k in range(-10, 11))


@dataclass(frozen=True, slots=True, eq=False)
class Cost:
    """Monte Carlo against the closed form, and the column norms before and after.

    Attributes:
        shown: numbers of masks at which the running mean is drawn.
        running: the mean over the first masks, shape (len(shown),).
        deviation: the standard deviation of a single mask's cost.
        exact: the cost from a list of all masks, for at most 8 columns.
    """

    sample: Sample
    keep_prob: float
    fitted: Tikhonov
    loss: Loss
    trial: MonteCarlo
    shown: npt.NDArray[np.int64]
    running: FloatArray
    deviation: float
    shared: bool
    exact: float | None

    def error(self, masks: int) -> float:
        """Half the width of the 95 % interval of a mean over so many masks."""
        return NORMAL_95 * self.deviation / math.sqrt(masks)

    def is_inside(self, i: int) -> bool:
        """Whether the formula lies in the interval around the i-th running mean."""
        gap = abs(float(self.running[i]) - self.loss.total)
        return gap <= self.error(int(self.shown[i])) + 1e-6 * max(1.0, abs(self.loss.total))


def cost(
    sample: Sample,
    *,
    keep_prob: float,
    draws: int,
    shared: bool,
    rng: np.random.Generator,
    progress: Report | None = None,
) -> Cost:
    """Fit, then average the cost of the fit over random masks."""
    fitted = compute.tikhonov(sample.x, sample.y, keep_prob=keep_prob)
    weight = fitted.w_check
    loss = compute.closed_loss(sample.x, sample.y, weight, keep_prob=keep_prob)
    options: dict[str, Any] = {"keep_prob": keep_prob, "shared": shared}
    trial = compute.monte_carlo(
        sample.x, sample.y, weight, draws=draws, rng=rng, progress=progress, **options
    )
    shown = np.unique(np.geomspace(1, draws, FRAMES).round().astype(int))
    running = np.cumsum(trial.samples)[shown - 1] / shown
    exact = None
    if sample.x.shape[1] <= 8:
        exact = compute.exact_loss(sample.x, sample.y, weight, keep_prob=keep_prob)
    # A mean of equal numbers may miss them by its rounding.
    spread = float(trial.samples.std()) if np.ptp(trial.samples) else 0.0
    return Cost(sample, keep_prob, fitted, loss, trial, shown, running, spread, shared, exact)


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Weights, degrees of freedom and errors for many keep probabilities.

    Attributes:
        keeps: `KEEPS` and the present keep probability, rising.
        w_check, weight: shape (len(keeps), d).
        ones: the one-feature fits that p -> 0 leads to, shape (d,).
        train, test: mean squared errors of the rescaled weights; test is None for own data.
    """

    sample: Sample
    keep_prob: float
    keeps: tuple[float, ...]
    w_check: FloatArray
    weight: FloatArray
    ones: FloatArray
    df: FloatArray
    train: FloatArray
    test: FloatArray | None
    notices: tuple[str, ...]

    @property
    def present(self) -> int:
        """The place of the present keep probability."""
        return self.keeps.index(self.keep_prob)


def path(sample: Sample, *, keep_prob: float) -> Path:
    """Follow the weights from p = 0.02 to least squares at p = 1."""
    x, y = check(sample.x, sample.y)
    keeps = tuple(sorted({*KEEPS, keep_prob}))
    found = compute.weight_path(x, y, keeps)
    norms = np.sqrt((x**2).sum(axis=0))
    ones = np.where(norms > 0, x.T @ y / np.where(norms > 0, norms, 1) ** 2, 0.0)
    test = None
    if sample.x_test is not None and sample.y_test is not None:
        test = _errors(sample.x_test, sample.y_test, found.weight)
    notices = compute.tikhonov(x, y, keep_prob=1.0).notices
    return Path(
        sample,
        keep_prob,
        keeps,
        found.w_check,
        found.weight,
        ones,
        found.df,
        _errors(x, y, found.weight),
        test,
        notices,
    )


def _errors(x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(((y[:, None] - x @ weights.T) ** 2).mean(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """A few masks of the first rows, and the Gram matrix that training believes in.

    Attributes:
        masks: shape (frames, rows, d), True where an entry is kept.
        gram: X'X for columns of length 1: cosines, which are correlations where means are 0.
        seen: what training sees of it: off the diagonal everything times p.
    """

    sample: Sample
    keep_prob: float
    rows: FloatArray
    masks: npt.NDArray[np.bool_]
    gram: FloatArray
    seen: FloatArray

    @property
    def zeros(self) -> tuple[int, ...]:
        """The columns that are all zeros, counted from 1; they have no direction."""
        return compute.zero_columns(self.sample.x)

    @property
    def pair(self) -> tuple[int, int]:
        """The first two features; one that is alone, with itself."""
        return 0, min(1, len(self.gram) - 1)


def masks(sample: Sample, *, keep_prob: float, rng: np.random.Generator, frames: int = 12) -> Masks:
    """Draw masks for the first twenty rows."""
    check(sample.x, sample.y)
    p = compute.check_keep(keep_prob)
    rows = sample.x[:20]
    drawn = rng.random((frames, *rows.shape)) < p
    norms = np.sqrt((sample.x**2).sum(axis=0))
    unit = sample.x / np.where(norms > 0, norms, 1.0)
    gram = unit.T @ unit
    seen = np.where(np.eye(len(gram)) > 0, gram, p * gram)
    return Masks(sample, p, rows, drawn, gram, seen)


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """How far predictions move when the first feature is measured in another unit.

    Attributes:
        fitted: dropout's problem in the feature's own unit.
        changes: for each method, the rms change of the predictions relative to their spread,
            shape (len(UNITS),).
        shifted: the same when every feature's mean is moved by one standard deviation, and every
            method has an intercept.
    """

    sample: Sample
    keep_prob: float
    l2: float
    fitted: Tikhonov
    changes: dict[str, FloatArray]
    shifted: dict[str, float]


def units(sample: Sample, *, keep_prob: float, l2: float) -> Units:
    """Fit each method again for every unit of the first feature."""
    x, y = check(sample.x, sample.y)
    changes, shifted = {}, {}
    for method in METHODS:
        options: dict[str, Any] = {"method": method, "keep_prob": keep_prob, "l2": l2}
        base = rivals.predictions(x, y, **options)
        moved = []
        for unit in UNITS:
            scaled = x.copy()
            scaled[:, 0] *= unit
            moved.append(_change(rivals.predictions(scaled, y, **options), base))
        changes[method] = np.array(moved)
        near, away = (
            rivals.predictions(data, y, intercept=True, **options)
            for data in (x, x + x.std(axis=0))
        )
        shifted[method] = _change(away, near)
    fitted = compute.tikhonov(x, y, keep_prob=keep_prob)
    return Units(sample, keep_prob, l2, fitted, changes, shifted)


def _change(other: FloatArray, base: FloatArray) -> float:
    """The rms difference, relative to the spread of ``base``; 0 if it is only rounding."""
    size, spread = float(np.abs(base).max()), float(base.std())
    gap = math.sqrt(float(((other - base) ** 2).mean()))
    if gap <= 1e-9 * size:
        return 0.0
    return gap / (spread if spread > ROUNDING * size else 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """Descent under masks, the closed form it must find, and that of the other convention."""

    sample: Sample
    keep_prob: float
    inverted: bool
    descent: Descent
    target: FloatArray
    other: FloatArray
    notices: tuple[str, ...]

    def distance(self, frame: int) -> float:
        """Relative distance of the averaged iterate from the closed form."""
        return self._apart(self.descent.averaged[frame])

    def unfinished(self) -> float:
        """The same at the end if masks and minibatches made no noise."""
        return self._apart(self.descent.expected)

    def _apart(self, weight: FloatArray) -> float:
        gap = float(np.linalg.norm(weight - self.target))
        return gap / max(float(np.linalg.norm(self.target)), 1e-12)


def training(
    sample: Sample,
    *,
    keep_prob: float,
    inverted: bool,
    num_steps: int,
    batch_size: int,
    rng: np.random.Generator,
) -> Training:
    """Descend with fresh masks; inverted dropout is compared with p w_check."""
    x, y = check(sample.x, sample.y)
    found = compute.tikhonov(x, y, keep_prob=keep_prob)
    run = sgd(
        x,
        y,
        keep_prob=keep_prob,
        num_steps=num_steps,
        batch_size=batch_size,
        rng=rng,
        inverted=inverted,
    )
    ends = (found.weight, found.w_check) if inverted else (found.w_check, found.weight)
    return Training(sample, keep_prob, inverted, run, *ends, found.notices)
