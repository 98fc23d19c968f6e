"""Nets that learn horizontal, vertical or no line, and how they do where they never looked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.cnn import models
from viz.cnn.compute import Layer, Shape, analyse
from viz.cnn.language import parse
from viz.cnn.maps import Array, Parameters

CLASSES = ("horizontal", "vertical", "none")
SIDE, NOISE = 28, 0.3
MIDDLE, ANYWHERE = (8, 19), (0, SIDE - 1)
NUM_IMAGES, NUM_TESTS, NUM_EPOCHS, BATCH, RATE = 600, 300, 15, 50, 0.01
NUM_SHIFTS, NUM_SHIFTED, PER_PLACE = 100, 30, 50
NETS = {
    "FLATTEN, zeros": "CONV3-10 RELU POOL2 CONV3-10 RELU POOL2 FLATTEN FC-3",
    "FLATTEN, circular": "CONV3-10 circ RELU POOL2 CONV3-10 circ RELU POOL2 FLATTEN FC-3",
    "GAP, zeros": "CONV3-10 RELU CONV3-10 RELU GAP FC-3",
    "GAP, circular, POOL2": "CONV3-10 circ RELU POOL2 CONV3-10 circ RELU GAP FC-3",
    "GAP, circular": "CONV3-10 circ RELU CONV3-10 circ RELU GAP FC-3",
}


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Pictures of lines on noise.

    Attributes:
        images: shape (n, 1, H, W).
        labels: shape (n,), places in CLASSES.
    """

    images: Array
    labels: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How a trained net does.

    Attributes:
        middle: share right where lines stand as in training.
        anywhere: share right where lines stand anywhere.
        same_class: share of circular shifts that keep the answer.
        logit_change: largest change of a logit under a shift, over the largest logit at rest.
        by_place: shape (2, 28), share right for horizontal and vertical lines at each index.
    """

    middle: float
    anywhere: float
    same_class: float
    logit_change: float
    by_place: Array


def line_pictures(
    rng: np.random.Generator,
    count: int,
    *,
    low: int,
    high: int,
    size: tuple[int, int] = (SIDE, SIDE),
    noise: float = NOISE,
) -> Lines:
    """Draw classes evenly; a line of height 1 at an index from ``low`` to ``high``, plus noise."""
    labels = rng.integers(3, size=count)
    places = rng.integers(low, high + 1, size=count)
    images = noise * rng.normal(size=(count, 1, *size))
    for image, label, place in zip(images, labels, places, strict=True):
        if label == 0:
            image[0, place % size[0]] += 1
        elif label == 1:
            image[0, :, place % size[1]] += 1
    return Lines(images, labels)


def initial_parameters(
    rng: np.random.Generator, layers: Sequence[Layer], input_shape: Shape
) -> Parameters:
    """Uniform within ±1/√fan_in, torch's rule for nn.Conv2d and nn.Linear."""
    rows = analyse(layers, input_shape)
    found: list[tuple[Array, Array] | None] = []
    for layer, before in zip(layers, rows, strict=False):
        if layer.kind not in ("conv", "fc"):
            found.append(None)
            continue
        tail: tuple[int, ...] = (before.activations,)
        if layer.kind == "conv":
            tail = (before.shape[2], layer.kernel_size, layer.kernel_size)
        bound = 1 / np.sqrt(np.prod(tail))
        weight = rng.uniform(-bound, bound, (layer.out_channels, *tail))
        found.append((weight, rng.uniform(-bound, bound, layer.out_channels)))
    return tuple(found)


def train(
    rng: np.random.Generator,
    layers: Sequence[Layer],
    lines: Lines,
    *,
    num_epochs: int = NUM_EPOCHS,
    lr: float = RATE,
) -> Parameters:
    """Adam on the cross-entropy in batches of 50, float32; returns the numbers learned."""
    import torch

    channels, height, width = lines.images.shape[1:]
    shape = (height, width, channels)
    model = models.torch_model(layers, shape, initial_parameters(rng, layers, shape)).float()
    images = torch.from_numpy(lines.images).float()
    labels = torch.from_numpy(lines.labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for _ in range(num_epochs):
        order = torch.from_numpy(rng.permutation(len(labels)))
        for batch in order.split(BATCH):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
    return _learned(layers, list(model.parameters()))


def _learned(layers: Sequence[Layer], tensors: list[object]) -> Parameters:
    arrays = [tensor.detach().double().numpy() for tensor in tensors]  # type: ignore[attr-defined]
    pairs = iter(list(zip(arrays[::2], arrays[1::2], strict=True)))
    return tuple(next(pairs) if layer.kind in ("conv", "fc") else None for layer in layers)


def scores(rng: np.random.Generator, layers: Sequence[Layer], parameters: Parameters) -> Scores:
    """Measure a net of 28×28 pictures as the page reports it."""
    middle = line_pictures(rng, NUM_TESTS, low=MIDDLE[0], high=MIDDLE[1])
    anywhere = line_pictures(rng, NUM_TESTS, low=ANYWHERE[0], high=ANYWHERE[1])
    same, change = _under_shifts(rng, layers, parameters, middle.images[:NUM_SHIFTED])
    return Scores(
        accuracy(layers, parameters, middle),
        accuracy(layers, parameters, anywhere),
        same,
        change,
        _by_place(rng, layers, parameters),
    )


def accuracy(layers: Sequence[Layer], parameters: Parameters, lines: Lines) -> float:
    """The share of right answers."""
    found = models.outputs(layers, parameters, lines.images).argmax(axis=1)
    return float((found == lines.labels).mean())


def _under_shifts(
    rng: np.random.Generator, layers: Sequence[Layer], parameters: Parameters, images: Array
) -> tuple[float, float]:
    rest = models.outputs(layers, parameters, images)
    same, change = 0.0, 0.0
    for _ in range(NUM_SHIFTS):
        shift = tuple(int(v) for v in rng.integers(SIDE, size=2))
        moved = models.outputs(layers, parameters, np.roll(images, shift, (-2, -1)))
        same += float((moved.argmax(1) == rest.argmax(1)).mean()) / NUM_SHIFTS
        change = max(change, float(np.abs(moved - rest).max() / np.abs(rest).max()))
    return min(same, 1.0), change


def _by_place(rng: np.random.Generator, layers: Sequence[Layer], parameters: Parameters) -> Array:
    found = np.zeros((2, SIDE))
    for place in range(SIDE):
        noise = NOISE * rng.normal(size=(2, PER_PLACE, 1, SIDE, SIDE))
        noise[0, :, 0, place] += 1
        noise[1, :, 0, :, place] += 1
        for kind in (0, 1):
            answers = models.outputs(layers, parameters, noise[kind]).argmax(axis=1)
            found[kind, place] = (answers == kind).mean()
    return found


def net(name: str) -> tuple[Layer, ...]:
    """The layers of a net of NETS."""
    return parse(NETS[name])


def trained(name: str, seed: int) -> tuple[Parameters, Scores]:
    """Train one of NETS with its seed and measure it."""
    rng = np.random.default_rng(seed)
    layers = net(name)
    lines = line_pictures(rng, NUM_IMAGES, low=MIDDLE[0], high=MIDDLE[1])
    parameters = train(rng, layers, lines)
    return parameters, scores(rng, layers, parameters)
