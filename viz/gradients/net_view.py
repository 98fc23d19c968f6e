"""One net: every knob of it, and what theory says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from viz.draw.film import Film
from viz.gradients import charts, derivations, net_figures, results, rounding, snippets, store
from viz.gradients.exam import SEED
from viz.gradients.nets import NetSpec
from viz.gradients.results import LIVE_COST, Net
from viz.settings import BaseSettings, choice, number, switch
from viz.view import Line, Preset, Progress, View, quiet

SIZES = SEED.measure
INITS = {"Xavier": "xavier", "He": "he", "N(0,1)": "normal"}
TRACES = {
    "gradient": "grad_norm",
    "activations": "hidden_rms",
    "weight gradient": "weight_grad",
    "relative update": "update",
    "bias gradient": "bias_grad",
}
Widths = Literal["16", "32", "64", "128", "256"]
Batches = Literal["2", "3", "4", "8", "16", "32", "64", "128", "256"]


class NetSettings(BaseSettings):
    """One net."""

    depth: int = number(SIZES.depth, key="depth", label="Depth", low=2, high=100)
    init: Literal["Xavier", "He", "N(0,1)"] = choice("Xavier", key="init", label="Initialization")
    gain: float = number(
        1.0, key="gain", label="Gain", low=0.25, high=4, log=20, hint="Multiplies every weight."
    )
    residual: bool = switch(False, key="skip", label="Skip connections")
    batch_norm: bool = switch(False, key="bn", label="Batch norm")
    trace: Literal[
        "gradient", "activations", "weight gradient", "relative update", "bias gradient"
    ] = choice("gradient", key="show", label="Show")
    act: Literal["relu", "tanh", "sigmoid", "linear"] = choice(
        "relu", key="act", label="Activation"
    )
    branch: Literal["1", "1/sqrt(L)"] = choice(
        "1", key="branch", label="Branch scale", when={"residual": (True,)}
    )
    width: Widths = choice("128", key="width", label="Width")
    batch: Batches = choice("128", key="batch", label="Batch")
    spread: bool = switch(
        False,
        key="seeds",
        label="Measure 20 seeds",
        hint="On file for the exam's sizes, and drawn at once; for other nets it takes some "
        "seconds.",
    )
    seed: int = number(0, key="seed", label="Seed", low=0, high=999, box=True)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A net and the quantity that is drawn."""

    net: Net
    quantity: str


def spec_of(settings: NetSettings) -> NetSpec:
    """The net that the settings describe."""
    scaled = settings.residual and settings.branch != "1"
    return NetSpec(
        depth=settings.depth,
        width=int(settings.width),
        batch=int(settings.batch),
        act=settings.act,
        init=INITS[settings.init],  # type: ignore[arg-type]
        gain=settings.gain,
        residual=settings.residual,
        branch_scale=settings.depth**-0.5 if scaled else 1.0,
        batch_norm=settings.batch_norm,
        seed=settings.seed,
    )


def run(settings: NetSettings, progress: Progress = quiet) -> Shown:
    seeds = SIZES.seeds if settings.spread else 0
    net = results.net(spec_of(settings), SIZES.limit, seeds=seeds, report=progress)
    return Shown(net, TRACES[settings.trace])


def slow(settings: NetSettings) -> bool:
    spec = spec_of(settings)
    if spec.cost > results.MAX_COST:
        return False
    once = 0.0 if store.trace_of(spec) else results.weight_of(spec)
    many = settings.spread and store.spread_of(spec) is None
    return once + (SIZES.seeds * results.weight_of(spec) if many else 0) > LIVE_COST


def film(found: Shown, *, phone: bool = False) -> Film:
    return net_figures.net_film(found.net, found.quantity, phone=phone)


def answer(found: Shown) -> float:
    return found.net.log_ratio


def snippet(settings: NetSettings) -> str:
    return snippets.one(spec_of(settings))


def derive(found: Shown) -> tuple[Line, ...]:
    return derivations.one(found.net)


def agree(settings: NetSettings) -> Mapping[str, float]:
    """R of the net, by hand-written backward pass and by autograd."""
    return rounding.agreement([spec_of(settings)])


def more(found: Shown, *, phone: bool = False) -> tuple[Film, ...]:
    speeds = charts.learning_speeds(found.net, phone=phone)
    return (speeds, charts.batch_growth(phone=phone)) if found.net.spec.batch_norm else (speeds,)


def values_table(found: Shown) -> dict[str, Any]:
    """Every layer's sizes."""
    trace, depth = found.net.trace, found.net.spec.depth
    blank = ["–"]
    return {
        "layer": list(range(depth + 1)),
        "activations": trace.hidden_rms.tolist(),
        "gradient": trace.grad_norm.tolist(),
        "weight gradient": [*blank, *trace.weight_grad.tolist()],
        "update / weight": [*blank, *trace.update.tolist()],
    }


PRESETS = (
    Preset("Xavier", {}, "ReLU takes √½ of the gradient in every layer."),
    Preset("He", {"init": "He"}, "The factor √2 puts back what ReLU took."),
    Preset("He × 2", {"init": "He", "gain": 2.0}, "Twice too large: 2⁵⁰ is 10¹⁵."),
    Preset("Half of Xavier, skip", {"gain": 0.5, "residual": True}, "Compared with −22.6 decades."),
    Preset("He, skip", {"init": "He", "residual": True}, "The factor is √2, never below 1."),
    Preset(
        "Branches / √L",
        {"init": "He", "residual": True, "branch": "1/sqrt(L)"},
        "Healthy at any depth, without batch norm.",
    ),
    Preset("He, BN", {"init": "He", "batch_norm": True}, "About 1.2 per layer, whatever the init."),
    Preset("BN, 8 samples", {"init": "He", "batch_norm": True, "batch": "8"}, "It grows faster."),
    Preset("Skip + BN", {"residual": True, "batch_norm": True}, "Growth as a power of the depth."),
    Preset("tanh", {"act": "tanh"}, "tanh with Xavier: nearly level, and no formula."),
    Preset("sigmoid", {"act": "sigmoid"}, "The slope of a sigmoid is at most ¼."),
    Preset("N(0, 1)", {"init": "N(0,1)"}, "No scaling at all: 8 per layer, too much for float32."),
)
FINDINGS = (
    Preset(
        "raise the gain to 1.41",
        {"gain": 1.41},
        "Nearly √2, which is what He does relative to Xavier: the line becomes level.",
    ),
    Preset(
        "look at the weights' gradients",
        {"trace": "weight gradient"},
        "They are equally tiny in every layer: here no layer learns faster than another.",
    ),
    Preset(
        "add a skip to a healthy net",
        {"init": "He", "residual": True},
        "Compared with plain He, the gradient now grows by √2 per layer.",
    ),
)

VIEW = View(
    key="net",
    label="One net",
    settings=NetSettings,
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
    atol=rounding.ATOL,
)
