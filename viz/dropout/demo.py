"""The views of dropout: the cost under masks, weights over p, masks, units and training."""

from dataclasses import replace
from typing import Any

import numpy as np

from viz.draw.film import Film
from viz.dropout import (
    derivations,
    descent_figures,
    figures,
    mask_figures,
    parabola_figures,
    path_figures,
    results,
    slices,
    snippets,
    unit_figures,
    witnesses,
)
from viz.dropout.inputs import OVERLAPPING, SEED, sample_of
from viz.dropout.results import Cost, Path
from viz.dropout.trials import (
    CostSettings,
    MaskSettings,
    PathSettings,
    TrainSettings,
    UnitSettings,
    long_text,
    run_cost,
    run_masks,
    run_path,
    run_train,
    run_units,
    slow_cost,
)
from viz.view import Preset, View

__all__ = [
    "SEED",
    "VIEWS",
    "CostSettings",
    "MaskSettings",
    "PathSettings",
    "TrainSettings",
    "UnitSettings",
    "sample_of",
]


def more_cost(result: Cost, *, phone: bool = False) -> tuple[Film, ...]:
    found = slices.cost_slice(result, np.random.default_rng(0))
    return (parabola_figures.parabola(found, phone=phone),)


def more_path(result: Path, *, phone: bool = False) -> tuple[Film, ...]:
    return path_figures.errors_and_freedom(result, phone=phone)


EXAM_PRESETS = (
    Preset("Exam 11(a)", {}, "Half of all entries kept: Γ is the diagonal of column lengths."),
    Preset(
        "Exam 11(c): lengths 1, 5, 10",
        {"data": "unequal", "num_features": 3},
        "Columns of length 1, 5 and 10 all get the same length.",
    ),
)
DATA_PRESETS = (
    Preset("Twin columns", {"data": "twins"}, "Feature 2 is a copy of feature 1."),
    Preset(
        "Already standardized",
        {"standardized": True},
        "All columns have length √n, so dropout is plain ridge with λ = n(1 − p)/p.",
    ),
    Preset("Change of units", {}, "What a new unit changes, and what not.", view="units"),
    Preset("Own data", {"data": "own"}, "Paste your own table below."),
)
ADAPTED = Preset(
    "Two features that overlap",
    {"data": "own", "own": OVERLAPPING},
    "Cosine 0.9. At p = 1 the weights are 1.47 and −0.53, of opposite signs; at p = 0.5 w̌ is "
    "(0.80, 0.44), and as p → 0 it goes to (1, 0.8), each feature alone.",
)


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="cost",
        label="Cost",
        settings=CostSettings,
        run=run_cost,
        film=figures.melting_cost,
        answer=lambda result: [result.loss.total, result.loss.penalty],
        snippet=lambda s: snippets.cost_snippet(sample_of(s), s.keep_prob),
        derive=derivations.cost_lines,
        table=lambda result: {
            "feature": list(result.sample.names),
            "length in X": list(result.fitted.norms),
            "Γ": list(result.fitted.tikhonov),
            "w̌ (training)": list(result.fitted.w_check),
            "w = p w̌": list(result.fitted.weight),
        },
        agree=lambda s: witnesses.cost_agree(run_cost(s)),
        more=more_cost,
        slow=slow_cost,
        presets=(*EXAM_PRESETS, *DATA_PRESETS),
        findings=(
            Preset(
                "about a hundred masks",
                {"draws": 98},
                "A tenth of the masks, an interval some √10 times as wide: ± 4.5, not ± 1.3.",
            ),
            Preset(
                "one mask for all rows",
                {"mask": "shared"},
                "The same formula and a wider funnel: single costs scatter more.",
            ),
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
        film=path_figures.weight_path,
        answer=lambda result: [float(v) for v in result.weight[result.present, :2]],
        snippet=lambda s: snippets.path_snippet(sample_of(s), s.keep_prob),
        derive=derivations.path_lines,
        table=lambda result: {
            "feature": list(result.sample.names),
            "p → 0, alone": list(result.ones),
            **{
                f"w at p = {p:g}": list(result.weight[result.keeps.index(p)])
                for p in sorted({0.1, 0.5, 0.9, 1.0, result.keep_prob})
            },
        },
        agree=lambda s: witnesses.path_agree(run_path(s)),
        slow=long_text,
        more=more_path,
        presets=(
            *(replace(preset, view="cost") for preset in EXAM_PRESETS),
            ADAPTED,
            *DATA_PRESETS,
        ),
        findings=(
            Preset(
                "the far left",
                {},
                "The dotted w̌ has come near the dots: each feature as if it were alone.",
                step=0,
            ),
            Preset(
                "twin columns",
                {"data": "twins", "num_features": 2},
                "Least squares cannot decide; dropout shares equally.",
            ),
            Preset(
                "uncorrelated features",
                {"rho": 0.0},
                "Off the diagonal there is nothing to shrink: w̌ hardly moves.",
            ),
        ),
    ),
    View(
        key="masks",
        label="Masks",
        settings=MaskSettings,
        run=run_masks,
        film=mask_figures.blinking_masks,
        answer=lambda result: float(result.seen[result.pair]),
        snippet=lambda s: snippets.mask_snippet(run_masks(s)),
        derive=derivations.mask_lines,
        table=lambda result: {
            "feature": list(result.sample.names),
            "cosine with the first": list(result.gram[0]),
            "as training sees it": list(result.seen[0]),
        },
        agree=lambda s: witnesses.mask_agree(run_masks(s)),
        slow=long_text,
        findings=(
            Preset("p = 0.1", {"keep_prob": 0.1}, "The columns look nearly orthogonal."),
            Preset("p = 1", {"keep_prob": 1.0}, "Nothing is erased."),
            Preset("two features", {"num_features": 2}, "The smallest case."),
        ),
    ),
    View(
        key="units",
        label="Units",
        settings=UnitSettings,
        run=run_units,
        film=unit_figures.change_of_units,
        answer=lambda result: [float(result.changes[m][0]) for m in results.METHODS],
        snippet=lambda s: snippets.unit_snippet(sample_of(s), s.keep_prob, s.l2),
        derive=derivations.unit_lines,
        table=lambda result: {
            "method": list(results.METHODS),
            "feature 1 × 0.01": [float(result.changes[m][0]) for m in results.METHODS],
            "feature 1 × 100": [float(result.changes[m][-1]) for m in results.METHODS],
            "means shifted": [result.shifted[m] for m in results.METHODS],
        },
        agree=lambda s: witnesses.unit_agree(sample_of(s), s.keep_prob),
        slow=long_text,
        findings=(
            Preset(
                "a hundredth",
                {},
                "Feature 1 becomes tiny, its weight dear: ridge all but loses it.",
                step=0,
            ),
            Preset(
                "weak ridge",
                {"l2": 0.1},
                "A weak penalty hardly notices larger numbers, but × 0.01 moves ridge by 39.5%.",
                step=0,
            ),
            Preset(
                "shifted means",
                {"keep_prob": 0.1},
                "The stronger dropout is, the more it notices a shift of the means: 38.7%, and "
                "13.9% at p = 0.5.",
            ),
        ),
    ),
    View(
        key="train",
        label="Training",
        settings=TrainSettings,
        run=run_train,
        film=descent_figures.descent_under_masks,
        answer=lambda result: [float(v) for v in result.target[:2]],
        snippet=lambda s: snippets.train_snippet(sample_of(s), s.keep_prob, s.inverted),
        derive=derivations.train_lines,
        table=lambda result: {
            "feature": list(result.sample.names),
            "average of the iterates": list(result.descent.averaged[-1]),
            "closed form": list(result.target),
            "other convention": list(result.other),
        },
        agree=lambda s: witnesses.train_agree(run_train(s)),
        slow=lambda s: s.num_steps > 3000 or long_text(s),
        findings=(
            Preset("inverted dropout", {"inverted": True}, "It lands on p w̌ instead of w̌."),
            Preset(
                "single examples",
                {"batch_size": 1},
                "A wild path; its average ends 9.5% away, not 3.5% as with batches of 16.",
            ),
            Preset("keep everything", {"keep_prob": 1.0}, "Plain descent to least squares."),
        ),
    ),
)
