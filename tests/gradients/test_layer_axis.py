"""A small change of the depth moves the curves, not the axis under them."""

import pytest

from viz.gradients import board_figures, charts, derivations, figures, scale
from viz.gradients.demo import VIEWS
from viz.gradients.layer_axis import end_of, last_layer, layer_axis
from viz.gradients.net_view import NetSettings
from viz.gradients.net_view import run as run_net
from viz.gradients.tick_view import TickSettings
from viz.gradients.tick_view import run as run_tick

DEPTHS = range(1, 101)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_axis_holds_all_layers_and_little_more(depth):
    assert depth <= end_of(depth) <= 1.1 * depth


def test_the_exams_depth_nearly_fills_the_axis():
    assert end_of(50) == end_of(51) == 52
    assert layer_axis(50)["tickvals"] == [0, 10, 20, 30, 40]
    assert last_layer(50)["text"] == "50"


def test_the_axis_stands_still_between_neighboring_depths():
    moves = sum(layer_axis(d) != layer_axis(d + 1) for d in DEPTHS if d >= 30)
    assert moves <= 20
    assert layer_axis(49) == layer_axis(52)


@pytest.mark.parametrize("depth", DEPTHS)
def test_no_tick_stands_in_the_last_layers_number(depth):
    assert depth - layer_axis(depth)["tickvals"][-1] >= 0.09 * end_of(depth)


def test_the_ticks_picture_keeps_its_axis_and_names_the_last_layer():
    films = [figures.tick_film(run_tick(TickSettings(depth=depth))) for depth in (22, 21)]
    assert films[0].picture.layout["xaxis"] == films[1].picture.layout["xaxis"]
    names = [{n["text"] for n in film.picture.layout["annotations"]} for film in films]
    assert "22" in names[0]
    assert "21" in names[1]


def test_the_boards_limits_are_even_decades():
    board = next(view for view in VIEWS if view.key == "board")
    low, high = board_figures.reach(board.run(board.settings()))
    assert low % 2 == 0
    assert (high - 1) % 2 == 0


def test_biases_without_a_gradient_keep_their_place_in_the_chart():
    alive, dead = (
        charts.learning_speeds(run_net(NetSettings(depth=10, batch_norm=bn)).net).picture
        for bn in (False, True)
    )
    assert [t["name"] for t in alive.data] == [t["name"] for t in dead.data]
    assert len(alive.layout["annotations"]) == len(dead.layout["annotations"])
    assert dead.data[1]["y"] == []


@pytest.mark.parametrize(("high", "named"), [(3.0, True), (45.0, False)])
def test_a_thin_healthy_band_has_no_name(high, named):
    words = [note["text"] for note in scale.zone_words(-3.0, high, 2.0)]
    assert len(words) == 3
    assert ("within 100×" in words) == named


@pytest.mark.parametrize("row", ["He", "skip", "BN"])
def test_a_phone_breaks_the_recipes_beside_the_curves(row):
    film = figures.tick_film(run_tick(TickSettings(depth=100, row=row)), phone=True)
    names = [trace["name"] for trace in film.picture.data]
    (labels,) = (
        change["text"]
        for place, change in zip(film.frames[-1].traces, film.frames[-1].data, strict=True)
        if names[place] == "labels"
    )
    lines = [line.strip("\u2002") for text in labels for line in text.split("<br>")]
    assert not [line for line in lines if " + " in line]


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_a_shallow_nets_further_chart_has_no_half_layers(depth):
    chart = charts.learning_speeds(run_net(NetSettings(depth=depth)).net).picture
    assert chart.layout["xaxis"]["dtick"] == 1


def test_the_boards_formulas_have_no_minus_zero():
    board = next(view for view in VIEWS if view.key == "board")
    lines = board.derive(board.run(board.settings()))
    assert "10^{0.00}" in "".join(line.latex for line in lines)
    rows = [line.latex for line in lines if "Xavier" in line.latex]
    assert all(derivations.STRUT in row for row in rows)
    assert "-0.00" not in "".join(line.latex for line in lines)
