"""What is wrong with a link or an entry, said in one place."""

from collections.abc import Sequence

import streamlit as st


def warn(sentences: Sequence[str]) -> None:
    """One alert with a line for each sentence; none without sentences."""
    if sentences:
        st.warning("  \n".join(sentences), icon=":material/error:")
