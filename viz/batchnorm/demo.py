"""The exam's example of batch norm, and the four views around it."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from viz import seeds, tables
from viz.batchnorm import (
    batch_figures,
    charts,
    compute,
    derivations,
    figures,
    results,
    shapes,
    snippets,
)
from viz.batchnorm import batches as batches_
from viz.batchnorm.batches import Family, RunningTrace, SmallBatches
from viz.batchnorm.layer import activations
from viz.batchnorm.results import Feature, Line1D, Plane
from viz.draw.film import Film
from viz.settings import BaseSettings, choice, number, own_data, switch
from viz.view import Preset, Progress, View, quiet

EXAMPLE = """hours, marks
1.5, 40
2.0, 55
2.5, 52
3.0, 61
4.5, 70
5.0, 88
"""
HINT = "Rows of numbers, parted by commas, semicolons, tabs or spaces; a header line may name them."
Data = Literal["normal", "bimodal", "skewed", "own"]
Eps = Literal["0", "0.00000001", "0.00001", "0.001", "0.1"]
Size = Literal["2", "3", "4", "5", "8", "16", "32", "64", "128"]
DRAWN = ("normal", "bimodal", "skewed")


class Exam1D(seeds.SeedModel):
    """Part (a): one Gaussian feature."""

    mean: float
    variance: float
    gamma: float
    beta: float
    ticks_in: tuple[float, ...]
    ticks_out: tuple[float, ...]


class Exam2D(seeds.SeedModel):
    """An example for part (b), whose drawing is not in the text."""

    mean: tuple[float, float]
    std: tuple[float, float]
    rho: float


class Exam(seeds.SeedModel):
    """The whole seed file."""

    exam_1d: Exam1D
    presets_2d: dict[str, Exam2D]


SEED = seeds.load("batchnorm", Exam)
ONE = SEED.exam_1d
TWO = SEED.presets_2d["correlated"]


class LineSettings(BaseSettings):
    """One feature."""

    data: Data = choice("normal", key="data", label="Input")
    mean: float = number(
        ONE.mean, key="m", label="Mean μ", low=-10, high=10, step=0.1, when={"data": DRAWN}
    )
    variance: float = number(
        ONE.variance, key="v", label="Variance σ²", low=1e-6, high=25, log=4, when={"data": DRAWN}
    )
    gamma: float = number(
        ONE.gamma,
        key="g",
        label="Scale γ",
        low=-3,
        high=3,
        step=0.1,
        when={"play": ("stages", "beta")},
    )
    beta: float = number(
        ONE.beta,
        key="b",
        label="Shift β",
        low=-10,
        high=10,
        step=0.25,
        when={"play": ("stages", "gamma")},
    )
    play: Literal["stages", "gamma", "beta"] = choice(
        "stages", key="play", label="Play", hint="What the bar under the picture moves."
    )
    eps: Eps = choice("0", key="eps", label="eps", hint="Added to the variance under the root.")
    relabel: bool = switch(
        False, key="ruler", label="Move the ruler", hint="Keep the picture, relabel the axis."
    )
    column: int = number(
        1, key="col", label="Column", low=1, high=16, box=True, when={"data": ("own",)}
    )
    own: str = own_data(
        example=EXAMPLE, limit=1_000_000, when={"data": ("own",)}, hint=HINT, upload=("csv", "txt")
    )


def run_line(settings: LineSettings, progress: Progress = quiet) -> Line1D:
    del progress
    shape, before = _feature(settings)
    return results.one_feature(
        before,
        shape,
        gamma=settings.gamma,
        beta=settings.beta,
        eps=float(settings.eps),
        play=settings.play,
        relabel=settings.relabel,
    )


def _feature(settings: LineSettings) -> tuple[shapes.Shape, Feature]:
    if settings.data != "own":
        spread = float(np.sqrt(settings.variance))
        return shapes.standard_shape(settings.data), Feature(settings.mean, spread)
    values = _columns(settings.own, (settings.column,), least=2)[:, 0]
    return shapes.sample_shape(values), Feature(float(values.mean()), float(values.std()))


def _columns(text: str, columns: tuple[int, ...], *, least: int) -> np.ndarray[Any, Any]:
    table = tables.read_table(text, max_rows=compute.MAX_ROWS, max_columns=compute.MAX_COLUMNS)
    width = len(table.names)
    if max(columns) > width:
        raise ValueError(f"column must be at most {width}, got {max(columns)}")
    if len(table.values) < least:
        raise ValueError(f"own data need at least {least} rows, got {len(table.values)}")
    return table.values[:, [column - 1 for column in columns]]


def answer_line(result: Line1D) -> list[float]:
    mean, std = result.final.moments(result.before)
    return [mean, std, result.final.scale * result.point + result.final.shift]


class PlaneSettings(BaseSettings):
    """Two features; gamma 1 and beta 0 as in part (b)."""

    data: Literal["given", "own"] = choice("given", key="from", label="Input")
    mean_1: float = number(
        TWO.mean[0], key="m1", label="Mean 1", low=-5, high=5, step=0.1, when={"data": ("given",)}
    )
    mean_2: float = number(
        TWO.mean[1], key="m2", label="Mean 2", low=-5, high=5, step=0.1, when={"data": ("given",)}
    )
    std_1: float = number(
        TWO.std[0], key="s1", label="SD 1", low=0.1, high=4, step=0.1, when={"data": ("given",)}
    )
    std_2: float = number(
        TWO.std[1], key="s2", label="SD 2", low=0.1, high=4, step=0.1, when={"data": ("given",)}
    )
    rho: float = number(
        TWO.rho,
        key="rho",
        label="Correlation ρ",
        low=-0.95,
        high=0.95,
        step=0.05,
        when={"data": ("given",), "play": ("stages",)},
    )
    compare: Literal["nothing", "ZCA", "PCA"] = choice(
        "nothing", key="with", label="Compare with whitening"
    )
    play: Literal["stages", "correlation"] = choice(
        "stages", key="sweep", label="Play", when={"data": ("given",)}
    )
    seed: int = number(0, key="seed", label="Seed of the dots", low=0, high=999, box=True)
    first: int = number(
        1, key="c1", label="First column", low=1, high=16, box=True, when={"data": ("own",)}
    )
    second: int = number(
        2, key="c2", label="Second column", low=1, high=16, box=True, when={"data": ("own",)}
    )
    own: str = own_data(
        example=EXAMPLE, limit=1_000_000, when={"data": ("own",)}, hint=HINT, upload=("csv", "txt")
    )


def run_plane(settings: PlaneSettings, progress: Progress = quiet) -> Plane:
    del progress
    compare = "" if settings.compare == "nothing" else settings.compare
    unit = np.random.default_rng(settings.seed).normal(size=(200, 2))
    if settings.data == "own":
        return _own_plane(settings, compare)
    return results.two_features(
        np.array([settings.mean_1, settings.mean_2]),
        np.array([settings.std_1, settings.std_2]),
        settings.rho,
        unit=unit,
        compare=compare,
        play="rho" if settings.play == "correlation" else "stages",
    )


def _own_plane(settings: PlaneSettings, compare: str) -> Plane:
    values = _columns(settings.own, (settings.first, settings.second), least=3)
    found = compute.moments(values)
    compute.root(found.std**2, 0.0)
    cov = found.correlation * np.outer(found.std, found.std)
    eigenvalues, vectors = np.linalg.eigh(cov)
    root = vectors * np.sqrt(np.maximum(eigenvalues, 1e-12 * eigenvalues[-1]))
    thin = values[:: max(1, len(values) // 300)]
    unit = (thin - found.mean) @ np.linalg.inv(root).T
    return results.two_features(
        found.mean, found.std, float(found.correlation[0, 1]), unit=unit, compare=compare, cov=cov
    )


def answer_plane(result: Plane) -> list[float]:
    axes = result.final.ellipse
    return [axes.a, axes.b]


class SmallSettings(BaseSettings):
    """Small batches; the batch size is what the bar moves."""

    pinned: float = number(
        1.0,
        key="z",
        label="Pinned input, in SD",
        low=-3,
        high=3,
        step=0.25,
        hint="How many standard deviations the followed input lies from the mean.",
    )
    seed: int = number(0, key="seed", label="Seed of the dots", low=0, high=999, box=True)


def run_small(settings: SmallSettings, progress: Progress = quiet) -> SmallBatches:
    del progress
    return batches_.small_batches(pinned=settings.pinned, seed=settings.seed)


class RunningSettings(BaseSettings):
    """Running statistics."""

    mean: float = number(ONE.mean, key="m", label="Mean μ", low=-10, high=10, step=0.1)
    variance: float = number(ONE.variance, key="v", label="Variance σ²", low=1e-6, high=25, log=4)
    momentum: float = number(0.1, key="mom", label="Momentum", low=0.01, high=1, step=0.01)
    batch_size: Size = choice("32", key="n", label="Batch size")
    seed: int = number(0, key="seed", label="Seed of the dots", low=0, high=999, box=True)


def run_running(settings: RunningSettings, progress: Progress = quiet) -> RunningTrace:
    del progress
    return batches_.running_trace(
        mean=settings.mean,
        var=settings.variance,
        momentum=settings.momentum,
        batch_size=int(settings.batch_size),
        eps=1e-5,
        seed=settings.seed,
    )


class FamilySettings(BaseSettings):
    """The family of norms; the norm is what the bar moves."""

    groups: Literal["1", "2", "4"] = choice("2", key="groups", label="Groups of group norm")


def run_family(settings: FamilySettings, progress: Progress = quiet) -> Family:
    del progress
    return batches_.family(groups=int(settings.groups), eps=1e-5)


@dataclass(frozen=True, slots=True)
class _Two:
    label: str
    name: str

    def preset(self, words: str) -> Preset:
        two = SEED.presets_2d[self.name]
        values = {
            "mean_1": two.mean[0],
            "mean_2": two.mean[1],
            "std_1": two.std[0],
            "std_2": two.std[1],
            "rho": two.rho,
        }
        return Preset(self.label, values, words)


def more_small(result: SmallBatches, *, phone: bool = False) -> tuple[Film, ...]:
    return (charts.gap_by_size(result, phone=phone),)


def more_plane(_result: Plane, *, phone: bool = False) -> tuple[Film, ...]:
    return (charts.real_layer(activations(), phone=phone),)


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="line",
        label="1-D",
        settings=LineSettings,
        run=run_line,
        film=figures.one_feature,
        answer=answer_line,
        snippet=lambda s: snippets.line(run_line(s)),
        derive=derivations.line,
        agree=lambda s: snippets.agree_line(run_line(s)),
        presets=(
            Preset("Exam 3(a)", {}, "Mean 1.5 and variance 0.16 become mean 3 and variance 1."),
            Preset("Bimodal", {"data": "bimodal"}, "Two humps before, two humps after."),
            Preset("Skewed", {"data": "skewed"}, "The long tail stays."),
            Preset(
                "Dead feature",
                {"mean": 0.0, "variance": 1e-6, "eps": "0.00001", "beta": 0.0},
                "With σ = 0.001 and eps = 0.00001 the output's deviation is 0.30, not 1.",
            ),
            Preset("Own data", {"data": "own"}, "Paste a column of your own below."),
        ),
        findings=(
            Preset(
                "move the ruler, not the curve",
                {"relabel": True},
                "The drawing stands still and only the numbers under it change.",
            ),
            Preset(
                "feed in two humps",
                {"data": "bimodal"},
                "Batch norm does not make data Gaussian.",
            ),
            Preset(
                "sweep γ through zero",
                {"play": "gamma", "data": "skewed"},
                "A negative γ mirrors the feature; γ = 0 forgets it.",
            ),
        ),
    ),
    View(
        key="plane",
        label="2-D",
        settings=PlaneSettings,
        run=run_plane,
        film=figures.two_features,
        answer=answer_plane,
        snippet=lambda s: snippets.plane(run_plane(s).final),
        derive=derivations.plane,
        agree=lambda s: snippets.agree_plane(run_plane(s).final),
        more=more_plane,
        presets=(
            _Two("Axis-aligned", "axis_aligned").preset("No correlation: circles come out."),
            _Two("Correlated", "correlated").preset("An ellipse stays an ellipse."),
            _Two("Negative ρ", "negative").preset("The ellipse tilts to −45°."),
            Preset("Own data", {"data": "own"}, "Paste two columns of your own below."),
        ),
        findings=(
            Preset(
                "compare with whitening",
                {"compare": "ZCA"},
                "ZCA turns the ellipse into a circle; batch norm does not.",
            ),
            Preset(
                "sweep the correlation",
                {"play": "correlation"},
                "Whatever the tilt was, it comes out at exactly ±45°.",
            ),
            Preset(
                "stretch one feature",
                {"std_1": 4.0, "std_2": 0.3},
                "A nearly flat ellipse comes out at 45° all the same.",
            ),
        ),
    ),
    View(
        key="small",
        label="Small batches",
        settings=SmallSettings,
        run=run_small,
        film=batch_figures.small_batches,
        answer=lambda result: result.sizes[batch_figures.START].largest,
        snippet=lambda _: snippets.small(),
        derive=derivations.small,
        agree=lambda _: snippets.agree_small(),
        more=more_small,
        findings=(
            Preset("batches of 2", {}, "Every output is −1 or +1, whatever the data.", step=0),
            Preset("batches of 4", {}, "The law is exactly uniform on ±√3.", step=2),
            Preset("an outlier", {"pinned": 3.0}, "A small batch hides how far out it is.", step=2),
        ),
    ),
    View(
        key="running",
        label="Train vs eval",
        settings=RunningSettings,
        run=run_running,
        film=batch_figures.running_statistics,
        answer=lambda result: [float(result.mean[-1]), float(result.var[-1])],
        snippet=snippets.running,
        derive=derivations.running,
        agree=lambda s: snippets.agree_running(s, run_running(s)),
        findings=(
            Preset("momentum 1", {"momentum": 1.0}, "Only the last batch is remembered."),
            Preset("momentum 0.01", {"momentum": 0.01}, "After 60 steps it is still far away."),
            Preset("batches of 2", {"batch_size": "2"}, "The statistics never come to rest."),
        ),
    ),
    View(
        key="family",
        label="Norm family",
        settings=FamilySettings,
        run=run_family,
        film=batch_figures.norm_family,
        answer=lambda result: [float(norm.y.flat[0]) for norm in result.norms],
        snippet=lambda s: snippets.family(int(s.groups)),
        derive=derivations.family,
        agree=lambda s: snippets.agree_family(int(s.groups)),
        findings=(
            Preset("one group", {"groups": "1"}, "One group of channels: layer norm.", step=3),
            Preset("four groups", {"groups": "4"}, "One channel each: instance norm.", step=3),
        ),
    ),
)
