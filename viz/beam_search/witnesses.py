"""The same search written twice more: in plain Python, and with PyTorch's sort."""

import numpy as np

from viz.beam_search.compute import DIGITS, Penalty, length_penalty
from viz.beam_search.models import Decoder, States

Beam = list[tuple[float, tuple[int, ...]]]


def plain_search(
    decoder: Decoder,
    *,
    beam_width: int,
    num_steps: int,
    alpha: float = 0.0,
    penalty: Penalty = "power",
) -> tuple[tuple[int, ...], float]:
    """A beam search over lists of tuples, one prefix at a time."""
    beam: list[tuple[float, tuple[int, ...], States]] = [(0.0, (), decoder.start())]
    done: Beam = []
    for _ in range(num_steps):
        grown = [
            (total + value, place, token)
            for place, (total, _, states) in enumerate(beam)
            for token, value in enumerate(decoder.log_probs(states)[0].tolist())
            if value > float("-inf")
        ]
        grown.sort(key=lambda one: -round(one[0], DIGITS))
        ends = [one for one in grown[:beam_width] if one[2] == decoder.eos]
        done += [(total, (*beam[place][1], token)) for total, place, token in ends]
        alive = [one for one in grown[: 2 * beam_width] if one[2] != decoder.eos][:beam_width]
        if not alive:
            break
        beam = [
            (
                total,
                (*beam[place][1], token),
                decoder.extend(beam[place][2], np.array([token])),
            )
            for total, place, token in alive
        ]
    total, tokens = max(
        done or [(total, prefix) for total, prefix, _ in beam],
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
