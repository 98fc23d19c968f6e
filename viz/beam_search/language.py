"""Language models counted from a text: words that follow words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from viz.beam_search.compute import Hypothesis
from viz.beam_search.models import EOS, FloatArray, IntArray, States

MAX_CHARACTERS = 20_000
MIN_SENTENCES, MIN_WORDS = 3, 20
MAX_WORDS = 2000
MAX_TABLE = 400_000
TRIGRAM = (0.60, 0.25, 0.13, 0.02)
BIGRAM = (0.0, 0.80, 0.18, 0.02)

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_END = re.compile(r"[.!?…。！？]+")


def read_sentences(text: str) -> tuple[tuple[str, ...], ...]:
    """Sentences in lower case; they end at . ! ?, and what is not a letter parts words.

    Raises:
        ValueError: the text is too short or too long, or has too many different words.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"text is longer than {MAX_CHARACTERS:,} characters")
    found = (tuple(_WORD.findall(part.lower())) for part in _END.split(text))
    sentences = tuple(words for words in found if words)
    count = sum(map(len, sentences))
    if len(sentences) < MIN_SENTENCES or count < MIN_WORDS:
        raise ValueError(
            f"need at least {MIN_SENTENCES} sentences and {MIN_WORDS} words, "
            f"got {len(sentences)} and {count}"
        )
    different = len({word for words in sentences for word in words})
    if different > MAX_WORDS:
        raise ValueError(f"text may have at most {MAX_WORDS} different words, got {different}")
    return sentences


class MarkovDecoder:
    """A decoder that looks at the last word only.

    Args:
        rows: shape (V + 1, V), log p(next | last); the last row is for the start.
        vocabulary: the words; ``<eos>`` ends a sentence.
    """

    def __init__(self, rows: FloatArray, vocabulary: Sequence[str]) -> None:
        self.vocabulary = tuple(vocabulary)
        self.eos = self.vocabulary.index(EOS) if EOS in self.vocabulary else None
        self.rows = np.array(rows, dtype=np.float64)

    def start(self) -> States:
        return np.full(1, len(self.vocabulary), dtype=np.int64)

    def log_probs(self, states: States) -> FloatArray:
        return self.rows[states]

    def extend(self, states: States, tokens: IntArray) -> States:
        del states
        return np.asarray(tokens, dtype=np.int64)

    def best_by_length(self, num_steps: int) -> tuple[Hypothesis, ...]:
        """The most probable sentence of every length, the end token counted (Viterbi)."""
        totals = self.rows[-1].copy()
        back: list[IntArray] = []
        found = []
        for _ in range(num_steps):
            found.append(self._ended(totals, back))
            grown = totals[:, None] + self.rows[:-1]
            if self.eos is not None:
                grown[self.eos] = -np.inf
            back.append(grown.argmax(axis=0))
            totals = grown.max(axis=0)
        return tuple(one for one in found if one.log_prob > -np.inf)

    def _ended(self, totals: FloatArray, back: list[IntArray]) -> Hypothesis:
        last = self.eos if self.eos is not None else int(totals.argmax())
        tokens = [last]
        for pointers in reversed(back):
            tokens.append(int(pointers[tokens[-1]]))
        total = float(totals[last])
        return Hypothesis(tuple(reversed(tokens)), total, total)


class NGramDecoder:
    """Counts of one, two and three words in a row, mixed (Jelinek and Mercer 1980).

    p(w | a b) = l3 c(a b w) / c(a b) + l2 c(b w) / c(b) + l1 c(w) / n + l0 / V. A context that
    was never seen gives its weight to the others. Sentences begin with two start symbols.

    Args:
        sentences: words without the end token.
        weights: (l3, l2, l1, l0), not negative, l0 positive.
    """

    def __init__(
        self,
        sentences: Sequence[Sequence[str]],
        *,
        weights: tuple[float, float, float, float] = TRIGRAM,
    ) -> None:
        words = dict.fromkeys(word for sentence in sentences for word in sentence)
        self.vocabulary = (*words, EOS)
        self.eos = len(words)
        self.weights = weights
        places = {word: place for place, word in enumerate(self.vocabulary)}
        first, pairs = Counter[int](), Counter[tuple[int, int]]()
        triples = Counter[tuple[int, int, int]]()
        begin = self.begin
        for sentence in sentences:
            tokens = [begin, begin, *(places[word] for word in sentence), self.eos]
            first.update(tokens[2:])
            pairs.update(pairwise(tokens[1:]))
            triples.update(zip(tokens, tokens[1:], tokens[2:], strict=False))
        size = len(self.vocabulary)
        self._unigram = np.array([first[token] for token in range(size)]) / sum(first.values())
        self._after_one = _followers(((b,), c, n) for (b, c), n in pairs.items())
        self._after_two = _followers(((a, b), c, n) for (a, b, c), n in triples.items())
        self._rows: dict[tuple[int, int], FloatArray] = {}

    @property
    def begin(self) -> int:
        """The start symbol: one past the vocabulary."""
        return len(self.vocabulary)

    def start(self) -> States:
        return np.full((1, 2), self.begin, dtype=np.int64)

    def log_probs(self, states: States) -> FloatArray:
        return np.stack([self._row(a, b) for a, b in states.tolist()])

    def extend(self, states: States, tokens: IntArray) -> States:
        return np.column_stack([states[:, 1], tokens])

    def contexts(self) -> tuple[tuple[int, int], ...]:
        """What a row can depend on, by the last word; (-1, b) is b after any other."""
        pairs = [(-1, last) for last in range(self.eos)] + [(-1, self.begin)]
        if self.weights[0]:
            pairs += [(first, last) for first, last in self._after_two]
        return tuple(sorted(pairs, key=lambda pair: (pair[1], pair[0])))

    def is_small(self, limit: int = MAX_TABLE) -> bool:
        """Whether contexts times words are few enough to go through all of them."""
        return len(self.contexts()) * len(self.vocabulary) <= limit

    def best_by_length(self, num_steps: int) -> tuple[Hypothesis, ...]:
        """The most probable sentence of every length, the end token counted (Viterbi).

        Raises:
            ValueError: contexts times words are too many to go through.
        """
        contexts = self.contexts()
        if not self.is_small():
            raise ValueError(
                f"the best of every length takes {len(contexts) * len(self.vocabulary):,} "
                f"entries, the limit is {MAX_TABLE:,}"
            )
        rows = np.stack([self._row(a, b) for a, b in contexts])
        return viterbi(rows, contexts, self.begin, self.eos, num_steps)

    def _row(self, before: int, last: int) -> FloatArray:
        if self.weights[0] == 0 or (before, last) not in self._after_two:
            before = -1
        if (before, last) not in self._rows:
            self._rows[before, last] = self._mixed(before, last)
        return self._rows[before, last]

    def _mixed(self, before: int, last: int) -> FloatArray:
        three, two, one, none = self.weights
        row = one * self._unigram + none / len(self.vocabulary)
        mass = one + none
        known = ((three, self._after_two.get((before, last))), (two, self._after_one.get((last,))))
        for weight, followers in known:
            if followers is not None and weight:
                row[followers[0]] += weight * followers[1]
                mass += weight
        return np.log(row / mass)


Followers = dict[tuple[int, ...], tuple[IntArray, FloatArray]]


def _followers(counts: Iterable[tuple[tuple[int, ...], int, int]]) -> Followers:
    """Context -> its followers and their shares."""
    grouped: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for context, token, count in counts:
        grouped.setdefault(context, []).append((token, count))
    found: Followers = {}
    for context, items in grouped.items():
        tokens, shares = np.array(items).T
        found[context] = (tokens, shares / shares.sum())
    return found


def viterbi(
    rows: FloatArray, contexts: Sequence[tuple[int, int]], begin: int, eos: int, num_steps: int
) -> tuple[Hypothesis, ...]:
    """The most probable sentence of every length that ends, by dynamic programming.

    Args:
        rows: shape (contexts, vocabulary), log-probs after each context.
        contexts: (word before, last word) sorted by the last word; -1 stands for any word that
            was not seen there.
        begin: the start symbol's place.
        eos: the end token's place.
        num_steps: the greatest length, the end token counted.
    """
    place = {pair: i for i, pair in enumerate(contexts)}
    last = np.array([b for _, b in contexts])
    words, starts = np.unique(last, return_index=True)
    group_of = {int(word): i for i, word in enumerate(words)}
    spans = [slice(a, b) for a, b in pairwise([*starts.tolist(), len(contexts)])]
    seen = [(i, group_of[a], b) for (a, b), i in place.items() if a >= 0 and b != begin]
    to, source, word = np.array(seen, dtype=np.int64).reshape(-1, 3).T
    free = np.array([place[-1, w] for w in range(eos)])
    totals = np.full(len(contexts), -np.inf)
    totals[place.get((begin, begin), place[-1, begin])] = 0.0
    back, found = list[IntArray](), list[Hypothesis]()
    for _ in range(num_steps):
        grown = totals[:, None] + rows
        found.append(_ended(grown[:, eos], back, contexts, eos))
        which = np.stack([span.start + grown[span].argmax(axis=0) for span in spans])
        top = np.take_along_axis(grown, which, axis=0)
        totals, pointers = np.full(len(contexts), -np.inf), np.zeros(len(contexts), np.int64)
        totals[to], pointers[to] = top[source, word], which[source, word]
        top[source, word] = -np.inf
        best = top[:, :eos].argmax(axis=0)
        totals[free], pointers[free] = (a[best, np.arange(eos)] for a in (top, which))
        back.append(pointers)
    return tuple(one for one in found if one.log_prob > -np.inf)


def _ended(
    totals: FloatArray, back: list[IntArray], contexts: Sequence[tuple[int, int]], eos: int
) -> Hypothesis:
    place = int(totals.argmax())
    total, tokens = float(totals[place]), [eos]
    for pointers in reversed(back):
        tokens.append(contexts[place][1])
        place = int(pointers[place])
    return Hypothesis(tuple(reversed(tokens)), total, total)
