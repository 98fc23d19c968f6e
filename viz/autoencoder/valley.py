"""One direction alone: encoder and decoder are two numbers, and the objective is a landscape."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.autoencoder.compute import FloatArray

FAR = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Gradient descent on d (1 - s1 s2)² + λ (s1² + s2²).

    Attributes:
        variance: d.
        l2: λ.
        steps: the recorded steps, shape (F,).
        encoder_value: s1 at those steps, shape (F,).
        decoder_value: s2.
        loss: the objective.
        diverged_at: the step after which recording stopped, or None.
    """

    variance: float
    l2: float
    step_size: float
    steps: npt.NDArray[np.int64]
    encoder_value: FloatArray
    decoder_value: FloatArray
    loss: FloatArray
    diverged_at: int | None

    @property
    def goal(self) -> float:
        """The minimum's s, √(1 - λ/d), or 0 if the direction is not worth its price."""
        return float(np.sqrt(max(0.0, 1 - self.l2 / self.variance)))


def height(
    encoder_value: FloatArray, decoder_value: FloatArray, variance: float, l2: float
) -> FloatArray:
    """The objective, d (1 - s1 s2)² + λ (s1² + s2²)."""
    miss = 1 - encoder_value * decoder_value
    return variance * miss**2 + l2 * (encoder_value**2 + decoder_value**2)


def price(s: FloatArray) -> FloatArray:
    """s² + 1/s²: what the penalty costs when the decoder has s and the product is 1."""
    return s**2 + s**-2.0


def roll(
    variance: float,
    l2: float,
    *,
    start: tuple[float, float],
    step_size: float,
    record: npt.NDArray[np.int64],
) -> Descent:
    """Descend from ``start`` = (s1, s2), keeping the steps in ``record``.

    Raises:
        ValueError: the variance or the step size is not positive, or λ is negative.
    """
    if not variance > 0:
        raise ValueError(f"variance must be positive, got {variance:g}")
    if not l2 >= 0:
        raise ValueError(f"lambda must not be negative, got {l2:g}")
    if not step_size > 0:
        raise ValueError(f"step size must be positive, got {step_size:g}")
    one, two = start
    kept, wanted, diverged_at = [(one, two)], set(record[1:].tolist()), None
    for step in range(1, int(record[-1]) + 1):
        pull = 2 * variance * (1 - one * two)
        one, two = (
            one + step_size * (pull * two - 2 * l2 * one),
            two + step_size * (pull * one - 2 * l2 * two),
        )
        if not abs(one) + abs(two) < FAR:
            diverged_at = step
            break
        if step in wanted:
            kept.append((one, two))
    path = np.array(kept)
    path.setflags(write=False)
    loss = height(path[:, 0], path[:, 1], variance, l2)
    return Descent(
        variance, l2, step_size, record[: len(kept)], path[:, 0], path[:, 1], loss, diverged_at
    )
