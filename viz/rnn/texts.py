"""PyTorch for every view, the derivations with live numbers, and the witnesses."""

import math
from collections.abc import Sequence

import numpy as np

from viz.draw.numbers import latex_factor as latex
from viz.draw.numbers import short
from viz.rnn.results import Descent, Graph, LongRun, MatrixRun
from viz.view import Line


def graph_snippet(result: Graph) -> str:
    """The net with one copy of w for each use, so that every edge can be read off."""
    return f"""import torch

u = torch.tensor({list(result.inputs)!r}, dtype=torch.float64)
w = torch.tensor({result.weight!r}, dtype=torch.float64, requires_grad=True)

uses = [w * 1 for _ in u]  # a copy of w for every step keeps its own gradient
for use in uses:
    use.retain_grad()

h = torch.zeros((), dtype=torch.float64)
for u_k, use in zip(u, uses):
    h = use * (u_k + h)
h.backward()

edges = [use.grad.item() for use in uses]
print("y =", h.item(), " edges:", edges, " dy/dw =", w.grad.item())
answer = [h.item(), w.grad.item(), *edges]
"""


def graph_agree(result: Graph) -> dict[str, float]:
    """dy/dw by the polynomial, by the graph, by autograd."""
    import torch

    w = torch.tensor(result.weight, dtype=torch.float64, requires_grad=True)
    state = torch.zeros((), dtype=torch.float64)
    for u in result.inputs:
        state = w * (u + state)
    state.backward()
    count = result.num_steps
    closed = math.fsum(
        (count - k) * result.weight ** (count - k - 1) * u for k, u in enumerate(result.inputs)
    )
    theirs = float(w.grad.item()) if w.grad is not None else closed
    return {"polynomial": closed, "sum of the edges": result.back.dw, "PyTorch": theirs}


def graph_lines(result: Graph) -> tuple[Line, ...]:
    """The chain rule backward along the chain, then the edges; and the product rule beside it."""
    names, chain, derivatives = result.names, result.chain, result.derivatives
    w, count = latex(result.weight), result.num_steps
    backward = []
    for i in range(2 * count - 2, -1, -1):
        name, after = _name(names[i]), _name(names[i + 1])
        rule = rf"\frac{{\partial y}}{{\partial {after}}}"
        step = rf"{rule} \cdot w = {latex(derivatives[i + 1])} \cdot {w}" if i % 2 == 0 else rule
        backward.append(
            rf"\frac{{\partial y}}{{\partial {name}}} &= {step} = {latex(derivatives[i])}"
        )
    terms = " + ".join(
        rf"{_name(names[2 * i])} \cdot \tfrac{{\partial y}}{{\partial {_name(names[2 * i + 1])}}}"
        for i in range(count)
    )
    shares = " + ".join(
        rf"{latex(chain[2 * i])} \cdot {latex(derivatives[2 * i + 1])}" for i in range(count)
    )
    powers = " + ".join(
        _power_term(count - k, count - k - 1, k + 1) for k in reversed(range(count))
    )
    return (
        Line(
            r"\begin{aligned}" + r" \\ ".join(backward) + r"\end{aligned}",
            "Backward along the chain: a product node multiplies by its other factor w, a sum "
            "node passes on what it gets.",
        ),
        Line(
            rf"\frac{{dy}}{{dw}} = {terms} = {shares} = {latex(result.back.dw, 7)}",
            "Each use of w is an edge of its own: what went in times what came back. The edges "
            "are added, because w moves them all at once.",
        ),
        Line(
            rf"\frac{{dy}}{{dw}} = {powers} = {latex(result.back.dw, 7)}",
            "The product rule on the polynomial y(w) gives the same number, term by term.",
        ),
    )


def _name(node: str) -> str:
    return node if len(node) == 1 else f"{node[0]}_{{{node[1:]}}}"


def _power_term(factor: int, power: int, index: int) -> str:
    number = "" if factor == 1 else str(factor)
    letter = {0: "", 1: "w"}.get(power, f"w^{{{power}}}")
    return f"{number}{letter} u_{{{index}}}"


def long_snippet(result: LongRun) -> str:
    """Truncated backpropagation by detaching the state before the window."""
    one = result.sweep[result.start]
    step = "torch.tanh(w * (u_k + h))" if result.tanh else "w * (u_k + h)"
    return f"""import torch

u = torch.tensor({list(result.inputs)!r}, dtype=torch.float64)
window = {result.window}


def gradient(cut):
    w = torch.tensor({one.weight!r}, dtype=torch.float64, requires_grad=True)
    h = torch.zeros((), dtype=torch.float64)
    for k, u_k in enumerate(u):
        if cut and k == len(u) - window:
            h = h.detach()  # nothing flows back beyond the window
        h = {step}
    h.backward()
    return h.item(), w.grad.item()


y, full = gradient(cut=False)
_, kept = gradient(cut=True)
print("kept:", kept, "of", full)
answer = [y, full, kept / full]
"""


def long_agree(result: LongRun) -> dict[str, float]:
    """The influence of the first input: closed form, our backward pass, autograd."""
    import torch

    one = result.sweep[result.start]
    first = torch.tensor(result.inputs[0], dtype=torch.float64, requires_grad=True)
    state = torch.zeros((), dtype=torch.float64)
    factor = 1.0
    for k, u in enumerate(result.inputs):
        state = one.weight * ((first if k == 0 else u) + state)
        factor *= one.weight
        if result.tanh:
            state = torch.tanh(state)
            factor *= 1 - float(state.detach()) ** 2
    state.backward()
    theirs = first.grad.item() if first.grad is not None else factor
    return {"product of the factors": factor, "viz": float(one.by_input[0]), "PyTorch": theirs}


def long_lines(result: LongRun) -> tuple[Line, ...]:
    """Powers of w, and what truncation leaves out."""
    one, count = result.sweep[result.start], len(result.inputs)
    kept = "0" if one.kept is None else latex(one.kept, 4)
    return (
        Line(
            rf"\frac{{\partial y}}{{\partial u_k}} = w^{{T-k+1}}, \qquad "
            rf"\frac{{\partial y}}{{\partial u_1}} = {latex(one.weight)}^{{{count}}} = "
            rf"{latex(one.weight**count, 4)}",
            "Each step back multiplies by one more w"
            + (" and by 1 − h² of the tanh." if result.tanh else "."),
        ),
        Line(
            rf"\log_{{10}}\Bigl|\frac{{\partial y}}{{\partial u_k}}\Bigr| = (T-k+1)\,\log_{{10}}|w|"
            rf" \quad\text{{slope }} {latex(-math.log10(one.weight) if one.weight else 0.0, 4)}",
            "On a log axis that is a straight line: it falls into the past for |w| < 1 and rises "
            "for |w| > 1.",
        ),
        Line(
            rf"\frac{{\sum_{{k > T-K}} \text{{edge}}_k}}{{\sum_k \text{{edge}}_k}} = {kept}, "
            rf"\qquad K = {result.window}",
            "Truncated backpropagation keeps the last K edges and drops the rest of the sum.",
        ),
    )


def matrix_snippet(result: MatrixRun) -> str:
    """The gradient at every lag, by autograd through powers of W."""
    size = len(result.weight)
    lag = result.facts.peak_lag
    return f"""import torch

W = torch.tensor({result.weight.tolist()!r}, dtype=torch.float64)
c = torch.full(({size},), {size}**-0.5, dtype=torch.float64)

h = torch.zeros({size}, dtype=torch.float64, requires_grad=True)
state = h
for _ in range({lag}):  # the lag at which the gradient is largest
    state = W @ state
(c @ state).backward()

radius = torch.linalg.eigvals(W).abs().max().item()
answer = [h.grad.norm().item(), radius, torch.linalg.matrix_norm(W, 2).item()]
print("gradient, spectral radius, top singular value:", answer)
"""


def matrix_agree(result: MatrixRun) -> dict[str, float]:
    """The gradient ten steps back: matrix power, our recurrence, autograd."""
    import torch

    size = len(result.weight)
    c = np.full(size, size**-0.5)
    closed = float(np.linalg.norm(np.linalg.matrix_power(result.weight.T, 10) @ c))
    weight = torch.from_numpy(np.array(result.weight))
    first = torch.zeros(size, dtype=torch.float64, requires_grad=True)
    state = first
    for _ in range(10):
        state = weight @ state
    (torch.from_numpy(c) @ state).backward()
    theirs = first.grad.norm().item() if first.grad is not None else closed
    return {"matrix power": closed, "viz": float(result.facts.norms[10]), "PyTorch": theirs}


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
            "The spectral radius rules the far past, the top singular value bounds each step.",
        ),
        Line(
            rf"\|(W^T)^{{{peak}}} c\| = {latex(float(facts.norms.max()), 5)}",
            "The largest gradient on the way. If W and its transpose do not commute, it can grow "
            "long before it dies.",
        ),
    )


def descent_snippet(result: Descent, inputs: Sequence[float]) -> str:
    """The same descent with torch.optim.SGD and clip_grad_norm_."""
    clip = f"    torch.nn.utils.clip_grad_norm_([w], {result.clip!r})\n" if result.clip else ""
    count = len(result.steps) - 1
    return f"""import torch

u = torch.tensor({list(inputs)!r}, dtype=torch.float64)
w = torch.nn.Parameter(torch.tensor({result.steps[0].weight!r}, dtype=torch.float64))
optimizer = torch.optim.SGD([w], lr={result.lr!r})

path = [w.item()]
for _ in range({count}):
    h = torch.zeros((), dtype=torch.float64)
    for u_k in u:
        h = w * (u_k + h)
    loss = (h - {result.target!r}) ** 2 / 2
    optimizer.zero_grad()
    loss.backward()
{clip}    optimizer.step()
    path.append(w.item())

answer = [path[1], path[-1]]
print("w after the first and the last step:", answer)
"""


def descent_agree(result: Descent, inputs: Sequence[float]) -> dict[str, float]:
    """The slope at the start: closed form by finite difference, backward pass, autograd."""
    import torch

    w = torch.tensor(result.steps[0].weight, dtype=torch.float64, requires_grad=True)
    state = torch.zeros((), dtype=torch.float64)
    for u in inputs:
        state = w * (u + state)
    ((state - result.target) ** 2 / 2).backward()
    start = result.steps[0].weight
    count = len(inputs)
    y = math.fsum(start ** (count - k) * u for k, u in enumerate(inputs))
    slope = math.fsum((count - k) * start ** (count - k - 1) * u for k, u in enumerate(inputs))
    theirs = w.grad.item() if w.grad is not None else 0.0
    return {
        "polynomial": (y - result.target) * slope,
        "viz": result.steps[0].grad,
        "PyTorch": theirs,
    }


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
            rf"{latex(first.grad, 6)} = {latex(free, 6)}",
            "One plain step at the wall can throw w far away.",
        ),
        Line(
            rf"g \leftarrow g \cdot \min\Bigl(1, \frac{{c}}{{|g|}}\Bigr), \quad c = {latex(limit)}:"
            rf" \quad w = {latex(clipped, 6)}",
            "Clipping keeps the direction and limits the length. It prevents the jump, but near "
            f"the answer the steps of {short(result.lr * limit)} only bounce around it.",
        ),
    )
