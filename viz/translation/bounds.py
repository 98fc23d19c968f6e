"""The best any model of a stacking could do on a corpus, by counting sentences that look alike."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from viz.translation.compute import EOS
from viz.translation.corpus import Pair, full_source

Item = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Bound:
    """The best any model of this stacking could do on a corpus, by enumeration.

    Attributes:
        positions: share of tokens that can be right at output 1, 2, ...
        total: share of all tokens. sentences: sentences that can be right in full.
    """

    positions: tuple[float, ...]
    total: float
    sentences: int


@dataclass(frozen=True, slots=True)
class Alike:
    """What a vertical model knows when it says a word, and what the corpus says then.

    Attributes:
        seen: the source words read so far; empty places beyond the source's end are not read.
        said: the true words before.
        counts: possible next words and their sentences, most frequent first.
        right: the true next word.
        possible: whether there is a source word left to read.
    """

    seen: tuple[str, ...]
    said: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    right: str
    possible: bool

    @property
    def share(self) -> float:
        """How often the best guess is right among the sentences that look alike."""
        total = sum(count for _, count in self.counts)
        return self.counts[0][1] / total if self.possible and total else 0.0


def items_of(pairs: Sequence[Pair], source_sos: bool) -> tuple[Item, ...]:
    """Sources and targets with their symbols."""
    return tuple((full_source(pair, source_sos), (*pair.target, EOS)) for pair in pairs)


@cache
def best_possible(pairs: tuple[Pair, ...], stack: str, *, source_sos: bool = False) -> Bound:
    """Count what sentences that look the same so far allow (source prefix, target prefix)."""
    items = items_of(pairs, source_sos)
    longest = max(len(target) for _, target in items)
    counts = [sum(len(target) > j for _, target in items) for j in range(longest)]
    right = [0] * longest
    for j in range(longest):
        groups: defaultdict[Item, Counter[str]] = defaultdict(Counter)
        for source, target in items:
            if j < len(target) and (stack == "horizontal" or j < len(source)):
                seen = source if stack == "horizontal" else source[: j + 1]
                groups[seen, target[:j]][target[j]] += 1
        right[j] = sum(max(counted.values()) for counted in groups.values())
    sentences = len({source for source, _ in items})
    if stack == "vertical":
        sentences = _best_from([item for item in items if len(item[1]) <= len(item[0])], 0)
    positions = tuple(r / c for r, c in zip(right, counts, strict=True))
    return Bound(positions, sum(right) / sum(counts), sentences)


def _best_from(items: list[Item], j: int) -> int:
    """Choose output j for each visible source word so that most sentences stay possible."""
    by_word: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        by_word[item[0][j]].append(item)
    total = 0
    for seen in by_word.values():
        by_output: defaultdict[str, list[Item]] = defaultdict(list)
        for item in seen:
            by_output[item[1][j]].append(item)
        total += max(
            sum(len(target) == j + 1 for _, target in group)
            + _best_from([item for item in group if len(item[1]) > j + 1], j + 1)
            for group in by_output.values()
        )
    return total


def alike(pairs: Sequence[Pair], pair: Pair, *, source_sos: bool = False) -> tuple[Alike, ...]:
    """Word by word: which sentences a vertical model cannot tell from this one yet."""
    items = items_of(pairs, source_sos)
    ((source, target),) = items_of([pair], source_sos)
    found = []
    for j, right in enumerate(target):
        seen = source[: j + 1]
        counted = Counter(
            other[j]
            for words, other in items
            if len(other) > j and words[: j + 1] == seen and other[:j] == target[:j]
        )
        counts = tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
        found.append(Alike(seen, target[:j], counts, right, j < len(source)))
    return tuple(found)
