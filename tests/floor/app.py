"""The empty app that our pages are measured against: two pages, each a slider and a chart."""

import streamlit as st

st.navigation([st.Page("pages/wave.py", default=True), st.Page("pages/chirp.py")]).run()
