"""A painted frame is, element by element, the picture that Plotly draws from scratch."""

from pathlib import Path

import pytest

from tests.browser.test_app import visit  # noqa: F401
from viz import catalog
from viz.draw import film as films
from viz.ui.stage import files

pytestmark = pytest.mark.browser
VIEWS = [(c.slug, v.key) for c in catalog.CONCEPTS for v in c.views()]
SHOWN, OTHERS = 7, 5
MEASURE = (Path(__file__).parent / "painter.js").read_text("utf-8")


@pytest.fixture(scope="module")
def bench(chromium):
    context = chromium.new_context(viewport={"width": 1100, "height": 800})
    page = context.new_page()
    page.set_content(
        f"<!doctype html><style>{files.contents()['stage.css'].decode()}</style><body></body>"
    )
    page.add_script_tag(path=str(files.PLOTLY))
    source = files.stage_source().replace("export default function", "function", 1)
    page.add_script_tag(content=f"{{{source};window.stage = stage;}}")
    yield page
    context.close()


def seen(view):
    """The view as it opens, its states that are named on the page, and as it opens again."""
    models = [view.settings()]
    models += [view.settings(**p.values) for p in (*view.presets, *view.findings)]
    fast = [m for m in models if not view.slow(m)][:OTHERS]
    return [films.to_json(view.film(view.run(m))) for m in (*fast, fast[0])]


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_a_painted_picture_is_plotlys(bench, slug, key):
    view = next(v for v in catalog.find(slug).views() if v.key == key)
    found = bench.evaluate(MEASURE, {"films": seen(view), "shown": SHOWN})
    assert not found["wrong"], "\n".join(found["wrong"][:3])
    assert found["inFilm"] <= 2, "frames of one film are painted, not planned"


BARS = "() => [...document.querySelectorAll('.barlayer .point path')].map(p => p.getBBox().height)"


def test_bars_stay_when_their_axis_changes_with_them(visit):  # noqa: F811
    visitor = visit().open("cnn?view=slide")
    before = visitor.page.evaluate(BARS)
    visitor.page.locator("button:visible", has_text="3×3 on both sides").last.click()
    visitor.idle()
    visitor.page.wait_for_timeout(1500)
    after = visitor.page.evaluate(BARS)
    assert len(after) == len(before) > 0
    assert min(before) > 0
    assert min(after) > 0


def test_words_appear_where_there_were_none(visit):  # noqa: F811
    visitor = visit().open("translation?step=0")
    bar = visitor.page.locator(".un-bar input[type=range]").first
    bar.focus()
    visitor.page.keyboard.press("End")
    visitor.page.wait_for_timeout(800)
    stepped = "() => [...document.querySelectorAll('.un-plot .textpoint')].map(t => t.textContent)"
    after = sorted(filter(None, visitor.page.evaluate(stepped)))
    visitor.open("translation")
    visitor.page.wait_for_timeout(800)
    assert after == sorted(filter(None, visitor.page.evaluate(stepped)))
