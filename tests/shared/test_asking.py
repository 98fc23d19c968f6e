"""All questions: what a learner is told, and what is drawn for which screen."""

import itertools
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from viz import catalog, quiz
from viz.quiz import Choice, ManyOf, Number, Order, Parts, Table, Tokens

ROOT = Path(__file__).resolve().parents[2]
MAKERS = [maker for concept in catalog.CONCEPTS for maker in concept.exercises()]
VARIANTS = (None, 1, 2, 3)
QUESTIONS = [quiz.pose(maker, variant) for maker in MAKERS for variant in VARIANTS]
MOST = 20_000


def named(question):
    return question.id


def values(answer):
    """All values of an answer that is picked; None if it is typed or there are too many."""
    match answer:
        case Choice(options=options):
            return list(range(len(options)))
        case ManyOf(options=options):
            places = range(len(options))
            return [
                frozenset(chosen)
                for count in range(len(options) + 1)
                for chosen in itertools.combinations(places, count)
            ]
        case Table(rows=rows, columns=columns, single=single):
            marks = itertools.product((False, True), repeat=len(columns))
            patterns = [row for row in marks if not single or sum(row) == 1]
            return within(itertools.product(patterns, repeat=len(rows)))
        case Order(items=items):
            return within(itertools.permutations(range(len(items))))
        case Tokens(bank=bank, key=key):
            return within(itertools.product(bank, repeat=len(key)))
        case Parts(items=items):
            parts = [values(part) for _, part in items]
            return None if None in parts else within(itertools.product(*parts))
    return None


def within(many):
    found = list(itertools.islice(many, MOST + 1))
    return found if len(found) <= MOST else None


@pytest.mark.parametrize("question", QUESTIONS, ids=named)
def test_every_wrong_answer_gets_a_word(question):
    if question.hint:
        return
    answer = question.answer
    everything = values(answer)
    assert everything is not None, "answers that cannot be counted need a hint"
    silent = [
        value
        for value in everything
        if not answer.grade(value).right
        and not any(quiz._fits(answer, known, value) for known in question.feedback)
    ]
    assert not silent, f"{len(silent)} wrong answers get no word, e.g. {silent[0]}"


def drawn_options(answer):
    """Letter and drawing of every option that has one."""
    if isinstance(answer, Parts):
        return [one for _, part in answer.items for one in drawn_options(part)]
    options = getattr(answer, "options", ())
    letters = quiz.labels(options, getattr(answer, "first", "A"))
    pairs = zip(letters, options, strict=True)
    return [
        (letter[0], option.drawing)
        for letter, option in pairs
        if isinstance(option, quiz.Option) and option.drawing is not None
    ]


@pytest.mark.parametrize("question", QUESTIONS, ids=named)
def test_no_two_drawings_of_a_question_have_the_same_letter(question):
    letters = [letter for letter, _ in drawn_options(question.answer)]
    assert letters == list(quiz.LETTERS[: len(letters)])


@pytest.mark.parametrize("question", QUESTIONS, ids=named)
def test_a_wide_figure_of_a_question_has_another_form_on_a_phone(question):
    for figure in (question.figure, question.solution):
        if figure is None:
            continue
        wide, phone = (quiz.drawn(figure, phone=narrow) for narrow in (False, True))
        assert phone.frames
        across = phone.picture.layout["xaxis"].get("range", (0, 0))
        # A diagram's axis counts pixels: on a phone there are about 360.
        hidden = phone.picture.layout["xaxis"].get("visible") is False
        assert not hidden or across[1] - across[0] <= 400
        assert wide.caption() == phone.caption()


def test_a_letter_counts_on_from_the_first():
    pair = (quiz.Option("", object()), quiz.Option("flat", object()))
    assert quiz.labels(pair, "E") == ["E", "F: flat"]
    assert Choice(pair, 1, first="E").shown() == "F: flat"


BOXES = ManyOf(("a", "b"), frozenset({0}))
TABLE = Table(("r", "s"), ("v", "e"), ((True, False), (False, False)))


@pytest.mark.parametrize(
    ("answer", "text", "asked"),
    [
        (BOXES, "", True),
        (BOXES, "1", False),
        (TABLE, "00;00", True),
        (TABLE, "00;01", False),
        (Table(("r",), ("v", "e"), ((True, False),), single=True), "10", False),
        (Choice(("a", "b"), 0), "0", False),
        (Parts(("n", Number(1.0)), ("m", BOXES)), '["1", ""]', True),
        (Parts(("n", Number(1.0)), ("m", BOXES)), '["1", "0"]', False),
    ],
)
def test_boxes_without_a_tick_are_asked_about(answer, text, asked):
    said = quiz.unticked(answer, text)
    assert ("nothing is ticked" in said) == asked
    assert said.startswith("m: ") == (asked and isinstance(answer, Parts))


def open_question(name, **query):
    slug = next(c.slug for c in catalog.CONCEPTS for m in c.exercises() if m(None).id == name)
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    for key, value in {"tab": "Check yourself", "q": name, **query}.items():
        app.query_params[key] = value
    app.switch_page(str(ROOT / f"pages/{slug}.py")).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def commit(app):
    app.button(key=next(b.key for b in app.button if b.label == "Commit")).click().run()
    assert not app.exception, [e.message for e in app.exception]
    return " ".join([*(w.value for w in app.warning), *(m.value for m in app.markdown)])


@pytest.mark.parametrize("name", ["gr-x1", "cn-x4", "bs-x6"])
def test_a_commit_without_a_tick_counts_only_if_it_is_repeated(name):
    app = open_question(name)
    said = commit(app)
    assert "nothing is ticked" in said
    assert "Not yet" not in said
    assert "Not yet" in commit(app)
    assert "nothing is ticked" in commit(app)  # asked anew at the second attempt
    assert "Answer:" in commit(app)


def test_faults_of_a_link_share_one_alert():
    app = open_question("rn-x1", variant="x")
    assert len(app.warning) == 1
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    app.query_params["n"], app.query_params["variant"] = "99", "x"
    app.switch_page(str(ROOT / "pages/exam.py")).run()
    assert len(app.warning) == 1
    assert "n must be" in app.warning[0].value
    assert "variant must be" in app.warning[0].value


def test_the_named_curves_stand_with_the_answer_alone():
    app = open_question("gr-x3", lecture="1")
    shown = len(app.get("bidi_component"))
    next(b for b in app.button if b.label == "Show the answer").click().run()
    assert not app.exception, [e.message for e in app.exception]
    assert len(app.get("bidi_component")) > shown
    question = next(q for q in QUESTIONS if q.id == "gr-x3")
    names = [trace["name"] for trace in quiz.drawn(question.solution, phone=False).picture.data]
    right = [question.answer.columns[row.index(True)] for row in question.answer.key]
    assert [name.replace("BN", "batch norm") for name in names] == [
        f"{letter}: {words}" for letter, words in zip("ABCD", right, strict=True)
    ]


def test_a_graded_form_shows_what_was_committed():
    app = open_question("rn-x3")

    def typed():
        return next(field for field in app.text_input if field.key.startswith("quiz:"))

    for text in ("5 w", "w^3"):
        typed().input(text)
        commit(app)
        assert typed().value == text
    assert typed().disabled


def test_a_graded_form_shows_the_boxes_that_were_ticked():
    app = open_question("bs-x6")
    question = next(q for q in QUESTIONS if q.id == "bs-x6")

    def boxes():
        return [box for box in app.checkbox if box.key.startswith("quiz:")]

    for chosen in ({0, 1, 2} - question.answer.key, question.answer.key):
        for place, box in enumerate(boxes()):
            box.set_value(place in chosen)
        commit(app)
        assert {place for place, box in enumerate(boxes()) if box.value} == chosen
    assert boxes()[0].disabled


def fields_in_rows(block, *, row=False):
    """How many of a question's text fields stand in a row that wraps."""
    flow = getattr(block.proto, "flex_container", None)
    row = row or bool(flow and flow.direction == flow.HORIZONTAL)
    count = 0
    for child in block.children.values():
        if hasattr(child, "children"):
            count += fields_in_rows(child, row=row)
        elif child.type == "text_input" and child.key.startswith("quiz:"):
            count += row
    return count


def test_short_fields_share_a_row_and_formulas_do_not():
    assert fields_in_rows(open_question("at-x1").main) == 4
    assert fields_in_rows(open_question("rn-x4").main) == 0
