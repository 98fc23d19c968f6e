"""Questions on equal columns: the relation to batch norm, and a change of units."""

from collections.abc import Callable
from typing import Any

import numpy as np

from viz.dropout import demo
from viz.quiz import Choice, Feedback, Question, Table

Rng = np.random.Generator


def batch_norm(rng: Rng | None) -> Question:
    """Part (c), second half: the relation to batch normalization."""
    options = (
        "both give the columns a common scale",
        "both subtract the mean of each column",
        "both add noise at test time",
        "neither depends on the data",
    )
    order = np.array([1, 0, 3, 2]) if rng is None else rng.permutation(4)
    place = list(order).index
    return Question(
        id="dr-x5",
        part="c",
        prompt="Dropout on the inputs of a linear regression acts like plain ridge on a matrix X̃ "
        "instead of X. What has this change of X in common with batch normalization of X's "
        "columns?",
        answer=Choice(tuple(options[i] for i in order), place(0)),
        why="X̃ = XΓ⁻¹ has columns of equal length, and so has a batch-normalized X. But dropout "
        "does not remove the mean.",
        feedback=(
            Feedback(
                place(1),
                "Dropout leaves the mean; a column with a large mean even counts as a large one.",
            ),
            Feedback(place(2), "At test time neither is random."),
            Feedback(place(3), "Both use the columns' sizes, which are data."),
        ),
        settings=demo.UnitSettings(),
    )


def units(rng: Rng | None) -> Question:
    """Which predictions change with the unit?"""
    rows = ("ridge with one λ", "dropout", "batch norm, then ridge")
    order = np.arange(3) if rng is None else rng.permutation(3)
    changes = (True, False, False)

    def says(method: int, column: int) -> Callable[[Any], bool]:
        return lambda value: bool(value[list(order).index(method)][column])

    return Question(
        id="dr-x7",
        prompt="Feature 1 is given in millimetres instead of metres and the model is fitted again. "
        "Each method keeps its own settings (λ, p). Whose predictions change?",
        answer=Table(
            tuple(rows[i] for i in order),
            ("change", "stay"),
            tuple((changes[i], not changes[i]) for i in order),
            single=True,
        ),
        why="Dropout's Γ and batch norm's standard deviation both carry the unit and take it out "
        "again. Plain ridge charges every weight the same price, whatever the unit.",
        feedback=(
            Feedback(
                says(0, 1),
                "Ridge charges λw² for every weight. In millimetres the weight is a thousandth as "
                "large and costs next to nothing: the fit changes.",
            ),
            Feedback(
                says(1, 0),
                "Dropout charges |x₁|²w₁²: the column gets a thousand times as long, the weight as "
                "much shorter, and the price stays.",
            ),
            Feedback(says(2, 0), "Batch norm divides by the standard deviation, unit and all."),
        ),
        settings=demo.UnitSettings(),
    )
