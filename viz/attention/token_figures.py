"""Self-attention token by token: one row after the other, and the future masked."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.tokens import SelfAttention
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import ceiling, fixed, listed, short

NAMED = 20
EQUALS = 3
LONG = 5


def token_film(result: SelfAttention, *, phone: bool = False) -> Film:
    """The matrix of weights; a frame for every asking token, with its row as bars."""
    traces = [_matrix(result), _bars(result)]
    count = len(result.names)
    frames = tuple(
        Frame(
            f"token {row + 1}",
            caption(result, row),
            (1,),
            (_row(result, row),),
            {"shapes": _marks(row, count), "annotations": _notes(result, row, phone)},
        )
        for row in range(count)
    )
    traces[1] = traces[1] | dict(frames[-1].data[0])
    figure = theme.figure(data=traces, layout=_layout(result, phone) | dict(frames[-1].layout))
    return Film(figure, frames, variable="token", pace=500 if count < 20 else 150)


def caption(result: SelfAttention, row: int) -> str:
    """Where a token looks most, and over how many tokens it spreads."""
    weights = result.attention_weights[row]
    seen = row + 1 if result.causal else len(result.names)
    best = _heaviest(result, row)
    names = ["itself" if j == row else f"token {j + 1}{_called(result, j)}" for j in best[:EQUALS]]
    more = [f"{len(best) - EQUALS} more"] if len(best) > EQUALS else []
    where = f"{'each of ' if len(best) > 1 else ''}{listed([*names, *more])}"
    said = f"Token {row + 1}{_called(result, row)} sees {seen} token{'s' * (seen != 1)} and puts "
    said += f"{{fwd:{fixed(float(weights.max()), 3)}}} on {where}; "
    spread = short(float(result.effective_tokens[row]), 3)
    return f"{said}its weight is spread as over {spread} equal token{'s' * (spread != '1')}."


def _heaviest(result: SelfAttention, row: int) -> list[int]:
    """All tokens with the row's largest weight; copies of a word differ by rounding only."""
    weights = result.attention_weights[row]
    return [int(j) for j in np.flatnonzero(np.isclose(weights, weights.max(), rtol=1e-9, atol=0))]


def _called(result: SelfAttention, place: int) -> str:
    return f" “{result.names[place]}”" if not result.names[place].isdecimal() else ""


def _row(result: SelfAttention, row: int) -> dict[str, Any]:
    """A row as bars; those that leave the axis carry their number."""
    weights, most = result.attention_weights[row], _most(result)
    return {
        "x": [round(float(weight), 4) for weight in weights],
        "text": [fixed(float(weight), 2) if weight > 1.1 * most else "" for weight in weights],
    }


def _most(result: SelfAttention) -> float:
    """Where the scales end: one weight of a hundred may be larger, as the first tokens' are."""
    weights = result.attention_weights
    return ceiling(max(0.05, float(np.quantile(weights[weights > 0], 0.99))))


def _matrix(result: SelfAttention) -> dict[str, Any]:
    count = len(result.names)
    seen = np.tri(count, dtype=bool) if result.causal else np.ones((count, count), dtype=bool)
    z = [
        [float(f"{w:.3g}") if ok else None for w, ok in zip(row, mask, strict=True)]
        for row, mask in zip(result.attention_weights, seen, strict=True)
    ]
    places = list(range(count))
    gap = 2 if count <= NAMED else 0
    heat: dict[str, Any] = {"type": "heatmap", "name": "weights", "x": places, "y": places, "z": z}
    heat |= {"zmin": 0, "zmax": _most(result)}
    heat |= {"colorscale": theme.magnitude(theme.FWD), "showscale": False, "xgap": gap, "ygap": gap}
    heat |= {"hoverongaps": False}
    heat |= {"hovertemplate": "token %{y} on token %{x}: %{z:.3f}<extra></extra>"}
    return heat


def _bars(result: SelfAttention) -> dict[str, Any]:
    bars: dict[str, Any] = {"type": "bar", "name": "row", "orientation": "h"}
    bars |= {"xaxis": "x2", "yaxis": "y2", "y": list(range(len(result.names)))}
    bars |= {"marker": {"color": theme.FWD, "line": {"width": 0}}, "textposition": "inside"}
    bars |= {"insidetextanchor": "middle", "insidetextfont": {"size": 14, "color": theme.BG}}
    return bars | {"hovertemplate": "token %{y}: %{x:.3f}<extra></extra>"}


def _marks(row: int, count: int) -> list[dict[str, Any]]:
    """A frame around the row that asks."""
    box: dict[str, Any] = {"type": "rect", "x0": -0.5, "x1": count - 0.5, "y0": row - 0.5}
    return [box | {"y1": row + 0.5, "line": {"color": theme.INK, "width": 2.5}}]


def _layout(result: SelfAttention, phone: bool) -> dict[str, Any]:
    count = len(result.names)
    small = 13 if phone else 15
    top = _top(result)
    boxes = [[0.2, 0.94], [0.46, 0.86]] if phone else [[0.12, 0.56], [0.02, top]]
    others = [[0.2, 0.95], [0.03, 0.36]] if phone else [[0.68, 0.97], [0.02, top]]
    step = 1 if count <= NAMED else -(-count // 8)
    shown = list(range(0, count, step))
    texts = [_drawn(result.names[i]) for i in shown]
    named: dict[str, Any] = {"tickvals": shown, "ticktext": texts, "showgrid": False}
    named |= {"ticks": "outside", "ticklen": 5, "tickcolor": theme.BG}
    named |= {"tickfont": {"size": small, "color": theme.MUTED}}
    down = {"range": [count - 0.5, -0.5]}
    tilt = 0 if count > NAMED else -60
    share = {"range": [0, 1.1 * _most(result)], "nticks": 4, "side": "top"}
    return theme.chart(
        720 if phone else 430,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        bargap=0.25,
        xaxis={**named, "range": [-0.5, count - 0.5], "domain": boxes[0], "side": "top"}
        | {"tickangle": tilt, "constrain": "domain"},
        yaxis={**named, **down, "domain": boxes[1], "scaleanchor": "x", "constrain": "domain"},
        xaxis2={**share, "domain": others[0], "anchor": "y2"}
        | {"tickfont": {"size": small, "color": theme.MUTED}},
        yaxis2={**named, **down, "domain": others[1], "anchor": "x2"},
    )


def _top(result: SelfAttention) -> float:
    """Top of the wide matrix: long words over its columns need room below the title."""
    tilted = len(result.names) <= NAMED
    return 0.74 if tilted and max(map(len, result.names)) > LONG else 0.8


def _short(name: str) -> str:
    return name if len(name) <= 8 else f"{name[:7]}…"


def _drawn(name: str) -> str:
    """A word as a picture takes it: short, and a token like <unk> is no tag."""
    return _short(name).replace("&", "&amp;").replace("<", "&lt;")


def _notes(result: SelfAttention, row: int, phone: bool) -> list[dict[str, Any]]:
    small = 13 if phone else 15
    bars = {"xref": "x2 domain", "yref": "paper"}
    called = _called(result, row) and f" “{_drawn(result.names[row])}”"
    who = f"weights of token {row + 1}{called}"
    most, cut = _most(result), result.attention_weights.max() > _most(result)
    darkest = f"; darkest from {short(most)}" if cut and not phone else ""
    asks = f"row asks, column answers{darkest}"
    notes = [
        graph.note(0, 0.985, asks, size=small + 1, xref="x domain")
        | {"yref": "paper", "xanchor": "left", "yanchor": "top"},
        graph.note(0, 0.42 if phone else 0.985, who, size=small + 1, **bars)
        | {"xanchor": "left", "yanchor": "top" if not phone else "bottom"},
    ]
    words = "future: masked" if result.causal and len(result.names) > 3 else " "
    place = {"xref": "x domain", "yref": "y domain"}
    note = graph.note(0.97, 0.93, words, size=small, color=theme.MUTED, **place)
    return [*notes, note | {"xanchor": "right"}]


def spread(result: SelfAttention) -> dict[str, list[Any]]:
    """Every token's effective number of tokens, for the table of values."""
    rows = range(len(result.names))
    called = [f"{i + 1}{_called(result, i)}" for i in rows]
    return {
        "token": called,
        "looks most at": [", ".join(called[j] for j in _heaviest(result, i)) for i in rows],
        "weight there": [wording.weight(float(w)) for w in result.attention_weights.max(axis=1)],
        "effective tokens": [short(float(v), 3) for v in result.effective_tokens],
    }
