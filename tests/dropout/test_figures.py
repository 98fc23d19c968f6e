"""What the pictures of dropout show, read from their data, and what their sentences say."""

import json
import re

import numpy as np
import pytest

from viz.draw import film as films
from viz.draw import theme
from viz.dropout import demo, results


def view(key):
    return next(v for v in demo.VIEWS if v.key == key)


def result_of(key, **values):
    chosen = view(key)
    return chosen.run(chosen.settings(**values))


def film_of(key, phone=False, **values):
    return view(key).film(result_of(key, **values), phone=phone)


def named(film, name):
    return next(t for t in film.figure.data if t.name == name)


def notes(film):
    written = [t for t in film.figure.data if "text" in (getattr(t, "mode", None) or "")]
    texts = [note.text for note in film.figure.layout.annotations]
    return " ".join([*texts, *(text for trace in written for text in trace.text)])


def test_the_running_mean_ends_inside_the_funnel_on_the_formula():
    result = result_of("cost")
    film = view("cost").film(result)
    assert result.is_inside(len(result.shown) - 1)
    mean, formula = named(film, "mean of the masks"), named(film, "formula")
    assert abs(mean.y[-1] - formula.y[0]) < result.error(1000)
    assert "(inside the interval)" in film.caption()
    funnel = named(film, "funnel")
    width = np.ptp(np.asarray(funnel.y)[[0, -1]])
    assert width == pytest.approx(2 * result.error(1), rel=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_the_average_stands_on_its_own_side_of_the_formula(seed):
    result = result_of("cost", seed=seed)
    words = named(view("cost").film(result), "numbers")
    formula, mean = (float(text.split("<b>")[1].removesuffix("</b>")) for text in words.text)
    assert formula == pytest.approx(result.loss.total, rel=1e-3)
    assert mean == pytest.approx(result.running[-1], rel=1e-3)
    (above, below), total = words.y, result.loss.total
    assert (above - total) * (below - total) < 0
    assert (below > above) == (result.running[-1] > total)


def test_the_next_keep_probability_moves_numbers_and_no_note():
    notes_of = [film_of("cost", keep_prob=p).picture.layout["annotations"] for p in (0.5, 0.51)]
    assert notes_of[0] == notes_of[1]


def test_a_mean_outside_the_interval_is_called_so():
    seen = set()
    for seed in range(40):
        result = result_of("cost", seed=seed, num_rows=10, num_features=2, draws=100)
        last = len(result.shown) - 1
        outside = abs(result.running[-1] - result.loss.total) > result.error(100)
        words = "outside" if outside else "inside"
        assert f"({words} the interval" in view("cost").film(result).caption()
        assert result.is_inside(last) == (words == "inside")
        seen.add(words)
    assert seen == {"inside", "outside"}


def test_all_columns_meet_at_one_length():
    film = film_of("cost", num_features=3, keep_prob=0.8)
    np.testing.assert_allclose(named(film, "before").customdata, (1, 5, 10), rtol=1e-4)
    slopes = [v for v in named(film, "slopes").y if v is not None]
    assert slopes[1::2] == [0.2] * 3
    assert "all <b>2</b>" in notes(film)


@pytest.mark.parametrize("phone", [False, True])
def test_keeping_everything_is_least_squares(phone):
    film = film_of("cost", phone, keep_prob=1.0)
    assert all("This is least squares" in frame.caption for frame in film.frames)
    assert named(film, "slopes").x == ()
    assert "not invertible" in notes(film)
    assert "least squares" in film_of("train", phone, keep_prob=1.0, num_steps=200).caption()


def test_columns_of_zeros_and_twins_are_noticed():
    own = "a,b,y\n1,0,1\n2,0,3\n3,0,2"
    assert "column 2 is all zeros" in film_of("cost", data="own", own=own).caption()
    twins = film_of("path", data="twins", num_features=2)
    assert "least squares has no unique answer" in twins.caption(len(twins.frames) - 1)
    assert "no unique answer" not in twins.caption(10)
    few = film_of("path", num_rows=10, num_features=20)
    assert "fewer rows than features" in few.caption(20)


def test_the_path_has_both_ends():
    film = film_of("path")
    assert film.frames[film.start_index].label == "p = 0.50"
    assert named(film, "w1").y[-1] == pytest.approx(1.83, abs=0.01)
    assert len(film.frames) == 50
    assert "1.83" in notes(film)
    for phone in (False, True):
        for chart in view("path").more(result_of("path"), phone=phone):
            assert chart.caption()
    wide = view("path").more(result_of("path", num_features=2, rho=0.0))[0]
    assert len(wide.frames) == 50
    assert len(json.dumps(films.to_json(wide))) < 100_000


def test_contours_have_equal_cost():
    result = result_of("path", num_features=2)
    film = view("path").more(result)[0]
    i = 24
    ring = dict(zip(film.frames[i].traces, film.frames[i].data, strict=True))[1]
    x, y, p = result.sample.x, result.sample.y, results.KEEPS[i]
    gap = ring["x"].index(None)
    costs = []
    for w in zip(ring["x"][:gap], ring["y"][:gap], strict=True):
        fit = ((y - x @ np.array(w)) ** 2).sum()
        costs.append(fit + (1 - p) / p * ((x**2).sum(axis=0) * np.square(w)).sum())
    assert np.ptp(costs) < 0.02 * np.mean(costs)


def test_the_parabola_runs_through_the_clouds():
    film = view("cost").more(result_of("cost"))[0]
    mean, curve = named(film, "mean of the masks"), named(film, "formula")
    low, high, _ = np.asarray(named(film, "95% of the mean").y, dtype=float).reshape(-1, 3).T
    np.testing.assert_allclose((low + high) / 2, mean.y, rtol=1e-3)
    error = (high - low) / 2
    hits = np.abs(np.asarray(mean.y) - np.asarray(curve.y)) <= 1.5 * error
    assert hits.mean() > 0.9
    bends = np.diff(np.asarray(curve.y, dtype=float), 2)
    np.testing.assert_allclose(bends, bends[0], rtol=0.05)
    assert np.argmin(curve.y) == len(curve.y) // 2


@pytest.mark.parametrize("key", ["cost", "path", "train", "masks"])
def test_axes_are_given_and_not_fitted(key):
    """A fitted axis has the whole chart planned anew when a number changes."""
    result = result_of(key)
    for film in (view(key).film(result), *view(key).more(result)):
        axes = [a for name, a in film.picture.layout.items() if name[1:].startswith("axis")]
        assert axes
        assert all("range" in axis for axis in axes)


def test_another_feature_is_not_another_note():
    counts = {
        len(view("cost").film(result_of("cost", num_features=d)).picture.layout["annotations"])
        for d in (2, 8, 10)
    }
    assert len(counts) == 1


def test_the_next_keep_probability_leaves_the_parabolas_axes():
    charts = [view("cost").more(result_of("cost", keep_prob=p))[0] for p in (0.5, 0.51)]
    one, other = (c.picture.layout for c in charts)
    assert all(one[name]["range"] == other[name]["range"] for name in ("xaxis", "yaxis"))


@pytest.mark.parametrize("key", ["path", "train", "units"])
def test_a_small_change_seldom_moves_the_axes(key):
    ranges = []
    for noise in np.arange(1.0, 1.5, 0.05):
        layout = view(key).film(result_of(key, noise=float(noise))).picture.layout
        ranges.append((*layout["xaxis"]["range"], *layout["yaxis"]["range"]))
    assert len(set(ranges)) <= 5


def test_erased_entries_and_halved_correlations():
    result = result_of("masks")
    film = view("masks").film(result)
    for frame, mask in zip(film.frames, result.masks, strict=True):
        np.testing.assert_array_equal(np.asarray(frame.data[0]["z"]) >= 0, mask)
        assert f"{100 * mask.mean():.0f}%" in frame.caption
        crosses = frame.data[1]
        assert {*zip(crosses["y"], crosses["x"], strict=True)} == {
            (row, column) for row, column in np.argwhere(~mask)
        }
    before, after = (np.asarray(named(film, n).z) for n in ("as they are", "what training sees"))
    np.testing.assert_allclose(np.diag(after), 1)
    np.testing.assert_allclose(after[0, 1], before[0, 1] / 2, atol=1e-3)


def test_units_move_ridge_alone():
    film = film_of("units")
    said = film.caption()
    assert said.startswith("Feature 1 multiplied by 100: ridge's predictions move by 4")
    assert "dropout's by 0.0%" in said
    assert "batch norm with ridge by 0.0%" in said
    own = next(i for i, unit in enumerate(results.UNITS) if unit == 1)
    assert film.caption(own).startswith("Feature 1 in its own unit")


@pytest.mark.parametrize("inverted", [False, True])
def test_training_lands_on_its_own_star(inverted):
    result = result_of("train", inverted=inverted)
    film = view("train").film(result)
    star, other = named(film, "closed form"), named(film, "other convention")
    factor = star.x[0] / other.x[0]
    assert factor == pytest.approx(0.5 if inverted else 2)
    assert result.distance(-1) < 0.1
    assert ("no rescaling" in film.caption()) == inverted


def test_the_default_films_are_light():
    for one in demo.VIEWS:
        size = len(json.dumps(films.to_json(one.film(one.run(one.settings())))))
        assert size < 60_000, (one.key, size)


@pytest.mark.parametrize("phone", [False, True])
def test_the_words_below_the_columns_are_drawn(phone):
    layout = film_of("cost", phone).figure.layout
    feet = [n for n in layout.annotations if n.text.startswith("in <i>X</i>")]
    low, high = layout.yaxis2.range
    assert len(feet) == 2
    assert all(low <= n.y <= high for n in feet)


def test_equal_columns_have_one_label():
    layout = film_of("cost", standardized=True).figure.layout
    beside = [n for n in layout.annotations if n.xref == "x2" and n.x < 0 and n.text.strip()]
    assert [n.text for n in beside] == ["all 14.1"]
    count = len(film_of("cost").figure.layout.annotations)
    assert len(layout.annotations) == count


def test_stars_that_meet_have_their_names_on_two_sides():
    wild = {"keep_prob": 0.02, "num_features": 20, "batch_size": 1, "num_steps": 200}
    film = film_of("train", inverted=True, **wild)
    stars = [n for n in film.figure.layout.annotations if "w̌" in n.text]
    assert {n.yanchor for n in stars} == {"bottom", "top"}
    assert "times its length" in film.caption()
    assert "%" not in film.caption().split("Without any noise")[0]
    assert "%" in film_of("train").caption()


def test_wide_tables_say_which_entries_they_show_and_count():
    result = result_of("masks", num_features=20)
    film = view("masks").film(result)
    assert "first 10 of 20" in notes(film)
    assert "cosines, first 8 of 20" in notes(film)
    for frame, mask in zip(film.frames, result.masks, strict=True):
        assert f"{100 * mask[:, :10].mean():.0f}%" in frame.caption


@pytest.mark.parametrize("p", [0.02, 0.51, 0.5, 0.99, 1.0])
def test_stage_derivation_and_witnesses_have_the_controls_p(p):
    chosen = view("path").settings(keep_prob=p)
    result = view("path").run(chosen)
    film, weight = view("path").film(result), view("path").answer(result)[0]
    assert film.frames[film.start_index].label == f"p = {p:.2f}"
    assert films.plain(film.caption()).startswith(f"At p = {p:.2f} the weights w₁ and w₂ are")
    assert named(film, "present").y[0] == pytest.approx(weight, rel=1e-4)
    assert view("path").more(result)[0].start_index == film.start_index
    derived = " ".join(line.latex for line in view("path").derive(result))
    assert (f"p &= {p:g} " in derived) == (p < 1)
    assert f"{weight:.3g}" in derived
    witnesses = view("path").agree(chosen)
    assert any(f"p = {p:g} " in name for name in witnesses)
    np.testing.assert_allclose(list(witnesses.values()), weight)


def test_contours_get_rounder_with_dropout():
    for data in ("correlated", "unequal"):
        result = result_of("path", data=data, num_features=2)
        gram = result.sample.x.T @ result.sample.x
        added = [gram + (1 - p) / p * np.diag(np.diag(gram)) for p in result.keeps]
        ratios = [np.linalg.cond(matrix) for matrix in added]
        assert ratios == sorted(ratios)
        assert "at least as round" in view("path").more(result)[0].caption()


def test_with_p_1_the_average_lies_on_the_formula():
    film = film_of("cost", keep_prob=1.0)
    assert set(named(film, "mean of the masks").y) == set(named(film, "formula").y)
    assert "grey" not in notes(film)
    assert "grey" in notes(film_of("cost"))


def test_a_perfect_fit_is_drawn_as_zero():
    film = film_of("cost", keep_prob=1.0, noise=0.0)
    assert "every mask costs 0," in films.plain(film.caption())
    low, high = film.figure.layout.yaxis.range
    assert low < 0 < high
    assert high - low >= 1


def test_numbers_to_be_compared_have_as_many_decimals():
    said = films.plain(film_of("cost").caption())
    average, formula = re.search(r"averages ([\d.]+) .* says ([\d.]+) ", said).groups()
    assert len(average) == len(formula) == 6


def test_training_says_why_it_has_not_arrived():
    assert "more steps its weight needs" in film_of("train", data="unequal").caption()
    assert "larger batches" in film_of("train", batch_size=1, num_steps=500).caption()
    assert "Without any noise" not in film_of("train").caption()


NUMBER = r"± \d+\.\d+|\d+\.\d+%"


def claimed(key, label):
    found = next(f for f in (*view(key).findings, *view(key).presets) if f.label == label)
    film = film_of(key, **found.values)
    return found.words, films.plain(film.caption(found.step))


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("cost", "about a hundred masks"),
        ("units", "weak ridge"),
        ("units", "shifted means"),
        ("train", "single examples"),
    ],
)
def test_findings_state_what_the_page_then_says(key, label):
    words, caption = claimed(key, label)
    others = films.plain(film_of(key).caption())
    for number in re.findall(NUMBER, words):
        assert number in caption + others, number
    assert re.search(NUMBER, words).group() in caption


def test_a_weak_ridge_notices_smaller_numbers_alone():
    ridge = result_of("units", l2=0.1).changes["ridge"]
    assert ridge[0] == pytest.approx(0.395, abs=5e-4)
    assert ridge[-1] < 0.005


def test_overlapping_features_let_go_of_each_other():
    words, result = demo.ADAPTED.words, result_of("path", **demo.ADAPTED.values)
    for told in (result.weight[-1], result.w_check[result.present]):
        for weight in told:
            assert f"{weight:.2f}".replace("-", "−") in words
    np.testing.assert_allclose(result.ones, (1, 0.8))
    assert "(1, 0.8)" in words


def test_presets_that_speak_of_lengths_open_the_picture_of_lengths():
    lengths = [p for p in view("path").presets if "length" in p.words and "√n" not in p.words]
    assert lengths
    assert all(preset.view == "cost" for preset in lengths)


def test_the_variance_of_one_entry_has_its_numbers():
    result = result_of("cost")
    entry = result.sample.x[0, 0] * result.fitted.w_check[0]
    derived = " ".join(line.latex for line in view("cost").derive(result))
    assert f"= {0.25 * entry**2:.5g}" in derived


def test_the_number_that_units_agree_on_is_derived():
    chosen = view("units").settings()
    shown = " ".join(line.latex for line in view("units").derive(view("units").run(chosen)))
    assert all(f"{value:.5g}" in shown for value in view("units").agree(chosen).values())


def test_nothing_that_is_only_rounding_is_in_the_table_of_units():
    table = view("units").table(result_of("units"))
    values = [v for name, column in table.items() if name != "method" for v in column]
    assert all(v == 0 or v > 1e-3 for v in values)


def test_learned_weights_have_the_color_of_weights():
    film = film_of("train")
    assert named(film, "iterates").line.color == theme.PAR
    assert named(film, "average").marker.color == theme.PAR
