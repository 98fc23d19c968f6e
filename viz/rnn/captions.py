"""The sentence of every frame of the unrolled graph."""

import re

from viz.draw.numbers import short
from viz.rnn.labels import SUBS, Labels, bracketed
from viz.rnn.results import Graph

POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def phases(result: Graph, k: int) -> tuple[int, int, int]:
    """How many values, derivatives and shares are known at frame k."""
    count = 2 * result.num_steps
    return min(k, count), min(max(k - count, 0), count), max(k - 2 * count, 0)


def label(result: Graph, k: int) -> str:
    """The frame's name."""
    values, derivatives, told = phases(result, k)
    names = _plain(result)
    if told:
        return f"use {told} of w"
    if derivatives:
        return f"∂y/∂{names[-derivatives]}"
    return names[values - 1] if values else "start"


def caption(result: Graph, said: Labels, k: int) -> str:
    """What this frame computes, in words and in numbers or symbols."""
    values, derivatives, told = phases(result, k)
    if told:
        return _symbolic_sum(result, said, told) if result.symbolic else _sum(result, told)
    if derivatives:
        i = 2 * result.num_steps - derivatives
        return _symbolic(result, said, i, back=True) if result.symbolic else _backward(result, i)
    if values:
        i = values - 1
        return _symbolic(result, said, i, back=False) if result.symbolic else _forward(result, i)
    uses = "once" if result.num_steps == 1 else f"{result.num_steps} times"
    w = "" if result.symbolic else f" = {{par:{short(result.weight)}}}"
    return f"One weight, w{w}, is used {uses}; nothing is computed yet."


def flat(text: str) -> str:
    """Figure text as plain text: w²u₁."""
    text = re.sub(r"<sub>(\d+)</sub>", lambda found: found[1].translate(SUBS), text)
    text = re.sub(r"<sup>(\d+)</sup>", lambda found: found[1].translate(POWERS), text)
    return re.sub(r"<[^>]*>", "", text)


def _symbolic(result: Graph, said: Labels, i: int, *, back: bool) -> str:
    names = _plain(result)
    if not back:
        value = flat(said.values[i])
        number = str(i // 2 + 1).translate(SUBS)
        before = f" = u{number} + {names[i - 1]}" if i else ""
        rule = f" = w · {names[i - 1]}" if i % 2 else before
        rule = "" if result.num_steps > 3 else rule
        return f"Forward: {names[i]}{rule} = {{fwd:{value}}}."
    value = f"{{bwd:{flat(said.derivatives[i])}}}"
    if i == len(names) - 1:
        return f"Backward: it starts at the output with ∂y/∂{names[i]} = {value}."
    if i % 2:
        return f"Backward: ∂y/∂{names[i]} = ∂y/∂{names[i + 1]} = {value}; a sum passes it on."
    return (
        f"Backward: ∂y/∂{names[i]} = w · ∂y/∂{names[i + 1]} = {value}; a product multiplies by w."
    )


def _symbolic_sum(result: Graph, said: Labels, told: int) -> str:
    names, count = _plain(result), result.num_steps
    if told < count:
        i = told - 1
        return (
            f"Use {told} of w drops {names[2 * i]} · ∂y/∂{names[2 * i + 1]} = "
            f"{{bwd:{flat(said.shares[i])}}} into the sum."
        )
    return (
        f"dy/dw = {{bwd:{flat(said.total)}}}: every power counts how often w was used. With w = "
        f"{{par:{short(result.weight)}}} and the inputs given it is {short(result.back.dw, 6)}."
    )


def _plain(result: Graph) -> list[str]:
    return [name.translate(SUBS) for name in result.names]


def _forward(result: Graph, i: int) -> str:
    names, value = _plain(result), f"{{fwd:{short(result.chain[i])}}}"
    if i % 2:
        numbers = f"{short(result.weight)} · {bracketed(result.chain[i - 1])}"
        formula = f"w · {names[i - 1]} = {numbers}"
        if result.tanh:
            formula = f"tanh(w · {names[i - 1]}) = tanh({numbers})"
        return f"Forward: {names[i]} = {formula} = {value}."
    number = str(i // 2 + 1).translate(SUBS)
    before = ""
    if i:
        came = bracketed(result.chain[i - 1])
        before = f" + {names[i - 1]} = {short(result.inputs[i // 2])} + {came}"
    return f"Forward: {names[i]} = u{number}{before} = {value}."


def _backward(result: Graph, i: int) -> str:
    names, value = _plain(result), f"{{bwd:{short(result.derivatives[i])}}}"
    if i == len(names) - 1:
        return f"Backward: it starts at the output with ∂y/∂{names[i]} = {value}."
    came = bracketed(result.derivatives[i + 1])
    if i % 2:
        return (
            f"Backward: ∂y/∂{names[i]} = ∂y/∂{names[i + 1]} = {value}; a sum passes it on "
            "unchanged."
        )
    w = short(result.weight)
    if result.tanh:
        slope = short(result.slopes[i // 2])
        return (
            f"Backward: ∂y/∂{names[i]} = w · (1 − {names[i + 1]}²) · ∂y/∂{names[i + 1]} = "
            f"{w} · {slope} · {came} = {value}; tanh adds a factor of at most 1."
        )
    return (
        f"Backward: ∂y/∂{names[i]} = w · ∂y/∂{names[i + 1]} = {w} · {came} = {value}; a product "
        "multiplies by w."
    )


def _sum(result: Graph, told: int) -> str:
    back, count, names = result.back, result.num_steps, _plain(result)
    if told < count:
        i = told - 1
        middle = f" · (1 − {names[2 * i + 1]}²)" if result.tanh else ""
        number = f" · {short(result.slopes[i])}" if result.tanh else ""
        return (
            f"Use {told} of w drops {names[2 * i]}{middle} · ∂y/∂{names[2 * i + 1]} = "
            f"{bracketed(result.ahead.sums[i])}{number} · {bracketed(back.dh[i])} = "
            f"{{bwd:{short(back.edges[i])}}} into the sum."
        )
    shares = " + ".join(bracketed(edge) for edge in back.edges)
    sum_ = f"{shares} = " if count > 1 else ""
    power = "w" + ("" if count == 1 else str(count).translate(POWERS))
    factor = "" if result.tanh else f"{power} = "
    uses = "Edge" if count == 1 else "Edges"
    return (
        f"y = {{fwd:{short(result.ahead.y, 6)}}}. {uses} from w: {sum_}"
        f"{{bwd:{short(back.dw, 6)}}} = dy/dw. A change in u₁ reaches the output multiplied by "
        f"{factor}{short(back.da[0], 3)}."
    )
