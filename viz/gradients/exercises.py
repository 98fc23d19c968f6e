"""The exam's table and five questions around it, with variants."""

import math
from collections.abc import Callable

import numpy as np

from viz.draw.numbers import fixed, short
from viz.gradients import chain_question, curve_question, further_tools, order_question, scale
from viz.gradients.exam import SEED
from viz.gradients.mistakes import apart
from viz.gradients.net_view import NetSettings
from viz.gradients.nets import NetSpec
from viz.gradients.theory import theory
from viz.gradients.tick_view import TickSettings
from viz.quiz import Choice, Feedback, Number, Question, Row, Table

Rng = np.random.Generator
DEPTH = SEED.measure.depth
COLUMNS = ("vanishing", "exploding")
MARK = {True: "✓", False: "–"}


def _ticks(place: int, wrong: Callable[[Row], bool], words: str) -> Feedback:
    """Words for a mistake in one row of a table."""
    return Feedback(lambda value: wrong(value[place]), words)


def table(rng: Rng | None) -> Question:
    """The exam's table; a variant draws three tools, each with its baseline."""
    if rng is not None:
        return further_tools.table(rng)
    rows = tuple(SEED.of(name) for name in ("he", "skip", "bn"))
    names = ("He initialization (relative to Xavier)", "skip connections", "batch normalization")
    also = {i: row.also_accepted for i, row in enumerate(rows) if row.also_accepted}
    return Question(
        id="gr-x1",
        part="a",
        prompt="Gradients of deep nets vanish or explode. Tick against which of the two each tool "
        "helps **primarily**, compared with the same net without it: one column, both, or none.",
        answer=Table(names, COLUMNS, tuple(row.key for row in rows), also=also),
        why="He's weights are larger than Xavier's by √2, which makes up for the half that ReLU "
        "switches off: against vanishing, compared with Xavier. (Ticking both is accepted: against "
        "a naive start both inits cure explosion.) A skip is an identity path that nothing "
        "shrinks: against vanishing, compared with a plain net; it adds 1 to each factor, so not "
        "against explosion. Batch norm keeps sizes controlled whatever the weights are: against "
        "both, compared with a badly scaled net.",
        feedback=(
            _ticks(
                0,
                lambda row: row == (False, True),
                "He weights are larger than Xavier's, by √2. Larger weights cannot reduce an "
                "explosion relative to Xavier.",
            ),
            _ticks(0, lambda row: row == (False, False), further_tools.HE_MISSED),
            _ticks(1, lambda row: row[1], further_tools.SKIP_EXPLODES),
            _ticks(1, lambda row: not row[0], further_tools.SKIP_MISSED),
            _ticks(
                2,
                lambda row: not row[0],
                "BN rescales tiny activations up as well as large ones down.",
            ),
            _ticks(
                2,
                lambda row: not row[1],
                "Against what? Explore, “Show me: BN, exploding”. If you thought "
                "of Yang et al.: right about initialization of plain nets; the exam's "
                "baseline is a badly scaled net.",
            ),
        ),
        settings=TickSettings(),
        points=3,
    )


GAINS = {"": 1.0, "half of ": 0.5, "√2 times ": math.sqrt(2), "twice ": 2.0}


def power_of_ten(rng: Rng | None) -> Question:
    """What is left of the gradient after L layers?"""
    if rng is None:
        words, depth = "", DEPTH
    else:
        words = str(rng.choice(list(GAINS)))
        depth = int(rng.choice((10, 20, 30, 50, 100)))
    gain = GAINS[words]
    found = theory(NetSpec(depth=depth, gain=gain))
    assert found is not None
    answer = Number(found.log_ratio, abs=0.3, rel=0, words=f"{fixed(found.log_ratio, 2)}")
    factor = found.factor
    return Question(
        id="gr-x2",
        prompt=f"A plain ReLU net of {depth} layers, its weights {words}Xavier's. By which power "
        "of ten does the gradient's size at the input differ from that at the output? (Type the "
        "exponent, for example −3.)",
        answer=answer,
        why=f"ReLU halves the squared size, the weights multiply it by {short(gain**2)}: the size "
        f"itself changes by √({short(gain**2)}/2) = {fixed(factor, 4)} per layer, and "
        f"{depth} · log₁₀ {fixed(factor, 4)} = {fixed(found.log_ratio, 2)}.",
        feedback=(
            *apart(
                answer,
                (2 * found.log_ratio, "That is the squared norm."),
                (
                    -found.log_ratio,
                    "The other direction: is the factor per layer above or below 1?",
                ),
                (
                    depth * math.log(factor),
                    "That is the natural logarithm; a power of ten is asked.",
                ),
                (
                    depth * math.log10(gain),
                    "ReLU switches off half of the neurons: where is the ½?",
                ),
                (math.log10(factor), "That is one layer; depth multiplies."),
            ),
            Feedback(
                lambda value: value > 0 and answer.grade(math.log10(value)).right,
                "That is the size itself; its power of ten is asked, the exponent alone.",
            ),
        ),
        hint="What does one layer do to the squared size: the ½ of ReLU times what the weights do?",
        settings=_nearest(depth, gain),
        points=2,
    )


def _nearest(depth: int, gain: float) -> NetSettings:
    return NetSettings(depth=depth, gain=1.41 if gain == math.sqrt(2) else gain)


def skips_on_a_healthy_net(rng: Rng | None) -> Question:
    """What do skips do to a well-scaled net?"""
    depth = DEPTH if rng is None else int(rng.choice((20, 30, 40, 60, 80, 100)))
    skipped = theory(NetSpec(depth=depth, init="he", residual=True))
    assert skipped is not None
    power = skipped.log_ratio
    options = (
        f"gradients grow to about {scale.ten(round(power, 1))}",
        "gradients stay about as large as at the output",
        f"gradients shrink to about {scale.ten(round(-power, 1))}",
        f"gradients grow to about {scale.ten(round(2 * power, 1))}",
    )
    order = np.array([1, 0, 2, 3]) if rng is None else rng.permutation(4)
    place = [int(i) for i in order].index
    return Question(
        id="gr-x4",
        prompt=f"A plain ReLU net with He initialization, {depth} layers, no batch norm: healthy. "
        "You add a skip connection around every layer. What happens to the gradient at the input?",
        answer=Choice(tuple(options[i] for i in order), place(0)),
        why=f"With c = 1 the factor becomes √(1 + 1) = 1.414 per layer: {depth} · log₁₀ 1.414 = "
        f"{fixed(power, 2)}. Compared with a healthy net, skips alone make gradients explode; "
        "a smaller branch (1/√L) or batch norm inside it prevents that.",
        feedback=(
            Feedback(
                place(1), "The layer's own path keeps its size, and the identity comes on top."
            ),
            Feedback(place(2), "The identity path lets nothing shrink: its factor alone is 1."),
            Feedback(place(3), "Squares add: the size grows by √2 per layer, not by 2."),
        ),
        settings=NetSettings(init="He", residual=True, depth=depth),
        points=1,
    )


ALL = (
    table,
    power_of_ten,
    curve_question.which_curve,
    skips_on_a_healthy_net,
    chain_question.scalar_chain,
    order_question.order_nets,
)
