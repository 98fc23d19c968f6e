"""Code, derivations and witnesses at other settings than the defaults."""

import numpy as np
import pytest

from viz.beam_search import demo
from viz.settings import settings_from

TREE, TEXT, MODELS = demo.VIEWS
CASES = [
    (TREE, {"beam_width": 1}),
    (TREE, {"beam_width": 8}),
    (TREE, {"model": "trap"}),
    (TREE, {"model": "curse", "beam_width": 1}),
    (TREE, {"model": "curse", "beam_width": 6, "alpha": 0.6, "penalty": "gnmt"}),
    (TREE, {"model": "curse", "beam_width": 6, "alpha": 2.0}),
    (TREE, {"model": "random", "seed": 3, "sharpness": 0.5, "wide_beam": 4}),
    (TREE, {"model": "own tree", "own": "a p=0.5\n  c p=1\nb p=0.5\n  d p=1", "wide_beam": 9}),
    (TREE, {"model": "own tree", "own": "<eos> p=0.2\na p=0.8\n  <eos> p=1", "wide_beam": 2}),
    (TREE, {"model": "trap", "play": "width"}),
    (TEXT, {"kind": "bigram", "wide_beam": 2}),
    (TEXT, {"source": "rhyme", "alpha": 1.0, "wide_beam": 3}),
    (TEXT, {"source": "own"}),
    (MODELS, {"vocabulary_size": 2, "num_steps": 3}),
]


@pytest.mark.parametrize(("view", "values"), CASES)
def test_code_and_witnesses_give_the_number_on_the_screen(view, values):
    chosen = settings_from(view.settings, values)
    answer = view.answer(view.run(chosen))
    space = {}
    exec(compile(view.snippet(chosen), "snippet", "exec"), space)
    np.testing.assert_allclose(space["answer"], answer, atol=1e-6)
    found = list(view.agree(chosen).values())
    assert len(found) >= 3
    assert max(found) - min(found) <= 1e-9 * max(1, max(map(abs, found)))


@pytest.mark.parametrize(("view", "values"), CASES)
def test_derivations_end_without_a_hole(view, values):
    result = view.run(settings_from(view.settings, values))
    lines = view.derive(result)
    assert len(lines) >= 3
    for line in lines:
        assert line.latex.count("{") == line.latex.count("}")
        assert "None" not in line.latex + line.words


def test_the_exams_derivation_has_the_exams_numbers():
    lines = TREE.derive(TREE.run(TREE.settings()))
    said = " ".join(line.latex + line.words for line in lines)
    assert r"= -0.91 - 0.01 - 0.05 \\ &\quad = -0.97" in said
    assert r"\sum_y e^{\log p(y)} = 1.008730" in said
    assert "−0.977634" in said
    assert "−1.090644" in said
    assert "= 10" in said
    assert "| `deep learn` | −0.51 | −1.20 | −1.71 | out |" in said


def test_a_library_would_report_another_number():
    assert "-0.9745 for its winner" in TREE.snippet(TREE.settings())
    assert "a library would" not in TREE.snippet(TREE.settings(model="trap"))


def test_a_wide_beam_of_a_small_tree_is_called_exhaustive():
    run = TREE.run(TREE.settings(beam_width=8))
    assert "the whole tree" in TREE.agree(TREE.settings(beam_width=8))
    assert any("beam search is exhaustive search" in line.words for line in TREE.derive(run))


@pytest.mark.parametrize(("view", "values"), CASES)
def test_charts_are_drawn_and_described(view, values):
    from viz.draw import film as films

    result = view.run(settings_from(view.settings, values))
    charts = view.more(result)
    assert charts
    for chart in charts:
        assert films.plain(chart.caption()).endswith(".")


def test_the_charts_of_the_trap_count_its_one_fall():
    result = TREE.run(settings_from(TREE.settings, {"model": "trap"}))
    assert "A wider beam was worse once." in TREE.more(result)[0].caption()


@pytest.mark.parametrize(("view", "values"), [*CASES, (TREE, {"model": "random", "num_steps": 10})])
def test_no_formula_has_a_row_too_long_for_a_phone(view, values):
    for line in view.derive(view.run(settings_from(view.settings, values))):
        for row in line.latex.split(r"\\"):
            assert sum(sign in "+-" for sign in row) <= 12


def test_no_formula_has_a_minus_zero():
    sure = {"model": "own tree", "own": "a p=0.999\nb p=0.001", "alpha": 1.0}
    lines = TREE.derive(TREE.run(settings_from(TREE.settings, sure)))
    assert "= 0.00" in lines[0].latex
    assert not any("-0.00" in line.latex for line in lines)


def test_one_word_and_one_sentence_are_singular():
    run = TREE.run(settings_from(TREE.settings, {"model": "curse", "num_steps": 1}))
    said = " ".join(chart.caption() for chart in TREE.more(run))
    assert "sequences of 1 word out of" in said
    assert "The only sentence that ends: " in said
    assert "1 words" not in said


def test_a_sentence_that_did_not_end_has_no_ring_among_those_that_did():
    from viz.draw import film as films

    values = {"kind": "bigram", "wide_beam": 1, "num_words": 5}
    chart = TEXT.more(TEXT.run(settings_from(TEXT.settings, values)))[-1]
    ring = next(t for t in films.figure_at(chart, 0)["data"] if t["name"] == "said")
    assert not ring["x"]
    assert "did not end, so it has no ring" in chart.caption()


def derived(view, **values):
    lines = view.derive(view.run(settings_from(view.settings, values)))
    return " ".join(line.latex + line.words for line in lines)


def test_a_probability_below_a_millionth_is_a_power_of_ten_in_a_formula():
    from viz.beam_search.texts import _latex_probability

    assert _latex_probability(np.log(2.5e-12)) == r"2.5 \cdot 10^{-12}"
    assert _latex_probability(np.log(1e-5)) == "10^{-5}"
    assert _latex_probability(np.log(0.25)) == "0.250"
    random = {"model": "random", "num_steps": 10, "vocabulary_size": 50, "wide_beam": 50}
    assert r" \cdot 10^{-" in derived(TREE, **random)


ENDING = "a p=0.5\n  <eos> p=1\nb p=0.3\n  <eos> p=1\n<eos> p=0.2"


def test_where_sentences_can_end_they_are_counted_by_their_last_word():
    assert "(V-1)^{t-1} &= 127" in derived(TREE, model="curse", num_steps=6)
    text = TEXT.run(TEXT.settings()).run
    assert r"1.8 \cdot 10^{56}" in derived(TEXT)
    assert f"{text.full_cost:.1e}" == "1.8e+56"
    assert "V^T = 2^{3} &= 8" in derived(TREE)


def test_the_number_of_sentences_is_that_of_the_whole_tree():
    run = TREE.run(settings_from(TREE.settings, {"model": "curse", "num_steps": 3}))
    eos = run.search.eos
    leaves = [p for p in run.tree if len(p) == 3 or p[-1] == eos]
    assert f"(V-1)^{{t-1}} &= {len(leaves)}" in derived(TREE, model="curse", num_steps=3)


def test_words_and_steps_of_a_price_are_counted_in_the_singular():
    assert "with V = 1 word, T = 1 step and" in derived(TREE, model="own tree", own="a p=1")


def test_a_beam_is_exhaustive_where_sentences_can_end_if_it_holds_all_candidates():
    assert r"\ge V (V-1)^{T-1} = 6" in derived(TREE, model="own tree", own=ENDING, wide_beam=6)
    assert "< V (V-1)^{T-1} = 6" in derived(TREE, model="own tree", own=ENDING, wide_beam=5)


def captions(view, **values):
    film = view.film(view.run(settings_from(view.settings, values)))
    return [frame.caption for frame in film.frames]


def test_one_step_is_to_come():
    first = captions(TREE, model="random", num_steps=1)[0]
    assert first.endswith("1 step is to come.")
    assert "3 steps are to come" in captions(TREE)[0]


def test_one_different_word_is_singular():
    said = captions(TEXT, source="own", own="go " * 10 + ". " + "go " * 10 + ". go go.")
    assert "with 1 different word, is" in said[0]


def test_only_a_full_beam_has_a_last_place_to_give():
    narrow = {"model": "random", "num_steps": 2, "vocabulary_size": 2}
    roomy = captions(TREE, **narrow, wide_beam=8)
    assert not any("last place" in words for words in roomy)
    assert any("last place" in words for words in captions(TREE, **narrow, wide_beam=2))


def test_an_end_behind_the_width_is_told_so():
    own = "a p=0.6\n  b p=0.5\n  <eos> p=0.5\n<eos> p=0.4"
    said = captions(TREE, model="own tree", own=own, wide_beam=1)
    assert any("may not end, since it ranks behind the beam's width" in words for words in said)


def test_many_models_score_candidates_of_a_whole_tree():
    said = captions(MODELS, vocabulary_size=2, num_steps=3)
    assert "one search scores {fwd:10} of 14 candidates." in said[1]
    assert not any("sentences" in words for words in said)
