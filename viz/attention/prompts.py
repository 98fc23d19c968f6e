"""How a question states its vectors, and the state of the page that answers it."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.compute import Inputs
from viz.attention.controls import KEYS, VALUES, MapSettings, SlopeSettings, TableSettings
from viz.attention.variants import typed
from viz.draw.numbers import short
from viz.quiz import Number

Rng = np.random.Generator | None


def exact(key: float) -> Number:
    return Number(key, abs=1e-9, rel=0.0)


def given(inputs: Inputs, *, values: bool = True) -> str:
    """The vectors as a small table, a row for each key, the query above it.

    Four vectors side by side are wider than a phone.
    """
    head = f"Query {wording.vector(inputs.query)}."
    lines = ["| | key | value |", "|---|---|---|"] if values else ["| | key |", "|---|---|"]
    for place, (key, value) in enumerate(zip(inputs.keys, inputs.values, strict=True), start=1):
        row = f"| {place} | {wording.vector(key)} |"
        lines.append(f"{row} {wording.vector(value)} |" if values else row)
    return f"{head}\n\n" + "\n".join(lines).replace(", ", ",\u00a0")


def products(inputs: Inputs, key: int) -> list[str]:
    pairs = zip(inputs.keys[key], inputs.query, strict=True)
    return [f"{_factor(float(k))}·{_factor(float(q))}" for k, q in pairs]


def _factor(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def one_hot(place: int) -> str:
    return f"({', '.join('1' if j == place else '0' for j in range(4))})"


def _vectors(inputs: Inputs) -> dict[str, Any]:
    query = {f"q{i + 1}": float(v) for i, v in enumerate(inputs.query)}
    keys, values = typed(inputs.keys), typed(inputs.values)
    return {**query, "keys": keys or KEYS, "values": values or VALUES}


def table_settings(inputs: Inputs, **more: Any) -> TableSettings:
    return TableSettings(**_vectors(inputs), **more)


def map_settings(inputs: Inputs) -> MapSettings:
    return MapSettings(**_vectors(inputs))


def slope_settings(inputs: Inputs) -> SlopeSettings:
    return SlopeSettings(**_vectors(inputs))
