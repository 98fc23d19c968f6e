"""The exam's questions on beam search, and variants with other trees."""

import math
from functools import partial

import numpy as np

from viz.beam_search import demo, figures, results, trees
from viz.beam_search.cost_questions import scored_candidates, true_statements
from viz.beam_search.variants import Case, Prefix, case_of, draw
from viz.draw.numbers import fixed, listed
from viz.quiz import Feedback, ManyOf, Number, Parts, Question, Sketch, Tokens, is_close

Rng = np.random.Generator
WORDS = ("deep", "learn", "nets")


def exam_case() -> Case:
    """The exam's tree in whole hundredths."""
    table = demo.exam_decoder().table
    rows = {p: tuple(round(100 * value) for value in row) for p, row in table.items()}
    return case_of(demo.SEED.tokens, rows)[0]


def _case(rng: Rng | None) -> Case:
    if rng is None:
        return exam_case()
    return draw(rng, WORDS[: int(rng.integers(2, 4))])


def _asked(case: Case) -> str:
    """The decoder's numbers, one line for every step."""
    lines = []
    for length in range(3):
        parts = []
        for prefix in sorted(p for p in case.rows if len(p) == length):
            pairs = zip(case.words, case.rows[prefix], strict=True)
            values = ", ".join(f"{word} {fixed(value / 100)}" for word, value in pairs)
            after = f"after *{case.named(prefix)}*: " if prefix else ""
            parts.append(f"{after}{values}")
        lines.append(f"- word {length + 1}: {'; '.join(parts)}")
    return (
        f"A decoder says three words, each of them {listed(case.words, 'or')}. These are its "
        "log-probabilities (natural logarithms):\n\n" + "\n".join(lines) + "\n\n"
    )


def _figure(case: Case) -> Sketch | None:
    """The tree, where there is room for it."""
    if len(case.words) > 2:
        return None
    decoder = case.decoder()
    run = results.run_search(decoder, name="own", num_steps=3, beam_width=1)
    return partial(figures.question_tree, run)


def _settings(case: Case, width: int) -> demo.TreeSettings:
    if case == exam_case():
        return demo.TreeSettings(beam_width=width)
    text = trees.write_tree(case.decoder())
    return demo.TreeSettings(model="own tree", own=text, wide_beam=width)


def _sentence(case: Case, key: Prefix) -> Tokens:
    return Tokens(case.words, tuple(case.words[token] for token in key))


TOTALS = "compare the totals of whole paths from there."
NEXT = "compare the log-probabilities of the next word alone, after the words so far."


def _first_wrong(case: Case, key: Prefix, look: str) -> tuple[Feedback, ...]:
    """Point to the first word that is not the key's, and say where to ``look``."""
    names = ("first", "second", "third")
    words = tuple(case.words[token] for token in key)

    def differs(place: int) -> Feedback:
        return Feedback(
            lambda value: value[:place] == words[:place] and value[place] != words[place],
            f"The {names[place]} word is where it leaves the right sentence: {look}",
        )

    return tuple(differs(place) for place in range(3))


def exhaustive_sentence(rng: Rng | None) -> Question:
    """Part (a): the most probable sentence."""
    case = _case(rng)
    paths = sorted(((case.total(p), p) for p in _paths(case)), reverse=True)
    shown = ", ".join(f"{case.named(p)} {fixed(total / 100)}" for total, p in paths[:8])
    return Question(
        id="bs-x1",
        part="a",
        prompt=f"{_asked(case)}Which sentence of three words does **exhaustive search** find?",
        answer=_sentence(case, case.best),
        why=f"Add the three log-probabilities of every path; the largest total wins: {shown}"
        + (", …" if len(paths) > 8 else "")
        + ".",
        feedback=(
            Feedback(
                case.named(case.greedy),
                "That is greedy search: the best word at each step. Exhaustive search compares "
                "the totals of all paths.",
            ),
            *_first_wrong(case, case.best, TOTALS),
        ),
        figure=_figure(case),
        settings=_settings(case, 8),
        points=2,
    )


def _paths(case: Case) -> list[Prefix]:
    size = range(len(case.words))
    return [(a, b, c) for a in size for b in size for c in size]


def greedy_sentence(rng: Rng | None) -> Question:
    """Part (b): the greedy sentence."""
    case = _case(rng)
    steps, several = [], ("two", "three")[len(case.words) - 2]
    for n in range(3):
        row = case.rows[case.greedy[:n]]
        order = sorted(row, reverse=True)
        steps.append(f"{fixed(order[0] / 100)} beats {fixed(order[1] / 100)}")
    return Question(
        id="bs-x2",
        part="b",
        prompt=f"{_asked(case)}Which sentence of three words does **greedy search** find?",
        answer=_sentence(case, case.greedy),
        why=f"Only the next word counts: {'; '.join(steps)}.",
        feedback=(
            Feedback(
                case.named(case.best),
                "That is the best sentence of all, but greedy search never sees past the next "
                "word.",
            ),
            Feedback(
                lambda value: value[0] != case.words[case.greedy[0]],
                f"The first word is decided by the first {several} numbers alone.",
            ),
            *_first_wrong(case, case.greedy, NEXT),
        ),
        figure=_figure(case),
        settings=_settings(case, 1),
        points=2,
    )


def beam_sentence(rng: Rng | None) -> Question:
    """Part (c): the survivors of step 2, then the sentence."""
    case = exam_case() if rng is None else _telling_case(rng)
    options = case.candidates()
    places = {prefix: i for i, prefix in enumerate(options)}

    def marks(prefixes: frozenset[Prefix]) -> frozenset[int]:
        return frozenset(places[p] for p in prefixes)

    key = marks(case.survivors)
    totals = ", ".join(f"{case.named(p)} {fixed(case.total(p) / 100)}" for p in options)
    luck = (
        " (Here the best child of each prefix happens to give the same two; that is luck. The "
        "variants have trees where it does not.)"
        if case.one_each() == case.survivors
        else ""
    )
    known = (
        (marks(case.one_each()), "Those are the best child of each prefix. All candidates of a "
         "step compete with each other, whoever their parent is."),
        (marks(case.by_last_word()), "That ranks by the last log-probability alone; what counts "
         "is the total from the start."),
        (marks(case.two_each()), "That keeps two for each parent; the beam holds two in all."),
        (frozenset(range(len(options))), "That keeps every candidate; the beam holds two."),
    )  # fmt: skip
    return Question(
        id="bs-x3",
        part="c",
        prompt=f"{_asked(case)}**Beam search with k = 2**: which prefixes are kept after step 2, "
        "and which sentence does it find?",
        answer=Parts(
            ("Kept after step 2", ManyOf(tuple(case.named(p) for p in options), key)),
            ("The sentence", _sentence(case, case.beam)),
        ),
        why=f"Totals after step 2: {totals}. The two largest stay, and only their children are "
        f"scored: {case.named(case.beam)} wins with {fixed(case.total(case.beam) / 100)}.{luck}",
        feedback=(
            *(Feedback(wrong, words, part=0) for wrong, words in known if wrong != key),
            Feedback(
                case.named(case.greedy),
                "That is greedy search; the second place of the beam holds a better prefix.",
                part=1,
            ),
        ),
        hint="After each step write down all candidates with their totals, and keep the two "
        "largest of them all.",
        figure=_figure(case),
        settings=_settings(case, 2),
        points=3,
    )


def _telling_case(rng: Rng) -> Case:
    """A tree on which the usual mistakes keep other prefixes."""
    words = WORDS[: int(rng.integers(2, 4))]

    def tells(case: Case) -> bool:
        return case.survivors not in (case.one_each(), case.by_last_word())

    return draw(rng, words, also=tells)


def path_log_prob(rng: Rng | None) -> Question:
    """The log-probability of one named path."""
    case = exam_case() if rng is None else draw(rng, WORDS[:2])
    path: Prefix = (0, 1, 0)
    if rng is not None:
        others = [p for p in _paths(case) if p not in (case.best, case.greedy)]
        path = others[int(rng.integers(len(others)))]
    parts = [case.rows[path[:n]][token] / 100 for n, token in enumerate(path)]
    key = round(sum(parts), 2)
    known = (
        (math.prod(parts), "Probabilities are multiplied, so their logarithms are added."),
        (key / 3, "That is the mean; a sentence's log-probability is the sum."),
        (parts[-1], "That is the last word alone; add the words before it."),
        (-key, "The sign is lost: the logarithm of a probability is at most 0."),
    )
    fair = [(value, words) for value, words in known if abs(value - key) > 0.01]
    return Question(
        id="bs-x4",
        prompt=f"{_asked(case)}What is the log-probability of “{case.named(path)}”?",
        answer=Number(key, abs=0.005, rel=0, words=fixed(key)),
        why=" + ".join(f"({fixed(value)})" for value in parts) + f" = {fixed(key)}.",
        feedback=(
            *(Feedback(value, words) for value, words in fair),
            Feedback(
                lambda value: is_close(value, math.exp(key), rel=0.02, atol=0),
                f"That is its probability, exp({fixed(key)}); the logarithm of it was asked, but "
                "it counts.",
                accept=True,
            ),
        ),
        hint="Follow the path from the start and add its three log-probabilities, one a word.",
        figure=_figure(case),
        settings=_settings(case, 8),
    )


ALL = (
    exhaustive_sentence,
    greedy_sentence,
    beam_sentence,
    path_log_prob,
    scored_candidates,
    true_statements,
)
