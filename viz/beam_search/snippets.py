"""Self-contained Python that prints the very number on the screen."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from viz.beam_search.compute import beam_search
from viz.beam_search.language import MarkovDecoder
from viz.beam_search.models import Decoder, RandomDecoder, TreeDecoder, log_softmax
from viz.beam_search.results import Run

FIXED = '''

def beam_search(k, steps):
    """Plain Python: grow every prefix by every word, sort, keep k."""
    beam = [(0.0, ())]
    for _ in range(steps):
        grown = [
            (total + log_prob, (*prefix, word))
            for total, prefix in beam
            for word, log_prob in enumerate(log_probs(prefix))
            if log_prob > float("-inf")
        ]
        beam = sorted(grown, key=lambda one: -round(one[0], 12))[:k]
    return beam


prefixes, totals = [()], torch.zeros(1, dtype=torch.float64)
for _ in range(STEPS):  # the same with tensors
    rows = [torch.as_tensor(log_probs(p), dtype=torch.float64) for p in prefixes]
    scores = totals[:, None] + torch.stack(rows)
    flat = scores.flatten()
    order = flat.round(decimals=12).argsort(descending=True, stable=True)  # topk, ties in order
    index = order[: min(K, int(flat.isfinite().sum()))]
    totals = flat[index]
    parents, words = index // len(WORDS), index % len(WORDS)
    prefixes = [(*prefixes[i], j) for i, j in zip(parents.tolist(), words.tolist())]

print(" ".join(WORDS[j] for j in prefixes[0]), totals[0].item())
print("plain Python:", beam_search(K, STEPS)[0])
answer = totals[0].item()
'''

ENDING = """

def penalty(n):
    return PENALTY


prefixes, totals, done = [()], torch.zeros(1, dtype=torch.float64), []
for _ in range(STEPS):
    rows = [torch.as_tensor(log_probs(p), dtype=torch.float64) for p in prefixes]
    scores = totals[:, None] + torch.stack(rows)
    flat = scores.flatten()
    order = flat.round(decimals=12).argsort(descending=True, stable=True)  # topk, ties in order
    index = order[: min(2 * K, int(flat.isfinite().sum()))]
    alive = []
    for rank, (total, place) in enumerate(zip(flat[index].tolist(), index.tolist())):
        prefix = (*prefixes[place // len(WORDS)], place % len(WORDS))
        if WORDS[prefix[-1]] != "<eos>":
            alive.append((total, prefix))
        elif rank < K:  # an end counts only among the first K
            done.append((total, prefix))
    if not alive:
        break
    totals = torch.tensor([total for total, _ in alive[:K]], dtype=torch.float64)
    prefixes = [prefix for _, prefix in alive[:K]]

if not done:  # nothing ended within STEPS words
    done = list(zip(totals.tolist(), prefixes))
best = max(done, key=lambda one: one[0] / penalty(len(one[1])))
print(" ".join(WORDS[j] for j in best[1]), best[0])
answer = best[0]
"""


def tree_snippet(run: Run) -> str:
    """The search of the page over the page's decoder."""
    needs = "import numpy as np\n" if isinstance(run.decoder, RandomDecoder) else ""
    return f"{needs}import torch\n\n{model_code(run.decoder)}{search_code(run)}{_softmax_note(run)}"


def _softmax_note(run: Run) -> str:
    """What a library gives where the probabilities of a node do not add up to 1."""
    decoder, search = run.decoder, run.search
    if not isinstance(decoder, TreeDecoder) or search.eos is not None:
        return ""
    rows = {prefix: log_softmax(np.array(row)).tolist() for prefix, row in decoder.table.items()}
    again = beam_search(
        TreeDecoder(rows, decoder.vocabulary),
        beam_width=search.beam_width,
        num_steps=run.num_steps,
    ).best
    if abs(again.log_prob - search.best.log_prob) < 5e-5:
        return ""
    return (
        "\n# Libraries apply log_softmax to what a model gives. These numbers do not add up to 1,\n"
        f"# so a library would report {again.log_prob:.4f} for its winner"
        f" {search.words(again.tokens)!r}.\n"
    )


def search_code(run: Run) -> str:
    """The search itself, with the run's numbers in it."""
    search = run.search
    sizes = f"K, STEPS = {search.beam_width}, {run.num_steps}"
    words = f"\n\nWORDS = {list(search.vocabulary)!r}\n{sizes}\n"
    if search.eos is None:
        return words + FIXED
    base = "((5 + n) / 6)" if run.penalty == "gnmt" else "n"
    return words + ENDING.replace("PENALTY", f"{base} ** {run.alpha!r}")


def model_code(decoder: Decoder) -> str:
    """A function log_probs(prefix), as plain as the decoder allows."""
    if isinstance(decoder, TreeDecoder):
        return _tree_code(decoder.table)
    if isinstance(decoder, MarkovDecoder):
        rows = {str(i): list(row) for i, row in enumerate(decoder.rows.tolist())}
        lines = ",\n".join(f"    {_numbers(row)}" for row in rows.values())
        return (
            f"ROWS = [  # log-probs after each word; the last row is for the start\n{lines},\n]\n"
            "\n\ndef log_probs(prefix):\n    return ROWS[prefix[-1] if prefix else -1]\n"
        )
    if isinstance(decoder, RandomDecoder):
        return _random_code(decoder)
    raise ValueError(f"no snippet for {type(decoder).__name__}")


def _tree_code(table: Mapping[tuple[int, ...], Sequence[float]]) -> str:
    lines = "".join(f"    {prefix!r}: {_numbers(row)},\n" for prefix, row in table.items())
    return (
        f"TABLE = {{  # prefix (places of its words) -> log-probs of the next word\n{lines}}}\n"
        "\n\ndef log_probs(prefix):\n    return TABLE[prefix]\n"
    )


def _numbers(row: Sequence[float]) -> str:
    never = 'float("-inf")'
    return f"[{', '.join(repr(float(v)) if v > -math.inf else never for v in row)}]"


def _random_code(decoder: RandomDecoder) -> str:
    width, size = decoder.hidden_size, len(decoder.vocabulary)
    return f"""rng = np.random.default_rng({decoder.seed})
A = rng.normal(size=({width}, {width})) * 1.5 / {width} ** 0.5
E = rng.normal(size=({size}, {width}))
C = rng.normal(size=({size}, {width})) * {decoder.sharpness!r} / {width} ** 0.5
h0 = np.tanh(rng.normal(size={width}))


def log_probs(prefix):
    h = h0
    for word in prefix:
        h = np.tanh(A @ h + E[word])
    return torch.log_softmax(torch.from_numpy(C @ h), dim=-1).tolist()
"""
