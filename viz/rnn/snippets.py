"""PyTorch for every view with its current values, and the witnesses that check them."""

import cmath
import math
from collections.abc import Sequence

import numpy as np

from viz.rnn.results import Descent, Graph, LongRun, MatrixRun


def graph_snippet(result: Graph) -> str:
    """The net with one copy of w for each use, so that every edge can be read off."""
    step = "torch.tanh(use * (u_k + h))" if result.tanh else "use * (u_k + h)"
    return f"""import torch

u = torch.tensor({list(result.inputs)!r}, dtype=torch.float64)
w = torch.tensor({result.weight!r}, dtype=torch.float64, requires_grad=True)

uses = [w * 1 for _ in u]  # a copy of w for every step keeps its own gradient
for use in uses:
    use.retain_grad()

h = torch.zeros((), dtype=torch.float64)
for u_k, use in zip(u, uses):
    h = {step}
h.backward()

edges = [use.grad.item() for use in uses]
print("y =", h.item(), " edges:", edges, " dy/dw =", w.grad.item())
answer = [h.item(), w.grad.item(), *edges]
"""


def graph_agree(result: Graph) -> dict[str, float]:
    """dy/dw by the polynomial (behind a tanh: by a complex step), by the graph, by autograd."""
    import torch

    w = torch.tensor(result.weight, dtype=torch.float64, requires_grad=True)
    state = torch.zeros((), dtype=torch.float64)
    for u in result.inputs:
        state = w * (u + state)
        state = torch.tanh(state) if result.tanh else state
    state.backward()
    count = result.num_steps
    if result.tanh:
        name, closed = "complex step", _complex_step(result.inputs, result.weight)
    else:
        name = "polynomial"
        closed = math.fsum(
            (count - k) * result.weight ** (count - k - 1) * u for k, u in enumerate(result.inputs)
        )
    theirs = float(w.grad.item()) if w.grad is not None else closed
    return {name: closed, "sum of the edges": result.back.dw, "PyTorch": theirs}


def _complex_step(inputs: Sequence[float], weight: float) -> float:
    """A derivative without a difference: the imaginary part of y(w + ih) over h."""
    tiny = 1e-30
    state = 0j
    for u in inputs:
        state = cmath.tanh(complex(weight, tiny) * (u + state))
    return state.imag / tiny


SQUASH = """

def squash(z):  # tanh; its slope as 1/cosh², where 1 − tanh² would round to 0
    return torch.tanh(z).detach() + (z - z.detach()) / torch.cosh(z).detach() ** 2
"""


def long_snippet(result: LongRun) -> str:
    """Truncated backpropagation by detaching the state before the window."""
    one = result.sweep[result.start]
    step = "squash(w * (u_k + h))" if result.tanh else "w * (u_k + h)"
    return f"""import torch

u = torch.tensor({list(result.inputs)!r}, dtype=torch.float64)
window = {result.window}
{SQUASH if result.tanh else ""}

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
answer = [y, full{", kept / full" if one.kept is not None else ""}]
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
            factor /= math.cosh(float(state.detach())) ** 2
            state = torch.tanh(state)
    state.backward()
    theirs = first.grad.item() if first.grad is not None else factor
    return {"product of the factors": factor, "viz": float(one.by_input[0]), "PyTorch": theirs}


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
