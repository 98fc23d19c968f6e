"""The exam's net, images and solution, from its seed file."""

from typing import Literal

from viz import seeds
from viz.cnn import maps
from viz.cnn.slides import Shift


class ExamNet(seeds.SeedModel):
    """Part (a): the architecture, what is asked, and the solution's table."""

    architecture: str
    input: tuple[int, int, int]
    asked: tuple[tuple[str, Literal["shape", "params"]], ...]
    params: tuple[int, ...]
    shapes: tuple[tuple[int, ...], ...]


class ExamLine(seeds.SeedModel):
    """Where an image has its line, counted from 0."""

    row: int = -1
    column: int = -1


class ExamShift(seeds.SeedModel):
    """Part (b): the images, their features, and the scales of our kernels."""

    rows: int
    columns: int
    x1: ExamLine
    x2: ExamLine
    x3: ExamLine
    x4: ExamLine
    g1: tuple[float, ...]
    g2: tuple[float, ...]
    g3: tuple[float, ...]
    g4: tuple[float, ...]
    horizontal: float
    vertical: float


class Exam(seeds.SeedModel):
    """The whole seed file."""

    exam: ExamNet
    shift: ExamShift


SEED = seeds.load("cnn", Exam)
SMALL = {"x1": "x₁", "x2": "x₂", "x3": "x₃", "x4": "x₄"}


def exam_image(name: str) -> maps.Array:
    """x1 to x4, shape (7, 8)."""
    line: ExamLine = getattr(SEED.shift, name)
    found: maps.Array = maps.line_image(
        SEED.shift.rows, SEED.shift.columns, row=line.row, column=line.column
    )[0]
    return found


def landmarks_of(name: str) -> dict[Shift, str]:
    """Which shift turns this image of the exam into another one."""
    partners = {"x1": "x4", "x4": "x1", "x2": "x3", "x3": "x2"}
    if name not in partners:
        return {}
    here, there = (getattr(SEED.shift, one) for one in (name, partners[name]))
    by = (there.row - here.row) % SEED.shift.rows, (there.column - here.column) % SEED.shift.columns
    return {by: SMALL[partners[name]]}
