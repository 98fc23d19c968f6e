"""Check yourself: pose a question, take a commit, answer the mistake, reveal on the second one."""

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import streamlit as st

from viz import quiz
from viz.ui import answers, link, notices, progress, sheet

if TYPE_CHECKING:
    from viz.ui.page import Page

EXAM = "The exam's"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Where a question stands: how often it was answered, and what came of it.

    ``doubted``: nothing was ticked, and the learner was asked whether that is meant.
    ``text``: what was committed last.
    """

    wrong: int = 0
    right: bool = False
    revealed: bool = False
    words: str = ""
    parts: tuple[bool, ...] = ()
    unread: str = ""
    doubted: bool = False
    text: str = ""

    @property
    def over(self) -> bool:
        """Whether the key may be shown."""
        return self.right or self.revealed


def is_open(makers: tuple[quiz.Maker, ...]) -> bool:
    """Whether the question that the link names is still to be answered."""
    name, variant, _ = _asked([maker(None).id for maker in makers])
    attempt: Attempt = st.session_state.get(f"quiz:{name}:{variant}", Attempt())
    return not attempt.over


def questions(page: "Page", makers: tuple[quiz.Maker, ...]) -> None:
    """The questions of a page; the open one takes the stage's place."""
    solved = progress.sync()
    ids = [maker(None).id for maker in makers]
    name, variant, problems = _asked(ids)
    maker = makers[ids.index(name)]
    question = quiz.pose(maker, variant)
    place = f"quiz:{name}:{variant}"
    attempt: Attempt = st.session_state.get(place, Attempt())
    _picture(page, question, attempt, place)
    if not page.lecture:
        _choose(ids, name, variant, solved)
    notices.warn(problems)
    if page.lecture:
        _lecture(page, question, attempt, place)
        return
    st.markdown(question.prompt)
    _form(page, question, attempt, place, variant)
    if attempt.over:
        st.markdown(f"**Answer:** {question.answer.shown()}")
        st.markdown(question.why)
        answers.solution(question, place)


def _asked(ids: list[str]) -> tuple[str, int | None, list[str]]:
    """The question and the variant that the link names."""
    name = st.query_params.get("q", ids[0])
    text = st.query_params.get("variant")
    sentences = []
    if name not in ids:
        sentences.append(f"q must be one of {', '.join(ids)}, got {name[:20]}")
        name = ids[0]
    variant = None
    if text is not None:
        if text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= quiz.MAX_VARIANT:
            variant = int(text)
        else:
            sentences.append(
                f"variant must be a whole number from 1 to {quiz.MAX_VARIANT}, got {text[:20]}"
            )
    return name, variant, sentences


def _picture(page: "Page", question: quiz.Question, attempt: Attempt, place: str) -> None:
    """While the question is open its own figure stands on the stage, or nothing does."""
    if attempt.over:
        return
    if question.figure is not None:
        with page.figure_place:
            answers.picture(question.figure, f"{place}:figure")
    # The stage is mounted anew when it returns, and then starts from the link's step.
    st.session_state.pop(f"mounted:{page.slug}", None)


def _choose(ids: list[str], name: str, variant: int | None, solved: progress.Solved) -> None:
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")

    def chosen() -> None:
        link.write("q", st.session_state["choose-question"])
        link.write("variant", None)

    def mark(one: str) -> str:
        return f"{ids.index(one) + 1}{' ✓' if one in solved else ''}"

    st.session_state["choose-question"] = name
    row.segmented_control(
        "Question",
        ids,
        format_func=mark,
        key="choose-question",
        on_change=chosen,
        required=True,
        label_visibility="collapsed",
    )
    fresh = random.Random(f"{name}:{variant}").randint(1, quiz.MAX_VARIANT)
    row.button("Another variant", on_click=_open, args=(name, fresh))
    if variant is not None:
        row.button(f"{EXAM} numbers", on_click=_open, args=(name, None))
        row.caption(f"variant {variant}")
    done = len(solved.get(name, ()))
    if done:
        row.caption(f"solved {done} time{'s' if done > 1 else ''}")


def _open(name: str, variant: int | None) -> None:
    link.write("q", name)
    link.write("variant", None if variant is None else str(variant))


def _form(
    page: "Page", question: quiz.Question, attempt: Attempt, place: str, variant: int | None
) -> None:
    answers.drawings(question.answer, place)
    if attempt.over:
        # A returning stage may run the page anew before the form is reached; what was typed is
        # lost on the way.
        answers.put(question.answer, f"{place}:a", attempt.text)
    live = answers.needs_live(question.answer)
    holder = st.container(border=True) if live else st.form(f"{place}:form")
    with holder:
        text = answers.draw(question.answer, f"{place}:a", "Your answer", locked=attempt.over)
        kwargs: dict[str, Any] = {"disabled": attempt.over, "type": "primary"}
        if live:
            pressed = st.button("Commit", key=f"{place}:commit", **kwargs)
        else:
            pressed = st.form_submit_button("Commit", **kwargs)
    if pressed and not attempt.over:
        _commit(page, question, attempt, place, text, variant)
    _say(attempt)
    if attempt.wrong and not attempt.over:
        st.button("Reveal the answer", on_click=_reveal, args=(page, question, place))


def _commit(
    page: "Page",
    question: quiz.Question,
    attempt: Attempt,
    place: str,
    text: str,
    variant: int | None,
) -> None:
    try:
        verdict = quiz.check(question, text)
        doubt = "" if attempt.doubted else quiz.unticked(question.answer, text)
    except ValueError as error:
        _not_yet(place, attempt, str(error), doubted=attempt.doubted)
    if doubt:
        _not_yet(place, attempt, doubt, doubted=True)
    wrong = attempt.wrong + (not verdict.right)
    revealed = wrong >= 2
    st.session_state[place] = Attempt(
        wrong, verdict.right, revealed, verdict.words, verdict.parts, text=text
    )
    if verdict.right:
        progress.mark(question.id, variant)
    if (verdict.right or revealed) and question.settings is not None:
        st.session_state["then"] = (page.slug, question.settings)
    st.rerun()


def _not_yet(place: str, attempt: Attempt, sentence: str, *, doubted: bool) -> NoReturn:
    """Say why this commit is no attempt; what was said of the last one stays."""
    st.session_state[place] = replace(attempt, unread=sentence, doubted=doubted)
    st.rerun()


def _reveal(page: "Page", question: quiz.Question, place: str) -> None:
    attempt: Attempt = st.session_state.get(place, Attempt())
    st.session_state[place] = replace(attempt, revealed=True, unread="")
    if question.settings is not None:
        page.go(question.settings)


def _say(attempt: Attempt) -> None:
    if attempt.unread:
        st.warning(f"Not an attempt yet: {attempt.unread}.", icon=":material/edit:")
    count = sum(attempt.parts)
    parts = f" {count} of {len(attempt.parts)} parts are right." if len(attempt.parts) > 1 else ""
    if attempt.right:
        st.container(border=True).markdown(f"✓ **Right.** {attempt.words}")
    elif attempt.wrong:
        more = "" if attempt.over else " Try once more; after that the answer is shown."
        words = f"✗ **{'Not this.' if attempt.over else 'Not yet.'}**{parts} {attempt.words}{more}"
        st.container(border=True).markdown(words)


def _lecture(page: "Page", question: quiz.Question, attempt: Attempt, place: str) -> None:
    """On the projector nobody types: the hall thinks, then A or the button shows the answer.

    Question and answer stand above the picture, where a hall sees both at once.
    """
    with page.question_place:
        st.markdown(question.prompt)
        if attempt.over:
            st.markdown(f"**Answer:** {question.answer.shown()}")
            answers.solution(question, place)
    if attempt.over:
        st.markdown(question.why)
        return
    answers.drawings(question.answer, place)
    if not isinstance(question.answer, quiz.Number):
        st.markdown(sheet.room(question.answer))
    st.button("Show the answer", shortcut="A", on_click=_reveal, args=(page, question, place))
