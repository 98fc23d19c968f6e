"""Part (a) of the exam: which pieces of PyTorch the objective asks for."""

import numpy as np

from viz.autoencoder import demo, race_view
from viz.autoencoder.race_view import RaceSettings
from viz.draw.numbers import fixed
from viz.quiz import Choice, Feedback, ManyOf, Parts, Question

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
    matrices = "W₂W₁" if layers == 2 else "W₃W₂W₁"
    norm = "|X − " + matrices + ("X|²_F" if squared else "X|₁ (the sum of absolute values)")
    tail = " + λ Σ |Wᵢ|²_F" if priced else ", with no other term"
    key = frozenset(i for i, name in enumerate(offered) if name in needed)
    return Question(
        id="ae-x1",
        prompt="A linear autoencoder is trained on unlabelled data, **one point at a time**, to "
        f"minimize  (1/n) {norm}{tail}, by steps along the gradient. What does the PyTorch module "
        "need?",
        answer=Parts(
            ("How many nn.Linear layers?", Choice(("0", "1", "2", "3"), layers)),
            ("Which loss?", Choice(losses, 0 if squared else 1)),
            ("Which of these are needed?", ManyOf(offered, key)),
        ),
        why=_recipe_why(layers, squared=squared, priced=priced),
        feedback=(*_layer_feedback(layers, squared), *_tool_feedback(offered, priced=priced)),
        settings=RaceSettings(),
        points=4,
    )


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


def _measured() -> str:
    """What the four runs of the Optimizers view have reached."""
    runs = {one.method: one for one in race_view.run(RaceSettings()).runs}
    ends = {name: fixed(float(one.run.decoder_values[-1, 0]), 2) for name, one in runs.items()}
    goal = fixed(float(runs["full"].best.decoder_values[0]), 3)
    return (
        f"Measured, largest singular value of W₂ after 20 000 steps at λ = 0.05 (theory {goal}): "
        f"full gradient {ends['full']}, SGD {ends['sgd']}, Adam {ends['adam']}, "
        f"AdamW {ends['adamw']}."
    )


def _layer_feedback(layers: int, squared: bool) -> tuple[Feedback, ...]:
    said = [
        Feedback(
            layers - 1,
            "Every matrix of the product is a layer of its own: the encoder is one, the decoder "
            "another.",
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
            "Adam": "The penalty works with Adam too, but Adam rescales every coordinate: not a "
            "step along the gradient. Among solutions that are not unique it may choose another. "
            + _measured(),
            "Layer": "A normalization layer would change the model: W₂W₁x would no longer be it.",
            "Batch": "A normalization layer would change the model, and a batch of one point has "
            "no variance.",
            "Dropout": "Dropout has a penalty of its own, and it is not this one.",
        }[name]
        return Feedback(lambda value: place[name] in value, words, part=2)

    def missing(name: str, words: str) -> Feedback:
        return Feedback(lambda value: place[name] not in value, words, part=2)

    said = [ticked(name) for name in ("Adam", "Layer", "Batch", "Dropout")]
    if priced:
        said.append(missing("Weight", "The two penalties are exactly what weight decay does."))
    else:
        words = "There is no penalty in this objective, so nothing may pull the weights to 0."
        said.append(Feedback(lambda value: place["Weight"] in value, words, part=2))
    said.append(missing("SGD", "One point at a time, along the gradient: that is SGD."))
    return tuple(said)
