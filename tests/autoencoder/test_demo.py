"""Settings, own data and recorded runs of the page."""

import re

import numpy as np
import pytest

from viz import settings as settings_
from viz.autoencoder import demo, image_view, price_view, race, race_view, training_view
from viz.autoencoder.image_view import ImageSettings
from viz.autoencoder.race import Setup
from viz.autoencoder.training_settings import TrainingSettings


def of(model, **values):
    return settings_.settings_from(model, values)


def view_of(key):
    return next(view for view in demo.VIEWS if view.key == key)


def test_the_exams_answers():
    seed = demo.SEED
    assert (seed.layers, seed.loss, seed.orthonormal, seed.minimiser) == (2, "nn.MSELoss", True, 1)
    assert set(seed.needed) == {"Weight Decay", "SGD optimizer"}
    assert set(seed.needed) < set(seed.offered)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"latent_dim": 7, "variances": "4 2 1"}, "k must be between 1 and 2"),
        ({"variances": "1 2 3"}, "from the largest to the smallest"),
        ({"variances": "2 1 0"}, "variances must be positive, got 0"),
        ({"variances": "4"}, "needs at least 2 numbers, got 1"),
        ({"separate": True, "l2": 0.0}, "both lambdas must be positive or both zero"),
        ({"data": "own points", "own": "1,2\n"}, "at least 2 rows and 2 columns"),
        ({"data": "own points", "own": "1,2\n3,x\n"}, "x"),
        ({"data": "own points", "own": "1,2\n1,2\n", "latent_dim": 1}, "no variation"),
        ({"data": "own points", "own": "1e300,1\n2,3\n-1e300,4\n"}, "at most 10¹⁰⁰ in size"),
    ],
)
def test_bad_settings_get_a_sentence(values, words):
    with pytest.raises(ValueError, match=words):
        training_view.run(of(TrainingSettings, **values))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2\n3 4", "image is 2 x 2 pixels, need at least 8 x 8"),
        ("\n".join(["5 " * 12] * 12), "the image has no variation"),
        (
            "\n".join(" ".join(f"{r / 10 + c / 5:g}" for c in range(20)) for r in range(20)),
            "the data have no variation",
        ),
    ],
)
def test_a_useless_image_gets_a_sentence(text, words):
    with pytest.raises(ValueError, match=words):
        image_view.run(of(ImageSettings, pictures="own image", own=text))


def test_own_points_are_scaled_and_their_spectrum_is_the_covariances():
    found = training_view.run(of(TrainingSettings, data="own points", latent_dim=2)).study
    points = found.data.points
    np.testing.assert_allclose(points @ points.T / points.shape[1], found.data.cov, atol=1e-12)
    assert found.data.eigenvalues[0] == pytest.approx(4)


def test_another_panel_is_the_same_run():
    one = training_view.run(of(TrainingSettings, seed=5))
    two = training_view.run(of(TrainingSettings, seed=5, beside="angles"))
    assert one.study is two.study
    assert one.beside != two.beside


@pytest.mark.parametrize(
    "values",
    [
        {"optimizer": "full Adam", "num_steps": 100},
        {"optimizer": "SGD", "point_steps": 1000},
        {"separate": True, "l2_decoder": 0.2, "num_steps": 100},
    ],
)
def test_the_snippet_prints_the_screens_numbers(values):
    chosen = of(TrainingSettings, **values)
    space = {}
    exec(training_view.snippet(chosen), space)
    expected = training_view.answer(training_view.run(chosen))
    np.testing.assert_allclose(space["answer"], expected, atol=1e-9)


DIVERGED = [
    ("training", {"step_size": 1.0}),
    ("training", {"optimizer": "SGD", "point_step": 0.1}),
    ("valley", {"encoder": 3.0, "decoder": 3.0, "rate": 0.5}),
    ("race", {"point_step": 0.1, "decoder_scale": 10.0, "race_steps": 1000}),
]


@pytest.mark.parametrize(("key", "values"), DIVERGED)
def test_the_snippet_of_a_diverged_run_stops_where_the_page_stops(key, values):
    view = view_of(key)
    chosen, space = of(view.settings, **values), {}
    text = view.snippet(chosen)
    exec(text, space)
    np.testing.assert_allclose(space["answer"], view.answer(view.run(chosen)), rtol=1e-6)
    assert "stop where the page stops" in text


def test_the_snippet_of_diverged_images_takes_the_steps_that_are_shown():
    # Not executed: near the limit of the step size rounding decides where such a run goes.
    chosen = of(ImageSettings, pictures="discs", contrast=False, step_size=1.0)
    run = image_view.run(chosen).study.run
    text = image_view.snippet(chosen)
    assert f"range({run.steps[-1]}):  # diverges at step {run.diverged_at}" in text


@pytest.mark.parametrize("variances", ["100 50 1", "0.01 0.001 0.0001"])
def test_the_price_of_any_variances_begins_at_a_penalty(variances):
    view, chosen = view_of("price"), of(price_view.PriceSettings, variances=variances, latent_dim=2)
    found, space = view.run(chosen), {}
    exec(view.snippet(chosen), space)
    assert found.l2[price_view.marked(found)] == min(0.05, 2 * found.eigenvalues[0])
    np.testing.assert_allclose(space["answer"], view.answer(found), atol=1e-4)


def derived(**values):
    lines = training_view.derive(training_view.run(of(TrainingSettings, **values)))
    return [line.words for line in lines], [line.latex for line in lines]


@pytest.mark.parametrize(
    ("optimizer", "said"),
    [
        ("full gradient", "would keep the imbalance |W₁W₁ᵀ − W₂ᵀW₂|: here it goes from 0.194"),
        ("SGD", "noise of single points changes the imbalance |W₁W₁ᵀ − W₂ᵀW₂|: here it goes from"),
        ("Adam", "rescaled steps change the imbalance |W₁W₁ᵀ − W₂ᵀW₂|: here it goes from 0.194"),
    ],
)
def test_only_the_full_gradient_is_said_to_keep_the_imbalance(optimizer, said):
    words, formulas = derived(l2=0.0, optimizer=optimizer, point_steps=1000)
    assert any(said in sentence for sentence in words)
    assert r"\frac{dB}{dt} &= 0" in formulas[-1]


def test_adam_has_no_number_of_steps_for_a_law_it_does_not_follow():
    assert "steps to" in derived()[1][-1]
    assert "steps to" not in derived(optimizer="AdamW", point_steps=1000)[1][-1]


def test_two_penalties_are_priced_decayed_and_balanced_each_on_its_own():
    words, formulas = derived(separate=True, l2=0.05, l2_decoder=0.501)
    assert r"2k\sqrt{\lambda_1\lambda_2} = 0.94963" in formulas[1]
    assert "^{1/4} = 0.56206" in formulas[2]
    assert r"d_i\le g" in formulas[5]
    assert all(f"= {value}" in formulas[-2] for value in ("0.1", "1.002", "0.0125", "0.12525"))
    assert "not to 0" in words[-1]
    assert r"-4\lambda B" not in formulas[-1]


def test_recorded_race_is_what_training_gives():
    setup = race_view.setup_of(race_view.RaceSettings())
    kept = race_view.run(race_view.RaceSettings())
    short = Setup(
        setup.eigenvalues, setup.latent_dim, setup.l2, setup.decoder_scale, setup.step_size,
        300, setup.seed,
    )  # fmt: skip
    data = short.data()
    for place, method in enumerate(race.METHODS):
        again = race.one(short, data, method).run
        steps = kept.runs[place].run.steps
        common = [s for s in again.steps.tolist() if s in steps.tolist()]
        assert len(common) > 5
        ours = kept.runs[place].run.decoder_values[np.isin(steps, common)]
        theirs = again.decoder_values[np.isin(again.steps, common)]
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert race.read(race.write(kept), setup).runs[1].run.steps[-1] == 20_000


def test_what_takes_long_is_a_job():
    assert not training_view.slow(TrainingSettings())
    assert training_view.slow(of(TrainingSettings, optimizer="SGD"))
    assert training_view.slow(of(TrainingSettings, num_steps=5000))
    assert race_view.slow(of(race_view.RaceSettings, l2=0.1))
    assert image_view.slow(of(ImageSettings, num_steps=3000))


HARD = {
    "training": (
        {},
        {"l2": 1e-4, "latent_dim": 7, "num_steps": 100},
        {"l2": 0.0},
        {"separate": True, "l2": 0.00316, "l2_decoder": 0.501, "latent_dim": 7},
    ),
    "valley": ({}, {"l2": 1e-4}, {"l2": 0.0}),
    "price": ({}, {"latent_dim": 7}),
    "race": ({},),
    "images": ({}, {"share": 1e-4, "code_size": 16}),
}


@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
def test_formulas_fit_a_phone_and_write_powers_as_powers(view):
    for values in HARD[view.key]:
        for line in view.derive(view.run(of(view.settings, **values))):
            assert not re.search("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹−]|e-", line.latex.replace("e^{-", ""))
            for row in re.sub(r"\\begin{pmatrix}.*?\\end{pmatrix}", "", line.latex).split(r"\\"):
                shown = re.sub(r"\\[a-zA-Z]+|[\\{}&^_ ]", "", row.replace(r"\tfrac", ""))
                assert len(shown) <= 42, shown


def test_without_a_penalty_the_valleys_derivation_does_not_speak_of_one():
    valley_ = next(view for view in demo.VIEWS if view.key == "valley")
    lines = valley_.derive(valley_.run(of(valley_.settings, l2=0.0)))
    assert any("nothing pulls the two together" in line.words for line in lines)
    assert not any("also pulls" in line.words for line in lines)


def test_the_limit_of_lambda_that_a_sentence_names_is_allowed():
    assert of(TrainingSettings, l2="3.1623").l2 <= 3.1623


@pytest.mark.parametrize("pictures", ["digits", "own image"])
@pytest.mark.parametrize("share", [0.0, 1e-4, 0.05])
@pytest.mark.parametrize("code_size", [1, 6, 16])
def test_the_images_minimum_is_found_in_three_ways(pictures, share, code_size):
    chosen = {"pictures": pictures, "share": share, "code_size": code_size}
    found = list(image_view.agree(of(ImageSettings, **chosen)).values())
    assert max(found) - min(found) <= image_view.VIEW.atol
