"""Trees for the variants of a question: printed log-probs in whole hundredths, and their keys."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viz.beam_search.models import TreeDecoder

Prefix = tuple[int, ...]
Rows = dict[Prefix, tuple[int, ...]]
Scored = tuple[int, Prefix]
STEPS, WIDTH, GAP, DRAWS = 3, 2, 5, 20_000


@dataclass(frozen=True, slots=True)
class Case:
    """A tree over a few words, in hundredths of a nat.

    Attributes:
        rows: prefix -> log-probs of the next word.
        best, greedy, beam: what exhaustive, greedy and beam search (k = 2) say.
        survivors: the two prefixes that are kept after step 2.
    """

    words: tuple[str, ...]
    rows: Rows
    best: Prefix
    greedy: Prefix
    beam: Prefix
    survivors: frozenset[Prefix]

    def named(self, prefix: Prefix) -> str:
        """A prefix in words."""
        return " ".join(self.words[token] for token in prefix)

    def total(self, prefix: Prefix) -> int:
        """The sum of a path, in hundredths."""
        return sum(self.rows[prefix[:n]][token] for n, token in enumerate(prefix))

    def decoder(self) -> TreeDecoder:
        """The tree as a decoder."""
        table = {prefix: [value / 100 for value in row] for prefix, row in self.rows.items()}
        return TreeDecoder(table, self.words)

    def candidates(self) -> tuple[Prefix, ...]:
        """The candidates of step 2 of a search with k = 2."""
        first = ranked(self.rows, [()])[:WIDTH]
        return tuple(sorted((*p, t) for _, p in first for t in range(len(self.words))))

    def by_last_word(self) -> frozenset[Prefix]:
        """Mistake: the survivors of step 2 if only the last log-prob counted."""
        order = sorted(self.candidates(), key=lambda p: -self.rows[p[:-1]][p[-1]])
        return frozenset(order[:WIDTH])

    def one_each(self) -> frozenset[Prefix]:
        """Mistake: the best child of every prefix in the beam."""
        return self._best_children(1)

    def two_each(self) -> frozenset[Prefix]:
        """Mistake: as many children as the beam is wide, of every prefix in it."""
        return self._best_children(WIDTH)

    def _best_children(self, count: int) -> frozenset[Prefix]:
        parents = {p[:-1] for p in self.candidates()}
        found = set[Prefix]()
        for parent in parents:
            order = np.argsort(-np.array(self.rows[parent]), kind="stable")
            found |= {(*parent, int(token)) for token in order[:count]}
        return frozenset(found)


def ranked(rows: Rows, beam: list[Prefix]) -> list[Scored]:
    """All children of a beam, best first, with their sums."""

    def total(prefix: Prefix) -> int:
        return sum(rows[prefix[:n]][token] for n, token in enumerate(prefix))

    grown = [(*p, t) for p in beam for t in range(len(rows[p]))]
    return sorted(((total(p), p) for p in grown), key=lambda one: (-one[0], one[1]))


def searched(rows: Rows, width: int) -> tuple[list[list[Scored]], int]:
    """The ranked candidates of every step, and the narrowest decision on the way."""
    beam: list[Prefix] = [()]
    steps, gap = list[list[Scored]](), 10**9
    for _ in range(STEPS):
        order = ranked(rows, beam)
        steps.append(order)
        if len(order) > width:
            gap = min(gap, order[width - 1][0] - order[width][0])
        beam = [prefix for _, prefix in order[:width]]
    return steps, gap


def case_of(words: tuple[str, ...], rows: Rows) -> tuple[Case, int]:
    """A case with its keys, and the narrowest decision that leads to them."""
    whole, _ = searched(rows, len(words) ** STEPS)
    one, first = searched(rows, 1)
    two, second = searched(rows, WIDTH)
    order = whole[-1]
    final = two[-1][0][0] - two[-1][1][0]
    gap = min(first, second, final, order[0][0] - order[1][0])
    kept = frozenset(prefix for _, prefix in two[1][:WIDTH])
    return Case(words, rows, order[0][1], one[-1][0][1], two[-1][0][1], kept), gap


def drawn_rows(rng: np.random.Generator, size: int) -> Rows:
    """Probabilities in steps of 0.05, at least 0.05, as printed log-probs."""
    rows: Rows = {}
    level: list[Prefix] = [()]
    for _ in range(STEPS):
        for prefix in level:
            cuts = sorted(int(c) for c in rng.choice(np.arange(1, 20), size - 1, replace=False))
            shares = np.diff([0, *cuts, 20])
            rows[prefix] = tuple(round(100 * math.log(share / 20)) for share in shares)
        level = [(*prefix, token) for prefix in level for token in range(size)]
    return rows


def draw(
    rng: np.random.Generator,
    words: tuple[str, ...],
    *,
    also: Callable[[Case], bool] = lambda _: True,
) -> Case:
    """A tree on which greedy search fails and no decision is closer than 0.05.

    Args:
        rng: where the numbers come from.
        words: two or three.
        also: a further condition.
    """
    for _ in range(DRAWS):
        case, gap = case_of(words, drawn_rows(rng, len(words)))
        if gap >= GAP and case.greedy != case.best and case.beam == case.best and also(case):
            return case
    raise RuntimeError(f"no tree of {len(words)} words was accepted in {DRAWS} draws")
