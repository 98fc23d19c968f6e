"""The exam's question on the linear autoencoder, and what one can ask beyond it."""

import numpy as np

from viz.autoencoder import demo, valley
from viz.autoencoder.extras import exact, in_torch, scaled
from viz.autoencoder.recipes import recipe
from viz.autoencoder.training_settings import TrainingSettings
from viz.autoencoder.valley_view import ValleySettings
from viz.draw.numbers import short
from viz.quiz import Choice, Feedback, ManyOf, Number, Parts, Question

Rng = np.random.Generator

FOURTH_POWERS = ((16, 1), (81, 1), (1, 16), (81, 16))


def balanced(rng: Rng | None) -> Question:
    """The minimum of the price of s and 1/s."""
    a, b = (1, 1) if rng is None else FOURTH_POWERS[int(rng.integers(len(FOURTH_POWERS)))]
    key = float((a / b) ** 0.25)
    first = "1/s²" if a == 1 else f"{a}/s²"
    second = "s²" if b == 1 else f"{b}s²"
    wrong = [
        (-key, f"−{short(key)} solves the equation too, but singular values are not negative."),
        ((a / b) ** 0.5, "You solved for s², or took one root too few: s⁴ is what you know."),
        (a / b, "That is s⁴; take the fourth root."),
        (2 * (a * b) ** 0.5, "That is the value of the sum at its minimum, not the s there."),
    ]
    at = float(valley.price(np.array(1.0))) if a == b == 1 else 2 * (a * b) ** 0.5
    return Question(
        id="ae-x2",
        prompt="W₂W₁ is fixed, the decoder has the singular value s and the encoder 1/s. With "
        f"penalties of its own for each matrix the price of one direction is  {first} + {second}. "
        "At which s is it least?",
        answer=Parts(
            ("s =", Number(key, abs=1e-6, rel=0.0)),
            ("Is it the only minimum among positive s?", Choice(("yes", "no"), 0)),
        ),
        why=f"The derivative −{2 * a}/s³ + {2 * b}s is 0 at s⁴ = {a}/{b}, so s = {short(key)}, "
        f"with the price {short(at)}. For s > 0 the derivative grows all the way, "
        "so there is no other. "
        "The exam's case has both factors 1: every singular value wants to be 1.",
        feedback=(
            *(Feedback(value, words, part=0) for value, words in wrong if abs(value - key) > 1e-3),
            Feedback(
                1,
                "Look at the derivative: it grows with s for all s > 0, so it has one zero.",
                part=1,
            ),
        ),
        settings=ValleySettings(),
        points=2,
    )


REASONS = (
    "Without λ, W₂W₁ is the projection on the first k principal directions",
    "With that product fixed the penalty is λ Σ (s² + 1/s²)",
    "s² + 1/s² is least at s = 1",
    "All singular values 1 means orthonormal columns",
    "SGD is noisy, and noise makes columns orthogonal",
    "X has orthonormal columns",
)
CLAIMS: tuple[tuple[str, bool, str], ...] = (
    (
        "the **rows of W₁** are approximately orthonormal",
        True,
        "W₁ has the singular values 1/s, and they go to 1 as well",
    ),
    (
        "the **columns of W₁** are approximately orthonormal",
        False,
        "W₁ has m columns of length k < m, too many to be orthogonal",
    ),
    (
        "the columns of W₂ would be so **with λ = 0** too",
        False,
        "the product alone decides then, and any s with 1/s gives the same product",
    ),
    (
        "the columns of W₂ would be so with λ **above all variances** too",
        False,
        "keeping a direction would cost more than its variance, so W₂ = 0",
    ),
)


def orthonormal(rng: Rng | None) -> Question:
    """Part (b): yes, and why; variants change the claim."""
    if rng is not None:
        return _claim(rng)
    return Question(
        id="ae-x3",
        prompt="λ > 0 is small, and training has found the minimum of (21). Are the columns of "
        "the decoder W₂ approximately orthonormal? Tick every step that the argument needs.",
        answer=Parts(
            (
                "Approximately orthonormal?",
                Choice(("yes", "no"), 0 if demo.SEED.orthonormal else 1),
            ),
            ("The argument", ManyOf(REASONS, frozenset(range(4)))),
        ),
        why="A small λ hardly moves the product, which stays the projection: where W₂ has s, W₁ "
        "has 1/s. Among all such pairs the penalty picks s = 1 for every direction, "
        "and a matrix whose singular values are all 1 has orthonormal columns. "
        "Exactly, s = √(1 − λ/d).",
        feedback=(
            Feedback(1, "Find the s that the penalty s² + 1/s² likes best.", part=0),
            Feedback(
                lambda value: 4 in value,
                "Noise has no part in it: the full gradient ends at the same place, only nearer.",
                part=1,
            ),
            Feedback(
                lambda value: 5 in value,
                "X may be anything with a gap after its k-th variance.",
                part=1,
            ),
            Feedback(
                lambda value: not {0, 1, 2, 3} <= value,
                "A step is missing: product, price of s and 1/s, its minimum, what s = 1 means.",
                part=1,
            ),
        ),
        settings=TrainingSettings(),
        points=4,
    )


def _claim(rng: Rng) -> Question:
    claim, true, reason = CLAIMS[int(rng.integers(len(CLAIMS)))]
    others = [words for _, _, words in CLAIMS if words != reason]
    options = _shuffled(rng, (reason, *others))
    return Question(
        id="ae-x3",
        prompt=f"At the minimum of (21) with a small λ > 0, k < m: is it true that {claim}?",
        answer=Parts(
            ("True?", Choice(("yes", "no"), 0 if true else 1)),
            ("Because", Choice(options, options.index(reason))),
        ),
        why=f"{'Yes' if true else 'No'}: {reason}.",
        feedback=(
            Feedback(
                1 if true else 0,
                "Write down the singular values of the matrix in question, and count its columns.",
                part=0,
            ),
        ),
        settings=TrainingSettings(),
        points=4,
    )


def _shuffled(rng: Rng, options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(options[int(i)] for i in rng.permutation(len(options)))


ALL = (recipe, balanced, orthonormal, exact, in_torch, scaled)
