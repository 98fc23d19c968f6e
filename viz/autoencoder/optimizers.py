"""The steps of SGD, Adam and AdamW, equal to those of torch.optim."""

from typing import Literal, Protocol

import numpy as np

from viz.autoencoder.compute import FloatArray, Penalty

Optimizer = Literal["sgd", "adam", "adamw"]

FIRST_DECAY, SECOND_DECAY, EPS = 0.9, 0.999, 1e-8


class Rule(Protocol):
    """Changes the weights by one gradient, in place."""

    def __call__(self, weights: FloatArray, grad: FloatArray) -> None:
        """Take one step; ``grad`` may be overwritten."""


def sgd(step_size: float, decay: FloatArray) -> Rule:
    """torch.optim.SGD: w -= step_size (grad + decay w); ``decay`` is torch's weight_decay, 2λ."""
    shrink = 1 - step_size * decay

    def step(weights: FloatArray, grad: FloatArray) -> None:
        weights *= shrink
        np.multiply(grad, step_size, out=grad)
        weights -= grad

    return step


def adam(step_size: float, decay: FloatArray, *, decoupled: bool = False, cosine: int = 0) -> Rule:
    """torch.optim.Adam, or AdamW if ``decoupled``, with torch's own constants.

    Adam adds the decay to the gradient before rescaling it; AdamW shrinks the weights by
    step_size decay beside it. ``cosine`` lets the step size fall to 0 within that many steps.
    """
    size, count = len(decay), 0
    first, second, work = np.zeros(size), np.zeros(size), np.zeros(size)

    def step(weights: FloatArray, grad: FloatArray) -> None:
        nonlocal count
        now = step_size * (0.5 + 0.5 * np.cos(np.pi * count / cosine)) if cosine else step_size
        count += 1
        if decoupled:
            weights *= 1 - now * decay
        else:
            grad += np.multiply(weights, decay, out=work)
        np.multiply(first, FIRST_DECAY, out=first)
        np.add(first, np.multiply(grad, 1 - FIRST_DECAY, out=work), out=first)
        np.multiply(second, SECOND_DECAY, out=second)
        np.multiply(grad, grad, out=work)
        np.add(second, np.multiply(work, 1 - SECOND_DECAY, out=work), out=second)
        np.sqrt(second, out=work)
        np.divide(work, np.sqrt(1 - SECOND_DECAY**count), out=work)
        np.divide(first, np.add(work, EPS, out=work), out=work)
        weights -= np.multiply(work, now / (1 - FIRST_DECAY**count), out=work)

    return step


def rule_of(
    name: Optimizer, step_size: float, weights: Penalty, size: int, *, cosine: int = 0
) -> Rule:
    """The optimizer with weight_decay = 2λ on each matrix, so that it minimizes (21).

    Args:
        name: "sgd", "adam" or "adamw".
        step_size: torch's lr.
        weights: the two λ.
        size: how many weights there are in both matrices together.
        cosine: the step size falls to 0 within this many steps; 0 keeps it.
    """
    if not step_size > 0:
        raise ValueError(f"step size must be positive, got {step_size:g}")
    decay = np.repeat([2 * weights.encoder, 2 * weights.decoder], size // 2)
    if name == "sgd":
        return sgd(step_size, decay)
    return adam(step_size, decay, decoupled=name == "adamw", cosine=cosine)
