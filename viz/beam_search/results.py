"""What the tree's views show: a search, the greedy one beside it, and the true best."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from viz.beam_search.compute import (
    DIGITS,
    Hypothesis,
    Penalty,
    Search,
    beam_cost,
    beam_search,
    check_whole,
    exact_search,
    exhaustive_cost,
)
from viz.beam_search.models import Decoder, path_log_probs

Prefix = tuple[int, ...]
WHOLE = 30


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A search over one decoder, and what it is compared with.

    Attributes:
        name: which decoder ("exam").
        search: the search with the chosen width.
        greedy: the same with width 1.
        by_width: searches with other widths, ascending, if the width is what plays, else empty.
        exact: the best sentence of all; None if that is out of reach.
        tree: every prefix with its total, if there are few; else empty.
        notice: a sentence about the decoder itself.
    """

    name: str
    decoder: Decoder
    num_steps: int
    alpha: float
    penalty: Penalty
    search: Search
    greedy: Search
    by_width: tuple[Search, ...]
    exact: Hypothesis | None
    tree: dict[Prefix, float]
    notice: str = ""

    @property
    def full_cost(self) -> int:
        """Candidates of the whole tree; what has ended is not extended."""
        size = len(self.decoder.vocabulary)
        if self.decoder.eos is None:
            return exhaustive_cost(size, self.num_steps)
        return sum(size * (size - 1) ** step for step in range(self.num_steps))

    @property
    def place(self) -> int:
        """Which of the widths that play is the chosen one, or the nearest to it."""
        widths = [one.beam_width for one in self.by_width]
        return min(range(len(widths)), key=lambda i: abs(widths[i] - self.search.beam_width))

    def gap(self, search: Search) -> float | None:
        """How far below the best score a search's sentence is; None if the best is unknown."""
        if self.exact is None:
            return None
        found = search.best
        comparable = found.score if found.finished else -np.inf
        return max(0.0, round(self.exact.score - comparable, DIGITS))

    def missed(self, search: Search) -> bool:
        """Whether a better sentence is known."""
        gap = self.gap(search)
        return gap is not None and gap > 0

    def is_whole(self, search: Search) -> bool:
        """Whether the search dropped nothing before the last step, so that it saw everything."""
        return all(len(s.kept) + len(s.finished) == len(s.totals) for s in search.steps[:-1])


def run_search(
    decoder: Decoder,
    *,
    name: str,
    num_steps: int,
    beam_width: int,
    widths: Sequence[int] = (),
    alpha: float = 0.0,
    penalty: Penalty = "power",
    notice: str = "",
    exact_limit: int = 100_000,
) -> Run:
    """Search with one width, or with every one of ``widths``, of which ``beam_width`` is shown."""
    check_whole(beam_width, "beam size k")

    def search(width: int) -> Search:
        return beam_search(
            decoder, beam_width=width, num_steps=num_steps, alpha=alpha, penalty=penalty
        )

    swept = _searches(decoder, num_steps, alpha, penalty, tuple(widths))
    by_width = {one.beam_width: one for one in swept}
    greedy = by_width.get(1) or search(1)
    chosen = by_width.get(beam_width) or search(beam_width)
    known = [one.best.score for one in (*by_width.values(), greedy, chosen) if one.best.finished]
    exact = exact_search(
        decoder,
        num_steps,
        alpha=alpha,
        penalty=penalty,
        at_least=max(known, default=-np.inf),
        limit=exact_limit,
    )
    tree = whole_tree(decoder, num_steps)
    return Run(
        name,
        decoder,
        num_steps,
        alpha,
        penalty,
        chosen,
        greedy,
        tuple(by_width.values()),
        exact,
        tree,
        notice,
    )


def whole_tree(decoder: Decoder, num_steps: int, *, limit: int = WHOLE) -> dict[Prefix, float]:
    """Every possible prefix and its total, parents first; empty if there are too many."""
    found: dict[Prefix, float] = {}
    states, totals = decoder.start(), np.zeros(1)
    prefixes: list[Prefix] = [()]
    for _ in range(num_steps):
        grown = totals[:, None] + decoder.log_probs(states)
        parents, tokens = np.nonzero(grown > -np.inf)
        if len(found) + len(parents) > limit:
            return {}
        children = [(*prefixes[p], int(w)) for p, w in zip(parents, tokens, strict=True)]
        found.update(zip(children, grown[parents, tokens].tolist(), strict=True))
        alive = tokens != decoder.eos if decoder.eos is not None else np.full(len(tokens), True)
        if not alive.any():
            break
        states = decoder.extend(states[parents[alive]], tokens[alive])
        prefixes = [child for child, lives in zip(children, alive, strict=True) if lives]
        totals = grown[parents[alive], tokens[alive]]
    return found


def tied(search: Search) -> tuple[Hypothesis, ...]:
    """All sentences of a search that share the best score."""
    best = round(search.best.score, DIGITS)
    return tuple(
        one
        for one in search.hypotheses
        if round(one.score, DIGITS) == best and one.finished == search.best.finished
    )


def greedy_path(run: Run, search: Search, reached: Set[Prefix]) -> list[Prefix]:
    """What greedy search would say, as far as it was reached; empty if it says the same."""
    tokens = run.greedy.best.tokens
    if search.beam_width == 1 or tokens == search.best.tokens:
        return []
    path = (tokens[:length] for length in range(1, len(tokens) + 1))
    return [prefix for prefix in path if prefix in reached]


def parts_of(run: Run, tokens: Sequence[int]) -> tuple[float, ...]:
    """The log-probs whose sum is a sentence's total."""
    return path_log_probs(run.decoder, tokens)


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """The same decoder with one width after the other.

    Attributes:
        searches: widths from 1 on.
        costs: candidates that each scored.
        exact: the best sentence of all, if it is known.
    """

    searches: tuple[Search, ...]
    costs: tuple[int, ...]
    exact: Hypothesis | None


def sweep(run: Run, widths: Sequence[int]) -> Sweep:
    """One search for each of the widths over the decoder of a run."""
    searches = _searches(run.decoder, run.num_steps, run.alpha, run.penalty, tuple(widths))
    return Sweep(searches, tuple(one.num_scored for one in searches), run.exact)


@lru_cache(maxsize=32)
def _searches(
    decoder: Decoder, num_steps: int, alpha: float, penalty: Penalty, widths: tuple[int, ...]
) -> tuple[Search, ...]:
    """Kept, because a page asks again whenever only the chosen width has changed."""
    return tuple(
        beam_search(decoder, beam_width=width, num_steps=num_steps, alpha=alpha, penalty=penalty)
        for width in widths
    )


def planned_cost(run: Run, beam_width: int) -> int:
    """Candidates that a full tree of this size costs at a width."""
    return beam_cost(len(run.decoder.vocabulary), run.num_steps, beam_width)
