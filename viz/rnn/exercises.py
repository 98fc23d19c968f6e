"""The exam's questions on the recurrent net, and variants with other numbers."""

from fractions import Fraction
from typing import Any

import numpy as np

from viz.quiz import Answer, Choice, Feedback, Number, Order, Parts, Polynomial, Question
from viz.rnn import compute, demo

Rng = np.random.Generator
NAMES = ("w", "u1", "u2", "u3")
INPUTS = (-3, -2, -1, 1, 2, 3, 4)
WEIGHTS = tuple(Fraction(w) for w in ("-2", "-1", "1/2", "2", "3"))
CHAIN = (
    ("p", "u1"),
    ("q", "w p"),
    ("r", "u2 + q"),
    ("s", "w r"),
    ("t", "u3 + s"),
)
T = "u3 + w u2 + w^2 u1"
Y = "w u3 + w^2 u2 + w^3 u1"
DW = "u3 + 2 w u2 + 3 w^2 u1"
EXAM = demo.GraphSettings(show="symbols")
GRAPH = "A linear recurrent net: p = u₁, q = w·p, r = u₂ + q, s = w·r, t = u₃ + s, y = w·t. "


def _poly(key: str, latex: str, given: int = 5) -> Polynomial:
    return Polynomial(key, NAMES, CHAIN[:given], latex)


def forward_symbols(rng: Rng | None) -> Question:
    """Part (a): t and y as polynomials."""
    del rng
    return Question(
        id="rn-x1",
        prompt=f"{GRAPH}Write t and y in terms of w, u₁, u₂, u₃. You may use p to s.",
        answer=Parts(
            ("t", _poly(T, "u_3 + w u_2 + w^2 u_1", 4)),
            ("y", _poly(Y, "w u_3 + w^2 u_2 + w^3 u_1", 4)),
        ),
        why="Going right, every × node multiplies all that came before by w once more: "
        "$t = u_3 + w(u_2 + w u_1)$ and $y = w\\,t$.",
        feedback=(
            Feedback(T, "The last × node is missing: y = w·t.", part=1),
            Feedback(Y, "That is y already; t stands before the last × node.", part=0),
            Feedback("u3 + w u2 + w u1", "u₁ passes two × nodes on its way to t.", part=0),
        ),
        settings=EXAM,
        points=2,
    )


def derivative(rng: Rng | None) -> Question:
    """Part (b): dy/dw."""
    del rng
    return Question(
        id="rn-x2",
        prompt=f"{GRAPH}What is dy/dw, as a polynomial? You may use p to t.",
        answer=_poly(DW, "u_3 + 2 w u_2 + 3 w^2 u_1"),
        why="Differentiate $w u_3 + w^2 u_2 + w^3 u_1$ term by term; each power brings down how "
        "often w was used.",
        feedback=(
            Feedback(T, "That is the right edge alone. w is used two more times."),
            Feedback("u3 + 2u2 + 3u1", "Powers: d(w²)/dw = 2w and d(w³)/dw = 3w²."),
            Feedback(Y, "That is y itself; it has still to be differentiated."),
            Feedback(
                "u1 + (u2 + w u1) + (u3 + w u2 + w^2 u1)",
                "Each edge is weighted by how much y cares at that point.",
            ),
        ),
        settings=EXAM,
        points=2,
    )


def far_derivative(rng: Rng | None) -> Question:
    """Part (c): the derivative by p."""
    del rng
    return Question(
        id="rn-x3",
        prompt=f"{GRAPH}Backprop gives ∂y/∂t = w, ∂y/∂s = w, ∂y/∂r = w², ∂y/∂q = w². "
        "What is ∂y/∂p?",
        answer=_poly("w^3", "w^3", 0),
        why="Between p and q lies one × node, so one more factor: "
        "$\\partial y/\\partial p = \\partial y/\\partial q \\cdot w = w^3$.",
        feedback=(
            Feedback("w^2", "One more × node lies between p and q."),
            Feedback("w^4", "Only three × nodes lie between p and y."),
            Feedback("3 w^2", "That differentiates by w; here p moves and w stands still."),
        ),
        settings=EXAM,
    )


def edges(rng: Rng | None) -> Question:
    """Part (d): what each edge out of w carries back."""
    del rng
    return Question(
        id="rn-x4",
        prompt=f"{GRAPH}Three edges lead from w into the three × nodes. What does backprop write "
        "on each of them? You may use p to t.",
        answer=Parts(
            ("left edge, into q = w·p", _poly("w^2 u1", "w^2 u_1")),
            ("middle edge, into s = w·r", _poly("w u2 + w^2 u1", "w u_2 + w^2 u_1")),
            ("right edge, into y = w·t", _poly(T, "u_3 + w u_2 + w^2 u_1")),
        ),
        why="An edge carries what went in beside w times what came back: "
        "$p\\,\\partial y/\\partial q$, $r\\,\\partial y/\\partial s$, "
        "$t\\,\\partial y/\\partial y$. Their sum is dy/dw.",
        feedback=(
            Feedback(
                "w^3 u1",
                "Stop at q: the edge multiplies p by ∂y/∂q = w², not by ∂y/∂p.",
                part=0,
            ),
            Feedback("u1", "That is only what went in; multiply by ∂y/∂q = w².", part=0),
            Feedback(
                "u2 + w u1", "Each edge is weighted by how much y cares there: ∂y/∂s = w.", part=1
            ),
            Feedback(Y, "The factor beside w is t, and y cares for itself with weight 1.", part=2),
        ),
        settings=EXAM,
        points=3,
    )


def backward_order(rng: Rng | None) -> Question:
    """The order of the backward pass."""
    names = ("t", "s", "r", "q", "p")
    places = np.random.default_rng(4).permutation(5) if rng is None else rng.permutation(5)
    shown = tuple(f"∂y/∂{names[i]}" for i in places)
    key = tuple(list(places).index(i) for i in range(5))
    return Question(
        id="rn-x5",
        prompt="In which order does backprop find these derivatives?",
        answer=Order(shown, key),
        why="Each needs the one to its right, so the pass starts at y and moves left.",
        feedback=(
            Feedback(
                tuple(reversed(key)), "That is the forward order; derivatives come from the right."
            ),
        ),
        settings=demo.GraphSettings(),
    )


def is_clear(inputs: tuple[int, ...], weight: Fraction) -> bool:
    """Whether the three edges are told apart and no usual mistake equals dy/dw."""
    u1, u2, u3 = (Fraction(u) for u in inputs)
    a1, a2 = u1, u2 + weight * u1
    a3 = u3 + weight * a2
    parts = (a1 * weight**2, a2 * weight, a3)
    key = sum(parts)
    mistakes = (
        a3,
        u3 + weight * u2 + weight**2 * u1,
        a1 + a2 + a3,
        u3 + 2 * u2 + 3 * u1,
        parts[0] + parts[1],
        weight**3,
    )
    return 0 not in parts and len(set(parts)) == 3 and key not in mistakes


def numbers(rng: Rng | None) -> Question:
    """Every number of the graph."""
    inputs: tuple[int, ...] = (1, 2, 3)
    weight = Fraction(2)
    while rng is not None:
        inputs = tuple(int(u) for u in rng.choice(INPUTS, size=3))
        weight = WEIGHTS[rng.integers(len(WEIGHTS))]
        if is_clear(inputs, weight):
            break
    w = float(weight)
    result = demo.run_graph(
        demo.GraphSettings(weight=min(max(w, -2.0), 2.0), inputs=", ".join(map(str, inputs)))
    )
    ahead, back = compute.forward(inputs, w), compute.backward(inputs, w)
    chain = [v for pair in zip(ahead.sums, ahead.hidden_state, strict=True) for v in pair]
    found = [back.da[2], back.dh[1], back.da[1], back.dh[0], back.da[0]]
    items: list[tuple[str, Answer]] = [
        (name, _exact(value)) for name, value in zip(result.names, chain, strict=True)
    ]
    items += [(f"∂y/∂{n}", _exact(v)) for n, v in zip("tsrqp", found, strict=True)]
    where = ("left edge", "middle edge", "right edge")
    items += [(n, _exact(v)) for n, v in zip(where, back.edges, strict=True)]
    items.append(("dy/dw", _exact(back.dw)))
    shown = ", ".join(f"u{k} = {u}" for k, u in enumerate(inputs, 1)).replace("-", "−")
    sign = " Count how many times w multiplies." if w < 0 else ""
    return Question(
        id="rn-x6",
        prompt=f"{GRAPH}{shown}, w = {str(weight).replace('-', '−')}. Fill in every number.",
        answer=Parts(*items),
        why=f"Forward from the left, backward from the right, then p·∂q + r·∂s + t·∂y = "
        f"{' + '.join(f'{e:g}' for e in back.edges)} = {back.dw:g}.".replace("-", "−"),
        feedback=_number_feedback(inputs, w, ahead, back, sign),
        settings=demo.GraphSettings(weight=w, inputs=", ".join(map(str, inputs)))
        if abs(w) <= 2
        else None,
        points=5,
    )


def _exact(value: float) -> Number:
    return Number(value, abs=1e-6, rel=0)


def _number_feedback(
    inputs: tuple[int, ...], w: float, ahead: compute.Forward, back: compute.Backward, sign: str
) -> tuple[Feedback, ...]:
    last = 14
    wrong: list[tuple[Any, str, int]] = [
        (ahead.sums[2], "That is the right edge alone. w is used two more times.", last),
        (sum(ahead.sums), "Each edge is weighted by how much y cares at that point.", last),
        (inputs[2] + 2 * inputs[1] + 3 * inputs[0], "Powers: d(w²)/dw = 2w.", last),
        (back.edges[0] + back.edges[1], "The right edge is missing.", last),
        (w**2, "One more × node lies between p and q.", 10),
        (ahead.sums[2], "The last × node is missing.", 5),
        (w**3 * inputs[0], "Stop at q: multiply p by ∂y/∂q = w², not by ∂y/∂p.", 11),
    ]
    keys = {last: back.dw, 10: back.da[0], 5: ahead.y, 11: back.edges[0]}
    kept = [(v, words, part) for v, words, part in wrong if abs(v - keys[part]) > 1e-6]
    found = [Feedback(float(v), words + sign, part=part) for v, words, part in kept]
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
        prompt="In which of these nets does a change in u₁ reach the output multiplied by less "
        "than 0.001?",
        answer=Choice(tuple(f"{t} steps with w = {w:g}" for t, w in chosen), key),
        why=f"The factor is w to the number of steps: {w:g} to the power {t} is "
        f"{sizes[key]:.2g}. The others give "
        + ", ".join(f"{s:.2g}" for i, s in enumerate(sizes) if i != key).replace("e+0", " × 10^")
        + ".",
        feedback=tuple(
            Feedback(
                i,
                "With |w| > 1 it grows instead."
                if one[1] > 1
                else "w = 1 keeps everything."
                if one[1] == 1
                else f"{one[1]:g} to the power {one[0]} is {one[1] ** one[0]:.2g}.",
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
    key = compute.truncated(ones, weight, window=window) / full.dw
    early = sum(full.edges[:window]) / full.dw
    known = [
        (window / count, "The edges are not equal: each has its own power of w."),
        (early, "Those are the first edges; truncation keeps the last ones."),
        (1 - key, "That is what truncation drops."),
    ]
    return Question(
        id="rn-x8",
        prompt=f"All {count} inputs are 1 and w = {weight:g}. Which share of dy/dw is left if "
        f"backprop stops after the last {window} use{'s' if window > 1 else ''} of w? "
        "(0.35 and 35% are the same.)",
        answer=Number(key, abs=0.01, rel=0),
        why=f"The last {window} edges add up to "
        f"{compute.truncated(ones, weight, window=window):.6g} of {full.dw:.6g}.",
        feedback=tuple(Feedback(value, words) for value, words in known if abs(value - key) > 0.01),
        settings=demo.LongSettings(num_steps=count, window=window),
    )


ALL = (
    forward_symbols,
    derivative,
    far_derivative,
    edges,
    backward_order,
    numbers,
    vanishing,
    truncation,
)
