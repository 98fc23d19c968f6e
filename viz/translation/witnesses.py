"""The same numbers by other ways: by hand, by counting again, and by PyTorch."""

from collections import defaultdict
from typing import Any

import numpy as np

from viz.translation import bounds, corpus, training
from viz.translation.compute import EOS, SOS, Rows, reach
from viz.translation.corpus import Pair, full_source
from viz.translation.network import speak
from viz.translation.results import Flow, Limits, Translation

FOUR = (
    ("un perro", "a dog"),
    ("un perro negro", "a black dog"),
    ("un gato", "a cat"),
    ("un gato negro", "a black cat"),
)


def rows(result: Rows) -> dict[str, float]:
    """How many inputs differ: by hand, by this page, by torch."""
    import torch

    words = sorted({SOS, *result.truth, *result.emitted})
    truth, said = (
        torch.tensor([words.index(w) for w in row]) for row in (result.truth, result.emitted)
    )
    start = torch.tensor([words.index(SOS)])
    trained, used = (torch.cat([start, row[:-1]]) for row in (truth, said))
    by_hand = sum(a != b for a, b in zip(result.truth[:-1], result.emitted[:-1], strict=True))
    return {
        "different inputs, counted by hand": by_hand,
        "this page": len(result.differs),
        "PyTorch": int((trained != used).sum()),
    }


def loss(result: Translation) -> dict[str, float]:
    """Loss of the sentence before training: word by word, by this page, by torch."""
    import torch

    trained = result.trained
    model = training.build(trained.config, trained.words)
    model.load_state_dict(
        {name: torch.tensor(np.array(array)) for name, array in trained.states[0].items()}
    )
    model.double()
    words, config = trained.words, trained.config
    ids = torch.tensor([words.source_ids(result.source, source_sos=config.source_sos)])
    wanted = torch.tensor([words.target_ids([*result.reference, EOS])])
    if config.stack == "vertical":
        wanted = wanted[:, : ids.shape[1]]
    inputs = torch.cat([torch.ones_like(wanted[:, :1]), wanted[:, :-1]], 1)
    scores = training.logits(model, config, ids, torch.tensor([ids.shape[1]]), inputs)[0]
    scores = scores.masked_fill(torch.arange(scores.shape[1]) < 2, -torch.inf)
    by_torch = torch.nn.functional.cross_entropy(scores, wanted[0])
    chances = speak(trained.at(0), result.source, teacher=result.reference).wanted
    return {
        "loss before training, word by word": -sum(map(float, np.log(chances))) / len(chances),
        "this page": result.losses[0],
        "PyTorch": float(by_torch.detach()),
    }


def zeros(result: Flow) -> int:
    """Exact zeros of the square part of the vertical flow."""
    size = result.vertical.shape[1]
    return int((result.vertical[:size] == 0).sum())


def flow(result: Flow) -> dict[str, float]:
    """Exact zeros: by the formula, by the rule of reach, by the products of Jacobians."""
    rows, size = result.vertical.shape
    square = min(rows, size)
    mask = reach("vertical", num_source=size, num_target=square)
    return {
        "zeros by the formula": square * (2 * size - square - 1) / 2,
        "by the rule of reach": int((~mask).sum()),
        "products of Jacobians": zeros(result),
    }


def limits(result: Limits) -> dict[str, float]:
    """The best share of tokens: counted again, by this page, and as the mean of the positions."""
    groups: defaultdict[Any, dict[str, int]] = defaultdict(dict)
    lengths = []
    for pair in corpus.corpus():
        source, target = full_source(pair, result.source_sos), (*pair.target, EOS)
        lengths.append(len(target))
        for j, word in enumerate(target[: len(source)]):
            counted = groups[source[: j + 1], target[:j]]
            counted[word] = counted.get(word, 0) + 1
    right = sum(max(counted.values()) for counted in groups.values())
    weights = [sum(length > j for length in lengths) for j in range(max(lengths))]
    return {
        "best share of tokens, counted again": right / sum(lengths),
        "this page": result.best.total,
        "mean of the positions": float(np.average(result.best.positions, weights=weights)),
    }


def small_bound() -> float:
    """The bound of the snippet's four sentences, by our enumeration."""
    pairs = tuple(Pair(tuple(a.split()), tuple(b.split()), "own") for a, b in FOUR)
    return bounds.best_possible(pairs, "vertical").total
