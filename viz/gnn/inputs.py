"""The exam's numbers, the graphs to choose from, and rule (9) on them."""

from typing import Literal

import numpy as np

from viz import seeds, tables
from viz.gnn import graphs, results
from viz.gnn.graphs import Graph
from viz.gnn.results import Layers
from viz.settings import BaseSettings, choice, number, own_data, switch, table
from viz.view import Progress, quiet

EXAMPLE = """# one edge a line: two names
ann bob
bob cara
cara ann
cara dan
dan eve
labels: ann=0 eve=1
"""
OWN_HINT = (
    'An edge list (two names a line, by space, comma or tab; a line "labels: ann=0 eve=1" for '
    "training) or a GraphML document. At most 2 000 000 characters."
)
GraphName = Literal["figure 8", "karate", "ring", "grid", "random", "blocks", "hubs", "own"]
OpenEdges = Literal["none", "1-4", "1-5", "4-5", "1-4, 1-5", "1-4, 4-5", "1-5, 4-5", "all"]
DRAWN = ("random", "blocks", "hubs", "ring", "grid")


class RuleKey(seeds.SeedModel):
    """What the solution says of a rule."""

    verdict: str
    also_accepted: str = ""


class Exam(seeds.SeedModel):
    """The whole seed file."""

    nodes: int
    edges_known: tuple[tuple[int, int], ...]
    edges_unknown: tuple[tuple[int, int], ...]
    labels: tuple[int, ...]
    prediction_names: tuple[str, ...]
    held_back: tuple[int, ...]
    patterns: tuple[str, ...]
    shape_w1: tuple[str, ...]
    rules: dict[str, RuleKey]
    neighbors: dict[str, tuple[int, ...]]


SEED = seeds.load("gnn", Exam)


class NodeSettings(BaseSettings):
    """The chosen node and the weights; these controls come first."""

    node: int = number(2, key="i", label="Node", low=1, high=1000, box=True)
    num_layers: int = number(1, key="L", label="Layers", low=1, high=8)
    first: float = number(2.0, key="W1", label="W₁", low=-3, high=3, step=0.1)
    second: float = number(0.5, key="W2", label="W₂", low=-3, high=3, step=0.1)


class GraphSettings(BaseSettings):
    """Which graph."""

    open_edges: OpenEdges = choice(
        "none",
        key="open",
        label="Open edges",
        when={"graph": ("figure 8",)},
        hint="The exam's text settles who the neighbors of nodes 2 and 3 are. Whether 1, 4 and 5 "
        "are joined among themselves it does not say: choose.",
    )
    graph: GraphName = choice("figure 8", key="graph", label="Graph")
    num_nodes: int = number(30, key="n", label="Nodes", low=3, high=300, when={"graph": DRAWN})
    num_edges: int = number(
        60, key="m", label="Edges", low=1, high=2000, box=True, when={"graph": ("random",)}
    )
    seed: int = number(
        0,
        key="seed",
        label="Seed",
        low=0,
        high=999,
        box=True,
        when={"graph": ("karate", "ring", "grid", "random", "blocks", "hubs", "own")},
    )
    own: str = own_data(
        example=EXAMPLE,
        limit=2_000_000,
        when={"graph": ("own",)},
        upload=("txt", "csv", "graphml"),
        hint=OWN_HINT,
    )


def exam_graph(open_edges: OpenEdges = "none") -> Graph:
    """Figure 8 as far as the text settles it, with some of the open edges."""
    pairs = [*SEED.edges_known, *chosen_edges(open_edges)]
    return graphs.graph(SEED.nodes, np.array(pairs) - 1, places=graphs.FIGURE_8)


def chosen_edges(open_edges: OpenEdges) -> list[tuple[int, int]]:
    """The open edges that are switched on, as pairs of nodes from 1."""
    if open_edges == "all":
        return list(SEED.edges_unknown)
    asked = open_edges.split(", ")
    return [(a, b) for a, b in SEED.edges_unknown if f"{a}-{b}" in asked]


def graph_of(settings: GraphSettings) -> Graph:
    """The graph that the settings describe."""
    rng = np.random.default_rng(settings.seed)
    n = settings.num_nodes
    match settings.graph:
        case "figure 8":
            return exam_graph(settings.open_edges)
        case "karate":
            return graphs.karate()
        case "ring":
            return graphs.ring(n)
        case "grid":
            return graphs.grid(max(2, round(n**0.5)))
        case "random":
            return graphs.random_graph(n, settings.num_edges, rng=rng)
        case "blocks":
            return graphs.two_blocks(n, rng=rng)
        case "hubs":
            return graphs.preferential(n, rng=rng)
    return graphs.read_graph(settings.own)


class LayerSettings(GraphSettings, NodeSettings):
    """Rule (9), seen from one node."""

    states: str = table("1, 2, 3, 4, 5", key="s", label="States", when={"graph": ("figure 8",)})
    width: int = number(
        1,
        key="dim",
        label="Numbers in a state d",
        low=1,
        high=8,
        hint="With more than one number, W₁ is d × k and W₂ is k × d: drawn at random, times the "
        "W₁ and W₂ of the controls.",
    )
    hidden: int = number(1, key="k", label="Rows of W₂ k", low=1, high=8)
    residual: bool = switch(True, key="res", label="Add the old state")


def run_layer(settings: LayerSettings, progress: Progress = quiet) -> Layers:
    progress(0.1, "reading the graph")
    found = graph_of(settings)
    d, k = settings.width, settings.hidden
    rng = np.random.default_rng([settings.seed, 1])
    states = rng.normal(size=(found.num_nodes, d))
    exam = settings.graph == "figure 8"
    if exam:
        states[:, 0] = _typed_states(settings.states, found.num_nodes)
    first, second = np.full((1, 1), settings.first), np.full((1, 1), settings.second)
    if d > 1 or k > 1:
        first = settings.first * rng.normal(size=(d, k)) / np.sqrt(k)
        second = settings.second * rng.normal(size=(k, d)) / np.sqrt(d)
    node = min(settings.node, found.num_nodes)
    notices = list(found.notices)
    if node != settings.node:
        notices.append(f"there is no node {settings.node}, the last one is shown")
    on = chosen_edges(settings.open_edges) if exam else []
    off = [edge for edge in SEED.edges_unknown if edge not in on] if exam else []
    return results.layers(
        found,
        states,
        first=first,
        second=second,
        node=node,
        num_layers=settings.num_layers,
        residual=settings.residual,
        held_back=tuple(i - 1 for i in SEED.held_back) if exam else (),
        open_on=tuple((a - 1, b - 1) for a, b in on),
        open_off=tuple((a - 1, b - 1) for a, b in off),
        notices=tuple(notices),
    )


def _typed_states(typed: str, count: int) -> tuple[float, ...]:
    states = tables.read_numbers(typed, limit=count, what="list of states")
    if len(states) != count:
        raise ValueError(f"there are {count} nodes but {len(states)} states")
    if max(map(abs, states)) > 1000:
        raise ValueError("states must lie between −1000 and 1000")
    return states
