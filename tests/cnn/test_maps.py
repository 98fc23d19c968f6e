"""Feature maps, padding and shifts against torch and the exam's part (b)."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz import seeds
from viz.cnn import filters, maps, models, pictures, slides
from viz.cnn.language import parse


class Exam(seeds.SeedModel):
    exam: dict
    shift: dict


SHIFT = seeds.load("cnn", Exam).shift
SIZE = (SHIFT["rows"], SHIFT["columns"])
IMAGES = [maps.line_image(*SIZE, **SHIFT[name]) for name in ("x1", "x2", "x3", "x4")]
HAND_MADE = maps.hand_made_weights(SHIFT["horizontal"], SHIFT["vertical"])


def features(padding, image, weights=HAND_MADE, **options):
    layers = maps.gap_layers(padding, **options)
    return maps.forward(layers, maps.with_weights(layers, weights), image[None])[-1][0]


@pytest.mark.parametrize(
    ("padding", "expected"),
    [
        ("circular before", [[SHIFT[g] for g in ("g1", "g2", "g3", "g4")]]),
        (
            "circular both",
            [[[0.6222222, 0, 0], [0, 0.64, 0], [0, 0.64, 0], [0.6222222, 0, 0]]],
        ),
        (
            "zeros before",
            [
                [
                    [0.75, 0.1142857, 0],
                    [0.1, 0.7428571, 0],
                    [0.1, 0.7428571, 0],
                    [0.75, 0.1142857, 0],
                ]
            ],
        ),
        (
            "zeros both",
            [
                [
                    [0.4977778, 0.07111111, 0],
                    [0.06222222, 0.4977778, 0],
                    [0.06222222, 0.4977778, 0],
                    [0.4977778, 0.07111111, 0],
                ]
            ],
        ),
    ],
)
def test_features_of_the_exams_images(padding, expected):
    found = [features(padding, image) for image in IMAGES]
    np.testing.assert_allclose(found, expected[0], atol=5e-8)


def test_the_features_in_closed_form():
    rows, columns = SIZE
    assert features("circular before", IMAGES[0])[0] == pytest.approx(
        2 * SHIFT["horizontal"] * columns / (rows * columns)
    )
    assert features("circular before", IMAGES[1])[1] == pytest.approx(
        2 * SHIFT["vertical"] * rows / (rows * columns)
    )


def test_a_line_in_the_first_row_counts_three_times_if_both_sides_wrap():
    rows = [features("circular both", maps.line_image(*SIZE, row=k))[0] for k in range(7)]
    columns = [features("circular both", maps.line_image(*SIZE, column=k))[1] for k in range(8)]
    np.testing.assert_allclose(rows, [1.866667] + [0.6222222] * 6, atol=1e-6)
    np.testing.assert_allclose(columns, [1.92] + [0.64] * 7, atol=1e-12)
    for k in range(7):
        found = features("circular before", maps.line_image(*SIZE, row=k))
        np.testing.assert_allclose(found, [0.8, 0, 0], atol=1e-12)


def torch_features(padding, image, weights, kernel_size=2):
    before, after, mode = maps.padding_of(padding, kernel_size)
    x = torch.from_numpy(image[None])
    how = "circular" if mode == "circular" else "constant"
    for weight, bias in weights:
        padded = torch.nn.functional.pad(x, (before, after) * 2, mode=how)
        x = torch.nn.functional.conv2d(padded, torch.from_numpy(weight), torch.from_numpy(bias))
        x = x.relu()
    return x.mean(dim=(-2, -1))[0].numpy()


def python_features(padding, image, weights):
    """The same by four nested loops."""
    mode = padding.split()[0]
    maps_now = image.tolist()
    for weight, bias in weights:
        height, width = len(maps_now[0]), len(maps_now[0][0])
        extra = 1 if padding.endswith("both") else 0

        def value(plane, row, column, height=height, width=width):
            inside = 0 <= row < height and 0 <= column < width
            return plane[row % height][column % width] if inside or mode == "circular" else 0.0

        maps_now = [
            [
                [
                    max(
                        0.0,
                        bias[f]
                        + sum(
                            weight[f][c][i][j] * value(maps_now[c], row - 1 + i, column - 1 + j)
                            for c in range(len(maps_now))
                            for i in range(2)
                            for j in range(2)
                        ),
                    )
                    for column in range(width + extra)
                ]
                for row in range(height + extra)
            ]
            for f in range(len(weight))
        ]
    return [np.mean(plane) for plane in maps_now]


@pytest.mark.parametrize("padding", maps.PADDINGS)
def test_features_agree_with_torch_and_with_plain_loops(padding):
    weights = maps.random_weights(np.random.default_rng(3))
    image = np.random.default_rng(4).normal(size=(1, *SIZE))
    ours = features(padding, image, weights)
    np.testing.assert_allclose(ours, torch_features(padding, image, weights), atol=1e-12)
    np.testing.assert_allclose(ours, python_features(padding, image, weights), atol=1e-12)


@pytest.mark.parametrize(
    ("padding", "kernel_size", "exact"),
    [
        ("circular before", 2, True),
        ("circular both", 2, False),
        ("zeros before", 2, False),
        ("zeros both", 2, False),
        ("circular both", 3, True),
        ("circular before", 3, True),
        ("zeros both", 3, False),
    ],
)
def test_which_padding_keeps_the_promise(padding, kernel_size, exact):
    layers = maps.gap_layers(padding, kernel_size=kernel_size)
    changes = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        weights = maps.random_weights(rng, kernel_size, places=12)
        known = maps.with_weights(layers, weights)
        changes.append(maps.shift_test(layers, known, rng.normal(size=(1, *SIZE))).relative)
    if exact:
        assert max(changes) < maps.EXACT
    else:
        assert np.median(changes) > 0.05


def test_padding_after_the_last_row_would_do_as_well():
    layers = [
        maps.Layer("conv", "CONV2-3", 2, 3, 1, 0, 1, "circular"),
        maps.Layer("relu", "RELU"),
        maps.Layer("gap", "GAP"),
    ]
    rng = np.random.default_rng(0)
    known = maps.with_weights(layers, maps.random_weights(rng)[:1])
    assert maps.shift_test(layers, known, rng.normal(size=(1, *SIZE))).exact


def test_only_one_sided_zeros_can_be_told_apart_by_the_exams_images():
    """In all nets; the other three readings give equal features for x1, x4 and x2, x3."""
    broken = dict.fromkeys(maps.PADDINGS, 0)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        shapes = ((3, 1, 2, 2), (3, 3, 2, 2))
        bounds = (0.5, 12**-0.5)
        weights = [
            (rng.uniform(-b, b, shape), rng.uniform(-b, b, 3))
            for b, shape in zip(bounds, shapes, strict=True)
        ]
        for padding in maps.PADDINGS:
            g = [features(padding, image, weights) for image in IMAGES]
            same = np.allclose(g[0], g[3], atol=1e-12) and np.allclose(g[1], g[2], atol=1e-12)
            broken[padding] += not same
    assert broken["circular before"] == broken["circular both"] == broken["zeros both"] == 0
    assert broken["zeros before"] > 75


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9), st.integers(0, 99))
def test_maps_move_with_the_image_and_means_stand_still(seed, height, width, step):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(height, width))
    found = slides.slide(image, maps.random_weights(rng), path="all shifts")
    frame = step % len(found.shifts)
    assert all(found.moves_along)
    assert found.stands_still(frame)
    shift = found.shifts[frame]
    np.testing.assert_allclose(found.second[frame], np.roll(found.second[0], shift, (-2, -1)))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12))
def test_the_walk_visits_every_shift_once(height, width):
    shifts = slides.walk("all shifts", height, width)
    assert len(shifts) == len(set(shifts)) == height * width


def test_the_exams_shift_stands_first_and_survives_thinning():
    shifts = slides.walk("all shifts", 28, 28)
    kept = slides.thinned(shifts, 20, (5, 5))
    assert len(kept) <= 20
    assert {shifts[0], shifts[-1], (5, 5)} <= set(kept)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 1000),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 2),
    st.sampled_from(["zeros", "circular"]),
)
def test_convolution_agrees_with_torch(seed, kernel, stride, padding, mode):
    rng = np.random.default_rng(seed)
    images, weight, bias = (rng.normal(size=s) for s in ((2, 3, 6, 7), (4, 3, kernel, kernel), 4))
    ours = maps.conv2d(
        images, weight, bias, before=padding, after=padding, mode=mode, stride=stride
    )
    conv = torch.nn.Conv2d(3, 4, kernel, stride, padding, padding_mode=mode).double()
    conv.weight.data, conv.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
    theirs = conv(torch.from_numpy(images)).detach().numpy()
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@pytest.mark.parametrize("average", [False, True])
def test_pooling_agrees_with_torch(average):
    images = np.random.default_rng(0).normal(size=(2, 3, 7, 8))
    kind = torch.nn.AvgPool2d if average else torch.nn.MaxPool2d
    theirs = kind(2)(torch.from_numpy(images)).numpy()
    np.testing.assert_allclose(maps.pool2d(images, 2, average=average), theirs)


def test_a_whole_net_agrees_with_torch():
    layers = parse("CONV3-4 circ / RELU / POOL2 / CONV2-3 circ / RELU / FLATTEN / FC-3")
    rng = np.random.default_rng(1)
    shapes = [(4, 1, 3, 3), (3, 4, 2, 2), (3, 36)]
    known = maps.with_weights(layers, [(rng.normal(size=s), rng.normal(size=s[0])) for s in shapes])
    images = rng.normal(size=(2, 1, 6, 8))
    ours = maps.forward(layers, known, images)[-1]
    np.testing.assert_allclose(ours, models.outputs(layers, known, images), atol=1e-12)


def test_pooling_keeps_only_even_shifts():
    layers = maps.gap_layers("circular before", pooled=True)
    rng = np.random.default_rng(2)
    known = maps.with_weights(layers, maps.random_weights(rng))
    image = rng.normal(size=(1, 28, 28))
    even = np.array([(0, 0), (2, 0), (0, 4), (6, 10)])
    odd = np.array([(0, 0), (1, 0), (0, 3), (5, 10)])
    assert maps.shift_test(layers, known, image, even).exact
    assert not maps.shift_test(layers, known, image, odd).exact


def test_a_filter_visits_every_position():
    picture = pictures.read_picture(pictures.SEVEN)
    kernel = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    found = filters.filter_walk(picture, kernel, stride=2)
    values = [(found.seen(k) * kernel).sum() for k in range(found.output.size)]
    np.testing.assert_allclose(values, found.output.ravel(), atol=1e-12)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 2 3\n4 5", "line 2 has 2 numbers, expected 3"),
        ("..#\n#.", "row 2 has 2 marks, expected 3"),
        ("1", "a picture has 2 to 64 rows and columns, got 1×1"),
        ("\n".join(["." * 65] * 3), "a picture has 2 to 64 rows and columns, got 3×65"),
        ("1 99\n0 0", "grey values must lie between −10 and 10, got 99"),
        ("##\n#", "row 2 has 1 mark, expected 2"),
        ("##\n#o", "row 2: 'o' is neither # nor ."),
        ("1 b\n0 0", "line 1: 'b' is not a number"),
        ("", "there are no numbers"),
    ],
)
def test_a_bad_picture_gets_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        pictures.read_picture(text)


def test_a_drawing_is_read_back():
    ring = pictures.read_picture(pictures.RING)
    np.testing.assert_array_equal(pictures.read_picture(pictures.drawn(ring)), ring)
    np.testing.assert_array_equal(pictures.read_picture("01\n10"), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(pictures.read_picture(". #\n# ."), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(pictures.read_picture("0.1 1.0\n1 0"), [[0.1, 1], [1, 0]])


def test_clicks_change_cells_of_a_small_drawing():
    text = "#..\n..#"
    cells = pictures.cells(text)
    assert cells == [
        {"1": True, "2": False, "3": False},
        {"1": False, "2": False, "3": True},
    ]
    assert pictures.clicked(text, {0: {"1": False, "2": True}, 1: {"1": True}}) == ".#.\n#.#"
    assert pictures.cells("0.5 1\n1 0") == []
    assert pictures.cells("\n".join(["#" * 17] * 3)) == []
    assert pictures.cells("nonsense") == []
