"""Where the prefixes of a search stand in the tree, and what has become of each by a moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from viz.beam_search.compute import Search, Step
from viz.beam_search.results import Prefix, Run

PHASES = ("expand", "rank", "prune")
STATES = ("ahead", "candidate", "pruned", "kept", "ended", "answer")
FEW_WORDS, FEW_NODES, RIVALS = 12, 400, 3


@dataclass(frozen=True, slots=True)
class Moment:
    """A position of the scrubber: ``steps`` are over, and the last one is in ``phase``."""

    steps: int
    phase: str = "prune"

    def is_last(self, search: Search) -> bool:
        """Whether the search is over."""
        return self.steps == len(search.steps) and self.phase == "prune"


def moments(search: Search, *, brief: bool) -> tuple[Moment, ...]:
    """The start, then each step by its phases, or at once if ``brief``."""
    phases = PHASES[-1:] if brief else PHASES
    count = len(search.steps)
    return (
        Moment(0, "start"),
        *(Moment(step, phase) for step in range(1, count + 1) for phase in phases),
    )


def shown_places(step: Step, everything: bool) -> Sequence[int]:
    """The candidates of a step that are drawn: all, or the kept and the best of the others."""
    if everything:
        return range(len(step.totals))
    stay = set(step.kept.tolist()) | set(step.finished.tolist())
    rivals = [i for i in range(len(step.totals)) if i not in stay][:RIVALS]
    return sorted(stay | set(rivals))


def drawn(run: Run, searches: Iterable[Search]) -> tuple[Prefix, ...]:
    """All prefixes that the picture ever shows, parents first."""
    if run.tree:
        return tuple(run.tree)
    size, found = len(run.decoder.vocabulary), dict[Prefix, None]()
    for search in searches:
        few = size <= FEW_WORDS and search.num_scored <= FEW_NODES
        for number, step in enumerate(search.steps):
            for place in shown_places(step, few):
                found[search.prefix(number, place)] = None
    return tuple(sorted(found, key=lambda prefix: (len(prefix), prefix)))


def states_at(search: Search, moment: Moment) -> dict[Prefix, str]:
    """What has become of every prefix that was scored so far."""
    states: dict[Prefix, str] = {}
    for number in range(moment.steps):
        step = search.steps[number]
        open_ = number == moment.steps - 1 and moment.phase in PHASES[:2]
        kept, ended = set(step.kept.tolist()), set(step.finished.tolist())
        for place in range(len(step.totals)):
            state = "kept" if place in kept else "ended" if place in ended else "pruned"
            states[search.prefix(number, place)] = "candidate" if open_ else state
    if moment.is_last(search):
        best = search.best.tokens
        for length in range(1, len(best) + 1):
            states[best[:length]] = "answer"
    return states


def heights(prefixes: Sequence[Prefix], *, weights: dict[Prefix, float]) -> dict[Prefix, float]:
    """The height of every prefix, from 0 at the bottom to 1: leaves spread, parents in the middle.

    Args:
        prefixes: closed under "parent of".
        weights: room that a leaf takes, 1 if not given.
    """
    children: dict[Prefix, list[Prefix]] = {(): []}
    for prefix in sorted(prefixes, key=lambda one: (len(one), one)):
        children.setdefault(prefix[:-1], []).append(prefix)
        children.setdefault(prefix, [])
    found: dict[Prefix, float] = {}
    used = 0.0
    stack: list[tuple[Prefix, bool]] = [((), False)]
    while stack:
        prefix, done = stack.pop()
        below = children[prefix]
        if below and not done:
            stack.append((prefix, True))
            stack += [(child, False) for child in reversed(below)]
        elif below:
            found[prefix] = float(np.mean([found[below[0]], found[below[-1]]]))
        else:
            room = weights.get(prefix, 1.0)
            found[prefix] = used + room / 2
            used += room
    return {prefix: 1 - at / used for prefix, at in found.items()} if used else {(): 0.5}
