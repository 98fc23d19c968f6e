"""Statements on beam search that are true or false for every decoder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement, whether it holds, why, and what to say to a wrong mark."""

    words: str
    holds: bool
    why: str
    hint: str


STATEMENTS = (
    Statement(
        "A larger beam can return a less probable sentence.",
        True,
        "A wider beam keeps rivals whose children can push the best prefix out.",
        "Look at the trap: its beam of two loses what a beam of one finds.",
    ),
    Statement(
        "Where every sentence has T words, beam search with k equal to V to the power T − 1 is "
        "exhaustive search.",
        True,
        "A beam of V to the power T − 1 holds every prefix before the last step.",
        "Count the prefixes of T − 1 words: how many have to fit into the beam?",
    ),
    Statement(
        "Greedy search never finds a better sentence than beam search with k = 2.",
        False,
        "Greedy can be better than k = 2, though it rarely is.",
        "Greedy follows its prefix to the end; a beam of two may drop that very prefix.",
    ),
    Statement(
        "Every sentence that beam search returns has a total that it computed exactly.",
        True,
        "The search leaves sentences out, but it never estimates a total.",
        "What is approximate is the choice, not the sum.",
    ),
    Statement(
        "Adding the same number to all log-probabilities of one step changes what beam search "
        "with a fixed length says.",
        False,
        "All candidates of a step move by the same amount, so their order stays.",
        "Compare two candidates of that step before and after.",
    ),
    Statement(
        "One more word never raises the total of a prefix.",
        True,
        "A log-probability is at most 0, so every further word leaves the total or lowers it.",
        "What is the largest value that the logarithm of a probability can have?",
    ),
    Statement(
        "The prefixes in the beam always have different parents.",
        False,
        "All candidates of a step compete with each other, so siblings may both stay.",
        "Nothing in the ranking asks for the parent.",
    ),
)
