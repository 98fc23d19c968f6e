"""Variants of the exam's table: six tools, each with the net it is compared with."""

from dataclasses import dataclass

import numpy as np

from viz.gradients.exam import SEED
from viz.gradients.tick_view import TickSettings
from viz.quiz import Feedback, Question, Row, Table

HE_MISSED = (
    "Explore, “Show me: He, vanishing”: compared with Xavier, He's √2 puts back what ReLU took."
)
SKIP_EXPLODES = "The identity path adds 1 to each factor; try He × 2 with skip: 10¹⁵ becomes 10¹⁷."
SKIP_MISSED = (
    "Explore, “Show me: skip, vanishing”: compared with the plain net, 22 decades come back."
)


@dataclass(frozen=True, slots=True)
class Tool:
    """A row of a table.

    Attributes:
        words: the tool with its baseline.
        key: ticks against vanishing and exploding.
        why: the reason for the key.
        ticked: words for a tick too many.
        missed: words for a tick too few.
    """

    words: str
    key: Row
    why: str
    ticked: str
    missed: str


TOOLS = (
    Tool(
        "He initialization, compared with Xavier in a plain ReLU net",
        SEED.of("he").key,
        "He enlarges every weight by √2: against vanishing",
        "Larger weights cannot reduce an explosion relative to Xavier.",
        HE_MISSED,
    ),
    Tool(
        "skip connections, compared with the same plain net with small weights",
        SEED.of("skip").key,
        "a skip's identity path cannot shrink: against vanishing",
        SKIP_EXPLODES,
        SKIP_MISSED,
    ),
    Tool(
        "batch norm, compared with plain nets whose weights are far too small or too large",
        SEED.of("bn").key,
        "batch norm rescales whatever comes: against both",
        "",
        "BN rescales tiny activations up as well as large ones down.",
    ),
    Tool(
        "gradient clipping, compared with none",
        (False, True),
        "clipping shortens what is too long and lengthens nothing: against explosion, though it "
        "treats the symptom",
        "Clipping never lengthens a gradient.",
        "Clipping bounds the size of a step: that is about explosion.",
    ),
    Tool(
        "orthogonal initialization with gain √2, compared with N(0, 1) in a plain ReLU net",
        (False, True),
        "N(0, 1) explodes by 8 per layer at width 128, an orthogonal start does not: against "
        "explosion",
        "The baseline N(0, 1) does not vanish, it explodes.",
        "N(0, 1) multiplies by 8 per layer at width 128; compared with it this start is tame.",
    ),
    Tool(
        "ReLU, compared with sigmoid in a plain Xavier net",
        (True, False),
        "a sigmoid's slope is at most ¼, ReLU's is 1 where it is on: against vanishing",
        "The sigmoid net does not explode in the first place.",
        "The slope of a sigmoid is at most ¼: its gradients vanish fastest of all.",
    ),
)


def mistakes(place: int, tool: Tool) -> tuple[Feedback, ...]:
    """Words for ticks too many and too few in a row."""
    said = []
    for column in (0, 1):
        words = tool.missed if tool.key[column] else tool.ticked
        if words:
            wrong = not tool.key[column]

            def fits(value: tuple[Row, ...], column: int = column, wrong: bool = wrong) -> bool:
                return value[place][column] is wrong

            said.append(Feedback(fits, words))
    return tuple(said)


def table(rng: np.random.Generator) -> Question:
    """Three of the six tools."""
    tools = [TOOLS[i] for i in sorted(rng.permutation(len(TOOLS))[:3])]
    said = tuple(f for place, tool in enumerate(tools) for f in mistakes(place, tool))
    reasons = "; ".join(tool.why for tool in tools)
    return Question(
        id="gr-x1",
        part="a",
        prompt="Tick what each tool helps against, **compared with the net that is named**.",
        answer=Table(
            tuple(tool.words for tool in tools),
            ("vanishing", "exploding"),
            tuple(tool.key for tool in tools),
        ),
        why=f"{reasons[0].upper()}{reasons[1:]}.",
        feedback=said,
        settings=TickSettings(),
        points=3,
    )
