"""Greedy, beam and exhaustive search over a decoder, and what each of them costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from viz.beam_search.models import Decoder, FloatArray, IntArray, States

Penalty = Literal["power", "gnmt"]
DIGITS = 12
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A prefix and what the decoder thinks of it.

    Attributes:
        tokens: places in the vocabulary, the end token included.
        log_prob: the sum of its tokens' log-probs, in nats.
        score: log_prob / length penalty; what the end is decided by.
        finished: it ended (or has the fixed length).
    """

    tokens: tuple[int, ...]
    log_prob: float
    score: float
    finished: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One step of a search; candidates best first.

    Attributes:
        parents: shape (candidates,), the rank of each one's parent in the beam before.
        tokens: shape (candidates,).
        totals: shape (candidates,), summed log-probs.
        kept: places of the candidates that stay in the beam, best first.
        finished: places of the candidates that ended here and count as sentences.
        prefixes: shape (kept, step), the tokens of the new beam.
        num_scored: candidates that were scored, without the impossible ones (-inf); more than are
            listed if there were many.
    """

    parents: IntArray
    tokens: IntArray
    totals: FloatArray
    kept: IntArray
    finished: IntArray
    prefixes: IntArray
    num_scored: int

    @property
    def cut(self) -> float | None:
        """The total that a candidate had to beat: the last one that was kept."""
        return float(self.totals[self.kept[-1]]) if self.kept.size else None


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """A whole beam search: every step, and the sentences it ends with, best first."""

    beam_width: int
    vocabulary: tuple[str, ...]
    eos: int | None
    steps: tuple[Step, ...]
    hypotheses: tuple[Hypothesis, ...]

    @property
    def best(self) -> Hypothesis:
        """What the decoder says."""
        return self.hypotheses[0]

    @property
    def num_scored(self) -> int:
        """Candidates scored in all steps."""
        return sum(step.num_scored for step in self.steps)

    def prefix(self, step: int, place: int) -> tuple[int, ...]:
        """The tokens of the candidate at ``place`` of ``step`` (from 0)."""
        now = self.steps[step]
        before = self.steps[step - 1].prefixes[now.parents[place]] if step else ()
        return (*(int(token) for token in before), int(now.tokens[place]))

    def words(self, tokens: Sequence[int]) -> str:
        """Tokens in words."""
        return " ".join(self.vocabulary[token] for token in tokens)


def length_penalty(length: int, alpha: float, form: Penalty = "power") -> float:
    """n**alpha, or ((5 + n) / 6)**alpha of Wu et al. 2016; n counts the end token."""
    return float(((5 + length) / 6 if form == "gnmt" else length) ** alpha)


def beam_search(
    decoder: Decoder,
    *,
    beam_width: int,
    num_steps: int,
    alpha: float = 0.0,
    penalty: Penalty = "power",
    finished_only: bool = True,
) -> Search:
    """Grow prefixes for ``num_steps`` tokens, keeping the ``beam_width`` likeliest.

    Width 1 is greedy search, width V**(num_steps - 1) is exhaustive search. All candidates are
    ranked by their total; an end token counts as finished if its rank is within the beam's width,
    and the best ``beam_width`` others stay alive (as ``generate`` of transformers does with
    ``early_stopping="never"``). Ties go to the better parent, then to the smaller token.

    Args:
        decoder: what gives the log-probs.
        beam_width: the exam's beam size k.
        num_steps: tokens of the longest sentence.
        alpha: strength of the length penalty; 0 is none.
        penalty: its form.
        finished_only: sentences that did not end are taken only if none did.

    Raises:
        ValueError: a width or a number of steps that is not a whole number of at least 1.
    """
    check_whole(beam_width, "beam size k")
    check_whole(num_steps, "number of steps T")
    states, totals = decoder.start(), np.zeros(1)
    prefixes = np.zeros((1, 0), dtype=np.int64)
    steps, done = list[Step](), list[Hypothesis]()
    for _ in range(num_steps):
        step = _one_step(totals, decoder.log_probs(states), prefixes, beam_width, decoder.eos)
        steps.append(step)
        for place in step.finished:
            tokens = (*prefixes[step.parents[place]].tolist(), int(step.tokens[place]))
            done.append(_scored(tokens, float(step.totals[place]), alpha, penalty))
        if not step.kept.size:
            break
        parents, tokens_kept = step.parents[step.kept], step.tokens[step.kept]
        states = decoder.extend(states[parents], tokens_kept)
        totals, prefixes = step.totals[step.kept], step.prefixes
    ended = decoder.eos is None
    alive = _alive(steps[-1], alpha, penalty, ended)
    taken = done if done and finished_only and not ended else [*done, *alive]
    ranked = sorted(taken, key=lambda one: -round(one.score, DIGITS))
    return Search(beam_width, decoder.vocabulary, decoder.eos, tuple(steps), tuple(ranked))


def _one_step(
    totals: FloatArray, log_probs: FloatArray, prefixes: IntArray, width: int, eos: int | None
) -> Step:
    flat = (totals[:, None] + log_probs).ravel()
    places = rank(flat, limit=max(2 * width, SHOWN))
    parents, tokens = np.divmod(places, log_probs.shape[1])
    ends = tokens == eos if eos is not None else np.zeros(len(tokens), dtype=bool)
    finished = np.flatnonzero(ends[:width])
    kept = np.flatnonzero(~ends)[:width]
    grown = np.column_stack([prefixes[parents[kept]], tokens[kept]])
    arrays = (parents, tokens, flat[places], kept, finished, grown)
    for array in arrays:
        array.setflags(write=False)
    return Step(*arrays, num_scored=int(np.isfinite(flat).sum()))


def rank(totals: FloatArray, *, limit: int) -> IntArray:
    """Places of the ``limit`` best totals, best first; without the impossible ones (-inf).

    Equal means equal to 12 decimals, so that 0.1 + 0.2 cannot reorder; ties keep their order.
    """
    rounded = np.round(totals, DIGITS)
    places = np.flatnonzero(rounded > -np.inf)
    if places.size > limit:
        among = rounded[places]
        least = np.partition(among, places.size - limit)[places.size - limit]
        places = places[among >= least]
    return places[np.argsort(-rounded[places], kind="stable")][:limit].astype(np.int64)


def _scored(tokens: tuple[int, ...], log_prob: float, alpha: float, form: Penalty) -> Hypothesis:
    return Hypothesis(tokens, log_prob, log_prob / length_penalty(len(tokens), alpha, form))


def _alive(step: Step, alpha: float, form: Penalty, ended: bool) -> list[Hypothesis]:
    found = []
    for prefix, place in zip(step.prefixes.tolist(), step.kept, strict=True):
        total = float(step.totals[place])
        score = total / length_penalty(len(prefix), alpha, form)
        found.append(Hypothesis(tuple(prefix), total, score, ended))
    return found


def check_whole(value: object, name: str) -> None:
    """Refuse what is not a whole number of at least 1."""
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or int(value) < 1:  # type: ignore[call-overload]
        raise ValueError(f"{name} must be an integer of at least 1, got {value}")


def exhaustive(
    decoder: Decoder, num_steps: int, *, limit: int = 1_000_000
) -> tuple[Hypothesis, ...]:
    """Every sentence of at most ``num_steps`` tokens that ended, or has the fixed length.

    Best first; ties in the order in which a beam as wide as the tree lists them.

    Raises:
        ValueError: there are more than ``limit`` of them.
    """
    needed = len(decoder.vocabulary) ** num_steps
    if needed > limit:
        raise ValueError(
            f"exhaustive search would need {needed:,} sequences, the limit is {limit:,}"
        )
    return beam_search(decoder, beam_width=needed, num_steps=num_steps).hypotheses


def exact_search(
    decoder: Decoder,
    num_steps: int,
    *,
    alpha: float = 0.0,
    penalty: Penalty = "power",
    at_least: float = -np.inf,
    limit: int = 600_000,
) -> Hypothesis | None:
    """The best sentence of all, by branch and bound; None if that takes too many candidates.

    Log-probs only fall, so no sentence that grows out of a prefix scores more than
    log p(prefix) / penalty(num_steps): prefixes below the best score so far are cut.

    Args:
        decoder: what gives the log-probs.
        num_steps: tokens of the longest sentence.
        alpha: strength of the length penalty.
        penalty: its form.
        at_least: a score that some sentence is known to have; the better it is, the less to do.
        limit: candidates that may be scored.
    """
    states, totals = decoder.start(), np.zeros(1)
    prefixes = np.zeros((1, 0), dtype=np.int64)
    best: Hypothesis | None = None
    goal, spent, size = at_least - 1e-9, 0, len(decoder.vocabulary)
    for length in range(1, num_steps + 1):
        spent += totals.size * size
        if spent > limit:
            return None
        grown = totals[:, None] + decoder.log_probs(states)
        here = length_penalty(length, alpha, penalty)
        ends = np.full(grown.shape, decoder.eos is None and length == num_steps)
        if decoder.eos is not None:
            ends[:, decoder.eos] = True
        scores = np.where(ends, grown / here, -np.inf)
        top = int(scores.argmax())
        if scores.flat[top] > goal:
            parent, token = divmod(top, size)
            tokens = (*prefixes[parent].tolist(), token)
            best = Hypothesis(tokens, float(grown.flat[top]), float(scores.flat[top]))
            goal = best.score
        bound = grown / length_penalty(num_steps, alpha, penalty)
        parents, tokens_kept = np.nonzero((bound > goal) & ~ends)
        if not parents.size or length == num_steps:
            break
        states, totals, prefixes = _grow(decoder, states, grown, prefixes, parents, tokens_kept)
    return best


def _grow(
    decoder: Decoder,
    states: States,
    totals: FloatArray,
    prefixes: IntArray,
    parents: npt.NDArray[np.intp],
    tokens: npt.NDArray[np.intp],
) -> tuple[States, FloatArray, IntArray]:
    grown = np.column_stack([prefixes[parents], tokens])
    return decoder.extend(states[parents], tokens), totals[parents, tokens], grown


def beam_cost(vocabulary_size: int, num_steps: int, beam_width: int) -> int:
    """Candidates that a beam search scores: sum over t of V * min(k, V**(t - 1))."""
    alive, cost = 1, 0
    for _ in range(num_steps):
        cost += vocabulary_size * min(beam_width, alive)
        alive = min(alive * vocabulary_size, beam_width)
    return cost


def exhaustive_cost(vocabulary_size: int, num_steps: int) -> int:
    """Nodes of the whole tree: sum over t of V**t."""
    return sum(vocabulary_size**step for step in range(1, num_steps + 1))
