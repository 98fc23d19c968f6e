"""Undirected graphs: the exam's, well-known ones, random ones, and a learner's edge list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
MAX_LINES = 1_000_000
DRAWN = 300
FIGURE_8 = ((0.0, 1.0), (1.0, 0.5), (3.0, 0.5), (0.0, 0.0), (2.0, 0.5))


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """An undirected graph without self-loops or double edges.

    Attributes:
        num_nodes: how many. names: one for each.
        edges: shape (e, 2), each edge once, smaller node first, counted from 0.
        notices: sentences about what was dropped or guessed while reading.
    """

    num_nodes: int
    edges: IntArray
    names: tuple[str, ...]
    notices: tuple[str, ...] = ()

    @property
    def both_ways(self) -> IntArray:
        """Sources and targets of all directed edges, shape (2, 2e), sorted by target."""
        both = np.concatenate([self.edges, self.edges[:, ::-1]]).T
        return both[:, np.lexsort((both[0], both[1]))]

    @property
    def degrees(self) -> IntArray:
        """How many neighbors each node has."""
        return np.bincount(self.edges.ravel(), minlength=self.num_nodes)

    def neighbors(self, node: int) -> tuple[int, ...]:
        """The neighbors of a node, in ascending order."""
        source, target = self.both_ways
        return tuple(int(i) for i in source[target == node])

    def adjacency(self) -> npt.NDArray[np.float64]:
        """The dense adjacency matrix."""
        matrix = np.zeros((self.num_nodes, self.num_nodes))
        matrix[self.edges[:, 0], self.edges[:, 1]] = 1
        return matrix + matrix.T


def graph(
    num_nodes: int,
    edges: Iterable[Sequence[int]],
    names: Sequence[str] = (),
    notices: tuple[str, ...] = (),
) -> Graph:
    """Clean a list of edges: drop self-loops and doubles, with a notice that counts them."""
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    loops = int((pairs[:, 0] == pairs[:, 1]).sum())
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    unique = np.unique(pairs, axis=0)
    said = list(notices)
    if loops:
        said.append(f"{loops} self-loop{'s' if loops > 1 else ''} dropped")
    if len(unique) < len(pairs):
        said.append(f"{len(pairs) - len(unique)} double edges dropped")
    labels = tuple(names) or tuple(str(i + 1) for i in range(num_nodes))
    return Graph(num_nodes, unique, labels, tuple(said))


def parse_edges(text: str) -> Graph:
    """Read one edge a line: two names parted by space, comma or tab; # starts a comment.

    Raises:
        ValueError: naming the line, or that no edge is left.
    """
    names: dict[str, int] = {}
    edges, weights = [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if number > MAX_LINES:
            raise ValueError(f"at most {MAX_LINES:,} lines are read")
        cells = line.split("#")[0].replace(",", " ").split()
        if not cells:
            continue
        if len(cells) == 1 or len(cells) > 3:
            raise ValueError(f"line {number}: expected two node names, got {len(cells)}")
        weights += len(cells) == 3
        edges.append([names.setdefault(name[:30], len(names)) for name in cells[:2]])
    notices = (f"{weights} weights ignored",) if weights else ()
    found = graph(len(names), edges, tuple(names), notices)
    if not len(found.edges):
        dropped = f" ({found.notices[-1]})" if found.notices else ""
        raise ValueError(f"no edges left{dropped}")
    return found


def parse_graphml(text: str) -> Graph:
    """Read a GraphML document; directions and attributes are ignored.

    Raises:
        ValueError: it is not GraphML, or no edge is left.
    """
    import xml.etree.ElementTree as ElementTree

    import networkx as nx

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a GraphML document must not define entities")
    try:
        read = nx.parse_graphml(text)
    except (ElementTree.ParseError, nx.NetworkXError, KeyError, ValueError):
        raise ValueError("this is not a GraphML document that can be read") from None
    names = {str(node): i for i, node in enumerate(read.nodes)}
    edges = [[names[str(a)], names[str(b)]] for a, b in read.edges()]
    found = graph(len(names), edges, tuple(name[:30] for name in names))
    if not len(found.edges):
        raise ValueError("no edges left")
    return found


def read_graph(text: str) -> Graph:
    """An edge list or a GraphML document, whichever it is."""
    return parse_graphml(text) if text.lstrip().startswith("<") else parse_edges(text)


def karate() -> Graph:
    """Zachary's karate club, unweighted: 34 members, 78 friendships."""
    import networkx as nx

    club = nx.karate_club_graph()
    return graph(34, club.edges(), tuple(str(i + 1) for i in range(34)))


def karate_sides() -> tuple[int, ...]:
    """Which side each member took when the club split: 0 with the teacher, 1 with the officer."""
    import networkx as nx

    club = nx.karate_club_graph()
    return tuple(int(club.nodes[i]["club"] == "Officer") for i in range(34))


def ring(num_nodes: int) -> Graph:
    """A cycle."""
    return graph(num_nodes, ([i, (i + 1) % num_nodes] for i in range(num_nodes)))


def grid(side: int) -> Graph:
    """A square grid."""
    cells = [(i, j) for i in range(side) for j in range(side)]
    right = [[i * side + j, i * side + j + 1] for i, j in cells if j + 1 < side]
    down = [[i * side + j, (i + 1) * side + j] for i, j in cells if i + 1 < side]
    return graph(side * side, right + down)


def random_graph(num_nodes: int, num_edges: int, *, rng: np.random.Generator) -> Graph:
    """A uniform random graph with about this many edges (doubles are drawn again)."""
    most = num_nodes * (num_nodes - 1) // 2
    wanted = min(num_edges, most)
    pairs = np.empty((0, 2), dtype=np.int64)
    while len(pairs) < wanted:
        more = rng.integers(num_nodes, size=(int(1.2 * (wanted - len(pairs))) + 8, 2))
        more = np.sort(more[more[:, 0] != more[:, 1]], axis=1)
        keys = np.unique(
            np.concatenate([pairs, more])[:, 0] * num_nodes + np.concatenate([pairs, more])[:, 1]
        )
        pairs = np.stack([keys // num_nodes, keys % num_nodes], axis=1)
    chosen = rng.permutation(len(pairs))[:wanted]
    names = tuple(str(i + 1) for i in range(num_nodes)) if num_nodes <= 10_000 else ()
    return Graph(num_nodes, pairs[np.sort(chosen)], names)


def two_blocks(num_nodes: int, *, rng: np.random.Generator) -> Graph:
    """Two groups that are dense inside and sparse between."""
    half = num_nodes // 2
    side = np.arange(num_nodes) < half
    upper = np.triu(rng.random((num_nodes, num_nodes)), 1)
    same = side[:, None] == side[None, :]
    inside, between = min(0.9, 8 / num_nodes), min(0.2, 0.8 / num_nodes)
    linked = np.triu(upper > 1 - np.where(same, inside, between), 1)
    return graph(num_nodes, np.argwhere(linked))


def preferential(num_nodes: int, *, rng: np.random.Generator) -> Graph:
    """Each new node links to two old ones, likelier to those with many links."""
    ends, edges = [0, 1], [[0, 1]]
    for node in range(2, num_nodes):
        chosen = {int(ends[rng.integers(len(ends))]) for _ in range(2)}
        for other in chosen:
            edges.append([node, other])
            ends += [node, other]
    return graph(num_nodes, edges)


def layout(found: Graph) -> npt.NDArray[np.float64]:
    """Fixed positions, shape (n, 2), in [0, 1]: the exam's drawing, rings and grids by rule."""
    import networkx as nx

    if found.num_nodes > DRAWN:
        raise ValueError(f"a graph of more than {DRAWN} nodes is not drawn")
    if found.num_nodes == 5:
        places = np.array(FIGURE_8)
    else:
        made = nx.Graph()
        made.add_nodes_from(range(found.num_nodes))
        made.add_edges_from(found.edges.tolist())
        placed = nx.spring_layout(made, seed=3, iterations=60)
        places = np.array([placed[i] for i in range(found.num_nodes)])
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - low) / np.where(high > low, high - low, 1.0)
