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
    places = list(range(len(found.steps)))
    lines = [
        _line(places, found.taught, theme.TRU, "solid", "circle", "with the truth fed"),
        _line(places, found.free, theme.FWD, "dash", "diamond", "with its own words fed"),
    ]
    wide = _widest(found)
    side = "left" if 2 * wide < len(places) else "right"
    truth, own = "with the truth fed", "with its own words fed"
    if phone:
        truth, own = "truth fed", "own words fed"
    names = [
        _end(truth, wide, found.taught[wide] + 0.08, theme.TRU, "right"),
        _end(own, wide + 0.12, found.free[wide] - 0.07, theme.FWD, side),
    ]
    figure = _chart(
        lines,
        f"right tokens, {'held-out' if found.held_out else 'training'} sentences",
        "training step",
        names,
        yaxis=SHARE,
        xaxis={
            "tickvals": places,
            "ticktext": [str(step) for step in found.steps],
            "range": [-0.9 if phone else -0.4, places[-1] + 0.4],
        },
    )
    return still(figure, _accuracy_words(found, wide))


def _widest(found: Measures) -> int:
    """The checkpoint, after the start, at which the teacher helps most."""
    gaps = [a - b for a, b in zip(found.taught, found.free, strict=True)]
    return 1 + int(np.argmax(gaps[1:]))


def _accuracy_words(found: Measures, wide: int) -> str:
    """How much the teacher flatters where that is most, and how it ends."""
    last, whole = len(found.steps) - 1, _percent(found.sentences[-1])
    taught, free = ([_percent(share) for share in row] for row in (found.taught, found.free))
    if found.taught[wide] <= found.free[wide]:
        text = "The teacher makes it no better than its own words do."
    else:
        text = (
            f"The teacher flatters {'it to the end' if wide == last else 'an unfinished model'}: "
            f"at step {found.steps[wide]} {{tru:{taught[wide]}}} of the tokens of "
            f"{found.num_sentences} sentences are right when the truth is fed, "
            f"{{fwd:{free[wide]}}} when its own words are."
        )
    if wide == last:
        text += f" Of whole sentences {whole} are right."
    else:
        end = f"At the end it is {taught[-1]} and {free[-1]}"
        text += f" {end}, and {whole} of the sentences are right."
    return text if found.held_out else f"{text} All of them are sentences it was trained on."


def _kicks(found: Measures, phone: bool) -> Film:
    """Accuracy of the rest of a sentence with and without one random wrong word."""
    rows = (
        ("as it is", found.unkicked, theme.MUT_T, theme.LINE),
        ("after a kick", found.kicked, theme.FWD_T, theme.FWD),
    )
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": [f"word {j + 1}" for j in range(len(shares))],
            "y": list(shares),
            "text": [f"{100 * share:.0f}" if phone else f"{100 * share:.0f}%" for share in shares],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": tint, "line": {"color": color, "width": 2}},
            "hovertemplate": f"{name}, %{{x}}: %{{y:.1%}}<extra></extra>",
        }
        for name, shares, tint, color in rows
    ]
    figure = _chart(
        bars,
        "later tokens right: as it is, after a kick"
        if phone
        else "right tokens after that word: as it is (left), after a kick (right)",
        "overwritten by a random wrong word",
        [],
        yaxis={**SHARE, "range": [0, 1.16]},
        bargap=0.3,
    )
    return still(figure, _kick_words(found))


def _kick_words(found: Measures) -> str:
    """The word that is missed most: the same tokens with and without the kick."""
    losses = [a - b for a, b in zip(found.unkicked, found.kicked, strict=True)]
    worst = int(np.argmax(losses))
    kicked, whole = _percent(found.kicked[worst]), _percent(found.unkicked[worst])
    if losses[worst] <= 0:
        return "One wrong word does not lower the share of later tokens that are right."
    return (
        f"One wrong word derails it: with word {worst + 1} overwritten only {{fwd:{kicked}}} of "
        f"the tokens after it are right; with nothing overwritten {whole} of them are."
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
        "line": {"color": theme.FWD, "width": 3},
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
        f"{{fwd:{fixed(float(losses[-1]), 3)}}} nats a token in {len(losses)} steps.",
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
