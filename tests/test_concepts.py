"""What holds for every concept, read from the catalog."""

import json
import math
import re
from urllib.parse import urlencode

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import EXAMPLES
from viz import catalog, quiz
from viz import settings as settings_
from viz.draw import film as films
from viz.draw import theme
from viz.ui import tabs

VIEWS = [(c.slug, v.key) for c in catalog.CONCEPTS for v in c.views()]
MAKERS = [(c.slug, i) for c in catalog.CONCEPTS for i in range(len(c.exercises()))]
VARIANTS = (None, 1, 2, 7, 42, 9999)
TOKENS = {value.upper() for value in theme.LIGHT.values()}
HEX = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b")
UGLY = re.compile(r"\bnan\b|\binf\b|\d[eE][-+]\d|(?<![\w^-])-\d|\$", re.IGNORECASE)


def view_of(slug, key):
    return next(v for v in catalog.find(slug).views() if v.key == key)


def texts_of(part):
    """All strings that a reader can see in a figure's dict."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("text", "ticktext", "texttemplate", "title"):
                yield from strings_in(value)
            elif key != "template":
                yield from texts_of(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from texts_of(value)


def strings_in(value):
    if isinstance(value, str):
        yield re.sub(r"<[^>]*>", "", value)
    elif isinstance(value, dict):
        yield from strings_in(value.get("text"))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings_in(one)


def numbers_in(part):
    if isinstance(part, float):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from numbers_in(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from numbers_in(value)


def hidden_words(figure):
    """Words of text traces that stand outside their axes: Plotly does not show them."""
    for trace in figure["data"]:
        if "text" not in trace.get("mode", "") or not isinstance(trace.get("text"), list):
            continue
        for letter in "xy":
            axis = figure["layout"].get(f"{letter}axis{trace.get(f'{letter}axis', letter)[1:]}", {})
            values = trace.get(letter)
            if not isinstance(values, list) or axis.get("type") == "log" or "range" not in axis:
                continue
            low, high = sorted(axis["range"])
            for value, text in zip(values, trace["text"], strict=False):
                number = isinstance(value, int | float)
                if number and text and str(text).strip() and not low <= value <= high:
                    yield trace.get("name"), text, value


def assert_honest(film, *, own_words=False):
    """Every frame has a caption that people can read, and no number is NaN or infinite.

    With ``own_words`` the caption quotes what a reader typed, and that may look like anything.
    """
    for frame in film.frames:
        words = films.plain(frame.caption)
        assert words
        assert own_words or not UGLY.search(words), words
        assert "{" not in words, words
    for trace in film.figure.data:
        for name in ("x", "y", "z"):
            values = np.asarray(getattr(trace, name, None), dtype=object).ravel()
            floats = [v for v in values if isinstance(v, float)]
            assert all(map(math.isfinite, floats)), (trace.name, name)
    # A gap in a line is None; a NaN would have become null silently.
    assert all(map(math.isfinite, numbers_in([f.layout for f in film.frames])))
    # Figures are made without Plotly's check (viz.draw.theme.figure); here it is made up for.
    for index in {0, len(film.frames) // 2, film.start_index} if film.frames else ():
        figure = films.figure_at(film, index)
        go.Figure(figure)
        assert not list(hidden_words(figure)), index


@pytest.mark.parametrize(("slug", "key"), VIEWS)
@pytest.mark.parametrize("phone", [False, True])
def test_the_default_film_is_sound(slug, key, phone):
    view = view_of(slug, key)
    result = view.run(view.settings())
    film = view.film(result, phone=phone)
    for chart in (film, *view.more(result, phone=phone)):
        assert_honest(chart)
    content = films.to_json(film)
    size = len(json.dumps(content))
    assert size <= (300_000 if len(film.frames) > 1 else 100_000), size
    assert len(film.frames) <= 201
    assert film.figure.layout.width is None
    assert film.figure.layout.paper_bgcolor is None or film.figure.layout.paper_bgcolor == theme.BG
    colours = set(HEX.findall(json.dumps(content).upper()))
    assert colours <= TOKENS, colours - TOKENS
    seen = [*texts_of(content["figure"]), *texts_of([f["layout"] for f in content["frames"]])]
    assert not [text for text in seen if UGLY.search(text)]


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_the_defaults_are_the_exams_case_and_quick(slug, key):
    view = view_of(slug, key)
    assert not view.slow(view.settings())
    assert view.settings() == settings_.read(view.settings, {}).settings


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_presets_and_findings_run(slug, key):
    view = view_of(slug, key)
    for preset in (*view.presets, *view.findings):
        target = view_of(slug, preset.view) if preset.view else view
        chosen = settings_.settings_from(target.settings, preset.values)
        assert {n: getattr(chosen, n) for n in preset.values} == dict(preset.values), preset.label
        if not target.slow(chosen):
            film = target.film(target.run(chosen))
            assert_honest(film)
            assert preset.step is None or preset.step < len(film.frames)


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_settings_survive_a_link(slug, key):
    model = view_of(slug, key).settings

    @given(st.from_type(model))
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def survives(drawn):
        chosen = settings_.settings_from(model, drawn.model_dump())
        link = settings_.to_link(chosen)
        assert len(urlencode({k: v for k, v in link.items() if k != "own"})) < 2000
        again = settings_.read(model, {name: [value] for name, value in link.items()})
        assert again.settings == chosen
        assert not again.problems

    survives()


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_no_link_breaks_a_view(slug, key):
    view = view_of(slug, key)

    @given(st.from_type(view.settings))
    @settings(max_examples=EXAMPLES or 12, deadline=None, suppress_health_check=list(HealthCheck))
    def holds(drawn):
        chosen = settings_.settings_from(view.settings, drawn.model_dump())
        if view.slow(chosen):
            return
        try:
            result = view.run(chosen)
        except ValueError as error:
            sentence = str(error)
        else:
            sentence = ""
        if sentence:
            assert len(sentence) > 10
            return
        typed = any(
            control.kind in ("text", "own") and getattr(chosen, control.field) != control.default
            for control in settings_.controls(view.settings)
        )
        for phone in (False, True):
            assert_honest(view.film(result, phone=phone), own_words=typed)
        for line in view.derive(result):
            assert not re.search(r"\bnan\b|\binf\b", line.latex + line.words), line
        assert "✗" not in tabs.agreement(view.agree(chosen), view.atol)

    holds()


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_the_witnesses_agree(slug, key):
    view = view_of(slug, key)
    values = list(view.agree(view.settings()).values())
    assert len(values) >= 2
    scale = max(1.0, *map(abs, values))
    assert max(values) - min(values) <= view.atol * scale


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_the_snippet_gives_the_answer(slug, key):
    view = view_of(slug, key)
    chosen = view.settings()
    space: dict[str, object] = {}
    exec(compile(view.snippet(chosen), f"{slug}/{key}", "exec"), space)
    answer = view.answer(view.run(chosen))
    np.testing.assert_allclose(
        np.asarray(space["answer"], dtype=float),
        np.asarray(answer, dtype=float),
        atol=2e-4,
        rtol=2e-4,
    )


@pytest.mark.parametrize("slug", [c.slug for c in catalog.CONCEPTS])
def test_a_key_means_one_declaration(slug):
    seen: dict[str, settings_.Control] = {}
    for view in catalog.find(slug).views():
        for control in settings_.controls(view.settings):
            other = seen.setdefault(control.key, control)
            mine = (control.kind, control.default, control.low, control.high, control.step)
            theirs = (other.kind, other.default, other.low, other.high, other.step)
            assert control.kind == "own" or (mine, control.stops) == (theirs, other.stops)
            assert control.key.isascii()
            assert all(str(stop).isascii() for stop in control.stops)


@pytest.mark.parametrize(("slug", "number"), MAKERS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_an_exercise_accepts_its_own_answer_and_repeats(slug, number, variant):
    maker = catalog.find(slug).exercises()[number]
    question, again = quiz.pose(maker, variant), quiz.pose(maker, variant)
    key = question.answer.key_text()
    verdict = quiz.check(question, key)
    assert verdict.right
    assert question.prompt == again.prompt
    assert key == again.answer.key_text()
    assert question.why
    assert question.answer.shown()
    for figure in (question.figure, question.solution):
        for phone in (False, True):
            if figure is not None:
                assert_honest(quiz.drawn(figure, phone=phone))


@pytest.mark.parametrize(("slug", "number"), MAKERS)
def test_listed_mistakes_are_wrong(slug, number):
    maker = catalog.find(slug).exercises()[number]
    for variant in VARIANTS:
        question = quiz.pose(maker, variant)
        for feedback in question.feedback:
            if feedback.accept or callable(feedback.wrong):
                continue
            answer = question.answer
            if feedback.part is not None and isinstance(answer, quiz.Parts):
                answer = answer.items[feedback.part][1]
            value = answer.read(answer.key_text())
            assert not answer.same(value, feedback.wrong), feedback.words


def test_related_concepts_exist_and_are_others():
    slugs = {concept.slug for concept in catalog.CONCEPTS}
    for concept in catalog.CONCEPTS:
        assert {slug for slug, _ in concept.related} <= slugs - {concept.slug}


def test_question_ids_are_unique():
    ids = [maker(None).id for concept in catalog.CONCEPTS for maker in concept.exercises()]
    assert len(ids) == len(set(ids))
