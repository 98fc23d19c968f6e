import numpy as np
import pytest
import torch

from viz.attention.scaling import DIMENSIONS, saturate
from viz.attention.size_figures import _keys
from viz.attention.tokens import (
    equal_projections,
    random_projections,
    self_attention,
    word_vectors,
)

MEASURED = {  # dimension: medians of the largest weight, plain and divided by sqrt(d)
    16: (0.386, 0.021),
    64: (0.755, 0.025),
    256: (0.904, 0.022),
    512: (0.953, 0.024),
}


@pytest.fixture(scope="module")
def many():
    return saturate(draws=600, rng=np.random.default_rng(0))


@pytest.mark.parametrize("dimension", MEASURED)
def test_long_random_vectors_make_softmax_an_argmax(many, dimension):
    found = np.median(many.largest_weight[:, DIMENSIONS.index(dimension)], axis=-1)
    np.testing.assert_allclose(found, MEASURED[dimension], rtol=0.2)


def test_with_scaling_hundreds_of_keys_share_the_weight(many):
    plain, scaled = np.median(many.effective_keys[:, -1], axis=-1)
    assert 1 <= plain < 1.3
    assert scaled == pytest.approx(317, rel=0.05)


def test_scores_spread_by_the_square_root_of_the_dimension(many):
    spread = np.sqrt((many.score_std**2).mean(axis=-1))
    np.testing.assert_allclose(spread[0], np.sqrt(DIMENSIONS), rtol=0.05)
    np.testing.assert_allclose(spread[1], 1, rtol=0.05)


@pytest.mark.parametrize("dimension", [4, 64])
def test_it_is_what_keys_drawn_entry_by_entry_give(many, dimension):
    rng = np.random.default_rng(5)
    largest = []
    for _ in range(300):
        scores = rng.standard_normal((512, dimension)) @ rng.standard_normal(dimension)
        weights = np.exp(scores - scores.max())
        largest.append(weights.max() / weights.sum())
    expected = np.quantile(largest, [0.25, 0.5, 0.75])
    found = np.quantile(many.largest_weight[0, DIMENSIONS.index(dimension)], [0.25, 0.5, 0.75])
    np.testing.assert_allclose(found, expected, rtol=0.2)


def test_the_slope_is_the_norm_of_the_softmax_jacobian():
    found = saturate(num_keys=6, draws=1, dimensions=(4,), top=6, rng=np.random.default_rng(2))
    weights = found.top_weights[0, 0]
    jacobian = np.diag(weights) - np.outer(weights, weights)
    assert found.slope[0, 0, 0] == pytest.approx(np.linalg.norm(jacobian))


def test_bad_counts_are_named():
    with pytest.raises(ValueError, match="num_keys must be between 1 and 512, got 513"):
        saturate(num_keys=513, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="draws must be at least 1, got 0"):
        saturate(draws=0, rng=np.random.default_rng(0))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("scaled", [False, True])
def test_self_attention_agrees_with_torch_at_real_size(causal, scaled):
    rng = np.random.default_rng(6)
    tokens = rng.standard_normal((64, 64))
    projections = random_projections(64, 64, rng)
    found = self_attention(tokens, projections, causal=causal, scaled=scaled)
    queries, keys, values = (torch.tensor(tokens @ matrix) for matrix in projections)
    expected = torch.nn.functional.scaled_dot_product_attention(
        queries, keys, values, is_causal=causal, scale=1 / 8 if scaled else 1.0
    )
    np.testing.assert_allclose(found.outputs, expected, atol=1e-12)


def test_the_mask_hides_the_future_and_rows_sum_to_one():
    rng = np.random.default_rng(7)
    found = self_attention(
        rng.standard_normal((9, 4)), random_projections(4, 4, rng), causal=True
    ).attention_weights
    assert (np.triu(found, 1) == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found[0].tolist() == [1] + [0] * 8


def test_equal_words_find_each_other():
    words = ("the", "cat", "saw", "the", "dog")
    vectors = word_vectors(words, 64, np.random.default_rng(0))
    assert (vectors[0] == vectors[3]).all()
    found = self_attention(vectors, equal_projections(64), names=words)
    assert found.attention_weights[0, [0, 3]].sum() > 0.9


def test_hidden_tokens_do_not_change_earlier_outputs():
    rng = np.random.default_rng(8)
    tokens, projections = rng.standard_normal((10, 4)), random_projections(4, 4, rng)
    before = self_attention(tokens, projections, causal=True).outputs[:6]
    tokens[6:] = 50
    after = self_attention(tokens, projections, causal=True).outputs[:6]
    np.testing.assert_allclose(before, after)


def test_too_many_tokens_or_wrong_names_are_refused():
    with pytest.raises(ValueError, match="at most 64 tokens"):
        self_attention(np.zeros((65, 2)), equal_projections(2))
    with pytest.raises(ValueError, match="there are 2 tokens but 1 names"):
        self_attention(np.zeros((2, 2)), equal_projections(2), names=("a",))


def test_one_key_is_named_as_one():
    assert _keys(1.0001) == "one key had all of it"
    assert _keys(2.914) == "2.91 keys shared it evenly"
