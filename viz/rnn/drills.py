"""Questions with numbers: the whole graph, vanishing, truncation."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

import numpy as np

from viz.draw.numbers import fixed, listed, short
from viz.quiz import Answer, Choice, Feedback, Number, Parts, Question
from viz.rnn import compute, demo, figures
from viz.rnn.labels import SUBS
from viz.rnn.results import Graph

Rng = np.random.Generator
SIGNS = str.maketrans("-", "−")
INPUTS = (-3, -2, -1, 1, 2, 3, 4)
WEIGHTS = tuple(Fraction(w) for w in ("-2", "-1", "1/2", "2", "3"))
GRAPH = "A linear recurrent net: p = u₁, q = w·p, r = u₂ + q, s = w·r, t = u₃ + s, y = w·t. "
LONGER = (
    "A linear recurrent net of four steps with h₀ = 0: aₖ = uₖ + hₖ₋₁ goes into a × node, and "
    "hₖ = w·aₖ comes out; y = h₄. "
)


def is_clear(inputs: Sequence[int], weight: Fraction) -> bool:
    """Whether the edges are told apart and no usual mistake equals dy/dw."""
    count = len(inputs)
    sums, state = list[Fraction](), Fraction(0)
    for u in inputs:
        sums.append(u + state)
        state = weight * sums[-1]
    parts = [a * weight ** (count - 1 - k) for k, a in enumerate(sums)]
    key = sum(parts)
    mistakes = (
        sums[-1],
        sum(sums),
        Fraction(sum((count - k) * u for k, u in enumerate(inputs))),
        sum(parts[:-1]),
        weight**count,
    )
    return 0 not in parts and len(set(parts)) == count and key not in mistakes


def numbers(rng: Rng | None) -> Question:
    """Every number of the graph; some variants have a fourth step."""
    inputs: tuple[int, ...] = (1, 2, 3)
    weight = Fraction(2)
    if rng is not None:
        count = 4 if rng.integers(3) == 0 else 3
        while True:
            inputs = tuple(int(u) for u in rng.choice(INPUTS, size=count))
            weight = WEIGHTS[rng.integers(len(WEIGHTS))]
            if is_clear(inputs, weight):
                break
    w = float(weight)
    settings = demo.GraphSettings(weight=w, inputs=", ".join(map(str, inputs)))
    result = demo.run_graph(settings)
    items = _cells(result)
    shown = ", ".join(f"u{k} = {u}" for k, u in enumerate(inputs, 1)).translate(SIGNS)
    edges = " + ".join(f"({e:g})" if e < 0 else f"{e:g}" for e in result.back.edges)
    return Question(
        id="rn-x6",
        prompt=f"{GRAPH if len(inputs) == 3 else LONGER}{_subscripted(shown)}, w = "
        f"{str(weight).translate(SIGNS)}. Fill in every number; fractions are welcome.",
        answer=Parts(*items),
        why="Forward from the left, backward from the right; then each use of w gives what went "
        f"in times what came back: dy/dw = {edges} = {result.back.dw:g}.".translate(SIGNS),
        feedback=_number_feedback(result, [label for label, _ in items]),
        hint="Forward, each number comes from the one before it; then back from ∂y/∂y = 1, "
        "each derivative from the one after it.",
        figure=partial(figures.empty_graph, result),
        settings=settings,
        points=5,
    )


def _subscripted(text: str) -> str:
    for k in range(1, 5):
        text = text.replace(f"u{k} ", f"u{str(k).translate(SUBS)} ")
    return text


def _cells(result: Graph) -> list[tuple[str, Answer]]:
    """Values along the chain, derivatives from the output back, edges, their sum."""
    names = [name.translate(SUBS) for name in result.names]
    items = list(zip(names, result.chain, strict=True))
    back = list(zip(names, result.derivatives, strict=True))[-2::-1]
    items += [(f"∂y/∂{name}", value) for name, value in back]
    where = (
        ("left", "middle", "right") if len(result.back.edges) == 3 else ("1st", "2nd", "3rd", "4th")
    )
    items += [(f"{n} edge of w", v) for n, v in zip(where, result.back.edges, strict=True)]
    items.append(("dy/dw", result.back.dw))
    return [(label, Number(value, abs=1e-6, rel=0)) for label, value in items]


def _number_feedback(result: Graph, labels: list[str]) -> tuple[Feedback, ...]:
    count, w, sums = result.num_steps, result.weight, result.ahead.sums
    edges, first, last = result.back.edges, 2 * count - 1, len(labels) - 1
    power = sum((count - k) * u for k, u in enumerate(result.inputs))
    left = labels.index("left edge of w" if count == 3 else "1st edge of w")
    far = left - 1
    after = result.names[1].translate(SUBS)
    wrong: list[tuple[float, str, int]] = [
        (sums[-1], f"That is the last edge alone. w is used {count - 1} more times.", last),
        (sum(sums), "Each edge is weighted by how much y cares at that point.", last),
        (power, "Powers: d(w²)/dw = 2w, and so on; the powers of w are missing.", last),
        (sum(edges[:-1]), "The last edge is missing: w also multiplies right before y.", last),
        (w ** (count - 1), f"One more × node lies between {labels[0]} and {after}.", far),
        (sums[-1], "The last × node is missing.", first),
        (
            w**count * result.inputs[0],
            f"Stop at {after}: multiply {labels[0]} by ∂y/∂{after}, not by ∂y/∂{labels[0]}.",
            left,
        ),
    ]
    keys = {last: result.back.dw, far: result.back.da[0], first: result.ahead.y, left: edges[0]}
    kept = [(v, words, part) for v, words, part in wrong if abs(v - keys[part]) > 1e-6]
    found = [Feedback(float(v), words, part=part) for v, words, part in kept]
    if w < 0:
        for part, key in keys.items():
            known = any(place == part and abs(v + key) <= 1e-6 for v, _, place in kept)
            if abs(key) > 1e-6 and not known:
                found.append(
                    Feedback(-key, "The sign: count how many times w multiplies.", part=part)
                )
    return tuple(found)


def vanishing(rng: Rng | None) -> Question:
    """Which net forgets its first input?"""
    pool = [(10, 0.5), (50, 0.9), (100, 0.9), (20, 0.5), (100, 1.0), (30, 1.1), (10, 0.9), (5, 0.5)]
    if rng is None:
        chosen = [pool[i] for i in (3, 6, 4, 5)]
    else:
        dying = [p for p in pool if p[1] ** p[0] < 1e-3]
        alive = [p for p in pool if p[1] ** p[0] >= 1e-3]
        picks = [
            dying[rng.integers(len(dying))],
            *(alive[i] for i in rng.permutation(len(alive))[:3]),
        ]
        chosen = [picks[i] for i in rng.permutation(4)]
    sizes = [w**t for t, w in chosen]
    key = int(np.argmin(sizes))
    t, w = chosen[key]
    return Question(
        id="rn-x7",
        prompt="A linear recurrent net multiplies by the same w at every step. In which of these "
        "nets does a change in u₁ reach the output multiplied by less than 0.001?",
        answer=Choice(tuple(f"{t} steps with w = {w:g}" for t, w in chosen), key),
        why=f"The factor is w to the number of steps: {w:g} to the power {t} is "
        f"{short(sizes[key], 2)}. The others give "
        f"{listed([short(s, 3) for i, s in enumerate(sizes) if i != key])}.",
        feedback=tuple(
            Feedback(
                i,
                "With |w| > 1 it grows instead."
                if one[1] > 1
                else "w = 1 keeps everything."
                if one[1] == 1
                else f"{one[1]:g} to the power {one[0]} is {short(one[1] ** one[0], 2)}.",
            )
            for i, one in enumerate(chosen)
            if i != key
        ),
        settings=demo.LongSettings(num_steps=t),
    )


def truncation(rng: Rng | None) -> Question:
    """What a truncation window keeps."""
    weight, count, window = 0.9, 20, 5
    if rng is not None:
        weight = float(rng.choice([0.5, 0.8, 0.9, 1.0, 1.1]))
        count = int(rng.choice([10, 20, 50]))
        window = int(rng.choice([k for k in (1, 5, 10) if k < count]))
    ones = [1.0] * count
    full = compute.backward(ones, weight)
    kept = compute.truncated(ones, weight, window=window)
    key = kept / full.dw
    early = sum(full.edges[:window]) / full.dw
    differ = (
        "more inputs go through the later ones" if weight == 1 else "each has its own power of w"
    )
    known = [
        (window / count, f"The edges are not equal: {differ}."),
        (early, "Those are the first edges; truncation keeps the last ones."),
        (1 - key, "That is what truncation drops."),
    ]
    return Question(
        id="rn-x8",
        prompt=f"A linear net of {count} steps, hₖ = w·(uₖ + hₖ₋₁), with all inputs 1 and "
        f"w = {weight:g}. Which share of dy/dw is left if backprop stops after the last "
        f"{f'{window} uses' if window > 1 else 'use'} of w? "
        "(0.35 and 35% are the same.)",
        answer=Number(key, abs=0.01, rel=0, words=fixed(key, 3)),
        why=f"The last {f'{window} edges add up to' if window > 1 else 'edge is'} "
        f"{short(kept)} of {short(full.dw)}: {fixed(100 * key, 1)}%.",
        feedback=(
            *(Feedback(value, words) for value, words in known if abs(value - key) > 0.01),
            Feedback(
                lambda value: abs(value - 100 * key) <= 1,
                "As a percentage it needs its sign: 35 is not 35%.",
            ),
        ),
        hint="Write down what each use of w carries back: the share is the sum of the last "
        "ones over the sum of all.",
        settings=demo.LongSettings(num_steps=count, window=window),
    )
