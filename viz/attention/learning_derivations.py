"""The formulas of training, of scaling and of self-attention, with live numbers."""

import numpy as np

from viz.attention.derivations import column, tex
from viz.attention.lessons import Lesson
from viz.attention.scaling import Saturation
from viz.attention.tokens import SelfAttention
from viz.view import Line


def learning(result: Lesson) -> tuple[Line, ...]:
    """The step that is taken, and what it is for every way of making weights."""
    letter = {"query": "q", "keys": "K", "values": "V"}[result.train]
    course = result.courses[0]
    step = (
        rf"{letter} \leftarrow {letter} - {tex(result.learning_rate)}\, "
        rf"\frac{{\partial L}}{{\partial {letter}}}, \qquad "
        rf"L = \tfrac12 \lVert \text{{output}} - {column(result.target)} \rVert^2"
    )
    if result.train == "values":
        rule = r"\frac{\partial L}{\partial V} = w\,(\text{output} - \text{target})^\top"
        words = "Values get the error in the share of their weight; argmax's winner gets all of it."
    else:
        outer = r"\,q^\top" if result.train == "keys" else ""
        back = "" if outer else r"K^\top "
        rule = (
            rf"\frac{{\partial L}}{{\partial {letter}}} = {back}\frac{{1}}{{\tau}}\, w \odot "
            rf"(V e - w^\top V e){outer}, \qquad e = \text{{output}} - \text{{target}}"
        )
        words = (
            "With argmax this gradient is 0 in every step; straight-through takes e from argmax "
            "and the rest from softmax."
        )
    sizes = (
        rf"\left\| \frac{{\partial L}}{{\partial {letter}}} \right\| = {tex(course.grad_norms[0])}"
    )
    return (
        Line(step, f"One step of training the {result.train}."),
        Line(rule, words),
        Line(sizes, "At the start, with softmax:"),
    )


def size(result: Saturation) -> tuple[Line, ...]:
    """Why scores grow with the square root of d."""
    d = result.dimensions[-1]
    plain, scaled = (float(v) for v in np.median(result.score_std[:, -1], axis=-1))
    variance = (
        r"\operatorname{Var}(q \cdot k \mid q) = \sum_{i=1}^d q_i^2 \approx d, \qquad "
        rf"\sqrt{{{d}}} = {tex(d**0.5)}, \quad \text{{measured }} {tex(plain)}"
    )
    divide = (
        rf"\frac{{q \cdot k}}{{\sqrt d}}: \quad \text{{standard deviation }} {tex(scaled)}"
        rf", \qquad \operatorname{{softmax}}\!\left(\tfrac{{s}}{{\sqrt d}}\right) = "
        r"\operatorname{softmax}_{\tau = \sqrt d}(s)"
    )
    return (
        Line(variance, "Entries of mean 0 and variance 1: d products of variance 1 are added."),
        Line(divide, "Dividing by √d is a temperature of √d: it keeps softmax where it feels."),
    )


def self_attention(result: SelfAttention) -> tuple[Line, ...]:
    """The formula, and the last token's row."""
    last = len(result.names)
    formula = (
        r"\text{output} = \operatorname{softmax}\!\left(\frac{Q K^\top}{\sqrt d\,\tau} + M\right) V"
        r", \qquad M_{ij} = -\infty \text{ for } j > i"
    )
    row = rf"w_{{{last}}} = {column(result.attention_weights[-1], 3)}"
    spread = rf"e^{{H(w_{{{last}}})}} = {tex(float(result.effective_tokens[-1]))}"
    mask = "with" if result.causal else "here without"
    return (
        Line(formula, f"Every token is a query of its own, {mask} the mask M of the future."),
        Line(row, f"The row of token {last}:"),
        Line(spread, "The exponential of its entropy says over how many tokens it spreads."),
    )
