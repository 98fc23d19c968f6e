"""A search over a real vocabulary: totals fall with every word, and the beam thins out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.beam_search.compute import Search
from viz.beam_search.fan_panel import panel
from viz.beam_search.fan_wording import step_caption
from viz.beam_search.results import Prefix, Run, parts_of
from viz.beam_search.speech import Speech
from viz.beam_search.wording import readout
from viz.draw import graph, theme
from viz.draw.film import Film, Frame

ENDED, RIVALS, DRAWN = 12, 3, 12
Curve = tuple[list[Any], list[Any]]
NOTHING: Curve = ([], [])
FIELDS = ("x", "y", "text", "textposition", "textfont")


@dataclass(frozen=True, slots=True, eq=False)
class Fan:
    """A search as points: every prefix of the beam at (words, total).

    Attributes:
        totals: prefix -> log-prob, of all that were kept or ended; the empty prefix has 0.
        ended: prefix of every sentence that ended, best score first.
    """

    search: Search
    totals: dict[Prefix, float]
    ended: tuple[Prefix, ...]


def fan_of(search: Search) -> Fan:
    """Collect the points of a search."""
    totals: dict[Prefix, float] = {(): 0.0}
    for number, step in enumerate(search.steps):
        for place in (*step.kept.tolist(), *step.finished.tolist()):
            totals[search.prefix(number, place)] = float(step.totals[place])
    ended = [one.tokens for one in search.hypotheses if one.finished and one.tokens in totals]
    return Fan(search, totals, tuple(ended))


def spoken_fan(result: Speech, *, phone: bool = False) -> Film:
    """The beam after each step, or the whole search for each beam width."""
    run = result.run
    searches = run.by_width or (run.search,)
    fans = [fan_of(search) for search in searches]
    if run.by_width:
        shown = [(fan, len(fan.search.steps)) for fan in fans]
        labels = [f"k = {fan.search.beam_width}" for fan in fans]
        words = [readout(run, fan.search) for fan in fans]
        start = run.place
    else:
        fan = fans[0]
        shown = [(fan, step) for step in range(len(fan.search.steps) + 1)]
        labels = ["start", *(f"step {step}" for step in range(1, len(shown)))]
        words = [step_caption(result, step) for step in range(len(shown))]
        start = len(shown) - 1
    low = min(min(fan.totals.values()) for fan in fans)
    if run.exact is not None:
        low = min(low, run.exact.log_prob)
    if any(fan.search.best.tokens != run.greedy.best.tokens for fan in fans):
        low = min(low, run.greedy.best.log_prob)
    fixed_ = {
        "ghost": NOTHING if run.by_width else _ghost(fans[0]),
        "greedy": _steps(run, run.greedy.best.tokens),
        "true": _steps(run, run.exact.tokens) if run.exact is not None else NOTHING,
    }
    drawn = [_picture(result, fan, step, fixed_, phone) for fan, step in shown]
    traces, notes = drawn[start]
    layout = _layout(result, low, phone, notes)
    changing = [
        i for i, one in enumerate(traces) if any(_part(t[i]) != _part(one) for t, _ in drawn)
    ]
    frames = tuple(
        Frame(label, text, tuple(changing), tuple(_part(t[i]) for i in changing), notes)
        for label, text, (t, notes) in zip(labels, words, drawn, strict=True)
    )
    variable = "beam width" if run.by_width else "step"
    figure = theme.figure(traces, layout)
    return Film(figure, frames, variable, start=start, pace=500, table=table(result))


def _part(trace: dict[str, Any]) -> dict[str, Any]:
    return {name: trace[name] for name in FIELDS if name in trace}


def _layout(result: Speech, low: float, phone: bool, notes: dict[str, Any]) -> dict[str, Any]:
    steps = result.run.num_steps
    hidden = {"visible": False, "fixedrange": True}
    return theme.chart(
        720 if phone else 412,
        margin={"l": 52, "r": 8, "t": 84, "b": 50},
        xaxis={
            "range": [-0.3, steps + 0.6],
            "domain": [0, 1] if phone else [0, 0.58],
            "title": {"text": "words said; height: total log-probability"},
            "anchor": "y",
            "dtick": 5,
        },
        yaxis={
            "range": [low * 1.06 - 0.3, max(0.4, -0.03 * low)],
            "domain": [0.46, 1] if phone else [0, 1],
            "anchor": "x",
            "nticks": 6,
            "tickformat": "~f",
        },
        xaxis2={
            **hidden,
            "range": [0, 330 if phone else 370],
            "domain": [0, 1] if phone else [0.63, 1],
            "anchor": "y2",
        },
        yaxis2={
            **hidden,
            "range": [0, 260 if phone else 278],
            "domain": [0, 0.34] if phone else [0, 1],
            "anchor": "x2",
        },
        **notes,
    )


def _lines(totals: Mapping[Prefix, float], ends: Iterable[Prefix]) -> Curve:
    """The ways to some prefixes, what they share drawn once."""
    drawn: set[Prefix] = {()}
    x, y = list[Any](), list[Any]()
    for end in ends:
        branch = len(end)
        while branch and end[:branch] not in drawn:
            drawn.add(end[:branch])
            branch -= 1
        if branch < len(end):
            x += [*range(branch, len(end) + 1), None]
            y += [*(round(totals[end[:n]], 2) for n in range(branch, len(end) + 1)), None]
    return x, y


def _ghost(fan: Fan) -> Curve:
    """All that was ever kept; the longest first, since each draws its whole way."""
    return _lines(fan.totals, sorted(fan.totals, key=len, reverse=True))


def _picture(
    result: Speech, fan: Fan, step: int, fixed_: Mapping[str, Curve], phone: bool
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    search, run = fan.search, result.run
    last = step == len(search.steps)
    alive = [tuple(p) for p in search.steps[step - 1].prefixes.tolist()] if step else [()]
    ended = [p for p in fan.ended if len(p) <= step][:ENDED]
    leader = search.best.tokens if last else (alive[0] if alive else ended[0])
    path = _path(fan, leader)
    other = run.greedy.best.tokens[:step] != leader
    left, right, heads = panel(result, search, step, phone=phone)
    beam = _lines(fan.totals, [*alive[:DRAWN], *ended])
    greedy = _first(fixed_["greedy"], step) if other else NOTHING
    true = fixed_["true"] if last and run.missed(search) else NOTHING
    traces = [
        _line("kept at some time", theme.HAIR, 1, "solid", fixed_["ghost"]),
        _line("best", theme.SPOT, 16, "solid", path if last else NOTHING),
        _line("pruned", theme.LINE, 1.2, "dash", NOTHING if last else _rivals(search, step)),
        _line("beam", theme.FWD, 1.6, "solid", beam),
        _line("true best", theme.TRU, 2.5, "dash", true),
        _line("greedy", theme.MUTED, 2, "dot", greedy),
        _line("leader", theme.FWD, 4, "solid", path),
        _points("kept", "circle", 7, fan, [p for p in alive if p]),
        _points("ended", "square", 8, fan, ended),
        left,
        right,
        heads,
        {"type": "scatter", "x": [0], "y": [0], "mode": "markers", "marker": {"opacity": 0},
         "xaxis": "x3", "name": "words", "hoverinfo": "skip"},
    ]  # fmt: skip
    words = [search.vocabulary[token].replace("<", "&lt;") for token in leader]
    axis = _word_axis(run.num_steps, words, phone)
    ends = _ends(result, fan, leader, fixed_, phone) if last else []
    # As many notes in every frame: one that comes or goes makes the stage draw all of them anew.
    unseen = [graph.note(0, 0, " ", size=14) for _ in range(2 - len(ends))]
    return traces, {"annotations": [*ends, *unseen], "xaxis3": axis}


def _path(fan: Fan, tokens: Prefix) -> Curve:
    """A sentence of the search from its first word on, without gaps."""
    lengths = range(len(tokens) + 1)
    return list(lengths), [round(fan.totals[tokens[:n]], 2) for n in lengths]


def _first(curve: Curve, steps: int) -> Curve:
    return curve[0][: steps + 1], curve[1][: steps + 1]


def _steps(run: Run, tokens: Prefix) -> Curve:
    """A path that the search need not have kept."""
    totals = np.cumsum([0.0, *parts_of(run, tokens)])
    return list(range(len(totals))), [round(float(v), 2) for v in totals]


def _word_axis(steps: int, words: Sequence[str], phone: bool) -> dict[str, Any]:
    """The leader's words over their places."""
    return {
        "overlaying": "x",
        "side": "top",
        "range": [-0.3, steps + 0.6],
        "tickvals": list(range(1, len(words) + 1)),
        "ticktext": list(words),
        "tickangle": -90 if phone else -55,
        "tickfont": {"size": 13 if phone else 14, "color": theme.FWD},
        "showgrid": False,
        "showline": False,
        "fixedrange": True,
        "anchor": "y",
        "domain": [0, 1] if phone else [0, 0.58],
    }


def _rivals(search: Search, step: int) -> Curve:
    """The best candidates that this step drops."""
    x, y = list[float | None](), list[float | None]()
    if not step:
        return x, y
    now = search.steps[step - 1]
    stay = set(now.kept.tolist()) | set(now.finished.tolist())
    before = search.steps[step - 2] if step > 1 else None
    for place in [i for i in range(len(now.totals)) if i not in stay][:RIVALS]:
        parent = float(before.totals[before.kept[now.parents[place]]]) if before else 0.0
        x += [step - 1, step, None]
        y += [round(parent, 2), round(float(now.totals[place]), 2), None]
    return x, y


def _line(name: str, color: str, width: float, dash: str, curve: Curve) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": curve[0],
        "y": curve[1],
        "line": {"color": color, "width": width, "dash": dash},
        "hoverinfo": "skip",
    }


def _points(
    name: str, symbol: str, size: int, fan: Fan, prefixes: Sequence[Prefix]
) -> dict[str, Any]:
    ended = name == "ended"
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [len(prefix) for prefix in prefixes],
        "y": [round(fan.totals[prefix], 2) for prefix in prefixes],
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": theme.BG if ended else theme.FWD,
            "line": {"color": theme.FWD, "width": 2 if ended else 0},
        },
        "hovertemplate": f"%{{x}} words, total %{{y:.2f}}, {name}<extra></extra>",
    }


def _ends(
    result: Speech, fan: Fan, leader: Prefix, fixed_: Mapping[str, Curve], phone: bool
) -> list[dict[str, Any]]:
    """Names at the ends of the greedy path and of the true best; below the fan nothing is drawn."""
    run, notes = result.run, list[dict[str, Any]]()
    if run.greedy.best.tokens != leader:
        x, y = (part[-1] for part in fixed_["greedy"])
        notes.append(graph.note(x, y, "greedy", size=14, color=theme.MUTED))
        notes[-1] |= {"xanchor": "right", "xshift": -4, "yshift": -13, "bgcolor": theme.BG}
    if run.missed(fan.search) and fixed_["true"][0]:
        x, y = (part[-1] for part in fixed_["true"])
        room = (0.2 if phone else 0.12) * (run.num_steps + 0.9)
        notes.append(graph.note(max(x, room), y, "true best", size=15, color=theme.TRU))
        notes[-1] |= {"xanchor": "right", "xshift": -2, "yshift": -36 if phone else -16}
    return notes


def table(result: Speech) -> dict[str, list[Any]]:
    """What the search ends with, best first."""
    search = result.run.search
    found = search.hypotheses
    return {
        "sentence": [search.words(one.tokens) for one in found],
        "words": [len(one.tokens) for one in found],
        "log-probability": [round(one.log_prob, 6) for one in found],
        "score": [round(one.score, 6) for one in found],
        "ended": [one.finished for one in found],
    }
