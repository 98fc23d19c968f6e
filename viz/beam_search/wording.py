"""The sentences under the tree: what a step scores, ranks and drops, what is said at the end."""

import math

import numpy as np

from viz.beam_search.compute import Hypothesis, Search, Step
from viz.beam_search.places import Moment
from viz.beam_search.results import Run, tied
from viz.draw.numbers import FIXED, count, fixed, listed, short

FEW = 4


def sentence(search: Search, one: Hypothesis) -> str:
    """The words in quotes; an open end gets dots."""
    words = quoted_words(search, one.tokens)
    return f"“{words}{'' if one.finished else ' …'}”"


def quoted_words(search: Search, tokens: tuple[int, ...]) -> str:
    """Tokens in words, braces taken out because captions mark colours with them."""
    return search.words(tokens).translate({ord("{"): "(", ord("}"): ")"})


def probability(log_prob: float) -> str:
    """Exp of a log-probability: three decimals, or a power of ten."""
    value = math.exp(log_prob)
    if log_prob < math.log(1e-6):
        exponent = log_prob / math.log(10)
        raised = f"{math.floor(exponent)}".translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{10 ** (exponent - math.floor(exponent)):.1f}{FIXED}×{FIXED}10{raised}"
    return f"{value:.3f}" if value >= 0.001 else short(value, 2)


def amount(number: int) -> str:
    """A count, or its power of ten where nobody reads the digits."""
    if number < 10**9:
        return count(number)
    mantissa, exponent = f"{number:.1e}".split("e") if number < 10**300 else _powers(number)
    raised = str(int(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa}{FIXED}×{FIXED}10{raised}"


def _powers(number: int) -> tuple[str, str]:
    digits = str(number)
    return f"{digits[0]}.{digits[1]}", str(len(digits) - 1)


def candidates(number: int) -> str:
    """1 candidate, 4 candidates."""
    return f"{count(number)} candidate{'' if number == 1 else 's'}"


def caption(run: Run, moment: Moment) -> str:
    """What the picture shows at a moment of the chosen search."""
    search = run.search
    if moment.phase == "start":
        return (
            f"The beam holds one prefix, the empty one, with log-probability {{fwd:0}}. "
            f"It may hold {search.beam_width} after every step, and "
            f"{num_steps(run.num_steps)} {'is' if run.num_steps == 1 else 'are'} to come."
            + _notice(run)
        )
    if moment.is_last(search):
        return readout(run, search)
    step, number = search.steps[moment.steps - 1], moment.steps
    if moment.phase == "expand":
        return _expand_words(search, step, number)
    if moment.phase == "rank":
        return _rank_words(search, step, number)
    return _prune_words(search, step, number)


def _named(search: Search, number: int, place: int) -> str:
    words = quoted_words(search, search.prefix(number - 1, place))
    return f"“{words}” {{fwd:{fixed(float(search.steps[number - 1].totals[place]))}}}"


def _expand_words(search: Search, step: Step, number: int) -> str:
    alive = len(search.steps[number - 2].kept) if number > 1 else 1
    extended = "the empty prefix is" if number == 1 else _prefixes(alive)
    words = f"Step {number}: {extended} extended by every word: {candidates(step.num_scored)}"
    order = np.lexsort((step.tokens, step.parents))
    if len(order) <= FEW:
        named = listed([_named(search, number, int(place)) for place in order])
        return f"{words}, {named}; each total is its parent's plus one log-probability."
    return f"{words}; each total is its parent's plus one log-probability."


def _prefixes(alive: int) -> str:
    return "the 1 kept prefix is" if alive == 1 else f"the {alive} kept prefixes are"


def _rank_words(search: Search, step: Step, number: int) -> str:
    first = _named(search, number, 0)
    if not step.kept.size:
        return f"Step {number}, sorted by total: {first} leads, and no candidate can go on."
    last, dropped = int(step.kept[-1]), _best_dropped(step)
    words = f"Step {number}, sorted by total: {first} leads"
    if last and len(step.kept) == search.beam_width:
        words += f"; the last place of the beam goes to {_named(search, number, last)}"
    if dropped is None:
        return f"{words}. Nothing has to go."
    gap = float(step.totals[last] - step.totals[dropped])
    if step.tokens[dropped] == search.eos:
        why = "may not end, since it ranks behind the beam's width"
    elif round(gap, 12) == 0:
        why = "is tied with it and comes later"
    else:
        why = f"is {fixed(gap)} behind"
    return f"{words}; {_named(search, number, dropped)} {why}."


def _best_dropped(step: Step) -> int | None:
    stay = set(step.kept.tolist()) | set(step.finished.tolist())
    return next((place for place in range(len(step.totals)) if place not in stay), None)


def _prune_words(search: Search, step: Step, number: int) -> str:
    kept = [_named(search, number, int(place)) for place in step.kept[:FEW]]
    more = len(step.kept) - len(kept)
    names = listed([*kept, f"{more} more"] if more else kept)
    words = f"Step {number} keeps {names}" if kept else f"Step {number} keeps nothing"
    if step.finished.size:
        ended = [_named(search, number, int(place)) for place in step.finished[:FEW]]
        words += f"; {listed(ended)} ended and counts as a sentence"
    gone = step.num_scored - len(step.kept) - len(step.finished)
    if not gone:
        return f"{words}; nothing is dropped."
    rule = "what grows from a dropped prefix is never scored"
    return f"{words}; {candidates(gone)} {'is' if gone == 1 else 'are'} dropped, and {rule}."


def readout(run: Run, search: Search) -> str:
    """The page's sentence: what is said, at what cost, and what was missed."""
    best, others = search.best, tied(search)
    log_prob = f"{{fwd:{fixed(best.log_prob)}}}"
    says = f"With k = {search.beam_width} the decoder says {sentence(search, best)}"
    known = f"log-probability {log_prob}, probability {probability(best.log_prob)}"
    if not best.finished:
        known += f"; did not end within {num_words(run.num_steps)}"
    if run.alpha and best.finished:
        known += f", score {{fwd:{fixed(best.score, 3)}}}"
    text = f"{says} ({known}) after scoring {_scored_words(run, search)}."
    if len(others) > 1 and best.finished:
        rest = listed([sentence(search, one) for one in others[1:FEW]])
        more = f" and {len(others) - FEW} more" if len(others) > FEW else ""
        text += f" It is tied with {rest}{more}."
    return f"{text} {_verdict(run, search)}{_notice(run)}"


def num_words(number: int) -> str:
    """1 word, 2 words."""
    return f"{number} word{'' if number == 1 else 's'}"


def num_steps(number: int) -> str:
    """1 step, 2 steps."""
    return f"{number} step{'' if number == 1 else 's'}"


def _scored_words(run: Run, search: Search) -> str:
    """10 of 14 candidates; without the total where words may be impossible."""
    if run.name == "own" and not run.tree:
        return candidates(search.num_scored)
    total = len(run.tree) or run.full_cost
    return f"{count(search.num_scored)} of {amount(total)} candidates"


def _verdict(run: Run, search: Search) -> str:
    exact, found = run.exact, search.best
    if exact is None:
        return "The best possible is not known for this size."
    if not run.missed(search):
        return "That is the best possible."
    kind = "with score" if run.alpha else "at"
    value = fixed(exact.score, 3) if run.alpha else fixed(exact.log_prob)
    best = f"The best possible, {sentence(search, exact)} {kind} {{tru:{value}}}, was missed"
    if not found.finished:
        return f"{best}."
    gap = exact.score - found.score
    if run.alpha:
        return f"{best} by {{tru:{fixed(gap, 3)}}}."
    ratio = f", a factor {short(math.exp(gap), 4)}" if gap < 1 else ""
    nats = fixed(gap) if gap >= 0.005 else short(gap, 2)
    return f"{best} by {{tru:{nats}}} nats{ratio}."


def _notice(run: Run) -> str:
    return f" {run.notice}" if run.notice else ""
