"""One neuron per layer: the bare product, of one weight, of your own factors, of your own run."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from viz.draw.film import Film
from viz.gradients import chain_figures, derivations, own_numbers, witnesses
from viz.gradients.compute import Verdict, verdict
from viz.gradients.exam import SEED
from viz.gradients.theory import chain, product_curve
from viz.settings import BaseSettings, choice, number, own_data, switch
from viz.view import Line, Preset, Progress, View, quiet

EXAMPLE = "0.9, 1.1, 0.95, 0.8, 1.02, 0.7, 0.9, 1.3, 0.85, 0.9"
HINT = (
    "Layer by layer from the input, parted by commas, spaces or line ends. Factors: up to 100, "
    "each above 0 and at most 100. Gradient norms of a training run of yours: up to 200, above 0; "
    "or a CSV with a line per layer, the norm in its last column."
)


class ChainSettings(BaseSettings):
    """Where the factors come from."""

    source: Literal["one weight", "own factors", "own run"] = choice(
        "one weight", key="from", label="Factors from"
    )
    weight: float = number(
        0.9, key="w", label="Weight w", low=-2, high=2, step=0.05, when={"source": ("one weight",)}
    )
    residual: bool = switch(
        False, key="skip", label="Skip connections", when={"source": ("one weight", "own factors")}
    )
    depth: int = number(
        SEED.measure.depth,
        key="depth",
        label="Depth",
        low=2,
        high=100,
        when={"source": ("one weight",)},
    )
    own: str = own_data(
        example=EXAMPLE,
        limit=4000,
        when={"source": ("own factors", "own run")},
        hint=HINT,
        upload=("csv", "txt"),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Sizes of a gradient on its way through scalar layers.

    Attributes:
        logs: log10 of the size at layer 0 ... L relative to the output's; -inf for exactly 0;
            shape (L + 1,).
        other: the same without the skip, or with it; None for measured norms.
        factors: per layer; empty for measured norms.
        residual: whether ``logs`` is the one with skips.
        names: of ``logs`` and ``other``.
        own: whether a learner typed them.
    """

    logs: np.ndarray[Any, Any]
    other: np.ndarray[Any, Any] | None
    factors: tuple[float, ...]
    residual: bool
    names: tuple[str, str]
    own: bool

    @property
    def log_ratio(self) -> float:
        """R; -inf if the gradient is exactly 0."""
        return float(self.logs[0])

    @property
    def verdict(self) -> Verdict:
        """By the exam's limit."""
        return verdict(self.log_ratio, SEED.measure.limit)


def sums(factors: tuple[float, ...]) -> np.ndarray[Any, Any]:
    """log10 of the product of the factors from each layer to the output."""
    with np.errstate(divide="ignore"):
        return product_curve(np.abs(np.array(factors)))


def factors_of(settings: ChainSettings) -> tuple[float, ...]:
    """The branch's factor per layer, without the skip."""
    if settings.source == "one weight":
        return (settings.weight,) * settings.depth
    return own_numbers.factors_of(settings.own)


def run(settings: ChainSettings, progress: Progress = quiet) -> Chain:
    del progress
    if settings.source == "own run":
        norms = np.array(own_numbers.norms_of(settings.own))
        logs = np.log10(norms)
        return Chain(logs - logs[-1], None, (), False, ("your run", ""), True)
    plain = factors_of(settings)
    skipped = tuple(1 + f for f in plain)
    chosen, other = (skipped, plain) if settings.residual else (plain, skipped)
    names = ("with skip", "without skip") if settings.residual else ("without skip", "with skip")
    own = settings.source != "one weight"
    return Chain(sums(chosen), sums(other), chosen, settings.residual, names, own)


def film(found: Chain, *, phone: bool = False) -> Film:
    return chain_figures.chain_film(found, phone=phone)


def answer(found: Chain) -> float:
    """R; -1000 stands for a gradient that is exactly 0."""
    return max(found.log_ratio, -1000.0)


def agree(settings: ChainSettings) -> Mapping[str, float]:
    """log10 of the product; a gradient of exactly 0 is written as -1000."""
    found = run(settings)
    if settings.source == "own run":
        norms = own_numbers.norms_of(settings.own)
        closed = math.log10(norms[0]) - math.log10(norms[-1])
        return {"quotient": closed, "difference of logarithms": found.log_ratio}
    ways = {"sum of logarithms": found.log_ratio}
    if settings.source == "one weight":
        ways["closed form"] = chain(settings.weight, settings.depth, residual=settings.residual)
    ways["PyTorch autograd"] = witnesses.chain_log(found.factors)
    return {name: max(value, -1000.0) for name, value in ways.items()}


def derive(found: Chain) -> tuple[Line, ...]:
    if not found.factors:
        return (
            Line(
                rf"\log_{{10}} \frac{{\|\delta_1\|}}{{\|\delta_L\|}} = {found.log_ratio:.4f}",
                "Norms of your own run: the first layer's over the last one's.",
            ),
        )
    return derivations.chain(found.factors, found.log_ratio)


def snippet(settings: ChainSettings) -> str:
    """The chain in PyTorch; ``answer`` is log10 of the gradient's size."""
    if settings.source == "own run":
        norms = own_numbers.norms_of(settings.own)
        return (
            "import torch\n\n"
            "# One gradient norm per layer, as printed in a training loop by\n"
            "#     [p.grad.norm().item() for p in model.parameters() if p.ndim == 2]\n"
            f"norms = torch.tensor({list(norms)}, dtype=torch.float64)\n"
            "answer = (norms[0].log10() - norms[-1].log10()).item()\nprint(answer)\n"
        )
    skip = "h + " if settings.residual else ""
    return f"""\
import torch

factors = {_written(factors_of(settings))}
log_size = 0.0
for first in range(0, len(factors), 10):  # ten layers at a time: the product may be huge
    start = h = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    for factor in factors[first : first + 10]:
        h = {skip}factor * h
    h.backward()
    log_size += start.grad.abs().log10().item()
answer = max(log_size, -1000.0)  # a gradient of exactly 0
print(answer)
"""


def _written(factors: tuple[float, ...]) -> str:
    if len(set(factors)) == 1:
        return f"[{factors[0]!r}] * {len(factors)}"
    return repr(list(factors))


PRESETS = (
    Preset("w = 0.9", {}, "A factor just below 1, fifty times."),
    Preset("w = 1.1", {"weight": 1.1}, "Just above 1: 117 times."),
    Preset("w = 0.5", {"weight": 0.5}, "Half per layer: nothing is left."),
    Preset("w = 0.1 with skip", {"weight": 0.1, "residual": True}, "1 + 0.1: the same as w = 1.1."),
    Preset("w = −1 with skip", {"weight": -1.0, "residual": True}, "1 − 1 = 0: exactly dead."),
    Preset("Own factors", {"source": "own factors"}, "Type your own list below."),
    Preset("Own run", {"source": "own run"}, "Paste gradient norms of a net you trained."),
)
FINDINGS = (
    Preset("a little above 1", {"weight": 1.1}, "0.9 and 1.1 are 4.4 decades apart."),
    Preset(
        "add the skip to w = 0.9",
        {"residual": True},
        "1.9⁵⁰: compared with the plain chain, vanishing becomes explosion.",
    ),
    Preset("a skip around w = −0.4", {"weight": -0.4, "residual": True}, "The skip adds 1: 0.6."),
)

VIEW = View(
    key="chain",
    label="Chain",
    settings=ChainSettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derive,
    agree=agree,
    presets=PRESETS,
    findings=FINDINGS,
    atol=1e-9,
)
