"""Two features before and after: means, covariances and contours of every state."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.batchnorm import compute, gaussians
from viz.batchnorm.feature import STEPS, reached, stage_name
from viz.batchnorm.gaussians import Ellipse

FloatArray = npt.NDArray[np.float64]
RHOS = (-0.99, *(round(-0.95 + 0.05 * i, 2) for i in range(39)), 0.99)
ROUND = 41
FEW = 60
APART = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Input:
    """The two features before the layer.

    Attributes:
        mean, cov: shapes (2,) and (2, 2).
        points: dots of this Gaussian, or own data; shape (n, 2).
        contours: at 1 and 2 standard deviations, each (points, 2).
        ellipse: the first one's axes.
    """

    mean: FloatArray
    cov: FloatArray
    points: FloatArray
    contours: tuple[FloatArray, FloatArray]
    ellipse: Ellipse

    @property
    def std(self) -> FloatArray:
        """Standard deviations."""
        return np.sqrt(np.diag(self.cov))

    @property
    def rho(self) -> float:
        """The correlation."""
        return float(self.cov[0, 1] / np.prod(self.std))


@dataclass(frozen=True, slots=True, eq=False)
class PlaneState:
    """The features at one stage (0 to 4), reached by the map x -> scale (x - old mean) + mean.

    Attributes:
        scale, mean: shapes (2,).
        ellipse: the 1-SD contour's axes.
    """

    label: str
    stage: float
    origin: Input
    scale: FloatArray
    mean: FloatArray
    ellipse: Ellipse

    def moved(self, points: FloatArray) -> FloatArray:
        """Points, shape (n, 2), under the map."""
        return (points - self.origin.mean) * self.scale + self.mean

    @property
    def std(self) -> FloatArray:
        """Standard deviations, shape (2,)."""
        return self.origin.std * np.abs(self.scale)

    @property
    def cov(self) -> FloatArray:
        """The covariance, shape (2, 2)."""
        return self.origin.cov * np.outer(self.scale, self.scale)

    @property
    def rho(self) -> float | None:
        """The correlation; None if a feature has become a constant."""
        sign = float(np.prod(np.sign(self.scale)))
        return self.origin.rho * sign if sign else None

    def same_as(self, other: "PlaneState") -> bool:
        """Whether both maps do the same to the same input."""
        apart = np.abs([self.scale - other.scale, self.mean - other.mean]).max()
        return self.origin is other.origin and bool(apart < 1e-12)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Two features before and after; ``compare`` names a whitening, or is empty.

    Attributes:
        units: what the input is counted in where it is drawn, one for each feature, shape (2,).
        drawn: the states of the input counted so; the numbers of ``states`` are in unit 1.
        limits: ranges that hold them.
    """

    states: tuple[PlaneState, ...]
    units: FloatArray
    drawn: tuple[PlaneState, ...]
    start: int
    play: str
    compare: str
    whitened: FloatArray | None
    limits: tuple[tuple[float, float], tuple[float, float]]
    gamma: FloatArray
    beta: FloatArray
    count: int | None

    @property
    def final(self) -> PlaneState:
        """The state shown first: after the layer."""
        return self.states[self.start]

    @property
    def one_unit(self) -> bool:
        """Whether both features are drawn in the same unit, so that angles mean something."""
        return bool(self.units[0] == self.units[1])


def units_of(std: FloatArray) -> FloatArray:
    """Powers of ten in which two features are drawn; 1 and 1 if that shows both of them.

    On equal scales a cloud is a speck beside one that is 8 times as wide, and the layer's output
    has standard deviation 1. The layer itself does not notice in which unit its input is counted.
    """
    spreads = (*std, 1.0)
    if max(spreads) <= APART * min(spreads):
        return np.ones(2)
    return np.asarray(10.0 ** np.round(np.log10(std)))


def _counted(origin: Input, units: FloatArray) -> Input:
    """The same input in other units."""
    cov = origin.cov / np.outer(units, units)
    one, two = origin.contours
    lines = (one / units, two / units)
    return Input(
        origin.mean / units, cov, origin.points / units, lines, gaussians.ellipse_axes(cov)
    )


def gaussian_input(mean: npt.ArrayLike, cov: FloatArray, unit: FloatArray) -> Input:
    """An input with dots made from an uncorrelated standard sample, shape (n, 2)."""
    values, vectors = np.linalg.eigh(cov)
    points = np.asarray(mean) + unit @ (vectors * np.sqrt(np.maximum(values, 0))).T
    return _input(np.asarray(mean, dtype=float), cov, points)


def own_input(values: FloatArray, *, most: int = 300) -> Input:
    """Own data with their sample moments; of many rows every k-th is drawn.

    Raises:
        ValueError: a feature has zero variance.
    """
    found = compute.moments(values)
    compute.root(found.std**2, 0.0)
    cov = found.correlation * np.outer(found.std, found.std)
    return _input(found.mean, cov, values[:: max(1, len(values) // most)])


def _input(mean: FloatArray, cov: FloatArray, points: FloatArray) -> Input:
    one = gaussians.contour(np.zeros(2), cov, 1, points=ROUND)
    return Input(mean, cov, points, (mean + one, mean + 2 * one), gaussians.ellipse_axes(cov))


def two_features(
    origin: Input,
    *,
    gamma: npt.ArrayLike = (1.0, 1.0),
    beta: npt.ArrayLike = (0.0, 0.0),
    compare: str = "",
    unit: FloatArray | None = None,
    count: int | None = None,
) -> Plane:
    """All states of two features with eps 0: the stages, or one state for every correlation.

    Args:
        origin: the input.
        gamma, beta: the layer's parameters, one of each for a feature.
        compare: "", "ZCA" or "PCA".
        unit: a standard sample for the dots; if given, the correlation is swept.
        count: of own data, how many rows there are; they are drawn in units that show them.
    """
    scales, shifts = np.asarray(gamma, dtype=float), np.asarray(beta, dtype=float)
    units = np.ones(2) if count is None else units_of(origin.std)
    if unit is None:
        states = _by_stage(origin, scales, shifts)
        start = len(states) - 1
    else:
        states = tuple(_at(rho, origin, scales, shifts, unit[:FEW]) for rho in RHOS)
        start = int(np.argmin([abs(rho - origin.rho) for rho in RHOS]))
    own = not np.all(units == 1)
    drawn = _by_stage(_counted(origin, units), scales, shifts) if own else states
    return Plane(
        states=states,
        units=units,
        drawn=drawn,
        start=start,
        play="stages" if unit is None else "rho",
        compare=compare,
        whitened=_whitened(states[start].origin, compare),
        limits=_limits(drawn),
        gamma=scales,
        beta=shifts,
        count=count,
    )


def _by_stage(origin: Input, gamma: FloatArray, beta: FloatArray) -> tuple[PlaneState, ...]:
    maps = compute.stages(0.0, np.diag(origin.cov), gamma, beta)
    return tuple(_state(stage_name(s), s, origin, *reached(maps, s, origin.mean)) for s in STEPS)


def _at(
    rho: float, origin: Input, gamma: FloatArray, beta: FloatArray, unit: FloatArray
) -> PlaneState:
    made = gaussian_input(origin.mean, gaussians.covariance_of(origin.std, rho), unit)
    scale, mean = compute.stages(0.0, np.diag(made.cov), gamma, beta)[-1]
    return _state(f"ρ = {rho:.2f}".replace("-", "−"), 4.0, made, scale, mean)


def _state(
    label: str, stage: float, origin: Input, scale: FloatArray, mean: FloatArray
) -> PlaneState:
    axes = gaussians.ellipse_axes(origin.cov * np.outer(scale, scale))
    return PlaneState(label, stage, origin, scale, mean, axes)


def _whitened(origin: Input, compare: str) -> FloatArray | None:
    if not compare:
        return None
    matrix = gaussians.whitening_matrix(origin.cov, kind=compare)
    made = matrix @ origin.cov @ matrix.T
    if np.abs(made - np.eye(2)).max() > 1e-6:
        raise ValueError(
            f"compare must be nothing where the points lie on one line, got {compare}: "
            "a line cannot be whitened"
        )
    return gaussians.contour(np.zeros(2), made, 1, points=91)


def _limits(states: tuple[PlaneState, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges that hold the 2-SD contours of every state and of the input."""
    parts = [(s.mean, s.std) for s in states] + [(s.origin.mean, s.origin.std) for s in states]
    low = np.min([mean - 2.3 * std for mean, std in parts], axis=0)
    high = np.max([mean + 2.3 * std for mean, std in parts], axis=0)
    low, high = np.minimum(low, -2.3), np.maximum(high, 2.3)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
