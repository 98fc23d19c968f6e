"""The table's experiments: a baseline, the same net treated, and what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from viz.gradients.compute import Trace, log_size, measure
from viz.gradients.nets import Array, Init, NetSpec

Row = Literal["he", "skip", "bn"]
Column = Literal["vanishing", "exploding"]
Effect = Literal["cures", "relieves", "causes", "worsens", "leaves"]

INITS: dict[str, tuple[Init, float]] = {
    "Xavier": ("xavier", 1.0),
    "He": ("he", 1.0),
    "N(0,1)": ("normal", 1.0),
    "Xavier × 0.5": ("xavier", 0.5),
    "Xavier × 2": ("xavier", 2.0),
    "He × 2": ("he", 2.0),
}
ARCHITECTURES: dict[str, tuple[bool, bool]] = {
    "plain": (False, False),
    "skip": (True, False),
    "BN": (False, True),
    "skip + BN": (True, True),
}
NOTICED = 0.5


@dataclass(frozen=True, slots=True)
class Recipe:
    """An initialization and an architecture, by their names."""

    init: str
    arch: str = "plain"

    def spec(self, base: NetSpec) -> NetSpec:
        """The net of this recipe with the sizes and the seed of ``base``."""
        init, gain = INITS[self.init]
        residual, batch_norm = ARCHITECTURES[self.arch]
        return replace(base, init=init, gain=gain, residual=residual, batch_norm=batch_norm)

    @property
    def words(self) -> str:
        """The recipe as people say it: plain Xavier, He + skip."""
        return f"plain {self.init}" if self.arch == "plain" else f"{self.init} + {self.arch}"

    @property
    def brief(self) -> str:
        """The same without the word plain, for labels."""
        return self.init if self.arch == "plain" else f"{self.init} + {self.arch}"


@dataclass(frozen=True, slots=True)
class Experiment:
    """One comparison behind a cell of the table.

    Attributes:
        row, column: the cell.
        baseline, treated: what is compared.
        expect: what the treatment does at depth 50, width 128, batch 128.
        catch: whether it is the case that speaks against a naive reading of the cell.
    """

    row: Row
    column: Column
    baseline: Recipe
    treated: Recipe
    expect: Effect
    catch: bool = False


_EXPERIMENTS = (
    Experiment("he", "vanishing", Recipe("Xavier"), Recipe("He"), "cures"),
    Experiment("he", "exploding", Recipe("Xavier × 2"), Recipe("He × 2"), "worsens"),
    Experiment("he", "exploding", Recipe("N(0,1)"), Recipe("He"), "cures", catch=True),
    Experiment(
        "skip", "vanishing", Recipe("Xavier × 0.5"), Recipe("Xavier × 0.5", "skip"), "cures"
    ),
    Experiment("skip", "exploding", Recipe("He × 2"), Recipe("He × 2", "skip"), "worsens"),
    Experiment("skip", "exploding", Recipe("He"), Recipe("He", "skip"), "causes", catch=True),
    Experiment("bn", "vanishing", Recipe("Xavier × 0.5"), Recipe("Xavier × 0.5", "BN"), "cures"),
    Experiment("bn", "exploding", Recipe("N(0,1)"), Recipe("N(0,1)", "BN"), "relieves"),
    Experiment("bn", "exploding", Recipe("He"), Recipe("He", "BN"), "causes", catch=True),
)


def tick_experiments() -> tuple[Experiment, ...]:
    """Nine comparisons, in the order in which the table is filled."""
    return _EXPERIMENTS


def effect(column: Column, before: float, after: float, *, limit: float = 2.0) -> Effect:
    """What a treatment does to one trouble, from R before and after.

    With s = -R for vanishing and s = R for exploding, a net has the trouble if s > limit. It is
    cured if it had it and is free of it, caused the other way round; otherwise relieved or
    worsened if s moves by at least half a decade, else left as it is.
    """
    sign = -1.0 if column == "vanishing" else 1.0
    had, has = sign * before, sign * after
    if had > limit >= has:
        return "cures"
    if has > limit >= had:
        return "causes"
    if had > limit and abs(has - had) >= NOTICED:
        return "relieves" if has < had else "worsens"
    return "leaves"


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The same net under many seeds.

    Attributes:
        log_ratios: R of each seed, in their order.
        middle, low, high: per quantity ("hidden_rms", "grad_norm", "weight_grad", "update",
            "bias_grad") the median, smallest and largest log10 at each layer.
    """

    log_ratios: Array
    middle: dict[str, Array]
    low: dict[str, Array]
    high: dict[str, Array]

    @property
    def median(self) -> float:
        """Median of R."""
        return float(np.median(self.log_ratios))


QUANTITIES = ("hidden_rms", "grad_norm", "weight_grad", "update", "bias_grad")


def spread(
    spec: NetSpec, seeds: Iterable[int], told: Callable[[int], None] = lambda _done: None
) -> Spread:
    """Measure a net under each seed; ``told`` hears how many are done."""
    traces: list[Trace] = []
    for seed in seeds:
        traces.append(measure(replace(spec, seed=seed)))
        told(len(traces))
    logs = {name: np.array([log_size(getattr(t, name)) for t in traces]) for name in QUANTITIES}
    return Spread(
        np.array([trace.log_ratio for trace in traces]),
        {name: np.median(values, axis=0) for name, values in logs.items()},
        {name: values.min(axis=0) for name, values in logs.items()},
        {name: values.max(axis=0) for name, values in logs.items()},
    )


def panel(base: NetSpec, inits: Iterable[str] = ("Xavier", "He", "N(0,1)")) -> dict[Recipe, Trace]:
    """Every init with each of the four architectures, sizes and seed of ``base``."""
    recipes = [Recipe(init, arch) for init in inits for arch in ARCHITECTURES]
    return {recipe: measure(recipe.spec(base)) for recipe in recipes}


def float32_limit(trace: Trace) -> int | None:
    """First layer, counted from 1, whose hidden state float32 cannot hold; None if it can."""
    beyond = np.flatnonzero(trace.hidden_max > float(np.finfo(np.float32).max))
    return int(beyond[0]) if len(beyond) else None
