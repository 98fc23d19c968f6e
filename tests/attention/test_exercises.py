import itertools
import json

import numpy as np
import pytest

from viz import quiz
from viz.attention import exercises
from viz.attention.cells import flips
from viz.attention.compute import cosines, hard, softmax
from viz.attention.controls import SEED
from viz.attention.slopes import slope
from viz.attention.variants import (
    EXAM,
    four_temperatures,
    has_temperature,
    has_temperatures,
    length_against_direction,
    one_nearest_wall,
    temperature_for,
    vectors,
)

MAKERS = dict(zip(("x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8"), exercises.ALL, strict=True))


def exam(number):
    return quiz.pose(MAKERS[number], None)


def said(number, text):
    return quiz.check(exam(number), text).words


def parts(*texts):
    return json.dumps([str(text) for text in texts])


def test_ids_are_those_of_the_list():
    assert [maker(None).id for maker in exercises.ALL] == [f"at-x{i}" for i in range(1, 9)]


def test_the_exams_answers_are_the_keys():
    assert exam("x1").answer.read(exam("x1").answer.key_text()) == SEED.exam.scores
    weights, *output = exam("x2").answer.read(exam("x2").answer.key_text())
    assert weights == SEED.exam.weights.index(1)
    assert tuple(output) == SEED.exam.output
    assert exam("x5").answer.key == pytest.approx(6 / np.sqrt(50))
    assert exam("x6").answer.shown() == "τ = 0.1 → τ = 100 → τ = 1 → τ = 3.3"
    assert exam("x7").answer.key == pytest.approx(softmax(EXAM.scores, 2.0)[1])
    assert exam("x4").answer.shown() == "small changes leave the winner, so the slope is zero"


def test_gradient_reaches_one_of_five_with_argmax_and_all_with_softmax():
    table = exam("x3").answer
    assert [row[0] for row in table.key] == [False, False, False, True, False]
    assert all(row[1] for row in table.key)


MISTAKES = [
    ("x1", parts(0.5477, 0.8981, 0.4082, 0.8165), "cosines"),
    ("x1", parts(*(np.array([3, 11, 5, 2]) / np.sqrt(3))), "not divided by √d"),
    ("x1", parts(3, 11, -5, 2), "Three are right"),
    ("x2", parts(1, 1, 0.75, 1.75), "Argmax copies one value"),
    ("x2", parts(1, 4, 3, 7), "Argmax copies one value"),
    ("x2", parts(1, 0, 3, 4), "Keys are compared, values are returned."),
    ("x2", parts(2, 0, -1, 4), "(5, 0, 0)·(1, 1, 2) = 5 < 11."),
    ("x2", parts(4, 1, 4, 3), "1 to the winner"),
    ("x3", "11;01;01;11;01", "Nudge q by 0.1"),
    ("x3", "01;01;01;01;01", "its slope is 1"),
    ("x3", "01;01;01;11;11", "weight 0"),
    ("x3", "01;01;01;11;00", "No softmax weight is exactly 0"),
    ("x4", "0", "differentiable almost everywhere, with slope 0"),
    ("x5", "6", "6 is the gap in score"),
    ("x5", "6/sqrt(6)", "That is how far key 3 must move"),
    ("x5", "6/50", "not by its square"),
    ("x5", "1.8856", "another one is nearer"),
    ("x6", "0 1 2 3", "does not rise with temperature all the way"),
    ("x6", "3 2 1 0", "Colder is sharper"),
    ("x7", "0.99707", "at τ = 1, not 2"),
    ("x7", "11/21", "exponentials"),
    ("x7", "1", "That is argmax"),
    ("x8", parts(1, 0), "The other way round"),
    ("x8", parts(0, 0), "Divide each inner product"),
]


@pytest.mark.parametrize(("number", "text", "words"), MISTAKES)
def test_every_known_mistake_gets_its_sentence(number, text, words):
    verdict = quiz.check(exam(number), text)
    assert not verdict.right
    assert words in verdict.words


def test_fractions_and_arithmetic_are_taken():
    assert quiz.check(exam("x5"), "6/sqrt(50)").right
    assert quiz.check(exam("x5"), "0.85").right
    assert not quiz.check(exam("x5"), "0.86").right
    with pytest.raises(ValueError, match="score of key 2"):
        quiz.check(exam("x1"), parts(3, "", 5, 2))


def test_an_unseen_mistake_gets_a_first_step():
    assert said("x5", "17").startswith("For each other key")


@pytest.mark.parametrize("variant", range(1, 60))
def test_variants_are_fair(variant):
    rng = np.random.default_rng(variant)
    inputs = vectors(rng)
    won = hard(inputs)
    assert len(won.tied) == 1
    assert won.gap >= 2
    assert inputs.keys.any(axis=1).all()
    wall = vectors(np.random.default_rng(variant), one_nearest_wall)
    first, second = np.sort(flips(wall).distances)[:2]
    assert second - first >= 0.1
    length = length_against_direction(np.random.default_rng(variant))
    first, second = np.sort(cosines(length))[-2:]
    assert second - first >= 0.01
    assert np.argmax(cosines(length)) != hard(length).winner


@pytest.mark.parametrize("variant", range(1, 30))
def test_temperatures_of_variants_can_be_told_apart(variant):
    rng = np.random.default_rng(variant)
    inputs = vectors(rng, has_temperatures)
    chosen = four_temperatures(inputs, rng)
    sizes = sorted(slope(inputs, tau) for tau in chosen)
    assert all(b >= 1.5 * a for a, b in itertools.pairwise(sizes))
    rng = np.random.default_rng(variant)
    inputs = vectors(rng, has_temperature)
    tau = temperature_for(inputs, rng)
    assert 0.3 <= softmax(inputs.scores, tau).max() <= 0.99


def test_the_answer_is_shown_by_the_page_in_the_same_state():
    for number, maker in MAKERS.items():
        for variant in (None, 3):
            question = quiz.pose(maker, variant)
            assert question.settings is not None, number


def test_the_prompt_never_holds_the_answer():
    question = exam("x2")
    assert "(1,\u00a04,\u00a03)" in question.prompt
    assert "11" not in question.prompt
    assert "0.8485" not in exam("x5").prompt


def test_a_prompts_vectors_stand_in_rows_that_fit_a_phone():
    lines = [line for line in exam("x2").prompt.splitlines() if line.startswith("|")]
    assert len(lines) == 6
    assert all(line.count("|") == 4 for line in lines)
