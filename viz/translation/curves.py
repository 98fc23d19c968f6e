"""What training did: the loss, how often words are right, and what one wrong word does."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Picture, still
from viz.draw.numbers import fixed
from viz.translation.measures import Measures
from viz.translation.results import Translation

SHARE: dict[str, Any] = {"range": [0, 1.06], "tickformat": ".0%", "fixedrange": True}


def training_curves(result: Translation, *, phone: bool = False) -> tuple[Film, ...]:
    """Loss, accuracy by checkpoint and by position, and the price of one wrong word."""
    found = result.measures
    if found is None:
        return ()
    return (
        _accuracy(found, phone),
        _kicks(found, phone),
        _positions(found, phone),
        _loss(result, phone),
    )


def _chart(traces: list[Any], title: str, x: str, notes: list[Any], **layout: Any) -> Picture:
    head = graph.note(0, 1.03, title, size=16, xref="paper", yref="paper")
    head |= {"xanchor": "left", "yanchor": "bottom"}
    axis = {"title": {"text": x}, "fixedrange": True} | layout.pop("xaxis", {})
    chart = theme.chart(310, xaxis=axis, annotations=[head, *notes], **layout)
    return theme.figure(traces, chart)


def _accuracy(found: Measures, phone: bool) -> Film:
    """With a teacher and without, by checkpoint."""
    del phone
    places = list(range(len(found.steps)))
    lines = [
        _line(places, found.taught, theme.TRU, "solid", "circle", "with the truth fed"),
        _line(places, found.free, theme.FWD, "dash", "diamond", "with its own words fed"),
    ]
    gaps = [a - b for a, b in zip(found.taught, found.free, strict=True)]
    wide = int(np.argmax(gaps))
    names = [
        _end("with the truth fed", wide, found.taught[wide] + 0.08, theme.TRU, "right"),
        _end("with its own words fed", wide + 0.12, found.free[wide] - 0.07, theme.FWD, "left"),
    ]
    figure = _chart(
        lines,
        "right tokens, held-out sentences",
        "training step",
        names,
        yaxis=SHARE,
        xaxis={"tickvals": places, "ticktext": [str(step) for step in found.steps]},
    )
    text = (
        f"The teacher flatters an unfinished model: at step {found.steps[wide]} "
        f"{{tru:{_percent(found.taught[wide])}}} of the tokens of {found.num_sentences} sentences "
        f"are right when the truth is fed, {{fwd:{_percent(found.free[wide])}}} when its own words "
        f"are. At the end it is {_percent(found.taught[-1])} and {_percent(found.free[-1])}, and "
        f"{_percent(found.sentences[-1])} of the sentences are right."
    )
    if gaps[wide] <= 0:
        text = f"At the end {_percent(found.free[-1])} of the tokens are right, with or without."
    return still(figure, text)


def _kicks(found: Measures, phone: bool) -> Film:
    """Accuracy of the rest of a sentence after one random wrong word."""
    del phone
    names = ["none", *(f"word {j + 1}" for j in range(len(found.kicked)))]
    shares = [found.free[-1], *found.kicked]
    bars = {
        "type": "bar",
        "name": "after a kick",
        "x": names,
        "y": shares,
        "text": [_percent(share) for share in shares],
        "textposition": "outside",
        "width": 0.6,
        "marker": {
            "color": [theme.MUT_T, *[theme.FWD_T] * len(found.kicked)],
            "line": {"color": [theme.LINE, *[theme.FWD] * len(found.kicked)], "width": 2},
        },
        "hoverinfo": "skip",
    }
    figure = _chart(
        [bars],
        "right tokens after one word is overwritten",
        "overwritten by a random wrong word",
        [],
        yaxis={**SHARE, "range": [0, 1.16]},
    )
    worst = int(np.argmin(found.kicked)) if found.kicked else 0
    return still(
        figure,
        f"One wrong word derails it: with word {worst + 1} overwritten only "
        f"{{fwd:{_percent(found.kicked[worst])}}} of the later tokens are right, against "
        f"{_percent(found.free[-1])} without.",
    )


def _positions(found: Measures, phone: bool) -> Film:
    """Accuracy by position of the word, at the last checkpoint."""
    x = [str(j + 1) for j in range(len(found.free_positions))]
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": x,
            "y": list(shares),
            "marker": {"color": tint, "line": {"color": color, "width": 2}},
            "hovertemplate": f"{name}, word %{{x}}: %{{y:.1%}}<extra></extra>",
        }
        for name, shares, tint, color in (
            ("truth fed", found.taught_positions, theme.TRU_T, theme.TRU),
            ("own words fed", found.free_positions, theme.FWD_T, theme.FWD),
        )
    ]
    figure = _chart(
        bars,
        "right tokens: truth fed, own words fed"
        if phone
        else "right tokens by position: truth fed (left), own words fed (right)",
        "position of the English word",
        [],
        yaxis=SHARE,
        bargap=0.3,
        xaxis={"type": "category"},
    )
    worst = int(np.argmin(found.free_positions))
    share = _percent(found.free_positions[worst])
    text = (
        f"At the last checkpoint word {worst + 1} is the hardest: {{fwd:{share}}} are right with "
    )
    text += "its own words fed."
    if min(found.free_positions) == max(found.free_positions):
        text = f"At the last checkpoint {{fwd:{share}}} are right at every position."
    return still(figure, text)


def _loss(result: Translation, phone: bool) -> Film:
    """The loss of every step."""
    del phone
    losses = result.trained.losses
    thin = np.unique(np.linspace(0, len(losses) - 1, 150).astype(int))
    line = {
        "type": "scatter",
        "mode": "lines",
        "name": "loss",
        "x": (thin + 1).tolist(),
        "y": [round(float(v), 4) for v in losses[thin]],
        "line": {"color": theme.BWD, "width": 3},
        "hovertemplate": "step %{x}: %{y:.3f}<extra></extra>",
    }
    figure = _chart(
        [line],
        "loss of a batch, nats a token",
        "training step",
        [],
        yaxis={"rangemode": "tozero", "fixedrange": True},
    )
    return still(
        figure,
        f"The loss of a batch falls from {fixed(float(losses[0]))} to "
        f"{{bwd:{fixed(float(losses[-1]), 3)}}} nats a token in {len(losses)} steps.",
    )


def _line(
    x: list[int], y: tuple[float, ...], color: str, dash: str, symbol: str, name: str
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": x,
        "y": list(y),
        "line": {"color": color, "width": 3.5, "dash": dash},
        "marker": {"size": 9, "symbol": symbol, "color": color},
        "hovertemplate": name + ": %{y:.1%}<extra></extra>",
    }


def _end(text: str, x: float, y: float, color: str, side: str) -> dict[str, Any]:
    return graph.note(x, y, text, size=15, color=color, xanchor=side)


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
