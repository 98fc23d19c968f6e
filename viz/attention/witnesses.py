"""The same numbers by other ways: naive formulas, walking, and PyTorch."""

import numpy as np

from viz.attention.backward import soft_gradients
from viz.attention.cells import flips
from viz.attention.compute import FloatArray, Inputs, hard, softmax
from viz.attention.tokens import SelfAttention
from viz.attention.training import Mode, Part


def slope_by_formula(inputs: Inputs, temperature: float) -> float:
    """‖Vᵀ (diag w − w wᵀ) K‖ / temperature, as the formula stands."""
    weights = softmax(inputs.scores, temperature)
    middle = np.diag(weights) - np.outer(weights, weights)
    product = inputs.values.T @ middle @ inputs.keys * inputs.factor / temperature
    return float(np.linalg.norm(product))


def slope_by_backward(inputs: Inputs, temperature: float) -> float:
    """One backward pass for every output, their gradients stacked."""
    units = np.eye(inputs.values.shape[1])
    rows = [soft_gradients(inputs, unit, temperature=temperature).query for unit in units]
    return float(np.linalg.norm(np.stack(rows)))


def slope_by_torch(inputs: Inputs, temperature: float) -> float:
    """The norm of what autograd gives."""
    import torch

    keys, values = torch.tensor(np.array(inputs.keys)), torch.tensor(np.array(inputs.values))

    def output(query: torch.Tensor) -> torch.Tensor:
        return torch.softmax(keys @ query * inputs.factor / temperature, dim=0) @ values

    start = torch.tensor(np.array(inputs.query))
    jacobian = torch.autograd.functional.jacobian(output, start)
    return float(torch.linalg.norm(jacobian))


def gradient_by_formula(inputs: Inputs, grad_output: FloatArray, temperature: float) -> float:
    """The size of Kᵀ (diag w − w wᵀ) V g / temperature, as the formula stands."""
    weights = softmax(inputs.scores, temperature)
    middle = np.diag(weights) - np.outer(weights, weights)
    product = inputs.keys.T @ middle @ inputs.values @ grad_output * inputs.factor / temperature
    return float(np.linalg.norm(product))


def gradient_by_nudging(inputs: Inputs, grad_output: FloatArray) -> float:
    """Central differences of argmax, with steps that stay within the winner's cell."""
    step = min(1e-3, flips(inputs).distance / 2)
    nudges = step * np.eye(len(inputs.query))
    ends = [
        [inputs.values[np.argmax(inputs.keys @ (inputs.query + sign * nudge))] for sign in (1, -1)]
        for nudge in nudges
    ]
    return float(np.linalg.norm([(high - low) @ grad_output / (2 * step) for high, low in ends]))


def gradient_by_torch(
    inputs: Inputs, grad_output: FloatArray, mode: Mode, temperature: float
) -> float:
    """The norm of what autograd leaves at the query; 0 where no path leads back to it."""
    import torch

    query = torch.tensor(np.array(inputs.query), requires_grad=True)
    keys, values = torch.tensor(np.array(inputs.keys)), torch.tensor(np.array(inputs.values))
    scores = keys @ query * inputs.factor
    soft = torch.softmax(scores / temperature, dim=0)
    hard = torch.nn.functional.one_hot(scores.argmax(), len(keys)).to(soft)
    weights = {"softmax": soft, "argmax": hard}.get(mode, hard - soft.detach() + soft)
    aim = weights @ values.requires_grad_() @ torch.tensor(np.array(grad_output))
    (grad,) = torch.autograd.grad(aim, query, allow_unused=True)
    return 0.0 if grad is None else float(torch.linalg.norm(grad))


def distance_by_walking(inputs: Inputs) -> float:
    """Walk towards every other key's wall and halve the step until the winner just changes."""
    won = hard(inputs).winner
    shortest, reach = np.inf, 4e3 * float(np.linalg.norm(inputs.query) + 1)
    for key in range(inputs.num_keys):
        away = inputs.keys[key] - inputs.keys[won]
        length = float(np.linalg.norm(away))
        if key == won or length == 0:
            continue
        low, high = 0.0, reach
        for _ in range(90):
            middle = (low + high) / 2
            there = inputs.query + middle * away / length
            stays = there @ inputs.keys[won] > there @ inputs.keys[key]
            low, high = (middle, high) if stays else (low, middle)
        shortest = min(shortest, low)
    return float(shortest)


def distance_by_torch(inputs: Inputs) -> float:
    """Each gap divided by the norm of its own gradient, from autograd."""
    import torch

    query = torch.tensor(np.array(inputs.query), requires_grad=True)
    keys = torch.tensor(np.array(inputs.keys))
    scores = keys @ query
    won = int(scores.argmax())
    found = []
    for key in range(len(keys)):
        if key != won:
            gap = scores[won] - scores[key]
            (grad,) = torch.autograd.grad(gap, query, retain_graph=True)
            steepness = float(torch.linalg.norm(grad))
            if steepness:
                found.append(float(gap.detach()) / steepness)
    return min(found, default=float("inf"))


def loss_by_torch(
    inputs: Inputs,
    target: FloatArray,
    *,
    train: Part,
    temperature: float,
    learning_rate: float,
    num_steps: int,
) -> float:
    """The loss of softmax after training by an autograd loop."""
    import torch

    parts = {n: torch.tensor(np.array(getattr(inputs, n))) for n in ("query", "keys", "values")}
    goal = torch.tensor(np.array(target))

    def loss() -> torch.Tensor:
        scores = parts["keys"] @ parts["query"] * inputs.factor
        output = torch.softmax(scores / temperature, dim=0) @ parts["values"]
        return 0.5 * ((output - goal) ** 2).sum()

    for _ in range(num_steps):
        parts[train].requires_grad_()
        (grad,) = torch.autograd.grad(loss(), parts[train])
        parts[train] = (parts[train] - learning_rate * grad).detach()
    return float(loss())


def largest_weight_by_torch(scores: FloatArray) -> float:
    """Median over draws of the largest softmax weight; scores of shape (draws, n)."""
    import torch

    weights = torch.softmax(torch.tensor(np.array(scores)), dim=-1)
    return float(np.median(weights.amax(dim=-1).numpy()))


def output_norm_by_torch(
    tokens: FloatArray,
    projections: tuple[FloatArray, FloatArray, FloatArray],
    *,
    causal: bool,
    scaled: bool,
    temperature: float,
) -> float:
    """The norm of all outputs by PyTorch's own attention."""
    import torch

    queries, keys, values = (torch.tensor(tokens @ matrix) for matrix in projections)
    scale = (1 / np.sqrt(queries.shape[1]) if scaled else 1.0) / temperature
    output = torch.nn.functional.scaled_dot_product_attention(
        queries, keys, values, is_causal=causal, scale=float(scale)
    )
    return float(torch.linalg.norm(output))


def output_norm(found: SelfAttention) -> float:
    """The norm of all outputs as the page computes them."""
    return float(np.linalg.norm(found.outputs))


def output_norm_by_rows(
    tokens: FloatArray,
    projections: tuple[FloatArray, FloatArray, FloatArray],
    *,
    causal: bool,
    scaled: bool,
    temperature: float,
) -> float:
    """The same with one query at a time, over the tokens it may see."""
    queries, keys, values = (tokens @ matrix for matrix in projections)
    rate = temperature * (np.sqrt(queries.shape[1]) if scaled else 1.0)
    total = 0.0
    for place, query in enumerate(queries):
        seen = place + 1 if causal else len(tokens)
        exponents = keys[:seen] @ query / rate
        powers = np.exp(exponents - exponents.max())
        total += float((((powers / powers.sum()) @ values[:seen]) ** 2).sum())
    return float(np.sqrt(total))
