"""What the pictures of batch norm show, read from their data."""

import math

import numpy as np
import pytest

from viz.batchnorm import (
    charts,
    demo,
    family_figures,
    feature,
    figures,
    layer,
    plane_figures,
    running_figures,
    small_figures,
)
from viz.draw import columns
from viz.draw import film as films


def at(film, name, index=None, kind=None):
    """A trace's fields in one frame, in the film's own first one by default."""
    place = next(
        i for i, t in enumerate(film.figure.data) if t.name == name and kind in (None, t.type)
    )
    fields = film.figure.data[place].to_plotly_json()
    frame = film.frames[film.start_index if index is None else index]
    return {**fields, **dict(zip(frame.traces, frame.data, strict=True)).get(place, {})}


def line(**values):
    return figures.one_feature(demo.run_line(demo.LineSettings(**values)))


def plane(**values):
    return plane_figures.two_features(demo.run_plane(demo.PlaneSettings(**values)))


def test_peaks_are_in_the_ratio_of_the_deviations():
    film = line()
    assert max(at(film, "before")["y"]) == pytest.approx(0.997, abs=1e-3)
    assert max(at(film, "after")["y"]) == pytest.approx(0.399, abs=1e-3)


def test_the_film_ends_in_the_exams_solution():
    film = line()
    assert len(film.frames) == 33
    np.testing.assert_allclose(at(film, "marks after")["x"], demo.SEED.exam_1d.ticks_out)
    assert "lands at 4" in film.caption()
    assert at(film, "beta")["x"][0] == demo.SEED.exam_1d.beta
    band = next(s for s in film.frames[-1].layout["shapes"] if s["type"] == "rect")
    assert (band["x0"], band["x1"], band["opacity"]) == (2, 4, 1)
    assert film.frames[0].layout["shapes"][0]["opacity"] == 0


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
def test_notes_and_shapes_keep_their_number(view, phone):
    film = view.film(view.run(view.settings()), phone=phone)
    layouts = [{**film.figure.to_plotly_json()["layout"], **f.layout} for f in film.frames]
    assert (
        len({tuple(len(one.get(k, ())) for k in ("annotations", "shapes")) for one in layouts}) == 1
    )


@pytest.mark.parametrize("data", ["normal", "bimodal", "skewed", "own"])
def test_the_rug_holds_forty_quantiles(data):
    result = demo.run_line(demo.LineSettings(data=data))
    assert len(result.rug) == 40
    assert (np.diff(result.rug) >= 0).all()
    landed = at(figures.one_feature(result), "rug after")["x"]
    inputs, moved = result.before.at(result.rug), result.final
    expected = moved.scale * (inputs - result.before.mean) + moved.beta
    np.testing.assert_allclose(landed, expected, atol=1e-3)


@pytest.mark.parametrize("gamma", [-3.0, -0.1, 0.0, 0.5, 3.0])
@pytest.mark.parametrize("data", ["normal", "skewed"])
def test_the_axis_holds_the_output(gamma, data):
    film = line(gamma=gamma, data=data, beta=-7.0)
    low, high = film.figure.layout.xaxis2.range
    marks = np.asarray(at(film, "marks after")["x"], dtype=float)
    inside = marks[1:4]
    assert ((inside > low) & (inside < high)).all()


def test_a_mirrored_shape_says_so():
    assert "skewness 1.41 becomes −1.41" in line(data="skewed", gamma=-2.0).caption()
    assert "forgets the input" in line(gamma=0.0).caption()
    assert "0.999969" in line(eps="0.00001").caption()
    assert "6 values" in line(data="own").caption()


def test_small_deviations_are_not_written_as_zero():
    film = line(mean=0.0, variance=1e-6, eps="0.00001", beta=0.0)
    assert "deviation 0.001" in film.frames[0].caption.replace("{fwd:", "").replace("}", "")
    assert "0.301511" in film.caption()


def test_moving_the_ruler_keeps_the_picture():
    film = line(relabel=True)
    for k, frame in enumerate(film.frames):
        low, high = frame.layout["xaxis2"]["range"]
        places = (np.asarray(at(film, "after", k)["x"]) - low) / (high - low)
        a, b = film.frames[0].layout["xaxis2"]["range"]
        first = (np.asarray(at(film, "after", 0)["x"]) - a) / (b - a)
        np.testing.assert_allclose(places, first, atol=2e-3)


def test_sweeps_start_at_the_exams_value():
    gammas, betas = line(play="gamma"), line(play="beta")
    assert gammas.frames[gammas.start_index].label == "γ = 1"
    assert betas.frames[betas.start_index].label == "β = 3"
    assert (len(gammas.frames), len(betas.frames)) == (61, 81)


def test_the_after_ellipse_touches_its_squares():
    film = plane()
    for k in (1, 2):
        drawn = at(film, f"after, {k} SD")
        assert max(np.abs(drawn["x"])) == pytest.approx(k, abs=1e-2)
        assert max(np.abs(drawn["y"])) == pytest.approx(k, abs=1e-2)
    box = film.figure.layout.shapes[0]
    assert (box.x0, box.x1, box.y0, box.y1) == (-1, 1, -1, 1)


def test_gamma_and_beta_move_the_squares_along():
    film = plane(gamma_1=-2.0, beta_1=3.0)
    box = film.figure.layout.shapes[0]
    assert (box.x0, box.x1) == (1, 5)
    assert max(at(film, "after, 1 SD")["x"]) == pytest.approx(5, abs=2e-2)
    assert "turns to −0.80" in film.caption()


def test_a_constant_feature_is_named():
    film = plane(gamma_2=0.0)
    assert "constant" in film.caption()


def test_the_scales_are_equal():
    film = plane()
    assert film.figure.layout.yaxis.scaleanchor == "x"


@pytest.mark.parametrize(("rho", "words"), [(0.8, "45.0°"), (-0.5, "−45.0°"), (0.0, "circles")])
def test_the_tilt_is_told(rho, words):
    assert words in plane(rho=rho).caption()


def test_frames_that_move_nothing_carry_words_alone():
    film = plane()
    still = [not frame.traces for frame in film.frames]
    assert still == [False] * 16 + [True] * 17
    assert all(frame.caption for frame in film.frames)


def test_every_correlation_comes_out_at_45_degrees():
    film = plane(play="correlation")
    tilts = {frame.label: frame.caption for frame in film.frames}
    assert len(film.frames) == 41
    assert "45.0°" in tilts["ρ = 0.99"]
    assert "−45.0°" in tilts["ρ = −0.05"]
    assert "circles" in tilts["ρ = 0.00"]


def test_own_rows_are_normalized_as_the_layer_would():
    result = demo.run_plane(demo.PlaneSettings(data="own"))
    moved = result.final.moved(result.final.origin.points)
    np.testing.assert_allclose(moved.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(moved.std(axis=0), 1, atol=1e-9)


def test_batches_of_two_and_four_look_as_the_law_says():
    film = small_figures.small_batches(demo.run_small(demo.SmallSettings()))
    inside = np.abs(small_figures.CENTRES) < 1.6
    np.testing.assert_allclose(np.asarray(film.frames[2].data[1]["y"])[inside], 0.2887, atol=1e-3)
    assert "−1 or +1" in film.frames[0].caption


def test_a_very_large_batch_knows_no_company():
    result = demo.run_small(demo.SmallSettings(pinned=2.0))
    large = result.sizes[-1]
    assert math.isinf(large.batch_size)
    assert set(large.pinned) == {2.0}
    film = small_figures.small_batches(result)
    assert film.frames[-1].label == "N = ∞"
    assert "2.00" in film.frames[-1].caption
    peak = np.exp(-(small_figures.CENTRES**2) / 2) / np.sqrt(2 * np.pi)
    np.testing.assert_allclose(large.exact, peak, atol=2e-3)


def test_running_statistics_grow_step_by_step():
    film = running_figures.running_statistics(demo.run_running(demo.RunningSettings()))
    assert len(film.frames) == 61
    assert [len(at(film, "running", k)["y"]) for k in (0, 1, 60)] == [1, 2, 61]
    assert film.frames[0].caption.startswith("Before the first batch")
    assert film.frames[1].caption.startswith("After 1 batch of")
    gap = at(film, "gap", 60)["y"]
    assert gap[1] == demo.SEED.exam_1d.mean


def test_tiles_of_one_letter_share_a_box():
    film = family_figures.norm_family(demo.run_family(demo.FamilySettings()))
    groups = [len(frame.data[1]["text"]) for frame in film.frames]
    seen = [[s for s in frame.layout["shapes"] if s.get("opacity", 1)] for frame in film.frames]
    boxes = [len(shapes) for shapes in seen]
    assert groups == boxes == [4, 2, 8, 4, 2]
    shades = [len(set(frame.data[0]["marker"]["color"])) for frame in film.frames]
    assert shades == groups


def test_group_norm_with_one_or_four_groups_has_other_names():
    for groups, words in (("1", "layer norm"), ("4", "instance norm")):
        film = family_figures.norm_family(demo.run_family(demo.FamilySettings(groups=groups)))
        assert f"This is {words}" in film.frames[3].caption


def test_a_real_layers_correlations_stand_side_by_side():
    film = charts.layer_correlations(layer.activations())
    before, after = film.figure.data
    assert np.array_equal(before.z, after.z)
    assert np.asarray(before.z).std() > 1


def test_columns_are_short_and_exact_enough():
    assert columns.column([0.1 + 0.2, 12.345678]) == [0.3, 12.346]
    long = columns.column(np.linspace(-3, 3, 100))
    assert long.dtype == np.float32
    assert columns.column([0.0, 0.0]) == [0.0, 0.0]
    assert columns.column([]) == []


def test_the_stages_have_names():
    assert feature.stage_name(2) == "scaled"
    assert feature.stage_name(2.5) == "→ times γ"


@pytest.mark.parametrize("mean", [0.0, 1.5])
def test_a_moved_ruler_shows_beta_when_gamma_is_zero(mean):
    settings = demo.LineSettings(mean=mean, gamma=0.0, beta=3.0, relabel=True)
    film = figures.one_feature(demo.run_line(settings))
    shown = films.figure_at(film, film.start_index)
    low, high = shown["layout"]["xaxis2"]["range"]
    beta = next(t for t in shown["data"] if t["name"] == "beta")
    assert low < beta["x"][0] < high


@pytest.mark.parametrize("relabel", [False, True])
@pytest.mark.parametrize("data", ["normal", "skewed", "own"])
def test_the_marks_at_two_deviations_are_on_the_picture(data, relabel):
    settings = demo.LineSettings(data=data, relabel=relabel, mean=0, variance=1, beta=0)
    film = figures.one_feature(demo.run_line(settings))
    low, high = film.figure.layout.xaxis.range
    marks = next(t for t in film.figure.data if t.name == "marks before").x
    assert low < min(marks) < max(marks) < high


def test_a_mean_of_zero_is_subtracted_without_a_minus_zero():
    view = next(view for view in demo.VIEWS if view.key == "line")
    lines = view.derive(demo.run_line(demo.LineSettings(mean=0.0, beta=0.0)))
    assert not any("-0" in line.latex for line in lines)
