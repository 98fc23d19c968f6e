"""A part of a large graph that is small enough to be drawn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.gnn import graphs
from viz.gnn.graphs import Graph

SIZE = 200


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Some nodes of a graph with the edges between them.

    Attributes:
        nodes: their numbers in the whole graph, from 0; the nearer to the chosen one, the
            later; what is drawn last lies on top.
        graph: they alone, in the same order.
        places: where they are drawn, shape (size, 2).
    """

    nodes: tuple[int, ...]
    graph: Graph
    places: npt.NDArray[np.float64]


def around(found: Graph, node: int, *, size: int = SIZE) -> Sample:
    """The nodes nearest to ``node``, counted from 0; where no way leads, the first of the others.

    A uniform sample of a large graph would have hardly an edge.
    """
    nodes = _nearest(found, node, size)[::-1]
    place = np.full(found.num_nodes, -1)
    place[nodes] = np.arange(len(nodes))
    ends = place[found.edges]
    names = tuple(found.names[i] for i in nodes) if found.names else ()
    part = graphs.graph(len(nodes), ends[(ends >= 0).all(axis=1)], names)
    return Sample(tuple(nodes), part, graphs.layout(part))


def _nearest(found: Graph, node: int, size: int) -> list[int]:
    """Breadth first from ``node``, then from the first node that was not met, and so on."""
    met, nodes = np.zeros(found.num_nodes, dtype=bool), list[int]()
    for start in (node, *range(found.num_nodes)):
        if not met[start]:
            nodes.append(start)
            met[start] = True
        done = len(nodes) - 1
        while done < len(nodes) < size:
            new = [j for j in found.neighbors(nodes[done]) if not met[j]][: size - len(nodes)]
            met[new] = True
            nodes += new
            done += 1
        if len(nodes) >= size:
            break
    return nodes[:size]
