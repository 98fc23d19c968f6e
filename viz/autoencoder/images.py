"""Pictures to code: drawn digits, a picture of discs, and 8 × 8 patches of any picture."""

from functools import cache

import numpy as np

from viz.autoencoder.compute import FloatArray

SIDE = 8
NUM_DIGITS = 1800
PICTURE_SIDE = 128
NUM_DISCS = 1200
SOFTENING = 0.1

Stroke = tuple[tuple[float, float], ...]


def _loop(x: float, y: float, width: float, height: float) -> Stroke:
    turn = np.linspace(0, 2 * np.pi, 17)
    return tuple(zip(x + width * np.sin(turn), y - height * np.cos(turn), strict=True))


STROKES: tuple[tuple[Stroke, ...], ...] = (
    (_loop(0.5, 0.5, 0.27, 0.4),),
    (((0.36, 0.26), (0.54, 0.1), (0.54, 0.9)),),
    (((0.25, 0.3), (0.36, 0.12), (0.6, 0.1), (0.75, 0.28), (0.25, 0.9), (0.78, 0.9)),),
    (
        ((0.26, 0.16), (0.5, 0.09), (0.71, 0.26), (0.6, 0.44), (0.44, 0.48)),
        ((0.44, 0.48), (0.7, 0.56), (0.74, 0.74), (0.5, 0.91), (0.24, 0.82)),
    ),
    (((0.64, 0.92), (0.64, 0.1), (0.2, 0.62), (0.84, 0.62)),),
    (
        (
            (0.75, 0.1),
            (0.33, 0.1),
            (0.29, 0.45),
            (0.6, 0.42),
            (0.76, 0.66),
            (0.56, 0.9),
            (0.24, 0.84),
        ),
    ),
    (((0.68, 0.1), (0.4, 0.32), (0.28, 0.66)), _loop(0.5, 0.69, 0.22, 0.21)),
    (((0.2, 0.11), (0.8, 0.11), (0.4, 0.91)),),
    (_loop(0.5, 0.29, 0.19, 0.19), _loop(0.5, 0.7, 0.24, 0.21)),
    (_loop(0.5, 0.31, 0.22, 0.21), ((0.72, 0.31), (0.66, 0.66), (0.46, 0.91))),
)


@cache
def drawn_digits(seed: int = 0, num_images: int = NUM_DIGITS) -> FloatArray:
    """Figures 0 to 9 in turn, drawn by a shaky pen on 8 × 8 pixels; shape (64, num_images).

    Each has its own shift, slant, size, thickness and blur; values from 0 (paper) to 1 (ink).
    """
    rng = np.random.default_rng(seed)
    images = np.empty((num_images, SIDE * SIDE))
    for digit in range(10):
        mine = np.arange(digit, num_images, 10)
        images[mine] = _draw(_dots(STROKES[digit]), len(mine), rng)
    images.setflags(write=False)
    return images.T


def _dots(strokes: tuple[Stroke, ...]) -> FloatArray:
    """Points along the strokes, about half a pixel apart; shape (p, 2)."""
    dots: list[FloatArray] = []
    for stroke in strokes:
        corners = np.array(stroke)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
        at = np.linspace(0, along[-1], max(2, int(along[-1] * 18)))
        dots.append(np.stack([np.interp(at, along, corners[:, i]) for i in (0, 1)], axis=1))
    return np.concatenate(dots)


def _draw(dots: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    shift = rng.normal(0, 0.35, (count, 2, 1))
    slant, size = rng.normal(0, 0.18, (count, 1)), rng.normal(1, 0.07, (count, 1))
    thickness, blur = rng.uniform(0.45, 0.8, (count, 1)), rng.uniform(0.6, 1.2, (count, 1))
    x, y = (dots - 0.5).T * SIDE
    across = size * (x - slant * y) + shift[:, 0] + (SIDE - 1) / 2
    down = size * y + shift[:, 1] + (SIDE - 1) / 2
    row, column = np.divmod(np.arange(SIDE * SIDE), SIDE)
    squared = (across[:, :, None] - column) ** 2 + (down[:, :, None] - row) ** 2
    distance = np.sqrt(squared.min(axis=1))
    return np.asarray(np.clip(0.5 + (thickness - distance) / blur, 0, 1))


@cache
def covered_discs(seed: int = 0, side: int = PICTURE_SIDE) -> FloatArray:
    """Grey discs that cover each other, small ones the most; shape (side, side), 0 to 1.

    Edges at every place, size and angle make its patches behave like those of a photograph.
    """
    rng = np.random.default_rng(seed)
    picture = np.full((side, side), 0.5)
    rows, columns = np.mgrid[:side, :side]
    centers = rng.uniform(-0.1 * side, 1.1 * side, (NUM_DISCS, 2))
    radii = np.minimum(3 / rng.uniform(0.02, 1, NUM_DISCS), side / 9)
    for (y, x), radius, grey in zip(centers, radii, rng.uniform(0, 1, NUM_DISCS), strict=True):
        picture[(rows - y) ** 2 + (columns - x) ** 2 < radius**2] = grey
    picture.setflags(write=False)
    return picture


def patches(
    image: FloatArray, *, size: int = SIDE, stride: int = 2, contrast: bool = True
) -> FloatArray:
    """All size × size cut-outs at this stride as columns, shape (size², n).

    With ``contrast`` each loses its mean and is divided by its standard deviation plus a tenth
    of the average one: the differences of light from place to place are gone, flat places stay
    quiet.

    Raises:
        ValueError: the image is smaller than a patch, or the same grey everywhere.
    """
    rows, columns = image.shape
    if min(rows, columns) < size or max(rows, columns) < size + stride:
        raise ValueError(
            f"image is {rows} x {columns} pixels, need at least {size} x {size}, and "
            f"{size + stride} one way for more than one patch"
        )
    if not np.ptp(image) > 0:
        raise ValueError("the image has no variation")
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))[::stride, ::stride]
    cut = windows.reshape(-1, size * size).astype(np.float64)
    if contrast:
        cut = cut - cut.mean(axis=1, keepdims=True)
        spread = cut.std(axis=1, keepdims=True)
        cut = cut / (spread + SOFTENING * spread.mean())
    return cut.T
