"""Training side by side: the loss of every mode, and where their queries go."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.compute import hard
from viz.attention.lessons import Lesson
from viz.attention.plane_panel import ground_words, ink_of, look_of, map_traces, markers, returned
from viz.attention.training import Course
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import listed, short, steady

WORDS = {"gumbel": "Gumbel noise"}
NAMES = {"query": "the query", "keys": "the keys", "values": "the values"}


def learning_film(result: Lesson, *, phone: bool = False) -> Film:
    """Losses on the left, the plane of queries on the right; the future lies under a veil."""
    traces = [*_loss_traces(result), *map_traces(result, phone)]
    last = len(result.courses[0].losses) - 1
    moving = tuple(i for i, trace in enumerate(traces) if trace["name"] in MOVING)
    frames = tuple(
        Frame(
            f"step {step}",
            caption(result, step),
            moving,
            _changes(result, step),
            {"shapes": _shapes(result, step)},
        )
        for step in range(last + 1)
    )
    for place, change in zip(moving, frames[-1].data, strict=True):
        traces[place] = traces[place] | dict(change)
    figure = theme.figure(data=traces, layout=_layout(result, phone) | dict(frames[-1].layout))
    pace = 120 if last <= 60 else 40
    return Film(figure, frames, variable="step", pace=pace, table=_table(result))


MOVING = ("losses now", "losses in words", "returned", "queries now")


def caption(result: Lesson, step: int) -> str:
    """The losses at a step and who cannot move."""
    said = [f"{{fwd:{_loss(c, step)}}} with {WORDS.get(c.mode, c.mode)}" for c in result.courses]
    words = f"After {step} step{'s' * (step != 1)} of training {NAMES[result.train]} "
    words += f"the loss is {listed(said)}. "
    if result.train == "values":
        return words + "Argmax can learn this: the winner's value gets the whole gradient."
    if hard(result.inputs).jumps:
        return words + "Argmax never moves: at a tie it has no gradient, and {bwd:0} is taken."
    return words + "Argmax never moves: its gradient is exactly {bwd:0}."


def _loss(course: Course, step: int) -> str:
    return short(float(course.losses[step]), 3)


def _loss_traces(result: Lesson) -> list[dict[str, Any]]:
    """One line for every mode that there is, empty where it does not run."""
    plain: dict[str, Any] = {"type": "scatter", "mode": "lines"}
    runs = {course.mode: course for course in result.courses}
    lines = []
    for mode in ("argmax", "gumbel", "softmax", "straight-through"):
        color, dash, _, _ = look_of(mode)
        losses = runs[mode].losses if mode in runs else np.zeros(0)
        line = {**plain, "name": mode, "x": list(range(len(losses)))}
        line |= {"y": [float(f"{loss:.4g}") for loss in losses]}
        line |= {"line": {"color": color, "width": 4 if mode == "softmax" else 3, "dash": dash}}
        line |= {"hovertemplate": f"{mode}, step %{{x}}: loss %{{y:.4g}}<extra></extra>"}
        lines.append(line)
    dots = {**plain, "mode": "markers", "name": "losses now", "hoverinfo": "skip"}
    dots |= {"marker": markers(result), "cliponaxis": False}
    words = {**plain, "mode": "text", "name": "losses in words", "hoverinfo": "skip"}
    words |= {"xaxis": "x3", "yaxis": "y3", "x": [0.0] * len(result.courses)}
    words |= {"y": [0.62 - 0.71 / len(result.courses) * row for row in range(len(result.courses))]}
    words |= {"textposition": "middle right", "cliponaxis": False}
    words |= {"textfont": {"size": 16, "color": [ink_of(c.mode) for c in result.courses]}}
    return [*lines, dots, words]


def _changes(result: Lesson, step: int) -> tuple[dict[str, Any], ...]:
    losses = [float(f"{course.losses[step]:.4g}") for course in result.courses]
    rows = [
        f"{look_of(c.mode)[3]} {WORDS.get(c.mode, c.mode)} <b>{_loss(c, step)}</b>"
        for c in result.courses
    ]
    places = np.round([path[step] for path in result.paths], 3)
    return (
        {"x": [step] * len(losses), "y": losses},
        {"text": rows},
        {"text": returned(result, step)},
        {"x": places[:, 0].tolist(), "y": places[:, 1].tolist()},
    )


def _shapes(result: Lesson, step: int) -> list[dict[str, Any]]:
    """A veil over the steps that are still to come."""
    last = len(result.courses[0].losses) - 1
    edge = step + 0.016 * last
    veil: dict[str, Any] = {"type": "rect", "x0": min(edge, last), "x1": last, "y0": 0, "y1": 1}
    veil |= {"yref": "y domain", "fillcolor": theme.BG, "opacity": 0.78, "line": {"width": 0}}
    return [veil | {"layer": "above"}]


def _layout(result: Lesson, phone: bool) -> dict[str, Any]:
    last = len(result.courses[0].losses) - 1
    top = 1.08 * max(float(course.losses.max()) for course in result.courses)
    small = 13 if phone else 15
    ticks = {"tickfont": {"size": small, "color": theme.MUTED}}
    boxes = [[0.1, 0.97], [0.575, 0.83]] if phone else [[0.06, 0.5], [0.15, 0.74]]
    others = [[0.03, 0.97], [0.045, 0.46]] if phone else [[0.58, 0.99], [0.08, 0.93]]
    window = result.window
    bare: dict[str, Any] = {"showgrid": False, "showticklabels": False, "ticks": ""}
    x = {"range": [-0.02 * last, 1.02 * last], "domain": boxes[0], "showgrid": False}
    across = {"range": [window.left, window.right], "domain": others[0], "anchor": "y2"}
    upward = {"range": [window.low, window.high], "domain": others[1], "anchor": "x2"}
    return theme.chart(
        720 if phone else 424,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={**x, **ticks, "showline": True, "nticks": 6},
        yaxis={
            "range": [0, steady(0, top or 1.0)[1]],
            "domain": boxes[1],
            "nticks": 5,
            "exponentformat": "power",
            **ticks,
        },
        xaxis2={**across, **bare, "constrain": "domain"},
        yaxis2={**upward, **bare, "scaleanchor": "x2", "constrain": "domain"},
        xaxis3={
            "domain": boxes[0],
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "anchor": "y3",
        },
        yaxis3={
            "domain": [boxes[1][1], 1],
            "range": [0, 1],
            "visible": False,
            "fixedrange": True,
            "anchor": "x3",
        },
        annotations=_notes(result, phone),
    )


def _notes(result: Lesson, phone: bool) -> list[dict[str, Any]]:
    small = 13 if phone else 15
    loss = {"xref": "x domain", "yref": "paper"}
    chart = {"xref": "x domain", "yref": "y domain"}
    plane = {"xref": "x2 domain", "yref": "y2 domain"}
    title = f"loss while training {NAMES[result.train]}: ½‖output − target‖²"
    goal = f"target {wording.vector(result.target, room=200, size=small)}"
    if result.of_key is not None:
        goal += f" = {wording.name('v', result.of_key)}"
    moving = result.toward is None or result.train == "keys"
    towards = " " if moving else f"to the right: towards {wording.name('k', result.toward or 0)}"
    ground = "blue: loss of softmax" if result.train == "query" else ground_words(result)
    below = -0.04 if phone else -0.03
    return [
        graph.note(0, 0.985, title, size=small + 1, **loss, xanchor="left", yanchor="top"),
        _edge(1, -0.19 if phone else -0.16, "step", chart, small),
        _edge(1, below, towards, plane, small) | {"yanchor": "top"},
        _edge(0, below, ground, plane, small) | {"yanchor": "top"},
        _edge(0, 1.02, "plane of queries", plane, small) | {"yanchor": "bottom"},
        graph.note(1, 1.02, goal, size=small + 1, color=theme.TRU, **plane)
        | {"xanchor": "right", "yanchor": "bottom"},
    ]


def _edge(x: float, y: float, text: str, where: dict[str, str], size: int) -> dict[str, Any]:
    side = "right" if x else "left"
    return graph.note(x, y, text, size=size, color=theme.MUTED, xanchor=side, **where)


def _table(result: Lesson) -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = {"step": list(range(len(result.courses[0].losses)))}
    for course in result.courses:
        table[f"loss with {course.mode}"] = course.losses.tolist()
        table[f"gradient with {course.mode}"] = course.grad_norms.tolist()
    return table
