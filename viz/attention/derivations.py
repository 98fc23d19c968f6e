"""The formulas with the numbers of the screen in them."""

from collections.abc import Sequence

import numpy as np

from viz.attention import wording
from viz.attention.compute import FloatArray, soft
from viz.attention.lessons import Lesson
from viz.attention.results import Lookup, Map
from viz.attention.scaling import Saturation
from viz.attention.slopes import jacobian
from viz.attention.tokens import SelfAttention
from viz.draw.numbers import short
from viz.view import Line

SMALL = 5


def tex(value: float, digits: int = 4) -> str:
    """A number for LaTeX; powers of ten where it is tiny or huge."""
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else r"\infty"
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"
    mantissa, exponent = f"{value:.{min(digits, 3) - 1}e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def column(values: FloatArray | Sequence[float], digits: int = 4) -> str:
    """A vector for LaTeX, written as a row; long ones are cut."""
    shown = [tex(float(v), digits) for v in values[: SMALL + 1]]
    more = [r"\dots"] if len(values) > SMALL + 1 else []
    entries = ", ".join([*shown, *more])
    return rf"\left({entries}\right)"


def matrix(values: FloatArray, digits: int = 3) -> str:
    """A matrix for LaTeX, at most five by five."""
    if max(values.shape) > SMALL:
        return rf"[{values.shape[0]} \times {values.shape[1]}]"
    rows = (" & ".join(tex(float(v), digits) for v in row) for row in values)
    return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"


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
        middle = f"({products}){root} = " if few else ""
        said.append(
            rf"s_{{{j + 1}}} &= q \cdot k_{{{j + 1}}}{root} = {middle}{tex(inputs.scores[j])}"
        )
    more = r" \\ &\ \ \vdots" if inputs.num_keys > SMALL else ""
    words = "A score is the inner product of the query with a key."
    return (Line(r"\begin{aligned}" + r" \\ ".join(said) + more + r"\end{aligned}", words),)


def _factor(value: float) -> str:
    return f"({tex(value)})" if value < 0 else tex(value)


def _argmax(result: Lookup) -> Line:
    won = result.hard
    weights = column(won.attention_weights)
    formula = (
        rf"\operatorname{{argmax}}{column(won.scores)} = {weights}, \qquad "
        rf"\text{{output}} = v_{{{won.winner + 1}}} = {column(won.output)}"
    )
    tie = wording.tie(won)
    return Line(formula, tie or "Argmax attention puts weight 1 on the largest score.")


def _softmax(result: Lookup) -> tuple[Line, ...]:
    found = soft(result.inputs, result.temperature)
    high, tau = float(result.hard.scores.max()), result.temperature
    exponents = (result.hard.scores - high) / tau
    powers = np.exp(exponents)
    shift = f"s_j - {_factor(high)}" if high else "s_j"
    weights = (
        rf"w_j = \frac{{e^{{({shift})/{tex(tau)}}}}}{{\sum_i e^{{({shift.replace('j', 'i')})/"
        rf"{tex(tau)}}}}}, \qquad w = \frac{{{column(powers, 3)}}}{{{tex(float(powers.sum()), 5)}}}"
        rf" = {column(found.attention_weights)}"
    )
    words = (
        f"Softmax at τ = {short(tau)}; taking off the largest score changes nothing, "
        "since it cancels."
    )
    output = rf"\text{{output}} = \sum_j w_j\, v_j = {column(found.output)}"
    spread = (
        f"The weights are spread as over {wording.size(found.effective_keys)} equal keys (e to the "
        "power of their entropy)."
    )
    return Line(weights, words), Line(output, spread)


def _backward(result: Lookup) -> tuple[Line, ...]:
    grads, g = result.gradients, column(result.grad_output)
    if result.mode == "argmax":
        formula = (
            r"\frac{\partial L}{\partial q} = 0, \quad \frac{\partial L}{\partial K} = 0, \quad "
            rf"\frac{{\partial L}}{{\partial v_{{{result.hard.winner + 1}}}}} = g = {g}"
        )
        words = "For L = g · output: a small change leaves the winner; only its value gets any."
        return (Line(formula, words),)
    formula = (
        r"\frac{\partial L}{\partial s} = \frac{1}{\tau}\, w \odot (V g - w^\top V g) = "
        rf"{column(grads.scores, 3)}, \qquad \frac{{\partial L}}{{\partial q}} = "
        rf"K^\top \frac{{\partial L}}{{\partial s}} = {column(grads.query, 3)}"
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
    middle = np.diag(weights) - np.outer(weights, weights)
    found = jacobian(inputs, tau)
    root = r"\frac{1}{\sqrt d}\," if inputs.scaled else ""
    formula = (
        rf"\frac{{\partial\,\text{{output}}}}{{\partial q}} = \frac{{1}}{{\tau}}\,{root} V^\top "
        r"\left(\operatorname{diag} w - w w^\top\right) K"
    )
    numbers = (
        rf"= \frac{{1}}{{{tex(tau)}}}\,{root} {matrix(inputs.values.T)} {matrix(middle)} "
        rf"{matrix(inputs.keys)}"
    )
    size = wording.size(float(np.linalg.norm(found)))
    norm = (
        rf"= {matrix(found)}, \qquad \left\| \cdot \right\| = {tex(float(np.linalg.norm(found)))}"
    )
    lines = [
        Line(formula, "The softmax weights move with their scores, the scores with the query."),
        Line(numbers, f"At τ = {short(tau)}:"),
        Line(norm, f"Its size is the slope, {size}."),
        *_ends(result),
    ]
    return tuple(lines)


def _ends(result: Lookup) -> tuple[Line, ...]:
    ends, lines = result.limits, []
    hot = rf"\tau \to \infty: \quad \text{{slope}} \to \frac{{{tex(ends.hot)}}}{{\tau}}"
    lines.append(Line(hot, "Hot: all weights are 1/n, and the query can only tilt them by 1/τ."))
    if result.tied:
        lines.append(Line("", wording.tie(result.hard)))
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
    scores = (inputs.keys * inputs.query).sum(axis=1)
    gap = float(scores[won.winner] - scores[found.nearest])
    away = inputs.keys[won.winner] - inputs.keys[found.nearest]
    wall = rf"(k_{{{w}}} - k_{{{j}}}) \cdot q = 0, \qquad k_{{{w}}} - k_{{{j}}} = {column(away)}"
    length = float(np.linalg.norm(away))
    far = (
        rf"\frac{{s_{{{w}}} - s_{{{j}}}}}{{\lVert k_{{{w}}} - k_{{{j}}} \rVert}} = "
        rf"\frac{{{tex(gap)}}}{{{tex(length)}}} = {tex(found.distance, 6)}"
    )
    point = (
        rf"q - \frac{{s_{{{w}}} - s_{{{j}}}}}{{\lVert k_{{{w}}} - k_{{{j}}} \rVert^2}} "
        rf"(k_{{{w}}} - k_{{{j}}}) = {column(found.point)}"
    )
    inside = "the plane never meets it" if np.isinf(result.inside) else f"{result.inside:.4g} away"
    return (
        Line(wall, f"Keys {w} and {j} score the same on a plane through the origin: a wall."),
        Line(far, "A point's distance from a plane is its height divided by the normal's length."),
        Line(point, "There the two keys tie:"),
        Line("", f"Inside the drawn plane the same wall is {inside}."),
    )


def learning(result: Lesson) -> tuple[Line, ...]:
    """The step that is taken, and what it is for every way of making weights."""
    letter = {"query": "q", "keys": "K", "values": "V"}[result.train]
    course = result.courses[0]
    step = (
        rf"{letter} \leftarrow {letter} - {tex(result.learning_rate)}\, "
        rf"\frac{{\partial L}}{{\partial {letter}}}, \qquad "
        rf"L = \tfrac12 \lVert \text{{output}} - {column(result.target)} \rVert^2"
    )
    if result.train == "values":
        rule = r"\frac{\partial L}{\partial V} = w\,(\text{output} - \text{target})^\top"
        words = "Values get the error in the share of their weight; argmax's winner gets all of it."
    else:
        outer = r"\,q^\top" if result.train == "keys" else ""
        back = "" if outer else r"K^\top "
        rule = (
            rf"\frac{{\partial L}}{{\partial {letter}}} = {back}\frac{{1}}{{\tau}}\, w \odot "
            rf"(V e - w^\top V e){outer}, \qquad e = \text{{output}} - \text{{target}}"
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
    variance = (
        r"\operatorname{Var}(q \cdot k \mid q) = \sum_{i=1}^d q_i^2 \approx d, \qquad "
        rf"\sqrt{{{d}}} = {tex(d**0.5)}, \quad \text{{measured }} {tex(plain)}"
    )
    divide = (
        rf"\frac{{q \cdot k}}{{\sqrt d}}: \quad \text{{standard deviation }} {tex(scaled)}"
        rf", \qquad \operatorname{{softmax}}\!\left(\tfrac{{s}}{{\sqrt d}}\right) = "
        r"\operatorname{softmax}_{\tau = \sqrt d}(s)"
    )
    return (
        Line(variance, "Entries of mean 0 and variance 1: d products of variance 1 are added."),
        Line(divide, "Dividing by √d is a temperature of √d: it keeps softmax where it feels."),
    )


def self_attention(result: SelfAttention) -> tuple[Line, ...]:
    """The formula, and the last token's row."""
    last = len(result.names)
    formula = (
        r"\text{output} = \operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt d\,\tau} + M\right) V"
        r", \qquad M_{ij} = -\infty \text{ for } j > i"
    )
    row = rf"w_{{{last}}} = {column(result.attention_weights[-1], 3)}"
    spread = rf"e^{{H(w_{{{last}}})}} = {tex(float(result.effective_tokens[-1]))}"
    mask = "with" if result.causal else "here without"
    return (
        Line(formula, f"Every token is a query of its own, {mask} the mask M of the future."),
        Line(row, f"The row of token {last}:"),
        Line(spread, "The exponential of its entropy says over how many tokens it spreads."),
    )
