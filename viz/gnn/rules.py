"""Update rules put to the test: apply them under every order of the neighbors and look."""

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz import grammar

FloatArray = npt.NDArray[np.float64]
TOLERANCE = 1e-9
MAX_ORDERS = 720
TRIALS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Random weights of one trial: two scalars, one scalar and one matrix for each neighbor."""

    self_weight: float
    shared: float
    each: FloatArray
    matrices: FloatArray
    recurrent: FloatArray


Rule = Callable[[FloatArray, FloatArray, Weights], FloatArray]


def _recurrent(state: FloatArray, inbox: FloatArray, weights: Weights) -> FloatArray:
    for message in inbox:
        state = np.tanh(weights.recurrent @ state + message)
    return state


def _attention(state: FloatArray, inbox: FloatArray, _weights: Weights) -> FloatArray:
    scores = inbox @ state
    shares = np.exp(scores - scores.max())
    return state + (shares / shares.sum()) @ inbox


def _matrix_product(state: FloatArray, inbox: FloatArray, weights: Weights) -> FloatArray:
    turned = np.einsum("jab,jb->ja", weights.matrices[: len(inbox)], inbox)
    return np.asarray(state * turned.prod(axis=0))


def _ordered(state: FloatArray, inbox: FloatArray, weights: Weights) -> FloatArray:
    """Add w cos(j) m_j for every place j: the shortest layer on a concatenated list."""
    return np.asarray(state + weights.shared * np.cos(1 + np.arange(len(inbox))) @ inbox)


RULES: dict[str, Rule] = {
    "mean": lambda s, m, w: w.self_weight * s + w.shared * m.mean(axis=0),
    "max": lambda s, m, w: np.maximum(w.self_weight * s, (w.shared * m).max(axis=0)),
    "product, a weight each": lambda s, m, w: s * (w.each[: len(m), None] * m).prod(axis=0),
    "product, a matrix each": _matrix_product,
    "sum": lambda s, m, w: w.self_weight * s + w.shared * m.sum(axis=0),
    "min": lambda s, m, w: np.minimum(w.self_weight * s, (w.shared * m).min(axis=0)),
    "median": lambda s, m, w: w.self_weight * s + w.shared * np.median(m, axis=0),
    "deviation": lambda s, m, w: w.self_weight * s + w.shared * m.std(axis=0),
    "sum, a weight each": lambda s, m, w: s + (w.each[: len(m), None] * m).sum(axis=0),
    "first neighbor": lambda s, m, w: w.self_weight * s + w.shared * m[0],
    "RNN over the list": _recurrent,
    "softmax attention": _attention,
    "sorted list": lambda s, m, w: _ordered(s, np.sort(m, axis=0), w),
    "list in order": _ordered,
}
EXAM = ("mean", "max", "product, a weight each")
NAMES = ("s", "m", "w", "j", "n")


def typed_rule(text: str, *, product: bool = False) -> Rule:
    """A rule from a formula in s, m, w, j and n, added (or multiplied) over the neighbors.

    s is the node's component, m the j-th message's, w the j-th weight, j its place from 1, n
    how many there are: "m/n" is the mean, "w*m" a weight for each place.

    Raises:
        ValueError: the formula cannot be read.
    """
    formula = grammar.read_expression(text, NAMES)

    @functools.lru_cache(maxsize=4096)
    def term(own: float, message: float, weight: float, place: int, count: int) -> float:
        values = {"s": own, "m": message, "w": weight, "j": float(place), "n": float(count)}
        return formula.evaluate(values)

    def rule(state: FloatArray, inbox: FloatArray, weights: Weights) -> FloatArray:
        out = np.empty(len(state))
        each, count = weights.each.tolist(), len(inbox)
        for c, own in enumerate(state.tolist()):
            column = inbox[:, c].tolist()
            terms = [term(own, m, each[j], j + 1, count) for j, m in enumerate(column)]
            out[c] = math.prod(terms) if product else math.fsum(terms)
        return out

    return rule


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What shuffling the neighbors did.

    Attributes:
        valid: no order changed the output by more than 1e-9 of its size.
        spread: the largest change over the largest output, worst of all trials.
        outputs: of the trial with the largest spread, for each order tried, shape (orders, d).
        orders: the orders, from 0. witness: the place of the order that differs most.
        state, inbox, weights: what that trial was given.
    """

    valid: bool
    spread: float
    outputs: FloatArray
    orders: tuple[tuple[int, ...], ...]
    witness: int
    state: FloatArray
    inbox: FloatArray
    weights: Weights


def permutation_test(
    rule: Rule, *, width: int, num_neighbors: int, rng: np.random.Generator
) -> Verdict:
    """Apply a rule under all orders of the neighbors (720 random ones beyond six)."""
    orders = _orders(num_neighbors, rng)
    worst: Verdict | None = None
    for _ in range(TRIALS):
        state, inbox, weights = _draw(width, num_neighbors, rng)
        outputs = np.array([rule(state, inbox[list(order)], weights) for order in orders])
        size = max(float(np.abs(outputs).max()), 1e-300)
        gaps = np.abs(outputs - outputs[0]).max(axis=1)
        spread = float(gaps.max()) / size
        if worst is None or spread > worst.spread:
            witness = int(gaps.argmax())
            worst = Verdict(
                spread < TOLERANCE, spread, outputs, orders, witness, state, inbox, weights
            )
    if worst is None:
        raise ValueError("at least one trial is needed")
    return worst


def _orders(count: int, rng: np.random.Generator) -> tuple[tuple[int, ...], ...]:
    if count < 1:
        raise ValueError(f"the number of neighbors must be at least 1, got {count}")
    if math.factorial(count) <= MAX_ORDERS:
        return tuple(itertools.permutations(range(count)))
    drawn = [tuple(int(i) for i in rng.permutation(count)) for _ in range(MAX_ORDERS - 1)]
    return (tuple(range(count)), *drawn)


def _draw(
    width: int, count: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, Weights]:
    """Entries of size 0.5 to 1.5, so that products neither vanish nor explode."""

    def entries(*shape: int) -> FloatArray:
        return rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)

    weights = Weights(
        float(entries(1)[0]),
        float(entries(1)[0]),
        entries(count),
        entries(count, width, width),
        entries(width, width),
    )
    return entries(width), entries(count, width), weights
