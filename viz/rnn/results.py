"""What the views of the recurrent net compute, ready to be drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.rnn import compute
from viz.rnn.compute import Backward, Forward, MatrixFacts, Step

FloatArray = npt.NDArray[np.float64]
WEIGHTS = tuple(round(0.025 * i, 3) for i in range(61))
NEAR = np.array([-0.002, -0.0005, -0.0001, 0.0, 0.0001, 0.0005, 0.002])
EXAM_NAMES = ("p", "q", "r", "s", "t", "y")


@dataclass(frozen=True, slots=True)
class Graph:
    """The unrolled graph with its values going right and its derivatives coming back.

    Attributes:
        slopes: by step, how much h_k moves with w a_k: 1, or 1 - h_k^2 behind a tanh.
    """

    inputs: tuple[float, ...]
    weight: float
    ahead: Forward
    back: Backward
    symbolic: bool
    tanh: bool
    slopes: tuple[float, ...]

    @property
    def num_steps(self) -> int:
        """How often w is used."""
        return len(self.inputs)

    @property
    def names(self) -> tuple[str, ...]:
        """Names along the chain: the exam's for three steps, else a1, h1, ..."""
        return EXAM_NAMES if self.num_steps == 3 else compute.nodes(self.num_steps)

    @property
    def chain(self) -> tuple[float, ...]:
        """Values along the chain."""
        pairs = zip(self.ahead.sums, self.ahead.hidden_state, strict=True)
        return tuple(value for pair in pairs for value in pair)

    @property
    def derivatives(self) -> tuple[float, ...]:
        """Derivatives of y along the chain, in the same order; the last one is 1."""
        pairs = zip(self.back.da, self.back.dh, strict=True)
        return tuple(value for pair in pairs for value in pair)


def graph(
    inputs: Sequence[float], weight: float, *, symbolic: bool = False, tanh: bool = False
) -> Graph:
    """Run the net forward and backward; ``symbolic`` asks for polynomials, which tanh has not."""
    fed = tuple(float(u) for u in inputs)
    if tanh:
        ahead, back = compute.tanh_backward(fed, weight)
    else:
        ahead, back = compute.forward(fed, weight), compute.backward(fed, weight)
    slopes = tuple(compute.tanh_slope(weight * a) if tanh else 1.0 for a in ahead.sums)
    return Graph(fed, weight, ahead, back, symbolic and not tanh, tanh, slopes)


@dataclass(frozen=True, slots=True, eq=False)
class Influence:
    """One weight over a long sequence.

    Attributes:
        by_input: |dy/du_k|, shape (T,).
        shares: |edge_k| over the sum of their sizes, shape (T,).
        kept: the truncated over the full dy/dw; None where the full one is 0.
        kept_from: the same for a window that begins at step k, shape (T,).
    """

    weight: float
    y: float
    dw: float
    by_input: FloatArray
    shares: FloatArray
    kept: float | None
    kept_from: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class LongRun:
    """A long sequence for every weight of a sweep."""

    inputs: tuple[float, ...]
    window: int
    tanh: bool
    sweep: tuple[Influence, ...]
    start: int


def long_run(
    inputs: Sequence[float], *, window: int, tanh: bool = False, weight: float = 0.9
) -> LongRun:
    """Influence and truncation for all of `WEIGHTS`; ``weight`` is the one shown first."""
    window = min(window, len(inputs))
    sweep = tuple(_influence(inputs, w, window, tanh) for w in WEIGHTS)
    start = int(np.argmin([abs(w - weight) for w in WEIGHTS]))
    return LongRun(tuple(inputs), window, tanh, sweep, start)


def _influence(inputs: Sequence[float], weight: float, window: int, tanh: bool) -> Influence:
    if tanh:
        ahead, back = compute.tanh_backward(inputs, weight)
    else:
        ahead, back = compute.forward(inputs, weight), compute.backward(inputs, weight)
    edges = np.array(back.edges)
    sizes = np.abs(edges)
    total = float(sizes.sum())
    shares = sizes / total if total > 0 else sizes
    kept = kept_from = None
    if abs(back.dw) > 1e-12 * total:
        kept = math.fsum(back.edges[-window:]) / back.dw
        kept_from = np.cumsum(edges[::-1])[::-1] / back.dw
    by_input = np.abs(np.array(back.da))
    return Influence(weight, ahead.y, back.dw, by_input, shares, kept, kept_from)


@dataclass(frozen=True, slots=True, eq=False)
class MatrixRun:
    """A recurrent matrix: its facts, and what it makes of the unit circle at every lag.

    Attributes:
        images: (lags, points, 2) for a 2 x 2 matrix, else empty.
    """

    weight: FloatArray
    facts: MatrixFacts
    images: FloatArray

    @property
    def orthogonal(self) -> bool:
        """Whether W keeps every length."""
        return bool(np.allclose(self.weight.T @ self.weight, np.eye(len(self.weight)), atol=1e-9))


def matrix_run(weight: npt.ArrayLike, *, num_steps: int = 60) -> MatrixRun:
    """Follow the gradient through ``num_steps`` lags."""
    matrix = compute.square_matrix(weight)
    facts = compute.matrix_facts(matrix, num_steps=num_steps)
    images = np.empty((0, 0, 2))
    if len(matrix) == 2:
        angle = np.linspace(0, 2 * np.pi, 41)
        circle = np.stack([np.cos(angle), np.sin(angle)])
        powers = [np.linalg.matrix_power(matrix, k) @ circle for k in range(num_steps)]
        images = np.array([image.T for image in powers])
    return MatrixRun(matrix, facts, images)


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Gradient descent on the loss of a long linear net, and the loss around it.

    Attributes:
        steps: the start and every step that was made.
        weights, losses: the loss on a grid that contains its minimum.
        best: the weight that reaches the target.
        num_steps: how many steps were asked for.
        jumped: the first step outside the grid, if there is one.
    """

    steps: tuple[Step, ...]
    weights: FloatArray
    losses: FloatArray
    target: float
    lr: float
    clip: float | None
    best: float
    num_steps: int
    jumped: int | None


def descent_run(
    inputs: Sequence[float],
    *,
    target: float,
    weight: float,
    lr: float,
    clip: float | None,
    num_steps: int = 100,
) -> Descent:
    """Descend on a net fed with one impulse, y = w^T, and note the first step off the picture."""
    steps = compute.descent(
        inputs, target=target, weight=weight, lr=lr, num_steps=num_steps, clip=clip
    )
    best = (target / inputs[0]) ** (1 / len(inputs))
    grid = np.unique(np.concatenate([np.linspace(0.7, 1.3, 121), best + NEAR]))
    grid = grid[(grid >= 0.7) & (grid <= 1.3)]
    losses = np.array([compute.loss_and_slope(inputs, float(w), target)[0] for w in grid])
    outside = (k for k, step in enumerate(steps) if not 0.7 <= step.weight <= 1.3)
    jumped = next(outside, None)
    return Descent(steps, grid, losses, target, lr, clip, best, num_steps, jumped)
