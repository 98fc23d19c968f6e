"""The sentences, labels and CSV columns of the map."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.lookup_words import safety
from viz.attention.results import Map, State
from viz.draw import graph, theme
from viz.draw.numbers import short


def caption(result: Map, state: State) -> str:
    """Who wins here, how far the walls are, and whether the query feels them."""
    looked = result.lookup
    said = f"Key {looked.hard.winner + 1} wins at the query. "
    if looked.tied or looked.flips.nearest is None:
        said += safety(looked)
    else:
        inside = "" if _parallel(result) else f", in this plane {_distance(result.inside)}"
        said += f"The nearest wall, towards key {looked.flips.nearest + 1}, is "
        said += f"{_distance(looked.flips.distance)} away{inside}."
    if state.temperature == 0:
        return f"{said} Argmax is flat inside every cell: slope {{bwd:0}}, whichever way you look."
    here = wording.temperature(state.temperature)
    size = wording.size(state.slope or 0.0)
    return f"{said} At {here} softmax has slope {{bwd:{size}}} at the query."


def _distance(value: float) -> str:
    return "never reached" if np.isinf(value) else short(value, 4)


def _parallel(result: Map) -> bool:
    """Whether the plane holds the shortest way."""
    return abs(result.inside - result.lookup.flips.distance) < 1e-9


def map_notes(result: Map, phone: bool) -> list[dict[str, Any]]:
    """Axes, title, wall and legend."""
    small = 13 if phone else 15
    letter = theme.math(f"<i>q</i><sub>{result.axes[0] + 1}</sub>")
    other = theme.math(f"<i>q</i><sub>{result.axes[1] + 1}</sub>")
    plane = {"xref": "x domain", "yref": "y domain"}
    walk = {"xref": "x2 domain", "yref": "y2 domain"}
    below, under = (-0.135, -0.26) if phone else (-0.14, -0.16)

    def muted(x: float, y: float, text: str, where: dict[str, str], side: str) -> dict[str, Any]:
        return graph.note(x, y, text, size=small, color=theme.MUTED, xanchor=side, **where)

    notes = [
        graph.note(1, below, letter, size=small + 3, **plane, xanchor="right"),
        graph.note(-0.03, 1, other, size=small + 3, **plane, xanchor="right", yanchor="top"),
        muted(0, below, legend(result), plane, "left"),
    ]
    nearest = result.lookup.flips.nearest
    if nearest is None:
        return [*notes, muted(0, 1.1, "no other key can win", walk, "left")]
    key, query = wording.name("k", nearest), theme.math("<i>q</i>")
    title = f"weight on {key} while {query} walks to its wall"
    wall = graph.note(result.lookup.flips.distance, 1.02, "wall", size=small, xref="x2", yref="y2")
    wall["yanchor"] = "bottom"
    return [
        *notes,
        graph.note(0, 1.2, title, size=small + 1, **walk, xanchor="left"),
        wall,
        muted(1, under, "distance walked", walk, "right"),
        muted(0.98, 0.21 if phone else 0.13, "dashed: argmax,", walk, "right"),
        muted(0.98, 0.1 if phone else 0.065, "flat on both sides", walk, "right"),
    ]


def legend(result: Map) -> str:
    """What the ground's colour says."""
    if result.paint == "weight":
        count = result.lookup.inputs.num_keys
        return f"blue: largest weight, from 1/{count} to 1; arrow: gradient"
    return "orange: slope, from 0.01 to 10; arrow: gradient"


def map_table(result: Map) -> dict[str, list[Any]]:
    """Columns for the CSV: the walk to the wall."""
    return {
        "walked": [float(way) for way in result.ways],
        "weight by argmax": [
            float(share) for share in (result.walked[-1] if len(result.ways) else [])
        ],
    }
