"""Films, palette and number words."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz import tables
from viz.draw import film as films
from viz.draw import graph, numbers, theme
from viz.draw.film import Film, Frame
from viz.ui.stage import files

ROOT = Path(__file__).resolve().parents[2]


def sample():
    figure = theme.figure(
        [{"type": "scatter", "x": np.arange(50.0), "y": np.arange(50.0)}],
        theme.chart(300, annotations=[graph.note(0, 0, "a")]),
    )
    frames = (
        Frame("one", "it is {fwd:1}", (0,), ({"y": np.ones(50)},)),
        Frame("two", "it is {bwd:2}", (), (), {"annotations": []}),
    )
    return Film(figure, frames)


def test_a_frame_changes_the_figure_alone():
    film = sample()
    first, second = films.figure_at(film, 0), films.figure_at(film, 1)
    assert len(first["layout"]["annotations"]) == 1
    assert second["layout"]["annotations"] == []
    assert first["data"][0]["y"] != second["data"][0]["y"]


def test_films_travel_as_plain_json():
    text = json.dumps(films.to_json(sample()), allow_nan=False)
    assert '"bdata"' in text
    assert json.loads(text)["start"] == 1


def test_empty_and_single_films():
    empty = Film(theme.figure([], {}), ())
    assert films.to_json(empty)["frames"] == []
    assert empty.caption() == ""
    assert films.still(theme.figure([], {}), "a {par:b}").caption() == "a b"


def test_captions_lose_their_marks():
    assert films.plain("y = {fwd:22}, {bwd:23}.") == "y = 22, 23."
    assert films.spans("a {fwd:b}") == (("", "a "), ("fwd", "b"))


def test_a_frame_must_fit_its_figure():
    with pytest.raises(ValueError, match="names 1 traces but changes 0"):
        Film(theme.figure([], {}), (Frame("a", "b", (0,), ()),))
    with pytest.raises(ValueError, match="a trace the figure does not have"):
        Film(theme.figure([], {}), (Frame("a", "b", (3,), ({},)),))


def luminance(color):
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [theme.LIGHT, theme.DARK])
def test_text_colours_have_contrast(palette):
    for role in ("ink", "muted", "fwd", "bwd", "par", "tru"):
        assert contrast(palette[role], palette["bg"]) >= 4.5
        assert contrast(palette[role], palette["surface"]) >= 4.5
    assert contrast(palette["ink"], palette["spot"]) >= 4.5
    assert contrast(palette["line"], palette["bg"]) >= 3


def test_the_dark_swap_is_complete_and_leaves_words_alone():
    text = json.dumps({**theme.LIGHT, "word": "#ABCDEF stays"})
    dark = theme.to_dark(json.loads(text))
    assert {k: v for k, v in dark.items() if k != "word"} == dict(theme.DARK)
    assert dark["word"] == "#ABCDEF stays"


@pytest.mark.parametrize("share", np.linspace(0, 1, 21))
@pytest.mark.parametrize("role", ["fwd", "bwd", "par"])
@pytest.mark.parametrize("ground", ["mut_t", "bg"])
def test_text_on_cells_is_as_legible_as_can_be_in_both_themes(share, role, ground):
    def least(name):
        return min(
            contrast(palette[name], mixed(palette[ground], palette[role]))
            for palette in (theme.LIGHT, theme.DARK)
        )

    def mixed(low, high):
        ends = [(int(low[i : i + 2], 16), int(high[i : i + 2], 16)) for i in (1, 3, 5)]
        return "#" + "".join(f"{round((1 - share) * a + share * b):02X}" for a, b in ends)

    token = theme.ink_on(share, theme.LIGHT[role], theme.LIGHT[ground])
    name = next(n for n, v in theme.LIGHT.items() if v == token)
    assert least(name) >= max(3, 0.98 * max(least("ink"), least("bg")))


def test_the_app_theme_is_the_palette():
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"]
    for mode, palette in (("light", theme.LIGHT), ("dark", theme.DARK)):
        assert config[mode]["backgroundColor"] == palette["bg"]
        assert config[mode]["primaryColor"] == palette["fwd"]
        assert config[mode]["chartCategoricalColors"] == 2 * [
            palette[r] for r in ("fwd", "bwd", "par", "tru", "muted")
        ]


def test_the_player_knows_the_palette_and_stays_small():
    source = files.stage_source()
    for name in theme.LIGHT:
        assert f'"{name}": ["{theme.LIGHT[name]}", "{theme.DARK[name]}"]' in source
    assert len((files.HERE / "stage.js").read_text().splitlines()) <= 330


def test_streamlit_does_not_change_our_figures():
    before = films.to_json(sample())
    import streamlit  # noqa: F401

    assert films.to_json(sample()) == before


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (300, "300"),
        (-3.0, "−3"),
        (-1000.0, "−1000"),
        (20_000, "20\u202f000"),
        (0.0625, "0.0625"),
        (12345.5, "12345.5"),
        (1_000_000, "1\u202f000\u202f000"),
        (1e-6, "10⁻⁶"),
        (-1e-7, "−10⁻⁷"),
        (1e12, "10¹²"),
    ],
)
def test_limits_are_written_with_all_their_digits(value, words):
    assert numbers.plain(value) == words
    assert tables.said(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (22, "22"),
        (0.5, "0.5"),
        (-1.25, "−1.25"),
        (1e-5, "10⁻⁵"),
        (0, "0"),
        (15157.5, "15160"),
        (7.88860905e-31, "7.89\u00a0×\u00a010⁻³¹"),
        (float("inf"), "infinite"),
        (float("nan"), "undefined"),
        (-2.5e-7, "−2.50\u00a0×\u00a010⁻⁷"),
    ],
)
def test_numbers_are_written_for_people(value, words):
    assert numbers.short(value) == words


def test_counts_and_lists():
    assert numbers.count(2483) == "2\u202f483"
    assert numbers.fixed(-0.001) == "0.00"
    assert numbers.listed(["a", "b", "c"]) == "a, b and c"


def test_arrows_end_where_they_should():
    path = graph.shorten(graph.straight((0, 0), (100, 0)), start=10, end=20)
    np.testing.assert_allclose(path, [[10, 0], [80, 0]])
    arrow = graph.arrows([path], color=theme.FWD, width=2)
    assert arrow["marker"]["size"] == [0.0, 9.0, 0.0]


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_steady_limits_hold_what_they_are_given_and_waste_little(low, size):
    a, b = numbers.steady(low, low + size)
    assert a <= low + 1e-9 * abs(low)
    assert b >= low + size - 1e-9 * abs(low)
    assert b - a <= 1.34 * size + 1e-9 * abs(low)


def test_steady_limits_stand_still_while_the_values_move():
    assert numbers.steady(-3.52, 6.51) == numbers.steady(-3.6, 6.6) == (-4, 7)
    assert numbers.steady(0.0, 1.81) == numbers.steady(0.0, 1.99) == (0, 2)
    assert numbers.steady(2.0, 2.0) == (2.0, 2.0)


@given(st.floats(1e-9, 1e9))
def test_a_ceiling_holds_its_value_and_leaves_at_most_a_third_empty(value):
    assert value * (1 - 1e-9) <= numbers.ceiling(value) <= 1.51 * value


def test_ceilings_are_round_numbers():
    assert [numbers.ceiling(v) for v in (0.9, 1, 1.2, 2.1, 35)] == [1, 1, 1.5, 2.5, 40]
    assert numbers.ceiling(0) == 1
