"""What edges alone say of a graph: parts, distances, walks, odd cycles, colour refinement."""

import math

import numpy as np
import numpy.typing as npt

from viz.gnn.graphs import Graph


def components(found: Graph) -> int:
    """How many connected parts."""
    part = np.arange(found.num_nodes)
    while True:
        lower = part.copy()
        np.minimum.at(lower, found.edges[:, 0], part[found.edges[:, 1]])
        np.minimum.at(lower, found.edges[:, 1], part[found.edges[:, 0]])
        lower = lower[lower]  # a long path would take as many rounds as it has nodes
        if (lower == part).all():
            return len(np.unique(part))
        part = lower


def distances(found: Graph, node: int) -> npt.NDArray[np.float64]:
    """Steps from a node to every other; infinite where there is no way."""
    away = np.full(found.num_nodes, math.inf)
    away[node], near = 0, {node}
    step = 0
    while near:
        step += 1
        near = {j for i in near for j in found.neighbors(i) if math.isinf(away[j])}
        for j in near:
            away[j] = step
    return away


def walk_ends(found: Graph, node: int, *, num_steps: int) -> tuple[int, ...]:
    """Where walks of exactly so many steps from a node end, in ascending order."""
    ends = {node}
    for _ in range(num_steps):
        ends = {j for i in ends for j in found.neighbors(i)}
    return tuple(sorted(ends))


def has_odd_cycle(found: Graph) -> bool:
    """Whether an edge of a connected graph joins nodes at the same distance from the first one."""
    away = distances(found, 0)[found.edges]
    return bool((away[:, 0] == away[:, 1]).any())


def refine(found: Graph) -> tuple[int, ...]:
    """Colour classes of colour refinement (1-WL), numbered in order of first appearance.

    Nodes of one class end up with equal states under every rule that starts from equal states.
    Source: Xu et al. 2019.
    """
    colors = [0] * found.num_nodes
    around = [found.neighbors(i) for i in range(found.num_nodes)]
    while True:
        seen = [
            (colors[i], tuple(sorted(colors[j] for j in around[i]))) for i in range(found.num_nodes)
        ]
        numbers: dict[object, int] = {}
        fresh = [numbers.setdefault(one, len(numbers)) for one in seen]
        if len(numbers) == len(set(colors)):
            return tuple(fresh)
        colors = fresh
