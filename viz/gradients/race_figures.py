"""Which nets train: final losses by learning rate, and four runs step by step."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import listed, short
from viz.gradients import race, recordings, scale
from viz.gradients.experiments import ARCHITECTURES
from viz.gradients.race import Race
from viz.gradients.training import RATES, Run

STYLES = {
    "plain": (theme.MUTED, "solid"),
    "skip": (theme.MUTED, "dash"),
    "BN": (theme.FWD, "solid"),
    "skip + BN": (theme.FWD, "dash"),
}
FRAMES = 61
LOW, HIGH = -4.0, 3.0
GRID = {"xaxis": "x2", "yaxis": "y2"}
RATE_NAMES = tuple(
    scale.ten(round(math.log10(rate))) if rate < 1e-2 else short(rate) for rate in RATES
)
ROW_GAP = 0.6
HEAD = "<b>loss after 200 steps, depth 30</b>, hatched: diverged"
PHONE_HEAD = "<b>loss, depth 30</b>, hatched: diverged"


def race_film(found: Race, *, phone: bool = False) -> Film:
    """The map of final losses stands still while the four runs go on."""
    traces = [*_curves(), *_map(found, phone=phone)]
    last = max(len(run.losses) for run in found.runs) - 1
    steps = scale.thinned(max(last, 1) + 1, FRAMES)
    figure = go.Figure(data=traces, layout=_layout(found, last, phone=phone))
    count = len(ARCHITECTURES)
    places = tuple(range(2 * count))
    frames = tuple(
        Frame(f"step {step}", caption(found, step, last), places, tuple(_moving(found, step)))
        for step in steps
    )
    return Film(figure, frames, pace=60, table=_table(found))


def _curves() -> list[dict[str, Any]]:
    lines, heads = [], []
    for arch in ARCHITECTURES:
        color, dash = STYLES[arch]
        empty: np.ndarray[Any, Any] = np.zeros(0)
        line = scale.line(
            empty, empty, color=color, width=3.5, dash=dash,
            hovertemplate=f"{arch}, step %{{x}}: log₁₀ loss %{{y:.2f}}<extra></extra>",
        )  # fmt: skip
        lines.append({**line, "name": arch, "cliponaxis": True})
        heads.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "name": f"{arch}, now",
                "textposition": "middle right",
                "textfont": {"size": 15, "color": color},
                "marker": {"size": 10, "color": color, "line": {"color": theme.BG, "width": 1.5}},
                "hoverinfo": "skip",
                "cliponaxis": False,
            }
        )
    return [*lines, *heads]


def _moving(found: Race, step: int) -> list[dict[str, Any]]:
    lines, heads = [], []
    ends = [float(race.log_loss(np.array(race.smoothed(run, step)))) for run in found.runs]
    inside = [min(max(end, LOW), HIGH) for end in ends]
    labels = scale.push_apart(inside, 0.42)
    for run, arch, end, label in zip(found.runs, ARCHITECTURES, inside, labels, strict=True):
        shown = [i for i in scale.thinned(len(run.losses), FRAMES) if i <= step]
        lines.append({"x": shown, "y": scale.rounded(race.log_loss(run.losses[shown]))})
        over = race.is_over(run, step)
        at = min(step, len(run.losses) - 1)
        symbol = "x" if over else "circle"
        words = f"{arch}: diverged" if over else arch
        # A second point carries the label, so that it can stand clear of its neighbours.
        heads.append(
            {
                "x": [at, at],
                "y": [round(end, 2), round(label, 2)],
                "text": ["", f"  {words}"],
                "marker": {
                    "size": [10, 0],
                    "symbol": symbol,
                    "color": STYLES[arch][0],
                    "line": {"width": 0},
                },
            }
        )
    return [*lines, *heads]


def row_place(init: int, arch: int) -> float:
    """Height of a row of the map, counted from the top; inits are parted by a gap."""
    return -(init * (len(ARCHITECTURES) + ROW_GAP) + arch)


def _share(loss: float) -> float:
    """How much was learned: 0 at guessing, 1 at a loss of 10⁻⁴."""
    if not math.isfinite(loss):
        return 0.0
    share = (race.CHANCE_LOG - math.log10(max(loss, 1e-9))) / (race.CHANCE_LOG + 4)
    return min(max(share, 0.0), 1.0)


def _map(found: Race, *, phone: bool) -> list[dict[str, Any]]:
    """Cells as squares coloured by what was learned, their losses, and strokes where it burst."""
    x, y, shares, texts, colors = [], [], [], [], []
    strokes_x: list[float | None] = []
    strokes_y: list[float | None] = []
    for (i, a, r), loss in np.ndenumerate(found.finals):
        x.append(r)
        y.append(row_place(i, a))
        shares.append(round(_share(float(loss)), 3))
        colors.append(theme.ink_on(shares[-1]))
        texts.append(_loss(float(loss)).removeprefix("0") if phone else _loss(float(loss)))
        if not math.isfinite(loss):
            for shift in (-0.3, 0.0, 0.3):
                strokes_x += [r + shift - 0.16, r + shift + 0.16, None]
                strokes_y += [y[-1] - 0.36, y[-1] + 0.36, None]
    fills = _tiles(x, y, shares)
    hatch = {
        "type": "scatter", "mode": "lines", "name": "diverged", "x": strokes_x, "y": strokes_y,
        "line": {"color": theme.LINE, "width": 1.2}, "hoverinfo": "skip", **GRID,
    }  # fmt: skip
    words = {
        "type": "scatter", "mode": "text", "name": "losses", "x": x, "y": y, "text": texts,
        "textfont": {"size": 13 if phone else 14, "color": colors}, "hoverinfo": "skip", **GRID,
    }  # fmt: skip
    return [fills, hatch, words]


def _tiles(x: list[int], y: list[float], shares: list[float]) -> dict[str, Any]:
    """One bar per cell: a heat map cannot leave gaps between groups of rows."""
    return {
        "type": "bar",
        "name": "final loss",
        "orientation": "h",
        "base": [column - 0.47 for column in x],
        "x": [0.94] * len(x),
        "y": y,
        "width": 0.92,
        "marker": {
            "color": shares,
            "colorscale": theme.magnitude(theme.FWD),
            "cmin": 0,
            "cmax": 1,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
        **GRID,
    }


def _loss(loss: float) -> str:
    if not math.isfinite(loss):
        return ""
    return f"{loss:.4f}" if loss < 0.01 else f"{loss:.2f}" if loss < 10 else f"{loss:.0f}"


def caption(found: Race, step: int, last: int) -> str:
    """Where the four runs are."""
    now = "trained just now" if found.live else "recorded"
    where = f"{found.init}, depth {found.depth}"
    if step < last:
        parts = [
            f"{arch} " + ("diverged" if race.is_over(run, step) else
                          f"{{fwd:{short(race.smoothed(run, step), 2)}}}")
            for arch, run in zip(ARCHITECTURES, found.runs, strict=True)
        ]  # fmt: skip
        return f"{where}, loss before step {step}: {', '.join(parts)} (guessing is 0.69)."
    parts = [
        _ending(arch, run, rate)
        for arch, run, rate in zip(ARCHITECTURES, found.runs, found.rates, strict=True)
    ]
    return f"{where}, {now}, {found.runs[0].steps} steps: {listed(parts)}. Guessing is 0.69."


def _ending(arch: str, run: Run, rate: float) -> str:
    at = f"at rate {rate_name(rate)}"
    if run.diverged_at is not None:
        return f"{arch} diverges in step {run.diverged_at} {at}"
    return f"{arch} ends at {{fwd:{short(run.final, 2)}}} {at}"


def rate_name(rate: float) -> str:
    """A learning rate as its column is named."""
    return RATE_NAMES[RATES.index(rate)]


def _layout(found: Race, last: int, *, phone: bool) -> dict[str, Any]:
    inits = recordings.RACE_INITS
    rows = [(row_place(i, a), arch) for i in range(len(inits)) for a, arch in
            enumerate(ARCHITECTURES)]  # fmt: skip
    notes = [
        note(1, 1.02, "<b>loss of four nets</b>", size=16, color=theme.FWD, xref="x domain",
             yref="y domain", xanchor="right", yanchor="bottom"),
        note(0.45, race.CHANCE_LOG, "guessing: 0.69", size=14, color=theme.MUTED, xref="x domain",
             yanchor="bottom", yshift=2),
        note(0, 1.02, PHONE_HEAD if phone else HEAD, size=16, xref="x2 domain",
             yref="y2 domain", xanchor="left", yanchor="bottom"),
    ]  # fmt: skip
    middle = (len(ARCHITECTURES) - 1) / 2
    for i, init in enumerate(inits):
        place = {"xref": "paper", "yref": "y2", "xanchor": "left"}
        words = f"<b>{init.replace(' × ', '<br>× ')}</b>"
        notes.append(note(0, row_place(i, 0) - middle, words, size=16, align="left", **place))
    chance = {
        "type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": race.CHANCE_LOG,
        "y1": race.CHANCE_LOG, "line": {"color": theme.LINE, "width": 1, "dash": "dot"},
        "layer": "below",
    }  # fmt: skip
    right = [0.1, 0.76] if phone else [0.62, 0.9]
    return theme.chart(
        820 if phone else 404,
        margin={"l": 4, "r": 8, "t": 34, "b": 50},
        barmode="overlay",
        xaxis={
            "range": [-0.02 * max(last, 1), 1.02 * max(last, 1)],
            "domain": right,
            "title": {"text": "step"},
            "showgrid": False,
            "anchor": "y",
        },
        yaxis={
            **scale.axis(LOW - 0.2, HIGH + 0.2, ticks=8),
            "domain": [0, 0.37] if phone else [0, 1],
        },
        xaxis2={
            "range": [-0.55, len(RATES) - 0.45],
            "domain": [0.36, 1] if phone else [0.16, 0.54],
            "tickvals": list(range(len(RATES))),
            "ticktext": list(RATE_NAMES),
            "title": {"text": "learning rate"},
            "showgrid": False,
            "anchor": "y2",
            "tickfont": {"size": 14},
        },
        yaxis2={
            "range": [rows[-1][0] - 0.55, 0.55],
            "domain": [0.53, 1] if phone else [0, 1],
            "tickvals": [place for place, _ in rows],
            "ticktext": [arch for _, arch in rows],
            "showgrid": False,
            "anchor": "x2",
            "tickfont": {"size": 14},
        },
        shapes=[chance, *_marks(found)],
        annotations=notes,
    )


def _marks(found: Race) -> list[dict[str, Any]]:
    """The spotlight behind the init of the race, and outlines of its four recorded cells."""
    i = recordings.RACE_INITS.index(found.init)
    shapes: list[dict[str, Any]] = []
    top, bottom = row_place(i, 0) + 0.58, row_place(i, 3) - 0.58
    shapes.append(
        {"type": "rect", "xref": "x2", "yref": "y2", "x0": -0.55, "x1": len(RATES) - 0.45,
         "y0": bottom, "y1": top, "fillcolor": theme.SPOT, "line": {"width": 0},
         "layer": "below"}
    )  # fmt: skip
    for a, rate in enumerate(found.rates):
        r, y = RATES.index(rate), row_place(i, a)
        shapes.append(
            {"type": "rect", "xref": "x2", "yref": "y2", "x0": r - 0.47, "x1": r + 0.47,
             "y0": y - 0.46, "y1": y + 0.46, "line": {"color": theme.INK, "width": 2.5},
             "layer": "above"}
        )  # fmt: skip
    return shapes


def _table(found: Race) -> dict[str, Sequence[Any]]:
    longest = max(len(run.losses) for run in found.runs)
    columns: dict[str, Sequence[Any]] = {"step": list(range(longest))}
    for arch, run in zip(ARCHITECTURES, found.runs, strict=True):
        columns[arch] = [*run.losses.tolist(), *[None] * (longest - len(run.losses))]
    return columns
