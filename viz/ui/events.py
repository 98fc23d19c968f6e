"""What the browser tells the page: its width, the keys of lecture mode, that time has passed."""

import streamlit as st

from viz.settings import BaseSettings
from viz.ui import link
from viz.ui.jobs import WORKSHOP


def layout() -> str:
    """As the stage measured it; before that, a guess from the browser's name."""
    known = st.session_state.get("layout")
    if known:
        return str(known)
    return "phone" if "Mobi" in (st.context.headers.get("User-Agent") or "") else "wide"


def measured(place: str) -> None:
    """The stage is wider or narrower than the layout it was given."""
    st.session_state["layout"] = st.session_state[place]["layout"]


def lecture(place: str) -> None:
    """A key was pressed that begins or ends lecture mode: all of the page changes."""
    link.write("lecture", "1" if st.session_state[place].get("lecture") else None)
    st.rerun()


@st.fragment(run_every=0.4)
def watch(slug: str, view_key: str, settings: BaseSettings) -> None:
    """Ask after a job every now and then; when it is over, run the page."""
    job = WORKSHOP.ask(slug, view_key, settings)
    if job.over:
        st.rerun()
    st.progress(job.share, text=job.words or "waiting for its turn")
