"""The exam's ten questions as one paper: answer, hand in whole or part by part, print."""

import random

import streamlit as st

from viz import quiz
from viz.ui import answers, link, notices, paper, sheet
from viz.ui.paper import Mark, Sheet
from viz.ui.places import PAGES

EACH = "one by one"
END = "at the end"


def show(sentence: str) -> None:
    """Draw the page, or its printable form.

    Args:
        sentence: what the paper is.
    """
    variant, problems = _variant()
    printed = st.query_params.get("sheet")
    if printed is not None:
        sheet.show(printed, variant)
        return
    st.markdown(f"# {_title(variant)}\n{sentence}")
    number, wrong = _number()
    notices.warn(problems + wrong)
    top = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    grading = st.session_state.get("grade", st.query_params.get("grade", END))
    concept = next(c for c in paper.concepts() if c.exam_question == number)
    questions = paper.questions(concept.slug, variant)
    total = sum(question.points for question in questions)
    row = st.container(horizontal=True, vertical_alignment="center")
    row.markdown(f"### {number} · {concept.title} · {total} points")
    row.page_link(str(PAGES / f"{concept.slug}.py"), label="Open its page")
    for question in questions:
        with st.container(border=True):
            st.markdown(f"{paper.heading(question, questions)}\n\n{question.prompt}")
            _question(question, variant, at_once=grading == EACH)
    with top:
        _choose(variant, number)
    _finish(variant, number)
    paper.save()


def _title(variant: int | None) -> str:
    return "The exam" if variant is None else f"The exam, variant {variant}"


def _variant() -> tuple[int | None, list[str]]:
    text = st.query_params.get("variant")
    if text is None:
        return None, []
    if text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= quiz.MAX_VARIANT:
        return int(text), []
    rule = f"variant must be a whole number from 1 to {quiz.MAX_VARIANT}"
    return None, [f"{rule}, got {text[:20]}; using the exam's own numbers"]


def _number() -> tuple[int, list[str]]:
    """The question on the table."""
    numbers = [str(concept.exam_question) for concept in paper.concepts()]
    asked = st.query_params.get("n", numbers[0])
    if asked in numbers:
        return int(asked), []
    rule = f"n must be one of {', '.join(numbers)}"
    return int(numbers[0]), [f"{rule}, got {asked[:20] or 'nothing'}; using {numbers[0]}"]


def _choose(variant: int | None, number: int) -> None:
    """The row of questions with a sign for each, and how the paper is graded."""
    answered = paper.open_sheet(variant)
    by_number = {concept.exam_question: concept.slug for concept in paper.concepts()}

    def named(one: int) -> str:
        return f"{one}{_state(paper.questions(by_number[one], variant), answered)}"

    st.session_state["choose-number"] = number
    st.segmented_control(
        "Question",
        list(by_number),
        format_func=named,
        key="choose-number",
        required=True,
        on_change=lambda: _go(st.session_state["choose-number"]),
        help="○ begun, ● answered, ✓ handed in",
    )
    st.segmented_control(
        "Grade", [END, EACH], default=END, key="grade", required=True, bind="query-params"
    )


def _state(questions: tuple[quiz.Question, ...], answered: Sheet) -> str:
    """A sign for how far a question is."""
    if all(question.id in answered.graded for question in questions):
        return " ✓"
    done = sum(paper.is_answered(question, answered) for question in questions)
    return "" if not done else " ●" if done == len(questions) else " ○"


def _question(question: quiz.Question, variant: int | None, *, at_once: bool) -> None:
    answered = paper.open_sheet(variant)
    place = f"exam:{variant or 0}:{question.id}"
    locked = question.id in answered.graded
    if question.figure is not None:
        answers.picture(question.figure, f"{place}:figure")
    answers.drawings(question.answer, place)
    answers.fill(question.answer, f"{place}:a", answered.texts.get(question.id, ""))
    text = answers.draw(question.answer, f"{place}:a", "Your answer", locked=locked)
    if not locked and text != answered.texts.get(question.id, answers.blank(question.answer)):
        texts = {**answered.texts, question.id: text}
        answered = Sheet(texts=texts, graded=answered.graded)
        paper.keep(variant, answered)
    if locked:
        _say(question, paper.mark(question, answered))
        answers.solution(question, place)
        return
    if problem := paper.unreadable(question, answered):
        st.caption(f"Cannot be read yet: {problem}.")
    if at_once:
        st.button(
            "Grade this",
            key=f"{place}:grade",
            on_click=_hand_in,
            args=(variant, (question,)),
            disabled=not paper.is_answered(question, answered),
        )


def _say(question: quiz.Question, mark: Mark) -> None:
    reached = f"{mark.points:g} of {question.points}"
    st.markdown(f"{'✓' if mark.right else '✗'} **{reached}** {mark.words}")
    st.markdown(f"**Answer:** {question.answer.shown()}\n\n{question.why}")


def _hand_in(variant: int | None, questions: tuple[quiz.Question, ...]) -> None:
    paper.keep(variant, paper.grade(paper.open_sheet(variant), questions, variant))


def _finish(variant: int | None, number: int) -> None:
    answered = paper.open_sheet(variant)
    everything = tuple(
        question for c in paper.concepts() for question in paper.questions(c.slug, variant)
    )
    st.markdown(_summary(everything, answered))
    numbers = [concept.exam_question for concept in paper.concepts()]
    after = numbers.index(number) + 1
    row = st.container(horizontal=True, gap="small")
    if after < len(numbers):
        row.button("Next question", on_click=_go, args=(numbers[after],), type="primary")
    if any(question.id not in answered.graded for question in everything):
        row.button("Hand in the whole paper", on_click=_hand_in, args=(variant, everything))
    row.button("Start again", on_click=_again, args=(variant,), disabled=answered == Sheet())
    fresh = random.Random(variant or 0).randint(1, quiz.MAX_VARIANT)
    row.button("Another paper", on_click=link.write, args=("variant", str(fresh)))
    if variant is not None:
        row.button("The exam's numbers", on_click=link.write, args=("variant", None))
    row.button("Printable questions", on_click=link.write, args=("sheet", sheet.QUESTIONS))
    row.button("Printable answers", on_click=link.write, args=("sheet", sheet.ANSWERS))


def _summary(everything: tuple[quiz.Question, ...], answered: Sheet) -> str:
    total = sum(question.points for question in everything)
    graded = [question for question in everything if question.id in answered.graded]
    if not graded:
        done = sum(paper.is_answered(question, answered) for question in everything)
        return f"{done} of {len(everything)} parts answered; {total} points in all."
    reached = sum(paper.mark(question, answered).points for question in graded)
    asked = sum(question.points for question in graded)
    rest = len(everything) - len(graded)
    parts = "1 part is" if rest == 1 else f"{rest} parts are"
    more = f"; {parts} not handed in yet" if rest else ""
    return f"**{reached:g} of {asked} points**{more}."


def _go(number: int) -> None:
    link.write("n", str(number))


def _again(variant: int | None) -> None:
    paper.keep(variant, Sheet())
    paper.clear_forms(f"exam:{variant or 0}:")
