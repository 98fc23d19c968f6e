"""A small change of a control moves what is drawn, not the axes under it."""

import numpy as np
import pytest

from viz.attention.controls import LearnSettings, MapSettings, TableSettings, TokenSettings
from viz.attention.exam_views import run_map, run_table
from viz.attention.figures import by_temperature
from viz.attention.learning_figures import learning_film
from viz.attention.learning_views import run_learn, run_tokens
from viz.attention.map_figures import winner_map
from viz.attention.token_figures import token_film

QUERIES = np.round(np.arange(0.6, 1.45, 0.1), 1)


def axis(film, name):
    return tuple(film.picture.layout[name]["range"])


def test_the_slope_axis_of_the_table_seldom_moves():
    films = [by_temperature(run_table(TableSettings(q1=float(q)))) for q in QUERIES]
    assert len({axis(film, "yaxis2") for film in films}) <= 4


def test_the_walk_fills_its_axis_which_seldom_moves():
    found = [run_map(MapSettings(q1=float(q))) for q in QUERIES]
    ends = {axis(winner_map(one), "xaxis2")[1] for one in found}
    assert len(ends) <= 4
    for one in found:
        assert one.ways[-1] in ends
        assert one.ways[-1] >= 2 * one.lookup.flips.distance * (1 - 1e-9)


@pytest.mark.parametrize("rate", [0.0681, 0.1, 0.215])
def test_the_plane_of_training_holds_all_paths(rate):
    found = run_learn(LearnSettings(learning_rate=rate))
    window = found.window
    for path in found.paths:
        assert (window.left < path[:, 0]).all()
        assert (path[:, 0] < window.right).all()
        assert (window.low < path[:, 1]).all()
        assert (path[:, 1] < window.high).all()


def test_the_plane_of_training_stands_still_for_another_temperature():
    films = [learning_film(run_learn(LearnSettings(temperature=t))) for t in (1.0, 1.07, 1.15)]
    assert len({(*axis(film, "xaxis2"), *axis(film, "yaxis2")) for film in films}) == 1


@pytest.mark.parametrize(
    "film",
    [
        winner_map(run_map(MapSettings(span=1.0))),
        learning_film(run_learn(LearnSettings())),
        learning_film(run_learn(LearnSettings(temperature=1.43))),
    ],
)
def test_plotly_smooths_the_ground(film):
    """It does only if the places are even to a hundredth of their distance."""
    ground = next(t for t in film.picture.data if t["name"] == "ground")
    for name in ("x", "y"):
        steps = np.diff(ground[name])
        assert np.abs(steps - steps.mean()).max() < 0.005 * steps.mean()


def test_notes_come_blank_instead_of_going():
    tokens = [token_film(run_tokens(TokenSettings(causal=causal))) for causal in (True, False)]
    lessons = [learning_film(run_learn(LearnSettings(train=part))) for part in ("query", "keys")]
    for one, other in (tokens, lessons):
        counts = {len(film.picture.layout["annotations"]) for film in (one, other)}
        assert len(counts) == 1


@pytest.mark.parametrize("span", [1, 2, 4, 5, 10])
def test_no_number_stands_where_the_axis_has_its_letter(span):
    film = winner_map(run_map(MapSettings(span=span)), phone=True)
    ticks = film.picture.layout["yaxis"]["tickvals"]
    half = axis(film, "yaxis")[1]
    assert max(ticks) <= 0.95 * half
    assert min(ticks) == -max(ticks)
