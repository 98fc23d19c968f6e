import json

import numpy as np
import pytest

from viz.attention import demo, figures, wording
from viz.attention.controls import (
    LearnSettings,
    MapSettings,
    SizeSettings,
    SlopeSettings,
    TableSettings,
    TokenSettings,
)
from viz.attention.exam_views import run_map, run_slope, run_table, table_film
from viz.attention.findings import LAST, TIE, step_at
from viz.attention.learning_figures import learning_film
from viz.attention.learning_views import run_learn, run_size, run_tokens
from viz.attention.map_figures import winner_map
from viz.attention.size_figures import saturation_film
from viz.attention.slope_figures import slope_film
from viz.attention.token_figures import token_film
from viz.draw.film import figure_at, plain, to_json

PASTED = "keys\n" + "\n".join(
    " ".join(f"{(i * j) % 7 - 3}" for j in range(1, 65)) for i in range(64)
)
PASTED += "\nvalues\n" + "\n".join(f"{i} {-i} 0.5" for i in range(64))
PASTED += "\nquery\n" + " ".join("0.25" for _ in range(64))


def trace(figure, name):
    return next(t for t in figure["data"] if t.get("name") == name)


def table_at(step, **settings):
    film = table_film(run_table(TableSettings(**settings)))
    return film, figure_at(film, step % len(film.frames))


def test_the_default_table_shows_the_exams_numbers():
    film, figure = table_at(figures_start())
    notes = " ".join(trace(figure, "words")["text"])
    assert all(f"({row})" in notes for row in ("1, 2, 0", "0, 3, 4", "5, 0, 0", "0, 0, 1"))
    assert "argmax picks (1, 4, 3)" in notes
    assert trace(figure, "score")["customdata"] == [3, 11, 5, 2]
    assert trace(figure, "weight")["text"] == ["0.000", "0.997", "0.002", "0.000"]
    assert trace(figure, "output")["text"] == ["<b>(0.998, 3.986, 3.001)</b>"]
    said = film.caption()
    assert "Scores 3, 11, 5, 2" in said
    assert "0.9971 on key 2" in said
    assert "0.8485" in said


def figures_start():
    return table_film(run_table(TableSettings())).start_index


def test_at_three_degrees_it_is_the_reference_picture():
    _, figure = table_at(step_at(3.0))
    assert trace(figure, "weight")["text"] == ["0.055", "0.797", "0.108", "0.040"]
    assert trace(figure, "output")["text"] == ["<b>(0.948, 3.080, 2.838)</b>"]
    assert trace(figure, "now")["y"] == pytest.approx([1.402], abs=1e-3)


def test_the_film_runs_from_the_mean_to_argmax():
    film, hot = table_at(0)
    assert len(film.frames) == 63
    assert set(trace(hot, "weight")["text"]) == {"0.250"}
    assert trace(hot, "now")["y"] == [0]
    _, cold = table_at(LAST)
    assert trace(cold, "weight")["text"] == ["0.000", "1.000", "0.000", "0.000"]
    assert trace(cold, "output")["text"] == ["<b>(1, 4, 3)</b>"]
    assert trace(cold, "now")["y"] == [0]
    assert film.frames[0].label == "τ → ∞"
    assert film.frames[-1].label == "τ → 0"


def test_bars_are_as_long_as_weights():
    film, figure = table_at(step_at(10.0))
    low, high = figures.WIDE.bar
    expected = [0.186853681, 0.415850515, 0.228223602, 0.169072202]
    found = np.array(trace(figure, "softmax weight")["x"]) / (high - low)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert film.table["temperature"][0] == "infinite"
    assert film.table["slope"][-1] == 0


def test_a_tie_is_said_and_has_no_last_slope():
    film, figure = table_at(LAST, **TIE)
    assert "Keys 1 and 2 tie exactly: argmax has no derivative" in plain(film.frames[-1].caption)
    assert "no derivative" in trace(figure, "slope now")["text"][0]
    assert (
        len([s for s in figure["layout"]["shapes"] if s.get("line", {}).get("dash") == "dot"]) == 1
    )


def test_many_keys_are_drawn_as_the_best_seven_and_the_rest():
    film, figure = table_at(-1, data="own", own=PASTED)
    notes = " ".join(trace(figure, "words")["text"])
    assert "57 more keys" in notes
    assert len(trace(figure, "weight")["text"]) == 8
    assert len(json.dumps(to_json(film))) < 300_000
    assert "The best of 64 scores" in film.caption()


@pytest.mark.parametrize("mode", ["softmax", "argmax", "straight-through"])
def test_the_eight_steps_end_backward(mode):
    film = table_film(run_table(TableSettings(play="steps", mode=mode)))
    assert [f.label.split()[1] for f in film.frames][:3] == ["ask", "multiply", "add"]
    assert len(film.frames) == 8
    last = figure_at(film, 7)
    assert trace(last, "score")["textfont"]["color"] != trace(last, "output")["textfont"]["color"]
    by_value = trace(last, "gradient of values")["text"]
    assert [text != "0" for text in by_value] == (
        [True] * 4 if mode == "softmax" else [False, True, False, False]
    )
    query = trace(last, "gradient of query")["text"][0]
    assert ("<b>0</b>" in query) == (mode == "argmax")
    assert ("−0.063" in query) == (mode != "argmax")


def test_nothing_is_shown_before_its_step():
    film = table_film(run_table(TableSettings(play="steps")))
    first, third = figure_at(film, 0), figure_at(film, 2)
    assert not any(trace(first, "score")["text"])
    assert trace(third, "score")["text"] == ["3", "11", "5", "2"]
    assert trace(figure_at(film, 1), "product")["text"][1] == "0·1 + 3·1 + 4·2"
    assert not any(trace(third, "weights")["text"])
    assert not any(trace(third, "output")["text"])


def test_the_map_has_straight_walls_a_safe_disc_and_a_flat_argmax():
    result = run_map(MapSettings())
    film = winner_map(result)
    last = figure_at(film, len(film.frames) - 1)
    assert len(film.frames) == 33
    disc = trace(last, "safe")
    radius = np.hypot(np.array(floats(disc["x"])) - 1, np.array(floats(disc["y"])) - 1)
    np.testing.assert_allclose(radius, 6 / np.sqrt(50), atol=2e-3)
    names = [wording_free(text) for text in trace(last, "winners")["text"]]
    assert sorted(names) == ["k2 wins", "k3 wins", "k4 wins"]
    assert ground(last).max() == 0
    assert trace(last, "gradient")["x"] == []
    assert "0.8485 away, in this plane 1.029" in film.caption()
    assert ground(figure_at(film, film.start_index)).max() > 50


def floats(values):
    import base64

    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"]).tolist()
    return values


def ground(figure):
    import base64

    spec = trace(figure, "ground")["z"]
    return np.frombuffer(base64.b64decode(spec["bdata"]), dtype=np.int8)


def wording_free(text):
    import re

    return re.sub(r"<[^>]*>", "", text)


def test_the_walk_is_a_ramp_that_steepens():
    film = winner_map(run_map(MapSettings()))
    warm = trace(figure_at(film, film.start_index), "softmax walk")["y"]
    cold = trace(figure_at(film, 30), "softmax walk")["y"]
    stairs = trace(figure_at(film, 30), "argmax walk")["y"]
    assert set(stairs) == {0, 1}
    assert max(np.diff(cold)) > max(np.diff(warm))


def test_who_is_sure_is_painted_in_the_other_mode():
    film = winner_map(run_map(MapSettings(paint="weight")))
    assert ground(figure_at(film, len(film.frames) - 1)).min() == 100
    assert ground(figure_at(film, 0)).max() == 0


def test_the_slope_curve_peaks_where_the_search_says():
    film = slope_film(run_slope(SlopeSettings()))
    figure = figure_at(film, film.start_index)
    curve = trace(figure, "slope")
    drawn = [(x, y) for x, y in zip(curve["x"], curve["y"], strict=True) if y is not None]
    best = max(drawn, key=lambda pair: pair[1])
    assert best[0] == pytest.approx(3.34, rel=0.03)
    assert best[1] == pytest.approx(1.424, abs=2e-3)
    assert trace(figure, "entries")["text"][3:6] == ["−0.063", "0.040", "0.056"]
    notes = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "36.7 e<sup>−6/τ</sup> / τ" in notes
    assert "5.3 / τ" in notes


def test_the_dead_slope_is_a_triangle_at_the_floor():
    film = slope_film(run_slope(SlopeSettings()))
    cold = figure_at(film, step_at(0.05))
    assert trace(cold, "now")["marker"]["symbol"] == "triangle-down"
    assert "5.6\u00a0×\u00a010⁻⁵⁰" in plain(film.frames[step_at(0.05)].caption)


def test_training_shows_three_courses_and_one_that_stays():
    film = learning_film(run_learn(LearnSettings()))
    assert len(film.frames) == 51
    first, last = figure_at(film, 0), figure_at(film, 50)
    assert trace(last, "argmax")["y"] == [13.5] * 51
    assert trace(last, "straight-through")["y"][5] == 0
    before, after = trace(first, "queries now"), trace(last, "queries now")
    moved = [before["x"][i] != after["x"][i] for i in range(3)]
    assert moved == [True, False, True]
    assert "Argmax never moves: its gradient is exactly 0." in film.caption()
    said = [wording_free(text) for text in trace(last, "losses in words")["text"]]
    assert said == ["● softmax 0.000536", "■ argmax 13.5", "◆ straight-through 0"]


def test_trained_values_are_written_into_the_cells():
    film = learning_film(run_learn(LearnSettings(train="values")))
    names = [wording_free(text) for text in trace(figure_at(film, 50), "returned")["text"]]
    assert "v2 =(0.0, −1.0, 4.0)" in names
    assert "Argmax can learn this" in film.caption()


def test_the_longest_training_stays_small():
    film = learning_film(run_learn(LearnSettings(num_steps=200, gumbel=True)))
    assert len(film.frames) == 201
    assert len(json.dumps(to_json(film))) < 300_000


def test_saturation_is_one_line_up_and_one_flat():
    film = saturation_film(run_size(SizeSettings()))
    assert [frame.label for frame in film.frames] == [f"d = {2**k}" for k in range(2, 10)]
    last = figure_at(film, 7)
    assert trace(last, "without scaling")["y"][-1] > 0.9
    assert trace(last, "divided by √d")["y"][-1] < 0.05


def test_the_token_matrix_is_a_triangle():
    film = token_film(run_tokens(TokenSettings()))
    figure = figure_at(film, 7)
    z = trace(figure, "weights")["z"]
    assert all((z[i][j] is None) == (j > i) for i in range(11) for j in range(11))
    assert trace(figure, "row")["x"][4] == pytest.approx(0.5, abs=0.01)
    assert "Token 8 “dog” sees 8 tokens" in plain(film.frames[7].caption)


def test_without_the_mask_everything_is_seen():
    film = token_film(run_tokens(TokenSettings(causal=False)))
    z = trace(figure_at(film, 0), "weights")["z"]
    assert all(value is not None for row in z for value in row)


@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
def test_no_text_is_too_small_and_there_is_one_spotlight_at_most(view):
    result = view.run(view.settings())
    for phone, least in ((False, 14), (True, 13)):
        figure = figure_at(view.film(result, phone=phone), 0)
        sizes = [n["font"]["size"] for n in figure["layout"].get("annotations", ())]
        for words in (t for t in figure["data"] if t.get("mode") == "text"):
            sizes += np.ravel(words["textfont"]["size"]).tolist()
        assert min(sizes) >= least
        spots = [t for t in figure["data"] if "#FFEBAE" in json.dumps(t)]
        assert len(spots) <= 1
        assert all(t.get("hovertemplate") or t.get("hoverinfo") == "skip" for t in figure["data"])


@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
def test_traces_stay_the_same_for_every_preset(view):
    usual = [t.name for t in view.film(view.run(view.settings())).figure.data]
    for preset in (*view.presets, *view.findings):
        settings = view.settings(**preset.values)
        if getattr(settings, "play", "tau") == "tau":
            assert [t.name for t in view.film(view.run(settings)).figure.data] == usual


def test_long_vectors_are_cut_where_their_column_ends():
    assert wording.vector([1, 2, 3], room=60) == "(1, 2, 3)"
    assert wording.vector(range(40), room=60).endswith(", …)")
    assert wording.vector([1.23456, -0.5], 3, room=200) == "(1.235, −0.500)"
    assert wording.vector([12345.678], room=5) == "(…)"


def test_slopes_are_written_for_people():
    assert wording.size(1.4) == "1.40"
    assert wording.size(0) == "0"
    assert wording.size(5.6345e-50) == "5.6\u00a0×\u00a010⁻⁵⁰"
    assert wording.size(1e-310) == "0"
    assert wording.temperature(np.inf) == "τ → ∞"


def test_a_tiny_gradient_is_not_written_as_zeros():
    _, figure = table_at(-1, play="steps", q1=-5, q2=-5, q3=-5, temperature=2**-4)
    assert trace(figure, "gradient of keys")["text"] == ["≈ 0"] * 4
    assert trace(figure, "gradient of query")["text"][0].endswith("</span> <b>≈ 0</b>")
    assert trace(figure, "score")["text"][1].endswith("4\u00a0×\u00a010⁻²⁰⁷")


def test_a_steep_cold_end_pushes_the_readout_to_the_other_corner():
    places = {
        name: trace(slope_film(run_slope(SlopeSettings(**query))).figure.to_dict(), "readout")
        for name, query in (("exam", {}), ("tie", {"q1": 0, "q2": 0, "q3": 0}))
    }
    assert places["exam"]["textposition"] == "bottom left"
    assert places["tie"]["textposition"] == "bottom right"
    assert places["tie"]["x"][0] > 100


def test_long_words_over_the_matrix_keep_clear_of_its_title():
    tops = [
        token_film(run_tokens(TokenSettings(sentence=said))).figure.layout.yaxis.domain[1]
        for said in ("the cat saw the dog", "understanding attention")
    ]
    assert tops[1] < tops[0]


def test_a_token_that_looks_like_a_tag_is_drawn_as_it_is():
    film = token_film(run_tokens(TokenSettings(sentence="<unk> <b>sat</b>")))
    shown = film.figure.layout
    assert shown.xaxis.ticktext[0] == "&lt;unk>"
    assert all("<b>" not in note["text"] for note in film.frames[1].layout["annotations"])
    assert "“<b>sat</b>”" in film.caption()


def test_where_no_gradient_arrives_nobody_gets_a_share():
    film, _ = table_at(-1, play="steps", upstream="0 0 0")
    assert "Nothing goes back" in film.frames[-1].caption


def test_the_exams_keys_are_whole_on_the_phone_beside_scaled_scores():
    result = run_table(TableSettings(q1=-5, q2=-5, q3=-5, scaled=True))
    notes = trace(table_film(result, phone=True).figure.to_dict(), "words")["text"]
    assert "(1, 2, 0)" in notes
    assert not any("…" in note for note in notes)


def test_the_head_of_the_weights_keeps_clear_of_the_box_of_argmax():
    layout = table_film(run_table(TableSettings()), phone=True).figure.to_dict()["layout"]
    words = trace(table_film(run_table(TableSettings()), phone=True).figure.to_dict(), "words")
    start = words["x"][words["text"].index("weight")]
    box = next(s for s in layout["shapes"] if s["type"] == "rect" and s["x1"] - s["x0"] == 13)
    assert start + 44 < box["x0"]
