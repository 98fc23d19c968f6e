"""Teach attention a target output by gradient steps: through softmax, argmax, and the tricks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from viz.attention.compute import FloatArray, Inputs, frozen, inner_products

Mode = Literal["softmax", "argmax", "straight-through", "gumbel"]
Part = Literal["query", "keys", "values"]
MODES: tuple[Mode, ...] = ("softmax", "argmax", "straight-through", "gumbel")
MAX_STEPS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What happened to one mode from step 0 to the last.

    Attributes:
        mode: how the weights are made.
        losses: half the squared distance of output and target, shape (steps + 1,).
        outputs: shape (steps + 1, dv).
        queries, keys, values: the parameters before every step and after the last; those that
            are not trained are repeated.
        grad_norms: size of the trained part's gradient, shape (steps + 1,).
        winners: index of the key with the largest score, shape (steps + 1,).
    """

    mode: Mode
    losses: FloatArray
    outputs: FloatArray
    queries: FloatArray
    keys: FloatArray
    values: FloatArray
    grad_norms: FloatArray
    winners: FloatArray


def learn(
    inputs: Inputs,
    target: FloatArray,
    *,
    modes: tuple[Mode, ...] = MODES[:3],
    train: Part = "query",
    temperature: float = 1.0,
    learning_rate: float = 0.1,
    num_steps: int = 50,
    rng: np.random.Generator | None = None,
) -> tuple[Course, ...]:
    """Plain gradient steps on ½‖output − target‖², all modes from the same start.

    Args:
        inputs: where training starts.
        target: the wished output, shape (dv,).
        modes: which ways to make weights; "gumbel" is straight-through with Gumbel noise.
        train: the one part that is changed.
        temperature: of every softmax.
        learning_rate: step size.
        num_steps: how many steps.
        rng: draws the Gumbel noise; needed by that mode only.

    Raises:
        ValueError: a parameter is out of its range.
    """
    _check(inputs, target, temperature, learning_rate, num_steps)
    batch = _Batch(inputs, np.asarray(target, dtype=np.float64), modes, temperature, rng)
    record = []
    for _ in range(num_steps):
        record.append(batch.forward_backward(train))
        batch.step(train, learning_rate)
    record.append(batch.forward_backward(train))
    columns = [np.stack(column, axis=1) for column in zip(*record, strict=True)]
    return tuple(
        Course(mode, *(frozen(column[m]) for column in columns)) for m, mode in enumerate(modes)
    )


class _Batch:
    """All modes side by side: arrays start with the mode, so that one step is a few numpy calls."""

    def __init__(
        self,
        inputs: Inputs,
        target: FloatArray,
        modes: tuple[Mode, ...],
        temperature: float,
        rng: np.random.Generator | None,
    ) -> None:
        count = len(modes)
        self.query = np.repeat(inputs.query[None], count, axis=0)
        self.keys = np.repeat(inputs.keys[None], count, axis=0)
        self.values = np.repeat(inputs.values[None], count, axis=0)
        self.target, self.temperature, self.factor = target, temperature, inputs.factor
        self.rng = rng if rng is not None else np.random.default_rng(0)
        self.soft_forward = np.array([[mode == "softmax"] for mode in modes])
        self.feels = np.array([[float(mode != "argmax")] for mode in modes])
        self.noisy = np.array([[float(mode == "gumbel")] for mode in modes])

    def forward_backward(self, train: Part) -> tuple[FloatArray, ...]:
        """The state before a step: loss, output, parameters, gradient size, winner, by mode."""
        scores = inner_products(self.keys, self.query[:, None]) * self.factor
        drawn = scores
        if self.noisy.any():
            drawn = scores + self.noisy * self.rng.gumbel(size=scores.shape[1])
        soft = np.exp((drawn - drawn.max(axis=1, keepdims=True)) / self.temperature)
        soft /= soft.sum(axis=1, keepdims=True)
        hard = np.eye(soft.shape[1])[drawn.argmax(axis=1)]
        weights = np.where(self.soft_forward, soft, hard)
        output = (weights[:, None] @ self.values)[:, 0]
        error = output - self.target
        self.gradient = self._gradient(train, soft, weights, error)
        size = np.sqrt((self.gradient.reshape(len(error), -1) ** 2).sum(axis=1))
        loss = 0.5 * (error**2).sum(axis=1)
        parts = (self.query.copy(), self.keys.copy(), self.values.copy())
        return (loss, output, *parts, size, scores.argmax(axis=1))

    def _gradient(
        self, train: Part, soft: FloatArray, weights: FloatArray, error: FloatArray
    ) -> FloatArray:
        if train == "values":
            return np.asarray(weights[:, :, None] * error[:, None, :])
        reached = (self.values @ error[:, :, None])[:, :, 0]
        mean = (soft * reached).sum(axis=1, keepdims=True)
        raw = self.feels * self.factor * soft * (reached - mean) / self.temperature
        if train == "query":
            return np.asarray((raw[:, None] @ self.keys)[:, 0])
        return np.asarray(raw[:, :, None] * self.query[:, None, :])

    def step(self, train: Part, learning_rate: float) -> None:
        """One gradient step of the trained part."""
        setattr(self, train, getattr(self, train) - learning_rate * self.gradient)


def _check(
    inputs: Inputs, target: FloatArray, temperature: float, learning_rate: float, num_steps: int
) -> None:
    if np.shape(target) != (inputs.values.shape[1],):
        raise ValueError(
            f"the target must have {inputs.values.shape[1]} entries like the values, "
            f"got {np.size(target)}"
        )
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, got {temperature:g}")
    if not learning_rate > 0:
        raise ValueError(f"learning_rate must be positive, got {learning_rate:g}")
    if not 1 <= num_steps <= MAX_STEPS:
        raise ValueError(f"num_steps must be between 1 and {MAX_STEPS}, got {num_steps}")
