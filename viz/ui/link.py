"""What the link carries besides the controls: view, step, ghost, question; and moves by buttons."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

import streamlit as st

from viz import settings as settings_
from viz.settings import BaseSettings, Settings
from viz.view import Preset, View

OWN_LIMIT = 2000
EXAM = "exam"


def raw(model: type[BaseSettings]) -> dict[str, list[str]]:
    """The link's values for a view's controls before any widget has looked at them.

    By key alone: a field's name may be the key of another view, which was left a moment ago.
    """
    keys = {control.key for control in settings_.controls(model)}
    return {name: st.query_params.get_all(name) for name in st.query_params if name in keys}


def write(name: str, value: str | None) -> None:
    """Set or remove a parameter that no widget is bound to."""
    if value is None:
        if name in st.query_params:
            del st.query_params[name]
    elif st.query_params.get(name) != value:
        st.query_params[name] = value


def keep_step(frame: int, start: int) -> None:
    """Write a film's frame; the one it starts with is not named."""
    write("step", None if frame == start else str(frame))


def misread(model: type[BaseSettings], tabs: Sequence[str]) -> dict[str, str]:
    """A sentence for each of tab, lecture and ghost that the link has and that says nothing."""
    asked = st.query_params.to_dict()
    found = {}
    if asked.get("tab", tabs[0]) not in tabs:
        found["tab"] = f"tab must be one of {', '.join(tabs)}, got {asked['tab'][:20]}"
    if asked.get("lecture", "0") not in ("0", "1"):
        found["lecture"] = f"lecture must be 0 or 1, got {asked['lecture'][:20]}"
    text = asked.get("ghost", EXAM)
    problems = _ghost(model, text).problems
    known = {name for c in settings_.controls(model) for name in (c.key, c.field)}
    if problems:
        found["ghost"] = f"ghost: {'; '.join(problems)}"
    elif text != EXAM and not known & set(parse_qs(text, keep_blank_values=True)):
        found["ghost"] = f"ghost must be settings such as key=value, got {text[:20]}"
    return found


def read_ghost(model: type[BaseSettings]) -> BaseSettings | None:
    """The pinned settings, if the link has any."""
    text = st.query_params.get("ghost")
    return None if text is None else _ghost(model, text).settings


def _ghost(model: type[Settings], text: str) -> settings_.Reading[Settings]:
    known = {} if text == EXAM else parse_qs(text, keep_blank_values=True)
    return settings_.read(model, known)


def ghost_text(settings: BaseSettings) -> str:
    """The query string under which settings are pinned."""
    return urlencode(settings_.to_link(settings)) or EXAM


def own_key(slug: str, view_key: str) -> str:
    """Where a view's own data are kept in the session."""
    return f"own:{slug}:{view_key}"


def keep_own(slug: str, view: View[Any, Any], text: str) -> None:
    """Keep typed data, and put them into the link if they are short enough."""
    st.session_state[own_key(slug, view.key)] = text
    example = next(c.default for c in settings_.controls(view.settings) if c.kind == "own")
    fits = len(quote(text)) <= OWN_LIMIT
    write("own", text if fits and text != example else None)


def too_long(text: str) -> bool:
    """Whether own data do not fit into a link."""
    return len(quote(text)) > OWN_LIMIT


def go(slug: str, view: View[Any, Any], values: Mapping[str, Any], step: int | None = None) -> None:
    """Set every control of a view at once; for callbacks."""
    state = st.session_state
    settings = settings_.settings_from(view.settings, values)
    written = settings_.to_link(settings)
    for control in settings_.controls(view.settings):
        value = getattr(settings, control.field)
        if control.kind == "own":
            keep_own(slug, view, value)
        else:
            new = control.key not in state
            state[control.key] = value
            # A widget that is drawn for the first time does not write its value into the link;
            # for one that is there Streamlit does, and refuses it to everybody else.
            if new and control.key in written:
                st.query_params[control.key] = written[control.key]
    state[f"view:{slug}"] = view.key
    write("view", None if state.get(f"first:{slug}") == view.key else view.key)
    write("step", None if step is None else str(step))
    state[f"move:{slug}"] = state.get(f"move:{slug}", 0) + 1
    state[f"problems:{slug}"], state[f"refused:{slug}"] = (), ()


def take(slug: str, views: tuple[View[Any, Any], ...], now: View[Any, Any], preset: Preset) -> None:
    """Go to a preset or a finding; for callbacks."""
    view = next((v for v in views if v.key == preset.view), now)
    st.session_state[f"said:{slug}"] = preset.words
    go(slug, view, preset.values, preset.step)
