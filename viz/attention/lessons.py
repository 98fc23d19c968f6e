"""What training computes: courses side by side, and the plane of queries they happen in."""

from dataclasses import dataclass

import numpy as np

from viz.attention.cells import (
    Cell,
    Plane,
    Window,
    cells,
    flips,
    loss_ground,
    plane_towards,
)
from viz.attention.compute import FloatArray, Inputs, frozen, hard
from viz.attention.training import Course, Part
from viz.draw.numbers import ceiling


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Training towards a target by several modes, and the plane of queries it happens in.

    Attributes:
        target: the wished output; ``of_key`` the key whose value it is, if any.
        courses: one per mode, in the order of `MODES`.
        plane, window, cells: the plane through the first query; cells of the first keys.
        cells_after: of the keys that softmax ends with.
        ground: loss of softmax at the start over the window, shape (rows, columns).
        paths: the plane's coordinates of every course's queries, by course, (steps + 1, 2).
        toward: index of the key to which the plane's first direction leads.
    """

    inputs: Inputs
    target: FloatArray
    of_key: int | None
    train: Part
    temperature: float
    learning_rate: float
    courses: tuple[Course, ...]
    plane: Plane
    window: Window
    cells: tuple[Cell, ...]
    cells_after: tuple[Cell, ...]
    ground: FloatArray
    paths: tuple[FloatArray, ...]
    toward: int | None


def lesson(
    inputs: Inputs,
    target: FloatArray,
    courses: tuple[Course, ...],
    *,
    of_key: int | None,
    train: Part,
    temperature: float,
    learning_rate: float,
) -> Lesson:
    """Courses that start with softmax, and the plane that shows the way to the target."""
    winner, nearest = hard(inputs).winner, flips(inputs).nearest
    toward = of_key if of_key is not None and of_key != winner else nearest
    plane = plane_towards(inputs, winner if toward is None else toward)
    paths = tuple(frozen(plane.place(course.queries)) for course in courses)
    window = _window(inputs, plane, paths)
    free = np.vstack([path[:: max(1, len(path) // 12)] for path in paths])
    return Lesson(
        inputs=inputs,
        target=frozen(target),
        of_key=of_key,
        train=train,
        temperature=temperature,
        learning_rate=learning_rate,
        courses=courses,
        plane=plane,
        window=window,
        cells=cells(inputs.keys, plane, window, keep_free=free),
        cells_after=cells(courses[0].keys[-1], plane, window, keep_free=free),
        ground=loss_ground(inputs, target, plane, window, temperature=temperature),
        paths=paths,
        toward=toward,
    )


def _window(inputs: Inputs, plane: Plane, paths: tuple[FloatArray, ...]) -> Window:
    """A square around all paths and the nearest wall, never smaller than 3 by 3.

    Size and middle are rounded, so that it stands still while the paths move a little.
    """
    places = np.vstack([*paths, plane.place(flips(inputs).point)[None]])
    low, high = places.min(axis=0), places.max(axis=0)
    half = ceiling(max(1.5, 0.8 * float((high - low).max())))
    x, y = half / 5 * np.round((low + high) / 2 / (half / 5))
    return Window(x - half, x + half, y - half, y + half)
