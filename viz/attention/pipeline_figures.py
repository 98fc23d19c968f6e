"""One query's way through attention in eight steps, the last of them backward."""

from dataclasses import replace
from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.compute import FloatArray
from viz.attention.lookup_words import step_caption
from viz.attention.results import Lookup
from viz.attention.rows import (
    STEPS_PHONE,
    STEPS_WIDE,
    Places,
    Rows,
    band,
    fitted,
    left,
    outline,
    rows_of,
    rule,
    score,
    vectors_of,
)
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, power, short

STEPS = ("ask", "multiply", "add up", "compare", "weigh", "mix", "output", "backward")
ASK, MULTIPLY, ADD, COMPARE, WEIGH, MIX, OUTPUT, BACKWARD = range(1, 9)
LONGEST_SUM = 4
TINY = "≈ 0"


def by_step(result: Lookup, *, phone: bool = False) -> Film:
    """The exam's computation step by step; later columns are empty until their step."""
    places = STEPS_WIDE
    if phone:
        places = replace(STEPS_PHONE, columns=fitted(STEPS_PHONE.columns, result.inputs, 62, 46))
    rows = rows_of(result.inputs, places.columns)
    frames = tuple(
        Frame(
            f"{step} {STEPS[step - 1]}",
            step_caption(result, step),
            tuple(range(10)),
            (*_texts(result, rows, places, step), _notes(result, rows, places, step)),
            {"shapes": _shapes(result, rows, places, step)},
        )
        for step in range(1, len(STEPS) + 1)
    )
    last = frames[-1]
    blank = [*_traces(rows, places), graph.written("words", [])]
    data = [trace | dict(now) for trace, now in zip(blank, last.data, strict=True)]
    layout = theme.diagram(places.columns.height, places.columns.width, barmode="overlay")
    figure = theme.figure(data=data, layout=layout | dict(last.layout))
    return Film(figure, frames, variable="step", pace=900, table=_table(result))


def _traces(rows: Rows, places: Places) -> list[dict[str, Any]]:
    """Eight columns of text and the bars, without their contents."""
    at = places.columns
    keys, everything = rows.y[: len(rows.keys)], rows.y
    second, edge = keys - places.drop, "middle left"
    last = [at.bottom - 64]

    def texts(
        name: str, x: float, y: Any, color: str, position: str, size: int = at.font
    ) -> dict[str, Any]:
        font = {"size": size, "color": color}
        place = {"x": [x] * len(y), "y": np.round(y, 1).tolist(), "textposition": position}
        plain = {"type": "scatter", "mode": "text", "cliponaxis": False, "hoverinfo": "skip"}
        return {**plain, **place, "name": name, "textfont": font}

    small = at.small
    words, bwd = places.product, theme.BWD
    side = "middle right" if places.drop else edge
    bars = {"type": "bar", "name": "weight", "orientation": "h", "base": at.bar[0]}
    bars |= {"y": rows.y.tolist(), "width": 2 * rows.thick, "hoverinfo": "skip"}
    bars |= {"marker": {"color": theme.FWD, "line": {"width": 0}}}
    return [
        texts("product", words, second, theme.MUTED, side, small),
        texts("score", at.score, keys, theme.FWD, edge),
        bars,
        texts("weights", at.number, everything, theme.FWD, "middle right"),
        texts("weighted value", places.mixed, second, theme.FWD, edge, small + 1),
        texts("output", at.right - 8, last, theme.FWD, edge, at.font + 3),
        texts("gradient of keys", words, second, bwd, side, small),
        texts("gradient of values", places.mixed, second, bwd, edge, small + 1),
        texts("gradient of query", at.key, [at.bottom - 100], bwd, "middle right", at.font + 1),
    ]


def _texts(result: Lookup, rows: Rows, places: Places, step: int) -> tuple[dict[str, Any], ...]:
    inputs, now, at = result.inputs, result.forward, places.columns
    backward = step == BACKWARD
    weights = rows.gather(now.attention_weights) if step >= WEIGH else [0.0] * len(rows.y)
    room = 180 if places.drop else 500
    output = f"<b>{wording.vector(now.output, _places(result), room=room, size=at.font + 3)}</b>"
    scores = [score(inputs, key) for key in rows.keys]
    slopes = [_slope(float(result.gradients.scores[key])) for key in rows.keys]
    numbers = [_weight(result, share) for share in weights]
    said = _small(result.gradients.query)
    query = f"∂{theme.math('<i>q</i>')} {'' if said == TINY else '= '}<b>{said}</b>"
    by_key = [_small(result.gradients.keys[key]) for key in rows.keys]

    def shown(texts: list[str], when: bool) -> dict[str, Any]:
        return {"text": texts if when else [""] * len(texts)}

    products = [_product(result, key) for key in rows.keys]
    return (
        shown(products, step >= MULTIPLY and not backward),
        shown(slopes if backward else scores, step >= ADD)
        | {"textfont": _score_font(places, backward)},
        {"x": [round((at.bar[1] - at.bar[0]) * share, 2) for share in weights]},
        shown(numbers, step >= WEIGH),
        shown([_mixed(result, key) for key in rows.keys], step in (MIX, OUTPUT)),
        shown([output], step >= OUTPUT),
        shown(by_key, backward),
        shown([_small(result.gradients.values[key]) for key in rows.keys], backward),
        shown([query], backward),
    )


def _score_font(places: Places, backward: bool) -> dict[str, Any]:
    """Backward the powers of ten of tiny slopes need the room."""
    at = places.columns
    return {"size": at.small if backward else at.font, "color": _role(backward)}


def _role(backward: bool) -> str:
    return theme.BWD if backward else theme.FWD


def _places(result: Lookup) -> int | None:
    return None if result.mode != "softmax" else wording.PLACES


def _weight(result: Lookup, share: float) -> str:
    return wording.weight(share) if result.mode == "softmax" else short(share, 3)


def _product(result: Lookup, key: int) -> str:
    """1·1 + 2·1 + 0·2 for short vectors, else how many products are added."""
    query, entries = result.inputs.query, result.inputs.keys[key]
    if len(query) > LONGEST_SUM:
        return f"{len(query)} products"
    pairs = [f"{_factor(k)}·{_factor(q)}" for k, q in zip(entries, query, strict=True)]
    return " + ".join(pairs)


def _factor(value: float) -> str:
    return f"({short(value, 3)})" if value < 0 else short(value, 3)


def _mixed(result: Lookup, key: int) -> str:
    share = float(result.forward.attention_weights[key])
    return wording.vector(share * result.inputs.values[key], _places(result), room=150, size=15)


def _slope(value: float) -> str:
    """Four decimals; 0 if it is 0, powers of ten if it is smaller than that."""
    if 1e-300 <= abs(value) < 1e-99:
        return power(value, 1)
    return wording.size(value) if abs(value) < 5e-5 else fixed(value, 4)


def _small(values: FloatArray) -> str:
    """A gradient in three decimals, 0 if all of it is 0, ≈ 0 if no decimal would show it."""
    if not np.any(values):
        return "0"
    if np.abs(values).max() < 5e-5:
        return TINY
    if np.all(values == np.round(values)):
        return wording.vector(values, room=175, size=15)
    digits = 3 if np.abs(values).max() >= 5e-3 else 4
    return wording.vector(values, digits, room=175, size=15)


def _shapes(result: Lookup, rows: Rows, places: Places, step: int) -> list[dict[str, Any]]:
    """Rules, and from their steps on the winner's band and the outline of argmax."""
    at, winner = places.columns, result.hard.winner
    shapes = [rule(at.head - 16, at), rule(at.bottom - 36 - places.drop / 2, at)]
    y = float(rows.y[rows.keys.index(winner)])
    # As many shapes in every frame: the stage then only repaints them.
    shapes.append(band(y - places.drop / 2, rows, at) | {"opacity": int(step >= COMPARE)})
    shapes.append(outline(y, rows, at) | {"opacity": int(step >= WEIGH)})
    return shapes


def _notes(result: Lookup, rows: Rows, places: Places, step: int) -> dict[str, Any]:
    """Vectors and heads; a column's head appears with its step."""
    return graph.written("words", [*_vectors(result, rows, places), *_heads(result, places, step)])


def _vectors(result: Lookup, rows: Rows, places: Places) -> list[dict[str, Any]]:
    at, inputs = places.columns, result.inputs
    query = f"query {theme.math('<i>q</i>')} = <b>{wording.vector(inputs.query)}</b>"
    notes = [left(at.key, at.height - 22, query, at.font + 2)]
    for key, y in zip(rows.keys, rows.y, strict=False):
        label, content = vectors_of(inputs, key, at)
        notes.append(left(at.key, y, label.text, label.size))
        notes.append(left(at.value, y, content.text, content.size))
    if rows.rest:
        said = f"{rows.rest} more keys"
        notes.append(left(at.key, rows.y[-1], said, at.font, theme.MUTED))
    return notes


def _heads(result: Lookup, places: Places, step: int) -> list[dict[str, Any]]:
    at, backward = places.columns, step == BACKWARD
    phone = bool(places.drop)
    title = theme.math("<i>q·k</i>") + (" / √<i>d</i>" if result.inputs.scaled else "")
    muted = theme.MUTED
    words = [left(at.key, at.head, "key", at.small, muted)]
    words.append(left(at.value, at.head, "value", at.small, muted))

    def head(x: float, text: str, color: str, when: bool) -> None:
        if when:
            note = graph.note(x, at.head, text, size=at.small, color=color, xanchor="right")
            words.append(note)

    head(at.score, "∂score" if backward else title, _role(backward), step >= ADD)
    head(at.bar[1], "weight", theme.FWD, step >= WEIGH)
    if not phone:
        head(places.product, "key × query", muted, step >= MULTIPLY and not backward)
        head(places.product, "∂key", theme.BWD, backward)
        head(places.mixed, "weight × value", theme.FWD, step in (MIX, OUTPUT))
        head(places.mixed, "∂value", theme.BWD, backward)
    elif backward:
        words.append(left(at.key + 30, at.head, "∂key", at.small, theme.BWD))
        head(at.value - 6, "∂value", theme.BWD, backward)
    if step >= OUTPUT:
        said = {"softmax": "softmax", "argmax": "argmax"}.get(result.mode, "argmax forward")
        words.append(left(at.key, at.bottom - 64, f"output ({said})", at.font, muted))
    if backward:
        arrives = f"∂output = {wording.vector(result.grad_output)}"
        note = graph.note(at.right - 8, at.bottom - 100, arrives, size=at.small, color=theme.BWD)
        words.append(note | {"xanchor": "right"})
    return words


def _table(result: Lookup) -> dict[str, list[Any]]:
    inputs = result.inputs
    table: dict[str, list[Any]] = {"key": list(range(1, inputs.num_keys + 1))}
    table["score"] = inputs.scores.tolist()
    table["weight"] = result.forward.attention_weights.tolist()
    table["gradient of score"] = result.gradients.scores.tolist()
    return table
