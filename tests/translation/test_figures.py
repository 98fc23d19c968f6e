"""What the figures show, read from their data."""

import dataclasses
import html
import re
from itertools import pairwise

import numpy as np
import pytest

from viz.draw import film as films
from viz.draw import theme
from viz.translation import (
    card_figures,
    controls,
    curves,
    demo,
    figures,
    flow_figures,
    limit_figures,
)
from viz.translation.controls import FlowSettings, LimitSettings, ModelSettings, RowSettings


def rows(**values):
    return demo.run_rows(RowSettings(**values))


def trace(film, name, frame=None):
    figure = films.figure_at(film, film.start_index if frame is None else frame)
    return next(one for one in figure["data"] if one["name"] == name)


def spots(film):
    return [s for s in film.figure.layout.shapes if s.fillcolor == theme.SPOT and s.opacity != 0]


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
def test_the_spotlight_is_on_the_first_difference(stack, phone):
    result = rows(emitted="I see the dog", stack=stack)
    film = figures.decoder_rows(result, phone=phone)
    assert len(spots(film)) == 1
    x = trace(film, "training")["x"][3]
    corners = [
        float(p.split(",")[0].strip("MLQ ")) for p in spots(film)[0].path.split() if "," in p
    ]
    assert min(corners) < x < max(corners)
    assert "first differ at w₄" in film.caption()
    same = figures.decoder_rows(rows(emitted="I see a dog", stack=stack), phone=phone)
    assert not spots(same)


def boxes(film, name):
    """Text, middle and half size of every text of a trace."""
    texts = trace(film, name)
    sides = texts["textposition"]
    for x, y, text, side in zip(texts["x"], texts["y"], texts["text"], sides, strict=True):
        size = texts["textfont"]["size"]
        half = 0.22 * size * max(map(len, re.sub("<[^b>]*>", "", text).split("<br>")))
        middle = {"middle right": x + half, "middle left": x - half}.get(side, x)
        yield text, (middle, y), (half, size / 2)


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
@pytest.mark.parametrize("mode", ["training", "evaluation"])
@pytest.mark.parametrize("more", [{}, {"source_sos": False}, {"source": controls.LONGER}])
def test_no_arrow_crosses_the_name_of_a_row(phone, stack, mode, more):
    film = figures.decoder_rows(rows(stack=stack, mode=mode, **more), phone=phone)
    ways = [trace(film, name) for name in figures.NAMES[:4]]
    for text, middle, half in boxes(film, "labels"):
        if "sub" in text:
            continue
        for way in ways:
            nodes = np.array([way["x"], way["y"]], dtype=float).T
            path = np.concatenate([np.linspace(a, b, 40) for a, b in pairwise(nodes)] or [nodes])
            inside = (np.abs(path - middle) <= half).all(axis=1)
            assert not inside.any(), f"{text} at {middle}"


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(
    "values", [{"stack": "vertical"}, {"mode": "evaluation"}, {"emitted": "I see a dog"}]
)
def test_other_rows_repaint_the_picture_that_is_there(values, phone, planned):
    film = figures.decoder_rows(rows(**values), phone=phone)
    assert planned(film) == planned(figures.decoder_rows(rows(), phone=phone))


@pytest.mark.parametrize(
    "values",
    [{"force": "2 = saw", "play": "words"}, {"stack": "vertical"}, {"source": controls.LONGER}],
)
def test_other_models_repaint_the_picture_that_is_there(values, planned):
    film, start = (card_figures.model_film(model(**v)) for v in (values, {}))
    assert planned(film) == planned(start)
    assert len(film.figure.layout.shapes) == len(start.figure.layout.shapes)


def test_the_rows_of_the_exam_are_drawn():
    film = figures.decoder_rows(rows())
    strip = {"<b>", "</b>"}

    def words(name):
        texts = trace(film, name)["text"]
        for mark in strip:
            texts = [text.replace(mark, "") for text in texts]
        return tuple(t.replace("&lt;", "<").replace("&gt;", ">") for t in texts)

    assert words("training") == demo.SEED.training_inputs
    assert words("own") == demo.SEED.evaluation_inputs
    assert words("says") == demo.SEED.emitted
    assert words("truth") == demo.SEED.truth
    assert words("source") == demo.SEED.source
    assert len(trace(film, "cells")["text"]) == 10
    assert all("<i>" in text for text in trace(film, "cells")["text"])


def test_words_come_out_one_by_one_and_go_back_in():
    film = figures.decoder_rows(rows(mode="evaluation"))
    assert len(film.frames) == 16
    said = [sum(map(bool, trace(film, "says", k)["text"])) for k in range(16)]
    assert said == [0] * 7 + [1, 1, 2, 2, 3, 3, 4, 4, 5]
    heads = [np.count_nonzero(trace(film, "fed back", k)["marker"]["size"]) for k in range(16)]
    assert heads[-1] == 4
    assert heads == sorted(heads)
    assert "its own last word goes in" in film.caption(8)
    taught = figures.decoder_rows(rows())
    assert "the teacher puts in the true previous word" in taught.caption(8)


def test_a_vertical_stack_says_why_it_stops():
    film = figures.decoder_rows(rows(stack="vertical", source_sos=False))
    assert "no source<br>token left" in trace(film, "labels")["text"]
    assert "stops after 4 tokens" in film.caption()
    assert "first differ at w₃" in film.caption()
    assert "Output j can depend on the first j of 4 source tokens." in film.caption()
    assert len(trace(film, "says")["x"]) == 5
    arrows = trace(film, "hand-over")["marker"]["size"]
    assert np.count_nonzero(arrows) == 4
    whole = figures.decoder_rows(rows(stack="vertical"))
    assert not any("no source" in text for text in trace(whole, "labels")["text"])


def test_what_a_word_can_depend_on_is_counted():
    film = figures.decoder_rows(rows(stack="vertical"))
    assert "can depend on 2 of 5" in film.caption(4)
    film = figures.decoder_rows(rows())
    assert "can depend on 5 of 5" in film.caption(9)
    assert "Every output can depend on all 5 source tokens." in film.caption()


@pytest.mark.parametrize("phone", [False, True])
def test_long_sentences_fit(phone):
    words = "el gato negro ve un perro y ladra"
    for stack in ("horizontal", "vertical"):
        result = rows(source=words, truth=words, emitted="a", stack=stack)
        film = figures.decoder_rows(result, phone=phone)
        width = film.figure.layout.xaxis.range[1]
        for name in ("cells", "truth", "source"):
            x = trace(film, name)["x"]
            assert min(x) > 10
            assert max(x) < width - 10
        x = trace(film, "truth")["x"]
        assert min(np.diff(x)) > (30 if phone else 50)


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
def test_long_words_keep_to_their_columns(stack, phone):
    long = "incomprehensibilities of internationalization"
    film = figures.decoder_rows(
        rows(source="no extraordinariamente", truth=long, emitted=long, stack=stack), phone=phone
    )
    for name in ("truth", "training", "own", "says", "source"):
        words = trace(film, name)
        texts = [html.unescape(re.sub("</?b>", "", text)) for text in words["text"]]
        assert any("…" in text for text in texts) or name == "source"
        gap = min(np.diff(words["x"]))
        assert max(map(len, texts[:3])) * 0.45 * words["textfont"]["size"] < gap
    assert "incomprehensibilities" in film.caption()


@pytest.mark.parametrize("mode", ["training", "evaluation"])
@pytest.mark.parametrize("words", ["I see a dog", "I don't know a black dog or cat"])
def test_no_rising_arrow_crosses_a_word_on_a_phone(mode, words):
    source = "no veo un perro negro don't know it"
    result = rows(stack="vertical", mode=mode, source=source, truth=words, emitted=words)
    film = figures.decoder_rows(result, phone=True)
    way = trace(film, "hand-over")
    nodes = np.array([way["x"], way["y"]], dtype=float).T
    path = np.concatenate([np.linspace(a, b, 60) for a, b in pairwise(nodes)])
    for name in ("training", "own"):
        row = trace(film, name)
        for x, y, text in zip(row["x"], row["y"], row["text"], strict=True):
            half = (0.25 * 13 * len(html.unescape(re.sub("</?b>", "", text))), 7)
            assert not (np.abs(path - (x, y)) <= half).all(axis=1).any(), text


@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
def test_words_in_narrow_columns_keep_apart(stack):
    words = "I don't know a black dog or cat"
    result = rows(stack=stack, source="no veo un perro negro don't know it", truth=words)
    film = figures.decoder_rows(result, phone=True)
    for name in ("source", "truth", "says", "training", "own"):
        row = trace(film, name)
        size = row["textfont"]["size"]
        places = zip(row["x"], row["y"], row["text"], strict=True)
        right = {}
        for x, y, text in places:
            half = 0.25 * size * len(html.unescape(re.sub("</?b>", "", text)))
            assert x - half >= right.get(y, -np.inf)
            right[y] = x + half
        assert max(right.values()) <= 358


def test_who_puts_words_in_depends_on_the_mode():
    taught, alone = (figures.decoder_rows(rows(mode=m)) for m in ("training", "evaluation"))
    assert "teacher puts in see, the model would put in saw" in taught.caption()
    assert "teacher would put in see, the model puts in saw" in alone.caption()


def model(**values):
    return demo.run_model(ModelSettings(**values))


def test_a_checkpoint_is_a_frame_and_the_last_one_is_right():
    film = card_figures.model_film(model())
    assert [frame.label for frame in film.frames][::7] == ["step 0", "step 600"]
    assert "which is right" in film.caption()
    said = [text.replace("<b>", "").replace("</b>", "") for text in trace(film, "says")["text"]]
    assert said == ["I", "see", "a", "dog", "&lt;eos&gt;"]
    bars = trace(film, "bars")
    first = [x for x, base in zip(bars["x"], bars["base"], strict=True) if base == bars["base"][0]]
    assert first == sorted(first, reverse=True)
    early = trace(film, "says", 0)["text"]
    assert any("✗" in text for text in early)


def test_an_overwritten_word_has_the_spotlight():
    result = model(force="3 = the")
    assert "With the true words fed, the loss of the right words" in (
        card_figures.model_film(result).caption()
    )
    film = card_figures.model_film(result)
    assert len(spots(film)) == 1
    assert "<b>the</b>" in trace(film, "fed")["text"]
    assert "when “the” is fed in place of word 3" in film.caption()
    assert not spots(card_figures.model_film(model()))


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
def test_word_by_word_cards_fill(stack, phone):
    film = card_figures.model_film(model(play="words", stack=stack), phone=phone)
    counts = [len(trace(film, "says", k)["text"]) for k in range(len(film.frames))]
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert film.frames[0].caption == "Nothing has been read yet."
    fed = [len(trace(film, "fed", k)["text"]) for k in range(len(film.frames))]
    assert all(0 <= f - s <= 1 for f, s in zip(fed, counts, strict=True))


def test_a_word_that_cannot_be_put_in_is_named():
    film = card_figures.model_film(model(force="9 = the"))
    assert "Output 9 is never fed back, so “the” is not put in." in film.caption()


def test_a_vertical_models_loss_tells_which_words_it_asks_for():
    film = card_figures.model_film(model(stack="vertical"))
    assert "the loss of the 4 right words that it has steps for" in film.caption()


@pytest.mark.parametrize("play", ["training", "words"])
def test_what_has_no_place_in_the_picture_is_counted(play):
    film = card_figures.model_film(model(seed=7, play=play))
    assert "The picture shows the first 8 of 20 outputs." in film.caption()
    shown = [trace(film, "says", k)["text"] for k in range(len(film.frames) - 1)]
    assert all(a != b for a, b in zip(shown[6::2], shown[8::2], strict=False))
    source = "no veo un perro negro no veo un perro negro no veo"
    upright = card_figures.model_film(model(stack="vertical", source=source, play=play))
    assert len(trace(upright, "source")["x"]) == 8
    assert "the first 8 of 13 tokens read" in upright.caption()


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("seed", range(5, 12))
def test_words_and_probabilities_of_a_card_keep_apart(seed, phone):
    film = card_figures.model_film(model(seed=seed), phone=phone)
    words, chances = trace(film, "words"), trace(film, "chances")
    size = words["textfont"]["size"]
    places = zip(words["x"], words["text"], chances["x"], chances["text"], strict=True)
    for left, word, right, number in places:
        half = 0.5 * size * len(html.unescape(re.sub("</?b>", "", word)))
        assert not number or left + half <= right - 1.75 * size


def test_a_probability_below_1_is_not_called_1():
    film = card_figures.model_film(model(play="words"))
    assert "says I with probability 0.997" in film.caption(6)


def test_a_fresh_model_asks_to_be_taught():
    film = card_figures.model_film(model(seed=3))
    assert len(film.frames) == 1
    assert "switch on “Train it here”" in film.caption()
    bars = trace(film, "bars")
    assert bars["marker"]["pattern"]["shape"] == "/"
    assert len(bars["x"]) == len(trace(film, "says")["text"])
    assert "pattern" not in trace(card_figures.model_film(model()), "bars")["marker"]
    assert curves.training_curves(model(seed=3)) == ()


def test_the_charts_show_the_measures():
    result = model()
    charts = curves.training_curves(result)
    assert len(charts) == 4
    accuracy, kicks, positions, loss = (chart.figure.data for chart in charts)
    assert tuple(accuracy[0].y) == result.measures.taught
    assert tuple(kicks[0].y) == result.measures.unkicked
    assert tuple(kicks[1].y) == result.measures.kicked
    assert tuple(positions[1].y) == result.measures.free_positions
    assert loss[0].y[0] > 2 > loss[0].y[-1]
    assert "flatters" in charts[0].caption()


def measures(**values):
    return dataclasses.replace(model().measures, **values)


def test_the_gap_is_told_once_where_it_is_widest_at_the_end():
    words = curves.training_curves(model(stack="vertical"))[0].caption()
    assert words.startswith("The teacher flatters it to the end: at step 600 81.5%")
    assert words.count("81.5%") == 1


def test_the_gap_of_an_untrained_model_is_not_told():
    found = measures(taught=(0.5, *[1.0] * 7), free=(0.1, *[1.0] * 7))
    assert "step 0" not in curves._accuracy(found, False).caption()


@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
@pytest.mark.parametrize("phone", [False, True])
def test_the_names_of_the_curves_stay_inside_the_chart(stack, phone):
    layout = curves._accuracy(model(stack=stack).measures, phone).figure.layout
    low, high = layout.xaxis.range
    step = (284 if phone else 926) / (high - low)
    for name in layout.annotations[1:]:
        wide = 0.45 * name.font.size * len(name.text) / step
        if name.xanchor == "left":
            assert name.x + wide <= high
        else:
            assert name.x - wide >= low


def test_training_sentences_are_not_called_held_out():
    chart = curves._accuracy(measures(held_out=False), False)
    assert "training sentences" in chart.figure.layout.annotations[0].text
    assert "All of them are sentences it was trained on." in chart.caption()
    assert "trained on" not in curves._accuracy(measures(), False).caption()


def test_a_kick_is_compared_on_the_same_tokens():
    chart = curves._kicks(measures(kicked=(0.6, 0.5), unkicked=(0.9, 0.55)), False)
    assert "word 1 overwritten only 60.0%" in chart.caption()
    assert "with nothing overwritten 90.0%" in chart.caption()


def test_a_charts_title_fits_a_phone():
    for chart in curves.training_curves(model(), phone=True):
        assert len(chart.figure.layout.annotations[0].text) <= 44


def test_zeros_are_printed_as_zeros():
    result = demo.run_flow(FlowSettings())
    film = flow_figures.flow_matrices(result)
    horizontal, _, vertical, numbers = film.figure.data
    assert sum(value is None for row in vertical.z for value in row) == 6
    assert numbers.text.count("0") == 6
    assert all(value is not None for row in horizontal.z for value in row)
    assert "6 of the 16" in film.caption()


@pytest.mark.parametrize("phone", [False, True])
def test_an_output_without_a_source_token_has_no_gradient(phone):
    result = demo.run_flow(FlowSettings(source="perro"))
    film = flow_figures.flow_matrices(result, phone=phone)
    steps, outputs = len(result.vertical), len(result.outputs)
    assert (steps, outputs) == (2, len(result.horizontal))
    assert outputs > steps
    texts = film.figure.data[3].text
    assert texts.count("no source token left") == outputs - steps
    assert f"to {outputs} it has no source token left" in film.caption()


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("count", [6, 8, 12, 20])
def test_numbers_and_names_of_the_flow_keep_apart(phone, count):
    film = flow_figures.flow_matrices(
        demo.run_flow(FlowSettings(source=" ".join(["perro"] * count))), phone=phone
    )
    layout, numbers = film.figure.layout, film.figure.data[1]
    wide = (358 if phone else 940) * np.diff(layout.xaxis.domain)[0] / (count + 1)
    if len(numbers.text):
        assert wide >= 2 * numbers.textfont.size
    rows = -np.diff(layout.yaxis.range)[0]
    tall = layout.height * np.diff(layout.yaxis.domain)[0] / rows
    names = layout.yaxis
    assert min(np.diff(names.tickvals)) * tall >= names.tickfont.size
    if layout.xaxis.tickangle:
        assert min(np.diff(layout.xaxis.tickvals)) * wide >= 1.5 * layout.xaxis.tickfont.size


def test_the_limits_show_bound_and_sentence():
    film = limit_figures.limit_film(demo.run_limits(LimitSettings()))
    shares = [0.7774, 0.8228, 1.0, 0.9895, 0.9062, 0.5482, 0.3962]
    np.testing.assert_allclose(trace(film, "best possible")["y"], shares, atol=1e-4)
    np.testing.assert_allclose(trace(film, "trained")["y"], shares, atol=6e-3)
    assert film.start_index == 1
    assert "21 of 105, 20%" in film.caption()
    assert trace(film, "their counts")["text"][0] == "21 of 105"
    short = limit_figures.limit_film(demo.run_limits(LimitSettings(source=controls.SENTENCE)))
    assert "cannot be said" in short.caption(4)
    assert "all of “veo un perro <eos>” is read" in short.caption(3)
    assert trace(short, "read", 4)["text"] == ["<b>no source token is left to read</b>"]
    assert trace(short, "their names", 4)["text"] == []
    marked = limit_figures.limit_film(demo.run_limits(LimitSettings(source_sos=True)))
    assert len(trace(marked, "trained")["x"]) == 0
    for frame in range(len(marked.frames)):
        assert any("✓" in text for text in trace(marked, "their names", frame)["text"])
