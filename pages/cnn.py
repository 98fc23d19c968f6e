import streamlit as st

from viz import ui
from viz.cnn import demo, exercises, pictures
from viz.ui import link


def cells(page: ui.Page) -> None:
    """The picture's pixels as a table of check boxes, where the learner draws."""
    if not demo.takes_drawing(page.settings):
        return
    before = page.settings.own
    rows = pictures.cells(before)
    if not rows:
        return
    editor = f"cells:{before}"

    def click() -> None:
        changes = st.session_state[editor]["edited_rows"]
        link.keep_own(page.slug, page.view, pictures.clicked(before, changes))

    st.markdown("Or click on cells:")
    st.data_editor(rows, key=editor, on_change=click, hide_index=True, width="content")


page = ui.Page("cnn")
page.show(demo.VIEWS, cells)
page.ask(exercises.ALL)
