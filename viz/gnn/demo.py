"""The exam's graph, its loss and its rules, and the graphs beyond it."""

from typing import Any, Literal

import numpy as np

from viz import seeds, tables
from viz.draw.film import Film
from viz.gnn import compute, figures, graphs, more_figures, results, rules, texts, training
from viz.gnn.graphs import Graph
from viz.gnn.results import Depth, Layers, Learned, Masked, Shuffle
from viz.gnn.training import Speed
from viz.settings import BaseSettings, choice, number, own_data, switch, table, text
from viz.view import Preset, Progress, View, quiet

EXAMPLE = """# one edge a line: two names
ann bob
bob cara
cara ann
cara dan
dan eve
"""
GraphName = Literal["figure 8", "karate", "ring", "grid", "random", "blocks", "hubs", "own"]
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


class GraphSettings(BaseSettings):
    """Which graph."""

    graph: GraphName = choice("figure 8", key="graph", label="Graph")
    edge_14: bool = switch(
        False,
        key="e14",
        label="Edge 1–4",
        when={"graph": ("figure 8",)},
        hint="The edges among 1, 4 and 5 are not given in the text.",
    )
    edge_15: bool = switch(False, key="e15", label="Edge 1–5", when={"graph": ("figure 8",)})
    edge_45: bool = switch(False, key="e45", label="Edge 4–5", when={"graph": ("figure 8",)})
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
        hint="An edge list (two names a line, by space, comma or tab) or a GraphML document.",
    )


def graph_of(settings: GraphSettings) -> Graph:
    """The graph that the settings describe."""
    rng = np.random.default_rng(settings.seed)
    n = settings.num_nodes
    match settings.graph:
        case "figure 8":
            pairs = [*SEED.edges_known, *(tuple(e) for e in _open_edges(settings))]
            return graphs.graph(SEED.nodes, np.array(pairs) - 1)
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


def _open_edges(settings: GraphSettings) -> list[tuple[int, int]]:
    chosen = (settings.edge_14, settings.edge_15, settings.edge_45)
    return [edge for edge, on in zip(SEED.edges_unknown, chosen, strict=True) if on]


def _choices(settings: GraphSettings) -> tuple[str, ...]:
    if settings.graph != "figure 8":
        return ()
    return tuple(f"{a}–{b}" for a, b in _open_edges(settings))


class NodeSettings(BaseSettings):
    """The chosen node and the weights; these controls come first."""

    node: int = number(2, key="i", label="Node", low=1, high=1000, box=True)
    num_layers: int = number(1, key="L", label="Layers", low=1, high=8)
    first: float = number(2.0, key="W1", label="W₁", low=-3, high=3, step=0.1)
    second: float = number(0.5, key="W2", label="W₂", low=-3, high=3, step=0.1)


class LayerSettings(GraphSettings, NodeSettings):
    """Rule (9), seen from one node."""

    states: str = table("1, 2, 3, 4, 5", key="s", label="States", when={"graph": ("figure 8",)})
    residual: bool = switch(True, key="res", label="Add the old state")


def run_layer(settings: LayerSettings, progress: Progress = quiet) -> Layers:
    del progress
    found = graph_of(settings)
    if settings.graph == "figure 8":
        states = tables.read_numbers(settings.states, limit=5, what="list of states")
        if len(states) != found.num_nodes:
            raise ValueError(f"there are {found.num_nodes} nodes but {len(states)} states")
        if max(map(abs, states)) > 1000:
            raise ValueError("states must lie between -1000 and 1000")
    else:
        states = tuple(np.random.default_rng(settings.seed + 1).normal(size=found.num_nodes))
    return results.layers(
        found,
        states,
        first=settings.first,
        second=settings.second,
        node=min(settings.node, found.num_nodes),
        num_layers=settings.num_layers,
        residual=settings.residual,
        choices=_choices(settings),
    )


class ShuffleSettings(BaseSettings):
    """A rule under all orders; the order is what the bar moves."""

    rule: Literal[
        "mean",
        "max",
        "product, a weight each",
        "product, a matrix each",
        "sum",
        "min",
        "median",
        "deviation",
        "sum, a weight each",
        "first neighbor",
        "RNN over the list",
        "softmax attention",
        "sorted list",
        "list in order",
        "own",
    ] = choice("product, a matrix each", key="rule", label="Rule")
    width: int = number(2, key="d", label="State dimension d", low=1, high=8)
    num_neighbors: int = number(4, key="nb", label="Neighbors n", low=1, high=7)
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)
    formula: str = text(
        "w * tanh(m) / n",
        key="f",
        label="Formula in s, m, w, j, n",
        limit=120,
        when={"rule": ("own",)},
        hint="s: own state, m: the message, w: the weight of its place j, n: how many.",
    )
    product: bool = switch(
        False, key="prod", label="Multiply instead of adding", when={"rule": ("own",)}
    )


def run_shuffle(settings: ShuffleSettings, progress: Progress = quiet) -> Shuffle:
    del progress
    if settings.rule == "own":
        rule = rules.typed_rule(settings.formula, product=settings.product)
        name = settings.formula.strip().replace("{", "(").replace("}", ")")
    else:
        rule, name = rules.RULES[settings.rule], settings.rule
    return results.shuffle(
        name, rule, width=settings.width, num_neighbors=settings.num_neighbors, seed=settings.seed
    )


class LossSettings(BaseSettings):
    """The masked loss on the exam's graph."""

    predictions: str = table("0.2, 0.8, 0.6, 0.9, 0.3", key="p", label="Predictions a … e")
    held_1: bool = switch(True, key="h1", label="Hold back node 1")
    held_2: bool = switch(False, key="h2", label="Hold back node 2")
    held_3: bool = switch(False, key="h3", label="Hold back node 3")
    held_4: bool = switch(True, key="h4", label="Hold back node 4")
    held_5: bool = switch(False, key="h5", label="Hold back node 5")


def run_loss(settings: LossSettings, progress: Progress = quiet) -> Masked:
    del progress
    switches = (settings.held_1, settings.held_2, settings.held_3, settings.held_4, settings.held_5)
    held = [i for i, on in enumerate(switches, 1) if on]
    predictions = tables.read_numbers(settings.predictions, limit=5, what="list of predictions")
    found = graphs.graph(SEED.nodes, np.array(SEED.edges_known) - 1)
    return results.masked(found, predictions, SEED.labels, held)


class DepthSettings(GraphSettings):
    """Repeated averaging; the layer is what the bar moves."""

    how: Literal["mean", "gcn"] = choice("mean", key="agg", label="Averaging")
    self_loops: bool = switch(True, key="loops", label="Self-loops", when={"how": ("mean",)})


def run_depth(settings: DepthSettings, progress: Progress = quiet) -> Depth:
    del progress
    found = graph_of(settings)
    if found.num_nodes > graphs.DRAWN:
        raise ValueError(
            f"smoothing takes at most {graphs.DRAWN} nodes, this graph has {found.num_nodes}"
        )
    start: Any = SEED.labels
    if settings.graph != "figure 8":
        start = np.random.default_rng(settings.seed + 1).normal(size=found.num_nodes)
    return results.depth(found, start, how=settings.how, self_loops=settings.self_loops)


class TrainSettings(BaseSettings):
    """Rule (9) trained on the labelled nodes; the epoch is what the bar moves."""

    train: bool = switch(False, key="train", label="Train", hint="About a second.")
    graph: Literal["figure 8", "karate"] = choice("figure 8", key="on", label="Graph")
    states: Literal["random", "constant"] = choice("random", key="from", label="First states")
    aggregate: Literal["mean", "sum"] = choice("mean", key="by", label="Aggregate")
    num_layers: int = number(2, key="L2", label="Layers", low=1, high=4)
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)


def run_train(settings: TrainSettings, progress: Progress = quiet) -> Learned:
    found, labels, train = _labelled(settings.graph)
    rng = np.random.default_rng(settings.seed)
    width = 4
    start = np.ones((found.num_nodes, width))
    if settings.states == "random":
        width = 4 if settings.graph == "figure 8" else 16
        start = rng.normal(size=(found.num_nodes, width))
    run = training.train_nodes(
        found,
        start,
        labels,
        train,
        aggregate=settings.aggregate,
        num_layers=settings.num_layers,
        width=width,
        num_epochs=200 if settings.train else 0,
        seed=settings.seed,
        progress=progress,
    )
    return Learned(
        found,
        graphs.layout(found),
        labels,
        train,
        run,
        compute.refine(found),
        settings.states == "constant",
        settings.aggregate,
    )


def _labelled(name: str) -> tuple[Graph, tuple[int, ...], tuple[bool, ...]]:
    """The exam's labels, or the club's two sides of which only the leaders are told."""
    if name == "figure 8":
        found = graphs.graph(SEED.nodes, np.array(SEED.edges_known) - 1)
        return found, SEED.labels, tuple(i + 1 not in SEED.held_back for i in range(SEED.nodes))
    return graphs.karate(), graphs.karate_sides(), tuple(i in (0, 33) for i in range(34))


class ScaleSettings(BaseSettings):
    """One layer on a large random graph."""

    num_nodes: int = number(1000, key="N", label="Nodes", low=1000, high=100_000, log=1)
    num_edges: int = number(10_000, key="E", label="Edges", low=1000, high=1_000_000, log=1)
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)


def run_scale(settings: ScaleSettings, progress: Progress = quiet) -> Speed:
    def make() -> Graph:
        rng = np.random.default_rng(settings.seed)
        return graphs.random_graph(settings.num_nodes, settings.num_edges, rng=rng)

    return training.sparse_layer(make, progress=progress)


def more_shuffle(result: Shuffle, *, phone: bool = False) -> tuple[Film, ...]:
    return (more_figures.verdict_board(result, phone=phone),)


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="layer",
        label="Messages",
        settings=LayerSettings,
        run=run_layer,
        film=figures.message_passing,
        answer=lambda result: float(result.history[-1][result.node]),
        snippet=lambda s: texts.layer_snippet(run_layer(s)),
        derive=texts.layer_lines,
        agree=lambda s: texts.layer_agree(run_layer(s)),
        slow=lambda s: s.graph == "own" and len(s.own) > 60_000,
        presets=(
            Preset("Exam 10(c) node 2", {"node": 2}, "Three neighbors: 1, 4 and 5."),
            Preset("Exam 10(c) node 3", {"node": 3}, "One neighbor: 5."),
            Preset("Karate club", {"graph": "karate", "node": 1}, "34 members, 78 friendships."),
            Preset("Own graph", {"graph": "own", "node": 1}, "Type your own edges below."),
        ),
        findings=(
            Preset(
                "three layers, seen from node 3",
                {"node": 3, "num_layers": 3},
                "After 3 layers it has heard of node 1: 3–5–2–1.",
            ),
            Preset("no residual", {"residual": False}, "The node forgets itself."),
            Preset("add edge 1–4", {"edge_14": True}, "Nodes 2 and 3 keep their neighbors."),
        ),
        table=lambda result: {
            "node": list(result.graph.names[:200]),
            **{f"layer {i}": [float(v) for v in s[:200]] for i, s in enumerate(result.history)},
        },
    ),
    View(
        key="shuffle",
        label="Shuffle",
        settings=ShuffleSettings,
        run=run_shuffle,
        film=more_figures.shuffled,
        answer=lambda _: texts.exam_verdicts(),
        snippet=lambda s: texts.shuffle_snippet(run_shuffle(s)),
        derive=texts.shuffle_lines,
        agree=lambda s: texts.shuffle_agree(run_shuffle(s)),
        more=more_shuffle,
        presets=(
            Preset("Exam 10(a) mean", {"rule": "mean"}, "Valid."),
            Preset("Exam 10(a) max", {"rule": "max"}, "Valid."),
            Preset(
                "Exam 10(a) product",
                {"rule": "product, a weight each", "width": 1},
                "For scalars the order does not matter, weights and all.",
            ),
        ),
        findings=(
            Preset(
                "the product trap",
                {"rule": "product, a matrix each", "width": 1},
                "At d = 1 matrices are numbers, and the line is flat; now set d to 2.",
            ),
            Preset("attention", {"rule": "softmax attention"}, "Weights that follow the messages."),
            Preset("your own rule", {"rule": "own"}, "Type a formula and shuffle it."),
        ),
    ),
    View(
        key="loss",
        label="Loss",
        settings=LossSettings,
        run=run_loss,
        film=figures.masked_loss,
        answer=lambda result: result.loss.value,
        snippet=lambda s: texts.loss_snippet(run_loss(s)),
        derive=texts.loss_lines,
        agree=lambda s: texts.loss_agree(run_loss(s)),
        presets=(Preset("Exam 10(b)", {}, "Nodes 1 and 4 are held back."),),
        findings=(
            Preset(
                "move a and d",
                {"predictions": "0.9, 0.8, 0.6, 0.1, 0.3"},
                "Held back: the loss does not move.",
            ),
            Preset("move b", {"predictions": "0.2, 0.4, 0.6, 0.9, 0.3"}, "Now it does."),
            Preset("hold back nobody", {"held_1": False, "held_4": False}, "The mean of all five."),
        ),
    ),
    View(
        key="depth",
        label="Depth",
        settings=DepthSettings,
        run=run_depth,
        film=more_figures.over_smoothing,
        answer=lambda result: result.smoothing.second,
        snippet=lambda s: texts.depth_snippet(run_depth(s)),
        derive=texts.depth_lines,
        agree=lambda s: texts.depth_agree(run_depth(s)),
        slow=lambda s: s.graph == "own" and len(s.own) > 60_000,
        findings=(
            Preset(
                "never settles",
                {"self_loops": False},
                "Without self-loops the averages flip for ever.",
            ),
            Preset(
                "an odd cycle", {"self_loops": False, "edge_14": True}, "It cures the flipping."
            ),
            Preset("karate club", {"graph": "karate"}, "|λ₂| = 0.896."),
        ),
    ),
    View(
        key="train",
        label="Training",
        settings=TrainSettings,
        run=run_train,
        film=more_figures.learning,
        answer=texts.entropy,
        snippet=lambda s: texts.train_snippet(run_train(s)),
        derive=texts.train_lines,
        agree=lambda s: texts.train_agree(run_train(s)),
        slow=lambda s: s.train,
        presets=(
            Preset("Train it", {"train": True}, "200 epochs of Adam."),
            Preset(
                "Karate, two labels",
                {"train": True, "graph": "karate"},
                "Only the two leaders are told.",
            ),
        ),
        findings=(
            Preset(
                "constant states",
                {"train": True, "states": "constant"},
                "With the mean the loss is stuck at the entropy of the labels.",
            ),
            Preset(
                "twins",
                {"train": True, "states": "constant", "aggregate": "sum"},
                "Nodes 1 and 4 stay twins, though their labels differ.",
            ),
            Preset(
                "train it", {"train": True}, "The training loss goes to 0, the held-back one up."
            ),
        ),
        atol=1e-8,
    ),
    View(
        key="scale",
        label="Scale",
        settings=ScaleSettings,
        run=run_scale,
        film=more_figures.large_layer,
        answer=lambda result: float(result.num_edges),
        snippet=lambda s: texts.scale_snippet(s.num_nodes, s.num_edges),
        derive=texts.scale_lines,
        agree=lambda s: texts.scale_agree(run_scale(s)),
        slow=lambda s: s.num_edges > 20_000 or s.num_nodes > 20_000,
        findings=(
            Preset(
                "a million edges",
                {"num_nodes": 100_000, "num_edges": 1_000_000},
                "A layer takes some milliseconds.",
            ),
        ),
    ),
)
