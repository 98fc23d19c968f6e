"""A change of units: which predictions notice it."""

from typing import Any

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import short, steady
from viz.dropout.drawing import f4
from viz.dropout.results import UNITS, Units


def change_of_units(result: Units, *, phone: bool = False) -> Film:
    """How far predictions move when the first feature changes its unit."""
    roles = {"dropout": theme.FWD, "ridge": theme.MUTED, "batchnorm + ridge": theme.MUTED}
    highest = max(float(v.max()) for v in result.changes.values())
    top = steady(0, max(0.05, 1.15 * highest))[1]
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
        yaxis={"range": [-0.1 * top, top], "tickformat": ".0%", "fixedrange": True, "nticks": 6},
        annotations=_unit_notes(result, top, phone),
        shapes=_unit_line(UNITS[-1]),
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
    return Film(theme.figure(traces, layout), frames, variable="unit", table=table)


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
            color=theme.MUTED,
            xanchor="left",
        ),
        graph.note(
            -0.02,
            -0.055 * top,
            "dropout, batch norm + ridge: no change",
            size=size,
            color=theme.FWD,
            xanchor="center",
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
    shift = _share(result.shifted["dropout"])
    notices = "".join(f" Note: {notice}." for notice in result.fitted.notices)
    if UNITS[i] == 1:
        text = "Feature 1 in its own unit: nothing changes yet"
    else:
        text = (
            f"Feature 1 multiplied by {short(UNITS[i])}: ridge's predictions move by "
            f"{{muted:{_share(moved['ridge'])}}} of their spread, dropout's by "
            f"{{fwd:{_share(moved['dropout'])}}}, those of batch norm with ridge by "
            f"{{muted:{_share(moved['batchnorm + ridge'])}}}"
        )
    return (
        f"{text}. A shift of all means by one standard deviation moves dropout's by {shift}, even "
        f"with a free intercept; the others' stay.{notices}"
    )


def _share(value: float) -> str:
    return f"{100 * value:.1f}%"
