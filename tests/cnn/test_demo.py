"""Views in many states: snippets, witnesses, derivations, presets, hidden cells, bad input."""

import numpy as np
import pytest

from viz.cnn import demo, exam
from viz.cnn.controls import (
    FilterSettings,
    NetSettings,
    SlideSettings,
    TableSettings,
    run_filter,
    run_slide,
    run_table,
)
from viz.settings import settings_from

STATES = [
    TableSettings(),
    TableSettings(architecture=demo.LENET, height=32, width=32),
    TableSettings(architecture=demo.STRIDED, height=64, width=48, channels=3, hide="none"),
    TableSettings(architecture=demo.LITERAL, height=7, width=8),
    TableSettings(
        architecture="CONV2-3 circ / BN / RELU / POOL2 avg / GAP / BN / FC-3", hide="all"
    ),
    TableSettings(architecture="RELU"),
    TableSettings(architecture=demo.VGG, height=224, width=224, channels=3),
    SlideSettings(),
    SlideSettings(image="x1", padding="circular both"),
    SlideSettings(image="x4", padding="zeros before", path="down"),
    SlideSettings(image="corner", padding="zeros both", weights="random", kernel_size=3),
    SlideSettings(image="ring", weights="trained", pooled=True),
    SlideSettings(image="own", own="0.25 -1\n3 0\n0 0.5", weights="random", seed=4),
    NetSettings(),
    NetSettings(net="GAP, circular, POOL2", line="vertical"),
    NetSettings(net="GAP, circular"),
    FilterSettings(),
    FilterSettings(picture="cross", kernel="blur", border="circular", padding=2, stride=2),
    FilterSettings(kernel="own", own_kernel="0.5 -1; 2 0.25", padding=0, stride=3),
    FilterSettings(picture="own", own="1 2 3\n4 5 6", kernel="own", own_kernel="2", padding=0),
]
BY_SETTINGS = {view.settings: view for view in demo.VIEWS}


def ids(settings):
    return type(settings).__name__


@pytest.mark.parametrize("settings", STATES, ids=ids)
def test_the_snippet_gives_the_answer_in_every_state(settings):
    view = BY_SETTINGS[type(settings)]
    chosen = settings_from(type(settings), settings.model_dump())
    space = {}
    exec(compile(view.snippet(chosen), view.key, "exec"), space)
    answer = view.answer(view.run(chosen))
    np.testing.assert_allclose(space["answer"], answer, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("settings", STATES, ids=ids)
def test_the_witnesses_agree_in_every_state(settings):
    view = BY_SETTINGS[type(settings)]
    values = list(view.agree(settings).values())
    assert len(values) >= 2
    assert np.ptp(values) <= view.atol * max(1.0, *np.abs(values))


@pytest.mark.parametrize("settings", STATES, ids=ids)
def test_the_derivation_ends_in_the_number_on_the_stage(settings):
    view = BY_SETTINGS[type(settings)]
    result = view.run(settings)
    lines = view.derive(result)
    assert all(line.words or line.latex for line in lines)
    if isinstance(settings, TableSettings):
        total = f"{result.totals.num_params:,}".replace(",", r"\,")
        assert lines[-1].latex.endswith(f"= {total}")
    if isinstance(settings, SlideSettings):
        last = float(result.features[result.start, 2])
        assert rf"= {last:.5g}".replace("e-", "") in lines[-1].latex.replace(r"\qquad", " ")


def test_the_derivation_of_the_exams_net():
    lines = demo.TABLE.derive(run_table(TableSettings()))
    latex = [line.latex for line in lines]
    assert r"(28 + 2 \cdot 1 - 3)/1 + 1 = 28" in latex
    assert r"3 \cdot 3 \cdot 10 \cdot 10 + 10 = 910" in latex
    assert r"490 \cdot 3 + 3 = 1\,473" in latex
    assert r"r = 8 + (2 - 1) \cdot 2 = 10" in latex
    assert latex[-3] == r"10 \times 10"
    assert latex[-2] == r"\text{multiplications} = 70\,560 + 176\,400 + 1\,470 = 248\,430"
    assert "which makes 258\u202f233." in lines[-2].words
    assert latex[-1] == r"\text{parameters} = 100 + 910 + 1\,473 = 2\,483"


def test_the_derivation_says_where_the_argument_fails():
    for padding, words in (
        ("circular before", "no border exists"),
        ("circular both", "counted once more"),
        ("zeros before", "reads zeros"),
    ):
        lines = demo.SLIDE.derive(run_slide(SlideSettings(padding=padding)))
        assert any(words in line.words for line in lines)
    odd = run_slide(SlideSettings(padding="circular both", kernel_size=3))
    assert any("no border exists" in line.words for line in demo.SLIDE.derive(odd))


@pytest.mark.parametrize("name", ["x1", "x2", "x3", "x4"])
def test_the_exams_features(name):
    found = run_slide(SlideSettings(image=name)).features_at_rest
    np.testing.assert_allclose(found, getattr(exam.SEED.shift, f"g{name[1]}"), atol=1e-12)


def test_the_first_shift_turns_each_image_into_its_partner():
    for name, shift, partner in (
        ("x1", (4, 0), "x4"),
        ("x2", (0, 5), "x3"),
        ("x3", (0, 3), "x2"),
        ("x4", (3, 0), "x1"),
    ):
        found = run_slide(SlideSettings(image=name))
        assert found.shifts[found.start] == shift
        np.testing.assert_array_equal(found.rolled[found.start], exam.exam_image(partner))


def test_cells_to_predict_are_the_exams():
    found = run_table(TableSettings())
    assert found.hidden == ((1, "params"), (3, "shape"), (4, "params"), (4, "shape"), (6, "params"))
    larger = run_table(TableSettings(height=64, width=64))
    assert larger.hidden == found.hidden
    other = run_table(TableSettings(architecture=demo.LENET, height=32, width=32))
    assert len(other.hidden) == 8
    assert run_table(TableSettings(hide="all")).hidden[0] == (1, "params")
    assert len(run_table(TableSettings(hide="all")).hidden) == 12


def test_the_value_table_keeps_cells_to_predict_hidden():
    shown = demo.value_table(run_table(TableSettings()))
    assert shown["parameters"] == ["0", "?", "0", "910", "?", "0", "?"]
    assert shown["activations"][3] == shown["activations"][4] == "?"
    assert shown["one unit sees"][:5] == ["1×1", "3×3", "4×4", "8×8", "10×10"]
    whole = demo.value_table(run_table(TableSettings(hide="none")))
    assert "?" not in whole["parameters"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (TableSettings(architecture="CONV3-10 / FC-3"), "layer 2: FC-3 needs a flat input"),
        (TableSettings(architecture="CONV3-10 / POOOL2"), "did you mean POOL2?"),
        (TableSettings(architecture=""), "write at least one layer"),
        (TableSettings(architecture="POOL2 POOL2 POOL2 POOL2", height=8, width=8), "layer 4"),
        (TableSettings(architecture="CONV9-4 p0", height=7, width=8), "does not fit into 7×8"),
        (SlideSettings(image="own", own="1 2 3\n4 5"), "line 2 has 2 numbers, expected 3"),
        (SlideSettings(image="own", own=""), "type at least one row"),
        (FilterSettings(kernel="own", own_kernel="1 2"), "a filter is square, got 1×2"),
        (FilterSettings(kernel="own", own_kernel="99"), "between −10 and 10, got 99"),
        (
            FilterSettings(picture="own", own="1 2\n3 4", padding=3, border="circular"),
            "circular padding 3 is wider than the 2×2 image",
        ),
        (
            FilterSettings(
                picture="own",
                own="1 2\n3 4",
                padding=0,
                kernel="own",
                own_kernel="1 1 1;1 1 1;1 1 1",
            ),
            "a 3×3 kernel does not fit into 2×2",
        ),
    ],
)
def test_bad_input_gets_a_sentence(settings, sentence):
    with pytest.raises(ValueError, match=r".") as caught:
        BY_SETTINGS[type(settings)].run(settings)
    assert sentence in str(caught.value)


def test_what_presets_promise():
    by_label = {p.label: p for view in demo.VIEWS for p in (*view.presets, *view.findings)}

    def run(label):
        view = next(v for v in demo.VIEWS if by_label[label] in (*v.presets, *v.findings))
        return view.run(settings_from(view.settings, by_label[label].values))

    assert run("VGG-16").totals.num_params == 138_357_544
    assert run("VGG-16").last_field == 212
    assert run("LeNet-like").totals.num_params == 61_706
    assert run("Exam 7(b)").totals.num_params == 66
    assert [row.num_params for row in run("an image of 64×64").rows[1::2]] == [100, 910, 0]
    assert run("an image of 64×64").rows[-1].num_params == 2560 * 3 + 3
    assert run("the catch").features.max() == pytest.approx(3 * 0.6222222)
    assert run("3×3 on both sides").test.exact
    assert not run("zeros instead").test.exact
    assert not run("POOL2 in between").test.exact
    assert run("GAP instead of FLATTEN").num_right == 28
    assert run("no padding").output.shape == (12, 12)
    assert run("stride 2").output.shape == (7, 7)


def test_the_first_paint_needs_no_torch():
    import subprocess
    import sys

    code = (
        "import sys; from viz.cnn import demo\n"
        "for v in demo.VIEWS: v.film(v.run(v.settings()))\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_filter_can_be_one_number():
    result = run_filter(FilterSettings(kernel="own", own_kernel="2", padding=0))
    np.testing.assert_array_equal(result.output, 2 * result.picture)
    assert "its one product is 2. The same 1 weight serves" in demo.FILTER.film(result).caption()


def test_the_seed_files_table_is_computed():
    rows = run_table(TableSettings()).rows
    assert [row.num_params for row in rows] == list(exam.SEED.exam.params)
    assert [row.shape for row in rows] == list(exam.SEED.exam.shapes)
    assert demo.SEED is exam.SEED


@pytest.mark.parametrize("text", ["00\n00", "1e-9 0\n0 0", "10 -10\n-10 10"])
@pytest.mark.parametrize(
    "padding", ["circular before", "circular both", "zeros before", "zeros both"]
)
def test_degenerate_images_are_drawn_and_agree(text, padding):
    for weights in ("hand-made", "random"):
        settings = SlideSettings(image="own", own=text, padding=padding, weights=weights)
        result = run_slide(settings)
        film = demo.SLIDE.film(result)
        assert "nan" not in " ".join(frame.caption for frame in film.frames)
        assert np.ptp(list(demo.SLIDE.agree(settings).values())) < 1e-9
        assert demo.more_slide(result)


def test_paddings_that_do_not_fit_are_left_out():
    result = run_slide(
        SlideSettings(image="own", own="10\n01", pooled=True, kernel_size=3, padding="zeros both")
    )
    chart = demo.more_slide(result)[0]
    assert "circular before" not in chart.table["padding"]
    assert "zeros both" in chart.table["padding"]
