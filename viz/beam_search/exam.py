"""The exam's decoder, and two of ours on which beam search errs."""

import math
from collections.abc import Mapping
from functools import cache

import numpy as np

from viz import seeds
from viz.beam_search.language import MarkovDecoder
from viz.beam_search.models import EOS, TreeDecoder


class Exam(seeds.SeedModel):
    """The whole seed file."""

    tokens: tuple[str, ...]
    num_steps: int
    greedy: str
    beam_2: str
    exhaustive: str
    survivors: tuple[str, ...]
    printed_order: tuple[tuple[float, float], ...]
    log_probs: dict[str, tuple[float, float]]
    path_sums: dict[str, float]
    clean: dict[str, tuple[float, float]]
    trap: dict[str, float]
    curse: dict[str, tuple[float, float, float]]


SEED = seeds.load("beam_search", Exam)
TRAP_STEPS = 4


@cache
def exam_decoder() -> TreeDecoder:
    """The exam's tree with its printed log-probs."""
    return _tree(SEED.log_probs, SEED.tokens)


def clean_decoder() -> TreeDecoder:
    """The exam's tree with the probabilities behind the printed numbers."""
    rows = {p: tuple(math.log(share) for share in row) for p, row in SEED.clean.items()}
    return _tree(rows, SEED.tokens)


@cache
def trap_decoder() -> TreeDecoder:
    """A tree on which a beam of two loses to a beam of one."""
    rows = {p: (math.log(share), math.log(1 - share)) for p, share in SEED.trap.items()}
    return _tree(rows, ("a", "b"))


@cache
def curse_decoder() -> MarkovDecoder:
    """Words a and b and an end: the wider the beam, the shorter what is said."""
    rows = [SEED.curse["a"], SEED.curse["b"], (1.0, 1.0, 1.0), SEED.curse[""]]
    return MarkovDecoder(np.log(np.array(rows)), ("a", "b", EOS))


def _tree(rows: Mapping[str, tuple[float, ...]], words: tuple[str, ...]) -> TreeDecoder:
    table = {tuple(words.index(w) for w in p.split()): row for p, row in rows.items()}
    return TreeDecoder(table, words)
