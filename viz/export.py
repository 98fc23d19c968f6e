"""Pictures without the app: python -m viz.export beam_search --set beam_width=3 -o tree.html."""

import argparse
import asyncio
import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from viz import catalog, settings
from viz.draw import film as films
from viz.draw import theme
from viz.draw.film import Film
from viz.settings import BaseSettings
from viz.ui.stage import files
from viz.view import View

SUFFIXES = (".html", ".json", ".csv", ".ipynb", ".png", ".svg")
WIDTH = 960


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0, or 2 with a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        content = _content(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        options.output.write_bytes(content)
    except OSError as error:
        print(f"cannot write {options.output}: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m viz.export", description=__doc__)
    parser.add_argument("concept", help=", ".join(c.slug for c in catalog.CONCEPTS))
    parser.add_argument("--view", help="the view's key; the exam's view if not given")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a control by its field or link key; own=@FILE reads a file",
    )
    parser.add_argument("--link", default="", help="a link copied from the app")
    parser.add_argument("--step", type=int, help="the frame shown, counted from 0")
    parser.add_argument("--dark", action="store_true", help="dark colours for .json, .png, .svg")
    parser.add_argument("-o", "--output", type=Path, required=True, help=" ".join(SUFFIXES))
    return parser


def _content(options: argparse.Namespace) -> bytes:
    suffix = options.output.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"the file must end in one of {', '.join(SUFFIXES)}, got '{suffix}'")
    concept = catalog.find(options.concept)
    raw = _raw(options)
    view = _view(concept.views(), options.view or raw.get("view", [""])[0])
    reading = settings.read(view.settings, raw)
    if reading.problems:
        raise ValueError("; ".join(problem.split("; using")[0] for problem in reading.problems))
    _check_names(view, options.set)
    if suffix == ".ipynb":
        return notebook(view, reading.settings).encode()
    film = view.film(view.run(reading.settings))
    step = _step(film, options.step, raw)
    title = f"{concept.title}: {view.label}"
    return _written(film, step, suffix, title=title, dark=options.dark)


def _raw(options: argparse.Namespace) -> dict[str, list[str]]:
    raw = parse_qs(urlsplit(options.link).query, keep_blank_values=True)
    for item in options.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise ValueError(f"--set takes NAME=VALUE, got '{item}'")
        raw[name] = [_from_file(value[1:]) if name == "own" and value[:1] == "@" else value]
    return raw


def _from_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"own=@{path}: this file cannot be read as UTF-8 text") from None


def _view(views: tuple[View[Any, Any], ...], key: str) -> View[Any, Any]:
    if not key:
        return views[0]
    for view in views:
        if view.key == key:
            return view
    raise ValueError(f"no view '{key}'; there are: {', '.join(view.key for view in views)}")


def _check_names(view: View[Any, Any], items: Sequence[str]) -> None:
    known = {n for c in settings.controls(view.settings) for n in (c.key, c.field)}
    for item in items:
        name = item.partition("=")[0]
        if name not in known:
            fields = ", ".join(c.field for c in settings.controls(view.settings))
            raise ValueError(f"'{name}' is no setting of view '{view.key}'; there are: {fields}")


def _step(film: Film, step: int | None, raw: Mapping[str, Sequence[str]]) -> int:
    linked = raw.get("step", ["x"])[0]
    if step is None and linked.isdecimal():
        step = int(linked)
    if step is None:
        return film.start_index
    if not 0 <= step < max(len(film.frames), 1):
        raise ValueError(f"step must be between 0 and {len(film.frames) - 1}, got {step}")
    return step


def _written(film: Film, step: int, suffix: str, *, title: str, dark: bool) -> bytes:
    if suffix == ".html":
        return page(film, step, title=title).encode()
    if suffix == ".csv":
        return table(film, step).encode()
    figure = films.figure_at(film, step)
    figure = theme.to_dark(figure) if dark else figure
    if suffix == ".json":
        return json.dumps(figure, ensure_ascii=False).encode()
    return image(figure, suffix[1:])


def page(film: Film, step: int, *, title: str) -> str:
    """One HTML file with player, film and all captions; it needs no network."""
    content = json.dumps({**films.to_json(film), "start": step}).replace("<", "\\u003c")
    parts = {
        "title": title,
        "css": files.contents()["stage.css"].decode(),
        "plotly": files.contents()["plotly.min.js"].decode(),
        "stage": files.stage_source(),
        "film": content,
    }
    text = files.contents()["film.html"].decode()
    for name, value in parts.items():
        text = text.replace("{{" + name + "}}", value)
    return text


def table(film: Film, step: int) -> str:
    """The film's table as CSV, or trace, x and y of one frame."""
    columns = film.table or _points(films.figure_at(film, step))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return out.getvalue()


def _points(figure: Mapping[str, Any]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {"trace": [], "x": [], "y": []}
    for number, trace in enumerate(figure["data"]):
        for x, y in zip(_list(trace.get("x")), _list(trace.get("y")), strict=False):
            if x is not None:
                rows["trace"].append(trace.get("name", f"trace {number}"))
                rows["x"].append(x)
                rows["y"].append(y)
    return rows


def _list(values: Any) -> list[Any]:
    if isinstance(values, Mapping):
        import base64

        import numpy as np

        flat = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
        return [float(value) for value in flat]
    return list(values) if values is not None else []


def image(figure: Mapping[str, Any], kind: str) -> bytes:
    """PNG or SVG through kaleido and a Chromium.

    Raises:
        ValueError: one of them is missing; the sentence says what to install.
    """
    try:
        import kaleido
    except ImportError:
        raise ValueError(f".{kind} needs kaleido (pip install kaleido) and a Chromium") from None
    height = figure["layout"].get("height", 450)
    options = {"format": kind, "width": WIDTH, "height": height, "scale": 2 if kind == "png" else 1}

    def draw() -> bytes:
        return bytes(asyncio.run(kaleido.calc_fig(dict(figure), opts=options)))

    # A notebook runs an event loop in its own thread already, and a second one there is refused.
    with ThreadPoolExecutor(1) as elsewhere:
        try:
            return elsewhere.submit(draw).result()
        except (TimeoutError, OSError, RuntimeError) as error:
            raise ValueError(f".{kind} needs a Chromium that starts ({error})") from None


def notebook(view: View[Any, Any], chosen: BaseSettings) -> str:
    """A notebook with the view's snippet at these settings, as .ipynb text."""
    import nbformat.v4 as nb

    values = ", ".join(f"{name} = {value!r}" for name, value in chosen.model_dump().items())
    words = f"# {view.label}\n\n{values[:500]}\n\nThe last cell shows the number of the page."
    cells = [
        nb.new_markdown_cell(words, id="settings"),
        nb.new_code_cell(view.snippet(chosen), id="snippet"),
        nb.new_code_cell("answer", id="answer"),
    ]
    made = nb.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
    return str(nbformat_text(made))


def nbformat_text(made: Any) -> str:
    """A notebook node as text."""
    import nbformat

    return str(nbformat.writes(made))


if __name__ == "__main__":
    sys.exit(main())
