"""The door: Streamlit as an ASGI app, with the stage's files, gzip and security headers."""

from pathlib import Path

from streamlit import App

from viz.ui import server

ROOT = Path(__file__).resolve().parent

app = App(ROOT / "viz/ui/main.py", routes=server.routes(), middleware=server.middleware())
