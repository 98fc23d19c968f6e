"""The paper for printing: all questions with room to write, and the answers apart from them."""

import streamlit as st

from viz import quiz
from viz.ui import answers, link, paper, style

QUESTIONS, ANSWERS = "questions", "answers"
LINE = "\\_" * 28


def show(which: str, variant: int | None) -> None:
    """Draw one of the two sheets; an unknown name gets the questions and a sentence."""
    style.paper()
    with st.container(key="un-screen", horizontal=True, vertical_alignment="center"):
        st.button("Back to the paper", on_click=link.write, args=("sheet", None))
        other = ANSWERS if which != ANSWERS else QUESTIONS
        st.button(f"Show the {other}", on_click=link.write, args=("sheet", other))
        st.markdown(":gray[Print this page with Ctrl+P (on a Mac ⌘P).]")
        if which not in (QUESTIONS, ANSWERS):
            got = which[:20] or "nothing"
            st.warning(f"sheet must be questions or answers, got {got}; using questions")
    named = "" if variant is None else f", variant {variant}"
    st.markdown(f"# The exam{named}{': answers' if which == ANSWERS else ''}")
    if which != ANSWERS:
        st.markdown(f"Name {LINE} &nbsp; Points {LINE[:20]}")
    for concept in paper.concepts():
        questions = paper.questions(concept.slug, variant)
        total = sum(question.points for question in questions)
        with st.container(key=f"un-block-{concept.slug}"):
            st.markdown(f"### {concept.exam_question} · {concept.title} · {total} points")
            for question in questions:
                head = paper.heading(question, questions)
                if which == ANSWERS:
                    st.markdown(f"{head} {question.answer.shown()}\n\n{question.why}")
                else:
                    st.markdown(f"{head}\n\n{question.prompt}")
                    _room(question)


def _room(question: quiz.Question) -> None:
    if question.figure is not None:
        answers.picture(question.figure, f"sheet:{question.id}")
    answers.drawings(question.answer, f"sheet:{question.id}")
    st.markdown(room(question.answer))


def room(answer: quiz.Answer) -> str:
    """Where the answer is written by hand, as Markdown; it tells nothing of the key."""
    match answer:
        case quiz.Parts(items=items):
            return "\n\n".join(f"{label}{_gap(part)}{room(part)}" for label, part in items)
        case quiz.Choice(options=options) | quiz.ManyOf(options=options):
            box = "○" if isinstance(answer, quiz.Choice) else "☐"
            named = quiz.labels(options, answer.first)
            gap = "&emsp;" if quiz.are_letters(named) else "  \n"
            return gap.join(f"{box} {words}" for words in named)
        case quiz.Table(rows=rows, columns=columns):
            head = f"| | {' | '.join(columns)} |\n|---|{':-:|' * len(columns)}"
            return "\n".join([head, *(f"| {row} |{' ☐ |' * len(columns)}" for row in rows)])
        case quiz.Order(items=items):
            return "  \n".join(f"\\_\\_\\_ {item}" for item in items)
        case quiz.Tokens(bank=bank, key=key):
            words = ", ".join(f"`{token}`" for token in bank)
            return f"{' '.join([LINE[:20]] * len(key))}\n\nWords: {words}"
        case quiz.Curve(sliders=sliders):
            return "; ".join(f"{slider.label} {LINE[:20]}" for slider in sliders)
    return LINE


def _gap(part: quiz.Answer) -> str:
    """A list or a table begins on a line of its own."""
    return " " if room(part).startswith(LINE[:2]) else "\n\n"
