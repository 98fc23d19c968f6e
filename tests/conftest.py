"""What tests of several folders use: a running server, a browser, the concepts."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
# Small matrices are multiplied fastest on one thread; several only wait for each other.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
# The suite draws the same examples every time; ``make fuzz`` draws new ones, and that many.
EXAMPLES = int(os.environ.get("EXAMPLES", "0"))
settings.register_profile("suite", derandomize=not EXAMPLES)
settings.load_profile("suite")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


class Server:
    """The app in a process of its own on a free port of the loopback address."""

    def __init__(self, *arguments: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        address = ["--server.port", str(port), "--server.address", "127.0.0.1"]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", *address, *arguments]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.log, stderr=self.log)

    def wait(self, seconds: float = 60) -> "Server":
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if urllib.request.urlopen(f"{self.url}/ready", timeout=2).status == 200:
                    return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start: {self.output()[-2000:]}")

    def output(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


def _fixed(trace: dict[str, Any], path: str = "") -> dict[str, Any]:
    """A trace without what the stage's painter repaints by itself."""
    source = (ROOT / "viz/ui/stage/painter.js").read_text("utf-8")
    moves = re.compile(re.search(r"const MOVES = /(.*)/;", source)[1])
    left = {}
    for key, value in trace.items():
        if moves.match(path + key):
            left[key] = ...
        else:
            left[key] = _fixed(value, f"{path}{key}.") if isinstance(value, dict) else value
    return left


@pytest.fixture(scope="session")
def planned() -> Callable[[Any], Any]:
    """What of a film's first picture makes the stage plan it anew when it changes.

    Plotly takes about 100 ms to plan a diagram; everything else is repainted.
    """
    from viz.draw import film as films

    def parts(film: films.Film) -> Any:
        figure = films.figure_at(film, film.start_index)
        layout = {k: v for k, v in figure["layout"].items() if k not in ("annotations", "shapes")}
        axes = {k: v for k, v in layout.items() if re.fullmatch(r"[xy]axis\d*", k)}
        moving = ("range", "tickvals", "ticktext", "title")
        layout |= {k: {n: ... if n in moving else v[n] for n in v} for k, v in axes.items()}
        return [_fixed(trace) for trace in figure["data"]], layout

    return parts


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server()
    try:
        yield running.wait()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ROOT / "tests"))
    try:
        import chromium as finder
    finally:
        sys.path.pop(0)
    path = finder.find()
    if path is None:
        pytest.fail(finder.ADVICE)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *root])
        yield browser
        browser.close()
