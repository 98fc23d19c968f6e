"""Twelve nets at once: three initializations, four architectures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viz.draw.film import Film
from viz.draw.numbers import latex, stacked
from viz.gradients import board_figures, charts, derivations, results, rounding, snippets, store
from viz.gradients.derivations import ten
from viz.gradients.exam import SEED
from viz.gradients.experiments import ARCHITECTURES, Recipe
from viz.gradients.net_view import Batches, Widths
from viz.gradients.nets import NetSpec
from viz.gradients.results import LIVE_COST, Board
from viz.gradients.theory import BN_FACTOR
from viz.settings import BaseSettings, choice, number
from viz.view import Line, Preset, Progress, View, quiet

SIZES = SEED.measure
INITS = ("Xavier", "He", "N(0,1)")
ATOL = 1e-8


class BoardSettings(BaseSettings):
    """Sizes and gain of all twelve."""

    depth: int = number(SIZES.depth, key="depth", label="Depth", low=2, high=100)
    gain: float = number(
        1.0, key="gain", label="Gain", low=0.25, high=4, log=20, hint="Multiplies every weight."
    )
    width: Widths = choice("128", key="width", label="Width")
    batch: Batches = choice("128", key="batch", label="Batch")
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)


def specs(settings: BoardSettings) -> dict[tuple[str, str], NetSpec]:
    """The twelve nets by init and architecture."""
    base = NetSpec(
        depth=settings.depth,
        width=int(settings.width),
        batch=int(settings.batch),
        seed=settings.seed,
    )
    found = {}
    for init in INITS:
        for arch in ARCHITECTURES:
            spec = Recipe(init, arch).spec(base)
            found[init, arch] = replace(spec, gain=settings.gain)
    return found


def run(settings: BoardSettings, progress: Progress = quiet) -> Board:
    nets = []
    chosen = specs(settings)
    for place, ((init, arch), spec) in enumerate(chosen.items()):
        progress(place / len(chosen), f"{init}, {arch}")
        nets.append(results.net(spec, SIZES.limit))
    width = len(ARCHITECTURES)
    rows = tuple(tuple(nets[i : i + width]) for i in range(0, len(nets), width))
    return Board(INITS, rows, settings.gain)


def slow(settings: BoardSettings) -> bool:
    nets = [spec for spec in specs(settings).values() if store.trace_of(spec) is None]
    if any(spec.cost > results.MAX_COST for spec in nets):
        return False
    return sum(results.weight_of(spec) for spec in nets) > LIVE_COST


def film(found: Board, *, phone: bool = False) -> Film:
    return board_figures.board_film(found, phone=phone)


def answer(found: Board) -> list[float]:
    return [net.log_ratio for _, _, net in found.all()]


def snippet(settings: BoardSettings) -> str:
    return snippets.many({f"{i}, {a}": spec for (i, a), spec in specs(settings).items()})


def agree(settings: BoardSettings) -> Mapping[str, float]:
    """The sum of R over He's row, by hand-written backward pass and by autograd."""
    row = [spec for (init, _), spec in specs(settings).items() if init == "He"]
    return rounding.agreement(row, atol=ATOL)


FORMULAS = {
    "plain": r"\sqrt{c}",
    "skip": r"\sqrt{1 + c}",
    "BN": rf"\sqrt{{\pi/(\pi-1)}} = {latex(BN_FACTOR, 5)}",
    "skip + BN": r"\sqrt{1 + \frac{c}{1 + l\,c\,(1 - 1/\pi)}}",
}
REASONS = {
    "plain": "**plain**: each layer multiplies by √c, c = nσ²/2. Only c = 1 is level.",
    "skip": "**skip**: the identity adds 1, so no init can make the gradient vanish, and none can "
    "keep it level.",
    "BN": "**BN**: the init cancels; by theory the factor is the same in every row.",
    "skip + BN": "**skip + BN**: the factor falls towards 1 with the layer's number l, so the "
    "product grows like a power of the depth.",
}


def derive(found: Board) -> tuple[Line, ...]:
    lines = []
    for arch in ARCHITECTURES:
        column = [(init, net) for init, name, net in found.all() if name == arch]
        measured = stacked(
            *(
                rf"\text{{{init}: }} &{ten(net.log_ratio)}"
                + (rf"\;({ten(net.theory.log_ratio)})" if net.theory is not None else "")
                for init, net in column
            )
        )
        lines.append(Line(FORMULAS[arch], REASONS[arch]))
        words = "Measured, and in brackets what theory says. "
        lines.append(Line(measured, words + derivations.difference(column[0][1].spec)))
    he = {f"He, {arch}": net.spec for init, arch, net in found.all() if init == "He"}
    return (*lines, *derivations.blurred(he))


def more(found: Board, *, phone: bool = False) -> tuple[Film, ...]:
    del found
    return (charts.forgotten_scale(phone=phone), charts.batch_growth(phone=phone))


def values_table(found: Board) -> dict[str, Any]:
    """R, its spread and theory of every net."""
    nets = found.all()

    def spread(net: results.Net) -> str:
        if net.over is None:
            return "–"
        low, high = net.over.log_ratios.min(), net.over.log_ratios.max()
        return f"{net.over.median:.2f} [{low:.2f}, {high:.2f}]".replace("-", "−")

    return {
        "init": [init for init, _, _ in nets],
        "net": [arch for _, arch, _ in nets],
        "R = log₁₀ (at the input / at the output)": [net.log_ratio for _, _, net in nets],
        "R, median [range] of 20 seeds": [spread(net) for _, _, net in nets],
        "R by theory": [net.theory.log_ratio if net.theory else "–" for _, _, net in nets],
        "U = log₁₀ (update / weight), median layer": [net.trace.log_update for _, _, net in nets],
    }


PRESETS = (
    Preset("Exam's sizes", {}, "Depth 50, width 128, batch 128."),
    Preset("Too small", {"gain": 0.5}, "Half of every weight."),
    Preset("Too large", {"gain": 2.0}, "Twice every weight."),
    Preset("Ten layers", {"depth": 10}, "In shallow nets nearly everything is healthy."),
    Preset("Depth 100", {"depth": 100}, "Twice as deep: every R about doubles, but for skip + BN."),
    Preset(
        "8 samples",
        {"batch": "8"},
        "Compared with 128 samples, batch norm makes gradients grow more.",
    ),
)
FINDINGS = (
    Preset(
        "halve all weights",
        {"gain": 0.5},
        "The plain column moves by 15 decades; the batch norm column stays where it is.",
    ),
    Preset("only ten layers", {"depth": 10}, "Depth multiplies: with 10 layers little is lost."),
    Preset(
        "batches of 8",
        {"batch": "8"},
        "Compared with batches of 128, batch norm in a plain net makes gradients grow faster.",
    ),
)

VIEW = View(
    key="board",
    label="12 nets",
    settings=BoardSettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derive,
    agree=agree,
    more=more,
    slow=slow,
    presets=PRESETS,
    findings=FINDINGS,
    table=values_table,
    atol=ATOL,
)
