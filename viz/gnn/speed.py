"""One averaging layer on a large graph, done four ways and timed."""

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.gnn.graphs import Graph

Report = Callable[[float, str], None]
Features = npt.NDArray[np.float32]
WIDTH = 16


@dataclass(frozen=True, slots=True, eq=False)
class Speed:
    """One averaging layer of 16 features, (D^-1 A) X.

    Attributes:
        build: seconds to draw the graph and sort its edges.
        layers: seconds for one layer by each method, the fastest of some trials.
        degrees: of all nodes.
        error: largest difference between two methods.
        notices: sentences about the graph.
    """

    num_nodes: int
    num_edges: int
    build: float
    layers: dict[str, float]
    degrees: npt.NDArray[np.int64]
    error: float
    notices: tuple[str, ...] = ()

    @property
    def best(self) -> str:
        """The fastest method."""
        return min(self.layers, key=self.layers.__getitem__)


def timed_layer(
    make: Callable[[], Graph], *, repeats: int = 3, progress: Report | None = None
) -> Speed:
    """Average 16 random features over all neighbors with torch and with numpy."""
    import torch

    def report(share: float, words: str) -> None:
        if progress is not None:
            progress(share, words)

    report(0.05, "drawing the graph")
    started = time.perf_counter()
    found = make()
    source, target = (np.ascontiguousarray(row) for row in found.both_ways)
    build = time.perf_counter() - started
    degrees = found.degrees
    x = np.random.default_rng(0).normal(size=(found.num_nodes, WIDTH)).astype(np.float32)
    ways = _ways(source, target, degrees, x)
    layers, outputs = {}, []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    for place, (name, way) in enumerate(ways.items()):
        report(0.4 + 0.6 * place / len(ways), name)
        outputs.append(np.asarray(way()))
        trials = []
        for _ in range(repeats):
            begun = time.perf_counter()
            way()
            trials.append(time.perf_counter() - begun)
        layers[name] = min(trials)
    torch.set_num_threads(threads)
    error = max(float(np.abs(out - outputs[0]).max()) for out in outputs)
    size = (found.num_nodes, len(found.edges))
    return Speed(*size, build, layers, degrees, error, found.notices)


def _ways(
    source: npt.NDArray[np.int64],
    target: npt.NDArray[np.int64],
    degrees: npt.NDArray[np.int64],
    x: Features,
) -> dict[str, Callable[[], Any]]:
    """The same layer as a sparse product and as three kinds of scattered sums."""
    import torch

    count = len(degrees)
    pointers = np.concatenate([[0], np.cumsum(degrees)])
    share = (1.0 / np.maximum(degrees, 1)).astype(np.float32)[:, None]
    with warnings.catch_warnings():
        # torch calls its compressed rows a beta feature, once a process.
        warnings.simplefilter("ignore", UserWarning)
        matrix = torch.sparse_csr_tensor(
            torch.from_numpy(pointers),
            torch.from_numpy(source),
            torch.from_numpy(share[target, 0]),
            size=(count, count),
            check_invariants=False,
        )
    tensor, sources, targets = (torch.from_numpy(part) for part in (x, source, target))
    shares = torch.from_numpy(share)
    starts, alive = pointers[:-1][degrees > 0], degrees > 0

    def scattered() -> Any:
        return torch.zeros_like(tensor).index_add_(0, targets, tensor[sources]) * shares

    def reduced() -> Any:
        out = np.zeros_like(x)
        out[alive] = np.add.reduceat(x[source], starts, axis=0)
        return out * share

    def counted() -> Any:
        columns = [np.bincount(target, x[source, c], minlength=count) for c in range(WIDTH)]
        return np.stack(columns, axis=1) * share

    return {
        "torch: sparse product": lambda: matrix @ tensor,
        "torch: index_add": scattered,
        "numpy: add.reduceat": reduced,
        "numpy: bincount": counted,
    }
