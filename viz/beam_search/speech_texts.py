"""PyTorch and derivations for the language models."""

from viz.beam_search import language, recurrent, texts
from viz.beam_search.models import EOS, path_log_probs
from viz.beam_search.snippets import search_code
from viz.beam_search.speech import Speech
from viz.draw.numbers import fixed, stacked
from viz.view import Line

READ = '''import re
from collections import Counter, defaultdict

import torch

TEXT = """{text}"""

sentences = [re.findall(r"[^\\W\\d_]+(?:['’][^\\W\\d_]+)*", part.lower())
             for part in re.split(r"[.!?…。！？]+", TEXT)]
sentences = [words for words in sentences if words]
WORDS = [*dict.fromkeys(word for words in sentences for word in words), "<eos>"]
place = {{word: i for i, word in enumerate(WORDS)}}
V = len(WORDS)
'''

COUNTS = """
counts = [defaultdict(Counter) for _ in range(3)]  # after no, one, two words
for words in sentences:
    tokens = [V, V, *(place[word] for word in words), V - 1]  # V is the start symbol
    for a, b, c in zip(tokens, tokens[1:], tokens[2:]):
        for context in range(3):
            counts[context][(a, b)[2 - context:]][c] += 1


def log_probs(prefix):
    last = (V, V, *prefix)[-2:]
    row = torch.full((V,), {none} / V, dtype=torch.float64)
    mass = {none}
    for context, weight in ((0, {one}), (1, {two}), (2, {three})):
        seen = counts[context].get(last[2 - context:])
        if seen and weight:  # a context that was never seen gives its weight away
            mass += weight
            for word, count in seen.items():
                row[word] += weight * count / seen.total()
    return torch.log(row / mass)
"""

GRU = """
torch.manual_seed(0)
embedding = torch.nn.Embedding(V + 1, {hidden})
cell = torch.nn.GRU({hidden}, {hidden}, batch_first=True)
output = torch.nn.Linear({hidden}, V)
rows = [[place[word] for word in words[:{longest}]] + [V - 1] for words in sentences]
targets = torch.full((len(rows), max(map(len, rows))), -1)
for i, row in enumerate(rows):
    targets[i, : len(row)] = torch.tensor(row)
inputs = torch.cat([torch.full((len(rows), 1), V), targets[:, :-1].clamp(min=0)], dim=1)
known = targets >= 0
parameters = [*embedding.parameters(), *cell.parameters(), *output.parameters()]
optimizer = torch.optim.Adam(parameters, lr={lr})
for epoch in range({epochs}):
    states, _ = cell(embedding(inputs))
    loss = torch.nn.functional.cross_entropy(output(states[known]), targets[known])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def log_probs(prefix):
    states, _ = cell(embedding(torch.tensor([[V, *prefix]])))
    return torch.log_softmax(output(states[0, -1]).double(), dim=-1)
"""


def speech_snippet(result: Speech) -> str:
    """Read the text, count or train, search."""
    text = result.text.replace("\\", " ").replace('"', " ")
    code = READ.format(text=text)
    if result.kind == "recurrent":
        sizes = {"hidden": recurrent.HIDDEN, "longest": recurrent.LONGEST}
        code += GRU.format(**sizes, lr=recurrent.RATE, epochs=recurrent.EPOCHS)
    else:
        weights = language.TRIGRAM if result.kind == "trigram" else language.BIGRAM
        three, two, one, none = weights
        code += COUNTS.format(three=three, two=two, one=one, none=none)
    search = search_code(result.run)
    return code + "\n" + search.split("\n", 3)[3]


def speech_lines(result: Speech) -> tuple[Line, ...]:
    """Where the numbers come from, the sentence word by word, cost, penalty, the curse."""
    run = result.run
    return (
        _model_line(result),
        Line("", _word_table(result)),
        texts.cost_line(run),
        texts.penalty_line(run),
        Line(
            "",
            "**The beam-search curse.** Each further word adds a number below 0, so a short "
            "sentence starts with an advantage, and a model that is unsure at every word makes it "
            "large. Narrow beams miss the early ends because an end ranks low at its step; wide "
            "beams keep them, and then nothing beats them. The search is better and the sentence "
            "is worse: what is wrong is the score, or the model, not the search. Here "
            f"`{EOS}` has rank {_first_rank(result)} among {len(run.decoder.vocabulary)} at the "
            "very start.",
        ),
    )


def _first_rank(result: Speech) -> int:
    """The rank of the end token as the first word."""
    decoder = result.run.decoder
    row = decoder.log_probs(decoder.start())[0]
    return int((row > row[decoder.eos]).sum()) + 1


def _model_line(result: Speech) -> Line:
    if result.kind == "recurrent":
        return Line(
            stacked(
                r"h_t &= \mathrm{GRU}(e(y_{t-1}), h_{t-1})",
                r"p(y_t \mid y_{<t}) &= \mathrm{softmax}(W h_t + b)",
            ),
            f"The decoder is a GRU with {recurrent.HIDDEN} hidden units, trained for "
            f"{recurrent.EPOCHS} epochs: its loss fell from {result.losses[0]:.2f} to "
            f"{result.losses[-1]:.2f} nats a word. A beam keeps one hidden state a prefix and "
            "reorders them with the parents; no prefix is ever run again.",
        )
    three, two, one, none = language.TRIGRAM if result.kind == "trigram" else language.BIGRAM
    first = rf"{three:g}\,\frac{{c(a\,b\,w)}}{{c(a\,b)}} + " if three else ""
    return Line(
        stacked(
            rf"p(w \mid a\,b) = {{}}&{first}{two:g}\,\frac{{c(b\,w)}}{{c(b)}}",
            rf"{{}}+ {{}}&{one:g}\,\frac{{c(w)}}{{n}} + {none:g}\,\frac{{1}}{{V}}",
        ),
        f"Shares of what followed in the text, mixed. It has {result.num_sentences} sentences, "
        f"{result.num_words} words, V = {len(result.run.decoder.vocabulary)} with the end token. "
        "A context that never occurred gives its weight to the other terms.",
    )


def _word_table(result: Speech) -> str:
    run = result.run
    best = run.search.best
    parts = path_log_probs(run.decoder, best.tokens)
    total, rows = 0.0, []
    for token, part in zip(best.tokens, parts, strict=True):
        total += part
        word = run.decoder.vocabulary[token]
        rows.append(f"| `{word}` | {fixed(part)} | {fixed(total)} |")
    head = (
        "What is said, word by word:\n\n| word | log-probability | running sum |\n|---|---|---|\n"
    )
    return head + "\n".join(rows)
