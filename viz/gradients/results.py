"""What the views show: pairs, single nets, boards; from the files where they hold them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viz.gradients import store
from viz.gradients.compute import Trace, Verdict, measure, verdict
from viz.gradients.experiments import (
    ARCHITECTURES,
    Column,
    Effect,
    Experiment,
    Recipe,
    Row,
    Spread,
    effect,
    float32_limit,
    spread,
    tick_experiments,
)
from viz.gradients.nets import Array, NetSpec
from viz.gradients.theory import Theory, theory

MAX_COST = 250_000_000
LIVE_COST = 220_000_000
PER_LAYER = 60_000
Report = Callable[..., None]


def _unheard(share: float, words: str = "") -> None:
    """Nobody listens."""


def weight_of(spec: NetSpec) -> float:
    """What a pass costs, in multiplications; a layer has a price of its own."""
    return spec.cost + spec.depth * PER_LAYER


def check_cost(spec: NetSpec) -> None:
    """Refuse a net that would stall the page.

    Raises:
        ValueError: depth x batch x width^2 is above 250 million.
    """
    if spec.cost > MAX_COST:
        raise ValueError(
            f"depth × batch × width² must be at most {MAX_COST // 10**6} million, got "
            f"{spec.depth} × {spec.batch} × {spec.width}² = {spec.cost / 1e6:.0f} million; "
            "lower one of them"
        )


def measured(spec: NetSpec) -> Trace:
    """The trace of a net, from the file if it is there."""
    return store.trace_of(spec) or measure(spec)


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """The gradient's way back through one net, with what theory says about it.

    Attributes:
        spec: the net.
        grad_norm: shape (L + 1,), size of the gradient at h_0 ... h_L.
        theory: the predicted factors; None where there is no formula.
        over: the same net under 20 seeds, if that was measured.
        limit: |R| above it is vanishing or exploding.
    """

    spec: NetSpec
    grad_norm: Array
    theory: Theory | None
    over: Spread | None
    limit: float

    @property
    def log_ratio(self) -> float:
        """R of the net on screen."""
        return float(np.log10(self.grad_norm[0]) - np.log10(self.grad_norm[-1]))

    @property
    def verdict(self) -> Verdict:
        """Vanishing, healthy or exploding."""
        return verdict(self.log_ratio, self.limit)

    @cached_property
    def log_grad(self) -> Array:
        """log10 of the gradient at h_0 ... h_L over that at the output; shape (L + 1,)."""
        logs = np.log10(self.grad_norm)
        return np.asarray(logs - logs[-1])

    @property
    def factor(self) -> float:
        """The geometric mean of the factors per layer."""
        return float(10 ** (self.log_ratio / self.spec.depth))


@dataclass(frozen=True, eq=False, kw_only=True)
class Net(Curve):
    """One net with all that was measured.

    Attributes:
        trace: sizes on the way forward and back.
    """

    trace: Trace

    @property
    def float32_limit(self) -> int | None:
        """The layer in which float32 would overflow on the way forward."""
        return float32_limit(self.trace)


def curve(spec: NetSpec, limit: float) -> Curve:
    """The gradient of a net: from the file if it holds that, else measured."""
    check_cost(spec)
    kept = store.grad_norm_of(spec)
    return Curve(
        spec=spec,
        grad_norm=measure(spec).grad_norm if kept is None else kept,
        theory=theory(spec),
        over=store.spread_of(spec),
        limit=limit,
    )


def net(spec: NetSpec, limit: float, *, seeds: int = 0, report: Report = _unheard) -> Net:
    """Measure a net; with ``seeds`` also its spread, if the file does not hold it."""
    check_cost(spec)
    over = store.spread_of(spec)
    if over is None and seeds:

        def told(done: int) -> None:
            report(done / seeds, f"seed {done} of {seeds}")

        over = spread(spec, range(seeds), told)
    trace = measured(spec)
    return Net(
        spec=spec,
        grad_norm=trace.grad_norm,
        theory=theory(spec),
        over=over,
        limit=limit,
        trace=trace,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """One cell of the table: medians over 20 seeds at the exam's sizes."""

    row: Row
    column: Column
    ticked: bool
    experiment: Experiment
    before: float
    after: float


@dataclass(frozen=True, slots=True, eq=False)
class Tick:
    """The table, and one comparison behind one of its cells.

    Attributes:
        cells: all six.
        experiment: the comparison on the right.
        before, after: its two nets.
        ticked: the exam's key for the cell.
    """

    cells: tuple[Summary, ...]
    experiment: Experiment
    before: Curve
    after: Curve
    ticked: bool

    @property
    def effect(self) -> Effect:
        """What the treatment does to these two nets."""
        return effect(
            self.experiment.column,
            self.before.log_ratio,
            self.after.log_ratio,
            limit=self.before.limit,
        )


def find(row: Row, column: Column, *, catch: bool = False) -> Experiment:
    """The comparison of a cell; without a catch of its own, the plain one."""
    fitting = [e for e in tick_experiments() if (e.row, e.column) == (row, column)]
    return next((e for e in fitting if e.catch == catch), fitting[0])


def cells(keys: dict[tuple[Row, Column], bool], catch: Experiment | None) -> tuple[Summary, ...]:
    """The six cells, each with its comparison; ``catch`` takes the place of its cell's."""
    found = []
    for (row, column), ticked in keys.items():
        shown = find(row, column)
        if catch is not None and (catch.row, catch.column) == (row, column):
            shown = catch
        before, after = (median_of(r) for r in (shown.baseline, shown.treated))
        found.append(Summary(row, column, ticked, shown, before, after))
    return tuple(found)


def median_of(recipe: Recipe) -> float:
    """R of a recorded recipe at the exam's sizes, median of 20 seeds.

    Raises:
        ValueError: it is not on file.
    """
    over = store.spread_of(recipe.spec(NetSpec()))
    if over is None:
        raise ValueError(f"no recorded net is {recipe.words}")
    return over.median


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Every init with every architecture, row by row.

    Attributes:
        inits: names of the rows.
        nets: shape (inits, architectures) as nested tuples.
        gain: factor on every init's standard deviation.
    """

    inits: tuple[str, ...]
    nets: tuple[tuple[Net, ...], ...]
    gain: float

    @property
    def depth(self) -> int:
        """Layers of every net."""
        return self.nets[0][0].spec.depth

    def all(self) -> list[tuple[str, str, Net]]:
        """Init, architecture and net, row by row."""
        return [
            (init, arch, one)
            for init, row in zip(self.inits, self.nets, strict=True)
            for arch, one in zip(ARCHITECTURES, row, strict=True)
        ]
