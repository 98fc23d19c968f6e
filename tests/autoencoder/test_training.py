import numpy as np
import pytest
import torch

from viz.autoencoder import compute, optimizers, training
from viz.autoencoder.compute import penalty

SPECTRUM = np.array([4, 2.5, 1.5, 0.6, 0.3, 0.2, 0.1, 0.05])
COV, AXES = np.diag(SPECTRUM), np.eye(8)


def start(seed=1, *, latent_dim=3, scale=0.3, decoder_scale=1.0):
    rng = np.random.default_rng(seed)
    return training.random_start(latent_dim, 8, scale=scale, decoder_scale=decoder_scale, rng=rng)


def descend(l2, pair, *, num_steps=600, rate=0.15, rank=3, record=None):
    weights = penalty(l2)
    rule = optimizers.rule_of(
        "sgd", rate * compute.stable_step(SPECTRUM, weights), weights, pair.flat.size
    )
    record = training.log_steps(num_steps, 60) if record is None else record
    run = training.train(pair, training.full_gradient(COV), rule, record=record)
    return training.measure(run, COV, AXES, rank, weights)


def pointwise(name, l2, *, num_steps, step_size, seed=0, record=None):
    weights, pair = penalty(l2), start()
    rng = np.random.default_rng(seed)
    points = compute.spectrum_points(SPECTRUM, num_points=500, rng=rng)
    order = rng.integers(500, size=num_steps)
    rule = optimizers.rule_of(name, step_size, weights, pair.flat.size)
    record = training.log_steps(num_steps, 60) if record is None else record
    run = training.train(pair, training.point_gradient(points, order), rule, record=record)
    return training.measure(run, COV, AXES, 3, weights), points, order


def by_torch(name, pair, points, order, *, l2, step_size):
    """Two nn.Linear layers trained one point at a time; the final weights."""
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    encoder = torch.nn.Linear(8, 3, bias=False, dtype=torch.float64)
    decoder = torch.nn.Linear(3, 8, bias=False, dtype=torch.float64)
    with torch.no_grad():
        encoder.weight.copy_(torch.from_numpy(pair.encoder))
        decoder.weight.copy_(torch.from_numpy(pair.decoder))
    net = torch.nn.Sequential(encoder, decoder)
    optimizer = kinds[name](net.parameters(), lr=step_size, weight_decay=2 * l2)
    loss_of = torch.nn.MSELoss(reduction="sum")
    for i in order:
        x = torch.from_numpy(points[:, i])
        optimizer.zero_grad()
        loss_of(net(x), x).backward()
        optimizer.step()
    return encoder.weight.detach().numpy(), decoder.weight.detach().numpy()


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_one_point_at_a_time_is_torchs(name):
    ours, points, order = pointwise(name, 0.05, num_steps=400, step_size=0.01)
    encoder, decoder = by_torch(name, start(), points, order, l2=0.05, step_size=0.01)
    np.testing.assert_allclose(ours.encoders[-1], encoder, atol=1e-12)
    np.testing.assert_allclose(ours.decoders[-1], decoder, atol=1e-12)


def test_mean_reduction_needs_the_decay_over_m_and_steps_times_m():
    """nn.MSELoss() divides by m too: weight_decay 2λ/m and a step m times as long."""
    pair, points = start(), np.sqrt(8 * SPECTRUM) * np.eye(8)
    finals = []
    for reduction, share in (("sum", 1), ("mean", 8)):
        first = torch.from_numpy(pair.encoder.copy()).requires_grad_()
        second = torch.from_numpy(pair.decoder.copy()).requires_grad_()
        decay = 2 * 0.05 / share
        optimizer = torch.optim.SGD([first, second], lr=0.0375 * share, weight_decay=decay)
        for _ in range(50):
            optimizer.zero_grad()
            x = torch.from_numpy(points)
            loss = torch.nn.MSELoss(reduction=reduction)(second @ first @ x, x)
            (loss / 8 if reduction == "sum" else loss).backward()
            optimizer.step()
        finals.append(first.detach().numpy())
        assert decay == pytest.approx({1: 0.1, 8: 0.0125}[share])
    np.testing.assert_allclose(finals[0], finals[1], atol=1e-12)
    ours = descend(0.05, start(), num_steps=50)
    np.testing.assert_allclose(ours.encoders[-1], finals[0], atol=1e-12)


def test_the_exams_case_reaches_the_exact_values():
    best = compute.optimum(SPECTRUM, 3, penalty(0.05))
    run = descend(0.05, start(), num_steps=3000)
    np.testing.assert_allclose(run.decoder_values[-1], best.decoder_values, atol=1e-9)
    np.testing.assert_allclose(run.encoder_values[-1], best.encoder_values, atol=1e-9)
    assert run.objective[-1] == pytest.approx(best.minimum, abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_descent_finds_the_minimum_from_anywhere(seed):
    rng = np.random.default_rng(seed)
    l2 = 4 * 10 ** rng.uniform(np.log10(0.02), np.log10(5))
    while (np.abs(l2 / SPECTRUM - 1) < 0.05).any():
        l2 *= 1.12
    best = compute.optimum(SPECTRUM, 3, penalty(l2))
    run = descend(l2, start(seed), num_steps=5000, rank=best.rank)
    assert run.diverged_at is None
    assert run.objective[-1] == pytest.approx(best.minimum, abs=1e-6)
    np.testing.assert_allclose(run.decoder_values[-1], best.decoder_values, atol=1e-3)
    np.testing.assert_allclose(run.encoder_values[-1], best.encoder_values, atol=1e-3)
    assert (run.angles[-1] < 0.1).all()
    if l2 >= 0.2:
        assert run.asymmetry[-1] < 1e-6


def test_without_decay_the_product_is_right_and_the_columns_are_not():
    run = descend(0, start(decoder_scale=6.67), num_steps=1000)
    product = run.decoders[-1] @ run.encoders[-1]
    np.testing.assert_allclose(product, np.diag([1, 1, 1, 0, 0, 0, 0, 0]), atol=1e-3)
    assert run.objective[-1] == pytest.approx(1.25, abs=1e-6)
    assert run.decoder_values[-1, 0] > 1.8
    assert run.encoder_values[-1, 2] < 0.6
    cured = descend(0.05, start(decoder_scale=6.67), num_steps=1000)
    best = compute.optimum(SPECTRUM, 3, penalty(0.05))
    np.testing.assert_allclose(cured.decoder_values[-1], best.decoder_values, atol=1e-3)


def test_imbalance_is_kept_without_decay():
    run = descend(0, start(decoder_scale=3), num_steps=1000, rate=0.005)
    drift = np.abs(run.imbalance - run.imbalance[0]).max()
    assert drift < 0.02 * run.imbalance[0]


@pytest.mark.parametrize("l2", [0.05, 0.2, 1.0])
def test_imbalance_fades_as_the_law_says(l2):
    run = descend(l2, start(decoder_scale=3), num_steps=1000, rate=0.005)
    time = 0.005 / 4 * run.steps
    slope = np.polyfit(time[1:], np.log(run.imbalance[1:]), 1)[0]
    assert slope == pytest.approx(-4 * l2, rel=0.02)


def test_small_steps_follow_the_logistic_law():
    pair = training.aligned_start(AXES, 3, scale=0.05, decoder_scale=1)
    record = training.even_steps(2000, 21)
    run = descend(0.05, pair, rate=0.005, record=record)
    law = compute.flow_law(SPECTRUM[:3], 0.05, 0.0025, 0.005 / 4 * record[:, None])
    np.testing.assert_allclose(run.decoder_values**2, law, atol=0.01)


def test_only_decay_gives_the_axes_an_order():
    """The SVD of W2 returns the principal components when the s_i differ, so when λ > 0."""
    overlaps = {}
    for l2 in (0.05, 0):
        run = descend(l2, start(decoder_scale=3), num_steps=5000)
        left = np.linalg.svd(run.decoders[-1], full_matrices=False)[0]
        overlaps[l2] = np.abs(np.diag(left))
        columns = run.decoders[-1] / np.linalg.norm(run.decoders[-1], axis=0)
        assert np.abs(columns).max() < 0.995
    assert overlaps[0.05].min() > 0.999
    assert overlaps[0].min() < 0.9


def test_one_point_at_a_time_leans_without_decay():
    run, _, _ = pointwise("sgd", 0, num_steps=20_000, step_size=0.01)
    assert run.decoder_values[-1].min() > 1.5
    assert run.encoder_values[-1].max() < 0.67


@pytest.mark.slow
def test_decay_holds_the_balance_and_smaller_steps_hold_it_closer():
    target = compute.optimum(SPECTRUM, 3, penalty(0.05)).decoder_values[0]
    leans = []
    for step_size in (0.01, 0.003):
        run, _, _ = pointwise("sgd", 0.05, num_steps=20_000, step_size=step_size)
        leans.append((run.decoder_values[-1, 0] - target, target - run.encoder_values[-1, 0]))
    (long_up, long_down), (short_up, short_down) = leans
    assert 0.1 < long_up < 0.3
    assert 0.03 < long_down < 0.15
    assert 0 < short_up < long_up / 2
    assert 0 < short_down < long_down


@pytest.mark.slow
def test_decoupled_decay_is_another_penalty():
    target = compute.optimum(SPECTRUM, 3, penalty(0.05)).decoder_values[0]
    coupled, _, _ = pointwise("adam", 0.05, num_steps=20_000, step_size=0.005)
    decoupled, _, _ = pointwise("adamw", 0.05, num_steps=20_000, step_size=0.005)
    assert abs(coupled.decoder_values[-1, 0] - target) < 0.12
    assert abs(decoupled.decoder_values[-1, 0] - target) > 0.25


def test_adam_with_the_full_gradient_has_the_same_minimum():
    weights, pair = penalty(0.05), start()
    rule = optimizers.rule_of("adam", 0.03, weights, pair.flat.size, cosine=1500)
    run = training.train(
        pair, training.full_gradient(COV / 4), rule, record=training.log_steps(1500, 20)
    )
    best = compute.optimum(SPECTRUM / 4, 3, weights)
    found = training.measure(run, COV / 4, AXES, 3, weights)
    np.testing.assert_allclose(found.decoder_values[-1], best.decoder_values, atol=1e-5)
    assert found.objective[-1] == pytest.approx(best.minimum, abs=1e-10)


@pytest.mark.parametrize(("rate", "diverges"), [(0.5, False), (0.55, None), (0.8, True), (4, True)])
def test_steps_beyond_half_the_unit_do_not_converge(rate, diverges):
    run = descend(0.05, start(), num_steps=3000, rate=rate)
    best = compute.optimum(SPECTRUM, 3, penalty(0.05))
    arrived = bool(abs(run.objective[-1] - best.minimum) < 1e-6)
    assert arrived is (diverges is False)
    assert (run.diverged_at is not None) is bool(diverges)
    assert run.objective[-1] < 1e12
    for name in ("objective", "encoder_values", "decoder_values", "angles", "imbalance"):
        assert np.isfinite(getattr(run, name)).all()
    assert 0.5 * compute.stable_step(SPECTRUM, penalty(0.05)) == 0.125


def test_a_heavy_penalty_shortens_the_unit():
    pair = start()
    run = descend(28, pair, num_steps=2000, rank=0)
    assert run.diverged_at is None
    assert run.objective[-1] == pytest.approx(SPECTRUM.sum())
    assert compute.stable_step(SPECTRUM, penalty(28)) == pytest.approx(2 / 32)


def test_recorded_steps_begin_at_0_and_end_at_the_last():
    for record in (training.log_steps(600, 90), training.even_steps(600, 121)):
        assert record[0] == 0
        assert record[-1] == 600
        assert (np.diff(record) > 0).all()
    assert len(training.even_steps(600, 121)) == 121


def test_progress_is_told():
    said = []
    pair = start()
    rule = optimizers.rule_of("sgd", 0.03, penalty(0.05), 48)
    training.train(
        pair,
        training.full_gradient(COV),
        rule,
        record=training.log_steps(400, 5),
        progress=lambda share, words: said.append((share, words)),
    )
    assert said == [
        (0.5, "training: step 200 of 400"),
        (1.0, "training: step 400 of 400"),
    ]


def test_bad_input_gets_a_sentence():
    with pytest.raises(ValueError, match="step size must be positive, got 0"):
        optimizers.rule_of("sgd", 0.0, penalty(0.05), 48)
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        training.log_steps(0, 5)
    with pytest.raises(ValueError, match="k must be between 1 and 8"):
        start(latent_dim=9)
