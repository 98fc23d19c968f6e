"""Sentences and numbers of the table: what each layer does, in the exam's arithmetic."""

import re

from viz.cnn.compute import Layer, Row, Shape
from viz.cnn.tabulation import Cell, Table
from viz.draw.numbers import count, short

MOST_DIGITS = 9
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def number(value: int) -> str:
    """A count with thin spaces; beyond nine digits as a power of ten."""
    return count(value) if len(str(value)) <= MOST_DIGITS else short(float(value), 3)


def formula(text: str) -> str:
    """A formula with thin spaces in its numbers."""
    return re.sub(r"\d{4,}", lambda found: count(int(found.group())), text)


def bare(text: str) -> str:
    """A text without its tags."""
    return re.sub(r"<[^>]*>", "", text)


def shape(sides: Shape) -> str:
    """28×28×10, a long row of numbers with thin spaces."""
    return "×".join(count(side) for side in sides)


def side_formula(side: int, layer: Layer, result: int) -> str:
    """(28 + 2·1 − 3)/1 + 1 = 28, rounded down where the stride leaves a rest."""
    if layer.before == layer.after:
        added = f" + 2·{layer.before}" if layer.before else ""
    else:
        added = f" + {layer.before + layer.after}"
    total = side + layer.before + layer.after - layer.kernel_size
    inside = f"({side}{added} − {layer.kernel_size})/{layer.stride}"
    if total % layer.stride:
        inside = f"⌊{inside}⌋"
    return f"{inside} + 1 = {result}"


def shown_formula(table: Table, place: int) -> str:
    """3×3×1×10 + 10, or 784×7 840 + 7 840 where a dense layer takes the convolution's place."""
    row = table.rows[place]
    if table.dense and row.layer is not None and row.layer.kind == "conv":
        inputs, outputs = table.rows[place - 1].activations, row.activations
        return formula(f"{inputs}×{outputs} + {outputs}")
    return formula(row.formula)


def field(row: Row) -> str:
    """What one unit sees."""
    side = row.receptive_field
    return f"{side}×{side}" if side else "all"


def whole(table: Table) -> str:
    """The sentence of the whole net."""
    if table.dense:
        return _whole_dense(table)
    sums, layers = table.totals, len(table.layers)
    heavy = table.rows[table.heaviest]
    said = f"{layers} layer{'s' if layers > 1 else ''}, {{par:{count(sums.num_params)}}} parameters"
    said += f", {{fwd:{count(sums.macs)}}} multiplications"
    if sums.num_params:
        said += f"; {heavy.num_params / sums.num_params:.0%} of the parameters sit in {heavy.name}"
    side = table.last_field
    return f"{said}. One unit of the last feature map sees {side}×{side} input pixels."


def _whole_dense(table: Table) -> str:
    params = count(sum(table.shown_params(place) for place in range(len(table.rows))))
    return (
        f"With dense layers in place of the convolutions the net would learn {{par:{params}}} "
        f"numbers instead of {count(table.totals.num_params)}; the bars are logarithmic."
    )


def layer_sentence(table: Table, place: int) -> str:
    """What the layer of a row does."""
    row, before = table.rows[place], table.rows[place - 1]
    layer = row.layer
    assert layer is not None
    size = f"{{fwd:{shape(row.shape)}}}"
    sees = f"One unit sees {field(row)} input pixels."
    match layer.kind:
        case "conv" if table.dense:
            return _dense_sentence(table, place)
        case "conv":
            rows = side_formula(before.shape[0], layer, row.shape[0])
            return (
                f"{row.name} puts out {size}: {rows} rows. It learns {formula(row.formula)} = "
                f"{{par:{count(row.num_params)}}} numbers. {sees}"
            )
        case "pool":
            kept = "averages every" if layer.average else "keeps the largest of every"
            k = layer.kernel_size
            return f"{row.name} {kept} {k}×{k} square: {size}. It learns nothing. {sees}"
        case "flatten":
            return f"FLATTEN writes {shape(before.shape)} = {size} numbers in one row."
        case "gap":
            one = f"each of the {before.shape[2]} maps" if before.shape[2] > 1 else "the one map"
            return f"GAP averages {one} over all positions: {size} left, and where is forgotten."
        case "fc":
            return (
                f"{row.name} has a weight from each of {count(before.activations)} numbers to "
                f"each of {size}: {formula(row.formula)} = {{par:{count(row.num_params)}}}."
            )
        case "bn":
            learned = f"{{par:{count(row.num_params)}}}"
            return f"BN learns a scale and a shift for each channel: {row.formula} = {learned}."
    return f"RELU replaces what is negative by 0: {size}. It learns nothing."


def _dense_sentence(table: Table, place: int) -> str:
    row, before = table.rows[place], table.rows[place - 1]
    params = table.dense_params(place)
    times = (
        short(params / row.num_params, 3)
        if params < 100 * row.num_params
        else count(round(params / row.num_params))
    )
    return (
        f"A dense layer from {shape(before.shape)} to {shape(row.shape)} would learn "
        f"{{par:{count(params)}}} numbers, {times} times as many as {row.name} with "
        f"{count(row.num_params)}."
    )


def cell_sentence(table: Table, cell: Cell) -> str:
    """A revealed cell with its arithmetic."""
    place, column = cell
    row = table.rows[place]
    if column == "params":
        sum_ = f"{formula(row.formula)} = " if row.formula else ""
        words = "" if row.formula else ", there is nothing to learn"
        return f"{row.name}, parameters: {sum_}{{par:{count(row.num_params)}}}{words}."
    size = f"{{fwd:{shape(row.shape)}}}"
    layer = row.layer
    if layer is not None and layer.kind in ("conv", "pool"):
        rows = side_formula(table.rows[place - 1].shape[0], layer, row.shape[0])
        return f"{row.name}, activations: {rows}, so {size}."
    return f"{row.name}, activations: {size}."


def _ordinal(place: int) -> str:
    """The name of a place counted from 0."""
    if place < len(ORDINALS):
        return ORDINALS[place]
    number = place + 1
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number // 10 % 10 == 1 else endings.get(number % 10, 'th')}"


def asked_sentence(table: Table, num_left: int, asked: Cell | None) -> str:
    """Which cell to predict next."""
    if asked is None:
        return "That was the last one."
    place, column = asked
    name = table.rows[place].name
    same = [i for i, row in enumerate(table.rows) if row.name == name]
    nth = f"the {_ordinal(same.index(place))} {name}" if len(same) > 1 else name
    what = "parameters" if column == "params" else "activations"
    cells = "one cell is" if num_left == 1 else f"{num_left} cells are"
    return f"Predict the {what} of {nth}, then take a step; {cells} hidden."
