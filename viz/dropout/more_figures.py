"""Masks and Gram matrices, a change of units, and descent under masks, drawn."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed, short
from viz.dropout.figures import f4
from viz.dropout.results import KEEPS, UNITS, Masks, Path, Training, Units

MAX_SHOWN = 8


def blinking_masks(result: Masks, *, phone: bool = False) -> Film:
    """The first rows with random entries erased, and the correlations that training sees."""
    split = ([0.0, 1.0], [0.1, 0.9]) if phone else ([0.0, 0.5], [0.6, 1.0])
    heights = ([0.46, 0.95], [0.0, 0.36]) if phone else ([0.0, 0.93], [0.0, 0.93])
    shown = min(result.rows.shape[1], 10)
    size = min(result.gram.shape[0], MAX_SHOWN)
    axis = {"showgrid": False, "fixedrange": True, "showline": False}
    columns = [f"<i>x</i><sub>{j + 1}</sub>" for j in range(max(shown, size))]
    layout = theme.chart(
        720 if phone else 440,
        margin={"l": 40, "r": 14, "t": 20, "b": 36},
        xaxis={
            **axis,
            "domain": split[0],
            "anchor": "y",
            "tickvals": list(range(shown)),
            "ticktext": columns[:shown],
        },
        yaxis={
            **axis,
            "domain": heights[0],
            "anchor": "x",
            "autorange": "reversed",
            "nticks": 5,
        },
        xaxis2={
            **axis,
            "domain": split[1],
            "anchor": "y2",
            "tickvals": list(range(size)),
            "ticktext": columns[:size],
        },
        yaxis2={
            **axis,
            "domain": heights[1],
            "anchor": "x2",
            "autorange": "reversed",
            "tickvals": list(range(size)),
            "ticktext": columns[:size],
        },
        annotations=_mask_notes(result, size, split, heights, phone),
    )
    traces = [_data_map(result, 0, shown), _gram_map(result, size)]
    frames = tuple(
        Frame(f"mask {i + 1}", mask_caption(result, i), (0,), ({"z": _masked(result, i, shown)},))
        for i in range(len(result.masks))
    )
    return Film(go.Figure(traces, layout), frames, variable="mask", start=0, pace=500)


def _masked(result: Masks, i: int, shown: int) -> list[list[float | None]]:
    """Sizes of the kept entries; an erased one is a gap."""
    sizes, kept = np.abs(result.rows[:, :shown]), result.masks[i][:, :shown]
    pairs = zip(sizes, kept, strict=True)
    return [[round(float(v), 3) if k else None for v, k in zip(*row, strict=True)] for row in pairs]


def _data_map(result: Masks, i: int, shown: int) -> dict[str, Any]:
    top = float(np.abs(result.rows[:, :shown]).max()) or 1.0
    return {
        "type": "heatmap",
        "name": "data",
        "z": _masked(result, i, shown),
        "zmin": 0,
        "zmax": top,
        "colorscale": [[0.0, theme.FWD_T], [1.0, theme.FWD]],
        "showscale": False,
        "xgap": 3,
        "ygap": 2,
        "hovertemplate": "|x| = %{z:.2f}<extra></extra>",
    }


def _gram_map(result: Masks, size: int) -> dict[str, Any]:
    seen = result.gram[:size, :size] * np.where(np.eye(size) > 0, 1.0, result.keep_prob)
    return {
        "type": "heatmap",
        "name": "what training sees",
        "z": np.round(np.abs(seen), 3).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": theme.magnitude(theme.FWD),
        "showscale": False,
        "xaxis": "x2",
        "yaxis": "y2",
        "xgap": 2,
        "ygap": 2,
        "hoverinfo": "skip",
    }


def _mask_notes(
    result: Masks,
    size: int,
    split: tuple[list[float], ...],
    heights: tuple[list[float], ...],
    phone: bool,
) -> list[dict[str, Any]]:
    p = result.keep_prob
    font = 15 if phone else 17
    top = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    words = ("data, erased entries are empty", f"correlations in training: times p = {short(p)}")
    notes = [
        graph.note(x[0], y[1] + 0.01, text, size=font, color=theme.MUTED, **top)
        for text, x, y in zip(words, split, heights, strict=True)
    ]
    for i in range(size):
        for j in range(size):
            value = float(result.gram[i, j]) * (1.0 if i == j else p)
            notes.append(
                graph.note(
                    j,
                    i,
                    fixed(value),
                    size=14 if size > 6 else 15,
                    color=theme.ink_on(min(abs(value), 1.0)),
                    xref="x2",
                    yref="y2",
                )
            )
    return notes


def mask_caption(result: Masks, i: int) -> str:
    """How much this mask keeps, and what the average sees."""
    kept = float(result.masks[i].mean())
    return (
        f"Mask {i + 1} keeps {{fwd:{100 * kept:.0f}%}} of the entries shown (p = "
        f"{short(result.keep_prob)}). On average training sees every correlation between two "
        f"features times p, and every feature with itself in full."
    )


def change_of_units(result: Units, *, phone: bool = False) -> Film:
    """How far predictions move when the first feature changes its unit."""
    start = UNITS.index(1.0)
    roles = {"dropout": theme.FWD, "ridge": theme.BWD, "batchnorm + ridge": theme.TRU}
    top = max(0.05, 1.15 * max(float(v.max()) for v in result.changes.values()))
    layout = theme.chart(
        460 if phone else 440,
        margin={"l": 66, "r": 24, "t": 14, "b": 52},
        xaxis={
            "type": "log",
            "range": [-2.02, 2.02],
            "dtick": 1,
            "fixedrange": True,
            "title": {"text": "feature 1 multiplied by"},
        },
        yaxis={"range": [-0.03 * top, top], "tickformat": ".0%", "fixedrange": True, "nticks": 6},
        annotations=_unit_notes(result, top, phone),
        shapes=_unit_line(1.0),
    )
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": method,
            "x": list(UNITS),
            "y": f4(values),
            "line": {
                "color": roles[method],
                "width": 4 if method != "batchnorm + ridge" else 2.5,
                "dash": "dot" if method == "batchnorm + ridge" else "solid",
            },
            "hovertemplate": method + ": %{y:.2%}<extra></extra>",
        }
        for method, values in result.changes.items()
    ]
    frames = tuple(
        Frame(f"× {unit:g}", unit_caption(result, i), (), (), {"shapes": _unit_line(unit)})
        for i, unit in enumerate(UNITS)
    )
    table = {"unit": list(UNITS)} | {k: [float(x) for x in v] for k, v in result.changes.items()}
    return Film(go.Figure(traces, layout), frames, variable="unit", start=start, table=table)


def _unit_line(unit: float) -> list[dict[str, Any]]:
    return [
        {
            "type": "line",
            "x0": unit,
            "x1": unit,
            "y0": 0,
            "y1": 1,
            "yref": "y domain",
            "line": {"color": theme.INK, "width": 1.5, "dash": "dot"},
            "layer": "below",
        }
    ]


def _unit_notes(result: Units, top: float, phone: bool) -> list[dict[str, Any]]:
    size = 15 if phone else 17
    high = float(result.changes["ridge"][4])
    return [
        graph.note(
            -1.55,
            min(high + 0.06 * top, 0.95 * top),
            "ridge",
            size=size,
            color=theme.BWD,
            xanchor="left",
        ),
        graph.note(
            0.4,
            0.06 * top,
            "dropout, batch norm + ridge: no change",
            size=size,
            color=theme.FWD,
            xanchor="left" if not phone else "center",
            bgcolor=theme.BG,
        ),
        graph.note(
            -1.98,
            0.97 * top,
            "change of the predictions",
            size=size,
            color=theme.MUTED,
            xanchor="left",
        ),
    ]


def unit_caption(result: Units, i: int) -> str:
    """Which method notices the new unit."""
    moved = {method: float(values[i]) for method, values in result.changes.items()}
    shift = 100 * result.shifted["dropout"]
    return (
        f"With feature 1 in units {short(UNITS[i])} times as fine, ridge's predictions move by "
        f"{{bwd:{100 * moved['ridge']:.1f}%}} of their spread; those of dropout by "
        f"{{fwd:{100 * moved['dropout']:.1f}%}} and of batch norm with ridge by "
        f"{{tru:{100 * moved['batchnorm + ridge']:.1f}%}}. Moving the means is another matter: "
        f"it changes dropout's predictions by {shift:.1f}%, those after batch norm not at all."
    )


def descent_under_masks(result: Training, *, phone: bool = False) -> Film:
    """Two weights under fresh masks at every step, their average, and the closed form."""
    run, target = result.descent, result.target
    second = 1 if len(target) > 1 else 0
    points = run.iterates[:, [0, second]]
    low = np.minimum(points.min(axis=0), target[[0, second]])
    high = np.maximum(points.max(axis=0), target[[0, second]])
    pad = 0.12 * (high - low) + 1e-3
    layout = theme.chart(
        440,
        margin={"l": 62, "r": 20, "t": 14, "b": 52},
        xaxis={
            "range": [low[0] - pad[0], high[0] + pad[0]],
            "title": {"text": "weight 1"},
            "fixedrange": True,
        },
        yaxis={
            "range": [low[1] - pad[1], high[1] + pad[1]],
            "fixedrange": True,
            "title": {"text": "" if phone else "weight 2"},
        },
        annotations=[
            graph.note(
                float(target[0]),
                float(target[second]),
                "closed form",
                size=16,
                color=theme.TRU,
                yanchor="bottom",
                yshift=12,
                bgcolor=theme.BG,
            )
        ],
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
            "line": {"color": theme.FWD, "width": 1.5},
            "marker": {"size": 4, "color": theme.FWD},
            "hovertemplate": "(%{x:.3f}, %{y:.3f})<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "average",
            **mean,
            "marker": {"size": 16, "color": theme.FWD, "line": {"color": theme.INK, "width": 2}},
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
    ]
    frames = tuple(
        Frame(f"step {int(step)}", training_caption(result, i), (1, 2), _walked(result, i, second))
        for i, step in enumerate(run.steps)
    )
    return Film(go.Figure(traces, layout), frames, variable="step")


def _walked(result: Training, i: int, second: int) -> tuple[dict[str, Any], dict[str, Any]]:
    run = result.descent
    return (
        {"x": f4(run.iterates[: i + 1, 0]), "y": f4(run.iterates[: i + 1, second])},
        {"x": f4(run.averaged[i : i + 1, 0]), "y": f4(run.averaged[i : i + 1, second])},
    )


def training_caption(result: Training, i: int) -> str:
    """How near the average has come."""
    kind = "p w̌ (inverted dropout)" if result.inverted else "w̌"
    return (
        f"After {int(result.descent.steps[i])} steps with a fresh mask each, the average of the "
        f"iterates is {{fwd:{100 * result.distance(i):.1f}%}} away from the closed form {kind}."
    )


def errors_and_freedom(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    """Errors against p, and effective degrees of freedom against p."""
    del phone
    curves = [("training", result.train, theme.MUTED)]
    if result.test is not None:
        curves.append(("test", result.test, theme.FWD))
    lines = [_curve(name, values, color) for name, values, color in curves]
    notes = [
        graph.note(
            1.01,
            float(values[-1]),
            name,
            size=16,
            color=color,
            xanchor="left",
            yanchor="bottom" if name == "test" else "top",
            xref="x domain",
        )
        for name, values, color in curves
    ]
    axis = {"range": [0, 1.005], "title": {"text": "keep probability p"}, "fixedrange": True}
    layout = theme.chart(
        300,
        margin={"l": 58, "r": 84, "t": 14, "b": 50},
        xaxis=axis,
        yaxis={"title": {"text": "mean squared error"}},
        annotations=notes,
    )
    best = KEEPS[int(np.argmin(curves[-1][1]))]
    words = f"The {curves[-1][0]} error is smallest at p = {best:.2f}."
    freedom = theme.chart(
        280,
        margin={"l": 58, "r": 84, "t": 14, "b": 50},
        xaxis=axis,
        yaxis={"title": {"text": "degrees of freedom"}, "rangemode": "tozero"},
    )
    full = float(result.df[-1])
    return (
        still(go.Figure(lines, layout), words),
        still(
            go.Figure([_curve("freedom", result.df, theme.PAR)], freedom),
            f"Effective degrees of freedom grow from 0 to {fixed(full, 1)} as p goes to 1.",
        ),
    )


def _curve(name: str, values: np.ndarray, color: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(KEEPS),
        "y": f4(values),
        "line": {"color": color, "width": 3.5},
        "hovertemplate": "p = %{x:.2f}: %{y:.4g}<extra></extra>",
    }
