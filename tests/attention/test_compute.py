import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from viz.attention.backward import hard_gradients, soft_gradients, straight_through
from viz.attention.compute import (
    cosines,
    entropy,
    gumbel_softmax,
    hard,
    inputs_from,
    soft,
    softmax,
)

SEED = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "seeds/attention.toml").read_text(encoding="utf-8")
)["exam"]
EXAM = inputs_from(SEED["query"], SEED["keys"], SEED["values"])
ONES = np.ones(3)


def random_inputs(seed, *, num_keys=5, size=4, width=3, scaled=False):
    rng = np.random.default_rng(seed)
    return inputs_from(
        rng.normal(size=size),
        rng.normal(size=(num_keys, size)),
        rng.normal(size=(num_keys, width)),
        scaled=scaled,
    )


def tensors(inputs):
    return [
        torch.tensor(np.array(part), requires_grad=True)
        for part in (inputs.query, inputs.keys, inputs.values)
    ]


def torch_output(query, keys, values, temperature, scaled):
    scores = keys @ query / (len(query) ** 0.5 if scaled else 1.0)
    return torch.softmax(scores / temperature, dim=0) @ values


def test_the_exams_scores_weights_and_output():
    won = hard(EXAM)
    assert won.scores.tolist() == SEED["scores"]
    assert won.attention_weights.tolist() == SEED["weights"]
    assert won.output.tolist() == SEED["output"]
    assert (won.tied, won.runner_up, won.gap) == ((1,), 2, 6.0)
    assert SEED["scale"] == "none"
    assert EXAM.factor == 1.0


def test_the_exams_example_of_argmax_in_place_of_softmax():
    scores = np.array(SEED["example_scores"], dtype=float)
    expected = [0.0900305732, 0.665240956, 0.244728471]
    np.testing.assert_allclose(softmax(scores), expected, rtol=1e-8)
    np.testing.assert_allclose(softmax(scores), torch.softmax(torch.tensor(scores), 0))
    chosen = hard(inputs_from([1], scores[:, None], scores[:, None])).attention_weights
    assert chosen.tolist() == SEED["example_weights"]


SOFT = [
    (
        0.5,
        [1.12534469e-07, 0.999993728, 6.14417382e-06, 1.52298842e-08],
        [0.999993968, 3.99996877, 3.00000586],
        8.20767331e-05,
    ),
    (
        1.0,
        [0.000334480051, 0.99707098, 0.00247149186, 0.000123048334],
        [0.997862988, 3.98581243, 3.00131034],
        0.0215455448,
    ),
    (
        3**0.5,
        [0.00942445, 0.955380347, 0.0299044684, 0.00529073463],
        [0.979519982, 3.79161692, 2.98989263],
        0.220259,
    ),
    (
        3.0,
        [0.0553826956, 0.797063108, 0.107870761, 0.0396834354],
        [0.947511934, 3.08038167, 2.83837163],
        0.709300439,
    ),
    (
        10.0,
        [0.186853681, 0.415850515, 0.228223602, 0.169072202],
        [0.95863008, 1.43517846, 2.17822743],
        1.31601151,
    ),
    (
        1e6,
        [0.249999437, 0.250001438, 0.249999937, 0.249999187],
        [0.9999995, 0.750005813, 1.75000431],
        1.38629436,
    ),
]


@pytest.mark.parametrize(("temperature", "weights", "output", "nats"), SOFT)
def test_softmax_on_the_exams_vectors(temperature, weights, output, nats):
    found = soft(EXAM, temperature)
    np.testing.assert_allclose(found.attention_weights, weights, rtol=1e-6)
    np.testing.assert_allclose(found.output, output, rtol=1e-7)
    assert found.entropy == pytest.approx(nats, rel=1e-6)
    assert found.effective_keys == pytest.approx(np.exp(nats), rel=1e-6)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("temperature", [0.3, 1.0, 7.0])
def test_softmax_agrees_with_torchs_attention(temperature, scaled):
    inputs = random_inputs(3, scaled=scaled)
    query, keys, values = (part.detach() for part in tensors(inputs))
    scale = (0.5 if scaled else 1.0) / temperature
    expected = torch.nn.functional.scaled_dot_product_attention(
        query[None], keys, values, scale=scale
    )
    np.testing.assert_allclose(soft(inputs, temperature).output, expected[0], rtol=1e-12)


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_every_softmax_gradient_agrees_with_autograd(temperature, scaled):
    inputs = random_inputs(11, scaled=scaled)
    grad_output = np.array([1.0, -2.0, 0.5])
    query, keys, values = tensors(inputs)
    output = torch_output(query, keys, values, temperature, scaled)
    (output @ torch.tensor(grad_output)).backward()
    found = soft_gradients(inputs, grad_output, temperature=temperature)
    np.testing.assert_allclose(found.query, query.grad, rtol=1e-9)
    np.testing.assert_allclose(found.keys, keys.grad, rtol=1e-9)
    np.testing.assert_allclose(found.values, values.grad, rtol=1e-12)


def test_the_exams_softmax_gradient():
    found = soft_gradients(EXAM, ONES)
    by_score = [-0.00166737829, 0.0149702692, -0.0123203517, -0.000982539196]
    np.testing.assert_allclose(found.scores, by_score, rtol=1e-7)
    np.testing.assert_allclose(found.query, [-0.0632691369, 0.041576051, 0.0588985376], rtol=1e-8)
    assert found.scores.sum() == pytest.approx(0, abs=1e-16)


def test_argmax_gives_gradient_to_the_winners_value_alone():
    found = hard_gradients(EXAM, ONES)
    assert not found.query.any()
    assert not found.keys.any()
    assert found.values.tolist() == [[0, 0, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("step", [1e-3, 0.3])
def test_nudging_query_or_keys_leaves_argmax_exactly_where_it_was(step):
    for sign, entry in itertools.product((step, -step), range(3)):
        nudge = sign * np.eye(3)[entry]
        assert hard(inputs_from(EXAM.query + nudge, EXAM.keys, EXAM.values)).output.tolist() == [
            1,
            4,
            3,
        ]
        for row in range(4):
            keys = np.array(EXAM.keys)
            keys[row] += nudge
            moved = hard(inputs_from(EXAM.query, keys, EXAM.values))
            assert moved.output.tolist() == [1, 4, 3]


def test_torch_finds_no_way_back_through_a_one_hot():
    query, keys, values = tensors(EXAM)
    scores = keys @ query
    chosen = torch.nn.functional.one_hot(scores.argmax(), 4).double()
    (chosen @ values).sum().backward()
    assert query.grad is None
    assert keys.grad is None
    np.testing.assert_array_equal(values.grad, hard_gradients(EXAM, ONES).values)


def test_straight_through_agrees_with_torch():
    query, keys, values = tensors(EXAM)
    weights = torch.softmax(keys @ query, dim=0)
    chosen = torch.nn.functional.one_hot((keys @ query).argmax(), 4).double()
    output = (chosen - weights.detach() + weights) @ values
    output.sum().backward()
    forward, found = straight_through(EXAM, ONES)
    assert forward.output.tolist() == [1, 4, 3]
    np.testing.assert_allclose(forward.output, output.detach())
    np.testing.assert_allclose(found.query, query.grad, rtol=1e-9)
    np.testing.assert_allclose(found.query, [-0.0632691369, 0.041576051, 0.0588985376], rtol=1e-8)
    np.testing.assert_allclose(found.values, values.grad, atol=1e-15)
    assert found.values.tolist() == [[0, 0, 0], [1, 1, 1], [0, 0, 0], [0, 0, 0]]


def test_cosines_of_the_exam():
    expected = [0.547722558, 0.898146239, 0.40824829, 0.816496581]
    np.testing.assert_allclose(cosines(EXAM), expected, rtol=1e-8)
    pair = (torch.tensor(np.array(EXAM.keys)), torch.tensor(np.array(EXAM.query))[None])
    np.testing.assert_allclose(cosines(EXAM), torch.nn.functional.cosine_similarity(*pair))


def test_a_zero_vector_has_cosine_zero():
    assert cosines(inputs_from([0, 0], [[1, 1], [0, 0]], [[1], [2]])).tolist() == [0, 0]


def test_the_order_of_keys_does_not_matter():
    inputs = random_inputs(5)
    order = np.random.default_rng(0).permutation(5)
    mixed = inputs_from(inputs.query, inputs.keys[order], inputs.values[order])
    np.testing.assert_allclose(soft(mixed).output, soft(inputs).output, rtol=1e-12)
    np.testing.assert_array_equal(hard(mixed).output, hard(inputs).output)


def test_equal_keys_tie_exactly_and_the_first_is_taken():
    rng = np.random.default_rng(1)
    for _ in range(200):
        key = rng.normal(size=7)
        inputs = inputs_from(rng.normal(size=7), [key, key, key], [[1], [2], [3]])
        won = hard(inputs)
        assert won.tied == (0, 1, 2)
        assert won.output.tolist() == [1]
        assert won.gap == 0


def test_a_single_key_always_wins():
    won = hard(inputs_from([1, 2], [[3, 4]], [[5, 6]]))
    assert (won.runner_up, won.gap) == (None, np.inf)
    alone = soft(inputs_from([1, 2], [[3, 4]], [[5, 6]]))
    assert alone.output.tolist() == [5, 6]
    assert alone.effective_keys == 1


def test_entropy_takes_zero_weights():
    assert entropy(np.array([1.0, 0.0])) == 0
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(np.log(8))


def test_gumbels_argmax_is_a_draw_from_softmax():
    rng = np.random.default_rng(4)
    scores = np.array([1.0, 3.0, 2.0])
    draws = np.stack([gumbel_softmax(scores, rng=rng) for _ in range(20_000)])
    np.testing.assert_allclose(draws.sum(axis=1), 1)
    shares = np.bincount(draws.argmax(axis=1), minlength=3) / len(draws)
    np.testing.assert_allclose(shares, softmax(scores), atol=0.012)


BAD = [
    (([1, 1], [[1, 1], [2, 2]], [[1]]), "got 2 keys and 1 value"),
    (([1, 1, 1], [[1, 1]], [[1]]), "the query has 3 entries but the keys have 2"),
    (([1], [], []), "at least 1 key is needed"),
    (([1, 1], [[1, 1], [1, np.nan]], [[1], [1]]), "row 2 of keys: entry 2 is not a finite number"),
    (([1], [[1]] * 65, [[1]] * 65), "at most 64 keys, 64 dimensions; keys has 65 and 1"),
    (([1], [[1], [1, 2]], [[1], [1]]), "the rows of keys must be equally long"),
    (([2000], [[1]], [[1]]), "row 1 of query: entry 1 must be between −1000 and 1000, got 2000"),
]


@pytest.mark.parametrize(("parts", "words"), BAD)
def test_bad_vectors_are_named(parts, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        inputs_from(*parts)


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ValueError, match="temperature must be positive, got 0"):
        soft(EXAM, 0)
    with pytest.raises(ValueError, match="grad_output must have 3 entries like the values, got 2"):
        soft_gradients(EXAM, [1, 1])


def test_results_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        soft(EXAM).output[0] = 9
