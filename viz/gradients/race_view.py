"""Does it train? Recorded runs by learning rate, and four nets trained while you wait."""

from collections.abc import Mapping
from typing import Any, Literal

from viz.draw.film import Film
from viz.draw.numbers import latex, short, stacked
from viz.gradients import loss_map, race, race_charts, race_figures, race_witness, recordings
from viz.gradients.experiments import ARCHITECTURES
from viz.gradients.race import Race
from viz.gradients.training import CHANCE, POINTS, RATES, STEPS, WIDTH
from viz.settings import BaseSettings, choice, number, switch
from viz.view import Line, Preset, Progress, View, quiet

TASK = (
    f"**The task**: tell two interleaved spirals apart, {POINTS} points in the plane. The nets are "
    f"{WIDTH} neurons wide and have no biases. They learn by plain gradient descent on all points "
    f"at once, {STEPS} steps, in float32."
)
INITS = {"Xavier": "Xavier", "He": "He", "He x 2": "He × 2"}
RATE_OF: dict[str, float | None] = {
    "best of each": None,
    "0.0000001": 1e-7,
    "0.00001": 1e-5,
    "0.001": 1e-3,
    "0.01": 1e-2,
    "0.1": 0.1,
    "1": 1.0,
}


class RaceSettings(BaseSettings):
    """Which four nets run."""

    init: Literal["Xavier", "He", "He x 2"] = choice("Xavier", key="start", label="Initialization")
    rate: Literal["best of each", "0.0000001", "0.00001", "0.001", "0.01", "0.1", "1"] = choice(
        "best of each",
        key="lr",
        label="Learning rate",
        hint="Best of each: what served each net best in the runs on file, 30 layers deep.",
    )
    train: bool = switch(
        False, key="train", label="Train four nets now", hint="Takes some ten seconds."
    )
    layers: int = number(
        recordings.RACE_DEPTH, key="layers", label="Layers", low=2, high=30, when={"train": (True,)}
    )
    seed: int = number(
        0, key="seed", label="Seed", low=0, high=999, box=True, when={"train": (True,)}
    )


def run(settings: RaceSettings, progress: Progress = quiet) -> Race:
    init, rate = INITS[settings.init], RATE_OF[settings.rate]
    if not settings.train:
        return race.recorded(init, rate)
    return race.live(init, rate, depth=settings.layers, seed=settings.seed, report=progress)


def slow(settings: RaceSettings) -> bool:
    return settings.train


def film(found: Race, *, phone: bool = False) -> Film:
    return race_figures.race_film(found, phone=phone)


def answer(found: Race) -> list[float]:
    """Losses before the first step: later ones depend on how a processor rounds."""
    return list(found.starts)


def more(found: Race, *, phone: bool = False) -> tuple[Film, ...]:
    del found
    return race_charts.first_steps(phone=phone), race_charts.depth_limit(phone=phone)


def snippet(settings: RaceSettings) -> str:
    init, rate = INITS[settings.init], RATE_OF[settings.rate]
    return race_witness.snippet(
        init, race.rates_of(init, rate), depth=settings.layers, seed=settings.seed
    )


def agree(settings: RaceSettings) -> Mapping[str, float]:
    """Loss of the first net before its first step."""
    init = INITS[settings.init]
    ways = {
        "numpy, float64": race_witness.first_loss(init, depth=settings.layers, seed=settings.seed),
        "PyTorch, float32": race_witness.by_torch(init, depth=settings.layers, seed=settings.seed),
    }
    if not settings.train:
        ways["recorded"] = race.recorded(init, None).starts[-1]
    return ways


def derive(found: Race) -> tuple[Line, ...]:
    lines = [
        Line("", TASK),
        Line(
            stacked(
                r"W &\leftarrow W - \eta\,\nabla_W \mathcal L",
                r"\frac{\|\Delta W\|}{\|W\|} &= \eta\,\frac{\|\nabla_W\|}{\|W\|}",
            ),
            "What counts is how much a step changes a weight. If gradients differ by decades, no "
            "single rate η suits all layers: tiny ones stay put, huge ones burst.",
        ),
        Line(
            rf"\mathcal L_{{\text{{guessing}}}} = \ln 2 = {latex(CHANCE, 4)}",
            "Two classes, mean cross-entropy in nats: a net that has learned nothing stays here.",
        ),
        Line(
            stacked(
                r"&\mathcal L(\alpha W) = \mathcal L(W)\ \forall \alpha > 0 \;\Rightarrow\; "
                r"W \perp \nabla_W",
                r"&\|W - \eta\nabla_W\|^2 = \|W\|^2 + \eta^2\|\nabla_W\|^2",
            ),
            "With batch norm behind W its length does not matter. So the gradient stands at a "
            "right angle to it, a step makes W longer, and the next gradient is smaller by as "
            "much: a too large step repairs itself.",
        ),
    ]
    for arch, one, rate in zip(ARCHITECTURES, found.runs, found.rates, strict=True):
        end = (
            rf"\text{{not finite from step }} {one.diverged_at}"
            if one.diverged_at is not None
            else latex(one.final, 3)
        )
        start = latex(float(one.losses[0]), 4)
        lines.append(Line(rf"\mathcal L:\; {start} \to {end}", f"**{arch}**, η = {short(rate)}:"))
    return tuple(lines)


def values_table(found: Race) -> dict[str, Any]:
    """Final losses by init, architecture and rate."""
    inits = recordings.RACE_INITS
    columns: dict[str, Any] = {
        "init": [init for init in inits for _ in ARCHITECTURES],
        "net": [arch for _ in inits for arch in ARCHITECTURES],
    }
    for place, rate in enumerate(RATES):
        cells = found.finals[:, :, place].ravel().tolist()
        name = loss_map.rate_name(rate)
        columns[f"rate {name}"] = [short(v, 2) if v < 1e9 else "diverged" for v in cells]
    return columns


PRESETS = (
    Preset("Xavier", {}, "Plain: stuck at every rate. With batch norm: learned."),
    Preset("He", {"init": "He"}, "Plain He moves slowly; skips without batch norm burst."),
    Preset("He × 2", {"init": "He x 2"}, "Without batch norm not one rate works."),
    Preset("All at rate 1", {"rate": "1"}, "Skip + BN bursts here, plain BN is at its best."),
    Preset(
        "Train: 10 layers",
        {"train": True, "layers": 10},
        "Ten layers are few enough: the plain net learns too.",
    ),
    Preset("Train: another seed", {"train": True, "seed": 1}, "The same recipes, other weights."),
)
FINDINGS = (
    Preset(
        "start twice too large",
        {"init": "He x 2"},
        "Against this start batch norm makes the difference: it is the exam's tick in training.",
    ),
    Preset(
        "train ten layers now",
        {"train": True, "layers": 10},
        "Four real nets, trained while you wait.",
    ),
    Preset("one rate for all", {"rate": "0.01"}, "Compare the four at the same learning rate."),
)

VIEW = View(
    key="train",
    label="Training",
    settings=RaceSettings,
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
    atol=1e-5,
)
