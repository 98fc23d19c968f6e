"""What is left after many layers of one weight."""

import math

import numpy as np

from viz.draw.numbers import fixed, short
from viz.gradients import scale
from viz.gradients.chain_view import ChainSettings
from viz.gradients.exam import SEED
from viz.gradients.mistakes import apart
from viz.gradients.theory import chain
from viz.quiz import Feedback, Number, Question

PLAIN = (-0.5, 0.5, 0.8, 0.9, 1.1, 1.25, 2.0)
SKIPPED = (-0.4, -0.1, 0.1, 0.5)
# Decades; numbers beyond are nothing that one types, and too small for a tolerance.
TYPED = 9


def scalar_chain(rng: np.random.Generator | None) -> Question:
    """The product of one weight, with or without a skip."""
    if rng is None:
        weight, depth, residual = 0.9, SEED.measure.depth, False
    else:
        residual = bool(rng.integers(2))
        weight = float(rng.choice(SKIPPED if residual else PLAIN))
        deepest = TYPED / abs(chain(weight, 1, residual=residual))
        depth = int(rng.choice([d for d in (5, 10, 20, 50) if d <= deepest]))
    log = chain(weight, depth, residual=residual)
    rule = "h_l = h_{l-1} + w\\,h_{l-1}" if residual else "h_l = w\\,h_{l-1}"
    answer = Number(10**log, abs=0, rel=0.05, words=scale.size(log))
    other = 10 ** chain(weight, depth, residual=not residual)
    base = abs(1 + weight) if residual else abs(weight)
    instead = (
        "The skip adds 1 to the factor." if residual else "Without a skip the factor is w alone."
    )
    right_log = Feedback(
        lambda value: abs(value - log) <= 0.05, "Right, given as log₁₀.", accept=True
    )
    return Question(
        id="gr-x5",
        prompt=f"One neuron per layer, no activation: ${rule}$, w = {fixed(weight, 2)}, {depth} "
        f"layers. What is $|\\partial h_{{{depth}}}/\\partial h_0|$? (The number itself, such as "
        "0.9^7, or its log₁₀.)",
        answer=answer,
        why=f"Depth multiplies: {short(base)}^{depth} = {scale.size(log)}, log₁₀ is "
        f"{fixed(log, 3)}.",
        feedback=(
            right_log,
            *apart(
                answer,
                (other, instead),
                (base * depth, "The chain rule multiplies the factors; it does not add them."),
                (base, "That is one layer."),
                (1 / 10**log, "Upside down."),
                (-(10**log), "Its size is asked: leave the sign away."),
                (-log, "Upside down: the sign of the logarithm is the other one."),
                (depth * math.log(base), "That is the natural logarithm; log₁₀ was offered."),
            ),
        ),
        hint="By what does one layer multiply? Then as often as there are layers.",
        settings=ChainSettings(weight=weight, residual=residual, depth=depth),
        points=1,
    )
