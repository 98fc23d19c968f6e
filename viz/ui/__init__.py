"""All that is Streamlit: navigation, the page frame, the stage, questions, jobs and the server."""

from typing import Any


def __getattr__(name: str) -> Any:
    """``ui.Page``, imported late: the export reads the stage's files without Streamlit."""
    if name == "Page":
        from viz.ui.page import Page

        return Page
    raise AttributeError(name)
