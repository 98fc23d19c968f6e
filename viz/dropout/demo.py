"""Dropout on the inputs of least squares: the exam's relations on data of ours."""

from typing import Any, Literal

import numpy as np

from viz import seeds, tables
from viz.draw.film import Film
from viz.dropout import compute, figures, more_figures, results, texts
from viz.dropout.compute import Sample
from viz.dropout.results import Cost, Masks, Path, Training, Units
from viz.settings import BaseSettings, choice, number, own_data, switch
from viz.view import Preset, Progress, View, quiet

EXAMPLE = """hours, sleep, marks
1, 8, 40
2, 7, 55
3, 7, 52
4, 6, 61
5, 6, 70
6, 5, 88
"""
UNEQUAL = (1.0, 5.0, 10.0, 3.0, 14.0, 7.0)
Data = Literal["correlated", "unequal", "twins", "own"]
MADE = ("correlated", "unequal", "twins")


class Relation(seeds.SeedModel):
    """The exam's relations, as formulas."""

    weights: str
    gamma: str
    x_tilde: str


class Small(seeds.SeedModel):
    """A data set small enough to check by hand."""

    x: tuple[tuple[float, ...], ...]
    y: tuple[float, ...]
    weight: tuple[float, ...]


class Exam(seeds.SeedModel):
    """The whole seed file."""

    keep_probability: str
    accepted_scale: bool
    column_norm_constant: str
    relation: Relation
    small: Small


SEED = seeds.load("dropout", Exam)


class DataSettings(BaseSettings):
    """The data of every view."""

    keep_prob: float = number(
        0.5,
        key="p",
        label="Keep probability p",
        low=0.02,
        high=1,
        step=0.01,
        hint="The exam's p: the chance that an entry stays. PyTorch's Dropout takes 1 − p.",
    )
    data: Data = choice("correlated", key="data", label="Data")
    num_features: int = number(6, key="d", label="Features d", low=2, high=20, when={"data": MADE})
    rho: float = number(
        0.9,
        key="rho",
        label="Correlation ρ",
        low=0,
        high=0.99,
        step=0.01,
        when={"data": ("correlated", "unequal")},
    )
    num_rows: int = number(
        200, key="n", label="Examples n", low=10, high=2000, log=4, when={"data": MADE}
    )
    noise: float = number(
        1.0, key="noise", label="Noise", low=0, high=5, step=0.1, when={"data": MADE}
    )
    shift: float = number(
        0.0, key="shift", label="Mean shift", low=0, high=5, step=0.1, when={"data": MADE}
    )
    standardized: bool = switch(False, key="std", label="Standardize first")
    seed: int = number(0, key="seed", label="Seed", low=0, high=9999, box=True)
    own: str = own_data(
        example=EXAMPLE,
        limit=1_000_000,
        when={"data": ("own",)},
        hint="A table with a header line; the last column is y, the others are the features.",
        upload=("csv", "txt"),
    )


def sample_of(settings: DataSettings) -> Sample:
    """The data that the settings describe."""
    sample = _own(settings.own) if settings.data == "own" else _made(settings)
    if not settings.standardized:
        return sample
    z, mean, std = compute.standardize(sample.x)
    test = None
    if sample.x_test is not None:
        test = (sample.x_test - mean) / np.where(std > 0, std, 1.0)
    return Sample(
        z,
        sample.y - sample.y.mean(),
        test,
        None if sample.y_test is None else sample.y_test - sample.y.mean(),
        sample.true_weight,
        sample.names,
    )


def _made(settings: DataSettings) -> Sample:
    return compute.make_data(
        num_rows=settings.num_rows,
        num_features=settings.num_features,
        rho=settings.rho,
        noise=settings.noise,
        shift=settings.shift,
        twin=settings.data == "twins",
        norms=UNEQUAL if settings.data == "unequal" else (),
        rng=np.random.default_rng(settings.seed),
    )


def _own(text: str) -> Sample:
    table = tables.read_table(text, max_rows=compute.MAX_ROWS, max_columns=compute.MAX_COLUMNS + 1)
    if len(table.names) < 2:
        raise ValueError(f"own data need at least 2 columns, got {len(table.names)}")
    x, y = compute.check(table.values[:, :-1], table.values[:, -1])
    return Sample(x, y, None, None, None, table.names[:-1])


class CostSettings(DataSettings):
    """The cost under random masks; columns of unequal length show what Γ does."""

    data: Data = choice("unequal", key="cols", label="Data")
    draws: int = number(1000, key="N", label="Random masks", low=10, high=20_000, log=3)
    mask: Literal["per entry", "shared"] = choice(
        "per entry", key="mask", label="Mask", hint="shared: one mask a draw for all rows."
    )


def run_cost(settings: CostSettings, progress: Progress = quiet) -> Cost:
    progress(0.1, "drawing masks")
    return results.cost(
        sample_of(settings),
        keep_prob=settings.keep_prob,
        draws=settings.draws,
        shared=settings.mask == "shared",
        rng=np.random.default_rng(settings.seed + 1),
    )


def slow_cost(settings: CostSettings) -> bool:
    """More than about 100 ms of masks."""
    if settings.mask == "shared":
        return False
    rows = (
        compute.MAX_ROWS
        if settings.data == "own" and len(settings.own) > 20_000
        else settings.num_rows
    )
    return settings.draws * rows * settings.num_features > 6_000_000


class PathSettings(DataSettings):
    """Weights over p; p is what the bar moves."""


def run_path(settings: PathSettings, progress: Progress = quiet) -> Path:
    del progress
    return results.path(sample_of(settings), keep_prob=settings.keep_prob)


class MaskSettings(DataSettings):
    """Masks; the mask is what the bar moves."""


def run_masks(settings: MaskSettings, progress: Progress = quiet) -> Masks:
    del progress
    rng = np.random.default_rng(settings.seed + 1)
    return results.masks(sample_of(settings), keep_prob=settings.keep_prob, rng=rng)


class UnitSettings(DataSettings):
    """A change of units; the unit is what the bar moves."""

    l2: float = number(200.0, key="l2", label="Ridge λ", low=0.1, high=1000, log=3)


def run_units(settings: UnitSettings, progress: Progress = quiet) -> Units:
    del progress
    return results.units(sample_of(settings), keep_prob=settings.keep_prob, l2=settings.l2)


class TrainSettings(DataSettings):
    """Descent under masks; the step is what the bar moves."""

    inverted: bool = switch(
        False, key="inv", label="Inverted dropout", hint="Divide the mask by p, as PyTorch does."
    )
    num_steps: int = number(1500, key="steps", label="Steps", low=200, high=20_000, log=3)
    batch_size: int = number(16, key="batch", label="Batch size", low=1, high=64, log=3)


def run_train(settings: TrainSettings, progress: Progress = quiet) -> Training:
    progress(0.1, "training")
    return results.training(
        sample_of(settings),
        keep_prob=settings.keep_prob,
        inverted=settings.inverted,
        num_steps=settings.num_steps,
        batch_size=settings.batch_size,
        rng=np.random.default_rng(settings.seed + 1),
    )


def more_path(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    return more_figures.errors_and_freedom(result, phone=phone)


DATA_PRESETS = (
    Preset(
        "Exam 11(c): unequal columns",
        {"data": "unequal", "num_features": 3},
        "Columns of length 1, 5 and 10 all get the same length.",
    ),
    Preset("Twin columns", {"data": "twins"}, "Feature 2 is a copy of feature 1."),
    Preset("Already standardized", {"standardized": True}, "Now dropout is plain ridge."),
    Preset("Own data", {"data": "own"}, "Paste your own table below."),
)

VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="cost",
        label="Cost",
        settings=CostSettings,
        run=run_cost,
        film=figures.melting_cost,
        answer=lambda result: [result.loss.total, result.loss.penalty],
        snippet=lambda s: texts.cost_snippet(sample_of(s), s.keep_prob),
        derive=texts.cost_lines,
        agree=lambda s: texts.cost_agree(run_cost(s)),
        slow=slow_cost,
        presets=DATA_PRESETS,
        findings=(
            Preset(
                "unequal columns",
                {"data": "unequal", "num_features": 3},
                "Lengths 1, 5 and 10 come out equal.",
            ),
            Preset("one mask for all rows", {"mask": "shared"}, "The same mean, a wider funnel."),
            Preset(
                "keep nearly all",
                {"keep_prob": 0.98},
                "The penalty fades: with p = 1 this is least squares.",
            ),
        ),
    ),
    View(
        key="path",
        label="Weights over p",
        settings=PathSettings,
        run=run_path,
        film=figures.weight_path,
        answer=lambda result: [
            float(v)
            for v in compute.tikhonov(
                result.sample.x, result.sample.y, keep_prob=result.keep_prob
            ).weight[:2]
        ],
        snippet=lambda s: texts.path_snippet(sample_of(s), s.keep_prob),
        derive=texts.path_lines,
        agree=lambda s: texts.path_agree(run_path(s)),
        more=more_path,
        presets=DATA_PRESETS,
        findings=(
            Preset("the far left", {}, "Each feature is fitted as if it were alone.", step=0),
            Preset(
                "twin columns",
                {"data": "twins", "num_features": 2},
                "Least squares cannot decide; dropout shares equally.",
            ),
            Preset("uncorrelated features", {"rho": 0.0}, "Nothing to shrink: w̌ hardly moves."),
        ),
    ),
    View(
        key="masks",
        label="Masks",
        settings=MaskSettings,
        run=run_masks,
        film=more_figures.blinking_masks,
        answer=lambda result: float(result.gram[0, 1] * result.keep_prob),
        snippet=lambda s: texts.mask_snippet(sample_of(s), s.keep_prob),
        derive=texts.mask_lines,
        agree=lambda s: texts.mask_agree(run_masks(s)),
        findings=(
            Preset("p = 0.1", {"keep_prob": 0.1}, "The features look nearly uncorrelated."),
            Preset("p = 1", {"keep_prob": 1.0}, "Nothing is erased."),
            Preset("two features", {"num_features": 2}, "The smallest case."),
        ),
    ),
    View(
        key="units",
        label="Units",
        settings=UnitSettings,
        run=run_units,
        film=more_figures.change_of_units,
        answer=lambda result: [float(result.changes[m][0]) for m in results.METHODS],
        snippet=lambda s: texts.unit_snippet(sample_of(s), s.keep_prob, s.l2),
        derive=texts.unit_lines,
        agree=lambda s: texts.unit_agree(sample_of(s), s.keep_prob),
        findings=(
            Preset("a hundredth", {}, "Feature 1 becomes tiny: ridge all but loses it.", step=0),
            Preset("weak ridge", {"l2": 0.1}, "A weak penalty hardly notices units."),
            Preset(
                "shifted means",
                {"shift": 3.0},
                "Dropout shrinks columns with a large mean as if they were large.",
            ),
        ),
    ),
    View(
        key="train",
        label="Training",
        settings=TrainSettings,
        run=run_train,
        film=more_figures.descent_under_masks,
        answer=lambda result: [float(v) for v in result.target[:2]],
        snippet=lambda s: texts.train_snippet(sample_of(s), s.keep_prob, s.inverted),
        derive=texts.train_lines,
        agree=lambda s: texts.train_agree(run_train(s)),
        slow=lambda s: s.num_steps > 3000,
        findings=(
            Preset("inverted dropout", {"inverted": True}, "It lands on p w̌ instead of w̌."),
            Preset("single examples", {"batch_size": 1}, "A wild path; the average still arrives."),
            Preset("keep everything", {"keep_prob": 1.0}, "Plain descent to least squares."),
        ),
    ),
)
