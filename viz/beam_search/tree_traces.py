"""The traces of the search tree: edges, boxes and words by what has become of a prefix."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from viz.beam_search.compute import Search
from viz.beam_search.layout import Numbers, Plan
from viz.beam_search.results import Prefix, Run
from viz.draw import theme
from viz.draw.numbers import fixed

EDGES: Mapping[str, tuple[str, float, str]] = {
    "ahead": (theme.HAIR, 1.2, "dot"),
    "candidate": (theme.MUTED, 1.5, "solid"),
    "pruned": (theme.LINE, 1.5, "dash"),
    "kept": (theme.FWD, 2.8, "solid"),
    "ended": (theme.FWD, 1.8, "solid"),
    "answer": (theme.FWD, 5, "solid"),
}
BOXES: Mapping[str, tuple[str, str, float]] = {
    "ahead": (theme.BG, theme.HAIR, 1),
    "candidate": (theme.BG, theme.INK, 2),
    "pruned": (theme.BG, theme.LINE, 1.2),
    "kept": (theme.FWD_T, theme.FWD, 2),
    "ended": (theme.BG, theme.FWD, 2),
    "answer": (theme.FWD, theme.FWD, 2),
}
DOTS = {
    "ahead": "circle-open",
    "candidate": "circle-open",
    "pruned": "x-thin-open",
    "kept": "circle",
    "ended": "square-open",
    "answer": "circle",
}
INKS = {
    "ahead": theme.MUTED,
    "candidate": theme.INK,
    "pruned": theme.MUTED,
    "kept": theme.FWD,
    "ended": theme.FWD,
    "answer": theme.BG,
}
HOVERED = 120
ROOMY, WORD = 20, 24


def _line(name: str, color: str, width: float, dash: str, curves: Iterable[Any]) -> dict[str, Any]:
    x, y = list[float | None](), list[float | None]()
    for xs, ys in curves:
        x += xs
        y += ys
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": color, "width": width, "dash": dash},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _curved(trace: dict[str, Any], where: Plan) -> dict[str, Any]:
    if where.mode != "dots":
        trace["line"]["shape"] = "spline"
    return trace


def _path(where: Plan, tokens: Prefix) -> list[tuple[Numbers, Numbers]]:
    steps = (tokens[:length] for length in range(1, len(tokens) + 1))
    return [where.edge(prefix) for prefix in steps if prefix in where.at]


def band(where: Plan, winners: Sequence[Prefix]) -> dict[str, Any]:
    width = 18 if where.ground.phone or where.mode == "dots" else 24
    curves = [curve for tokens in winners for curve in _path(where, tokens)]
    return _curved(_line("best", theme.SPOT, width, "solid", curves), where)


def edges(where: Plan, prefixes: Sequence[Prefix], state: str) -> dict[str, Any]:
    color, width, dash = EDGES[state]
    if where.mode == "dots":
        width = min(width, 1.4) if state != "answer" else 3.5
    return _curved(_line(f"{state} edges", color, width, dash, map(where.edge, prefixes)), where)


def true_best(run: Run, where: Plan, search: Search, last: bool) -> dict[str, Any]:
    tokens = run.exact.tokens if run.exact is not None and last and run.missed(search) else ()
    return _curved(_line("true best", theme.TRU, 2.5, "dash", _path(where, tokens)), where)


def boxes(where: Plan, prefixes: Sequence[Prefix], state: str) -> dict[str, Any]:
    fill, color, width = BOXES[state]
    curves = [] if where.mode == "dots" else [where.box(prefix) for prefix in prefixes]
    dash = "dot" if state == "ended" else "solid"
    trace = _line(f"{state} boxes", color, width, dash, curves)
    return {**trace, "fill": "toself", "fillcolor": fill}


def greedy(where: Plan, path: Sequence[Prefix]) -> dict[str, Any]:
    """A dashed outline around the prefixes of greedy search."""
    dash = "solid" if where.mode == "dots" else "dash"
    return _line("greedy", theme.MUTED, 1.5, dash, [where.box(p, grow=3) for p in path])


def nodes(
    where: Plan,
    search: Search,
    prefixes: Sequence[Prefix],
    totals: Mapping[Prefix, float],
    state: str,
) -> dict[str, Any]:
    text = [_node_text(where, search, prefix, totals, state) for prefix in prefixes]
    dots = where.mode == "dots"
    color = theme.FWD if state == "answer" else INKS[state]
    size = (13 if where.ground.phone else 16) if where.mode == "tall" else 14
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "markers+text",
        "name": state,
        "x": [round(where.at[p][0], 1) for p in prefixes],
        "y": [round(where.at[p][1], 1) for p in prefixes],
        "text": text,
        "textposition": "middle center" if not dots else "top center",
        "textfont": {"size": 13 if dots and where.ground.phone else size},
        "marker": {
            "size": (11 if state == "answer" else 7) if dots else 2 * where.half[1],
            "opacity": 1 if dots else 0,
            "color": color,
            "symbol": DOTS[state] if dots else "square",
            "line": {"width": 1.5 if dots else 0, "color": color},
        },
        "cliponaxis": False,
    }
    trace["textfont"]["color"] = color if dots else INKS[state]
    if dots and len(where.at) > HOVERED:
        return {**trace, "hoverinfo": "skip"}
    if dots:
        trace["textposition"] = [_side(where, p, state, search.eos) for p in prefixes]
    words = [search.words(p) for p in prefixes]
    return {**trace, "ids": words, **_hover(words, prefixes, totals, state)}


def _side(where: Plan, prefix: Prefix, state: str, eos: int | None) -> str:
    """Words of what has no children stand at its right, the others above their dot.

    In a phone's last column there is room at the left only.
    """
    ground = where.ground
    last = where.at[prefix][0] + 1 > ground.right - where.half[0]
    if last and ground.phone:
        return "top left"
    ends = state == "ended" or prefix[-1] == eos or last
    if ends:
        return "middle right"
    return "top right" if _is_crowded(where, prefix) else "top center"


def _is_crowded(where: Plan, prefix: Prefix) -> bool:
    """Whether another dot of the column stands where the word above this one would."""
    if where.room < ROOMY:
        return False
    y = where.at[prefix][1]
    return any(0 < other[1] - y < WORD for p, other in where.at.items() if len(p) == len(prefix))


def _hover(
    words: Sequence[str], prefixes: Sequence[Prefix], totals: Mapping[Prefix, float], state: str
) -> dict[str, Any]:
    said = "never scored" if state == "ahead" else state
    shown = [
        f"{_safe(name)}: {fixed(totals[p], 4) if p in totals else '…'}, {said}"
        for name, p in zip(words, prefixes, strict=True)
    ]
    return {"hovertext": shown, "hovertemplate": "%{hovertext}<extra></extra>"}


def _safe(words: str) -> str:
    return words.replace("<", "&lt;")


def _node_text(
    where: Plan, search: Search, prefix: Prefix, totals: Mapping[Prefix, float], state: str
) -> str:
    word = _safe(search.vocabulary[prefix[-1]])
    if where.mode == "dots":
        roomy = where.room >= ROOMY and where.pitch >= 30 and state in ("kept", "ended")
        said = state == "answer" and where.pitch >= 30 and where.room >= 9
        return word if roomy or said else ""
    if state == "ahead" or prefix not in totals:
        return word
    total = fixed(totals[prefix])
    return f"{word}<br><b>{total}</b>" if where.mode == "tall" else f"{word} <b>{total}</b>"


def edge_labels(
    run: Run, where: Plan, prefixes: Sequence[Prefix], states: Mapping[Prefix, str]
) -> dict[str, Any]:
    """The step's own log-prob at the left of its box, above a rising edge, below a falling one."""
    shown = prefixes if where.labelled and run.tree else ()
    up = [where.at[p][1] >= where.at[p[:-1]][1] for p in shown]
    blue = [states.get(p) in ("kept", "answer", "ended") for p in shown]
    return {
        "type": "scatter",
        "mode": "text",
        "name": "log-probs",
        "x": [round(where.at[p][0] - where.half[0] - 8, 1) for p in shown],
        "y": [
            round(where.at[p][1] + (2 if rises else -2), 1)
            for p, rises in zip(shown, up, strict=True)
        ],
        "text": [fixed(run.tree[p] - run.tree.get(p[:-1], 0.0)) for p in shown],
        "textposition": ["top left" if rises else "bottom left" for rises in up],
        "textfont": {
            "size": 13 if where.ground.phone else 15,
            "color": [theme.FWD if b else theme.MUTED for b in blue],
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
    }
