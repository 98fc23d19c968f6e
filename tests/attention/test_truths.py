"""What sentences and labels say of the picture beside them."""

import re

import numpy as np
import pytest

from viz.attention import demo, exercises
from viz.attention.cells import coordinate_plane, nearest_inside
from viz.attention.compute import inputs_from
from viz.attention.controls import (
    LearnSettings,
    MapSettings,
    SizeSettings,
    SlopeSettings,
    TableSettings,
    TokenSettings,
)
from viz.attention.exam_views import run_map, run_slope, run_table, table_film
from viz.attention.findings import DOUBLED, LENGTH, ONE, TOKEN_FINDINGS, step_at
from viz.attention.learning_figures import learning_film
from viz.attention.learning_views import run_learn, run_size, run_tokens
from viz.attention.map_figures import winner_map
from viz.attention.size_figures import saturation_film
from viz.attention.slope_figures import slope_film
from viz.attention.slopes import limits, sweep
from viz.attention.token_figures import spread, token_film
from viz.draw import theme
from viz.draw.film import figure_at, plain

HIDDEN_CELL = {"q1": 0, "q2": -2, "q3": -1, "keys": "0 3 0; 1 4 2; 2 2 2; 3 1 -3"}
HOT = {"keys": "500 0 0; 0 900 0; 0 0 700", "values": "1 0; 0 1; 1 1"}


def trace(figure, name):
    return next(t for t in figure["data"] if t.get("name") == name)


def bare(text):
    return re.sub(r"<[^>]*>", "", text)


def notes(figure):
    return [bare(note["text"]) for note in figure["layout"]["annotations"]]


@pytest.mark.parametrize("scale", [1e-5, 1e-2, 1.0, 300.0])
@pytest.mark.parametrize("seed", range(5))
def test_the_top_is_found_wherever_it_lies(seed, scale):
    rng = np.random.default_rng(seed)
    inputs = inputs_from(rng.normal(size=3) * scale, rng.normal(size=(9, 3)), np.eye(9))
    _, size = limits(inputs).top
    assert size >= sweep(inputs, np.geomspace(1e-9, 1e9, 2000)).slopes.max() * (1 - 1e-9)


def test_a_slope_that_lives_below_every_temperature_shown_is_still_named():
    film = slope_film(
        run_slope(SlopeSettings(q1=0, q2=0, q3=5, keys="0 0 1; 0 0 1.001", values="1; 2"))
    )
    assert "changes the output" not in film.caption()
    assert "It is largest" in film.caption()


@pytest.mark.parametrize("settings", [{}, HOT])
def test_both_slope_curves_hold_their_top(settings):
    result = run_table(TableSettings(**settings))
    temperature, size = result.limits.top
    for film, name in ((table_film(result), "yaxis2"), (slope_film(result), "yaxis")):
        figure = figure_at(film, film.start_index)
        curve = trace(figure, "slope")
        assert curve["x"][0] < temperature < curve["x"][-1]
        assert max(y for y in curve["y"] if y) == pytest.approx(size, rel=0.02)
        assert figure["layout"][name]["range"][1] > (size if name == "yaxis2" else np.log10(size))


def test_the_slope_view_marks_its_top_and_both_limits():
    figure = slope_film(run_slope(SlopeSettings())).figure.to_dict()
    assert trace(figure, "top")["x"] == pytest.approx([3.34], abs=0.01)
    assert trace(figure, "top")["text"] == ["largest"]
    assert {"mean: slope 0", "argmax: slope 0"} <= set(notes(figure))
    names = [t["name"] for t in figure["data"]]
    assert names.index("cold end") > names.index("slope")


def test_the_wall_of_the_plane_is_one_that_is_there():
    result = run_map(MapSettings(**HIDDEN_CELL))
    assert result.lookup.flips.nearest not in {cell.key for cell in result.cells}
    said = winner_map(result).caption()
    assert "in this plane the nearest, towards key 1, is 1.941 away" in said


@pytest.mark.parametrize("seed", range(20))
def test_just_beyond_the_nearest_wall_of_the_plane_its_key_wins(seed):
    rng = np.random.default_rng(seed)
    inputs = inputs_from(rng.normal(size=3), rng.normal(size=(6, 3)), np.eye(6))
    plane = coordinate_plane(inputs.query, 0, 2)
    key, away = nearest_inside(inputs, plane)
    apart = inputs.keys[key] - inputs.keys[int(np.argmax(inputs.scores))]
    way = (apart @ plane.across) * plane.across + (apart @ plane.up) * plane.up
    there = inputs.query + way / np.linalg.norm(way) * away * (1 + 1e-6)
    assert np.argmax(inputs.keys @ there) == key


def test_the_map_explains_its_line_its_disc_and_its_arrow():
    result = run_map(MapSettings())
    figure = figure_at(winner_map(result), 0)
    said = " ".join(notes(figure))
    assert "line: this walk's shadow; dotted: no other winner" in said
    assert "arrow: −∂(g·out)/∂q" in said


def test_the_arrow_points_down_the_gradient():
    film = winner_map(run_map(MapSettings()))
    arrow = trace(figure_at(film, film.start_index), "gradient")
    ways = np.diff(arrow["x"])[0], np.diff(arrow["y"])[0]
    assert np.sign(ways).tolist() == [1, -1]


def test_the_querys_name_stays_on_the_map():
    low, usual = (
        trace(winner_map(run_map(MapSettings(**query))).figure.to_dict(), "query")["textposition"]
        for query in ({"q1": 5, "q2": -5, "q3": 5, "span": 1}, {})
    )
    assert (low, usual) == ("top center", "bottom center")


def test_softmax_never_puts_all_on_one_of_several_keys():
    film = table_film(run_table(TableSettings()))
    for step in (step_at(0.5), step_at(0.05)):
        assert "puts over 0.9999 on key 2" in plain(film.frames[step].caption)
    assert "weight 1 on key 2" in plain(film.frames[-1].caption)
    assert "puts 1 on key 1" in table_film(run_table(TableSettings(**ONE))).caption()


def test_bars_line_and_sentence_are_medians_of_the_same_draws():
    result = run_size(SizeSettings())
    figure = figure_at(saturation_film(result), 7)
    largest = float(np.median(result.largest_weight[0, -1]))
    assert trace(figure, "without scaling now")["y"][0] == pytest.approx(largest, abs=1e-4)
    assert f"median of 20 draws: without scaling one key takes {largest:.3f}" in plain(
        saturation_film(result).caption()
    )
    assert "largest weight: median and range of 20 draws" in notes(figure)


def test_both_halves_of_the_sentence_on_size_are_whole():
    said = saturation_film(run_size(SizeSettings(num_keys=8))).caption()
    assert said.endswith("keys shared it evenly.")
    assert " did." not in said


def test_equal_copies_are_all_named():
    result = run_tokens(TokenSettings())
    said = plain(token_film(result).frames[10].caption)
    assert "puts 0.499 on each of token 2 “cat” and itself" in said
    assert spread(result)["looks most at"][10] == "2 “cat”, 11 “cat”"
    assert "puts 1.000 on itself" in plain(token_film(result).frames[4].caption)


def test_the_first_tokens_do_not_set_the_scale_of_all():
    settings = TokenSettings(**TOKEN_FINDINGS[1].values)
    figure = figure_at(token_film(run_tokens(settings)), 0)
    assert trace(figure, "weights")["zmax"] < 0.5
    assert "row asks, column answers; darkest from 0.25" in notes(figure)
    assert trace(figure, "row")["text"][:2] == ["1.00", ""]
    assert "no row" not in TOKEN_FINDINGS[1].words


def test_trained_keys_say_whose_walls_are_drawn():
    for part, words in (
        ("keys", "walls: pale for argmax, dark for softmax's last keys"),
        ("values", "in the cells: argmax's values"),
    ):
        film = learning_film(run_learn(LearnSettings(train=part)))
        assert words in notes(figure_at(film, 0))


@pytest.mark.parametrize("settings", [LENGTH, ONE])
def test_fewer_keys_leave_the_default_target_the_last_value(settings):
    lesson = run_learn(LearnSettings(**settings))
    assert lesson.of_key == lesson.inputs.num_keys - 1


def test_a_loss_of_0_has_an_axis_of_everyday_numbers():
    film = learning_film(run_learn(LearnSettings(**ONE)))
    assert film.figure.layout.yaxis.range[1] == 1


def test_words_of_training_can_be_read():
    figure = learning_film(run_learn(LearnSettings(gumbel=True))).figure.to_dict()
    assert theme.LINE not in trace(figure, "losses in words")["textfont"]["color"]
    stays = trace(figure, "argmax stays")
    assert stays["text"] == ["argmax stays"]
    assert "shadow" in stays["textfont"]
    assert figure["layout"]["yaxis"]["exponentformat"] == "power"


def test_sentence_and_column_write_the_same_score():
    film = table_film(run_table(TableSettings(keys="0 300 852.2; 0 0 1", values="1; 2")))
    assert trace(figure_at(film, 0), "words")["text"].count("2004.4") == 1
    assert "Scores 2004.4, 2" in film.caption()


def test_the_gradients_of_keys_have_their_heads_on_the_phone():
    film = table_film(run_table(TableSettings(play="steps")), phone=True)
    figure = figure_at(film, 7)
    heads = trace(figure, "words")["text"]
    assert {"∂key", "∂score", "∂value"} <= set(heads)
    assert trace(figure, "gradient of keys")["text"][1] == "(0.015, 0.015, 0.030)"


def test_a_vector_without_room_leaves_its_name_alone():
    keys = "; ".join("999.25 -999.75 100.125" for _ in range(4))
    film = table_film(run_table(TableSettings(keys=keys)))
    assert not any("(…)" in text for text in trace(figure_at(film, 0), "words")["text"])


def test_the_choice_of_vectors_is_true_of_every_preset():
    table = next(view for view in demo.VIEWS if view.key == "table")
    assert table.settings().data == "typed"


def test_the_hint_on_length_counts_no_keys():
    question = exercises.ALL[-1](np.random.default_rng(1))
    assert "all inner products" in question.hint


@pytest.mark.parametrize("play", ["tau", "steps"])
def test_short_decimals_are_whole_in_the_table(play):
    vectors = "1.25 -2.5 0.75; 0 3 4; 5 0 0; 0 0 1"
    film = table_film(run_table(TableSettings(play=play, keys=vectors, values=vectors)))
    said = [bare(text) for text in trace(figure_at(film, 0), "words")["text"]]
    assert "k1 = (1.25, −2.5, 0.75)" in said
    assert "v1 = (1.25, −2.5, 0.75)" in said


def test_tied_keys_share_the_sentence_too():
    said = table_film(run_table(TableSettings(**DOUBLED))).caption()
    assert "puts 0.4999 on each of keys 2 and 3" in plain(said)
