"""The price film: what each direction keeps and costs at the minimum, as λ grows."""

from typing import Any

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.pruning import Pruning
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import fixed, short

CHANGING = (2, 3, 5, 6, 7)
SPARSE = 4
NAMED = 5
ROOMY = 10


def price_film(table: Pruning, start: float, *, phone: bool = False) -> Film:
    """Left the singular values against λ, right the cost of every direction at this λ.

    Args:
        table: the minimum for the values of λ that become frames.
        start: the λ of the frame shown first; the nearest one is taken.
        phone: stacked instead of side by side.
    """
    first = int(np.abs(table.l2 - start).argmin())
    figure = theme.figure(data=_traces(table, first), layout=_layout(table, phone=phone))
    frames = tuple(_frame(table, i) for i in range(len(table.l2)))
    return Film(figure, frames, variable="λ", start=first, table=_columns(table))


def _columns(table: Pruning) -> dict[str, Any]:
    columns: dict[str, Any] = {"lambda": table.l2}
    for i in range(table.latent_dim):
        columns[f"singular value {i + 1}"] = table.values[:, i]
    return {**columns, "minimum": table.minimum}


def _frame(table: Pruning, i: int) -> Frame:
    changes = (
        _dots(table, i),
        {"x": [_place(table)[i]] * 2},
        {"y": np.round(table.penalty[i], 4).tolist(), "base": np.round(table.error[i], 4).tolist()},
        {"y": np.round(table.error[i], 4).tolist()},
        _verdicts(table, i),
    )
    return Frame(f"λ = {short(float(table.l2[i]), 3)}", caption(table, i), CHANGING, changes)


def _place(table: Pruning) -> FloatArray:
    """Where λ stands on the logarithmic axis; 0 has a place at its left end."""
    return np.maximum(table.l2, float(table.l2[1]) / 2)


def _dots(table: Pruning, i: int) -> dict[str, Any]:
    values = np.round(table.values[i], 4).tolist()
    return {"x": [float(_place(table)[i])] * len(values), "y": values}


def _parted(x: FloatArray, rows: FloatArray, *, every: int = 1) -> dict[str, Any]:
    across: list[float | None] = []
    up: list[float | None] = []
    for column in np.round(rows, 4).T.tolist():
        across += [*x[::every].tolist(), None]
        up += [*column[::every], None]
    return {"x": across, "y": up}


def _traces(table: Pruning, i: int) -> list[dict[str, Any]]:
    place, top = _place(table), 1.08
    fine = np.unique(np.concatenate([np.geomspace(place[0], place[-1], 161), table.eigenvalues]))
    fine = fine[(fine >= place[0]) & (fine <= place[-1])]
    line = {"type": "scatter", "mode": "lines"}
    bar = {"type": "bar", "xaxis": "x2", "yaxis": "y2", "x": _names(table)}
    hover = "%{x}: %{y:.3f}<extra></extra>"
    return [
        {
            **line,
            "name": "formula",
            "line": {"color": theme.TRU, "width": 2.5},
            "hovertemplate": "√(1 − λ/d) = %{y:.4f}<extra></extra>",
            **_parted(fine, _formula(table, fine)),
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "descent",
            "marker": {"size": 7, "color": theme.BG, "line": {"color": theme.PAR, "width": 1.5}},
            "hovertemplate": "descended to %{y:.4f}<extra></extra>",
            **_parted(place, table.descended, every=SPARSE),
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "now",
            "marker": {"size": 12, "color": theme.PAR},
            "cliponaxis": False,
            "hoverinfo": "skip",
            **_dots(table, i),
        },
        {
            **line,
            "name": "λ now",
            "x": [float(place[i])] * 2,
            "y": [0, top],
            "line": {"color": theme.INK, "width": 1.5},
            "hoverinfo": "skip",
        },
        {
            **bar,
            "name": "variance",
            "y": table.eigenvalues.tolist(),
            "marker": {"color": theme.BG, "line": {"color": theme.LINE, "width": 1.5}},
            "width": 0.74,
            "hovertemplate": "variance " + hover,
        },
        {
            **bar,
            "name": "penalty",
            "y": np.round(table.penalty[i], 4).tolist(),
            "base": np.round(table.error[i], 4).tolist(),
            "marker": {"color": theme.PAR},
            "width": 0.6,
            "hoverinfo": "skip",
        },
        {
            **bar,
            "name": "lost",
            "y": np.round(table.error[i], 4).tolist(),
            "marker": {"color": theme.LINE},
            "width": 0.6,
            "hovertemplate": "lost " + hover,
        },
        {
            "type": "scatter",
            "mode": "text",
            "name": "verdict",
            "xaxis": "x2",
            "yaxis": "y2",
            "textposition": "top center",
            "textfont": {"size": 14},
            "cliponaxis": False,
            "hoverinfo": "skip",
            **_verdicts(table, i),
        },
    ]


def _formula(table: Pruning, l2: FloatArray) -> FloatArray:
    kept = table.eigenvalues[: table.latent_dim]
    return np.asarray(np.sqrt(np.maximum(0.0, 1 - l2[:, None] / kept)))


def _names(table: Pruning) -> list[str]:
    return [f"{n + 1}" for n in range(len(table.eigenvalues))]


def _verdicts(table: Pruning, i: int) -> dict[str, Any]:
    """A word over every bar, or over every second of many: its singular value if it is kept."""
    texts, colors = [], []
    rank = table.rank(i)
    every = 1 if len(table.eigenvalues) <= ROOMY else 2
    for n in range(len(table.eigenvalues)):
        kept = n < rank
        said = fixed(float(table.values[i, n]), 2) if kept else "out"
        texts.append("" if n % every else said)
        colors.append(theme.PAR if kept else theme.MUTED)
    return {
        "x": _names(table),
        "y": table.eigenvalues.tolist(),
        "text": texts,
        "textfont": {"size": 14, "color": colors},
    }


def _layout(table: Pruning, *, phone: bool) -> dict[str, Any]:
    left, right = ([0.0, 0.5], [0.57, 1.0])
    low, high = ([0.0, 1.0], [0.0, 1.0])
    if phone:
        left, right, low, high = [0.0, 1.0], [0.0, 1.0], [0.56, 1.0], [0.0, 0.36]
    size = {"size": 13 if phone else 15}
    tallest = 1.14 * float(table.eigenvalues[0])
    return theme.chart(
        700 if phone else 424,
        margin={"l": 46, "r": 12, "t": 40, "b": 50},
        barmode="overlay",
        annotations=_notes(table, phone=phone),
        xaxis={**_price_axis(table), "domain": left, "tickfont": size, "showline": True},
        yaxis={"domain": low, "range": [0, 1.08], "tickfont": size, "dtick": 0.2},
        xaxis2={
            "domain": right,
            "anchor": "y2",
            "tickfont": size,
            "type": "category",
            "title": {"text": "direction", "font": {"size": 14 if phone else 16}, "standoff": 6},
        },
        yaxis2={
            "domain": high,
            "anchor": "x2",
            "range": [0, tallest],
            "tickfont": size,
            "nticks": 6,
        },
    )


def _price_axis(table: Pruning) -> dict[str, Any]:
    place = _place(table)
    low, high = float(np.log10(place[0])), float(np.log10(place[-1]))
    # The first place stands for 0: a mark close to it would run into its label.
    marks = range(int(np.ceil(low + 0.25)), int(np.floor(high)) + 1)
    return {
        "type": "log",
        "range": [low, high],
        "tickvals": [float(place[0]), *(10.0**n for n in marks)],
        "ticktext": ["0", *(short(10.0**n) for n in marks)],
        "title": {"text": "λ, logarithmic", "standoff": 6},
    }


def _notes(table: Pruning, *, phone: bool) -> list[dict[str, Any]]:
    size = 14 if phone else 16
    above: dict[str, Any] = {"xanchor": "left", "yanchor": "bottom", "size": size}
    curve = f"<i>s</i> = <span style='color:{theme.TRU}'>√(1 − λ/d)</span>"
    curve += f", and <span style='color:{theme.PAR}'>○</span> where descent arrives"
    costs = (
        f"of each variance: <span style='color:{theme.PAR}'>penalty</span> + "
        f"<span style='color:{theme.MUTED}'>lost</span>"
    )
    notes = [
        note(0, 1.015, curve, xref="x domain", yref="y domain", **above),
        note(0, 1.015, costs, xref="x2 domain", yref="y2 domain", **above),
    ]
    return [*notes, *_variance_names(table, size)]


def _variance_names(table: Pruning, size: int) -> list[dict[str, Any]]:
    """Where on the axis of λ the variances stand; always as many notes, so that none is new."""
    shown = table.eigenvalues[: table.latent_dim] if table.latent_dim <= NAMED else ()
    names = [
        (float(np.log10(d)), f"<i>d</i><sub>{n}</sub>")
        for n, d in enumerate(shown, start=1)
        if table.l2[1] < d < table.l2[-1]
    ]
    away = [(0.0, " ")] * (NAMED - len(names))
    return [
        note(x, 0, words, size=size, color=theme.TRU, xref="x", yref="y", yanchor="bottom",
             xshift=10, yshift=2)
        for x, words in (*names, *away)
    ]  # fmt: skip


def caption(table: Pruning, i: int) -> str:
    """What λ keeps and what it gives up."""
    l2, rank = float(table.l2[i]), table.rank(i)
    least = f"The objective's minimum is {short(float(table.minimum[i]), 5)}"
    if l2 == 0:
        return (
            f"λ = 0: nothing is penalized, so any s and 1/s will do; s → 1 is the limit. {least}."
        )
    name = f"λ = {short(l2, 4)}"
    if rank == 0:
        return f"{name}: no direction is worth its price, the code is switched off. {least}."
    kept = ", ".join(fixed(float(v), 3) for v in table.values[i, : min(rank, 4)])
    alike = rank > 4 and table.eigenvalues[rank - 1] == table.eigenvalues[3]
    rest = "" if rank <= 4 else " for all the others too" if alike else " and smaller"
    said = (
        f"{name}: keeping a direction costs 2λ − λ²/d, giving it up costs d. "
        f"s = {{par:{kept}}}{rest}. "
    )
    if rank < table.latent_dim:
        verb = "reached" if table.eigenvalues[rank] == l2 else "passed"
        return (
            f"{said}λ has {verb} the variance of direction {rank + 1}: "
            f"{rank} of {table.latent_dim} dimensions are used."
        )
    return f"{said}{least}."
