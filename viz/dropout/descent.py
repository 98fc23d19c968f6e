"""Gradient descent on freshly masked minibatches, as a net with dropout is trained."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.dropout.compute import TINY, check_keep

FloatArray = npt.NDArray[np.float64]
BEYOND = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Iterates of gradient descent under random masks, shapes (frames, d), and their averages."""

    steps: npt.NDArray[np.int64]
    iterates: FloatArray
    averaged: FloatArray


def sgd(
    data: FloatArray,
    targets: FloatArray,
    *,
    keep_prob: float,
    num_steps: int,
    batch_size: int,
    rng: np.random.Generator,
    lr: float = 0.5,
    inverted: bool = False,
    frames: int = 60,
) -> Descent:
    """Descend on freshly masked minibatches; the averages start after the first quarter.

    The rate is lr / (d mean X^2) (1 + 10 t / steps)^-0.6. ``inverted`` divides the mask by p,
    as torch's Dropout does while training; its weights are those of the plain model.
    Source: Polyak & Juditsky 1992 for the averaging.

    Raises:
        ValueError: the weights grow beyond 1e9; the sentence names the step.
    """
    p = check_keep(keep_prob)
    width = data.shape[1]
    scale = lr / (width * max(float((data**2).mean()), TINY))
    weight, total, count = np.zeros(width), np.zeros(width), 0
    kept_at = np.unique(np.linspace(0, num_steps, frames).round().astype(int))
    iterates, averages = [weight.copy()], [weight.copy()]
    rows = rng.integers(len(data), size=(num_steps, batch_size))
    for step in range(1, num_steps + 1):
        chosen = rows[step - 1]
        masked = data[chosen] * (rng.random((batch_size, width)) < p)
        masked = masked / p if inverted else masked
        with np.errstate(over="ignore", invalid="ignore"):
            slope = masked.T @ (masked @ weight - targets[chosen]) / batch_size
            weight = weight - scale * (1 + 10 * step / num_steps) ** -0.6 * slope
        if not np.abs(weight).max() < BEYOND:
            raise ValueError(
                f"training diverges at step {step}: with keep probability {p:g} the masked inputs "
                "are too large for this step size; take a larger p or larger batches"
            )
        if step > num_steps / 4:
            total, count = total + weight, count + 1
        if step in kept_at:
            iterates.append(weight.copy())
            averages.append(total / count if count else weight.copy())
    return Descent(kept_at, np.array(iterates), np.array(averages))
