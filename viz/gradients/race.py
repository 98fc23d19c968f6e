"""Four architectures race from one initialization; recorded, or trained anew."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viz.gradients import recordings, store
from viz.gradients.experiments import ARCHITECTURES, Recipe
from viz.gradients.nets import Array
from viz.gradients.training import CHANCE, RATES, STEPS, Run, train

STUCK = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """Four runs from one init.

    Attributes:
        init: the initialization.
        depth: hidden layers.
        seed: of the weights.
        live: whether they were trained just now.
        rates: the learning rate of each architecture, in the order of `ARCHITECTURES`.
        runs: their runs.
        finals: recorded final losses, infinite where a run diverged; shape (inits, architectures,
            rates).
    """

    init: str
    depth: int
    seed: int
    live: bool
    rates: tuple[float, ...]
    runs: tuple[Run, ...]
    finals: Array

    @property
    def starts(self) -> tuple[float, ...]:
        """Loss of each net before its first step."""
        return tuple(float(run.losses[0]) for run in self.runs)

    @property
    def stuck(self) -> tuple[bool, ...]:
        """Whether a net ends at chance whatever the rate; unknown of one trained just now."""
        finals = self.finals[recordings.RACE_INITS.index(self.init)]
        ends = np.isclose(finals, CHANCE, rtol=STUCK).all(axis=1)
        return tuple(bool(end) and not self.live for end in ends)


def finals() -> Array:
    """Final losses of all recorded runs; shape (3, 4, 6)."""
    return np.array(
        [
            [[store.run_of(Recipe(init, arch), rate).final for rate in RATES] for arch in
             ARCHITECTURES]
            for init in recordings.RACE_INITS
        ]
    )  # fmt: skip


def rates_of(init: str, rate: float | None) -> tuple[float, ...]:
    """One rate for all, or for each architecture the recorded best."""
    if rate is not None:
        return (rate,) * len(ARCHITECTURES)
    return tuple(store.best_rate(Recipe(init, arch)) for arch in ARCHITECTURES)


def recorded(init: str, rate: float | None) -> Race:
    """The race that is on file: depth 30, seed 0."""
    rates = rates_of(init, rate)
    runs = tuple(
        store.run_of(Recipe(init, arch), one)
        for arch, one in zip(ARCHITECTURES, rates, strict=True)
    )
    return Race(init, recordings.RACE_DEPTH, 0, False, rates, runs, finals())


def live(
    init: str,
    rate: float | None,
    *,
    depth: int,
    seed: int,
    report: Callable[..., None],
    steps: int = STEPS,
) -> Race:
    """Train the four nets now."""
    rates, runs = rates_of(init, rate), []
    for place, (arch, one) in enumerate(zip(ARCHITECTURES, rates, strict=True)):

        def told(step: int, place: int = place, arch: str = arch) -> None:
            share = (place + step / steps) / len(ARCHITECTURES)
            report(share, f"{init} {arch}: step {step} of {steps}")

        recipe = Recipe(init, arch)
        runs.append(train(recipe, depth=depth, rate=one, seed=seed, steps=steps, told=told))
    return Race(init, depth, seed, True, rates, tuple(runs), finals())


def loss_at(run: Run, at: int) -> float:
    """The loss before a step; the last finite one after a run has diverged."""
    return float(run.losses[min(at, len(run.losses) - 1)])


def is_over(run: Run, at: int) -> bool:
    """Whether the run has diverged by a step."""
    return run.diverged_at is not None and at >= run.diverged_at


def log_loss(values: Array) -> Array:
    """log10 of losses, never below 1e-6."""
    return np.log10(np.maximum(values, 1e-6))


CHANCE_LOG = math.log10(CHANCE)
