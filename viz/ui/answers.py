"""A form for each kind of answer: widgets whose values become the answer's text."""

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from viz import quiz
from viz.ui.stage.player import play, shoot

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def drawings(answer: quiz.Answer, key: str, layout: str) -> None:
    """The pictures among the options, each under its letter, above the form."""
    options: Sequence[quiz.Option | str] = getattr(answer, "options", ())
    drawn = [
        (i, option.drawing)
        for i, option in enumerate(options)
        if isinstance(option, quiz.Option) and option.drawing is not None
    ]
    for start in range(0, len(drawn), 2):
        for place, (i, drawing) in zip(st.columns(2), drawn[start : start + 2], strict=False):
            with place:
                st.markdown(f"**{LETTERS[i]}**")
                play(shoot(drawing), key=f"{key}:drawing:{i}", layout=layout)
    for i, (_, part) in enumerate(getattr(answer, "items", ()) if _is_parts(answer) else ()):
        drawings(part, f"{key}:{i}", layout)


def draw(answer: quiz.Answer, key: str, label: str, *, locked: bool) -> str:
    """Draw the widgets of an answer and return its text as it stands."""
    match answer:
        case quiz.Parts(items=items):
            texts = []
            for i, (name, part) in enumerate(items):
                texts.append(draw(part, f"{key}:{i}", name, locked=locked))
            return json.dumps(texts)
        case quiz.Choice(options=options):
            labels = _labels(options)
            chosen = st.radio(
                label,
                range(len(labels)),
                format_func=labels.__getitem__,
                index=None,
                key=key,
                disabled=locked,
            )
            return "" if chosen is None else str(chosen)
        case quiz.ManyOf(options=options):
            return _many(label, _labels(options), key, locked)
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


def _example(answer: quiz.Answer) -> str:
    match answer:
        case quiz.Number():
            return "a number, a fraction or arithmetic"
        case quiz.Shape(names=names):
            return " × ".join(names)
        case quiz.Expression(names=names) | quiz.Polynomial(names=names):
            return f"a formula in {', '.join(names)}"
    return ""


def _labels(options: Sequence[quiz.Option | str]) -> list[str]:
    named = []
    for i, option in enumerate(options):
        drawn = isinstance(option, quiz.Option) and option.drawing is not None
        words = quiz.words_of(option)
        named.append(f"{LETTERS[i]}{': ' if words else ''}{words}" if drawn else words)
    return named


def _many(label: str, labels: list[str], key: str, locked: bool) -> str:
    st.markdown(label)
    ticked = [
        i for i, words in enumerate(labels) if st.checkbox(words, key=f"{key}:{i}", disabled=locked)
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
        placeholder="choose the first, then the next, until all are placed",
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
    play(shoot(answer.draw(tuple(values))), key=f"{key}:curve", layout="wide")
    return ", ".join(repr(value) for value in values)


def needs_live(answer: quiz.Answer) -> bool:
    """Whether the widgets must answer at once, so that no form may hold them back."""
    parts: Any = getattr(answer, "items", ()) if _is_parts(answer) else ()
    return isinstance(answer, quiz.Curve) or any(needs_live(part) for _, part in parts)
