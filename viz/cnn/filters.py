"""One filter on its way over a picture."""

from dataclasses import dataclass

import numpy as np

from viz.cnn import maps
from viz.cnn.compute import Layer, Mode, analyse
from viz.cnn.maps import Array

Position = tuple[int, int]
MAX_VISITED = 196


@dataclass(frozen=True, slots=True, eq=False)
class FilterWalk:
    """One filter on its way over a picture.

    Attributes:
        picture: shape (H, W).
        padded: shape (H + 2p, W + 2p), what the filter reads.
        kernel: shape (k, k).
        output: shape (H', W').
    """

    picture: Array
    padded: Array
    kernel: Array
    output: Array
    stride: int
    padding: int
    mode: Mode
    name: str

    def corner(self, place: int) -> Position:
        """Upper left corner of the kernel on the padded picture, places in reading order."""
        row, column = divmod(place, self.output.shape[1])
        return row * self.stride, column * self.stride

    @property
    def visited(self) -> tuple[int, ...]:
        """The positions of a film, evenly thinned where there are too many."""
        count = self.output.size
        places = np.linspace(0, count - 1, min(count, MAX_VISITED)).round().astype(int)
        return tuple(sorted(set(places.tolist())))

    @property
    def strongest(self) -> int:
        """The last of the visited positions that the filter answers most strongly."""
        sizes = np.abs(self.output.ravel()[list(self.visited)])
        return self.visited[int(np.flatnonzero(sizes >= sizes.max() - 1e-12)[-1])]

    def seen(self, place: int) -> Array:
        """The square under the kernel at a position, shape (k, k)."""
        row, column = self.corner(place)
        side = len(self.kernel)
        return self.padded[row : row + side, column : column + side]


def filter_walk(
    picture: Array,
    kernel: Array,
    *,
    stride: int = 1,
    padding: int = 1,
    mode: Mode = "zeros",
    name: str = "",
) -> FilterWalk:
    """Slide one kernel over a picture.

    Raises:
        ValueError: the kernel does not fit, or the padding is wider than the picture.
    """
    side = len(kernel)
    token = f"CONV{side}-1"
    layer = Layer("conv", token, side, 1, stride, padding, padding, mode)
    try:
        analyse((layer,), (*picture.shape, 1))
    except ValueError as error:
        raise ValueError(str(error).removeprefix("layer 1: ")) from None
    output = maps.conv2d(
        picture[None, None],
        kernel[None, None],
        np.zeros(1),
        before=padding,
        after=padding,
        mode=mode,
        stride=stride,
    )[0, 0]
    padded = maps.pad(picture, padding, padding, mode)
    return FilterWalk(picture, padded, kernel, output, stride, padding, mode, name)
