"""Undirected graphs: the exam's, well-known ones, random ones, and a learner's edge list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
MAX_LINES = 1_000_000
DRAWN = 300
FIGURE_8 = ((0.0, 1.0), (1.0, 0.5), (3.0, 0.5), (0.0, 0.0), (2.0, 0.5))


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected graph without self-loops or double edges.

    Attributes:
        num_nodes: how many. names: one for each.
        edges: shape (e, 2), each edge once, smaller node first, counted from 0.
        notices: sentences about what was dropped or guessed while reading.
        labels: 0, 1 or None (not given) for each node; empty if the text gave none.
        places: where the nodes are drawn, shape (n, 2), if that is known.
    """

    num_nodes: int
    edges: IntArray
    names: tuple[str, ...]
    notices: tuple[str, ...] = ()
    labels: tuple[int | None, ...] = ()
    places: npt.NDArray[np.float64] | None = None

    @cached_property
    def both_ways(self) -> IntArray:
        """Sources and targets of all directed edges, shape (2, 2e), sorted by target."""
        both = np.concatenate([self.edges, self.edges[:, ::-1]]).T
        return both[:, np.lexsort((both[0], both[1]))]

    @cached_property
    def degrees(self) -> IntArray:
        """How many neighbors each node has."""
        return np.bincount(self.edges.ravel(), minlength=self.num_nodes)

    def neighbors(self, node: int) -> tuple[int, ...]:
        """The neighbors of a node, in ascending order."""
        first, last = self._starts[node : node + 2]
        return tuple(self.both_ways[0, first:last].tolist())

    @cached_property
    def _starts(self) -> IntArray:
        return np.concatenate([[0], np.cumsum(self.degrees)])

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
    *,
    labels: tuple[int | None, ...] = (),
    places: npt.ArrayLike | None = None,
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
        doubles = len(pairs) - len(unique)
        said.append(f"{doubles} double edge{'s' if doubles > 1 else ''} dropped")
    named = tuple(names) or tuple(str(i + 1) for i in range(num_nodes))
    drawn = None if places is None else np.array(places, dtype=float)
    return Graph(num_nodes, unique, named, tuple(said), labels, drawn)


def parse_edges(text: str) -> Graph:
    """Read one edge a line: two names parted by space, comma or tab; # starts a comment.

    A line "labels: ann=0 bob=1" gives classes to nodes; every edge counts both ways.

    Raises:
        ValueError: naming the line, the label, or that no edge is left.
    """
    names: dict[str, int] = {}
    known: dict[str, int] = {}
    edges, weights = [], 0
    for number, line in enumerate(text.splitlines(), 1):
        if number > MAX_LINES:
            raise ValueError(f"at most {MAX_LINES:,} lines are read")
        cells = line.split("#")[0].replace(",", " ").split()
        if not cells:
            continue
        if cells[0].lower() == "labels:":
            known |= _labels(number, cells[1:])
            continue
        if len(cells) == 1 or len(cells) > 3:
            raise ValueError(f"line {number}: expected two node names, got {len(cells)}")
        weights += len(cells) == 3
        edges.append([names.setdefault(name[:30], len(names)) for name in cells[:2]])
    unknown = [name for name in known if name not in names]
    if unknown:
        raise ValueError(f"labels: '{unknown[0]}' is not in any edge")
    said = (f"{weights} weight{'s' if weights > 1 else ''} ignored",) if weights else ()
    labels = tuple(known.get(name) for name in names) if known else ()
    found = graph(len(names), edges, tuple(names), said, labels=labels)
    if not len(found.edges):
        dropped = f" ({found.notices[-1]})" if found.notices else ""
        raise ValueError(f"no edges left{dropped}")
    return found


def _labels(number: int, cells: list[str]) -> dict[str, int]:
    known = {}
    for cell in cells:
        name, equals, label = cell.partition("=")
        if not equals or not name:
            raise ValueError(f"line {number}: a label looks like name=1, got '{cell[:30]}'")
        if label not in ("0", "1"):
            raise ValueError(f"labels must be 0 or 1, got {label[:30] or 'nothing'} at node {name}")
        known[name[:30]] = int(label)
    return known


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
    turn = np.pi / 2 - 2 * np.pi * np.arange(num_nodes) / num_nodes
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    pairs = ([i, (i + 1) % num_nodes] for i in range(num_nodes))
    return graph(num_nodes, pairs, places=circle)


def grid(side: int) -> Graph:
    """A square grid."""
    cells = [(i, j) for i in range(side) for j in range(side)]
    right = [[i * side + j, i * side + j + 1] for i, j in cells if j + 1 < side]
    down = [[i * side + j, (i + 1) * side + j] for i, j in cells if i + 1 < side]
    return graph(side * side, right + down, places=[(j, -i) for i, j in cells])


def random_graph(num_nodes: int, num_edges: int, *, rng: np.random.Generator) -> Graph:
    """A uniform random graph; if it has no room for so many edges, it has them all and says so."""
    most = most_edges(num_nodes)
    wanted = min(num_edges, most)
    names = tuple(str(i + 1) for i in range(num_nodes)) if num_nodes <= 10_000 else ()
    full = f"there are only {most:,} pairs of {num_nodes:,} nodes, each is an edge"
    said = (full,) if num_edges > most else ()
    # Drawing doubles again would hunt for the last pairs of a dense graph.
    draw = _dense_pairs if 2 * wanted > most else _sparse_pairs
    return Graph(num_nodes, draw(num_nodes, wanted, rng), names, said)


def most_edges(num_nodes: int) -> int:
    """How many pairs of nodes there are."""
    return num_nodes * (num_nodes - 1) // 2


def _dense_pairs(num_nodes: int, wanted: int, rng: np.random.Generator) -> IntArray:
    chosen = rng.choice(most_edges(num_nodes), size=wanted, replace=False)
    return np.column_stack(np.triu_indices(num_nodes, 1))[np.sort(chosen)]


def _sparse_pairs(num_nodes: int, wanted: int, rng: np.random.Generator) -> IntArray:
    pairs = np.empty((0, 2), dtype=np.int64)
    while len(pairs) < wanted:
        more = rng.integers(num_nodes, size=(int(1.2 * (wanted - len(pairs))) + 8, 2))
        more = np.sort(more[more[:, 0] != more[:, 1]], axis=1)
        keys = np.unique(
            np.concatenate([pairs, more])[:, 0] * num_nodes + np.concatenate([pairs, more])[:, 1]
        )
        pairs = np.stack([keys // num_nodes, keys % num_nodes], axis=1)
    return pairs[np.sort(rng.permutation(len(pairs))[:wanted])]


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
    """Fixed positions in [0, 1], shape (n, 2): the exam's drawing if it fits, else springs.

    Raises:
        ValueError: more than `DRAWN` nodes.
    """
    if found.num_nodes > DRAWN:
        raise ValueError(f"a graph of more than {DRAWN} nodes is not drawn")
    places = found.places if found.places is not None else _springs(found)
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - low) / np.where(high > low, high - low, 1.0)


def _springs(found: Graph) -> npt.NDArray[np.float64]:
    """Neighbors attract, all repel (Fruchterman & Reingold 1991), from a fixed start."""
    n = found.num_nodes
    rounds = 100 if n <= 60 else 45 if n <= 150 else 15
    places = _spectral(found)
    adjacency = found.adjacency()
    ideal = np.sqrt(1 / n)
    for heat in 0.1 * (1 - np.arange(rounds) / rounds):
        away = places[:, None, :] - places[None, :, :]
        squared = np.maximum((away**2).sum(axis=2), 1e-4)
        pull = ideal**2 / squared - adjacency * np.sqrt(squared) / ideal
        moved = (pull[:, :, None] * away).sum(axis=1)
        # A weak pull to the middle keeps separate parts on the picture.
        moved -= 0.6 * (places - places.mean(axis=0))
        length = np.maximum(np.sqrt((moved**2).sum(axis=1, keepdims=True)), 1e-9)
        places = places + moved / length * np.minimum(length, heat)
    return places


def _spectral(found: Graph) -> npt.NDArray[np.float64]:
    """Two smooth eigenvectors of the graph as a start, shaken so that twins part."""
    n = found.num_nodes
    degrees = np.diag(found.degrees.astype(float))
    _, vectors = np.linalg.eigh(degrees - found.adjacency())
    chosen = vectors[:, 1:3] if n > 2 else np.eye(2)[:n]
    size = np.maximum(np.abs(chosen).max(axis=0), 1e-9)
    shaken = np.random.default_rng(3).normal(size=(n, 2))
    return np.asarray(0.5 * chosen / size * np.where(chosen[0] < 0, -1, 1) + 0.05 * shaken)
