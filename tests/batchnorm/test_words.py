"""What the page says where a feature is flat, a batch lies on a line or the mean is 0."""

import numpy as np
import pytest

from viz import view
from viz.batchnorm import compute, demo, gaussians, plane_figures, running_figures, snippets

LINE, PLANE = demo.VIEWS[:2]
ON_A_LINE = "1 2\n2 4\n3 6\n5 10"
SMALL_UNITS = "1e-6,2\n2e-6,1\n3e-6,3"


def plane(**values):
    return demo.run_plane(demo.PlaneSettings(**values))


def film(**values):
    return plane_figures.two_features(plane(**values))


def derived(**values) -> tuple[view.Line, ...]:
    return PLANE.derive(plane(**values))


@pytest.mark.parametrize(("gamma", "frame"), [(-1.0, 20), (-3.0, 18), (-0.6, 21)])
@pytest.mark.parametrize("std", [0.7, 1.5, 3.3])
def test_a_feature_that_turns_over_is_flat_but_not_constant(gamma, frame, std):
    turning = film(gamma_1=gamma, std_1=std).frames[frame]
    assert "deviations {fwd:0.00} and" in turning.caption
    assert "flat for a moment" in turning.caption
    assert "γ = 0" not in turning.caption
    assert "correlation undefined" in turning.layout["annotations"][1]["text"]


@pytest.mark.parametrize("std", [0.1, 0.3, 0.7, 2.1])
def test_one_feature_turns_over_through_zero_itself(std):
    settings = demo.LineSettings(gamma=-0.6, variance=std**2)
    turning = LINE.film(demo.run_line(settings)).frames[21]
    assert "standard deviation {fwd:0.00}" in turning.caption


def test_gamma_of_zero_leaves_no_correlation():
    shown = film(gamma_1=0.0)
    assert "γ = 0 has made a feature constant" in shown.caption()
    assert "no ellipse is left" in str(shown.figure.layout.annotations[2].text)
    assert "correlation" not in shown.table[""]
    line = derived(gamma_1=0.0)[1]
    assert r"\pm\rho" not in line.latex
    assert "undefined" in line.words
    assert "survives" in derived()[1].words


def test_circles_have_no_axes_at_45_degrees():
    assert not any("45°" in line.words for line in derived(rho=0.0))
    assert any("45°" in line.words for line in derived(rho=0.3))
    swept = next(found for found in PLANE.findings if "play" in found.values)
    assert "circle" in swept.words


@pytest.mark.parametrize("own", [ON_A_LINE, "1 1\n2 2\n4 4", "0.1 -0.3\n0.2 -0.6\n0.7 -2.1"])
def test_points_on_a_line_stay_on_a_line(own):
    result = plane(data="own", own=own)
    assert result.final.ellipse.b == 0
    shown = plane_figures.two_features(result)
    assert "contours stay line segments" in shown.caption()
    assert "still a line" in str(shown.figure.layout.annotations[2].text)
    assert PLANE.derive(result)[-1].latex.endswith("= 0")


@pytest.mark.parametrize("std", [(1, 1), (1, 1e-6), (1e9, 1e-3)])
def test_the_semi_axes_keep_the_determinant_in_any_units(std):
    axes = gaussians.ellipse_axes(gaussians.covariance_of(std, 0.6))
    assert axes.a * axes.b == pytest.approx(0.8 * std[0] * std[1], rel=1e-12)


@pytest.mark.parametrize("own", [SMALL_UNITS, "1e-9 9e8\n3e-9 5e8\n2e-9 2e8"])
def test_the_snippet_gives_the_axes_of_data_in_small_units(own):
    settings = demo.PlaneSettings(data="own", own=own)
    result = demo.run_plane(settings)
    space = {}
    exec(snippets.plane(result), space)
    np.testing.assert_allclose(space["answer"], PLANE.answer(result), rtol=1e-6)
    found = PLANE.agree(settings)
    np.testing.assert_allclose(list(found.values()), found["closed form"], rtol=1e-6)


def test_derive_speaks_of_the_batch_it_has():
    own = LINE.derive(demo.run_line(demo.LineSettings(data="own", own="1\n3")))[0]
    assert "the 2 values" in own.words
    assert "very large batch" in LINE.derive(demo.run_line(demo.LineSettings()))[0].words


@pytest.mark.parametrize("own", ["1000000000\n999999999.999", "-1e9\n-999999999.5", "7\n7.000001"])
def test_a_far_mean_costs_the_output_no_digits(own):
    result = demo.run_line(demo.LineSettings(data="own", own=own))
    np.testing.assert_allclose(LINE.answer(result), [3, 1, 4], rtol=1e-12)
    np.testing.assert_allclose(LINE.table(result)["output y"], [1, 2, 3, 4, 5], rtol=1e-12)
    assert r"\hat x + \beta = 1 \cdot 1 + 3 = 4" in LINE.derive(result)[2].latex
    top = LINE.derive(result)[1].latex.split(r"\frac{")[2].split("}")[0]
    one, other = (float(part) for part in top.replace("+", "-").removeprefix("-").split(" - "))
    assert one != other
    said = LINE.film(result).caption()
    assert said.split("mean ")[1].split(" ")[0] != said.split("A point at ")[1].split(" ")[0]


def test_far_rows_are_standardized_to_the_last_digit():
    result = plane(data="own", own="1e9 1\n999999999.9 2\n999999999.7 2")
    rows = result.final.origin.points
    expected = compute.normalize(rows, eps=0.0).y
    np.testing.assert_allclose(result.final.moved(rows), expected, atol=1e-12)
    np.testing.assert_allclose(result.final.mean, 0, atol=1e-12)


def test_a_true_mean_of_zero_is_not_missed_before_the_first_batch():
    trace = demo.run_running(demo.RunningSettings(mean=0.0, batch_size="128"))
    said = [running_figures.running_caption(trace, step) for step in range(61)]
    assert "to 0, where it belongs" in said[0]
    assert not any("0.00 instead" in words for words in said)
