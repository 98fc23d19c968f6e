"""Which key wins where: distances to the walls between winners, and maps of planes of queries."""

from dataclasses import dataclass

import numpy as np

from viz.attention.compute import FloatArray, Inputs, frozen, hard, softmax
from viz.attention.polygons import anchor_of, area_of, clipped

GRID = 41
LEAST_AREA = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Flips:
    """How far the query is from another winner.

    Attributes:
        distances: to the wall of every key, shape (n,); infinite for the winner itself and for
            a key that equals it.
        nearest: index of the key behind the nearest wall, None if there is none.
        distance: to that wall.
        point: the query on that wall, shape (d,); the query itself if there is none.
    """

    distances: FloatArray
    nearest: int | None
    distance: float
    point: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """Queries origin + x · across + y · up, the directions being orthonormal; all shape (d,)."""

    origin: FloatArray
    across: FloatArray
    up: FloatArray

    def place(self, query: FloatArray) -> FloatArray:
        """The plane's coordinates of a query's foot, shape (..., 2)."""
        away = query - self.origin
        return np.stack([away @ self.across, away @ self.up], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a plane that is drawn."""

    left: float
    right: float
    low: float
    high: float

    @property
    def corners(self) -> FloatArray:
        """The window as a polygon, shape (4, 2)."""
        left, right, low, high = self.left, self.right, self.low, self.high
        return np.array([[left, low], [right, low], [right, high], [left, high]])

    def grid(self, size: int) -> tuple[FloatArray, FloatArray]:
        """``size`` coordinates in each direction."""
        return np.linspace(self.left, self.right, size), np.linspace(self.low, self.high, size)


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """Where one key wins: a convex polygon (m, 2), and a place well inside it for its name."""

    key: int
    polygon: FloatArray
    anchor: tuple[float, float]
    room: float


@dataclass(frozen=True, slots=True, eq=False)
class Landscape:
    """Softmax over a window: arrays (temperatures, rows, columns), rows upwards."""

    largest_weight: FloatArray
    slope: FloatArray


def flips(inputs: Inputs) -> Flips:
    """Distances (s_w − s_j) / ‖k_w − k_j‖ from the query to the walls of the winner's cell."""
    won = hard(inputs)
    gaps = inputs.products[won.winner] - inputs.products
    away = inputs.keys[won.winner] - inputs.keys
    lengths = np.linalg.norm(away, axis=1)
    distances = np.where(lengths > 0, gaps / np.where(lengths > 0, lengths, 1.0), np.inf)
    nearest = int(np.argmin(distances))
    if not np.isfinite(distances[nearest]):
        return Flips(frozen(distances), None, np.inf, inputs.query)
    point = inputs.query - gaps[nearest] / lengths[nearest] ** 2 * away[nearest]
    return Flips(frozen(distances), nearest, float(distances[nearest]), frozen(point))


def key_moves(inputs: Inputs) -> FloatArray:
    """How far each key must itself move to win: gap / ‖query‖, shape (n,); 0 for the winner."""
    length = float(np.linalg.norm(inputs.query))
    gaps = inputs.products.max() - inputs.products
    return frozen(gaps / length if length > 0 else np.where(gaps > 0, np.inf, 0.0))


def coordinate_plane(query: FloatArray, first: int, second: int) -> Plane:
    """Queries that differ from ``query`` in two entries only, given by index."""
    if first == second or not (0 <= first < len(query) and 0 <= second < len(query)):
        raise ValueError(f"a plane needs two different entries of {len(query)}")
    directions = np.eye(len(query))
    origin = np.where((directions[first] + directions[second]) > 0, 0.0, query)
    return Plane(frozen(origin), frozen(directions[first]), frozen(directions[second]))


def plane_towards(inputs: Inputs, key: int) -> Plane:
    """The plane through the query that holds the shortest way to a key's victory.

    ``across`` points from the winner to ``key``; ``up`` holds what is left of the way to the
    best third key, or else of any coordinate.
    """
    winner = hard(inputs).winner
    order = [j for j in np.argsort(-inputs.scores) if j not in (winner, key)]
    ways = [inputs.keys[j] - inputs.keys[winner] for j in (key, *order)]
    basis: list[FloatArray] = []
    for way in [*ways, *np.eye(len(inputs.query))]:
        left = way - sum((way @ known) * known for known in basis)
        length = float(np.linalg.norm(left))
        if length > 1e-9 * max(1.0, float(np.linalg.norm(way))):
            basis.append(left / length)
        if len(basis) == 2:
            return Plane(inputs.query, frozen(basis[0]), frozen(basis[1]))
    raise ValueError("a plane of queries needs at least 2 dimensions, got 1")


def plane_distance(inputs: Inputs, plane: Plane, key: int) -> float:
    """How far the query may move inside the plane until ``key`` draws level; infinite if never."""
    away = inputs.keys[hard(inputs).winner] - inputs.keys[key]
    inside = float(np.hypot(away @ plane.across, away @ plane.up))
    products = inputs.products
    gap = float(products[hard(inputs).winner] - products[key])
    return gap / inside if inside > 1e-12 else np.inf


def nearest_inside(inputs: Inputs, plane: Plane) -> tuple[int | None, float]:
    """The key that draws level first inside the plane, and how far away; None if none does."""
    ways = [plane_distance(inputs, plane, key) for key in range(inputs.num_keys)]
    key = int(np.argmin(ways))
    return (key if np.isfinite(ways[key]) else None), ways[key]


def winners(keys: FloatArray, plane: Plane, window: Window, size: int = 81) -> FloatArray:
    """Index of the winning key on a grid, shape (size, size), rows upwards."""
    return np.asarray(np.argmax(_grid_scores(keys, plane, window, size), axis=-1))


def cells(
    keys: FloatArray, plane: Plane, window: Window, *, keep_free: FloatArray | None = None
) -> tuple[Cell, ...]:
    """Exact polygons in which each key wins, and a place for each name.

    Args:
        keys: shape (n, d).
        plane, window: what is drawn.
        keep_free: places (m, 2) that names should stay away from.
    """
    heights = keys @ plane.origin
    slopes = np.column_stack([keys @ plane.across, keys @ plane.up])
    found = []
    for key in np.unique(winners(keys, plane, window)):
        polygon = window.corners
        for other in range(len(keys)):
            if other != key:
                normal, offset = slopes[key] - slopes[other], heights[key] - heights[other]
                polygon = clipped(polygon, normal, float(offset))
        if len(polygon) > 2 and area_of(polygon) > LEAST_AREA:
            anchor, room = anchor_of(polygon, keep_free)
            found.append(Cell(int(key), frozen(polygon), anchor, room))
    return tuple(found)


def landscape(
    inputs: Inputs,
    plane: Plane,
    window: Window,
    temperatures: FloatArray,
    *,
    size: int = GRID,
    reach: float = 0.0,
) -> Landscape:
    """Largest softmax weight and slope of the output over a window, at every temperature.

    Args:
        inputs: keys and values; the query counts only through the plane.
        plane, window: what is drawn.
        temperatures: shape (t,).
        size: how many places in each direction.
        reach: every place speaks for the most undecided query within this distance, so that a
            ridge thinner than a pixel is still painted.
    """
    scores = _grid_scores(inputs.keys, plane, window, size)
    won = scores.argmax(axis=-1)
    scores = scores - scores.max(axis=-1, keepdims=True)
    if reach:
        flat = np.column_stack([inputs.keys @ plane.across, inputs.keys @ plane.up])
        steep = np.linalg.norm(flat[:, None] - flat, axis=-1)
        scores = np.minimum(scores + reach * steep[won], 0.0)
    scores = (scores * inputs.factor).astype(np.float32)
    cold = temperatures.astype(np.float32)
    weights = np.exp(scores[None] / cold[:, None, None, None])
    weights /= weights.sum(axis=-1, keepdims=True)
    rows = weights.reshape(-1, inputs.num_keys)
    values = (inputs.values - inputs.values.mean(axis=0)).astype(np.float32)
    keys = (inputs.keys - inputs.keys.mean(axis=0)).astype(np.float32)
    products = (values[:, :, None] * keys[:, None, :]).reshape(inputs.num_keys, -1)
    means = (rows @ values)[:, :, None] * (rows @ keys)[:, None, :]
    spread = rows @ products - means.reshape(len(rows), -1)
    norms = np.sqrt(np.einsum("pj,pj->p", spread, spread)).reshape(weights.shape[:-1])
    rates = inputs.factor / temperatures[:, None, None]
    return Landscape(frozen(weights.max(axis=-1)), frozen(norms * rates))


def loss_ground(
    inputs: Inputs, target: FloatArray, plane: Plane, window: Window, *, temperature: float
) -> FloatArray:
    """½‖softmax output − target‖² for every query of a window, shape (GRID, GRID)."""
    scores = _grid_scores(inputs.keys, plane, window, GRID) * inputs.factor
    away = softmax(scores, temperature) @ inputs.values - target
    return frozen(0.5 * (away**2).sum(axis=-1))


def walk(inputs: Inputs, key: int, ways: FloatArray, temperatures: FloatArray) -> FloatArray:
    """Weight of ``key`` after walking ``ways`` from the query straight to its wall and beyond.

    Returns:
        Shape (temperatures + 1, ways); the last row is argmax, the first winner keeping ties.
    """
    away = inputs.keys[key] - inputs.keys[hard(inputs).winner]
    queries = inputs.query + ways[:, None] * away / np.linalg.norm(away)
    scores = queries @ inputs.keys.T * inputs.factor
    soft = softmax(scores[None] / temperatures[:, None, None])[..., key]
    return frozen(np.vstack([soft, np.argmax(scores, axis=-1) == key]))


def _grid_scores(keys: FloatArray, plane: Plane, window: Window, size: int) -> FloatArray:
    x, y = window.grid(size)
    across, up = keys @ plane.across, keys @ plane.up
    scores = (keys @ plane.origin) + x[None, :, None] * across + y[:, None, None] * up
    return np.asarray(scores)
