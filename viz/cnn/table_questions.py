"""Questions on the table: cells, sums, the layer that cannot be, receptive fields, sizes."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from viz.cnn import figures, wording
from viz.cnn.compute import Row, analyse, equivalent_dense, size_text, totals
from viz.cnn.controls import TableSettings
from viz.cnn.exam import SEED
from viz.cnn.forms import Count
from viz.cnn.language import parse, written
from viz.cnn.tabulation import named_cells, table
from viz.quiz import Feedback, Order, Parts, Question, Shape

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


def _case(rng: Rng | None) -> Case:
    """The exam's net, or one with two CONV3/POOL2 pairs whose depths all differ."""
    if rng is None:
        return Case(SEED.exam.architecture, SEED.exam.input)
    side, channels = int(rng.choice(SIDES)), int(rng.integers(1, 4))
    first, second = (int(f) for f in rng.choice(FILTERS, size=2, replace=False))
    outputs = int(rng.choice(OUTPUTS))
    text = f"CONV3-{first} / POOL2 / CONV3-{second} / POOL2 / FLATTEN / FC-{outputs}"
    return Case(text, (side, side, channels))


def _named(case: Case) -> str:
    return f"`{case.architecture}` on an image of {size_text(case.shape)} "


def exam_table(rng: Rng | None) -> Question:
    """Part (a): the five cells of the table."""
    case = _case(rng)
    rows = case.rows
    cells = named_cells(Case(SEED.exam.architecture, SEED.exam.input).rows, SEED.exam.asked)
    hidden = table(case.architecture, parse(case.architecture), case.shape, hidden=cells)
    first, second, _, last = rows[1], rows[3], rows[4], rows[6]
    return Question(
        id="cn-x1",
        prompt=_named(case) + "(CONV3: padding 1, stride 1; POOL2: stride 2, no padding; CONV and "
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
        why=f"{first.name}: {wording.formula(first.formula)} = {first.num_params}. Padding 1 keeps "
        f"{size_text(second.shape)}. POOL2 learns nothing and halves it to "
        f"{size_text(rows[4].shape)}, which is {rows[5].activations} numbers. {last.name}: "
        f"{wording.formula(last.formula)} = {last.num_params}.",
        feedback=_cell_feedback(rows),
        figure=figures.hidden_still(hidden),
        settings=case.settings(),
        points=5,
    )


def _cell_feedback(rows: tuple[Row, ...]) -> tuple[Feedback, ...]:
    source, first, pooled, second, last, flat, dense = rows
    count, outputs = flat.activations, dense.activations
    filters, depth = first.shape[2], source.shape[2]
    height = pooled.shape[0]
    one_bias = 9 * depth * filters + 1
    listed: list[tuple[int, Any, str]] = [
        (0, first.num_params - filters, BIASES),
        (0, one_bias, f"One bias per filter, so {filters}."),
        (0, first.num_params * first.shape[0] * first.shape[1], POSITIONS),
        (0, equivalent_dense(source.shape, first.shape), "That is a dense layer. " + POSITIONS),
        (0, 9 * filters + filters, f"Each filter is as deep as its input: 3×3×{depth}."),
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
        (4, count * outputs, BIASES),
        (4, count * outputs + 1, f"One bias per output, so {outputs}."),
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
    case = _case(rng)
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
        (1, second.num_params - filters, f"Each filter works at all {positions} positions."),
        (1, second.num_params * positions, "Adding a bias is no multiplication."),
        (1, positions * 9 * filters, f"Each filter is as deep as its input: 3×3×{depth}."),
        (1, 4 * second.macs, "POOL2 has already halved height and width."),
    ]
    key = (total, second.macs)
    return Question(
        id="cn-x3",
        prompt=_named(case) + f"(as before). How many numbers does the net learn in all, and how "
        f"many multiplications does the second convolution ({second.name}) do for one image?",
        answer=Parts(("parameters in all", Count(total)), ("multiplications", Count(second.macs))),
        why=f"{' + '.join(str(row.num_params) for row in rows if row.num_params)} = {total}. "
        f"{positions} positions × {filters} filters × 3×3×{depth} = {second.macs}.",
        feedback=tuple(
            Feedback(wrong, words, part=part) for part, wrong, words in listed if wrong != key[part]
        ),
        settings=case.settings(),
        points=2,
    )


FAULTS = ("FC before FLATTEN", "CONV after FLATTEN", "too many POOL2", "kernel too large")


def _faulty(rng: Rng | None) -> Case:
    """A net with one layer that cannot be."""
    if rng is None:
        return Case("CONV3-8 / POOL2 / CONV3-16 / POOL2 / FC-32 / FLATTEN / FC-3", (16, 16, 1))
    fault = FAULTS[int(rng.integers(len(FAULTS)))]
    a, b = (int(f) for f in rng.choice(FILTERS, size=2, replace=False))
    k, side = int(rng.choice(OUTPUTS)), int(rng.choice((8, 12, 16, 24)))
    tail = f"FLATTEN / FC-{k}"
    match fault:
        case "FC before FLATTEN":
            text = f"CONV3-{a} / RELU / POOL2 / FC-{b} / {tail}"
        case "CONV after FLATTEN":
            text = f"CONV3-{a} / POOL2 / RELU / FLATTEN / FC-{b} / CONV3-{a} / FC-{k}"
        case "too many POOL2":
            pools = " / ".join(f"CONV3-{a} / POOL2" for _ in range(5))
            text = f"{pools} / {tail}"
        case _:
            text = f"CONV3-{a} / POOL2 / POOL2 / CONV9-{b} p0 / {tail}"
    return Case(text, (side, side, 1))


def _refusal(case: Case) -> tuple[int, str]:
    """The layer that cannot be, and why, as the page says it; (0, "") if all fit."""
    try:
        analyse(parse(case.architecture), case.shape)
    except ValueError as error:
        found = re.match(r"layer (\d+): (.*)", str(error))
        assert found is not None
        return int(found.group(1)), found.group(2)
    return 0, ""


def impossible_layer(rng: Rng | None) -> Question:
    """Which layer of a line cannot be?"""
    case = _faulty(rng)
    place, reason = _refusal(case)
    while not place:
        case = _faulty(rng)
        place, reason = _refusal(case)
    num_layers = len(parse(case.architecture))
    return Question(
        id="cn-x5",
        prompt=_named(case) + "has one layer that cannot be. Which one is it, counted from 1 "
        "without the input? (CONV has padding half its kernel unless p0 says none.)",
        answer=Count(place),
        why=f"Layer {place}: {reason}.",
        feedback=(
            *([Feedback(place - 1, "Count from 1.")] if place > 1 else []),
            Feedback(place + 1, "The input is no layer; the first one is number 1."),
            Feedback(lambda value: not 1 <= value <= num_layers, f"There are {num_layers} layers."),
            Feedback(
                lambda value: value != place,
                "Write down height × width × channels after every layer: CONV and POOL need an "
                "image, FC needs one row of numbers.",
            ),
        ),
        settings=Case(written(parse(case.architecture)[: place - 1]), case.shape).settings(),
    )


def receptive_field(rng: Rng | None) -> Question:
    """How many input pixels one unit sees."""
    case, place = _case(rng), 4
    if rng is not None:
        k = int(rng.choice((3, 5)))
        a, b = (int(f) for f in rng.choice(FILTERS, size=2, replace=False))
        stride = int(rng.integers(1, 3))
        step = f" s{stride}" if stride > 1 else ""
        text = f"CONV{k}-{a}{step} / POOL2 / CONV3-{b} / POOL2 / CONV3-{b} / GAP / FC-3"
        case, place = Case(text, (48, 48, 1)), int(rng.integers(3, 6))
    rows = case.rows
    row = rows[place]
    key = row.receptive_field
    assert key is not None
    windows = [one.layer for one in rows[1 : place + 1] if one.layer is not None]
    flat = 1 + sum(layer.kernel_size - 1 for layer in windows)
    late = 1 + sum(
        (one.layer.kernel_size - 1) * (one.jump or 1) for one in rows[1 : place + 1] if one.layer
    )
    before = rows[place - 1].receptive_field or 1
    listed = [
        (flat, "Neighbors are further apart after a stride: multiply k − 1 by the jump so far."),
        (late, "A layer's own stride counts only from the next layer on."),
        (before, f"That is one layer earlier; {row.name} adds (k − 1) jumps."),
        (
            windows[-1].kernel_size,
            "That is what it sees of the layer before; go back to the input.",
        ),
    ]
    steps = ", ".join(str(one.receptive_field) for one in rows[: place + 1])
    return Question(
        id="cn-x6",
        prompt=_named(case) + f"How wide is the square of input pixels that one unit of layer "
        f"{place} ({row.name}) depends on? (Away from the borders; one side's length.)",
        answer=Count(key),
        why=f"r grows by (k − 1) times the jump, and the jump by the stride: {steps}.",
        feedback=tuple(Feedback(wrong, words) for wrong, words in listed if wrong != key),
        settings=case.settings(),
    )


def _bank() -> dict[str, Case]:
    exam, shape = SEED.exam.architecture, SEED.exam.input
    gap = "CONV3-10 / POOL2 / CONV3-10 / GAP / FC-3"
    return {
        f"{exam} on 28×28×1": Case(exam, shape),
        f"{exam} on 64×64×1": Case(exam, (64, 64, 1)),
        f"{gap} on 28×28×1": Case(gap, shape),
        f"{gap.replace('10', '20')} on 28×28×1": Case(gap.replace("10", "20"), shape),
        f"{gap} on 256×256×3": Case(gap, (256, 256, 3)),
        "FLATTEN / FC-10 on 28×28×1": Case("FLATTEN / FC-10", shape),
        "CONV2-3 / CONV2-3 / GAP / FC-3 on 7×8×1": Case(
            "CONV2-3 / CONV2-3 / GAP / FC-3", (7, 8, 1)
        ),
        "CONV5-10 / GAP / FC-3 on 500×500×1": Case("CONV5-10 / GAP / FC-3", (500, 500, 1)),
    }


def by_parameters(rng: Rng | None) -> Question:
    """Order nets by how many numbers they learn."""
    bank = _bank()
    names = list(bank)
    chosen = [4, 0, 6, 1]
    if rng is not None:
        while True:
            chosen = [int(i) for i in rng.choice(len(names), size=4, replace=False)]
            counts = sorted(totals(bank[names[i]].rows).num_params for i in chosen)
            if all(b >= 1.2 * a for a, b in pairwise(counts)):
                break
    items = tuple(names[i] for i in chosen)
    params = [totals(bank[item].rows).num_params for item in items]
    by_pixels = [int(np.prod(bank[item].shape)) for item in items]
    key = tuple(int(i) for i in np.argsort(params, kind="stable"))
    wrong = tuple(int(i) for i in np.argsort(by_pixels, kind="stable"))
    sizes = [
        Feedback(
            wrong,
            "That is the order of the images. Convolutions and GAP do not count pixels, FLATTEN "
            "does.",
        )
    ]
    return Question(
        id="cn-x7",
        prompt="Which net learns the fewest numbers, which the most? Put them in order, the "
        "smallest first.",
        answer=Order(items, key),
        why="; ".join(f"{items[i]}: {params[i]}" for i in key) + ".",
        feedback=(
            *(sizes if wrong != key else []),
            Feedback(tuple(reversed(key)), "The smallest first."),
            Feedback(
                lambda value: value != key,
                "FLATTEN in front of FC makes a weight for each pixel of each channel; with GAP "
                "the size of the image does not matter.",
            ),
        ),
        settings=bank[items[key[-1]]].settings(),
    )
