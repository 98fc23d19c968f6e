"""The second eigenvalue of larger graphs, and smoothing on them."""

import numpy as np
import pytest

from viz.gnn import compute, depth_figures, graphs, results, structure, witnesses
from viz.gnn.further import DepthSettings, run_depth
from viz.gnn.snippets import depth_snippet
from viz.gnn.spectrum import second_eigenvalue


def connected(num_nodes, seed):
    rng = np.random.default_rng(seed)
    path = [[i, i + 1] for i in range(num_nodes - 1)]
    more = rng.integers(num_nodes, size=(3 * num_nodes, 2)).tolist()
    return graphs.graph(num_nodes, path + [pair for pair in more if pair[0] != pair[1]])


def dense_second(found, how, loops):
    matrix = compute.operator(found, how=how, self_loops=loops)
    return np.sort(np.abs(np.linalg.eigvals(matrix)))[-2]


@pytest.mark.parametrize("seed", range(4))
def test_lanczos_finds_the_second_eigenvalue_of_any_symmetric_matrix(seed):
    rng = np.random.default_rng(seed)
    half = rng.normal(size=(60, 60))
    matrix = half + half.T
    values, vectors = np.linalg.eigh(matrix)
    top = np.abs(values).argmax()
    others = np.delete(np.abs(values), top)
    assert second_eigenvalue(lambda v: matrix @ v, vectors[:, top]) == pytest.approx(others.max())


def test_lanczos_ends_when_nothing_is_left():
    assert second_eigenvalue(lambda v: v, np.ones(1)) == 0
    assert second_eigenvalue(lambda v: 0.5 * v, np.ones(5)) == pytest.approx(0.5)


@pytest.mark.parametrize("size", [100, 400])
@pytest.mark.parametrize(("how", "loops"), [("mean", True), ("mean", False), ("gcn", True)])
def test_the_rate_is_that_of_the_dense_matrix(size, how, loops, monkeypatch):
    monkeypatch.setattr(compute, "DENSE", 300)
    found = connected(size, 1)
    smoothed = compute.smoothing(
        found, np.arange(float(size)), num_layers=2, how=how, self_loops=loops
    )
    assert smoothed.second == pytest.approx(dense_second(found, how, loops), abs=1e-9)


@pytest.mark.parametrize(("size", "loops"), [(301, True), (400, False), (600, True)])
def test_the_rate_of_a_long_ring_is_known(size, loops):
    found = compute.smoothing(graphs.ring(size), np.ones(size), num_layers=1, self_loops=loops)
    turn = np.cos(2 * np.pi / size)
    expected = (1 + 2 * turn) / 3 if loops else 1.0 if size % 2 == 0 else np.cos(np.pi / size)
    assert found.second == pytest.approx(expected, abs=1e-8)


def test_parts_never_mix():
    ends = [*graphs.ring(200).edges.tolist(), *(graphs.ring(201).edges + 200).tolist()]
    found = compute.smoothing(graphs.graph(401, ends), np.arange(401.0), num_layers=1)
    assert (found.second, found.components, found.limit) == (1.0, 2, None)


def path(size):
    return graphs.graph(size, [[i, i + 1] for i in range(size - 1)])


def test_a_long_path_takes_more_than_the_lanczos_steps():
    found = compute.smoothing(path(701), np.arange(701.0), num_layers=1)
    assert found.second == pytest.approx(dense_second(path(701), "mean", True), abs=1e-9)
    assert not found.flips
    values = np.cos(np.pi * np.arange(2000) / 2000)
    assert second_eigenvalue(lambda v: values * v, np.eye(2000)[0]) is None


@pytest.mark.parametrize("size", [701, 1001])
def test_a_long_path_without_self_loops_flips(size):
    depth = results.depth(path(size), np.arange(float(size)), how="mean", self_loops=False)
    assert depth.smoothing.second == pytest.approx(1, abs=1e-12)
    assert "flip for ever" in depth_figures.depth_caption(depth, 64)


@pytest.mark.parametrize(("size", "odd"), [(3, True), (4, False), (7, True), (300, False)])
def test_an_odd_ring_has_an_odd_cycle(size, odd):
    assert structure.has_odd_cycle(graphs.ring(size)) == odd
    ring = compute.smoothing(graphs.ring(size), np.ones(size), num_layers=1, self_loops=False)
    assert ring.flips == (not odd)


def test_a_path_is_one_part():
    assert structure.components(graphs.graph(3000, [[i, i + 1] for i in range(2999)])) == 1
    assert structure.components(graphs.graph(3000, [[i, i + 1] for i in range(0, 2999, 2)])) == 1500


def own(found):
    return "\n".join(f"{a} {b}" for a, b in found.edges.tolist())


def test_a_large_graph_of_ones_own_is_smoothed_whole_and_drawn_in_part():
    settings = DepthSettings(graph="own", own=own(connected(900, 2)))
    found = run_depth(settings)
    assert found.smoothing.states.shape == (65, 900)
    film = depth_figures.over_smoothing(found)
    assert film.picture.layout["xaxis"]["title"]["text"].startswith("200 of 900 nodes")
    assert len(film.frames[3].data[0]["y"]) == 200
    agreed = list(witnesses.depth_agree(found).values())
    assert agreed[0] == pytest.approx(agreed[1], abs=1e-9)


def test_the_witnesses_agree_on_a_complete_graph_whose_eigenvalues_repeat():
    settings = DepthSettings(graph="random", num_nodes=27, num_edges=351)
    agreed = witnesses.depth_agree(run_depth(settings))
    assert list(agreed.values()) == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_graph_too_large_for_smoothing_gets_a_sentence():
    settings = DepthSettings(graph="own", own=own(graphs.ring(2001)))
    with pytest.raises(ValueError, match="at most 2,000 nodes, this graph has 2,001"):
        run_depth(settings)


@pytest.mark.parametrize(
    "settings",
    [
        DepthSettings(),
        DepthSettings(graph="karate", how="gcn"),
        DepthSettings(graph="ring", num_nodes=60, seed=3),
        DepthSettings(graph="grid", num_nodes=36, self_loops=False),
    ],
)
def test_the_snippet_prints_the_pages_number_and_states(settings, capsys):
    found = run_depth(settings)
    names = {}
    exec(compile(depth_snippet(found, settings.seed), "snippet", "exec"), names)
    assert names["answer"] == pytest.approx(found.smoothing.second, abs=1e-9)
    np.testing.assert_allclose(names["x"], found.smoothing.states[0], atol=1e-12)
    power = np.linalg.matrix_power(names["P"].numpy(), 10)
    np.testing.assert_allclose(power @ names["x"].numpy(), found.smoothing.states[10], atol=1e-9)
    assert "second eigenvalue" in capsys.readouterr().out


def test_the_snippet_reads_a_large_list_from_the_saved_file(tmp_path, monkeypatch):
    pairs = [[i, j] for i in range(120) for j in range(i) if j == i - 1 or i * j % 7]
    found = graphs.graph(120, pairs)
    monkeypatch.setattr("viz.gnn.snippets.MOST_EDGES", 100)
    (tmp_path / "own.txt").write_text("# a comment\nlabels: 1=0\n" + own(found).replace(" ", ","))
    monkeypatch.chdir(tmp_path)
    depth = results.depth(found, np.ones(120), how="mean", self_loops=True)
    names = {}
    exec(compile(depth_snippet(depth, 0), "snippet", "exec"), names)
    assert names["answer"] == pytest.approx(depth.smoothing.second, abs=1e-9)
