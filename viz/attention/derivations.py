"""The formulas with the numbers of the screen in them."""

import numpy as np

from viz.attention import wording
from viz.attention.compute import Inputs, soft
from viz.attention.formulas import SMALL, column, decimals, matrix, tex
from viz.attention.lessons import Lesson
from viz.attention.results import Lookup, Map
from viz.attention.scaling import Saturation
from viz.attention.slopes import jacobian
from viz.attention.tokens import SelfAttention
from viz.draw.numbers import short, stacked
from viz.view import Line


def _root(inputs: Inputs) -> str:
    """The factor that dividing scores by √d leaves in every derivative by query and keys."""
    return rf"\frac{{1}}{{\sqrt{{{len(inputs.query)}}}}}\, " if inputs.scaled else ""


def table(result: Lookup) -> tuple[Line, ...]:
    """From inner products to the outputs of argmax and softmax, and back."""
    return (
        *_scores(result),
        _argmax(result),
        *_softmax(result),
        *_backward(result),
    )


def _scores(result: Lookup) -> tuple[Line, ...]:
    inputs, said = result.inputs, []
    root = rf" / \sqrt{{{len(inputs.query)}}}" if inputs.scaled else ""
    few = len(inputs.query) <= SMALL
    for j in range(min(inputs.num_keys, SMALL)):
        pairs = zip(inputs.keys[j], inputs.query, strict=True)
        products = " + ".join(rf"{_factor(k)} \cdot {_factor(q)}" for k, q in pairs)
        middle = f"({products}){root} = " if few else rf"q \cdot k_{{{j + 1}}}{root} = "
        said.append(rf"s_{{{j + 1}}} &= {middle}{tex(inputs.scores[j])}")
    if inputs.num_keys > SMALL:
        said.append(r"&\ \ \vdots")
    words = "A score is the inner product of the query with a key."
    return (Line(stacked(*said), words),)


def _factor(value: float) -> str:
    return f"({tex(value)})" if value < 0 else tex(value)


def _argmax(result: Lookup) -> Line:
    won = result.hard
    weights = column(won.attention_weights)
    formula = stacked(
        rf"&\operatorname{{argmax}}{column(won.scores)}",
        rf"&= {weights}",
        rf"&\text{{output}} = v_{{{won.winner + 1}}} = {column(won.output)}",
    )
    tie = wording.tie(won)
    return Line(formula, tie or "Argmax attention puts weight 1 on the largest score.")


def _softmax(result: Lookup) -> tuple[Line, ...]:
    found = soft(result.inputs, result.temperature)
    high, tau = float(result.hard.scores.max()), result.temperature
    exponents = (result.hard.scores - high) / tau
    powers = np.exp(exponents)
    shift = f"s_j - {_factor(high)}" if high else "s_j"
    power = rf"e^{{({shift})/{tex(tau)}}}"
    weights = stacked(
        rf"&w_j = \frac{{{power}}}{{\sum_i {power.replace('_j', '_i')}}}",
        rf"&w = {column(powers, 3)}",
        rf"&\quad\ / \ {tex(float(powers.sum()), 5)}",
        rf"&= {column(found.attention_weights, 3)}",
    )
    words = (
        f"Softmax at τ = {short(tau)}; taking off the largest score changes nothing, "
        "since it cancels."
    )
    output = stacked(
        r"\text{output} &= \textstyle\sum_j w_j\, v_j",
        rf"&= {column(found.output)}",
    )
    spread = (
        f"The weights are spread as over {wording.size(found.effective_keys)} equal keys (e to the "
        "power of their entropy)."
    )
    return Line(weights, words), Line(output, spread)


def _backward(result: Lookup) -> tuple[Line, ...]:
    grads, g = result.gradients, column(result.grad_output)
    if result.mode == "argmax":
        formula = stacked(
            r"\frac{\partial L}{\partial q} &= 0, \qquad \frac{\partial L}{\partial K} = 0",
            rf"\frac{{\partial L}}{{\partial v_{{{result.hard.winner + 1}}}}} &= g = {g}",
        )
        words = "For L = g · output: a small change leaves the winner; only its value gets any."
        if result.hard.jumps:
            words = "For L = g · output: argmax has no derivative here, and 0 is taken."
        return (Line(formula, words),)
    formula = stacked(
        r"&\frac{\partial L}{\partial s} = \frac{1}{\tau}\, w \odot (V g - w^\top V g) =",
        rf"&{column(grads.scores, 3)}",
        rf"&\frac{{\partial L}}{{\partial q}} = {_root(result.inputs)}K^\top "
        r"\frac{\partial L}{\partial s} =",
        rf"&{column(grads.query, 3)}",
    )
    arriving = wording.vector(result.grad_output)
    words = f"Backward through softmax, for L = g · output with g = {arriving}."
    if result.mode == "straight-through":
        words += " Straight-through uses this slope although the forward pass was argmax."
    return (Line(formula, words),)


def slope(result: Lookup) -> tuple[Line, ...]:
    """The Jacobian factor by factor, and the two ends of its size."""
    inputs, tau = result.inputs, result.temperature
    weights = soft(inputs, tau).attention_weights
    found = jacobian(inputs, tau)
    root = r"\frac{1}{\sqrt d}\," if inputs.scaled else ""
    formula = (
        rf"\frac{{\partial\,\text{{output}}}}{{\partial q}} = \frac{{1}}{{\tau}}\,{root} V^\top "
        r"\left(\operatorname{diag} w - w w^\top\right) K"
    )
    numbers = stacked(
        rf"&\frac{{1}}{{{tex(tau)}}}\, {_root(inputs)}{matrix(inputs.values.T)}",
        r"&\cdot \left(\operatorname{diag} w - w w^\top\right)",
        rf"&\cdot {matrix(inputs.keys)}",
        rf"&w = {column(weights, 3)}",
    )
    size = float(np.linalg.norm(found))
    norm = stacked(rf"&= {matrix(found)}", rf"\left\| \cdot \right\| &= {tex(size)}")
    lines = [
        Line(formula, "The softmax weights move with their scores, the scores with the query."),
        Line(numbers, f"At τ = {short(tau)}:"),
        Line(norm, f"Its size is the slope, {wording.size(size)}."),
        *_ends(result),
    ]
    return tuple(lines)


def _ends(result: Lookup) -> tuple[Line, ...]:
    ends, lines = result.limits, []
    hot = rf"\tau \to \infty: \quad \text{{slope}} \to \frac{{{tex(ends.hot)}}}{{\tau}}"
    lines.append(Line(hot, "Hot: all weights are 1/n, and the query can only tilt them by 1/τ."))
    if ends.torn:
        torn = rf"\tau \to 0: \quad \text{{slope}} \to \frac{{{tex(ends.torn)}}}{{\tau}}"
        lines.append(Line(torn, wording.tie(result.hard)))
    elif ends.gap is not None:
        gap = tex(ends.gap)
        cold = (
            rf"\tau \to 0: \quad \text{{slope}} \to \frac{{{tex(ends.cold)}}}{{\tau}}\, "
            rf"e^{{-{gap}/\tau}}"
        )
        words = "Cold: what is left of the second score decides, exponentially little for its gap."
        lines.append(Line(cold, words))
    return tuple(lines)


def distance(result: Map) -> tuple[Line, ...]:
    """The distance to a wall, as that of a point from a plane."""
    looked = result.lookup
    inputs, found, won = looked.inputs, looked.flips, looked.hard
    if found.nearest is None:
        return (Line("", "There is no wall: no other key can win."),)
    w, j = won.winner + 1, found.nearest + 1
    gap = float(inputs.products[won.winner] - inputs.products[found.nearest])
    away = inputs.keys[won.winner] - inputs.keys[found.nearest]
    apart = f"k_{{{w}}} - k_{{{j}}}"
    wall = stacked(rf"({apart}) \cdot q &= 0", f"{apart} &= {column(away)}")
    length = float(np.linalg.norm(away))
    far = (
        rf"\frac{{s_{{{w}}} - s_{{{j}}}}}{{\lVert k_{{{w}}} - k_{{{j}}} \rVert}} = "
        rf"\frac{{{tex(gap)}}}{{{tex(length)}}} = {tex(found.distance, 6)}"
    )
    point = stacked(
        rf"&q - \frac{{s_{{{w}}} - s_{{{j}}}}}{{\lVert {apart} \rVert^2}} ({apart})",
        rf"&= {column(found.point)}",
    )
    return (
        Line(wall, f"Keys {w} and {j} score the same on a plane through the origin: a wall."),
        Line(far, "A point's distance from a plane is its height divided by the normal's length."),
        Line(point, "There the two keys tie:"),
        Line("", _inside(result)),
    )


def _inside(result: Map) -> str:
    if result.inside_key is None:
        return "The drawn plane never meets a wall of this cell."
    away, key = short(result.inside, 4), result.inside_key + 1
    return f"Inside the drawn plane the nearest wall is that of key {key}, {away} away."


def learning(result: Lesson) -> tuple[Line, ...]:
    """The step that is taken, and what it is for every way of making weights."""
    letter = {"query": "q", "keys": "K", "values": "V"}[result.train]
    course = result.courses[0]
    step = stacked(
        rf"{letter} &\leftarrow {letter} - {tex(result.learning_rate)}\, "
        rf"\frac{{\partial L}}{{\partial {letter}}}",
        rf"L &= \tfrac12 \lVert \text{{output}} - {column(result.target)} \rVert^2",
    )
    if result.train == "values":
        rule = r"\frac{\partial L}{\partial V} = w\,(\text{output} - \text{target})^\top"
        words = "Values get the error in the share of their weight; argmax's winner gets all of it."
    else:
        outer = r"\,q^\top" if result.train == "keys" else ""
        back = "" if outer else r"K^\top "
        rule = stacked(
            rf"\frac{{\partial L}}{{\partial {letter}}} &= {_root(result.inputs)}{back}"
            rf"\frac{{1}}{{\tau}}\, w \odot (V e - w^\top V e){outer}",
            r"e &= \text{output} - \text{target}",
        )
        words = (
            "With argmax this gradient is 0 in every step; straight-through takes e from argmax "
            "and the rest from softmax."
        )
    sizes = (
        rf"\left\| \frac{{\partial L}}{{\partial {letter}}} \right\| = {tex(course.grad_norms[0])}"
    )
    return (
        Line(step, f"One step of training the {result.train}."),
        Line(rule, words),
        Line(sizes, "At the start, with softmax:"),
    )


def size(result: Saturation) -> tuple[Line, ...]:
    """Why scores grow with the square root of d."""
    d = result.dimensions[-1]
    plain, scaled = (float(v) for v in np.median(result.score_std[:, -1], axis=-1))
    variance = stacked(
        r"\operatorname{Var}(q \cdot k \mid q) &= \sum_{i=1}^d q_i^2 \approx d",
        rf"\sqrt{{{d}}} &= {tex(d**0.5)}, \quad \text{{measured }} {tex(plain)}",
    )
    divide = stacked(
        rf"\frac{{q \cdot k}}{{\sqrt d}}: &\ \text{{standard deviation }} {tex(scaled)}",
        r"\operatorname{softmax}\!\left(\tfrac{s}{\sqrt d}\right) &= "
        r"\operatorname{softmax}_{\tau = \sqrt d}(s)",
    )
    return (
        Line(variance, "Entries of mean 0 and variance 1: d products of variance 1 are added."),
        Line(divide, "Dividing by √d is a temperature of √d: it keeps softmax where it feels."),
    )


def self_attention(result: SelfAttention) -> tuple[Line, ...]:
    """The formula, and the last token's row."""
    last = len(result.names)
    below = r"\sqrt d\,\tau" if result.scaled else r"\tau"
    mask = " + M" if result.causal else ""
    rows = [
        r"\text{output} &= \operatorname{softmax}\!"
        rf"\left(\frac{{Q K^\top}}{{{below}}}{mask}\right) V"
    ]
    if result.causal:
        rows.append(r"M_{ij} &= -\infty \text{ for } j > i, \text{ else } 0")
    formula = stacked(*rows)
    row = stacked(rf"&w_{{{last}}} =", rf"&{decimals(result.attention_weights[-1])}")
    spread = rf"e^{{H(w_{{{last}}})}} = {tex(float(result.effective_tokens[-1]))}"
    sight = "and the mask M hides the future" if result.causal else "and sees all tokens"
    return (
        Line(formula, f"Every token is a query of its own, {sight}."),
        Line(row, f"The row of token {last}:"),
        Line(spread, "The exponential of its entropy says over how many tokens it spreads."),
    )
