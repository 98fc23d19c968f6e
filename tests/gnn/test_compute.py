"""Message passing against loops, dense matrices, torch, eigenvalues and the exam's answers."""

import re
import tomllib
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.gnn import compute, graphs, rules, structure

SEED = tomllib.loads((Path(__file__).parents[2] / "seeds/gnn.toml").read_text())
FIG = graphs.graph(5, np.array(SEED["edges_known"]) - 1)
LABELS = np.array(SEED["labels"])
PREDICTIONS = np.array([0.2, 0.8, 0.6, 0.9, 0.3])
TRAIN = np.array([i + 1 not in SEED["held_back"] for i in range(5)])


@pytest.mark.parametrize("open_edges", [[], [0], [1], [2], [0, 1, 2]])
def test_the_exams_neighbors_do_not_depend_on_the_open_edges(open_edges):
    extra = [SEED["edges_unknown"][i] for i in open_edges]
    found = graphs.graph(5, np.array(SEED["edges_known"] + extra) - 1)
    for node, expected in SEED["neighbors"].items():
        assert [i + 1 for i in found.neighbors(int(node) - 1)] == expected


def test_rule_nine_on_scalars():
    history = compute.update([1, 2, 3, 4, 5], FIG, 2, 0.5, num_layers=5)
    np.testing.assert_allclose(
        history[1, :, 0], [2.52318831, 3.60850602, 4.97322860, 5.52318831, 6.66674241], rtol=1e-8
    )
    np.testing.assert_allclose(
        history[5, :, 0],
        [10.39889010, 11.48290191, 12.96729453, 13.39889010, 14.58867640],
        rtol=1e-8,
    )
    third = 3 + 2 * np.tanh(0.5 * 5)
    second = 2 + 2 / 3 * (np.tanh(0.5) + np.tanh(2.0) + np.tanh(2.5))
    assert history[1, 2, 0] == pytest.approx(third)
    assert history[1, 1, 0] == pytest.approx(second)


STATES = np.array([(1, 0), (0, 1), (1, 1), (-1, 2), (0.5, -0.5)])
W2 = np.array([[1, -1], [0.5, 0.5], [0, 2]])
W1 = np.array([[1, 0, -1], [0.5, 0.5, 0]])


def test_rule_nine_on_vectors():
    out = compute.update(STATES, FIG, W1, W2)[1]
    expected = [
        (-0.72562174, -0.14973850),
        (0.09679947, 1.24206131),
        (2.52318831, 1.38079708),
        (-2.72562174, 1.85026150),
        (-0.84482466, -0.38447071),
    ]
    np.testing.assert_allclose(out, expected, atol=1e-8)
    for node in range(5):
        around = FIG.neighbors(node)
        by_hand = STATES[node] + W1 @ sum(np.tanh(W2 @ STATES[j]) for j in around) / len(around)
        np.testing.assert_allclose(out[node], by_hand)


def test_the_masked_loss():
    loss = compute.binary_cross_entropy(PREDICTIONS, LABELS, TRAIN)
    b, c, e = PREDICTIONS[[1, 2, 4]]
    assert loss.value == pytest.approx(0.3635480397)
    assert loss.value == pytest.approx(-np.log(b * c * (1 - e)) / 3)
    np.testing.assert_allclose(
        loss.gradient, [0, -0.4166666667, -0.5555555556, 0, 0.4761904762], rtol=1e-9
    )
    assert loss.gradient[[0, 3]].tolist() == [0.0, 0.0]
    assert compute.binary_cross_entropy(PREDICTIONS, LABELS, ~TRAIN).value == pytest.approx(
        0.1642520335
    )
    assert compute.binary_cross_entropy(PREDICTIONS, LABELS).value == pytest.approx(0.2838296372)
    tensor = torch.from_numpy(PREDICTIONS).requires_grad_()
    mask = torch.from_numpy(TRAIN)
    theirs = torch.nn.functional.binary_cross_entropy(
        tensor[mask], torch.from_numpy(LABELS[TRAIN].astype(float))
    )
    theirs.backward()
    assert theirs.item() == pytest.approx(loss.value)
    np.testing.assert_allclose(tensor.grad.numpy(), loss.gradient)


def test_certain_and_wrong_is_infinite_but_never_nan():
    loss = compute.binary_cross_entropy([0, 0, 1], [0, 1, 1])
    assert loss.infinite
    assert loss.drawn == pytest.approx(27.631 / 3, abs=1e-3)
    assert loss.gradient.tolist() == pytest.approx([1 / 3, -np.inf, -1 / 3])


def test_the_exams_rules_on_numbers():
    state, inbox = np.array([3.0]), np.array([[1.0], [2.0], [4.0]])
    weights = rules.Weights(0.5, 2.0, np.array([0.5, 2, -1]), np.ones((3, 1, 1)), np.ones((1, 1)))
    assert rules.RULES["mean"](state, inbox, weights)[0] == pytest.approx(6.1666666667)
    assert rules.RULES["max"](state, inbox, weights)[0] == 8
    for order in ([0, 1, 2], [2, 0, 1]):
        assert rules.RULES["product, a weight each"](state, inbox[order], weights)[0] == -24


def test_matrices_make_the_product_depend_on_the_order():
    matrices = np.array([[[1, 1], [0, 1]], [[2, 0], [1, 1]]], dtype=float)
    weights = rules.Weights(1, 1, np.ones(2), matrices, np.eye(2))
    inbox = np.array([[1.0, 2], [3, 1]])
    product = rules.RULES["product, a matrix each"]
    np.testing.assert_allclose(product(np.ones(2), inbox, weights), (18, 8))
    np.testing.assert_allclose(product(np.ones(2), inbox[::-1], weights), (8, 3))


INVALID = {
    "product, a matrix each",
    "sum, a weight each",
    "first neighbor",
    "RNN over the list",
    "list in order",
}


@pytest.mark.parametrize("name", rules.RULES)
def test_verdicts_are_stable(name):
    for seed in range(100):
        width, count = ((2, 2), (3, 3), (8, 2), (2, 4), (5, 3))[seed % 5]
        found = rules.permutation_test(
            rules.RULES[name],
            width=width,
            num_neighbors=count,
            rng=np.random.default_rng(seed),
        )
        assert found.valid == (name not in INVALID)
        assert found.spread < 6e-14 or found.spread > 5e-3


def test_verdicts_with_all_720_orders():
    for name in rules.RULES:
        found = rules.permutation_test(
            rules.RULES[name], width=2, num_neighbors=6, rng=np.random.default_rng(3)
        )
        assert len(found.orders) == 720
        assert found.valid == (name not in INVALID)


def test_scalars_commute_and_one_neighbor_has_one_order():
    options = {"rng": np.random.default_rng(0)}
    product = rules.RULES["product, a matrix each"]
    assert rules.permutation_test(product, width=1, num_neighbors=4, **options).valid
    for rule in rules.RULES.values():
        assert rules.permutation_test(rule, width=3, num_neighbors=1, **options).valid


@pytest.mark.parametrize(
    ("text", "product", "valid"),
    [
        ("m/n", False, True),
        ("w*m", False, False),
        ("w*m", True, True),
        ("j*m", False, False),
        ("tanh(s + m)", False, True),
        ("exp(m) + s/n", False, True),
    ],
)
def test_typed_rules(text, product, valid):
    rule = rules.typed_rule(text, product=product)
    found = rules.permutation_test(rule, width=2, num_neighbors=4, rng=np.random.default_rng(1))
    assert found.valid == valid
    if not valid:
        order = list(found.orders[found.witness])
        assert order != sorted(order)


def dense(found, how, self_loops):
    a = found.adjacency() + (np.eye(found.num_nodes) if self_loops or how == "gcn" else 0)
    degree = a.sum(axis=1)
    if how == "mean":
        return a / np.where(degree > 0, degree, 1)[:, None]
    if how == "gcn":
        return a / np.sqrt(np.outer(degree, degree))
    return a


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9999), st.integers(2, 30), st.sampled_from(["mean", "sum", "gcn"]))
def test_aggregation_is_a_matrix_product_and_follows_relabelling(seed, count, how):
    rng = np.random.default_rng(seed)
    found = graphs.random_graph(count, int(rng.integers(1, 3 * count)), rng=rng)
    x = rng.normal(size=(count, 3))
    out = compute.aggregate(x, found, how=how)
    np.testing.assert_allclose(out, dense(found, how, False) @ x, atol=1e-12)
    order = rng.permutation(count)
    place = np.argsort(order)
    moved = graphs.graph(count, place[found.edges])
    np.testing.assert_allclose(compute.aggregate(x[order], moved, how=how), out[order], atol=1e-12)
    first = compute.update(x, found, np.eye(3), np.eye(3), num_layers=4)[-1]
    second = compute.update(x[order], moved, np.eye(3), np.eye(3), num_layers=4)[-1]
    np.testing.assert_allclose(second, first[order], atol=1e-12)


@pytest.mark.parametrize("how", ["mean", "sum", "max", "gcn"])
def test_the_whole_graph_is_equivariant_layer_after_layer(how):
    rng = np.random.default_rng(7)
    found = graphs.random_graph(50, 90, rng=rng)
    order = rng.permutation(50)
    moved = graphs.graph(50, np.argsort(order)[found.edges])
    one = other = rng.normal(size=(50, 3))
    other = other[order]
    for _ in range(8):
        one = compute.aggregate(np.tanh(one), found, how=how)
        other = compute.aggregate(np.tanh(other), moved, how=how)
    np.testing.assert_allclose(other, one[order], atol=1e-12)


def test_max_by_a_loop():
    x = np.random.default_rng(0).normal(size=(5, 2))
    out = compute.aggregate(x, FIG, how="max")
    for node in range(5):
        np.testing.assert_allclose(out[node], x[list(FIG.neighbors(node))].max(axis=0))


def test_an_isolated_node_keeps_its_state():
    found = graphs.graph(3, [[0, 1]])
    assert compute.update([1.0, 2, 3], found, 2, 0.5)[1, 2, 0] == 3


def test_one_layer_hears_one_hop():
    base = compute.update(STATES, FIG, W1, W2, num_layers=3)
    for node in range(5):
        away = structure.distances(FIG, node)
        moved = STATES.copy()
        moved[node] += 0.7
        other = compute.update(moved, FIG, W1, W2, num_layers=3)
        for layer in range(4):
            same = (other[layer] == base[layer]).all(axis=1)
            assert same[away > layer].all()
    assert structure.distances(FIG, 2)[0] == 3


def test_smoothing_on_the_exams_graph():
    found = compute.smoothing(FIG, LABELS, num_layers=60)
    np.testing.assert_allclose(found.states[[1, 2, 10], 0], [0.5, 0.5, 0.61858464], atol=1e-8)
    assert found.limit == pytest.approx(0.6153846154)
    assert found.second == pytest.approx(0.76550302, abs=1e-8)
    np.testing.assert_allclose(found.states[-1], found.limit, atol=1e-6)
    rate = (found.energy[40:60] / found.energy[39:59]) ** 0.5
    np.testing.assert_allclose(rate, found.second, atol=1e-6)
    values = np.sort(np.linalg.eigvals(compute.operator(FIG, how="mean", self_loops=True)).real)
    np.testing.assert_allclose(
        values[::-1], [1, 0.76550302, 0.5, 0.09736056, -0.27953024], atol=1e-8
    )


def test_without_self_loops_a_tree_never_settles():
    found = compute.smoothing(FIG, LABELS, num_layers=41, self_loops=False)
    np.testing.assert_allclose(found.states[40], [0.25, 1, 1, 0.25, 0.25], atol=1e-4)
    np.testing.assert_allclose(found.states[41], [1, 0.25, 0.25, 1, 1], atol=1e-4)
    odd = graphs.graph(5, [*FIG.edges.tolist(), [0, 3]])
    cured = compute.smoothing(odd, LABELS, num_layers=200, self_loops=False)
    assert cured.energy[-1] < 1e-6


def test_the_karate_club():
    club = graphs.karate()
    assert (club.num_nodes, len(club.edges)) == (34, 78)
    x = np.arange(34.0)
    for loops, second in ((True, 0.896142), (False, 0.867728)):
        found = compute.smoothing(club, x, num_layers=2, self_loops=loops)
        assert found.second == pytest.approx(second, abs=1e-6)


CLASSES = {
    (): [[1, 4], [2], [3], [5]],
    (0,): [[1, 4], [2], [3], [5]],
    (1,): [[1], [2, 5], [3, 4]],
    (2,): [[1, 3], [2, 5], [4]],
    (0, 1): [[1, 2], [3], [4], [5]],
    (0, 2): [[1], [2, 4], [3], [5]],
    (1, 2): [[1, 4], [2], [3], [5]],
    (0, 1, 2): [[1, 2, 4], [3], [5]],
}


@pytest.mark.parametrize("chosen", CLASSES)
def test_colour_classes(chosen):
    extra = [SEED["edges_unknown"][i] for i in chosen]
    found = graphs.graph(5, np.array(SEED["edges_known"] + extra) - 1)
    colors = structure.refine(found)
    groups = {}
    for node, color in enumerate(colors, 1):
        groups.setdefault(color, []).append(node)
    assert sorted(groups.values()) == sorted(CLASSES[chosen])
    states = compute.update(np.ones((5, 2)), found, W1, W2, num_layers=4)[-1]
    for group in groups.values():
        same = np.broadcast_to(states[group[0] - 1], (len(group), 2))
        np.testing.assert_allclose(states[[g - 1 for g in group]], same)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 60), st.integers(1, 200), st.integers(0, 99))
def test_random_graphs_have_the_size_asked_for(count, edges, seed):
    found = graphs.random_graph(count, edges, rng=np.random.default_rng(seed))
    assert len(found.edges) == min(edges, count * (count - 1) // 2)
    assert (found.edges[:, 0] < found.edges[:, 1]).all()


@pytest.mark.parametrize(("count", "edges"), [(1000, 1_000_000), (1000, 499_499), (1000, 300_000)])
def test_a_dense_random_graph_is_drawn_at_once_and_says_if_it_is_full(count, edges):
    found = graphs.random_graph(count, edges, rng=np.random.default_rng(0))
    assert len(found.edges) == len(np.unique(found.edges, axis=0)) == min(edges, 499_500)
    full = "there are only 499,500 pairs of 1,000 nodes, each is an edge"
    assert found.notices == ((full,) if edges > 499_500 else ())


def test_a_prediction_that_is_nearly_certain_and_wrong_costs_its_logarithm():
    loss = compute.binary_cross_entropy([1e-300, 1e-14], [1, 1])
    assert loss.value == loss.drawn == pytest.approx(157 * np.log(10))
    assert not loss.infinite


@pytest.mark.parametrize(("p", "label", "slope"), [(0, 1, -np.inf), (1, 0, np.inf)])
def test_certain_and_wrong_is_infinite_and_so_is_the_slope(p, label, slope):
    loss = compute.binary_cross_entropy([p, 0.5], [label, 1])
    assert (loss.value, loss.gradient[0], loss.infinite) == (np.inf, slope, True)
    assert loss.drawn == pytest.approx((-np.log(compute.CLIP) + np.log(2)) / 2)


def test_reading_edges():
    found = graphs.parse_edges("a b\nb, c # friends\nc\ta\na a\nb a 3.5")
    assert found.names == ("a", "b", "c")
    assert len(found.edges) == 3
    assert any("1 self-loop dropped" in n for n in found.notices)
    assert any("1 double edge dropped" in n for n in found.notices)
    assert any("1 weight ignored" in n for n in found.notices)


def test_reading_labels():
    found = graphs.parse_edges("a b\nb c\nlabels: a=0, c=1")
    assert found.labels == (0, None, 1)
    assert graphs.parse_edges("a b").labels == ()


@pytest.mark.parametrize("count", [2, 3, 30, 120])
def test_every_node_has_a_place_of_its_own(count):
    found = graphs.preferential(count, rng=np.random.default_rng(0))
    places = graphs.layout(found)
    assert places.min() == 0
    assert places.max() == 1
    apart = np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1))
    assert apart[~np.eye(count, dtype=bool)].min() > 1e-3
    np.testing.assert_array_equal(places, graphs.layout(found))


def test_reading_graphml():
    import io

    out = io.BytesIO()
    nx.write_graphml(nx.path_graph(4), out)
    found = graphs.read_graph(out.getvalue().decode())
    assert (found.num_nodes, len(found.edges)) == (4, 3)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: graphs.parse_edges("a b\nc"), "line 2: expected two node names, got 1"),
        (lambda: graphs.parse_edges("a a"), "no edges left (1 self-loop dropped)"),
        (lambda: graphs.parse_edges("a b\nlabels: a=2"), "labels must be 0 or 1, got 2 at node a"),
        (lambda: graphs.parse_edges("a b\nlabels: c=1"), "labels: 'c' is not in any edge"),
        (lambda: graphs.parse_edges("a b\nlabels: a"), "line 2: a label looks like name=1"),
        (lambda: graphs.read_graph("<nonsense"), "not a GraphML document"),
        (lambda: graphs.read_graph("<!DOCTYPE x [<!ENTITY a 'b'>]><graphml/>"), "entities"),
        (
            lambda: compute.binary_cross_entropy([0.5, 0.5, 0.5], [0, 1, 2]),
            "labels must be 0 or 1, got 2 at node 3",
        ),
        (lambda: compute.binary_cross_entropy([0.5], [0], [False]), "no training node left"),
        (
            lambda: compute.binary_cross_entropy([0.5, 1.2], [0, 1]),
            "prediction of node 2 must lie in [0, 1], got 1.2",
        ),
        (
            lambda: compute.update(STATES, FIG, np.ones((2, 4)), W2),
            "W1 has 4 columns but W2 has 3 rows; W1 must be d x k",
        ),
        (
            lambda: compute.update(STATES, FIG, W1, np.ones((3, 3))),
            "state has dimension 2 but W2 has 3 columns",
        ),
        (lambda: rules.typed_rule("__import__('os')"), "found '__import__'"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
