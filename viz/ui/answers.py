"""A form for each kind of answer: widgets whose values become the answer's text."""

import json
from collections.abc import Sequence
from contextlib import nullcontext
from itertools import groupby
from typing import Any

import streamlit as st

from viz import quiz
from viz.ui import events
from viz.ui.stage.player import play, shoot

DRAWING = 270  # pixels: four in a row of the page
_LONG = (
    *(quiz.Choice, quiz.ManyOf, quiz.Table, quiz.Order, quiz.Tokens),
    *(quiz.Curve, quiz.Expression, quiz.Polynomial, quiz.Parts),
)


def picture(figure: quiz.Drawing, key: str) -> None:
    """A question's picture, drawn for the width that the stage measured."""
    layout = events.layout()
    shot = shoot(quiz.drawn(figure, phone=layout == "phone"))
    play(shot, key=key, layout=layout, on_layout=lambda: events.measured(key))


def solution(question: quiz.Question, key: str) -> None:
    """The picture that shows the answer, if there is one."""
    if question.solution is not None:
        picture(question.solution, f"{key}:solution")


def drawings(answer: quiz.Answer, key: str) -> None:
    """The pictures among the options, each under its letter, above the form.

    They stand in a row as far as the screen is wide.
    """
    options: Sequence[quiz.Option | str] = getattr(answer, "options", ())
    named = quiz.labels(options, getattr(answer, "first", "A"))
    drawn = [
        (i, option.drawing)
        for i, option in enumerate(options)
        if isinstance(option, quiz.Option) and option.drawing is not None
    ]
    row = st.container(horizontal=True, gap="small") if drawn else st.container()
    for i, drawing in drawn:
        with row.container(width=DRAWING):
            st.markdown(f"**{named[i]}**")
            play(shoot(drawing), key=f"{key}:drawing:{i}", layout="phone")
    for i, (_, part) in enumerate(getattr(answer, "items", ()) if _is_parts(answer) else ()):
        drawings(part, f"{key}:{i}")


def draw(answer: quiz.Answer, key: str, label: str, *, locked: bool) -> str:
    """Draw the widgets of an answer and return its text as it stands."""
    match answer:
        case quiz.Parts(items=items):
            return _parts(items, key, locked)
        case quiz.Choice(options=options):
            words = quiz.labels(options, answer.first)
            chosen = st.radio(
                label,
                range(len(words)),
                format_func=words.__getitem__,
                index=None,
                horizontal=quiz.are_letters(words),
                key=key,
                disabled=locked,
            )
            return "" if chosen is None else str(chosen)
        case quiz.ManyOf(options=options):
            return _many(label, quiz.labels(options, answer.first), key, locked)
        case quiz.Table():
            return _table(answer, key, label, locked)
        case quiz.Order(items=items):
            return _order(label, items, key, locked)
        case quiz.Tokens():
            return _tokens(answer, key, label, locked)
        case quiz.Curve():
            return _curve(answer, key, locked)
    return st.text_input(
        label, key=key, disabled=locked, placeholder=_example(answer), max_chars=200
    )


def _is_parts(answer: quiz.Answer) -> bool:
    return isinstance(answer, quiz.Parts)


def _parts(items: tuple[tuple[str, quiz.Answer], ...], key: str, locked: bool) -> str:
    """The parts one below the other; short fields that follow each other share a row."""
    texts = []
    for short, run in groupby(enumerate(items), lambda item: _is_short(item[1][1])):
        parts = list(run)
        beside = short and len(parts) > 1
        row = st.container(horizontal=True, vertical_alignment="bottom") if beside else None
        width = _field_width([name for _, (name, _) in parts])
        for i, (name, part) in parts:
            with row.container(width=width) if row else nullcontext():
                texts.append(draw(part, f"{key}:{i}", name, locked=locked))
    return json.dumps(texts)


def _is_short(answer: quiz.Answer) -> bool:
    """Whether some figures are typed; whatever is picked or a formula needs the whole row."""
    return not isinstance(answer, _LONG)


def _field_width(labels: list[str]) -> int:
    """Pixels for the longest label, within what a phone has room for."""
    return min(max(7 * max(map(len, labels)), 150), 290)


def _example(answer: quiz.Answer) -> str:
    match answer:
        case quiz.Number():
            return "a number or 3·5/2"
        case quiz.Shape(names=names):
            return " × ".join(names)
        case quiz.Expression(names=names) | quiz.Polynomial(names=names):
            return f"a formula in {', '.join(names)}"
    return ""


def _many(label: str, named: list[str], key: str, locked: bool) -> str:
    st.markdown(label)
    ticked = [
        i for i, words in enumerate(named) if st.checkbox(words, key=f"{key}:{i}", disabled=locked)
    ]
    return " ".join(str(i) for i in ticked)


def _table(answer: quiz.Table, key: str, label: str, locked: bool) -> str:
    if label:
        st.markdown(label)
    rows = []
    for i, row in enumerate(answer.rows):
        if answer.single:
            chosen = st.radio(
                row, answer.columns, index=None, horizontal=True, key=f"{key}:{i}", disabled=locked
            )
            rows.append("".join("01"[column == chosen] for column in answer.columns))
            continue
        places = st.columns((3, *([1] * len(answer.columns))), vertical_alignment="center")
        places[0].markdown(row)
        rows.append("")
        for j, column in enumerate(answer.columns):
            ticked = places[j + 1].checkbox(column, key=f"{key}:{i}:{j}", disabled=locked)
            rows[-1] += "01"[ticked]
    return ";".join(rows)


def _order(label: str, items: tuple[str, ...], key: str, locked: bool) -> str:
    chosen = st.multiselect(
        label,
        range(len(items)),
        format_func=items.__getitem__,
        key=key,
        disabled=locked,
        placeholder="choose all, first one first",
    )
    return " ".join(str(i) for i in chosen)


def _tokens(answer: quiz.Tokens, key: str, label: str, locked: bool) -> str:
    st.markdown(label)
    tokens = []
    for i, place in enumerate(st.columns(len(answer.key))):
        chosen = place.selectbox(
            f"word {i + 1}",
            answer.bank,
            index=None,
            key=f"{key}:{i}",
            disabled=locked,
            placeholder="…",
        )
        tokens.append(chosen or "")
    return " ".join(tokens)


def _curve(answer: quiz.Curve, key: str, locked: bool) -> str:
    values = []
    for i, slider in enumerate(answer.sliders):
        values.append(
            st.slider(
                slider.label,
                float(slider.low),
                float(slider.high),
                float(slider.start),
                float(slider.step),
                key=f"{key}:{i}",
                disabled=locked,
            )
        )
    picture(answer.draw(tuple(values)), f"{key}:curve")
    return ", ".join(repr(value) for value in values)


def blank(answer: quiz.Answer) -> str:
    """The text of a form that nobody has touched."""
    match answer:
        case quiz.Parts(items=items):
            return json.dumps([blank(part) for _, part in items])
        case quiz.Table(rows=rows, columns=columns):
            return ";".join(["0" * len(columns)] * len(rows))
        case quiz.Tokens(key=key):
            return " " * (len(key) - 1)
        case quiz.Curve(sliders=sliders):
            return ", ".join(repr(float(slider.start)) for slider in sliders)
    return ""


def fill(answer: quiz.Answer, key: str, text: str) -> None:
    """Give widgets that are not drawn yet the values of a kept text; what does not fit is left."""
    if text and text != blank(answer):
        for name, value in _values(answer, key, text):
            st.session_state.setdefault(name, value)


def put(answer: quiz.Answer, key: str, text: str) -> None:
    """Let the widgets show a text, whatever they held."""
    for name, value in _values(answer, key, text):
        st.session_state[name] = value


def _values(answer: quiz.Answer, key: str, text: str) -> list[tuple[str, Any]]:
    """Widget keys and values that make up a text, as `draw` reads them."""
    match answer:
        case quiz.Parts(items=items):
            return _values_of_parts(items, key, text)
        case quiz.Choice(options=options):
            return [(key, int(text))] if _is_place(text, options) else []
        case quiz.ManyOf(options=options):
            return [(f"{key}:{i}", str(i) in text.split()) for i in range(len(options))]
        case quiz.Table(columns=columns, single=single):
            rows = [row for row in text.split(";") if len(row) == len(columns)]
            if single:
                picks = [(i, row.find("1")) for i, row in enumerate(rows[: len(answer.rows)])]
                return [(f"{key}:{i}", columns[j]) for i, j in picks if j >= 0]
            marks = [(i, j, mark) for i, row in enumerate(rows) for j, mark in enumerate(row)]
            return [(f"{key}:{i}:{j}", mark == "1") for i, j, mark in marks]
        case quiz.Order(items=items):
            return [(key, [int(i) for i in text.split() if _is_place(i, items)])]
        case quiz.Tokens(bank=bank):
            words = enumerate(text.split(" "))
            return [(f"{key}:{i}", word) for i, word in words if word in bank]
        case quiz.Curve(sliders=sliders):
            return _slider_values(sliders, key, text)
    return [(key, text[:200])]


def _values_of_parts(
    items: tuple[tuple[str, quiz.Answer], ...], key: str, text: str
) -> list[tuple[str, Any]]:
    try:
        texts = json.loads(text)
    except ValueError:
        return []
    if not isinstance(texts, list):
        return []
    pairs = enumerate(zip(items, texts, strict=False))
    return [pair for i, ((_, part), one) in pairs for pair in _values(part, f"{key}:{i}", str(one))]


def _slider_values(
    sliders: tuple[quiz.Slider, ...], key: str, text: str
) -> list[tuple[str, float]]:
    found = []
    for i, (slider, word) in enumerate(zip(sliders, text.split(","), strict=False)):
        try:
            value = float(word)
        except ValueError:
            continue
        if slider.low <= value <= slider.high:
            found.append((f"{key}:{i}", value))
    return found


def _is_place(text: str, options: Sequence[Any]) -> bool:
    return text.isdecimal() and len(text) < 4 and int(text) < len(options)


def needs_live(answer: quiz.Answer) -> bool:
    """Whether the widgets must answer at once, so that no form may hold them back."""
    parts: Any = getattr(answer, "items", ()) if _is_parts(answer) else ()
    return isinstance(answer, quiz.Curve) or any(needs_live(part) for _, part in parts)
