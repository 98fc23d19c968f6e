"""The race film: four ways to train, side by side on one scale."""

from typing import Any

from viz.autoencoder import curves, words
from viz.autoencoder.race import Race
from viz.autoencoder.study import Method, Study
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import fixed, short

TITLES = {
    "full": "full gradient",
    "sgd": "SGD, one point",
    "adam": "Adam, one point",
    "adamw": "AdamW, one point",
}
EACH = 7


def race_film(found: Race, *, phone: bool = False) -> Film:
    """Singular values of W1 and W2 for every method; the same targets run through all panels."""
    frames = max(len(run.run.steps) for run in found.runs)
    top = top_of(found)
    traces = [trace for n, run in enumerate(found.runs) for trace in _panel(run, n + 1, top)]
    figure = theme.figure(data=traces, layout=_layout(found, phone=phone))
    return Film(figure, tuple(_frame(found, i) for i in range(frames)), table=_table(found))


def _last(run: Study, i: int) -> int:
    return min(i, len(run.run.steps) - 1)


def _panel(run: Study, number: int, top: float) -> list[dict[str, Any]]:
    place, last = curves.positions(run), len(run.run.steps) - 1
    text = {
        "type": "scatter",
        "name": "largest and smallest",
        "mode": "text",
        "x": [float(place[0])] * 2,
        "textposition": "middle right",
        "textfont": {"size": 15, "color": theme.PAR},
        "hoverinfo": "skip",
        "cliponaxis": False,
        **curves.axes(number),
    }
    return [
        *curves.pair(run, place, number),
        curves.veil(place, last, top, number),
        curves.theory(run, place, number=number),
        *curves.markers(run, place[last], last, number),
        {**text, **_sums(run, last), "y": [0.96 * top, 0.89 * top]},
    ]


def _sums(run: Study, i: int) -> dict[str, Any]:
    """The ranges of both matrices at a step, as the text of a panel."""
    rows = ("W₂", run.run.decoder_values[i]), ("W₁", run.run.encoder_values[i])
    return {"text": [f"{name} {fixed(v[0], 2)} … {fixed(v[-1], 2)}" for name, v in rows]}


def top_of(found: Race) -> float:
    """The upper end of the common axis, with room for two lines of words."""
    return 1.24 * max(curves.top_of(run) for run in found.runs)


def _frame(found: Race, i: int) -> Frame:
    numbers: list[int] = []
    data: list[dict[str, Any]] = []
    for n, run in enumerate(found.runs):
        at, place = _last(run, i), curves.positions(run)
        numbers += [EACH * n + 2, EACH * n + 4, EACH * n + 5, EACH * n + 6]
        data += [
            curves.veiled(place, at),
            curves.dots(place[at], run.run.encoder_values[at]),
            curves.dots(place[at], run.run.decoder_values[at]),
            _sums(run, at),
        ]
    longest = max(found.runs, key=lambda run: len(run.run.steps))
    step = int(longest.run.steps[_last(longest, i)])
    return Frame(f"step {step}", caption(found, i), tuple(numbers), tuple(data))


def _layout(found: Race, *, phone: bool) -> dict[str, Any]:
    top, size = top_of(found), 13 if phone else 15
    layout: dict[str, Any] = {"annotations": []}
    for n, run in enumerate(found.runs):
        across, up = _spot(n, phone)
        axis = curves.axes(n + 1)
        tail = axis["xaxis"][1:]
        layout[f"xaxis{tail}"] = {
            **curves.step_axis(curves.positions(run), phone=phone, title=False, ticks=4),
            "domain": across,
            "anchor": axis["yaxis"],
        }
        layout[f"yaxis{tail}"] = {
            "domain": up,
            "anchor": axis["xaxis"],
            "range": [0, top],
            "tickfont": {"size": size},
            "nticks": 7,
            "showticklabels": n == 0 or (phone and n % 2 == 0),
        }
        place: dict[str, Any] = {
            "xref": f"{axis['xaxis']} domain",
            "yref": f"{axis['yaxis']} domain",
        }
        place |= {"xanchor": "left", "yanchor": "bottom", "size": 14 if phone else 16}
        layout["annotations"].append(note(0, 1.02, f"<b>{TITLES[run.method]}</b>", **place))
    layout["annotations"] += _common_notes(found, phone=phone)
    margin = {"l": 34, "r": 8, "t": 34, "b": 46} if phone else {"l": 44, "r": 72, "t": 34, "b": 46}
    return theme.chart(640 if phone else 424, margin=margin, **layout)


def _spot(n: int, phone: bool) -> tuple[list[float], list[float]]:
    if phone:
        left = 0.54 * (n % 2)
        return [left, left + 0.46], ([0.56, 1.0] if n < 2 else [0.0, 0.44])
    return [0.255 * n, 0.255 * n + 0.235], [0.0, 1.0]


def _common_notes(found: Race, *, phone: bool) -> list[dict[str, Any]]:
    below = note(
        0.5, 0, "step, logarithmic", size=14 if phone else 16, color=theme.MUTED,
        xref="paper", yref="paper", yanchor="top", yshift=-24,
    )  # fmt: skip
    first = found.runs[0]
    if phone or first.free:
        return [below]
    best = first.best.decoder_values
    words = f"theory<br>{fixed(best[0], 3)}"
    words += f"<br>… {fixed(best[-1], 3)}" if len(best) > 1 else ""
    label = note(
        1, best[0], words, size=15, color=theme.TRU, align="left",
        xref="x4 domain", yref="y4", xanchor="left", xshift=8,
    )  # fmt: skip
    return [below, label]


def name(method: Method) -> str:
    """The method without how many points it sees."""
    return TITLES[method].split(",")[0]


def _reached(run: Study, n: int, step: int) -> str:
    """The largest values of a method; of one that has stopped, also when."""
    at = int(run.run.steps[n])
    two, one = run.run.decoder_values[n, 0], run.run.encoder_values[n, 0]
    when = f" (step {at})" if at < step else ""
    return f"{name(run.method)} {{par:{fixed(two, 2)}}} / {fixed(one, 2)}{when}"


def caption(found: Race, i: int) -> str:
    """What the four have reached, and what that says."""
    at = [(run, _last(run, i)) for run in found.runs]
    step = max(int(run.run.steps[n]) for run, n in at)
    shown = "; ".join(_reached(run, n, step) for run, n in at)
    said = f"{words.after(step)}, largest of W₂ / W₁: {shown}. "
    stopped = [run for run, _ in at if run.run.diverged_at is not None]
    if stopped:
        ends = [f"{name(run.method)} diverged at step {run.run.diverged_at}" for run in stopped]
        last = ", ".join(ends)
        return f"{said}{last[0].upper()}{last[1:]}."
    if found.runs[0].free:
        return (
            f"{said}With λ = 0 nothing chooses among the pairs with the same product, so the way "
            "of training does; AdamW is then Adam."
        )
    goal = fixed(float(found.runs[0].best.decoder_values[0]), 3)
    return f"{said}Theory says {{tru:{goal}}}; AdamW's decoupled decay is not the penalty of (21)."


def _table(found: Race) -> dict[str, Any]:
    columns: dict[str, list[Any]] = {"method": [], "step": [], "matrix": [], "value": []}
    for run in found.runs:
        for name, values in (("W1", run.run.encoder_values), ("W2", run.run.decoder_values)):
            for step, row in zip(run.run.steps.tolist(), values.tolist(), strict=True):
                for value in row:
                    columns["method"].append(TITLES[run.method])
                    columns["step"].append(step)
                    columns["matrix"].append(name)
                    columns["value"].append(short(value, 6).replace("−", "-"))
    return columns
