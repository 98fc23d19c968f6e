"""The table in words and numbers: sizes that end with the image, dense layers, single things."""

import re

import pytest

from viz.cnn import demo, figures, wording
from viz.cnn.controls import FilterSettings, TableSettings, run_filter, run_table
from viz.draw import film as films


def tabled(**values):
    return run_table(TableSettings.model_validate({"hide": "none", **values}))


def said(**values):
    film = figures.table_film(tabled(**values))
    return [frame.caption.replace("\u202f", " ") for frame in film.frames]


def derived(table):
    return [line.latex for line in demo.TABLE.derive(table)]


def texts_of(film, name):
    figure = films.figure_at(film, film.start_index)
    return next(trace for trace in figure["data"] if trace["name"] == name)["text"]


def test_nothing_sees_more_than_the_whole_image():
    table = tabled(height=4, width=6)
    assert demo.value_table(table)["one unit sees"][:5] == ["1×1", "3×3", "4×4", "4×6", "4×6"]
    assert "last feature map sees 4×6 input pixels." in said(height=4, width=6)[-1]
    words = [line.words for line in demo.TABLE.derive(table)]
    assert "One unit sees 4×6 input pixels, where the image ends; neighbors" in " ".join(words)
    assert r"r = 8 + (2 - 1) \cdot 2 = 10" in derived(table)


def test_behind_a_dense_layer_a_unit_sees_the_whole_image():
    table = tabled(dense=True)
    values = demo.value_table(table)
    assert values["one unit sees"] == ["1×1", *["all"] * 6]
    assert values["parameters"][1] == "6\u202f154\u202f400"
    assert derived(table)[0] == r"784 \cdot 7\,840 + 7\,840 = 6\,154\,400"
    assert derived(table)[-1].endswith(r"= 9\,999\,433")
    assert figures.table_film(table).table["parameters"][1] == "6154400"


def test_the_logarithm_is_named_where_bars_are():
    wide, phone = (figures.table_film(tabled(dense=True), phone=phone) for phone in (False, True))
    assert "logarithmic" not in wide.caption()
    assert any("logarithmic bars" in text for text in texts_of(wide, "rows"))
    assert not any("logarithmic" in text for text in texts_of(phone, "rows"))


def test_the_phones_columns_have_headings():
    film = figures.table_film(tabled(), phone=True)
    headings = [re.sub(r"<[^>]*>", "", text) for text in texts_of(film, "rows")]
    assert headings == ["multiplications", "parameters"]
    shown = [text.replace("\u202f", " ") for text in texts_of(film, "multiplications")]
    assert shown == ["", "70 560", "0", "176 400", "0", "0", "1 470"]


def test_without_a_convolution_nothing_is_replaced():
    assert "instead of" not in said(architecture="FLATTEN / FC-3", dense=True)[-1]


def test_single_things_are_singular():
    words = " ".join(said(architecture="CONV1-1 / FLATTEN / FC-1", height=1, width=1))
    assert "= 1 row. It" in words
    assert "1×1×1 = {fwd:1} number in one row" in words
    assert "a weight from the one number to its {fwd:1} output" in words
    assert not re.search(r"\b1\W* (rows|numbers|multiplications|layers|times)\b", words)
    dense = said(architecture="CONV1-1", height=1, width=1, dense=True)[0]
    assert "numbers, as many as CONV1-1" in dense
    assert "{fwd:1} multiplication;" in said(architecture="CONV1-1", height=1, width=1)[-1]


def test_100_percent_is_all():
    assert wording.share(20_000, 20_004) == "over 99%"
    assert wording.share(5, 5) == "100%"
    assert wording.share(1473, 2483) == "59%"


def test_one_of_several_equal_names_is_numbered():
    assert "80% of the parameters sit in the second CONV3-10." in said(height=8, width=8)[-1]
    vgg = {"architecture": demo.VGG, "height": 224, "width": 224, "channels": 3}
    assert "74% of the parameters sit in the first FC-4096." in said(**vgg)[-1]


def test_multiplications_are_values_too():
    shown = demo.value_table(tabled())["multiplications"]
    assert shown == ["0", "70\u202f560", "0", "176\u202f400", "0", "0", "1\u202f470"]
    hidden = demo.value_table(run_table(TableSettings()))["multiplications"]
    assert hidden == ["0", "?", "0", "?", "?", "0", "?"]


@pytest.mark.parametrize("net", [demo.LENET, demo.STRIDED, demo.LITERAL, demo.VGG])
def test_another_net_asks_for_shapes_too(net):
    table = run_table(TableSettings(architecture=net, height=224, width=224, channels=3))
    assert [place for place, _ in table.hidden] == list(range(1, len(table.rows)))
    assert {column for _, column in table.hidden} == {"params", "shape"}
    assert all(table.rows[i].num_params for i, column in table.hidden if column == "params")


WIDE = (
    "CONV11-4096 s2 / BN / RELU / CONV11-4096 circ both / POOL3 avg / CONV3-100 s2 p5 / FLATTEN / "
    "FC-10000"
)


def test_a_long_shape_stays_in_its_column():
    film = figures.table_film(tabled(architecture=WIDE, height=1024, width=1024, channels=64))
    shapes = [re.sub(r"</?b>", "", text) for text in texts_of(film, "shapes")]
    assert all(len(line) <= 11 for text in shapes for line in text.split("<br>"))
    assert shapes[0] == "1\u202f024×1\u202f024<br>×64"


def test_weights_are_shown_with_all_their_digits():
    for kernel, weights in (("blur", {"×0.0625", "×0.125", "×0.25"}), ("own", {"×−9.999"})):
        settings = FilterSettings(kernel=kernel, own_kernel="-9.999")
        assert set(texts_of(demo.FILTER.film(run_filter(settings)), "weights")) == weights


def test_positions_are_counted_with_thin_spaces():
    result = run_filter(FilterSettings(picture="own", own="\n".join([".#" * 22] * 64)))
    assert "all 2\u202f816 positions" in demo.FILTER.film(result).caption()
    assert demo.FILTER.derive(result)[-1].latex == r"3 \cdot 3 \cdot 2\,816 = 25\,344"


def test_products_that_are_not_0_are_written_out():
    taps = "0 0 0 0 0; 0 0 0 0 0; 0 0 0 0 0; 0 0 0 2 0; 0 0 0 0 3"
    picture = "\n".join(["#####"] * 5)
    settings = FilterSettings(kernel="own", own_kernel=taps, picture="own", own=picture, padding=0)
    line = demo.FILTER.derive(run_filter(settings))[1]
    assert line.latex == r"z_{1,1} = 1 \cdot 2 + 1 \cdot 3 = 5"
    assert "products that are 0 are left out" in line.words
    nothing = demo.FILTER.derive(
        run_filter(settings.model_copy(update={"own": "0 0\n0 0", "padding": 2}))
    )
    assert nothing[1].latex.endswith("} = 0")


@pytest.mark.parametrize(
    ("picture", "padding", "kernel"),
    [("\n".join(["#.#.#.#."] * 3), 0, "blur"), ("###\n#.#\n###\n..#\n###", 0, "blur")],
)
def test_a_map_of_one_row_or_column_has_edges_to_fill(picture, padding, kernel):
    settings = FilterSettings(picture="own", own=picture, padding=padding, kernel=kernel)
    result = run_filter(settings)
    film = demo.FILTER.film(result)
    figure = films.figure_at(film, film.start_index)
    drawn = next(trace for trace in figure["data"] if trace["name"] == "map")
    rows, columns = result.output.shape
    assert (len(drawn["y"]), len(drawn["x"])) == (rows + 1, columns + 1)
    assert len({round(b - a) for a, b in zip(drawn["x"], drawn["x"][1:], strict=False)}) == 1
