"""What is drawn and said: names, frames, captions that follow the state."""

import re

import numpy as np
import pytest

from viz.draw import film as films
from viz.gradients import (
    board_figures,
    charts,
    demo,
    figures,
    net_figures,
    race_charts,
    scale,
    table_board,
    words,
)
from viz.gradients.board_view import BoardSettings
from viz.gradients.board_view import run as run_board
from viz.gradients.chain_view import ChainSettings
from viz.gradients.chain_view import run as run_chain
from viz.gradients.net_view import NetSettings
from viz.gradients.net_view import film as net_film
from viz.gradients.net_view import run as run_net
from viz.gradients.tick_view import TickSettings
from viz.gradients.tick_view import run as run_tick

CELLS = [(row, col, catch) for row in ("He", "skip", "BN") for col, catch in (
    ("vanish", False), ("explode", False), ("explode", True))]  # fmt: skip


def tick(row="He", column="vanish", *, catch=False, **more):
    return run_tick(TickSettings(row=row, column=column, catch=catch, **more))


def trace_named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def at(film, index, name):
    """A trace's fields in one frame."""
    place = [trace.name for trace in film.figure.data].index(name)
    return films.figure_at(film, index)["data"][place]


def test_the_default_picture_is_he_against_xavier():
    film = figures.tick_film(tick())
    before, after = (at(film, -1, name) for name in ("before", "after"))
    assert before["y"][0] == pytest.approx(-7.53, abs=0.01)
    assert after["y"][0] == pytest.approx(0.0, abs=0.02)
    assert before["y"][-1] == after["y"][-1] == 0
    assert len(film.frames) == 51


def test_the_board_shows_the_exams_ticks():
    found = tick()
    notes = table_board.notes(table_board.WIDE, found.cells, found.cells[0], figures.BOARD)
    marks = [re.sub("<.*?>", "", n["text"]) for n in notes if n["text"] in ("<b>✓</b>", "<b>–</b>")]
    assert marks == ["✓", "–", "✓", "–", "✓", "✓"]


@pytest.mark.parametrize(("row", "column", "catch"), CELLS)
def test_every_tick_says_what_it_is_compared_with(row, column, catch):
    found = tick(row, column, catch=catch)
    said = films.plain(words.tick(found, 0))
    assert said.startswith(f"Compared with {found.experiment.baseline.words}")
    assert found.experiment.treated.words in said
    assert not re.search(r"\b(helps|fixes)\b", said)


def test_the_catch_of_batch_norm_has_the_measured_numbers():
    said = films.plain(words.tick(tick("BN", "explode", catch=True), 0))
    assert "up to 41 decades" in said
    assert "about 20 % per layer at initialization (Yang et al. 2019)" in said
    assert "at depth 100 without skips it still hurts" in said


@pytest.mark.parametrize(("row", "depth"), [("BN", 2), ("BN", 10), ("skip", 5), ("He", 2)])
def test_a_catch_is_told_only_where_the_two_nets_show_it(row, depth):
    said = films.plain(words.tick(tick(row, "explode", catch=True, depth=depth), 0))
    assert f"the catch is about deep nets, here {depth} layers are too few" in said
    assert "Against a" not in said
    assert "%" not in said


def test_what_the_catch_measured_at_the_exams_depth_says_so():
    said = films.plain(words.tick(tick("BN", "explode", catch=True, depth=100), 0))
    assert "41 decades of explosion in 50 layers" in said


@pytest.mark.parametrize(
    ("row", "column", "depth", "words_"),
    [
        ("BN", "explode", 2, "becomes 0.013 times as large, and neither net counts as exploding"),
        ("skip", "vanish", 2, "becomes 9 times as large, and neither net counts as vanishing"),
        ("He", "explode", 5, "becomes 5.7 times as large"),
        ("skip", "explode", 10, "becomes 3 times as large: no tick"),
    ],
)
def test_a_change_within_the_limits_is_measured_not_denied(row, column, depth, words_):
    assert words_ in films.plain(words.tick(tick(row, column, depth=depth), 0))


@pytest.mark.parametrize(("depth", "shaded"), [(50, True), (49, False)])
def test_only_bands_that_are_drawn_are_named(depth, shaded):
    ticks, net = figures.tick_film(tick(depth=depth)), net_film(run_net(NetSettings(depth=depth)))
    heads = [note.text for note in ticks.figure.layout.annotations if "dashed" in note.text]
    assert ["shaded: 20 seeds" in head for head in heads] == [shaded]
    assert ("shaded: 20 seeds" in net.figure.layout.xaxis.title.text) == shaded
    assert bool(trace_named(net.figure, "20 seeds").x) == shaded


def test_every_curve_of_the_weights_scale_and_its_name_lie_inside():
    figure = charts.forgotten_scale().figure
    low, high = figure.layout.yaxis.range
    names = [n for n in figure.layout.annotations if n.text in ("plain", "skip", "BN", "skip + BN")]
    assert len(names) == 4
    heights = [n.y for n in names] + [y for trace in figure.data for y in trace.y]
    assert low <= min(heights)
    assert max(heights) <= high


def test_a_plain_nets_gradient_is_straight_in_the_weights_scale():
    plain = trace_named(charts.forgotten_scale().figure, "plain")
    np.testing.assert_allclose(np.diff(plain.y) / np.diff(plain.x), 50 * np.log10(2), atol=0.1)


def test_the_biases_sentence_has_their_own_number():
    chosen = NetSettings(residual=True, batch_norm=True)
    trace = run_net(chosen).net.trace
    said = charts.learning_speeds(run_net(chosen).net).caption()
    ratio = float(np.log10(trace.bias_grad[0] / trace.bias_grad[-1]))
    assert f"biases get {scale.multiple(ratio)} times the last's" in said


def test_the_boards_spread_stands_around_its_median():
    board = run_board(BoardSettings())
    film = board_figures.board_film(board)
    texts = [t["text"][0] for t in films.figure_at(film, -1)["data"] if t.get("name") == "verdict"]
    for (_, _, net), text in zip(board.all(), texts, strict=True):
        assert scale.raised(net.over.median, " ± ")[:-6] in text
    notes = [note.text for note in film.figure.layout.annotations]
    assert sum("median and half the range of 20 seeds" in note for note in notes) == 1


def test_theory_of_batch_norm_names_its_limit_and_the_measured_batch():
    found = run_net(NetSettings(batch_norm=True, batch="2"))
    assert "theory for large batches says" in net_film(found).caption()
    assert "2 samples and eps = 10⁻⁵" in VIEWS["net"].derive(found)[3].words


def test_a_loss_above_the_axis_is_marked():
    view = VIEWS["train"]
    film = view.film(view.run(view.settings(init="He x 2", rate="1")))
    assert at(film, -1, "plain, now")["text"][1].strip() == "plain: diverged ↑"
    assert at(film, -1, "BN, now")["text"][1].strip() == "BN"


def test_a_shallow_pair_is_not_said_to_prove_the_tick():
    said = films.plain(words.tick(tick(depth=4), 0))
    assert "too few to show it" in said
    assert "gone" not in said


@pytest.mark.parametrize("layer", [50, 33, 1])
def test_frames_on_the_way_say_where_they_are(layer):
    found = tick()
    said = films.plain(words.tick(found, layer))
    assert f"layer {layer}" in said
    if layer < 50:
        assert scale.size(found.before.log_grad[layer]) in said


def test_the_readout_has_every_number_of_its_template():
    said = films.plain(net_film(run_net(NetSettings())).frames[-1].caption)
    assert (
        "After 50 layers the gradient is 2.9\u00a0×\u00a010⁻⁸ times its size at the output" in said
    )
    assert "vanishing" in said
    assert "about 0.707; theory says 0.707" in said
    assert "2.0\u00a0×\u00a010⁻⁸ times its weights" in said


def test_one_net_runs_forward_then_backward():
    film = net_film(run_net(NetSettings()))
    labels = [frame.label for frame in film.frames]
    assert labels[0] == "layer 0, forward"
    assert labels[-1] == "layer 0, backward"
    assert labels.index("layer 50, forward") + 1 == labels.index("layer 50, backward")
    assert at(film, 3, "backward")["x"] == []
    assert at(film, -1, "backward")["x"][0] == 0


def test_the_deepest_net_keeps_to_101_frames():
    film = net_film(run_net(NetSettings(depth=100, width="16", batch="16")))
    assert len(film.frames) <= 101
    assert [f.label for f in film.frames][-1] == "layer 0, backward"


def test_float32_gives_up_where_it_did():
    film = net_film(run_net(NetSettings(init="N(0,1)")))
    assert "overflows in layer 43" in film.frames[-1].caption
    late_labels = {f"layer {layer}, forward" for layer in (42, 44, 46)}
    late = [f for f in film.frames if f.label in late_labels]
    assert late
    for frame in late:
        gone = int(frame.label.split(",")[0].removeprefix("layer ")) >= 43
        assert ("Float32 gave up in layer 43" in frame.caption) == gone


def test_theory_writes_its_factor_on_the_line():
    notes = net_film(run_net(NetSettings(init="He"))).figure.layout.annotations
    assert any("× 1 per layer" in n.text for n in notes)
    notes = net_film(run_net(NetSettings(act="tanh", width="16"))).figure.layout.annotations
    assert any("no theory line" in n.text for n in notes)


def test_a_bias_before_batch_norm_gets_nothing():
    film = net_film(run_net(NetSettings(batch_norm=True, trace="bias gradient", width="16")))
    assert "no gradient at all" in film.frames[-1].caption
    skipped = NetSettings(batch_norm=True, residual=True, trace="bias gradient", width="16")
    assert "no gradient at all" not in net_film(run_net(skipped)).frames[-1].caption


@pytest.mark.parametrize(
    "trace", ["activations", "weight gradient", "relative update", "bias gradient"]
)
def test_every_quantity_is_drawn(trace):
    found = run_net(NetSettings(trace=trace))
    film = net_film(found)
    name = "forward" if trace == "activations" else "backward"
    drawn = at(film, -1, name)
    known = net_figures.logs_of(found.net, found.quantity)
    np.testing.assert_allclose(drawn["y"], known, atol=0.006)
    assert len(trace_named(film.figure, "20 seeds").x) == 2 * len(known)


def test_an_unknown_quantity_is_named():
    with pytest.raises(ValueError, match=r"quantity must be one of .* got 'loss'"):
        net_figures.net_film(run_net(NetSettings()).net, "loss")


def test_the_board_has_a_verdict_in_symbol_and_word():
    board = run_board(BoardSettings())
    film = board_figures.board_film(board)
    texts = [t["text"][0] for t in films.figure_at(film, -1)["data"] if t.get("name") == "verdict"]
    assert len(texts) == 12
    for (_, _, net), text in zip(board.all(), texts, strict=True):
        assert f"{scale.SYMBOLS[net.verdict]} {net.verdict}" in text
    assert sum("↑" in text for text in texts) == 2
    assert "±" in texts[0]


def test_the_boards_sentence_counts_the_nets():
    board = run_board(BoardSettings())
    said = films.plain(board_figures.caption(board, 0))
    assert "3 of 12 gradients are within 100×" in said
    assert "1 vanished, 8 exploded" in said
    assert "52.7 decades" in said
    halved = run_board(BoardSettings(depth=10, width="32", batch="32"))
    assert "healthy for every init" in films.plain(board_figures.caption(halved, 0))


def test_the_other_charts_say_what_is_on_file():
    said = charts.forgotten_scale().caption()
    assert "90 decades" in said
    assert "0.03" in said
    said = charts.batch_growth().caption()
    assert "10¹¹·⁶ with 2 samples, 10⁶ with 8, 10³·⁸ with 256" in said
    said = charts.learning_speeds(run_net(NetSettings()).net).caption()
    assert "factor of at most 2.3." in said
    assert "2.9\u00a0×\u00a010⁻⁸ times the output's" in said
    said = race_charts.first_steps().caption()
    assert "in one step" in said
    assert "depth 100" in race_charts.depth_limit().caption()


def test_a_dead_chain_says_so_instead_of_minus_infinity():
    film = VIEWS["chain"].film(run_chain(ChainSettings(weight=-1.0, residual=True)))
    assert "exactly 0" in film.caption()
    assert at(film, 0, "chosen")["y"] == [0.0]


VIEWS = {view.key: view for view in demo.VIEWS}


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (0.0, "1"),
        (-0.0047, "0.99"),
        (3.9, "7940"),
        (-7.54, "2.9\u00a0×\u00a010⁻⁸"),
        (45.1, "1.3\u00a0×\u00a010⁴⁵"),
        (-9.0000001, "1.0\u00a0×\u00a010⁻⁹"),
        (-float("inf"), "0"),
    ],
)
def test_sizes_are_written_for_people(log, said):
    assert scale.size(log) == said


def test_labels_are_pushed_apart_in_order():
    placed = scale.push_apart([1.0, 1.1, 0.9, 9.0], 0.5)
    assert sorted(range(4), key=placed.__getitem__) == [2, 0, 1, 3]
    assert np.diff(sorted(placed)).min() >= 0.5 - 1e-6


@pytest.mark.parametrize("exponent", [-7.55, 0.0, -0.04, 4.0, 45.13])
def test_powers_have_no_ascii_minus(exponent):
    assert "-" not in scale.ten(exponent)
    assert "−0.0" not in scale.raised(exponent)


def test_a_label_keeps_clear_of_crossing_curves():
    rising, falling = np.linspace(-8, 0, 51), np.linspace(0, -8, 51)
    place = scale.clear_height([rising, falling], -9.0, 2.0)
    middle = np.concatenate([rising[17:34], falling[17:34]])
    assert np.abs(middle - place).min() > 2
    assert -9 < place < 2


@pytest.mark.parametrize("rate", ["best of each", "1"])
def test_every_diverged_net_keeps_its_label_inside(rate):
    view = VIEWS["train"]
    film = view.film(view.run(view.settings(init="He x 2", rate=rate)))
    for arch in ("plain", "skip"):
        head = at(film, -1, f"{arch}, now")
        assert head["text"][1].strip().startswith(f"{arch}: diverged")
        assert head["y"][1] <= 3.0
