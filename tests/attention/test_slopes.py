import itertools
from decimal import Decimal, localcontext

import numpy as np
import pytest
import torch

from viz.attention.backward import soft_gradients
from viz.attention.compute import inputs_from
from viz.attention.slopes import (
    jacobian,
    limits,
    slope,
    sweep,
    temperature_of_weight,
    temperatures,
)

EXAM = inputs_from(
    [1, 1, 2],
    [[1, 2, 0], [0, 3, 4], [5, 0, 0], [0, 0, 1]],
    [[2, 0, 1], [1, 4, 3], [0, -1, 4], [1, 0, -1]],
)


@pytest.mark.parametrize(
    ("temperature", "size"),
    [
        (0.5, 0.00045429628),
        (1, 0.0956733187),
        (3**0.5, 0.705612971),
        (3, 1.40246537),
        (10, 0.616942795),
        (1e6, 5.29594046e-06),
    ],
)
def test_the_exams_slopes(temperature, size):
    assert slope(EXAM, temperature) == pytest.approx(size, rel=1e-7)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0, 40.0])
def test_the_jacobian_agrees_with_autograd(temperature, scaled):
    rng = np.random.default_rng(8)
    inputs = inputs_from(
        rng.normal(size=4), rng.normal(size=(6, 4)), rng.normal(size=(6, 3)), scaled=scaled
    )
    keys, values = (torch.tensor(np.array(part)) for part in (inputs.keys, inputs.values))
    scale = (0.5 if scaled else 1.0) / temperature

    def output(query):
        return torch.softmax(keys @ query * scale, dim=0) @ values

    expected = torch.autograd.functional.jacobian(output, torch.tensor(np.array(inputs.query)))
    np.testing.assert_allclose(jacobian(inputs, temperature), expected, rtol=1e-9, atol=1e-14)


def test_the_jacobian_holds_the_gradients_of_every_output():
    rows = [soft_gradients(EXAM, unit, temperature=2.0).query for unit in np.eye(3)]
    np.testing.assert_allclose(jacobian(EXAM, 2.0), rows, rtol=1e-12)


def test_a_slope_of_1e_50_keeps_its_digits():
    """Against 120 digits, where nothing cancels."""
    with localcontext(prec=120):
        powers = [(Decimal(float(score)) / Decimal("0.05")).exp() for score in EXAM.scores]
        weights = [power / sum(powers) for power in powers]
        keys = [[Decimal(float(entry)) for entry in key] for key in EXAM.keys]
        values = [[Decimal(float(entry)) for entry in value] for value in EXAM.values]
        total = Decimal(0)
        for r, c in itertools.product(range(3), range(3)):
            mixed = sum(w * v[r] * k[c] for w, v, k in zip(weights, values, keys, strict=True))
            mean_value = sum(w * v[r] for w, v in zip(weights, values, strict=True))
            mean_key = sum(w * k[c] for w, k in zip(weights, keys, strict=True))
            total += ((mixed - mean_value * mean_key) / Decimal("0.05")) ** 2
        exact = float(total.sqrt())
    assert slope(EXAM, 0.05) == pytest.approx(exact, rel=1e-12)
    assert exact == pytest.approx(5.6e-50, rel=0.01)


def test_the_top_of_the_exams_slope():
    temperature, size = limits(EXAM).top
    assert temperature == pytest.approx(3.33959, abs=1e-4)
    assert size == pytest.approx(1.42412161, rel=1e-8)
    grid = sweep(EXAM, np.geomspace(0.5, 20, 20_001)).slopes
    assert size == pytest.approx(grid.max(), rel=1e-6)


def test_the_two_ends_follow_their_closed_forms():
    ends = limits(EXAM)
    assert ends.gap == 6
    assert ends.cold == pytest.approx(np.sqrt(27 * 50))
    cold = ends.cold * np.exp(-6 / 0.1) / 0.1
    assert slope(EXAM, 0.1) == pytest.approx(cold, rel=1e-6)
    assert slope(EXAM, 1e6) == pytest.approx(ends.hot / 1e6, rel=1e-4)


@pytest.mark.parametrize(
    ("weight", "temperature"),
    [(0.999, 0.854043864), (0.99, 1.23770967), (0.9, 2.21688366), (0.5, 6.87357464)],
)
def test_the_temperature_of_a_weight(weight, temperature):
    assert temperature_of_weight(EXAM, weight) == pytest.approx(temperature, rel=1e-8)


def test_a_weight_that_is_never_reached_is_refused():
    with pytest.raises(ValueError, match="weight must be above 1/4"):
        temperature_of_weight(EXAM, 0.25)


def test_equal_values_or_one_key_leave_no_slope():
    for inputs in (
        inputs_from([1, 2], [[3, 4]], [[5, 6]]),
        inputs_from([1, 2], [[3, 4], [1, 1]], [[5, 6], [5, 6]]),
    ):
        assert limits(inputs).top is None
        assert slope(inputs, 1.0) == 0


def test_tied_keys_make_a_slope_without_end():
    tied = inputs_from([1, 1], [[2, 0], [0, 2]], [[1, 0], [0, 1]])
    assert limits(tied).top is None
    assert limits(tied).gap is None
    assert slope(tied, 0.01) == pytest.approx(100 * slope(tied, 1.0))


def test_the_grid_of_temperatures_falls_and_holds_the_exams():
    grid = temperatures()
    assert len(grid) == 61
    assert (grid[0], grid[-1]) == (100, 0.05)
    assert (np.diff(grid) < 0).all()
    assert {0.5, 1.0, 3.0, 10.0} <= set(grid.tolist())


def test_the_order_of_the_exams_slopes():
    slopes = {t: slope(EXAM, t) for t in (0.1, 1, 3.3, 100)}
    assert sorted(slopes, key=slopes.get) == [0.1, 100, 1, 3.3]
    assert slopes[0.1] == pytest.approx(3.2e-24, rel=0.02)
    assert slopes[100] == pytest.approx(0.054, rel=0.02)


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ValueError, match="temperature must be positive, got 0"):
        slope(EXAM, 0)
