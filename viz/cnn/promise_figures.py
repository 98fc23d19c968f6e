"""Which padding keeps the promise, and the exam's four images as a question."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.cnn import maps
from viz.cnn.maps import Array
from viz.cnn.slides import Slide
from viz.cnn.tiles import Ink, Tile, heat, outline
from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import fixed, short

FLOOR, TOP = -17.0, 1.0


def changes(result: Slide) -> dict[maps.Padding, float]:
    """The largest relative change of the averages under any shift, for every padding."""
    weights = [known for known in result.parameters if known is not None]
    pooled = any(layer.kind == "pool" for layer in result.layers)
    found = {}
    for padding in maps.PADDINGS:
        layers = maps.gap_layers(padding, kernel_size=result.kernel_size, pooled=pooled)
        known = maps.with_weights(layers, weights)
        test = maps.shift_test(layers, known, result.image[None], result.test.shifts)
        found[padding] = test.relative
    return found


def padding_bars(result: Slide, *, phone: bool = False) -> Film:
    """This image with all four paddings, logarithmic; rounding errors count as exact."""
    found = changes(result)
    heights = list(range(len(found)))[::-1]
    logs = [np.log10(max(value, 10**FLOOR)) for value in found.values()]
    figure = go.Figure(
        [
            {
                "type": "scatter",
                "mode": "markers",
                "name": "largest relative change",
                "x": [round(float(value), 3) for value in logs],
                "y": heights,
                "marker": {
                    "size": 15,
                    "symbol": [
                        "circle" if padding == result.padding else "circle-open"
                        for padding in found
                    ],
                    "color": theme.FWD,
                    "line": {"width": 2.5, "color": theme.FWD},
                },
                "hoverinfo": "skip",
                "cliponaxis": False,
            }
        ],
        _bars_layout(result, found, phone),
    )
    columns: dict[str, list[Any]] = {
        "padding": list(found),
        "largest relative change": list(found.values()),
    }
    return still(figure, _bars_caption(result, found), columns)


def _bars_layout(result: Slide, found: dict[maps.Padding, float], phone: bool) -> dict[str, Any]:
    notes = []
    for k, (padding, value) in enumerate(found.items()):
        y = len(found) - 1 - k
        exact = value < maps.EXACT
        word = "exact, up to rounding" if exact else f"changes by {value:.0%} of the largest"
        if not exact and value < 0.005:
            word = f"changes by {short(100 * value, 2)}% of the largest"
        chosen = padding == result.padding
        shown = f"<b>{padding}</b>" if chosen else padding
        color = theme.INK if chosen else theme.MUTED
        text = f"{shown}: {word}"
        notes.append(
            note(
                0,
                y + 0.34,
                text,
                size=14 if phone else 16,
                color=color,
                xref="paper",
                xanchor="left",
            )
        )
    powers = (-16, -12, -8, -4, 0)
    return theme.chart(
        320,
        margin={"l": 24, "r": 24, "t": 12, "b": 58},
        annotations=notes,
        xaxis={
            "range": [FLOOR - 0.3, TOP],
            "tickvals": list(powers),
            "ticktext": ["1" if p == 0 else f"10<sup>−{-p}</sup>" for p in powers],
            "title": {"text": "largest relative change of an average, any shift"},
        },
        yaxis={"range": [-0.5, len(found) - 0.3], "visible": False},
    )


def _bars_caption(result: Slide, found: dict[maps.Padding, float]) -> str:
    kept = [padding for padding, value in found.items() if value < maps.EXACT]
    if not kept:
        return f"{result.name}: with no padding do the averages stand still under every shift."
    if len(kept) == len(found):
        return f"{result.name}: no shift tells the paddings apart."
    return f"{result.name}: under every shift the averages stand still with {' and '.join(kept)}."


def four_images(images: dict[str, Array], features: dict[str, tuple[float, ...] | None]) -> Film:
    """Images side by side, each with its features or a question mark under it."""
    count = len(images)
    cell = min(26.0, 210 / max(max(image.shape) for image in images.values()))
    tiles = {
        name: Tile(1000 * (k + 0.5) / count, 166, len(image), len(image[0]), cell)
        for k, (name, image) in enumerate(images.items())
    }
    notes = []
    for k, (name, tile) in enumerate(tiles.items(), 1):
        notes.append(note(tile.x, tile.top + 22, name, size=19))
        known = features[name]
        values = "?" if known is None else f"({', '.join(_decimal(v) for v in known)})"
        symbol = theme.math(f"<i>g</i><sub>{k}</sub>")
        color = theme.INK if known is None else theme.FWD
        notes.append(note(tile.x, 34, f"{symbol} = <b>{values}</b>", size=18, color=color))
    figure = go.Figure(
        [heat(name, tile, images[name], Ink(1, 0, theme.INK)) for name, tile in tiles.items()],
        theme.diagram(310, annotations=notes, shapes=[outline(tile) for tile in tiles.values()]),
    )
    asked = [f"g{k}" for k, known in enumerate(features.values(), 1) if known is None]
    return still(figure, f"Images on a torus; {' and '.join(asked)} are to be found.")


def _decimal(value: float) -> str:
    return "0" if value == 0 else fixed(value, 1)
