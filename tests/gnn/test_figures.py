"""What the pictures of graph networks show, read from their data, and what their sentences say."""

import json

import numpy as np
import pytest

from viz.draw import film as films
from viz.gnn import demo, figures, further, inputs, tree_figures
from viz.gnn.demo import (
    DepthSettings,
    LayerSettings,
    LossSettings,
    ScaleSettings,
    ShuffleSettings,
    TrainSettings,
)


def view(key):
    return next(v for v in demo.VIEWS if v.key == key)


def film_of(key, phone=False, **values):
    chosen = view(key)
    return chosen.film(chosen.run(chosen.settings(**values)), phone=phone)


def trace(film, name, frame=-1):
    data = films.figure_at(film, frame)["data"]
    return next(t for t in data if t.get("name") == name)


def notes(film):
    return " ".join(note.text for note in film.figure.layout.annotations)


def test_messages_arrive_and_the_tree_ends_in_the_exams_number():
    film = film_of("layer")
    assert len(film.frames) == 8
    assert trace(film, "nodes")["text"][1] == "3.61"
    shown = trace(film, "numbers")["text"]
    assert shown[3:6] == ["0.46", "0.96", "0.99"]
    assert shown[6:] == ["0.80", "1.61", "<i>s</i><sub>2</sub> 2.00", "<b>3.61</b>"]
    early = trace(film, "numbers", 0)["text"]
    assert early[6:8] == ["", ""]
    assert trace(film, "nodes", 0)["text"] == ["1.00", "2.00", "3.00", "4.00", "5.00"]
    first, last = (np.array(trace(film, "walking messages", k)["x"]) for k in (0, 5))
    to = next(t for t in film.figure.data if t.name == "nodes").x[1]
    assert (np.abs(last - to) < np.abs(first - to)).all()
    assert trace(film, "walking messages", 7)["x"] == []


def test_held_out_nodes_are_dashed():
    film = film_of("layer")
    assert len(trace(film, "held out")["x"]) == 2
    assert trace(film, "held out")["marker"]["line"]["dash"] == "dash"
    assert notes(film).count("(held out)") == 2


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(
    ("chosen", "dotted", "mine"),
    [
        ("none", "dotted: 1–4, 1–5 and 4–5, not given in the text, left out", None),
        ("1-4", "dotted: 1–5 and 4–5, left out", "edge 1–4 is your choice, not the exam's"),
        ("1-4, 4-5", "dotted: 1–5, left out", "edges 1–4 and 4–5 are your choice"),
        ("all", None, "edges 1–4, 1–5 and 4–5 are your choice"),
    ],
)
def test_open_edges_are_drawn_apart_and_said_so(chosen, dotted, mine, phone):
    film = film_of("layer", phone, open_edges=chosen)
    on = 0 if chosen == "none" else 3 if chosen == "all" else len(chosen.split(", "))
    assert trace(film, "open edges")["x"].count(None) == 3 - on
    assert trace(film, "your edges")["x"].count(None) == on
    assert trace(film, "edges")["x"].count(None) == 4 + on
    said = notes(film)
    assert (dotted in said) if dotted else ("dotted" not in said)
    assert (mine in said) if mine else ("your choice" not in said)


@pytest.mark.parametrize("chosen", ["none", "1-4", "1-5", "4-5", "all"])
def test_open_edges_touch_no_answer_of_the_exam(chosen):
    for node, expected in demo.SEED.neighbors.items():
        settings = LayerSettings(node=int(node), open_edges=chosen)
        result = inputs.run_layer(settings)
        assert tuple(j + 1 for j, _ in result.inbox(1)) == expected
        same = inputs.run_layer(LayerSettings(node=int(node)))
        np.testing.assert_array_equal(result.states[1][result.node], same.states[1][same.node])


def test_node_3_hears_of_node_1_after_three_layers():
    film = film_of("layer", node=3, num_layers=3)
    said = [film.caption(k) for k in (7, 15, 23)]
    assert "It has not yet heard of nodes 1, 2 and 4." in said[0]
    assert "It has not yet heard of nodes 1 and 4." in said[1]
    assert "It has now heard of every node." in said[2]
    assert "averages 1 message (from 5)" in said[0]


def test_eight_layers_have_64_frames_and_stay_small():
    for values in (
        {"num_layers": 8},
        {"num_layers": 8, "graph": "random", "num_nodes": 300, "num_edges": 2000},
    ):
        film = film_of("layer", **values)
        assert len(film.frames) == 64
        assert len(json.dumps(films.to_json(film))) < 300_000


def test_the_default_films_are_light():
    sizes = {v.key: len(json.dumps(films.to_json(film_of(v.key)))) for v in demo.VIEWS[:5]}
    assert sizes["layer"] < 20_000
    assert max(sizes.values()) < 60_000, sizes


@pytest.mark.parametrize("phone", [False, True])
def test_vectors_an_isolated_node_and_many_neighbors(phone):
    film = film_of("layer", phone, width=2, hidden=3)
    assert "matrix" in notes(film)
    lonely = film_of("layer", phone, graph="random", num_nodes=10, num_edges=1, node=10)
    captions = {films.plain(f.caption) for f in lonely.frames}
    result = inputs.run_layer(LayerSettings(graph="random", num_nodes=10, num_edges=1, node=10))
    if not result.graph.neighbors(9):
        assert all("has no neighbors" in words for words in captions)
    crowd = film_of("layer", phone, graph="karate", node=34)
    assert "… 14 more" in notes(crowd)
    assert "(from 9, 10, 14, 15, 16 and 12 more)" in crowd.caption()


def test_notices_about_the_input_are_said():
    film = film_of("layer", graph="own", own="a b\nb c\nc c\na b 2", node=9)
    said = film.caption()
    for words in ("1 self-loop dropped", "1 double edge dropped", "1 weight ignored"):
        assert words in said
    assert "there is no node 9, the last one is shown" in said


@pytest.mark.parametrize("phone", [False, True])
def test_of_a_graph_too_large_to_draw_a_part_is_drawn_and_all_are_counted(phone):
    own = "\n".join(f"n{i} n{i + 1}" for i in range(400))
    film = film_of("layer", phone, graph="own", own=own, num_layers=2, node=250)
    assert "too large to be drawn: shown are 200, those nearest to node n249" in film.caption()
    bars = next(t for t in film.figure.data if t.name == "states")
    assert sum(bars.y) == 401
    assert len(film.table["node"]) == 401
    nodes = next(t for t in film.figure.data if t.name == "nodes")
    numbers = {int(name.removeprefix("node n")) for name in nodes.hovertext}
    assert len(nodes.x) == 200
    assert numbers in (set(range(150, 350)), set(range(149, 349)))
    assert nodes.hovertext[-1] == "node n249"
    assert trace(film, "edges")["x"].count(None) == 199
    assert "200 of 401 nodes" in notes(film)
    for k in range(3):
        fills = films.figure_at(film, k)["data"][1]["marker"]["color"]
        assert films.figure_at(film, k)["data"][1]["marker"]["cmax"] > 0
        assert fills != films.figure_at(film, (k + 1) % 3)["data"][1]["marker"]["color"]


def test_a_sample_is_filled_up_where_no_way_leads():
    from viz.gnn import graphs, sample

    pairs = "x y\n" + "\n".join(f"n{i} n{i + 1}" for i in range(400))
    part = sample.around(graphs.read_graph(pairs), 1)
    assert part.graph.names[-4:] == ("n1", "n0", "x", "y")
    assert len(part.nodes) == part.graph.num_nodes == len(set(part.nodes)) == 200
    assert len(part.graph.edges) == 1 + 197


@pytest.mark.parametrize(("rule", "valid"), [("mean", True), ("list in order", False)])
def test_a_valid_rule_is_a_flat_line(rule, valid):
    film = film_of("shuffle", rule=rule)
    lines = [t for t in film.figure.data if t.name.startswith("component") and len(t.x)]
    assert len(lines) == ShuffleSettings().width
    for line in lines:
        y = np.asarray(line.y)
        assert (np.ptp(y) < 1e-6) == valid
    assert ("✓ valid" in notes(film)) == valid
    for frame in film.frames:
        assert ("not valid" in frame.caption) != valid


def test_the_witness_is_in_the_picture_and_in_the_sentence():
    settings = ShuffleSettings(rule="own", formula="j * m", num_neighbors=5)
    result = further.run_shuffle(settings)
    film = view("shuffle").film(result)
    order = result.verdict.orders[result.verdict.witness]
    named = " ".join(str(i + 1) for i in order)
    assert named in film.table["order"]
    assert f"order {named} gives" in film.caption()
    assert list(order) != sorted(order)


def test_dragging_a_held_back_prediction_does_not_move_the_loss():
    flat, steep = film_of("loss", dragged="a"), film_of("loss", dragged="b")
    assert np.ptp(np.asarray(trace_y(flat))) < 1e-6
    assert np.ptp(np.asarray(trace_y(steep))) > 1
    assert all("Moving a does nothing" in f.caption for f in flat.frames)
    assert flat.frames[0].caption != flat.frames[-1].caption
    assert "0.3635" in steep.caption()
    assert "−0.417" in steep.caption()
    own = trace(film_of("loss"), "terms", film_of("loss").start_index)["text"]
    assert "log b + log c + log(1 − e)" in own[0]
    assert "0.3635" in own[1]


def trace_y(film):
    return next(t.y for t in film.figure.data if t.name == "training loss")


@pytest.mark.parametrize("phone", [False, True])
def test_certain_and_wrong_says_infinite(phone):
    film = film_of("loss", phone, predictions="0.2, 0, 0.6, 0.9, 0.3")
    assert "infinite" in film.caption()
    assert "drawn as 27.6" in film.caption()
    assert "infinite" in " ".join(trace(film, "terms", film.start_index)["text"])


def test_an_infinite_loss_of_held_back_nodes_says_so():
    film = film_of("loss", predictions="1, 0.8, 0.6, 0.9, 0.3")
    assert "(their own loss: infinite)" in film.caption()
    assert "0.3635" in film.caption()


def test_the_derivation_of_an_infinite_loss_has_infinite_slopes():
    chosen = view("loss")
    lines = chosen.derive(chosen.run(LossSettings(predictions="0.2, 0.8, 0.6, 0.9, 1")))
    assert r"= \infty" in lines[1].latex
    assert r"\tfrac{\partial L}{\partial e} = \infty" in lines[2].latex


@pytest.mark.parametrize("p", ["1e-300, 1e-14, .5, .5, .5", "1e-300, 1e-300, 1e-300, .5, .5"])
def test_the_loss_of_tiny_predictions_is_the_same_by_every_way(p):
    chosen, settings = view("loss"), LossSettings(predictions=p)
    expected = chosen.answer(chosen.run(settings))
    assert list(chosen.agree(settings).values()) == pytest.approx([expected] * 3)
    assert executed(chosen.snippet(settings)) == pytest.approx(expected)


@pytest.mark.parametrize("p", ["1, 1, 1, 1, 1", "0, 0, 0, 0, 0"])
def test_the_snippet_of_an_infinite_loss_gives_infinity(p):
    settings = LossSettings(predictions=p)
    assert executed(view("loss").snippet(settings)) == np.inf
    assert view("loss").agree(settings) == {}


def executed(snippet):
    names = {}
    exec(compile(snippet, "snippet", "exec"), names)
    return names["answer"]


@pytest.mark.parametrize("rule", ["list in order", "median"])
def test_the_snippet_tries_the_720_orders_of_the_page(rule):
    settings = ShuffleSettings(rule=rule, num_neighbors=7)
    chosen = view("shuffle")
    names = {}
    exec(compile(chosen.snippet(settings), "snippet", "exec"), names)
    result = chosen.run(settings)
    assert [tuple(order) for order in names["orders"]] == list(result.verdict.orders)
    np.testing.assert_allclose(names["answer"], chosen.answer(result), atol=1e-12)


@pytest.mark.parametrize("product", [False, True])
@pytest.mark.parametrize(
    "formula", ["2m", "w m / n", "s tanh(m)", "log10(m^2)", "ln(m²)", "j", "0*m", "e^m + exp(1)"]
)
def test_the_snippet_reads_a_formula_as_the_box_does(formula, product):
    settings = ShuffleSettings(rule="own", formula=formula, product=product)
    chosen = view("shuffle")
    expected = chosen.answer(chosen.run(settings))
    np.testing.assert_allclose(executed(chosen.snippet(settings)), expected, atol=1e-12)


def test_the_board_says_with_how_many_neighbors_it_was_made():
    for n, words in ((2, "and 2 neighbors,"), (7, "and 4 neighbors here,")):
        result = further.run_shuffle(ShuffleSettings(num_neighbors=n))
        assert words in demo.more_shuffle(result)[0].caption()
        assert f"largest change, n = {min(n, 4)}" in view("shuffle").table(result)


@pytest.mark.parametrize(("num_layers", "nodes"), [(1, "1, 4 and 5"), (2, "2 and 3")])
def test_without_old_states_only_walks_of_that_length_bring_news(num_layers, nodes):
    said = film_of("layer", residual=False, num_layers=num_layers).caption()
    assert f"from the first states of nodes {nodes}: walks of {num_layers} step" in said
    assert "heard" not in said
    settings = LayerSettings(residual=False, num_layers=num_layers)
    there = inputs.run_layer(settings).states[-1][1]
    moved = inputs.run_layer(settings.model_copy(update={"states": "9, 2, 3, 9, 9"})).states[-1][1]
    assert (there == moved).all() == (num_layers == 2)


@pytest.mark.parametrize("weight", ["first", "second"])
def test_with_a_weight_of_zero_nothing_arrives(weight):
    said = film_of("layer", node=3, num_layers=3, **{weight: 0}).caption()
    assert "A weight is 0, so no message carries anything." in said
    assert "heard" not in said


def test_a_lonely_node_forgets_its_state_without_the_residual():
    result = inputs.run_layer(
        LayerSettings(graph="random", num_nodes=3, num_edges=1, seed=1, node=2, residual=False)
    )
    assert not result.graph.neighbors(1)
    said = films.plain(view("layer").film(result).caption())
    assert "it forgets its state and has 0.00, the mean of nothing" in said


def test_the_derivation_of_messages_has_the_names_of_the_nodes():
    chosen = view("layer")
    lines = chosen.derive(chosen.run(LayerSettings(graph="own", own="3 7\n7 9", node=1)))
    assert r"s_{\text{9}}' &=" in lines[2].latex
    assert r"\tanh(W_2 s_{\text{7}})" in lines[2].latex
    assert r"\text{1}" not in lines[2].latex


def test_without_the_residual_no_line_adds_the_old_state():
    chosen = view("layer")
    with_, without = (chosen.derive(chosen.run(LayerSettings(residual=on))) for on in (True, False))
    for k in (0, 1):
        assert "s_i" in with_[k].latex.split("=")[1].split("W_1")[0]
        assert "s_i" not in without[k].latex.split("=")[1].split("W_1")[0]
    assert "residual connection;" not in without[0].words


def test_squares_are_spoken_of_only_where_there_are_some():
    film = film_of("train", graph="own", own="a b\nb c\nlabels: a=0 b=1 c=0")
    assert "every node has a label and is scored" in film.caption()
    assert "squares" not in film.caption() + notes(film)
    assert "squares" in notes(film_of("train"))


def test_a_full_large_graph_says_how_many_pairs_there_are():
    film = film_of("scale", num_nodes=1000, num_edges=1_000_000)
    assert "Note: there are only 499,500 pairs of 1,000 nodes" in film.caption()
    assert executed(view("scale").snippet(ScaleSettings(num_edges=1_000_000))) == 499_500


def test_one_class_left_is_noticed_and_no_node_left_refused():
    film = film_of("loss", held_5=True)
    assert "Only one class is left" in film.caption()
    with pytest.raises(ValueError, match="no training node left"):
        film_of("loss", held_2=True, held_3=True, held_5=True)
    with pytest.raises(ValueError, match="there are 5 nodes but 3 predictions"):
        film_of("loss", predictions="0.1, 0.2, 0.3")
    assert "node 3:" in film_of("loss", held_2=True, held_5=True).caption()
    assert LossSettings().dragged == "b"


def test_smoothing_says_what_it_shows():
    film = film_of("depth")
    assert "0.6154 everywhere" in film.caption()
    assert film.caption(0).startswith("After 0 layers 100% of")
    assert film.caption(1).startswith("After 1 layer ")
    assert "flip for ever" in film_of("depth", self_loops=False).caption()
    parts = film_of("depth", graph="own", own="a b\nc d")
    assert "2 parts, and parts never mix" in parts.caption()


def test_gcn_evens_out_the_scaled_states_and_says_so():
    film = film_of("depth", how="gcn")
    assert "of the differences of x/√(d + 1) are left" in film.caption()
    assert "the states x end in proportion to √(d + 1)" in film.caption()
    assert "share of the differences of x/√(d + 1) that is left" in notes(film)
    result = further.run_depth(DepthSettings(how="gcn"))
    ends = result.smoothing.states[-1]
    root = np.sqrt(result.graph.degrees + 1)
    assert np.ptp(ends) > 0.1
    np.testing.assert_allclose(ends, root * (root @ result.smoothing.states[0]) / (root @ root))


@pytest.mark.parametrize(
    ("values", "operator", "words"),
    [
        ({"how": "gcn"}, "(D+I)^{-1/2}(A+I)(D+I)^{-1/2}", "number times its own √(d + 1)"),
        ({"self_loops": True}, "P = (D+I)^{-1}(A+I)", "same weighted mean"),
        ({"self_loops": False}, "P = D^{-1}A", "with an odd cycle"),
    ],
)
def test_the_derivation_of_depth_is_about_the_operator_that_is_used(values, operator, words):
    lines = view("depth").derive(further.run_depth(DepthSettings(**values)))
    assert operator in lines[0].latex
    assert words in lines[2].words
    assert ("constant vectors stay" in lines[1].words) == (values.get("how") != "gcn")


def test_an_eigenvalue_of_zero_is_written_without_rounding():
    triangle = further.run_depth(DepthSettings(graph="ring", num_nodes=3))
    assert view("depth").derive(triangle)[1].latex.endswith(r"|\lambda_2| = 0")


def test_training_ends_as_the_captions_say():
    film = film_of("train")
    assert "of the 2 held-back nodes (squares) 1 is on the right side" in film.caption()
    assert (
        "nodes 1 and 4 can never be parted"
        in film_of("train", states="constant", rule="sum").caption()
    )
    club = film_of("train", graph="karate", rule="gcn", states="one-hot")
    assert "of the 32 held-back nodes (squares) 31 are" in club.caption()
    assert trace(club, "nodes")["text"].count("×") == 1
    unlabelled = film_of("train", graph="own")
    assert "without a label" in unlabelled.caption()
    assert TrainSettings().rule == "mean"


def test_names_stand_away_from_the_edges():
    at = np.array([(0.0, 1.0), (1.0, 0.5), (3.0, 0.5), (0.0, 0.0), (2.0, 0.5)]) * 100
    from viz.gnn.drawing import label_sides

    assert label_sides(inputs.exam_graph(), at) == [1, 1, 1, -1, 1]
    assert figures.edge_names([(0, 3)]) == ["1–4"]


@pytest.mark.parametrize("size", [1, 2, 8])
def test_a_long_state_does_not_run_over_the_edge_of_the_tree(size):
    film = film_of("layer", width=size, hidden=size, num_layers=8, node=3)
    for frame in range(len(film.frames)):
        words = trace(film, "numbers", frame)["text"][-1]
        assert len(words) - len("<b></b>") <= tree_figures.ROOM, words
