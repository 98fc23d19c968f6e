"""Answers: how they are read, graded and answered; what a browser kept is hostile."""

import pytest

from viz import quiz
from viz.quiz import (
    Choice,
    Curve,
    Expression,
    Feedback,
    ManyOf,
    Number,
    Order,
    Parts,
    Polynomial,
    Question,
    Shape,
    Slider,
    Table,
    Tokens,
)

NAMES = ("w", "u1", "u2", "u3")
ANSWERS = {
    "number": Number(3.0),
    "choice": Choice(("a", "b", "c"), 1),
    "many": ManyOf(("a", "b", "c"), frozenset({0, 2})),
    "table": Table(("He", "skip"), ("v", "e"), ((True, False), (True, True))),
    "single": Table(("mean",), ("stays", "goes"), ((False, True),), single=True),
    "order": Order(("x", "y", "z"), (2, 0, 1)),
    "tokens": Tokens(("deep", "learn"), ("learn", "learn", "deep")),
    "shape": Shape((28, 28, 10), ("H", "W", "C")),
    "expression": Expression("-1/3 log(b c (1-e))", ("a", "b", "c", "d", "e")),
    "polynomial": Polynomial("u3 + 2 w u2", NAMES),
    "curve": Curve((Slider("mean", 0, 5, 0.5, 0),), (3.0,), (0.25,), lambda _: None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_key_is_right_and_can_be_shown(name):
    answer = ANSWERS[name]
    value = answer.read(answer.key_text())
    assert answer.grade(value).right
    assert answer.shown()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("number", "3.1"),
        ("choice", "0"),
        ("many", "0"),
        ("table", "10;10"),
        ("single", "10"),
        ("order", "0 1 2"),
        ("tokens", "deep deep deep"),
        ("shape", "28x28x1"),
        ("expression", "log(b c (1-e))"),
        ("polynomial", "u3 + w u2"),
        ("curve", "3.5"),
    ],
)
def test_a_wrong_answer_is_wrong(name, wrong):
    answer = ANSWERS[name]
    assert not answer.grade(answer.read(wrong)).right


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("number", "three"),
        ("number", ""),
        ("choice", ""),
        ("choice", "7"),
        ("many", "0 9"),
        ("table", "1;1"),
        ("single", "00"),
        ("order", "0 0 1"),
        ("tokens", "deep"),
        ("tokens", "deep deep __import__"),
        ("shape", "28 28"),
        ("expression", "b.c"),
        ("expression", "log(b-1)"),
        ("polynomial", "x"),
        ("curve", "a"),
    ],
)
def test_what_cannot_be_read_is_not_an_attempt(name, text):
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        ANSWERS[name].read(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("3/4", 0.75), ("−0.5", -0.5), ("50%", 0.5), ("0,5", 0.5), ("2·10^-3", 0.002), ("√4", 2)],
)
def test_numbers_are_read_generously(text, value):
    assert Number(0).read(text) == pytest.approx(value)


def test_tolerance_is_the_larger_of_both():
    assert Number(100, abs=0.01, rel=0.01).grade(100.9).right
    assert not Number(100, abs=0.01, rel=0.01).grade(101.1).right
    assert Number(0, abs=0.01, rel=0.01).grade(0.009).right


def question(answer, *feedback):
    return Question("t-x1", "?", answer, "because", feedback)


def test_feedback_names_the_mistake():
    asked = question(
        Parts(("a", Number(1.0)), ("b", Number(2.0))), Feedback(2.5, "you divided", part=1)
    )
    verdict = quiz.check(asked, '["1", "2.5"]')
    assert (verdict.right, verdict.parts, verdict.words) == (False, (True, False), "you divided")
    assert quiz.check(asked, '["1", "2"]').right


def test_feedback_can_accept():
    asked = question(
        Number(-0.97, abs=0.005, rel=0), Feedback(0.379, "that is the probability", accept=True)
    )
    verdict = quiz.check(asked, "0.379")
    assert verdict.right
    assert verdict.words == "that is the probability"


def test_parts_name_the_box_that_cannot_be_read():
    with pytest.raises(ValueError, match=r"^b: "):
        Parts(("a", Number(1)), ("b", Number(2))).read('["1", "x"]')
    with pytest.raises(ValueError, match="answer all 2 parts"):
        Parts(("a", Number(1)), ("b", Number(2))).read("[]")


def test_equal_polynomials_and_given_names():
    answer = Polynomial("u3 + w u2 + w^2 u1", NAMES, (("p", "u1"), ("r", "u2 + w p")))
    assert answer.grade(answer.read("u3 + w r")).right
    assert answer.grade(answer.read("w²u₁ + (u3 + u2·w)")).right


@pytest.mark.parametrize(
    "stored",
    [
        None,
        3,
        "x",
        [],
        {},
        {"v": 2, "solved": {"bn-x1": [0]}},
        {"v": 1},
        {"v": 1, "solved": 7},
        {"v": 1, "solved": {"bn-x1": "0"}},
        {"v": 1, "solved": {"other": [0]}},
        {"v": 1, "solved": {"bn-x1": [-1, 10_000, True, 1.5, None, "2"]}},
    ],
)
def test_foreign_progress_is_dropped(stored):
    assert quiz.solved_from(stored, ("bn-x1",)) == {}


def test_progress_is_read():
    stored = {"v": 1, "solved": {"bn-x1": [7, 0, 7, 9999]}}
    assert quiz.solved_from(stored, ("bn-x1",)) == {"bn-x1": (0, 7, 9999)}
    many = {"v": 1, "solved": {"bn-x1": list(range(80))}}
    assert len(quiz.solved_from(many, ("bn-x1",))["bn-x1"]) == 50


def test_a_mistake_that_nobody_foresaw_gets_the_hint():
    known = (quiz.Feedback(3.0, "The sign."),)
    question = quiz.Question(
        id="t-x1",
        prompt="?",
        answer=quiz.Number(5.0),
        why="5",
        feedback=known,
        hint="Begin with the unit.",
        settings=None,
    )
    assert quiz.check(question, "4").words == "Begin with the unit."
    assert quiz.check(question, "3").words == "The sign."
    assert quiz.check(question, "5") == quiz.Verdict(True, (), "")


@pytest.mark.parametrize(
    "text", ["28x28x10", "28 × 28 × 10", "(28, 28, 10)", "[28,28,10]", "28·28·10", "28 ⋅ 28 ⋅ 10"]
)
def test_a_shape_is_read_as_people_write_it(text):
    assert ANSWERS["shape"].grade(ANSWERS["shape"].read(text)).right


def test_what_is_no_shape_is_named():
    with pytest.raises(ValueError, match="type 3 whole numbers: H × W × C; '28 by 28' cannot"):
        ANSWERS["shape"].read("28 by 28")
