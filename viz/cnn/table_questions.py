"""Questions on the table: its cells and its sums."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from viz.cnn import figures, wording
from viz.cnn.compute import Row, analyse, equivalent_dense, size_text, totals
from viz.cnn.controls import TableSettings
from viz.cnn.exam import SEED
from viz.cnn.forms import Count
from viz.cnn.language import parse
from viz.cnn.tabulation import named_cells, table
from viz.draw.numbers import count
from viz.quiz import Feedback, Parts, Question, Shape

Rng = np.random.Generator
SIDES = (12, 16, 20, 24, 28, 32, 36, 40, 48, 64)
FILTERS = (4, 6, 8, 10, 12, 16)
OUTPUTS = (2, 3, 4, 5, 10)
IMAGE = ("height", "width", "channels")
BIASES = "The biases are missing: one per filter, or one per output."
POSITIONS = "The same filter is used at every position; positions do not multiply parameters."


@dataclass(frozen=True, slots=True)
class Case:
    """An architecture of the exam's form and its input's size."""

    architecture: str
    shape: tuple[int, int, int]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its table."""
        return analyse(parse(self.architecture), self.shape)

    def settings(self, **more: Any) -> TableSettings:
        """The state of the page that shows it, nothing hidden."""
        height, width, channels = self.shape
        known = {"height": height, "width": width, "channels": channels, "hide": "none"}
        return TableSettings.model_validate({"architecture": self.architecture, **known, **more})


def exam_case(rng: Rng | None) -> Case:
    """The exam's net, or one with two CONV3/POOL2 pairs whose depths all differ."""
    if rng is None:
        return Case(SEED.exam.architecture, SEED.exam.input)
    side, channels = int(rng.choice(SIDES)), int(rng.integers(1, 4))
    first, second = (int(f) for f in rng.choice(FILTERS, size=2, replace=False))
    outputs = int(rng.choice(OUTPUTS))
    text = f"CONV3-{first} / POOL2 / CONV3-{second} / POOL2 / FLATTEN / FC-{outputs}"
    return Case(text, (side, side, channels))


def named(case: Case) -> str:
    return f"`{case.architecture}` on an image of {size_text(case.shape)} "


def exam_table(rng: Rng | None) -> Question:
    """Part (a): the five cells of the table."""
    case = exam_case(rng)
    rows = case.rows
    cells = named_cells(Case(SEED.exam.architecture, SEED.exam.input).rows, SEED.exam.asked)
    hidden = table(case.architecture, parse(case.architecture), case.shape, hidden=cells)
    first, second, _, last = rows[1], rows[3], rows[4], rows[6]
    return Question(
        id="cn-x1",
        part="a",
        prompt=named(case) + "(CONV3: padding 1, stride 1; POOL2: stride 2, no padding; CONV and "
        "FC have biases). Fill in the five cells. Counts may be typed as arithmetic.",
        answer=Parts(
            (f"{first.name}, first: parameters", Count(first.num_params)),
            (
                f"{second.name}, second: activations, height × width × channels",
                Shape(second.shape, IMAGE),
            ),
            ("second POOL2: parameters", Count(0)),
            ("second POOL2: activations, height × width × channels", Shape(rows[4].shape, IMAGE)),
            (f"{last.name}: parameters", Count(last.num_params)),
        ),
        why=f"{first.name}: {wording.formula(first.formula)} = "
        f"{count(first.num_params)}. Padding 1 keeps {size_text(second.shape)}. POOL2 learns "
        "nothing and halves it to "
        f"{size_text(rows[4].shape)}, which is {count(rows[5].activations)} numbers. "
        f"{last.name}: {wording.formula(last.formula)} = {count(last.num_params)}.",
        feedback=_cell_feedback(rows),
        hint="Go layer by layer: which shape comes in, how many filters are there, and how "
        "deep is each of them?",
        figure=partial(figures.hidden_still, hidden),
        settings=case.settings(),
        points=5,
    )


def _cell_feedback(rows: tuple[Row, ...]) -> tuple[Feedback, ...]:
    source, first, pooled, second, last, flat, dense = rows
    entries, outputs = flat.activations, dense.activations
    filters, depth = first.shape[2], source.shape[2]
    height = pooled.shape[0]
    one_bias = 9 * depth * filters + 1
    deep = f"Each filter is as deep as its input: 3×3×{depth}."
    listed: list[tuple[int, Any, str]] = [
        (0, first.num_params - filters, BIASES),
        (0, one_bias, f"One bias per filter, so {filters}."),
        (0, first.num_params * first.shape[0] * first.shape[1], POSITIONS),
        (0, equivalent_dense(source.shape, first.shape), "That is a dense layer. " + POSITIONS),
        (0, 9 * filters + filters, deep),
        (0, 9 * filters**2 + filters, deep),
        (0, 9 * filters**2, f"{BIASES} {deep}"),
        (1, (height - 2, height - 2, second.shape[2]), "Padding 1 keeps the size."),
        (1, (2 * height - 2, 2 * height - 2, second.shape[2]), "Padding 1 keeps the size."),
        (
            1,
            (height, height, filters * second.shape[2]),
            "Channels after CONV = number of filters.",
        ),
        (1, first.shape, "POOL2 has halved height and width before this layer."),
        (3, (*last.shape[:2], 2 * last.shape[2]), "POOL2 works on each channel: channels stay."),
        (3, second.shape, "POOL2 has stride 2: it halves height and width."),
        (
            3,
            (last.shape[0], last.shape[1], filters * last.shape[2]),
            "Channels after CONV = number of filters.",
        ),
        (4, entries * outputs, BIASES),
        (4, entries * outputs + 1, f"One bias per output, so {outputs}."),
        (4, last.shape[0] * last.shape[1] * outputs + outputs, "FLATTEN keeps all channels."),
    ]
    keys = {0: first.num_params, 1: second.shape, 3: last.shape, 4: dense.num_params}
    found = [
        Feedback(wrong, words, part=part) for part, wrong, words in listed if wrong != keys[part]
    ]
    nothing = Feedback(lambda value: value != 0, "A maximum has nothing to learn.", part=2)
    return (*found, nothing)


def sums(rng: Rng | None) -> Question:
    """All parameters, and the multiplications of the second convolution."""
    case = exam_case(rng)
    rows = case.rows
    total, second, first = totals(rows).num_params, rows[3], rows[1]
    filters, depth = second.shape[2], first.shape[2]
    biases = first.shape[2] + filters + rows[6].activations
    positions = second.shape[0] * second.shape[1]
    shallow = total - second.num_params + 9 * filters + filters
    listed: list[tuple[int, int, str]] = [
        (0, total - biases, BIASES),
        (0, shallow, f"Each filter is as deep as its input: 3×3×{depth}."),
        (0, total - second.num_params + second.num_params * positions, POSITIONS),
        (0, rows[6].num_params, "The convolutions learn numbers, too."),
        (1, second.num_params, "That is how many numbers it learns; each works at every position."),
        (
            1,
            second.num_params - filters,
            f"Each filter works at all {count(positions)} positions.",
        ),
        (1, second.num_params * positions, "Adding a bias is no multiplication."),
        (1, positions * 9 * filters, f"Each filter is as deep as its input: 3×3×{depth}."),
        (1, 4 * second.macs, "POOL2 has already halved height and width."),
    ]
    key = (total, second.macs)
    learned = [row.num_params for row in rows if row.num_params]
    return Question(
        id="cn-x3",
        prompt=named(case) + f"(paddings, strides and biases as in the exam's table). How many "
        "numbers does the net learn in all, and how many multiplications does the "
        f"second convolution ({second.name}) do for one image?",
        answer=Parts(("parameters in all", Count(total)), ("multiplications", Count(second.macs))),
        why=f"{' + '.join(count(n) for n in learned)} = {count(total)}. "
        f"{count(positions)} positions × {filters} filters × 3×3×{depth} = "
        f"{count(second.macs)}.",
        feedback=tuple(
            Feedback(wrong, words, part=part) for part, wrong, words in listed if wrong != key[part]
        ),
        hint="Go layer by layer: a filter has k × k × depth weights and a bias, and each of its "
        "positions costs k × k × depth multiplications.",
        settings=case.settings(),
        points=2,
    )
