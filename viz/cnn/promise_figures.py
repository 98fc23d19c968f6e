"""Which padding keeps the promise, and the exam's four images as a question."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.cnn import maps
from viz.cnn.compute import analyse
from viz.cnn.maps import Array
from viz.cnn.slides import Slide
from viz.cnn.tiles import Ink, Tile, heat, outline
from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import fixed, listed, short


def changes(result: Slide) -> dict[maps.Padding, float]:
    """The largest relative change of the averages for every padding that fits.

    Under all shifts, or under those of the test and of the film if there are many.
    """
    weights = [known for known in result.parameters if known is not None]
    shifts = np.unique(np.concatenate([result.test.shifts, result.shifts]), axis=0)
    found: dict[maps.Padding, float] = {}
    for padding in maps.PADDINGS:
        layers = maps.gap_layers(padding, kernel_size=result.kernel_size, pooled=result.is_pooled)
        known = maps.with_weights(layers, weights)
        try:
            analyse(layers, (*result.image.shape, 1))
        except ValueError:
            continue
        test = maps.shift_test(layers, known, result.image[None], shifts)
        found[padding] = test.relative
    return found


def padding_bars(result: Slide, *, phone: bool = False) -> Film:
    """This image with all four paddings; rounding errors count as exact."""
    found = changes(result)
    shares = [0.0 if value < maps.EXACT else value for value in found.values()]
    chosen = [padding == result.padding for padding in found]
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "largest relative change",
        "x": shares,
        "y": list(range(len(found)))[::-1],
        "width": 0.36,
        "marker": {
            "color": [theme.FWD if one else theme.BG for one in chosen],
            "line": {"color": theme.FWD, "width": 1.5},
        },
        "hovertemplate": "%{x:.2%}<extra></extra>",
    }
    figure = theme.figure(
        [bars], _bars_layout(result, dict(zip(found, shares, strict=True)), phone)
    )
    columns: dict[str, list[Any]] = {
        "padding": list(found),
        "largest relative change": list(found.values()),
    }
    return still(figure, _bars_caption(result, found), columns)


def _bars_layout(result: Slide, shares: dict[maps.Padding, float], phone: bool) -> dict[str, Any]:
    notes, size = [], 14 if phone else 16
    top = max(*shares.values(), 0.01)
    for k, (padding, share) in enumerate(shares.items()):
        y = len(shares) - 1 - k
        chosen = padding == result.padding
        name = f"<b>{padding}</b>" if chosen else padding
        color = theme.INK if chosen else theme.MUTED
        notes.append(note(0, y + 0.36, name, size=size, color=color, xref="paper", xanchor="left"))
        words = f"{short(100 * share, 3)}%" if share else _unchanged(result)
        notes.append(
            note(share + 0.015 * top, y, words, size=size, color=theme.FWD, xanchor="left")
        )
    return theme.chart(
        330,
        margin={"l": 24, "r": 24, "t": 12, "b": 58},
        annotations=notes,
        xaxis={
            "range": [0, 1.2 * top],
            "tickformat": ".0%" if top > 0.05 else ".1%",
            "title": {"text": f"largest change of an average under {_shifts(result)}"},
        },
        yaxis={"range": [-0.4, len(shares) - 0.3], "visible": False},
    )


def _unchanged(result: Slide) -> str:
    return "exact" if result.tests_all else "no change"


def _shifts(result: Slide) -> str:
    return "any shift" if result.tests_all else "the tested shifts"


def _bars_caption(result: Slide, found: dict[maps.Padding, float]) -> str:
    kept = [str(padding) for padding, value in found.items() if value < maps.EXACT]
    tested = "" if result.tests_all else "tested "
    if not kept:
        return f"{result.name}: no padding keeps the averages under every {tested}shift."
    if len(kept) == len(found):
        return f"{result.name}: no {tested}shift tells the paddings apart."
    return (
        f"{result.name}: every {tested}shift keeps the averages with {listed(kept)}, for this "
        "image."
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of images: how many in one, and the heights of image and words within it."""

    width: int
    columns: int
    row: int
    image: float
    middle: float
    words: float
    size: int


FOUR = Rows(1000, 4, 310, 210, 166, 34, 18)
FOUR_PHONE = Rows(360, 2, 226, 136, 116, 24, 17)


def four_images(
    images: dict[str, Array],
    features: dict[str, tuple[float, ...] | None],
    *,
    phone: bool = False,
) -> Film:
    """Images side by side (on a phone two a row), each with its features or a question mark."""
    plan = FOUR_PHONE if phone else FOUR
    rows = -(-len(images) // plan.columns)
    cell = plan.image / max(max(image.shape) for image in images.values())
    tiles, notes = {}, []
    for k, (name, image) in enumerate(images.items()):
        x = plan.width * (k % plan.columns + 0.5) / plan.columns
        foot = plan.row * (rows - 1 - k // plan.columns)
        tile = Tile(x, foot + plan.middle, len(image), len(image[0]), min(26.0, cell))
        tiles[name] = tile
        notes.append(note(x, tile.top + 22, name, size=19))
        known = features[name]
        values = "?" if known is None else f"({', '.join(_decimal(v) for v in known)})"
        said = f"{theme.math(f'<i>g</i><sub>{k + 1}</sub>')} = <b>{values}</b>"
        color = theme.INK if known is None else theme.FWD
        notes.append(note(x, foot + plan.words, said, size=plan.size, color=color))
    shapes = [outline(tile) for tile in tiles.values()]
    figure = theme.figure(
        [heat(name, tile, images[name], Ink(1, 0, theme.INK)) for name, tile in tiles.items()],
        theme.diagram(plan.row * rows, plan.width, annotations=notes, shapes=shapes),
    )
    asked = [f"g{'₁₂₃₄'[k]}" for k, known in enumerate(features.values()) if known is None]
    return still(figure, f"Images on a torus; {' and '.join(asked)} are to be found.")


def _decimal(value: float) -> str:
    return "0" if value == 0 else fixed(value, 1)
