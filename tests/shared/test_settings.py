"""Settings: one declaration for widget, link and command line."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from viz import settings
from viz.settings import BaseSettings, choice, number, own_data, switch, table


class Sample(BaseSettings):
    width: int = number(2, key="k", label="Width", low=1, high=8)
    rate: float = number(0.3, key="x", label="Rate", low=-1, high=3, step=0.1)
    decay: float = number(
        0.05, key="l", label="Decay", low=1e-4, high=3, log=4, zero=True, when={"mode": ("a",)}
    )
    mode: Literal["a", "b"] = choice("a", key="m", label="Mode")
    on: bool = switch(False, key="on", label="On")
    vector: str = table("1 2", key="v", label="Vector")
    own: str = own_data(example="1 2", limit=50)
    variance: float = number(1e-5, key="v2", label="Variance", low=1e-6, high=25, log=4)
    edges: int = number(10, key="e", label="Edges", low=1, high=1_000_000, box=True)


def test_kinds_follow_from_the_declaration():
    kinds = {c.field: c.kind for c in settings.controls(Sample)}
    assert kinds == {
        "width": "slider",
        "rate": "slider",
        "decay": "stops",
        "mode": "choice",
        "on": "switch",
        "vector": "table",
        "own": "own",
        "variance": "stops",
        "edges": "box",
    }


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("k", "99", "k must be at most 8, got 99; using 2"),
        ("k", "0", "k must be at least 1, got 0; using 2"),
        ("k", "3.9", "k must be a whole number, got 3.9; using 2"),
        ("x", "nan", "x must be a finite number, got nan; using 0.3"),
        ("x", "-inf", "x must be a finite number, got -inf; using 0.3"),
        ("x", "1e400", "x must be a finite number, got 1e400; using 0.3"),
        ("x", "<script>", "x must be a number, got <script>; using 0.3"),
        ("l", "4", "l must be at most 3, got 4; using 0.05"),
        ("x", "-1.5", "x must be at least −1, got -1.5; using 0.3"),
        ("v2", "0", "v2 must be at least 10⁻⁶, got 0; using 10⁻⁵"),
        ("e", "1e9", "e must be at most 1\u202f000\u202f000, got 1e9; using 10"),
        ("m", "c", "m must be one of a, b, got c; using a"),
        ("on", "yes", "on must be true or false, got yes; using false"),
        (
            "own",
            "x" * 51,
            f"own may have at most 50 characters and has 51, got {'x' * 39}…; using 1 2",
        ),
    ],
)
def test_a_bad_value_gets_one_sentence(key, text, sentence):
    reading = settings.read(Sample, {key: [text]})
    assert reading.problems == (sentence,)
    assert reading.settings == Sample()
    assert reading.refused == (key,)


def test_a_value_given_twice_is_refused():
    assert "given once" in settings.read(Sample, {"k": ["3", "4"]}).problems[0]


def test_field_names_work_as_keys_and_unknown_ones_are_left_alone():
    assert settings.read(Sample, {"width": ["5"], "zz": ["1"]}).settings.width == 5


def test_values_are_snapped_to_the_grid():
    assert settings.read(Sample, {"x": ["0.26"], "l": ["2.9"]}).settings.rate == 0.3
    assert Sample(decay=2.9).decay == 3.0
    assert Sample(decay=0.0).decay == 0.0
    assert Sample(rate=2.96).rate == 3.0


def test_hidden_controls_have_their_default():
    reading = settings.read(Sample, {"m": ["b"], "l": ["3"]})
    assert reading.settings.decay == 0.05
    assert settings.to_link(reading.settings) == {"m": "b"}


def test_the_link_carries_only_what_differs():
    assert settings.to_link(Sample()) == {}
    assert settings.to_link(Sample(width=3, on=True, rate=-0.5)) == {
        "k": "3",
        "x": "-0.5",
        "on": "true",
    }


@given(st.from_type(Sample))
def test_every_value_survives_its_link(drawn):
    chosen = settings.settings_from(Sample, drawn.model_dump())
    link = {name: [value] for name, value in settings.to_link(chosen).items()}
    assert settings.read(Sample, link).settings == chosen


def test_settings_are_frozen_and_refuse_unknown_fields():
    with pytest.raises(ValidationError):
        Sample().width = 3
    with pytest.raises(ValidationError):
        Sample(height=3)


def test_a_default_off_its_grid_is_an_error_of_the_author():
    class Wrong(BaseSettings):
        rate: float = number(0.33, key="x", label="Rate", low=0, high=1, step=0.1)

    with pytest.raises(ValueError, match="off its grid"):
        settings.controls(Wrong)


def test_reserved_keys_are_refused():
    with pytest.raises(ValueError, match="reserved"):
        number(1, key="step", label="", low=0, high=1)
