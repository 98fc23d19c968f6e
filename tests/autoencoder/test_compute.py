import numpy as np
import pytest
import torch

from viz.autoencoder import compute, study, training
from viz.autoencoder.compute import penalty

SPECTRUM = np.array([4, 2.5, 1.5, 0.6, 0.3, 0.2, 0.1, 0.05])


def random_case(seed):
    rng = np.random.default_rng(seed)
    latent_dim, dim, num_points = rng.integers(1, 5), rng.integers(5, 9), rng.integers(9, 30)
    data = rng.normal(size=(dim, num_points))
    pair = rng.normal(size=(latent_dim, dim)), rng.normal(size=(dim, latent_dim))
    return data, *pair, penalty(rng.uniform(0, 2), rng.uniform(0.1, 2))


@pytest.mark.parametrize("seed", range(10))
def test_gradient_and_objective_are_torchs(seed):
    data, encoder, decoder, weights = random_case(seed)
    cov, _ = compute.covariance(data, center=False)
    x = torch.from_numpy(data)
    first, second = (torch.from_numpy(w).requires_grad_() for w in (encoder, decoder))
    loss = torch.nn.MSELoss(reduction="sum")(second @ first @ x, x) / data.shape[1]
    loss = loss + weights.encoder * first.square().sum() + weights.decoder * second.square().sum()
    loss.backward()
    ours = compute.gradient(encoder, decoder, cov, weights)
    np.testing.assert_allclose(ours[0], first.grad.numpy(), atol=1e-10)
    np.testing.assert_allclose(ours[1], second.grad.numpy(), atol=1e-10)
    assert compute.objective(encoder, decoder, cov, weights).total == pytest.approx(loss.item())


def test_objective_and_gradient_of_the_small_case():
    cov, encoder = np.diag([2.0, 1.0]), np.array([[1.0, 0.0]])
    decoder, weights = np.array([[0.5], [1.0]]), penalty(0.1)
    assert compute.objective(encoder, decoder, cov, weights).total == pytest.approx(3.725)
    by_encoder, by_decoder = compute.gradient(encoder, decoder, cov, weights)
    np.testing.assert_allclose(by_encoder, [[3.2, -2.0]])
    np.testing.assert_allclose(by_decoder, [[-1.9], [4.2]])


@pytest.mark.parametrize(
    ("l2", "values", "minimum"),
    [
        (0, (1, 1, 1), 1.25),
        (0.01, (0.99874922, 0.99799800, 0.99666109), 1.30986833),
        (0.05, (0.99373035, 0.98994949, 0.98319208), 1.54670833),
        (0.1, (0.98742088, 0.97979590, 0.96609178), 1.83683333),
        (0.5, (0.93541435, 0.89442719, 0.81649658), 3.92083333),
        (2, (0.70710678, 0.44721360, 0), 8.15),
    ],
)
def test_optimum_of_the_spectrum(l2, values, minimum):
    best = compute.optimum(SPECTRUM, 3, penalty(l2))
    np.testing.assert_allclose(best.encoder_values, values, atol=5e-9)
    np.testing.assert_allclose(best.decoder_values, values, atol=5e-9)
    assert best.minimum == pytest.approx(minimum, abs=5e-9)


def test_weights_of_the_optimum():
    best = compute.optimum(SPECTRUM, 3, penalty(0.05))
    assert 2 * (best.decoder_values**2).sum() == pytest.approx(5.86833333)
    limit = compute.optimum(SPECTRUM, 3, penalty(1e-9))
    assert 2 * (limit.decoder_values**2).sum() == pytest.approx(6, abs=1e-7)


@pytest.mark.parametrize(("l2", "l2_decoder"), [(0.05, None), (0.3, 0.02), (0.9, 1.4), (3, 3)])
def test_optimum_is_that_of_a_search_over_one_direction(l2, l2_decoder):
    weights = penalty(l2, l2_decoder)
    grid = np.linspace(0, 3, 1201)
    one, two = np.meshgrid(grid, grid)
    total = 0.0
    for d in SPECTRUM[:3]:
        cost = d * (1 - one * two) ** 2 + weights.encoder * one**2 + weights.decoder * two**2
        total += cost.min()
    best = compute.optimum(SPECTRUM, 3, weights)
    assert total + SPECTRUM[3:].sum() == pytest.approx(best.minimum, abs=2e-4)


@pytest.mark.parametrize(("l2", "l2_decoder"), [(0, None), (0.05, None), (2, None), (0.3, 0.02)])
def test_minimizer_is_flat_and_reaches_the_minimum(l2, l2_decoder):
    weights, cov = penalty(l2, l2_decoder), np.diag(SPECTRUM)
    best = compute.optimum(SPECTRUM, 3, weights)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    pair = compute.minimizer(np.eye(8), best, turn)
    assert compute.objective(*pair, cov, weights).total == pytest.approx(best.minimum, abs=1e-12)
    for part in compute.gradient(*pair, cov, weights):
        np.testing.assert_allclose(part, 0, atol=1e-12)
    if l2_decoder is None:
        np.testing.assert_allclose(pair[0], pair[1].T, atol=1e-12)


def test_minimum_rises_with_the_penalty_and_falls_with_the_code():
    rises = [compute.optimum(SPECTRUM, 3, penalty(v)).minimum for v in np.linspace(0, 6, 61)]
    assert (np.diff(rises) >= 0).all()
    falls = [compute.optimum(SPECTRUM, k, penalty(0.25)).minimum for k in range(1, 9)]
    assert (np.diff(falls) <= 1e-12).all()
    assert compute.optimum(SPECTRUM, 5, penalty(0)).minimum == pytest.approx(SPECTRUM[5:].sum())


def test_rotating_the_code_changes_nothing_but_rescaling_does_unless_unpenalized():
    data, encoder, decoder, weights = random_case(3)
    cov, _ = compute.covariance(data)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(len(encoder),) * 2))[0]
    value = compute.objective(encoder, decoder, cov, weights).total
    turned = compute.objective(turn @ encoder, decoder @ turn.T, cov, weights).total
    assert turned == pytest.approx(value)
    scaled = compute.objective(2 * encoder, decoder / 2, cov, weights).total
    assert scaled != pytest.approx(value)
    free = [compute.objective(a * encoder, decoder / a, cov, penalty(0)).total for a in (1, 2, 0.3)]
    np.testing.assert_allclose(free, free[0])


def test_flow_law_at_the_known_points():
    d = SPECTRUM[:3]
    np.testing.assert_allclose(
        compute.flow_law(d, 0.05, 0.0025, 0.5), [0.86163799, 0.25053597, 0.04350313], atol=5e-9
    )
    np.testing.assert_allclose(
        compute.flow_law(d, 0.05, 0.0025, 1.0), [0.98744652, 0.95920297, 0.44595620], atol=5e-9
    )


@pytest.mark.parametrize("l2", [0, 0.05, 1.5, 2])
def test_flow_law_solves_its_equation(l2):
    d, time, small = np.array([4.0, 1.5, 0.3]), np.linspace(0.1, 3, 7)[:, None], 1e-5
    value = compute.flow_law(d, l2, 0.01, time)
    slope = compute.flow_law(d, l2, 0.01, time + small) - compute.flow_law(
        d, l2, 0.01, time - small
    )
    np.testing.assert_allclose(slope / (2 * small), 4 * value * (d - l2 - d * value), atol=1e-6)
    assert np.isfinite(compute.flow_law(d, l2, 0.01, 1e9)).all()


def test_points_have_exactly_the_spectrum():
    points = compute.spectrum_points(SPECTRUM, num_points=500, rng=np.random.default_rng(0))
    cov, mean = compute.covariance(points)
    np.testing.assert_allclose(cov, np.diag(SPECTRUM), atol=1e-12)
    np.testing.assert_allclose(mean, 0, atol=1e-12)


def test_spectrum_is_sorted_and_clipped():
    rng = np.random.default_rng(2)
    thin = rng.normal(size=(6, 3))
    values, vectors = compute.spectrum(thin @ thin.T)
    assert (np.diff(values) <= 0).all()
    assert (values >= 0).all()
    np.testing.assert_allclose(vectors * values @ vectors.T, thin @ thin.T, atol=1e-12)


def test_angles_see_subspaces_not_axes():
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    inside = np.eye(8)[:, :3] @ turn * [2.0, 1.0, 0.5]
    assert compute.principal_angles(inside, np.eye(8)[:, :3]).max() < 1e-5
    half = np.array([[1.0], [1.0], [0.0]])
    assert compute.principal_angles(half, np.eye(3)[:, :1])[0] == pytest.approx(45)
    assert compute.principal_angles(half, np.eye(3)[:, :0]).shape == (0,)


def test_imbalance_fades_by_the_known_factor():
    assert np.exp(-4 * 0.05 * 10) == pytest.approx(0.13533528, abs=5e-9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: compute.optimum(SPECTRUM, 9, penalty(0)), "k must be between 1 and 8"),
        (lambda: compute.optimum(SPECTRUM, 0, penalty(0)), "k must be between 1 and 8"),
        (lambda: penalty(-0.1), "lambda must not be negative, got -0.1"),
        (lambda: penalty(0.1, 0), "both lambdas must be positive or both zero"),
        (lambda: compute.spectrum(np.array([[1.0, 2], [0, 1]])), "covariance must be symmetric"),
        (lambda: compute.spectrum(np.diag([1.0, -0.5])), "negative eigenvalue -0.5"),
        (lambda: compute.spectrum(np.ones((2, 3))), "covariance must be square"),
        (lambda: compute.covariance(np.ones((2, 1))), "at least 2 points"),
        (
            lambda: compute.spectrum_points(SPECTRUM, num_points=8, rng=np.random.default_rng(0)),
            "num_points must be more than 8",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_no_size_of_the_variances_cancels_the_objective():
    weights, cov = compute.penalty(0.05), np.diag([1e16, 1.0])
    pair = compute.minimizer(np.eye(2), compute.optimum(np.diag(cov), 1, weights))
    assert compute.objective(*pair, cov, weights).total == pytest.approx(1.1)


def test_one_penalty_is_its_own_mean_however_large():
    assert compute.penalty(1e300).mean == 1e300
    assert compute.penalty(1e300, 1e200).mean == pytest.approx(1e250)


@pytest.mark.parametrize("weights", [(0.05, 0.05), (0.05, 0.5), (0.5, 0.01)])
def test_the_pace_of_balance_is_the_least_curvature(weights):
    first, second = compute.penalty(*weights)
    variance, step_size = 1e4, 1e-5
    best = compute.optimum(np.array([variance]), 1, compute.penalty(first, second))
    one, two = float(best.encoder_values[0]), float(best.decoder_values[0])
    across = 4 * variance * one * two - 2 * variance
    hessian = [
        [2 * variance * two**2 + 2 * first, across],
        [across, 2 * variance * one**2 + 2 * second],
    ]
    slowest = np.linalg.eigvalsh(hessian)[0]
    data = study.Data(np.zeros((1, 2)), np.eye(1), np.array([variance]), np.eye(1))
    pair = training.Pair.of(best.encoder_values[:, None], best.decoder_values[:, None])
    run = study.study(
        data, pair, compute.penalty(first, second), method="full", step_size=step_size,
        record=training.log_steps(1, 1), rng=np.random.default_rng(0),
    )  # fmt: skip
    assert run.balance_steps == pytest.approx(1 / (slowest * step_size), rel=1e-3)
