"""The exam as one paper: its questions, a learner's answers, what is graded, and the points."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import streamlit as st
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from viz import catalog, quiz
from viz.catalog import Concept
from viz.ui import answers, progress, storage

_NAME = "exam"
_KEPT = 3
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,4}-x\d{1,2}$")]
_Text = Annotated[str, StringConstraints(max_length=600)]


class Sheet(BaseModel):
    """One paper's answers by question id, and the questions that are graded."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    texts: dict[_Id, _Text] = {}
    graded: frozenset[_Id] = frozenset()


class _Drawer(BaseModel):
    """What the browser keeps: the last papers by variant; 0 is the exam's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    v: int
    sheets: dict[Annotated[str, StringConstraints(pattern=r"^\d{1,4}$")], Sheet]


@dataclass(frozen=True, slots=True)
class Mark:
    """What comes of one question: points reached, whether all is right, and what is said."""

    points: float
    right: bool
    words: str


@cache
def concepts() -> tuple[Concept, ...]:
    """The concepts by the number of their question in the exam."""
    return tuple(sorted(catalog.CONCEPTS, key=lambda concept: concept.exam_question))


@cache
def questions(slug: str, variant: int | None) -> tuple[quiz.Question, ...]:
    """The exam's parts of a concept, in the exam's numbers or in a variant's."""
    makers = [maker for maker in catalog.find(slug).exercises() if maker(None).part]
    posed = (quiz.pose(maker, variant) for maker in makers)
    return tuple(sorted(posed, key=lambda question: question.part))


def heading(question: quiz.Question, all_parts: tuple[quiz.Question, ...]) -> str:
    """A part's letter and points, as Markdown; parts that share a letter are numbered."""
    same = [one.id for one in all_parts if one.part == question.part]
    letter = question.part + (str(same.index(question.id) + 1) if len(same) > 1 else "")
    return f"**({letter})** :gray[{question.points} point{'s' if question.points > 1 else ''}]"


def open_sheet(variant: int | None) -> Sheet:
    """The answers so far: this session's, and before those what the browser kept."""
    state = st.session_state
    if not state.get("exam-read"):
        kept = storage.stored(_NAME)
        state["exam"] = {**read_drawer(kept), **state.get("exam", {})}
        state["exam-read"] = kept is not None
        if kept is not None:
            clear_forms("exam:")  # drawn empty in the first run; now they take the kept answers
    mine: dict[str, Sheet] = state["exam"]
    return mine.get(str(variant or 0), Sheet())


def save() -> None:
    """Write the papers into the browser; the last thing on the page."""
    state = st.session_state
    storage.sync(_NAME, _drawer(state["exam"]) if state["exam-read"] else None)


def _drawer(sheets: dict[str, Sheet]) -> dict[str, Any]:
    last = dict(list(sheets.items())[-_KEPT:])
    return _Drawer(v=1, sheets=last).model_dump(mode="json")


def read_drawer(stored: Any) -> dict[str, Sheet]:
    """Papers from what a browser kept; nothing if it is not of this form."""
    try:
        drawer = _Drawer.model_validate(stored)
    except ValidationError:
        return {}
    return dict(drawer.sheets) if drawer.v == 1 else {}


def keep(variant: int | None, sheet: Sheet) -> None:
    """Keep a paper in the session."""
    name = str(variant or 0)
    others = {k: v for k, v in st.session_state.get("exam", {}).items() if k != name}
    st.session_state["exam"] = {**others, name: sheet}
    st.session_state["exam-read"] = True


def clear_forms(prefix: str) -> None:
    """Let the widgets of answers be filled anew."""
    for key in [key for key in st.session_state if str(key).startswith(prefix)]:
        del st.session_state[key]


def is_answered(question: quiz.Question, sheet: Sheet) -> bool:
    """Whether anything was typed or ticked."""
    text = sheet.texts.get(question.id)
    return text is not None and text != answers.blank(question.answer)


def unreadable(question: quiz.Question, sheet: Sheet) -> str:
    """Why an answer cannot be graded as it stands; empty if it can, or if there is none."""
    if is_answered(question, sheet):
        try:
            question.answer.read(sheet.texts[question.id])
        except ValueError as error:
            return str(error)
    return ""


def mark(question: quiz.Question, sheet: Sheet) -> Mark:
    """Grade one question; a part that cannot be read gets no points, and the others theirs."""
    if not is_answered(question, sheet):
        return Mark(0.0, False, "No answer.")
    try:
        verdict = quiz.check_readable(question, sheet.texts[question.id])
    except ValueError as error:
        return Mark(0.0, False, f"The answer could not be read: {error}.")
    return Mark(quiz.score(question, verdict), verdict.right, verdict.words)


def grade(sheet: Sheet, graded: tuple[quiz.Question, ...], variant: int | None) -> Sheet:
    """The paper with these questions handed in; what is right counts as solved."""
    for question in graded:
        if mark(question, sheet).right:
            progress.mark(question.id, variant)
    done = sheet.graded | {question.id for question in graded}
    return Sheet(texts=dict(sheet.texts), graded=frozenset(done))
