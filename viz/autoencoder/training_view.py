"""The exam's view: one training run, its settings, its words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from viz import tables
from viz.autoencoder import compute, derivations, figures, snippets, study, training, witnesses
from viz.autoencoder.figures import Beside
from viz.autoencoder.study import Data, Method, Study
from viz.autoencoder.training_settings import (
    LONG_TEXT,
    MOST_COLUMNS,
    MOST_ROWS,
    MOST_VARIANCES,
    ONE_POINT,
    TrainingSettings,
)
from viz.draw.film import Film
from viz.view import Line, Preset, Progress, View, quiet

LARGEST = 4.0
METHODS: dict[str, Method] = {
    "full gradient": "full",
    "full Adam": "fast",
    "SGD": "sgd",
    "Adam": "adam",
    "AdamW": "adamw",
}
FRAMES, LOG_FRAMES = 121, 72


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A run, and what is shown beside its curves."""

    study: Study
    beside: Beside


def read_variances(text: str) -> compute.FloatArray:
    """The variances that were typed."""
    values = tables.read_numbers(text, limit=MOST_VARIANCES, what="list of variances")
    if len(values) < 2:
        raise ValueError("the list of variances needs at least 2 numbers, got 1")
    return np.array(values)


def data_of(settings: TrainingSettings) -> Data:
    """Drawn points with the typed variances, or the learner's own."""
    if settings.data == "variances":
        rng = np.random.default_rng([settings.seed, study.POINTS])
        return study.from_spectrum(read_variances(settings.variances), rng=rng)
    read = tables.read_table(settings.own, max_rows=MOST_ROWS, max_columns=MOST_COLUMNS)
    if len(read.values) < 2 or len(read.names) < 2:
        raise ValueError("own points need at least 2 rows and 2 columns")
    raw = study.from_points(read.values.T)
    factor = LARGEST / float(raw.eigenvalues[0])
    return Data(
        raw.points * np.sqrt(factor), raw.cov * factor, raw.eigenvalues * factor, raw.eigenvectors
    )


def weights_of(settings: TrainingSettings) -> compute.Penalty:
    """λ of both matrices."""
    return compute.penalty(settings.l2, settings.l2_decoder if settings.separate else None)


def step_of(settings: TrainingSettings, data: Data) -> float:
    """The step size, as torch takes it."""
    if settings.optimizer in ONE_POINT:
        return settings.point_step
    if settings.optimizer == "full Adam":
        return study.FAST_STEP
    return settings.step_size * compute.stable_step(data.eigenvalues, weights_of(settings))


def steps_of(settings: TrainingSettings) -> int:
    """How many steps the run takes."""
    return settings.point_steps if settings.optimizer in ONE_POINT else settings.num_steps


def run(settings: TrainingSettings, progress: Progress = quiet) -> Look:
    # Another panel is another look at the same run, which may have taken seconds.
    kept = _kept(settings.model_copy(update={"beside": TrainingSettings().beside}))
    if not kept:
        kept.append(trained(settings, progress))
    return Look(kept[0], settings.beside)


@lru_cache(maxsize=16)
def _kept(_settings: TrainingSettings) -> list[Study]:
    """A place for the run of these settings."""
    return []


def trained(settings: TrainingSettings, progress: Progress = quiet) -> Study:
    """Train as the settings say."""
    data = data_of(settings)
    start = study.start_of(
        data,
        settings.latent_dim,
        aligned=settings.start == "aligned",
        scale=settings.scale,
        decoder_scale=settings.decoder_scale,
        rng=np.random.default_rng(settings.seed),
    )
    last = steps_of(settings)
    linear = settings.axis == "linear"
    record = training.even_steps(last, FRAMES) if linear else training.log_steps(last, LOG_FRAMES)
    return study.study(
        data,
        start,
        weights_of(settings),
        method=METHODS[settings.optimizer],
        step_size=step_of(settings, data),
        record=record,
        rng=np.random.default_rng([settings.seed, study.ORDER]),
        progress=progress,
    )


def film(found: Look, *, phone: bool = False) -> Film:
    return figures.training_film(found.study, found.beside, phone=phone)


def answer(found: Look) -> list[float]:
    return [float(value) for value in found.study.run.decoder_values[-1]]


def derive(found: Look) -> tuple[Line, ...]:
    return derivations.training_lines(found.study)


def slow(settings: TrainingSettings) -> bool:
    if settings.optimizer in ONE_POINT:
        return True
    own = settings.data == "own points"
    return (own and len(settings.own) > LONG_TEXT) or settings.num_steps > (1500 if own else 3000)


def snippet(settings: TrainingSettings) -> str:
    """Two linear layers trained as on the stage; ``answer`` holds W2's singular values."""
    found = run(settings).study
    data, weights, method = found.data, found.weights, found.method
    steps = int(found.run.steps[-1]), found.run.diverged_at
    text = snippets.head(
        data.eigenvalues,
        settings.latent_dim,
        weights,
        seed=settings.seed,
        scale=settings.scale,
        decoder_scale=settings.decoder_scale,
        aligned=settings.start == "aligned",
    )
    text += snippets.optimizer(method, found.step_size, weights) + snippets.LOSS
    if settings.optimizer not in ONE_POINT:
        text += snippets.full(*steps, cosine=method == "fast")
        return text + snippets.tail(weights)
    if settings.data == "own points":
        text += OWN_POINTS.format(seed=settings.seed, order=study.ORDER)
    else:
        text += snippets.gaussian(settings.seed, study.NUM_POINTS, study.POINTS, study.ORDER)
    return text + snippets.pointwise(*steps) + snippets.tail(weights)


OWN_POINTS = """\
# Your points, saved as own.csv (without a header line), centered, scaled and turned.
rows = np.loadtxt("own.csv", delimiter=",")
rows -= rows.mean(axis=0)
values, axes = np.linalg.eigh(rows.T @ rows / len(rows))
points = torch.from_numpy(rows @ axes[:, ::-1] * (4 / values[-1]) ** 0.5)
order = np.random.default_rng([{seed}, {order}])
"""


def agree(settings: TrainingSettings) -> Mapping[str, float]:
    """The minimum of (21) for these data, this k and this λ."""
    values, weights = data_of(settings).eigenvalues, weights_of(settings)
    k = settings.latent_dim
    return {
        "closed form": compute.optimum(values, k, weights).minimum,
        "search by direction": witnesses.by_search(values, k, weights),
        "PyTorch": witnesses.by_torch(values, k, weights),
    }


def values_table(found: Look) -> dict[str, Any]:
    """Every direction of the code: its variance, what theory says, what the run reached."""
    one = found.study
    run, best, data = one.run, one.best, one.data
    return {
        "direction": list(range(1, one.latent_dim + 1)),
        "variance d": data.eigenvalues[: one.latent_dim].tolist(),
        "theory W₂": best.decoder_values.tolist(),
        "W₂": run.decoder_values[-1].tolist(),
        "W₁": run.encoder_values[-1].tolist(),
    }


PRESETS = (
    Preset("Exam 12(b)", {}, "λ = 0.05: six curves become three, and stop at √(1 − λ/d)."),
    Preset(
        "No decay",
        {"l2": 0.0, "decoder_scale": 6.31},
        "λ = 0: no reconstruction is better, and the decoder stays too large for ever.",
    ),
    Preset(
        "Balance law",
        {"decoder_scale": 3.16, "beside": "balance"},
        "On the right a straight line: the imbalance fades as e^(−4λt), whatever the data.",
    ),
    Preset(
        "Subspace, not axes",
        {"decoder_scale": 3.16, "beside": "match with PCA", "num_steps": 2000},
        "The columns are a mixture of the principal components; the SVD of W₂ sorts them out.",
    ),
    Preset(
        "No order without λ",
        {"l2": 0.0, "decoder_scale": 3.16, "beside": "match with PCA", "num_steps": 2000},
        "λ = 0: the same subspace, but now the SVD of W₂ does not find the axes.",
    ),
    Preset(
        "Too much",
        {"l2": 2.0},
        "λ = 2 lies above the third variance, 1.5: the third direction is given up.",
    ),
    Preset(
        "Stages",
        {"start": "aligned", "scale": 0.05, "axis": "linear", "num_steps": 100},
        "From a small start the big directions come first, each on its logistic curve.",
    ),
    Preset(
        "SGD leans",
        {"l2": 0.0, "optimizer": "SGD"},
        "One point a step and no decay: the noise moves size from the encoder to the decoder.",
    ),
    Preset(
        "AdamW",
        {"optimizer": "AdamW", "point_step": 0.00501},
        "AdamW's decay is not the penalty of (21): the values do not stop at the lines.",
    ),
    Preset(
        "Fast solver",
        {"optimizer": "full Adam", "num_steps": 1500},
        "Adam with the full gradient reaches the same minimum: its decay is the penalty of (21).",
    ),
    Preset(
        "Two dimensions",
        {"variances": "4 0.5", "latent_dim": 1},
        "m = 2, k = 1: the column turns into the first principal direction, √(1 − λ/d) long.",
    ),
    Preset(
        "Own points",
        {"data": "own points", "latent_dim": 2},
        "Edit the table below, or upload a CSV.",
    ),
)
FINDINGS = (
    Preset(
        "switch the decay off",
        {"l2": 0.0, "decoder_scale": 6.31},
        "Same reconstruction, but the columns never become orthonormal.",
    ),
    Preset(
        "let λ pass a variance",
        {"l2": 2.0},
        "Direction 3 has d = 1.5 < λ: its singular values go to 0.",
    ),
    Preset(
        "train as the exam says, one point a step",
        {"optimizer": "SGD"},
        "The values hover around the lines: W₂ above, W₁ below.",
    ),
)

VIEW = View(
    key="training",
    label="Training",
    settings=TrainingSettings,
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
