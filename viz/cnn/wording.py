"""Sentences and numbers of the table: what each layer does, in the exam's arithmetic."""

import re

from viz.cnn.compute import Layer, Row, Shape
from viz.cnn.tabulation import Cell, Table
from viz.draw.numbers import THIN, count, short

MOST_DIGITS = 9
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def number(value: int) -> str:
    """A count with thin spaces; beyond nine digits as a power of ten."""
    return count(value) if len(str(value)) <= MOST_DIGITS else short(float(value), 3)


def tex_count(value: int) -> str:
    """The same for a LaTeX formula, however large."""
    return count(value).replace(THIN, r"\,")


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
    return formula(f"{inside} + 1 = {result}")


def field(table: Table, place: int) -> str:
    """What one unit sees."""
    sides = table.shown_field(place)
    return shape(sides) if sides else "all"


def counted(value: int, noun: str) -> str:
    """1 number, 2 483 numbers."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def share(part: int, total: int) -> str:
    """A whole percentage; 100% only of what is all."""
    rounded = f"{part / total:.0%}"
    return "over 99%" if rounded == "100%" and part < total else rounded


def which(table: Table, place: int) -> str:
    """The layer's name, and which one of that name it is."""
    name = table.rows[place].name
    same = [i for i, row in enumerate(table.rows) if row.name == name]
    return f"the {_ordinal(same.index(place))} {name}" if len(same) > 1 else name


def whole(table: Table) -> str:
    """The sentence of the whole net."""
    if table.dense:
        return _whole_dense(table)
    sums, layers = table.totals, len(table.layers)
    said = f"{counted(layers, 'layer')}, {{par:{count(sums.num_params)}}} parameters"
    said += f", {{fwd:{count(sums.macs)}}} multiplication{'' if sums.macs == 1 else 's'}"
    if sums.num_params:
        part = share(table.rows[table.heaviest].num_params, sums.num_params)
        said += f"; {part} of the parameters sit in {which(table, table.heaviest)}"
    seen = field(table, table.last_map)
    return f"{said}. One unit of the last feature map sees {seen} input pixels."


def _whole_dense(table: Table) -> str:
    params = count(sum(table.shown_params(place) for place in range(len(table.rows))))
    return (
        f"With dense layers in place of the convolutions the net would learn {{par:{params}}} "
        f"numbers instead of {count(table.totals.num_params)}."
    )


def layer_sentence(table: Table, place: int) -> str:
    """What the layer of a row does."""
    row, before = table.rows[place], table.rows[place - 1]
    layer = row.layer
    assert layer is not None
    size = f"{{fwd:{shape(row.shape)}}}"
    sees = f"One unit sees {field(table, place)} input pixels."
    match layer.kind:
        case "conv" if table.dense:
            return _dense_sentence(table, place)
        case "conv":
            rows = side_formula(before.shape[0], layer, row.shape[0])
            return (
                f"{row.name} puts out {size}: {rows} {_rows(row)}. It learns "
                f"{formula(row.formula)} = {{par:{count(row.num_params)}}} numbers. {sees}"
            )
        case "pool":
            kept = "averages every" if layer.average else "keeps the largest of every"
            k = layer.kernel_size
            return f"{row.name} {kept} {k}×{k} square: {size}. It learns nothing. {sees}"
        case "flatten":
            one = "number" if row.activations == 1 else "numbers"
            return f"FLATTEN writes {shape(before.shape)} = {size} {one} in one row."
        case "gap":
            one = f"each of the {before.shape[2]} maps" if before.shape[2] > 1 else "the one map"
            return f"GAP averages {one} over all positions: {size} left, and where is forgotten."
        case "fc":
            inputs = before.activations
            source = "the one number" if inputs == 1 else f"each of {count(inputs)} numbers"
            target = f"its {size} output" if row.activations == 1 else f"each of {size}"
            return (
                f"{row.name} has a weight from {source} to {target}: "
                f"{formula(row.formula)} = {{par:{count(row.num_params)}}}."
            )
        case "bn":
            learned = f"{{par:{count(row.num_params)}}}"
            return f"BN learns a scale and a shift for each channel: {row.formula} = {learned}."
    return f"RELU replaces what is negative by 0: {size}. It learns nothing."


def _rows(row: Row) -> str:
    return "row" if row.shape[0] == 1 else "rows"


def _dense_sentence(table: Table, place: int) -> str:
    row, before = table.rows[place], table.rows[place - 1]
    params = table.dense_params(place)
    return (
        f"A dense layer from {shape(before.shape)} to {shape(row.shape)} would learn "
        f"{{par:{count(params)}}} numbers, {_times(params / row.num_params)} as {row.name} with "
        f"{count(row.num_params)}."
    )


def _times(ratio: float) -> str:
    """3.5 times as many, 61 544 times as many."""
    if ratio == 1:
        return "as many"
    return f"{short(ratio, 3) if ratio < 100 else count(round(ratio))} times as many"


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
    what = "parameters" if column == "params" else "activations"
    cells = "one cell is" if num_left == 1 else f"{num_left} cells are"
    return f"Predict the {what} of {which(table, place)}, then take a step; {cells} hidden."
