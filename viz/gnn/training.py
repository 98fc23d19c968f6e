"""Rule (9) and a graph convolution trained on a few labelled nodes, by hand-written gradients.

The graphs are small, and torch would take longer to be imported than this takes to run.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.gnn import compute
from viz.gnn.graphs import Graph

FloatArray = npt.NDArray[np.float64]
Report = Callable[[float, str], None]
RULES = ("mean", "sum", "gcn")
RECORDS = 61


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """A training run.

    Attributes:
        epochs: at which the rest was recorded.
        predictions: probability of class 1 of every node, shape (records, n).
        train_loss, held_loss: mean cross-entropy, shape (records,); held_loss is None if no
            held-back node has a known label.
    """

    epochs: npt.NDArray[np.int64]
    predictions: FloatArray
    train_loss: FloatArray
    held_loss: FloatArray | None


def first_weights(
    rule: str, *, width: int, hidden: int, num_layers: int, seed: int
) -> list[FloatArray]:
    """Normal numbers of size 0.5 (rule (9)) or Glorot's (gcn), the same for a seed.

    Rule (9): W1 and W2 (width, width), readout v (width,), bias c (1,).
    gcn: a matrix for each layer, the last one with a single column, and the bias.
    """
    if rule not in RULES:
        raise ValueError(f"rule must be one of {', '.join(RULES)}; got '{rule}'")
    rng = np.random.default_rng(seed)
    if rule != "gcn":
        shapes: list[tuple[int, ...]] = [(width, width), (width, width), (width,), (1,)]
        return [0.5 * rng.normal(size=shape) for shape in shapes]
    sizes = [width, *[hidden] * (num_layers - 1), 1]
    pairs = itertools.pairwise(sizes)
    return [*(rng.normal(size=(a, b)) * np.sqrt(2 / (a + b)) for a, b in pairs), np.zeros(1)]


def scores_and_gradient(
    weights: Sequence[FloatArray],
    start: FloatArray,
    averaging: FloatArray,
    slope: Callable[[FloatArray], FloatArray],
    *,
    rule: str,
    num_layers: int,
) -> tuple[FloatArray, list[FloatArray]]:
    """The score of every node, and the gradient by all weights.

    Rule (9): s <- s + P tanh(s W2') W1', the score is v s + c. gcn: s <- tanh(P s W), the last
    layer without tanh.

    Args:
        weights: as from `first_weights`.
        start: shape (n, width). averaging: P, shape (n, n).
        slope: scores -> derivative of the loss by the scores, shape (n,).
        rule, num_layers: of the network.
    """
    if rule == "gcn":
        return _convolved(weights, start, averaging, slope)
    first, second, readout, bias = weights
    states, hidden = [start], []
    for _ in range(num_layers):
        hidden.append(np.tanh(states[-1] @ second.T))
        states.append(states[-1] + averaging @ hidden[-1] @ first.T)
    scores = states[-1] @ readout + bias[0]
    by_score = slope(scores)
    by_first, by_second = np.zeros_like(first), np.zeros_like(second)
    by_state = np.outer(by_score, readout)
    for layer in range(num_layers - 1, -1, -1):
        gathered = averaging.T @ by_state
        by_first += gathered.T @ hidden[layer]
        inner = (gathered @ first) * (1 - hidden[layer] ** 2)
        by_second += inner.T @ states[layer]
        by_state = by_state + inner @ second
    return scores, [by_first, by_second, states[-1].T @ by_score, by_score.sum(keepdims=True)]


def _convolved(
    weights: Sequence[FloatArray],
    start: FloatArray,
    averaging: FloatArray,
    slope: Callable[[FloatArray], FloatArray],
) -> tuple[FloatArray, list[FloatArray]]:
    *matrices, bias = weights
    inputs, state = list[FloatArray](), start
    for layer, matrix in enumerate(matrices):
        inputs.append(averaging @ state)
        state = inputs[-1] @ matrix
        if layer < len(matrices) - 1:
            state = np.tanh(state)
    scores = state[:, 0] + bias[0]
    by_score = slope(scores)
    gradient = [by_score.sum(keepdims=True)]
    above = by_score[:, None]
    for layer in range(len(matrices) - 1, -1, -1):
        gradient.insert(0, inputs[layer].T @ above)
        if layer:
            below = averaging.T @ above @ matrices[layer].T
            reached = np.tanh(inputs[layer - 1] @ matrices[layer - 1])
            above = below * (1 - reached**2)
    return scores, gradient


def train_nodes(
    found: Graph,
    start: npt.ArrayLike,
    labels: Sequence[int | None],
    train_mask: npt.ArrayLike,
    *,
    rule: str = "mean",
    num_layers: int = 2,
    hidden: int = 8,
    num_epochs: int = 200,
    lr: float = 0.05,
    decay: float = 0.0,
    seed: int = 0,
    progress: Report | None = None,
) -> Training:
    """Learn all weights by Adam on the masked loss.

    Args:
        found: the graph.
        start: states to begin with, shape (n, width).
        labels: 0, 1 or None (unknown, never scored).
        train_mask: shape (n,); only masked nodes enter the loss.
        rule: "mean" or "sum" for rule (9), "gcn" for graph convolutions.
        num_layers, hidden, num_epochs, lr, decay, seed: of the run; decay is an l2 penalty.
        progress: told after every tenth epoch.

    Raises:
        ValueError: no training node, or one without a label.
    """
    x, mask = np.array(start, dtype=float), np.array(train_mask, dtype=bool)
    if not mask.any():
        raise ValueError("no training node left: at least one node must not be held back")
    if any(y is None and used for y, used in zip(labels, mask, strict=True)):
        raise ValueError("every training node needs a label of 0 or 1")
    known = np.array([y is not None for y in labels])
    y = np.array([float(label or 0) for label in labels])
    held = known & ~mask
    averaging = compute.operator(found, how=rule, self_loops=False)
    weights = first_weights(rule, width=x.shape[1], hidden=hidden, num_layers=num_layers, seed=seed)

    def slope(scores: FloatArray) -> FloatArray:
        return np.where(mask, _sigmoid(scores) - y, 0.0) / mask.sum()

    kept = set(np.unique(np.linspace(0, num_epochs, RECORDS).round().astype(int)).tolist())
    records = list[tuple[int, FloatArray, float, float]]()
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    for epoch in range(num_epochs + 1):
        scores, gradient = scores_and_gradient(
            weights, x, averaging, slope, rule=rule, num_layers=num_layers
        )
        if epoch in kept:
            costs = np.logaddexp(0, np.where(y == 1, -scores, scores))
            outside = float(costs[held].mean()) if held.any() else 0.0
            records.append((epoch, _sigmoid(scores), float(costs[mask].mean()), outside))
            if progress is not None:
                progress(epoch / max(num_epochs, 1), f"epoch {epoch}")
        gradient = [g + decay * w for g, w in zip(gradient, weights, strict=True)]
        weights = _adam(weights, gradient, moments, step=epoch + 1, lr=lr)
    epochs, chances, inside, outside_all = zip(*records, strict=True)
    return Training(
        np.array(epochs),
        np.array(chances),
        np.array(inside),
        np.array(outside_all) if held.any() else None,
    )


def _sigmoid(scores: FloatArray) -> FloatArray:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)))


def _adam(
    weights: Sequence[FloatArray],
    gradient: Sequence[FloatArray],
    moments: list[tuple[FloatArray, FloatArray]],
    *,
    step: int,
    lr: float,
) -> list[FloatArray]:
    """One step as torch's Adam takes it; ``moments`` is changed in place."""
    moved = []
    for i, (weight, slope) in enumerate(zip(weights, gradient, strict=True)):
        first = 0.9 * moments[i][0] + 0.1 * slope
        second = 0.999 * moments[i][1] + 0.001 * slope**2
        moments[i] = (first, second)
        size = np.sqrt(second / (1 - 0.999**step)) + 1e-8
        moved.append(weight - lr * first / (1 - 0.9**step) / size)
    return moved
