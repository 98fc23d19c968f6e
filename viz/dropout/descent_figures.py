"""Descent under masks, beside the closed form it must find."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, short
from viz.dropout.drawing import f4, limits
from viz.dropout.results import Training

FAR, NEAR = 10.0, 0.1


def descent_under_masks(result: Training, *, phone: bool = False) -> Film:
    """Two weights under fresh masks at every step, their average, and the closed form."""
    run, target = result.descent, result.target
    second = 1 if len(target) > 1 else 0
    points = run.iterates[:, [0, second]]
    ends = np.stack([target[[0, second]], result.other[[0, second]]])
    low = np.minimum(points.min(axis=0), ends.min(axis=0))
    high = np.maximum(points.max(axis=0), ends.max(axis=0))
    pad = 0.12 * (high - low) + 1e-3
    # Turned by 90 degrees a title takes width, which a phone has not.
    name = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top"}
    said = "weight 2" if phone else "large dot: the average of the path"
    names = [graph.note(0.01, 1, said, size=14 if phone else 15, color=theme.MUTED, **name)]
    layout = theme.chart(
        440,
        margin={"l": 62, "r": 20, "t": 14, "b": 52},
        xaxis={
            "range": limits(float(low[0] - pad[0]), float(high[0] + pad[0])),
            "title": {"text": "weight 1"},
            "fixedrange": True,
        },
        yaxis={
            "range": limits(float(low[1] - pad[1]), float(high[1] + pad[1])),
            "fixedrange": True,
            "title": {"text": "" if phone else "weight 2"},
        },
        annotations=[*_descent_notes(result, second, high - low), *names],
    )
    last = len(run.steps) - 1
    walk, mean = _walked(result, last, second)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "ahead",
            "x": f4(points[:, 0]),
            "y": f4(points[:, 1]),
            "line": {"color": theme.HAIR, "width": 1.5},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "iterates",
            **walk,
            "line": {"color": theme.PAR, "width": 1.5},
            "marker": {"size": 4, "color": theme.PAR},
            "hovertemplate": "(%{x:.3f}, %{y:.3f})<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "average",
            **mean,
            "marker": {"size": 16, "color": theme.PAR, "line": {"color": theme.INK, "width": 2}},
            "hovertemplate": "average (%{x:.3f}, %{y:.3f})<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "closed form",
            "x": [float(target[0])],
            "y": [float(target[second])],
            "marker": {
                "symbol": "star",
                "size": 17,
                "color": theme.TRU,
                "line": {"color": theme.BG, "width": 1},
            },
            "hovertemplate": "(%{x:.3f}, %{y:.3f})<extra>closed form</extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "other convention",
            "x": [float(result.other[0])],
            "y": [float(result.other[second])],
            "marker": {"symbol": "star-open", "size": 15, "color": theme.MUTED},
            "hovertemplate": "(%{x:.3f}, %{y:.3f})<extra></extra>",
        },
    ]
    frames = tuple(
        Frame(f"step {int(step)}", training_caption(result, i), (1, 2), _walked(result, i, second))
        for i, step in enumerate(run.steps)
    )
    return Film(theme.figure(traces, layout), frames, variable="step")


def _descent_notes(result: Training, second: int, span: np.ndarray) -> list[dict[str, Any]]:
    names = ("w̌", "p w̌") if not result.inverted else ("p w̌", "w̌")
    same = result.keep_prob == 1
    words = [f"closed form <i>{names[0]}</i>" if not same else "least squares"]
    words.append("" if same else f"<i>{names[1]}</i>")
    places = (result.target, result.other)
    apart = np.abs((result.target - result.other)[[0, second]])
    close = bool((apart < (0.3 * span[0], 0.12 * span[1])).all())
    up = (True, result.other[second] >= result.target[second] and not close)
    return [
        graph.note(
            float(place[0]),
            float(place[second]),
            text,
            size=16 if k == 0 else 15,
            color=theme.TRU if k == 0 else theme.MUTED,
            yanchor="bottom" if up[k] else "top",
            yshift=12 if up[k] else -12,
            bgcolor=theme.BG if text else None,
        )
        for k, (place, text) in enumerate(zip(places, words, strict=True))
    ]


def _walked(result: Training, i: int, second: int) -> tuple[dict[str, Any], dict[str, Any]]:
    run = result.descent
    return (
        {"x": f4(run.iterates[: i + 1, 0]), "y": f4(run.iterates[: i + 1, second])},
        {"x": f4(run.averaged[i : i + 1, 0]), "y": f4(run.averaged[i : i + 1, second])},
    )


def training_caption(result: Training, i: int) -> str:
    """How near the average has come."""
    steps, p = int(result.descent.steps[i]), short(result.keep_prob)
    after = f"After {count(steps)} step{'' if steps == 1 else 's'} with a fresh mask each"
    far = result.distance(i)
    text = f"{after}, the average of the iterates is {{par:{_away(far)}}} away from "
    notices = "".join(f" Note: {notice}." for notice in result.notices)
    tail = (_reason(result) if i == len(result.descent.steps) - 1 and far > NEAR else "") + notices
    if result.keep_prob == 1:
        return f"{text}least squares; with p = 1 no mask erases anything.{tail}"
    if result.inverted:
        return (
            f"{text}{{tru:p w̌}}: with the mask divided by p = {p} (as torch does) the weights need "
            f"no rescaling afterwards.{tail}"
        )
    return f"{text}{{tru:w̌}}; for testing these weights are multiplied by p = {p}.{tail}"


def _away(far: float) -> str:
    return f"{100 * far:.1f}%" if far < FAR else f"{short(far, 3)} times its length"


def _reason(result: Training) -> str:
    """Why training has not come near: too few steps, or noise."""
    rest = result.unfinished()
    if rest > result.distance(-1) / 2:
        return (
            f" Without any noise it would be {_away(rest)}: the shorter a column and the rarer it "
            "is kept, the more steps its weight needs."
        )
    return f" Without any noise it would be {_away(rest)}: larger batches or more steps help."
