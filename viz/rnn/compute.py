"""The linear recurrent net h_k = w (u_k + h_{k-1}): forward, backward, truncated, in matrices."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz import grammar

FloatArray = npt.NDArray[np.float64]
MAX_STEPS = 200
MAX_SIZE = 8
FAR = 10.0


@dataclass(frozen=True, slots=True)
class Forward:
    """Values going right.

    Attributes:
        sums: a_k = u_k + h_{k-1}, what the k-th product gets (the exam's p, r, t).
        hidden_state: h_k = w a_k (the exam's q, s, y).
        y: the last hidden state.
    """

    sums: tuple[float, ...]
    hidden_state: tuple[float, ...]
    y: float


@dataclass(frozen=True, slots=True)
class Backward:
    """Derivatives of y coming back.

    Attributes:
        dh: by h_k, w^(T-k).
        da: by a_k and by u_k, w^(T-k+1).
        edges: what each use of w contributes, a_k dh_k.
        dw: their sum, dy/dw.
        dh0: by the start value.
    """

    dh: tuple[float, ...]
    da: tuple[float, ...]
    edges: tuple[float, ...]
    dw: float
    dh0: float


def _inputs(inputs: Sequence[float], weight: float) -> tuple[float, ...]:
    values = tuple(float(u) for u in inputs)
    if not values:
        raise ValueError("the sequence needs at least 1 input")
    if len(values) > MAX_STEPS:
        raise ValueError(f"the sequence may have at most {MAX_STEPS} steps, got {len(values)}")
    if not math.isfinite(weight):
        raise ValueError(f"w must be a finite number, got {weight}")
    bad = [k for k, u in enumerate(values, 1) if not math.isfinite(u)]
    if bad:
        raise ValueError(f"input {bad[0]} must be a finite number, got {values[bad[0] - 1]}")
    return values


def forward(inputs: Sequence[float], weight: float, *, start: float = 0.0) -> Forward:
    """Run the net: a_k = u_k + h_{k-1}, h_k = w a_k (Question 5, h_0 = ``start``)."""
    sums, states = list[float](), list[float]()
    state = start
    for u in _inputs(inputs, weight):
        sums.append(u + state)
        state = weight * sums[-1]
        states.append(state)
    return Forward(tuple(sums), tuple(states), state)


def backward(inputs: Sequence[float], weight: float, *, start: float = 0.0) -> Backward:
    """Send the derivative of y back through the graph.

    dh_T = 1, da_k = w dh_k, dh_{k-1} = da_k, edge_k = a_k dh_k, dw = sum of the edges.
    """
    ahead = forward(inputs, weight, start=start)
    dh, da = list[float](), list[float]()
    carried = 1.0
    for _ in ahead.sums:
        dh.append(carried)
        carried = weight * carried
        da.append(carried)
    dh.reverse()
    da.reverse()
    edges = tuple(a * d for a, d in zip(ahead.sums, dh, strict=True))
    return Backward(tuple(dh), tuple(da), edges, math.fsum(edges), da[0])


def truncated(inputs: Sequence[float], weight: float, *, window: int, start: float = 0.0) -> float:
    """dy/dw by truncated backpropagation: the edges of the last ``window`` steps only."""
    edges = backward(inputs, weight, start=start).edges
    if not 1 <= window <= len(edges):
        raise ValueError(f"truncation window must be between 1 and {len(edges)}, got {window}")
    return math.fsum(edges[-window:])


def geometric(weight: float, num_steps: int) -> tuple[float, float]:
    """(y, dy/dw) for inputs that are all 1, in closed form; not for computing near w = 1."""
    if weight == 1:
        return float(num_steps), num_steps * (num_steps + 1) / 2
    power = weight**num_steps
    y = weight * (power - 1) / (weight - 1)
    slope = num_steps * power * weight - (num_steps + 1) * power + 1
    return y, slope / (weight - 1) ** 2


def symbols(num_steps: int) -> dict[str, grammar.Polynomial]:
    """Every node, derivative and edge as an exact polynomial in w and u1 ... uT.

    Names: a1, h1, ..., da1, dh1, ..., edge1, ... and dw; for three steps also p ... y.
    """
    names = ("w", *(f"u{k}" for k in range(1, num_steps + 1)))
    w = grammar.variable("w", names)
    known: dict[str, grammar.Polynomial] = {}
    state = grammar.constant(0, names)
    total = grammar.constant(0, names)
    for k in range(1, num_steps + 1):
        known[f"a{k}"] = grammar.variable(f"u{k}", names) + state
        state = known[f"h{k}"] = w * known[f"a{k}"]
        known[f"dh{k}"] = w ** (num_steps - k)
        known[f"da{k}"] = w ** (num_steps - k + 1)
        known[f"edge{k}"] = known[f"a{k}"] * known[f"dh{k}"]
        total = total + known[f"edge{k}"]
    known["dw"] = total
    if num_steps == 3:
        exam = ("p", "q", "r", "s", "t", "y")
        known |= {name: known[node] for name, node in zip(exam, nodes(3), strict=True)}
    return known


def nodes(num_steps: int) -> tuple[str, ...]:
    """Names along the chain: a1, h1, a2, h2, ..."""
    return tuple(f"{kind}{k}" for k in range(1, num_steps + 1) for kind in ("a", "h"))


@dataclass(frozen=True, slots=True, eq=False)
class MatrixFacts:
    """What decides the far past of h_k = W (u_k + h_{k-1}).

    Attributes:
        norms: ||dy/dh|| at lag 0, 1, ..., shape (num_steps,).
        eigenvalues: complex, shape (d,).
        spectral_radius: largest eigenvalue in size: the rate in the far past.
        top_singular_value: bounds the growth of one step.
    """

    norms: FloatArray
    eigenvalues: npt.NDArray[np.complex128]
    spectral_radius: float
    top_singular_value: float

    @property
    def peak_lag(self) -> int:
        """The lag at which the gradient is largest; of lags alike but for rounding, the first."""
        return int(np.argmax(self.norms >= self.norms.max() * (1 - 1e-9)))


def square_matrix(weight: npt.ArrayLike) -> FloatArray:
    """A finite square matrix of at most 8 rows.

    Raises:
        ValueError: naming what is wrong.
    """
    matrix = np.atleast_2d(np.asarray(weight, dtype=float))
    rows, columns = matrix.shape
    if rows != columns:
        raise ValueError(f"W must be square, got {rows}x{columns}")
    if rows > MAX_SIZE:
        raise ValueError(f"W may have at most {MAX_SIZE} rows, got {rows}")
    return matrix


def matrix_facts(
    weight: npt.ArrayLike, readout: npt.ArrayLike | None = None, *, num_steps: int = 60
) -> MatrixFacts:
    """Norms of the gradient (W')^lag c for y = c h_T, and the numbers that govern them.

    Args:
        weight: W, shape (d, d).
        readout: c, shape (d,); by default (1, ..., 1) / sqrt d.
        num_steps: how many lags.

    Source: Pascanu, Mikolov & Bengio 2013; Trefethen & Embree 2005 for the growth first.
    """
    matrix = square_matrix(weight)
    size = len(matrix)
    c = np.full(size, 1 / math.sqrt(size)) if readout is None else np.asarray(readout, float)
    norms = np.empty(num_steps)
    for lag in range(num_steps):
        norms[lag] = float(np.linalg.norm(c))
        c = matrix.T @ c
    eigenvalues = np.linalg.eigvals(matrix).astype(np.complex128)
    top = float(np.linalg.svd(matrix, compute_uv=False)[0])
    return MatrixFacts(norms, eigenvalues, float(np.abs(eigenvalues).max()), top)


def tanh_slope(value: float) -> float:
    """1 - tanh^2 = 4e / (1 + e)^2 with e = exp(-2|x|), exact where tanh itself rounds to 1."""
    e = math.exp(-2 * abs(value))
    return 4 * e / (1 + e) ** 2


def tanh_backward(inputs: Sequence[float], weight: float) -> tuple[Forward, Backward]:
    """The same graph with h_k = tanh(w a_k): every step back also multiplies by 1 - h_k^2."""
    sums, states = list[float](), list[float]()
    state = 0.0
    for u in _inputs(inputs, weight):
        sums.append(u + state)
        state = math.tanh(weight * sums[-1])
        states.append(state)
    dh, da, edges = list[float](), list[float](), list[float]()
    carried = 1.0
    for a in reversed(sums):
        slope = tanh_slope(weight * a)
        dh.append(carried)
        edges.append(a * slope * carried)
        carried = weight * slope * carried
        da.append(carried)
    for column in (dh, da, edges):
        column.reverse()
    back = Backward(tuple(dh), tuple(da), tuple(edges), math.fsum(edges), da[0])
    return Forward(tuple(sums), tuple(states), state), back


@dataclass(frozen=True, slots=True)
class Step:
    """One step of descent: where, how large the loss and its slope, whether it was clipped."""

    weight: float
    loss: float
    grad: float
    clipped: bool


def descent(
    inputs: Sequence[float],
    *,
    target: float,
    weight: float,
    lr: float,
    num_steps: int,
    clip: float | None = None,
) -> tuple[Step, ...]:
    """Gradient descent on (y - target)^2 / 2; ``clip`` limits the size of the gradient.

    A run ends early with the step that leaves |w| <= 10: on a long net no slope leads back from
    there. The loss of that last step may be infinite.
    """
    steps = list[Step]()
    for _ in range(num_steps + 1):
        loss, grad = loss_and_slope(inputs, weight, target)
        clipped = clip is not None and abs(grad) > clip
        steps.append(Step(weight, loss, grad, clipped))
        if abs(weight) > FAR:
            break
        moved = math.copysign(clip, grad) if clip is not None and clipped else grad
        weight -= lr * moved
    return tuple(steps)


def loss_and_slope(inputs: Sequence[float], weight: float, target: float) -> tuple[float, float]:
    """(y - target)^2 / 2 and its derivative by w."""
    gap = forward(inputs, weight).y - target
    return gap * gap / 2, gap * backward(inputs, weight).dw
