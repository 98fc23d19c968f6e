"""The questions on the recurrent net: other right forms, named mistakes, variants."""

import json

import numpy as np
import pytest

from viz import quiz
from viz.draw import film as films
from viz.rnn import demo, drills, exercises

FORWARD, DERIVATIVE, FAR = (
    exercises.forward_symbols,
    exercises.derivative,
    exercises.far_derivative,
)


@pytest.mark.parametrize(
    ("maker", "text"),
    [
        (FORWARD, '["u3 + w*r", "w u3 + w s"]'),
        (DERIVATIVE, "t + r*w + p*w^2"),
        (DERIVATIVE, "3w²u₁ + 2wu2 + u3"),
        (FAR, "w·w²"),
        (exercises.edges, '["p*w^2", "r*w", "t"]'),
    ],
)
def test_other_forms_are_right(maker, text):
    assert quiz.check(maker(None), text).right


@pytest.mark.parametrize(
    ("maker", "text", "words"),
    [
        (FORWARD, '["u3 + w u2 + w^2 u1", "u3 + w u2 + w^2 u1"]', "last × node is missing"),
        (DERIVATIVE, "t", "right edge alone"),
        (DERIVATIVE, "u3 + 2u2 + 3u1", "Powers"),
        (DERIVATIVE, "p + r + t", "how much y cares"),
        (FAR, "w^2", "One more × node"),
        (exercises.edges, '["w^3 u1", "r w", "t"]', "Stop at q"),
        (exercises.edges, '["p w^2", "w^2 r", "t"]', "Stop at s"),
        (exercises.edges, '["p w^2", "r", "t"]', "how much y cares"),
    ],
)
def test_mistakes_are_named(maker, text, words):
    verdict = quiz.check(maker(None), text)
    assert not verdict.right
    assert words in verdict.words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dy/dw": "11"}, "last edge alone"),
        ({"dy/dw": "16"}, "how much y cares"),
        ({"dy/dw": "10"}, "Powers"),
        ({"dy/dw": "12"}, "last edge is missing"),
        ({"∂y/∂p": "4"}, "One more × node lies between p and q"),
        ({"y": "11"}, "last × node is missing"),
        ({"left edge of w": "8"}, "Stop at q"),
    ],
)
def test_wrong_numbers_are_named(changes, words):
    question = exercises.numbers(None)
    texts = [changes.get(label, answer.key_text()) for label, answer in question.answer.items]
    verdict = quiz.check(question, json.dumps(texts))
    assert not verdict.right
    assert words in verdict.words


def test_a_lost_sign_is_named():
    for variant in range(60):
        question = quiz.pose(exercises.numbers, variant)
        keys = {label: answer.key for label, answer in question.answer.items}
        if question.settings.weight < 0 and any("sign" in f.words for f in question.feedback):
            said = next(f for f in question.feedback if "sign" in f.words)
            label = question.answer.items[said.part][0]
            texts = [repr(-v if name == label else v) for name, v in keys.items()]
            assert "sign" in quiz.check(question, json.dumps(texts)).words
            return
    pytest.fail("no variant with a negative weight")


def test_variants_of_the_graph_have_three_or_four_steps_and_load():
    counts = set()
    for variant in range(40):
        question = quiz.pose(exercises.numbers, variant)
        result = demo.run_graph(question.settings)
        counts.add(result.num_steps)
        assert question.answer.items[-1][1].key == pytest.approx(result.back.dw)
        grid = 16 if result.num_steps == 4 else 8
        assert all(float(a.key * grid).is_integer() for _, a in question.answer.items)
    assert counts == {3, 4}


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("maker", [FORWARD, DERIVATIVE, FAR, exercises.edges, exercises.numbers])
def test_the_picture_of_an_open_question_tells_nothing(maker, phone):
    film = quiz.drawn(maker(None).figure, phone=phone)
    traces = {t["name"]: t for t in films.to_json(film)["figure"]["data"]}
    assert traces["values"]["text"] == [f"<i>{name}</i>" for name in "pqrsty"]
    assert not any(traces["derivatives"]["text"] + traces["shares"]["text"])
    assert traces["sum"]["text"] == [""]
    seen = [text for trace in traces.values() for text in trace.get("text", [])]
    assert not [text for text in seen if "22" in text or "11" in text or "+ " in text]
    assert not [name for name, trace in traces.items() if "hovertext" in trace]


def test_fractions_are_understood():
    cell = exercises.numbers(None).answer.items[0][1]
    assert cell.grade(cell.read("3/3")).right


@pytest.mark.parametrize("variant", range(1, 30))
def test_only_one_net_forgets(variant):
    question = quiz.pose(drills.vanishing, variant)
    sizes = [
        float(words.split("w = ")[1]) ** int(words.split()[0]) for words in question.answer.options
    ]
    assert [size < 1e-3 for size in sizes].count(True) == 1
    assert sizes[question.answer.key] == min(sizes)
    assert "e-" not in question.why


@pytest.mark.parametrize("text", ["35.7", "36"])
def test_a_missing_percent_sign_is_named(text):
    question = quiz.pose(drills.truncation, 4)
    assert question.answer.key == pytest.approx(0.35686, abs=1e-5)
    assert quiz.check(question, f"{text}%").right
    assert "needs its sign" in quiz.check(question, text).words


@pytest.mark.parametrize("variant", range(30))
def test_edges_differ_by_powers_of_w_only_where_these_differ(variant):
    question = quiz.pose(drills.truncation, variant or None)
    said = [f.words for f in question.feedback if f.words.startswith("The edges are not equal")]
    assert not [words for words in said if ("power" in words) == ("w = 1. " in question.prompt)]


@pytest.mark.parametrize("variant", range(1, 30))
def test_the_kept_share_is_the_closed_forms(variant):
    question = quiz.pose(drills.truncation, variant)
    count, window = question.settings.num_steps, question.settings.window
    weight = float(question.prompt.split("w = ")[1].split(". ")[0])
    k = np.arange(1, count + 1)
    sums = np.array([sum(weight**j for j in range(i)) for i in k])
    edges = sums * weight ** (count - k)
    assert question.answer.key == pytest.approx(edges[-window:].sum() / edges.sum())
    assert window < count
