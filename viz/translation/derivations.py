"""The formulas with the numbers of the screen in them."""

import math
from collections.abc import Sequence

from viz.draw.numbers import count, latex, short
from viz.translation.compute import Rows
from viz.translation.limit_figures import words_listed
from viz.translation.results import Flow, Limits, Translation, taught
from viz.translation.witnesses import zeros
from viz.view import Line

SHOWN = 8
NAMED = {"\\": "backslash", "^": "asciicircum", "~": "asciitilde"}
SPECIAL = str.maketrans(
    {c: rf"\{c}" for c in "#$%&_"} | {c: rf"\text{name}{{}}" for c, name in NAMED.items()}
)


def tex(words: Sequence[str]) -> str:
    """Words for LaTeX, parted by commas."""
    return r",\; ".join(_word(word) for word in words)


def _word(word: str) -> str:
    inner = word.strip("<>").translate(SPECIAL)
    return rf"\langle\text{{{inner}}}\rangle" if word.startswith("<") else rf"\text{{{inner}}}"


def rows(result: Rows) -> tuple[Line, ...]:
    """The shift, written out, and what vertical stacking cannot do."""
    rows_ = (result.truth, result.training, result.emitted, result.evaluation)
    truth, training, emitted, evaluation = (tuple(w for w in row if w) for row in rows_)
    return (
        Line(
            rf"y_1 \ldots y_{{{len(truth)}}} = {tex(truth)} \;\longrightarrow\; "
            rf"w_1 \ldots w_{{{len(truth)}}} = {tex(training)}",
            "Training (teacher forcing): the truth, shifted right by one; the end symbol is "
            "predicted, never fed.",
        ),
        Line(
            rf"\hat y_1 \ldots \hat y_{{{len(emitted)}}} = {tex(emitted)} \;\longrightarrow\; "
            rf"w_1 \ldots w_{{{len(emitted)}}} = {tex(evaluation)}",
            "Evaluation (free running): the model's own words, shifted right by one.",
        ),
        Line(
            r"L = -\sum_{j} \ln p(y_j \mid w_1 \ldots w_j,\, h_T)",
            "The loss compares with the truth in both; only what is fed differs.",
        ),
        Line(
            rf"d_0 = h_{{{len(result.source)}}}, \qquad d_t = \mathrm{{cell}}(E[w_t],\, d_{{t-1}})",
            "Horizontal: the decoder starts from the encoder's last state, which has seen all "
            f"{len(result.source)} source tokens.",
        ),
        Line(
            r"d_0 = 0, \qquad d_t = \mathrm{cell}([E[w_t];\, h_t],\, d_{t-1})",
            "Vertical: step t reads the encoder's state hₜ. Sentences of different lengths have "
            "no natural handling, and word t hears of the first t source tokens only, though a "
            "later one may decide it.",
        ),
    )


def _joined(sign: str, terms: Sequence[str]) -> str:
    """The terms of a sum or product; of many the first ones and the last."""
    few = terms if len(terms) <= SHOWN else [*terms[: SHOWN - 2], r"\ldots", terms[-1]]
    return sign.join(few)


def model(result: Translation) -> tuple[Line, ...]:
    """The loss of the sentence, word by word, at the checkpoint on screen and before training."""
    step = result.step
    network = result.trained.at(step)
    words, chances = result.reference, taught(network, result.source, result.reference)
    terms = _joined(" + ", [rf"(-\ln {latex(chance, 3)})" for chance in chances])
    total = -sum(math.log(max(chance, 1e-300)) for chance in chances)
    said = result.said[result.steps.index(step)]
    product = _joined(r" \cdot ", [latex(chance, 3) for chance in said.chances])
    when = f"after {step} training steps" if step else "before training"
    guesses = len(result.trained.words.target) - 2
    at = f" at temperature {short(result.temperature)}" if result.temperature else ""
    if result.truth is not None:
        what, before = "the right words", "the true words"
    else:
        what, before = "the last checkpoint's words", "the words"
    return (
        Line(
            rf"L = \tfrac1{{{len(words)}}} \bigl( {terms} \bigr) = {latex(total / len(words), 4)}",
            f"The loss of {what}, {when}: the mean of −ln p over “{' '.join(words)}”, each given "
            f"{before} before it.".replace("<", r"\<"),
        ),
        Line(
            rf"p = {product} = {latex(math.prod(said.chances), 3)}",
            f"The probability of what it says{at}, {when}: a product, each step given the words "
            "fed.",
        ),
        Line(
            rf"L_0 = {latex(result.losses[0], 6)}, \qquad \ln {guesses} = "
            rf"{latex(math.log(guesses), 4)}",
            "Before training the loss is about that of guessing among all words it may say.",
        ),
    )


def flow(result: Flow) -> tuple[Line, ...]:
    """The chain of Jacobians, and why it is empty above the diagonal."""
    rows_, size = result.vertical.shape
    first = result.horizontal[0]
    nearest = short(float(first[-1]), 3)
    return (
        Line(
            r"\frac{\partial\,\mathrm{scores}_j}{\partial e_i} = W_o \Bigl(\prod_{t=2}^{j} "
            r"\tfrac{\partial d_t}{\partial d_{t-1}}\Bigr) \frac{\partial d_1}{\partial h_S} "
            r"\Bigl(\prod_{k=i+1}^{S} \tfrac{\partial h_k}{\partial h_{k-1}}\Bigr) "
            r"\frac{\partial h_i}{\partial e_i}",
            "Horizontal: every source word leads through the encoder's last state to every output. "
            f"The norm for output 1 and the last of {size} source tokens is {nearest}.",
        ),
        Line(
            r"\frac{\partial\,\mathrm{scores}_j}{\partial e_i} = W_o \sum_{m=i}^{j} "
            r"\Bigl(\prod_{t=m+1}^{j} \tfrac{\partial d_t}{\partial d_{t-1}}\Bigr) "
            r"\frac{\partial d_m}{\partial h_m} \Bigl(\prod_{k=i+1}^{m} "
            r"\tfrac{\partial h_k}{\partial h_{k-1}}\Bigr) \frac{\partial h_i}{\partial e_i} "
            r"= 0 \quad (i > j)",
            "Vertical: a path climbs at some step m between i and j. For i > j there is no such m; "
            "the sum is empty, so the gradient is exactly 0 whatever is trained.",
        ),
        Line(
            rf"\sum_{{j=1}}^{{{rows_}}} ({size} - j) = {zeros(result)}",
            f"So many entries of the {rows_} rows are zero.",
        ),
    )


def limits(result: Limits) -> tuple[Line, ...]:
    """The counting argument, in general and for the chosen sentence."""
    best = result.best
    lines = [
        Line(
            r"\text{guess}_j = f(x_1 \ldots x_j,\; y_1 \ldots y_{j-1})",
            "A vertical model must say the same next word for all sentences that look alike so "
            "far, so at best it is right for the most frequent one.",
        )
    ]
    for j, one in enumerate(result.alike):
        if one.possible and len(one.counts) > 1:
            total = sum(n for _, n in one.counts)
            lines.append(
                Line(
                    rf"\text{{word }} {j + 1}: \quad \frac{{{one.counts[0][1]}}}{{{total}}} = "
                    rf"{one.share:.3f}",
                    f"After reading “{' '.join(one.seen)}” the next word may be "
                    f"{words_listed(one)}.",
                )
            )
    lines += [
        Line(
            rf"\frac{{\sum_{{\text{{groups}}}} \max_y \#y}}{{\sum_{{\text{{groups}}}} \# }} = "
            rf"{best.total:.10f}",
            f"Counted over all {count(result.pairs)} sentences; words beyond the source's length "
            "count as wrong.",
        ),
        Line(
            rf"{best.sentences} \text{{ of }} {result.pairs} \text{{ sentences}}",
            "Whole sentences by recursion: choose each word so that most sentences stay possible; "
            f"{'without' if result.source_sos else 'with'} a start symbol it would be "
            f"{result.other.sentences}.",
        ),
    ]
    return tuple(lines)
