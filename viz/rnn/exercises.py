"""The exam's questions on the recurrent net, and variants with other numbers."""

import numpy as np

from viz.draw.film import Film
from viz.quiz import Feedback, Order, Parts, Polynomial, Question
from viz.rnn import demo, figures
from viz.rnn.drills import GRAPH, numbers, truncation, vanishing

Rng = np.random.Generator
NAMES = ("w", "u1", "u2", "u3")
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


def _poly(key: str, latex: str, given: int = 5) -> Polynomial:
    return Polynomial(key, NAMES, CHAIN[:given], latex)


def _graph(*, phone: bool) -> Film:
    """The exam's graph with nothing computed."""
    return figures.empty_graph(demo.run_graph(EXAM), phone=phone)


def forward_symbols(rng: Rng | None) -> Question:
    """Part (a): t and y as polynomials."""
    del rng
    return Question(
        id="rn-x1",
        part="a",
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
        hint="Put one name into the next, from the left: p into q, q into r, and so on.",
        figure=_graph,
        settings=EXAM,
        points=2,
    )


def derivative(rng: Rng | None) -> Question:
    """Part (b): dy/dw."""
    del rng
    return Question(
        id="rn-x2",
        part="b",
        prompt=f"{GRAPH}What is dy/dw, as a polynomial? You may use p to t.",
        answer=_poly(DW, "u_3 + 2 w u_2 + 3 w^2 u_1"),
        why="Differentiate $w u_3 + w^2 u_2 + w^3 u_1$ term by term; each power brings down how "
        "often w was used.",
        feedback=(
            Feedback(
                T,
                "That is the right edge alone: w is used two more times. Or, as powers: "
                "d(w²)/dw = 2w and d(w³)/dw = 3w².",
            ),
            Feedback("2 w u2 + 3 w^2 u1", "The term w·u₃ has a derivative too: u₃."),
            Feedback("u3 + 2u2 + 3u1", "Powers: d(w²)/dw = 2w and d(w³)/dw = 3w²."),
            Feedback(Y, "That is y itself; it has still to be differentiated."),
            Feedback(
                "u1 + (u2 + w u1) + (u3 + w u2 + w^2 u1)",
                "Each edge is weighted by how much y cares at that point.",
            ),
        ),
        hint="Write y in w and the inputs first, then differentiate each term by w.",
        figure=_graph,
        settings=EXAM,
        points=2,
    )


def far_derivative(rng: Rng | None) -> Question:
    """Part (c): the derivative by p."""
    del rng
    return Question(
        id="rn-x3",
        part="c",
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
        hint="By what does the step from p to q multiply? ∂y/∂q is the rest of the way.",
        figure=_graph,
        settings=EXAM,
    )


def edges(rng: Rng | None) -> Question:
    """Part (d): what each edge out of w carries back."""
    del rng
    return Question(
        id="rn-x4",
        part="d",
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
                "w^2 u2 + w^3 u1",
                "Stop at s: the edge multiplies r by ∂y/∂s = w, not by ∂y/∂r.",
                part=1,
            ),
            Feedback(
                "u2 + w u1", "Each edge is weighted by how much y cares there: ∂y/∂s = w.", part=1
            ),
            Feedback(Y, "The factor beside w is t, and y cares for itself with weight 1.", part=2),
        ),
        hint="An edge carries what went in beside w times what came back to the node: name "
        "both for each of the three nodes.",
        figure=_graph,
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
        prompt="The nodes stand in the order p, q, r, s, t, y from left to right. In which order "
        "does backprop find these derivatives?",
        answer=Order(shown, key),
        why="Each needs the one to its right, so the pass starts at y and moves left.",
        feedback=(
            Feedback(
                tuple(reversed(key)), "That is the forward order; derivatives come from the right."
            ),
        ),
        hint="Which of them can be written down without knowing another one?",
        figure=_graph,
        settings=demo.GraphSettings(),
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
