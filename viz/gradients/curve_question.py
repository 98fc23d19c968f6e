"""Which curve is which: four measured gradients under letters."""

from functools import partial

import numpy as np

from viz.gradients import results, scale
from viz.gradients.board_view import BoardSettings
from viz.gradients.exam import SEED
from viz.gradients.experiments import ARCHITECTURES, Recipe
from viz.gradients.letter_figures import LETTERS, lettered, named
from viz.gradients.nets import NetSpec
from viz.quiz import Feedback, Question, Row, Table

WORDS = {"plain": "plain", "skip": "skip", "BN": "batch norm", "skip + BN": "skip + batch norm"}


def which_curve(rng: np.random.Generator | None) -> Question:
    """Match four curves with four architectures; He or twice He, where all four differ."""
    init = "He" if rng is None else str(rng.choice(("He", "He × 2")))
    names = list(ARCHITECTURES)
    order = [2, 0, 3, 1] if rng is None else [int(i) for i in rng.permutation(4)]
    nets = [results.net(Recipe(init, names[i]).spec(NetSpec()), SEED.measure.limit) for i in order]
    key = tuple(tuple(i == column for column in range(4)) for i in order)
    ratios = "; ".join(
        f"{LETTERS[place]} is {WORDS[names[i]]}, {scale.ten(round(nets[place].log_ratio, 1))}"
        for place, i in enumerate(order)
    )

    def swapped(one: int, two: int) -> tuple[Row, ...]:
        change = {one: two, two: one}
        mixed = [change.get(i, i) for i in order]
        return tuple(tuple(i == column for column in range(4)) for i in mixed)

    words = init.replace("He × 2", "twice He's")
    return Question(
        id="gr-x3",
        prompt=f"Four ReLU nets with {words} initialization, 50 layers. Which curve belongs to "
        "which net?",
        answer=Table(
            tuple(f"curve {letter}" for letter in LETTERS),
            tuple(WORDS.values()),
            key,
            single=True,
        ),
        why=f"{ratios}. Plain: √c per layer. Skip: √(1 + c), always more than plain. Batch norm: "
        "1.21 per layer whatever the init. Both: it bends, growth slows down with depth.",
        feedback=(
            Feedback(swapped(0, 1), "A skip adds to the gradient: it lies above the plain net."),
            Feedback(
                swapped(2, 3),
                "With a skip beside it, each block's batch norm counts less and less: that curve "
                "is the flatter one.",
            ),
            Feedback(
                swapped(1, 2) if init == "He" else swapped(0, 2),
                "Batch norm's curve has the same slope whatever the init: 1.21 per layer, about "
                "10⁴ after 50.",
            ),
            Feedback(
                lambda value: len(set(value)) < 4,
                "Each net has one curve: none is chosen twice.",
            ),
        ),
        hint="Begin with the two nets without batch norm: their factor is the same in every "
        "layer, and a skip makes it larger.",
        figure=lettered(nets),
        solution=partial(named, nets, [names[i] for i in order]),
        settings=BoardSettings(gain=1.0 if init == "He" else 2.0),
        points=2,
    )
