"""Words on the tree: columns, the true best, greedy's choice, who was dropped by which total."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from viz.beam_search.compute import Search
from viz.beam_search.layout import Plan
from viz.beam_search.places import Moment
from viz.beam_search.results import Prefix, Run
from viz.beam_search.wording import amount
from viz.draw import graph, theme
from viz.draw.numbers import count, fixed, short


def column_heads(where: Plan) -> list[dict[str, Any]]:
    """The numbers of the steps, and the start."""
    ground, depth = where.ground, max((len(prefix) for prefix in where.at), default=1)
    y = ground.high + 18 if ground.phone else 424
    heads = []
    for step in range(1, depth + 1):
        wide = where.pitch >= (48 if ground.phone else 66)
        words = f"step {step}" if wide else str(step)
        if wide or step == 1 or step % 2 == 0 or where.pitch > 26:
            x = ground.left + where.pitch * step
            x = min(x, ground.width - 4 * len(words))  # what leaves the picture is cut off
            heads.append(
                graph.note(x, y, words, size=13 if ground.phone else 15, color=theme.MUTED)
            )
    if where.mode != "dots" and not ground.phone:
        root = where.at[()]
        heads.append(graph.note(root[0] - 5, root[1], "start", size=16, xanchor="right"))
    return heads


def side_notes(
    run: Run,
    where: Plan,
    search: Search,
    groups: Mapping[str, Sequence[Prefix]],
    outlined: Sequence[Prefix],
    last: bool,
) -> list[dict[str, Any]]:
    """To the right of the leaves: the true best, greedy's choice, what was never expanded."""
    if where.ground.phone or not last:
        return []
    if where.mode == "dots":
        return _end_notes(run, where, search, outlined)
    x, notes, taken = where.ground.right + 8, list[dict[str, Any]](), list[float]()

    def put(y: float, words: str, color: str) -> None:
        if all(abs(y - other) > 34 for other in taken):
            notes.append(graph.note(x, y, words, size=14, color=color, xanchor="left"))
            taken.append(y)

    depth = max(len(prefix) for prefix in where.at)
    greedy = run.greedy.best.tokens
    best = run.exact.tokens if run.exact is not None and run.missed(search) else ()
    if run.exact is not None and best in where.at and len(best) == depth:
        value = fixed(run.exact.score if run.alpha else run.exact.log_prob)
        name = "greedy = best" if best == greedy else "true best"
        put(where.at[best][1], f"{name}<br><b>{value}</b>", theme.TRU)
    if greedy != search.best.tokens and greedy in where.at and len(greedy) == depth:
        put(where.at[greedy][1], "greedy", theme.MUTED)
    leaves = sorted(where.at[p][1] for p in groups["ahead"] if len(p) == depth)
    free = [y for y in leaves if all(abs(y - other) > 34 for other in taken)]
    if free:
        middle = float(np.median(free))
        free.sort(key=lambda y: abs(y - middle))
        put(
            middle if all(abs(middle - t) > 34 for t in taken) else free[0],
            "never<br>expanded",
            theme.MUTED,
        )
    return notes


def _end_notes(
    run: Run, where: Plan, search: Search, outlined: Sequence[Prefix]
) -> list[dict[str, Any]]:
    """Among dots: the names of greedy's outlined path and of the true best at their ends."""
    ends = dict.fromkeys(outlined[-1:], ("greedy", theme.MUTED))
    if run.exact is not None and run.missed(search):
        best = run.exact.tokens
        ends[best] = ("greedy = best" if best == run.greedy.best.tokens else "true best", theme.TRU)
    return [
        graph.note(
            where.at[tokens][0] + 10, where.at[tokens][1], words, size=14, color=color,
            xanchor="left",
        )
        for tokens, (words, color) in ends.items()
        if tokens in where.at
    ]  # fmt: skip


def pruned_notes(where: Plan, search: Search, moment: Moment) -> list[dict[str, Any]]:
    """Under a dropped box: the total that beat it, where there is room."""
    if where.mode != "tall" or where.ground.phone:
        return []
    notes = []
    over = moment.steps if moment.phase == "prune" else moment.steps - 1
    for number in range(max(over, 0)):
        step = search.steps[number]
        stay = set(step.kept.tolist()) | set(step.finished.tolist())
        column = sorted(at[1] for p, at in where.at.items() if len(p) == number + 1)
        gaps = np.diff(column).min(initial=1e9)
        for place in range(len(step.totals)):
            prefix = search.prefix(number, place)
            if place in stay or prefix not in where.at or gaps < 66 or step.cut is None:
                continue
            x, y = where.at[prefix]
            behind = round(float(step.totals[place]) - step.cut, 9) < 0
            words = (
                f"pruned: below {fixed(step.cut)}"
                if behind
                else f"pruned: tied at {fixed(step.cut)}"
            )
            notes.append(graph.note(x, y - where.half[1] - 13, words, size=14, color=theme.MUTED))
    return notes


def counter(run: Run, where: Plan, search: Search, moment: Moment) -> list[dict[str, Any]]:
    """Below the list: what was scored so far, and at the end what was missed."""
    if where.ground.phone:
        return []
    x = where.ground.list_left
    scored = sum(step.num_scored for step in search.steps[: moment.steps])
    full = len(run.tree) or (0 if run.name == "own" else run.full_cost)
    total = f" of {amount(full)}" if full else ""
    notes = [
        graph.note(x, 72, "candidates scored", size=15, color=theme.MUTED, xanchor="left"),
        graph.note(
            x, 44, f"<b>{count(scored)}</b>{total}", size=22, color=theme.INK, xanchor="left"
        ),
    ]
    gap = run.gap(search)
    if moment.is_last(search) and gap is not None and 0 < gap < np.inf:
        shown = fixed(gap) if gap >= 0.005 else short(gap, 2)
        unit = "" if run.alpha else " nats"
        words = f"missed by <b>{shown}</b>{unit}"
        notes.append(graph.note(x, 110, words, size=17, color=theme.TRU, xanchor="left"))
    return notes
