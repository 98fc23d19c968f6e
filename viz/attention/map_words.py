"""The sentences, labels and CSV columns of the map."""

from typing import Any

from viz.attention import wording
from viz.attention.lookup_words import safety
from viz.attention.results import Map, State
from viz.draw import graph, theme
from viz.draw.numbers import short


def caption(result: Map, state: State) -> str:
    """Who wins here, how far the walls are, and whether the query feels them."""
    looked = result.lookup
    said = f"Key {looked.hard.winner + 1} wins at the query. "
    nearest = looked.flips.nearest
    on_wall = looked.flips.distance == 0
    said += safety(looked) if nearest is None or on_wall else _walls(result, nearest)
    if state.slope is None:
        return said
    if state.temperature == 0:
        return f"{said} Argmax is flat inside every cell: slope {{bwd:0}}, whichever way you look."
    here = wording.temperature(state.temperature)
    return f"{said} At {here} softmax has slope {{bwd:{wording.size(state.slope)}}} at the query."


def _walls(result: Map, nearest: int) -> str:
    """The nearest wall of all, and that of the drawn plane if it is another or farther."""
    away = short(result.lookup.flips.distance, 4)
    said = f"The nearest wall, towards key {nearest + 1}, is {away} away{_inside(result)}."
    return f"{wording.tie(result.lookup.hard)} {said}".strip()


def _inside(result: Map) -> str:
    if result.inside_key is None:
        return ", in this plane never reached"
    if _holds_walk(result):
        return ""
    away = short(result.inside, 4)
    if result.inside_key == result.lookup.flips.nearest:
        return f", in this plane {away}"
    return f"; in this plane the nearest, towards key {result.inside_key + 1}, is {away} away"


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
        graph.note(0, 1.33 if phone else 1.22, title, size=small + 1, **walk, xanchor="left"),
        muted(0, 1.2 if phone else 1.13, drawn_way(result), walk, "left"),
        wall,
        muted(1, under, "distance walked", walk, "right"),
        muted(0.98, 0.21 if phone else 0.13, "dashed: argmax,", walk, "right"),
        muted(0.98, 0.1 if phone else 0.065, "flat on both sides", walk, "right"),
    ]


def legend(result: Map) -> str:
    """What the ground's colour and the arrow say."""
    arrow = f"arrow: {theme.math('−∂(<i>g</i>·out)/∂<i>q</i>')}"
    if result.paint == "weight":
        count = result.lookup.inputs.num_keys
        return f"blue: largest weight, 1/{count} to 1; {arrow}"
    return f"orange: slope, 0.01 to 10; {arrow}"


def drawn_way(result: Map) -> str:
    """What the line from the query and the disc around it are."""
    way = "this walk" if _holds_walk(result) else "this walk's shadow"
    return f"line: {way}; dotted: no other winner"


def _holds_walk(result: Map) -> bool:
    """Whether the shortest way to a wall lies in the plane."""
    return abs(result.inside - result.lookup.flips.distance) < 1e-9


def map_table(result: Map) -> dict[str, list[Any]]:
    """Columns for the CSV: the walk to the wall."""
    return {
        "walked": [float(way) for way in result.ways],
        "weight by argmax": [
            float(share) for share in (result.walked[-1] if len(result.ways) else [])
        ],
    }
