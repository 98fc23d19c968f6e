"""What the views of graph networks compute, ready to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.gnn import compute, graphs, rules
from viz.gnn.compute import Loss, Smoothing
from viz.gnn.graphs import Graph
from viz.gnn.rules import Verdict
from viz.gnn.sample import Sample, around
from viz.gnn.training import Training

FloatArray = npt.NDArray[np.float64]
# All orders of more, for every rule, would keep the reader waiting.
BOARD_NEIGHBORS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Rule (9) on a graph, seen from one node.

    Attributes:
        states: after every layer, shape (layers + 1, n, d).
        first, second: W1 (d, k) and W2 (k, d).
        node: the chosen one, from 0. places: where nodes are drawn; None above 300 nodes.
        sample: above 300 nodes, those that are drawn.
        held_back: nodes that are not scored (they send and receive all the same), from 0.
        open_on, open_off: edges the exam's text leaves open, as the reader set them, from 0.
        notices: sentences about the input.
    """

    graph: Graph
    states: FloatArray
    first: FloatArray
    second: FloatArray
    node: int
    places: FloatArray | None
    residual: bool
    held_back: tuple[int, ...] = ()
    open_on: tuple[tuple[int, int], ...] = ()
    open_off: tuple[tuple[int, int], ...] = ()
    notices: tuple[str, ...] = ()
    sample: Sample | None = None

    @property
    def num_layers(self) -> int:
        """How often the rule was applied."""
        return len(self.states) - 1

    @property
    def is_scalar(self) -> bool:
        """Whether states and messages are single numbers."""
        return self.first.shape == (1, 1)

    def inbox(self, layer: int) -> tuple[tuple[int, FloatArray], ...]:
        """(neighbor, tanh(W2 s)) for the chosen node in a layer counted from 1."""
        states = self.states[layer - 1]
        return tuple((j, np.tanh(self.second @ states[j])) for j in self.graph.neighbors(self.node))

    def mean(self, layer: int) -> FloatArray:
        """What the chosen node averages in a layer; 0 without neighbors. Shape (k,)."""
        inbox = self.inbox(layer)
        if not inbox:
            return np.zeros(len(self.second))
        return np.asarray(np.mean([message for _, message in inbox], axis=0))


def layers(
    found: Graph,
    states: npt.ArrayLike,
    *,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    node: int,
    num_layers: int,
    residual: bool,
    **marks: Any,
) -> Layers:
    """Run rule (9); ``marks`` are the further fields of `Layers`.

    Raises:
        ValueError: the node is not in the graph, or shapes do not fit.
    """
    if not 1 <= node <= found.num_nodes:
        raise ValueError(f"node must be between 1 and {found.num_nodes}, got {node}")
    history = compute.update(states, found, first, second, num_layers=num_layers, residual=residual)
    one, two = compute.check_weights(first, second, history.shape[2])
    small = found.num_nodes <= graphs.DRAWN
    places = graphs.layout(found) if small else None
    part = None if small else around(found, node - 1)
    return Layers(found, history, one, two, node - 1, places, residual, sample=part, **marks)


@dataclass(frozen=True, slots=True, eq=False)
class Shuffle:
    """One rule under all orders, and the verdicts on all rules, with few neighbors."""

    name: str
    verdict: Verdict
    width: int
    num_neighbors: int
    board: tuple[tuple[str, bool, float], ...]
    board_neighbors: int
    product: bool = False


def shuffle(
    name: str,
    rule: rules.Rule,
    *,
    width: int,
    num_neighbors: int,
    seed: int,
    product: bool = False,
) -> Shuffle:
    """Test the chosen rule and, for comparison, all listed ones."""
    options = {"width": width, "num_neighbors": num_neighbors}
    verdict = rules.permutation_test(rule, **options, rng=np.random.default_rng(seed))
    board = []
    few = {"width": width, "num_neighbors": min(num_neighbors, BOARD_NEIGHBORS)}
    for other, known in rules.RULES.items():
        found = rules.permutation_test(known, **few, rng=np.random.default_rng(seed))
        board.append((other, found.valid, found.spread))
    size = (width, num_neighbors)
    return Shuffle(name, verdict, *size, tuple(board), few["num_neighbors"], product)


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """The masked loss, and how it follows one prediction.

    Attributes:
        held: the loss of the held-back nodes, None if there are none.
        dragged: the node whose prediction is moved, from 0.
        steps: values of that prediction, ascending, the given one among them.
        losses: the training loss at each, shape (len(steps),).
        start: the place of the given prediction in ``steps``.
    """

    graph: Graph
    places: FloatArray
    predictions: tuple[float, ...]
    labels: tuple[int, ...]
    train: tuple[bool, ...]
    dragged: int
    steps: FloatArray
    losses: tuple[Loss, ...]
    held_losses: tuple[float, ...]
    start: int

    @property
    def loss(self) -> Loss:
        """With the given predictions."""
        return self.losses[self.start]

    @property
    def held(self) -> float | None:
        """The loss of the held-back nodes with the given predictions; None if there are none."""
        return self.held_losses[self.start] if self.held_losses else None

    def at(self, step: int) -> tuple[float, ...]:
        """All predictions at one step of the drag."""
        moved = list(self.predictions)
        moved[self.dragged] = float(self.steps[step])
        return tuple(moved)


def masked(
    found: Graph,
    predictions: Sequence[float],
    labels: Sequence[int],
    held_back: Sequence[int],
    *,
    dragged: int = 1,
) -> Masked:
    """Cross-entropy over the nodes that are not held back (counted from 1)."""
    if len(predictions) != found.num_nodes:
        raise ValueError(f"there are {found.num_nodes} nodes but {len(predictions)} predictions")
    train = tuple(i + 1 not in held_back for i in range(found.num_nodes))
    compute.binary_cross_entropy(predictions, labels, train)
    grid = [round(0.02 * k, 2) for k in range(1, 50)]
    own = float(predictions[dragged])
    steps = np.unique([*grid, 0.01, 0.99, own])
    losses, held = [], []
    for value in steps:
        moved = [*predictions[:dragged], float(value), *predictions[dragged + 1 :]]
        losses.append(compute.binary_cross_entropy(moved, labels, train))
        if not all(train):
            others = np.logical_not(train)
            held.append(compute.binary_cross_entropy(moved, labels, others).value)
    return Masked(
        found,
        graphs.layout(found),
        tuple(float(p) for p in predictions),
        tuple(labels),
        train,
        dragged,
        steps,
        tuple(losses),
        tuple(held),
        int(np.searchsorted(steps, own)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """Repeated averaging on a graph."""

    graph: Graph
    smoothing: Smoothing
    how: str
    self_loops: bool


def depth(
    found: Graph, start: Sequence[float], *, how: str, self_loops: bool, num_layers: int = 64
) -> Depth:
    """Average ``num_layers`` times."""
    smoothed = compute.smoothing(
        found, start, num_layers=num_layers, how=how, self_loops=self_loops
    )
    return Depth(found, smoothed, how, self_loops)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A training run on a graph.

    Attributes:
        labels: of all nodes; None where the reader gave none.
        train: which nodes the loss scores.
        start: states before the first layer, shape (n, width).
        classes: colour classes, which bound what equal first states can tell apart.
        states: how the first states were made ("random", "one-hot", "constant").
        rule: "mean", "sum" or "gcn".
    """

    graph: Graph
    places: FloatArray | None
    labels: tuple[int | None, ...]
    train: tuple[bool, ...]
    start: FloatArray
    run: Training
    classes: tuple[int, ...]
    states: str
    rule: str
    num_layers: int
    seed: int

    @property
    def held_right(self) -> tuple[int, int]:
        """How many held-back nodes with a known label end on the right side, of how many."""
        known = [i for i, y in enumerate(self.labels) if y is not None and not self.train[i]]
        final = self.run.predictions[-1]
        return sum((final[i] > 0.5) == (self.labels[i] == 1) for i in known), len(known)
