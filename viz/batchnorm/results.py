"""What the two main views compute: every state of a film, each an affine map of the input."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.batchnorm import compute
from viz.batchnorm.compute import Ellipse
from viz.batchnorm.shapes import Shape

FloatArray = npt.NDArray[np.float64]
FLAT = 1e-6
MARKS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
PER_STAGE = 8
GAMMAS = tuple(round(-3 + 0.1 * i, 1) for i in range(61))
BETAS = tuple(round(-10 + 0.25 * i, 2) for i in range(81))


@dataclass(frozen=True, slots=True)
class Feature:
    """Mean and standard deviation of one feature before the layer."""

    mean: float
    std: float


@dataclass(frozen=True, slots=True)
class State:
    """One frame: the map x -> scale x + shift, the stage (0 to 4) and the parameters it used."""

    label: str
    stage: float
    scale: float
    shift: float
    gamma: float
    beta: float

    def moments(self, before: Feature) -> tuple[float, float]:
        """Mean and standard deviation after the map."""
        return self.scale * before.mean + self.shift, abs(self.scale) * before.std


@dataclass(frozen=True, slots=True, eq=False)
class Line1D:
    """One feature before and after.

    Attributes:
        before: its moments.
        shape: its standardized form, which no stage changes.
        states: the frames; stops: the states that the axis must hold; start: the first shown.
        marks_in: five points at mean + k SD, k = -2 ... 2.
        point: the point that the sentence follows.
        root: sqrt(variance + eps).
        relabel: whether the output keeps the input's picture under a new ruler.
    """

    before: Feature
    shape: Shape
    states: tuple[State, ...]
    stops: tuple[State, ...]
    start: int
    variable: str
    marks_in: FloatArray
    point: float
    root: float
    eps: float
    relabel: bool
    final: State

    def skewness(self, state: State) -> float:
        """Skewness after the map: its sign turns with gamma's."""
        return self.shape.skewness * (-1 if state.scale < 0 else 1)

    @property
    def ceiling_before(self) -> float:
        """Top of the input panel."""
        return 1.12 * float(self.shape.density.max()) / self.before.std

    @property
    def ceiling_after(self) -> float:
        """Top of the output panel: it holds the stops, but no peak over six times the lowest."""
        peaks = [
            float(self.shape.density.max()) / max(s.moments(self.before)[1], FLAT)
            for s in self.stops
        ]
        return 1.2 * min(max(peaks), 6 * min(peaks))


def one_feature(
    before: Feature,
    shape: Shape,
    *,
    gamma: float,
    beta: float,
    eps: float,
    play: str = "stages",
    relabel: bool = False,
) -> Line1D:
    """All states of one feature: the stages, or the final state for a row of parameter values.

    Args:
        before: the feature's moments; a very large batch has the same.
        shape: its standardized form.
        gamma, beta, eps: the layer's parameters.
        play: "stages", "gamma" or "beta".
        relabel: keep the picture and move the ruler.
    """
    maps = compute.stages(before.mean, before.std**2, gamma, beta, eps=eps)
    stops = tuple(_state(compute.STAGES[i], i, maps, gamma, beta) for i in range(5))
    final, root = stops[-1], float(compute.root(np.array([before.std**2]), eps)[0])
    if play == "stages":
        steps = [i / PER_STAGE for i in range(4 * PER_STAGE + 1)]
        states = tuple(_state(stage_name(s), s, maps, gamma, beta) for s in steps)
        start = len(states) - 1
    else:
        states = _sweep(play, before, root, gamma, beta)
        values = [getattr(state, play) for state in states]
        start = int(np.argmin([abs(v - (gamma if play == "gamma" else beta)) for v in values]))
        stops = (stops[0], states[0], states[len(states) // 2 - 3], states[-1], final)
    return Line1D(
        before=before,
        shape=shape,
        states=states,
        stops=stops,
        start=start,
        variable={"stages": "stage"}.get(play, play),
        marks_in=before.mean + before.std * MARKS,
        point=before.mean + before.std,
        root=root,
        eps=eps,
        relabel=relabel,
        final=final,
    )


def stage_name(stage: float) -> str:
    """The label of a stage from 0 to 4, between two stages an arrow."""
    at = round(stage)
    names = tuple(name.replace("gamma", "γ").replace("beta", "β") for name in compute.STAGES)
    return names[at] if abs(stage - at) < 1e-9 else f"→ {names[int(np.ceil(stage))]}"


def _state(
    label: str,
    stage: float,
    maps: tuple[tuple[FloatArray, FloatArray], ...],
    gamma: float,
    beta: float,
) -> State:
    scale, shift = compute.between(maps, stage)
    return State(label, float(stage), float(scale[0]), float(shift[0]), gamma, beta)


def _sweep(play: str, before: Feature, root: float, gamma: float, beta: float) -> tuple[State, ...]:
    pairs = [(v, beta) for v in GAMMAS] if play == "gamma" else [(gamma, v) for v in BETAS]
    return tuple(
        State(
            f"{'γ' if play == 'gamma' else 'β'} = {(g if play == 'gamma' else b):g}".replace(
                "-", "−"
            ),
            4.0,
            g / root,
            b - g * before.mean / root,
            g,
            b,
        )
        for g, b in pairs
    )


@dataclass(frozen=True, slots=True, eq=False)
class PlaneState:
    """Two features at one stage: mean (2,), covariance (2, 2), and the map that led here."""

    label: str
    stage: float
    mean: FloatArray
    cov: FloatArray
    scale: FloatArray
    shift: FloatArray
    raw_points: FloatArray
    raw: tuple[FloatArray, FloatArray]

    @property
    def std(self) -> FloatArray:
        """Standard deviations."""
        return np.sqrt(np.diag(self.cov))

    @property
    def rho(self) -> float:
        """The correlation; 0 if a feature has no spread."""
        spread = float(np.prod(self.std))
        return float(self.cov[0, 1]) / spread if spread > 0 else 0.0

    @property
    def ellipse(self) -> Ellipse:
        """The 1-SD contour's axes."""
        return compute.ellipse_axes(self.cov)

    @property
    def origin(self) -> "PlaneState":
        """The same data before the layer."""
        one, zero = np.ones(2), np.zeros(2)
        return PlaneState("raw", 0.0, *self.raw, one, zero, self.raw_points, self.raw)

    def contour(self, k: float) -> FloatArray:
        """The k-SD contour."""
        return compute.contour(self.mean, self.cov, k, points=61)


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Two features before and after; ``compare`` names a whitening, or is empty."""

    states: tuple[PlaneState, ...]
    start: int
    variable: str
    play: str
    compare: str
    whitened: FloatArray | None
    sample: FloatArray
    limits: tuple[tuple[float, float], tuple[float, float]]
    first: PlaneState
    final: PlaneState

    def moved(self, state: PlaneState) -> FloatArray:
        """The sample under the state's map."""
        return state.raw_points * state.scale + state.shift

    def origin_of(self, state: PlaneState) -> PlaneState:
        """The input that a state came from."""
        return state.origin


RHOS = tuple(round(-0.95 + 0.05 * i, 2) for i in range(39))


def two_features(
    mean: FloatArray,
    std: FloatArray,
    rho: float,
    *,
    unit: FloatArray,
    compare: str = "",
    play: str = "stages",
    cov: FloatArray | None = None,
) -> Plane:
    """States of two features with gamma 1, beta 0, eps 0.

    Args:
        mean, std, rho: of the input.
        unit: uncorrelated standard sample, shape (n, 2), for the dots.
        compare: "", "ZCA" or "PCA".
        play: "stages" or "rho".
        cov: a covariance instead of std and rho (own data).
    """
    covariance = compute.covariance_of(std, rho) if cov is None else cov
    if play == "rho":
        few = unit[:80]
        states = tuple(
            _plane_state(
                f"ρ = {r:.2f}".replace("-", "−"), 4.0, mean, compute.covariance_of(std, r), few
            )
            for r in RHOS
        )
        start = int(np.argmin([abs(r - rho) for r in RHOS]))
    else:
        steps = [i / PER_STAGE for i in range(4 * PER_STAGE + 1)]
        states = tuple(_plane_state(stage_name(s), s, mean, covariance, unit) for s in steps)
        start = len(states) - 1
    final = states[start]
    whitened = None
    if compare:
        matrix = compute.whitening_matrix(final.raw[1], kind=compare)
        whitened = compute.contour(np.zeros(2), matrix @ final.raw[1] @ matrix.T, 1, points=91)
    return Plane(
        states=states,
        start=start,
        variable="stage" if play == "stages" else "correlation",
        play=play,
        compare=compare,
        whitened=whitened,
        sample=final.raw_points,
        limits=_limits(states),
        first=final.origin,
        final=final,
    )


def _plane_state(
    label: str, stage: float, mean: FloatArray, cov: FloatArray, unit: FloatArray
) -> PlaneState:
    maps = compute.stages(mean, np.diag(cov), np.ones(2), np.zeros(2))
    scale, shift = compute.between(maps, stage)
    values, vectors = np.linalg.eigh(cov)
    points = mean + unit @ (vectors * np.sqrt(np.maximum(values, 0))).T
    moved = cov * np.outer(scale, scale)
    return PlaneState(label, stage, mean * scale + shift, moved, scale, shift, points, (mean, cov))


def _limits(states: tuple[PlaneState, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ranges that hold the 2-SD contours of every state and of the input."""
    parts = [(s.mean, s.std) for state in states for s in (state, state.origin)]
    low = np.min([mean - 2.3 * std for mean, std in parts], axis=0)
    high = np.max([mean + 2.3 * std for mean, std in parts], axis=0)
    low, high = np.minimum(low, -2.3), np.maximum(high, 2.3)
    return (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
