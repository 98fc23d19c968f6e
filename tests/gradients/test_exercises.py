"""Keys, misconceptions, and what the variants promise."""

import math
from functools import partial

import numpy as np
import pytest

from viz import quiz
from viz.gradients import chain_question, curve_question, exercises, further_tools, order_question
from viz.gradients.compute import measure
from viz.gradients.experiments import Recipe
from viz.gradients.nets import NetSpec
from viz.gradients.store import spread_of

VARIANTS = range(40)


def say(maker, variant, text):
    return quiz.check(quiz.pose(maker, variant), text)


@pytest.mark.parametrize("text", ["10;10;11", "11;10;11"])
def test_the_exams_table_and_its_leniency(text):
    verdict = say(exercises.table, None, text)
    assert verdict.right
    assert verdict.parts == (True, True, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("01;10;11", "Larger weights cannot reduce an explosion relative to Xavier"),
        ("00;10;11", "compared with Xavier"),
        ("10;11;11", "10¹⁵ becomes 10¹⁷"),
        ("10;00;11", "compared with the plain net"),
        ("10;10;01", "rescales tiny activations up"),
        ("10;10;10", "Right about|right about"),
    ],
)
def test_every_mistake_in_the_table_has_its_words(text, words):
    verdict = say(exercises.table, None, text)
    assert not verdict.right
    assert sum(verdict.parts) == 2
    assert any(part in verdict.words for part in words.split("|"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_table_has_three_tools_with_their_baselines(variant):
    question = quiz.pose(exercises.table, variant)
    assert len(question.answer.rows) == 3
    assert all("compared with" in row for row in question.answer.rows)
    assert question.answer.also is None
    for i, row in enumerate(question.answer.key):
        for j in (0, 1):
            changed = [list(r) for r in question.answer.key]
            changed[i][j] = not row[j]
            text = ";".join("".join("01"[m] for m in r) for r in changed)
            verdict = quiz.check(question, text)
            assert not verdict.right
            assert verdict.words


def test_the_further_tools_are_what_a_measurement_says():
    """Sigmoid against ReLU, and an orthogonal start against N(0, 1)."""
    sigmoid, relu = measure(NetSpec(act="sigmoid", width=64, batch=32)), measure(NetSpec(width=64))
    assert relu.log_ratio - sigmoid.log_ratio > 20
    rng = np.random.default_rng(0)
    gradient = rng.standard_normal((32, 64))
    start = np.linalg.norm(gradient)
    for _ in range(50):
        orthogonal, _ = np.linalg.qr(rng.standard_normal((64, 64)))
        gradient = (gradient * (rng.random(gradient.shape) < 0.5)) @ orthogonal * math.sqrt(2)
    assert abs(math.log10(np.linalg.norm(gradient) / start)) < 1
    assert [tool.key for tool in further_tools.TOOLS[3:]] == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_the_power_of_ten():
    question = quiz.pose(exercises.power_of_ten, None)
    assert question.answer.key == pytest.approx(50 * math.log10(0.7071), abs=0.01)
    assert quiz.check(question, "-7.5").right
    assert quiz.check(question, "50*log(0.7071)/log(10)").right
    assert not quiz.check(question, "-7.1").right
    assert quiz.check(question, "-15").words == "That is the squared norm."


@pytest.mark.parametrize("variant", VARIANTS)
def test_power_variants_keep_their_mistakes_apart(variant):
    question = quiz.pose(exercises.power_of_ten, variant)
    for feedback in question.feedback:
        if not isinstance(feedback.wrong, partial):
            continue
        (wrong,) = feedback.wrong.args
        assert not question.answer.grade(wrong).right
        assert quiz.check(question, repr(wrong)).words == feedback.words


@pytest.mark.parametrize("text", ["10^-7.5", "2.9e-8", "0.7071^50"])
def test_the_size_in_place_of_its_exponent_is_said_so(text):
    verdict = say(exercises.power_of_ten, None, text)
    assert not verdict.right
    assert verdict.words.startswith("That is the size itself")
    deep = next(
        question
        for question in (quiz.pose(exercises.power_of_ten, variant) for variant in VARIANTS)
        if question.answer.key < -12
    )
    assert quiz.check(deep, f"10^{deep.answer.key}").words == verdict.words


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_one_layer_of_a_power_is_not_taken_for_a_forgotten_half(variant):
    question = quiz.pose(exercises.power_of_ten, variant)
    one = question.answer.key / question.settings.depth
    verdict = quiz.check(question, f"{one:.2f}")
    assert verdict.right or verdict.words == "That is one layer; depth multiplies."


@pytest.mark.parametrize(
    ("text", "words"),
    [("-0.00515", "leave the sign away"), ("-5.27", "natural logarithm"), ("45", "multiplies")],
)
def test_a_chains_mistakes_have_their_words(text, words):
    assert words in say(chain_question.scalar_chain, None, text).words


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_the_order_names_its_nets_and_every_letter_of_its_hint(variant):
    question = quiz.pose(order_question.order_nets, variant)
    assert all(f"**{name}**" in question.prompt for name in question.answer.items)
    assert "c is what a layer does" in question.hint
    assert "batch norm alone whatever the init" in question.hint


@pytest.mark.parametrize("seed", range(6))
def test_the_power_of_ten_is_met_by_measured_nets(seed):
    question = quiz.pose(exercises.power_of_ten, None)
    over = spread_of(Recipe("Xavier").spec(NetSpec()))
    assert question.answer.grade(float(over.log_ratios[seed])).right


@pytest.mark.parametrize("variant", [None, *range(12)])
def test_the_four_curves_need_all_four(variant):
    question = quiz.pose(curve_question.which_curve, variant)
    key = question.answer.key
    assert sorted(key) == sorted(tuple(i == j for i in range(4)) for j in range(4))
    for feedback in question.feedback[:3]:
        assert not question.answer.grade(feedback.wrong).right
    all_same = ";".join(["1000"] * 4)
    assert "none is chosen twice" in quiz.check(question, all_same).words
    caption = question.figure.caption()
    assert not any(word in caption for word in ("skip", "plain", "batch"))


def test_skips_on_a_healthy_net():
    question = quiz.pose(exercises.skips_on_a_healthy_net, None)
    assert "10⁷·⁵" in question.answer.shown()
    assert not quiz.check(question, "0").right


@pytest.mark.parametrize(
    ("text", "right"),
    [("0.9^50", True), ("0.005", True), ("0.0051537", True), ("-2.29", True), ("0.006", False)],
)
def test_a_chain_may_be_answered_as_a_logarithm(text, right):
    assert say(chain_question.scalar_chain, None, text).right is right


@pytest.mark.parametrize("variant", VARIANTS)
def test_chain_variants_never_accept_the_other_factor(variant):
    question = quiz.pose(chain_question.scalar_chain, variant)
    settings = question.settings
    base = abs(1 + settings.weight) if settings.residual else abs(settings.weight)
    other = abs(settings.weight) if settings.residual else abs(1 + settings.weight)
    assert question.answer.key == pytest.approx(base**settings.depth, rel=1e-9)
    assert not quiz.check(question, "0").right
    if settings.weight != -0.5:
        verdict = quiz.check(question, repr(other**settings.depth))
        assert not verdict.right
        assert "factor" in verdict.words
    assert settings.weight != -0.5 or not settings.residual


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_the_order_is_measured_and_far_apart(variant):
    question = quiz.pose(order_question.order_nets, variant)
    by_name = {name: recipe for recipe, name in order_question.NAMES.items()}
    recipes = [by_name[question.answer.items[i]] for i in question.answer.key]
    assert len(set(recipes)) == 5
    theory = [order_question.ratio_of(recipe) for recipe in recipes]
    assert np.diff(theory).min() >= order_question.APART
    measured = [spread_of(recipe.spec(NetSpec())).median for recipe in recipes]
    assert measured == sorted(measured)
    reverse = " ".join(str(i) for i in question.answer.key[::-1])
    assert "other way round" in quiz.check(question, reverse).words
