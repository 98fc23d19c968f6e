"""What is on file about the trained nets can be made again."""

import numpy as np
import pytest
import torch

from viz.cnn import maps, models, store, sweeps, training
from viz.cnn.compute import analyse, totals

PARAMS = {
    "FLATTEN, zeros": 2483,
    "FLATTEN, circular": 2483,
    "GAP, zeros": 1043,
    "GAP, circular, POOL2": 1043,
    "GAP, circular": 1043,
}


def test_parameters_of_the_nets():
    found = {
        name: totals(analyse(training.net(name), (28, 28, 1))).num_params for name in training.NETS
    }
    assert found == PARAMS


@pytest.mark.parametrize(
    ("name", "anywhere", "same_class", "change"),
    [
        ("FLATTEN, zeros", (0.6, 0.8), (0.55, 0.75), (1.5, 4)),
        ("FLATTEN, circular", (0.6, 0.8), (0.55, 0.75), (1.5, 4)),
        ("GAP, zeros", (0.94, 1), (0.95, 1), (0.3, 1.2)),
        ("GAP, circular, POOL2", (0.99, 1), (0.99, 1), (0.05, 0.4)),
        ("GAP, circular", (0.99, 1), (1, 1), (0, maps.EXACT)),
    ],
)
def test_what_is_on_file(name, anywhere, same_class, change):
    record = store.records()[name]
    assert len(record.middle) == len(store.SEEDS)
    assert min(record.middle) > 0.98
    for values, (low, high) in (
        (record.anywhere, anywhere),
        (record.same_class, same_class),
        (record.logit_change, change),
    ):
        assert low <= np.median(values) <= high


@pytest.mark.parametrize("name", training.NETS)
def test_the_weights_on_file_do_what_the_record_says(name):
    lines = training.line_pictures(np.random.default_rng(5), 60, low=0, high=27)
    known, layers = store.parameters(name), training.net(name)
    share = training.accuracy(layers, known, lines)
    assert share == pytest.approx(np.median(store.records()[name].anywhere), abs=0.2)
    ours = maps.forward(layers, known, lines.images[:5])[-1]
    np.testing.assert_allclose(ours, models.outputs(layers, known, lines.images[:5]), atol=1e-9)


@pytest.fixture
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_a_net_on_file_can_be_trained_again():
    name, rng = "FLATTEN, zeros", np.random.default_rng(0)
    lines = training.line_pictures(rng, training.NUM_IMAGES, low=8, high=19)
    learned = training.train(rng, training.net(name), lines)
    for ours, theirs in zip(learned, store.parameters(name), strict=True):
        assert (ours is None) == (theirs is None)
        if ours is not None:
            np.testing.assert_allclose(ours[0], theirs[0], atol=0.02)
            np.testing.assert_allclose(ours[1], theirs[1], atol=0.02)


@pytest.mark.usefixtures("one_thread")
def test_the_net_of_part_b_learns_lines():
    assert store.train_features(store.FEATURE_SEED, num_epochs=12)[1] > 0.9
    layers = maps.gap_layers("circular before")
    known = maps.with_weights(layers, store.feature_weights())
    image = maps.line_image(7, 8, column=1)
    assert maps.shift_test(layers, known, image).exact


def test_a_line_outside_the_trained_places_is_lost_on_flatten_only():
    rng = np.random.default_rng(0)
    flat = sweeps.sweep("FLATTEN, zeros", 0, rng)
    mean = sweeps.sweep("GAP, circular", 0, rng)
    assert flat.num_right < 20
    assert mean.num_right == 28
    assert flat.probs[8:20].argmax(axis=1).tolist() == [0] * 12


@pytest.mark.parametrize("name", training.NETS)
def test_the_architecture_alone_decides(name):
    change = max(sweeps.untrained_change(name, kind) for kind in (0, 1))
    assert (change < maps.EXACT) == (name == "GAP, circular")
