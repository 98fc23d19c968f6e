"""Shuffling, the masked loss, depth, training and speed: what a reader may change in each."""

from typing import Any, Literal

import numpy as np

from viz import tables
from viz.gnn import graphs, results, rules, speed, structure, training
from viz.gnn.graphs import Graph
from viz.gnn.inputs import (
    EXAMPLE,
    OWN_HINT,
    SEED,
    GraphSettings,
    exam_graph,
    graph_of,
)
from viz.gnn.results import Depth, Learned, Masked, Shuffle
from viz.gnn.speed import Speed
from viz.settings import BaseSettings, choice, number, own_data, switch, table, text
from viz.view import Progress, quiet

TRAINED = 100
SMOOTHED = 2000


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
        name,
        rule,
        width=settings.width,
        num_neighbors=settings.num_neighbors,
        seed=settings.seed,
        product=settings.product,
    )


class LossSettings(BaseSettings):
    """The masked loss on the exam's graph; one prediction is what the bar moves."""

    held_1: bool = switch(True, key="h1", label="Hold back node 1")
    held_2: bool = switch(False, key="h2", label="Hold back node 2")
    held_3: bool = switch(False, key="h3", label="Hold back node 3")
    held_4: bool = switch(True, key="h4", label="Hold back node 4")
    held_5: bool = switch(False, key="h5", label="Hold back node 5")
    dragged: Literal["a", "b", "c", "d", "e"] = choice("b", key="drag", label="The bar moves")
    predictions: str = table("0.2, 0.8, 0.6, 0.9, 0.3", key="p", label="Predictions a … e")


def run_loss(settings: LossSettings, progress: Progress = quiet) -> Masked:
    del progress
    switches = (settings.held_1, settings.held_2, settings.held_3, settings.held_4, settings.held_5)
    held = [i for i, on in enumerate(switches, 1) if on]
    predictions = tables.read_numbers(settings.predictions, limit=5, what="list of predictions")
    dragged = SEED.prediction_names.index(settings.dragged)
    return results.masked(exam_graph(), predictions, SEED.labels, held, dragged=dragged)


class DepthSettings(GraphSettings):
    """Repeated averaging; the layer is what the bar moves."""

    how: Literal["mean", "gcn"] = choice("mean", key="agg", label="Averaging")
    self_loops: bool = switch(True, key="loops", label="Self-loops", when={"how": ("mean",)})


def run_depth(settings: DepthSettings, progress: Progress = quiet) -> Depth:
    del progress
    found = graph_of(settings)
    if found.num_nodes > SMOOTHED:
        raise ValueError(
            f"smoothing takes at most {SMOOTHED:,} nodes, this graph has {found.num_nodes:,}"
        )
    start: Any = SEED.labels
    if settings.graph != "figure 8":
        start = np.random.default_rng(settings.seed + 1).normal(size=found.num_nodes)
    return results.depth(found, start, how=settings.how, self_loops=settings.self_loops)


class TrainSettings(BaseSettings):
    """A net trained on the labelled nodes; the epoch is what the bar moves."""

    graph: Literal["figure 8", "karate", "own"] = choice("figure 8", key="on", label="Graph")
    rule: Literal["mean", "sum", "gcn"] = choice(
        "mean",
        key="by",
        label="Rule",
        hint="mean: rule (9). sum: rule (9) without dividing. gcn: graph convolutions, a matrix "
        "for each layer.",
    )
    states: Literal["random", "one-hot", "constant"] = choice(
        "random", key="from", label="First states"
    )
    num_layers: int = number(2, key="L2", label="Layers", low=1, high=4)
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)
    own: str = own_data(
        example=EXAMPLE,
        limit=2_000_000,
        when={"graph": ("own",)},
        upload=("txt", "csv"),
        hint=OWN_HINT,
    )


def run_train(settings: TrainSettings, progress: Progress = quiet) -> Learned:
    found, labels, train = _labelled(settings)
    rng = np.random.default_rng(settings.seed)
    width = 4 if found.num_nodes <= 12 else 16
    start = {
        "random": rng.normal(size=(found.num_nodes, width)),
        "one-hot": np.eye(found.num_nodes),
        "constant": np.ones((found.num_nodes, width)),
    }[settings.states]
    run = training.train_nodes(
        found,
        start,
        labels,
        train,
        rule=settings.rule,
        num_layers=settings.num_layers,
        num_epochs=150 if settings.rule == "gcn" else 200,
        decay=5e-4 if settings.rule == "gcn" else 0.0,
        seed=settings.seed,
        progress=progress,
    )
    return Learned(
        found,
        graphs.layout(found),
        labels,
        train,
        start,
        run,
        structure.refine(found),
        settings.states,
        settings.rule,
        settings.num_layers,
        settings.seed,
    )


Labelled = tuple[Graph, tuple[int | None, ...], tuple[bool, ...]]


def _labelled(settings: TrainSettings) -> Labelled:
    """The exam's labels; the club's two sides, of which the leaders are told; or one's own."""
    if settings.graph == "figure 8":
        train = tuple(i + 1 not in SEED.held_back for i in range(SEED.nodes))
        return exam_graph(), SEED.labels, train
    if settings.graph == "karate":
        return graphs.karate(), graphs.karate_sides(), tuple(i in (0, 33) for i in range(34))
    found = graphs.read_graph(settings.own)
    if found.num_nodes > TRAINED:
        raise ValueError(f"training takes at most {TRAINED} nodes, got {found.num_nodes}")
    if not found.labels:
        raise ValueError('training needs labels: add a line such as "labels: ann=0 eve=1"')
    return found, found.labels, tuple(y is not None for y in found.labels)


class ScaleSettings(BaseSettings):
    """One layer on a large random graph."""

    num_nodes: int = number(1000, key="N", label="Nodes", low=1000, high=100_000, log=1)
    num_edges: int = number(10_000, key="E", label="Edges", low=1000, high=1_000_000, log=1)
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)


def run_scale(settings: ScaleSettings, progress: Progress = quiet) -> Speed:
    def make() -> Graph:
        rng = np.random.default_rng(settings.seed)
        return graphs.random_graph(settings.num_nodes, settings.num_edges, rng=rng)

    return speed.timed_layer(make, progress=progress)
