"""Keys that tie: exactly, but for rounding, for every query, and what is said of them."""

import numpy as np
import pytest

from viz.attention.cells import flips
from viz.attention.compute import hard, inner_products, inputs_from
from viz.attention.controls import LearnSettings, MapSettings, SlopeSettings, TableSettings
from viz.attention.exam_views import run_map, run_slope, run_table, table_film
from viz.attention.findings import DOUBLED, ONE, TIE
from viz.attention.learning_figures import learning_film
from viz.attention.learning_views import run_learn
from viz.attention.map_figures import winner_map
from viz.attention.slope_figures import slope_film
from viz.attention.slopes import limits, slope
from viz.attention.training import learn
from viz.draw.film import figure_at, plain

ROUNDED = {
    "q1": 0.1,
    "q2": 0.2,
    "q3": 0.3,
    "keys": "1 1 0; 0 0 1",
    "values": "1 0 0; 0 1 0",
}


def last(film):
    return plain(film.frames[-1].caption)


def trace(figure, name):
    return next(t for t in figure["data"] if t.get("name") == name)


def test_sums_that_differ_by_rounding_only_are_equal():
    inputs = inputs_from([0.1, 0.2, 0.3], [[1, 1, 0], [0, 0, 1]], [[1, 0], [0, 1]])
    assert 0.1 + 0.2 != 0.3
    assert hard(inputs).tied == (0, 1)
    assert flips(inputs).distance == 0
    assert limits(inputs).gap is None
    (course,) = learn(inputs, inputs.values[1], modes=("argmax",), num_steps=1)
    assert course.winners.tolist() == [0, 0]


def test_sums_keep_every_sure_digit():
    rng = np.random.default_rng(3)
    keys, query = rng.normal(size=(500, 64)), rng.normal(size=64) * 1e-150
    np.testing.assert_allclose(inner_products(keys, query), keys @ query, rtol=1e-10)
    assert inner_products(np.zeros((1, 2)), np.zeros(2)).tolist() == [0]


def test_a_tie_by_rounding_grows_like_an_exact_one():
    film = slope_film(run_slope(SlopeSettings(**ROUNDED)))
    assert "Tied keys: it grows without end" in film.caption()
    assert "tie exactly" in last(film)


def test_equal_keys_do_not_jump_and_equal_values_do_not_either():
    doubled = inputs_from([1, 1], [[2, 0], [2, 0], [0, 1]], [[1], [2], [3]])
    same = inputs_from([1, 1], [[2, 0], [0, 2]], [[1], [1]])
    torn = inputs_from([1, 1], [[2, 0], [2, 0], [0, 2]], [[1], [2], [3]])
    assert [hard(one).jumps for one in (doubled, same, torn)] == [False, False, True]
    assert [len(hard(one).tied) for one in (doubled, same, torn)] == [2, 2, 3]


def test_doubled_keys_leave_argmax_its_slope_of_0():
    result = run_table(TableSettings(**DOUBLED))
    assert result.states[-1].slope == 0
    film = table_film(result)
    assert "no derivative" not in film.caption()
    assert "must move at least" in film.caption()
    assert len(trace(figure_at(film, 0), "limits")["x"]) == 5
    tied = table_film(run_table(TableSettings(**TIE)))
    assert len(trace(figure_at(tied, 0), "limits")["x"]) == 2


def test_the_cold_law_holds_for_doubled_keys():
    inputs = run_table(TableSettings(**DOUBLED)).inputs
    ends = limits(inputs)
    cold = ends.cold * np.exp(-ends.gap / 0.1) / 0.1
    assert slope(inputs, 0.1) == pytest.approx(cold, rel=1e-3)
    assert ends.torn == 0
    assert ends.top is not None


def test_the_torn_law_holds_for_tied_keys():
    inputs = run_table(TableSettings(**TIE)).inputs
    assert slope(inputs, 0.01) == pytest.approx(limits(inputs).torn / 0.01)


def test_at_a_tie_nobody_claims_a_slope_of_0():
    assert "slope 0" not in last(winner_map(run_map(MapSettings(**TIE))))
    steps = {"play": "steps", **TIE}
    assert "true slope is 0" not in last(
        table_film(run_table(TableSettings(mode="straight-through", **steps)))
    )
    assert "given 0" in last(table_film(run_table(TableSettings(mode="argmax", **steps))))
    said = last(learning_film(run_learn(LearnSettings(target="2", **TIE))))
    assert "at a tie it has no gradient" in said


@pytest.mark.parametrize("settings", [TIE, ONE, {"q1": 0, "q2": 0, "q3": 0}])
def test_a_gradient_of_0_is_no_share(settings):
    film = table_film(run_table(TableSettings(play="steps", **settings)))
    assert not any(text != "0" for text in trace(figure_at(film, 7), "gradient of keys")["text"])
    assert "no key gets any" in last(film)


def test_everyone_gets_a_share_of_the_exams_gradient():
    film = table_film(run_table(TableSettings(play="steps")))
    assert "every key and every value gets its share" in last(film)
