"""The derivations with live numbers, and the witnesses."""

import math
import re

from viz.beam_search import snippets, witnesses
from viz.beam_search.compute import beam_search
from viz.beam_search.exam import clean_decoder
from viz.beam_search.results import Run, parts_of, planned_cost
from viz.beam_search.wording import amount, num_steps, num_words, probability
from viz.draw.numbers import FIXED, fixed, stacked
from viz.view import Line

ROWS = 40
IN_ROW = 5
RAISED, LEVEL = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"
tree_snippet = snippets.tree_snippet


def tree_agree(run: Run) -> dict[str, float]:
    """The winner's log-probability by three searches, and by the whole tree if nothing is cut."""
    options = {
        "beam_width": run.search.beam_width,
        "num_steps": run.num_steps,
        "alpha": run.alpha,
        "penalty": run.penalty,
    }
    found = {
        "viz": run.search.best.log_prob,
        "plain Python": witnesses.plain_search(run.decoder, **options)[1],  # type: ignore[arg-type]
        "PyTorch": witnesses.torch_search(run.decoder, **options)[1],  # type: ignore[arg-type]
    }
    if run.tree and not run.alpha and run.is_whole(run.search):
        ends = {one.tokens for one in run.search.hypotheses}
        found["the whole tree"] = max(total for p, total in run.tree.items() if p in ends)
    return found


def _printed_line(run: Run) -> Line:
    """What the exam's rounding does, and that it changes no winner."""
    total = math.fsum(math.exp(v) for p, v in run.tree.items() if len(p) == run.num_steps)
    clean = clean_decoder()
    best, greedy = (
        beam_search(clean, beam_width=width, num_steps=run.num_steps).best for width in (4, 1)
    )
    words = run.search.words
    return Line(
        rf"\sum_y e^{{\log p(y)}} = {total:.6f}",
        "The exam's numbers are rounded or cut to two decimals, so the probabilities of its eight "
        "sentences do not quite add up to 1. They are used as printed. With the probabilities "
        f"behind them the winners are the same: “{words(best.tokens)}” with "
        f"{fixed(best.log_prob, 6)}, and “{words(greedy.tokens)}” with "
        f"{fixed(greedy.log_prob, 6)} for greedy search.",
    )


def text(words: str) -> str:
    """Words inside a formula."""
    safe = words.replace("_", r"\_")
    return rf"\text{{{safe}}}"


def tex(value: float, places: int = 2) -> str:
    """A number inside a formula, never minus zero."""
    return fixed(value, places).replace("−", "-")


def tree_lines(run: Run) -> tuple[Line, ...]:
    """The winner's sum, the steps as a table, the cost, and why wider need not be better."""
    lines = [_sum_line(run), Line("", _step_table(run)), cost_line(run), _whole_line(run)]
    if run.search.eos is not None:
        lines.append(penalty_line(run))
    if run.name == "exam":
        lines.append(_printed_line(run))
    lines.append(
        Line(
            "",
            "**More memory is not always better.** A wider beam keeps more prefixes after step 1, "
            "but their children compete for the places of step 2. A prefix that leads to the best "
            "sentence can be pushed out by the children of a rival that a narrower beam had "
            "already dropped. With two words, three steps and probabilities that add up to 1 this "
            "cannot happen between k = 1 and k = 2: greedy's prefix could only be pushed out by "
            "both children of the other word, and together they have less than that word.",
        )
    )
    return tuple(lines)


def _sum_line(run: Run) -> Line:
    best = run.search.best
    written = [tex(value) for value in parts_of(run, best.tokens)]
    terms = [written[0]] + [
        f"- {value[1:]}" if value.startswith("-") else f"+ {value}" for value in written[1:]
    ]
    rows = [" ".join(terms[first : first + IN_ROW]) for first in range(0, len(terms), IN_ROW)]
    words = run.search.words(best.tokens)
    return Line(
        stacked(
            rf"&\log p({text(words)})",
            rf"&\quad = {rows[0]}",
            *(rf"&\qquad {row}" for row in rows[1:]),
            rf"&\quad = {tex(best.log_prob)}, \qquad p = {_latex_probability(best.log_prob)}",
        ),
        "A sentence's probability is a product, so its log-probability is a sum: one term for "
        "each word, given the words before it (natural logarithms).",
    )


def _latex_probability(log_prob: float) -> str:
    shown = probability(log_prob).replace(f"{FIXED}×{FIXED}", r" \cdot ")
    level = str.maketrans(RAISED, LEVEL)
    return re.sub(f"[{RAISED}]+", lambda power: f"^{{{power[0].translate(level)}}}", shown)


def _step_table(run: Run) -> str:
    search = run.search
    head = "| candidate | before | + word | = total | |\n|---|---|---|---|---|"
    rows = []
    for number, step in enumerate(search.steps):
        before = search.steps[number - 1] if number else None
        kept, ended = set(step.kept.tolist()), set(step.finished.tolist())
        for place, total in enumerate(step.totals):
            parent = float(before.totals[before.kept[step.parents[place]]]) if before else 0.0
            state = "kept" if place in kept else "ended" if place in ended else "out"
            mark = f"**{state}**" if state != "out" else state
            words = search.words(search.prefix(number, place))
            rows.append(
                f"| `{words}` | {fixed(parent)} | {fixed(float(total) - parent)} "
                f"| {fixed(float(total))} | {mark} |"
            )
    more = f"\n\n{len(rows) - ROWS} more rows are in the picture's CSV." if len(rows) > ROWS else ""
    return (
        f"Every step in numbers, best first; {search.beam_width} may stay. Step n has candidates "
        "of n words: the total before, plus the log-probability of the last word:"
        f"\n\n{head}\n" + "\n".join(rows[:ROWS]) + more
    )


def cost_line(run: Run) -> Line:
    """Candidates against all sentences, if no word is impossible."""
    size, steps, width = len(run.decoder.vocabulary), run.num_steps, run.search.beam_width
    planned = planned_cost(run, width)
    shown = (
        ""
        if planned == run.search.num_scored
        else (
            f" (this search scored {amount(run.search.num_scored)}: prefixes ended, or words were "
            "impossible)"
        )
    )
    every, count_them = _all_sentences(run)
    return Line(
        stacked(
            rf"\sum_{{t=1}}^{{{steps}}} V \min(k, V^{{t-1}}) &= {big(planned)}",
            rf"\le\; T k V &= {big(steps * width * size)}",
            every,
        ),
        f"The price: with V = {num_words(size)}, T = {num_steps(steps)} and k = {width} at most k "
        f"prefixes are extended by V words in each step{shown}. If every word is always possible, "
        f"{count_them}",
    )


def _all_sentences(run: Run) -> tuple[str, str]:
    """Their number as a row of LaTeX, and the words that end a sentence on it."""
    size, steps = len(run.decoder.vocabulary), run.num_steps
    if run.decoder.eos is None:
        row = rf"V^T = {size}^{{{steps}}} &= {big(size**steps)}"
        return row, "all sentences together are V to the power T."
    going_on = size - 1
    number = going_on**steps + sum(going_on**step for step in range(steps))
    return (
        rf"(V-1)^T + \sum_{{t=1}}^{{{steps}}} (V-1)^{{t-1}} &= {big(number)}",
        "the last row counts all sentences: V − 1 to the power T that are still open after T "
        "words, and those that end at word t, for every t.",
    )


def big(number: int) -> str:
    """A whole number in LaTeX, beyond nine digits as a power of ten."""
    if number < 10**9:
        return f"{number:,}".replace(",", r"\,")
    digits = str(number)
    return rf"{digits[0]}.{digits[1]} \cdot 10^{{{len(digits) - 1}}}"


def _whole_line(run: Run) -> Line:
    """Whether the beam is as wide as exhaustive search needs it.

    Where sentences can end, an end counts only if its rank is within the beam's width: the beam
    has to be as wide as the last step has candidates.
    """
    size, steps, width = len(run.decoder.vocabulary), run.num_steps, run.search.beam_width
    ends = run.decoder.eos is not None
    enough = size * (size - 1) ** (steps - 1) if ends else size ** (steps - 1)
    latex = "V (V-1)^{T-1}" if ends else "V^{T-1}"
    named = "V times V − 1 to the power T − 1" if ends else "V to the power T − 1"
    holds = r"\ge" if width >= enough else "<"
    room = "can hold every candidate" if ends else "before the last step can hold every prefix"
    words = (
        f"The beam {room}, so no sentence is ever lost: beam search is exhaustive search."
        if width >= enough
        else f"From k = {named} on no sentence would ever be lost, and beam search would be "
        "exhaustive search. This one is narrower."
    )
    return Line(rf"k = {width} {holds} {latex} = {big(enough)}", words)


def penalty_line(run: Run) -> Line:
    """The score that decides at the end."""
    best = run.search.best
    length = len(best.tokens)
    base = rf"\left(\tfrac{{5 + {length}}}{{6}}\right)" if run.penalty == "gnmt" else str(length)
    score = tex(best.score, 4)
    return Line(
        rf"\text{{score}} = \frac{{\log p}}{{{base}^{{{run.alpha:g}}}}} = {score}",
        "Every further word costs log-probability, so a plain sum favours short sentences. The "
        "length penalty divides by a power of the length n, the end token counted. While "
        "searching, candidates are ranked by the plain sum; the score decides at the end.",
    )
