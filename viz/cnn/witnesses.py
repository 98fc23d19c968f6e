"""The same number found in several ways."""

from collections.abc import Mapping

import numpy as np

from viz.cnn import models, sweeps, training
from viz.cnn.compute import Layer, exact_value
from viz.cnn.filters import FilterWalk
from viz.cnn.maps import Array
from viz.cnn.slides import Slide
from viz.cnn.sweeps import STEPS, Sweep
from viz.cnn.tabulation import Table

SMALL = 200


def table_agree(table: Table) -> Mapping[str, float]:
    """All parameters: our sum, the printed arithmetic read back, torch's tensors counted."""
    printed = sum(exact_value(row.formula) for row in table.rows if row.formula)
    return {
        "table": float(table.totals.num_params),
        "arithmetic as printed": float(printed),
        "PyTorch": float(models.count_parameters(table.layers, table.rows[0].shape)),
    }


def slide_agree(result: Slide) -> Mapping[str, float]:
    """The sum of the features of the shift shown first: numpy, torch, plain loops."""
    image = result.rolled[result.start]
    found = {
        "numpy": float(result.features[result.start].sum()),
        "PyTorch": float(models.outputs(result.layers, result.parameters, image[None, None]).sum()),
    }
    if image.size <= SMALL:
        found["plain loops"] = _looped(result, image)
    return found


def _looped(result: Slide, image: Array) -> float:
    """Position by position, channel by channel, tap by tap."""
    channels = [image]
    for layer, known in zip(result.layers, result.parameters, strict=True):
        match layer.kind:
            case "conv":
                assert known is not None
                channels = [
                    _one_map(layer, channels, known[0][f], float(known[1][f]))
                    for f in range(layer.out_channels)
                ]
            case "relu":
                channels = [np.where(channel > 0, channel, 0.0) for channel in channels]
            case "pool":
                channels = [_largest(channel) for channel in channels]
    return float(sum(channel.sum() / channel.size for channel in channels))


def _one_map(layer: Layer, channels: list[Array], weight: Array, bias: float) -> Array:
    height, width = channels[0].shape
    sides = [side + layer.before + layer.after - layer.kernel_size + 1 for side in (height, width)]
    found = np.full(sides, bias)
    wraps = layer.padding_mode == "circular"
    for row, column in np.ndindex(*sides):
        for c, tap_row, tap_column in np.ndindex(*weight.shape):
            y, x = row + tap_row - layer.before, column + tap_column - layer.before
            if wraps or (0 <= y < height and 0 <= x < width):
                pixel = channels[c][y % height, x % width]
                found[row, column] += weight[c, tap_row, tap_column] * pixel
    return found


def _largest(channel: Array) -> Array:
    height, width = (side // 2 for side in channel.shape)
    found = np.empty((height, width))
    for row, column in np.ndindex(height, width):
        found[row, column] = channel[2 * row : 2 * row + 2, 2 * column : 2 * column + 2].max()
    return found


def sweep_agree(result: Sweep) -> Mapping[str, float]:
    """The largest change of an output under shifts, weights 0.3 cos(1), 0.3 cos(2), ..."""
    image = np.zeros((1, 1, training.SIDE, training.SIDE))
    middle = training.SIDE // 2
    image[0, 0, middle if result.kind == 0 else slice(None)] = 1 if result.kind == 0 else 0
    if result.kind == 1:
        image[0, 0, :, middle] = 1
    moved = np.concatenate([np.roll(image, step, 2 + result.kind) for step in STEPS])
    layers = training.net(result.net)
    outputs = models.outputs(layers, sweeps.cosine_parameters(result.net), moved)
    change = np.abs(outputs - outputs[0]).max() / np.abs(outputs[0]).max()
    return {"numpy": result.untrained_change, "PyTorch": float(change)}


def filter_agree(result: FilterWalk) -> Mapping[str, float]:
    """One number of the map: numpy's, the products added up, torch's."""
    import torch

    row, column = divmod(result.strongest, result.output.shape[1])
    products = zip(result.seen(result.strongest).ravel(), result.kernel.ravel(), strict=True)
    padded, kernel = (
        torch.from_numpy(np.array(part))[None, None] for part in (result.padded, result.kernel)
    )
    found = torch.nn.functional.conv2d(padded, kernel, stride=result.stride)
    return {
        "numpy": float(result.output[row, column]),
        "products added up": float(sum(pixel * weight for pixel, weight in products)),
        "PyTorch": float(found[0, 0, row, column]),
    }
