"""The same search written twice more: in plain Python, and with PyTorch's sort."""

import numpy as np

from viz.beam_search.compute import DIGITS, Penalty, Search, length_penalty
from viz.beam_search.models import Decoder, path_log_probs

Beam = list[tuple[float, tuple[int, ...]]]


def plain_search(
    decoder: Decoder,
    *,
    beam_width: int,
    num_steps: int,
    alpha: float = 0.0,
    penalty: Penalty = "power",
) -> tuple[tuple[int, ...], float]:
    """A beam search over lists of tuples; every prefix is looked up from its first word again."""
    beam: Beam = [(0.0, ())]
    done: Beam = []
    for _ in range(num_steps):
        grown = []
        for total, prefix in beam:
            states = decoder.start()
            for token in prefix:
                states = decoder.extend(states, np.array([token]))
            row = decoder.log_probs(states)[0].tolist()
            grown += [(total + value, (*prefix, token)) for token, value in enumerate(row)]
        grown = [one for one in grown if one[0] > float("-inf")]
        grown.sort(key=lambda one: -round(one[0], DIGITS))
        done += [one for one in grown[:beam_width] if one[1][-1] == decoder.eos]
        beam = [one for one in grown if one[1][-1] != decoder.eos][:beam_width]
        if not beam:
            break
    total, tokens = max(
        done or beam,
        key=lambda one: round(one[0] / length_penalty(len(one[1]), alpha, penalty), DIGITS),
    )
    return tokens, total


def torch_search(
    decoder: Decoder,
    *,
    beam_width: int,
    num_steps: int,
    alpha: float = 0.0,
    penalty: Penalty = "power",
) -> tuple[tuple[int, ...], float]:
    """All candidates in one flat tensor: parent = index // V, word = index % V."""
    import torch

    states, totals = decoder.start(), torch.zeros(1, dtype=torch.float64)
    prefixes: list[tuple[int, ...]] = [()]
    done: Beam = []
    for _ in range(num_steps):
        scores = totals[:, None] + torch.from_numpy(decoder.log_probs(states).copy())
        size = scores.shape[1]
        rounded = scores.flatten().round(decimals=DIGITS)
        order = rounded.argsort(descending=True, stable=True)[: 2 * beam_width]
        order = order[scores.flatten()[order] > -torch.inf]
        parents, words = order // size, order % size
        ends = words == (-1 if decoder.eos is None else decoder.eos)
        for place in order[:beam_width][ends[:beam_width]].tolist():
            tokens = (*prefixes[place // size], place % size)
            done.append((float(scores.flatten()[place]), tokens))
        parents, words, kept = (part[~ends][:beam_width] for part in (parents, words, order))
        if not len(kept):
            break
        totals = scores.flatten()[kept]
        pairs = zip(parents.tolist(), words.tolist(), strict=True)
        prefixes = [(*prefixes[parent], word) for parent, word in pairs]
        states = decoder.extend(states[parents.numpy()], words.numpy())
    alive = list(zip(totals.tolist(), prefixes, strict=True))
    total, found = max(
        done or alive,
        key=lambda one: round(one[0] / length_penalty(len(one[1]), alpha, penalty), DIGITS),
    )
    return found, total


def total_of(decoder: Decoder, search: Search) -> float:
    """The log-probability of what a search says, word by word through the decoder."""
    return sum(path_log_probs(decoder, search.best.tokens))
