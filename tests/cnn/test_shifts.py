"""What is said of shifts: which are tested, what they change, and how that is worded."""

import re

import numpy as np
import pytest

from viz.cnn import demo, maps, promise_figures, slide_figures, slides
from viz.cnn.controls import SlideSettings, run_slide
from viz.draw import film as films


def slid(**values):
    return run_slide(SlideSettings.model_validate(values))


def column(height, width, place):
    """The text of a picture with a line in one column."""
    return "\n".join("".join(".#"[k == place] for k in range(width)) for _ in range(height))


def notes_of(result, phone=False):
    figure = slide_figures.torus_walk(result, phone=phone).figure
    return [
        re.sub(r"<[^>]*>", " ", note["text"]) for note in figure.to_dict()["layout"]["annotations"]
    ]


def test_all_shifts_of_a_middling_image_are_tested():
    result = slid(image="own", own=column(17, 16, 1), padding="circular both")
    assert result.tests_all
    assert len(result.test.shifts) == 17 * 16
    assert result.test.relative == pytest.approx(2)
    assert promise_figures.changes(result)["circular both"] == pytest.approx(2)
    assert "features (0.000, 0.000, 0.000)" not in slide_figures.caption(result, result.start)


@pytest.mark.parametrize("side", [33, 64])
def test_the_tested_shifts_of_a_large_image_bring_its_line_to_the_border(side):
    result = slid(image="own", own=column(side, side, 1), padding="circular both")
    assert not result.tests_all
    assert result.test.relative == pytest.approx(2)
    found = promise_figures.changes(result)
    assert found["circular both"] == pytest.approx(2)
    assert found["zeros before"] > 0.005
    assert result.change[result.start] == pytest.approx(result.test.changes.max())


def test_only_what_was_tested_is_claimed_of_a_large_image():
    result = slid(image="own", own=column(64, 64, 1))
    assert "at every shift that was tested." in slide_figures.caption(result, result.start)
    for phone in (False, True):
        assert any("change at tested shifts" in text for text in notes_of(result, phone))
    assert "flat: no tested shift changes them" in notes_of(result)
    chart = promise_figures.padding_bars(result)
    assert (
        "every tested shift keeps the averages with circular before and zeros both"
        in chart.caption()
    )
    layout = chart.figure.to_dict()["layout"]
    assert layout["xaxis"]["title"]["text"].endswith("under the tested shifts")
    assert "exact" not in [note["text"] for note in layout["annotations"]]


def test_the_stage_and_the_chart_know_of_the_same_shifts():
    picture = np.zeros((40, 40))
    picture[3, 5] = picture[20, 31] = 1
    text = "\n".join("".join(".#"[int(v)] for v in row) for row in picture)
    for padding in maps.PADDINGS:
        result = slid(image="own", own=text, padding=padding, weights="random")
        kept = promise_figures.changes(result)[padding] < maps.EXACT
        assert kept == result.is_invariant
        assert kept == (result.change.max() <= maps.EXACT * max(result.scale, 1))


@pytest.mark.parametrize(("height", "width"), [(7, 8), (20, 20), (21, 20), (64, 64), (2, 64)])
def test_tested_shifts_form_a_grid_that_starts_at_rest(height, width):
    shifts = slides.grid_shifts(np.ones((height, width)))
    assert shifts[0].tolist() == [0, 0]
    assert len(shifts) <= 400
    assert len(np.unique(shifts, axis=0)) == len(shifts)
    rows, columns = (np.unique(shifts[:, axis]) for axis in (0, 1))
    assert len(rows) * len(columns) == len(shifts)


def test_averages_that_start_at_0_change_by_all_there_is():
    rows = "\n".join(["0 0 0 0 0"] * 4 + ["-1 -1 -1 -1 -1"])
    result = slid(image="own", own=rows, padding="zeros before")
    assert result.features_at_rest.max() == 0
    assert result.test.relative == pytest.approx(1)
    chart = promise_figures.padding_bars(result)
    assert max(chart.table["largest relative change"]) <= 10


@pytest.mark.parametrize(("image", "lost"), [("x1", ("row",)), ("corner", ("row",)), ("ring", ())])
def test_what_pooling_drops_of_an_odd_side_is_said(image, lost):
    result = slid(image=image, pooled=True, weights="trained")
    assert result.left_out == lost
    said = " ".join(line.words for line in demo.SLIDE.derive(result))
    assert ("it drops the last row, and even shifts may move something there" in said) == bool(lost)
    words = "POOL2 drops the last row" if lost else "POOL2 moves in twos"
    assert any(words in text for text in notes_of(result))


def test_even_shifts_change_averages_where_pooling_drops_a_row():
    result = slid(image="corner", pooled=True)
    even = [k for k, (dy, dx) in enumerate(result.shifts) if dy % 2 == dx % 2 == 0]
    assert not all(result.stands_still(k) for k in even)
    assert not slid(image="ring", pooled=True).left_out


def test_cells_are_called_framed_only_where_they_are():
    for side, framed in ((14, True), (15, False)):
        result = slid(image="own", own=column(side, side, 0), padding="circular both")
        film = slide_figures.torus_walk(result)
        marks = next(
            trace
            for trace in films.figure_at(film, film.start_index)["data"]
            if trace["name"] == "cells that break the promise"
        )
        assert bool(marks["x"]) == framed
        assert any(text.startswith("framed: ") for text in notes_of(result)) == framed


def test_the_padding_of_part_b_is_said_in_words():
    for padding in maps.PADDINGS:
        said = " ".join(line.words for line in demo.SLIDE.derive(slid(padding=padding)))
        assert "Part (b) wraps around before the first row and column only" in said
    assert any("Part (b) wraps before" in preset.words for preset in demo.SLIDE.findings)


def test_five_controls_are_at_hand():
    from viz.settings import controls

    known = SlideSettings().model_dump()
    shown = [c for c in controls(SlideSettings) if c.kind != "own" and c.shown(known)]
    assert len(shown) == 5
