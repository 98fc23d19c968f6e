"""Pictures without the app, from the command line."""

import asyncio
import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from viz import catalog, export
from viz.draw import film as films


def run(tmp_path, capsys, *arguments, suffix=".html"):
    out = tmp_path / f"figure{suffix}"
    status = export.main([*arguments, "-o", str(out)])
    return status, out, capsys.readouterr().err


def test_html_stands_alone_and_carries_all_captions(tmp_path, capsys):
    status, out, _ = run(tmp_path, capsys, "batchnorm", "--set", "gamma=2")
    text = out.read_text()
    assert status == 0
    assert "standard deviation {fwd:2}" in text
    assert "Plotly" in text
    assert "{{" not in text.split("<script>")[0]
    assert "src=" not in text.split("<script>")[0]


def test_json_is_a_figure_in_either_theme(tmp_path, capsys):
    light, dark = (
        json.loads(run(tmp_path, capsys, "rnn", *more, suffix=".json")[1].read_text())
        for more in ((), ("--dark",))
    )
    assert {"data", "layout"} <= set(light)
    assert "#FFFFFF" in json.dumps(light)
    assert "#FFFFFF" not in json.dumps(dark)


def test_csv_holds_the_numbers(tmp_path, capsys):
    _, out, _ = run(tmp_path, capsys, "rnn", "--set", "w=0.5", suffix=".csv")
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["node"] for row in rows] == ["p", "q", "r", "s", "t", "y"]
    assert float(rows[-1]["value"]) == 2.125


def test_a_link_is_understood(tmp_path, capsys):
    link = "http://localhost:8501/rnn?w=-1&u=3%2C+-1%2C+2&step=3&tab=Code"
    _, out, _ = run(tmp_path, capsys, "rnn", "--link", link, suffix=".csv")
    assert out.read_text().splitlines()[-1].startswith("y,-6")


def test_own_data_from_a_file(tmp_path, capsys):
    data = tmp_path / "own.txt"
    data.write_text("1\n2\n3\n10")
    status, _, _ = run(
        tmp_path, capsys, "batchnorm", "--set", "data=own", "--set", f"own=@{data}", suffix=".csv"
    )
    assert status == 0


@pytest.mark.parametrize(
    ("arguments", "suffix", "sentence"),
    [
        (["nothing"], ".json", "no concept 'nothing'; there are: "),
        (["rnn", "--view", "zz"], ".json", "no view 'zz'; there are: graph"),
        (["rnn", "--set", "w=9"], ".json", "w must be at most 3, got 9"),
        (["rnn", "--set", "zz=9"], ".json", "'zz' is no setting of view 'graph'"),
        (["rnn", "--set", "w"], ".json", "--set takes NAME=VALUE, got 'w'"),
        (
            ["rnn", "--set", "u=a b"],
            ".json",
            "the sequence of inputs: 'a' is not",
        ),
        (["rnn", "--step", "99"], ".json", "step must be between 0 and 15, got 99"),
        (["rnn"], ".exe", "the file must end in one of .html"),
        (["rnn", "--set", "own=@/no/such"], ".json", "cannot be read as UTF-8 text"),
    ],
)
def test_bad_input_gets_a_sentence_and_no_file(tmp_path, capsys, arguments, suffix, sentence):
    status, out, said = run(tmp_path, capsys, *arguments, suffix=suffix)
    assert status == 2
    assert sentence in said
    assert not out.exists()


@pytest.mark.slow
@pytest.mark.parametrize("slug", [c.slug for c in catalog.CONCEPTS][:3])
@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs_and_shows_the_answer(slug):
    from nbclient import NotebookClient

    view = catalog.find(slug).views()[0]
    settings = view.settings()
    made = nbformat.reads(export.notebook(view, settings), as_version=4)
    nbformat.validate(made)
    NotebookClient(made, timeout=120, kernel_name="python3").execute()
    shown = made.cells[-1].outputs[0]["data"]["text/plain"]
    first = view.answer(view.run(settings))
    first = first[0] if isinstance(first, list) else first
    assert float(shown.strip("[]").split(",")[0]) == pytest.approx(float(first), abs=2e-4, rel=2e-4)


@pytest.mark.browser
@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_pictures_through_a_chromium(tmp_path, capsys, suffix):
    status, out, said = run(tmp_path, capsys, "rnn", suffix=suffix)
    assert status == 0, said
    assert out.read_bytes()[:4] in (b"<svg", b"\x89PNG")


@pytest.mark.browser
def test_pictures_where_an_event_loop_runs_as_in_a_notebook():
    view = catalog.find("rnn").views()[0]
    figure = films.figure_at(view.film(view.run(view.settings())), 0)

    async def cell():
        return export.image(figure, "svg")

    with ThreadPoolExecutor(1) as kernel:
        assert kernel.submit(asyncio.run, cell()).result()[:4] == b"<svg"
