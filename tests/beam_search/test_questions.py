"""Exercises: keys by counting in whole hundredths, feedback for each usual mistake."""

import math

import numpy as np
import pytest

from viz import quiz
from viz.beam_search import demo, exercises
from viz.beam_search.compute import beam_search
from viz.beam_search.variants import draw

X1, X2, X3, X4, X5, X6 = exercises.ALL


def said(maker, text, variant=None):
    return quiz.check(quiz.pose(maker, variant), text)


def test_the_exams_keys():
    assert quiz.pose(X1, None).answer.key == tuple(demo.SEED.exhaustive.split())
    assert quiz.pose(X2, None).answer.key == tuple(demo.SEED.greedy.split())
    parts = dict(quiz.pose(X3, None).answer.items)
    marks = parts["Kept after step 2"]
    assert {quiz.words_of(marks.options[i]) for i in marks.key} == set(demo.SEED.survivors)
    assert parts["The sentence"].key == tuple(demo.SEED.beam_2.split())
    assert quiz.pose(X4, None).answer.key == demo.SEED.path_sums["deep learn deep"]
    assert quiz.pose(X5, None).answer.shown() == "10"


@pytest.mark.parametrize(
    ("maker", "text", "words"),
    [
        (X1, "deep deep deep", "That is greedy search"),
        (X1, "learn deep deep", "second word"),
        (X2, "learn learn deep", "never sees past the next word"),
        (X2, "deep learn deep", "next word alone"),
        (X2, "learn deep deep", "the first two numbers alone"),
        (X3, '["0 1 2 3", "learn learn deep"]', "keeps two for each parent"),
        (X3, '["0 3", "deep deep deep"]', "That is greedy search"),
        (X4, "2.40", "The sign is lost"),
        (X4, "5", "Follow the path"),
        (X4, "-0.80", "That is the mean"),
        (X4, "-0.69", "the last word alone"),
        (X4, str(-0.51 * 1.20 * 0.69), "logarithms are added"),
        (X6, "0 1 2", "a beam of two may drop"),
    ],
)
def test_a_usual_mistake_is_named(maker, text, words):
    verdict = said(maker, text)
    assert not verdict.right
    assert words in verdict.words


def test_a_probability_counts_and_is_told():
    verdict = said(X4, "0.0907")
    assert verdict.right
    assert "the logarithm of it was asked" in verdict.words


def test_wrong_costs_are_told_apart():
    question = quiz.pose(X5, None)
    shown = [quiz.words_of(option) for option in question.answer.options]
    assert sorted(shown) == ["10", "12", "6", "8"]
    for place, text in enumerate(shown):
        verdict = said(X5, str(place))
        assert verdict.right == (text == "10")
        assert bool(verdict.words) != verdict.right


@pytest.mark.parametrize("variant", [1, 2, 5, 8, 13, 77, 9999])
def test_variants_agree_with_the_search_of_the_page(variant):
    for maker, width in ((X1, 9), (X2, 1), (X3, 2)):
        question = quiz.pose(maker, variant)
        run = demo.run_tree(question.settings)
        assert question.settings.wide_beam in (width, 8)
        key = question.answer.items[1][1].key if maker is X3 else question.answer.key
        search = beam_search(run.decoder, beam_width=width, num_steps=3)
        assert tuple(search.words(search.best.tokens).split()) == key


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [2, 3])
def test_variant_trees_have_one_right_answer(seed, size):
    case = draw(np.random.default_rng(seed), ("a", "b", "c")[:size])
    totals = sorted((case.total((i, j, k)) for i in range(size) for j in range(size)
                     for k in range(size)), reverse=True)  # fmt: skip
    assert totals[0] - totals[1] >= 5
    assert case.greedy != case.best == case.beam
    assert all(abs(sum(math.exp(v / 100) for v in row) - 1) < 0.02 for row in case.rows.values())


@pytest.mark.parametrize("variant", [1, 2, 3, 4, 50])
def test_the_variants_of_the_beam_question_separate_the_mistakes(variant):
    question = quiz.pose(X3, variant)
    said_words = " ".join(feedback.words for feedback in question.feedback)
    assert "best child of each prefix" in said_words
    assert "last log-probability alone" in said_words


def test_two_children_of_each_parent_are_not_all_candidates():
    variant = next(v for v in range(1, 50) if len(quiz.pose(X3, v).answer.items[0][1].options) == 6)
    answer = quiz.pose(X3, variant).answer.items[0][1]
    found = {
        tuple(sorted(f.wrong)): f.words
        for f in quiz.pose(X3, variant).feedback
        if isinstance(f.wrong, frozenset)
    }
    assert "keeps every candidate" in found[tuple(range(6))]
    four = next(places for places, words in found.items() if "two for each parent" in words)
    parents = [quiz.words_of(answer.options[i]).split()[0] for i in four]
    assert sorted(map(parents.count, set(parents))) == [2, 2]


def test_the_true_statements_are_listed_without_stops_inside():
    question = quiz.pose(exercises.true_statements, None)
    assert ".;" not in question.answer.shown()


@pytest.mark.parametrize("variant", [70, 316, 320])
def test_a_probability_near_0_is_not_0(variant):
    key = quiz.pose(X4, variant).answer.key
    assert not said(X4, "0", variant).right
    assert not said(X4, f"{0.9 * math.exp(key):.6f}", variant).right
    assert said(X4, f"{math.exp(key):.2g}", variant).right


@pytest.mark.parametrize("variant", [11, 30, 35])
def test_a_beam_that_drops_nothing_is_not_said_to_drop(variant):
    words = " ".join(feedback.words for feedback in quiz.pose(X5, variant).feedback)
    assert "the number of all sentences" in words
    assert "drop" not in words


def test_no_statement_is_a_tendency():
    from viz.beam_search.statements import STATEMENTS

    assert not any(word in one.words for one in STATEMENTS for word in ("tend", "often", "rarely"))


ENDS_LATE = """a p=0.5
  a p=0.45
  b p=0.45
  <eos> p=0.1
b p=0.49
  a p=0.45
  b p=0.45
  <eos> p=0.1
<eos> p=0.01"""


@pytest.mark.parametrize(("width", "loses"), [(3, True), (6, False)])
def test_a_beam_of_all_prefixes_loses_an_end_that_ranks_low(width, loses):
    run = demo.run_tree(demo.TreeSettings(model="own tree", own=ENDS_LATE, wide_beam=width))
    assert run.missed(run.search) == loses
    statement = quiz.words_of(quiz.pose(X6, None).answer.options[1])
    assert statement.startswith("Where every sentence has T words")
