"""The settings of the views of dropout, and their runs."""

from typing import Literal

import numpy as np

from viz.dropout import results
from viz.dropout.inputs import Data, DataSettings, sample_of
from viz.dropout.results import Cost, Masks, Path, Training, Units
from viz.settings import choice, number, switch
from viz.view import Progress, quiet


def long_text(settings: DataSettings) -> bool:
    """Thousands of typed rows take a while to be read."""
    return settings.data == "own" and len(settings.own) > 20_000


class CostSettings(DataSettings):
    """The cost under random masks; columns of unequal length show what Γ does."""

    data: Data = choice("unequal", key="cols", label="Data")
    draws: int = number(1000, key="N", label="Random masks", low=10, high=20_000, log=3)
    mask: Literal["per entry", "shared"] = choice(
        "per entry", key="mask", label="Mask", hint="shared: one mask a draw for all rows."
    )


def run_cost(settings: CostSettings, progress: Progress = quiet) -> Cost:
    return results.cost(
        sample_of(settings),
        keep_prob=settings.keep_prob,
        draws=settings.draws,
        shared=settings.mask == "shared",
        rng=np.random.default_rng([settings.seed, 1]),
        progress=progress,
    )


def slow_cost(settings: CostSettings) -> bool:
    """More than about 100 ms of masks."""
    if long_text(settings):
        return True
    rows = 400 if settings.data == "own" else settings.num_rows
    width = 10 if settings.data == "own" else settings.num_features
    drawn = settings.draws * width * (1 if settings.mask == "shared" else rows)
    return drawn > 4_000_000 or settings.draws * rows * width > 12_000_000


class PathSettings(DataSettings):
    """Weights over p; p is what the bar moves."""


def run_path(settings: PathSettings, progress: Progress = quiet) -> Path:
    del progress
    return results.path(sample_of(settings), keep_prob=settings.keep_prob)


class MaskSettings(DataSettings):
    """Masks; the mask is what the bar moves."""


def run_masks(settings: MaskSettings, progress: Progress = quiet) -> Masks:
    del progress
    rng = np.random.default_rng([settings.seed, 1])
    return results.masks(sample_of(settings), keep_prob=settings.keep_prob, rng=rng)


class UnitSettings(DataSettings):
    """A change of units; the unit is what the bar moves."""

    l2: float = number(200.0, key="l2", label="Ridge λ", low=0.1, high=1000, log=3)


def run_units(settings: UnitSettings, progress: Progress = quiet) -> Units:
    del progress
    return results.units(sample_of(settings), keep_prob=settings.keep_prob, l2=settings.l2)


class TrainSettings(DataSettings):
    """Descent under masks; the step is what the bar moves."""

    inverted: bool = switch(
        False, key="inv", label="Inverted dropout", hint="Divide the mask by p, as PyTorch does."
    )
    num_steps: int = number(1500, key="steps", label="Steps", low=200, high=20_000, log=3)
    batch_size: int = number(16, key="batch", label="Batch size", low=1, high=64, log=3)


def run_train(settings: TrainSettings, progress: Progress = quiet) -> Training:
    progress(0.1, "training")
    return results.training(
        sample_of(settings),
        keep_prob=settings.keep_prob,
        inverted=settings.inverted,
        num_steps=settings.num_steps,
        batch_size=settings.batch_size,
        rng=np.random.default_rng([settings.seed, 1]),
    )
