"""One feature before and after: every state of its film is an affine map of the input."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.batchnorm import compute
from viz.batchnorm.shapes import Shape

FloatArray = npt.NDArray[np.float64]
Maps = tuple[tuple[FloatArray, FloatArray], ...]
FLAT = 1e-6
MARKS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
RUG = (np.arange(40) + 0.5) / 40
PER_STAGE = 8
STEPS = tuple(i / PER_STAGE for i in range(4 * PER_STAGE + 1))
GAMMAS = tuple(round(-3 + 0.1 * i, 1) for i in range(61))
BETAS = tuple(round(-10 + 0.25 * i, 2) for i in range(81))


@dataclass(frozen=True, slots=True)
class Feature:
    """Mean and standard deviation of one feature before the layer; ``count`` of own values."""

    mean: float
    std: float
    count: int | None = None

    def at(self, z: npt.ArrayLike) -> FloatArray:
        """The values z standard deviations from the mean."""
        return self.mean + self.std * np.asarray(z, dtype=float)

    @property
    def digits(self) -> int:
        """How many significant digits tell the mean from a value one deviation away."""
        return 2 + math.ceil(math.log10(max(abs(self.mean) / self.std, 1)))


@dataclass(frozen=True, slots=True)
class State:
    """One frame: the input's mean goes to ``mean``, a distance d from it to ``scale`` d.

    Together with the stage (0 to 4) and the parameters that were used.
    """

    label: str
    stage: float
    scale: float
    mean: float
    gamma: float
    beta: float

    def moments(self, before: Feature) -> tuple[float, float]:
        """Mean and standard deviation after the map."""
        return self.mean, abs(self.scale) * before.std

    def lands(self, before: Feature, z: npt.ArrayLike) -> FloatArray:
        """Where the values z standard deviations from the mean land."""
        return self.mean + self.scale * before.std * np.asarray(z, dtype=float)


@dataclass(frozen=True, slots=True, eq=False)
class Line1D:
    """One feature before and after.

    Attributes:
        before: its moments.
        shape: its standardized form, which no stage changes.
        states: the frames; stops: the states that the axis must hold; start: the first shown.
        rug: forty quantiles, in standard deviations from the mean.
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
    rug: FloatArray
    point: float
    root: float
    eps: float
    relabel: bool
    final: State

    @property
    def marks_in(self) -> FloatArray:
        """Five points at mean + k SD, k = -2 ... 2."""
        return self.before.at(MARKS)

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
    maps = compute.stages(0.0, before.std**2, gamma, beta, eps=eps)
    stops = tuple(_state(compute.STAGES[i], i, before, maps, gamma, beta) for i in range(5))
    final, root = stops[-1], float(compute.root(np.array([before.std**2]), eps)[0])
    if play == "stages":
        states = tuple(_state(stage_name(s), s, before, maps, gamma, beta) for s in STEPS)
        start = len(states) - 1
    else:
        states = _sweep(play, root, gamma, beta)
        values = [getattr(state, play) for state in states]
        start = int(np.argmin([abs(v - (gamma if play == "gamma" else beta)) for v in values]))
        stops = (stops[0], states[0], states[len(states) // 2 - 3], states[-1], final)
    return Line1D(
        before=before,
        shape=shape,
        states=states,
        stops=stops,
        start=start,
        variable={"stages": "stage", "gamma": "scale γ", "beta": "shift β"}[play],
        rug=shape.quantiles(RUG),
        point=float(before.at(1)),
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


def reached(maps: Maps, stage: float, mean: compute.Like) -> tuple[FloatArray, FloatArray]:
    """Scale and mean at a stage, from the maps of centred data.

    Beside a mean of 10^9 a deviation of 10^-3 has four digits left, so they are kept apart.
    """
    scale, shift = compute.between(maps, stage)
    return scale, shift + max(0.0, 1 - stage) * np.asarray(mean, dtype=float)


def _state(
    label: str, stage: float, before: Feature, maps: Maps, gamma: float, beta: float
) -> State:
    scale, mean = reached(maps, stage, before.mean)
    return State(label, float(stage), float(scale[0]), float(mean[0]), gamma, beta)


def _sweep(play: str, root: float, gamma: float, beta: float) -> tuple[State, ...]:
    if play == "gamma":
        pairs = [(f"γ = {v:g}", v, beta) for v in GAMMAS]
    else:
        pairs = [(f"β = {v:g}", gamma, v) for v in BETAS]
    return tuple(State(label.replace("-", "−"), 4.0, g / root, b, g, b) for label, g, b in pairs)
