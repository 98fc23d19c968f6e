"""How exactly R can be known: what a net makes of its input's last bit, and of two computations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from viz.gradients import results, witnesses
from viz.gradients.compute import trace
from viz.gradients.nets import NetSpec, draw

ATOL = 1e-9


def is_smooth(spec: NetSpec) -> bool:
    """Whether R moves with the input; else only a neuron that goes on or off can change it."""
    return spec.batch_norm or spec.act not in ("relu", "linear")


@lru_cache(maxsize=64)
def last_bit(spec: NetSpec) -> float:
    """The farthest R moves when all of the input moves in its last bit: up, down, towards 0."""
    if not is_smooth(spec):
        return 0.0
    drawn = draw(spec)
    inputs = [drawn.x, *(np.nextafter(drawn.x, to) for to in (np.inf, -np.inf, 0.0))]
    here, *moved = (trace(drawn.weights, x, drawn.probe, spec).log_ratio for x in inputs)
    return max(abs(ratio - here) for ratio in moved)


@dataclass(frozen=True, slots=True)
class Comparison:
    """R of one net by two computations.

    Attributes:
        ours: by the hand-written backward pass.
        theirs: by autograd.
        last_bit: what the input's last bit does to R; 0 where the two are as close as usual.
        depth: layers of the net.
    """

    ours: float
    theirs: float
    last_bit: float
    depth: int

    @property
    def gap(self) -> float:
        """How far the two are apart."""
        return abs(self.ours - self.theirs)

    @property
    def is_blurred(self) -> bool:
        """Whether rounding alone explains a gap that is larger than usual: each layer rounds."""
        return not is_close(self.ours, self.theirs) and self.gap <= self.depth * self.last_bit


def is_close(ours: float, theirs: float, atol: float = ATOL) -> bool:
    """As the page compares its witnesses: relative to the larger one, but at least to 1."""
    return abs(ours - theirs) <= atol * max(1.0, abs(ours), abs(theirs))


@lru_cache(maxsize=64)
def compare(spec: NetSpec) -> Comparison:
    """Both computations; the last bit is asked for only where they differ.

    Raises:
        ValueError: the net would stall the page.
    """
    results.check_cost(spec)
    ours, theirs = results.measured(spec).log_ratio, witnesses.log_ratio(spec)
    moved = 0.0 if is_close(ours, theirs) else last_bit(spec)
    return Comparison(ours, theirs, moved, spec.depth)


def agreement(specs: Iterable[NetSpec], *, atol: float = ATOL) -> Mapping[str, float]:
    """Sums of R by both computations; nothing where rounding leaves nothing to compare."""
    pairs = [compare(spec) for spec in specs]
    ours, theirs = sum(pair.ours for pair in pairs), sum(pair.theirs for pair in pairs)
    if not is_close(ours, theirs, atol) and any(pair.is_blurred for pair in pairs):
        return {}
    return {"backward pass in numpy": ours, "PyTorch autograd": theirs}
