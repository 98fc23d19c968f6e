"""The recorded runs as results; run as a module it makes the files anew."""

import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from viz.gradients import recordings
from viz.gradients.compute import Trace
from viz.gradients.experiments import ARCHITECTURES, QUANTITIES, Recipe, Spread
from viz.gradients.nets import Array, NetSpec
from viz.gradients.training import RATES, STEPS, Run

FOLDER = Path(__file__).with_name("recorded")


@cache
def _file(name: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{name}.npz", allow_pickle=False) as kept:
        arrays = {key: kept[key] for key in kept.files}
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


def place_of(spec: NetSpec) -> int | None:
    """Where the spread of this net is on file, whatever its seed; None if it is not."""
    for place, recipe in enumerate(recordings.recipes()):
        known = recipe.spec(recordings.BASE)
        same = (known.gain, known.init) == (spec.gain, spec.init)
        if same and _frame(known) == _frame(spec):
            return place
    return None


def _frame(spec: NetSpec) -> tuple[object, ...]:
    return (
        *(spec.depth, spec.width, spec.batch, spec.act),
        *(spec.residual, spec.branch_scale, spec.batch_norm, spec.eps),
    )


def trace_of(spec: NetSpec) -> Trace | None:
    """The trace of a recorded net of seed 0."""
    place = place_of(spec) if spec.seed == 0 else None
    if place is None:
        return None
    kept = _file("board")
    return Trace(*(kept[name][place] for name in recordings.TRACED))


def grad_norm_of(spec: NetSpec) -> Array | None:
    """The gradient's sizes in a net of the table's comparisons, seed 0, any depth."""
    base = replace(recordings.BASE, depth=spec.depth)
    nets = [recipe.spec(base) for recipe in recordings.compared()]
    if spec not in nets or spec.depth < recordings.SHALLOWEST:
        trace = trace_of(spec)
        return None if trace is None else trace.grad_norm
    kept = _file("depths")
    start = int(kept["starts"][spec.depth - recordings.SHALLOWEST])
    return np.asarray(kept["grad_norm"][nets.index(spec), start : start + spec.depth + 1])


def spread_of(spec: NetSpec) -> Spread | None:
    """The spread over 20 seeds of a recorded net."""
    place = place_of(spec)
    if place is None:
        return None
    kept = _file("board")
    middle, low, high = (
        {name: kept[f"{side}:{name}"][place] for name in QUANTITIES}
        for side in ("middle", "low", "high")
    )
    return Spread(kept["log_ratios"][place], middle, low, high)


def scale_ratios() -> tuple[Array, Array]:
    """Weight scales relative to Xavier, and R of shape (architectures, scales, seeds)."""
    kept = _file("board")
    return kept["scales"], kept["scale_ratios"]


def batch_ratios() -> tuple[Array, Array]:
    """Batch sizes, and R of He + batch norm of shape (sizes, seeds)."""
    kept = _file("board")
    return kept["batches"], kept["batch_ratios"]


@dataclass(frozen=True, slots=True, eq=False)
class Early:
    """The first steps of He + batch norm at depth 50, rate 0.1."""

    first_norm: Array
    grad_ratio: Array


def early() -> Early:
    """What happens to the first weight in the first 20 steps."""
    kept = _file("race")
    return Early(kept["early_norm"], kept["early_ratio"])


def run_of(recipe: Recipe, rate: float) -> Run:
    """A recorded training at depth 30."""
    place = (
        recordings.RACE_INITS.index(recipe.init),
        list(ARCHITECTURES).index(recipe.arch),
        RATES.index(rate),
    )
    return _run(_file("race")["losses"][place])


def limit_run(arch: str, depth: int, rate: float) -> Run:
    """A recorded training of He at depth 50 or 100."""
    place = (
        recordings.LIMIT_DEPTHS.index(depth),
        recordings.LIMIT_ARCHITECTURES.index(arch),
        recordings.LIMIT_RATES.index(rate),
    )
    return _run(_file("race")["limit_losses"][place])


def _run(losses: np.ndarray) -> Run:
    kept = losses[losses >= 0].astype(np.float64)
    return Run(kept, np.zeros(0), np.zeros(0), STEPS)


def best_rate(recipe: Recipe) -> float:
    """The recorded rate with the least final loss.

    The largest of several that end alike: where a net is stuck at every rate, it is not for too
    small a step. The smallest if every run diverged.
    """
    finals = {rate: run_of(recipe, rate).final for rate in RATES}
    least = min(finals.values())
    alike = [rate for rate in RATES if math.isclose(finals[rate], least, rel_tol=1e-4)]
    return max(alike) if math.isfinite(least) else min(alike)


def write() -> None:
    """Make the files anew; takes some minutes."""
    FOLDER.mkdir(exist_ok=True)
    _keep("depths", recordings.depths())
    nets = {**recordings.board(), **recordings.scales(), **recordings.batches()}
    _keep("board", nets)
    _keep("race", {**recordings.race(), **recordings.limits()})


def _keep(name: str, arrays: dict[str, np.ndarray]) -> None:
    np.savez_compressed(FOLDER / f"{name}.npz", allow_pickle=False, **arrays)


if __name__ == "__main__":
    write()
