"""The exam's table with the cells that are to be predicted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from viz.cnn.compute import Layer, Row, Shape, Totals, analyse, equivalent_dense, totals

Cell = tuple[int, Literal["shape", "params"]]


@dataclass(frozen=True, slots=True)
class Table:
    """An architecture and its table.

    Attributes:
        text: the architecture as it was written.
        rows: the input, then every layer.
        hidden: cells that the film reveals one after the other.
        dense: whether convolutions, if there are any, are shown as the dense layers that could
            replace them.
    """

    text: str
    layers: tuple[Layer, ...]
    rows: tuple[Row, ...]
    hidden: tuple[Cell, ...] = ()
    dense: bool = False

    @property
    def totals(self) -> Totals:
        """Sums of the columns."""
        return totals(self.rows)

    @property
    def last_field(self) -> int:
        """Receptive field of the last feature map, on an image that is large enough."""
        return [row.receptive_field for row in self.rows if row.receptive_field][-1] or 1

    @property
    def last_map(self) -> int:
        """The row of the last feature map."""
        return [place for place, row in enumerate(self.rows) if row.is_image][-1]

    @property
    def heaviest(self) -> int:
        """The row with the most parameters; the first of equals."""
        return max(range(len(self.rows)), key=lambda i: self.rows[i].num_params)

    def dense_params(self, place: int) -> int:
        """Parameters of a dense layer with the input and output of row ``place``."""
        return equivalent_dense(self.rows[place - 1].shape, self.rows[place].shape)

    def _is_replaced(self, place: int) -> bool:
        layer = self.rows[place].layer
        return self.dense and layer is not None and layer.kind == "conv"

    def shown_field(self, place: int) -> tuple[int, int] | None:
        """Rows and columns of the input that one unit sees; None is the whole image."""
        side = self.rows[place].receptive_field
        if side is None or any(self._is_replaced(before) for before in range(1, place + 1)):
            return None
        height, width, _ = self.rows[0].shape
        return min(side, height), min(side, width)

    def shown_params(self, place: int) -> int:
        """Parameters of a row as it is drawn, convolutions dense if that is asked for."""
        row = self.rows[place]
        return self.dense_params(place) if self._is_replaced(place) else row.num_params

    def shown_formula(self, place: int) -> str:
        """3×3×1×10 + 10, or 784×7840 + 7840 where a dense layer takes the convolution's place."""
        row = self.rows[place]
        if not self._is_replaced(place):
            return row.formula
        inputs, outputs = self.rows[place - 1].activations, row.activations
        return f"{inputs}×{outputs} + {outputs}"

    def shown_macs(self, place: int) -> int:
        """Multiplications of a row as it is drawn."""
        row = self.rows[place]
        if not self._is_replaced(place):
            return row.macs
        return self.rows[place - 1].activations * row.activations


def table(
    text: str,
    layers: tuple[Layer, ...],
    input_shape: Shape,
    *,
    hidden: Sequence[Cell] = (),
    dense: bool = False,
) -> Table:
    """Analyse an architecture; hidden cells that do not exist are left out."""
    rows = analyse(layers, input_shape)
    known = tuple(cell for cell in hidden if cell[0] < len(rows))
    return Table(text, layers, rows, known, dense and any(one.kind == "conv" for one in layers))


def every_cell(rows: Sequence[Row]) -> tuple[Cell, ...]:
    """Both cells of every layer, in reading order."""
    return tuple(
        cell for place in range(1, len(rows)) for cell in ((place, "params"), (place, "shape"))
    )


def one_cell_each(rows: Sequence[Row]) -> tuple[Cell, ...]:
    """Of every layer the cell that is not plain: what it learns, or the shape if that is nothing.

    Every second convolution is asked for its shape.
    """
    found: list[Cell] = []
    num_convs = 0
    for place, row in enumerate(rows[1:], 1):
        is_conv = row.layer is not None and row.layer.kind == "conv"
        num_convs += is_conv
        plain = not row.num_params or (is_conv and num_convs % 2 == 0)
        found.append((place, "shape" if plain else "params"))
    return tuple(found)


def named_cells(rows: Sequence[Row], names: Sequence[tuple[str, str]]) -> tuple[Cell, ...]:
    """Cells by the layer's name, its second occurrence as "CONV3-10#2", and the column."""
    found: list[Cell] = []
    for name, column in names:
        bare, _, number = name.partition("#")
        places = [i for i, row in enumerate(rows) if row.name == bare]
        if len(places) >= int(number or 1):
            found.append((places[int(number or 1) - 1], column))  # type: ignore[arg-type]
    return tuple(found)
