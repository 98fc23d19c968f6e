"""What a reader may change in every view, and the result of it."""

from typing import Literal

import numpy as np

from viz import tables
from viz.cnn import maps, pictures, store
from viz.cnn.exam import SEED, SMALL, exam_image, landmarks_of
from viz.cnn.filters import FilterWalk, filter_walk
from viz.cnn.language import parse
from viz.cnn.slides import Slide, slide
from viz.cnn.sweeps import Sweep, sweep
from viz.cnn.tabulation import Cell, Table, every_cell, named_cells, one_cell_each, table
from viz.settings import BaseSettings, choice, number, own_data, switch, text
from viz.settings import table as matrix
from viz.view import Progress, quiet

HEIGHT, WIDTH, CHANNELS = SEED.exam.input
OWN_HINT = (
    "Rows of # and . (or 1 and 0), or rows of numbers; 2 to 64 rows and columns. A PNG or JPEG is "
    "turned into grey values."
)


class TableSettings(BaseSettings):
    """The exam's table; the layer, or the cell to predict, is what the bar moves."""

    architecture: str = text(
        SEED.exam.architecture,
        key="net",
        label="Architecture line",
        limit=600,
        hint="CONVk-F [sN] [pN] [circ | circ both], POOLk [avg], FLATTEN, GAP, FC-K, RELU, BN; "
        "parted by / or spaces. Stride 1 and padding k/2, rounded down, if nothing is said.",
    )
    height: int = number(HEIGHT, key="h", label="Input height", low=1, high=1024, box=True)
    width: int = number(WIDTH, key="w", label="Input width", low=1, high=1024, box=True)
    channels: int = number(CHANNELS, key="c", label="Input channels", low=1, high=64, box=True)
    hide: Literal["some", "all", "none"] = choice(
        "some",
        key="hide",
        label="Cells to predict",
        hint="Some: the exam's five, or one cell for each layer of another net.",
    )
    dense: bool = switch(
        False,
        key="dense",
        label="Dense instead",
        hint="Show every convolution as the dense layer with the same input and output.",
        when={"hide": ("none",)},
    )


def run_table(settings: TableSettings, progress: Progress = quiet) -> Table:
    del progress
    layers = parse(settings.architecture)
    shape = (settings.height, settings.width, settings.channels)
    found = table(settings.architecture, layers, shape, dense=settings.dense)
    if settings.hide == "none":
        return found
    cells = every_cell(found.rows)
    if settings.hide == "some":
        cells = _exam_cells(found) or one_cell_each(found.rows)
    return table(settings.architecture, layers, shape, hidden=cells)


def _exam_cells(found: Table) -> tuple[Cell, ...]:
    """The exam's five cells, if this is the exam's net; the input's size does not matter."""
    if found.layers != parse(SEED.exam.architecture):
        return ()
    return named_cells(found.rows, SEED.exam.asked)


Image = Literal["x1", "x2", "x3", "x4", "first row", "first column", "corner", "ring", "own"]
Weighting = Literal["hand-made", "trained", "random"]
NAMES = {
    "first row": "A line in the first row",
    "first column": "A line in the first column",
    "corner": "A corner piece",
    "ring": "A ring",
    "own": "Your image",
}


class SlideSettings(BaseSettings):
    """The torus; the shift is what the bar moves."""

    image: Image = choice("x2", key="img", label="Image")
    padding: maps.Padding = choice(
        "circular before",
        key="pad",
        label="Padding",
        hint="The exam wraps around before the first row and column only. PyTorch's padding=1 "
        "stands on both sides.",
    )
    weights: Weighting = choice("hand-made", key="wt", label="Weights")
    path: Literal["all shifts", "right", "down"] = choice("all shifts", key="path", label="Walk")
    kernel_size: int = number(
        2,
        key="k",
        label="Kernel side",
        low=2,
        high=3,
        when={"weights": ("random",)},
    )
    pooled: bool = switch(
        False,
        key="pool",
        label="POOL2 in between",
        hint="A stride of 2: only even shifts are sure to survive, and only on even sides.",
    )
    seed: int = number(
        0, key="seed", label="Seed", low=0, high=99, box=True, when={"weights": ("random",)}
    )
    own: str = own_data(
        example=pictures.CORNER.strip(),
        limit=30_000,
        when={"image": ("own",)},
        hint=OWN_HINT,
        upload=("txt", "csv"),
        image=64,
    )


def image_of(name: str, own: str) -> maps.Array:
    """An image by its name in the controls."""
    if name in SMALL:
        return exam_image(name)
    if name.startswith("first"):
        at = {name.split()[1]: 0}
        border: maps.Array = maps.line_image(SEED.shift.rows, SEED.shift.columns, **at)[0]
        return border
    known = {"corner": pictures.CORNER, "ring": pictures.RING}
    return pictures.read_picture(known.get(name, own))


def weights_of(settings: SlideSettings) -> maps.Weights:
    """The numbers of both convolutions."""
    if settings.weights == "trained":
        return store.feature_weights()
    if settings.weights == "random":
        return maps.random_weights(np.random.default_rng(settings.seed), settings.kernel_size)
    scales = SEED.shift.horizontal, SEED.shift.vertical
    return maps.hand_made_weights(*scales, settings.kernel_size)


def run_slide(settings: SlideSettings, progress: Progress = quiet) -> Slide:
    del progress
    return slide(
        image_of(settings.image, settings.own),
        weights_of(settings),
        name=SMALL.get(settings.image) or NAMES[settings.image],
        weights_name=settings.weights,
        padding=settings.padding,
        kernel_size=settings.kernel_size,
        pooled=settings.pooled,
        path=settings.path,
        landmarks=landmarks_of(settings.image),
    )


class NetSettings(BaseSettings):
    """Trained nets; the place of the line is what the bar moves."""

    net: Literal[
        "FLATTEN, zeros",
        "FLATTEN, circular",
        "GAP, zeros",
        "GAP, circular, POOL2",
        "GAP, circular",
    ] = choice("FLATTEN, zeros", key="trained", label="Trained net")
    line: Literal["horizontal", "vertical"] = choice("horizontal", key="line", label="Line")
    seed: int = number(
        0, key="seed", label="Seed", low=0, high=99, box=True, hint="Of the picture's noise."
    )


def run_net(settings: NetSettings, progress: Progress = quiet) -> Sweep:
    del progress
    kind = ("horizontal", "vertical").index(settings.line)
    return sweep(settings.net, kind, np.random.default_rng(settings.seed))


KERNELS = {
    "horizontal edge": np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "vertical edge": np.array([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "blur": np.array([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "outline": np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
}


class FilterSettings(BaseSettings):
    """One filter; its position is what the bar moves."""

    picture: Literal["seven", "ring", "cross", "own"] = choice("seven", key="pic", label="Picture")
    kernel: Literal["horizontal edge", "vertical edge", "blur", "outline", "own"] = choice(
        "horizontal edge", key="ker", label="Filter"
    )
    own_kernel: str = matrix(
        "-1 0 1; -2 0 2; -1 0 1",
        key="taps",
        label="Its weights",
        when={"kernel": ("own",)},
        hint="1 to 5 rows of as many numbers, rows parted by ;",
    )
    padding: int = number(1, key="p", label="Padding", low=0, high=3)
    border: Literal["zeros", "circular"] = choice(
        "zeros", key="edge", label="Padded with", when={"padding": (1, 2, 3)}
    )
    stride: int = number(1, key="s", label="Stride", low=1, high=3)
    own: str = own_data(
        example=pictures.SEVEN.strip(),
        limit=30_000,
        when={"picture": ("own",)},
        hint=OWN_HINT,
        upload=("txt", "csv"),
        image=64,
    )


def kernel_of(settings: FilterSettings) -> maps.Array:
    """The filter's weights, shape (k, k)."""
    if settings.kernel != "own":
        return KERNELS[settings.kernel]
    taps = np.array(tables.read_matrix(settings.own_kernel, max_rows=5, max_columns=5))
    if taps.shape[0] != taps.shape[1]:
        raise ValueError(f"a filter is square, got {taps.shape[0]}×{taps.shape[1]}")
    if np.abs(taps).max() > 10:
        worst = taps.flat[np.abs(taps).argmax()]
        raise ValueError(f"weights must lie between −10 and 10, got {tables.said(worst)}")
    return taps


def run_filter(settings: FilterSettings, progress: Progress = quiet) -> FilterWalk:
    del progress
    known = {"seven": pictures.SEVEN, "ring": pictures.RING, "cross": pictures.CROSS}
    name = "Your filter" if settings.kernel == "own" else f"The {settings.kernel} filter"
    return filter_walk(
        pictures.read_picture(known.get(settings.picture, settings.own)),
        kernel_of(settings),
        stride=settings.stride,
        padding=settings.padding,
        mode="circular" if settings.border == "circular" else "zeros",
        name=name,
    )
