"""A small Spanish and its English: every sentence of a grammar, each with one translation."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

PAD, SOS, EOS = "<pad>", "<sos>", "<eos>"
SPECIAL = (PAD, SOS, EOS)
HELD_OUT = "veo un perro"
MIN_PAIRS, MAX_PAIRS, MAX_WORDS = 20, 3000, 20

NOUNS = (
    ("perro", "dog", "m"),
    ("gato", "cat", "m"),
    ("caballo", "horse", "m"),
    ("libro", "book", "m"),
    ("casa", "house", "f"),
    ("mesa", "table", "f"),
    ("flor", "flower", "f"),
    ("vaca", "cow", "f"),
)
ANIMALS = ("perro", "gato", "caballo", "vaca")
ADJECTIVES = (
    ("negro", "negra", "black"),
    ("blanco", "blanca", "white"),
    ("pequeño", "pequeña", "small"),
    ("rojo", "roja", "red"),
)
ARTICLES = ({"m": "un", "f": "una"}, "a"), ({"m": "el", "f": "la"}, "the")
VERBS = (
    ("veo", "I", "see"),
    ("vi", "I", "saw"),
    ("tengo", "I", "have"),
    ("quiero", "I", "want"),
    ("ves", "you", "see"),
    ("tienes", "you", "have"),
    ("quieres", "you", "want"),
    ("vemos", "we", "see"),
    ("vimos", "we", "saw"),
    ("tenemos", "we", "have"),
)
THIRD = (("ve", "sees"), ("tiene", "has"), ("quiere", "wants"))


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and its translation, as words; ``kind`` is the rule that made it."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    kind: str


def noun_phrases(
    nouns: Iterable[tuple[str, str, str]] = NOUNS, articles: Sequence[int] = (0, 1)
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Article, noun, adjective in Spanish; article, adjective, noun in English."""
    phrases: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for i, (noun, english, gender) in product(articles, nouns):
        article, the = ARTICLES[i]
        phrases.append(((article[gender], noun), (the, english)))
        for adjective in ADJECTIVES:
            spanish = adjective[0] if gender == "m" else adjective[1]
            phrases.append(((article[gender], noun, spanish), (the, adjective[2], english)))
    return phrases


@cache
def corpus() -> tuple[Pair, ...]:
    """All 1 896 sentences, always in the same order."""
    pairs = []
    for (verb, person, english), (spanish, phrase) in product(VERBS, noun_phrases()):
        pairs.append(Pair((verb, *spanish), (person, english, *phrase), "plain"))
        if english != "saw":
            negated = (person, "don't", english, *phrase)
            pairs.append(Pair(("no", verb, *spanish), negated, "neg"))
    pairs += _subjects() + _clitics()
    return tuple(pairs)


def _subjects() -> list[Pair]:
    """An animal, perhaps with an adjective, and what it sees, has or wants: another noun."""
    animals = [noun for noun in NOUNS if noun[0] in ANIMALS]
    pairs = []
    for (spanish, english), (verb, third) in product(noun_phrases(animals, (1,)), THIRD):
        for noun, thing, gender in NOUNS:
            if noun != spanish[1]:
                object_ = ({"m": "un", "f": "una"}[gender], noun)
                pairs.append(
                    Pair((*spanish, verb, *object_), (*english, third, "a", thing), "subject")
                )
    return pairs


def _clitics() -> list[Pair]:
    """Lo and los stand before the verb, it and them after it."""
    pairs = []
    for (verb, person, english), (clitic, pronoun) in product(
        VERBS, (("lo", "it"), ("los", "them"))
    ):
        pairs.append(Pair((clitic, verb), (person, english, pronoun), "clitic"))
        if english != "saw":
            negated = (person, "don't", english, pronoun)
            pairs.append(Pair(("no", clitic, verb), negated, "clitic"))
    return pairs


def parse_pairs(text: str) -> tuple[Pair, ...]:
    """A learner's phrase pairs, one a line, the sides parted by a tab or a vertical bar.

    Raises:
        ValueError: naming the line, or the number of pairs.
    """
    pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        sides = line.split("\t") if "\t" in line else line.split("|")
        if len(sides) != 2 or not all(side.strip() for side in sides):
            raise ValueError(f"line {number}: expected two sides separated by a tab or |")
        source, target = (words_of(side) for side in sides)
        longest = max(len(source), len(target))
        if longest > MAX_WORDS:
            raise ValueError(f"line {number}: {longest} words, the limit is {MAX_WORDS}")
        pairs.append(Pair(source, target, "own"))
    if len(pairs) < MIN_PAIRS:
        raise ValueError(f"need at least {MIN_PAIRS} phrase pairs, got {len(pairs)}")
    if len(pairs) > MAX_PAIRS:
        raise ValueError(f"more than 3,000 pairs: got {len(pairs)}")
    return tuple(pairs)


def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case except "I", punctuation split off; braces, which mark colours, go."""
    text = text.replace("{", " ").replace("}", " ")
    for mark in ".,;:!?¿¡":
        text = text.replace(mark, f" {mark} ")
    return tuple(word if word == "I" else word.lower() for word in text.split())


def split(
    pairs: Sequence[Pair], *, seed: int = 0, test_share: float = 0.15
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """Training and test pairs; the exam's sentence is always among the test pairs."""
    if len(pairs) < 100:
        return tuple(pairs), tuple(pairs)
    order = np.random.default_rng(seed).permutation(len(pairs))
    count = round(test_share * len(pairs))
    held = [i for i, pair in enumerate(pairs) if " ".join(pair.source) == HELD_OUT]
    chosen = [*held, *(int(i) for i in order if i not in held)][:count]
    test = set(chosen)
    return (
        tuple(pair for i, pair in enumerate(pairs) if i not in test),
        tuple(pairs[i] for i in sorted(test)),
    )


def shift_right(tokens: Sequence[str], *, sos: str = SOS) -> tuple[str, ...]:
    """What a decoder is fed beside these outputs: the start symbol, then all but the last."""
    return (sos, *tokens[:-1])


def decoder_inputs(truth: Sequence[str], emitted: Sequence[str], mode: str) -> tuple[str, ...]:
    """w1, w2, ...: the truth shifted while training, the model's own words in evaluation."""
    if mode not in ("training", "evaluation"):
        raise ValueError(f"mode must be one of training, evaluation; got '{mode}'")
    return shift_right(truth if mode == "training" else emitted)


def reach(stack: str, *, num_source: int, num_target: int) -> np.ndarray:
    """Whether source word i can influence output j, shape (target, source).

    Horizontal: every word of the source. Vertical: only words 1 ... j.
    """
    if stack == "horizontal":
        return np.ones((num_target, num_source), dtype=bool)
    if stack == "vertical":
        return np.tril(np.ones((num_target, num_source), dtype=bool))
    raise ValueError(f"stack must be one of horizontal, vertical; got '{stack}'")


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


def best_possible(pairs: Sequence[Pair], stack: str, *, source_sos: bool = False) -> Bound:
    """Count what sentences that look the same so far allow (source prefix, target prefix)."""
    right, count = defaultdict[int, int](int), defaultdict[int, int](int)
    groups: dict[tuple[object, ...], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for pair in pairs:
        source, target = full_source(pair, source_sos), (*pair.target, EOS)
        for j, word in enumerate(target):
            count[j] += 1
            if stack == "horizontal":
                groups[(j, source, target[:j])][word] += 1
            elif j < len(source):
                groups[(j, source[: j + 1], target[:j])][word] += 1
    for (place, *_), counted in groups.items():
        right[int(str(place))] += max(counted.values())
    positions = tuple(right[j] / count[j] for j in sorted(count))
    total = sum(right.values()) / sum(count.values())
    return Bound(positions, total, _best_sentences(pairs, stack, source_sos))


def full_source(pair: Pair, source_sos: bool) -> tuple[str, ...]:
    """The source with its end symbol, and the start symbol if it is used."""
    return (*((SOS,) if source_sos else ()), *pair.source, EOS)


def _best_sentences(pairs: Sequence[Pair], stack: str, source_sos: bool) -> int:
    if stack == "horizontal":
        return len({pair.source for pair in pairs})
    items = [(full_source(pair, source_sos), (*pair.target, EOS)) for pair in pairs]
    return _best_from([item for item in items if len(item[1]) <= len(item[0])], 0)


def _best_from(items: list[tuple[tuple[str, ...], tuple[str, ...]]], j: int) -> int:
    """Choose output j for each visible source word so that most sentences stay possible."""
    by_word: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(list)
    for source, target in items:
        by_word[source[j]].append((source, target))
    total = 0
    for seen in by_word.values():
        by_output = defaultdict(list)
        for source, target in seen:
            by_output[target[j]].append((source, target))
        total += max(
            sum(len(t) == j + 1 for _, t in group)
            + _best_from([item for item in group if len(item[1]) > j + 1], j + 1)
            for group in by_output.values()
        )
    return total
