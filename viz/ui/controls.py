"""Widgets from a settings model; their values snapped back into frozen settings."""

import io
from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from viz import settings as settings_
from viz.settings import BaseSettings, Control
from viz.ui import link
from viz.view import View

AT_HAND = 5
LIVE = "live"
_BRIEF = 15


def draw(slug: str, view: View[Any, Any], known: Mapping[str, Any], hidden: bool = False) -> bool:
    """Draw a view's controls; whether they show what was known before.

    The first five that are shown stand in the column, the others below it behind "More settings".
    Hidden ones are drawn all the same, since an undrawn widget would leave the link.
    """
    drawn = _shown(view, known)
    changed = _moved(slug, view, [control.key for control in drawn], hidden)
    few = len(drawn) <= AT_HAND + 1
    shown = [_widget(control, changed) for control in (drawn if few else drawn[:AT_HAND])]
    if not few:
        more = st.container() if hidden else st.expander("More settings", key="un-more")
        with more:
            shown += [_widget(control, changed) for control in drawn[AT_HAND:]]
    return all(c.snap(value) == known[c.field] for c, value in zip(drawn, shown, strict=True))


def _shown(view: View[Any, Any], known: Mapping[str, Any]) -> list[Control]:
    found = settings_.controls(view.settings)
    return [control for control in found if control.kind != "own" and control.shown(known)]


def _moved(slug: str, view: View[Any, Any], drawn: list[str], hidden: bool) -> Callable[[], None]:
    """What a moved control does.

    The picture follows alone: the browser would take as long to draw five controls anew. If a
    control comes, goes or snaps to another value, or there is no picture, the whole page is run.
    """

    def moved() -> None:
        state = st.session_state
        _forget_problems(slug, drawn)
        known = _known(slug, view)
        shown = _shown(view, known)
        still = all(state.get(c.key) == known[c.field] for c in shown)
        if still and not hidden and [c.key for c in shown] == drawn:
            st.rerun(LIVE)

    return moved


def enter(slug: str, views: tuple[View[Any, Any], ...]) -> None:
    """Forget values that another page left under the keys of this one."""
    state = st.session_state
    if state.get("page") == slug:
        return
    state["page"] = slug
    for view in views:
        for control in settings_.controls(view.settings):
            if control.kind != "own":
                state.pop(control.key, None)


def values(slug: str, view: View[Any, Any]) -> dict[str, Any]:
    """What every field's value is; known before its widget is drawn, so the picture goes first."""
    state, known = st.session_state, _known(slug, view)
    for control in settings_.controls(view.settings):
        value = known[control.field]
        if control.kind != "own" and state.get(control.key, value) != value:
            state[control.key] = value
    return known


def _known(slug: str, view: View[Any, Any]) -> dict[str, Any]:
    linked = settings_.read(view.settings, link.raw(view.settings))
    refused = {*linked.refused, *st.session_state.get(f"refused:{slug}", ())}
    own = link.own_key(slug, view.key)
    return {
        control.field: st.session_state.setdefault(own, linked.settings.own)
        if control.kind == "own"
        else _value(control, linked.settings, control.key in refused)
        for control in settings_.controls(view.settings)
    }


def _value(control: Control, linked: BaseSettings, is_refused: bool) -> Any:
    """A control's value: the session's if it fits, else the link's, else the default.

    Of a text that is too long Streamlit's field would take the beginning, hence a refused value
    stays refused until a control is moved.
    """
    state = st.session_state
    if is_refused:
        return control.default
    asked = getattr(linked, control.field)
    if control.kind == "stops" and control.key in st.query_params:
        # The widget only knows its stops; a value between them would be dropped.
        state.setdefault(control.key, asked)
    value = state.get(control.key, asked)
    return control.snap(value) if _fits(control, value) else control.default


def _fits(control: Control, value: Any) -> bool:
    if control.kind in ("slider", "box", "stops"):
        return isinstance(value, int | float)
    if control.kind == "choice":
        return value in control.stops
    return isinstance(value, bool) if control.kind == "switch" else isinstance(value, str)


def _forget_problems(slug: str, drawn: Collection[str] = ()) -> None:
    state = st.session_state
    state[f"problems:{slug}"] = ()
    for key in state.pop(f"refused:{slug}", ()):
        # Streamlit takes a bad value out of the link for the widgets that it draws.
        if key not in drawn:
            link.write(key, None)
    state[f"said:{slug}"] = ""
    if state.pop(f"unknown:{slug}", ""):
        link.write("view", None)
    for name in {"lecture", "ghost"} & set(state.get(f"misread:{slug}", {})):
        link.write(name, None)
    state[f"misread:{slug}"] = {}
    moved, step, words = state.get(f"mounted:{slug}", (None, None, ""))
    if words:
        state[f"mounted:{slug}"] = (moved, step, "")
        link.write("step", None)


def _widget(control: Control, changed: Callable[[], None]) -> Any:
    number = int if control.whole else float
    common: dict[str, Any] = {
        "label": control.label,
        "key": control.key,
        "bind": "query-params",
        "on_change": changed,
        "help": control.hint or None,
    }
    bounds: dict[str, Any] = {
        "min_value": number(control.low),
        "max_value": number(control.high),
        "value": control.default,
    }
    match control.kind:
        case "slider":
            step = number(control.step or 1)
            return st.slider(**common, **bounds, step=step, format=_format(control))
        case "box":
            step = number(control.step or 0.01)
            return st.number_input(**common, **bounds, step=step, format=_format(control))
        case "stops":
            return st.select_slider(
                **common, options=control.stops, value=control.default, format_func=written
            )
        case "choice" if len(control.stops) <= 4 and sum(map(len, control.stops)) <= _BRIEF:
            options = list(control.stops)
            return st.segmented_control(
                **common, options=options, default=control.default, required=True
            )
        case "choice":
            index = control.stops.index(control.default)
            return st.selectbox(**common, options=list(control.stops), index=index)
        case "switch":
            return st.toggle(**common, value=control.default)
    return st.text_input(**common, value=control.default, max_chars=control.limit)


def written(value: float) -> str:
    """A stop's label in plain decimals, since the link carries it."""
    return f"{value:.12f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:g}"


def _format(control: Control) -> str:
    if control.whole:
        return "%d"
    step = f"{control.step or 0.01:.10f}".rstrip("0")
    return f"%.{max(1, len(step.split('.')[1]))}f"


def own_data(slug: str, view: View[Any, Any]) -> None:
    """The editor for the learner's own data, where the view takes any."""
    known = _known(slug, view)
    control = next((c for c in settings_.controls(view.settings) if c.kind == "own"), None)
    if control is None or not control.shown(known):
        return
    place, state = link.own_key(slug, view.key), st.session_state
    area = f"area:{place}"
    # The kept text is the area's default too: one that the browser draws anew would come up empty.
    # Buttons and uploads change the text behind the area's back; then it takes the new one.
    if area in state and state.get(f"seen:{place}") != state[place]:
        state[area] = state[place]
    state[f"seen:{place}"] = state[place]

    def typed() -> None:
        text = st.session_state[area]
        st.session_state[f"seen:{place}"] = text
        link.keep_own(slug, view, text)
        _forget_problems(slug)

    st.text_area(
        control.label,
        state[place],
        key=area,
        height=150,
        max_chars=control.limit,
        help=control.hint or None,
        on_change=typed,
    )
    if control.hint:
        st.caption(control.hint)
    if link.too_long(st.session_state[place]):
        st.caption("Too long for a link: save it as a file to keep it.")
    _own_files(slug, view, control, st.session_state[place])


def _own_files(slug: str, view: View[Any, Any], control: Control, text: str) -> None:
    kinds = [*control.upload, *(["png", "jpg", "jpeg"] if control.image else [])]
    row = st.container(horizontal=True, vertical_alignment="bottom")
    row.download_button("Save as a file", text, "own.txt", "text/plain", on_click="ignore")
    row.button(
        "Back to the example",
        on_click=link.keep_own,
        args=(slug, view, control.default),
    )
    if not kinds:
        return
    uploader = f"upload:{slug}:{view.key}"

    def uploaded() -> None:
        file = st.session_state[uploader]
        if file is None:
            return
        try:
            link.keep_own(slug, view, upload_text(file.name, file.getvalue(), control))
        except ValueError as error:
            st.session_state[f"problems:{slug}"] = (str(error),)

    row.file_uploader("Upload", type=kinds, key=uploader, on_change=uploaded)


def upload_text(name: str, content: bytes, control: Control) -> str:
    """An uploaded file as the text that could have been typed.

    Raises:
        ValueError: it is no text, no image, or too long.
    """
    if control.image and name.lower().endswith((".png", ".jpg", ".jpeg")):
        text = _grey_rows(content, control.image)
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValueError(f"'{name}' is not text in UTF-8") from None
    if len(text) > control.limit:
        raise ValueError(
            f"'{name}' has {len(text):,} characters, at most {control.limit:,} are taken"
        )
    return text


def _grey_rows(content: bytes, side: int) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            grey = image.convert("L")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise ValueError("this file is not a PNG or JPEG image that can be read") from None
    grey.thumbnail((side, side))
    width, pixels = grey.width, list(grey.getdata())
    rows = (pixels[i : i + width] for i in range(0, len(pixels), width))
    return "\n".join(" ".join(f"{p / 255:.2f}" for p in row) for row in rows)


def problems(slug: str, view: View[Any, Any], raw: Mapping[str, list[str]]) -> tuple[str, ...]:
    """What was wrong in the link, remembered until a control is moved."""
    state = st.session_state
    place = f"problems:{slug}"
    opened = f"opened:{slug}:{view.key}"
    if opened not in state:
        state[opened] = True
        reading = settings_.read(view.settings, raw)
        state[place], state[f"refused:{slug}"] = reading.problems, reading.refused
    return tuple(state.get(place, ()))
