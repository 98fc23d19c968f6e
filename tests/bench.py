"""Page budgets: our pages and an empty Streamlit page in turn; python -m tests.bench [slug ...]."""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests import chromium
from tests.conftest import ARGUMENTS, ROOT
from viz import catalog

PRESSES, ROUNDS = 8, 3
DEFAULTS = ["--runner.postScriptGC", "true", "--server.fileWatcherType", "auto"]
METER = """
(() => {
  const now = () => performance.now();
  window.meter = { start: 0, end: 0 };
  addEventListener('keydown', () => { meter.start = now(); meter.end = 0; }, true);
  new MutationObserver(found => {
    if (!meter.start || meter.end || !found.some(f => f.target.closest?.('.js-plotly-plot') ||
        [...f.addedNodes].some(n => n.querySelector?.('.js-plotly-plot, .main-svg')))) return;
    requestAnimationFrame(() => setTimeout(() => { meter.end ||= now(); }));
  }).observe(document, { subtree: true, childList: true, attributes: true });
})();
"""


SCRUB = """
async () => {
  const stage = document.querySelector('.un-host').unrolled;
  const taken = [];
  for (let i = 0; i < 15; i++) {
    stage.index = (stage.index + 1) % stage.frames;
    const start = performance.now();
    await stage.draw();
    taken.push(performance.now() - start);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
  return taken;
}
"""


@contextmanager
def serving(folder: Path, *options: str):
    """A server for an app folder on a free port."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        port,
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
        "--browser.gatherUsageStats",
        "false",
        *options,
    ]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1)
                    break
                except OSError:
                    time.sleep(0.05)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def first_paint(browser, url: str) -> float:
    """Milliseconds from navigation to a drawn chart, in a new profile."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    took = (time.perf_counter() - started) * 1000
    context.close()
    return took


def interaction(browser, url: str) -> list[float]:
    """Milliseconds from a key press on the first control to the repainted chart."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900})
    context.add_init_script(METER)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    page.wait_for_timeout(1500)
    press = _control(page)
    found = []
    for i in range(PRESSES + 1 if press else 0):
        press(i)
        page.wait_for_timeout(500)
        if not i:
            continue  # the first press of a visit warms the page up
        start, end = page.evaluate("() => [meter.start, meter.end]")
        if end:
            found.append(end - start)
    context.close()
    return found


def _control(page):
    """How the page's first control is moved by a key: a slider, a number, a switch."""
    slider = page.locator("[data-testid=stSlider] input[type=range]").first
    number = page.locator(".st-key-un-controls [data-testid=stNumberInput] input").first
    switch = page.locator(".st-key-un-controls [data-testid=stCheckbox] input").first
    if slider.count():
        return _walker(page, slider, "ArrowRight", "ArrowLeft")
    if number.count():
        return _walker(page, number, "ArrowUp", "ArrowDown")
    if not switch.count():
        return None
    switch.focus()
    return lambda _: page.keyboard.press("Space")


def _walker(page, field, on: str, back: str):
    """One step on at each press, and back from the end: a value's first visit is not cached."""
    field.focus()
    keys = [on]

    def press(_):
        value, high = field.evaluate("e => [e.value, e.max].map(Number)")
        if value >= high:
            keys[0] = back
        page.keyboard.press(keys[0])

    return press


def scrub(browser, url: str) -> float:
    """Milliseconds of script for a frame of the stage, without a message to the server."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(url)
    page.wait_for_function("() => document.querySelector('.un-host')?.unrolled?.root.dataset.frame")
    page.wait_for_timeout(1500)
    taken = page.evaluate(SCRUB)
    context.close()
    return statistics.median(taken)


def script_ms(slug: str) -> float:
    """Milliseconds of one run of a page's script, caches warm, as a visitor's next run has it."""
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    app.switch_page(str(ROOT / f"pages/{slug}.py")).run()
    times = []
    for _ in range(7):
        started = time.perf_counter()
        app.run()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print one line a page: script time, interaction and first paint with their ratios."""
    from playwright.sync_api import sync_playwright

    with (
        sync_playwright() as playwright,
        serving(ROOT) as ours,
        serving(ROOT / "tests/floor", *DEFAULTS) as floor,
        serving(
            ROOT / "tests/floor",
            "--runner.postScriptGC",
            "false",
            "--server.fileWatcherType",
            "none",
        ) as tuned,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=[*ARGUMENTS, "--no-sandbox"]
        )
        print(
            f"{'page':13}{'script ms':>10}{'press ms':>10}{'/ default':>10}{'/ tuned':>10}"
            f"{'paint ms':>10}{'/ default':>10}{'frame ms':>10}"
        )
        for concept in catalog.CONCEPTS:
            if sys.argv[1:] and concept.slug not in sys.argv[1:]:
                continue
            measure(browser, concept.slug, f"{ours}/{concept.slug}", floor, tuned)
        browser.close()


def measure(browser, slug: str, page: str, floor: str, tuned: str) -> None:
    """Take every figure in turn, so that a busy machine hits all alike."""
    presses: dict[str, list[float]] = {page: [], floor: [], tuned: []}
    paints: dict[str, list[float]] = {page: [], floor: []}
    for _ in range(ROUNDS):
        for url, known in paints.items():
            known.append(first_paint(browser, url))
        for url, known in presses.items():
            known.extend(interaction(browser, url))
    press = {url: statistics.median(v) if v else float("nan") for url, v in presses.items()}
    paint = {url: statistics.median(v) for url, v in paints.items()}
    print(
        f"{slug:13}{script_ms(slug):10.1f}{press[page]:10.0f}{press[page] / press[floor]:10.2f}"
        f"{press[page] / press[tuned]:10.2f}{paint[page]:10.0f}{paint[page] / paint[floor]:10.2f}"
        f"{scrub(browser, page):10.1f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
