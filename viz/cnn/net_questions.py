"""Questions on whole nets: the layer that cannot be, receptive fields, nets in order."""

import re
from itertools import pairwise

import numpy as np

from viz.cnn.compute import analyse, totals
from viz.cnn.exam import SEED
from viz.cnn.forms import Count, Side
from viz.cnn.language import parse, written
from viz.cnn.table_questions import FILTERS, OUTPUTS, Case, exam_case, named
from viz.draw.numbers import count
from viz.quiz import Feedback, Order, Question

Rng = np.random.Generator
FAULTS = ("FC before FLATTEN", "CONV after FLATTEN", "too many POOL2", "kernel too large")


def _faulty(rng: Rng | None) -> Case:
    """A net with one layer that cannot be."""
    if rng is None:
        return Case("CONV3-8 / POOL2 / CONV3-16 / POOL2 / FC-32 / FLATTEN / FC-3", (16, 16, 1))
    fault = FAULTS[int(rng.integers(len(FAULTS)))]
    a, b = (int(f) for f in rng.choice(FILTERS, size=2, replace=False))
    # Sides that four POOL2 fit into, and five do not: one layer fails, not two.
    k, side = int(rng.choice(OUTPUTS)), int(rng.choice((16, 20, 24, 28)))
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
        prompt=named(case) + "has one layer that cannot be. Which one is it, counted from 1 "
        "without the input? (CONV has padding half its kernel unless p0 says none.)",
        answer=Count(place),
        why=f"Layer {place}: {reason}.",
        feedback=(
            *([Feedback(place - 1, "Count from 1.")] if place > 1 else []),
            Feedback(place + 1, "The input is no layer; the first one is number 1."),
            Feedback(lambda value: not 1 <= value <= num_layers, f"There are {num_layers} layers."),
        ),
        hint="Write down height × width × channels after every layer: CONV and POOL need an "
        "image, FC needs one row of numbers.",
        settings=Case(written(parse(case.architecture)[: place - 1]), case.shape).settings(),
    )


def receptive_field(rng: Rng | None) -> Question:
    """How many input pixels one unit sees."""
    case, place = exam_case(rng), 4
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
        (key * key, "That is how many pixels the square has; one side's length is asked for."),
        (
            windows[-1].kernel_size,
            "That is what it sees of the layer before; go back to the input.",
        ),
    ]
    steps = ", ".join(str(one.receptive_field) for one in rows[: place + 1])
    return Question(
        id="cn-x6",
        prompt=f"{named(case).rstrip()}. How wide is the square of input pixels that one "
        f"unit of layer {place} ({row.name}) depends on? (Away from the borders; one side's "
        "length.)",
        answer=Side(key),
        why=f"r grows by (k − 1) times the jump, and the jump by the stride: {steps}.",
        feedback=tuple(Feedback(wrong, words) for wrong, words in listed if wrong != key),
        hint="Start with 1 pixel and go from layer to layer: each adds k − 1 jumps, and a stride "
        "makes the jumps behind it longer.",
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
        why="; ".join(f"{items[i]}: {count(params[i])}" for i in key) + ".",
        feedback=(
            *(sizes if wrong != key else []),
            Feedback(tuple(reversed(key)), "The smallest first."),
        ),
        hint="FLATTEN in front of FC makes a weight for each pixel of each channel; with GAP the "
        "size of the image does not matter.",
        settings=bank[items[key[-1]]].settings(),
    )
