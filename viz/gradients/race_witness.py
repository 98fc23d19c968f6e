"""The race's first loss without PyTorch, and the race as a snippet."""

import numpy as np

from viz.gradients.compute import activate
from viz.gradients.experiments import ARCHITECTURES, INITS, Recipe
from viz.gradients.training import POINTS, STEPS, WIDTH, forward, initial_weights, spirals

EPS = 1e-5
ARCH = "skip + BN"


def first_loss(init: str, *, depth: int, seed: int) -> float:
    """Loss of skip + BN before its first step, in float64 by numpy."""
    inputs, labels = spirals()
    *weights, readout = initial_weights(Recipe(init, ARCH), depth, seed=seed)
    hidden = inputs
    for place, weight in enumerate(weights):
        z = hidden if place else hidden @ weight.T
        z = (z - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + EPS)
        value, _ = activate(z, "relu")
        hidden = hidden + value @ weight.T if place else value
    logits = (hidden @ readout.T)[:, 0]
    return float(np.mean(np.logaddexp(0, logits) - labels * logits))


def by_torch(init: str, *, depth: int, seed: int) -> float:
    """The same by PyTorch, in float32."""
    import torch

    inputs, labels = (torch.tensor(part, dtype=torch.float32) for part in spirals())
    weights = [
        torch.tensor(weight, dtype=torch.float32)
        for weight in initial_weights(Recipe(init, ARCH), depth, seed=seed)
    ]
    logits = forward(inputs, weights, ARCH)
    return float(torch.nn.functional.binary_cross_entropy_with_logits(logits, labels))


CODE = """\
import math
import numpy as np
import torch
import torch.nn.functional as F

depth, width, steps, seed = {depth}, {width}, {steps}, {seed}
half = {half}
turn = np.sqrt(np.linspace(0.03, 1, half)) * 2.2 * np.pi
arm = turn[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1) / 3.5
inputs = torch.tensor(np.concatenate([arm, -arm]), dtype=torch.float32)
labels = torch.tensor([0.0] * half + [1.0] * half)


def weights_for():
    rng = np.random.default_rng(seed)
    shapes = [(width, 2)] + [(width, width)] * (depth - 1)
    # {name}
    made = [rng.standard_normal(s) * {gain!r} * math.sqrt(2 / {fan}) for s in shapes]
    made.append(rng.standard_normal((1, width)) * math.sqrt(2 / (width + 1)))
    return [torch.tensor(w, dtype=torch.float32, requires_grad=True) for w in made]


def loss_of(weights, residual, batch_norm):
    norm = lambda z: F.batch_norm(z, None, None, training=True) if batch_norm else z
    h = inputs
    for place, weight in enumerate(weights[:-1]):
        if residual and place:
            h = h + torch.relu(norm(h)) @ weight.T
        else:
            h = torch.relu(norm(h @ weight.T))
    return F.binary_cross_entropy_with_logits((h @ weights[-1].T)[:, 0], labels)


def race(residual, batch_norm, rate, steps):
    weights, losses = weights_for(), []
    for step in range(steps):
        loss = loss_of(weights, residual, batch_norm)
        if not math.isfinite(loss.item()):
            print("diverged in step", step)
            break
        losses.append(loss.item())
        for weight, grad in zip(weights, torch.autograd.grad(loss, weights)):
            weight.data -= rate * grad
    return losses


# Write race(..., steps) for the whole run. Later losses depend on the processor's rounding,
# the first one does not: answer holds the losses before the first step.
answer = [
{lines}
]
print(answer)
"""


def snippet(init: str, rates: tuple[float, ...], *, depth: int, seed: int) -> str:
    """Four nets as on the stage; ``answer`` holds their losses before the first step."""
    kind, gain = INITS[init]
    lines = [
        f"    race({residual}, {batch_norm}, rate={rate!r}, steps=1)[0],  # {arch}"
        for (arch, (residual, batch_norm)), rate in zip(ARCHITECTURES.items(), rates, strict=True)
    ]
    return CODE.format(
        depth=depth,
        width=WIDTH,
        steps=STEPS,
        seed=seed,
        half=POINTS // 2,
        name=init,
        gain=gain,
        fan="sum(s)" if kind == "xavier" else "s[1]",
        lines="\n".join(lines),
    )
