"""Which nets train: final losses by learning rate, and four runs step by step."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import listed, short
from viz.gradients import loss_map, race, recordings, scale
from viz.gradients.experiments import ARCHITECTURES
from viz.gradients.race import Race
from viz.gradients.training import POINTS, RATES, Run

STYLES = {
    "plain": (theme.MUTED, "solid"),
    "skip": (theme.MUTED, "dash"),
    "BN": (theme.FWD, "solid"),
    "skip + BN": (theme.FWD, "dash"),
}
FRAMES = 61
LOW, HIGH, LABEL_GAP = -4.0, 3.0, 0.55
HEAD = "<b>loss after 200 steps, depth 30</b>, hatched: diverged"
PHONE_HEAD = "<b>loss, depth 30</b>, hatched: diverged"
TASK = f"Task: tell {POINTS} points of two spirals apart."


def race_film(found: Race, *, phone: bool = False) -> Film:
    """The map of final losses stands still while the four runs go on."""
    traces = [*_curves(), *loss_map.traces(found, phone=phone)]
    last = max(len(run.losses) for run in found.runs) - 1
    steps = scale.thinned(max(last, 1) + 1, FRAMES)
    figure = theme.figure(data=traces, layout=_layout(found, last, phone=phone))
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
    ends = [float(race.log_loss(np.array(race.loss_at(run, step)))) for run in found.runs]
    inside = [min(max(end, LOW), HIGH) for end in ends]
    labels = scale.push_apart(inside, LABEL_GAP)
    ceiling = HIGH
    for place in sorted(range(len(labels)), key=labels.__getitem__, reverse=True):
        labels[place] = min(labels[place], ceiling)
        ceiling = labels[place] - LABEL_GAP
    for run, arch, end, label in zip(found.runs, ARCHITECTURES, inside, labels, strict=True):
        shown = [i for i in scale.thinned(len(run.losses), FRAMES) if i <= step]
        lines.append({"x": shown, "y": scale.rounded(race.log_loss(run.losses[shown]))})
        burst = race.is_over(run, step)
        at = min(step, len(run.losses) - 1)
        symbol = "x" if burst else "circle"
        words = f"{arch}: diverged" if burst else arch
        words += " ↑" if race.loss_at(run, step) > 10**HIGH else ""
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


def caption(found: Race, step: int, last: int) -> str:
    """Where the four runs are."""
    now = "trained just now" if found.live else "recorded"
    where = f"{found.init}, depth {found.depth}"
    if step < last:
        parts = [
            f"{arch} " + ("diverged" if race.is_over(run, step) else
                          f"{{fwd:{short(race.loss_at(run, step), 2)}}}")
            for arch, run in zip(ARCHITECTURES, found.runs, strict=True)
        ]  # fmt: skip
        return f"{where}, loss before step {step}: {', '.join(parts)} (guessing is 0.69)."
    parts = [
        _ending(arch, run, "every rate" if stuck else f"rate {loss_map.rate_name(rate)}")
        for arch, run, rate, stuck in zip(
            ARCHITECTURES, found.runs, found.rates, found.stuck, strict=True
        )
    ]
    return f"{TASK} {where}, {now}, {found.runs[0].steps} steps: {listed(parts)}. Guessing is 0.69."


def _ending(arch: str, run: Run, rate: str) -> str:
    at = f"at {rate}"
    if run.diverged_at is not None:
        return f"{arch} diverges in step {run.diverged_at} {at}"
    return f"{arch} ends at {{fwd:{short(run.final, 2)}}} {at}"


def _layout(found: Race, last: int, *, phone: bool) -> dict[str, Any]:
    inits = recordings.RACE_INITS
    rows = [(loss_map.row_place(i, a), arch) for i in range(len(inits)) for a, arch in
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
        notes.append(
            note(0, loss_map.row_place(i, 0) - middle, words, size=16, align="left", **place)
        )
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
            "ticktext": list(loss_map.RATE_NAMES),
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
        shapes=[chance, *loss_map.marks(found)],
        annotations=notes,
    )


def _table(found: Race) -> dict[str, Sequence[Any]]:
    longest = max(len(run.losses) for run in found.runs)
    columns: dict[str, Sequence[Any]] = {"step": list(range(longest))}
    for arch, run in zip(ARCHITECTURES, found.runs, strict=True):
        columns[arch] = [*run.losses.tolist(), *[None] * (longest - len(run.losses))]
    return columns
