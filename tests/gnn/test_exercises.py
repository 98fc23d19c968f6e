"""The questions on graph networks: the exam's answers, and a word for every known mistake."""

import json

import numpy as np
import pytest

from viz import quiz
from viz.gnn import demo, exercises, rule_exercises


def say(maker, answer, variant=None):
    return quiz.check(quiz.pose(maker, variant), answer)


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        (["0", "0", "1"], True, ""),
        (["0", "0", "2"], True, "Accepted"),
        (["3", "0", "1"], False, "how many neighbors"),
        (["0", "4", "1"], False, "Off the topic"),
        (["2", "0", "1"], False, "Shuffle the messages"),
        (["0", "0", "0"], False, "one reason does not"),
    ],
)
def test_the_exams_rules(answer, right, words):
    verdict = say(exercises.update_rules, json.dumps(answer))
    assert verdict.right == right
    assert words in verdict.words


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (["3", "0", "2"], (False, True, True)),
        (["0", "0", "0"], (True, True, False)),
        (["2", "0", "2"], (False, True, True)),
    ],
)
def test_a_product_refused_for_its_weights_is_right_whatever_the_other_rows_say(answer, parts):
    assert say(exercises.update_rules, json.dumps(answer)).parts == parts


def test_with_vectors_a_product_refused_for_its_weights_has_no_second_key():
    answers = [quiz.pose(exercises.update_rules, v).answer for v in range(1, 20)]
    assert all(choice.also is None for answer in answers for _, choice in answer.items)


def test_the_rules_agree_with_the_seed():
    keys = json.loads(quiz.pose(exercises.update_rules, None).answer.key_text())
    said = [rule_exercises.REASONS[int(k)].split(":")[0] for k in keys]
    known = demo.SEED.rules
    assert said == [known[n].verdict for n in ("mean", "max", "product")]
    assert known["product"].also_accepted == "not valid"


@pytest.mark.parametrize(
    ("answer", "right", "words"),
    [
        ("-1/3 (log b + log c + log(1-e))", True, ""),
        ("-log(bc(1-e))/3", True, ""),
        ("-ln(b c (1-e))/3", True, ""),
        ("log(bc(1-e))/3", False, "sign"),
        ("-log(bc(1-e))", False, "1/3 is missing"),
        ("-log(bc(1-e))/5", False, "training nodes, not by all"),
        ("-(log(1-a)+log b+log c+log d+log(1-e))/5", False, "1 and 4 are masked"),
        ("-(log(1-a)+log d)/2", False, "inverted"),
        ("-(log b+log c+log e)/3", False, "label 0"),
        ("-log(bc(1-e))/3/log 2", True, "base 2"),
        ("-log(bc(1-e))/3/log(10)", True, "base 10"),
    ],
)
def test_the_exams_loss(answer, right, words):
    verdict = say(exercises.masked_loss, answer)
    assert verdict.right == right, answer
    assert words in verdict.words


@pytest.mark.parametrize("text", ["__import__('os')", "b.c", "b(", "-log(b c (1-f))/3"])
def test_unreadable_formulas_are_no_attempt(text):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        say(exercises.masked_loss, text)


def test_design_patterns_and_the_shape():
    question = quiz.pose(exercises.patterns, None)
    options = [quiz.words_of(o) for o in question.answer.options]
    place = options.index
    assert say(exercises.patterns, str(place("residual connection"))).right
    both = f"{place('residual connection')} {place('batch normalization')}"
    assert "batch statistics" in say(exercises.patterns, both).words
    assert "not attention" in say(exercises.patterns, str(place("attention"))).words
    assert say(exercises.shape, "d k").right
    assert tuple(demo.SEED.shape_w1) == ("d", "k")
    assert "k columns" in say(exercises.shape, "k d").words


def test_the_terms_of_nodes_2_and_3():
    assert say(exercises.terms, json.dumps(["0 3 4", "3", "4", "1"])).right
    verdict = say(exercises.terms, json.dumps(["0 1 3 4", "4", "4", "1"]))
    assert "residual" in verdict.words
    assert "not of nodes" in say(exercises.terms, json.dumps(["0 3 4", "5", "4", "1"])).words


def test_one_layer_by_hand():
    assert say(exercises.one_layer, "4.9732286").right
    tanh = float(np.tanh(2.5))
    assert "residual" in say(exercises.one_layer, str(2 * tanh)).words
    assert "tanh is missing" in say(exercises.one_layer, str(3 + 5)).words


def test_variants_keep_both_classes_and_have_two_kinds_of_rule_in_view():
    for variant in range(1, 30):
        question = quiz.pose(exercises.masked_loss, variant)
        assert quiz.check(question, question.answer.key_text()).right
        rules_ = quiz.pose(exercises.update_rules, variant)
        assert "at least 2 numbers" in rules_.prompt


def test_a_layer_by_hand_has_a_message_and_every_mistake_shows():
    for variant in range(60):
        question = quiz.pose(exercises.one_layer, variant)
        state = next(f.wrong for f in question.feedback if "residual" in f.words)
        assert abs(state) > 0.1, variant


def test_the_working_speaks_of_the_rules_that_were_asked_for():
    for variant in range(40):
        question = quiz.pose(exercises.update_rules, variant)
        asked = "Πⱼ wⱼ mⱼ, a number" in question.prompt
        assert ("product of numbers" in question.why) == asked, variant
