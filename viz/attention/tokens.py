"""Self-attention: every token asks all tokens, with the mask that hides the future."""

from dataclasses import dataclass

import numpy as np

from viz.attention.compute import MAX_DIMENSIONS, MAX_KEYS, FloatArray, entropy, frozen, softmax


@dataclass(frozen=True, slots=True, eq=False)
class SelfAttention:
    """Every token's weights on all tokens.

    Attributes:
        names: what the tokens are called.
        attention_weights: shape (n, n), row by asking token; 0 where masked.
        outputs: shape (n, dv).
        effective_tokens: exponential of each row's entropy, shape (n,).
        causal: whether a token sees only itself and those before it.
        scaled: whether scores are divided by √d.
    """

    names: tuple[str, ...]
    attention_weights: FloatArray
    outputs: FloatArray
    effective_tokens: FloatArray
    causal: bool
    scaled: bool


def self_attention(
    tokens: FloatArray,
    projections: tuple[FloatArray, FloatArray, FloatArray],
    *,
    causal: bool = False,
    scaled: bool = True,
    temperature: float = 1.0,
    names: tuple[str, ...] = (),
) -> SelfAttention:
    """softmax(Q Kᵀ / √d / temperature) V with Q, K, V = tokens times three matrices.

    Args:
        tokens: shape (n, m).
        projections: for queries (m, d), keys (m, d) and values (m, dv).
        causal: mask every later token.
        scaled: divide scores by √d.
        temperature: of the softmax.
        names: of the tokens; their places if empty.

    Raises:
        ValueError: too many tokens, or names that do not fit.
    """
    if not 1 <= len(tokens) <= MAX_KEYS or tokens.shape[1] > MAX_DIMENSIONS:
        raise ValueError(
            f"at most {MAX_KEYS} tokens, {MAX_DIMENSIONS} dimensions, "
            f"got {len(tokens)} and {tokens.shape[1]}"
        )
    queries, keys, values = (tokens @ matrix for matrix in projections)
    scores = queries @ keys.T / (np.sqrt(queries.shape[1]) if scaled else 1.0)
    if causal:
        scores = np.where(np.tri(len(tokens), dtype=bool), scores, -np.inf)
    weights = softmax(scores, temperature)
    said = names or tuple(str(i + 1) for i in range(len(tokens)))
    if len(said) != len(tokens):
        raise ValueError(f"there are {len(tokens)} tokens but {len(said)} names")
    effective, outputs = frozen(np.exp(entropy(weights))), frozen(weights @ values)
    return SelfAttention(said, frozen(weights), outputs, effective, causal, scaled)


def word_vectors(words: tuple[str, ...], width: int, rng: np.random.Generator) -> FloatArray:
    """A standard normal vector for every different word, shape (n, width); equal words share it."""
    different = {word: i for i, word in enumerate(dict.fromkeys(words))}
    drawn = rng.standard_normal((len(different), width))
    return frozen(drawn[[different[word] for word in words]])


def random_projections(
    width: int, size: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Three matrices (width, size) with normal entries of variance 1 / width."""
    drawn = rng.standard_normal((3, width, size)) / np.sqrt(width)
    return frozen(drawn[0]), frozen(drawn[1]), frozen(drawn[2])


def equal_projections(width: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Three identities: a token's query is its own vector, so equal tokens find each other."""
    same = frozen(np.eye(width))
    return same, same, same
