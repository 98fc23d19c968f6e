"""Masks over the data, and the cosines of columns that training sees through them."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short
from viz.dropout.results import Masks

COLUMNS, SIZE = 10, 8
SPELLED, SPELLED_PHONE = 6, 4


def blinking_masks(result: Masks, *, phone: bool = False) -> Film:
    """The first rows with random entries erased; cosines as they are, and as training sees them."""
    shown = min(result.rows.shape[1], COLUMNS)
    size = min(result.gram.shape[0], SIZE)
    spelled = size if size <= (SPELLED_PHONE if phone else SPELLED) else 0
    exact, seen = result.gram[:size, :size], result.seen[:size, :size]
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
        _gram_map(exact, "x2", "y2", "as they are"),
        _gram_map(seen, "x3", "y3", "what training sees"),
        _cell_numbers(exact[:spelled], ("x2", "y2")),
        _cell_numbers(seen[:spelled], ("x3", "y3")),
        _crosses(result, 0, shown),
    ]
    frames = tuple(
        Frame(f"mask {i + 1}", mask_caption(result, i), (0, 5), _changes(result, i, shown))
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


def _erased(result: Masks, i: int, shown: int) -> dict[str, Any]:
    rows, columns = np.nonzero(~result.masks[i][:, :shown])
    return {"x": columns.astype(np.int8), "y": rows.astype(np.int8)}


def _changes(result: Masks, i: int, shown: int) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"z": _masked(result, i, shown)}, _erased(result, i, shown)


def _crosses(result: Masks, i: int, shown: int) -> dict[str, Any]:
    """A cross on every erased entry: its color alone is near that of a small one."""
    line = {"color": theme.LINE, "width": 1}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "erased",
        **_erased(result, i, shown),
        "marker": {"symbol": "x-thin", "size": 5, "color": theme.LINE, "line": line},
        "hoverinfo": "skip",
    }


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
        "text": [[short(float(v), 3) for v in row[:shown]] for row in result.rows],
        "hoverinfo": "text",
    }


def _gram_map(cosines: np.ndarray, x: str, y: str, name: str) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": name,
        "z": np.round(np.abs(cosines), 3).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": theme.magnitude(theme.FWD),
        "showscale": False,
        "xaxis": x,
        "yaxis": y,
        "xgap": 2,
        "ygap": 2,
        "text": [[fixed(float(v)) for v in row] for row in cosines],
        "hoverinfo": "text",
    }


def _mask_notes(
    result: Masks, places: list[tuple[list[float], list[float]]], phone: bool
) -> list[dict[str, Any]]:
    font = 14 if phone else 16
    top = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    p = short(result.keep_prob)
    width = result.rows.shape[1]
    words = (
        f"data by size{_first(COLUMNS, width)}; ×: erased",
        f"cosines{_first(SIZE, width)}",
        f"training sees: × {p}",
    )
    notes = [
        graph.note(x[0], y[1] + 0.01, text, size=font, color=theme.MUTED, **top)
        for text, (x, y) in zip(words, places, strict=True)
    ]
    return notes


def _first(shown: int, width: int) -> str:
    return f", first {shown} of {width}" if width > shown else ""


def _cell_numbers(cosines: np.ndarray, axes: tuple[str, str]) -> dict[str, Any]:
    """Numbers in the cells of a small matrix, one text trace."""
    flat, size = cosines.ravel(), len(cosines)
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
    kept = float(result.masks[i][:, :COLUMNS].mean())
    text = (
        f"Mask {i + 1} keeps {{fwd:{100 * kept:.0f}%}} of the entries shown (p = "
        f"{short(result.keep_prob)}). "
    )
    if len(result.gram) == 1:
        return f"{text}A feature that is alone has no product with another to be made smaller."
    zeros = "".join(
        f" Note: column {j} is all zeros, 0 stands for its cosines." for j in result.zeros
    )
    return (
        f"{text}Two entries of a row are both kept with probability p², one by itself "
        "with p: on average training sees every cosine of two columns (their correlation "
        f"where means are 0) p times as large.{zeros}"
    )
