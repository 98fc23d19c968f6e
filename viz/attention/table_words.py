"""The sentences and the CSV columns of the table of keys."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.results import Lookup, State
from viz.draw.numbers import short


def caption(result: Lookup, state: State) -> str:
    """What softmax makes of the scores at this temperature, and how far the winner is safe."""
    said = f"{wording.scores(result.inputs.scores)}. "
    heaviest = int(np.argmax(state.attention_weights))
    if np.isinf(state.temperature):
        said += f"At τ → ∞ all {result.inputs.num_keys} keys weigh the same; "
    elif state.temperature == 0:
        said += f"At τ → 0 softmax is argmax: weight {{fwd:1}} on key {heaviest + 1}; "
    else:
        weight = short(float(state.attention_weights[heaviest]), 4)
        said += f"At {wording.temperature(state.temperature)} softmax puts {{fwd:{weight}}} "
        said += f"on key {heaviest + 1}; "
    places = None if state.temperature == 0 else wording.PLACES
    said += f"output {{fwd:{wording.vector(state.output, places)}}}"
    if state.slope is not None:
        said += f", slope with respect to the query {{bwd:{wording.size(state.slope)}}}"
    return f"{said}. {safety(result)}"


def safety(result: Lookup) -> str:
    """How far the query is from another winner, or why there is no such distance."""
    if result.tied:
        return wording.tie(result.hard)
    if result.flips.nearest is None:
        return "No move of the query changes the winner."
    distance = short(result.flips.distance, 4)
    return f"The query must move at least {distance} to change the winner."


def sweep_table(result: Lookup) -> dict[str, list[Any]]:
    """Columns for the CSV: temperature, slope, weights, output, one row per state."""
    states = result.states
    table: dict[str, list[Any]] = {
        "temperature": [_plain(state.temperature) for state in states],
        "slope": ["" if state.slope is None else state.slope for state in states],
    }
    for j in range(result.inputs.num_keys):
        table[f"weight {j + 1}"] = [float(state.attention_weights[j]) for state in states]
    for j in range(result.inputs.values.shape[1]):
        table[f"output {j + 1}"] = [float(state.output[j]) for state in states]
    return table


def _plain(temperature: float) -> float | str:
    return "infinite" if np.isinf(temperature) else temperature
