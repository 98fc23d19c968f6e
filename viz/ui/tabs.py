"""The tabs Explore, Derive and Code of a view."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from viz import catalog, export
from viz.draw.numbers import listed, short
from viz.settings import BaseSettings, to_link
from viz.ui import cache, link
from viz.ui.places import PAGES
from viz.ui.stage.player import play
from viz.view import Preset, View

ROWS = 200


def suggestions(slug: str, views: tuple[View[Any, Any], ...], view: View[Any, Any]) -> None:
    """Findings and presets: what to try."""
    for place, preset in enumerate(view.findings):
        _finding(slug, views, view, preset, f"finding:{view.key}:{place}")
    if view.presets:
        _presets(slug, views, view)


def _presets(slug: str, views: tuple[View[Any, Any], ...], view: View[Any, Any]) -> None:
    """All presets as one element, since a button each doubles what the browser draws anew.

    What to notice is said under the picture.
    """
    key = f"preset:{slug}:{view.key}"

    def taken() -> None:
        place = st.session_state[key]
        st.session_state[key] = None  # a preset is a way to go, not a state
        if place is not None:
            link.take(slug, views, view, view.presets[place])

    st.pills(
        "Presets",
        range(len(view.presets)),
        format_func=lambda place: view.presets[place].label,
        key=key,
        on_change=taken,
        label_visibility="collapsed",
    )


def explore(
    slug: str, view: View[Any, Any], settings: BaseSettings, result: Any, phone: bool
) -> None:
    """Further charts and the value table of a result."""
    layout = "phone" if phone else "wide"
    for place, shot in enumerate(cache.charts(slug, view.key, settings, phone, result)):
        play(shot, key=f"chart:{slug}:{view.key}:{place}", layout=layout)
    if view.table is None:
        return
    values = st.expander("Values", key=f"values:{slug}", on_change="rerun")
    if values.open:
        values.markdown(markdown_table(view.table(result)))


def related(slug: str) -> None:
    """Links to concepts that share something with this one."""
    there = {concept.slug: concept.title for concept in catalog.CONCEPTS}
    for other, words in catalog.find(slug).related:
        if other in there:
            path = str(PAGES / f"{other}.py")
            st.page_link(
                path, label=f"**{there[other]}**: {words}", icon=":material/arrow_forward:"
            )


def _finding(
    slug: str, views: tuple[View[Any, Any], ...], view: View[Any, Any], preset: Preset, key: str
) -> None:
    words = f" :gray[{preset.words}]" if preset.words else ""
    st.button(
        f":blue[Try this: {preset.label}.]{words}",
        key=key,
        type="tertiary",
        on_click=link.take,
        args=(slug, views, view, preset),
    )


def markdown_table(columns: Mapping[str, Any]) -> str:
    """Columns of numbers and words as a Markdown table; long ones are cut and say so."""
    names = [name.replace("|", "∣") for name in columns]
    rows = list(zip(*(list(column) for column in columns.values()), strict=True))
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    for row in rows[:ROWS]:
        lines.append(f"| {' | '.join(_cell(value) for value in row)} |")
    if len(rows) > ROWS:
        lines.append(f"\n{len(rows) - ROWS} more rows are in the CSV of the picture.")
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) or hasattr(value, "dtype"):
        return short(float(value), 6)
    return str(value).replace("|", "∣")


def derive(slug: str, view: View[Any, Any], settings: BaseSettings, result: Any) -> None:
    """The formula with the live numbers, step by step, and the witnesses."""
    for line in view.derive(result):
        if line.words:
            st.markdown(line.words)
        if line.latex:
            st.latex(line.latex)
    st.markdown(agreement(cache.witnesses(slug, view.key, settings), view.atol))


def agreement(witnesses: Mapping[str, float], atol: float) -> str:
    """One line: whether closed form, computation and peer give the same number."""
    values = list(witnesses.values())
    if not values:
        return ""
    said = "; ".join(f"{name} **{short(value, 9)}**" for name, value in witnesses.items())
    spread = 0.0 if len(set(values)) == 1 else max(values) - min(values)  # also of infinities
    scale = max(1.0, max(abs(value) for value in values))
    count = {2: "Both", 3: "All three", 4: "All four"}.get(len(values), "All")
    if spread <= atol * scale:
        return f"✓ {count} agree to {short(atol, 1)}: {said}."
    return f"✗ They differ by {short(spread, 2)}: {said}."


def code(slug: str, view: View[Any, Any], settings: BaseSettings) -> None:
    """The snippet with the current values, as text and as a notebook."""
    st.code(view.snippet(settings), language="python")
    st.download_button(
        "Download as notebook",
        data=lambda: export.notebook(view, settings),
        file_name=f"{slug}.ipynb",
        mime="application/x-ipynb+json",
        on_click="ignore",
    )
    chosen = [f"--set {key}={_quoted(value)}" for key, value in to_link(settings).items()]
    words = " ".join(
        ["python -m viz.export", slug, f"--view {view.key}", *chosen, "-o figure.html"]
    )
    st.markdown(
        "The same picture without the app, as " + listed([".html", ".json", ".csv", ".svg"], "or")
    )
    st.code(words, language="bash")


def _quoted(value: str) -> str:
    plain = value.replace(".", "").replace("-", "").isalnum()
    return value if plain else "'" + value.replace("'", "'\\''") + "'"
