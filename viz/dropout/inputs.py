"""The exam's relations, and the data that every view of dropout starts from."""

from typing import Literal

import numpy as np

from viz import seeds, tables
from viz.dropout import samples
from viz.dropout.samples import Sample
from viz.settings import BaseSettings, choice, number, own_data, switch

EXAMPLE = """hours, sleep, marks
1, 8, 40
2, 7, 55
3, 7, 52
4, 6, 61
5, 6, 70
6, 5, 88
"""
# Columns of length 1 with the cosine 0.9, and X'y = (1, 0.8).
OVERLAPPING = """x1, x2, y
1, 0.9, 1
0, 0.4358898944, -0.2294157339
0, 0, 0
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
        hint="A table with a header line; the last column is y, the others are the features. "
        "3 to 20 000 rows, at most 50 features.",
        upload=("csv", "txt"),
    )


def sample_of(settings: DataSettings) -> Sample:
    """The data that the settings describe."""
    sample = _own(settings.own) if settings.data == "own" else _made(settings)
    if not settings.standardized:
        return sample
    z, mean, std = samples.standardize(sample.x)
    test = None
    if sample.x_test is not None:
        test = (sample.x_test - mean) / np.where(std > 0, std, 1.0)
    y, level = samples.centered(sample.y)
    y_test = None if sample.y_test is None else sample.y_test - level
    return Sample(z, y, test, y_test, sample.true_weight, sample.names)


def _made(settings: DataSettings) -> Sample:
    return samples.make_data(
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
    table = tables.read_table(text, max_rows=samples.MAX_ROWS, max_columns=samples.MAX_COLUMNS + 1)
    if len(table.names) < 2:
        raise ValueError(f"own data need at least 2 columns, got {len(table.names)}")
    x, y = samples.check(table.values[:, :-1], table.values[:, -1])
    samples.check_sizes(x, y)
    return Sample(x, y, None, None, None, table.names[:-1])
