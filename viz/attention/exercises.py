"""Questions about argmax and softmax attention, on the exam's vectors and on random ones."""

from typing import Any

import numpy as np

from viz.attention import wording
from viz.attention.cells import flips, key_moves
from viz.attention.compute import FloatArray, Inputs, cosines, hard, softmax
from viz.attention.controls import KEYS, VALUES, MapSettings, SlopeSettings, TableSettings
from viz.attention.slopes import slope
from viz.attention.variants import (
    four_temperatures,
    has_temperature,
    has_temperatures,
    length_against_direction,
    one_nearest_wall,
    temperature_for,
    typed,
    vectors,
)
from viz.draw.numbers import fixed, listed, short
from viz.quiz import Choice, Feedback, Number, Order, Parts, Question, Table, is_close

Rng = np.random.Generator | None


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
    parts = [(f"score of key {j + 1}", _exact(found[j])) for j in range(4)]
    sums = [" + ".join(_products(inputs, j)) for j in range(4)]
    why = "; ".join(f"{sums[j]} = {short(found[j])}" for j in range(4))
    cosine = tuple(float(c) for c in cosines(inputs))
    return Question(
        id="at-x1",
        prompt=f"{_given(inputs, values=False)}\n\nAttention compares by **inner product**, "
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
        settings=_table_settings(inputs, play="steps"),
    )


def _exact(key: float) -> Number:
    return Number(key, abs=1e-9, rel=0.0)


def _near(typed: tuple[float, ...], found: list[float], factor: float) -> bool:
    if not any(found):
        return False
    return all(is_close(a, b / factor) for a, b in zip(typed, found, strict=True))


def output(rng: Rng) -> Question:
    """at-x2: weights and output of argmax attention."""
    inputs = vectors(rng)
    won = hard(inputs)
    answer = [float(v) for v in won.output]
    rows = [_one_hot(j) for j in range(4)]
    shares = inputs.scores / max(float(np.abs(inputs.scores).sum()), 1.0)
    options = (*rows, f"({', '.join(fixed(float(s), 2) for s in shares)})")
    parts: list[Any] = [("weights", Choice(options, won.winner))]
    parts += [(f"output, entry {i + 1}", _exact(answer[i])) for i in range(3)]
    return Question(
        id="at-x2",
        prompt=f"{_given(inputs)}\n\nAttention now returns **exactly the value whose key has the "
        "largest inner product** with the query. Which weights does it use, and what is the "
        "output?",
        answer=Parts(*parts),
        why=f"The scores are {wording.scores(inputs.scores).removeprefix('Scores ')}: key "
        f"{won.winner + 1} wins, so the output is its value {wording.vector(won.output)}.",
        feedback=_output_feedback(inputs, answer),
        settings=_table_settings(inputs, play="steps", mode="argmax"),
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
        prompt=f"{_given(inputs)}\n\nKey {winner} wins. A gradient arrives at the output. "
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
        settings=_table_settings(inputs, play="steps", mode="argmax"),
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
        prompt=f"{_given(inputs, values=False)}\n\nA network computes query and keys, and "
        "attention returns the value of the key with the largest inner product. Why can training "
        "not improve the queries and the keys?",
        answer=Choice(tuple(REASONS[int(option)] for option in order), place[1]),
        why="Inside a cell the output is constant, so the derivative by query and keys exists and "
        "is 0; it fails to exist only on the walls, where two keys tie. What is multiplied by 0 on "
        "the way back never learns.",
        feedback=tuple(Feedback(place[option], words) for option, words in said.items()),
        settings=_map_settings(inputs),
    )


def distance(rng: Rng) -> Question:
    """at-x5: how far the query can move without changing the winner."""
    inputs = vectors(rng, one_nearest_wall)
    found, won = flips(inputs), hard(inputs)
    assert found.nearest is not None
    near = found.nearest
    away = inputs.keys[won.winner] - inputs.keys[near]
    gap = float(inputs.scores[won.winner] - inputs.scores[near])
    square = float(away @ away)
    moves = key_moves(inputs)
    said = [
        (gap, f"{short(gap)} is the gap in score; divide by the distance between the two keys."),
        (float(moves[near]), f"That is how far key {near + 1} must move."),
        (gap / square, "Divide by the distance between the keys, not by its square."),
    ]
    said += [
        (float(d), f"That is the wall of key {j + 1}; another one is nearer.")
        for j, d in enumerate(found.distances)
        if np.isfinite(d) and j != near
    ]
    key = Number(found.distance, abs=0.005, rel=0.0)
    feedback = [Feedback(wrong, words) for wrong, words in said if not key.same(key.key, wrong)]
    return Question(
        id="at-x5",
        prompt=f"{_given(inputs, values=False)}\n\nKey {won.winner + 1} wins by inner product. How "
        "far can the query move, in the worst direction, before another key wins? Give the "
        "distance to 0.005.",
        answer=key,
        why=f"Key {near + 1} draws level on a plane at distance (s_{won.winner + 1} − s_{near + 1})"
        f" / ‖k_{won.winner + 1} − k_{near + 1}‖ = {short(gap)} / √{short(square)} = "
        f"{found.distance:.4f}; every other wall is farther.".replace("_", r"\_"),
        feedback=tuple(feedback),
        settings=_map_settings(inputs),
    )


def order(rng: Rng) -> Question:
    """at-x6: temperatures by slope."""
    inputs = vectors(rng, has_temperatures)
    chosen = four_temperatures(inputs, rng)
    assert chosen is not None
    sizes = [slope(inputs, tau) for tau in chosen]
    items = tuple(f"τ = {tau:g}" for tau in chosen)
    key = tuple(int(i) for i in np.argsort(sizes))
    mistakes = (
        (
            tuple(range(4)),
            "The slope does not rise with temperature all the way: hot is an average.",
        ),
        (tuple(range(3, -1, -1)), "Colder is sharper, but a decided softmax does not move at all."),
        (key[::-1], "The other way round: the smallest slope first."),
    )
    said = ", ".join(f"{wording.size(sizes[i])} at {items[i]}" for i in key)
    return Question(
        id="at-x6",
        prompt=f"{_given(inputs)}\n\nPut these temperatures in order of the slope "
        "‖∂output/∂q‖ of softmax attention, the **smallest slope first**.",
        answer=Order(items, key),
        why=f"The slopes are {said}. Very cold, everything is decided; very hot, everything is "
        "averaged; the slope lives between.",
        feedback=tuple(Feedback(wrong, words) for wrong, words in mistakes if wrong != key),
        settings=_slope_settings(inputs),
    )


def winning_weight(rng: Rng) -> Question:
    """at-x7: the softmax weight of the winner at a temperature."""
    inputs = vectors(rng, has_temperature)
    tau = temperature_for(inputs, rng)
    assert tau is not None
    weights = softmax(inputs.scores, tau)
    key = Number(float(weights.max()), abs=0.005, rel=0.0)
    positive = float(inputs.scores.max() / max(float(np.abs(inputs.scores).sum()), 1.0))
    said = [
        (float(softmax(inputs.scores, 1 / tau).max()), "Divide the scores by τ, do not multiply."),
        (float(softmax(inputs.scores).max()), f"That is the weight at τ = 1, not at τ = {tau:g}."),
        (positive, "Softmax takes exponentials before it divides by the sum."),
        (1.0, "That is argmax; at this temperature the others keep some weight."),
    ]
    feedback = [Feedback(wrong, words) for wrong, words in said if not key.same(key.key, wrong)]
    gaps = [float((score - inputs.scores.max()) / tau) for score in inputs.scores]
    powers = " + ".join(f"e^({short(gap, 3)})" if gap else "1" for gap in gaps)
    return Question(
        id="at-x7",
        prompt=f"{_given(inputs, values=False)}\n\nWhat weight does **softmax** give to the winner "
        f"at temperature τ = {tau:g}? Give it to 0.005.",
        answer=key,
        why=f"Take off the largest score and divide by τ: 1 / ({powers}) = {key.key:.4f}.",
        feedback=tuple(feedback),
        settings=_table_settings(inputs, play="steps", temperature=tau),
    )


def length(rng: Rng) -> Question:
    """at-x8: winner by inner product and by cosine."""
    inputs = length_against_direction(rng)
    winner, closest = hard(inputs).winner, int(np.argmax(cosines(inputs)))
    options = tuple(f"key {j + 1}" for j in range(inputs.num_keys))
    angles = listed([fixed(float(c), 3) for c in cosines(inputs)])
    products = listed([short(float(s)) for s in inputs.scores])
    return Question(
        id="at-x8",
        prompt=f"{_given(inputs, values=False)}\n\nWhich key wins by inner product, and which by "
        "cosine of the angle with the query?",
        answer=Parts(
            ("by inner product", Choice(options, winner)), ("by cosine", Choice(options, closest))
        ),
        why=f"Inner products {products}, cosines {angles}: a long key can win by length alone.",
        feedback=(
            Feedback((closest, winner), "The other way round: a cosine ignores length."),
            Feedback((winner, winner), "Divide each inner product by the length of its key."),
            Feedback((closest, closest), "The inner product grows with the key's length."),
        ),
        settings=_table_settings(inputs),
    )


def _given(inputs: Inputs, *, values: bool = True) -> str:
    """The vectors as a small table, the query above it."""
    head = f"Query {wording.vector(inputs.query)}."
    columns = [f"| key {j + 1} " for j in range(inputs.num_keys)]
    lines = [
        "| " + "".join(columns) + "|",
        "|---" * (inputs.num_keys + 1) + "|",
        "| key " + "".join(f"| {wording.vector(k)} " for k in inputs.keys) + "|",
    ]
    if values:
        lines.append("| value " + "".join(f"| {wording.vector(v)} " for v in inputs.values) + "|")
    return f"{head}\n\n" + "\n".join(lines)


def _products(inputs: Inputs, key: int) -> list[str]:
    pairs = zip(inputs.keys[key], inputs.query, strict=True)
    return [f"{_factor(float(k))}·{_factor(float(q))}" for k, q in pairs]


def _factor(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _one_hot(place: int) -> str:
    return f"({', '.join('1' if j == place else '0' for j in range(4))})"


def _vectors(inputs: Inputs) -> dict[str, Any]:
    query = {f"q{i + 1}": float(v) for i, v in enumerate(inputs.query)}
    keys, values = typed(inputs.keys), typed(inputs.values)
    return {**query, "keys": keys or KEYS, "values": values or VALUES}


def _table_settings(inputs: Inputs, **more: Any) -> TableSettings:
    return TableSettings(**_vectors(inputs), **more)


def _map_settings(inputs: Inputs) -> MapSettings:
    return MapSettings(**_vectors(inputs))


def _slope_settings(inputs: Inputs) -> SlopeSettings:
    return SlopeSettings(**_vectors(inputs))


ALL = (scores, output, reached, reason, distance, order, winning_weight, length)
