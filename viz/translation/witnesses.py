"""The same numbers by other ways: by hand, by counting again, and by PyTorch."""

from collections import defaultdict
from typing import Any

import numpy as np

from viz.translation import corpus, training
from viz.translation.compute import EOS, SOS, Rows, reach
from viz.translation.corpus import full_source
from viz.translation.results import Flow, Limits, Translation, taught


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
    wanted = torch.tensor([words.target_ids(result.reference)])
    inputs = torch.cat([torch.ones_like(wanted[:, :1]), wanted[:, :-1]], 1)
    scores = training.logits(model, config, ids, torch.tensor([ids.shape[1]]), inputs)[0]
    scores = scores.masked_fill(torch.arange(scores.shape[1]) < 2, -torch.inf)
    by_torch = torch.nn.functional.cross_entropy(scores, wanted[0])
    chances = taught(trained.at(0), result.source, result.reference)
    return {
        "loss before training, word by word": -sum(map(float, np.log(chances))) / len(chances),
        "this page": result.losses[0],
        "PyTorch": float(by_torch.detach()),
    }


def zeros(result: Flow) -> int:
    """Exact zeros of the vertical flow."""
    return int((result.vertical == 0).sum())


def flow(result: Flow) -> dict[str, float]:
    """Exact zeros: by the formula, by the rule of reach, by the products of Jacobians."""
    rows, size = result.vertical.shape
    mask = reach("vertical", num_source=size, num_target=rows)
    return {
        "zeros by the formula": rows * (2 * size - rows - 1) / 2,
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
