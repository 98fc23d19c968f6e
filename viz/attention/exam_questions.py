"""The exam's own questions: scores, argmax and its output, and who gets a gradient."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.compute import FloatArray, Inputs, cosines, hard
from viz.attention.prompts import (
    Rng,
    exact,
    given,
    map_settings,
    one_hot,
    products,
    table_settings,
)
from viz.attention.variants import vectors
from viz.draw.numbers import fixed, short
from viz.quiz import Choice, Feedback, Parts, Question, Table, is_close

REASONS = (
    "argmax is not differentiable",
    "small changes leave the winner, so the slope is zero",
    "the gradient explodes at the winner",
    "the scores are too large for floating-point numbers",
    "argmax forgets the values",
)


def scores(rng: Rng) -> Question:
    """at-x1: the four inner products."""
    inputs = vectors(rng)
    found = [float(score) for score in inputs.scores]
    parts = [(f"score of key {j + 1}", exact(found[j])) for j in range(4)]
    sums = [" + ".join(products(inputs, j)) for j in range(4)]
    why = "; ".join(f"{sums[j]} = {short(found[j])}" for j in range(4))
    cosine = tuple(float(c) for c in cosines(inputs))
    return Question(
        id="at-x1",
        part="a",
        prompt=f"{given(inputs, values=False)}\n\nAttention compares by **inner product**, "
        "without any scaling. What are the four scores?",
        answer=Parts(*parts),
        why=f"Multiply entry by entry and add: {why}.",
        feedback=(
            Feedback(
                lambda typed: all(is_close(a, b) for a, b in zip(typed, cosine, strict=True)),
                "Those are cosines: the inner product is not divided by the lengths.",
            ),
            Feedback(
                lambda typed: _near(typed, found, np.sqrt(3)),
                "Here the scores are not divided by √d.",
            ),
            Feedback(
                lambda typed: sum(is_close(a, b) for a, b in zip(typed, found, strict=True)) == 3,
                "Three are right; check signs and zeros in the other one.",
            ),
        ),
        hint="Multiply a key and the query entry by entry, then add up.",
        settings=table_settings(inputs, play="steps"),
    )


def _near(typed: tuple[float, ...], found: list[float], factor: float) -> bool:
    if not any(found):
        return False
    return all(is_close(a, b / factor) for a, b in zip(typed, found, strict=True))


def output(rng: Rng) -> Question:
    """at-x2: weights and output of argmax attention."""
    inputs = vectors(rng)
    won = hard(inputs)
    answer = [float(v) for v in won.output]
    rows = [one_hot(j) for j in range(4)]
    shares = inputs.scores / max(float(np.abs(inputs.scores).sum()), 1.0)
    options = (*rows, f"({', '.join(fixed(float(s), 2) for s in shares)})")
    parts: list[Any] = [("weights", Choice(options, won.winner))]
    parts += [(f"output, entry {i + 1}", exact(answer[i])) for i in range(3)]
    return Question(
        id="at-x2",
        part="a",
        prompt=f"{given(inputs)}\n\nAttention now returns **exactly the value whose key has the "
        "largest inner product** with the query. Which weights does it use, and what is the "
        "output?",
        answer=Parts(*parts),
        why=f"The scores are {wording.scores(inputs.scores).removeprefix('Scores ')}: key "
        f"{won.winner + 1} wins, so the output is its value {wording.vector(won.output)}.",
        feedback=_output_feedback(inputs, answer),
        hint="First find the key with the largest score; its value alone gets a weight.",
        settings=table_settings(inputs, play="steps", mode="argmax"),
    )


def _output_feedback(inputs: Inputs, answer: list[float]) -> tuple[Feedback, ...]:
    winner = hard(inputs).winner
    mean, total = inputs.values.mean(axis=0), inputs.values.sum(axis=0)
    largest = int(np.argmax(inputs.keys.max(axis=1)))
    said = []

    def add(vector: FloatArray, words: str) -> None:
        wrong = [float(v) for v in vector]
        if wrong != answer:
            said.append(Feedback((None, *wrong), words))

    add(mean, "Argmax copies one value, it does not mix.")
    add(total, "Argmax copies one value, it does not mix.")
    add(inputs.keys[winner], "Keys are compared, values are returned.")
    if largest != winner:
        product = (
            f"{wording.vector(inputs.keys[largest])}·{wording.vector(inputs.query)} = "
            f"{short(float(inputs.scores[largest]))} < {short(float(inputs.scores[winner]))}."
        )
        add(inputs.values[largest], product)
        add(inputs.keys[largest], product)
    runner_up = hard(inputs).runner_up
    if runner_up is not None and runner_up != largest:
        add(inputs.values[runner_up], "That is the value of the second best key.")
    said.append(Feedback(4, "Argmax gives 1 to the winner and 0 to all others.", part=0))
    return tuple(said)


def reached(rng: Rng) -> Question:
    """at-x3: what gradient reaches, with argmax and with softmax."""
    inputs = vectors(rng)
    winner = hard(inputs).winner + 1
    other = 1 if winner != 1 else 2
    rows = ("the query", "the winner's key", "another key", "the winner's value", "another value")
    key = ((False, True), (False, True), (False, True), (True, True), (False, True))
    return Question(
        id="at-x3",
        prompt=f"{given(inputs)}\n\nKey {winner} wins. A gradient arrives at the output. "
        f"Which of these does it reach? (Take key and value {other} as the others.)",
        answer=Table(rows, ("argmax", "softmax"), key),
        why="Argmax copies one value, so that value alone gets the gradient; a small change of "
        "query or keys leaves the winner, hence slope 0. Softmax weighs everything a little, so "
        "everything gets its share.",
        feedback=(
            Feedback(
                lambda rows: rows[0][0] or rows[1][0] or rows[2][0],
                "Nudge q by 0.1: does the winner change? With argmax the output stays exactly "
                "where it was. The map of the page shows how far the walls are.",
            ),
            Feedback(lambda rows: not rows[3][0], "The output *is* that value; its slope is 1."),
            Feedback(
                lambda rows: rows[4][0], "Argmax gives the other values weight 0: nothing arrives."
            ),
            Feedback(
                lambda rows: not all(row[1] for row in rows),
                "No softmax weight is exactly 0, and each depends on all scores.",
            ),
        ),
        settings=table_settings(inputs, play="steps", mode="argmax"),
    )


def reason(rng: Rng) -> Question:
    """at-x4: why argmax attention cannot improve queries or keys."""
    inputs = vectors(rng)
    order = np.arange(5) if rng is None else rng.permutation(5)
    place = {int(option): place for place, option in enumerate(order)}
    said = {
        0: "It is differentiable almost everywhere, with slope 0. That is the problem.",
        2: "Nothing grows here: how much does the output change for a tiny change?",
        3: "Their size does not matter to argmax, only their order.",
        4: "It returns a value, and that value does get a gradient.",
    }
    return Question(
        id="at-x4",
        part="b",
        prompt=f"{given(inputs, values=False)}\n\nA network computes query and keys, and "
        "attention returns the value of the key with the largest inner product. Why can training "
        "not improve the queries and the keys?",
        answer=Choice(tuple(REASONS[int(option)] for option in order), place[1]),
        why="Inside a cell the output is constant, so the derivative by query and keys exists and "
        "is 0; it fails to exist only on the walls, where two keys tie. What is multiplied by 0 on "
        "the way back never learns.",
        feedback=tuple(Feedback(place[option], words) for option, words in said.items()),
        settings=map_settings(inputs),
    )
