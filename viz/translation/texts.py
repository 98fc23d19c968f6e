"""PyTorch for every view of translation, derivations with live numbers, and the witnesses."""

import math
from collections.abc import Sequence

import numpy as np

from viz.translation import corpus, model
from viz.translation.corpus import EOS, SOS
from viz.translation.results import Flow, Limits, Rows, Translation
from viz.view import Line


def _tex(words: Sequence[str]) -> str:
    escaped = (w.replace("<", r"\langle ").replace(">", r"\rangle ") for w in words)
    return r",\;".join(rf"\text{{{w}}}" if "langle" not in w else rf"{w}" for w in escaped)


def rows_snippet(result: Rows) -> str:
    """Both rows of decoder inputs by one shift."""
    return f"""import torch

truth = {list(result.truth)!r}
emitted = {list(result.emitted)!r}
words = sorted({{"<sos>", *truth, *emitted}})
ids = {{word: i for i, word in enumerate(words)}}

target = torch.tensor([[ids[word] for word in truth]])
output = torch.tensor([[ids[word] for word in emitted]])
sos = torch.tensor([[ids["<sos>"]]])

training = torch.cat([sos, target[:, :-1]], 1)  # teacher forcing: the truth, shifted right
evaluation = torch.cat([sos, output[:, :-1]], 1)  # generating: its own words, shifted right

for name, row in (("training", training), ("evaluation", evaluation)):
    print(name, [words[i] for i in row[0].tolist()])
answer = (training != evaluation).int()[0].tolist()  # 1 where the rows differ
"""


def rows_agree(result: Rows) -> dict[str, float]:
    """How many inputs differ: by hand, by shift_right, by torch."""
    import torch

    words = sorted({SOS, *result.truth, *result.emitted})
    truth, said = (
        torch.tensor([words.index(w) for w in row]) for row in (result.truth, result.emitted)
    )
    start = torch.tensor([words.index(SOS)])
    both = (torch.cat([start, row[:-1]]) for row in (truth, said))
    theirs = int((next(both) != next(both)).sum())
    by_hand = sum(a != b for a, b in zip(result.truth[:-1], result.emitted[:-1], strict=True))
    return {"by hand": by_hand, "viz": len(result.differs), "PyTorch": theirs}


def rows_lines(result: Rows) -> tuple[Line, ...]:
    """The shift, written out, and what vertical stacking cannot do."""
    lines = [
        Line(
            rf"w_1 \ldots w_{{{len(result.truth)}}} = {_tex(result.training)}",
            "Training: the truth, shifted right by one; the end symbol is predicted, never fed.",
        ),
        Line(
            rf"w_1 \ldots w_{{{len(result.truth)}}} = {_tex(result.evaluation)}",
            "Evaluation: the model's own words, shifted right by one.",
        ),
        Line(
            r"d_0 = h_S, \qquad d_t = \mathrm{cell}(E[w_t],\, d_{t-1})",
            "Horizontal: the decoder starts from the encoder's last state, which has seen all "
            f"{len(result.source)} source words.",
        ),
        Line(
            r"d_0 = 0, \qquad d_t = \mathrm{cell}([E[w_t];\, h_t],\, d_{t-1})",
            "Vertical: step t reads the encoder's state h_t. So sentences of different lengths "
            "have no natural handling, and word t hears of the first t source words only, though "
            "a later one may decide it.",
        ),
    ]
    return tuple(lines)


def model_snippet(config: model.Config, source: Sequence[str]) -> str:
    """The translator in PyTorch; it prints its number of parameters."""
    words = model.vocabulary(corpus.corpus())
    cell = {"gru": "GRU", "rnn": "RNN"}[config.cell]
    ids = words.source_ids(source, source_sos=config.source_sos)
    width = "2 * H" if config.stack == "vertical" else "H"
    start = (
        "state = torch.zeros(1, 1, H)  # vertical: step t reads states[:, t] beside its word"
        if config.stack == "vertical"
        else "state = states[:, -1:].transpose(0, 1).contiguous()  # the last one"
    )
    fed = (
        "torch.cat([target(word), states[:, t : t + 1]], 2)"
        if config.stack == "vertical"
        else "target(word)"
    )
    return f"""import torch

torch.manual_seed({config.seed})
H, source_words, target_words = {config.hidden_size}, {len(words.source)}, {len(words.target)}
source = torch.nn.Embedding(source_words, H, padding_idx=0)
target = torch.nn.Embedding(target_words, H, padding_idx=0)
encoder = torch.nn.{cell}(H, H, batch_first=True)
decoder = torch.nn.{cell}({width}, H, batch_first=True)
out = torch.nn.Linear(H, target_words)

# Training feeds the truth, shifted right:
#     decoder_in = torch.cat([sos, target_ids[:, :-1]], 1)
#     loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target_ids.flatten())

# Evaluation feeds back its own words ({" ".join(source)!r} as numbers, still untrained):
states, _ = encoder(source(torch.tensor([{ids!r}])))
{start}
word, said = torch.tensor([[1]]), []
for t in range({len(ids)}):
    step, state = decoder({fed}, state)
    word = out(step).argmax(-1)
    said.append(word.item())
print("says:", said)

parts = torch.nn.ModuleList([source, target, encoder, decoder, out])
answer = sum(p.numel() for p in parts.parameters())
print("parameters:", answer)
"""


def model_agree(config: model.Config) -> dict[str, float]:
    """The number of parameters: by hand, and as torch counts them."""
    words = model.vocabulary(corpus.corpus())
    size, gates = config.hidden_size, 3 if config.cell == "gru" else 1
    deep = 2 if config.stack == "vertical" else 1
    by_hand = (
        size * (len(words.source) + len(words.target))
        + gates * (2 * size * size + 2 * size)
        + gates * (deep * size * size + size * size + 2 * size)
        + size * len(words.target)
        + len(words.target)
    )
    net = model.build(config, words)
    return {"by hand": by_hand, "PyTorch": sum(p.numel() for p in net.parameters())}


def model_lines(result: Translation) -> tuple[Line, ...]:
    """The loss of the sentence, word by word."""
    said = result.said[-1]
    if result.truth is None or result.mode != "training":
        chances = " \\cdot ".join(f"{p:.3f}" for p in said.probabilities[:8])
        total = math.prod(said.probabilities)
        return (
            Line(
                rf"p(\text{{sentence}}) = {chances} = {total:.4g}",
                "The probability of what it said is the product over its steps; each step is "
                "conditioned on the words that were fed before.",
            ),
        )
    wanted = (*result.truth, EOS)
    terms, total = [], 0.0
    for top, word in zip(said.top, wanted, strict=False):
        chance = dict(top).get(word)
        if chance is None or chance <= 0:
            continue
        total -= math.log(chance)
        terms.append(rf"-\ln {chance:.3f}")
    return (
        Line(
            rf"L = {' '.join(terms) or '0'} = {total:.4g} \text{{ nats}}",
            "With a teacher the loss is the sum of −ln p of the true words (those among the five "
            "likeliest are shown).",
        ),
    )


def flow_snippet(config: model.Config, source: Sequence[str]) -> str:
    """Gradients of every output by every source word, in the vertical stack."""
    words = model.vocabulary(corpus.corpus())
    ids = words.source_ids(source, source_sos=config.source_sos)
    cell = {"gru": "GRU", "rnn": "RNN"}[config.cell]
    return f"""import torch

torch.manual_seed(0)
H, words = {config.hidden_size}, {len(words.target)}
encoder = torch.nn.{cell}(H, H, batch_first=True)
decoder = torch.nn.{cell}(2 * H, H, batch_first=True)
out = torch.nn.Linear(H, words)

x = torch.randn(1, {len(ids)}, H, requires_grad=True)  # embeddings of the source words
w = torch.randn(1, {len(ids)}, H)  # embeddings of the decoder inputs
states, _ = encoder(x)
d, _ = decoder(torch.cat([w, states], 2))  # vertical: step t reads state t
logits = out(d)[0]

flow = torch.stack([torch.autograd.grad(row.sum(), x, retain_graph=True)[0][0].norm(dim=1)
                    for row in logits])
print(flow)
answer = (flow == 0).sum().item()  # exactly zero above the diagonal
"""


def flow_zeros(result: Flow) -> int:
    """Exact zeros of the square part of the vertical flow."""
    size = result.vertical.shape[1]
    return int((result.vertical[:size] == 0).sum())


def flow_agree(result: Flow) -> dict[str, float]:
    """Exact zeros: by the reach rule, by gradients, by changing a word."""
    size = result.vertical.shape[1]
    mask = corpus.reach("vertical", num_source=size, num_target=size)
    return {
        "S(S − 1)/2": size * (size - 1) / 2,
        "reach rule": int((~mask).sum()),
        "gradients in PyTorch": flow_zeros(result),
    }


def flow_lines(result: Flow) -> tuple[Line, ...]:
    """The chain of Jacobians."""
    size = len(result.source)
    return (
        Line(
            r"\frac{\partial\,\mathrm{logits}_j}{\partial e_i} = W_o \Bigl(\prod "
            r"\tfrac{\partial d_t}{\partial d_{t-1}}\Bigr) \frac{\partial d_1}{\partial h_S} "
            r"\Bigl(\prod \tfrac{\partial h_k}{\partial h_{k-1}}\Bigr) "
            r"\frac{\partial h_i}{\partial e_i}",
            "Horizontal: every source word leads through the encoder's last state to every output.",
        ),
        Line(
            r"\frac{\partial\,\mathrm{logits}_j}{\partial e_i} = 0 \quad (i > j)",
            "Vertical: from h_i no arrow leads back to step j < i; the sum over paths is empty, so "
            "the gradient is exactly zero whatever is trained.",
        ),
        Line(
            rf"\frac{{S(S-1)}}{{2}} = \frac{{{size} \cdot {size - 1}}}{{2}} = {flow_zeros(result)}",
            "That many entries of the square part are zero.",
        ),
    )


def limit_snippet() -> str:
    """The counting argument on a small grammar of its own."""
    return """from collections import Counter, defaultdict

# Sentences that look the same so far must get the same next word. Count the most frequent one.
pairs = [
    ("un perro", "a dog"),
    ("un perro negro", "a black dog"),
    ("un gato", "a cat"),
    ("un gato negro", "a black cat"),
]
groups = defaultdict(Counter)
total = 0
for spanish, english in pairs:
    source, target = spanish.split() + ["<eos>"], english.split() + ["<eos>"]
    for j, word in enumerate(target):
        total += 1
        if j < len(source):  # a vertical model reads source[: j + 1] before it says word j
            groups[j, *source[: j + 1], "|", *target[:j]][word] += 1
answer = sum(max(group.values()) for group in groups.values()) / total
print("best possible share of words:", answer)
"""


def small_bound() -> float:
    """The bound of the snippet's four sentences, by our enumeration."""
    said = (
        ("un perro", "a dog"),
        ("un perro negro", "a black dog"),
        ("un gato", "a cat"),
        ("un gato negro", "a black cat"),
    )
    pairs = [corpus.Pair(tuple(a.split()), tuple(b.split()), "own") for a, b in said]
    return corpus.best_possible(pairs, "vertical").total


def limit_agree(result: Limits) -> dict[str, float]:
    """Sentences that can be right: by recursion, and at most those that are short enough."""
    pairs = corpus.corpus()
    groups: dict[tuple[object, ...], dict[str, int]] = {}
    for pair in pairs:
        source, target = (*pair.source, EOS), (*pair.target, EOS)
        for j, word in enumerate(target[: len(source)]):
            counted = groups.setdefault((source[: j + 1], target[:j]), {})
            counted[word] = counted.get(word, 0) + 1
    right = sum(max(counted.values()) for counted in groups.values())
    total = sum(len(pair.target) + 1 for pair in pairs)
    mean = float(
        np.average(
            result.plain.positions,
            weights=[sum(len(p.target) + 1 > j for p in pairs) for j in range(7)],
        )
    )
    return {
        "counted again": right / total,
        "viz": result.plain.total,
        "mean of the positions": mean,
    }


def limit_lines(result: Limits) -> tuple[Line, ...]:
    """The counting argument."""
    best = result.plain
    return (
        Line(
            r"\text{guess}_j = f(x_1 \ldots x_j,\; y_1 \ldots y_{j-1})",
            "A vertical model must say the same next word for all sentences that look alike so "
            "far, so at best it is right for the most frequent one.",
        ),
        Line(
            rf"\frac{{\sum_{{\text{{groups}}}} \max_y \#y}}{{\sum_{{\text{{groups}}}} \# }} = "
            rf"{best.total:.10f}",
            f"Counted over all {result.pairs} sentences; words beyond the source's length count "
            "as wrong.",
        ),
        Line(
            rf"{best.sentences} \text{{ of }} {result.pairs} \text{{ sentences }}\;"
            rf"({result.with_sos.sentences} \text{{ with a start symbol in the source}})",
            "Whole sentences by recursion: choose each word so that most sentences stay possible.",
        ),
    )
