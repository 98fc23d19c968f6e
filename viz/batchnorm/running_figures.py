"""Running statistics: how eval mode's mean and variance come out of the training batches."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.batchnorm.batches import RunningTrace
from viz.batchnorm.captions import places
from viz.draw import graph, theme
from viz.draw.columns import column
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short

MOVING = (2, 3, 4)
EACH = 5


def running_statistics(result: RunningTrace, *, phone: bool = False) -> Film:
    """Running mean and variance step by step, beside what is expected of them and what is true."""
    domains = ([0.57, 0.95], [0.0, 0.38]) if phone else ([0.0, 0.92], [0.0, 0.92])
    across = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.46], [0.55, 1.0])
    last = len(result.mean) - 1
    traces, axes, notes = list[dict[str, Any]](), dict[str, Any](), list[dict[str, Any]]()
    for i, panel in enumerate(_panels(result)):
        n = "" if i == 0 else "2"
        traces += _traces(panel, last, n)
        axes[f"xaxis{n}"] = {
            **_plain([-1, last + 1], "training step"),
            "domain": across[i],
            "anchor": f"y{n}",
        }
        axes[f"yaxis{n}"] = {**_plain(_room(panel), ""), "domain": domains[i], "anchor": f"x{n}"}
        notes += _notes(panel, ("mean", "variance")[i], across[i][0], domains[i][1], n, phone)
    layout = theme.chart(
        640 if phone else 440,
        margin={"l": 50, "r": 12, "t": 24, "b": 50},
        annotations=notes,
        shapes=[_level(panel.true, i) for i, panel in enumerate(_panels(result))],
        **axes,
    )
    moving = tuple(EACH * i + j for i in range(2) for j in MOVING)
    frames = tuple(
        Frame(
            f"step {k}",
            running_caption(result, k),
            moving,
            tuple(change for panel in _panels(result) for change in _until(panel, k)),
        )
        for k in range(last + 1)
    )
    return Film(theme.figure(traces, layout), frames, variable="training step", table=table(result))


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One statistic: running and expected by step, of each batch, true."""

    values: np.ndarray
    expected: np.ndarray
    own: np.ndarray
    true: float


def _panels(result: RunningTrace) -> tuple[Panel, Panel]:
    return (
        Panel(result.mean, result.expected_mean, result.batch_mean, result.true_mean),
        Panel(result.var, result.expected_var, result.batch_var, result.true_var),
    )


def _plain(limits: list[float], title: str) -> dict[str, Any]:
    return {"range": limits, "title": {"text": title}, "fixedrange": True}


def _traces(panel: Panel, last: int, n: str) -> list[dict[str, Any]]:
    place = {"type": "scatter", "xaxis": f"x{n}", "yaxis": f"y{n}"}
    steps = np.arange(last + 1)
    own, known, gap = _until(panel, last)
    line = {**place, "mode": "lines", "x": steps}
    return [
        {
            **line,
            "name": "ahead",
            "y": column(panel.values),
            "line": {"color": theme.HAIR, "width": 2},
            "hoverinfo": "skip",
        },
        {
            **line,
            "name": "expected",
            "y": column(panel.expected),
            "line": {"color": theme.TRU, "width": 2.5, "dash": "dash"},
            "hovertemplate": "expected %{y:.3f}<extra></extra>",
        },
        {
            **place,
            "mode": "markers",
            "name": "each batch",
            "x": steps[1:],
            **own,
            "marker": {"color": theme.faded(theme.MUTED, 0.5), "size": 6},
            "hovertemplate": "batch %{x}: %{y:.3f}<extra></extra>",
        },
        {
            **line,
            "name": "running",
            **known,
            "line": {"color": theme.FWD, "width": 4},
            "hovertemplate": "step %{x}: %{y:.3f}<extra></extra>",
        },
        {
            **place,
            "mode": "lines",
            "name": "gap",
            **gap,
            "line": {"color": theme.INK, "width": 2},
            "hoverinfo": "skip",
        },
    ]


def _until(panel: Panel, k: int) -> tuple[dict[str, Any], ...]:
    """What is known at step k; x stays, since only as many points are drawn as there are y."""
    ends = [float(f"{panel.values[k]:.5g}"), float(f"{panel.true:.5g}")]
    return (
        {"y": column(panel.own[:k])},
        {"y": column(panel.values[: k + 1])},
        {"x": [k, k], "y": ends},
    )


def _room(panel: Panel) -> list[float]:
    low = min(float(panel.values.min()), float(np.quantile(panel.own, 0.02)), panel.true)
    high = max(float(panel.values.max()), float(np.quantile(panel.own, 0.98)), panel.true)
    pad = 0.1 * (high - low) + 1e-6
    return [low - pad, high + 2 * pad]


def _level(true: float, i: int) -> dict[str, Any]:
    n = "" if i == 0 else "2"
    return {
        "type": "line",
        "xref": f"x{n} domain",
        "yref": f"y{n}",
        "x0": 0,
        "x1": 1,
        "y0": true,
        "y1": true,
        "layer": "below",
        "line": {"color": theme.TRU, "width": 1.2, "dash": "dot"},
    }


def _notes(
    panel: Panel, name: str, x: float, y: float, n: str, phone: bool
) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    paper = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    title = f"<b>running {name}</b>, true {short(panel.true)}"
    notes = [graph.note(x, y + 0.01, title, size=size, color=theme.FWD, **paper)]
    if n:
        return notes
    corner = {"xref": f"x{n} domain", "yref": f"y{n} domain", "xanchor": "right"}
    rising = panel.values[-1] >= panel.values[0]
    high = 0.2 if rising else 0.98
    words = "dots: each batch<br>dashed: expected"
    more = {"align": "right", "yanchor": "top"}
    return [*notes, graph.note(1, high, words, size=size - 1, color=theme.MUTED, **corner, **more)]


def running_caption(result: RunningTrace, step: int) -> str:
    """Where the running statistics stand, and what eval mode would make of the mean."""
    mean, var = float(result.mean[step]), float(result.var[step])
    z = (result.true_mean - mean) / np.sqrt(var + result.eps)
    seen = "Before the first batch" if step == 0 else f"After {step} batch{'es' * (step > 1)}"
    lands = f"to {places(float(z))} instead of 0" if z else "to 0, where it belongs"
    size = "" if step == 0 else f" of {result.batch_size} with momentum {short(result.momentum)}"
    return (
        f"{seen}{size} the running mean is {{fwd:{_three(mean)}}} (expected "
        f"{{tru:{_three(result.expected_mean[step])}}}), the running variance "
        f"{{fwd:{_three(var)}}} (expected {{tru:{_three(result.expected_var[step])}}}). Eval mode "
        f"would send the true mean {lands}."
    )


def _three(value: float) -> str:
    return short(float(value), 3) if 0 < abs(value) < 0.01 else fixed(float(value), 3)


def table(result: RunningTrace) -> dict[str, list[Any]]:
    """Running and expected statistics by step."""
    return {
        "step": list(range(len(result.mean))),
        "running mean": [float(v) for v in result.mean],
        "expected mean": [float(v) for v in result.expected_mean],
        "running variance": [float(v) for v in result.var],
        "expected variance": [float(v) for v in result.expected_var],
    }
