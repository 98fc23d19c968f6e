import streamlit as st

from viz import ui
from viz.cnn import demo, exercises, pictures
from viz.ui import link

page = ui.Page("cnn")
page.show(demo.VIEWS)

cells = pictures.cells(page.settings.own) if demo.takes_drawing(page.settings) else []
if cells and page.tab == "Explore":
    before = page.settings.own
    editor = f"cells:{before}"

    def click() -> None:
        changes = st.session_state[editor]["edited_rows"]
        link.keep_own(page.slug, page.view, pictures.clicked(before, changes))

    with page.tab_places["Explore"]:
        st.markdown("Or click on cells:")
        st.data_editor(cells, key=editor, on_change=click, hide_index=True, width="content")

page.ask(exercises.ALL)
