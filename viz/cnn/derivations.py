"""Step by step with live numbers: sizes and counts, why a shift is forgotten, one sum."""

import numpy as np

from viz.cnn import models, training, wording
from viz.cnn.compute import Row
from viz.cnn.filters import FilterWalk
from viz.cnn.slides import Slide
from viz.cnn.sweeps import Sweep
from viz.cnn.tabulation import Table
from viz.draw import numbers
from viz.draw.numbers import latex, latex_factor
from viz.view import Line

MOST_LAYERS, MOST_TERMS, QUICK = 12, 12, 5_000_000


def table_lines(table: Table) -> tuple[Line, ...]:
    """Size, count and receptive field of every layer, one after the other, then the sum."""
    lines = [
        line
        for place in range(1, min(len(table.rows), MOST_LAYERS + 1))
        for line in _layer_lines(table, place)
    ]
    left = len(table.layers) - MOST_LAYERS
    if left > 0:
        lines.append(Line(r"\vdots", f"{left} more layers go the same way."))
    counts = [row.num_params for row in table.rows if row.num_params]
    terms = " + ".join(str(count) for count in counts[:MOST_TERMS])
    terms += r" + \dots" if len(counts) > MOST_TERMS else ""
    equals = f" = {terms}" if len(counts) > 1 else ""
    total = Line(
        rf"\text{{parameters}}{equals} = {table.totals.num_params}",
        "Layers that only compare, average or rearrange learn nothing.",
    )
    return (*lines, *_measured(table), _multiplications(table), total)


def _measured(table: Table) -> list[Line]:
    """The receptive field as autograd sees it, where that is quick and no border cuts it."""
    layers = [row.layer for row in table.rows if row.layer and row.is_image]
    shape = table.rows[0].shape
    if not layers or table.totals.macs > QUICK or 2 * table.last_field > min(shape[:2]):
        return []
    rows, columns = models.gradient_support(layers, shape)
    words = (
        "Measured: the gradient of one unit in the middle of the last feature map touches so many "
        "rows and columns of the input (all weights 1, pooling averaged)."
    )
    return [Line(rf"{rows} \times {columns}", words)]


def _multiplications(table: Table) -> Line:
    """The sum of all layers', and what counting the bias additions as well would give."""
    counts = [row.macs for row in table.rows if row.macs]
    terms = " + ".join(str(count) for count in counts[:MOST_TERMS])
    terms += r" + \dots" if len(counts) > MOST_TERMS else ""
    equals = f" = {terms}" if len(counts) > 1 else ""
    total = table.totals.macs
    learned = [row for row in table.rows if row.layer and row.layer.kind in ("conv", "fc")]
    with_biases = total + sum(row.activations for row in learned)
    return Line(
        rf"\text{{multiplications}}{equals} = {total}",
        "Every weight works at every position of its map. Biases and pooling count none here; "
        f"torchinfo counts a bias as one more, which makes {numbers.count(with_biases)}.",
    )


def _layer_lines(table: Table, place: int) -> list[Line]:
    row, before = table.rows[place], table.rows[place - 1]
    layer = row.layer
    assert layer is not None
    name = f"**{row.name}**: "
    match layer.kind:
        case "conv":
            return [*_window(name, row, before), _filters(row, before), _field(row, before)]
        case "pool":
            return [*_window(name, row, before), _field(row, before)]
        case "flatten":
            sides = r" \cdot ".join(str(side) for side in before.shape)
            return [Line(rf"{sides} = {row.shape[0]}", f"{name}all numbers in one row.")]
        case "gap":
            return [Line(str(row.shape[0]), f"{name}one mean for each channel.")]
        case "fc":
            n, k = before.activations, layer.out_channels
            words = f"{name}a weight from each of {n} numbers to each output, one bias an output."
            return [Line(rf"{n} \cdot {k} + {k} = {row.num_params}", words)]
        case "bn":
            words = f"{name}a scale and a shift for each channel."
            return [Line(rf"2 \cdot {row.shape[-1]} = {row.num_params}", words)]
    return [Line(r"\max(0, z)", f"{name}the same size, nothing learned.")]


def _window(name: str, row: Row, before: Row) -> list[Line]:
    layer = row.layer
    assert layer is not None
    height, width = (
        wording.side_formula(before.shape[axis], layer, row.shape[axis]) for axis in (0, 1)
    )
    channels = "one channel for each filter" if layer.kind == "conv" else "channels stay"
    square = before.shape[0] == before.shape[1]
    which = "rows, and columns likewise" if square else "rows"
    words = f"{name}{which}; {channels}, so {wording.shape(row.shape)}."
    lines = [Line(_tex(height), words)]
    if not square:
        lines.append(Line(_tex(width), "Columns."))
    return lines


def _tex(formula: str) -> str:
    marks = {"−": "-", "·": r" \cdot ", "⌊": r"\lfloor ", "⌋": r" \rfloor "}
    for mark, tex in marks.items():
        formula = formula.replace(mark, tex)
    return formula


def _filters(row: Row, before: Row) -> Line:
    layer = row.layer
    assert layer is not None
    k, c, f = layer.kernel_size, before.shape[2], layer.out_channels
    deep = f"{c} channel{'s' if c > 1 else ''}"
    return Line(
        rf"{k} \cdot {k} \cdot {c} \cdot {f} + {f} = {row.num_params}",
        f"Each filter is as deep as its input, {deep}; one bias a filter. No image size in it.",
    )


def _field(row: Row, before: Row) -> Line:
    layer = row.layer
    assert layer is not None
    k, field, jump = layer.kernel_size, before.receptive_field, before.jump
    return Line(
        rf"r = {field} + ({k} - 1) \cdot {jump} = {row.receptive_field}",
        f"One unit sees {wording.field(row)} input pixels; neighbors are now {row.jump} apart.",
    )


BREAKS = {
    "circular before": "Every pixel has the same neighbors wherever it stands: no border exists.",
    "circular both": "With 2×2 kernels and a row on both sides the map grows: its last row and "
    "column repeat the first, so what lies there is counted twice.",
    "zeros before": "At the first row and column the kernel reads zeros instead of the opposite "
    "edge, so a pixel there meets other neighbors than inside.",
    "zeros both": "Zeros stand around the image: a pixel that leaves on one side does not come "
    "back with the same neighbors.",
}


def slide_lines(result: Slide) -> tuple[Line, ...]:
    """Equivariance, invariance, where the argument fails, and the averages of this image."""
    height, width = result.second.shape[-2:]
    dy, dx = result.shifts[result.start]
    odd = result.kernel_size % 2
    growing = result.padding != "circular both" or not odd
    breaks = BREAKS[result.padding] if growing else BREAKS["circular before"]
    lines = [
        Line(
            r"\operatorname{conv}(T\mathbf{x}) = T\operatorname{conv}(\mathbf{x})",
            f"T rolls by ({dy}, {dx}). A filter is one set of numbers, used at every position.",
        ),
        Line(
            r"\operatorname{ReLU}(T\mathbf{z}) = T\operatorname{ReLU}(\mathbf{z})",
            "ReLU looks at one number at a time.",
        ),
        Line(
            r"\operatorname{mean}(T\mathbf{z}) = \operatorname{mean}(\mathbf{z})",
            "The same numbers in another order: averaging forgets where.",
        ),
        Line("", breaks),
    ]
    if len(result.layers) > 5:
        words = (
            "POOL2 cuts the map into fixed 2×2 squares; only even shifts move squares to squares."
        )
        lines.append(Line("", words))
    for k in range(3):
        total = float(result.second[result.start, k].sum())
        mean = float(result.features[result.start, k])
        rest = float(result.features_at_rest[k])
        lines.append(
            Line(
                rf"g_{k + 1} = \frac{{{latex(total)}}}{{{height} \cdot {width}}} = {latex(mean)}"
                rf"\qquad \text{{at rest }} {latex(rest)}",
                f"The sum of map {k + 1} over its number of positions.",
            )
        )
    return tuple(lines)


def sweep_lines(result: Sweep) -> tuple[Line, ...]:
    """Where the net is tied to places, and what that costs."""
    flat = any(row.layer is not None and row.layer.kind == "flatten" for row in result.rows)
    last, before = result.rows[-1], result.rows[-2]
    low, high = training.MIDDLE
    tied = (
        "Each position has its own weight: what was never seen at a place was never learned there."
        if flat
        else "Each channel has one weight, whatever the place."
    )
    record = result.record
    return (
        Line(
            rf"\text{{{last.name}}}\colon\; {before.shape[0]} \cdot {last.shape[0]} + "
            rf"{last.shape[0]} = {last.num_params}",
            tied,
        ),
        Line(
            rf"\frac{{{high - low + 1}}}{{{training.SIDE}}} = "
            rf"{latex((high - low + 1) / training.SIDE, 2)}",
            f"The share of places that had lines in training: {low + 1} to {high + 1} of "
            f"{training.SIDE}.",
        ),
        Line(
            rf"\text{{middle }} {latex(float(np.median(record.middle)), 3)} \qquad "
            rf"\text{{anywhere }} {latex(float(np.median(record.anywhere)), 3)}",
            f"Share right, median of 5 seeds. The picture on the stage is read rightly at "
            f"{result.num_right} of {training.SIDE} places.",
        ),
        Line(
            rf"\frac{{\max |f(T\mathbf{{x}}) - f(\mathbf{{x}})|}}{{\max |f(\mathbf{{x}})|}} = "
            rf"{latex(_rounded(result.untrained_change), 3)}",
            "The same architecture with weights 0.3 cos(1), 0.3 cos(2), …: what the architecture "
            "promises holds before any training.",
        ),
    )


def _rounded(value: float) -> float:
    """Rounding errors count as 0."""
    return 0.0 if value < 1e-12 else value


def filter_lines(result: FilterWalk) -> tuple[Line, ...]:
    """The products of one position and their sum; how many positions share the weights."""
    row, column = divmod(result.strongest, result.output.shape[1])
    pairs = list(zip(result.seen(result.strongest).ravel(), result.kernel.ravel(), strict=True))
    terms = " + ".join(
        rf"{latex(float(pixel), 3)} \cdot {latex_factor(float(weight), 3)}"
        for pixel, weight in pairs[:MOST_TERMS]
    )
    terms += r" + \dots" if len(pairs) > MOST_TERMS else ""
    side = len(result.kernel)
    height = result.picture.shape[0]
    out = result.output.shape
    return (
        Line(
            rf"\left\lfloor \frac{{{height} + 2 \cdot {result.padding} - {side}}}"
            rf"{{{result.stride}}} \right\rfloor + 1 = {out[0]}",
            f"Rows of the map; in all {out[0]}×{out[1]} positions.",
        ),
        Line(
            rf"z_{{{row + 1},{column + 1}}} = {terms} = "
            rf"{latex(float(result.output[row, column]))}",
            "Pixel times weight, added up. The kernel is not flipped: cross-correlation.",
        ),
        Line(
            rf"{side} \cdot {side} \cdot {result.output.size} = {side * side * result.output.size}",
            f"Multiplications for the map, with {side * side} weights in all.",
        ),
    )
