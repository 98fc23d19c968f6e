"""The exam as one paper: what is asked, kept, graded and printed."""

import dataclasses
import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from viz import catalog, quiz
from viz.ui import answers, paper, sheet

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = [q for c in paper.concepts() for q in paper.questions(c.slug, None)]


def open_exam(**query):
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages/exam.py")).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def said(app):
    return " ".join(m.value for m in app.markdown)


def right(questions):
    return paper.Sheet(texts={q.id: q.answer.key_text() for q in questions})


def test_every_concept_has_its_question_in_the_exams_order():
    numbers = [concept.exam_question for concept in paper.concepts()]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(catalog.CONCEPTS)
    for concept in paper.concepts():
        parts = [question.part for question in paper.questions(concept.slug, None)]
        assert parts
        assert parts == sorted(parts)
        assert parts[0] == "a"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_key_gets_all_points_and_no_answer_gets_none(question):
    assert paper.mark(question, right([question])).points == question.points
    assert paper.mark(question, paper.Sheet()).points == 0
    untouched = paper.Sheet(texts={question.id: answers.blank(question.answer)})
    assert not paper.is_answered(question, untouched)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_the_sheet_has_room_and_no_key(question):
    room = sheet.room(question.answer)
    assert room
    typed = isinstance(question.answer, quiz.Number | quiz.Expression | quiz.Polynomial)
    assert not typed or question.answer.key_text() not in room
    if isinstance(question.answer, quiz.Choice):
        for other in range(len(question.answer.options)):
            assert sheet.room(dataclasses.replace(question.answer, key=other)) == room


def test_parts_earn_their_share_in_halves():
    question = next(q for q in QUESTIONS if isinstance(q.answer, quiz.Parts) and q.points > 1)
    texts = json.loads(question.answer.key_text())
    one_wrong = json.dumps([*texts[:-1], "7919"])
    try:
        verdict = quiz.check(question, one_wrong)
    except ValueError:
        pytest.skip("the last part of this question takes no number")
    share = sum(verdict.parts) / len(verdict.parts)
    points = quiz.score(question, verdict)
    assert points == int(2 * question.points * share) / 2
    assert 0 < points < question.points


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        {"v": 2, "sheets": {}},
        {"v": 1, "sheets": {"0": {"texts": {"<img>": "x"}}}},
        {"v": 1, "sheets": {"0": {"texts": {"rn-x1": "x" * 601}}}},
        {"v": 1, "sheets": {"99999": {}}},
        {"v": 1, "sheets": {"0": {"texts": {"rn-x1": "w"}, "evil": 1}}},
    ],
)
def test_foreign_papers_are_dropped(stored):
    assert paper.read_drawer(stored) == {}


def test_a_kept_paper_comes_back():
    kept = right(QUESTIONS[:3])
    stored = {"v": 1, "sheets": {"0": kept.model_dump(mode="json")}}
    assert paper.read_drawer(json.loads(json.dumps(stored))) == {"0": kept}


@pytest.mark.parametrize("concept", paper.concepts(), ids=lambda c: c.slug)
def test_answers_are_filled_in_graded_and_explained(concept):
    questions = paper.questions(concept.slug, None)
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    app.query_params["n"] = str(concept.exam_question)
    app.session_state["exam"] = {"0": right(questions)}
    app.session_state["exam-read"] = True
    app.switch_page(str(ROOT / "pages/exam.py")).run()
    assert not app.exception, [e.message for e in app.exception]
    assert questions[0].why not in said(app)
    assert app.session_state["exam"]["0"] == right(questions)
    next(b for b in app.button if "Hand in" in b.label).click().run()
    assert not app.exception, [e.message for e in app.exception]
    total = sum(question.points for question in questions)
    everything = sum(question.points for question in QUESTIONS)
    assert f"**{total} of {everything} points**" in said(app)
    assert questions[0].why in said(app)
    assert {q.id for q in questions} <= set(app.session_state["solved"])


def test_one_by_one_only_that_part_is_explained():
    questions = paper.questions(paper.concepts()[0].slug, None)
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    app.query_params["grade"] = "one by one"
    app.session_state["exam"] = {"0": right(questions)}
    app.session_state["exam-read"] = True
    app.switch_page(str(ROOT / "pages/exam.py")).run()
    next(b for b in app.button if b.label == "Grade this").click().run()
    assert questions[0].why in said(app)
    assert questions[1].why not in said(app)


def test_another_paper_has_other_numbers():
    slug = paper.concepts()[0].slug
    prompts = {paper.questions(slug, variant)[0].prompt for variant in (None, 1, 2)}
    assert len(prompts) == 3


def test_nonsense_in_the_link_gets_sentences():
    app = open_exam(n="99", variant="x", grade="zz")
    warned = " ".join(w.value for w in app.warning)
    assert "n must be one of" in warned
    assert "variant must be a whole number" in warned


@pytest.mark.parametrize("which", ["questions", "answers", "zz"])
def test_the_printable_sheets(which):
    app = open_exam(sheet=which)
    assert (QUESTIONS[0].why in said(app)) == (which == "answers")
    assert bool(app.warning) == (which == "zz")


def test_what_can_be_read_is_graded_and_the_rest_is_named():
    question = next(q for q in QUESTIONS if isinstance(q.answer, quiz.Parts) and q.points == 4)
    texts = json.loads(question.answer.key_text())
    texts[-1] = ""
    mark = paper.mark(question, paper.Sheet(texts={question.id: json.dumps(texts)}))
    share = (len(texts) - 1) / len(texts)
    assert mark.points == int(2 * question.points * share) / 2 > 0
    assert not mark.right
    assert "nothing to read" in mark.words
    for text in ("[]", "{", json.dumps(["?"] * len(texts))):
        mark = paper.mark(question, paper.Sheet(texts={question.id: text}))
        assert mark.points == 0
        assert mark.words.startswith("The answer could not be read: ")
    assert paper.mark(question, paper.Sheet()).words == "No answer."


def test_parts_that_share_a_letter_are_numbered():
    for concept in paper.concepts():
        questions = paper.questions(concept.slug, None)
        headings = [paper.heading(q, questions).split("**")[1] for q in questions]
        assert len(set(headings)) == len(headings)
        for question, heading in zip(questions, headings, strict=True):
            alone = [q.part for q in questions].count(question.part) == 1
            assert heading.startswith(f"({question.part}")
            assert alone == (heading == f"({question.part})")
