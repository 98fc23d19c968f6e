"""The question which update rules are valid on graphs, and why."""

from dataclasses import dataclass

import numpy as np

from viz.gnn import demo, rules
from viz.quiz import Choice, Feedback, Grade, Parts, Question

Rng = np.random.Generator
FORMULAS = {
    "mean": "w₁ s + w₂ · mean of the messages",
    "max": "componentwise maximum of w₁ s and all w₂ mⱼ",
    "product, a weight each": "s · Πⱼ wⱼ mⱼ, a number wⱼ for each place in the list",
    "product, a matrix each": "s · Πⱼ Wⱼ mⱼ componentwise, a matrix Wⱼ for each place",
    "sum": "w₁ s + w₂ · sum of the messages",
    "min": "componentwise minimum of w₁ s and all w₂ mⱼ",
    "median": "w₁ s + w₂ · componentwise median of the messages",
    "deviation": "w₁ s + w₂ · componentwise standard deviation of the messages",
    "sum, a weight each": "s + Σⱼ wⱼ mⱼ, a number wⱼ for each place in the list",
    "first neighbor": "w₁ s + w₂ m₁, the first message in the list",
    "RNN over the list": "a tanh RNN that starts at s and reads the messages one by one",
    "softmax attention": "s + Σⱼ aⱼ mⱼ with a = softmax over j of mⱼ · s",
    "sorted list": "sort the messages by size, then s + Σⱼ wⱼ m₍ⱼ₎ over the sorted ones",
    "list in order": "s + Σⱼ cⱼ mⱼ with fixed numbers cⱼ for the places in the list",
}
REASONS = (
    "valid: a message's place in the list plays no part",
    "valid: each place has its weight, but a product of numbers forgets the order",
    "not valid: each place in the list is treated differently",
    "not valid: the result depends on how many neighbors there are",
    "not valid: it is not differentiable everywhere",
)
PRODUCT = (
    "A product of numbers wⱼ mⱼ is (Πⱼ wⱼ)(Πⱼ mⱼ), so it does not notice a shuffle although each "
    "place has its weight; with a weight matrix for each place it would."
)
FREE, COMMUTES, PLACES, COUNT, SMOOTH = range(len(REASONS))


@dataclass(frozen=True, slots=True, eq=False)
class Disputed(Choice):
    """A choice with a second option that is not marked down."""

    also: int | None = None

    def grade(self, value: int) -> Grade:
        """Right if it is the key or the other one."""
        return Grade(value in (self.key, self.also))


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
    # The exam's key takes a refusal of the product for its weights, whatever the other rows say.
    soft = [rng is None and key == COMMUTES for key in keys]
    items = [
        (f"Rule {i + 1}", Disputed(REASONS, key, also=PLACES if ok else None))
        for i, (key, ok) in enumerate(zip(keys, soft, strict=True))
    ]
    listed = "\n".join(f"{i + 1}. {FORMULAS[name]}" for i, name in enumerate(names))
    size = "single numbers"
    if rng is not None:
        size = "vectors of at least 2 numbers, and a node has 2 neighbors or more"
    said = "; ".join(
        f"rule {i + 1} is {'valid' if valid else 'not valid'}" for i, valid in enumerate(verdicts)
    )
    last = names[-1]
    return Question(
        id="gn-x1",
        part="a",
        prompt="A node has a state s and gets messages m₁ … mₙ from its neighbors. A graph has no "
        f"first neighbor, so the list may come in any order. States and messages are {size}; "
        "weights do not depend on the node. Which of these rules for the node's next state are "
        f"valid on every graph, and why?\n\n{listed}",
        answer=Parts(*items),
        why=f"Tried under every order of three neighbors: {said}. {_lesson(names)}",
        feedback=_rule_feedback(keys, soft),
        settings=demo.ShuffleSettings.model_validate({"rule": last, "width": width}),
        points=3,
    )


def _lesson(names: list[str]) -> str:
    """What is worth remembering about the rules that were asked for."""
    if names == list(rules.EXAM):
        fair = "Whoever refuses it for its weights has seen the danger, and is not marked down."
        return f"{PRODUCT} {fair}"
    if "product, a weight each" in names:
        return PRODUCT
    return (
        "A rule fails if its result depends on a place in the list: a first message, a weight for "
        "each place, an order of reading."
    )


def _rule_feedback(keys: list[int], soft: list[bool]) -> tuple[Feedback, ...]:
    def accepted(values: tuple[int, ...]) -> bool:
        """All right but for a product of numbers refused because of its weights."""
        rows = list(zip(values, keys, soft, strict=True))
        fair = [ok and v == PLACES for v, _, ok in rows]
        return any(fair) and all(v == k or ok for (v, k, _), ok in zip(rows, fair, strict=True))

    def refused(values: tuple[int, ...]) -> bool:
        rows = zip(values, keys, soft, strict=True)
        return any(v == PLACES and k != PLACES and not ok for v, k, ok in rows)

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
