"""Message passing, the masked loss, aggregation and smoothing."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz import tables
from viz.gnn.graphs import Graph
from viz.gnn.spectrum import second_eigenvalue
from viz.gnn.structure import components, has_odd_cycle

FloatArray = npt.NDArray[np.float64]
DENSE = 1000
AGGREGATES = ("mean", "sum", "max", "gcn")
CLIP = 1e-12


def _states(states: npt.ArrayLike, found: Graph) -> FloatArray:
    array = np.asarray(states, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    if len(array) != found.num_nodes:
        raise ValueError(f"there are {found.num_nodes} nodes but {len(array)} states")
    return array


def check_weights(
    first: npt.ArrayLike, second: npt.ArrayLike, width: int
) -> tuple[FloatArray, FloatArray]:
    """W1 of shape (d, k) and W2 of shape (k, d).

    Raises:
        ValueError: the shapes do not fit.
    """
    one, two = np.atleast_2d(np.asarray(first, float)), np.atleast_2d(np.asarray(second, float))
    if one.shape[1] != two.shape[0]:
        raise ValueError(
            f"W1 has {one.shape[1]} columns but W2 has {two.shape[0]} rows; W1 must be d x k"
        )
    if two.shape[1] != width:
        raise ValueError(f"state has dimension {width} but W2 has {two.shape[1]} columns")
    if one.shape[0] != width:
        raise ValueError(f"state has dimension {width} but W1 has {one.shape[0]} rows")
    return one, two


def update(
    states: npt.ArrayLike,
    found: Graph,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    num_layers: int = 1,
    residual: bool = True,
) -> FloatArray:
    """Rule (9): s_i' = s_i + W1 mean_j tanh(W2 s_j) over the neighbors j of i.

    A node without neighbors keeps its state.

    Args:
        states: shape (n, d), or (n,) for scalars.
        found: the graph.
        first, second: W1 (d, k) and W2 (k, d).
        num_layers: how often, with the same weights.
        residual: whether the old state is added.

    Returns:
        States after every layer, shape (num_layers + 1, n, d), the given ones first.
    """
    current = _states(states, found)
    one, two = check_weights(first, second, current.shape[1])
    history = [current]
    for _ in range(num_layers):
        moved = aggregate(np.tanh(current @ two.T), found, how="mean") @ one.T
        current = current + moved if residual else moved
        history.append(current)
    return np.array(history)


def messages(states: npt.ArrayLike, found: Graph, second: npt.ArrayLike) -> FloatArray:
    """tanh(W2 s_source) for every directed edge of ``found.both_ways``, shape (2e, k)."""
    current = _states(states, found)
    two = np.atleast_2d(np.asarray(second, float))
    return np.tanh(current[found.both_ways[0]] @ two.T)


def aggregate(
    values: npt.ArrayLike, found: Graph, *, how: str = "mean", self_loops: bool = False
) -> FloatArray:
    """Combine the neighbors' values at every node, shape (n, d).

    mean: D^-1 A (over nothing: 0). sum: A. max: componentwise (over nothing: 0).
    gcn: (D+1)^-1/2 (A+I) (D+1)^-1/2. ``self_loops`` counts a node among its own neighbors.
    """
    if how not in AGGREGATES:
        raise ValueError(f"aggregate must be one of {', '.join(AGGREGATES)}; got '{how}'")
    x = _states(values, found)
    source, target = found.both_ways
    degrees = found.degrees
    if self_loops or how == "gcn":
        own = np.arange(found.num_nodes)
        source, target = np.concatenate([source, own]), np.concatenate([target, own])
        degrees = degrees + 1
    if how == "max":
        out = np.full_like(x, -np.inf)
        np.maximum.at(out, target, x[source])
        return np.where(np.isfinite(out), out, 0.0)
    weight = np.ones(len(source))
    if how == "mean":
        weight = 1.0 / degrees[target]
    if how == "gcn":
        weight = 1.0 / np.sqrt(degrees[source] * degrees[target])
    out = np.zeros_like(x)
    for column in range(x.shape[1]):
        out[:, column] = np.bincount(target, weight * x[source, column], minlength=found.num_nodes)
    return out


def operator(found: Graph, *, how: str, self_loops: bool) -> FloatArray:
    """The dense matrix that ``aggregate`` multiplies by (mean, sum, gcn)."""
    return aggregate(np.eye(found.num_nodes), found, how=how, self_loops=self_loops)


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """The mean binary cross-entropy of some nodes (nats) and its gradient by all predictions.

    A prediction that is certain and wrong costs infinitely much; ``drawn`` is a finite value for
    the picture, with 1e-12 in place of a probability of 0.
    """

    value: float
    gradient: FloatArray
    per_node: FloatArray
    drawn: float

    @property
    def infinite(self) -> bool:
        """Whether a scored prediction is certain and wrong."""
        return math.isinf(self.value)


def binary_cross_entropy(
    predictions: npt.ArrayLike, labels: npt.ArrayLike, mask: npt.ArrayLike | None = None
) -> Loss:
    """-mean over the mask of y log p + (1 - y) log(1 - p); elsewhere the gradient is exactly 0.

    Raises:
        ValueError: a label that is not 0 or 1, a prediction outside [0, 1], an empty mask.
    """
    p, y = np.asarray(predictions, float), np.asarray(labels, float)
    for i, (value, label) in enumerate(zip(p, y, strict=True), 1):
        if label not in (0, 1):
            raise ValueError(f"labels must be 0 or 1, got {tables.said(label)} at node {i}")
        if not 0 <= value <= 1:
            raise ValueError(f"prediction of node {i} must lie in [0, 1], got {tables.said(value)}")
    used = np.ones(len(p), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if not used.any():
        raise ValueError("no training node left: at least one node must not be held back")
    right = np.where(y == 1, p, 1 - p)
    with np.errstate(divide="ignore", over="ignore"):
        per_node = -np.log(right)
        gradient = np.where(used, np.where(y == 1, -1.0, 1.0) / right / used.sum(), 0.0)
    drawn = np.where(right == 0, -math.log(CLIP), per_node)[used].mean()
    return Loss(float(per_node[used].mean()), gradient, per_node, float(drawn))


@dataclass(frozen=True, slots=True, eq=False)
class Smoothing:
    """Repeated averaging.

    Attributes:
        states: after every layer, shape (layers + 1, n).
        energy: how different the nodes still are, shape (layers + 1,).
        second: the second largest eigenvalue in size; its square is the energy's rate a layer.
        limit: what every node of a connected graph tends to; None without self-loops.
        components: how many parts the graph has.
        flips: whether the averages end in two patterns by turns: no self-loop, no odd cycle.
    """

    states: FloatArray
    energy: FloatArray
    second: float
    limit: float | None
    components: int
    flips: bool


def smoothing(
    found: Graph,
    start: npt.ArrayLike,
    *,
    num_layers: int,
    how: str = "mean",
    self_loops: bool = True,
) -> Smoothing:
    """Average over neighbors again and again (mean or gcn).

    Energy: for mean the variance weighted by d_i + 1 (d_i without self-loops), for gcn half the
    sum over i, j of (x_i / sqrt(d_i + 1) - x_j / sqrt(d_j + 1))^2. The second eigenvalue is exact
    up to 1000 nodes, above that by Lanczos steps if they end.
    Sources: Li, Han & Wu 2018; Oono & Suzuki 2020.
    """
    x = np.asarray(start, dtype=float)

    def layer(state: FloatArray) -> FloatArray:
        return aggregate(state[:, None], found, how=how, self_loops=self_loops)[:, 0]

    states = [x]
    for _ in range(num_layers):
        states.append(layer(states[-1]))
    weight: FloatArray = found.degrees.astype(float) + (1.0 if self_loops or how == "gcn" else 0.0)
    energy = np.array([_energy(state, weight, how) for state in states])
    parts = components(found)
    second = 1.0 if parts > 1 else _second(found, weight, own=self_loops or how == "gcn")
    limit = float(weight @ x / weight.sum()) if how == "mean" and self_loops else None
    flips = how == "mean" and not self_loops and parts == 1 and not has_odd_cycle(found)
    return Smoothing(np.array(states), energy, second, limit if parts == 1 else None, parts, flips)


def _second(found: Graph, weight: FloatArray, *, own: bool) -> float:
    """The second eigenvalue in size of D^-1/2 (A or A + I) D^-1/2, which mean and gcn share."""
    root = np.sqrt(np.maximum(weight, 1.0))
    if found.num_nodes > DENSE:
        source, target = found.both_ways

        def times(v: FloatArray) -> FloatArray:
            scaled = v / root
            arrived = np.bincount(target, scaled[source], minlength=found.num_nodes)
            return np.asarray((arrived + scaled if own else arrived) / root)

        value = second_eigenvalue(times, root)
        if value is not None:
            return value
    matrix = found.adjacency() + (np.eye(found.num_nodes) if own else 0.0)
    values = np.sort(np.abs(np.linalg.eigvalsh(matrix / np.outer(root, root))))
    return float(values[-2]) if len(values) > 1 else 0.0


def _energy(x: FloatArray, weight: FloatArray, how: str) -> float:
    if how == "gcn":
        scaled = x / np.sqrt(weight)
        return float(len(x) * (scaled**2).sum() - scaled.sum() ** 2)
    share = weight / weight.sum() if weight.sum() > 0 else np.full(len(x), 1 / len(x))
    return float(share @ (x - share @ x) ** 2)
