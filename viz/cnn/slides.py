"""An image that walks over a torus, and what its feature maps and their means do meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.cnn import maps
from viz.cnn.compute import Layer, Row, analyse
from viz.cnn.maps import Array, Parameters, ShiftTest

Shift = tuple[int, int]
MAX_FRAMES, GRID, ALL_SHIFTS = 56, 6, 400
MANY, LARGE, ROOM = 200, 1024, 230_000


@dataclass(frozen=True, slots=True, eq=False)
class Slide:
    """An image on its walk over a torus.

    Attributes:
        image: shape (H, W), at rest.
        shifts: (rows, columns) of every frame.
        start: the frame shown first.
        rolled: shape (frames, H, W).
        first: shape (frames, 3, H', W'), first feature maps after ReLU.
        second: shape (frames, 3, H'', W''), second feature maps after ReLU.
        features: shape (frames, 3), their means.
        first_at_rest, second_at_rest, features_at_rest: the same for the unshifted image.
        landmarks: names of shifts, such as x₃ where x₂ becomes x₃.
        moves_along: for every frame, whether both sets of maps are the rolled ones at rest.
        test: the change of the features for all shifts, or a grid of them if there are many.
    """

    image: Array
    name: str
    weights: str
    padding: maps.Padding
    kernel_size: int
    layers: tuple[Layer, ...]
    parameters: Parameters
    shifts: tuple[Shift, ...]
    start: int
    rolled: Array
    first: Array
    second: Array
    features: Array
    first_at_rest: Array
    second_at_rest: Array
    features_at_rest: Array
    landmarks: Mapping[Shift, str]
    moves_along: tuple[bool, ...]
    test: ShiftTest

    @property
    def change(self) -> Array:
        """Shape (frames,), the largest change of a feature."""
        return np.abs(self.features - self.features_at_rest).max(axis=1)

    @property
    def scale(self) -> float:
        """The largest feature at rest, at least a tiny number."""
        return max(float(np.abs(self.features_at_rest).max()), 1e-300)

    @property
    def is_invariant(self) -> bool:
        """Whether no shift changes the features, of those in the test and in the film."""
        return self.test.exact and self.stands_still(int(self.change.argmax()))

    @property
    def tests_all(self) -> bool:
        """Whether every shift of the torus is tested."""
        return len(self.test.shifts) == self.image.size

    @property
    def is_pooled(self) -> bool:
        """Whether a POOL2 stands between the convolutions."""
        return any(layer.kind == "pool" for layer in self.layers)

    @property
    def left_out(self) -> tuple[str, ...]:
        """What POOL2 leaves out of the first maps: the last row, the last column."""
        sides = zip(("row", "column"), self.first.shape[-2:], strict=True)
        return tuple(name for name, side in sides if self.is_pooled and side % 2)

    @property
    def is_framed(self) -> bool:
        """Whether the cells that break the promise are few enough to be framed."""
        return self.image.size <= MANY

    @property
    def is_large(self) -> bool:
        """Whether only the image and the second maps are drawn."""
        return self.image.size > LARGE

    def stands_still(self, frame: int) -> bool:
        """Whether the features of a frame are those at rest, up to rounding."""
        return bool(self.change[frame] <= maps.EXACT * max(self.scale, 1.0))


def walk(kind: str, height: int, width: int) -> tuple[Shift, ...]:
    """Shifts in the order of a film: to the right, down, or all of them along a diagonal.

    A step of one row and one column visits every shift of a 7×8 torus, since 7 and 8 have no
    common factor; where they have one, each closed round starts a column further.
    """
    if kind == "right":
        return tuple((0, k) for k in range(width))
    if kind == "down":
        return tuple((k, 0) for k in range(height))
    around = int(np.lcm(height, width))
    return tuple((k % height, (k + k // around) % width) for k in range(height * width))


def thinned(shifts: Sequence[Shift], limit: int, keep: Shift | None) -> tuple[Shift, ...]:
    """At most ``limit`` of the shifts, evenly, with the first, the last and ``keep``."""
    if len(shifts) <= limit:
        return tuple(shifts)
    places = set(np.linspace(0, len(shifts) - 1, max(limit - 1, 2)).round().astype(int).tolist())
    if keep is not None and keep in shifts:
        places.add(list(shifts).index(keep))
    return tuple(shifts[i] for i in sorted(places))


def slide(
    image: Array,
    weights: maps.Weights,
    *,
    name: str = "",
    weights_name: str = "",
    padding: maps.Padding = "circular before",
    kernel_size: int = 2,
    pooled: bool = False,
    path: str = "all shifts",
    landmarks: Mapping[Shift, str] | None = None,
) -> Slide:
    """Walk an image over the torus and follow its feature maps and their means.

    Args:
        image: shape (H, W).
        weights: of the two convolutions.
        name: of the image, for the sentence.
        weights_name: likewise.
        padding: where rows and columns are added, and what stands in them.
        kernel_size: side of the kernels.
        pooled: a POOL2 after the first ReLU.
        path: "all shifts", "right" or "down".
        landmarks: names of shifts; the first of them is shown first, unless a shift changes
            the features: then the one that changes them most.

    Raises:
        ValueError: the image is too small for the padding or the pooling.
    """
    layers = maps.gap_layers(padding, kernel_size=kernel_size, pooled=pooled)
    rows = analyse(layers, (*image.shape, 1))
    partner = next(iter(landmarks), None) if landmarks else None
    known = maps.with_weights(layers, weights)
    test = maps.shift_test(layers, known, image[None], grid_shifts(image))
    shifts = thinned(walk(path, *image.shape), _frame_limit(rows), _worst(test) or partner)
    rolled = np.stack([np.roll(image, shift, (0, 1)) for shift in shifts])
    found = maps.forward(layers, known, rolled[:, None])
    first, second, features = found[1], found[-2], found[-1]
    change = np.abs(features - features[0]).max(axis=1)
    start = _start(shifts, partner, change)
    return Slide(
        image,
        name,
        weights_name,
        padding,
        kernel_size,
        layers,
        known,
        shifts,
        start,
        rolled,
        first,
        second,
        features,
        first[0],
        second[0],
        features[0],
        landmarks or {},
        tuple(_rolls(first, second, shifts, image.shape, k) for k in range(len(shifts))),
        test,
    )


def _frame_limit(rows: Sequence[Row]) -> int:
    """So many frames that the film of a large image, with its maps as bytes, stays small."""
    image, first, second = (rows[place].activations for place in (0, 2, -2))
    drawn = image + second + (0 if image > LARGE else first)
    return min(MAX_FRAMES, max(3, int(ROOM / (4 / 3 * drawn)) - 2))


def _worst(test: ShiftTest) -> Shift | None:
    """The shift that changes the features most, if one does."""
    row, column = test.shifts[test.changes.argmax()].tolist()
    return None if test.exact else (row, column)


def _start(shifts: Sequence[Shift], partner: Shift | None, change: Array) -> int:
    """The largest change, else the partner's frame, else a third of the way."""
    if change.max() > maps.EXACT:
        return int(change.argmax())
    if partner is not None and partner in shifts:
        return shifts.index(partner)
    return len(shifts) // 3


def _rolls(
    first: Array, second: Array, shifts: Sequence[Shift], size: tuple[int, ...], k: int
) -> bool:
    """Whether frame k's maps are the first frame's, rolled; never if they grew."""
    for found in (first, second):
        moved = expected(found[0], shifts[k], size)
        if moved is None:
            return False
        if np.abs(found[k] - moved).max() > 1e-9 * max(1.0, float(moved.max())):
            return False
    return True


def expected(at_rest: Array, shift: Shift, size: tuple[int, ...]) -> Array | None:
    """Maps at rest rolled along with the image; None where they cannot follow it.

    Pooled maps follow only shifts that are multiples of their coarser step.
    """
    sides = at_rest.shape[-2:]
    if any(whole % side for whole, side in zip(size, sides, strict=True)):
        return None
    steps = [whole // side for whole, side in zip(size, sides, strict=True)]
    if any(by % step for by, step in zip(shift, steps, strict=True)):
        return None
    moves = tuple(by // step for by, step in zip(shift, steps, strict=True))
    return np.roll(at_rest, moves, (-2, -1))


def strange_cells(
    found: Array, at_rest: Array, shift: Shift, size: tuple[int, ...]
) -> npt.NDArray[np.bool_]:
    """Cells of one layer's maps that break the promise, as True; shape (3, H', W').

    Cells that are not the rolled ones. Where circular padding let the maps grow: what is not
    zero in the last row and the last column, which repeat the first.
    """
    marked = np.zeros(found.shape, dtype=bool)
    if found.shape[-1] > size[-1]:
        marked[:, -1, :] = marked[:, :, -1] = True
        return marked & (np.abs(found) > maps.EXACT)
    moved = expected(at_rest, shift, size)
    return marked if moved is None else np.abs(found - moved) > 1e-9 * max(1.0, float(moved.max()))


def grid_shifts(image: Array) -> npt.NDArray[np.int64]:
    """All shifts of a small image, every few of a large one; row by row, (0, 0) first."""
    axes = [np.arange(side) for side in image.shape]
    if image.size > ALL_SHIFTS:
        axes = [_few_steps(np.abs(image).sum(axis=1 - axis)) for axis in (0, 1)]
    both = np.meshgrid(*axes, indexing="ij")
    return np.stack([part.ravel() for part in both], axis=1)


def _few_steps(lines: Array) -> npt.NDArray[np.int64]:
    """Steps along one side, and those that bring its strongest line to either edge.

    They are an odd number apart, since even shifts alone would hide what pooling breaks; and what
    a border breaks is only seen where something stands.
    """
    side = len(lines)
    spread = np.arange(0, side, -(-side // GRID) // 2 * 2 + 1)
    strongest = int(lines.argmax())
    return np.union1d(spread, [-strongest % side, side - 1 - strongest])
