"""The cost along one weight: the formula's parabola, and single masks around it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.dropout import compute
from viz.dropout.compute import FloatArray
from viz.dropout.results import Cost


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """The cost along the first weight while the others stay.

    Attributes:
        at: values of the weight, w_check in their middle, shape (points,).
        curve: the formula there. clouds: costs of single masks, shape (points, masks).
    """

    at: FloatArray
    curve: FloatArray
    clouds: FloatArray


def cost_slice(result: Cost, rng: np.random.Generator, points: int = 17) -> Slice:
    """The formula's parabola, and a few random masks at each of its points."""
    x, y, weight = result.sample.x, result.sample.y, result.fitted.w_check
    norm = math.sqrt(float((x[:, 0] ** 2).sum())) or 1.0
    reach = max(1.5 * abs(float(weight[0])), math.sqrt(float(y @ y)) / norm)
    at = float(weight[0]) + reach * np.linspace(-1, 1, points)
    draws = int(np.clip(4_000_000 / (points * x.size), 2, 25))
    curve, clouds = [], []
    for value in at:
        moved = np.concatenate([[value], weight[1:]])
        options: dict[str, Any] = {"keep_prob": result.keep_prob}
        curve.append(compute.closed_loss(x, y, moved, **options).total)
        options |= {"draws": draws, "rng": rng, "shared": result.shared}
        clouds.append(compute.monte_carlo(x, y, moved, **options).samples)
    return Slice(at, np.array(curve), np.array(clouds))
