"""A line that visits every place of a picture, read by nets that saw it only in the middle."""

from dataclasses import dataclass

import numpy as np

from viz.cnn import maps, store, training
from viz.cnn.compute import Row, analyse
from viz.cnn.maps import Array, Parameters

STEPS = (0, 1, 2, 13, 14)


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """A line that stands at every place of a picture, read by a trained net.

    Attributes:
        net: its name in `training.NETS`.
        kind: 0 horizontal, 1 vertical.
        images: shape (28, 28, 28), place first.
        probs: shape (28, 3), softmax of the net's outputs.
        rows: the net's table.
        untrained_change: largest relative change of the outputs of the same architecture with
            weights 0.3 cos(1), 0.3 cos(2), ... when a line in the middle is shifted by STEPS.
    """

    net: str
    kind: int
    images: Array
    probs: Array
    rows: tuple[Row, ...]
    untrained_change: float

    @property
    def record(self) -> store.Record:
        """What five seeds of the net reached."""
        return store.records()[self.net]

    @property
    def num_right(self) -> int:
        """At how many places the likeliest class is the right one."""
        return int((self.probs.argmax(axis=1) == self.kind).sum())


def sweep(net: str, kind: int, rng: np.random.Generator) -> Sweep:
    """Move a line of height 1 over one picture of noise 0.3 and ask a trained net."""
    side = training.SIDE
    noise = training.NOISE * rng.normal(size=(side, side))
    images = np.repeat(noise[None], side, axis=0)
    for place in range(side):
        if kind == 0:
            images[place, place] += 1
        else:
            images[place, :, place] += 1
    layers = training.net(net)
    logits = maps.forward(layers, store.parameters(net), images[:, None])[-1]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Sweep(
        net,
        kind,
        images,
        powers / powers.sum(axis=1, keepdims=True),
        analyse(layers, (side, side, 1)),
        untrained_change(net, kind),
    )


def cosine_parameters(net: str) -> Parameters:
    """Numbers that need no training: 0.3 cos(1), 0.3 cos(2), ... through all layers in order."""
    found: list[tuple[Array, Array] | None] = []
    start = 1
    for known in store.parameters(net):
        if known is None:
            found.append(None)
            continue
        parts = []
        for part in known:
            counted = np.arange(start, start + part.size)
            parts.append(0.3 * np.cos(counted).reshape(part.shape))
            start += part.size
        found.append((parts[0], parts[1]))
    return tuple(found)


def untrained_change(net: str, kind: int) -> float:
    """How much the outputs of a net with cosine weights change when its line moves.

    From the middle by 1, 2, 13 and 14 places: an odd shift, an even one, and both borders.
    """
    image = np.zeros((1, training.SIDE, training.SIDE))
    middle = training.SIDE // 2
    image[0, middle if kind == 0 else slice(None), slice(None) if kind == 0 else middle] = 1
    steps = np.array(STEPS)
    shifts = np.stack([steps * (kind == 0), steps * (kind == 1)], axis=1)
    test = maps.shift_test(training.net(net), cosine_parameters(net), image, shifts)
    return test.relative
