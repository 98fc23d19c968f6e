"""The exam's questions on graph networks, and variants on other graphs."""

import numpy as np

from viz.draw.numbers import fixed, listed, short
from viz.gnn import compute, demo, graphs, inputs, rules
from viz.quiz import (
    Answer,
    Choice,
    Expression,
    Feedback,
    ManyOf,
    Number,
    Parts,
    Question,
    Tokens,
)

Rng = np.random.Generator
FORMULAS = {
    "mean": "w₁ s + w₂ · mean of the messages",
    "max": "componentwise maximum of w₁ s and all w₂ m_j",
    "product, a weight each": "s · Π w_j m_j, a number w_j for each place in the list",
    "product, a matrix each": "s · Π W_j m_j componentwise, a matrix W_j for each place",
    "sum": "w₁ s + w₂ · sum of the messages",
    "min": "componentwise minimum of w₁ s and all w₂ m_j",
    "median": "w₁ s + w₂ · componentwise median of the messages",
    "deviation": "w₁ s + w₂ · componentwise standard deviation of the messages",
    "sum, a weight each": "s + Σ w_j m_j, a number w_j for each place in the list",
    "first neighbor": "w₁ s + w₂ m₁, the first message in the list",
    "RNN over the list": "a tanh RNN that starts at s and reads the messages one by one",
    "softmax attention": "s + Σ a_j m_j with a = softmax over j of m_j · s",
    "sorted list": "sort the messages by size, then s + Σ w_j m_(j) over the sorted ones",
    "list in order": "s + Σ c_j m_j with fixed numbers c_j for the places in the list",
}
REASONS = (
    "valid: a message's place in the list plays no part",
    "valid: each place has its weight, but a product of numbers forgets the order",
    "not valid: each place in the list is treated differently",
    "not valid: the result depends on how many neighbors there are",
    "not valid: it is not differentiable everywhere",
)
FREE, COMMUTES, PLACES, COUNT, SMOOTH = range(len(REASONS))


def _reason(name: str, valid: bool) -> int:
    if not valid:
        return PLACES
    return COMMUTES if name == "product, a weight each" else FREE


def update_rules(rng: Rng | None) -> Question:
    """Part (a): which rules are valid, and why?"""
    names = (
        list(rules.EXAM)
        if rng is None
        else [list(FORMULAS)[i] for i in rng.permutation(len(FORMULAS))[:3]]
    )
    width = 1 if rng is None else 2
    verdicts = [
        rules.permutation_test(
            rules.RULES[name], width=width, num_neighbors=3, rng=np.random.default_rng(0)
        ).valid
        for name in names
    ]
    keys = [_reason(name, valid) for name, valid in zip(names, verdicts, strict=True)]
    items = [
        (f"Rule {i + 1}: {FORMULAS[name]}", Choice(REASONS, key))
        for i, (name, key) in enumerate(zip(names, keys, strict=True))
    ]
    size = (
        "single numbers" if rng is None else "vectors of at least 2 numbers, at least 2 neighbors"
    )
    said = "; ".join(
        f"rule {i + 1} is {'valid' if valid else 'not valid'}" for i, valid in enumerate(verdicts)
    )
    last = names[-1]
    return Question(
        id="gn-x1",
        prompt="A node has a state s and gets messages m₁ … m_n from its neighbors. A graph has no "
        f"first neighbor, so the list may come in any order. States and messages are {size}; "
        "weights do not depend on the node. Which of these rules for the node's next state are "
        "valid on every graph, and why?",
        answer=Parts(*items),
        why=f"Tried under every order of three neighbors: {said}. A product of numbers w_j m_j is "
        "(Π w_j)(Π m_j), so it does not notice a shuffle although each place has its weight; with "
        "weight matrices and vectors it would. Whoever refuses the product for its weights has "
        "seen the danger, and is not marked down.",
        feedback=_rule_feedback(names, keys, scalar=rng is None),
        settings=demo.ShuffleSettings.model_validate({"rule": last, "width": width}),
        points=3,
    )


def _rule_feedback(names: list[str], keys: list[int], *, scalar: bool) -> tuple[Feedback, ...]:
    def accepted(values: tuple[int, ...]) -> bool:
        """All right but for a product of numbers refused because of its weights."""
        rows = list(zip(values, names, keys, strict=True))
        soft = [scalar and n == "product, a weight each" and v == PLACES for v, n, _ in rows]
        return any(soft) and all(v == k or ok for (v, _, k), ok in zip(rows, soft, strict=True))

    def refused(values: tuple[int, ...]) -> bool:
        return any(v == PLACES and k != PLACES for v, k in zip(values, keys, strict=True))

    def allowed(values: tuple[int, ...]) -> bool:
        return any(v in (FREE, COMMUTES) and k == PLACES for v, k in zip(values, keys, strict=True))

    return (
        Feedback(
            accepted,
            "Accepted: a different weight for each neighbor looks like an order, and with weight "
            "matrices you would be right. For single numbers the product forgets it.",
            accept=True,
        ),
        Feedback(
            lambda v: COUNT in v,
            "Depending on how many neighbors there are is no fault: any graph has a count of "
            "neighbors, none has an order of them.",
        ),
        Feedback(
            lambda v: SMOOTH in v,
            "Off the topic: a maximum has a slope almost everywhere (as ReLU has), and the "
            "question is about the order.",
        ),
        Feedback(
            refused,
            "Shuffle the messages in your head: does the result of every rule you refused really "
            "change?",
        ),
        Feedback(
            allowed,
            "One of the rules you allowed treats the places in the list differently. Swap the "
            "first two messages.",
        ),
        Feedback(
            lambda v: any(a != k for a, k in zip(v, keys, strict=True)),
            "The verdicts fit, but one reason does not: does any rule give each place in the list "
            "a weight of its own?",
        ),
    )


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
    return Question(
        id="gn-x2",
        prompt=f"Nodes 1 to 5 have labels {', '.join(map(str, labels))} and predicted "
        "probabilities a, b, c, d, e of class 1, one letter for each node. Nodes "
        f"{listed([str(h) for h in held])} are held back: training does not score them. Write the "
        "average binary cross-entropy over the training nodes as a formula (log is the natural "
        "logarithm; **e is node 5's prediction**, not Euler's number).",
        answer=Expression(key, tuple("abcde")),
        why=f"Only the {count} training nodes count, each with the term of its own label: "
        f"−({why})/{count}.",
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
        prompt="A graph net uses the rule s_i′ = s_i + W₁ · (Σ_j tanh(W₂ m_{i,j})) / n_i, where "
        "node i has n_i neighbors j and gets a message m_{i,j} from each. Which of these design "
        "patterns does the rule use? Tick all that apply.",
        answer=ManyOf(tuple(options[i] for i in order), frozenset({place(0)})),
        why="The old state is added: a residual connection. Dividing by the number of neighbors "
        "is an average over this node's messages.",
        feedback=(
            Feedback(
                lambda v: place(1) in v, "Dividing by n_i is averaging, not batch statistics."
            ),
            Feedback(lambda v: place(2) in v, "Equal weights for all neighbors are not attention."),
            Feedback(lambda v: not v, "Look at the s_i in front."),
        ),
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
        prompt=f"In s_i′ = s_i + W₁ · (Σ_j tanh(W₂ m_{{i,j}})) / n_i states and messages are "
        f"vectors of {d} numbers, and W₂ has {k} rows. Which shape does W₁ have: how many rows, "
        "how many columns?",
        answer=Tokens(tuple(dict.fromkeys((d, k, "n", "1"))), (d, k)),
        why=f"W₂ m is a vector of {k} numbers, so W₁ needs {k} columns; the result is added to a "
        f"state of {d} numbers, so it has {d} rows.",
        feedback=(
            Feedback((k, d), f"W₁ acts on a vector of {k} numbers: {k} columns."),
            Feedback((d, d), f"W₂ m has {k} entries, not {d}."),
        ),
        settings=demo.LayerSettings(),
    )


def terms(rng: Rng | None) -> Question:
    """Part (c), third: the update of two nodes written out."""
    found, _, _ = _case(rng)
    chosen = (2, 3) if rng is None else tuple(int(v) + 1 for v in rng.permutation(5)[:2])
    options = tuple(f"tanh(W₂ s{i})" for i in range(1, 6))
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
        prompt=f"A graph has nodes 1 to 5 and the edges {_drawn(found)}. The rule is "
        "s_i′ = s_i + (W₁/n_i) Σ_j tanh(W₂ s_j), the sum over the n_i neighbors of node i. Which "
        f"terms are summed for nodes {chosen[0]} and {chosen[1]}, and by what is each sum "
        "divided?",
        answer=Parts(*items),
        why=f"The neighbors are summed ({'; '.join(words)}) and the sum is divided by how many "
        "there are.",
        feedback=tuple(f for f in feedback if f is not None),
        settings=demo.LayerSettings(node=chosen[0]) if rng is None else None,
        points=3,
    )


def one_layer(rng: Rng | None) -> Question:
    """A layer by hand."""
    found, _, _ = _case(rng)
    states: tuple[int, ...] = (1, 2, 3, 4, 5)
    first, second, node = 2.0, 0.5, 3
    if rng is not None:
        states = tuple(int(v) for v in rng.integers(0, 6, size=5))
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
        "s_i′ = s_i + W₁ · mean_j tanh(W₂ s_j), the mean over its neighbors? (To 0.005; tanh is "
        "understood.)",
        answer=Number(key, abs=0.005, rel=0),
        why=f"Messages {', '.join(fixed(m, 4) for m in inbox)}; {short(own)} + {short(first)} × "
        f"{fixed(sum(inbox) / len(inbox), 4)} = {fixed(key, 4)}.",
        feedback=tuple(Feedback(value, words) for value, words in wrong if abs(value - key) > 0.01),
        settings=demo.LayerSettings(node=node) if rng is None else None,
    )


ALL = (update_rules, masked_loss, patterns, shape, terms, one_layer)
