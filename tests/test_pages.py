"""Every page through Streamlit's own runner: the frame, hostile links, tabs, questions."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from viz import catalog, quiz
from viz.ui.jobs import WORKSHOP

ROOT = Path(__file__).resolve().parents[1]
SLUGS = [concept.slug for concept in catalog.CONCEPTS]
TABS = ("Explore", "Derive", "Check yourself", "Code")


def open_page(slug, **query):
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / f"pages/{slug}.py")).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_home_opens():
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60).run()
    assert not app.exception
    assert "Unrolled" in app.markdown[0].value


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens(slug, tab):
    app = open_page(slug, tab=tab)
    assert catalog.find(slug).question in app.markdown[0].value
    if tab != "Check yourself":
        assert app.get("bidi_component")


@pytest.mark.parametrize("slug", SLUGS)
def test_every_view_opens(slug):
    for view in catalog.find(slug).views():
        app = open_page(slug, view=view.key)
        assert any(view.key in c.proto.id for c in app.get("bidi_component"))


@pytest.mark.parametrize("slug", SLUGS)
def test_nonsense_in_a_link_gets_sentences(slug):
    nonsense = {"view": "zz", "step": "-1", "ghost": "%%%=1&x", "q": "nothing", "variant": "x"}
    app = open_page(slug, **nonsense, tab="Explore")
    said = " ".join(warning.value for warning in app.warning)
    assert "view must be one of" in said
    assert "step must be" in said
    assert "ghost must be settings" in said


@pytest.mark.parametrize("slug", SLUGS)
def test_words_that_a_link_may_not_have_get_sentences(slug):
    app = open_page(slug, tab="Elsewhere", lecture="7", ghost="nonsense")
    said = " ".join(warning.value for warning in app.warning)
    assert "tab must be one of Explore, Derive, Check yourself, Code, got Elsewhere" in said
    assert "lecture must be 0 or 1, got 7" in said
    assert "ghost must be settings such as key=value, got nonsense" in said
    good = open_page(slug, tab="Derive", lecture="0", ghost="exam")
    assert not good.warning


@pytest.mark.parametrize("slug", SLUGS)
def test_lecture_and_embedding_show_the_stage_alone(slug):
    app = open_page(slug, lecture="1")
    assert app.get("bidi_component")
    assert not any(group.key == "tab" for group in app.get("button_group"))


@pytest.mark.parametrize("slug", SLUGS)
def test_no_key_is_on_the_page_before_the_commit(slug):
    maker = catalog.find(slug).exercises()[0]
    question = quiz.pose(maker, None)
    app = open_page(slug, tab="Check yourself")
    assert question.why not in [m.value for m in app.markdown]
    assert not any("Answer:" in m.value for m in app.markdown)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_commit_is_answered(slug):
    app = open_page(slug, tab="Check yourself")
    app.button(key=next(b.key for b in app.button if b.label == "Commit")).click().run()
    assert not app.exception
    assert [w for w in app.warning if "Not an attempt yet" in w.value] or any(
        "Not yet" in m.value or "Right" in m.value for m in app.markdown
    )


def test_jobs_end():
    assert all(job.over or job.state == "cancelled" for job in WORKSHOP._jobs.values())
