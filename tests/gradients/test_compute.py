"""Laws, oracles and torch for the nets, the theory and the chain."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from viz.gradients import nets
from viz.gradients.compute import log_size, measure, size_of, trace, verdict
from viz.gradients.nets import NetSpec, init_std
from viz.gradients.theory import chain, product_curve, theory

ARCHITECTURES = [(False, False), (False, True), (True, False), (True, True)]
T4 = {
    (False, False): (
        [0.1476875, 0.3200993, 0.406848, 0.5119518, 1],
        [0.210408, 0.2436176, 0.2973875, 0.2868158],
        [0.7059048, 0.7412536, 0.5754493, 0.3901874, 0.1537777],
    ),
    (False, True): (
        [0.2915359, 1.249195, 2.04292, 1.270427, 1],
        [0.2190855, 0.843778, 1.126289, 0.4372787],
        [0.7059048, 0.7154698, 0.6641562, 0.678365, 0.7507422],
    ),
    (True, False): (
        [2.199575, 2.094629, 1.551911, 1.193643, 1],
        [1.848499, 2.450361, 0.8408894, 0.9616861],
        [0.7059048, 1.015015, 0.6056782, 0.6789306, 0.7161918],
    ),
    (True, True): (
        [2.482514, 1.771001, 1.51838, 1.23216, 1],
        [0.8073084, 1.726642, 1.807121, 1.439364],
        [0.7059048, 1.188124, 0.7917561, 0.9854313, 0.6995061],
    ),
}


def explicit_net():
    at = np.arange(3)
    layer = np.arange(4)[:, None, None]
    weights = np.sin(1 + at[:, None] + 2 * at + 3 * layer)
    samples = np.arange(5)[:, None]
    probe = np.sin(samples - at + 0.5)
    return weights, np.cos(samples + 2 * at), probe / np.linalg.norm(probe)


def small(**more):
    return NetSpec(depth=6, width=8, batch=10, **more)


def by_autograd(weights, x, probe, spec):
    """Gradients at every hidden state, weight and bias, by torch."""
    act = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "linear": lambda z: z,
    }[spec.act]
    leaves = [torch.tensor(weight, requires_grad=True) for weight in weights]
    biases = [
        torch.zeros(weight.shape[0], dtype=torch.float64, requires_grad=True) for weight in weights
    ]
    norm = torch.nn.BatchNorm1d(x.shape[1], eps=spec.eps, affine=False, dtype=torch.float64)
    hidden = [torch.tensor(x, requires_grad=True)]
    for weight, bias in zip(leaves, biases, strict=True):
        h = hidden[-1]
        if spec.residual:
            u = norm(h) if spec.batch_norm else h
            hidden.append(h + spec.branch_scale * (act(u) @ weight.T + bias))
        else:
            z = h @ weight.T + bias
            hidden.append(act(norm(z) if spec.batch_norm else z))
        hidden[-1].retain_grad()
    hidden[-1].backward(torch.tensor(probe))
    return (
        [float(h.grad.norm()) for h in hidden],
        [float(weight.grad.norm()) for weight in leaves],
        [float(bias.grad.norm()) for bias in biases],
        [float(h.detach().square().mean().sqrt()) for h in hidden],
    )


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_the_explicit_net_has_the_known_sizes(arch):
    weights, x, probe = explicit_net()
    spec = NetSpec(depth=4, width=3, batch=5, residual=arch[0], batch_norm=arch[1])
    found = trace(weights, x, probe, spec)
    for mine, known in zip(
        (found.grad_norm, found.weight_grad, found.hidden_rms), T4[arch], strict=True
    ):
        np.testing.assert_allclose(mine, known, rtol=1e-6)


@pytest.mark.parametrize("arch", ARCHITECTURES)
@pytest.mark.parametrize("act", ["relu", "tanh", "sigmoid", "linear"])
def test_backward_agrees_with_autograd(arch, act):
    spec = small(act=act, residual=arch[0], batch_norm=arch[1], branch_scale=0.7, seed=3)
    drawn = nets.draw(spec)
    found = trace(drawn.weights, drawn.x, drawn.probe, spec)
    grads, weight_grads, bias_grads, rms = by_autograd(drawn.weights, drawn.x, drawn.probe, spec)
    np.testing.assert_allclose(found.grad_norm, grads, rtol=1e-10)
    np.testing.assert_allclose(found.weight_grad, weight_grads, rtol=1e-10)
    np.testing.assert_allclose(found.bias_grad, bias_grads, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.hidden_rms, rms, rtol=1e-12)


def test_the_gradient_is_a_directional_derivative():
    spec = small(act="tanh", batch_norm=True, seed=5)
    drawn = nets.draw(spec)
    nudge = np.random.default_rng(1).standard_normal(drawn.x.shape)

    def out(x):
        hidden = x
        for weight in drawn.weights:
            z = hidden @ weight.T
            hidden = np.tanh((z - z.mean(0)) / np.sqrt(z.var(0) + spec.eps))
        return float((hidden * drawn.probe).sum())

    numeric = (out(drawn.x + 1e-5 * nudge) - out(drawn.x - 1e-5 * nudge)) / 2e-5
    x = torch.tensor(drawn.x, requires_grad=True)
    hidden = x
    for weight in drawn.weights:
        z = hidden @ torch.tensor(weight).T
        hidden = torch.tanh((z - z.mean(0)) / torch.sqrt(z.var(0, correction=0) + spec.eps))
    (hidden * torch.tensor(drawn.probe)).sum().backward()
    assert float((x.grad * torch.tensor(nudge)).sum()) == pytest.approx(numeric, rel=1e-6)
    assert float(x.grad.norm()) == pytest.approx(measure(spec).grad_norm[0], rel=1e-10)


@pytest.mark.parametrize("gain", [0.25, 0.5, 2.0, 4.0])
def test_scaling_the_weights_of_a_plain_relu_net_scales_every_layer_exactly(gain):
    one, other = measure(small()), measure(small(gain=gain))
    layers_above = np.arange(6, -1, -1)
    np.testing.assert_allclose(other.grad_norm, one.grad_norm * gain**layers_above, rtol=1e-12)


def test_with_batch_norm_the_scale_of_the_weights_hardly_matters():
    spec = small(batch_norm=True, eps=0.0)
    one, other = measure(spec), measure(replace(spec, gain=8.0))
    np.testing.assert_allclose(other.hidden_rms, one.hidden_rms, rtol=1e-9)
    assert other.log_ratio == pytest.approx(one.log_ratio, abs=1e-9)


def test_a_gradient_through_batch_norm_is_orthogonal_to_its_weight():
    drawn = nets.draw(small(seed=2))
    weight = torch.tensor(drawn.weights[0], requires_grad=True)
    z = torch.tensor(drawn.x) @ weight.T
    out = torch.relu((z - z.mean(0)) / z.std(0, correction=0))
    out.backward(torch.tensor(drawn.probe))
    along = float((weight.grad * weight.detach()).sum())
    assert abs(along) < 1e-12 * float(weight.grad.norm() * weight.detach().norm())


def test_a_deeper_net_of_the_same_seed_has_the_same_first_layers():
    shallow, deep = nets.draw(small()), nets.draw(replace(small(), depth=20))
    np.testing.assert_array_equal(shallow.weights, deep.weights[:6])


@pytest.mark.parametrize(
    ("kind", "fans", "std"),
    [
        ("xavier", (256, 256), 0.0625),
        ("xavier", (784, 100), 0.0475651494),
        ("he", (256, 256), 0.0883883476),
        ("he", (784, 100), 0.0505076272),
    ],
)
def test_initial_deviations_are_torchs(kind, fans, std):
    assert init_std(kind, *fans) == pytest.approx(std, rel=1e-8)
    weight = torch.empty(fans[1], fans[0], dtype=torch.float64)
    torch.manual_seed(0)
    if kind == "xavier":
        torch.nn.init.xavier_normal_(weight)
    else:
        torch.nn.init.kaiming_normal_(weight, nonlinearity="relu")
    # The empirical deviation of N entries scatters by 1 / sqrt(2 N), here at most 0.28 %.
    assert float(weight.std()) == pytest.approx(std, rel=0.0085)


@pytest.mark.parametrize(
    ("weight", "residual", "size"),
    [
        (0.9, False, 0.00515377521),
        (1.1, False, 117.390853),
        (0.5, False, 8.8817842e-16),
        (0.1, True, 117.390853),
    ],
)
def test_the_chain_is_a_power_and_autograds(weight, residual, size):
    assert 10 ** chain(weight, 50, residual=residual) == pytest.approx(size, rel=1e-8)
    start = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    h = start
    for _ in range(50):
        h = weight * h + (h if residual else 0)
    h.backward()
    assert float(start.grad) == pytest.approx(size, rel=1e-8)


def test_a_chain_with_a_zero_factor_is_exactly_dead():
    assert chain(0.0, 5) == -math.inf
    assert chain(-1.0, 5, residual=True) == -math.inf


@pytest.mark.parametrize(
    ("more", "factor"),
    [
        ({}, 0.70710678),
        ({"init": "he"}, 1.0),
        ({"init": "he", "gain": 2.0}, 2.0),
        ({"init": "normal"}, 8.0),
        ({"residual": True}, 1.2247449),
        ({"residual": True, "init": "he"}, 1.4142136),
        ({"residual": True, "init": "he", "gain": 2.0}, 2.236068),
        ({"batch_norm": True}, 1.2111739),
        ({"batch_norm": True, "init": "normal", "gain": 3.0}, 1.2111739),
    ],
)
def test_theory_gives_the_factor_per_layer(more, factor):
    found = theory(NetSpec(**more))
    assert found.is_constant
    assert found.factor == pytest.approx(factor, rel=1e-7)
    np.testing.assert_allclose(found.log_grad[:-1], product_curve(found.factors)[:-1])


@pytest.mark.parametrize(
    ("more", "ratio"),
    [
        ({}, -7.52575),
        ({"residual": True}, 4.402281),
        ({"residual": True, "init": "he"}, 7.52575),
        ({"batch_norm": True}, 4.160325),
        ({"residual": True, "batch_norm": True}, 0.8999809),
        ({"residual": True, "batch_norm": True, "init": "he"}, 1.092959),
        ({"residual": True, "batch_norm": True, "init": "he", "gain": 2.0}, 1.45562),
        ({"residual": True, "init": "he", "depth": 30, "branch_scale": 30**-0.5}, 0.213607),
        ({"residual": True, "init": "he", "branch_scale": 50**-0.5}, 0.215004),
        ({"residual": True, "init": "he", "depth": 100, "branch_scale": 0.1}, 0.216069),
    ],
)
def test_theory_gives_the_ratio(more, ratio):
    assert theory(NetSpec(**more)).log_ratio == pytest.approx(ratio, abs=1e-5)


@pytest.mark.parametrize("act", ["tanh", "sigmoid"])
def test_saturating_activations_have_no_theory_line(act):
    assert theory(NetSpec(act=act)) is None
    assert theory(NetSpec(act="linear", batch_norm=True)) is None


def test_branches_scaled_by_depth_never_grow_beyond_the_root_of_e():
    for depth in range(1, 101):
        spec = NetSpec(depth=depth, init="he", residual=True, branch_scale=depth**-0.5)
        assert theory(spec).log_ratio < 0.5 * math.log10(math.e)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_sizes_survive_where_their_squares_do_not(size):
    assert size_of(np.full((2, 8), size)) == pytest.approx(4 * size)
    assert size_of(np.zeros(3)) == 0
    assert log_size(np.zeros(1)) == -300


def test_verdicts_at_the_limit():
    assert [verdict(r) for r in (-2.01, -2.0, 0.0, 2.0, 2.01)] == [
        "vanishing",
        "healthy",
        "healthy",
        "healthy",
        "exploding",
    ]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"depth": 0}, "depth must be between 1 and 100, got 0"),
        ({"depth": 101}, "depth must be between 1 and 100, got 101"),
        ({"batch": 1, "batch_norm": True}, "batch norm needs a batch of at least 2"),
        ({"init": "lecun"}, "init must be one of xavier, he, normal; got 'lecun'"),
        ({"gain": 0.0}, "gain must be positive, got 0"),
        ({"gain": math.nan}, "gain must be positive"),
        ({"act": "gelu"}, "act must be one of relu, tanh, sigmoid, linear; got 'gelu'"),
        ({"branch_scale": -1.0}, "branch_scale must be at least 0"),
        ({"eps": -1.0}, "eps must be at least 0"),
        ({"width": 0}, "width must be at least 1"),
        ({"batch": 0}, "batch must be at least 1"),
    ],
)
def test_bad_parameters_are_named(more, words):
    with pytest.raises(ValueError, match=words):
        NetSpec(**more)


def test_shapes_that_do_not_fit_are_named():
    spec = NetSpec(depth=1, width=4)
    with pytest.raises(ValueError, match="weights are 4x4 but the input has width 5"):
        trace(np.ones((1, 4, 4)), np.ones((2, 5)), np.ones((2, 5)), spec)
    with pytest.raises(ValueError, match="probe must have shape"):
        trace(np.ones((1, 4, 4)), np.ones((2, 4)), np.ones((3, 4)), spec)


def test_an_overflow_says_in_which_layer():
    weights, x, probe = np.full((3, 4, 4), 1e150), np.ones((2, 4)), np.ones((2, 4))
    with pytest.raises(FloatingPointError, match="overflow in layer 3; lower the gain"):
        trace(weights, x, probe, NetSpec(depth=3, width=4))


def test_a_dead_net_says_so_instead_of_giving_minus_infinity():
    weights, x, probe = -np.ones((2, 4, 4)), np.ones((2, 4)), np.ones((2, 4))
    with pytest.raises(ValueError, match="exactly 0 below layer 2"):
        trace(weights, x, probe, NetSpec(depth=2, width=4))


def test_the_largest_net_of_the_page_stays_finite():
    spec = NetSpec(depth=100, width=256, batch=2, init="normal", gain=4.0, act="linear")
    found = measure(spec)
    assert np.isfinite(found.grad_norm).all()
    assert np.isfinite(found.weight_grad).all()
    assert found.log_ratio > 150
