"""The view of λ: which directions it shrinks, which it gives up."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from viz.autoencoder import compute, price_figures, pruning, snippets, witnesses
from viz.autoencoder.pruning import Pruning
from viz.autoencoder.training_settings import VARIANCES
from viz.autoencoder.training_view import read_variances
from viz.draw.film import Film
from viz.draw.numbers import latex, stacked
from viz.settings import BaseSettings, number, table
from viz.view import Line, Preset, Progress, View, quiet

MARKED = 0.05
NAMED = (0.0, 0.01, MARKED, 0.1, 0.5, 2.0)
SWEPT, STEPS = 48, 1000


class PriceSettings(BaseSettings):
    """The data and the size of the code; λ is what the bar under the picture moves."""

    latent_dim: int = number(3, key="k", label="Code size k", low=1, high=7)
    variances: str = table(
        VARIANCES,
        key="d",
        label="Variances d, falling",
        hint="2 to 16 positive numbers, the variances along the principal directions.",
    )


def run(settings: PriceSettings, progress: Progress = quiet) -> Pruning:
    del progress
    values = _variances(settings)
    highest = 2 * float(values[0])
    lowest = highest / 1000
    swept = np.geomspace(lowest, highest, SWEPT)
    named = [v for v in (*NAMED, *values[: settings.latent_dim]) if lowest < v < highest]
    shown = [0.0, min(MARKED, highest)]
    l2 = np.unique(np.concatenate([shown, named, swept]))
    return pruning.sweep(values, settings.latent_dim, l2, num_steps=STEPS)


def _variances(settings: PriceSettings) -> compute.FloatArray:
    values = read_variances(settings.variances)
    if (values <= 0).any() or (np.diff(values) > 0).any():
        raise ValueError("variances must be positive and given from the largest to the smallest")
    if settings.latent_dim >= len(values):
        raise ValueError(
            f"k must be between 1 and {len(values) - 1} (less than the data dimension "
            f"{len(values)}), got {settings.latent_dim}"
        )
    return values


def marked(found: Pruning) -> int:
    """The place of the λ shown first: the exam's, or the nearest there is."""
    return int(np.abs(found.l2 - MARKED).argmin())


def film(found: Pruning, *, phone: bool = False) -> Film:
    return price_figures.price_film(found, MARKED, phone=phone)


def answer(found: Pruning) -> list[float]:
    return [float(value) for value in found.values[marked(found)]]


def snippet(settings: PriceSettings) -> str:
    """The minimum by L-BFGS for the λ shown first; ``answer`` holds its singular values."""
    found = run(settings)
    l2 = float(found.l2[marked(found)])
    text = snippets.head(
        found.eigenvalues,
        settings.latent_dim,
        compute.penalty(l2),
        seed=0,
        scale=0.7,
        decoder_scale=1,
        aligned=False,
    )
    return f"""{text}
points = torch.diag((m * d).sqrt())  # one point a row; their covariance is diag(d)
both = [encoder.weight, decoder.weight]
optimizer = torch.optim.LBFGS(both, max_iter=800, history_size=30, tolerance_grad=1e-9,
                              tolerance_change=1e-18, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = nn.MSELoss(reduction="sum")(decoder(encoder(points)), points) / m
    loss = loss + lam * sum(weight.square().sum() for weight in both)  # formula (21)
    loss.backward()
    return loss


optimizer.step(closure)
{snippets.tail(compute.penalty(l2)).strip()}
"""


def agree(settings: PriceSettings) -> Mapping[str, float]:
    """The minimum of (21) at the λ shown first."""
    found = run(settings)
    place = marked(found)
    weights = compute.penalty(float(found.l2[place]))
    values, k = found.eigenvalues, settings.latent_dim
    return {
        "closed form": float(found.minimum[place]),
        "search by direction": witnesses.by_search(values, k, weights),
        "PyTorch": witnesses.by_torch(values, k, weights),
    }


def derive(found: Pruning) -> tuple[Line, ...]:
    place = marked(found)
    l2, d = float(found.l2[place]), float(found.eigenvalues[found.latent_dim - 1])
    kept = 2 * l2 - l2**2 / d if l2 < d else d
    return (
        Line(
            stacked(
                r"\text{give up:}\quad & d",
                r"\text{keep:}\quad & \min_s\ d\,(1-s^2)^2 + 2\lambda s^2",
            ),
            "Each direction of the code has two prices. Given up, its variance d is lost; kept, "
            "it pays the penalty for s and loses a little all the same.",
        ),
        Line(
            stacked(
                r"s^2 = 1 - \frac{\lambda}{d}:\quad & d\,\frac{\lambda^2}{d^2} + 2\lambda\Big(1 - "
                r"\frac{\lambda}{d}\Big)",
                r"&= 2\lambda - \frac{\lambda^2}{d}",
            ),
            "At the best s the price of keeping is",
        ),
        Line(
            r"d - \Big(2\lambda - \frac{\lambda^2}{d}\Big) = \frac{(d-\lambda)^2}{d} \ge 0",
            "so keeping is cheaper as long as d > λ, and both are equal when λ reaches d.",
        ),
        Line(
            stacked(
                rf"&\lambda = {latex(l2, 4)},\ d = {latex(d, 4)}:",
                rf"&\quad {latex(kept)}\ \text{{ against }}\ {latex(d, 4)}",
            ),
            f"For direction {found.latent_dim}, at the λ shown first:",
        ),
        Line(
            rf"L_{{\min}} = {latex(float(found.minimum[place]), 7)}",
            "All directions together:",
        ),
    )


def values_table(found: Pruning) -> dict[str, Any]:
    """The minimum at the named λ."""
    places = [int(np.abs(found.l2 - v).argmin()) for v in NAMED if np.abs(found.l2 - v).min() == 0]
    columns: dict[str, Any] = {"λ": [float(found.l2[i]) for i in places]}
    for n in range(found.latent_dim):
        columns[f"s{n + 1}"] = [float(found.values[i, n]) for i in places]
    return {**columns, "minimum": [float(found.minimum[i]) for i in places]}


PRESETS = (
    Preset("The exam's spectrum", {}, "λ = 0.05 shrinks the three values by less than 2 %."),
    Preset(
        "Equal variances",
        {"variances": "2 2 2 0.5 0.5", "latent_dim": 3},
        "Equal variances are shrunk alike and given up together.",
    ),
    Preset(
        "A long tail",
        {"variances": "8 4 2 1 0.5 0.25 0.125 0.0625", "latent_dim": 7},
        "λ chooses how many of the seven dimensions are used.",
    ),
)
FINDINGS = (
    Preset("a code that is too long", {"latent_dim": 7}, "λ shortens it, one direction at a time."),
    Preset(
        "equal variances",
        {"variances": "2 2 2 0.5 0.5"},
        "Equal variances share one curve and leave together.",
    ),
    Preset("watch the third direction leave", {"latent_dim": 3}, "Scrub λ past d₃ = 1.5."),
)

VIEW = View(
    key="price",
    label="Price of λ",
    settings=PriceSettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derive,
    agree=agree,
    presets=PRESETS,
    findings=FINDINGS,
    table=values_table,
)
