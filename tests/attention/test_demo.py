import numpy as np
import pytest
import torch

from viz.attention import demo, witnesses
from viz.attention.controls import (
    SEED,
    VECTORS,
    LearnSettings,
    MapSettings,
    SizeSettings,
    SlopeSettings,
    TableSettings,
    TokenSettings,
)
from viz.attention.entries import inputs_of
from viz.settings import controls, settings_from

BY_KEY = {view.key: view for view in demo.VIEWS}
STATES = [
    TableSettings(),
    TableSettings(scaled=True, keys="1 2; 3 -4; 0.5 0.25", values="1; -2; 0.5"),
    TableSettings(play="steps", mode="argmax"),
    TableSettings(play="steps", mode="straight-through", temperature=2.0),
    TableSettings(play="steps", temperature=0.5, upstream="1 -2 0.5"),
    TableSettings(data="own", own="keys\n1,2\n3,4\nvalues\n1\n2\nquery\n0.5, -1"),
    MapSettings(q1=-2.0, q3=0.5),
    MapSettings(keys="1 0 0; 1 0 0; 0 1 0", values="1; 2; 3"),
    SlopeSettings(scaled=True),
    LearnSettings(),
    LearnSettings(train="keys", temperature=2.0, scaled=True),
    LearnSettings(train="values", target="own", own_target="1 1 1", learning_rate=0.316),
    SizeSettings(num_keys=8, seed=7),
    SizeSettings(draws=5),
    TokenSettings(),
    TokenSettings(source="random", projections="random", causal=False, num_tokens=9, width=12),
    TokenSettings(source="own", own="1 2\n3 4\n0 -1", projections="random", divide=False),
    TokenSettings(sentence="a b a", heat=4.0, width=8),
]


def view_of(settings):
    return next(view for view in demo.VIEWS if view.settings is type(settings))


@pytest.mark.parametrize("settings", STATES, ids=lambda s: type(s).__name__)
def test_the_snippet_gives_the_answer_in_every_state(settings):
    view = view_of(settings)
    chosen = settings_from(type(settings), settings.model_dump())
    space = {}
    exec(compile(view.snippet(chosen), view.key, "exec"), space)
    answer = view.answer(view.run(chosen))
    np.testing.assert_allclose(space["answer"], answer, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("settings", STATES, ids=lambda s: type(s).__name__)
def test_the_witnesses_agree_in_every_state(settings):
    view = view_of(settings)
    values = list(view.agree(settings).values())
    assert len(values) >= 2
    assert np.ptp(values) <= view.atol * max(1, np.abs(values).max())


def test_the_snippet_for_argmax_shows_that_no_path_leads_back(capsys):
    view = BY_KEY["table"]
    exec(view.snippet(TableSettings(play="steps", mode="argmax")), {})
    assert "False None" in capsys.readouterr().out


def test_snippets_leave_torch_as_it_was():
    before = torch.get_default_dtype()
    for view in demo.VIEWS:
        exec(view.snippet(view.settings()), {})
    assert torch.get_default_dtype() == before


def test_the_defaults_are_the_exam():
    inputs = inputs_of(TableSettings())
    assert inputs.query.tolist() == list(SEED.exam.query)
    assert inputs.keys.tolist() == [list(key) for key in SEED.exam.keys]
    assert inputs.values.tolist() == [list(value) for value in SEED.exam.values]
    result = BY_KEY["table"].run(TableSettings())
    assert result.hard.output.tolist() == list(SEED.exam.output)
    assert result.states[result.start].temperature == SEED.defaults.temperature
    lesson = BY_KEY["learn"].run(LearnSettings())
    assert lesson.target.tolist() == list(SEED.defaults.target)
    assert lesson.of_key == 2


def test_the_pasted_example_is_the_exam():
    pasted = inputs_of(TableSettings(data="own", own=VECTORS))
    np.testing.assert_array_equal(pasted.keys, inputs_of(TableSettings()).keys)
    np.testing.assert_array_equal(pasted.query, SEED.exam.query)


BAD_TEXTS = [
    ("1 2 3", "the first line must be one of keys, values, query"),
    ("keys\n1 2\nvalues\n1", "there is no block named query"),
    ("keys\n1 2\n3\nvalues\n1\n2\nquery\n1 2", "keys: line 2 has 1 number, expected 2"),
    ("keys\n1 x\nvalues\n1\nquery\n1 2", "keys: line 1: 'x' is not a number"),
    ("keys\n1\nvalues\n1\nquery\n1\n2", "there must be one query, got 2 rows"),
    ("keys\n1\nkeys\n2", "there is more than one block named keys"),
    ("keys\n1 2\n3 4\nvalues\n1\nquery\n1 2", "got 2 keys and 1 value"),
    ("keys\n1 2\nvalues\n1\nquery\n1 2 3", "the query has 3 entries but the keys have 2"),
    ("keys\nvalues\n1\nquery\n1", "keys: there are no numbers"),
    ("keys\n5000\nvalues\n1\nquery\n1", "row 1 of keys: entry 1 must be between"),
]


@pytest.mark.parametrize(("typed", "words"), BAD_TEXTS)
def test_bad_texts_are_named(typed, words):
    with pytest.raises(ValueError, match=words):
        BY_KEY["table"].run(TableSettings(data="own", own=typed))


BAD_SETTINGS = [
    (TableSettings(keys="1 2 0 4", values="1"), "the query has 3 entries but the keys have 4"),
    (TableSettings(values="1 2"), "got 4 keys and 1 value"),
    (TableSettings(play="steps", upstream="1 2"), "the gradient g must have 3 entries"),
    (MapSettings(plane="q1 q3", keys="1 2; 3 4", values="1; 2"), "needs keys of 3 entries, got 2"),
    (LearnSettings(target="4", keys="1 2 0", values="1"), "must be one of the 1 values, got 4"),
    (
        LearnSettings(target="own", own_target="1"),
        "the target must have 3 entries like the values, got 1",
    ),
    (LearnSettings(target="1", keys="1; 2", values="1; 2"), "at least 2 dimensions, got 1"),
    (TokenSettings(sentence="  "), "the sentence must have 1 to 64 words, got 0"),
    (TokenSettings(source="own", own="1 2\n3"), "line 2 has 1 number, expected 2"),
]


@pytest.mark.parametrize(("settings", "words"), BAD_SETTINGS)
def test_bad_settings_are_named(settings, words):
    with pytest.raises(ValueError, match=words):
        view_of(settings).run(settings)


def test_every_preset_keeps_its_promise():
    table = BY_KEY["table"]
    presets = {preset.label: preset for preset in (*table.presets, *table.findings)}
    run = {label: table.run(TableSettings(**preset.values)) for label, preset in presets.items()}
    assert run["Length beats direction"].hard.winner == 0
    assert run["Tie"].hard.tied == (0, 1)
    assert run["Near tie"].hard.gap == pytest.approx(0.2)
    assert run["Single key"].limits.top is None
    assert run["Doubled key"].hard.tied == (1, 2)
    step = presets["find where the query matters most"].step
    slopes = [state.slope for state in run["Exam"].states]
    assert step == int(np.argmax(slopes))
    assert presets["go all the way to argmax"].step == len(slopes) - 1
    cold = BY_KEY["learn"].run(LearnSettings(**BY_KEY["learn"].findings[2].values))
    assert cold.courses[0].losses[-1] == pytest.approx(13.5, abs=1e-3)
    near = BY_KEY["map"].run(MapSettings(**BY_KEY["map"].findings[2].values))
    assert near.lookup.hard.winner == 2


def test_forgetting_the_root_hardens_real_rows():
    scaled, plain = (
        BY_KEY["tokens"].run(TokenSettings(**preset.values))
        for preset in BY_KEY["tokens"].findings[1:]
    )
    assert np.median(scaled.effective_tokens) > 10
    assert np.median(plain.effective_tokens) < 2


def test_the_window_of_temperatures_is_in_the_table():
    slope = BY_KEY["slope"]
    columns = slope.table(slope.run(SlopeSettings()))
    expected = [0.854043864, 1.23770967, 2.21688366, 6.87357464]
    np.testing.assert_allclose(columns["temperature"], expected, rtol=1e-8)


def test_the_table_of_values_has_cosines_and_walls():
    table = BY_KEY["table"]
    columns = table.table(table.run(TableSettings()))
    assert columns["score"] == [3, 11, 5, 2]
    np.testing.assert_allclose(columns["cosine with the query"][1], 0.898146239)
    assert columns["query to its wall"][1] == "–"


@pytest.mark.parametrize("settings", STATES, ids=lambda s: type(s).__name__)
def test_every_derivation_has_live_numbers(settings):
    view = view_of(settings)
    lines = view.derive(view.run(settings))
    assert len(lines) >= 2
    assert all(line.latex.count("{") == line.latex.count("}") for line in lines)
    assert any(any(letter.isdigit() for letter in line.latex) for line in lines)


def test_the_derivation_writes_the_exams_sums():
    said = " ".join(
        line.latex for line in BY_KEY["table"].derive(BY_KEY["table"].run(TableSettings()))
    )
    assert r"0 \cdot 1 + 3 \cdot 1 + 4 \cdot 2" in said
    assert "(0, 1, 0, 0)" in said.replace(r"\left(", "(").replace(r"\right)", ")")


def test_the_distance_by_walking_needs_another_key():
    assert (
        witnesses.distance_by_walking(inputs_of(TableSettings(keys="1 2 0", values="1"))) == np.inf
    )


def test_temperature_and_query_mean_the_same_in_every_view():
    seen = {}
    for view in demo.VIEWS:
        for control in controls(view.settings):
            if control.kind != "own":
                assert seen.setdefault(control.key, control.label) == control.label


def test_the_plane_reaches_a_query_that_lies_beyond_it():
    settings = MapSettings(q3=2.0, plane="q2 q3", span=1.0)
    result = BY_KEY["map"].run(settings)
    assert result.window.right == pytest.approx(2.2)
    assert result.window.low == pytest.approx(-2.2)
    assert BY_KEY["map"].run(MapSettings(span=3.0)).window.right == 3.0


@pytest.mark.parametrize(
    ("view", "typed", "words"),
    [
        ("table", {"play": "steps", "upstream": "1e300 1 1"}, "the gradient g: entry 1 must be"),
        ("learn", {"target": "own", "own_target": "1 1e9 1"}, "the target: entry 2 must be"),
    ],
)
def test_numbers_too_large_for_a_square_are_named(view, typed, words):
    chosen = next(one for one in demo.VIEWS if one.key == view)
    with pytest.raises(ValueError, match=words):
        chosen.run(chosen.settings(**typed))
