"""Rule (9) trained on a few labelled nodes, and one layer on a million edges; both in torch."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.gnn.graphs import Graph

FloatArray = npt.NDArray[np.float64]
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """A training run.

    Attributes:
        epochs: at which the rest was recorded.
        predictions: probability of class 1 of every node, shape (records, n).
        train_loss, held_loss: mean cross-entropy, shape (records,).
    """

    epochs: npt.NDArray[np.int64]
    predictions: FloatArray
    train_loss: FloatArray
    held_loss: FloatArray


def train_nodes(
    found: Graph,
    start: npt.ArrayLike,
    labels: npt.ArrayLike,
    train_mask: npt.ArrayLike,
    *,
    aggregate: str = "mean",
    num_layers: int = 2,
    width: int = 4,
    num_epochs: int = 200,
    lr: float = 0.05,
    seed: int = 0,
    progress: Report | None = None,
) -> Training:
    """Learn W1, W2 and a readout by Adam on the masked loss.

    s <- s + W1 agg tanh(W2 s), the same weights in every layer; p = sigmoid(v s + c).

    Args:
        found: the graph.
        start: states to begin with, shape (n, width).
        labels, train_mask: shape (n,); only masked nodes enter the loss.
        aggregate: "mean" or "sum".
        num_layers, width, num_epochs, lr, seed: of the run.
        progress: told after every tenth epoch.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    source, target = (torch.from_numpy(np.ascontiguousarray(v)) for v in found.both_ways)
    states = torch.from_numpy(np.array(start, dtype=np.float64))
    y = torch.from_numpy(np.array(labels, dtype=np.float64))
    mask = torch.from_numpy(np.array(train_mask, dtype=bool))
    degrees = torch.from_numpy(np.maximum(found.degrees, 1)).double()[:, None]
    shapes = ((width, width), (width, width), (width,), ())
    weights = [
        (0.5 * torch.randn(shape, generator=generator, dtype=torch.float64)).requires_grad_()
        for shape in shapes
    ]
    optimizer = torch.optim.Adam(weights, lr=lr)
    epochs, records = list[int](), list[tuple[FloatArray, float, float]]()
    kept = set(np.unique(np.linspace(0, num_epochs, 61).round().astype(int)).tolist())
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    for epoch in range(num_epochs + 1):
        first, second, readout, bias = weights
        current = states
        for _ in range(num_layers):
            inbox = torch.zeros_like(current).index_add_(
                0, target, torch.tanh(current @ second.T)[source]
            )
            current = current + (inbox / degrees if aggregate == "mean" else inbox) @ first.T
        scores = current @ readout + bias
        loss = bce(scores[mask], y[mask])
        if epoch in kept:
            held = bce(scores[~mask], y[~mask]) if bool((~mask).any()) else loss
            chance = torch.sigmoid(scores).detach().numpy().copy()
            epochs.append(epoch)
            records.append((chance, float(loss.detach()), float(held.detach())))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if progress is not None and epoch % 10 == 0:
            progress(epoch / max(num_epochs, 1), f"epoch {epoch}, loss {float(loss.detach()):.4f}")
    columns = (np.array(column) for column in zip(*records, strict=True))
    return Training(np.array(epochs), *columns)


@dataclass(frozen=True, slots=True, eq=False)
class Speed:
    """One averaging layer of 16 features as a sparse product, timed.

    Attributes:
        build: seconds to draw the graph and build the matrix. layer: seconds for one layer.
        degrees: of all nodes. error: largest difference from an independent sum, on a sample.
    """

    num_nodes: int
    num_edges: int
    build: float
    layer: float
    degrees: npt.NDArray[np.int64]
    error: float


def sparse_layer(
    make: Callable[[], Graph], *, width: int = 16, repeats: int = 5, progress: Report | None = None
) -> Speed:
    """Average 16 random features over all neighbors, as (D^-1 A) X in compressed rows."""
    import torch

    started = time.perf_counter()
    if progress is not None:
        progress(0.1, "drawing the graph")
    found = make()
    source, target = found.both_ways
    degrees = found.degrees
    if progress is not None:
        progress(0.7, "building the sparse matrix")
    pointers = np.concatenate([[0], np.cumsum(np.bincount(target, minlength=found.num_nodes))])
    with warnings.catch_warnings():
        # torch calls its compressed rows a beta feature, once a process.
        warnings.simplefilter("ignore", UserWarning)
        matrix = torch.sparse_csr_tensor(
            torch.from_numpy(pointers),
            torch.from_numpy(np.ascontiguousarray(source)),
            torch.from_numpy((1.0 / degrees[target]).astype(np.float32)),
            size=(found.num_nodes, found.num_nodes),
            check_invariants=False,
        )
    x = torch.randn(found.num_nodes, width, generator=torch.Generator().manual_seed(0))
    build = time.perf_counter() - started
    times = []
    out = matrix @ x
    for _ in range(repeats):
        begun = time.perf_counter()
        out = matrix @ x
        times.append(time.perf_counter() - begun)
    sample = np.unique(np.linspace(0, found.num_nodes - 1, 50).astype(int))
    error = 0.0
    for node in sample:
        around = source[pointers[node] : pointers[node + 1]]
        if len(around):
            mean = x[torch.from_numpy(around)].double().mean(0)
            error = max(error, float((out[int(node)].double() - mean).abs().max()))
    return Speed(found.num_nodes, len(found.edges), build, float(np.median(times)), degrees, error)
