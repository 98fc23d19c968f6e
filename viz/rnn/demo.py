"""The exam's recurrent net, and the views around it."""

import math
from typing import Any, Literal

import numpy as np

from viz import seeds, tables
from viz.draw.film import Film
from viz.rnn import (
    derivations,
    descent_figures,
    figures,
    long_figures,
    matrix_figures,
    results,
    snippets,
    tours,
)
from viz.rnn.results import Descent, Graph, LongRun, MatrixRun
from viz.settings import BaseSettings, choice, number, own_data, switch, table
from viz.view import Progress, View, quiet

CLIFF = (1.0, *[0.0] * 29)
LIMIT = 100.0
MATRICES = {
    "non-normal": ((0.9, 5.0), (0.0, 0.9)),
    "diagonal": ((0.9, 0.0), (0.0, 0.5)),
    "growing": ((1.1, 0.0), (0.0, 0.7)),
    "rotation": ((math.cos(0.5), -math.sin(0.5)), (math.sin(0.5), math.cos(0.5))),
    "nilpotent": ((0.0, 4.0), (0.0, 0.0)),
}


class Key(seeds.SeedModel):
    """Polynomials of the solution: rows are powers of w, columns u1, u2, u3."""

    t: tuple[tuple[int, ...], ...]
    y: tuple[tuple[int, ...], ...]
    dy_dw: tuple[tuple[int, ...], ...]
    edge_left: tuple[tuple[int, ...], ...]
    edge_middle: tuple[tuple[int, ...], ...]
    edge_right: tuple[tuple[int, ...], ...]
    power_of_w: dict[str, int]


class Names(seeds.SeedModel):
    """The nodes of the figure."""

    steps: int
    nodes: tuple[str, ...]
    given: tuple[str, ...]
    key: Key


class Defaults(seeds.SeedModel):
    """Numbers of ours for the exam's letters."""

    u: tuple[float, ...]
    weight: float


class Exam(seeds.SeedModel):
    """The whole seed file."""

    exam: Names
    defaults: Defaults


SEED = seeds.load("rnn", Exam)


class GraphSettings(BaseSettings):
    """The unrolled graph: one step for every input."""

    weight: float = number(
        SEED.defaults.weight, key="w", label="Weight w", low=-3, high=3, step=0.05
    )
    inputs: str = table(
        tables.write_numbers(SEED.defaults.u),
        key="u",
        label="Inputs u₁, u₂, …",
        hint="One to six numbers; each of them is one step.",
    )
    tanh: bool = switch(False, key="tanh", label="tanh after each ×")
    show: Literal["numbers", "symbols"] = choice(
        "numbers", key="show", label="Show", when={"tanh": (False,)}
    )


def run_graph(settings: GraphSettings, progress: Progress = quiet) -> Graph:
    del progress
    inputs = read_inputs(settings.inputs, limit=6)
    symbolic = settings.show == "symbols"
    return results.graph(inputs, settings.weight, symbolic=symbolic, tanh=settings.tanh)


def read_inputs(text: str, *, limit: int) -> tuple[float, ...]:
    """Inputs as typed, each at most 100 in size."""
    inputs = tables.read_numbers(text, limit=limit, what="sequence of inputs")
    for k, value in enumerate(inputs, 1):
        if abs(value) > LIMIT:
            raise ValueError(f"input {k} must lie between −100 and 100, got {tables.said(value)}")
    return inputs


class LongSettings(BaseSettings):
    """A long sequence; the weight is what the bar moves."""

    num_steps: int = number(
        30,
        key="T",
        label="Steps T",
        low=1,
        high=100,
        when={"pattern": ("ones", "impulse", "signs")},
    )
    pattern: Literal["ones", "impulse", "signs", "own"] = choice(
        "ones", key="in", label="Inputs", hint="signs: 1, −1, 1, −1, …"
    )
    window: int = number(10, key="K", label="Truncation window", low=1, high=100)
    tanh: bool = switch(False, key="tanh", label="tanh after each step")
    own: str = own_data(
        example="1, 0.5, -2, 3, 1, 1, 0, 2",
        limit=4000,
        when={"pattern": ("own",)},
        hint="Up to 200 numbers, parted by commas, spaces or line ends.",
        upload=("csv", "txt"),
    )


def long_inputs(settings: LongSettings) -> tuple[float, ...]:
    count = settings.num_steps
    if settings.pattern == "own":
        return read_inputs(settings.own, limit=200)
    if settings.pattern == "impulse":
        return (1.0, *[0.0] * (count - 1))
    return tuple(-1.0 if k % 2 and settings.pattern == "signs" else 1.0 for k in range(count))


def run_long(settings: LongSettings, progress: Progress = quiet) -> LongRun:
    del progress
    return results.long_run(long_inputs(settings), window=settings.window, tanh=settings.tanh)


def answer_long(result: LongRun) -> list[float]:
    one = result.sweep[result.start]
    share = [] if one.kept is None else [one.kept]
    return [one.y, one.dw, *share]


class MatrixSettings(BaseSettings):
    """A recurrent matrix; the lag is what the bar moves."""

    matrix: Literal["non-normal", "diagonal", "growing", "rotation", "nilpotent", "own"] = choice(
        "non-normal", key="W", label="Matrix W"
    )
    own_matrix: str = table(
        "0.8 0.5; -0.5 0.8",
        key="M",
        label="Rows of W",
        when={"matrix": ("own",)},
        hint="2 to 8 rows parted by semicolons.",
    )


def run_matrix(settings: MatrixSettings, progress: Progress = quiet) -> MatrixRun:
    del progress
    if settings.matrix != "own":
        return results.matrix_run(MATRICES[settings.matrix])
    matrix = tables.read_matrix(settings.own_matrix, max_rows=8, max_columns=8)
    if np.abs(matrix).max() > 10:
        worst = matrix.flat[np.abs(matrix).argmax()]
        raise ValueError(f"entries of W must lie between −10 and 10, got {tables.said(worst)}")
    return results.matrix_run(matrix)


class DescentSettings(BaseSettings):
    """Descent on a net of 30 steps with one impulse; the step is what the bar moves."""

    clip: float = number(
        1.0, key="clip", label="Clip at (0: off)", low=0.1, high=10, log=4, zero=True
    )
    lr: float = number(0.01, key="lr", label="Learning rate", low=0.001, high=0.1, log=4)
    start: float = number(1.1, key="w0", label="Start w₀", low=0.7, high=1.3, step=0.01)
    target: float = number(1.5, key="y", label="Target", low=0.5, high=3, step=0.1)


def run_descent(settings: DescentSettings, progress: Progress = quiet) -> Descent:
    del progress
    return results.descent_run(
        CLIFF,
        target=settings.target,
        weight=settings.start,
        lr=settings.lr,
        clip=settings.clip or None,
    )


def more_graph(result: Graph, *, phone: bool = False) -> tuple[Film, ...]:
    return (descent_figures.edge_shares(result, phone=phone),)


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="graph",
        label="Graph",
        settings=GraphSettings,
        run=run_graph,
        film=figures.unrolled_graph,
        answer=lambda result: [result.ahead.y, result.back.dw, *result.back.edges],
        snippet=lambda s: snippets.graph_snippet(run_graph(s)),
        derive=derivations.graph_lines,
        agree=lambda s: snippets.graph_agree(run_graph(s)),
        more=more_graph,
        presets=tours.GRAPH_PRESETS,
        findings=tours.GRAPH_FINDINGS,
        table=figures.table,
    ),
    View(
        key="long",
        label="Long sequence",
        settings=LongSettings,
        run=run_long,
        film=long_figures.long_sequence,
        table=long_figures.table,
        answer=answer_long,
        snippet=lambda s: snippets.long_snippet(run_long(s)),
        derive=derivations.long_lines,
        agree=lambda s: snippets.long_agree(run_long(s)),
        findings=tours.LONG_FINDINGS,
        presets=tours.LONG_PRESETS,
    ),
    View(
        key="matrix",
        label="Matrix",
        settings=MatrixSettings,
        run=run_matrix,
        film=matrix_figures.matrix_growth,
        table=matrix_figures.table,
        answer=lambda result: [
            float(result.facts.norms.max()),
            result.facts.spectral_radius,
            result.facts.top_singular_value,
        ],
        snippet=lambda s: snippets.matrix_snippet(run_matrix(s)),
        derive=derivations.matrix_lines,
        agree=lambda s: snippets.matrix_agree(run_matrix(s)),
        findings=tours.MATRIX_FINDINGS,
    ),
    View(
        key="descent",
        label="Descent",
        settings=DescentSettings,
        run=run_descent,
        film=descent_figures.descent_path,
        table=descent_figures.table,
        answer=lambda result: [result.steps[1].weight, result.steps[-1].weight],
        snippet=lambda s: snippets.descent_snippet(run_descent(s), CLIFF),
        derive=derivations.descent_lines,
        agree=lambda s: snippets.descent_agree(run_descent(s), CLIFF),
        findings=tours.DESCENT_FINDINGS,
    ),
)
