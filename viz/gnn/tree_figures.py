"""The chosen node's computation as a small tree: messages, their mean, W1, the old state."""

from typing import Any

import numpy as np

from viz.draw import graph as shapes
from viz.draw import theme
from viz.draw.numbers import fixed
from viz.gnn.results import Layers

SHOWN = 4


class Place:
    """Where the tree stands: the middle of its trunk, half its width, and its five heights."""

    def __init__(self, *, phone: bool) -> None:
        self.x, self.half = (180.0, 165.0) if phone else (806.0, 184.0)
        self.head, self.leaves, self.mean, self.weight, self.plus = (
            (356.0, 318.0, 196.0, 122.0, 46.0) if phone else (424.0, 384.0, 246.0, 154.0, 58.0)
        )
        self.size = 14 if phone else 17


# As many signs of the result as fit between its arrow and the edge.
ROOM = 12
# As many signs of a neighbor's state as fit between two others.
LEAF = 15
# As many signs of the chosen node's name and state as fit before its arrow.
OWN = 15


def vector(values: np.ndarray, places: int = 2, most: int = 3) -> str:
    """A number, or the first few of a vector in brackets."""
    flat = np.ravel(values)
    if len(flat) == 1:
        return fixed(float(flat[0]), places)
    inside = ", ".join(fixed(float(v), places) for v in flat[:most])
    return f"({inside}{', …' if len(flat) > most else ''})"


def _most(result: Layers) -> int:
    """How many neighbors have room, beside the words for the others."""
    most = SHOWN if result.is_scalar else 3
    return most if len(result.graph.neighbors(result.node)) <= most else most - 1


def _leaves(result: Layers, place: Place) -> tuple[list[int], np.ndarray, int]:
    """The neighbors that are drawn, where, and how many are left out."""
    around = result.graph.neighbors(result.node)
    shown = list(around[: _most(result)])
    left_out = len(around) - len(shown)
    count = len(shown) + (left_out > 0)
    across = place.x + 2 * place.half * ((np.arange(count) + 0.5) / max(count, 1) - 0.5)
    return shown, across, left_out


def skeleton(result: Layers, *, phone: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What stands still: traces (arrows, circles, the diamond) and notes (names)."""
    place = Place(phone=phone)
    _, across, left_out = _leaves(result, place)
    x, size = place.x, place.size
    paths = [
        shapes.shorten(shapes.straight((float(u), place.leaves), (x, place.mean)), start=17, end=31)
        for u in across
    ]
    trunk = [
        shapes.straight((x, place.mean - 27), (x, place.weight + 45)),
        shapes.straight((x, place.weight - 42), (x, place.plus + 25)),
        shapes.straight((x + 21, place.plus), (x + place.half * 0.5, place.plus)),
    ]
    if result.residual:
        side = x - place.half * 0.52
        trunk.append(shapes.straight((side, place.plus), (x - 25, place.plus)))
    traces = [
        shapes.arrows(paths, color=theme.FWD, width=2.5, head=10, name="messages in"),
        shapes.arrows(trunk, color=theme.INK, width=2, head=9, name="trunk"),
        _shape("mean", [x], [place.mean], "circle", 52, theme.BG, theme.INK, "mean", 14),
        _shape("weight", [x], [place.weight], "diamond", 58, theme.PAR_T, theme.PAR, "W₁", 16),
        _shape("plus", [x], [place.plus], "circle", 40, theme.BG, theme.INK, "+", 22),
    ]
    name = result.graph.names[result.node]
    notes = [
        shapes.note(
            x - place.half,
            place.head,
            f"what node {name} computes",
            size=size,
            color=theme.MUTED,
            xanchor="left",
        )
    ]
    if result.is_scalar:
        words = f"× {fixed(float(result.first[0, 0]))}"
    else:
        words = f"{result.first.shape[0]} × {result.first.shape[1]} matrix"
    notes.append(
        shapes.note(
            x - 50, place.weight, words, size=size, color=theme.PAR, xanchor="right", name="weight"
        )
    )
    second = ""
    if result.is_scalar:
        second = f",<br><i>W</i><sub>2</sub> = {fixed(float(result.second[0, 0]))}"
    notes.append(
        shapes.note(
            x - place.half,
            place.mean + 4,
            f"message:<br>tanh(<i>W</i><sub>2</sub> <i>s</i>){second}",
            size=size - 1,
            color=theme.FWD,
            xanchor="left",
            align="left",
        )
    )
    if left_out:
        notes.append(
            shapes.note(
                float(across[-1]), place.leaves, f"… {left_out} more", size=size, color=theme.MUTED
            )
        )
    return traces, notes


def _shape(
    name: str,
    x: list[float],
    y: list[float],
    symbol: str,
    size: int,
    fill: str,
    line: str,
    text: str,
    font: int,
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": x,
        "y": y,
        "text": [text],
        "textposition": "middle center",
        "textfont": {"size": font, "color": line},
        "hoverinfo": "skip",
        "cliponaxis": False,
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": fill,
            "line": {"color": line, "width": 2},
        },
    }


def numbers(result: Layers, layer: int, stage: int, *, phone: bool) -> dict[str, Any]:
    """The trace of live numbers in a layer; ``stage`` 0 has messages, 1 the mean, 2 all."""
    place = Place(phone=phone)
    return {
        "type": "scatter",
        "mode": "text",
        "name": "numbers",
        **_where(result, place),
        **texts(result, layer, stage),
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _where(result: Layers, place: Place) -> dict[str, Any]:
    shown, across, _ = _leaves(result, place)
    x = place.x
    halfway = [x + 0.74 * (float(u) - x) for u in across[: len(shown)]]
    level = place.mean + 0.74 * (place.leaves - place.mean)
    aside = [u + (13 if u >= x else -13) for u in halfway]
    count = len(shown)
    return {
        "x": [
            *(float(u) for u in across[:count]),
            *aside,
            x + 38,
            x + 12,
            x - place.half * 0.56,
            x + place.half * 0.54,
        ],
        "y": [
            *[place.leaves] * count,
            *[level] * count,
            place.mean,
            (place.weight + place.plus) / 2 - 6,
            place.plus,
            place.plus,
        ],
        "textposition": [
            *["middle center"] * count,
            *["middle right" if u >= x else "middle left" for u in halfway],
            "middle right",
            "middle right",
            "middle left",
            "middle right",
        ],
        "textfont": {
            "size": [*[place.size] * (2 * count + 3), place.size + (4 if result.is_scalar else 0)],
            "color": [*[theme.INK] * count, *[theme.FWD] * (count + 2), theme.INK, theme.INK],
        },
    }


def _long(result: Layers) -> int:
    """How many numbers of a neighbor's state have room beside the other neighbors, at all times."""
    around = result.graph.neighbors(result.node)[: _most(result)]
    names = result.graph.names
    words = (
        f"s{names[j][:6]} {vector(state, 2 if result.is_scalar else 1, 2)}"
        for j in around
        for state in result.states[:, j]
    )
    beside = len(result.graph.neighbors(result.node)) > 2
    return 1 if beside and max(map(len, words), default=0) > LEAF else 2


def texts(result: Layers, layer: int, stage: int) -> dict[str, Any]:
    """The words of the live numbers, in the order of their places."""
    most = _most(result)
    around = result.graph.neighbors(result.node)
    old = result.states[layer - 1]
    names = result.graph.names
    fine = 2 if result.is_scalar else 1
    mean = result.mean(layer)
    sent_fine, shown = (2 if len(mean) == 1 else 1), _long(result)
    leaves = [
        f"<i>s</i><sub>{names[j][:6]}</sub> {vector(old[j], fine, shown)}" for j in around[:most]
    ]
    sent = [vector(message, sent_fine, 1) for _, message in result.inbox(layer)[:most]]
    mine = vector(old[result.node], fine, 2)
    if len(mine) + len(names[result.node][:6]) > OWN:
        mine = vector(old[result.node], fine, 1)
    own = f"<i>s</i><sub>{names[result.node][:6]}</sub> {mine}"
    new = vector(result.states[layer][result.node], fine, 2)
    if len(new) > ROOM:
        new = vector(result.states[layer][result.node], fine, 1)
    return {
        "text": [
            *leaves,
            *sent,
            vector(mean, sent_fine) if stage >= 1 else "",
            vector(result.first @ mean, fine) if stage >= 2 else "",
            own if result.residual else "",
            f"<b>{new}</b>" if stage >= 2 else "",
        ]
    }
