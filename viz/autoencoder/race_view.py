"""The view of optimizers: four ways to train, from one start."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from viz.autoencoder import race, race_figures, snippets, study, training
from viz.autoencoder.compute import FloatArray, penalty
from viz.autoencoder.race import Race, Setup
from viz.autoencoder.training_settings import DECADE, HIGH, LOW, VARIANCES
from viz.autoencoder.training_view import read_variances
from viz.draw.film import Film
from viz.draw.numbers import short, stacked
from viz.settings import BaseSettings, number
from viz.view import Line, Preset, Progress, View, quiet

RECORDED = Path(__file__).parent / "recorded" / "race.json"
LATENT_DIM = 3


class RaceSettings(BaseSettings):
    """What the four runs share."""

    l2: float = number(
        0.05, key="lambda", label="Weight decay λ", low=LOW, high=HIGH, log=DECADE, zero=True
    )
    decoder_scale: float = number(
        1, key="ratio", label="Decoder starts larger by", low=0.1, high=10, log=DECADE
    )
    point_step: float = number(
        0.01,
        key="pace",
        label="Step size",
        low=1e-3,
        high=0.1,
        log=DECADE,
        hint="Of the full gradient and of SGD; Adam and AdamW take half of it.",
    )
    race_steps: int = number(20_000, key="long", label="Steps", low=1000, high=20_000, step=1000)
    seed: int = number(1, key="seed", label="Seed", low=0, high=999, box=True)


def setup_of(settings: RaceSettings) -> Setup:
    """The four runs' common ground."""
    return Setup(
        tuple(read_variances(VARIANCES).tolist()),
        LATENT_DIM,
        settings.l2,
        settings.decoder_scale,
        settings.point_step,
        settings.race_steps,
        settings.seed,
    )


def run(settings: RaceSettings, progress: Progress = quiet) -> Race:
    setup = setup_of(settings)
    if not slow(settings):
        return race.read(RECORDED.read_text(encoding="utf-8"), setup)
    return race.race(setup, progress)


def slow(settings: RaceSettings) -> bool:
    return settings != RaceSettings()


def film(found: Race, *, phone: bool = False) -> Film:
    return race_figures.race_film(found, phone=phone)


def answer(found: Race) -> list[float]:
    """The decoder's largest value under each method after 200 steps (or at the last one)."""
    values = []
    for one in found.runs:
        steps = one.run.steps
        at = int(np.searchsorted(steps, min(race.CHECKED, int(steps[-1]))))
        values.append(float(one.run.decoder_values[at, 0]))
    return values


def snippet(settings: RaceSettings) -> str:
    """The first 200 steps of the four runs; ``answer`` holds the decoder's largest values."""
    setup = setup_of(settings)
    data = setup.data()
    runs = [race.one(setup, data, method, last=race.CHECKED) for method in race.METHODS]
    methods = "\n".join(f"    {_entry(one)}" for one in runs)
    head = snippets.head(
        np.array(setup.eigenvalues),
        setup.latent_dim,
        penalty(setup.l2),
        seed=setup.seed,
        scale=0.3,
        decoder_scale=setup.decoder_scale,
        aligned=False,
    )
    points = snippets.gaussian(setup.seed, study.NUM_POINTS, study.POINTS, study.ORDER)
    return f"""{head}
{points}
order = order.integers(len(points), size={race.CHECKED})  # {setup.num_steps} on the stage
loss_of = nn.MSELoss(reduction="sum")
start = [encoder.weight.detach().clone(), decoder.weight.detach().clone()]
methods = {{
{methods}
}}
answer = []
for name, (kind, lr, num_steps) in methods.items():
    with torch.no_grad():
        encoder.weight.copy_(start[0])
        decoder.weight.copy_(start[1])
    optimizer = kind([encoder.weight, decoder.weight], lr=lr, weight_decay=2 * lam)
    for i in order[:num_steps]:
        seen = points if name == "full gradient" else points[i : i + 1]
        optimizer.zero_grad()
        (loss_of(decoder(encoder(seen)), seen) / len(seen)).backward()
        optimizer.step()
    values = torch.linalg.svdvals(decoder.weight.detach())
    print(name, values)
    answer.append(values[0].item())
"""


def _entry(one: study.Study) -> str:
    """A method, its optimizer, lr and number of steps, as an entry of the snippet's table."""
    kind, num_steps = snippets.CLASSES[one.method], int(one.run.steps[-1])
    name = race_figures.name(one.method)
    entry = f'"{name}": (torch.optim.{kind}, {one.step_size:g}, {num_steps}),'
    return entry + snippets.remark(one.run.diverged_at)


def agree(settings: RaceSettings) -> Mapping[str, float]:
    """The decoder's largest value after 200 steps of Adam with one point a step."""
    setup = setup_of(settings)
    data = setup.data()
    short_run = Setup(
        setup.eigenvalues,
        setup.latent_dim,
        setup.l2,
        setup.decoder_scale,
        setup.step_size,
        race.CHECKED,
        setup.seed,
    )
    ours = race.one(short_run, data, "adam")
    return {
        "numpy": float(ours.run.decoder_values[-1, 0]),
        "PyTorch": _by_torch(short_run, data),
    }


def _by_torch(setup: Setup, data: study.Data) -> float:
    import torch

    start = training.random_start(
        setup.latent_dim,
        len(setup.eigenvalues),
        scale=0.3,
        decoder_scale=setup.decoder_scale,
        rng=np.random.default_rng(setup.seed),
    )
    both = [torch.from_numpy(w.copy()).requires_grad_() for w in (start.encoder, start.decoder)]
    lr = setup.step_size * race.ADAM_SHARE
    optimizer = torch.optim.Adam(both, lr=lr, weight_decay=2 * setup.l2)
    count = data.points.shape[1]
    rng = np.random.default_rng([setup.seed, study.ORDER])
    for i in rng.integers(count, size=setup.num_steps):
        x = torch.from_numpy(data.points[:, i].copy())
        optimizer.zero_grad()
        (both[1] @ (both[0] @ x) - x).square().sum().backward()
        optimizer.step()
    return float(torch.linalg.svdvals(both[1].detach())[0])


def derive(found: Race) -> tuple[Line, ...]:
    full, sgd = found.runs[0], found.runs[1]
    l2, lr = sgd.weights.encoder, sgd.step_size
    return (
        Line(
            r"W \leftarrow W - \eta\,\big(\nabla_W |x - W_2W_1x|^2 + 2\lambda W\big)",
            "**SGD**, one point x a step, with weight_decay = 2λ: on average this is the gradient "
            f"of (21). Here η = {short(lr)} and 2λ = {short(2 * l2)}.",
        ),
        Line(
            stacked(
                r"&\mathbb E\,\Delta\big(W_1W_1^{\top} - W_2^{\top}W_2\big)",
                r"&\quad = -4\lambda\eta\,(\cdots) + "
                r"\eta^2\,\mathbb E\big(g_1g_1^{\top} - g_2^{\top}g_2\big)",
            ),
            "The noise of single points does not cancel: its second-order term moves size from "
            "one matrix to the other. Decay holds it at a distance that shrinks with η.",
        ),
        Line(
            stacked(
                r"\text{Adam: } & g + 2\lambda W \text{ is rescaled}",
                r"\text{AdamW: } & W \leftarrow (1 - 2\lambda\eta)\,W \text{ beside it}",
            ),
            "**Adam** adds the decay before it rescales, so the fixed points are those of (21). "
            "**AdamW** decays beside the rescaled step: that is another penalty.",
        ),
        Line(
            stacked(
                rf"\text{{theory}}\quad & {_range(full.best.decoder_values)}",
                *(
                    rf"\text{{{race_figures.name(one.method)}}}\quad & "
                    rf"{_range(one.run.decoder_values[-1])}"
                    for one in found.runs
                ),
            ),
            "The decoder's largest and smallest value at the last step shown:",
        ),
    )


def _range(values: FloatArray) -> str:
    return rf"{values[0]:.3f}\ldots{values[-1]:.3f}"


PRESETS = (
    Preset("λ = 0.05", {}, "Three of four arrive near the lines; AdamW does not."),
    Preset(
        "No decay",
        {"l2": 0.0},
        "The full gradient stops, single points drift on; without decay AdamW is Adam.",
    ),
    Preset("Smaller steps", {"point_step": 0.00316}, "The noise is smaller, and so is the lean."),
)
FINDINGS = (
    Preset("λ = 0", {"l2": 0.0}, "Without decay the answer depends on how you train."),
    Preset("smaller steps", {"point_step": 0.00316}, "SGD and Adam come closer to the lines."),
    Preset(
        "an unbalanced start",
        {"decoder_scale": 3.16},
        "Decay forgets the start, for every method but AdamW soon.",
    ),
)

VIEW = View(
    key="race",
    label="Optimizers",
    settings=RaceSettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derive,
    agree=agree,
    slow=slow,
    presets=PRESETS,
    findings=FINDINGS,
)
