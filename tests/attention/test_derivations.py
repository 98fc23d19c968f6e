"""The formulas of the Derive tab: what they claim is what the page computed."""

import re

import numpy as np
import pytest

from viz.attention import demo
from viz.attention.controls import (
    LearnSettings,
    MapSettings,
    SlopeSettings,
    TableSettings,
    TokenSettings,
)
from viz.attention.findings import TIE

BY_KEY = {view.key: view for view in demo.VIEWS}
OVER_ROOT_3 = r"\frac{1}{\sqrt{3}}"


def derived(key, settings):
    view = BY_KEY[key]
    return " ".join(f"{line.words} {line.latex}" for line in view.derive(view.run(settings)))


@pytest.mark.parametrize(
    ("key", "settings"),
    [
        ("table", TableSettings(play="steps", scaled=True)),
        ("slope", SlopeSettings(scaled=True)),
        ("learn", LearnSettings(scaled=True)),
        ("learn", LearnSettings(scaled=True, train="keys")),
    ],
)
def test_scaled_scores_put_their_root_into_the_way_back(key, settings):
    assert OVER_ROOT_3 in derived(key, settings)
    assert OVER_ROOT_3 not in derived(key, settings.model_copy(update={"scaled": False}))


def test_the_printed_gradients_fit_each_other():
    settings = TableSettings(play="steps", scaled=True)
    result = BY_KEY["table"].run(settings)
    grads = result.gradients
    np.testing.assert_allclose(grads.query, result.inputs.keys.T @ grads.scores / np.sqrt(3))


@pytest.mark.parametrize("divide", [True, False])
@pytest.mark.parametrize("causal", [True, False])
def test_self_attention_is_written_with_the_root_and_the_mask_it_has(divide, causal):
    said = derived("tokens", TokenSettings(divide=divide, causal=causal))
    assert (r"\sqrt d" in said) == divide
    assert ("+ M" in said) == (r"M_{ij}" in said) == ("hides the future" in said) == causal


def test_the_witnesses_end_in_the_gradient_that_the_last_step_shows():
    table = BY_KEY["table"]
    for mode in ("softmax", "argmax", "straight-through"):
        settings = TableSettings(play="steps", mode=mode, temperature=2.0)
        size = float(np.linalg.norm(table.run(settings).gradients.query))
        assert set(np.round(list(table.agree(settings).values()), 9)) == {round(size, 9)}
    assert table.agree(TableSettings(play="steps", mode="argmax", **TIE)) == {}


def test_the_slopes_witnesses_name_their_temperature():
    assert "slope at τ = 1 by the formula" in BY_KEY["table"].agree(TableSettings())


def test_the_inner_wall_is_that_of_the_key_that_wins_behind_it():
    settings = MapSettings(q1=0, q2=-2, q3=-1, keys="0 3 0; 1 4 2; 2 2 2; 3 1 -3")
    assert "the nearest wall is that of key 1, 1.941 away" in derived("map", settings)


@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
def test_formulas_are_broken_before_they_leave_a_phone(view):
    """About how many letters stand in a row; a phone's screen holds some forty."""
    for line in view.derive(view.run(view.settings())):
        for row in re.split(r"\\\\", line.latex):
            plain = re.sub(r"\\[a-z]+|[{}&\\^_ ]", "", row)
            assert len(plain) <= 45, row
