"""The exam's question on the linear autoencoder, and what one can ask beyond it."""

from functools import cache

import numpy as np

from viz.autoencoder import demo, race_view, valley
from viz.autoencoder.extras import exact, in_torch, scaled
from viz.autoencoder.race_view import RaceSettings
from viz.autoencoder.training_settings import TrainingSettings
from viz.autoencoder.valley_view import ValleySettings
from viz.draw.numbers import fixed, short
from viz.quiz import Choice, Feedback, ManyOf, Number, Parts, Question

Rng = np.random.Generator

DECAY, SGD = demo.SEED.needed


def recipe(rng: Rng | None) -> Question:
    """Part (a): layers, loss, tools; variants change the objective."""
    seed = demo.SEED
    layers, squared, priced = seed.layers, True, True
    offered, losses = seed.offered, seed.losses
    if rng is not None:
        layers, squared, priced = (
            int(rng.integers(2, 4)),
            bool(rng.integers(2)),
            bool(rng.integers(2)),
        )
        offered = tuple(offered[int(i)] for i in rng.permutation(len(offered)))
    needed = {DECAY, SGD} if priced else {SGD}
    formula = _objective(layers, squared=squared, priced=priced)
    key = frozenset(i for i, name in enumerate(offered) if name in needed)
    return Question(
        id="ae-x1",
        part="a",
        prompt="A linear autoencoder is trained on unlabelled data, **one point at a time**, to "
        f"minimize {formula} by steps along the gradient. The columns of X are the n points. What "
        "does the PyTorch module need?",
        answer=Parts(
            ("Number of nn.Linear layers", Choice(("0", "1", "2", "3"), layers)),
            ("Loss", Choice(losses, 0 if squared else 1)),
            ("Needed", ManyOf(offered, key)),
        ),
        why=_recipe_why(layers, squared=squared, priced=priced),
        feedback=(*_layer_feedback(layers, squared), *_tool_feedback(offered, priced=priced)),
        settings=RaceSettings(),
        points=4,
    )


def _objective(layers: int, *, squared: bool, priced: bool) -> str:
    product = "W_2W_1" if layers == 2 else "W_3W_2W_1"
    miss = rf"X - {product}X"
    size = rf"\lVert {miss}\rVert_F^2" if squared else rf"\sum_{{i,j}}\left|({miss})_{{ij}}\right|"
    price = rf"+ \lambda\sum_{{i=1}}^{{{layers}}}\lVert W_i\rVert_F^2" if priced else ""
    # The braces keep a narrow screen from breaking the row inside.
    return rf"${{\tfrac1n {size}}} {price}$"


def _recipe_why(layers: int, *, squared: bool, priced: bool) -> str:
    loss = "squares are nn.MSELoss" if squared else "absolute values are nn.L1Loss"
    decay = (
        "the Frobenius penalties are what weight decay adds to every gradient"
        if priced
        else "there is no penalty, so no weight decay"
    )
    return (
        f"One linear layer for each matrix makes {layers}; {loss}; {decay}. "
        "Solutions need not be unique, and Adam does not take gradient steps, so it may prefer "
        "other ones: plain SGD is asked for. "
        f"{_measured()}"
    )


@cache
def _measured() -> str:
    """What the four runs of the Optimizers view have reached."""
    runs = {one.method: one for one in race_view.run(RaceSettings()).runs}
    ends = {name: fixed(float(one.run.decoder_values[-1, 0]), 2) for name, one in runs.items()}
    goal = fixed(float(runs["full"].best.decoder_values[0]), 3)
    return (
        f"Measured with two layers, squares and decay: the largest singular value of W₂ after "
        f"20 000 steps at λ = 0.05 (theory {goal}) is "
        f"{ends['full']} with the full gradient, {ends['sgd']} with SGD, {ends['adam']} with Adam, "
        f"{ends['adamw']} with AdamW."
    )


def _layer_feedback(layers: int, squared: bool) -> tuple[Feedback, ...]:
    said = [
        Feedback(
            layers - 1,
            "Every matrix of the product is a layer of its own: the encoder is one, the decoder "
            "another.",
            part=0,
        ),
        Feedback(
            lambda value: value != layers,
            f"Count the matrices in the product: {layers}, and each is one linear layer.",
            part=0,
        ),
        Feedback(2, "Cross entropy needs classes; here the target is the point itself.", part=1),
    ]
    if squared:
        said.append(Feedback(1, "L1 sums absolute values; the objective has squares.", part=1))
    else:
        said.append(Feedback(0, "MSE sums squares; this objective has absolute values.", part=1))
    return tuple(said)


def _tool_feedback(offered: tuple[str, ...], *, priced: bool) -> tuple[Feedback, ...]:
    place = {name.split()[0]: i for i, name in enumerate(offered)}

    def ticked(name: str) -> Feedback:
        words = {
            "Adam": "Adam rescales every coordinate: not a step along the gradient. Among "
            f"solutions that are not unique it may choose another. {_measured()}",
            "Layer": "A normalization layer would change the model: it would no longer be a "
            "product of matrices.",
            "Batch": "A normalization layer would change the model, and a batch of one point has "
            "no variance.",
            "Dropout": "Dropout has a penalty of its own, and it is not this one.",
        }[name]
        return Feedback(lambda value: place[name] in value, words, part=2)

    def missing(name: str, words: str) -> Feedback:
        return Feedback(lambda value: place[name] not in value, words, part=2)

    said = [ticked(name) for name in ("Adam", "Layer", "Batch", "Dropout")]
    if priced:
        said.append(missing("Weight", "The penalties are exactly what weight decay does."))
    else:
        words = "There is no penalty in this objective, so nothing may pull the weights to 0."
        said.append(Feedback(lambda value: place["Weight"] in value, words, part=2))
    said.append(missing("SGD", "One point at a time, along the gradient: that is SGD."))
    return tuple(said)


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
    fourth = str(a) if b == 1 else f"{a}/{b}"
    last = "Every singular value wants to be 1."
    if rng is not None:
        last = "In the exam both factors are 1, and every singular value wants to be 1."
    at = float(valley.price(np.array(1.0))) if a == b == 1 else 2 * (a * b) ** 0.5
    return Question(
        id="ae-x2",
        prompt="W₂W₁ is fixed, the decoder has the singular value s and the encoder 1/s. With "
        f"penalties of its own for each matrix the price of one direction is  {first} + {second}. "
        "At which s is it least?",
        answer=Parts(
            ("s", Number(key, abs=1e-6, rel=0.0)),
            ("The only minimum among positive s", Choice(("yes", "no"), 0)),
        ),
        why=f"The derivative −{2 * a}/s³ + {2 * b}s is 0 at s⁴ = {fourth}, so s = {short(key)}, "
        f"with the price {short(at)}. For s > 0 the derivative grows all the way, "
        "so there is no other. "
        f"{last}",
        feedback=(
            *(Feedback(value, words, part=0) for value, words in wrong if abs(value - key) > 1e-3),
            Feedback(
                1,
                "Look at the derivative: it grows with s for all s > 0, so it has one zero.",
                part=1,
            ),
        ),
        hint="Where is the price's derivative with respect to s zero?",
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
        "the columns of W₂ would be approximately orthonormal **with λ = 0** too",
        False,
        "the product alone decides then, and any s with 1/s gives the same product",
    ),
    (
        "the columns of W₂ would be approximately orthonormal with λ **above all variances** too",
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
        part="b",
        prompt="An encoder W₁ (k × m) and a decoder W₂ (m × k), 1 < k < m, are trained to the "
        "minimum of ${\\tfrac1n\\lVert X - W_2W_1X\\rVert_F^2} + \\lambda\\lVert W_1\\rVert_F^2 + "
        "\\lambda\\lVert W_2\\rVert_F^2$ with a small λ > 0. Are the columns of W₂ approximately "
        "orthonormal? Tick every step that the argument needs.",
        answer=Parts(
            (
                "Approximately orthonormal",
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
        part="b",
        prompt="An encoder W₁ (k × m) and a decoder W₂ (m × k), k < m, are at the minimum of the "
        "reconstruction error plus λ|W₁|² + λ|W₂|², with a small λ > 0. Is it true that "
        f"{claim}?",
        answer=Parts(
            ("True", Choice(("yes", "no"), 0 if true else 1)),
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
        hint="The verdict fits; look for the reason that speaks of this very claim.",
        settings=TrainingSettings(),
        points=4,
    )


def _shuffled(rng: Rng, options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(options[int(i)] for i in rng.permutation(len(options)))


ALL = (recipe, balanced, orthonormal, exact, in_torch, scaled)
