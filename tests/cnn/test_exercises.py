"""Keys found another way, what each mistake is told, and what may be typed."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from viz import quiz
from viz.cnn import exercises, forms, maps, models, net_questions
from viz.cnn.compute import analyse
from viz.cnn.language import parse

VARIANTS = range(1, 13)


def posed(maker, variant=None):
    return quiz.pose(maker, variant)


def said(question, *values):
    text = quiz.json.dumps([str(v) for v in values]) if len(values) > 1 else str(values[0])
    verdict = quiz.check(question, text)
    return verdict.right, verdict.words


def test_the_exams_cells():
    question = posed(exercises.exam_table)
    assert said(question, "3*3*1*10+10", "14x14x10", 0, "7, 7, 10", "490×3 + 3")[0]
    assert said(question, 100, "14 14 10", "0", "7*7*10", "1,473")[0]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((90, "14 14 10", 0, "7 7 10", 1473), "biases are missing"),
        ((100, "14 14 10", 0, "7 7 10", 1470), "biases are missing"),
        ((900, "14 14 10", 0, "7 7 10", 1473), "biases are missing"),
        ((900, "14 14 10", 0, "7 7 10", 1473), "as deep as its input: 3×3×1."),
        ((910, "14 14 10", 0, "7 7 10", 1473), "as deep as its input: 3×3×1."),
        ((91, "14 14 10", 0, "7 7 10", 1473), "One bias per filter, so 10."),
        ((78400, "14 14 10", 0, "7 7 10", 1473), "positions do not multiply"),
        ((6154400, "14 14 10", 0, "7 7 10", 1473), "That is a dense layer"),
        ((100, "12 12 10", 0, "7 7 10", 1473), "Padding 1 keeps the size."),
        ((100, "26 26 10", 0, "7 7 10", 1473), "Padding 1 keeps the size."),
        ((100, "14 14 100", 0, "7 7 10", 1473), "Channels after CONV = number of filters."),
        ((100, "28 28 10", 0, "7 7 10", 1473), "POOL2 has halved"),
        ((100, "14 14 10", 40, "7 7 10", 1473), "A maximum has nothing to learn."),
        ((100, "14 14 10", 0, "7 7 20", 1473), "channels stay"),
        ((100, "14 14 10", 0, "14 14 10", 1473), "POOL2 has stride 2"),
        ((100, "14 14 10", 0, "7 7 10", 150), "FLATTEN keeps all channels."),
    ],
)
def test_mistakes_in_the_exams_cells(answers, words):
    right, found = said(posed(exercises.exam_table), *answers)
    assert not right
    assert words in found


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_of_the_table_agree_with_torch(variant):
    question = posed(exercises.exam_table, variant)
    settings = question.settings
    layers = parse(settings.architecture)
    shape = (settings.height, settings.width, settings.channels)
    model = models.torch_model(layers, shape, device="meta")
    x = torch.zeros(1, settings.channels, settings.height, settings.width, device="meta")
    sizes = []
    for layer in model:
        x = layer(x)
        sizes.append(tuple(x.shape[1:]))
    counts = [sum(p.numel() for p in layer.parameters()) for layer in model]
    (_, c1), (_, s2), (_, p), (_, s4), (_, fc) = question.answer.items
    assert (c1.key, p.key, fc.key) == (counts[0], counts[3], counts[5])
    assert s2.key == (*sizes[2][1:], sizes[2][0])
    assert s4.key == (*sizes[3][1:], sizes[3][0])
    depths = (settings.channels, sizes[0][0], sizes[2][0])
    assert len(set(depths)) == 3
    total = posed(exercises.sums, variant).answer.items[0][1].key
    assert total == sum(counts)


def test_sums_of_the_exam():
    question = posed(exercises.sums)
    assert said(question, 2483, 176400)[0]
    assert "biases are missing" in said(question, 2460, 176400)[1]
    assert "as deep as its input" in said(question, 1673, 176400)[1]
    assert "as deep as its input" in said(question, 2483, 17640)[1]
    assert "Adding a bias" in said(question, 2483, 910 * 196)[1]
    assert "positions do not multiply" in said(question, 2483 - 910 + 910 * 196, 176400)[1]


def test_shifted_features_of_the_exam():
    question = posed(exercises.shifted_features)
    assert said(question, "0, 0.8, 0", "[0.8 0 0]")[0]
    right, words = said(question, "0.8, 0, 0", "0.8, 0, 0")
    assert not right
    assert "Which image is x₃ a shift of? Its line is vertical." in words
    assert "forgets where" in said(question, "0, 0.3, 0", "0.8, 0, 0")[1]
    assert "Its line is horizontal" in said(question, "0, 0.8, 0", "0, 0.8, 0")[1]
    with pytest.raises(ValueError, match="g₄, three numbers: type 3 numbers"):
        question.answer.read('["0, 0.8, 0", "0.8"]')


@pytest.mark.parametrize(
    "typed",
    [
        *("0, 4/5, 0", "0, 8/10, 0", "0; 0,8; 0", "0 0,8 0", "{0, 0.8, 0}", "[[0],[0.8],[0]]"),
        *("[0, 0.8, 0]^T", "(0, 0.8, 0)ᵀ", "0,0.8,0", "0, 4 / 5, 0", "0\n.8\n0", "0, 80%, 0"),
    ],
)
def test_features_may_be_typed_as_people_write_vectors(typed):
    assert said(posed(exercises.shifted_features), typed, "0.8, 0, 0")[0]


@pytest.mark.parametrize(("typed", "got"), [("", 0), ("0, 0.8", 2), ("0,0,8,0", 4)])
def test_features_of_another_number_are_no_attempt(typed, got):
    with pytest.raises(ValueError, match=f"got {got}"):
        forms.Features((0.0, 0.8, 0.0)).read(typed)


@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_of_the_shift_have_one_partner_each(variant):
    images, found = exercises._drawn_features(np.random.default_rng(variant))
    for place in (2, 3):
        partners = [
            k
            for k in (0, 1)
            if any(
                np.array_equal(np.roll(images[k], shift, (0, 1)), images[place])
                for shift in maps.all_shifts(*images[0].shape)
            )
        ]
        assert len(partners) == 1
        assert found[place] == found[partners[0]]
    assert found[0] != found[1]
    third = {features[2] for features in found}
    assert len(third) == 1
    question = posed(exercises.shifted_features, variant)
    assert [part.key for _, part in question.answer.items] == [found[2], found[3]]


def test_border_variants_say_that_sizes_stay():
    texts = [posed(exercises.shifted_features, v).prompt for v in VARIANTS]
    assert 0 < sum("so sizes stay" in text for text in texts) < len(texts)


def test_which_nets_are_invariant():
    question = posed(exercises.invariant_nets)
    assert question.answer.key == ((True,), (True,), (False,), (False,), (False,), (False,))
    assert said(question, "1;1;0;0;0;0")[0]
    for text, words in (
        ("1;1;1;0;0;0", "meets zeros"),
        ("1;1;0;1;0;0", "counts the first row once more"),
        ("1;1;0;0;1;0", "stride 2"),
        ("1;1;0;0;0;1", "FLATTEN"),
        ("1;0;0;0;0;0", "Not all that keep the promise are ticked"),
        ("0;0;0;0;0;0", "Not all that keep the promise are ticked"),
    ):
        assert words in said(question, text)[1]


@pytest.mark.parametrize("name", exercises.NETS)
def test_the_bank_of_nets_agrees_with_torch(name):
    """All shifts of a small torus, three starts of torch's own, float64."""
    layers = parse(exercises.NETS[name])
    side, changes = 8, []
    for seed in range(3):
        torch.manual_seed(seed)
        model = models.torch_model(layers, (side, side, 1)).double()
        image = torch.randn(1, side, side, dtype=torch.float64)
        shifts = maps.all_shifts(side, side).tolist()
        rolled = torch.stack([torch.roll(image, shift, (1, 2)) for shift in shifts])
        with torch.no_grad():
            found = model(rolled)
        changes.append(float((found - found[0]).abs().max()))
    assert (max(changes) < 1e-12) == exercises.keeps_promise(exercises.NETS[name])


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_the_impossible_layer_is_the_first_that_fails(variant):
    case = net_questions._faulty(None if variant is None else np.random.default_rng(variant))
    question = posed(exercises.impossible_layer, variant)
    key = question.answer.key
    layers = parse(case.architecture)
    analyse(layers[: key - 1], case.shape)
    with pytest.raises(ValueError, match=f"layer {key}"):
        analyse(layers[:key], case.shape)


@pytest.mark.parametrize("variant", range(1, 60))
def test_without_the_impossible_layer_the_rest_fits(variant):
    case = net_questions._faulty(np.random.default_rng(variant))
    layers = list(parse(case.architecture))
    del layers[posed(exercises.impossible_layer, variant).answer.key - 1]
    assert analyse(layers, case.shape)


def test_mistakes_about_the_impossible_layer():
    question = posed(exercises.impossible_layer)
    assert said(question, 5)[0]
    assert "Count from 1" in said(question, 4)[1]
    assert "The input is no layer" in said(question, 6)[1]
    assert "There are 7 layers." in said(question, 12)[1]
    assert "height × width × channels" in said(question, 2)[1]


@pytest.mark.parametrize("variant", [None, 1, 2, 3, 4, 5])
def test_receptive_fields_are_the_support_of_a_gradient(variant):
    question = posed(exercises.receptive_field, variant)
    place = int(question.prompt.split("unit of layer ")[1].split(" ")[0])
    layers = parse(question.settings.architecture)[:place]
    assert models.gradient_support(layers, (64, 64, 1)) == (question.answer.key,) * 2


def test_mistakes_about_receptive_fields():
    question = posed(exercises.receptive_field)
    assert said(question, 10)[0]
    assert "multiply k − 1 by the jump" in said(question, 7)[1]
    assert "one layer earlier" in said(question, 8)[1]
    assert "one side's length is asked for" in said(question, 100)[1]


@pytest.mark.parametrize("typed", ["10×10", "10 x 10", "10X10", "1 + 9", "2x5"])
def test_a_square_may_be_named_by_both_sides(typed):
    assert said(posed(exercises.receptive_field), typed)[0]


def test_what_cannot_be_read_is_quoted_as_typed():
    with pytest.raises(ValueError, match="cannot read '10 pixels'"):
        posed(exercises.receptive_field).answer.read("10 pixels")


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_nets_in_order_are_far_enough_apart(variant):
    question = posed(exercises.by_parameters, variant)
    bank = net_questions._bank()
    counts = [
        models.count_parameters(parse(bank[name].architecture), bank[name].shape)
        for name in (question.answer.items[i] for i in question.answer.key)
    ]
    assert all(b >= 1.2 * a for a, b in pairwise(counts))


def picture_of(question, phone):
    return str(quiz.drawn(question.figure, phone=phone).figure.to_plotly_json())


def test_a_picture_of_a_question_does_not_tell():
    for phone in (False, True):
        drawn = picture_of(posed(exercises.exam_table), phone)
        assert "1\u202f473" not in drawn
        assert "<b>100</b>" not in drawn
        assert picture_of(posed(exercises.shifted_features), phone).count("0.8") == 2
