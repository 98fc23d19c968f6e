"""What the views of graph networks compute, ready to be drawn."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.gnn import compute, graphs, rules
from viz.gnn.compute import Loss, Smoothing
from viz.gnn.graphs import Graph
from viz.gnn.rules import Verdict
from viz.gnn.training import Training

FloatArray = npt.NDArray[np.float64]
SAMPLE = 200


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Rule (9) on a graph, seen from one node.

    Attributes:
        history: states after every layer, shape (layers + 1, n) for scalar states.
        node: the chosen one, from 0. places: where nodes are drawn; None above 300 nodes.
        choices: open edges of the exam's graph that the reader switched on.
    """

    graph: Graph
    history: FloatArray
    first: float
    second: float
    node: int
    places: FloatArray | None
    residual: bool
    choices: tuple[str, ...]

    def inbox(self, layer: int) -> tuple[tuple[int, float], ...]:
        """(neighbor, tanh(W2 s)) for the chosen node in a layer counted from 1."""
        states = self.history[layer - 1]
        return tuple(
            (j, math.tanh(self.second * states[j])) for j in self.graph.neighbors(self.node)
        )


def layers(
    found: Graph,
    states: Sequence[float],
    *,
    first: float,
    second: float,
    node: int,
    num_layers: int,
    residual: bool,
    choices: tuple[str, ...] = (),
) -> Layers:
    """Run rule (9) with scalar states."""
    if not 1 <= node <= found.num_nodes:
        raise ValueError(f"node must be between 1 and {found.num_nodes}, got {node}")
    history = compute.update(
        states, found, first, second, num_layers=num_layers, residual=residual
    )[:, :, 0]
    places = graphs.layout(found) if found.num_nodes <= graphs.DRAWN else None
    return Layers(found, history, first, second, node - 1, places, residual, choices)


@dataclass(frozen=True, slots=True, eq=False)
class Shuffle:
    """One rule under all orders, and the verdicts on all rules."""

    name: str
    verdict: Verdict
    width: int
    num_neighbors: int
    board: tuple[tuple[str, bool, float], ...]


def shuffle(name: str, rule: rules.Rule, *, width: int, num_neighbors: int, seed: int) -> Shuffle:
    """Test the chosen rule and, for comparison, all listed ones."""
    options = {"width": width, "num_neighbors": num_neighbors}
    verdict = rules.permutation_test(rule, **options, rng=np.random.default_rng(seed))
    board = []
    for other, known in rules.RULES.items():
        few = {"width": width, "num_neighbors": min(num_neighbors, 4)}
        found = rules.permutation_test(known, **few, rng=np.random.default_rng(seed))
        board.append((other, found.valid, found.spread))
    return Shuffle(name, verdict, width, num_neighbors, tuple(board))


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """The masked loss on the exam's graph, and the held-back nodes' own loss (None if none)."""

    graph: Graph
    places: FloatArray
    predictions: tuple[float, ...]
    labels: tuple[int, ...]
    train: tuple[bool, ...]
    loss: Loss
    held: float | None


def masked(
    found: Graph, predictions: Sequence[float], labels: Sequence[int], held_back: Sequence[int]
) -> Masked:
    """Cross-entropy over the nodes that are not held back (counted from 1)."""
    if len(predictions) != found.num_nodes:
        raise ValueError(f"there are {found.num_nodes} nodes but {len(predictions)} predictions")
    train = tuple(i + 1 not in held_back for i in range(found.num_nodes))
    loss = compute.binary_cross_entropy(predictions, labels, train)
    held = None
    if not all(train):
        held = compute.binary_cross_entropy(predictions, labels, np.logical_not(train)).value
    return Masked(found, graphs.layout(found), tuple(predictions), tuple(labels), train, loss, held)


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """Repeated averaging on a graph."""

    graph: Graph
    places: FloatArray | None
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
    places = graphs.layout(found) if found.num_nodes <= graphs.DRAWN else None
    return Depth(found, places, smoothed, how, self_loops)


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A training run on a graph, with the colour classes that bound what it can tell apart."""

    graph: Graph
    places: FloatArray | None
    labels: tuple[int, ...]
    train: tuple[bool, ...]
    run: Training
    classes: tuple[int, ...]
    constant: bool
    aggregate: str
