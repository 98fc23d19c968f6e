"""The same number by several ways, for the line of agreement of each view."""

import math
from fractions import Fraction

import numpy as np

from viz.gnn import compute, training
from viz.gnn.results import Depth, Layers, Learned, Masked, Shuffle
from viz.gnn.speed import Speed

# Eigenvalues of a larger matrix that is not symmetric take too long.
GENERAL = 300


def layer_agree(result: Layers) -> dict[str, float]:
    """The chosen node's first new number: node by node, with matrices, with torch."""
    import torch

    states, first, second = result.states[0], result.first, result.second
    mean = compute.operator(result.graph, how="mean", self_loops=False)
    dense, tensor = states, torch.from_numpy(np.array(states))
    one, two = torch.from_numpy(np.array(first)), torch.from_numpy(np.array(second))
    source, target = (torch.from_numpy(np.ascontiguousarray(v)) for v in result.graph.both_ways)
    degree = torch.from_numpy(np.maximum(result.graph.degrees, 1))[:, None]
    for _ in range(result.num_layers):
        moved = mean @ np.tanh(dense @ second.T) @ first.T
        dense = dense + moved if result.residual else moved
        message = torch.tanh(tensor @ two.T)[source]
        inbox = torch.zeros(len(tensor), len(two), dtype=torch.float64)
        step = inbox.index_add_(0, target, message) / degree @ one.T
        tensor = tensor + step if result.residual else step
    return {
        "node by node": _looped(result),
        "dense matrix": float(dense[result.node, 0]),
        "viz": float(result.states[-1][result.node, 0]),
        "PyTorch": float(tensor[result.node, 0]),
    }


def _looped(result: Layers) -> float:
    current = result.states[0]
    around = [result.graph.neighbors(i) for i in range(len(current))]
    for _ in range(result.num_layers):
        fresh = []
        for i, own in enumerate(current):
            total = np.zeros(len(result.second))
            for j in around[i]:
                total += np.tanh(result.second @ current[j])
            step = result.first @ (total / max(len(around[i]), 1))
            fresh.append(own + step if result.residual else step)
        current = np.array(fresh)
    return float(current[result.node, 0])


def shuffle_answer(result: Shuffle) -> list[float]:
    """The output in the order given, and the largest change over the largest output."""
    verdict = result.verdict
    return [*(float(v) for v in verdict.outputs[0]), verdict.spread]


def shuffle_agree(result: Shuffle) -> dict[str, float]:
    """The mean rule's output: in order, reversed, as one matrix product in torch."""
    import torch

    inbox = result.verdict.inbox
    mean = float(inbox.mean(axis=0)[0])
    other = float(inbox[::-1].mean(axis=0)[0])
    share = torch.full((len(inbox),), 1 / len(inbox), dtype=torch.float64)
    theirs = float((share @ torch.from_numpy(inbox.copy()))[0])
    return {"in order": mean, "reversed": other, "PyTorch": theirs}


def loss_agree(result: Masked) -> dict[str, float]:
    """The loss by the product form, by our mask, by torch; nothing if it is infinite."""
    import torch

    if result.loss.infinite:
        return {}
    product, count = Fraction(1), sum(result.train)  # of floats it would underflow
    for chance, y, used in zip(result.predictions, result.labels, result.train, strict=True):
        if used:
            product *= Fraction(chance if y else 1 - chance)
    mask = torch.tensor(result.train)
    p = torch.tensor(result.predictions, dtype=torch.float64)
    # torch's own loss stops at 100 a term.
    theirs = -torch.where(torch.tensor(result.labels) == 1, p, 1 - p)[mask].log().mean()
    log = math.log(product.numerator) - math.log(product.denominator)
    return {
        "−log of the product": -log / count,
        "viz": result.loss.value,
        "PyTorch": float(theirs),
    }


def depth_agree(result: Depth) -> dict[str, float]:
    """The second eigenvalue, as numpy and torch find it."""
    import torch

    matrix = compute.operator(result.graph, how=result.how, self_loops=result.self_loops)
    # P = D^-1 A has the eigenvalues of D^(1/2) P D^(-1/2), whose entries are those means.
    symmetric = torch.from_numpy(np.sqrt(matrix * matrix.T))
    theirs = torch.linalg.eigvalsh(symmetric).abs().sort(descending=True).values
    found = {"viz": result.smoothing.second, "PyTorch, symmetrized": float(theirs[1])}
    if len(matrix) > GENERAL:
        return found
    return found | {"general": float(np.sort(np.abs(np.linalg.eigvals(matrix)))[-2])}


def train_agree(result: Learned) -> dict[str, float]:
    """The slope of the first loss by one weight: by hand, by differences, by torch."""
    import torch

    averaging = compute.operator(result.graph, how=result.rule, self_loops=False)
    weights = training.first_weights(
        result.rule,
        width=result.start.shape[1],
        hidden=8,
        num_layers=result.num_layers,
        seed=result.seed,
    )
    mask = np.array(result.train)
    y = np.array([float(label or 0) for label in result.labels])

    def loss_at(moved: float) -> tuple[float, float]:
        changed = [w.copy() for w in weights]
        changed[0][0, 0] += moved
        scores, gradient = training.scores_and_gradient(
            changed,
            result.start,
            averaging,
            lambda s: np.where(mask, 1 / (1 + np.exp(-s)) - y, 0.0) / mask.sum(),
            rule=result.rule,
            num_layers=result.num_layers,
        )
        costs = np.logaddexp(0, np.where(y == 1, -scores, scores))
        return float(costs[mask].mean()), float(gradient[0][0, 0])

    tensors = [torch.from_numpy(w.copy()).requires_grad_() for w in weights]
    states, mixing = torch.from_numpy(result.start.copy()), torch.from_numpy(averaging)
    if result.rule == "gcn":
        for place, matrix in enumerate(tensors[:-1]):
            states = mixing @ states @ matrix
            states = torch.tanh(states) if place < len(tensors) - 2 else states
        scores = states[:, 0] + tensors[-1]
    else:
        for _ in range(result.num_layers):
            states = states + mixing @ torch.tanh(states @ tensors[1].T) @ tensors[0].T
        scores = states @ tensors[2] + tensors[3]
    chosen = torch.from_numpy(mask)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(
        scores[chosen], torch.from_numpy(y)[chosen]
    )
    loss.backward()
    slope = tensors[0].grad
    step = 1e-5
    return {
        "finite difference": (loss_at(step)[0] - loss_at(-step)[0]) / (2 * step),
        "viz": loss_at(0.0)[1],
        "PyTorch": float(slope[0, 0]) if slope is not None else math.nan,
    }


def scale_agree(result: Speed) -> dict[str, float]:
    """Directed messages: twice the edges, and the sum of the degrees."""
    return {
        "2 × edges": float(2 * result.num_edges),
        "sum of the degrees": float(result.degrees.sum()),
    }
