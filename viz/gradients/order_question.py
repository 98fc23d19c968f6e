"""Five nets in order of their gradients."""

import numpy as np

from viz.gradients import scale
from viz.gradients.board_view import BoardSettings
from viz.gradients.experiments import ARCHITECTURES, Recipe
from viz.gradients.nets import NetSpec
from viz.gradients.theory import theory
from viz.quiz import Feedback, Order, Question

Rng = np.random.Generator
NAMES = {
    Recipe(init, arch): f"{init}, {arch}"
    for init in ("Xavier × 0.5", "Xavier", "He", "He × 2", "N(0,1)")
    for arch in ARCHITECTURES
}
EXAMPLE = (
    Recipe("He", "skip"),
    Recipe("Xavier"),
    Recipe("He × 2"),
    Recipe("He", "BN"),
    Recipe("He"),
)
APART = 1.5
C_OF = (
    "c is what a layer does to a squared size, half of width times the weights' variance: ⅛ for "
    "Xavier × 0.5, ½ for Xavier, 1 for He, 4 for He × 2, 64 for N(0,1)."
)


def ratio_of(recipe: Recipe) -> float:
    """R of a recipe by theory, at the exam's sizes."""
    found = theory(recipe.spec(NetSpec()))
    if found is None:
        raise ValueError(f"there is no theory for {recipe.words}")
    return found.log_ratio


def five_apart(rng: Rng) -> tuple[Recipe, ...]:
    """Five recipes whose R differ by at least 1.5, in random order."""
    chosen: list[Recipe] = []
    names = list(NAMES)
    for i in rng.permutation(len(names)):
        if all(abs(ratio_of(names[i]) - ratio_of(other)) >= APART for other in chosen):
            chosen.append(names[i])
        if len(chosen) == 5:
            break
    return tuple(chosen)


def order_nets(rng: Rng | None) -> Question:
    """Five nets, from vanishing to exploding."""
    recipes = EXAMPLE if rng is None else five_apart(rng)
    ratios = [ratio_of(recipe) for recipe in recipes]
    key = tuple(sorted(range(5), key=ratios.__getitem__))
    steps = ", ".join(f"{NAMES[recipes[i]]} {scale.ten(round(ratios[i], 1))}" for i in key)
    named = "; ".join(f"**{NAMES[recipe]}**" for recipe in recipes)
    pair = _skip_pair(recipes)
    feedback = [Feedback(key[::-1], "The other way round: the smallest gradient comes first.")]
    if pair is not None:
        plain, skipped = pair

        def swapped(value: tuple[int, ...]) -> bool:
            return value.index(skipped) < value.index(plain)

        words = (
            "The skip adds 1 to the squared factor: a net with skips always has the larger "
            "gradient than the same net without."
        )
        feedback.append(Feedback(swapped, words))
    return Question(
        id="gr-x6",
        prompt=f"Five ReLU nets of 50 layers, width 128: {named}. Order them by the size of the "
        "gradient at the input, the smallest first.",
        answer=Order(tuple(NAMES[recipe] for recipe in recipes), key),
        why=f"{steps}. Plain: √c per layer; skip: √(1 + c); batch norm: 1.21 whatever the init; "
        f"both: growth only like a power of the depth. ({C_OF})",
        feedback=tuple(feedback),
        hint="Write down the factor of one layer for each net: √c for a plain one, √(1 + c) with "
        "skips, 1.21 with batch norm alone whatever the init. With both the factor begins at "
        "√(1 + c) beside the input and falls towards 1: a power of the depth, and larger for "
        f"larger c. ({C_OF})",
        settings=BoardSettings(),
        points=2,
    )


def _skip_pair(recipes: tuple[Recipe, ...]) -> tuple[int, int] | None:
    """Places of a plain net and of the same net with skips, if both are there."""
    for i, plain in enumerate(recipes):
        for j, other in enumerate(recipes):
            if (plain.init, plain.arch, other.arch) == (other.init, "plain", "skip"):
                return i, j
    return None
