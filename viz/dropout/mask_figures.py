"""Masks over the data, and the correlations that training sees through them."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short
from viz.dropout.results import Masks

MAX_SHOWN = 8
SPELLED = 6


def blinking_masks(result: Masks, *, phone: bool = False) -> Film:
    """The first rows with random entries erased; correlations as they are, and as training sees."""
    shown = min(result.rows.shape[1], 10)
    size = min(result.gram.shape[0], MAX_SHOWN)
    numbered = min(size, 4) if phone and size <= 4 else SPELLED + 1 if phone else size
    places = _places(phone)
    axis = {"showgrid": False, "fixedrange": True, "showline": False, "ticks": ""}
    names = [f"<i>x</i><sub>{j + 1}</sub>" for j in range(max(shown, size))]
    grids = {}
    for k, (across, up) in enumerate(places):
        count, mark = (shown if k == 0 else size), "" if k == 0 else str(k + 1)
        ticks = {"tickvals": list(range(count)), "ticktext": names[:count]}
        rows = {"tickvals": [0, 4, 9, 14, 19], "ticktext": ["1", "5", "10", "15", "20"]}
        high = len(result.rows) if k == 0 else count
        grids[f"xaxis{mark}"] = {
            **axis,
            **ticks,
            "range": [-0.5, count - 0.5],
            "domain": across,
            "anchor": f"y{mark}",
        }
        grids[f"yaxis{mark}"] = {
            **axis,
            **(rows if k == 0 else ticks if k == 1 or phone else {"showticklabels": False}),
            "domain": up,
            "anchor": f"x{mark}",
            "range": [high - 0.5, -0.5],
        }
    layout = theme.chart(
        760 if phone else 440,
        margin={"l": 34, "r": 10, "t": 20, "b": 36},
        annotations=_mask_notes(result, places, phone),
        **grids,
    )
    traces = [
        _data_map(result, 0, shown),
        _gram_map(result, size, 1.0, "x2", "y2", "as they are"),
        _gram_map(result, size, result.keep_prob, "x3", "y3", "what training sees"),
        _cell_numbers(result, numbered, 1.0, ("x2", "y2")),
        _cell_numbers(result, numbered, result.keep_prob, ("x3", "y3")),
    ]
    frames = tuple(
        Frame(f"mask {i + 1}", mask_caption(result, i), (0,), ({"z": _masked(result, i, shown)},))
        for i in range(len(result.masks))
    )
    return Film(theme.figure(traces, layout), frames, variable="mask", start=0, pace=500)


def _places(phone: bool) -> list[tuple[list[float], list[float]]]:
    if phone:
        low = [0.0, 0.27]
        return [([0.0, 1.0], [0.42, 0.96]), ([0.06, 0.47], low), ([0.58, 0.99], low)]
    high = [0.2, 0.93]
    return [([0.0, 0.36], [0.0, 0.93]), ([0.44, 0.7], high), ([0.74, 1.0], high)]


def _masked(result: Masks, i: int, shown: int) -> np.ndarray:
    """Sizes of the kept entries; an erased one is below 0 and takes the colour of nothing."""
    sizes, kept = np.abs(result.rows[:, :shown]), result.masks[i][:, :shown]
    top = float(sizes.max()) or 1.0
    return np.where(kept, np.round(100 * sizes / top), -10).astype(np.int8)


def _data_map(result: Masks, i: int, shown: int) -> dict[str, Any]:
    nothing = 0.5 * 10 / 110
    return {
        "type": "heatmap",
        "name": "data",
        "z": _masked(result, i, shown),
        "zmin": -10,
        "zmax": 100,
        "colorscale": [
            [0.0, theme.MUT_T],
            [nothing, theme.MUT_T],
            [nothing, theme.FWD_T],
            [1.0, theme.FWD],
        ],
        "showscale": False,
        "xgap": 3,
        "ygap": 2,
        "hoverinfo": "skip",
    }


def _seen(result: Masks, size: int, factor: float) -> np.ndarray:
    gram = result.gram[:size, :size]
    return np.asarray(gram * np.where(np.eye(size) > 0, 1.0, factor))


def _gram_map(result: Masks, size: int, factor: float, x: str, y: str, name: str) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": name,
        "z": np.round(np.abs(_seen(result, size, factor)), 3).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": theme.magnitude(theme.FWD),
        "showscale": False,
        "xaxis": x,
        "yaxis": y,
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "skip",
    }


def _mask_notes(
    result: Masks, places: list[tuple[list[float], list[float]]], phone: bool
) -> list[dict[str, Any]]:
    font = 14 if phone else 16
    top = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    p = short(result.keep_prob)
    words = ("data; grey: erased", "correlations", f"training sees: × {p}")
    notes = [
        graph.note(x[0], y[1] + 0.01, text, size=font, color=theme.MUTED, **top)
        for text, (x, y) in zip(words, places, strict=True)
    ]
    return notes


def _cell_numbers(result: Masks, size: int, factor: float, axes: tuple[str, str]) -> dict[str, Any]:
    """Numbers in the cells of a small matrix, one text trace."""
    flat = _seen(result, size, factor).ravel() if size <= SPELLED else np.zeros(0)
    return {
        "type": "scatter",
        "mode": "text",
        "name": f"numbers {axes[0]}",
        "x": [k % size for k in range(len(flat))],
        "y": [k // size for k in range(len(flat))],
        "text": [fixed(float(v)) for v in flat],
        "textfont": {"size": 14, "color": [theme.ink_on(min(abs(float(v)), 1.0)) for v in flat]},
        "xaxis": axes[0],
        "yaxis": axes[1],
        "hoverinfo": "skip",
    }


def mask_caption(result: Masks, i: int) -> str:
    """How much this mask keeps, and what the average sees."""
    kept = float(result.masks[i].mean())
    return (
        f"Mask {i + 1} keeps {{fwd:{100 * kept:.0f}%}} of the entries shown (p = "
        f"{short(result.keep_prob)}). Two entries of a row are both kept with probability p², a "
        "single one with probability p: so on average training sees every correlation of two "
        "features p times as strong as it is."
    )
