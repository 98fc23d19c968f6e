"""Feature maps in numpy: convolution, pooling and averages, and what a shift does to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from viz.cnn.compute import Layer, Mode

Array = npt.NDArray[np.float64]
Padding = Literal["circular before", "circular both", "zeros before", "zeros both"]
PADDINGS: tuple[Padding, ...] = ("circular before", "circular both", "zeros before", "zeros both")
Parameters = tuple[tuple[Array, Array] | None, ...]
EXACT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class ShiftTest:
    """What every circular shift of the input does to the output.

    Attributes:
        shifts: shape (n, 2), (rows, columns) of each roll; the first is (0, 0).
        outputs: shape (n, K).
        changes: shape (n,), largest |output − unshifted output| over the K numbers.
        relative: the largest change divided by the largest |unshifted output|, or by the largest
            of any shift where the unshifted outputs are 0.
    """

    shifts: npt.NDArray[np.int64]
    outputs: Array
    changes: Array
    relative: float

    @property
    def exact(self) -> bool:
        """Whether nothing changes beyond rounding, 1e-12 of the output's size."""
        return self.relative < EXACT


def pad(images: Array, before: int, after: int, mode: Mode = "zeros") -> Array:
    """Add rows and columns around images, shape (..., H, W).

    Args:
        images: the last two axes are rows and columns.
        before: rows above and columns to the left.
        after: rows below and columns to the right.
        mode: what stands there: zeros, or the opposite edge.

    Raises:
        ValueError: a circular padding is wider than the image.
    """
    if mode == "circular" and max(before, after) > min(images.shape[-2:]):
        height, width = images.shape[-2:]
        raise ValueError(
            f"circular padding {max(before, after)} is wider than the {height}×{width} image"
        )
    widths = [(0, 0)] * (images.ndim - 2) + [(before, after)] * 2
    return np.pad(images, widths, mode="wrap" if mode == "circular" else "constant")


def conv2d(
    images: Array,
    weight: Array,
    bias: Array,
    *,
    before: int,
    after: int,
    mode: Mode = "zeros",
    stride: int = 1,
) -> Array:
    """Cross-correlate: the kernel is not flipped, as in torch.

    Args:
        images: shape (N, C, H, W).
        weight: shape (F, C, k, k).
        bias: shape (F,).
        before: as in `pad`.
        after: as in `pad`.
        mode: as in `pad`.
        stride: step of the kernel.

    Returns:
        Shape (N, F, H', W').
    """
    kernel = weight.shape[-1]
    padded = pad(images, before, after, mode)
    seen = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(-2, -1))
    seen = seen[:, :, ::stride, ::stride].transpose(0, 1, 4, 5, 2, 3)
    count, _, _, _, height, width = seen.shape
    # One column for each position: a single matrix product is several times quicker than taps.
    columns = np.ascontiguousarray(seen).reshape(count, -1, height * width)
    found: Array = weight.reshape(len(weight), -1) @ columns
    return found.reshape(count, -1, height, width) + bias[:, None, None]


def pool2d(images: Array, side: int, *, average: bool = False) -> Array:
    """The largest (or mean) of every square of ``side``; a rest at the edge is left out."""
    height, width = images.shape[-2] // side, images.shape[-1] // side
    cut = images[..., : height * side, : width * side]
    squares = cut.reshape(*images.shape[:-2], height, side, width, side)
    return squares.mean(axis=(-3, -1)) if average else squares.max(axis=(-3, -1))


def forward(layers: Sequence[Layer], parameters: Parameters, images: Array) -> tuple[Array, ...]:
    """Activations of every layer.

    Args:
        layers: what `viz.cnn.compute.analyse` accepts for the images' shape; no BN.
        parameters: for every layer (weight, bias) or None; a convolution's weight has shape
            (F, C, k, k), a fully connected layer's (K, n); FLATTEN runs over channels, then rows.
        images: shape (N, C, H, W).
    """
    found = [images]
    for layer, known in zip(layers, parameters, strict=True):
        found.append(_apply(layer, known, found[-1]))
    return tuple(found[1:])


def _apply(layer: Layer, known: tuple[Array, Array] | None, x: Array) -> Array:
    match layer.kind:
        case "conv":
            weight, bias = _numbers(layer, known)
            return conv2d(
                x,
                weight,
                bias,
                before=layer.before,
                after=layer.after,
                mode=layer.padding_mode,
                stride=layer.stride,
            )
        case "pool":
            return pool2d(x, layer.kernel_size, average=layer.average)
        case "relu":
            return np.maximum(x, 0)
        case "flatten":
            return x.reshape(len(x), -1)
        case "gap":
            return x.mean(axis=(-2, -1))
        case "fc":
            weight, bias = _numbers(layer, known)
            return x @ weight.T + bias
    raise ValueError(f"{layer.token} is not computed here")


def _numbers(layer: Layer, known: tuple[Array, Array] | None) -> tuple[Array, Array]:
    if known is None:
        raise ValueError(f"{layer.token} needs a weight and a bias")
    return known


def all_shifts(height: int, width: int) -> npt.NDArray[np.int64]:
    """Every (rows, columns), row by row; shape (H·W, 2)."""
    return np.stack(np.divmod(np.arange(height * width), width), axis=1)


def shift_test(
    layers: Sequence[Layer],
    parameters: Parameters,
    image: Array,
    shifts: npt.NDArray[np.int64] | None = None,
) -> ShiftTest:
    """Roll an image and compare the net's output with that of the image at rest.

    Args:
        layers: as in `forward`.
        parameters: as in `forward`.
        image: shape (C, H, W).
        shifts: shape (n, 2); all of them if not given. The first must be (0, 0).
    """
    shifts = all_shifts(*image.shape[-2:]) if shifts is None else shifts
    rolled = np.stack([np.roll(image, tuple(shift), (-2, -1)) for shift in shifts])
    outputs = forward(layers, parameters, rolled)[-1].reshape(len(shifts), -1)
    changes = np.abs(outputs - outputs[0]).max(axis=1)
    at_rest, most = float(np.abs(outputs[0]).max()), float(np.abs(outputs).max())
    scale = at_rest if at_rest > EXACT * most else most
    return ShiftTest(shifts, outputs, changes, float(changes.max()) / scale if scale else 0.0)


def padding_of(padding: Padding, kernel_size: int) -> tuple[int, int, Mode]:
    """(before, after, mode): before alone keeps the size, both is ⌊k/2⌋ on each side."""
    mode: Mode = "circular" if padding.startswith("circular") else "zeros"
    if padding.endswith("both"):
        return kernel_size // 2, kernel_size // 2, mode
    return kernel_size - 1, 0, mode


def gap_layers(
    padding: Padding, *, kernel_size: int = 2, channels: int = 3, pooled: bool = False
) -> tuple[Layer, ...]:
    """CONV → ReLU → (POOL2) → CONV → ReLU → GAP, the features of part (b)."""
    before, after, mode = padding_of(padding, kernel_size)
    token = f"CONV{kernel_size}-{channels}"
    conv = Layer("conv", token, kernel_size, channels, 1, before, after, mode)
    relu = Layer("relu", "RELU")
    pool = (Layer("pool", "POOL2", 2, stride=2),) if pooled else ()
    return (conv, relu, *pool, conv, relu, Layer("gap", "GAP"))


def with_weights(layers: Sequence[Layer], weights: Sequence[tuple[Array, Array]]) -> Parameters:
    """Give the convolutions and fully connected layers their numbers, in order."""
    left = iter(weights)
    return tuple(next(left) if layer.kind in ("conv", "fc") else None for layer in layers)


Weights = tuple[tuple[Array, Array], ...]


def hand_made_weights(horizontal: float, vertical: float, kernel_size: int = 2) -> Weights:
    """Two convolutions that find lines: channel 1 horizontal, channel 2 vertical, 3 nothing.

    Layer 1 has ``horizontal``·[[−1, −1], [1, 1]], ``vertical``·[[−1, 1], [−1, 1]] and zero;
    layer 2 hands channel i through its tap [1][1]. A larger kernel gets zeros around.
    """
    first = np.zeros((3, 1, kernel_size, kernel_size))
    first[0, 0, :2, :2] = horizontal * np.array([[-1.0, -1.0], [1.0, 1.0]])
    first[1, 0, :2, :2] = vertical * np.array([[-1.0, 1.0], [-1.0, 1.0]])
    second = np.zeros((3, 3, kernel_size, kernel_size))
    second[:, :, 1, 1] = np.eye(3)
    zero = np.zeros(3)
    return ((first, zero), (second, zero))


def random_weights(rng: np.random.Generator, kernel_size: int = 2, places: int = 2) -> Weights:
    """Two convolutions of normal numbers with standard deviation 1, rounded to be printed."""
    shapes = ((3, 1, kernel_size, kernel_size), (3, 3, kernel_size, kernel_size))
    return tuple(
        (np.round(rng.normal(size=shape), places), np.round(rng.normal(size=3), places))
        for shape in shapes
    )


def line_image(height: int, width: int, *, row: int = -1, column: int = -1) -> Array:
    """A line of ones in one row or one column (from 0), shape (1, H, W)."""
    image = np.zeros((1, height, width))
    if row >= 0:
        image[0, row] = 1
    if column >= 0:
        image[0, :, column] = 1
    return image
