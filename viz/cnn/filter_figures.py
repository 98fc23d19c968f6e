"""One filter at work: the picture, nine products, and the map they fill."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.cnn.filters import FilterWalk
from viz.cnn.tiles import Ink, Tile, heat
from viz.cnn.volumes import Polygon
from viz.cnn.volumes import outline as polylines
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import count, short

ROOM = 6


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the picture, the products and the map stand."""

    width: int
    height: int
    picture: Tile
    products: Tile
    output: Tile
    titles: tuple[tuple[float, float], ...]
    total: tuple[float, float]


def filter_film(result: FilterWalk, *, phone: bool = False) -> Film:
    """The filter visits every position in reading order; the map fills up."""
    bench = _bench(result, phone)
    places = result.visited
    start = places.index(result.strongest)
    still, moving = _still(result, bench), _moving(result, bench, places[start])
    figure = theme.figure(
        [*still, *moving],
        theme.diagram(bench.height, bench.width, annotations=_notes(result, bench)),
    )
    changing = tuple(range(len(still), len(still) + len(moving)))
    frames = tuple(
        Frame(
            _label(result, place),
            caption(result, place),
            changing,
            tuple(_change(trace) for trace in _moving(result, bench, place)),
        )
        for place in places
    )
    return Film(figure, frames, "position", start, 120, _table(result))


def _bench(result: FilterWalk, phone: bool) -> Bench:
    side = len(result.kernel)
    rows, columns = result.padded.shape
    high, wide = result.output.shape
    size, product, map_size = (250.0, 162.0, 230.0) if phone else (356.0, 198.0, 310.0)
    # One cell size for both where that fits, so that the map's loss or gain of cells is seen.
    cell = min(size / max(rows, columns), map_size / max(high, wide))
    if phone:
        tall = 2 * 26 + cell * (rows + high) + product + 60
        y = tall - 28 - cell * rows / 2
        middle = y - cell * rows / 2 - 34 - product / 2
        low = middle - product / 2 - 30 - cell * high / 2
        return Bench(
            360,
            round(tall),
            Tile(180, y, rows, columns, cell),
            Tile(110, middle, side, side, product / side),
            Tile(180, low, high, wide, cell),
            ((180, tall - 12), (110, middle + product / 2 + 14), (180, low + cell * high / 2 + 14)),
            (214, middle),
        )
    return Bench(
        1000,
        412,
        Tile(196, 198, rows, columns, cell),
        Tile(506, 230, side, side, product / side),
        Tile(822, 198, high, wide, cell),
        ((196, 394), (506, 394), (822, 394)),
        (506, 104),
    )


def _inks(result: FilterWalk) -> tuple[Ink, Ink, Ink]:
    low, size = float(result.picture.min()), max(float(np.abs(result.picture).max()), 1e-9)
    picture = Ink(size / 0.85, -size / 0.85, theme.INK) if low < 0 else Ink(size, 0, theme.INK)
    product = size * max(float(np.abs(result.kernel).max()), 1e-9)
    out = max(float(np.abs(result.output).max()), 1e-9) / 0.85
    return picture, Ink(product, -product), Ink(out, -out)


def _still(result: FilterWalk, bench: Bench) -> list[dict[str, Any]]:
    picture, _, out = _inks(result)
    inner = Tile(bench.picture.x, bench.picture.y, *_size(result), bench.picture.cell)
    edges = [_corners(tile) for tile in (inner, bench.products, bench.output)]
    small = len(result.kernel) > 3
    weights = [] if small else [f"×{_fitted(float(w))}" for w in result.kernel.ravel()]
    return [
        heat("picture", bench.picture, result.padded, picture),
        heat("map", bench.output, result.output, out),
        _line("edges", edges, theme.LINE, 1.5),
        _text(bench, "weights", weights, theme.PAR, -11),
    ]


def _moving(result: FilterWalk, bench: Bench, place: int) -> list[dict[str, Any]]:
    _, ink, _ = _inks(result)
    seen = result.seen(place)
    products = heat("products", bench.products, seen * result.kernel, ink)
    # Pale, so that the numbers on it stay legible.
    products["colorscale"] = [[0, theme.MUT_T], [0.5, theme.BG], [1, theme.FWD_T]]
    small = len(result.kernel) > 3
    shown = (seen * result.kernel if small else seen).ravel()
    pixels = [short(float(v), 2) if small else _fitted(float(v)) for v in shown]
    cover = _line("not computed yet", [_rest(result, bench.output, place)], theme.BG, 2)
    return [
        products,
        _text(bench, "pixels", pixels, theme.INK, 0 if small else 9),
        cover | {"fill": "toself", "fillcolor": theme.BG},
        _line("filter", [_corners(_window(result, bench, place))], theme.PAR, 3),
        _line("answer", [_corners(_target(result, bench, place))], theme.INK, 2.5),
        _sum(result, bench, place),
    ]


def _fitted(value: float) -> str:
    """Four digits where a cell has room for them: 0.0625, −9.999, −0.124."""
    text = short(value, 4)
    return text if len(text) <= ROOM else short(value, 3)


def _sum(result: FilterWalk, bench: Bench, place: int) -> dict[str, Any]:
    value = float(result.output[_cell_of(result, place)])
    return {
        "type": "scatter",
        "mode": "text",
        "name": "sum",
        "x": [bench.total[0]],
        "y": [bench.total[1]],
        "text": [f"sum = <b>{short(value, 4)}</b>"],
        "textposition": "middle center" if bench.width > 500 else "middle right",
        "textfont": {"size": 22, "color": theme.FWD},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _text(bench: Bench, name: str, text: list[str], color: str, up: float) -> dict[str, Any]:
    tile = bench.products
    places = [
        tile.middle(row, column) for row in range(tile.rows) for column in range(tile.columns)
    ]
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [place[0] for place in places],
        "y": [round(place[1] + up, 1) for place in places],
        "text": text or [""] * len(places),
        "textfont": {"size": 15 if bench.width > 500 else 13, "color": color},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _line(name: str, polygons: list[Polygon], color: str, width: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        **polylines(polygons),
        "line": {"color": color, "width": width},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _corners(tile: Tile) -> Polygon:
    right, low = tile.left + tile.cell * tile.columns, tile.top - tile.cell * tile.rows
    return ((tile.left, low), (right, low), (right, tile.top), (tile.left, tile.top))


def _change(trace: dict[str, Any]) -> dict[str, Any]:
    match trace["type"], trace.get("mode", ""):
        case "heatmap", _:
            return {"z": trace["z"]}
        case _, "text":
            return {"text": trace["text"]}
    return {"x": trace["x"], "y": trace["y"]}


def _size(result: FilterWalk) -> tuple[int, int]:
    height, width = result.picture.shape
    return height, width


def _cell_of(result: FilterWalk, place: int) -> tuple[int, int]:
    return divmod(place, result.output.shape[1])


def _window(result: FilterWalk, bench: Bench, place: int) -> Tile:
    """The filter's square on the picture."""
    row, column = result.corner(place)
    side, tile = len(result.kernel), bench.picture
    x = tile.left + tile.cell * (column + side / 2)
    y = tile.top - tile.cell * (row + side / 2)
    return Tile(x, y, side, side, tile.cell)


def _target(result: FilterWalk, bench: Bench, place: int) -> Tile:
    x, y = bench.output.middle(*_cell_of(result, place))
    return Tile(x, y, 1, 1, bench.output.cell)


def _rest(result: FilterWalk, tile: Tile, place: int) -> Polygon:
    """What is not computed yet: the rest of the row, and the rows below."""
    row, column = _cell_of(result, place)
    right, low = tile.left + tile.cell * tile.columns, tile.top - tile.cell * tile.rows
    start, upper = tile.left + tile.cell * (column + 1), tile.top - tile.cell * row
    lower = upper - tile.cell
    inside = 1.5
    return (
        (start + inside, upper - inside),
        (right - inside, upper - inside),
        (right - inside, low + inside),
        (tile.left + inside, low + inside),
        (tile.left + inside, lower - inside),
        (start + inside, lower - inside),
    )


def _notes(result: FilterWalk, bench: Bench) -> list[dict[str, Any]]:
    padded = f", padding {result.padding}" if result.padding else ""
    wrapped = " (wrapped)" if result.padding and result.mode == "circular" else ""
    titles = (
        f"picture {result.picture.shape[0]}×{result.picture.shape[1]}{padded}{wrapped}",
        "pixel × weight",
        f"map {result.output.shape[0]}×{result.output.shape[1]}",
    )
    size = 14 if bench.width < 500 else 16
    notes = [
        note(x, y, text, size=size, color=theme.MUTED)
        for (x, y), text in zip(bench.titles, titles, strict=True)
    ]
    if bench.width > 500:
        size = result.kernel.size
        weights = "1 weight" if size == 1 else f"{size} weights"
        words = f"one filter: {weights},<br>the same at every position"
        notes.append(note(506, 50, words, size=16, color=theme.PAR))
    return notes


def _label(result: FilterWalk, place: int) -> str:
    row, column = _cell_of(result, place)
    return f"row {row + 1}, column {column + 1}"


def caption(result: FilterWalk, place: int) -> str:
    """What the filter finds here."""
    row, column = _cell_of(result, place)
    value = float(result.output[row, column])
    taps, places = result.kernel.size, result.output.size
    found = f"{{fwd:{short(value, 4)}}}"
    numbers = f"{taps} products add up to {found}" if taps > 1 else f"one product is {found}"
    weights = f"same {{par:{taps}}} weights serve" if taps > 1 else "same {par:1} weight serves"
    where = f"all {count(places)} positions" if places > 1 else "the one position"
    return (
        f"{result.name} at row {row + 1}, column {column + 1}: its {numbers}. "
        f"The {weights} {where}."
    )


def _table(result: FilterWalk) -> dict[str, list[Any]]:
    rows, columns = np.indices(result.output.shape)
    return {
        "row": (rows.ravel() + 1).tolist(),
        "column": (columns.ravel() + 1).tolist(),
        "value": result.output.ravel().tolist(),
    }
