"""The views of graph networks: the exam's graph, its rules and its loss, and what lies beyond."""

from typing import Any

from viz.draw.film import Film
from viz.gnn import (
    depth_figures,
    derivations,
    figures,
    loss_figures,
    shuffle_figures,
    snippets,
    witnesses,
)
from viz.gnn.further import (
    DepthSettings,
    LossSettings,
    ScaleSettings,
    ShuffleSettings,
    TrainSettings,
    run_depth,
    run_loss,
    run_shuffle,
)
from viz.gnn.inputs import SEED, GraphSettings, LayerSettings, run_layer
from viz.gnn.learning_views import SCALE, TRAIN
from viz.gnn.results import Shuffle
from viz.view import Preset, View

__all__ = [
    "SEED",
    "VIEWS",
    "DepthSettings",
    "LayerSettings",
    "LossSettings",
    "ScaleSettings",
    "ShuffleSettings",
    "TrainSettings",
]
LARGE_TEXT = 20_000


def slow_graph(settings: GraphSettings) -> bool:
    """Reading, or laying out more than 80 nodes, takes longer than a drag should wait."""
    if settings.graph == "own":
        return len(settings.own) > LARGE_TEXT
    return settings.graph not in ("figure 8", "karate") and settings.num_nodes > 80


def slow_shuffle(settings: ShuffleSettings) -> bool:
    """Hundreds of orders of long vectors."""
    return settings.num_neighbors >= 6 and settings.width >= 4


def more_shuffle(result: Shuffle, *, phone: bool = False) -> tuple[Film, ...]:
    return (shuffle_figures.verdict_board(result, phone=phone),)


LAYER: View[Any, Any] = View(
    key="layer",
    label="Messages",
    settings=LayerSettings,
    run=run_layer,
    film=figures.message_passing,
    answer=lambda result: [float(v) for v in result.states[-1][result.node]],
    snippet=lambda s: snippets.layer_snippet(run_layer(s)),
    derive=derivations.layer_lines,
    agree=lambda s: witnesses.layer_agree(run_layer(s)),
    slow=slow_graph,
    presets=(
        Preset("Exam 10(c) node 2", {"node": 2}, "Three neighbors: 1, 4 and 5."),
        Preset("Exam 10(c) node 3", {"node": 3}, "One neighbor: 5."),
        Preset(
            "Vectors, d = 2 and k = 3",
            {"width": 2, "hidden": 3},
            "W₁ is 2 × 3 and W₂ is 3 × 2; Derive has the shapes.",
        ),
        Preset("Karate club", {"graph": "karate", "node": 1}, "34 members, 78 friendships."),
        Preset("Own graph", {"graph": "own", "node": 1}, "Type your own edges below."),
    ),
    findings=(
        Preset(
            "three layers, seen from node 3",
            {"node": 3, "num_layers": 3},
            "Only after 3 layers has it heard of nodes 1 and 4: by way of 5 and 2.",
        ),
        Preset(
            "all open edges on",
            {"open_edges": "all"},
            "Nodes 2 and 3 keep their neighbors, so the exam's answers stand.",
        ),
        Preset("no residual", {"residual": False}, "The node forgets what it was."),
    ),
    table=lambda result: {
        "node": list(result.graph.names[:200]),
        **{f"layer {i}": [float(v) for v in s[:200, 0]] for i, s in enumerate(result.states)},
    },
)

SHUFFLE: View[Any, Any] = View(
    key="shuffle",
    label="Shuffle",
    settings=ShuffleSettings,
    run=run_shuffle,
    film=shuffle_figures.shuffled,
    answer=witnesses.shuffle_answer,
    snippet=lambda s: snippets.shuffle_snippet(run_shuffle(s), s.seed),
    derive=derivations.shuffle_lines,
    agree=lambda s: witnesses.shuffle_agree(run_shuffle(s)),
    more=more_shuffle,
    slow=slow_shuffle,
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
        Preset(
            "attention",
            {"rule": "softmax attention"},
            "Its weights follow the messages, not their places: flat.",
        ),
        Preset("your own rule", {"rule": "own"}, "Type a formula and shuffle it."),
    ),
    table=lambda result: {
        "rule": [row[0] for row in result.board],
        "valid": [row[1] for row in result.board],
        f"largest change, n = {result.board_neighbors}": [row[2] for row in result.board],
    },
)

LOSS: View[Any, Any] = View(
    key="loss",
    label="Loss",
    settings=LossSettings,
    run=run_loss,
    film=loss_figures.masked_loss,
    answer=lambda result: result.loss.value,
    snippet=lambda s: snippets.loss_snippet(run_loss(s)),
    derive=derivations.loss_lines,
    agree=lambda s: witnesses.loss_agree(run_loss(s)),
    presets=(
        Preset("Exam 10(b)", {}, "Nodes 1 and 4 are held back."),
        Preset(
            "Hold back nobody",
            {"held_1": False, "held_4": False},
            "The mean of all five terms.",
        ),
    ),
    findings=(
        Preset(
            "drag a",
            {"dragged": "a"},
            "Node 1 is held back: move the bar, and the training loss stays where it is.",
            step=0,
        ),
        Preset(
            "drag b",
            {"dragged": "b"},
            "Node 2 is a training node of class 1: the smaller b, the dearer.",
            step=0,
        ),
        Preset(
            "one class left",
            {"held_5": True},
            "The loss is still defined, but predicting 1 everywhere would bring it to 0.",
        ),
    ),
    table=lambda result: {
        "node": list(result.graph.names),
        "prediction": list(result.predictions),
        "label": list(result.labels),
        "in the loss": list(result.train),
        "its term": [float(v) for v in result.loss.per_node],
        "gradient": [float(v) for v in result.loss.gradient],
    },
)

DEPTH: View[Any, Any] = View(
    key="depth",
    label="Depth",
    settings=DepthSettings,
    run=run_depth,
    film=depth_figures.over_smoothing,
    answer=lambda result: result.smoothing.second,
    snippet=lambda s: snippets.depth_snippet(run_depth(s), s.seed),
    derive=derivations.depth_lines,
    agree=lambda s: witnesses.depth_agree(run_depth(s)),
    slow=slow_graph,
    presets=(
        Preset("Never settles", {"self_loops": False}, "Averages flip between two patterns."),
        Preset("Karate club", {"graph": "karate"}, "34 members, |λ₂| = 0.896."),
        Preset("Own graph", {"graph": "own"}, "Type your own edges below."),
    ),
    findings=(
        Preset(
            "never settles",
            {"self_loops": False},
            "Without self-loops the averages flip for ever.",
        ),
        Preset(
            "an odd cycle",
            {"self_loops": False, "open_edges": "1-4"},
            "Nodes 1, 2 and 4 form a triangle: it cures the flipping.",
        ),
        Preset(
            "a long ring",
            {"graph": "ring", "num_nodes": 60},
            "News travels slowly: |λ₂| is close to 1.",
        ),
    ),
    table=lambda result: {
        "node": list(result.graph.names),
        **{f"layer {i}": list(result.smoothing.states[i]) for i in (0, 1, 2, 10, 64)},
    },
)

VIEWS: tuple[View[Any, Any], ...] = (LAYER, SHUFFLE, LOSS, DEPTH, TRAIN, SCALE)
