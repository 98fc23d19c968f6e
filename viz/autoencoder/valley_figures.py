"""The valley film: the objective of one direction as a landscape, the penalty along its floor."""

from typing import Any

import numpy as np

from viz.autoencoder import valley, words
from viz.autoencoder.valley import Descent
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import fixed, short

FAR = 3.2
GRID = np.linspace(0, FAR, 57)
LEVELS = 13
FLOOR = np.geomspace(1 / FAR, FAR, 61)
STEEP = 7.0
CHANGING = (3, 4, 6, 7)


def valley_film(descent: Descent, *, phone: bool = False) -> Film:
    """The path down the landscape of (s1, s2); beside it the penalty for every way to share."""
    last = len(descent.steps) - 1
    figure = theme.figure(data=_traces(descent, last), layout=_layout(descent, phone=phone))
    frames = tuple(_frame(descent, i) for i in range(last + 1))
    table: dict[str, Any] = {
        "step": descent.steps,
        "encoder": descent.encoder_value,
        "decoder": descent.decoder_value,
        "objective": descent.loss,
    }
    return Film(figure, frames, table=table)


def _frame(descent: Descent, i: int) -> Frame:
    changes = (_path(descent, i), _here(descent, i), _ball(descent, i), {"text": _sums(descent, i)})
    return Frame(f"step {int(descent.steps[i])}", caption(descent, i), CHANGING, changes)


def _path(descent: Descent, i: int) -> dict[str, Any]:
    one, two = descent.encoder_value[: i + 1], descent.decoder_value[: i + 1]
    return {"x": np.round(one, 3).tolist(), "y": np.round(two, 3).tolist()}


def _here(descent: Descent, i: int) -> dict[str, Any]:
    return {"x": [float(descent.encoder_value[i])], "y": [float(descent.decoder_value[i])]}


def share_of(descent: Descent, i: int) -> float | None:
    """The decoder's share s = √(s2/s1) of the product; None while the product is not positive."""
    one, two = float(descent.encoder_value[i]), float(descent.decoder_value[i])
    return float(np.sqrt(two / one)) if one > 0 and two > 0 else None


def _ball(descent: Descent, i: int) -> dict[str, Any]:
    share = share_of(descent, i)
    if share is None or not FLOOR[0] <= share <= FLOOR[-1]:
        return {"x": [], "y": []}
    return {"x": [round(share, 4)], "y": [round(float(valley.price(np.array(share))), 4)]}


def _sums(descent: Descent, i: int) -> list[str]:
    one, two = float(descent.encoder_value[i]), float(descent.decoder_value[i])
    rows = ("s₁s₂", one * two), ("s₁² + s₂²", one**2 + two**2)
    return [f"{name} = <b>{_size(value)}</b>" for name, value in rows]


def _traces(descent: Descent, i: int) -> list[dict[str, Any]]:
    line = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    dot = {"type": "scatter", "mode": "markers", "cliponaxis": False}
    right = {"xaxis": "x2", "yaxis": "y2"}
    exam = np.array([0.5, 1.0, 2.0])
    # Rounded before joining: the middle of FLOOR is 1 up to the last bit, on some machines not.
    shares = np.union1d(np.round(FLOOR, 4), exam)
    return [
        _contours(descent),
        {
            **line,
            "name": "product 1",
            "x": np.round(FLOOR, 3).tolist(),
            "y": np.round(1 / FLOOR, 3).tolist(),
            "line": {"color": theme.LINE, "width": 2, "dash": "dash"},
        },
        {**dot, "name": "minimum", **_goal(descent)},
        {**line, "name": "path", **_path(descent, i), "line": {"color": theme.PAR, "width": 3}},
        {
            **dot,
            "name": "now",
            **_here(descent, i),
            "marker": {"size": 12, "color": theme.PAR},
            "hovertemplate": "s₁ = %{x:.3f}, s₂ = %{y:.3f}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "price",
            "x": shares.tolist(),
            "y": np.round(valley.price(shares), 4).tolist(),
            "line": {"color": theme.INK, "width": 3},
            "marker": {
                "size": [9.0 if s in exam else 0.0 for s in shares],
                "color": theme.INK,
                "opacity": 1,
            },
            "hovertemplate": "s = %{x:.2f}: s² + 1/s² = %{y:.2f}<extra></extra>",
            **right,
        },
        {
            **dot,
            "name": "share now",
            **_ball(descent, i),
            "marker": {"size": 16, "color": theme.PAR, "line": {"color": theme.BG, "width": 2}},
            "hoverinfo": "skip",
            **right,
        },
        {
            "type": "scatter",
            "mode": "text",
            "name": "sums",
            "x": [3.1, 3.1],
            "y": [3.02, 2.78],
            "text": _sums(descent, i),
            "textposition": "middle left",
            "textfont": {"size": 16, "color": theme.INK},
            "hoverinfo": "skip",
        },
    ]


def _contours(descent: Descent) -> dict[str, Any]:
    """Levels closer together near the floor: the square root of the height is drawn."""
    one, two = np.meshgrid(GRID, GRID)
    loss = valley.height(one, two, descent.variance, descent.l2)
    low = float(min(loss.min(), _least(descent)))
    steep = np.sqrt(np.maximum(loss - low, 0) / max(descent.variance, 1e-12))
    top = 2.2
    return {
        "type": "contour",
        "name": "objective",
        "x": np.round(GRID, 3).tolist(),
        "y": np.round(GRID, 3).tolist(),
        "z": np.round(np.minimum(steep, top), 3).tolist(),
        "contours": {"start": top / LEVELS, "end": top, "size": top / LEVELS},
        "line": {"color": theme.BG, "width": 1},
        "colorscale": [[0.0, theme.BG], [0.12, theme.MUT_T], [1.0, theme.HAIR]],
        "zmin": 0,
        "zmax": top,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _least(descent: Descent) -> float:
    goal = np.array(descent.goal)
    return float(valley.height(goal, goal, descent.variance, descent.l2))


def _goal(descent: Descent) -> dict[str, Any]:
    """The minimum, a ring that the path may end in; at λ = 0 it is the whole curve."""
    place = [] if descent.l2 == 0 else [round(descent.goal, 5)]
    ring = {"size": 20, "color": theme.TRU_T, "line": {"color": theme.TRU, "width": 3}}
    words = "minimum: s₁ = s₂ = √(1 − λ/d) = %{x:.4f}<extra></extra>"
    return {"x": place, "y": place, "marker": ring, "hovertemplate": words}


def _layout(descent: Descent, *, phone: bool) -> dict[str, Any]:
    left, right = ([0.0, 0.475], [0.57, 1.0])
    low, high = ([0.0, 1.0], [0.0, 1.0])
    if phone:
        left, right, low, high = [0.0, 1.0], [0.0, 1.0], [0.47, 1.0], [0.0, 0.33]
    size = {"size": 13 if phone else 15}
    common = {"tickfont": size, "showgrid": False, "dtick": 1, "showline": True}
    return theme.chart(
        720 if phone else 424,
        margin={"l": 46, "r": 12, "t": 36, "b": 46},
        annotations=_notes(descent, phone=phone),
        shapes=[
            {
                "type": "rect", "xref": "x2", "yref": "y2 domain", "x0": 0.9, "x1": 1.1,
                "y0": 0, "y1": 1, "fillcolor": theme.SPOT, "line": {"width": 0}, "layer": "below",
            }
        ],
        xaxis={
            **common, "domain": left, "range": [0, FAR], "constrain": "domain",
            "title": _title("s₁ of the encoder", phone),
        },
        yaxis={
            **common, "domain": low, "range": [0, FAR], "title": _title("s₂ of the decoder", phone),
            "scaleanchor": "x", "constrain": "domain",
        },
        xaxis2={
            **common, "domain": right, "anchor": "y2", "range": [0, FAR], "dtick": 0.5,
            "title": _title("s", phone),
        },
        yaxis2={
            "tickfont": size, "domain": high, "anchor": "x2", "range": [0, STEEP], "dtick": 1,
        },
    )  # fmt: skip


def _title(text: str, phone: bool) -> dict[str, Any]:
    return {"text": text, "font": {"size": 14 if phone else 16}, "standoff": 6}


def _notes(descent: Descent, *, phone: bool) -> list[dict[str, Any]]:
    size = 14 if phone else 16
    above: dict[str, Any] = {"xanchor": "left", "yanchor": "bottom", "size": size}
    formula = "<i>d</i>(1 − s₁s₂)² + <i>λ</i>(s₁² + s₂²)"
    notes = [
        note(0, 1.015, formula, xref="x domain", yref="y domain", **above),
        note(
            0, 1.015, "its penalty on the floor, decoder <i>s</i>, encoder 1/<i>s</i>",
            xref="x2 domain", yref="y2 domain", **above,
        ),
        note(
            1.2 if phone else 1.62, 5.6, "<i>s</i>² + 1/<i>s</i>²", size=18 if phone else 22,
            xref="x2", yref="y2", xanchor="left",
        ),
        note(2.5, 0.62, "s₁s₂ = 1", size=size, color=theme.MUTED, xref="x", yref="y"),
    ]  # fmt: skip
    for s in (0.5, 1.0, 2.0):
        value = float(valley.price(np.array(s)))
        notes.append(
            note(s, value, short(value), size=size, xref="x2", yref="y2", yshift=-16)
            | {"xshift": {0.5: -18, 1.0: 0, 2.0: 20}[s]}
        )
    aimed = descent.l2 > 0 and descent.goal > 0
    words = f"√(1 − λ/<i>d</i>) = {fixed(descent.goal, 3)}" if aimed else ""
    notes.append(
        note(descent.goal, descent.goal, words, size=size, color=theme.TRU, xref="x",
             yref="y", xanchor="left", xshift=14, yshift=12)
    )  # fmt: skip
    return notes


def _size(value: float) -> str:
    """Three decimals; of a run that leaves, only the size."""
    return fixed(value, 3) if abs(value) < 1000 else short(value, 2)


def caption(descent: Descent, i: int) -> str:
    """Where the path is, and where it wants to go."""
    one, two = float(descent.encoder_value[i]), float(descent.decoder_value[i])
    said = (
        f"{words.after(int(descent.steps[i]))}: encoder {{par:{_size(one)}}}, decoder "
        f"{{par:{_size(two)}}}, product {_size(one * two)}."
    )
    if i == len(descent.steps) - 1 and descent.diverged_at is not None:
        return (
            f"{said} Diverged at step {descent.diverged_at}: "
            "the slope is too steep for steps this long."
        )
    if one < 0 and two < 0:
        said += (
            " Outside the picture, on the other side of 0: turning both signs changes nothing, "
            "so the floor and the minimum lie there too."
        )
    if descent.l2 == 0:
        return (
            f"{said} With λ = 0 the whole curve s₁s₂ = 1 is the floor: "
            "the path stops where it meets it."
        )
    if descent.goal == 0:
        return f"{said} λ ≥ d: reconstruction is not worth its price, and the minimum is {{tru:0}}."
    return (
        f"{said} Weight decay tilts the floor towards s₁ = s₂: the minimum is "
        f"{{tru:√(1 − λ/d) = {fixed(descent.goal, 4)}}}."
    )
