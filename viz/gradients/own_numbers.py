"""Factors and gradient norms that a learner typed or uploaded."""

import math
import re

from viz import tables

MOST_FACTORS, MOST_NORMS, MOST_COLUMNS, LARGEST = 100, 200, 8, 100.0


def factors_of(text: str) -> tuple[float, ...]:
    """Factors per layer."""
    typed = tables.read_numbers(text, limit=MOST_FACTORS, what="list of factors")
    return positive(typed, largest=LARGEST)


def norms_of(text: str) -> tuple[float, ...]:
    """Gradient norms of a run: a list, or the last column of a table with a row per layer."""
    if not _is_table(text):
        return positive(tables.read_numbers(text, limit=MOST_NORMS, what="list of norms"))
    table = tables.read_table(text, max_rows=MOST_NORMS, max_columns=MOST_COLUMNS)
    return positive(tuple(table.values[:, -1].tolist()))


def _is_table(text: str) -> bool:
    """Whether the first line names columns, or the first of two columns numbers the layers."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or not re.search(r"\d", lines[0]):
        return len(lines) > 1
    rows = [re.split(r"[,;\t ]+", line) for line in lines]
    numbers = [row[0] for row in rows if len(row) == 2]
    return any(numbers == [str(start + i) for i in range(len(rows))] for start in (0, 1))


def positive(values: tuple[float, ...], *, largest: float = math.inf) -> tuple[float, ...]:
    """The same numbers, if they are positive.

    Raises:
        ValueError: naming the item.
    """
    for place, value in enumerate(values, start=1):
        if value <= 0:
            raise ValueError(f"item {place}: '{tables.said(value)}' must be a positive number")
        if value > largest:
            raise ValueError(
                f"item {place}: '{tables.said(value)}' must be at most {tables.said(largest)}"
            )
    return values
