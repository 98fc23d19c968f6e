"""The questions on dropout: the exam's answers, and a word for every known mistake."""

import json

import numpy as np
import pytest

from viz import quiz
from viz.dropout import demo, exercises


def say(maker, answer, variant=None):
    return quiz.check(quiz.pose(maker, variant), answer)


def posed(variant):
    return [quiz.pose(maker, variant) for maker in exercises.ALL]


def run(question):
    """What the page computes for the settings that show the answer."""
    return demo.VIEWS[0].run(question.settings)


def place(maker, words):
    question = quiz.pose(maker, None)
    return str([quiz.words_of(o) for o in question.answer.options].index(words))


@pytest.mark.parametrize(
    ("chosen", "right", "words"),
    [
        ("w = p w̌", True, ""),
        ("w = w̌ / p", False, "weights must shrink"),
        ("w = (1 − p) w̌", False, "probability to keep"),
        ("w = √p w̌", False, "square root"),
    ],
)
def test_the_substitution(chosen, right, words):
    verdict = say(exercises.substitution, place(exercises.substitution, chosen))
    assert verdict.right == right
    assert words in verdict.words


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        ("sqrt((1-p)/p)", True, ""),
        ("√(1/p − 1)", True, ""),
        ("sqrt(p(1-p))", False, "before substituting"),
        ("(1-p)/p", False, "square root"),
        ("sqrt(p/(1-p))", False, "Upside down"),
        ("√(1-p)/p", False, "covers the whole quotient"),
        ("-sqrt((1-p)/p)", False, "but for the sign"),
    ],
)
def test_the_penalty_matrix(answer, right, words):
    verdict = say(exercises.penalty_matrix, answer)
    assert verdict.right == right
    assert words in verdict.words


def test_the_seed_names_the_same_relations():
    assert say(exercises.penalty_matrix, demo.SEED.relation.gamma).right
    assert demo.SEED.relation.weights == "p"
    assert demo.SEED.relation.x_tilde == "X * inverse(Gamma)"
    assert say(exercises.change_of_variables, place(exercises.change_of_variables, "X Γ⁻¹")).right


def test_variants_ask_for_the_drop_probability_too():
    letters = set()
    for variant in range(1, 20):
        question = quiz.pose(exercises.penalty_matrix, variant)
        letters.add(question.answer.names)
        if question.answer.names == ("q",):
            assert "erases" in question.prompt
            assert quiz.check(question, "sqrt(q/(1-q))").right
            assert "Upside down" in quiz.check(question, "sqrt((1-q)/q)").words
    assert letters == {("p",), ("q",)}


def test_all_columns_get_the_length_two():
    assert say(exercises.equal_norms, json.dumps(["2", "2"])).right
    assert "Upside down" in say(exercises.equal_norms, json.dumps(["0.5", "0.5"])).words
    assert "columns of X itself" in say(exercises.equal_norms, json.dumps(["5", "3"])).words


@pytest.mark.parametrize("length", ["1", "7", "1e6", "4/5", "1/5", "4"])
def test_equal_lengths_are_refused_for_their_factor(length):
    verdict = say(exercises.equal_norms, json.dumps([length, length]))
    assert not verdict.right
    assert "Equal they are" in verdict.words
    assert "2" not in verdict.words


def test_no_prompt_prints_the_answer_of_another():
    prompts = {question.id: question.prompt for question in posed(None)}
    told = {
        "dr-x1": ("p w̌", "p \\check w"),
        "dr-x2": ("(1 − p)/p", "1 - p}{p"),
        "dr-x3": ("Γ⁻¹", "Γw", "Gamma^{-1}"),
    }
    for answered, forms in told.items():
        for other, prompt in prompts.items():
            assert other == answered or not any(form in prompt for form in forms), (answered, other)


@pytest.mark.parametrize("variant", [None, *range(12)])
def test_the_stage_shows_the_questions_own_numbers(variant):
    lengths, penalty = (
        quiz.pose(maker, variant) for maker in (exercises.equal_norms, exercises.penalty_value)
    )
    (_, first), _ = lengths.answer.items
    assert run(lengths).fitted.norm_after == pytest.approx(first.key)
    assert run(penalty).loss.penalty == pytest.approx(penalty.answer.key)


@pytest.mark.parametrize("variant", range(1, 40))
def test_no_forgotten_square_gives_the_penalty(variant):
    question = quiz.pose(exercises.penalty_value, variant)
    forgotten = [f for f in question.feedback if "squared" in f.words]
    assert len(forgotten) == 3
    assert not any(quiz.check(question, repr(f.wrong)).right for f in forgotten)


def test_the_penalty_as_a_number():
    # p = 4/5, lengths 5 and 3, weights 1 and -2: 0.16 (25 + 36).
    assert say(exercises.penalty_value, "9.76").right
    assert "p − p²" in say(exercises.penalty_value, "39.04").words
    assert "not 1 − p" in say(exercises.penalty_value, "12.2").words
    assert "squared" in say(exercises.penalty_value, "2.72").words


@pytest.mark.parametrize(
    ("answer", "words"),
    [("01;01;01", "a thousandth"), ("10;10;01", "the price stays"), ("10;01;10", "unit and all")],
)
def test_mistakes_about_units(answer, words):
    verdict = say(exercises.units, answer)
    assert not verdict.right
    assert words in verdict.words
    assert say(exercises.units, "10;01;01").right


def test_keys_of_variants_follow_from_exact_columns():
    for variant in range(1, 15):
        question = quiz.pose(exercises.equal_norms, variant)
        first, second = json.loads(question.answer.key_text())
        assert first == second
        assert 1 / 3 - 1e-9 <= float(np.float64(first)) <= 3 + 1e-9


def test_a_share_that_is_a_difference_stands_in_brackets():
    whys = {quiz.pose(exercises.substitution, variant).why for variant in range(20)}
    assert len(whys) == 2
    assert not any("= 1 − q" in why for why in whys)
    assert any("w = (1 − q) w̌" in why for why in whys)
