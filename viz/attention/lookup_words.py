"""The sentences and the CSV columns of one query's way: by temperature, and step by step."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.results import Lookup, State
from viz.draw.numbers import listed, short


def caption(result: Lookup, state: State) -> str:
    """What softmax makes of the scores at this temperature, and how far the winner is safe."""
    said = f"{wording.scores(result.inputs.scores)}. "
    heaviest = int(np.argmax(state.attention_weights))
    if np.isinf(state.temperature):
        many = result.inputs.num_keys > 1
        equal = f"all {result.inputs.num_keys} keys weigh the same" if many else "the weight is 1"
        said += f"At τ → ∞ {equal}; "
    elif state.temperature == 0:
        said += f"At τ → 0 softmax is argmax: weight {{fwd:1}} on key {heaviest + 1}; "
    else:
        weight = wording.share(float(state.attention_weights[heaviest]), result.inputs.num_keys)
        said += f"At {wording.temperature(state.temperature)} softmax puts {{fwd:{weight}}} "
        said += f"on {_holders(result, heaviest)}; "
    places = None if state.temperature == 0 else wording.PLACES
    said += f"output {{fwd:{wording.vector(state.output, places)}}}"
    if state.slope is not None:
        said += f", slope with respect to the query {{bwd:{wording.size(state.slope)}}}"
    return f"{said}. {safety(result)}"


def _holders(result: Lookup, heaviest: int) -> str:
    """The key with the largest weight, or all that share it."""
    if not result.tied:
        return f"key {heaviest + 1}"
    if len(result.hard.tied) > 4:
        return f"each of {len(result.hard.tied)} keys"
    return f"each of keys {listed([str(j + 1) for j in result.hard.tied])}"


def safety(result: Lookup) -> str:
    """How far the query is from another winner, or why there is no such distance."""
    tie = wording.tie(result.hard)
    if result.flips.distance == 0:
        return tie
    return f"{tie} {_way(result)}".strip()


def _way(result: Lookup) -> str:
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


def step_caption(result: Lookup, step: int) -> str:
    """What happens in this step, with its numbers."""
    inputs, won, now = result.inputs, result.hard, result.forward
    root = ", divided by √d" if inputs.scaled else ""
    match step:
        case 1:
            return f"The query {wording.vector(inputs.query)} asks {inputs.num_keys} keys."
        case 2:
            return f"Every key is multiplied with the query, entry by entry{root}."
        case 3:
            return f"The sums are the scores. {{fwd:{wording.scores(inputs.scores)}}}."
        case 4:
            return _compared(result)
        case 5:
            return f"{_rule(result)}: weight {{fwd:{_heaviest(result)}}} on key {won.winner + 1}."
        case 6:
            return "Every value is multiplied with its weight."
        case 7:
            output = wording.vector(now.output, None if now.temperature == 0 else 3)
            return f"The weighted values add up to the output {{fwd:{output}}}."
    return backward_words(result)


def backward_words(result: Lookup) -> str:
    """Whom the gradient reaches."""
    arrives = f"Backward, {wording.vector(result.grad_output)} arrives at the output. "
    if not result.grad_output.any():
        return f"{arrives}Nothing goes back: every gradient is {{bwd:0}}."
    if result.mode == "argmax":
        return arrives + _past_argmax(result)
    size = wording.size(float(np.linalg.norm(result.gradients.query)))
    said = f"{arrives}The query gets a gradient of size {{bwd:{size}}}"
    if result.mode == "straight-through":
        truth = "argmax has no derivative here" if result.hard.jumps else "the true slope is 0"
        said += f", borrowed from softmax: {truth}"
        return f"{said}. Of the values only {result.hard.winner + 1} gets any."
    return f"{said}; {_shares(result)}."


def _past_argmax(result: Lookup) -> str:
    winner, tie = result.hard.winner + 1, wording.tie(result.hard)
    if result.hard.jumps:
        return f"{tie} Only value {winner} gets it; scores, keys and query are given {{bwd:0}}."
    return f"Only value {winner} gets it; scores, keys and query get {{bwd:0}}. {tie}".strip()


def _shares(result: Lookup) -> str:
    """Which keys and values softmax lets the gradient through to."""
    reached = result.gradients.keys.any(axis=1)
    if reached.all():
        return "every key and every value gets its share"
    return f"{'some keys get' if reached.any() else 'no key gets'} any, every value its share"


def _compared(result: Lookup) -> str:
    won = result.hard
    if len(won.tied) > 1:
        return wording.tie(won)
    if won.runner_up is None:
        return "There is one key only, so it wins."
    return (
        f"Key {won.winner + 1} has the largest score, {{fwd:{short(float(won.gap), 4)}}} "
        f"above key {won.runner_up + 1}."
    )


def _rule(result: Lookup) -> str:
    if result.mode == "softmax":
        return f"Softmax at {wording.temperature(result.temperature)}"
    return "Argmax gives all to the largest"


def _heaviest(result: Lookup) -> str:
    weight = float(result.forward.attention_weights[result.hard.winner])
    return "1" if result.mode != "softmax" else wording.share(weight, result.inputs.num_keys)
