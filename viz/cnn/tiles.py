"""Small pictures, cell by cell, in the pixels of a diagram."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viz.cnn.maps import Array
from viz.draw import theme

FINE, MANY = 5.0, 90


@dataclass(frozen=True, slots=True)
class Tile:
    """Where a picture of cells stands: its middle, its cells and their side."""

    x: float
    y: float
    rows: int
    columns: int
    cell: float

    @property
    def across(self) -> list[float]:
        """Edges of the columns; of a single column Plotly would not know the width."""
        return [round(self.left + self.cell * k, 2) for k in range(self.columns + 1)]

    @property
    def down(self) -> list[float]:
        """Edges of the rows, the first one on top."""
        return [round(self.top - self.cell * k, 2) for k in range(self.rows + 1)]

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.y + self.cell * self.rows / 2

    @property
    def left(self) -> float:
        """Left edge."""
        return self.x - self.cell * self.columns / 2

    @property
    def is_fine(self) -> bool:
        """Whether the cells are too small for gaps."""
        return self.cell < FINE

    @property
    def has_many(self) -> bool:
        """Whether the film carries bytes, and no numbers to hover."""
        return self.rows * self.columns > MANY

    def middle(self, row: int, column: int) -> tuple[float, float]:
        """Middle of a cell."""
        x = self.x + self.cell * (column - (self.columns - 1) / 2)
        y = self.y - self.cell * (row - (self.rows - 1) / 2)
        return round(x, 2), round(y, 2)


@dataclass(frozen=True, slots=True)
class Ink:
    """Which numbers get which colour: from ``least`` to ``most`` in a role's colour."""

    most: float
    least: float = 0.0
    role: str = theme.FWD

    def written(self, tile: Tile, values: Array) -> Any:
        """The numbers as the film carries them: decimals, or bytes where there are many."""
        if not tile.has_many:
            return np.round(values, 3).tolist()
        share = np.clip((values - self.least) / max(self.most - self.least, 1e-300), 0, 1)
        return np.round(255 * share).astype(np.uint8)


def heat(name: str, tile: Tile, values: Array, ink: Ink) -> dict[str, Any]:
    """A trace of cells; grey where negative."""
    many, gap = tile.has_many, 0 if tile.is_fine else 1
    hover = {"hoverinfo": "skip"} if many else {"hovertemplate": f"%{{z}}<extra>{name}</extra>"}
    return {
        "type": "heatmap",
        "name": name,
        "x": tile.across,
        "y": tile.down,
        "z": ink.written(tile, values),
        "zmin": 0 if many else ink.least,
        "zmax": 255 if many else ink.most,
        "colorscale": theme.signed(ink.role) if ink.least < 0 else theme.magnitude(ink.role),
        "showscale": False,
        "xgap": gap,
        "ygap": gap,
        **hover,
    }


def outline(tile: Tile, color: str = theme.HAIR, width: float = 1) -> dict[str, Any]:
    """A frame around a picture, as a shape."""
    half = (tile.columns * tile.cell / 2 + 1, tile.rows * tile.cell / 2 + 1)
    return {
        "type": "rect",
        "x0": tile.x - half[0],
        "x1": tile.x + half[0],
        "y0": tile.y - half[1],
        "y1": tile.y + half[1],
        "line": {"color": color, "width": width},
        "layer": "above",
    }
