import numpy as np
import pytest

from viz.autoencoder import compute, images, optimizers, pruning, training, valley

SPECTRUM = np.array([4, 2.5, 1.5, 0.6, 0.3, 0.2, 0.1, 0.05])


def test_drawn_digits_are_1800_different_images():
    digits = images.drawn_digits()
    assert digits.shape == (64, 1800)
    assert digits.min() >= 0
    assert digits.max() <= 1
    assert len(np.unique(digits, axis=1).T) == 1800
    assert not digits.flags.writeable


def test_drawn_digits_have_this_spectrum():
    values, _ = compute.spectrum(compute.covariance(images.drawn_digits())[0])
    np.testing.assert_allclose(values[:4], [0.801094, 0.675321, 0.473674, 0.387438], atol=1e-6)
    assert values.sum() == pytest.approx(5.725052, abs=1e-5)


def test_a_digit_is_nearer_to_its_own_kind():
    digits = images.drawn_digits()
    means = np.stack([digits[:, kind::10].mean(axis=1) for kind in range(10)])
    nearest = ((digits.T[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == np.arange(1800) % 10).mean() > 0.9


def test_patches_are_the_windows_of_the_image():
    image = np.arange(120.0).reshape(10, 12)
    cut = images.patches(image, contrast=False)
    assert cut.shape == (64, 2 * 3)
    np.testing.assert_array_equal(cut[:, 4].reshape(8, 8), image[2:10, 2:10])


def test_contrast_makes_plain_descent_possible():
    picture = images.covered_discs()
    shares = {}
    for contrast in (False, True):
        cut = images.patches(picture, contrast=contrast)
        values, _ = compute.spectrum(compute.covariance(cut)[0])
        shares[contrast] = values[7] / values[0]
    assert shares[True] > 3 * shares[False]
    normalized = images.patches(picture)
    np.testing.assert_allclose(normalized.mean(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize(
    "data", [images.drawn_digits(), images.patches(images.covered_discs())], ids=["digits", "discs"]
)
def test_digits_and_patches_are_learned_to_the_minimum(data):
    cov, _ = compute.covariance(data)
    values, vectors = compute.spectrum(cov)
    cov, weights = cov / values[0], compute.penalty(0.01)
    pair = training.random_start(8, 64, scale=0.3, decoder_scale=1, rng=np.random.default_rng(1))
    rule = optimizers.rule_of("adam", 0.03, weights, pair.flat.size, cosine=1500)
    run = training.train(
        pair, training.full_gradient(cov), rule, record=training.log_steps(1500, 4)
    )
    found = training.measure(run, cov, vectors, 8, weights)
    best = compute.optimum(values / values[0], 8, weights)
    np.testing.assert_allclose(found.decoder_values[-1], best.decoder_values, atol=1e-5)
    assert found.angles[-1].max() < 0.1


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (np.eye(2), "image is 2 x 2 pixels, need at least 8 x 8"),
        (np.eye(9), "image is 9 x 9 pixels, .* and 10 one way for more than one patch"),
        (np.ones((20, 20)), "the image has no variation"),
    ],
)
def test_a_useless_image_gets_a_sentence(image, words):
    with pytest.raises(ValueError, match=words):
        images.patches(image)


def test_the_smallest_image_of_the_hint_has_two_patches():
    assert images.patches(np.eye(8, 10)).shape == (64, 2)


def test_price_of_s_and_its_inverse():
    np.testing.assert_allclose(valley.price(np.array([0.5, 1, 2])), [4.25, 2, 4.25])


def test_the_valley_ends_at_the_closed_form():
    record = training.log_steps(3000, 30)
    run = valley.roll(4, 0.05, start=(0.5, 2.0), step_size=0.0375, record=record)
    assert run.goal == pytest.approx(0.99373035)
    assert run.encoder_value[-1] == pytest.approx(run.goal, abs=1e-9)
    assert run.decoder_value[-1] == pytest.approx(run.goal, abs=1e-9)
    assert run.loss[-1] == pytest.approx(2 * 0.05 - 0.05**2 / 4)


def test_without_decay_the_valley_keeps_where_it_began():
    record = training.log_steps(3000, 30)
    run = valley.roll(4, 0, start=(0.5, 2.0), step_size=0.0375, record=record)
    assert run.encoder_value[-1] * run.decoder_value[-1] == pytest.approx(1)
    assert run.decoder_value[-1] > 1.9


def test_one_direction_is_the_matrix_descent_of_size_1():
    pair = training.Pair.of(np.array([[0.5]]), np.array([[2.0]]))
    weights = compute.penalty(0.3)
    rule = optimizers.rule_of("sgd", 0.02, weights, pair.flat.size)
    record = training.log_steps(200, 20)
    run = training.train(pair, training.full_gradient(np.array([[2.5]])), rule, record=record)
    ours = valley.roll(2.5, 0.3, start=(0.5, 2.0), step_size=0.02, record=record)
    np.testing.assert_allclose(ours.encoder_value, run.encoders[:, 0, 0], atol=1e-12)
    np.testing.assert_allclose(ours.decoder_value, run.decoders[:, 0, 0], atol=1e-12)


def test_a_valley_too_steep_for_the_step_stops_recording():
    run = valley.roll(4, 0.05, start=(0.5, 3.0), step_size=1.0, record=training.log_steps(50, 9))
    assert run.diverged_at is not None
    assert np.isfinite(run.loss).all()


def test_directions_go_one_by_one_as_the_penalty_passes_their_variance():
    l2 = np.array([0.0, 0.05, 1.5, 2.0, 2.5, 4.0])
    table = pruning.sweep(SPECTRUM, 3, l2, num_steps=3000)
    assert [table.rank(i) for i in range(6)] == [3, 3, 2, 2, 1, 0]
    np.testing.assert_allclose(table.values[3], [0.70710678, 0.44721360, 0], atol=5e-9)
    np.testing.assert_allclose((table.error + table.penalty).sum(axis=1), table.minimum)
    settled = np.array([0, 1, 3])
    np.testing.assert_allclose(table.descended[settled], table.values[settled], atol=1e-4)
