"""The arithmetic of an architecture: shapes, parameters, multiplications, receptive fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from viz import grammar

Kind = Literal["conv", "pool", "flatten", "gap", "fc", "relu", "bn"]
Mode = Literal["zeros", "circular"]
Shape = tuple[int, ...]
MAX_SIDE, MAX_CHANNELS = 1024, 64
FLOAT_BYTES = 4
MAX_ARITHMETIC = 60


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer as it was written.

    Attributes:
        kind: what it does.
        token: its text, CONV3-10 s2.
        kernel_size: side of the kernel or of the pooled square.
        out_channels: filters of a convolution, outputs of a fully connected layer.
        stride: step of the kernel.
        before: rows added above and columns added to the left.
        after: rows added below and columns added to the right.
        padding_mode: zeros, or the opposite edge (an image on a torus).
        average: pooling takes the mean instead of the largest.
    """

    kind: Kind
    token: str
    kernel_size: int = 1
    out_channels: int = 0
    stride: int = 1
    before: int = 0
    after: int = 0
    padding_mode: Mode = "zeros"
    average: bool = False

    @property
    def name(self) -> str:
        """The first word of its text."""
        return self.token.split(" ")[0]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the exam's table.

    Attributes:
        name: the layer's text; "Input" for the first row.
        layer: None for the input.
        shape: (height, width, channels), or (numbers,) after FLATTEN or GAP.
        num_params: how many numbers it learns, biases included.
        formula: the sum that gives num_params, 3×3×10×10 + 10; empty where nothing is learned.
        macs: multiplications of one image; biases and pooling count none.
        receptive_field: side of the square of input pixels that one output depends on;
            None after FLATTEN or GAP (the whole image).
        jump: distance of neighboring outputs, in input pixels; None likewise.
    """

    name: str
    layer: Layer | None
    shape: Shape
    num_params: int = 0
    formula: str = ""
    macs: int = 0
    receptive_field: int | None = 1
    jump: int | None = 1

    @property
    def activations(self) -> int:
        """How many numbers it puts out."""
        return size(self.shape)

    @property
    def memory(self) -> int:
        """Bytes of its output in float32."""
        return FLOAT_BYTES * self.activations

    @property
    def is_image(self) -> bool:
        """Whether it still has rows and columns."""
        return len(self.shape) == 3


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the rows of a table."""

    num_params: int
    macs: int
    activations: int
    memory: int


def size(shape: Shape) -> int:
    """The product of a shape."""
    product = 1
    for side in shape:
        product *= side
    return product


def size_text(shape: Shape) -> str:
    """28×28×10."""
    return "×".join(str(side) for side in shape)


def output_side(side: int, layer: Layer) -> int:
    """floor((n + before + after − k) / stride) + 1."""
    return (side + layer.before + layer.after - layer.kernel_size) // layer.stride + 1


def analyse(layers: Sequence[Layer], input_shape: Shape) -> tuple[Row, ...]:
    """The exam's table: the input and one row per layer.

    H' = ⌊(H + before + after − k)/s⌋ + 1, parameters k·k·C·F + F and n·K + K; the receptive
    field grows as r ← r + (k − 1)·j with j ← j·s (Araujo, Norris & Sim 2019). Whole numbers
    are exact at any size.

    Args:
        layers: as `viz.cnn.language.parse` gives them.
        input_shape: (height, width, channels), sides 1 to 1024, channels 1 to 64.

    Raises:
        ValueError: naming the layer (from 1) that does not fit, and why.
    """
    _check_input(input_shape)
    rows = [Row("Input", None, input_shape)]
    flattened = ""
    for number, layer in enumerate(layers, 1):
        problem = _misfit(layer, rows[-1], flattened)
        if problem:
            raise ValueError(f"layer {number}: {problem}")
        rows.append(_row(layer, rows[-1]))
        if layer.kind in ("flatten", "gap"):
            flattened = f"{layer.name} (layer {number})"
    return tuple(rows)


def totals(rows: Sequence[Row]) -> Totals:
    """Sums over all rows; the activations count the input too."""
    return Totals(
        sum(row.num_params for row in rows),
        sum(row.macs for row in rows),
        sum(row.activations for row in rows),
        sum(row.memory for row in rows),
    )


def equivalent_dense(inputs: Shape, outputs: Shape) -> int:
    """Parameters of one fully connected layer between two shapes: n·m + m."""
    return size(inputs) * size(outputs) + size(outputs)


def exact_value(text: str) -> Fraction:
    """The value of plain arithmetic: digits, + − * × x / ^ and brackets, exactly.

    Raises:
        ValueError: it cannot be read, or is longer than 60 characters.
    """
    if len(text) > MAX_ARITHMETIC:
        raise ValueError(f"at most {MAX_ARITHMETIC} characters are read, got {len(text)}")
    plain = _without_thousands(re.sub(r"(?<=[\d)])(\s*)[xX](?=\s*[\d(])", r"\1*", text))
    return grammar.read_polynomial(plain, ()).terms.get((), Fraction(0))


def _without_thousands(text: str) -> str:
    groups = re.split("[,\u2009\u202f\u00a0 ]", text.strip())
    grouped = len(groups) > 1 and all(part.isdecimal() for part in groups)
    if grouped and len(groups[0]) <= 3 and all(len(part) == 3 for part in groups[1:]):
        return "".join(groups)
    return text


def _check_input(shape: Shape) -> None:
    limits = (("height", MAX_SIDE), ("width", MAX_SIDE), ("channels", MAX_CHANNELS))
    for side, (name, high) in zip(shape, limits, strict=True):
        if not 1 <= side <= high:
            raise ValueError(f"input {name} must be between 1 and {high}, got {side}")


def _misfit(layer: Layer, before: Row, flattened: str) -> str:
    """Why a layer cannot follow; empty if it can."""
    if layer.kind == "fc" and before.is_image:
        return f"{layer.name} needs a flat input; put FLATTEN or GAP before it"
    if layer.kind in ("conv", "pool", "flatten", "gap") and not before.is_image:
        return f"{layer.name} needs an image, but {flattened} removed height and width"
    if layer.kind not in ("conv", "pool"):
        return ""
    height, width = before.shape[:2]
    if min(output_side(height, layer), output_side(width, layer)) < 1:
        if layer.kind == "pool":
            return f"{layer.name} does not fit, only {height}×{width} is left"
        kernel = f"{layer.kernel_size}×{layer.kernel_size}"
        return f"a {kernel} kernel does not fit into {height}×{width} with {_padding(layer)}"
    if layer.padding_mode == "circular" and layer.before > min(height, width):
        return f"circular padding {layer.before} is wider than the {height}×{width} image"
    return ""


def _padding(layer: Layer) -> str:
    if layer.before == layer.after:
        return f"padding {layer.before}"
    return f"padding {layer.before} before and {layer.after} after"


def _row(layer: Layer, before: Row) -> Row:
    match layer.kind:
        case "conv" | "pool":
            return _window_row(layer, before)
        case "flatten":
            flat = (before.activations,)
            return Row(layer.token, layer, flat, receptive_field=None, jump=None)
        case "gap":
            flat = (before.shape[2],)
            return Row(layer.token, layer, flat, receptive_field=None, jump=None)
        case "fc":
            return _dense_row(layer, before)
    channels = before.shape[-1]
    normed = layer.kind == "bn"
    return Row(
        layer.token,
        layer,
        before.shape,
        2 * channels if normed else 0,
        f"2×{channels}" if normed else "",
        0,
        before.receptive_field,
        before.jump,
    )


def _window_row(layer: Layer, before: Row) -> Row:
    height, width, channels = before.shape
    k, filters = layer.kernel_size, layer.out_channels
    conv = layer.kind == "conv"
    rows, columns = output_side(height, layer), output_side(width, layer)
    field, jump = before.receptive_field or 1, before.jump or 1
    return Row(
        layer.token,
        layer,
        (rows, columns, filters if conv else channels),
        k * k * channels * filters + filters if conv else 0,
        f"{k}×{k}×{channels}×{filters} + {filters}" if conv else "",
        rows * columns * filters * k * k * channels if conv else 0,
        field + (k - 1) * jump,
        jump * layer.stride,
    )


def _dense_row(layer: Layer, before: Row) -> Row:
    count, outputs = before.activations, layer.out_channels
    return Row(
        layer.token,
        layer,
        (outputs,),
        count * outputs + outputs,
        f"{count}×{outputs} + {outputs}",
        count * outputs,
        None,
        None,
    )
