"""The script that app.py serves: navigation, then the page that was asked for."""

import gc

import streamlit as st

from viz import catalog
from viz.ui import style
from viz.ui.places import PAGES


@st.cache_resource(show_spinner=False)
def _freeze() -> None:
    """Take what is imported out of the garbage collector's rounds, once a process."""
    gc.freeze()


def main() -> None:
    """Draw the navigation and run one page."""
    pages = [st.Page(str(PAGES / "home.py"), title="Unrolled", default=True)]
    for concept in catalog.CONCEPTS:
        path = str(PAGES / f"{concept.slug}.py")
        pages.append(st.Page(path, title=concept.title, url_path=concept.slug))
    pages.append(st.Page(str(PAGES / "exam.py"), title="Exam", url_path="exam"))
    bare = st.query_params.get("lecture") == "1" or bool(st.context.is_embedded)
    page = st.navigation(pages, position="hidden" if bare else "top")
    title = "Unrolled" if page.url_path == "" else f"{page.title} · Unrolled"
    st.set_page_config(page_title=title, page_icon="🧵", layout="wide")
    style.apply(bare)
    _freeze()
    page.run()


main()
