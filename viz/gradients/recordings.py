"""Runs too long for a page: 20 seeds of every recipe, weight scales, batch sizes, trainings.

The functions make the arrays that lie in the folder ``recorded``; `viz.gradients.store` reads
and, run as a module, writes them.
"""

from collections.abc import Iterable
from dataclasses import fields, replace

import numpy as np

from viz.gradients.compute import Trace, measure
from viz.gradients.experiments import (
    ARCHITECTURES,
    INITS,
    QUANTITIES,
    Recipe,
    spread,
    tick_experiments,
)
from viz.gradients.nets import MAX_DEPTH, NetSpec
from viz.gradients.training import RATES, STEPS, Run, train

BASE = NetSpec()
SEEDS = 20
SHALLOWEST = 2
SCALES = tuple(2.0 ** (k / 4) for k in range(-8, 17))
BATCHES = (2, 3, 4, 8, 16, 32, 64, 128, 256)
RACE_DEPTH, RACE_INITS = 30, ("Xavier", "He", "He × 2")
LIMIT_DEPTHS, LIMIT_RATES = (50, 100), (0.01, 0.1, 1.0)
LIMIT_ARCHITECTURES = ("BN", "skip + BN")
Arrays = dict[str, np.ndarray]
TRACED = tuple(field.name for field in fields(Trace))


def recipes() -> tuple[Recipe, ...]:
    """Every init with every architecture."""
    return tuple(Recipe(init, arch) for init in INITS for arch in ARCHITECTURES)


def board(seeds: int = SEEDS, chosen: Iterable[Recipe] | None = None) -> Arrays:
    """Traces of seed 0, spread over the seeds, in the order of `recipes`.

    Returns:
        A trace's fields, shape (24, L + 1) or (24, L); "middle:", "low:" and "high:" log10 of each
        quantity; "log_ratios" of shape (24, seeds).
    """
    parts: dict[str, list[np.ndarray]] = {}
    for recipe in chosen or recipes():
        spec = recipe.spec(BASE)
        trace, over = measure(spec), spread(spec, range(seeds))
        found: Arrays = {"log_ratios": over.log_ratios}
        for name in TRACED:
            found[name] = getattr(trace, name)
        for side in ("middle", "low", "high"):
            for name in QUANTITIES:
                found[f"{side}:{name}"] = getattr(over, side)[name].astype(np.float32)
        for name, values in found.items():
            parts.setdefault(name, []).append(values)
    return {name: np.array(values) for name, values in parts.items()}


def compared() -> tuple[Recipe, ...]:
    """Every net that stands in one of the table's comparisons."""
    pairs = ((one.baseline, one.treated) for one in tick_experiments())
    return tuple(dict.fromkeys(recipe for pair in pairs for recipe in pair))


def depths(deepest: int = MAX_DEPTH) -> Arrays:
    """The gradient's sizes at every depth, seed 0, one depth after the other.

    Returns:
        "starts", where each depth's L + 1 sizes begin; "grad_norm" of shape (nets, all sizes), in
        the order of `compared`.
    """
    numbers = range(SHALLOWEST, deepest + 1)
    bases = [replace(BASE, depth=depth) for depth in numbers]
    sizes = [
        np.concatenate([measure(recipe.spec(base)).grad_norm for base in bases])
        for recipe in compared()
    ]
    starts = np.cumsum([0, *(depth + 1 for depth in numbers)])[:-1]
    return {"starts": starts, "grad_norm": np.array(sizes)}


def scales(seeds: int = SEEDS, chosen: Iterable[float] = SCALES) -> Arrays:
    """R against the weights' scale relative to Xavier; shape (architectures, scales, seeds)."""
    specs = [
        [replace(BASE, gain=scale, residual=residual, batch_norm=batch_norm) for scale in chosen]
        for residual, batch_norm in ARCHITECTURES.values()
    ]
    found = [[spread(spec, range(seeds)).log_ratios for spec in row] for row in specs]
    return {"scales": np.array(chosen), "scale_ratios": np.array(found)}


def batches(seeds: int = SEEDS) -> Arrays:
    """R of He + batch norm against the batch's size; shape (sizes, seeds)."""
    base = replace(BASE, init="he", batch_norm=True)
    found = [spread(replace(base, batch=size), range(seeds)).log_ratios for size in BATCHES]
    return {"batches": np.array(BATCHES), "batch_ratios": np.array(found)}


def race() -> Arrays:
    """Losses at depth 30: 3 inits x 4 architectures x 6 rates; -1 after a run has diverged."""
    losses = [
        [
            [padded(train(Recipe(init, arch), depth=RACE_DEPTH, rate=rate)) for rate in RATES]
            for arch in ARCHITECTURES
        ]
        for init in RACE_INITS
    ]
    return {"losses": np.array(losses, dtype=np.float32)}


def limits() -> Arrays:
    """What depth does to batch norm: losses of He at depth 50 and 100; and the first 20 steps."""
    losses = [
        [
            [padded(train(Recipe("He", arch), depth=depth, rate=rate)) for rate in LIMIT_RATES]
            for arch in LIMIT_ARCHITECTURES
        ]
        for depth in LIMIT_DEPTHS
    ]
    early = train(Recipe("He", "BN"), depth=50, rate=0.1, steps=21)
    return {
        "limit_losses": np.array(losses, dtype=np.float32),
        "early_norm": early.first_norm,
        "early_ratio": early.grad_ratio,
    }


def padded(run: Run) -> np.ndarray:
    """A run's losses, -1 where it had diverged; shape (STEPS,)."""
    return np.append(run.losses, np.full(STEPS - len(run.losses), -1.0))
