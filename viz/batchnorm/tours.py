"""Named states of the controls, and what to try first."""

from collections.abc import Mapping
from typing import Any

from viz.view import Preset

LINE_PRESETS = (
    Preset("Exam 3(a)", {}, "Mean 1.5 and variance 0.16 become mean 3 and variance 1."),
    Preset("Bimodal", {"data": "bimodal", "eps": "0.00001"}, "Two humps before, two humps after."),
    Preset("Skewed", {"data": "skewed", "eps": "0.00001"}, "The long tail stays."),
    Preset(
        "Dead feature",
        {"mean": 0.0, "variance": 1e-6, "eps": "0.00001", "beta": 0.0},
        "With σ = 0.001 and eps = 0.00001 the output's deviation is 0.30, not 1.",
    ),
    Preset("Own data", {"data": "own", "eps": "0.00001"}, "Paste a column of your own below."),
)
LINE_FINDINGS = (
    Preset(
        "move the ruler, not the curve",
        {"relabel": True},
        "The drawing stands still and only the numbers under it change.",
    ),
    Preset("feed in two humps", {"data": "bimodal"}, "Batch norm does not make data Gaussian."),
    Preset(
        "sweep γ through zero",
        {"play": "gamma", "data": "skewed"},
        "A negative γ mirrors the feature; γ = 0 forgets it.",
    ),
)
PLANE_FINDINGS = (
    Preset(
        "compare with whitening",
        {"compare": "ZCA"},
        "ZCA turns the ellipse into a circle; batch norm does not.",
    ),
    Preset(
        "sweep the correlation",
        {"play": "correlation"},
        "Whatever the tilt was, it comes out at exactly ±45°; with ρ = 0, as a circle.",
    ),
    Preset(
        "stretch one feature",
        {"std_1": 4.0, "std_2": 0.3},
        "A nearly flat ellipse comes out at 45° all the same.",
    ),
)
SMALL_FINDINGS = (
    Preset("batches of 2", {}, "Every output is −1 or +1, whatever the data.", step=0),
    Preset("batches of 4", {}, "The law is exactly uniform on ±√3.", step=2),
    Preset("an outlier", {"pinned": 3.0}, "A small batch hides how far out it is.", step=2),
)
RUNNING_FINDINGS = (
    Preset("momentum 1", {"momentum": 1.0}, "Only the last batch is remembered."),
    Preset("momentum 0.01", {"momentum": 0.01}, "After 60 steps it is still far away."),
    Preset("batches of 2", {"batch_size": "2"}, "The statistics never come to rest."),
)
FAMILY_FINDINGS = (
    Preset("one group", {"groups": "1"}, "One group of all channels: layer norm.", step=3),
    Preset("four groups", {"groups": "4"}, "One channel in each: instance norm.", step=3),
    Preset("RMS norm", {}, "Nothing is subtracted, so positive numbers stay positive.", step=4),
)
_TWO = (
    ("Axis-aligned", "axis_aligned", "No correlation: circles come out."),
    ("Correlated", "correlated", "An ellipse stays an ellipse."),
    ("Negative ρ", "negative", "The ellipse tilts to −45°."),
)


def plane_presets(seeds: Mapping[str, Any]) -> tuple[Preset, ...]:
    """The seed file's examples for part (b), one with a mirror, and own data."""
    made = []
    for label, name, words in _TWO:
        two = seeds[name]
        values = {
            "mean_1": two.mean[0],
            "mean_2": two.mean[1],
            "std_1": two.std[0],
            "std_2": two.std[1],
            "rho": two.rho,
        }
        made.append(Preset(label, values, words))
    mirror = Preset("Mirrored", {"gamma_1": -1.0}, "One negative γ turns the correlation's sign.")
    return (*made, mirror, Preset("Own data", {"data": "own"}, "Paste two columns of your own."))
