"""Sentences, formulas and snippets of the recurrent net hold for the numbers they stand beside."""

import re

import numpy as np
import pytest

from viz import settings as settings_
from viz.rnn import demo, long_figures, matrix_figures, tours

VIEWS = {view.key: view for view in demo.VIEWS}


def led_to(view, presets, label):
    preset = next(p for p in presets if p.label == label)
    return VIEWS[view].run(settings_.settings_from(VIEWS[view].settings, preset.values)), preset


def run_snippet(view, chosen):
    space = {}
    exec(VIEWS[view].snippet(chosen), space)
    return space["answer"], VIEWS[view].answer(VIEWS[view].run(chosen))


def test_with_all_ones_each_edge_counts_the_inputs_that_go_through():
    result, preset = led_to("graph", tours.GRAPH_PRESETS, "All ones")
    assert result.back.edges == (1, 2, 3)
    assert "1, 2, 3" in preset.words


def test_at_a_large_weight_nearly_every_use_counts_the_same():
    result, preset = led_to("long", tours.LONG_FINDINGS, "50 steps at w = 1.5")
    shares = result.sweep[preset.step].shares
    assert "nearly every use counts the same" in preset.words
    assert ((shares > 0.9 * shares.max()).mean(), shares.max() < 1.1 / 50) == (0.9, True)


def test_the_factor_of_a_tanh_is_at_most_one():
    result, preset = led_to("long", tours.LONG_FINDINGS, "a tanh after each step")
    assert result.sweep[0].dw == 1  # at w = 0 the tanh does not saturate: its factor is 1
    assert "a factor of at most 1" in preset.words


@pytest.mark.parametrize("rows", ["0.5 -1; -1 0.5", "1 -1; -1 1", "0 2; 0.5 0"])
def test_the_spectral_radius_is_said_to_be_a_bound(rows):
    result = demo.run_matrix(demo.MatrixSettings(matrix="own", own_matrix=rows))
    words = matrix_figures.matrix_caption(result, 9)
    assert "multiplies it by at most ρ(W)" in words
    assert "on average" in words


def test_a_saturated_tanh_is_not_said_to_stop_the_gradient():
    settings = demo.LongSettings(pattern="own", own="100 " * 200, tanh=True)
    result = demo.run_long(settings)
    one = result.sweep[result.start]
    words = long_figures.long_caption(result, one)
    assert "multiplied by {bwd:less than" in words
    assert "gradient is 0" not in words
    assert 0 < one.dw < 1e-70
    assert r"\approx 0" in VIEWS["long"].derive(result)[0].latex


@pytest.mark.parametrize(
    "values",
    [
        {"own": "0, 0"},
        {"own": "1, -1.8", "window": 1},
        {"own": "100 " * 200, "tanh": True},
    ],
)
def test_the_code_runs_where_the_gradient_vanishes(values):
    chosen = demo.LongSettings(pattern="own", **values)
    found, expected = run_snippet("long", chosen)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("start", [1.2, 1.3])
def test_the_code_lands_where_the_step_does(start):
    found, expected = run_snippet("descent", demo.DescentSettings(clip=0.0, start=start))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("lr", "clip", "start"), [(0.001, 1, 1.05), (0.1, 10, 1.3), (0.01, 1, 1.1)]
)
def test_no_step_is_longer_than_derive_says(lr, clip, start):
    result = demo.run_descent(demo.DescentSettings(lr=lr, clip=clip, start=start, target=1))
    words = VIEWS["descent"].derive(result)[-1].words
    limit = float(re.search(r"no step is longer than ([\d.]+)\.", words)[1])
    path = [step.weight for step in result.steps]
    assert np.abs(np.diff(path)).max() <= limit * (1 + 1e-9)


@pytest.mark.parametrize(
    ("view", "values"),
    [
        ("graph", {"weight": -2.0, "inputs": "3, -1, 2"}),
        ("long", {}),
        ("descent", {"clip": 0.0}),
    ],
)
def test_a_negative_result_stands_without_brackets(view, values):
    chosen = VIEWS[view].settings(**values)
    lines = [line.latex for line in VIEWS[view].derive(VIEWS[view].run(chosen))]
    assert not [
        line for line in lines if re.search(r"= \(-[^()]*\)\s*(\\\\|\\end|\\q?quad|$)", line)
    ]
