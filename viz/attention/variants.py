"""Keys, values and queries that a person can compute with, drawn until the answer is clear."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from viz import tables
from viz.attention.cells import flips
from viz.attention.compute import FloatArray, Inputs, cosines, hard, inputs_from, softmax
from viz.attention.controls import SEED
from viz.attention.findings import LENGTH
from viz.attention.slopes import slope

EXAM = inputs_from(SEED.exam.query, SEED.exam.keys, SEED.exam.values)
EXAM_TEMPERATURES = (0.1, 1.0, 3.3, 100.0)
TEMPERATURES = (0.1, 0.2, 0.5, 1.0, 2.0, 3.3, 5.0, 10.0, 30.0, 100.0)
TRIES = 5000


def vectors(
    rng: np.random.Generator | None, accept: Callable[[Inputs], bool] = lambda _: True
) -> Inputs:
    """The exam's vectors, or random ones whose winner leads by at least 2."""
    if rng is None:
        return EXAM
    for _ in range(TRIES):
        keys, values = rng.integers(-3, 6, (4, 3)), rng.integers(-4, 6, (4, 3))
        inputs = inputs_from(rng.integers(-2, 4, 3), keys, values)
        if _clear(inputs) and accept(inputs):
            return inputs
    raise ValueError("no variant was found")


def _clear(inputs: Inputs) -> bool:
    """Four different keys, none of them 0, four different values, a query, a gap of 2."""
    return (
        len(np.unique(inputs.keys, axis=0)) == 4
        and len(np.unique(inputs.values, axis=0)) == 4
        and bool(inputs.keys.any(axis=1).all())
        and bool(inputs.query.any())
        and hard(inputs).gap >= 2
    )


def one_nearest_wall(inputs: Inputs) -> bool:
    """Whether the two nearest walls differ by at least 0.1 in distance."""
    first, second = np.sort(flips(inputs).distances)[:2]
    return bool(second - first >= 0.1)


def temperature_for(inputs: Inputs, rng: np.random.Generator | None) -> float | None:
    """One of 0.5, 1, 2, 4 at which the winner's weight is between 0.3 and 0.99; None if none is."""
    if rng is None:
        return 2.0
    fitting = [
        tau for tau in (0.5, 1.0, 2.0, 4.0) if 0.3 <= softmax(inputs.scores, tau).max() <= 0.99
    ]
    return float(rng.choice(fitting)) if fitting else None


def has_temperature(inputs: Inputs) -> bool:
    """Whether one of the four temperatures leaves the winner's weight in question."""
    return temperature_for(inputs, np.random.default_rng(0)) is not None


def four_temperatures(inputs: Inputs, rng: np.random.Generator | None) -> tuple[float, ...] | None:
    """Four temperatures whose slopes differ by a factor of 1.5 at least; None if none are found."""
    if rng is None:
        return EXAM_TEMPERATURES
    slopes = {tau: slope(inputs, tau) for tau in TEMPERATURES}
    for _ in range(200):
        chosen = tuple(sorted(float(t) for t in rng.choice(TEMPERATURES, 4, replace=False)))
        sizes = sorted(slopes[tau] for tau in chosen)
        # Falling slopes at every step would make the order that of the temperatures.
        peaked = 0 < int(np.argmax([slopes[tau] for tau in chosen])) < 3
        if peaked and all(b >= 1.5 * a for a, b in pairwise(sizes)):
            return chosen
    return None


def has_temperatures(inputs: Inputs) -> bool:
    """Whether four temperatures can be put in order."""
    return four_temperatures(inputs, np.random.default_rng(0)) is not None


def length_against_direction(rng: np.random.Generator | None) -> Inputs:
    """Vectors for which inner product and cosine pick different keys, the cosine clearly."""
    if rng is None:
        keys, values = (
            tables.read_matrix(str(LENGTH[name]), max_rows=4, max_columns=3)
            for name in ("keys", "values")
        )
        return inputs_from([float(str(LENGTH[f"q{i}"])) for i in (1, 2, 3)], keys, values)
    return vectors(rng, _disagree)


def _disagree(inputs: Inputs) -> bool:
    angles = cosines(inputs)
    best, second = np.sort(angles)[::-1][:2]
    return int(np.argmax(angles)) != hard(inputs).winner and bool(best - second >= 0.01)


def typed(rows: FloatArray) -> str:
    """A matrix as the page's boxes take it."""
    return tables.write_matrix(rows)
