"""What the films draw and say."""

import json
import re

import numpy as np
import pytest

from viz.cnn import (
    demo,
    figures,
    maps,
    promise_figures,
    scoreboard,
    slide_figures,
    sweep_figures,
    training,
)
from viz.cnn.controls import (
    FilterSettings,
    NetSettings,
    SlideSettings,
    TableSettings,
    run_filter,
    run_net,
    run_slide,
    run_table,
)
from viz.draw import film as films
from viz.draw import theme

SIXTY = " ".join(["CONV3-512"] * 60)


def trace_of(film, name, index=None):
    figure = films.figure_at(film, film.start_index if index is None else index)
    return next(trace for trace in figure["data"] if trace.get("name") == name)


def words_of(texts):
    return [re.sub(r"<[^>]*>", "", text).replace("\u202f", " ") for text in texts]


def numbers_of(trace):
    return np.array(trace["z"], dtype=float)


def table_film(**values):
    return figures.table_film(run_table(TableSettings.model_validate(values)))


def test_the_last_frame_is_the_exams_table():
    film = table_film()
    last = len(film.frames) - 1
    shapes = words_of(trace_of(film, "shapes", last)["text"])
    assert shapes == ["28×28×1", "28×28×10", "14×14×10", "14×14×10", "7×7×10", "490", "3"]
    params = words_of(trace_of(film, "parameters", last)["text"])
    assert params == ["", "100", "0", "910", "0", "0", "1 473"]
    formulas = words_of(trace_of(film, "formulas", last)["text"])
    assert [f for f in formulas if f] == ["3×3×1×10 + 10", "3×3×10×10 + 10", "490×3 + 3"]


@pytest.mark.parametrize("phone", [False, True])
def test_cells_to_predict_show_one_after_the_other(phone):
    film = figures.table_film(run_table(TableSettings()), phone=phone)
    marks = [len(trace_of(film, "hidden", k)["text"]) for k in range(len(film.frames))]
    assert marks == [5, 4, 3, 2, 1, 0]
    assert film.start_index == 0
    first = words_of(trace_of(film, "shapes", 0)["text"])
    assert first[3] == first[4] == ""
    assert words_of(trace_of(film, "parameters", 0)["text"])[1] == ""
    assert "Predict the parameters of the first CONV3-10, then" in film.caption(0)
    assert "3×3×1×10 + 10 = 100" in film.caption(1)
    assert "That was the last one." in film.caption(5)


def test_sums_and_bars_do_not_give_hidden_cells_away():
    film = table_film(hide="all")
    assert not any("in all" in text for text in trace_of(film, "rows", 0)["text"])
    assert len(trace_of(film, "bars", 0)["x"]) == 1  # the input, which learns nothing
    assert len(trace_of(film, "bars", len(film.frames) - 1)["x"]) == 7
    fronts = trace_of(film, "unknown", 0)
    corners = np.array([x for x in fronts["x"] if x is not None]).reshape(-1, 5)
    assert len({round(float(np.ptp(box)), 1) for box in corners}) == 1


def test_the_strip_is_drawn_to_scale():
    film = table_film(hide="none")
    bars = trace_of(film, "bars")
    heights = dict(zip(bars["x"], bars["y"], strict=True))
    by_place = [heights[x] for x in sorted(heights)]
    assert by_place[6] / by_place[3] == pytest.approx(1473 / 910, rel=0.02)
    fronts = trace_of(film, "fronts")
    corners = np.array([x for x in fronts["x"] if x is not None]).reshape(-1, 5)
    widths = np.ptp(corners, axis=1)[:5]
    np.testing.assert_allclose(widths / widths[0], [1, 1, 0.5, 0.5, 0.25], atol=0.01)


def test_the_receptive_field_is_drawn_on_the_input():
    film = table_film(hide="none")
    fronts = trace_of(film, "fronts", 3)
    pixel = np.ptp(fronts["x"][:5]) / 28
    for frame, side in enumerate((3, 4, 8, 10, 28, 28)):
        field = [x for x in trace_of(film, "field", frame)["x"] if x is not None]
        assert np.ptp(field) / pixel == pytest.approx(side, abs=0.1)
    assert trace_of(film, "field", 6)["x"] == []


def test_sentences_of_the_layers():
    film = table_film(hide="none")
    assert film.frames[0].label == "CONV3-10"
    assert "(28 + 2·1 − 3)/1 + 1 = 28 rows" in film.caption(0)
    assert "It learns 3×3×10×10 + 10 = 910 numbers. One unit sees 8×8" in film.caption(2)
    whole = film.caption().replace("\u202f", " ")
    assert whole == (
        "6 layers, 2 483 parameters, 248 430 multiplications; 59% of the parameters sit in FC-3. "
        "One unit of the last feature map sees 10×10 input pixels."
    )


def test_dense_layers_in_place_of_convolutions():
    film = table_film(hide="none", dense=True)
    assert "6 154 400" in words_of(trace_of(film, "parameters")["text"])
    assert "61 544 times as many" in film.caption(0).replace("\u202f", " ")
    total = 6154400 + 3843560 + 1473
    assert f"{total:,}".replace(",", "\u202f") in film.caption()
    assert any("9 999 433" in text for text in words_of(trace_of(film, "rows")["text"]))
    chart = figures.dense_bars(run_table(TableSettings(hide="none")))
    assert trace_of(chart, "dense")["x"] == [6154400.0, 3843560.0]
    assert trace_of(chart, "convolution")["x"] == [100.0, 910.0]


def test_there_are_no_dense_bars_without_convolutions():
    found = run_table(TableSettings(architecture="FLATTEN / FC-3", hide="none"))
    assert figures.dense_bars(found) is None
    assert demo.more_table(found) == ()


@pytest.mark.parametrize("hide", ["none", "all", "some"])
@pytest.mark.parametrize("phone", [False, True])
def test_a_long_net_scrolls_and_stays_small(hide, phone):
    film = figures.table_film(run_table(TableSettings(architecture=SIXTY, hide=hide)), phone=phone)
    assert len(json.dumps(films.to_json(film))) <= 300_000
    assert len(film.frames) <= 43
    last = words_of(trace_of(film, "names", len(film.frames) - 1)["text"])
    assert len(last) == 8


def test_hidden_cells_of_a_question_have_no_frame_that_shows_them():
    film = figures.hidden_still(run_table(TableSettings()))
    assert len(film.frames) == 1
    assert len(trace_of(film, "hidden")["text"]) == 5
    assert "100" not in words_of(trace_of(film, "parameters")["text"])


def slide_film(**values):
    result = run_slide(SlideSettings.model_validate(values))
    return result, slide_figures.torus_walk(result)


def test_maps_roll_and_averages_stand_still():
    result, film = slide_film()
    assert len(film.frames) == 56
    assert film.caption() == (
        "x₂ shifted by (0, 5) is x₃, circular padding before: features (0.00, 0.80, 0.00), "
        "change 0. Invariant: maps roll, averages stay."
    )
    rest = numbers_of(trace_of(film, "second map 2 at rest"))
    for k, shift in enumerate(result.shifts):
        shifted = numbers_of(trace_of(film, "second map 2 shifted", k))
        np.testing.assert_allclose(shifted, np.roll(rest, shift, (0, 1)), atol=1e-3)
    assert words_of(trace_of(film, "averages")["text"]) == ["0.00", "0.80", "0.00"]
    assert numbers_of(trace_of(film, "change of the averages")).max() == 0
    assert trace_of(film, "cells that break the promise")["x"] == []


def test_padding_on_both_sides_counts_the_first_row_three_times():
    _, film = slide_film(image="x1", padding="circular both")
    assert "features (1.867, 0.000, 0.000), change 1.2. The averages move" in film.caption()
    assert words_of(trace_of(film, "averages")["text"])[0] == "1.867 at rest 0.622"
    marked = trace_of(film, "cells that break the promise")
    assert len(marked["x"]) >= 9 + 10
    change = numbers_of(trace_of(film, "change of the averages"))
    assert (change[-1] > 1).all()
    assert np.abs(change[:-1]).max() < 1e-9


def test_the_grid_of_shifts_agrees_with_the_frames():
    for values in (
        {"image": "ring", "weights": "trained", "pooled": True},
        {"padding": "zeros before"},
        {"image": "corner", "padding": "zeros both", "weights": "random"},
    ):
        result, film = slide_film(**values)
        assert result.test.exact == bool(result.change.max() < 1e-12)
        assert result.change[result.start] == result.change.max()
        assert "not invariant" in film.caption()


def test_pooling_keeps_even_shifts_only():
    result, film = slide_film(image="ring", weights="trained", pooled=True)
    even = [k for k, (dy, dx) in enumerate(result.shifts) if dy % 2 == dx % 2 == 0]
    assert len(even) > 5
    assert all(result.stands_still(k) for k in even)
    even = even[-1]
    assert "This shift keeps the averages, others do not." in film.caption(even)


def test_a_large_image_shows_fewer_maps_and_stays_small():
    rng = np.random.default_rng(0)
    rows = "\n".join(" ".join(f"{v:.2f}" for v in row) for row in rng.random((64, 64)))
    for values in ({}, {"padding": "circular both"}, {"weights": "random", "kernel_size": 3}):
        result, film = slide_film(image="own", own=rows, **values)
        names = {trace.name for trace in film.figure.data}
        assert result.is_large
        assert "first map 1 at rest" not in names
        assert len(json.dumps(films.to_json(film))) <= 300_000


@pytest.mark.parametrize("side", [12, 17, 23, 24, 25, 32])
def test_films_of_all_sizes_stay_small(side):
    rng = np.random.default_rng(side)
    rows = "\n".join(" ".join(f"{v:.2f}" for v in row) for row in rng.random((side, side)))
    _, film = slide_film(image="own", own=rows, weights="random", padding="circular both")
    assert len(json.dumps(films.to_json(film))) <= 300_000


def test_every_padding_side_by_side():
    found = promise_figures.changes(run_slide(SlideSettings(image="x1")))
    assert found["circular before"] < maps.EXACT
    assert found["circular both"] == pytest.approx(2)
    film = promise_figures.padding_bars(run_slide(SlideSettings(image="x1")))
    assert "circular before" in film.caption()
    bars = trace_of(film, "largest relative change")
    assert bars["x"][0] == 0
    assert bars["x"][1] == pytest.approx(2)


def test_a_trained_net_is_sure_and_wrong_outside_its_places():
    result = run_net(NetSettings())
    film = sweep_figures.line_sweep(result)
    assert len(film.frames) == training.SIDE
    assert "none stood in training: FLATTEN, zeros says" in film.caption()
    assert film.caption().split(". Median")[0].endswith("wrong")
    assert "✗" in "".join(trace_of(film, "answers")["text"])
    assert "right." in film.caption(13)
    bars = np.array(trace_of(film, "probabilities", 13)["x"])
    np.testing.assert_allclose(bars / bars.sum(), result.probs[13], atol=0.01)
    assert trace_of(film, "GAP, circular")["y"] == pytest.approx([1] * 28, abs=0.02)


def test_other_nets_are_muted_curves_with_a_name():
    for phone in (False, True):
        figure = sweep_figures.line_sweep(run_net(NetSettings()), phone=phone).figure.to_dict()
        curves = {trace["name"]: trace["line"] for trace in figure["data"][: len(training.NETS)]}
        others = [line for name, line in curves.items() if name != "FLATTEN, zeros"]
        assert all(line == {"color": theme.MUTED, "width": 2} for line in others)
        written = " ".join(note["text"] for note in figure["layout"]["annotations"])
        assert all(name in written for name in curves)


def test_the_board_shows_every_seed():
    film = scoreboard.scoreboard()
    assert len(trace_of(film, "anywhere")["x"]) == 25
    assert "keeps 100%" in film.caption()


def test_a_filter_fills_its_map():
    result = run_filter(FilterSettings())
    film = demo.FILTER.film(result)
    assert len(film.frames) == 196
    sums = []
    for k in range(len(film.frames)):
        text = words_of(trace_of(film, "sum", k)["text"])[0].removeprefix("sum = ")
        sums.append(float(text.replace("−", "-")))
    np.testing.assert_allclose(sums, result.output.ravel())
    products = numbers_of(trace_of(film, "products"))
    assert products.sum() == result.output.ravel()[result.strongest]


def test_a_filter_on_a_large_picture_skips_positions():
    result = run_filter(FilterSettings(picture="own", own="\n".join([".#" * 32] * 64)))
    assert len(demo.FILTER.film(result).frames) == 196
    assert result.visited[0] == 0
    assert result.visited[-1] == 64 * 64 - 1


def dense_vgg(side, channels, *, phone):
    found = run_table(
        TableSettings(
            architecture=demo.VGG,
            height=side,
            width=side,
            channels=channels,
            hide="none",
            dense=True,
        )
    )
    return found, figures.table_film(found, phone=phone)


@pytest.mark.parametrize(("side", "channels"), [(224, 3), (1024, 64)])
def test_a_dense_formula_stays_in_its_column(side, channels):
    _, film = dense_vgg(side, channels, phone=False)
    for index in range(len(film.frames)):
        for text in trace_of(film, "formulas", index)["text"]:
            lines = [re.sub(r"<[^>]*>", "", line) for line in text.split("<br>")]
            assert all(len(line.replace("\u202f", "")) <= 16 for line in lines)


def test_on_the_phone_a_long_formula_takes_the_place_of_what_is_seen():
    _, film = dense_vgg(1024, 64, phone=True)
    pairs = zip(
        words_of(trace_of(film, "formulas")["text"]),
        words_of(trace_of(film, "seen")["text"]),
        strict=True,
    )
    assert all(len(formula) + len(seen) <= 36 for formula, seen in pairs)
    exam = figures.table_film(run_table(TableSettings(hide="none")), phone=True)
    assert all(words_of(trace_of(exam, "seen")["text"])[1:])


def test_a_long_scale_of_powers_has_few_numbers():
    found, _ = dense_vgg(1024, 64, phone=True)
    chart = figures.dense_bars(found, phone=True).figure.to_dict()
    assert len(chart["layout"]["xaxis"]["tickvals"]) <= 5
