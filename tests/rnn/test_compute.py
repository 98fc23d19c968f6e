"""The recurrent net against torch, polynomials, closed forms and the exam's key."""

import itertools
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz import grammar
from viz.rnn import compute, demo

NAMES = ("w", "u1", "u2", "u3")


def torch_run(inputs, weight, window=None):
    """y and its derivatives by every use of w, by autograd."""
    uses = [torch.tensor(weight, dtype=torch.float64, requires_grad=True) for _ in inputs]
    state = torch.zeros((), dtype=torch.float64)
    for k, (u, w) in enumerate(zip(inputs, uses, strict=True)):
        if window is not None and k == len(inputs) - window:
            state = state.detach()
        state = w * (u + state)
    grads = torch.autograd.grad(state, uses, allow_unused=True)
    return state.item(), [0.0 if g is None else g.item() for g in grads]


def polynomial(table):
    terms = {}
    for power, row in enumerate(table):
        for k, factor in enumerate(row):
            if factor:
                exponents = (power, *(int(j == k) for j in range(3)))
                terms[exponents] = factor
    return grammar.Polynomial(NAMES, terms)


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("t", "t"),
        ("y", "y"),
        ("dy_dw", "dw"),
        ("edge_left", "edge1"),
        ("edge_middle", "edge2"),
        ("edge_right", "edge3"),
    ],
)
def test_the_exams_polynomials_come_out(name, node):
    assert compute.symbols(3)[node] == polynomial(getattr(demo.SEED.exam.key, name))


def test_the_exams_powers_of_w_come_out():
    known = compute.symbols(3)
    powers = demo.SEED.exam.key.power_of_w
    for name, node in (("dt", "da3"), ("ds", "dh2"), ("dr", "da2"), ("dq", "dh1"), ("dp", "da1")):
        assert known[node] == grammar.read_polynomial(f"w^{powers[name]}", NAMES)


CASES = [
    ([1, 2, 3], 2, [1, 2, 4, 8, 11, 22], [2, 2, 4, 4, 8], [4, 8, 11], 23),
    (
        [1, 2, 3],
        0.5,
        [1, 0.5, 2.5, 1.25, 4.25, 2.125],
        [0.5, 0.5, 0.25, 0.25, 0.125],
        [0.25, 1.25, 4.25],
        5.75,
    ),
    ([3, -1, 2], -1, [3, -3, -4, 4, 6, -6], [-1, -1, 1, 1, -1], [3, 4, 6], 13),
    ([2, 0, -1], 1, [2, 2, 2, 2, 1, 1], [1, 1, 1, 1, 1], [2, 2, 1], 5),
]


@pytest.mark.parametrize(("inputs", "weight", "values", "derivatives", "edges", "dw"), CASES)
def test_numbers_of_three_steps(inputs, weight, values, derivatives, edges, dw):
    ahead, back = compute.forward(inputs, weight), compute.backward(inputs, weight)
    chain = [v for pair in zip(ahead.sums, ahead.hidden_state, strict=True) for v in pair]
    assert chain == pytest.approx(values)
    found = [back.da[2], back.dh[1], back.da[1], back.dh[0], back.da[0]]
    assert found == pytest.approx(derivatives)
    assert back.edges == pytest.approx(edges)
    assert back.dw == pytest.approx(dw)
    y, grads = torch_run(inputs, float(weight))
    assert y == pytest.approx(ahead.y)
    assert grads == pytest.approx(edges)
    at = dict(zip(NAMES, [weight, *inputs], strict=True))
    assert compute.symbols(3)["dw"].evaluate(at) == pytest.approx(dw)


def test_four_steps():
    back = compute.backward([1, 2, 3, 4], 0.5)
    assert compute.forward([1, 2, 3, 4], 0.5).y == pytest.approx(3.0625)
    assert back.edges == pytest.approx([0.125, 0.625, 2.125, 6.125])
    assert back.dw == pytest.approx(9)


@pytest.mark.parametrize(
    ("weight", "y", "dw", "first"),
    [
        (0.5, 1, 4, 7.88860905e-31),
        (0.9, 8.99976095, 99.9707825, 2.65613989e-05),
        (1, 100, 5050, 1),
        (1.1, 151575.736, 12402651.1, 13780.6123),
        (1.5, 1.21968353e18, 7.96859908e19, 4.06561178e17),
    ],
)
def test_a_hundred_steps(weight, y, dw, first):
    ones = [1.0] * 100
    back = compute.backward(ones, weight)
    assert compute.forward(ones, weight).y == pytest.approx(y, rel=1e-8)
    assert back.dw == pytest.approx(dw, rel=1e-8)
    assert back.da[0] == pytest.approx(first, rel=1e-8)
    assert compute.geometric(weight, 100) == pytest.approx((y, dw), rel=1e-6)


@pytest.mark.parametrize(
    ("window", "value", "share"),
    [
        (1, 8.78423345, 0.138276),
        (5, 34.8721673, 0.548935),
        (10, 52.9744905, 0.833889),
        (20, 63.5270036, 1),
    ],
)
def test_truncation(window, value, share):
    ones = [1.0] * 20
    found = compute.truncated(ones, 0.9, window=window)
    assert found == pytest.approx(value, rel=1e-8)
    assert found / compute.backward(ones, 0.9).dw == pytest.approx(share, abs=1e-6)
    assert sum(torch_run(ones, 0.9, window)[1]) == pytest.approx(value)


def test_share_of_the_last_ten_of_fifty():
    ones = [1.0] * 50
    shares = [
        compute.truncated(ones, w, window=10) / compute.backward(ones, w).dw
        for w in (0.5, 0.9, 1, 1.1, 1.5)
    ]
    assert shares == pytest.approx([0.999023, 0.666787, 0.356863, 0.246082, 0.208333], abs=1e-6)


@pytest.mark.parametrize(
    ("matrix", "norms", "peak", "radius", "top"),
    [
        (
            [[0.9, 0], [0, 0.5]],
            [1, 0.4181238, 0.2465539, 0.02997508, 0.001411865],
            (0, 1),
            0.9,
            0.9,
        ),
        (
            [[0.9, 5], [0, 0.9]],
            [1, 12.02311, 13.94612, 5.02591, 0.4641919],
            (9, 13.97402),
            0.9,
            5.15706605,
        ),
        (
            [[1.1, 0], [0, 0.7]],
            [1, 1.144987, 1.834162, 12.33859, 195.7282],
            (59, 195.7282),
            1.1,
            1.1,
        ),
    ],
)
def test_matrices(matrix, norms, peak, radius, top):
    facts = compute.matrix_facts(matrix)
    np.testing.assert_allclose(facts.norms[[0, 5, 10, 30, 59]], norms, rtol=2e-6)
    assert facts.peak_lag == peak[0]
    assert facts.norms.max() == pytest.approx(peak[1], rel=2e-6)
    assert facts.spectral_radius == pytest.approx(radius)
    assert facts.top_singular_value == pytest.approx(top)
    weight = torch.tensor(matrix, dtype=torch.float64)
    first = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    state = first
    for _ in range(10):
        state = weight @ state
    (state.sum() / 2**0.5).backward()
    assert first.grad.norm().item() == pytest.approx(facts.norms[10])


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 6.28))
def test_a_rotation_keeps_the_norm(angle):
    rotation = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    np.testing.assert_allclose(compute.matrix_facts(rotation).norms, 1, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-9, 9), min_size=1, max_size=12),
    st.floats(-2, 2),
    st.floats(-3, 3),
)
def test_edges_add_up_to_the_derivative(inputs, weight, start):
    back = compute.backward(inputs, weight, start=start)
    step = 1e-6
    up = compute.forward(inputs, weight + step, start=start).y
    down = compute.forward(inputs, weight - step, start=start).y
    scale = max(1.0, abs(back.dw), sum(abs(e) for e in back.edges))
    assert (up - down) / (2 * step) == pytest.approx(back.dw, abs=1e-4 * scale)
    num_steps = len(inputs)
    closed = (
        sum((num_steps - k) * weight ** (num_steps - k - 1) * u for k, u in enumerate(inputs))
        + num_steps * weight ** (num_steps - 1) * start
    )
    assert back.dw == pytest.approx(closed, abs=1e-9 * scale, rel=1e-9)


def test_at_weight_zero_only_the_last_step_counts():
    back = compute.backward([1, 2, 3], 0.0)
    assert back.dh == (0.0, 0.0, 1.0)
    assert back.dw == 3.0


def test_the_cliff():
    impulse = [1.0] + [0.0] * 29
    loss, slope = compute.loss_and_slope(impulse, 1.1, 1.5)
    assert (loss, slope) == pytest.approx((127.19172, 7590.2055), rel=1e-7)
    options = {"target": 1.5, "weight": 1.1, "lr": 0.01}
    free = compute.descent(impulse, **options, num_steps=1)
    assert free[1].weight == pytest.approx(-74.802055, rel=1e-7)
    clipped = compute.descent(impulse, **options, num_steps=199, clip=1.0)
    assert clipped[1].weight == pytest.approx(1.09)
    assert clipped[-1].weight == pytest.approx(1.01, abs=0.011)
    assert all(np.isfinite([s.loss for s in clipped]))


def test_tanh():
    ahead, back = compute.tanh_backward([1, 2, 3], 1.0)
    assert ahead.y == pytest.approx(0.999318548)
    assert back.dh == pytest.approx([2.15886555e-05, 0.00136243962, 1])
    assert back.edges == pytest.approx([9.06668139e-06, 5.9619105e-05, 0.00543892105])
    assert back.dw == pytest.approx(0.00550760684)
    w = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    state = torch.zeros((), dtype=torch.float64)
    for u in (1, 2, 3):
        state = torch.tanh(w * (u + state))
    state.backward()
    assert w.grad.item() == pytest.approx(back.dw)


@pytest.mark.parametrize("value", [0.0, -0.5, 3.0, -20.0, 90.0, 300.0])
def test_the_slope_of_tanh_is_exact_where_tanh_rounds_to_one(value):
    assert compute.tanh_slope(value) == pytest.approx(math.cosh(value) ** -2, rel=1e-12, abs=0)


@pytest.mark.parametrize("weight", [1.2, 1.3])
def test_a_step_from_the_wall_is_kept_where_it_lands(weight):
    impulse = [1.0] + [0.0] * 29
    start, landed = compute.descent(impulse, target=1.5, weight=weight, lr=0.01, num_steps=9)
    assert landed.weight == pytest.approx(weight - 0.01 * start.grad)


def test_of_equal_lags_the_first_is_the_peak():
    turn = [[np.cos(0.5), -np.sin(0.5)], [np.sin(0.5), np.cos(0.5)]]
    assert compute.matrix_facts(turn).peak_lag == 0


@pytest.mark.parametrize("matrix", [[[0.5, -1], [-1, 0.5]], [[1, -1], [-1, 1]], [[0, 2], [0.5, 0]]])
def test_the_average_factor_in_the_far_past_is_at_most_the_spectral_radius(matrix):
    facts = compute.matrix_facts(matrix)
    assert facts.norms[50] <= facts.norms[30] * facts.spectral_radius**20 * (1 + 1e-9)


@pytest.mark.parametrize(
    "text", ["3w²u₁ + 2wu2 + u3", "t + r*w + p*w^2", "(u3+w u2+w^2 u1)+(u2+w u1)w+w^2u1"]
)
def test_equal_polynomials_are_recognized(text):
    given = {name: compute.symbols(3)[name] for name in "pqrst"}
    assert grammar.read_polynomial(text, NAMES, given) == compute.symbols(3)["dw"]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: compute.forward([], 1.0), "the sequence needs at least 1 input"),
        (lambda: compute.forward([1.0] * 201, 1.0), "at most 200 steps, got 201"),
        (lambda: compute.forward([1.0], float("nan")), "w must be a finite number"),
        (lambda: compute.matrix_facts([[1, 2, 3], [4, 5, 6]]), "W must be square, got 2x3"),
        (
            lambda: compute.truncated([1, 2], 1.0, window=3),
            "truncation window must be between 1 and 2",
        ),
        (lambda: grammar.read_polynomial("x+1", NAMES), "cannot read 'x+1'"),
        (lambda: grammar.read_polynomial("(w", NAMES), "a bracket is not closed"),
        (lambda: grammar.read_polynomial("w+", NAMES), "something is missing after '+'"),
        (lambda: grammar.read_polynomial("w^0.5", NAMES), "a power must be a whole number"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


def test_variants_of_the_long_table_can_be_told_apart():
    from viz.rnn import drills

    draws = list(itertools.product(drills.INPUTS, repeat=3))
    passing = sum(drills.is_clear(u, w) for u in draws for w in drills.WEIGHTS)
    assert (passing, len(draws) * len(drills.WEIGHTS)) == (1304, 1715)
