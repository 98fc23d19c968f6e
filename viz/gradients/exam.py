"""The exam's table, and the sizes of the nets that it is measured on."""

from typing import Literal

from viz import seeds


class Row(seeds.SeedModel):
    """One tool of the table and the columns that are ticked for it."""

    id: Literal["he", "skip", "bn"]
    vanishing: bool
    exploding: bool
    also_accepted: tuple[tuple[bool, bool], ...] = ()

    @property
    def key(self) -> tuple[bool, bool]:
        """Ticks in the order vanishing, exploding."""
        return self.vanishing, self.exploding


class Measure(seeds.SeedModel):
    """How every tick is measured."""

    depth: int
    width: int
    batch: int
    seeds: int
    limit: float


class Exam(seeds.SeedModel):
    """The whole seed file."""

    measure: Measure
    row: tuple[Row, ...]

    def of(self, name: str) -> Row:
        """The row with this id."""
        return next(row for row in self.row if row.id == name)


SEED = seeds.load("gradients", Exam)
