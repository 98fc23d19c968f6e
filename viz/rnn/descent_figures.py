"""Pictures of gradient descent over the cliff of a long net, and of the shares as bars."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed, power, short
from viz.rnn.compute import Step
from viz.rnn.labels import graph_labels
from viz.rnn.long_figures import log_ticks
from viz.rnn.results import Descent, Graph

LOW, TOP = 1e-6, 1e308
CLOSE, FAR = 30, 5


def descent_path(result: Descent, *, phone: bool = False) -> Film:
    """The loss over w on a log axis, and the steps of descent on it."""
    seen = [max(step.loss, LOW) for step in result.steps if _inside(step)]
    top = math.log10(max(float(result.losses.max()), 1.0)) + 0.4
    bottom = math.log10(max(min([*seen, 1e-3]), LOW)) - 0.5
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 58, "r": 14, "t": 30, "b": 52},
        xaxis={
            "range": [0.69, 1.31],
            "title": {"text": "weight w"},
            "dtick": 0.2 if phone else 0.1,
            "fixedrange": True,
        },
        yaxis={
            "type": "log",
            "range": [bottom, top],
            "fixedrange": True,
            **log_ticks(bottom, top),
        },
        annotations=_notes(result, top, phone),
    )
    last = len(result.steps) - 1
    shown = [*range(min(CLOSE, last) + 1), *range(CLOSE + FAR, last + 1, FAR)]
    frames = tuple(
        Frame(f"step {k}", descent_caption(result, k), (1, 2, 3, 4), _changes(result, k))
        for k in dict.fromkeys([*shown, last])
    )
    return Film(theme.figure(_traces(result, last), layout), frames, pace=200, table=table(result))


def _inside(step: Step) -> bool:
    return 0.69 <= step.weight <= 1.31


def _traces(result: Descent, last: int) -> list[dict[str, Any]]:
    path, free, clipped, present = _changes(result, last)
    dots = {"type": "scatter", "mode": "markers"}
    hover = "w = %{x:.4f}, loss %{y:.3g}<extra></extra>"
    rim = {"width": 2, "color": theme.BWD}
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "loss",
            "x": np.round(result.weights, 4).astype(np.float32),
            "y": np.array([float(f"{max(v, LOW):.4g}") for v in result.losses], np.float32),
            "line": {"color": theme.MUTED, "width": 2.5},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "steps",
            **path,
            "line": {"color": theme.BWD, "width": 1.5},
            "hoverinfo": "skip",
        },
        {
            **dots,
            "name": "free steps",
            **free,
            "marker": {"size": 8, "color": theme.BWD, "line": rim},
            "hovertemplate": hover,
        },
        {
            **dots,
            "name": "clipped steps",
            **clipped,
            "marker": {"size": 8, "color": theme.BG, "line": rim},
            "hovertemplate": hover,
        },
        {
            **dots,
            "name": "present step",
            **present,
            "marker": {"size": 15, "color": theme.BWD, "line": {"width": 2, "color": theme.INK}},
            "hovertemplate": hover,
        },
    ]


def _changes(result: Descent, k: int) -> tuple[dict[str, Any], ...]:
    """The path so far without the stretches it has walked before, and its dots."""
    here = result.steps[: k + 1]
    inside = [_point(step) for step in here if _inside(step)]
    x, y = list[float | None](), list[float | None]()
    walked, end = set[frozenset[tuple[float, float]]](), None
    for a, b in pairwise(inside):
        if frozenset((a, b)) not in walked:
            if end != a:
                x += [None, a[0]] if x else [a[0]]
                y += [None, a[1]] if y else [a[1]]
            x.append(b[0])
            y.append(b[1])
            end = b
        walked.add(frozenset((a, b)))
    before = here[:-1] if _inside(here[-1]) else here
    groups = [
        dict.fromkeys(_point(s) for s in before if s.clipped == clipped and _inside(s))
        for clipped in (False, True)
    ]
    present = [_point(here[-1])] if _inside(here[-1]) else []
    return (
        {"x": x, "y": y},
        *({"x": [p[0] for p in g], "y": [p[1] for p in g]} for g in (*groups, present)),
    )


def _point(step: Step) -> tuple[float, float]:
    return round(step.weight, 4), float(f"{max(step.loss, LOW):.3g}")


def _notes(result: Descent, top: float, phone: bool) -> list[dict[str, Any]]:
    size = 14 if phone else 16
    paper = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    head = "loss (y − target)²/2 with y = w<sup>30</sup>, log scale"
    words = f"target reached at<br>w = {short(result.best, 5)}"
    place = {"xanchor": "right", "yanchor": "bottom", "align": "right"}
    wall = math.log10(max((1.2**30 - result.target) ** 2 / 2, LOW)) + 0.7
    notes = [
        graph.note(0, 1.0, head, size=size, color=theme.MUTED, **paper),
        graph.note(result.best - 0.015, -2.4, words, size=size, color=theme.TRU, **place),
        graph.note(1.2, wall, "the cliff", size=size, color=theme.MUTED, xanchor="right"),
    ]
    return notes + (_jump(result, result.jumped, top, size) if result.jumped is not None else [])


def _jump(result: Descent, jumped: int, top: float, size: int) -> list[dict[str, Any]]:
    """An arrow from the last step on the picture to where the next one leaves it."""
    landed, before = result.steps[jumped].weight, result.steps[max(jumped - 1, 0)]
    left = landed < 0.7
    height = math.log10(max(before.loss, LOW)) if _inside(before) else top - 1
    edge, inward = (0.7, "left") if left else (1.3, "right")
    arrow = {
        "x": edge,
        "y": height,
        "ax": before.weight + (-0.012 if left else 0.012),
        "ay": height,
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2,
        "arrowwidth": 2.5,
        "arrowcolor": theme.BWD,
    }
    words = f"step {jumped} lands at w = {short(landed, 4)}"
    # Near the top the words would meet the chart's title.
    below = height > top - 1
    place = {"xanchor": inward, "yanchor": "top" if below else "bottom"}
    at, level = edge + (0.005 if left else -0.005), height + (-0.2 if below else 0.2)
    return [arrow, graph.note(at, level, words, size=size, color=theme.BWD, **place)]


def descent_caption(result: Descent, k: int) -> str:
    """Where the step stands and how it got there."""
    step = result.steps[k]
    steps = "At the start" if k == 0 else "After one step" if k == 1 else f"After {k} steps"
    loss = f"loss {short(step.loss)}" if math.isfinite(step.loss) else f"a loss above {power(TOP)}"
    where = f"{steps} w = {{par:{short(step.weight, 6)}}} with {loss}"
    slope = f"the slope there is {{bwd:{short(step.grad, 4)}}}"
    over = k == len(result.steps) - 1 and k < result.num_steps
    end = " The next step would be beyond all bounds, so the run ends here." if over else ""
    if k == result.jumped:
        advice = " Clipping would have kept it." if result.clip is None else ""
        before = short(result.steps[max(k - 1, 0)].grad, 4)
        return f"{where}: the slope {before} before it threw w off the picture.{advice}{end}"
    if over:
        return f"{where}, off the picture.{end}"
    if not _inside(step):
        return f"{where}, off the picture; {slope}."
    if step.clipped:
        return f"{where}; {slope}, clipped to {short(result.clip or 0)} (hollow)."
    return f"{where}; {slope}."


def table(result: Descent) -> dict[str, list[Any]]:
    """Every step."""
    return {
        "step": list(range(len(result.steps))),
        "w": [step.weight for step in result.steps],
        "loss": [step.loss for step in result.steps],
        "slope": [step.grad for step in result.steps],
        "clipped": [step.clipped for step in result.steps],
    }


def edge_shares(result: Graph, *, phone: bool = False) -> Film:
    """Each use of w as a bar that begins where the sum of the earlier ones ends."""
    edges, said = result.back.edges, graph_labels(result)
    ends = np.cumsum(edges)
    words = [
        f"{product} = {share}" for product, share in zip(said.products, said.shares, strict=True)
    ]
    reach = [min(0.0, float(ends.min())), max(0.0, float(ends.max()))]
    pad = 0.04 * (reach[1] - reach[0]) or 1.0
    count = len(edges)
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "shares",
        "y": list(range(1, count + 1)),
        "x": list(edges),
        "base": [float(end - edge) for end, edge in zip(ends, edges, strict=True)],
        "width": 0.6,
        "marker": {"color": theme.BWD_T, "line": {"color": theme.BWD, "width": 1.5}},
        "hovertemplate": "use %{y}: %{x:.4g}<extra></extra>",
    }
    layout = theme.chart(
        90 + 34 * count,
        margin={"l": 150 if phone else 230, "r": 24, "t": 34, "b": 36},
        xaxis={"range": [reach[0] - pad, reach[1] + pad], "fixedrange": True},
        yaxis={
            "range": [count + 0.6, 0.4],
            "tickvals": list(range(1, count + 1)),
            "ticktext": [theme.math(text) for text in words],
            "tickfont": {"size": 13 if phone else 17, "color": theme.BWD},
            "showgrid": False,
            "fixedrange": True,
        },
        shapes=[_sum_line(result.back.dw)],
        annotations=[
            graph.note(
                result.back.dw,
                1.0,
                theme.math(f"d<i>y</i>/d<i>w</i> = <b>{said.total}</b>"),
                size=15 if phone else 18,
                yref="y domain",
                yanchor="bottom",
                xanchor="right" if 2 * result.back.dw > sum(reach) else "left",
            )
        ],
    )
    numbers = ", ".join(fixed(e, 0) if e == int(e) else short(e) for e in edges)
    uses = "The only use of w contributes" if count == 1 else f"The {count} uses of w contribute"
    words_ = f"{uses} {numbers}: together {short(result.back.dw)}."
    return still(theme.figure([bars], layout), words_)


def _sum_line(total: float) -> dict[str, Any]:
    line = {"color": theme.INK, "width": 2.5}
    return {"type": "line", "x0": total, "x1": total, "y0": 0, "y1": 1, "yref": "y domain"} | {
        "line": line
    }
