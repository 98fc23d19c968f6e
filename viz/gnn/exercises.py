"""The exam's questions on graph networks, and variants on other graphs."""

import numpy as np

from viz.draw.numbers import fixed, listed, short
from viz.gnn import compute, demo, graphs, inputs
from viz.gnn.rule_exercises import update_rules
from viz.quiz import (
    Answer,
    Expression,
    Feedback,
    ManyOf,
    Number,
    Parts,
    Question,
    Tokens,
)

Rng = np.random.Generator
RULE = r"$s_i' = s_i + W_1 \cdot \tfrac{1}{n_i}\sum_j \tanh(W_2 m_{i,j})$"
SUBS = str.maketrans("12345", "₁₂₃₄₅")
Case = tuple[graphs.Graph, tuple[int, ...], tuple[int, ...]]


def _case(rng: Rng | None) -> Case:
    """A graph, labels, and the nodes held back (from 1); both labels among the others."""
    if rng is None:
        return inputs.exam_graph(), demo.SEED.labels, demo.SEED.held_back
    while True:
        edges = [[i, int(rng.integers(i))] for i in range(1, 5)]
        edges += [[int(v) for v in rng.permutation(5)[:2]] for _ in range(int(rng.integers(3)))]
        labels = tuple(int(v) for v in rng.integers(2, size=5))
        held = tuple(sorted(int(v) + 1 for v in rng.permutation(5)[: int(rng.integers(1, 3)) + 1]))
        kept = {labels[i] for i in range(5) if i + 1 not in held}
        if kept == {0, 1}:
            return graphs.graph(5, edges), labels, held


def _drawn(found: graphs.Graph) -> str:
    return ", ".join(f"{a + 1}–{b + 1}" for a, b in found.edges)


def _term(i: int, label: int) -> str:
    letter = "abcde"[i]
    return f"log({letter})" if label else f"log(1-{letter})"


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("−") else number


def _index(number: int) -> str:
    return str(number).translate(SUBS)


def masked_loss(rng: Rng | None) -> Question:
    """Part (b): the loss as an expression."""
    _, labels, held = _case(rng)
    train = [i for i in range(5) if i + 1 not in held]
    out = [i for i in range(5) if i + 1 in held]
    count = len(train)

    def mean(nodes: list[int], size: int, sign: str = "-") -> str:
        return f"{sign}({' + '.join(_term(i, labels[i]) for i in nodes)})/{size}"

    key = mean(train, count)
    flipped = "+".join(f"log({'abcde'[i]})" for i in train)
    why = " + ".join(_term(i, labels[i]) for i in train)
    latex = rf"-\tfrac{{1}}{{{count}}}\bigl({why}\bigr)".replace("log", r"\log")
    return Question(
        id="gn-x2",
        part="b",
        prompt=f"Nodes 1 to 5 have labels {', '.join(map(str, labels))} and predicted "
        "probabilities a, b, c, d, e of class 1, one letter for each node. Nodes "
        f"{listed([str(h) for h in held])} are held back: training does not score them. Write the "
        "average binary cross-entropy over the training nodes as a formula (log is the natural "
        "logarithm; **e is node 5's prediction**, not Euler's number).",
        answer=Expression(key, tuple("abcde"), latex=latex),
        why=f"Only the {count} training nodes count, each with the term of its own label: "
        f"−({why.replace('-', ' − ')})/{count}.",
        feedback=(
            Feedback(mean(train, count, ""), "The sign: a loss is minus the log of a probability."),
            Feedback(mean(train, 1), f"The 1/{count} is missing."),
            Feedback(mean(train, 5), "Divide by the training nodes, not by all."),
            Feedback(
                mean(list(range(5)), 5), f"Nodes {listed([str(h) for h in held])} are masked."
            ),
            Feedback(mean(out, len(out)), "The mask is inverted: those are the held-back nodes."),
            Feedback(f"-({flipped})/{count}", "A node with label 0 contributes log(1 − p)."),
            Feedback(
                f"({key})/log(2)",
                "That is base 2; the natural log is meant, accepted.",
                accept=True,
            ),
            Feedback(
                f"({key})/log(10)",
                "That is base 10; the natural log is meant, accepted.",
                accept=True,
            ),
        ),
        hint="Begin with one training node: what does the loss charge for its label?",
        settings=demo.LossSettings() if rng is None else None,
        points=3,
    )


def patterns(rng: Rng | None) -> Question:
    """Part (c), first: which design patterns does rule (9) use?"""
    options = ("residual connection", "batch normalization", "attention", "dropout")
    order = np.array([1, 0, 2, 3]) if rng is None else rng.permutation(4)
    place = list(order).index
    return Question(
        id="gn-x3",
        part="c",
        prompt=f"A graph net uses the rule {RULE}, where node i has nᵢ neighbors j and gets a "
        "message $m_{i,j}$ from each. Which of these design "
        "patterns does the rule use? Tick all that apply.",
        answer=ManyOf(tuple(options[i] for i in order), frozenset({place(0)})),
        why="The old state is added: a residual connection. Dividing by the number of neighbors "
        "is an average over this node's messages.",
        feedback=(
            Feedback(lambda v: place(1) in v, "Dividing by nᵢ is averaging, not batch statistics."),
            Feedback(lambda v: place(2) in v, "Equal weights for all neighbors are not attention."),
            Feedback(lambda v: not v, "Look at the sᵢ in front."),
        ),
        hint="Go through the rule sign by sign: what is added, what is averaged, and is "
        "anything drawn or weighted?",
        settings=demo.LayerSettings(),
    )


def shape(rng: Rng | None) -> Question:
    """Part (c), second: the shape of W1."""
    d, k = (
        ("d", "k")
        if rng is None
        else tuple(str(v) for v in rng.choice([2, 3, 4, 5, 8, 16], size=2, replace=False))
    )
    return Question(
        id="gn-x4",
        part="c",
        prompt=f"In {RULE} states and messages are "
        f"vectors of {d} numbers, and W₂ has {k} rows. Which shape does W₁ have: how many rows, "
        "how many columns?",
        answer=Tokens(tuple(dict.fromkeys((d, k, "n", "1"))), (d, k)),
        why=f"W₂ m is a vector of {k} numbers, so W₁ needs {k} columns; the result is added to a "
        f"state of {d} numbers, so it has {d} rows.",
        feedback=(
            Feedback((k, d), f"W₁ acts on a vector of {k} numbers: {k} columns."),
            Feedback((d, d), f"W₂ m has {k} entries, not {d}."),
        ),
        hint="Rows first: how many numbers must come out, and how many go in?",
        settings=demo.LayerSettings(),
    )


def terms(rng: Rng | None) -> Question:
    """Part (c), third: the update of two nodes written out."""
    found, _, _ = _case(rng)
    chosen = (2, 3) if rng is None else tuple(int(v) + 1 for v in rng.permutation(5)[:2])
    options = tuple(f"tanh(W₂ s{_index(i)})" for i in range(1, 6))
    items: list[tuple[str, Answer]] = []
    feedback: list[Feedback | None] = []
    words: list[str] = []
    for place, node in enumerate(chosen):
        around = frozenset(found.neighbors(node - 1))
        items.append((f"terms in the update of node {node}", ManyOf(options, around)))
        items.append((f"divided by (node {node})", Number(len(around), abs=0.1, rel=0)))
        words.append(f"node {node}: {listed([str(j + 1) for j in sorted(around)])}")
        feedback += [
            Feedback(
                around | {node - 1},
                "Self enters through the residual, not the sum.",
                part=2 * place,
            ),
            Feedback(5.0, "Divide by the number of neighbors, not of nodes.", part=2 * place + 1)
            if len(around) != 5
            else None,
            Feedback(
                float(len(around) + 1),
                "The node itself is not among its neighbors.",
                part=2 * place + 1,
            ),
        ]
    return Question(
        id="gn-x5",
        part="c",
        prompt=f"A graph has nodes 1 to 5 and the edges {_drawn(found)}. The rule is "
        r"$s_i' = s_i + \tfrac{W_1}{n_i}\sum_j \tanh(W_2 s_j)$, the sum over the nᵢ neighbors of "
        "node i. Which "
        f"terms are summed for nodes {chosen[0]} and {chosen[1]}, and by what is each sum "
        "divided?",
        answer=Parts(*items),
        why=f"The neighbors are summed ({'; '.join(words)}) and the sum is divided by how many "
        "there are.",
        feedback=(*(f for f in feedback if f is not None),),
        hint="Find the edges that end at the node: its neighbors are at the other ends.",
        settings=demo.LayerSettings(node=chosen[0]) if rng is None else None,
        points=3,
    )


def one_layer(rng: Rng | None) -> Question:
    """A layer by hand."""
    found, _, _ = _case(rng)
    states: tuple[int, ...] = (1, 2, 3, 4, 5)
    first, second, node = 2.0, 0.5, 3
    if rng is not None:
        # Distinct and never 0: a message of 0 would hide the mistakes.
        states = tuple(int(v) for v in rng.permutation(6)[:5] + 1)
        first, second = float(rng.choice([1, 2, 3, -1])), float(rng.choice([0.5, 1, -0.5]))
        nodes = [i + 1 for i in range(5) if len(found.neighbors(i)) <= 2]
        node = int(nodes[rng.integers(len(nodes))]) if nodes else 1
    history = compute.update(states, found, first, second)
    key = float(history[1, node - 1, 0])
    around = found.neighbors(node - 1)
    inbox = [float(np.tanh(second * states[j])) for j in around]
    own = float(states[node - 1])
    wrong = (
        (own + first * sum(inbox), "The mean is meant: divide by the number of neighbors."),
        (first * sum(inbox) / len(inbox), "The old state is added (residual)."),
        (own + first * sum(second * states[j] for j in around) / len(around), "tanh is missing."),
        (
            own + float(np.tanh(first * sum(second * states[j] for j in around) / len(around))),
            "tanh belongs to each message, before the mean and W₁.",
        ),
    )
    return Question(
        id="gn-x6",
        prompt=f"A graph has the edges {_drawn(found)}; nodes 1 to 5 have the states "
        f"{', '.join(map(str, states))} (single numbers); W₁ = {short(first)} and W₂ = "
        f"{short(second)}. What is the state of node {node} after one layer of "
        r"$s_i' = s_i + W_1 \cdot \mathrm{mean}_j \tanh(W_2 s_j)$, the mean over its neighbors? "
        "(To 0.005; tanh is "
        "understood.)",
        answer=Number(key, abs=0.005, rel=0),
        why=f"Message{'s' if len(inbox) > 1 else ''} {', '.join(fixed(m, 4) for m in inbox)}; "
        f"{short(own)} + {_bracketed(short(first))} × "
        f"{_bracketed(fixed(sum(inbox) / len(inbox), 4))} = {fixed(key, 4)}.",
        feedback=(*(Feedback(value, words) for value, words in wrong if abs(value - key) > 0.01),),
        hint="First the message of each neighbor, tanh(W₂ s); then their mean.",
        settings=demo.LayerSettings(node=node) if rng is None else None,
    )


ALL = (update_rules, masked_loss, patterns, shape, terms, one_layer)
