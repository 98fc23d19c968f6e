"""Dropout against enumeration, torch, closed forms and the small data set of the seed."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.dropout import compute, demo, results, rivals, samples
from viz.dropout.descent import sgd

X, Y, W = (np.array(v) for v in (demo.SEED.small.x, demo.SEED.small.y, demo.SEED.small.weight))


@pytest.mark.parametrize(("p", "loss"), [(0.2, 18.81), (0.5, 24.375), (0.8, 27.96), (1, 29.25)])
def test_the_expected_cost(p, loss):
    assert compute.closed_loss(X, Y, W, keep_prob=p).total == pytest.approx(loss)
    assert compute.exact_loss(X, Y, W, keep_prob=p) == pytest.approx(loss)


@pytest.mark.parametrize(
    ("p", "w_check", "weight", "gamma", "norm", "df"),
    [
        (0.2, (0.33975291, 1.13917151), (0.06795058, 0.22783430), (10, 6), 0.5, 0.36482558),
        (0.5, (0.19768935, 1.10141207), (0.09884467, 0.55070603), (5, 3), 1, 0.84467266),
        (0.8, (0.01490919, 1.20764435), (0.01192735, 0.96611548), (2.5, 1.5), 2, 1.39007861),
    ],
)
def test_the_equivalent_ridge_problem(p, w_check, weight, gamma, norm, df):
    found = compute.tikhonov(X, Y, keep_prob=p)
    np.testing.assert_allclose(found.w_check, w_check, rtol=1e-7)
    np.testing.assert_allclose(found.weight, weight, rtol=1e-6)
    np.testing.assert_allclose(found.tikhonov, gamma, rtol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(found.x_tilde, axis=0), norm, rtol=1e-12)
    assert found.norm_after == pytest.approx(norm)
    assert found.df == pytest.approx(df, rel=1e-7)
    loss = compute.closed_loss(X, Y, found.w_check, keep_prob=p)
    ridge = ((Y - X @ found.weight) ** 2).sum() + ((found.tikhonov * found.weight) ** 2).sum()
    assert loss.total == pytest.approx(ridge)


def test_torch_finds_the_same_minimum():
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    optimizer = torch.optim.LBFGS([w], max_iter=100, tolerance_grad=1e-12)

    def closure():
        optimizer.zero_grad()
        loss = ((y - 0.5 * x @ w) ** 2).sum() + 0.25 * ((x**2).sum(0) * w**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    found = compute.dropout_weights(X, Y, keep_prob=0.5)
    np.testing.assert_allclose(w.detach().numpy(), found, atol=1e-8)


def test_both_ends_of_the_path():
    np.testing.assert_allclose(
        compute.dropout_weights(X, Y, keep_prob=1), [-0.21153846, 1.48076923], rtol=1e-7
    )
    np.testing.assert_allclose(
        compute.dropout_weights(X, Y, keep_prob=1e-9), [0.44, 1.22222222], rtol=1e-7
    )


@pytest.mark.parametrize(
    ("p", "expected"),
    [(1, (1.47368421, -0.52631579)), (0.5, (0.80250784, 0.43887147)), (1e-12, (1, 0.8))],
)
def test_co_adaptation_dissolves(p, expected):
    root = np.linalg.cholesky(np.array([[1, 0.9], [0.9, 1]])).T
    y = np.linalg.solve(root.T, np.array([1, 0.8]))
    x, targets = np.vstack([root, np.zeros((1, 2))]), np.append(y, 0)
    np.testing.assert_allclose(
        compute.dropout_weights(x, targets, keep_prob=p), expected, rtol=1e-7
    )


def test_twins_share_equally():
    x = np.array([[1.0, 1], [2, 2], [0, 0]])
    q = 1.7
    y = q * x[:, 0]
    np.testing.assert_allclose(compute.dropout_weights(x, y, keep_prob=0.5), q / 1.5)
    assert "no unique answer" in compute.tikhonov(x, y, keep_prob=1).notices[0]


def test_standardized_columns_make_it_plain_ridge():
    z = samples.standardize(X)[0]
    weight = compute.tikhonov(z, Y, keep_prob=0.5).weight
    np.testing.assert_allclose(weight, [-0.24995194, 0.31889129], rtol=1e-7)
    np.testing.assert_allclose(weight, rivals.ridge(z, Y, l2=3), rtol=1e-9)


problems = st.tuples(
    st.integers(0, 10_000), st.integers(3, 9), st.integers(1, 6), st.floats(0.05, 0.99)
)


def drawn(problem):
    seed, rows, width, p = problem
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, width)), rng.normal(size=rows), rng.normal(size=width), p, rng


@settings(max_examples=40, deadline=None)
@given(problems)
def test_closed_form_equals_enumeration_and_is_stationary(problem):
    x, y, w, p, _ = drawn(problem)
    closed = compute.closed_loss(x, y, w, keep_prob=p).total
    assert closed == pytest.approx(compute.exact_loss(x, y, w, keep_prob=p), rel=1e-10)
    best = compute.dropout_weights(x, y, keep_prob=p)
    slope = -2 * p * x.T @ (y - p * x @ best) + 2 * p * (1 - p) * (x**2).sum(axis=0) * best
    assert np.abs(slope).max() < 1e-8 * max(1.0, float(np.abs(x.T @ y).max()))


@settings(max_examples=40, deadline=None)
@given(problems, st.floats(0.01, 100))
def test_units_do_not_matter(problem, unit):
    x, y, _, p, rng = drawn(problem)
    scale = np.full(x.shape[1], unit) * rng.choice([-1, 1], x.shape[1])
    one = x @ compute.dropout_weights(x, y, keep_prob=p)
    other = x * scale @ compute.dropout_weights(x * scale, y, keep_prob=p)
    np.testing.assert_allclose(one, other, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(problems)
def test_a_path_is_many_solutions_at_once(problem):
    x, y, _, p, _ = drawn(problem)
    found = compute.weight_path(x, y, [p, 1.0])
    np.testing.assert_allclose(
        found.w_check[0], compute.dropout_weights(x, y, keep_prob=p), rtol=1e-6, atol=1e-9
    )
    assert found.df[0] == pytest.approx(compute.tikhonov(x, y, keep_prob=p).df, rel=1e-6)
    assert found.df[1] == compute.tikhonov(x, y, keep_prob=1).df


def test_zero_and_twin_columns_on_a_path():
    x = np.array([[1.0, 1, 0], [2, 2, 0], [0, 1, 0]])
    x[:, 1] = x[:, 0]
    found = compute.weight_path(x, 1.7 * x[:, 0], [0.5, 1.0])
    np.testing.assert_allclose(found.w_check, [[1.7 / 1.5] * 2 + [0], [0.85, 0.85, 0]])


def test_freedom_grows_with_p():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 5)), rng.normal(size=30)
    found = [compute.tikhonov(x, y, keep_prob=p).df for p in (0.1, 0.3, 0.6, 0.9, 1)]
    assert found == sorted(found)
    assert found[-1] == 5


def test_monte_carlo_lands_in_its_own_interval():
    inside = 0
    for seed in range(100):
        trial = compute.monte_carlo(
            X, Y, W, keep_prob=0.5, draws=1000, rng=np.random.default_rng(seed)
        )
        inside += abs(trial.mean - 24.375) < 5 * trial.standard_error
    assert inside == 100
    rng = np.random.default_rng(1)
    few, many = (
        compute.monte_carlo(X, Y, W, keep_prob=0.5, draws=n, rng=rng) for n in (2000, 20_000)
    )
    assert few.standard_error / many.standard_error == pytest.approx(10**0.5, rel=0.15)


def test_the_formula_lies_in_the_95_percent_interval_95_times_in_100():
    inside = 0
    for seed in range(400):
        trial = compute.monte_carlo(
            X, Y, W, keep_prob=0.5, draws=1000, rng=np.random.default_rng([seed, 1])
        )
        inside += abs(trial.mean - 24.375) <= results.NORMAL_95 * trial.standard_error
    # 380 +- 3 standard deviations of a binomial count.
    assert 367 <= inside <= 393


@pytest.mark.parametrize("p", [2**-17, 2**-17 + 2**-16, 0.3, 1 - 2**-18])
@pytest.mark.parametrize("shared", [False, True])
def test_entries_are_kept_with_exactly_the_probability_that_is_asked_for(p, shared):
    # With ones as data and as weight, a draw costs as much as it keeps entries.
    ones, zeros, draws = np.ones((1000, 1)), np.zeros(1000), 20_000
    rng = np.random.default_rng(4)
    trial = compute.monte_carlo(
        ones, zeros, np.ones(1), keep_prob=p, draws=draws, rng=rng, shared=shared
    )
    drawn = draws * (1 if shared else 1000)
    kept = trial.samples.sum() / (1000 if shared else 1)
    assert abs(kept - p * drawn) <= 5 * np.sqrt(p * (1 - p) * drawn) + 1e-6


def test_another_probability_keeps_the_same_random_numbers():
    one, near, far = (
        compute.monte_carlo(X, Y, W, keep_prob=p, draws=1000, rng=np.random.default_rng(5)).samples
        for p in (0.5, 0.5 + 2**-20, 0.51)
    )
    np.testing.assert_array_equal(one, near)
    assert (one == far).mean() > 0.9


def test_with_everything_kept_every_mask_costs_the_same():
    trial = compute.monte_carlo(X, Y, W, keep_prob=1, draws=10, rng=np.random.default_rng(0))
    assert trial.standard_error == 0
    assert (trial.samples == 29.25).all()


@pytest.mark.parametrize(("p", "loss"), [(0.2, 18.81), (0.5, 24.375), (0.8, 27.96)])
def test_a_shared_mask_has_the_same_expectation_by_enumeration(p, loss):
    total = 0.0
    for mask in ((0, 0), (0, 1), (1, 0), (1, 1)):
        chance = np.prod([p if kept else 1 - p for kept in mask])
        total += chance * ((Y - (X * mask) @ W) ** 2).sum()
    assert total == pytest.approx(loss)


@pytest.mark.parametrize(("shared", "spread"), [(False, 10.1188), (True, 14.0139)])
def test_a_shared_mask_has_the_same_mean_and_more_noise(shared, spread):
    rng = np.random.default_rng(2)
    trial = compute.monte_carlo(X, Y, W, keep_prob=0.5, draws=40_000, rng=rng, shared=shared)
    assert abs(trial.mean - 24.375) < 5 * trial.standard_error
    assert trial.samples.std() == pytest.approx(spread, rel=0.03)


@pytest.mark.parametrize("inverted", [False, True])
def test_descent_lands_on_the_closed_form(inverted):
    sample = demo.sample_of(demo.TrainSettings())
    found = results.training(
        sample,
        keep_prob=0.5,
        inverted=inverted,
        num_steps=5000,
        batch_size=16,
        rng=np.random.default_rng(0),
    )
    assert found.distance(-1) < 0.05


def test_both_ends_of_the_default_path():
    found = results.path(demo.sample_of(demo.PathSettings()), keep_prob=0.5)
    np.testing.assert_allclose(found.weight[-1], (1.83, -1.04, 0.36, 0.35, -0.08, 0.17), atol=0.01)
    np.testing.assert_allclose(found.ones, (1.61, 1.28, 1.49, 1.44, 1.38, 1.48), atol=0.01)
    np.testing.assert_allclose(found.w_check[0], found.ones, atol=0.15)


@pytest.mark.parametrize("seed", range(5))
def test_standardized_data_make_dropout_plain_ridge(seed):
    settings = demo.PathSettings(standardized=True, seed=seed, num_rows=50)
    sample = demo.sample_of(settings)
    for p in (0.2, 0.5, 0.9):
        ours = compute.tikhonov(sample.x, sample.y, keep_prob=p).weight
        theirs = rivals.ridge(sample.x, sample.y, l2=len(sample.x) * (1 - p) / p)
        np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_fewer_rows_than_features_have_one_answer():
    sample = demo.sample_of(demo.PathSettings(num_rows=10, num_features=20))
    w = compute.dropout_weights(sample.x, sample.y, keep_prob=0.9)
    slope = 0.9 * (sample.x.T @ sample.x) @ w + 0.1 * (sample.x**2).sum(axis=0) * w
    np.testing.assert_allclose(slope, sample.x.T @ sample.y, atol=1e-8)
    assert compute.tikhonov(sample.x, sample.y, keep_prob=1).notices


def test_which_methods_notice_a_change_of_units():
    found = results.units(demo.sample_of(demo.UnitSettings()), keep_prob=0.5, l2=200.0)
    assert found.changes["dropout"].max() < 1e-9
    assert found.changes["batchnorm + ridge"].max() < 1e-9
    assert found.changes["ridge"].max() > 0.01
    assert found.shifted["batchnorm + ridge"] < 1e-9
    assert found.shifted["dropout"] > 1e-3


@pytest.mark.parametrize(("p", "moves"), [(1, 0.0), (0.5, 0.139), (0.1, 0.387)])
def test_with_an_intercept_only_dropout_notices_a_shift_of_the_means(p, moves):
    shifted = results.units(demo.sample_of(demo.UnitSettings()), keep_prob=p, l2=200.0).shifted
    assert shifted["ridge"] == shifted["batchnorm + ridge"] == 0
    assert shifted["dropout"] == pytest.approx(moves, abs=5e-4)


@settings(max_examples=30, deadline=None)
@given(problems)
def test_dropout_with_an_intercept_is_stationary(problem):
    x, y, _, p, _ = drawn(problem)
    lengths, centered, level = np.linalg.norm(x, axis=0), x - x.mean(axis=0), y - y.mean()
    w = compute.dropout_weights(centered, level, keep_prob=p, lengths=lengths)
    bias = y.mean() - p * x.mean(axis=0) @ w
    miss = y - bias - p * x @ w
    slope = -2 * p * x.T @ miss + 2 * p * (1 - p) * lengths**2 * w
    assert np.abs(slope).max() < 1e-8 * max(1.0, float(np.abs(x.T @ y).max()))
    assert miss.sum() == pytest.approx(0, abs=1e-9)
    options = {"method": "dropout", "keep_prob": p, "l2": 0.0, "intercept": True}
    np.testing.assert_allclose(rivals.predictions(x, y, **options), bias + p * x @ w, atol=1e-9)


@pytest.mark.parametrize("values", [{"noise": 0.0}, {"num_rows": 10, "num_features": 20}])
def test_a_perfect_fit_costs_nothing(values):
    result = demo.VIEWS[0].run(demo.CostSettings(keep_prob=1.0, **values))
    assert result.loss.total == 0
    assert not result.running.any()


@pytest.mark.parametrize("inverted", [False, True])
def test_the_expected_average_is_the_mean_over_many_runs(inverted):
    x = X * np.array([1.0, 0.3])
    options = {"num_steps": 60, "batch_size": 2, "inverted": inverted, "frames": 2}
    ends = [
        sgd(x, Y, keep_prob=0.6, rng=np.random.default_rng(seed), **options) for seed in range(400)
    ]
    averages = np.array([run.averaged[-1] for run in ends])
    error = averages.std(axis=0) / np.sqrt(len(averages))
    assert (np.abs(averages.mean(axis=0) - ends[0].expected) < 4 * error).all()


def test_constant_columns_become_zeros_whatever_their_value():
    z, _, std = samples.standardize(np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]]))
    assert not z[:, 0].any()
    assert std[0] == 0
    assert not samples.centered(np.full(3, 0.1))[0].any()


def test_zero_columns_get_weight_zero():
    x = np.array([[1.0, 0], [2, 0], [3, 0]])
    found = compute.tikhonov(x, Y, keep_prob=0.5)
    assert found.w_check[1] == 0
    assert "column 2 is all zeros" in found.notices[0]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: compute.check_keep(0), "keep probability p must be greater than 0"),
        (lambda: samples.check(np.ones((4, 2)), np.ones(3)), "X has 4 rows but y has 3 values"),
        (
            lambda: samples.check([[np.nan, 1], [1, 1], [1, 1]], [1, 2, 3]),
            "X is not finite at row 1, column 1",
        ),
        (lambda: samples.check([[1, 2]], [1]), "need at least 3 data rows, got 1"),
        (
            lambda: compute.exact_loss(np.ones((3, 14)), np.ones(3), np.ones(14), keep_prob=0.5),
            "d is 14, the limit is 12",
        ),
        (
            lambda: demo.sample_of(demo.CostSettings(data="own", own="a,y\n1,2\nx,3\n4,5")),
            "line 3, column a: 'x' is not a number",
        ),
        (
            lambda: demo.sample_of(demo.CostSettings(data="own", own="a,y\n1e160,2\n1,3\n4,5")),
            "the largest size in column 1 of X must be between 10⁻¹⁵ and 10¹⁵, got 10¹⁶⁰",
        ),
        (
            lambda: demo.sample_of(demo.CostSettings(data="own", own="a,y\n1,2\n1,-1e16\n4,5")),
            "the largest size in y must be between 10⁻¹⁵ and 10¹⁵, got 10¹⁶",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


def test_a_diverging_descent_says_at_which_step_and_why():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 6)) + 3
    options = {"num_steps": 1500, "batch_size": 1, "rng": rng, "inverted": True}
    with pytest.raises(ValueError, match=r"diverges at step \d+: with keep probability 0.02"):
        sgd(x, x[:, 0], keep_prob=0.02, **options)
