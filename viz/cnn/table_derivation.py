"""The table step by step: size, count and receptive field of every layer, then the sums."""

from viz.cnn import models, wording
from viz.cnn.compute import Row
from viz.cnn.tabulation import Table
from viz.cnn.wording import tex_count
from viz.draw import numbers
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
    total = Line(
        _sum("parameters", [table.shown_params(place) for place in range(len(table.rows))]),
        "Layers that only compare, average or rearrange learn nothing.",
    )
    return (*lines, *_measured(table), _multiplications(table), total)


def _sum(name: str, counts: list[int]) -> str:
    """Counts that are not 0, and their sum."""
    known = [count for count in counts if count]
    terms = " + ".join(tex_count(count) for count in known[:MOST_TERMS])
    terms += r" + \dots" if len(known) > MOST_TERMS else ""
    equals = f" = {terms}" if len(known) > 1 else ""
    return rf"\text{{{name}}}{equals} = {tex_count(sum(known))}"


def _measured(table: Table) -> list[Line]:
    """The receptive field as autograd sees it, where that is quick and no border cuts it."""
    layers = [row.layer for row in table.rows if row.layer and row.is_image]
    shape = table.rows[0].shape
    slow, cut = table.totals.macs > QUICK, 2 * table.last_field > min(shape[:2])
    if not layers or table.dense or slow or cut:
        return []
    rows, columns = models.gradient_support(layers, shape)
    words = (
        "Measured: the gradient of one unit in the middle of the last feature map touches so many "
        "rows and columns of the input (all weights 1, pooling averaged)."
    )
    return [Line(rf"{rows} \times {columns}", words)]


def _multiplications(table: Table) -> Line:
    """The sum of all layers', and what counting the bias additions as well would give."""
    counts = [table.shown_macs(place) for place in range(len(table.rows))]
    learned = [row for row in table.rows if row.layer and row.layer.kind in ("conv", "fc")]
    with_biases = sum(counts) + sum(row.activations for row in learned)
    return Line(
        _sum("multiplications", counts),
        "Every weight works at every position of its map. Biases and pooling count none here; "
        f"torchinfo counts a bias as one more, which makes {numbers.count(with_biases)}.",
    )


def _layer_lines(table: Table, place: int) -> list[Line]:
    row, before = table.rows[place], table.rows[place - 1]
    layer = row.layer
    assert layer is not None
    name = f"**{row.name}**: "
    match layer.kind:
        case "conv" if table.dense:
            words = f"{name}a dense layer in its place, each output from all numbers that come in."
            return [Line(_dense_sum(before.activations, row.activations), words)]
        case "conv":
            return [*_window(name, row, before), _filters(row, before), *_field(table, place)]
        case "pool":
            return [*_window(name, row, before), *_field(table, place)]
        case "flatten":
            sides = r" \cdot ".join(tex_count(side) for side in before.shape)
            return [Line(rf"{sides} = {tex_count(row.shape[0])}", f"{name}all numbers in one row.")]
        case "gap":
            return [Line(str(row.shape[0]), f"{name}one mean for each channel.")]
        case "fc":
            inputs = before.activations
            source = "the one number" if inputs == 1 else f"each of {numbers.count(inputs)} numbers"
            words = f"{name}a weight from {source} to each output, one bias an output."
            return [Line(_dense_sum(inputs, layer.out_channels), words)]
        case "bn":
            words = f"{name}a scale and a shift for each channel."
            return [
                Line(rf"2 \cdot {tex_count(row.shape[-1])} = {tex_count(row.num_params)}", words)
            ]
    return [Line(r"\max(0, z)", f"{name}the same size, nothing learned.")]


def _dense_sum(inputs: int, outputs: int) -> str:
    n, k, total = (tex_count(v) for v in (inputs, outputs, inputs * outputs + outputs))
    return rf"{n} \cdot {k} + {k} = {total}"


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
    marks = {numbers.THIN: r"\,", "−": "-", "·": r" \cdot ", "⌊": r"\lfloor ", "⌋": r" \rfloor "}
    for mark, tex in marks.items():
        formula = formula.replace(mark, tex)
    return formula


def _filters(row: Row, before: Row) -> Line:
    layer = row.layer
    assert layer is not None
    k, c = layer.kernel_size, before.shape[2]
    deep = wording.counted(c, "channel")
    filters, total = tex_count(layer.out_channels), tex_count(row.num_params)
    return Line(
        rf"{k} \cdot {k} \cdot {tex_count(c)} \cdot {filters} + {filters} = {total}",
        f"Each filter is as deep as its input, {deep}; one bias a filter. No image size in it.",
    )


def _field(table: Table, place: int) -> list[Line]:
    """The receptive field, as long as one unit does not see the whole image."""
    row, before = table.rows[place], table.rows[place - 1]
    sides = table.shown_field(place)
    if sides is None:
        return []
    assert row.layer is not None
    k, field, jump = row.layer.kernel_size, before.receptive_field, before.jump
    cut = "" if sides == (row.receptive_field,) * 2 else ", where the image ends"
    return [
        Line(
            rf"r = {field} + ({k} - 1) \cdot {jump} = {row.receptive_field}",
            f"One unit sees {wording.field(table, place)} input pixels{cut}; neighbors are now "
            f"{row.jump} apart.",
        )
    ]
