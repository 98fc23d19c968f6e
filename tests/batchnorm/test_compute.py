"""Batch norm against torch, closed forms and the exam's numbers."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.batchnorm import (
    batches,
    compute,
    demo,
    gaussians,
    layer,
    norms,
    shapes,
    small_batch,
    snippets,
)

F = torch.nn.functional


def torch_norm(x, gamma=1.0, beta=0.0, eps=1e-5):
    rows = torch.from_numpy(compute.as_rows(x))
    width = rows.shape[1]
    gamma, beta = (
        torch.from_numpy(np.broadcast_to(np.atleast_1d(v).astype(float), (width,)).copy())
        for v in (gamma, beta)
    )
    return F.batch_norm(rows, None, None, gamma, beta, training=True, eps=eps).numpy()


def test_the_exams_ticks_land_where_the_solution_says():
    one = demo.SEED.exam_1d
    result = demo.run_line(demo.LineSettings())
    np.testing.assert_allclose(result.marks_in, one.ticks_in)
    final = result.final
    np.testing.assert_allclose(final.lands(result.before, range(-2, 3)), one.ticks_out)
    assert final.moments(result.before) == pytest.approx((one.beta, 1.0))
    pair = compute.normalize([1.1, 1.9], one.gamma, one.beta, eps=1e-12)
    np.testing.assert_allclose(pair.y.ravel(), [2, 4], atol=1e-9)
    assert (pair.batch_mean[0], pair.batch_var[0]) == pytest.approx((1.5, 0.16))


@pytest.mark.parametrize(
    ("x", "gamma", "beta", "eps", "expected"),
    [
        ([1, 2, 3, 4], 1, 0, 1e-5, [-1.34163542, -0.447211807, 0.447211807, 1.34163542]),
        (
            [[1, 10], [2, 20], [3, 30], [4, 60]],
            [1, -2],
            [3, 0.5],
            1e-3,
            [
                [1.65889555, 2.63808688],
                [2.55296518, 1.56904344],
                [3.44703482, 0.5],
                [4.34110445, -2.70713032],
            ],
        ),
        ([1.5, 1.5001], 1, 0, 1e-5, [-0.0158094122, 0.0158094122]),
    ],
)
def test_a_batch_is_normalized_as_torch_does(x, gamma, beta, eps, expected):
    y = compute.normalize(x, gamma, beta, eps=eps).y
    np.testing.assert_allclose(y.reshape(np.shape(expected)), expected, rtol=3e-8)
    np.testing.assert_allclose(y, torch_norm(x, gamma, beta, eps), rtol=1e-9)


def test_statistics_of_the_batch():
    x = np.array([[1, 10], [2, 20], [3, 30], [4, 60]])
    found = compute.normalize(x)
    np.testing.assert_allclose(found.batch_mean, [2.5, 30])
    np.testing.assert_allclose(found.batch_var, [1.25, 350])
    step = compute.update_running(compute.start_running(2), x, momentum=1.0)
    np.testing.assert_allclose(step.var, [1.66666667, 466.666667])


@pytest.mark.parametrize(
    ("momentum", "means", "variances"),
    [(0.1, [0.2, 0.58, 0.622], [1, 1.3, 1.47]), (None, [2, 3, 7 / 3], [1, 2.5, 8 / 3])],
)
def test_running_statistics_follow_torch(momentum, means, variances):
    running = compute.start_running()
    peer = torch.nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
    for batch, mean, var in zip([[1, 2, 3], [2, 4, 6], [0, 0, 3]], means, variances, strict=True):
        running = compute.update_running(running, batch, momentum=momentum)
        peer(torch.tensor(batch, dtype=torch.float64)[:, None])
        assert (running.mean[0], running.var[0]) == pytest.approx((mean, var))
        assert running.mean[0] == pytest.approx(peer.running_mean.item())
        assert running.var[0] == pytest.approx(peer.running_var.item())


def test_eval_mode_uses_the_running_statistics():
    y = compute.normalize_with([1, 2, 3], 0.622, 1.47, eps=1e-5)
    np.testing.assert_allclose(y.ravel(), [0.311768085, 1.13655138, 1.96133467], rtol=3e-9)


def test_backward_is_torchs():
    x = np.array([1.0, 2.0, 4.0])
    found = compute.backward([1, 0, 0], compute.normalize(x))
    np.testing.assert_allclose(found.dx.ravel(), [0.229082292, -0.343620001, 0.11453771], rtol=2e-8)
    assert (found.dgamma[0], found.dbeta[0]) == pytest.approx((-1.06904153, 1))
    tensor = torch.from_numpy(x[:, None]).requires_grad_()
    F.batch_norm(tensor, None, None, training=True)[0].backward()
    np.testing.assert_allclose(found.dx, tensor.grad.numpy(), atol=1e-9)
    assert abs(found.dx.sum()) < 1e-12


@pytest.mark.parametrize(
    ("mean", "std", "rho", "before", "after"),
    [
        ([2, 1], [2, 0.5], 0.0, (2, 0.5, 0.0), (1, 1, None)),
        (
            [-1, 2],
            [1.5, 0.8],
            0.8,
            (1.64251233, 0.438352873, 25.0093827),
            (1.34164079, 0.447213595, 45.0),
        ),
    ],
)
def test_contours_of_the_presets(mean, std, rho, before, after):
    cov = gaussians.covariance_of(std, rho)
    moved = gaussians.population_map(mean, cov)
    for axes, expected in (
        (gaussians.ellipse_axes(cov), before),
        (gaussians.ellipse_axes(moved.cov), after),
    ):
        assert (axes.a, axes.b) == pytest.approx(expected[:2], rel=1e-8)
        if expected[2] is None:
            assert axes.tilt is None
        else:
            assert axes.tilt == pytest.approx(expected[2])
    np.testing.assert_allclose(moved.mean, 0)
    np.testing.assert_allclose(moved.cov, [[1, rho], [rho, 1]], atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(-0.98, 0.98))
def test_after_the_layer_every_ellipse_lies_at_45_degrees(first, second, rho):
    axes = gaussians.ellipse_axes(
        gaussians.population_map((0, 0), gaussians.covariance_of((first, second), rho)).cov
    )
    assert axes.a == pytest.approx(np.sqrt(1 + abs(rho)), rel=1e-6)
    if axes.tilt is not None and abs(rho) > 1e-6:
        assert axes.tilt == pytest.approx(45 if rho > 0 else -45, abs=1e-4)


def test_samples_agree_with_the_population():
    rng = np.random.default_rng(0)
    for mean, std, rho in (([2, 1], [2, 0.5], 0.0), ([-1, 2], [1.5, 0.8], 0.8)):
        cov = gaussians.covariance_of(std, rho)
        x = rng.multivariate_normal(mean, cov, size=200_000)
        y = compute.normalize(x, eps=0.0).y
        moved = gaussians.population_map(mean, cov).cov
        np.testing.assert_allclose(np.cov(y.T), moved, atol=5e-3)
        for k, mass in ((1, 0.39346934), (2, 0.864664717)):
            assert 1 - np.exp(-(k**2) / 2) == pytest.approx(mass, abs=1e-8)
            for points, middle, spread in ((x, mean, cov), (y, [0, 0], moved)):
                apart = points - middle
                inside = np.einsum("ni,ij,nj->n", apart, np.linalg.inv(spread), apart) <= k * k
                assert inside.mean() == pytest.approx(mass, abs=5e-3)


def test_a_negative_gamma_turns_the_correlation():
    cov = gaussians.covariance_of([1.5, 0.8], 0.8)
    moved = gaussians.population_map([0, 0], cov, gamma=np.array([-1.0, 2.0]))
    np.testing.assert_allclose(moved.cov, [[1, -1.6], [-1.6, 4]], atol=1e-12)


def test_contours_touch_their_squares():
    for k in (1, 2):
        points = gaussians.contour((0, 0), [[1, 0.8], [0.8, 1]], k, points=7201)
        np.testing.assert_allclose(np.abs(points).max(axis=0), k, atol=1e-6)


def test_whitening_is_what_batch_norm_is_not():
    cov = np.array([[2.25, 0.96], [0.96, 0.64]])
    zca = gaussians.whitening_matrix(cov)
    np.testing.assert_allclose(
        zca, [[0.90774207, -0.640759108], [-0.640759108, 1.98234849]], rtol=2e-8
    )
    for kind in ("ZCA", "PCA"):
        matrix = gaussians.whitening_matrix(cov, kind=kind)
        np.testing.assert_allclose(matrix @ cov @ matrix.T, np.eye(2), atol=1e-12)


@pytest.mark.parametrize(
    ("n", "z", "expected"),
    [
        (3, [0, 1], [0.225079079, 0.318309886]),
        (4, [0, 1.5], [0.288675135, 0.288675135]),
        (5, [0, 1], [0.318309886, 0.275664448]),
        (16, [0, 1], [0.378599251, 0.250265169]),
    ],
)
def test_exact_small_batch_density(n, z, expected):
    np.testing.assert_allclose(small_batch.density(z, n), expected, rtol=1e-8)
    nudge = 1e-4
    slope = (small_batch.cdf(np.add(z, nudge), n) - small_batch.cdf(np.subtract(z, nudge), n)) / (
        2 * nudge
    )
    np.testing.assert_allclose(slope, expected, rtol=2e-3)


@pytest.mark.parametrize("n", [3, 4, 5, 8, 16, 32, 128])
def test_simulated_batches_follow_the_exact_law(n):
    trial = small_batch.simulate(
        n, pinned=1.0, batches=10, values=100_000, rng=np.random.default_rng(n)
    )
    # One output a batch, since the outputs of one batch depend on each other.
    sample = np.sort(trial.outputs[::n])
    gap = np.abs(small_batch.cdf(sample, n) - np.arange(1, len(sample) + 1) / len(sample)).max()
    assert gap < 1.63 / np.sqrt(len(sample))
    assert np.abs(trial.outputs).max() <= small_batch.largest(n) + 1e-9
    assert (trial.outputs**4).mean() == pytest.approx(small_batch.kurtosis(n), rel=0.1)


def test_two_values_become_plus_and_minus_one():
    trial = small_batch.simulate(2, pinned=0, batches=5, values=100, rng=np.random.default_rng(0))
    np.testing.assert_allclose(np.abs(trial.outputs), 1, atol=1e-9)


def test_train_eval_gap():
    gaps = [small_batch.train_eval_gap(n) for n in (2, 4, 8, 16, 32, 128, 512)]
    expected = [0.934, 0.636, 0.441, 0.309, 0.217, 0.108, 0.054]
    np.testing.assert_allclose(gaps, expected, atol=6e-4)


def test_the_same_input_depends_on_its_company():
    for n, mean, spread in ((32, 1.01, 0.22), (4, 0.95, 0.51)):
        trial = small_batch.simulate(
            n, pinned=1.0, batches=40_000, values=n, rng=np.random.default_rng(1)
        )
        assert trial.pinned.mean() == pytest.approx(mean, abs=0.01)
        assert trial.pinned.std() == pytest.approx(spread, abs=0.012)
    result = batches.small_batches(pinned=1.0, seed=0)
    assert result.at(32).pinned.mean() == pytest.approx(1.01, abs=0.05)
    assert result.at(4).pinned.std() == pytest.approx(0.51, abs=0.08)


def test_expected_running_statistics():
    mean, var = compute.expected_running(1.5, 0.16, momentum=0.1, step=20)
    assert (mean, var) == pytest.approx((1.31763502, 0.26212439))
    many = [
        batches.running_trace(
            mean=1.5, var=0.16, momentum=0.1, batch_size=8, eps=0, seed=s, num_steps=20
        )
        for s in range(100)
    ]
    assert np.mean([t.mean[-1] for t in many]) == pytest.approx(mean, abs=0.01)
    assert np.mean([t.var[-1] for t in many]) == pytest.approx(var, abs=0.01)


@pytest.mark.parametrize(
    ("var", "expected"),
    [(0.16, 0.999968751), (1e-5, 0.707106781), (1e-6, 0.301511345), (0.0, 0.0)],
)
def test_eps_shrinks_the_output(var, expected):
    pair = compute.normalize([-np.sqrt(var), np.sqrt(var)], eps=1e-5)
    assert pair.y.std() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("batch", -1.03238203, 1.13887367),
        ("layer", -1.22860842, 1.59159005),
        ("instance", -0.999980001, 0.999999387),
        ("group", -1.14100774, 1.35797781),
        ("rms", 0.0, 1.40817656),
    ],
)
def test_the_norm_family(kind, first, last):
    x = (np.arange(16) ** 1.5).reshape(2, 4, 1, 2)
    y = norms.normalize_axes(x, kind).y
    assert (y.flat[0], y.flat[-1]) == pytest.approx((first, last), rel=3e-8)
    t = torch.from_numpy(x)
    peers = {
        "batch": F.batch_norm(t, None, None, training=True),
        "layer": F.layer_norm(t, (4, 1, 2)),
        "instance": F.instance_norm(t),
        "group": F.group_norm(t, 2),
        "rms": F.rms_norm(t, (4, 1, 2), eps=1e-5),
    }
    np.testing.assert_allclose(y, peers[kind].numpy(), atol=1e-9)


def test_group_norm_contains_layer_and_instance_norm():
    x = np.random.default_rng(0).normal(size=(2, 4, 3, 3))
    group = [norms.normalize_axes(x, "group", groups=g).y for g in (1, 4)]
    np.testing.assert_allclose(group[0], norms.normalize_axes(x, "layer").y)
    np.testing.assert_allclose(group[1], norms.normalize_axes(x, "instance").y)


def test_shape_survives_and_position_does_not_matter():
    rng = np.random.default_rng(1)
    x = rng.gamma(2, size=(500, 3)) @ rng.normal(size=(3, 3))
    before, after = compute.moments(x), compute.moments(compute.normalize(x, eps=0).y)
    np.testing.assert_allclose(after.skewness, before.skewness, atol=1e-9)
    np.testing.assert_allclose(after.kurtosis, before.kurtosis, atol=1e-9)
    np.testing.assert_allclose(after.correlation, before.correlation, atol=1e-12)
    far = compute.normalize(1e8 + np.array([1.0, 2, 3, 4])).y
    np.testing.assert_allclose(far, compute.normalize([1.0, 2, 3, 4]).y, atol=1e-9)
    moved = compute.normalize(3 * x - 7, eps=0).y
    np.testing.assert_allclose(moved, compute.normalize(x, eps=0).y, atol=1e-9)


def test_stages_end_in_the_layer():
    x = np.random.default_rng(2).normal(1.5, 0.4, size=50)
    maps = compute.stages(x.mean(), x.var(), 2.0, -1.0)
    scale, shift = maps[-1]
    np.testing.assert_allclose(scale * x + shift, compute.normalize(x, 2, -1, eps=0).y.ravel())
    half = compute.between(maps, 0.5)
    assert (half[0][0], half[1][0]) == pytest.approx((1.0, -x.mean() / 2))


@pytest.mark.parametrize("kind", shapes.KINDS)
def test_standard_shapes_are_standard(kind):
    z = shapes.GRID
    density = shapes.standard_density(kind, z)
    moments = [np.trapezoid(density * z**k, z) for k in range(5)]
    shape = shapes.standard_shape(kind)
    assert moments[:3] == pytest.approx([1, 0, 1], abs=2e-3)
    assert moments[3] == pytest.approx(shape.skewness, abs=0.02)
    assert moments[4] - 3 == pytest.approx(shape.kurtosis, abs=0.15)


def test_a_real_layer_keeps_its_correlations():
    found = layer.activations()
    assert found.before.std() > 0.1
    np.testing.assert_allclose(found.after, 1, atol=1e-9)
    assert found.correlation_change < 1e-12


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: compute.normalize([[1.0]]), "needs at least 2 values per feature, got 1"),
        (
            lambda: compute.normalize([[1, 2], [3, 4]], gamma=[1, 2, 3]),
            "gamma has 3 values but the data has 2 features",
        ),
        (lambda: compute.normalize([[1.0], [np.nan]]), "row 2, feature 1 is not a finite number"),
        (
            lambda: compute.normalize([2.0, 2.0], eps=0.0),
            "feature 1 has zero variance; with eps = 0 it cannot be scaled",
        ),
        (
            lambda: compute.update_running(compute.start_running(), [1, 2], momentum=1.5),
            "momentum must lie between 0 and 1, got 1.5",
        ),
        (
            lambda: gaussians.checked_covariance([[1, 2], [2, 1]]),
            "covariance is not positive semi-definite (smallest eigenvalue -1)",
        ),
        (
            lambda: norms.normalize_axes(np.ones((1, 6, 1, 1)), "group", groups=4),
            "groups = 4 does not divide 6 channels",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="1\nabc")),
            "line 2: 'abc' is not a number",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="1 2\n1 2 3")),
            "line 2 has 3 columns, expected 2",
        ),
        (
            lambda: demo.run_plane(demo.PlaneSettings(data="own", own="1\n2\n3")),
            "column must be at most 1, got 2",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own=" ".join(["1"] * 17))),
            "at most 20000 rows and 16 columns",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="1\n" * 20_001)),
            "at most 20000 rows and 16 columns",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="5")),
            "own data need at least 2 rows, got 1",
        ),
        (
            lambda: demo.run_plane(demo.PlaneSettings(data="own", own="1 2\n3 4")),
            "own data need at least 3 rows, got 2",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="2\n2\n2")),
            "own data have zero variance",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="0.1\n0.1\n0.1")),
            "own data have zero variance: all values of column 1 are equal",
        ),
        (
            lambda: demo.run_line(demo.LineSettings(data="own", own="1e308\n-1e308")),
            "own data must be at most 10⁹ in size, got 10³⁰⁸",
        ),
        (
            lambda: demo.run_plane(demo.PlaneSettings(data="own", own="1 1e-300\n2 0\n3 0")),
            "own data must differ by at least 10⁻⁹, got 10⁻³⁰⁰ in column 2",
        ),
        (
            lambda: demo.run_plane(
                demo.PlaneSettings(data="own", own="1 2\n3 4\n5 6", compare="ZCA")
            ),
            "compare must be nothing where the points lie on one line, got ZCA",
        ),
        (lambda: compute.normalize([1.0, 2.0], eps=2.0), "eps must lie between 0 and 1, got 2"),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


@pytest.mark.parametrize("eps", ["0", "0.00000001"])
def test_the_snippet_gives_the_answer_of_a_tiny_variance(eps, capsys):
    result = demo.run_line(demo.LineSettings(variance=1e-6, eps=eps))
    space = {}
    exec(snippets.line(result), space)
    assert "train: mean" in capsys.readouterr().out
    view = demo.VIEWS[0]
    np.testing.assert_allclose(space["answer"], view.answer(result), rtol=1e-4)
