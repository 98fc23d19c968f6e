"""A small Spanish and its English: every sentence of a grammar, each with one translation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

from viz.translation.compute import EOS, SOS, SPECIAL

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
    """Words in lower case except "I", punctuation split off.

    Braces, which mark colours, go, and so do symbols: the page puts them where they belong.
    """
    text = text.replace("{", " ").replace("}", " ")
    for mark in ".,;:!?¿¡":
        text = text.replace(mark, f" {mark} ")
    words = (word if word == "I" else word.lower() for word in text.split())
    return tuple(word for word in words if word not in SPECIAL)


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


def full_source(pair: Pair, source_sos: bool) -> tuple[str, ...]:
    """The source with its end symbol, and the start symbol if it is used."""
    return (*((SOS,) if source_sos else ()), *pair.source, EOS)
