"""The views that train a graph net and that time a layer on large graphs."""

from typing import Any

from viz.gnn import derivations, graphs, learning_figures, snippets, speed_figures, witnesses
from viz.gnn.further import ScaleSettings, TrainSettings, run_scale, run_train
from viz.gnn.results import Learned
from viz.view import Preset, View


def final_loss(result: Learned) -> float:
    return float(result.run.train_loss[-1])


TRAIN: View[Any, Any] = View(
    key="train",
    label="Training",
    settings=TrainSettings,
    run=run_train,
    film=learning_figures.learning,
    answer=final_loss,
    snippet=lambda s: snippets.train_snippet(run_train(s)),
    derive=derivations.train_lines,
    agree=lambda s: witnesses.train_agree(run_train(s)),
    slow=lambda s: s.graph == "own",
    presets=(
        Preset("Twins", {"states": "constant", "rule": "sum"}, "Nodes 1 and 4 stay equal."),
        Preset(
            "Karate, two labels",
            {"graph": "karate", "rule": "gcn", "states": "one-hot"},
            "Only the two leaders' sides are told.",
        ),
        Preset("Own graph", {"graph": "own"}, "Type your own edges and labels below."),
    ),
    findings=(
        Preset(
            "constant states",
            {"states": "constant"},
            "Averaging equal things keeps them equal: every p goes to 2/3.",
        ),
        Preset(
            "twins",
            {"states": "constant", "rule": "sum"},
            "Nodes 1 and 4 look alike from everywhere, though their labels differ.",
        ),
        Preset(
            "two labels for a club",
            {"graph": "karate", "rule": "gcn", "states": "one-hot"},
            "31 of the 32 others come out right.",
        ),
    ),
    atol=1e-6,
    table=lambda result: {
        "node": list(result.graph.names),
        "label": ["?" if y is None else y for y in result.labels],
        "in training": list(result.train),
        "probability of class 1": [float(p) for p in result.run.predictions[-1]],
    },
)

SCALE: View[Any, Any] = View(
    key="scale",
    label="Scale",
    settings=ScaleSettings,
    run=run_scale,
    film=speed_figures.large_layer,
    answer=lambda result: float(result.num_edges),
    snippet=lambda s: snippets.scale_snippet(
        s.num_nodes, min(s.num_edges, graphs.most_edges(s.num_nodes))
    ),
    derive=derivations.scale_lines,
    agree=lambda s: witnesses.scale_agree(run_scale(s)),
    slow=lambda s: s.num_edges > 20_000 or s.num_nodes > 20_000,
    more=speed_figures.degree_chart,
    findings=(
        Preset(
            "a million edges",
            {"num_nodes": 100_000, "num_edges": 1_000_000},
            "As a sparse product a layer takes some milliseconds.",
        ),
    ),
    table=lambda result: {
        "method": list(result.layers),
        "milliseconds a layer": [1000 * v for v in result.layers.values()],
        "million messages a second": [
            2e-6 * result.num_edges / max(v, 1e-9) for v in result.layers.values()
        ],
    },
)
