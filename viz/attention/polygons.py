"""Convex polygons: cut along a line, measured, and given a place for a name."""

import numpy as np

from viz.attention.compute import FloatArray


def clipped(polygon: FloatArray, normal: FloatArray, offset: float) -> FloatArray:
    """The part of a convex polygon where normal · p + offset >= 0 (Sutherland, Hodgman 1974)."""
    heights = polygon @ normal + offset
    if np.all(heights >= 0):
        return polygon
    kept = []
    for here, there, a, b in zip(
        polygon, np.roll(polygon, -1, axis=0), heights, np.roll(heights, -1), strict=True
    ):
        if a >= 0:
            kept.append(here)
        if a * b < 0:
            kept.append(here + a / (a - b) * (there - here))
    return np.array(kept).reshape(-1, 2)


def area_of(polygon: FloatArray) -> float:
    """Area by the shoelace formula."""
    x, y = polygon.T
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def anchor_of(
    polygon: FloatArray, keep_free: FloatArray | None
) -> tuple[tuple[float, float], float]:
    """Of a grid of places inside, the one farthest from every wall, and that distance."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    shares = (np.arange(24) + 0.5) / 24
    places = np.stack(np.meshgrid(*(low + (high - low) * shares[:, None]).T), axis=-1)
    places = places.reshape(-1, 2)
    edges = np.roll(polygon, -1, axis=0) - polygon
    lengths = np.hypot(*edges.T)
    long = lengths > 1e-12
    # Polygons run anticlockwise, so a quarter turn of an edge points inside.
    inward = np.column_stack([-edges[:, 1], edges[:, 0]])[long] / lengths[long, None]
    clear = ((places[:, None, :] - polygon[long]) * inward).sum(axis=-1).min(axis=1)
    if keep_free is not None and len(keep_free):
        near = np.linalg.norm(places[:, None, :] - keep_free, axis=-1).min(axis=1)
        clear = np.minimum(clear, near)
    best = int(np.argmax(clear))
    return (float(places[best, 0]), float(places[best, 1])), float(clear[best])
