"""The exam's numbers, and what a reader may change in each view."""

from typing import Literal

from viz import seeds
from viz.settings import BaseSettings, choice, number, own_data, switch

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
        step=0.1,
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


class PlaneSettings(BaseSettings):
    """Two features; gamma 1 and beta 0 are part (b)'s."""

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
        low=-0.99,
        high=0.99,
        step=0.01,
        when={"data": ("given",), "play": ("stages",)},
    )
    compare: Literal["nothing", "ZCA", "PCA"] = choice(
        "nothing", key="with", label="Compare with whitening"
    )
    play: Literal["stages", "correlation"] = choice(
        "stages", key="sweep", label="Play", when={"data": ("given",)}
    )
    gamma_1: float = number(1, key="g1", label="Scale γ of feature 1", low=-3, high=3, step=0.1)
    gamma_2: float = number(1, key="g2", label="Scale γ of feature 2", low=-3, high=3, step=0.1)
    beta_1: float = number(0, key="b1", label="Shift β of feature 1", low=-10, high=10, step=0.1)
    beta_2: float = number(0, key="b2", label="Shift β of feature 2", low=-10, high=10, step=0.1)
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


class RunningSettings(BaseSettings):
    """Running statistics."""

    mean: float = number(ONE.mean, key="m", label="Mean μ", low=-10, high=10, step=0.1)
    variance: float = number(ONE.variance, key="v", label="Variance σ²", low=1e-6, high=25, log=4)
    momentum: float = number(0.1, key="mom", label="Momentum", low=0.01, high=1, step=0.01)
    batch_size: Size = choice("32", key="n", label="Batch size")
    seed: int = number(0, key="seed", label="Seed of the dots", low=0, high=999, box=True)


class FamilySettings(BaseSettings):
    """The family of norms; the norm is what the bar moves."""

    groups: Literal["1", "2", "4"] = choice("2", key="groups", label="Groups of group norm")
