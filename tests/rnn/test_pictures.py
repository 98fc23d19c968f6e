"""What the pictures of the recurrent net show, read from their data."""

import re

import numpy as np
import pytest

from viz.draw import film as films
from viz.rnn import demo, descent_figures, figures, labels, long_figures, matrix_figures


def graph(**values):
    return demo.run_graph(demo.GraphSettings(**values))


def at(film, name, index):
    """A trace's fields in one frame."""
    place = next(i for i, t in enumerate(film.figure.data) if t.name == name)
    fields = film.figure.data[place].to_plotly_json()
    frame = film.frames[index]
    return {**fields, **dict(zip(frame.traces, frame.data, strict=True)).get(place, {})}


def test_the_exams_numbers_stand_on_the_graph():
    film = figures.unrolled_graph(graph())
    assert len(film.frames) == 16
    seen = [" ".join(at(film, name, -1)["text"]) for name in ("values", "derivatives", "shares")]
    for pair in ("p</i> = 1", "q</i> = 2", "r</i> = 4", "s</i> = 8", "t</i> = 11", "y</i> = 22"):
        assert pair in seen[0]
    for pair in ("p</i> = 8", "q</i> = 4", "r</i> = 4", "s</i> = 2", "t</i> = 2", "y</i> = 1"):
        assert pair in seen[1]
    assert [share in seen[2] for share in ("<b>4</b>", "<b>8</b>", "<b>11</b>")] == [True] * 3
    assert "4 + 8 + 11 = <b>23</b>" in at(film, "sum", -1)["text"][0]


def test_values_come_node_by_node_then_derivatives_then_shares():
    film = figures.unrolled_graph(graph())
    known = [
        [sum(map(bool, at(film, name, k)["text"])) for name in ("values", "derivatives")]
        + [len(at(film, "shares in the sum", k)["x"])]
        for k in range(16)
    ]
    assert known == (
        [[k, 0, 0] for k in range(7)]
        + [[6, k, 0] for k in range(1, 7)]
        + [[6, 6, k] for k in range(1, 4)]
    )


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("inputs", ["5", "1, 2", "1, 2, 3", "1, -2, 3, 4, -5, 6"])
def test_one_thing_is_lit_at_a_time(inputs, phone):
    film = figures.unrolled_graph(graph(inputs=inputs), phone=phone)
    for k in range(len(film.frames)):
        lit = bool(at(film, "spotlight", k)["x"]) + bool(at(film, "band", k)["x"])
        assert lit == (k > 0)


def test_the_last_derivative_stays_clear_of_the_output():
    film = figures.unrolled_graph(graph())
    output, text = at(film, "output", -1)["x"][0], at(film, "derivatives", -1)["x"][-1]
    assert output - text > 60


@pytest.mark.parametrize("weight", [-2.0, -0.5, 0.0, 1.0, 3.0])
def test_the_pieces_of_the_bar_meet_in_the_sum(weight):
    result = graph(weight=weight, inputs="3, -1, 2")
    film = figures.unrolled_graph(result)
    bar, tip = at(film, "shares in the sum", -1), at(film, "sum so far", -1)
    edges = np.array(result.back.edges)
    width = np.array(bar["x"])
    scale = np.abs(width).sum() / np.abs(edges).sum()
    np.testing.assert_allclose(width, scale * edges, atol=0.1)
    zero = bar["base"][0]
    assert tip["x"][0] == pytest.approx(zero + scale * edges.sum(), abs=0.3)


def test_symbols_are_the_exams_polynomials():
    film = figures.unrolled_graph(graph(show="symbols"))
    plain = [films.plain(frame.caption) for frame in film.frames]
    assert "t = u₃ + s = u₃ + wu₂ + w²u₁" in plain[5]
    assert "y = w · t = wu₃ + w²u₂ + w³u₁" in plain[6]
    assert "∂y/∂p = w · ∂y/∂q = w³" in plain[12]
    assert "r · ∂y/∂s = wu₂ + w²u₁" in plain[14]
    assert "dy/dw = u₃ + 2wu₂ + 3w²u₁" in plain[15]


def test_a_long_chain_in_symbols_names_the_last_step_of_each():
    said = labels.graph_labels(graph(inputs="1, 2, 3, 4", show="symbols"))
    assert "<i>w</i>·" in said.values[1]
    assert said.total.count("+") == 3


def test_tanh_has_numbers_only_and_its_own_factor():
    result = graph(weight=1.0, tanh=True)
    assert result.back.edges[-1] / result.back.dw == pytest.approx(0.988, abs=1e-3)
    film = figures.unrolled_graph(result)
    assert "(1 − q²)" in film.frames[12].caption
    assert demo.run_graph(demo.GraphSettings(tanh=True, show="symbols")).symbolic is False


def test_captions_count_rightly():
    one = figures.unrolled_graph(graph(inputs="5"))
    assert "is used once" in one.frames[0].caption
    assert "by w = 2" in one.frames[-1].caption
    zero = demo.run_matrix(demo.MatrixSettings())
    said = [matrix_figures.matrix_caption(zero, lag) for lag in (0, 1, 2)]
    assert [words.split()[0] for words in said] == ["At", "One", "2"]
    steps = demo.run_descent(demo.DescentSettings())
    assert "After one step" in descent_figures.descent_caption(steps, 1)


def test_the_long_view_tells_what_the_window_keeps():
    film = long_figures.long_sequence(demo.run_long(demo.LongSettings(num_steps=50)))
    kept = {frame.label: frame.data[3]["text"][0].strip() for frame in film.frames}
    assert (kept["w = 0.5"], kept["w = 1.5"]) == ("99.9%", "20.8%")
    line = film.frames[20].data[2]["y"]
    assert line[0] == pytest.approx(1)


def test_a_hundred_steps_reach_as_far_as_they_should():
    film = long_figures.long_sequence(demo.run_long(demo.LongSettings(num_steps=100)))
    assert "7.89\u00a0×\u00a010⁻³¹" in film.frames[20].caption
    assert "4.07\u00a0×\u00a010¹⁷" in film.frames[60].caption


def test_without_inputs_nothing_is_claimed():
    nothing = demo.run_long(demo.LongSettings(pattern="own", own="0, 0, 0"))
    film = long_figures.long_sequence(nothing)
    assert all("the full gradient is 0" in frame.caption for frame in film.frames)


def test_the_image_of_the_circle_is_drawn_to_fit():
    film = matrix_figures.matrix_growth(demo.run_matrix(demo.MatrixSettings()))
    for frame in film.frames:
        shape = frame.data[1]
        assert np.hypot(shape["x"], shape["y"]).max() == pytest.approx(1, abs=2e-3)
    gone = matrix_figures.matrix_growth(demo.run_matrix(demo.MatrixSettings(matrix="nilpotent")))
    assert np.abs(gone.frames[5].data[1]["x"]).max() == 0


def test_descent_ends_where_it_says_and_keeps_few_frames():
    result = demo.run_descent(demo.DescentSettings())
    film = descent_figures.descent_path(result)
    assert len(film.frames) == 45
    assert film.frames[-1].label == "step 100"
    assert 0.69 < result.best < 1.31
    assert result.best == pytest.approx(1.01361, abs=1e-5)


def test_the_jump_is_told_once():
    result = demo.run_descent(demo.DescentSettings(clip=0.0))
    film = descent_figures.descent_path(result)
    assert "threw w off" in film.frames[1].caption
    assert any("lands at w = −74.8" in (n.text or "") for n in film.figure.layout.annotations)
    away = demo.run_descent(demo.DescentSettings(clip=10.0, lr=0.1, target=3.0))
    thrown = [
        k for k in range(len(away.steps)) if "threw" in descent_figures.descent_caption(away, k)
    ]
    assert thrown == [away.jumped]


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        (lambda: graph(inputs=""), "the sequence"),
        (lambda: graph(inputs="1, two"), "'two' is not a number"),
        (lambda: graph(inputs="1 2 3 4 5 6 7"), "at most 6"),
        (lambda: graph(inputs="101"), "input 1 must lie between −100 and 100, got 101"),
        (
            lambda: demo.run_matrix(demo.MatrixSettings(matrix="own", own_matrix="1 2; 3 4; 5 6")),
            "W must be square, got 3x2",
        ),
        (
            lambda: demo.run_matrix(demo.MatrixSettings(matrix="own", own_matrix="11 0; 0 1")),
            "entries of W must lie between −10 and 10, got 11",
        ),
        (
            lambda: demo.run_long(demo.LongSettings(pattern="own", own="1 " * 201)),
            "at most 200",
        ),
    ],
)
def test_bad_own_data_get_a_sentence(run, sentence):
    with pytest.raises(ValueError, match=sentence):
        run()


def test_the_longest_sum_fits_the_band_of_a_phone():
    for count in range(1, 7):
        inputs = ", ".join(str(k) for k in range(1, count + 1))
        film = figures.unrolled_graph(graph(inputs=inputs, show="symbols"), phone=True)
        said = at(film, "sum", -1)
        words = re.sub("<[^>]*>", "", said["text"][0])
        assert 0.475 * said["textfont"]["size"] * len(words) < 350


def test_a_long_weight_stays_inside_the_phones_picture():
    film = figures.unrolled_graph(graph(weight=-2.55), phone=True)
    note = next(n for n in film.figure.layout.annotations if "2.55" in n.text)
    assert note.xanchor == "right"
    assert note.x < 350


@pytest.mark.parametrize("phone", [False, True])
def test_a_long_sum_of_numbers_fits_its_band(phone):
    inputs = "99.75, -99.5, 99.25, -98.5, 97.5, -99"
    film = figures.unrolled_graph(graph(weight=-3.0, inputs=inputs), phone=phone)
    said = at(film, "sum", -1)
    words = re.sub("<[^>]*>", "", said["text"][0])
    assert 0.475 * said["textfont"]["size"] * len(words) < (350 if phone else 980)
    assert words.endswith("= −199796")


@pytest.mark.parametrize("inputs", ["1, 2, -3.5, 4", "99.75, -99.5, 99.25, -98.5"])
def test_a_sum_stays_large_enough_to_be_read_on_a_phone(inputs):
    for tanh in (False, True):
        film = figures.unrolled_graph(graph(inputs=inputs, tanh=tanh), phone=True)
        assert at(film, "sum", -1)["textfont"]["size"] >= 13


def test_in_a_dense_chain_shares_stand_beside_the_derivatives_on_a_phone():
    film = figures.unrolled_graph(graph(inputs="1, 1, 1, 1, 1, 1"), phone=True)
    shares, derivatives = at(film, "shares", -1), at(film, "derivatives", -1)
    for k, x in enumerate(shares["x"]):
        near = [2 * k, 2 * k + 1]
        beside = min(near, key=lambda i: abs(derivatives["y"][i] - shares["y"][k]))
        assert x > derivatives["x"][beside] + 7 * len(derivatives["text"][beside])


@pytest.mark.parametrize(("start", "lr"), [(1.2, 0.01), (1.3, 0.01), (1.3, 0.1)])
def test_a_jump_from_the_wall_is_shown_however_far_it_leads(start, lr):
    result = demo.run_descent(demo.DescentSettings(clip=0.0, start=start, lr=lr))
    film = descent_figures.descent_path(result)
    assert len(film.frames) == 2
    assert "threw w off" in film.frames[1].caption
    assert "infinite" not in film.frames[1].caption
    assert any("step 1 lands at w = −" in (n.text or "") for n in film.figure.layout.annotations)


def test_the_words_at_a_jump_keep_clear_of_the_title():
    def words(**values):
        settings = demo.DescentSettings(**values)
        film = descent_figures.descent_path(demo.run_descent(settings), phone=True)
        return next(n for n in film.figure.layout.annotations if "lands" in n.text)

    assert words(clip=10, lr=0.1, start=1.3, target=3).yanchor == "top"
    assert words(clip=0).yanchor == "bottom"


def test_a_bound_is_never_drawn_below_the_gradient():
    settings = demo.MatrixSettings(matrix="own", own_matrix="10 10; 10 10")
    film = matrix_figures.matrix_growth(demo.run_matrix(settings), phone=True)
    curve = np.array(at(film, "gradient", -1)["y"], dtype=float)
    bound = np.array(at(film, "σ₁(W) to the lag", -1)["y"], dtype=float)
    assert (bound >= curve * (1 - 1e-3)).all()
    words = next(n for n in film.figure.layout.annotations if n.text.startswith("dashed"))
    assert words.yanchor == "bottom"


def test_the_window_of_a_single_step_is_named_in_its_middle():
    settings = demo.LongSettings(num_steps=1, window=1)
    film = long_figures.long_sequence(demo.run_long(settings), phone=True)
    note = next(n for n in film.figure.layout.annotations if n.text.startswith("window"))
    assert note.x == 1
