"""The exam's example of batch norm, and the four views around it."""

from typing import Any

import numpy as np

from viz import tables
from viz.batchnorm import (
    batches,
    charts,
    compute,
    derivations,
    family_figures,
    feature,
    figures,
    gaussians,
    pair,
    plane_figures,
    running_figures,
    shapes,
    small_figures,
    snippets,
    tours,
)
from viz.batchnorm.batches import Family, RunningTrace, SmallBatches
from viz.batchnorm.controls import SEED as SEED
from viz.batchnorm.controls import (
    FamilySettings,
    LineSettings,
    PlaneSettings,
    RunningSettings,
    SmallSettings,
)
from viz.batchnorm.feature import Feature, Line1D
from viz.batchnorm.layer import activations
from viz.batchnorm.pair import Plane
from viz.draw.film import Film
from viz.draw.numbers import plain, short
from viz.view import Progress, View, quiet

LARGEST, SMALLEST = 1e9, 1e-9


def run_line(settings: LineSettings, progress: Progress = quiet) -> Line1D:
    del progress
    shape, before = _feature(settings)
    return feature.one_feature(
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
    return shapes.sample_shape(values), Feature(
        float(values.mean()), float(values.std()), len(values)
    )


def _columns(text: str, columns: tuple[int, ...], *, least: int) -> np.ndarray[Any, Any]:
    table = tables.read_table(text, max_rows=compute.MAX_ROWS, max_columns=compute.MAX_COLUMNS)
    width = len(table.names)
    if max(columns) > width:
        raise ValueError(f"column must be at most {width}, got {max(columns)}")
    if len(table.values) < least:
        raise ValueError(f"own data need at least {least} rows, got {len(table.values)}")
    chosen = table.values[:, [column - 1 for column in columns]]
    _check_sizes(chosen, columns)
    return chosen


def _check_sizes(values: np.ndarray[Any, Any], columns: tuple[int, ...]) -> None:
    """Squares of the numbers must be finite, and those of their distances above rounding."""
    largest = float(np.abs(values).max())
    if largest > LARGEST:
        raise ValueError(
            f"own data must be at most {plain(LARGEST)} in size, got {short(largest, 3)}"
        )
    for column, spread in zip(columns, np.ptp(values, axis=0), strict=True):
        if spread == 0:
            raise ValueError(
                f"own data have zero variance: all values of column {column} are equal"
            )
        if spread < SMALLEST:
            raise ValueError(
                f"own data must differ by at least {plain(SMALLEST)}, "
                f"got {short(float(spread), 3)} in column {column}"
            )


def answer_line(result: Line1D) -> list[float]:
    mean, std = result.final.moments(result.before)
    return [mean, std, float(result.final.lands(result.before, 1))]


def run_plane(settings: PlaneSettings, progress: Progress = quiet) -> Plane:
    del progress
    compare = "" if settings.compare == "nothing" else settings.compare
    gamma, beta = (settings.gamma_1, settings.gamma_2), (settings.beta_1, settings.beta_2)
    if settings.data == "own":
        values = _columns(settings.own, (settings.first, settings.second), least=3)
        origin, swept, rows = pair.own_input(values), None, len(values)
    else:
        unit = np.random.default_rng(settings.seed).normal(size=(200, 2))
        cov = gaussians.covariance_of((settings.std_1, settings.std_2), settings.rho)
        origin = pair.gaussian_input((settings.mean_1, settings.mean_2), cov, unit)
        swept, rows = (unit if settings.play == "correlation" else None), None
    return pair.two_features(
        origin, gamma=gamma, beta=beta, compare=compare, unit=swept, count=rows
    )


def answer_plane(result: Plane) -> list[float]:
    axes = result.final.ellipse
    return [axes.a, axes.b]


def run_small(settings: SmallSettings, progress: Progress = quiet) -> SmallBatches:
    del progress
    return batches.small_batches(pinned=settings.pinned, seed=settings.seed)


def run_running(settings: RunningSettings, progress: Progress = quiet) -> RunningTrace:
    del progress
    return batches.running_trace(
        mean=settings.mean,
        var=settings.variance,
        momentum=settings.momentum,
        batch_size=int(settings.batch_size),
        eps=1e-5,
        seed=settings.seed,
    )


def run_family(settings: FamilySettings, progress: Progress = quiet) -> Family:
    del progress
    return batches.family(groups=int(settings.groups), eps=1e-5)


def more_small(result: SmallBatches, *, phone: bool = False) -> tuple[Film, ...]:
    return (charts.gap_by_size(result, phone=phone),)


def more_plane(_result: Plane, *, phone: bool = False) -> tuple[Film, ...]:
    layer = activations()
    return (
        charts.real_layer(layer, phone=phone),
        charts.layer_correlations(layer, phone=phone),
    )


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="line",
        label="1-D",
        settings=LineSettings,
        run=run_line,
        film=figures.one_feature,
        table=figures.table,
        answer=answer_line,
        snippet=lambda s: snippets.line(run_line(s)),
        derive=derivations.line,
        agree=lambda s: snippets.agree_line(run_line(s)),
        presets=tours.LINE_PRESETS,
        findings=tours.LINE_FINDINGS,
    ),
    View(
        key="plane",
        label="2-D",
        settings=PlaneSettings,
        run=run_plane,
        film=plane_figures.two_features,
        table=plane_figures.table,
        answer=answer_plane,
        snippet=lambda s: snippets.plane(run_plane(s)),
        derive=derivations.plane,
        agree=lambda s: snippets.agree_plane(run_plane(s)),
        more=more_plane,
        presets=tours.plane_presets(SEED.presets_2d),
        findings=tours.PLANE_FINDINGS,
    ),
    View(
        key="small",
        label="Small batches",
        settings=SmallSettings,
        run=run_small,
        film=small_figures.small_batches,
        table=small_figures.table,
        answer=lambda result: result.sizes[small_figures.START].largest,
        snippet=lambda _: snippets.small(),
        derive=derivations.small,
        agree=lambda _: snippets.agree_small(),
        more=more_small,
        findings=tours.SMALL_FINDINGS,
    ),
    View(
        key="running",
        label="Train vs eval",
        settings=RunningSettings,
        run=run_running,
        film=running_figures.running_statistics,
        table=running_figures.table,
        answer=lambda result: [float(result.mean[-1]), float(result.var[-1])],
        snippet=snippets.running,
        derive=derivations.running,
        agree=lambda s: snippets.agree_running(s, run_running(s)),
        findings=tours.RUNNING_FINDINGS,
    ),
    View(
        key="family",
        label="Norm family",
        settings=FamilySettings,
        run=run_family,
        film=family_figures.norm_family,
        table=family_figures.table,
        answer=lambda result: [float(norm.y.flat[0]) for norm in result.norms],
        snippet=lambda s: snippets.family(int(s.groups)),
        derive=derivations.family,
        agree=lambda s: snippets.agree_family(int(s.groups)),
        findings=tours.FAMILY_FINDINGS,
    ),
)
