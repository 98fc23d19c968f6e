"""What the films draw, read from their data."""

import json

import numpy as np
import pytest

from viz import settings as settings_
from viz.autoencoder import demo, image_view, price_view, race_view, training_view, valley_view
from viz.autoencoder.figures import PICTURES
from viz.draw import film as films

THEORY = (0.99373, 0.98995, 0.98319)


def film_of(view, *, phone=False, **values):
    return view.film(view.run(settings_.settings_from(view.settings, values)), phone=phone)


def training(**values):
    return film_of(training_view.VIEW, **values)


def trace(film, name, index=None):
    """A trace's fields at a frame (the last if not given)."""
    figure = films.figure_at(film, len(film.frames) - 1 if index is None else index)
    return next(t for t in figure["data"] if t.get("name") == name)


def branches(drawn):
    """The lines of a trace that gaps part, as arrays."""
    y = [np.nan if v is None else v for v in drawn["y"]]
    ends = np.flatnonzero(np.isnan(y))
    return [np.array(part)[~np.isnan(part)] for part in np.split(np.array(y), ends)]


def test_the_default_curves_end_on_theorys_lines():
    film = training()
    for name in ("encoder W₁", "decoder W₂"):
        ends = [line[-1] for line in branches(trace(film, name)) if len(line)]
        np.testing.assert_allclose(ends, THEORY, atol=2e-3)
    lines = [line for line in branches(trace(film, "theory")) if len(line)]
    np.testing.assert_allclose([line[0] for line in lines[:3]], THEORY, atol=1e-5)
    assert [t.strip() for t in trace(film, "theory's values")["text"]] == [
        "0.994",
        "0.990",
        "0.983",
    ]


def test_labels_stay_on_the_axis():
    for values in ({"latent_dim": 7}, {"variances": "4 4 4 4 4 3 2 1", "latent_dim": 7}):
        for phone in (False, True):
            found = training_view.run(
                settings_.settings_from(training_view.TrainingSettings, values)
            )
            film = training_view.film(found, phone=phone)
            low, high = film.figure.layout.yaxis.range
            assert all(low <= at <= high for at in trace(film, "theory's values")["y"])


def test_the_default_panel_turns_into_the_identity():
    film = training()
    far = [float(trace(film, "distance", i)["text"][0].split("<b>")[1][:4]) for i in (0, 20, -1)]
    assert far[0] > far[1] > far[2]
    np.testing.assert_allclose(trace(film, "table")["z"], np.eye(3), atol=0.03)
    assert trace(film, "numbers")["text"][::4] == ["0.98", "0.98", "0.98"]


def test_without_decay_no_line_is_drawn_and_the_columns_are_not_orthonormal():
    film = training(l2=0.0, decoder_scale=6.31)
    assert trace(film, "theory")["x"] == []
    assert np.abs(np.array(trace(film, "table")["z"]) - np.eye(3)).max() > 0.5
    assert "any s and 1/s costs the same" in film.caption()


def test_a_penalty_above_a_variance_switches_a_direction_off():
    film = training(l2=2.0)
    assert trace(film, "decoder now")["y"][2] == 0
    assert "the code uses 2 of 3 dimensions" in film.caption()
    assert "0.707, 0.447, 0.000" in film.caption()


def test_the_veil_covers_what_is_still_to_come():
    film = training()
    dots = trace(film, "decoder now", 10)["x"]
    assert trace(film, "still to come", 10)["x"][0] == dots[0]
    assert trace(film, "still to come")["x"] == []


@pytest.mark.parametrize("beside", PICTURES)
@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("latent_dim", [1, 2, 7])
def test_every_panel_draws_in_every_frame(beside, phone, latent_dim):
    found = training_view.run(
        settings_.settings_from(
            training_view.TrainingSettings, {"beside": beside, "latent_dim": latent_dim}
        )
    )
    film = training_view.film(found, phone=phone)
    count = len(film.figure.data)
    assert all(max(frame.traces) < count for frame in film.frames)
    assert len(json.dumps(films.to_json(film))) < 150_000


@pytest.mark.parametrize("beside", PICTURES)
@pytest.mark.parametrize("latent_dim", [5, 7])
def test_the_heaviest_films_keep_the_limit(beside, latent_dim):
    film = training(beside=beside, latent_dim=latent_dim, axis="linear")
    assert len(film.frames) == 121
    assert len(json.dumps(films.to_json(film))) < 300_000


def test_the_default_film_is_light():
    film = training()
    assert len(json.dumps(films.to_json(film))) < 70_000
    assert len(film.figure.data) <= 12
    assert len(film.figure.layout.annotations) == 2
    assert not any(frame.layout for frame in film.frames)


def test_singular_vectors_match_the_components_only_with_decay():
    diagonals = {}
    for l2 in (0.05, 0.0):
        film = training(l2=l2, decoder_scale=3.16, beside="match with PCA", num_steps=2000)
        z = trace(film, "table")["z"]
        assert z[3] == [None] * 3
        diagonals[l2] = np.diag(np.array(z[4:], dtype=float))
    assert diagonals[0.05].min() > 0.98
    assert diagonals[0.0].min() < 0.9


def test_imbalance_runs_beside_its_law():
    film = training(decoder_scale=3.16, step_size=0.01, num_steps=3000, beside="balance")
    seen, law = trace(film, "imbalance"), trace(film, "law")
    drop = np.log(np.array(films.figure_at(film, 0)["data"][9]["y"])[[0, -1]])
    assert drop[1] - drop[0] == pytest.approx(np.diff(np.log(law["y"]))[0], rel=0.05)
    assert seen["x"][-1] == law["x"][-1] == 3000
    assert trace(training(optimizer="full Adam", beside="balance"), "law")["y"] == []


def test_stages_follow_the_logistic_law():
    film = training(start="aligned", scale=0.05, axis="linear", num_steps=5000, step_size=0.01)
    seen, law = branches(trace(film, "decoder W₂")), branches(trace(film, "logistic law"))
    for ours, theirs in zip(seen[:3], law[:3], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=0.02)
    assert trace(training(), "logistic law")["x"] == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"step_size": 0.8}, "exceeds 0.5/d₁ = 0.125"),
        ({"decoder_scale": 10.0, "scale": 1.0, "axis": "linear"}, "so large a start"),
        ({"latent_dim": 7}, "variances 7 and 8 are close"),
        ({"variances": "1e6 1e-6", "latent_dim": 1}, "the code holds of direction 2 fades slowly"),
        ({"l2": 0.0001, "num_steps": 2000}, "encoder and decoder balance slowly"),
        ({"variances": "2 2 2 1 1", "latent_dim": 2}, "the principal subspace is not unique"),
        ({"l2": 2.0, "step_size": 0.01, "num_steps": 100}, "the minimum uses 2 of 3 dimensions"),
        ({"l2": 2.0, "step_size": 0.01, "num_steps": 100}, "direction 3 fades slowly"),
        ({"l2": 0.0, "step_size": 0.01, "num_steps": 100}, "Not converged yet"),
    ],
)
def test_the_last_caption_says_what_is_special(values, words):
    assert words in training(**values).caption()


def test_without_decay_a_run_that_has_the_product_has_arrived():
    assert "Not converged" not in training(l2=0.0, decoder_scale=6.31).caption()


def test_a_path_that_ends_below_0_is_said_to_be_outside():
    film = film_of(valley_view.VIEW, encoder=3.0, decoder=3.0, rate=0.1)
    assert trace(film, "now")["x"][0] == pytest.approx(-0.99373035, abs=1e-6)
    assert "Outside the picture, on the other side of 0" in film.caption()
    assert "Outside" not in film_of(valley_view.VIEW).caption()


def test_without_decay_the_race_says_that_adamw_is_adam():
    film = film_of(race_view.VIEW, l2=0.0, race_steps=1000)
    assert "AdamW is then Adam" in film.caption()
    assert "stops" not in film.caption()


def test_the_race_says_of_which_step_the_values_of_a_diverged_run_are():
    said = films.plain(film_of(race_view.VIEW, point_step=0.1, race_steps=1000).caption())
    assert "SGD 7.91 / 9.29 (step 5)" in said
    assert "SGD diverged at step 6" in said


def test_raw_patches_are_not_learned_in_the_state_that_says_so():
    crawls = next(one for one in image_view.FINDINGS if "crawls" in one.words)
    assert "Not converged yet" in film_of(image_view.VIEW, **crawls.values).caption()


def test_a_penalty_equal_to_a_variance_has_reached_it():
    film = film_of(price_view.VIEW)
    labels = [frame.label for frame in film.frames]
    assert "λ has reached the variance of direction 3" in film.caption(labels.index("λ = 1.5"))
    assert "λ has passed the variance of direction 3" in film.caption(labels.index("λ = 2"))


def test_a_single_step_is_singular():
    assert films.plain(training().frames[1].caption).startswith("After 1 step:")


def test_the_valley_ends_at_its_minimum():
    film = film_of(valley_view.VIEW, encoder=0.5, decoder=2.0, num_steps=5000, rate=0.15)
    assert trace(film, "now")["x"][0] == pytest.approx(0.99373035, abs=1e-6)
    price = trace(film, "price")
    marked = [y for x, y in zip(price["x"], price["y"], strict=True) if x in (0.5, 1.0, 2.0)]
    assert marked == [4.25, 2.0, 4.25]


def test_the_price_film_starts_at_the_exams_penalty_and_drops_directions():
    film = film_of(price_view.VIEW)
    assert film.frames[film.start_index].label == "λ = 0.05"
    at = [frame.label for frame in film.frames].index("λ = 2")
    assert trace(film, "verdict", at)["text"][:4] == ["0.71", "0.45", "out", "out"]
    assert "2 of 3 dimensions" in film.caption(at)


def test_many_variances_have_a_word_over_every_second_bar():
    sixteen = " ".join(["3"] * 16)
    words = trace(film_of(price_view.VIEW, variances=sixteen, latent_dim=7), "verdict")["text"]
    assert [bool(word) for word in words] == [True, False] * 8
    said = film_of(price_view.VIEW, variances=sixteen, latent_dim=7).caption()
    assert "0.992 for all the others too." in films.plain(said)
    few = trace(film_of(price_view.VIEW), "verdict")["text"]
    assert all(few)


def test_the_race_shows_that_only_decoupled_decay_leaves_the_lines():
    found = race_view.run(race_view.RaceSettings())
    ends = {one.method: one.run.decoder_values[-1, 0] for one in found.runs}
    goal = found.runs[0].best.decoder_values[0]
    assert goal == pytest.approx(0.99373035)
    assert ends["full"] == pytest.approx(goal, abs=1e-3)
    assert goal < ends["adam"] < ends["sgd"] < ends["adamw"]
    assert len(race_view.film(found).figure.data) == 28


def test_images_are_rebuilt_by_what_the_code_keeps():
    found = image_view.run(image_view.ImageSettings())
    one = found.study
    np.testing.assert_allclose(one.run.decoder_values[-1], one.best.decoder_values, atol=2e-3)
    best = one.data.eigenvalues[:8].sum() / one.data.eigenvalues.sum()
    assert 0.5 < found.kept(-1) < best
    film = image_view.film(found)
    assert trace(film, "rebuilt")["z"]["shape"] == "8, 71"
    assert len(json.dumps(films.to_json(film))) < 150_000


def test_every_view_has_its_own_key():
    assert [view.key for view in demo.VIEWS] == ["training", "valley", "price", "race", "images"]


def test_a_run_that_leaves_is_told_in_round_numbers():
    film = film_of(valley_view.VIEW, l2=3.1622776601683795, variance=0.1, rate=0.5)
    said = films.plain(film.frames[-1].caption)
    assert "Diverged at step 3" in said
    assert "product 9.9\u00a0×\u00a010⁸" in said


def test_a_code_that_rebuilds_nothing_has_no_negative_share():
    film = film_of(image_view.VIEW, code_size=1, share=0.0)
    said = films.plain(film.frames[0].caption)
    assert "nothing of the variance is rebuilt" in said


def test_another_size_of_the_code_moves_no_axis():
    first, *others = (training(latent_dim=k).picture.layout for k in (3, 1, 7))
    assert all(other[name] == first[name] for other in others for name in ("xaxis2", "yaxis2"))


@pytest.mark.parametrize("beside", ["column products", "match with PCA"])
def test_every_number_stands_in_its_cell(beside):
    film = training(latent_dim=4, beside=beside)
    cells, numbers = trace(film, "table"), trace(film, "numbers")
    seen = 0
    for x, y, text in zip(numbers["x"], numbers["y"], numbers["text"], strict=True):
        row, column = cells["y"].index(y), cells["x"].index(x)
        assert cells["customdata"][row][column] == [row + 1, column + 1]
        assert float(text.replace("−", "-")) == pytest.approx(cells["z"][row][column], abs=0.006)
        seen += 1
    assert seen == sum(value is not None for row in cells["z"] for value in row)


def test_the_price_picture_has_as_many_notes_for_every_size_of_the_code():
    counts = {
        len(film_of(price_view.VIEW, latent_dim=k).picture.layout["annotations"])
        for k in range(1, 8)
    }
    assert len(counts) == 1


def test_the_axis_of_singular_values_seldom_moves():
    prices = (0.0251, 0.0316, 0.0398)
    films = [training(separate=True, l2_decoder=price) for price in prices]
    assert len({film.picture.layout["yaxis"]["range"][1] for film in films}) == 1
    assert training().picture.layout["yaxis"]["range"] == [0, 1.15]
