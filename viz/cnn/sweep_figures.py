"""A line at every place of a picture: where trained nets still know it."""

from typing import Any

import numpy as np

from viz.cnn import store, training
from viz.cnn.scoreboard import median_share
from viz.cnn.sweeps import Sweep
from viz.cnn.tiles import Ink, Tile, heat, outline
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note

START, NEAR = 24, 0.12
WHERE = ("row", "column")


def line_sweep(result: Sweep, *, phone: bool = False) -> Film:
    """The line moves through the picture; the net answers, sure and wrong or sure and right."""
    tile = Tile(180, 180, 28, 28, 10) if phone else Tile(145, 248, 28, 28, 9.0)
    figure = theme.figure(
        [
            *_curves(result),
            _here(result, START),
            _picture(result, tile, START),
            _bars(result, START, phone),
            _answers(result, START, phone),
        ],
        _layout(result, tile, phone),
    )
    first = len(training.NETS)
    frames = tuple(
        Frame(
            f"{WHERE[result.kind]} {place + 1}",
            caption(result, place),
            tuple(range(first, first + 4)),
            _changes(result, tile, place, phone),
        )
        for place in range(training.SIDE)
    )
    return Film(figure, frames, WHERE[result.kind], START, 250, _table(result))


def _changes(result: Sweep, tile: Tile, place: int, phone: bool) -> tuple[dict[str, Any], ...]:
    here, bars = _here(result, place), _bars(result, place, phone)
    return (
        {"x": here["x"], "y": here["y"]},
        {"z": _picture(result, tile, place)["z"]},
        {"x": bars["x"]},
        {"text": _answers(result, place, phone)["text"]},
    )


def _curves(result: Sweep) -> list[dict[str, Any]]:
    """Shares right of all nets, the chosen one last and blue."""
    names = [name for name in training.NETS if name != result.net]
    places = list(range(1, training.SIDE + 1))
    traces = []
    for name in (*names, result.net):
        chosen = name == result.net
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "xaxis": "x2",
                "yaxis": "y2",
                "x": places,
                "y": store.records()[name].by_place[result.kind].tolist(),
                "line": {
                    "color": theme.FWD if chosen else theme.MUTED,
                    "width": 4 if chosen else 2,
                },
                "hovertemplate": f"%{{x}}: %{{y:.0%}} right<extra>{name}</extra>",
                "cliponaxis": False,
            }
        )
    return traces


def _here(result: Sweep, place: int) -> dict[str, Any]:
    share = float(result.record.by_place[result.kind][place])
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "present place",
        "xaxis": "x2",
        "yaxis": "y2",
        "x": [place + 1, place + 1],
        "y": [0, share],
        "line": {"color": theme.FWD, "width": 1.5, "dash": "dot"},
        "marker": {"size": [0, 13], "color": theme.FWD, "opacity": 1},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _picture(result: Sweep, tile: Tile, place: int) -> dict[str, Any]:
    most = float(np.abs(result.images).max())
    return heat("picture", tile, result.images[place], Ink(most, -most, theme.INK))


def _bar_places(phone: bool) -> tuple[float, float, tuple[float, ...]]:
    return (110.0, 150.0, (16.0, -11.0, -38.0)) if phone else (98.0, 150.0, (86.0, 56.0, 26.0))


def _bars(result: Sweep, place: int, phone: bool) -> dict[str, Any]:
    left, length, heights = _bar_places(phone)
    return {
        "type": "bar",
        "orientation": "h",
        "name": "probabilities",
        "y": list(heights),
        "x": [round(length * float(p), 1) for p in result.probs[place]],
        "base": left,
        "width": 18,
        "marker": {"color": theme.FWD},
        "hoverinfo": "skip",
    }


def _answers(result: Sweep, place: int, phone: bool) -> dict[str, Any]:
    """Probabilities, and a tick or a cross at the net's answer."""
    left, length, heights = _bar_places(phone)
    text = []
    best = int(result.probs[place].argmax())
    for k, p in enumerate(result.probs[place]):
        mark = (" ✓" if k == result.kind else " ✗") if k == best else ""
        text.append(f"{float(p):.2f}<b>{mark}</b>")
    return {
        "type": "scatter",
        "mode": "text",
        "name": "answers",
        "x": [left + length + 8] * 3,
        "y": list(heights),
        "text": text,
        "textposition": "middle right",
        "textfont": {"size": 16, "color": theme.INK},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _layout(result: Sweep, tile: Tile, phone: bool) -> dict[str, Any]:
    hidden = {"visible": False, "fixedrange": True, "domain": [0.0, 1.0]}
    across, up = ([0.13, 0.62], [0.09, 0.37]) if phone else ([0.42, 0.83], [0.14, 0.8])
    low, high = (-60, 340) if phone else (0, 412)
    return theme.chart(
        660 if phone else 412,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        annotations=_notes(result, tile, phone),
        shapes=[outline(tile), _band()],
        xaxis=hidden | {"range": [0, 360 if phone else 1000]},
        yaxis=hidden | {"range": [low, high], "domain": [0.48 if phone else 0.0, 1.0]},
        xaxis2={
            "domain": across,
            "range": [0.4, training.SIDE + 0.6],
            "anchor": "y2",
            "showgrid": False,
            "tickvals": [1, 5, 9, 14, 20, 24, 28],
            "title": {"text": f"{WHERE[result.kind]} of the line"},
        },
        yaxis2={
            "domain": up,
            "range": [-0.02, 1.06],
            "anchor": "x2",
            "tickvals": [0, 1 / 3, 1],
            "ticktext": ["0", "⅓", "1"],
        },
    )


def _band() -> dict[str, Any]:
    """Where lines stood in training."""
    low, high = training.MIDDLE
    return {
        "type": "rect",
        "layer": "below",
        "xref": "x2",
        "yref": "y2",
        "x0": low + 0.5,
        "x1": high + 1.5,
        "y0": 0,
        "y1": 1.06,
        "fillcolor": theme.MUT_T,
        "line": {"width": 0},
    }


def _notes(result: Sweep, tile: Tile, phone: bool) -> list[dict[str, Any]]:
    left, _, heights = _bar_places(phone)
    size = 14 if phone else 16
    low, high = training.MIDDLE
    chosen = f"<span style='color:{theme.FWD}'><b>{result.net}</b></span>"
    title = f"{chosen}: share right at each {WHERE[result.kind]}"
    title += "" if phone else ", five seeds"
    domain: dict[str, Any] = {"yref": "y2 domain", "yanchor": "bottom"}
    middle: dict[str, Any] = {
        "x": (low + high) / 2 + 1,
        "y": 1.0,
        "text": "lines in training",
        "color": theme.MUTED,
    }
    notes = [
        note(left - 8, y, name, size=size, xanchor="right")
        for name, y in zip(training.CLASSES, heights, strict=True)
    ]
    notes.append(note(**middle, size=size, xref="x2", **domain))
    place: dict[str, Any] = {
        "x": 0,
        "y": 1.14 if phone else 1.1,
        "xref": "x2 domain",
        "xanchor": "left",
    }
    notes.append(note(**place, text=title, size=size if phone else 17, **domain))
    notes += _ends(result, 13 if phone else 14)
    if not phone:
        notes.append(note(tile.x, 392, "the picture", size=16, color=theme.MUTED))
    return notes


def _ends(result: Sweep, size: int) -> list[dict[str, Any]]:
    """Every net's name at the right end of its curve; nets that end alike share a place."""
    groups: list[tuple[float, list[str]]] = []
    ends = {name: float(store.records()[name].by_place[result.kind][-1]) for name in training.NETS}
    for name, share in sorted(ends.items(), key=lambda pair: -pair[1]):
        shown = f"<span style='color:{theme.FWD}'><b>{name}</b></span>"
        shown = shown if name == result.net else name
        if groups and groups[-1][0] - share < NEAR:
            groups[-1][1].append(shown)
        else:
            groups.append((share, [shown]))
    place: dict[str, Any] = {"xref": "x2 domain", "yref": "y2", "xanchor": "left", "align": "left"}
    return [
        note(
            1.02,
            share,
            "<br>".join(names),
            size=size,
            color=theme.MUTED,
            yanchor="top" if share > 0.9 else "bottom" if share < 0.1 else "middle",
            yshift=10 if share > 0.9 else -10 if share < 0.1 else 0,
            **place,
        )
        for share, names in groups
    ]


def caption(result: Sweep, place: int) -> str:
    """What the net says to the line here, and how the net does in all."""
    best = int(result.probs[place].argmax())
    low, high = training.MIDDLE
    inside = (
        "where lines stood in training" if low <= place <= high else "where none stood in training"
    )
    right = "right" if best == result.kind else "wrong"
    middle, anywhere = (median_share(r) for r in (result.record.middle, result.record.anywhere))
    answer = ("a horizontal line", "a vertical line", "no line")[best]
    return (
        f"Line in {WHERE[result.kind]} {place + 1}, {inside}: {result.net} says "
        f"{{fwd:{answer}}} ({float(result.probs[place, best]):.2f}), {right}. Median of 5 seeds: "
        f"{middle} right in the middle, {anywhere} "
        "anywhere."
    )


def _table(result: Sweep) -> dict[str, list[Any]]:
    return {
        WHERE[result.kind]: list(range(1, training.SIDE + 1)),
        **{
            f"p({name})": [float(v) for v in result.probs[:, k].round(6)]
            for k, name in enumerate(training.CLASSES)
        },
        "share right, 5 seeds": result.record.by_place[result.kind].tolist(),
    }
