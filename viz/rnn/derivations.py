"""The derivations of the recurrent net's views, with the numbers on the stage."""

import math

from viz.draw.numbers import latex, latex_factor, short
from viz.rnn.results import Descent, Graph, LongRun, MatrixRun
from viz.view import Line


def graph_lines(result: Graph) -> tuple[Line, ...]:
    """The chain rule backward along the chain, then the edges; and the product rule beside it."""
    names, chain, derivatives = result.names, result.chain, result.derivatives
    w, count = latex_factor(result.weight), result.num_steps
    backward = []
    for i in range(2 * count - 2, -1, -1):
        name, after = _name(names[i]), _name(names[i + 1])
        rule = rf"\frac{{\partial y}}{{\partial {after}}}"
        step = rule
        if i % 2 == 0:
            slope = rf"(1 - {after}^2) \cdot " if result.tanh else ""
            number = rf"{latex(result.slopes[i // 2])} \cdot " if result.tanh else ""
            step = rf"{rule} \cdot {slope}w = {latex_factor(derivatives[i + 1])} \cdot {number}{w}"
        backward.append(
            rf"\frac{{\partial y}}{{\partial {name}}} &= {step} = {latex(derivatives[i])}"
        )
    terms = " + ".join(_edge(result, i) for i in range(count))
    slopes = [rf"{latex(s)} \cdot " if result.tanh else "" for s in result.slopes]
    shares = " + ".join(
        rf"{latex_factor(chain[2 * i])} \cdot {slopes[i]}{latex_factor(derivatives[2 * i + 1])}"
        for i in range(count)
    )
    lines = [
        Line(
            r"\begin{aligned}" + r" \\ ".join(backward) + r"\end{aligned}",
            "Backward along the chain: a product node multiplies by its other factor w, a sum "
            "node passes on what it gets."
            + (" Behind a product the tanh adds the factor 1 − h²." if result.tanh else ""),
        ),
        Line(
            rf"\frac{{dy}}{{dw}} = {terms} = {shares} = {latex(result.back.dw, 7)}",
            "The graph's way: each use of w is an edge of its own, what went in times what came "
            "back. The edges are added, because w moves them all at once.",
        ),
    ]
    if result.tanh:
        return tuple(lines)
    return (*lines, _product_rule(result), _powers(result))


def _product_rule(result: Graph) -> Line:
    count = result.num_steps
    terms = " + ".join(_power_term(count - k, count - k - 1, k + 1) for k in reversed(range(count)))
    return Line(
        rf"\frac{{dy}}{{dw}} = {terms} = {latex(result.back.dw, 7)}",
        "The product rule's way, on the polynomial y(w), term by term. Both ways agree: in every "
        "term the factor in front counts the edges that carry it.",
    )


def _powers(result: Graph) -> Line:
    """Which power of w each derivative is, from the output back."""
    count, names = result.num_steps, [_name(name) for name in result.names]
    heads, powers, values = [], [], []
    for i in range(2 * count - 2, -1, -1):
        heads.append(rf"\partial y/\partial {names[i]}")
        powers.append(f"w^{{{count - i // 2 - i % 2}}}")
        values.append(latex(result.derivatives[i]))
    rows = r" \\ ".join(" & ".join(row) for row in (heads, powers, values))
    return Line(
        rf"\begin{{array}}{{{'r' * len(heads)}}} {rows} \end{{array}}",
        "The power of w counts the products between a node and the output.",
    )


def _edge(result: Graph, use: int) -> str:
    before, after = _name(result.names[2 * use]), _name(result.names[2 * use + 1])
    slope = rf"(1 - {after}^2) \cdot " if result.tanh else ""
    return rf"{before} \cdot {slope}\tfrac{{\partial y}}{{\partial {after}}}"


def _name(node: str) -> str:
    return node if len(node) == 1 else f"{node[0]}_{{{node[1:]}}}"


def _power_term(factor: int, power: int, index: int) -> str:
    number = "" if factor == 1 else str(factor)
    letter = {0: "", 1: "w"}.get(power, f"w^{{{power}}}")
    return f"{number}{letter} u_{{{index}}}"


def long_lines(result: LongRun) -> tuple[Line, ...]:
    """Powers of w, what truncation leaves out, and what an additive carry would do."""
    one, count = result.sweep[result.start], len(result.inputs)
    kept = r"\text{undefined}" if one.kept is None else latex(one.kept, 4)
    far = float(one.by_input[0])
    reach = f"= {latex(far, 4)}" if far > 0 else r"\approx 0"
    squash = r" \prod_{j \ge k} (1 - h_j^2)" if result.tanh else ""
    first = rf"{latex(one.weight)}^{{{count}}}" + squash.replace(r" \ge k", "")
    lines = [
        Line(
            rf"\frac{{\partial y}}{{\partial u_k}} = w^{{T-k+1}}{squash}, \qquad "
            rf"\frac{{\partial y}}{{\partial u_1}} = {first} {reach}",
            "Each step back multiplies by one more w"
            + (" and by 1 − h² of the tanh, which is at most 1." if result.tanh else "."),
        )
    ]
    if not result.tanh and one.weight > 0:
        lines.append(
            Line(
                r"\log_{10}\Bigl|\frac{\partial y}{\partial u_k}\Bigr| = (T-k+1)\,\log_{10}|w|, "
                rf"\qquad \log_{{10}} {latex(one.weight)} = {latex(math.log10(one.weight), 4)}",
                "On a log axis that is a straight line: it falls into the past for |w| < 1 and "
                "rises for |w| > 1.",
            )
        )
    return (
        *lines,
        Line(
            rf"\frac{{\sum_{{k > T-K}} \text{{edge}}_k}}{{\sum_k \text{{edge}}_k}} = {kept}, "
            rf"\qquad K = {result.window}",
            "Truncated backpropagation keeps the last K edges and drops the rest of the sum.",
        ),
        Line(
            r"h_t = h_{t-1} + \dots \quad\Rightarrow\quad "
            r"\frac{\partial h_t}{\partial h_{t-1}} = 1 + \dots",
            "An additive carry has factor 1 a step and forgets nothing by itself: the idea of "
            "gated memory (LSTM), and of the skip connections on the page about gradients.",
        ),
    )


def matrix_lines(result: MatrixRun) -> tuple[Line, ...]:
    """The two inequalities."""
    facts = result.facts
    peak = facts.peak_lag
    return (
        Line(
            r"\frac{\partial y}{\partial h_{T-k}} = (W^T)^k\, c",
            "With a matrix the factor w becomes the transposed matrix.",
        ),
        Line(
            r"\rho(W)^k \;\le\; \|W^k\| \;\le\; \sigma_1(W)^k, \qquad "
            rf"\rho = {latex(facts.spectral_radius, 4)}, \quad "
            rf"\sigma_1 = {latex(facts.top_singular_value, 4)}",
            "The top singular value bounds every single step, the spectral radius the average step "
            "in the far past.",
        ),
        Line(
            rf"\|(W^T)^{{{peak}}} c\| = {latex(float(facts.norms.max()), 5)}",
            "The largest gradient on the way. If W and its transpose do not commute, it can grow "
            "long before it dies.",
        ),
    )


def descent_lines(result: Descent) -> tuple[Line, ...]:
    """One step with and without clipping."""
    first = result.steps[0]
    free = first.weight - result.lr * first.grad
    limit = result.clip if result.clip else 1.0
    clipped = first.weight - result.lr * math.copysign(min(limit, abs(first.grad)), first.grad)
    return (
        Line(
            rf"L = \tfrac12 (w^{{30}} - {latex(result.target)})^2, \qquad "
            rf"\frac{{dL}}{{dw}} = {latex(first.grad, 6)} \text{{ at }} w = {latex(first.weight)}",
            "The power of w is flat below 1 and a wall above it.",
        ),
        Line(
            rf"w - \eta\,\frac{{dL}}{{dw}} = {latex(first.weight)} - {latex(result.lr)} \cdot "
            rf"{latex_factor(first.grad, 6)} = {latex(free, 6)}",
            "One plain step at the wall can throw w far away.",
        ),
        Line(
            rf"g \leftarrow g \cdot \min\Bigl(1, \frac{{c}}{{|g|}}\Bigr), \quad c = {latex(limit)}:"
            rf" \quad w = {latex(clipped, 6)}",
            "Clipping keeps the direction and limits the length: no step is longer than "
            f"{short(result.lr * limit)}. A short limit prevents the jump; near the answer even "
            "a clipped step can go too far.",
        ),
    )
