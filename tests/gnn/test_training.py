"""Training by hand-written gradients against torch, and what it can and cannot learn."""

import re

import numpy as np
import pytest
import torch

from viz.gnn import compute, graphs, inputs, speed, training
from viz.gnn.demo import SEED, TrainSettings
from viz.gnn.further import run_train

FIG = inputs.exam_graph()
TRAIN = [i + 1 not in SEED.held_back for i in range(5)]


def train(start, rule="mean", **options):
    return training.train_nodes(FIG, start, SEED.labels, TRAIN, rule=rule, **options)


@pytest.mark.parametrize(("rule", "num_layers"), [("mean", 2), ("sum", 3), ("gcn", 2), ("gcn", 3)])
def test_gradients_equal_torch(rule, num_layers):
    start = np.random.default_rng(1).normal(size=(5, 3))
    averaging = compute.operator(FIG, how=rule, self_loops=False)
    weights = training.first_weights(rule, width=3, hidden=4, num_layers=num_layers, seed=2)
    target = np.random.default_rng(3).normal(size=5)
    _, ours = training.scores_and_gradient(
        weights, start, averaging, lambda s: 2 * (s - target), rule=rule, num_layers=num_layers
    )
    tensors = [torch.from_numpy(w.copy()).requires_grad_() for w in weights]
    s, p = torch.from_numpy(start), torch.from_numpy(averaging)
    if rule == "gcn":
        *matrices, bias = tensors
        for matrix in matrices[:-1]:
            s = torch.tanh(p @ s @ matrix)
        scores = (p @ s @ matrices[-1])[:, 0] + bias
    else:
        for _ in range(num_layers):
            s = s + p @ torch.tanh(s @ tensors[1].T) @ tensors[0].T
        scores = s @ tensors[2] + tensors[3]
    theirs = torch.autograd.grad(((scores - torch.from_numpy(target)) ** 2).sum(), tensors)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other.numpy(), atol=1e-10)


@pytest.mark.parametrize("seed", range(3))
def test_the_training_loss_vanishes_and_the_held_back_loss_rises(seed):
    for start in (np.random.default_rng(seed).normal(size=(5, 4)), np.eye(5)):
        found = train(start, seed=seed)
        assert found.train_loss[-1] < 1e-4
        assert found.held_loss[-1] > 3


def test_equal_states_stay_equal_under_the_mean():
    found = train(np.ones((5, 4)))
    np.testing.assert_allclose(found.predictions[-1], 2 / 3, atol=1e-4)
    assert found.train_loss[-1] == pytest.approx(0.6365141683, abs=1e-8)


def test_twins_cannot_be_parted_by_the_sum():
    found = train(np.ones((5, 4)), rule="sum")
    assert found.train_loss[-1] < 0.01
    np.testing.assert_allclose(found.predictions[:, 0], found.predictions[:, 3], rtol=1e-12)
    assert found.held_loss.min() >= np.log(2) - 1e-12


@pytest.mark.parametrize("seed", range(6))
def test_two_leaders_teach_the_club(seed):
    settings = TrainSettings(graph="karate", rule="gcn", states="one-hot", seed=seed)
    assert run_train(settings).held_right == (31, 32)
    shallow = settings.model_copy(update={"num_layers": 1})
    assert run_train(shallow).held_right[0] in (30, 31)


def test_unlabelled_nodes_are_not_scored():
    result = run_train(TrainSettings(graph="own"))
    assert result.labels == (0, None, None, None, 1)
    assert result.train == (True, False, False, False, True)
    assert result.run.held_loss is None


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (TrainSettings(graph="own", own="a b\nb c"), "training needs labels"),
        (
            TrainSettings(graph="own", own="\n".join(f"a n{i}" for i in range(101))),
            "training takes at most 100 nodes, got 102",
        ),
    ],
)
def test_bad_own_data_get_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        run_train(settings)


def test_four_ways_give_one_layer():
    found = speed.timed_layer(
        lambda: graphs.random_graph(2000, 10_000, rng=np.random.default_rng(0)), repeats=1
    )
    assert found.num_edges == 10_000
    assert len(found.layers) == 4
    assert found.error < 1e-5


def test_isolated_nodes_get_zero_in_all_four_ways():
    found = speed.timed_layer(lambda: graphs.graph(6, [[0, 1], [3, 4]]), repeats=1)
    assert found.error < 1e-6
