"""Gradient descent on freshly masked minibatches, as a net with dropout is trained."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.dropout.compute import TINY, check_keep

FloatArray = npt.NDArray[np.float64]
BEYOND = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Iterates of gradient descent under random masks, shapes (frames, d), and their averages.

    Attributes:
        expected: the mean of the last average over all masks and minibatches, shape (d,).
    """

    steps: npt.NDArray[np.int64]
    iterates: FloatArray
    averaged: FloatArray
    expected: FloatArray


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
    rates = _rates(data, num_steps, lr)
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
            weight = weight - rates[step - 1] * slope
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
    mean = expected_average(data, targets, rates, keep_prob=p, inverted=inverted)
    return Descent(kept_at, np.array(iterates), np.array(averages), mean)


def _rates(data: FloatArray, num_steps: int, lr: float) -> FloatArray:
    """The size of every step, shape (num_steps,)."""
    scale = lr / (data.shape[1] * max(float((data**2).mean()), TINY))
    return np.asarray(scale * (1 + 10 * np.arange(1, num_steps + 1) / num_steps) ** -0.6)


def expected_average(
    data: FloatArray,
    targets: FloatArray,
    rates: FloatArray,
    *,
    keep_prob: float,
    inverted: bool = False,
) -> FloatArray:
    """Where the average of the iterates ends in the mean, shape (d,).

    Masks are fresh at every step, so E w_t = E w_{t-1} - rate_t (H E w_{t-1} - b) with
    H = p [p G + (1 - p) diag G] / n and b = p X'y / n; over p^2 and p if ``inverted``.
    """
    p, gram = keep_prob, data.T @ data
    factor = 1 / p if inverted else p
    hessian = factor * (p * gram + (1 - p) * np.diag(np.diag(gram))) / len(data)
    values, axes = np.linalg.eigh(hessian)
    slope = axes.T @ (data.T @ targets) * (1.0 if inverted else p) / len(data)
    place, total, first = np.zeros(len(values)), np.zeros(len(values)), len(rates) // 4
    for step, rate in enumerate(rates):
        place = place - rate * (values * place - slope)
        total += place if step >= first else 0.0
    return np.asarray(axes @ total / (len(rates) - first))
