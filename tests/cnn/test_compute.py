"""The architecture line and its arithmetic against torch, the exam's table and the literature."""

import re
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from viz import seeds
from viz.cnn import compute, models
from viz.cnn.language import MAX_LAYERS, parse, written

EXAM = "CONV3-10 / POOL2 / CONV3-10 / POOL2 / FLATTEN / FC-3"
VGG = (
    "CONV3-64 CONV3-64 POOL2 CONV3-128 CONV3-128 POOL2 CONV3-256 CONV3-256 CONV3-256 POOL2 "
    "CONV3-512 CONV3-512 CONV3-512 POOL2 CONV3-512 CONV3-512 CONV3-512 POOL2 "
    "FLATTEN FC-4096 FC-4096 FC-1000"
)
LENET = "CONV5-6 p0 / POOL2 / CONV5-16 p0 / POOL2 / FLATTEN / FC-120 / FC-84 / FC-10"
STRIDED = "CONV3-16 s2 / CONV3-32 s2 / CONV3-64 s2 / FLATTEN / FC-100 / FC-10"
STEM = "CONV7-64 s2 p3 / POOL2 / CONV3-64 / GAP / FC-1000"
BOTH = "CONV2-3 / RELU / CONV2-3 / RELU / GAP / FC-3"
ONE_SIDED = "CONV2-3 circ / RELU / CONV2-3 circ / RELU / GAP / FC-3"


def analyse(text, shape):
    return compute.analyse(parse(text), shape)


def fields(rows):
    return [(r.receptive_field, r.jump) for r in rows if r.layer is None or r.layer.kind in SPATIAL]


SPATIAL = ("conv", "pool")


def test_the_exams_table():
    key = seeds.load("cnn", RawExam).exam
    rows = analyse(key["architecture"], tuple(key["input"]))
    assert [list(row.shape) for row in rows] == key["shapes"]
    assert [row.num_params for row in rows] == key["params"]
    assert [row.formula for row in rows if row.formula] == [
        "3×3×1×10 + 10",
        "3×3×10×10 + 10",
        "490×3 + 3",
    ]
    found = compute.totals(rows)
    assert found.num_params == 2483
    assert [row.macs for row in rows[1:]] == [70560, 0, 176400, 0, 0, 1470]
    assert (found.macs, found.activations, found.memory) == (248430, 13527, 4 * 13527)
    assert fields(rows) == [(1, 1), (3, 1), (4, 2), (8, 2), (10, 4)]


class RawExam(seeds.SeedModel):
    """The seed file as it stands; only the first part is read here."""

    exam: dict
    shift: dict


@pytest.mark.parametrize(
    ("text", "shape", "shapes", "params", "macs", "field"),
    [
        (
            EXAM,
            (32, 32, 3),
            "32×32×10; 16×16×10; 16×16×10; 8×8×10; 640; 3",
            3113,
            508800,
            10,
        ),
        (
            EXAM,
            (29, 31, 1),
            "29×31×10; 14×15×10; 14×15×10; 7×7×10; 490; 3",
            2483,
            271380,
            10,
        ),
        (BOTH, (7, 8, 1), "8×9×3; 8×9×3; 9×10×3; 9×10×3; 3; 3", 66, 4113, 3),
        (ONE_SIDED, (7, 8, 1), "7×8×3; 7×8×3; 7×8×3; 7×8×3; 3; 3", 66, 2697, 3),
        (
            LENET,
            (32, 32, 1),
            "28×28×6; 14×14×6; 10×10×16; 5×5×16; 400; 120; 84; 10",
            61706,
            416520,
            16,
        ),
        (
            STRIDED,
            (64, 48, 3),
            "32×24×16; 16×12×32; 8×6×64; 3072; 100; 10",
            331894,
            2409448,
            15,
        ),
        (
            STEM,
            (224, 224, 3),
            "112×112×64; 56×56×64; 56×56×64; 64; 1000",
            111400,
            233683456,
            17,
        ),
    ],
)
def test_known_nets(text, shape, shapes, params, macs, field):
    rows = analyse(text, shape)
    assert "; ".join(compute.size_text(row.shape) for row in rows[1:]) == shapes
    found = compute.totals(rows)
    assert (found.num_params, found.macs) == (params, macs)
    assert fields(rows)[-1][0] == field
    assert models.count_parameters(parse(text), shape) == params
    forward = torch.zeros(1, shape[2], shape[0], shape[1])
    for module in models.torch_model(parse(text), shape):
        forward = module(forward)
    assert forward.numel() == rows[-1].activations


def test_vgg_16_on_one_line():
    rows = analyse(VGG, (224, 224, 3))
    found = compute.totals(rows)
    assert found.num_params == 138_357_544
    assert found.macs == 15_470_264_320
    assert fields(rows)[-1][0] == 212
    assert models.count_parameters(parse(VGG), (224, 224, 3)) == 138_357_544


def test_a_larger_image_only_makes_the_dense_layer_larger():
    params = [row.num_params for row in analyse(EXAM, (64, 64, 1)) if row.num_params]
    assert params == [100, 910, 2560 * 3 + 3]


def test_a_dense_layer_in_place_of_the_first_convolution():
    first = analyse(EXAM, (28, 28, 1))[:2]
    assert compute.equivalent_dense(first[0].shape, first[1].shape) == 6_154_400
    assert compute.totals(analyse("FLATTEN / FC-7840", (28, 28, 1))).num_params == 6_154_400


@pytest.mark.parametrize("text", [EXAM, STRIDED, "CONV5-2 / POOL3 / CONV3-2 s2 / CONV2-4 circ"])
def test_the_receptive_field_is_the_support_of_the_gradient(text):
    spatial = parse(text.split(" / FLATTEN")[0])
    rows = compute.analyse(spatial, (64, 64, 1))
    field = rows[-1].receptive_field
    assert models.gradient_support(spatial, (64, 64, 1)) == (field, field)


def tried(call):
    """A result, or the sentence of the error."""
    try:
        return call(), ""
    except ValueError as error:
        return None, str(error)


LAYERS = st.one_of(
    st.builds(
        "CONV{}-{}{}".format,
        st.integers(1, 5),
        st.integers(1, 6),
        st.sampled_from(["", " s2", " p0", " p1", " s2 p2", " circ", " circ both"]),
    ),
    st.sampled_from(["POOL2", "POOL3 avg", "RELU", "BN"]),
)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(LAYERS, min_size=1, max_size=5),
    st.sampled_from([(), ("FLATTEN", "FC-4"), ("GAP", "RELU", "FC-2")]),
    st.tuples(st.integers(5, 14), st.integers(5, 14), st.integers(1, 3)),
)
def test_any_architecture_agrees_with_torch(body, tail, shape):
    layers = parse("/".join([*body, *tail]))
    assert parse(written(layers)) == layers
    rows, sentence = tried(lambda: compute.analyse(layers, shape))
    if sentence:
        assert re.match(r"layer \d+: ", sentence)
        return
    model = models.torch_model(layers, shape, device="meta")
    assert sum(p.numel() for p in model.parameters()) == compute.totals(rows).num_params
    out = model.eval()(torch.zeros(2, shape[2], shape[0], shape[1], device="meta"))
    expected = rows[-1].shape
    assert tuple(out.shape[1:]) == (expected[-1], *expected[:-1])


@pytest.mark.parametrize(
    "text",
    [
        EXAM,
        EXAM.lower(),
        EXAM.replace(" / ", " "),
        EXAM.replace(" / ", "->"),
        EXAM.replace(" / ", " → "),
        EXAM.replace(" / ", ","),
        EXAM.replace(" / ", ";\n"),
    ],
)
def test_separators_and_case_do_not_matter(text):
    assert written(parse(text)) == EXAM


@pytest.mark.parametrize(
    ("text", "shape", "sentence"),
    [
        (
            "CONV3-10 / FC-3",
            (28, 28, 1),
            "layer 2: FC-3 needs a flat input; put FLATTEN or GAP before it",
        ),
        (
            "FLATTEN / CONV3-10",
            (28, 28, 1),
            "layer 2: CONV3-10 needs an image, but FLATTEN (layer 1) removed height and width",
        ),
        (
            "CONV3-10 / POOOL2",
            (28, 28, 1),
            "layer 2: cannot read 'POOOL2'; did you mean POOL2?",
        ),
        (
            "CONV3",
            (28, 28, 1),
            "layer 1: CONV3 lacks the number of filters, e.g. CONV3-10",
        ),
        ("CONV3-0", (28, 28, 1), "layer 1: CONV3-0 has 0 filters; use 1 to 4096"),
        ("POOL2 POOL2 POOL2 POOL2", (8, 8, 1), "layer 4: POOL2 does not fit, only 1×1 is left"),
        (
            "CONV9-4 p0",
            (7, 8, 1),
            "layer 1: a 9×9 kernel does not fit into 7×8 with padding 0",
        ),
        (" \n", (28, 28, 1), "write at least one layer, e.g. CONV3-10"),
        ("CONV3-10", (0, 8, 1), "input height must be between 1 and 1024, got 0"),
        ("CONV3-10", (8, 8, 65), "input channels must be between 1 and 64, got 65"),
        ("CONV3-10 s0", (8, 8, 1), "layer 1: CONV3-10 has stride 0; use 1 to 16"),
        ("CONV3-10 circ p1", (8, 8, 1), "layer 1: CONV3-10: circ sets the padding itself"),
        ("POOL2 s2", (8, 8, 1), "layer 1: POOL2 takes only the option avg, got 's2'"),
        ("GAP circ", (8, 8, 1), "layer 1: GAP takes no option, got 'circ'"),
        ("FC", (8, 8, 1), "layer 1: FC lacks the number of outputs, e.g. FC-3"),
        ("GAP GAP", (8, 8, 1), "layer 2: GAP needs an image, but GAP (layer 1) removed"),
        ("CONV11-2 circ", (3, 3, 1), "layer 1: circular padding 5 is wider than the 3×3 image"),
        ("hello", (8, 8, 1), "layer 1: cannot read 'hello'; layers are CONV, POOL"),
        ("RELU " * (MAX_LAYERS + 1), (8, 8, 1), "at most 60 layers, got 61"),
        ("CONV3-" + "9" * 5000, (8, 8, 1), "at most 2000 characters, got 5006"),
        ("CONV3-" + "9" * 500, (8, 8, 1), "99999999… filters; use 1 to 4096"),
    ],
)
def test_bad_input_gets_a_sentence(text, shape, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        analyse(text, shape)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text):
    layers, sentence = tried(lambda: parse(text))
    assert layers or len(sentence) > 10


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3*3*1*10+10", 100),
        ("3×3×1×10 + 10", 100),
        ("3x3x10x10+10", 910),
        ("90+10", 100),
        ("1,473", 1473),
        ("2 483", 2483),
        ("1/3 + 1/6", Fraction(1, 2)),
        ("2^10", 1024),
    ],
)
def test_arithmetic_is_exact(text, value):
    assert compute.exact_value(text) == value


@pytest.mark.parametrize("text", ["w", "__import__('os')", "9" * 61, "3**"])
def test_arithmetic_refuses_anything_else(text):
    with pytest.raises(ValueError, match=r"cannot read|at most 60"):
        compute.exact_value(text)
