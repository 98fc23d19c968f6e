"""Further charts of a run: two laws of motion, and the subspace against its axes."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.autoencoder import compute
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.curves import axes
from viz.autoencoder.study import Study
from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import count, fixed, short

FLOOR = 1e-6
LIMIT = 1e-12


def laws(study: Study, *, phone: bool = False) -> Film:
    """Left the imbalance of encoder and decoder, right the angles to the principal subspace."""
    spots = _spots(phone)
    traces = [*_imbalance(study), _angles(study)]
    figure = go.Figure(
        data=traces,
        layout=theme.chart(
            520 if phone else 320,
            margin={"l": 58, "r": 16, "t": 34, "b": 48},
            annotations=_law_titles(study, phone=phone),
            **_log_axis(1, spots[0], study, _reach(study.run.imbalance, LIMIT), phone=phone),
            **_log_axis(2, spots[1], study, _reach(study.run.angles, FLOOR), phone=phone),
        ),
    )
    return still(figure, laws_caption(study))


def _spots(phone: bool) -> list[tuple[list[float], list[float]]]:
    if phone:
        return [([0.0, 1.0], [0.6, 1.0]), ([0.0, 1.0], [0.0, 0.38])]
    return [([0.0, 0.45], [0.0, 1.0]), ([0.55, 1.0], [0.0, 1.0])]


def lawful(study: Study) -> bool:
    """Whether the imbalance has a law: one λ, and steps along the gradient."""
    equal = study.weights.encoder == study.weights.decoder
    return equal and study.method in ("full", "sgd") and study.run.imbalance[0] > LIMIT


def _imbalance(study: Study) -> list[dict[str, Any]]:
    run = study.run
    steps = run.steps.tolist()
    if lawful(study):
        rate = 4 * study.weights.encoder * study.step_size
        law = np.maximum(run.imbalance[0] * np.exp(-rate * run.steps), LIMIT)
    else:
        law = np.zeros(0)
    common = {"type": "scatter", "mode": "lines"}
    seen = np.maximum(run.imbalance, LIMIT)
    return [
        {
            **common,
            "name": "imbalance",
            "x": steps,
            "y": seen,
            "line": {"color": theme.PAR, "width": 3},
            "hovertemplate": "step %{x}: %{y:.3g}<extra></extra>",
        },
        {
            **common,
            "name": "law",
            "x": steps[: len(law)],
            "y": law,
            "line": {"color": theme.TRU, "width": 2, "dash": "dash"},
            "hoverinfo": "skip",
        },
    ]


def _angles(study: Study) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    if study.distinct:
        for column in np.maximum(study.run.angles, FLOOR).T.tolist():
            x += [*study.run.steps.tolist(), None]
            y += [*column, None]
    return {
        "type": "scatter",
        "name": "principal angles",
        "mode": "lines",
        "x": x,
        "y": y,
        "xaxis": "x2",
        "yaxis": "y2",
        "line": {"color": theme.FWD, "width": 2.5},
        "hovertemplate": "step %{x}: %{y:.3g}°<extra></extra>",
    }


def _reach(values: FloatArray, floor: float) -> list[float]:
    seen = np.maximum(values, floor)
    if seen.size == 0:
        return [-1.0, 1.0]
    low, high = float(np.log10(seen.min())), float(np.log10(seen.max()))
    return [low - 0.5, max(high, low + 1) + 0.3]


def _log_axis(
    number: int,
    spot: tuple[list[float], list[float]],
    study: Study,
    reach: list[float],
    *,
    phone: bool,
) -> dict[str, Any]:
    font = {"size": 13 if phone else 15}
    across = {"text": "step", "font": font, "standoff": 4}
    return {
        f"xaxis{number}": {
            "domain": spot[0],
            "anchor": f"y{number}",
            "range": [0, int(study.run.steps[-1])],
            "title": across,
            "tickfont": font,
            "nticks": 5,
        },
        f"yaxis{number}": {
            "type": "log",
            "domain": spot[1],
            "anchor": f"x{number}",
            "range": reach,
            "tickfont": font,
            "exponentformat": "power",
            "dtick": max(1, round((reach[1] - reach[0]) / 5)),
        },
    }


def _law_titles(study: Study, *, phone: bool) -> list[dict[str, Any]]:
    size = 14 if phone else 16
    place: dict[str, Any] = {"xanchor": "left", "yanchor": "bottom", "size": size}
    first = "|<b>W</b>₁<b>W</b>₁<sup>T</sup> − <b>W</b>₂<sup>T</sup><b>W</b>₂|"
    if lawful(study):
        first += f", <span style='color:{theme.TRU}'>law e<sup>−4λt</sup></span>"
    second = "angles to the principal subspace, degrees"
    if not study.distinct:
        second = "no single principal subspace: equal variances"
    domains = ("x domain", "y domain"), ("x2 domain", "y2 domain")
    return [
        note(0, 1.02, words, xref=x, yref=y, **place)
        for words, (x, y) in zip((first, second), domains, strict=True)
    ]


def laws_caption(study: Study) -> str:
    """What the two charts show."""
    run, weight = study.run, study.weights.encoder
    start, end = float(run.imbalance[0]), float(run.imbalance[-1])
    first = f"The imbalance of encoder and decoder goes from {short(start, 3)} to {short(end, 3)}"
    if lawful(study) and weight > 0:
        share = float(np.exp(-4 * weight * study.step_size * run.steps[-1]))
        first += f"; the law of small steps leaves a share of {{tru:{short(share, 3)}}}"
    elif lawful(study):
        first += "; without decay small steps would keep it for ever"
    if not study.distinct or study.best.rank == 0:
        return f"{first}."
    angle = float(run.angles[-1, 0])
    return (
        f"{first}. The largest angle to the principal subspace ends at {{fwd:{short(angle, 3)}°}}."
    )


def overlaps(study: Study) -> tuple[FloatArray, FloatArray]:
    """|cosines| of the principal axes with the columns of W2, and with its singular vectors."""
    decoder, main = study.run.decoders[-1], study.data.eigenvectors[:, : study.latent_dim]
    left = np.linalg.svd(decoder, full_matrices=False)[0]
    lengths = np.maximum(np.linalg.norm(decoder, axis=0), LIMIT)
    return np.abs(main.T @ (decoder / lengths)), np.abs(main.T @ left)


def axes_overlap(study: Study, *, phone: bool = False) -> Film:
    """The columns of W2 beside its singular vectors, both measured along the principal axes."""
    columns, vectors = overlaps(study)
    size = study.latent_dim
    traces = [
        trace
        for number, table in enumerate((columns, vectors), start=1)
        for trace in _table(table, number)
    ]
    wide = [[0.14, 0.44], [0.58, 0.88]]
    narrow = [[0.12, 0.52], [0.6, 1.0]]
    layout: dict[str, Any] = {}
    for number, across in enumerate(narrow if phone else wide, start=1):
        layout |= _table_axes(number, across, size, phone=phone)
    titles = ("columns of <b>W</b>₂", "singular vectors of <b>W</b>₂")
    notes = [
        note(
            0, 1.03, words, size=14 if phone else 16,
            xref=f"{axes(n)['xaxis']} domain", yref=f"{axes(n)['yaxis']} domain",
            xanchor="left", yanchor="bottom",
        )
        for n, words in enumerate(titles, start=1)
    ]  # fmt: skip
    chart = theme.chart(
        250 if phone else 320,
        margin={"l": 12, "r": 8, "t": 40, "b": 12},
        annotations=notes,
        **layout,
    )
    return still(go.Figure(data=traces, layout=chart), overlap_caption(study))


def _table(table: FloatArray, number: int) -> list[dict[str, Any]]:
    size = len(table)
    place = [n + 1 for n in range(size)]
    heat = {
        "type": "heatmap",
        "name": "|cosine|",
        "x": place,
        "y": place,
        "z": np.round(table, 3).tolist(),
        "zmin": 0,
        "zmax": 1,
        "colorscale": theme.magnitude(theme.PAR),
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "PC%{y}, number %{x}: %{z:.3f}<extra></extra>",
        **axes(number),
    }
    cells = [(i, j) for i in range(size) for j in range(size) if size <= 5]
    numbers = {
        "type": "scatter",
        "name": "|cosine|",
        "mode": "text",
        "x": [j + 1 for _, j in cells],
        "y": [i + 1 for i, _ in cells],
        "text": [fixed(table[i, j], 2) for i, j in cells],
        "textfont": {
            "size": 15,
            "color": [theme.ink_on(float(table[i, j]), theme.PAR) for i, j in cells],
        },
        "hoverinfo": "skip",
        **axes(number),
    }
    return [heat, numbers]


def _table_axes(number: int, across: list[float], size: int, *, phone: bool) -> dict[str, Any]:
    bare = {"showgrid": False, "ticks": "", "constrain": "domain"}
    return {
        f"xaxis{number}": {
            **bare, "domain": across, "range": [0.5, size + 0.5], "anchor": f"y{number}",
            "showticklabels": False,
        },
        f"yaxis{number}": {
            **bare, "domain": [0, 1], "range": [size + 0.5, 0.5], "anchor": f"x{number}",
            "scaleanchor": f"x{number}", "tickvals": list(range(1, size + 1)),
            "ticktext": [f"PC{n}" for n in range(1, size + 1)],
            "tickfont": {"size": 13 if phone else 14}, "constraintoward": "top",
        },
    }  # fmt: skip


def overlap_caption(study: Study) -> str:
    """Whether the singular vectors give the principal components back."""
    _, vectors = overlaps(study)
    rank = study.best.rank
    if rank == 0:
        return "Nothing is kept: the code is switched off."
    found = np.diag(vectors)[:rank]
    shown = ", ".join(fixed(float(v), 2) for v in found[:6])
    said = f"|cosines| of W₂'s singular vectors with the principal components: {{par:{shown}}}. "
    if found.min() > 0.97:
        return said + "The columns are a rotation of them; the SVD of W₂ gives them back in order."
    if study.free:
        return said + "At λ = 0 nothing orders the sᵢ, so the SVD of W₂ finds the subspace alone."
    return said + "Its sᵢ are still too alike, or the run too short, to tell the axes apart."


def stages(study: Study, *, phone: bool = False) -> Film:
    """From an aligned start: every s² with the logistic curve it follows in small steps."""
    run, eigenvalues = study.run, study.data.eigenvalues[: study.latent_dim]
    start = float(run.decoder_values[0, 0] ** 2)
    fine = np.linspace(0, _settled(study), 161)
    law = compute.flow_law(
        eigenvalues, study.weights.encoder, start, study.step_size * fine[:, None]
    )
    line = {"type": "scatter", "mode": "lines"}
    traces = [
        {
            **line, "name": "s²", "line": {"color": theme.PAR, "width": 3},
            "hovertemplate": "step %{x}: s² = %{y:.4f}<extra></extra>",
            **_parted(run.steps.astype(float), run.decoder_values**2),
        },
        {
            **line, "name": "law", "line": {"color": theme.TRU, "width": 2, "dash": "dash"},
            "hoverinfo": "skip", **_parted(fine, law),
        },
    ]  # fmt: skip
    title = f"<i>s</i>² and its <span style='color:{theme.TRU}'>logistic law</span>"
    notes = [
        note(0, 1.02, title, size=16, xref="paper", yref="paper", xanchor="left", yanchor="bottom")
    ]
    chart = theme.chart(
        300,
        margin={"l": 44, "r": 12, "t": 34, "b": 46},
        annotations=notes,
        xaxis={"range": [0, _settled(study)], "title": {"text": "step"}, "nticks": 6},
        yaxis={"range": [0, 1.1], "tickfont": {"size": 13 if phone else 15}},
    )
    rates = ", ".join(short(4 * (d - study.weights.encoder), 3) for d in eigenvalues[:4])
    said = (
        f"Big directions first: from s² = {short(start, 3)} each grows at the rate 4(d − λ) = "
        f"{{tru:{rates}}}. The law is that of small steps; here one step is "
        f"{short(study.step_size, 3)}, and {count(int(run.steps[-1]))} were taken."
    )
    return still(go.Figure(data=traces, layout=chart), said)


def _settled(study: Study) -> float:
    """A little beyond the step at which the last curve has risen."""
    values, steps = study.run.decoder_values[:, -1], study.run.steps
    late = np.flatnonzero(values < 0.98 * values[-1])
    return (
        float(min(steps[-1], 1.4 * steps[min(late[-1] + 1, len(steps) - 1)] + 5))
        if len(late)
        else float(steps[-1])
    )


def _parted(x: FloatArray, table: FloatArray) -> dict[str, Any]:
    across: list[float | None] = []
    up: list[float | None] = []
    for column in np.round(table, 4).T.tolist():
        across += [*x.tolist(), None]
        up += [*column, None]
    return {"x": across, "y": up}
