"""The app as a visitor has it: a real server, a real Chromium."""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from viz import catalog

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SLUGS = [concept.slug for concept in catalog.CONCEPTS]
OWN_404 = ("/_stcore/health", "/_stcore/host-config")


class Visitor:
    """One browser tab with everything it says and sends."""

    def __init__(self, browser, server, **options):
        options = {"viewport": {"width": 1280, "height": 720}, "bypass_csp": True} | options
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.url = server.url
        self.errors, self.foreign, self.sent = [], [], []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("websocket", lambda ws: ws.on("framesent", lambda _: self.sent.append(1)))

    def _console(self, message):
        url = (message.location or {}).get("url", "")
        known = "404" in message.text and url.endswith(OWN_404)
        if message.type == "error" and not known:
            self.errors.append(f"{message.text} [{url}]")

    def _request(self, request):
        if request.url.startswith(("http", "ws")) and "//127.0.0.1" not in request.url:
            self.foreign.append(request.url)

    def open(self, path):
        self.page.goto(f"{self.url}/{path}")
        return self.idle()

    def idle(self):
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000
        )
        self.page.wait_for_timeout(250)
        self.page.wait_for_selector(
            "[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000
        )
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.un-host, [class*=st-key-stage-], "
            "[class*=st-key-chart-]')].every(e => e.querySelector('.main-svg'))",
            timeout=60_000,
        )
        return self

    def text(self, selector):
        shown = f"document.querySelector({json.dumps(selector)})?.innerText"
        self.page.wait_for_function(f"() => {shown}", timeout=20_000)
        return self.page.evaluate(f"() => {shown}")

    def figure(self):
        self.page.wait_for_selector(".un-plot .main-svg")
        return self.page.evaluate(
            "() => JSON.stringify(document.querySelector('.un-plot')._fullData"
            ".map(t => [t.name, [...(t.x ?? [])], [...(t.y ?? [])]]))"
        )

    def press(self, key, wait=0):
        self.page.keyboard.press(key)
        self.page.wait_for_timeout(wait)


@pytest.fixture
def visit(chromium, server):
    opened = []

    def start(**options):
        opened.append(Visitor(chromium, server, **options))
        return opened[-1]

    yield start
    for visitor in opened:
        visitor.context.close()


def test_the_first_request_of_a_fresh_server_is_a_deep_link(chromium):
    from tests.conftest import Server

    fresh = Server()
    try:
        visitor = Visitor(chromium, fresh.wait())
        visitor.open("rnn?w=0.5&view=graph")
        assert "RNN" in visitor.page.title()
        assert visitor.page.get_by_role("link", name="Batch norm").is_visible()
        assert "2.125" in visitor.text(".un-caption")
        assert "w=0.5" in visitor.page.url
        visitor.context.close()
    finally:
        fresh.stop()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_opens_clean(visit, slug):
    visitor = visit().open(slug)
    assert visitor.text(".un-caption")
    assert not visitor.errors
    assert not visitor.foreign
    width = "document.documentElement.scrollWidth - innerWidth"
    assert visitor.page.evaluate(width) <= 0


def test_home_leads_to_the_pages(visit):
    visitor = visit().open("")
    assert visitor.page.locator(".un-card").count() == len(SLUGS)
    images = visitor.page.locator(".un-card img")
    assert images.first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    visitor.page.locator(".un-card").first.click()
    visitor.page.wait_for_selector(".un-caption")
    assert SLUGS[0] in visitor.page.url
    assert not visitor.errors
    assert not visitor.foreign


def test_settings_go_into_the_link_and_come_back(visit):
    visitor = visit().open("rnn")
    slider = visitor.page.locator("[data-testid=stSlider] input[type=range]").first
    slider.focus()
    for _ in range(3):
        visitor.press("ArrowLeft", 60)
    visitor.page.wait_for_url("**w=1.85**")
    visitor.idle()
    before = visitor.figure()
    link = visitor.page.url
    again = visit()
    again.page.goto(link)
    again.idle()
    assert again.figure() == before


def test_scrubbing_sends_nothing_until_it_settles(visit):
    visitor = visit().open("rnn")
    visitor.page.wait_for_selector(".un-plot .main-svg")
    visitor.page.evaluate("() => { document.querySelector('.un-plot').mark = 1; }")
    bar = visitor.page.locator(".un-bar input").first
    quiet = False
    for _ in range(4):  # on a machine that stalls for longer than the settling time, try again
        bar.evaluate("bar => { bar.value = bar.max; bar.dispatchEvent(new Event('input')); }")
        visitor.page.wait_for_timeout(600)
        visitor.idle()
        bar.focus()
        sent = len(visitor.sent)
        for _ in range(6):
            visitor.press("ArrowLeft", 40)
        quiet = quiet or len(visitor.sent) == sent
        visitor.page.wait_for_url("**step=9**")
        visitor.idle()
        assert len(visitor.sent) > sent
    assert quiet
    assert visitor.text(".un-label") == "∂y/∂s"
    assert visitor.page.evaluate("() => document.activeElement.type") == "range"
    assert visitor.page.evaluate("() => document.querySelector('.un-plot').mark") == 1


def test_play_runs_to_the_end_and_never_by_itself(visit):
    visitor = visit().open("batchnorm?step=20")
    label = visitor.text(".un-label")
    visitor.page.wait_for_timeout(600)
    assert visitor.text(".un-label") == label
    visitor.page.get_by_role("button", name="play").first.click()
    paused = "() => document.querySelector('.un-play').innerText === '▶ play'"
    visitor.page.wait_for_function(f"() => !({paused})()")
    visitor.page.wait_for_function(paused)
    assert visitor.text(".un-label") == "plus β"


def test_the_theme_switches_without_a_rerun(visit):
    visitor = visit(color_scheme="light").open("rnn")
    ground = "() => getComputedStyle(document.querySelector('.un-plot .main-svg')).backgroundColor"
    visitor.page.wait_for_selector(".un-plot .main-svg")
    visitor.page.wait_for_timeout(800)  # what the page says on opening is said by then
    assert visitor.page.evaluate(ground) == "rgb(255, 255, 255)"
    sent = len(visitor.sent)
    visitor.page.emulate_media(color_scheme="dark")
    visitor.page.wait_for_function(f"() => ({ground})() === 'rgb(17, 22, 29)'")
    assert len(visitor.sent) == sent


def test_a_phone_gets_its_own_layout(visit):
    visitor = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    visitor.open("rnn")
    visitor.page.wait_for_function(
        "() => document.querySelector('.un-plot')._fullLayout?.height > 500", timeout=15_000
    )
    scroll = visitor.page.evaluate(
        "() => document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"
    )
    assert scroll <= 0


def test_lecture_keys(visit):
    visitor = visit().open("rnn")
    visitor.page.locator("h1").click()
    visitor.press("l")
    visitor.page.wait_for_url("**lecture=1**")
    visitor.idle()
    assert visitor.page.locator(".st-key-tab").count() == 0
    visitor.press("ArrowLeft", 100)
    visitor.page.get_by_text("use 2 of w", exact=True).first.wait_for()
    visitor.press("Escape")
    visitor.page.wait_for_url(re.compile("^((?!lecture).)*$"))
    visitor.idle()
    assert visitor.page.locator(".st-key-tab [role=radio]").count() == 4


def test_a_question_is_asked_before_it_is_answered(visit):
    visitor = visit().open("rnn?tab=Check+yourself&q=rn-x3")
    assert visitor.page.locator(".un-plot").count() == 1  # the question's own, which tells nothing
    assert "23" not in visitor.text(".un-caption")
    assert "w^3" not in visitor.page.content()
    box = visitor.page.get_by_label("Your answer")
    commit = visitor.page.get_by_role("button", name="Commit")
    box.fill("w^2")
    commit.click()
    visitor.page.get_by_text("One more × node lies between p and q.").wait_for()
    assert "23" not in visitor.text(".un-caption")
    box.fill("w w w")
    commit.click()
    visitor.page.get_by_text("Right.").wait_for()
    visitor.idle()
    assert "23" in visitor.text(".un-caption")
    stored = visitor.page.evaluate("() => localStorage.getItem('unrolled:progress')")
    assert json.loads(stored) == {"v": 1, "solved": {"rn-x3": [0]}}


def test_foreign_progress_does_no_harm(visit):
    visitor = visit().open("")
    for hostile in ("{", "null", '{"v":1,"solved":{"rn-x3":["<img src=x onerror=alert(1)>"]}}'):
        visitor.page.evaluate("text => localStorage.setItem('unrolled:progress', text)", hostile)
        visitor.open("rnn?tab=Check+yourself")
        assert not visitor.errors


def test_axes_hold_the_pinned_picture_too(visit):
    heights = """() => {
      const plot = document.querySelector('.un-plot');
      const lines = plot._fullData.filter((t) => t.yaxis === 'y' && t.mode === 'lines');
      const parts = Map.groupBy(lines, (t) => t.name === 'pinned');
      const heights = (some) => some.flatMap((trace) => [...trace.y]);
      const ends = (some) => [Math.min(...heights(some)), Math.max(...heights(some))];
      return [plot._fullLayout.yaxis.range, ends(parts.get(true)), ends(parts.get(false))];
    }"""
    visitor = visit().open("dropout?ghost=p%3D0.9&p=0.2").idle()
    visitor.page.wait_for_selector(".un-plot .main-svg")
    (low, high), pinned, shown = visitor.page.evaluate(heights)
    assert pinned[1] < shown[0]
    assert low <= pinned[0]
    assert shown[1] <= high


def test_a_ghost_is_pinned(visit):
    visitor = visit().open("batchnorm")
    visitor.page.get_by_role("button", name="Pin", exact=True).click()
    visitor.page.wait_for_url("**ghost=**")
    visitor.idle().page.wait_for_selector(".un-plot .main-svg")
    names = visitor.page.evaluate(
        "() => document.querySelector('.un-plot')._fullData.map(t => t.name)"
    )
    assert "pinned" in names
    visitor.page.get_by_role("button", name="Unpin").click()
    visitor.page.wait_for_url(re.compile("^((?!ghost).)*$"))


def test_pages_that_share_a_key_keep_apart(visit):
    visitor = visit().open("gnn")
    slider = visitor.page.locator("[data-testid=stSlider] input[type=range]").first
    slider.focus()
    for _ in range(2):
        visitor.press("ArrowRight", 400)
    changed = visitor.idle().figure()
    for concept in catalog.CONCEPTS:
        visitor.page.get_by_role("link", name=concept.title, exact=True).first.click()
        visitor.page.wait_for_url(f"**/{concept.slug}**")
        visitor.page.get_by_text(concept.question, exact=True).first.wait_for()
        visitor.idle()
        assert visitor.page.get_by_test_id("stException").count() == 0, concept.slug
        fresh = visit().open(f"{concept.slug}?{visitor.page.url.partition('?')[2]}")
        assert visitor.figure() == fresh.figure(), concept.slug
        fresh.context.close()
    assert changed


@pytest.mark.parametrize(
    "path",
    [
        "rnn?w=nan&u=%3Cscript%3E&step=1e9&view=..%2F&ghost=%00&q=%27&variant=-1",
        "batchnorm?m=1e400&v=&g=abc&data=zz&tab=nonsense&lecture=2&step=-3",
        "batchnorm?data=own&own=" + "%F0%9F%98%80" * 50,
    ],
)
def test_nonsense_in_a_link_gets_a_sentence(visit, path):
    visitor = visit().open(path)
    assert visitor.page.get_by_test_id("stException").count() == 0
    assert visitor.page.get_by_test_id("stAlert").count() >= 1
    assert visitor.text(".un-caption")
    assert not visitor.errors


def test_exported_html_still_scrubs(chromium, tmp_path):
    out = tmp_path / "film.html"
    command = [sys.executable, "-m", "viz.export", "rnn", "--set", "w=0.5", "-o", str(out)]
    subprocess.run(command, cwd=ROOT, check=True)
    page = chromium.new_context(offline=True).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"file://{out}")
    page.wait_for_selector(".un-plot .main-svg")
    assert "2.125" in page.locator(".un-caption").inner_text()
    page.locator(".un-bar input").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(200)
    assert page.locator(".un-label").inner_text() == "use 2 of w"
    assert not errors
    page.context.close()


@pytest.mark.parametrize(
    ("item", "start"),
    [
        ("Save as PNG", b"\x89PNG"),
        ("Save as SVG", b"<svg"),
        ("Save as HTML that still plays", b"<!doctype html>"),
        ("Save the data as CSV", b"node,value"),
    ],
)
def test_the_menu_saves(visit, item, start):
    visitor = visit().open("rnn")
    stage = visitor.page.locator("[class*=st-key-stage-]")
    stage.get_by_role("button", name="save or share this picture").click()
    with visitor.page.expect_download() as download:
        stage.get_by_role("menuitem", name=item).click()
    assert Path(download.value.path()).read_bytes().startswith(start)


def test_the_policy_is_clean(chromium, server):
    visitor = Visitor(chromium, server, bypass_csp=False)
    visitor.page.goto(f"{server.url}/rnn")
    visitor.page.wait_for_selector(".un-plot .main-svg", timeout=60_000)
    visitor.page.wait_for_timeout(500)
    assert not visitor.errors
    visitor.context.close()


def test_headers_assets_and_readiness(server):
    def get(path, **headers):
        return urllib.request.urlopen(urllib.request.Request(server.url + path, headers=headers))

    page = get("/")
    policy = page.headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'self'" in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert get("/ready").read() == b"ready\n"
    from viz.ui.stage.files import URL

    assert "link" not in page.headers
    assert b"early.js" not in page.read()
    stage = get("/rnn", **{"If-None-Match": page.headers["etag"]})
    body = stage.read()
    assert len(body) == int(stage.headers["content-length"])
    (script,) = re.findall(r'<script async src="([^"]+)"></script></head>', body.decode())
    assert b"plotly.min.js" in get(script).read()
    named = re.findall(r"<([^>]+)>", stage.headers["link"])
    assert f"{URL}/plotly.min.js" in named
    assert all(get(path).status == 200 for path in named)
    plotly = get(f"{URL}/plotly.min.js", **{"Accept-Encoding": "gzip"})
    assert "immutable" in plotly.headers["cache-control"]
    assert plotly.headers["content-encoding"] == "gzip"
    assert len(plotly.read()) < 2_000_000


@pytest.fixture(scope="module")
def axe():
    import axe_core_python

    folder = Path(axe_core_python.__file__).parent
    return (folder / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("slug", ["", *SLUGS, "exam", "rnn?tab=Check+yourself"])
def test_nothing_serious_for_axe(visit, axe, scheme, slug):
    visitor = visit(color_scheme=scheme).open(slug)
    visitor.page.evaluate(axe)
    found = visitor.page.evaluate("() => axe.run()")["violations"]
    serious = [
        (v["id"], [n["html"][:120] for n in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert not serious


HARNESS = """async ({ url, films }) => {
  const stage = (await import(url + '/stage.js')).default;
  document.body.innerHTML = "<div class='un-host'></div>";
  const said = [];
  const rest = { ghost: null, step: null, move: 0, layout: 'wide', lecture: null, url };
  const setStateValue = (...pair) => said.push(pair);
  const show = async film => {
    stage({ data: { film, ...rest }, parentElement: document.body, setStateValue });
    await new Promise(done => setTimeout(done, 300));
    const bar = document.querySelector('.un-bar');
    const caption = document.querySelector('.un-caption').innerText;
    return [caption, bar.hidden, +bar.querySelector('input').value];
  };
  const seen = [];
  for (const film of films) seen.push(await show(film));
  return seen;
}"""


def test_the_stage_takes_empty_single_and_shrinking_films(visit):
    from viz.draw import film as films
    from viz.ui.stage.files import URL

    visitor = visit(bypass_csp=True).open("rnn")
    view = catalog.find("rnn").views()[0]
    long = films.to_json(view.film(view.run(view.settings(inputs="1, 2, 3, 4, 5, 6"))))
    short = films.to_json(view.film(view.run(view.settings(inputs="1"))))
    single = {**short, "frames": short["frames"][:1], "start": 0}
    empty = {**short, "frames": [], "start": 0}
    shown = visitor.page.evaluate(
        HARNESS, {"url": URL, "films": [long, short, single, empty, long]}
    )
    assert [hidden for _, hidden, _ in shown] == [False, False, True, True, False]
    assert shown[0][2] == len(long["frames"]) - 1
    assert shown[1][2] == len(short["frames"]) - 1
    assert shown[2][0]
    assert shown[3][0] == ""
    assert not visitor.errors


def test_two_stages_on_one_page_play_apart(visit):
    visitor = visit().open("rnn")
    visitor.page.wait_for_function(
        "() => document.querySelectorAll('.un-plot .main-svg').length > 2"
    )
    assert visitor.page.locator(".un-stage").count() == 2
    captions = visitor.page.locator(".un-caption").all_inner_texts()
    assert captions[0] != captions[1]
    visitor.page.locator(".un-bar input").first.focus()
    visitor.press("ArrowLeft", 150)
    assert visitor.page.locator(".un-caption").nth(1).inner_text() == captions[1]
