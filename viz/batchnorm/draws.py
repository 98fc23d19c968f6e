"""Numbers for questions: draws in which no usual mistake comes close to the key."""

from fractions import Fraction
from itertools import combinations

import numpy as np

from viz.batchnorm.controls import ONE, LineSettings

Rng = np.random.Generator

STDS = tuple(
    Fraction(s) for s in ("0.2", "0.25", "0.4", "0.5", "0.8", "1.25", "2", "2.5", "4", "5")
)
MEANS = tuple(Fraction(k, 2) for k in range(-10, 11))
GAMMAS = tuple(Fraction(g) for g in ("-2", "-1", "0.5", "1", "2", "3"))
BETAS = tuple(Fraction(b) for b in range(-4, 5))
SPLITS = (-2, -1, 1, 2)
NEAR = Fraction(1, 20)

Draw = tuple[Fraction, Fraction, Fraction, Fraction, int]


def mistakes(
    mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction, k: int
) -> tuple[Fraction, ...]:
    """Where a point k standard deviations out lands under each named mistake."""
    x = mean + k * std
    wrong = [
        gamma * (x - mean) / std**2 + beta,
        gamma * (x - mean) + beta,
        gamma * x + beta,
        Fraction(k),
        beta + gamma * x / std,
    ]
    if gamma != 1:
        wrong.append((x - mean) / std + beta)
    return tuple(wrong)


def is_clear(draw: Draw) -> bool:
    """No named mistake comes within 0.05 of the key gamma k + beta."""
    *_, gamma, beta, k = draw
    key = gamma * k + beta
    return all(abs(key - wrong) > NEAR for wrong in mistakes(*draw))


def are_told_apart(draw: Draw) -> bool:
    """No two named mistakes come within 0.05 of each other, so a wrong number names one."""
    return all(abs(one - other) > NEAR for one, other in combinations(mistakes(*draw), 2))


def draw_numbers(rng: Rng | None, *, moments: bool = False) -> Draw:
    """Numbers of the exam, or a clear draw in which the mistakes differ too.

    Args:
        rng: None for the exam's.
        moments: the mistakes are those with mean and deviation, not those with a point.
    """
    if rng is None:
        one = ONE
        std = Fraction(2, 5)
        return Fraction(str(one.mean)), std, Fraction(str(one.gamma)), Fraction(str(one.beta)), 1
    while True:
        mean, std, gamma, beta = (
            pool[rng.integers(len(pool))] for pool in (MEANS, STDS, GAMMAS, BETAS)
        )
        draw = (mean, std, gamma, beta, int(SPLITS[rng.integers(4)]))
        if is_clear(draw) and (_are_clear_moments if moments else are_told_apart)(draw):
            return draw


def _are_clear_moments(draw: Draw) -> bool:
    mean, std, gamma, *_ = draw
    return mean != 0 and abs(gamma) not in (std, 1 / std, std**2, 1 / std**2)


def settings_of(draw: Draw) -> LineSettings:
    mean, std, gamma, beta, _ = draw
    return LineSettings(
        mean=float(mean), variance=float(std**2), gamma=float(gamma), beta=float(beta)
    )


def given(draw: Draw) -> str:
    mean, std, gamma, beta, _ = draw
    return (
        f"A very large batch is roughly Gaussian with mean {float(mean):g} and **variance** "
        f"{float(std**2):g}. The layer has γ = {float(gamma):g} and β = {float(beta):g}, eps = 0."
    ).replace("-", "−")
