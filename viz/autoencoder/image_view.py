"""The view of images: drawn digits, patches of a picture, or the learner's own picture."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from viz import tables
from viz.autoencoder import (
    compute,
    derivations,
    gallery,
    image_figures,
    images,
    snippets,
    witnesses,
)
from viz.autoencoder.gallery import Album, Gallery
from viz.autoencoder.training_settings import DECADE
from viz.draw.film import Film
from viz.draw.numbers import count, fixed, latex, stacked
from viz.settings import BaseSettings, choice, number, own_data, switch
from viz.view import Line, Preset, Progress, View, quiet

Pictures = Literal["digits", "discs", "own image"]
Solver = Literal["gradient descent", "fast"]

MOST_PIXELS = 512
LONG_TEXT = 60_000
LONG_RUN = 1500
PATCHED = ("discs", "own image")
EXAMPLE_SIDE = 20


def _example() -> str:
    """Rings as rows of grey values."""
    rows, columns = np.mgrid[:EXAMPLE_SIDE, :EXAMPLE_SIDE] - (EXAMPLE_SIDE - 1) / 2
    far = np.hypot(rows, columns)
    grey = np.rint(4.5 + 4.5 * np.cos(1.1 * far)).astype(int)
    return "\n".join(" ".join(str(value) for value in row) for row in grey)


class ImageSettings(BaseSettings):
    """A run on images."""

    pictures: Pictures = choice("digits", key="img", label="Images")
    code_size: int = number(8, key="code", label="Code size k", low=1, high=16)
    share: float = number(
        0.05,
        key="share",
        label="Weight decay λ / d₁",
        low=1e-4,
        high=1,
        log=DECADE,
        zero=True,
        hint="In units of the largest variance.",
    )
    solver: Solver = choice(
        "gradient descent",
        key="solver",
        label="Solver",
        hint="Fast: Adam with the full gradient and a step size that falls to 0.",
    )
    num_steps: int = number(600, key="ni", label="Steps", low=100, high=5000, step=100)
    step_size: float = number(
        0.15,
        key="lri",
        label="Step size × d₁",
        low=0.01,
        high=1,
        step=0.01,
        when={"solver": ("gradient descent",)},
    )
    contrast: bool = switch(
        True,
        key="contrast",
        label="Even out contrast",
        when={"pictures": PATCHED},
        hint="Every patch loses its mean and is divided by its spread.",
    )
    seed: int = number(1, key="seed", label="Seed", low=0, high=999, box=True)
    own: str = own_data(
        example=_example(),
        limit=1_500_000,
        label="Your own image",
        when={"pictures": ("own image",)},
        hint="Rows of grey values, any scale, from 8 × 10 to 512 × 512 pixels; or upload a PNG or "
        "JPEG. It is cut into 8 × 8 patches, every second pixel.",
        upload=("txt", "csv"),
        image=MOST_PIXELS,
    )


def album_of(settings: ImageSettings) -> Album:
    """The images that the settings name."""
    own = settings.own if settings.pictures == "own image" else ""
    return _album(settings.pictures, settings.contrast, own)


@lru_cache(maxsize=8)
def _album(pictures: Pictures, contrast: bool, own: str) -> Album:
    if pictures == "digits":
        return gallery.album("drawn digits", images.drawn_digits())
    if pictures == "discs":
        cut = images.patches(images.covered_discs(), contrast=contrast)
        return gallery.album("patches of discs", cut)
    picture = tables.read_matrix(own, max_rows=MOST_PIXELS, max_columns=MOST_PIXELS)
    return gallery.album("patches of your image", images.patches(picture, contrast=contrast))


def run(settings: ImageSettings, progress: Progress = quiet) -> Gallery:
    return gallery.gallery(
        album_of(settings),
        latent_dim=settings.code_size,
        l2=settings.share,
        method="fast" if settings.solver == "fast" else "full",
        num_steps=settings.num_steps,
        rate=settings.step_size,
        rng=np.random.default_rng(settings.seed),
        progress=progress,
    )


def film(found: Gallery, *, phone: bool = False) -> Film:
    return image_figures.gallery_film(found, phone=phone)


DESCENT_WORDS = """\
# The run depends on the images through their variances alone: here d / d1, in principal
# coordinates, where the start is drawn.
"""
ADAM_WORDS = """\
# The images' variances, d / d1. Adam divides each coordinate's step by its size: on the pixels'
# axes it takes another way than here, on the principal ones, to the same end.
"""


def answer(found: Gallery) -> list[float]:
    return [float(value) for value in found.study.run.decoder_values[-1]]


def slow(settings: ImageSettings) -> bool:
    own = settings.pictures == "own image" and len(settings.own) > LONG_TEXT
    return own or settings.num_steps > LONG_RUN


def snippet(settings: ImageSettings) -> str:
    """The same run on points with the images' variances; ``answer`` holds W2's values."""
    found = run(settings).study
    weights, fast = found.weights, found.method == "fast"
    head = snippets.head(
        found.data.eigenvalues,
        settings.code_size,
        weights,
        seed=settings.seed,
        scale=0.3,
        decoder_scale=1,
        aligned=False,
    )
    return (
        (ADAM_WORDS if fast else DESCENT_WORDS)
        + head
        + snippets.optimizer(found.method, found.step_size, weights)
        + snippets.LOSS
        + snippets.full(int(found.run.steps[-1]), found.run.diverged_at, cosine=fast)
        + snippets.tail(weights)
    )


def agree(settings: ImageSettings) -> Mapping[str, float]:
    """The minimum of (21) on these images, in units of the largest variance."""
    values, weights = album_of(settings).data.eigenvalues, compute.penalty(settings.share)
    return {
        "closed form": compute.optimum(values, settings.code_size, weights).minimum,
        "search by direction": witnesses.by_search(values, settings.code_size, weights),
        "PyTorch": witnesses.by_torch(values, settings.code_size, weights, aligned=True),
    }


def derive(found: Gallery) -> tuple[Line, ...]:
    values, k = found.study.data.eigenvalues, found.study.latent_dim
    shown = r",\ ".join(latex(float(v), 3) for v in values[: min(k, 4)])
    explained = 100 * float(values[:k].sum() / values.sum())
    kept = 100 * found.kept(-1)
    return (
        Line(
            stacked(
                rf"&\tfrac1n XX^{{\top}}:\quad d_1 = {latex(found.largest, 4)}",
                rf"&d_i/d_1 = {shown}" + (r",\ \dots" if k > 4 else ""),
            ),
            f"**1.** {count(found.count)} images of 64 pixels are centered; only their variances "
            "along the principal directions matter, here in units of the largest.",
        ),
        *derivations.exact_lines(found.study, 2),
        Line(
            stacked(
                rf"\frac{{\sum_{{i\le {k}}} d_i}}{{\sum_i d_i}} &= {fixed(explained, 1)}\,\%",
                rf"\text{{with }}\lambda &: {fixed(kept, 1)}\,\%",
            ),
            f"**{3 if found.study.free else 4}.** What k principal directions could rebuild at "
            "best, and what the run rebuilds:",
        ),
    )


def values_table(found: Gallery) -> dict[str, Any]:
    """Every direction of the code."""
    one = found.study
    return {
        "direction": list(range(1, one.latent_dim + 1)),
        "variance d / d₁": one.data.eigenvalues[: one.latent_dim].tolist(),
        "theory": one.best.decoder_values.tolist(),
        "W₂": one.run.decoder_values[-1].tolist(),
        "W₁": one.run.encoder_values[-1].tolist(),
    }


PRESETS = (
    Preset("Drawn digits", {}, "Columns of W₂ are mixtures; its singular vectors are the PCA."),
    Preset(
        "Patches of discs",
        {"pictures": "discs", "solver": "fast"},
        "Edges and waves: what a linear code finds in 8 × 8 patches of any picture.",
    ),
    Preset(
        "No decay",
        {"share": 0.0},
        "The same reconstructions, but the singular vectors no longer match the PCA.",
    ),
    Preset(
        "Own image",
        {"pictures": "own image", "solver": "fast"},
        "Paste rows of grey values below, or upload a picture.",
    ),
)
FINDINGS = (
    Preset("switch the decay off", {"share": 0.0}, "The rows two and three stop matching."),
    Preset("two numbers a digit", {"code_size": 2}, "What is left of a digit in two numbers."),
    Preset(
        "raw patches",
        {"pictures": "discs", "contrast": False, "share": 1e-4},
        "Without even contrast one variance dwarfs the rest: with little decay descent crawls.",
    ),
)

VIEW = View(
    key="images",
    label="Images",
    settings=ImageSettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derive,
    agree=agree,
    slow=slow,
    presets=PRESETS,
    findings=FINDINGS,
    table=values_table,
    atol=1e-8,
)
