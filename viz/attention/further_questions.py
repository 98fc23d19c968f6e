"""Questions beyond the exam: distances, temperatures, weights and lengths."""

from functools import partial

import numpy as np

from viz.attention import wording
from viz.attention.cells import flips, key_moves
from viz.attention.compute import cosines, hard, softmax
from viz.attention.prompts import Rng, given, map_settings, slope_settings, table_settings
from viz.attention.slopes import slope
from viz.attention.variants import (
    four_temperatures,
    has_temperature,
    has_temperatures,
    length_against_direction,
    one_nearest_wall,
    temperature_for,
    vectors,
)
from viz.draw.numbers import fixed, listed, short
from viz.quiz import Choice, Feedback, Number, Order, Parts, Question, is_close

SUBS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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
    first, other = (str(place + 1).translate(SUBS) for place in (won.winner, near))
    feedback = [Feedback(wrong, words) for wrong, words in said if not key.same(key.key, wrong)]
    return Question(
        id="at-x5",
        prompt=f"{given(inputs, values=False)}\n\nKey {won.winner + 1} wins by inner product. How "
        "far can the query move, in the worst direction, before another key wins? Give the "
        "distance to 0.005.",
        answer=key,
        why=f"Key {near + 1} draws level on a plane at distance (s{first} − s{other}) / "
        f"‖k{first} − k{other}‖ = {short(gap)} / √{short(square)} = {found.distance:.4f}; every "
        "other wall is farther.",
        feedback=tuple(feedback),
        hint="For each other key: how far is the query from where both score the same?",
        settings=map_settings(inputs),
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
        prompt=f"{given(inputs)}\n\nPut these temperatures in order of the slope "
        "‖∂output/∂q‖ of softmax attention, the **smallest slope first**.",
        answer=Order(items, key),
        why=f"The slopes are {said}. Very cold, everything is decided; very hot, everything is "
        "averaged; the slope lives between.",
        feedback=tuple(Feedback(wrong, words) for wrong, words in mistakes if wrong != key),
        hint="How much does the output move if softmax has all but decided? And if it "
        "averages everything?",
        settings=slope_settings(inputs),
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
        (1.0, 1e-9, "That is argmax; at this temperature the others keep some weight."),
        (float(softmax(inputs.scores).max()), 6e-4, f"That is the weight at τ = 1, not {tau:g}."),
        (
            float(softmax(inputs.scores, 1 / tau).max()),
            6e-4,
            "Divide the scores by τ, do not multiply.",
        ),
        (positive, 6e-3, "Softmax takes exponentials before it divides by the sum."),
    ]
    feedback = [
        Feedback(partial(is_close, wrong, rel=0.0, atol=near), words)
        for wrong, near, words in said
        if not key.same(key.key, wrong)
    ]
    gaps = [float((score - inputs.scores.max()) / tau) for score in inputs.scores]
    powers = " + ".join(f"e^({short(gap, 3)})" if gap else "1" for gap in gaps)
    return Question(
        id="at-x7",
        prompt=f"{given(inputs, values=False)}\n\nWhat weight does **softmax** give to the winner "
        f"at temperature τ = {tau:g}? Give it to 0.005.",
        answer=key,
        why=f"Take off the largest score and divide by τ: 1 / ({powers}) = {key.key:.4f}.",
        feedback=tuple(feedback),
        hint="Begin with score/τ for every key, then e to that.",
        settings=table_settings(inputs, play="steps", temperature=tau),
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
        prompt=f"{given(inputs, values=False)}\n\nWhich key wins by inner product, and which by "
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
        hint="Work out all inner products, then divide each by the length of its key.",
        settings=table_settings(inputs),
    )
