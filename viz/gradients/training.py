"""Does the net train? Plain gradient descent in PyTorch on two spirals, every step kept."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.gradients.experiments import ARCHITECTURES, INITS, Recipe
from viz.gradients.nets import Array, init_std

if TYPE_CHECKING:
    import torch

POINTS, WIDTH, STEPS, TAIL = 256, 64, 200, 10
RATES = (1e-7, 1e-5, 1e-3, 1e-2, 0.1, 1.0)
CHANCE = math.log(2)


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One training run.

    Attributes:
        losses: mean cross-entropy before each step, in nats; ends before the first that is not
            finite.
        first_norm: Frobenius norm of the first weight before each step.
        grad_ratio: norm of the first weight's gradient over that of the last hidden weight.
        steps: how many steps were asked for.
    """

    losses: Array
    first_norm: Array
    grad_ratio: Array
    steps: int

    @property
    def diverged_at(self) -> int | None:
        """The step, counted from 0, before which the loss was not finite any more."""
        return len(self.losses) if len(self.losses) < self.steps else None

    @property
    def final(self) -> float:
        """Mean of the last ten losses; infinite if the run diverged."""
        return math.inf if self.diverged_at is not None else float(self.losses[-TAIL:].mean())


def spirals(points: int = POINTS) -> tuple[Array, Array]:
    """Two interleaved spirals: inputs of shape (points, 2) and labels 0, 1 of shape (points,)."""
    half = points // 2
    turn = np.sqrt(np.linspace(0.03, 1, half)) * 2.2 * np.pi
    arm = turn[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1) / 3.5
    labels = np.concatenate([np.zeros(half), np.ones(half)])
    return np.concatenate([arm, -arm]), labels


def initial_weights(recipe: Recipe, depth: int, *, seed: int, width: int = WIDTH) -> list[Array]:
    """W_1 of shape (width, 2), further hidden weights (width, width), the readout (1, width).

    The readout always has Xavier's scale, so that recipes differ in the hidden layers alone.
    """
    kind, gain = INITS[recipe.init]
    rng = np.random.default_rng(seed)
    shapes = [(width, 2), *[(width, width)] * (depth - 1)]
    weights = [
        rng.standard_normal(shape) * init_std(kind, shape[1], shape[0], gain=gain)
        for shape in shapes
    ]
    return [*weights, rng.standard_normal((1, width)) * init_std("xavier", width, 1)]


def train(
    recipe: Recipe,
    *,
    depth: int,
    rate: float,
    steps: int = STEPS,
    seed: int = 0,
    told: Callable[[int], None] = lambda _step: None,
) -> Run:
    """Train one net by full-batch gradient descent in float32.

    Hidden layers as in `compute.NetSpec`, the first from 2 inputs and without a skip; biases
    absent; batch norm without scale and shift in train mode.

    Args:
        recipe: initialization and architecture.
        depth: hidden layers.
        rate: learning rate.
        steps: updates.
        seed: of the weights; the data are always the same.
        told: hears the number of each step.
    """
    import torch

    inputs, labels = (torch.tensor(part, dtype=torch.float32) for part in spirals())
    weights = [
        torch.tensor(weight, dtype=torch.float32, requires_grad=True)
        for weight in initial_weights(recipe, depth, seed=seed)
    ]
    losses, norms, ratios = list[float](), list[float](), list[float]()
    for step in range(steps):
        told(step)
        logits = forward(inputs, weights, recipe.arch)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels)
        if not math.isfinite(float(loss.detach())):
            break
        losses.append(float(loss.detach()))
        norms.append(float(weights[0].detach().norm()))
        grads = torch.autograd.grad(loss, weights)
        first, last = (float(grads[place].double().norm()) for place in (0, -2))
        ratios.append(first / last if last > 0 and math.isfinite(first / last) else 0.0)
        with torch.no_grad():
            for weight, grad in zip(weights, grads, strict=True):
                weight -= rate * grad
    return Run(np.array(losses), np.array(norms), np.array(ratios), steps)


def forward(inputs: "torch.Tensor", weights: "list[torch.Tensor]", arch: str) -> "torch.Tensor":
    """Logits of shape (points,)."""
    import torch

    residual, batch_norm = ARCHITECTURES[arch]

    def norm(z: Any) -> Any:
        return torch.nn.functional.batch_norm(z, None, None, training=True) if batch_norm else z

    hidden = inputs
    for place, weight in enumerate(weights[:-1]):
        if residual and place:
            hidden = hidden + torch.relu(norm(hidden)) @ weight.T
        else:
            hidden = torch.relu(norm(hidden @ weight.T))
    return (hidden @ weights[-1].T)[:, 0]
