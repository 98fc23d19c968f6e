"""What is wrong with a link or an entry, said in one place."""

import re
from collections.abc import Sequence

import streamlit as st

_MARKS = re.compile(r"([\\`*_\[\]$~<>#|])")


def warn(sentences: Sequence[str]) -> None:
    """One alert with a line for each sentence; none without sentences."""
    if sentences:
        # What was typed is shown as it was, whatever Markdown makes of its marks.
        lines = [_MARKS.sub(r"\\\1", sentence) for sentence in sentences]
        st.warning("  \n".join(lines), icon=":material/error:")
