"""Numbers, matrices and data tables that a learner typed, read with errors that name the place."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.draw.numbers import plain

FloatArray = npt.NDArray[np.float64]

_SEPARATORS = re.compile(r"[,;\t ]+")
_SIGNS = re.compile(r"[,;\t]")
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of numbers with their names.

    Attributes:
        values: shape (rows, columns), read-only.
        names: one per column; "column 1", ... where the text has no header line.
    """

    values: FloatArray
    names: tuple[str, ...]


def read_numbers(text: str, *, limit: int, what: str = "list") -> tuple[float, ...]:
    """Read numbers separated by commas, semicolons, white space or line ends.

    Args:
        text: what was typed; Unicode minus signs are understood.
        limit: how many numbers there may be at most.
        what: the noun that every sentence names.

    Raises:
        ValueError: an item is not a finite number, or there are none or too many.
    """
    items = [item for line in _lines(text) for item in _cells(line[1])]
    if not items:
        raise ValueError(f"the {what} needs at least 1 number")
    if len(items) > limit:
        raise ValueError(f"the {what} may have at most {limit} numbers, got {len(items)}")
    numbers = []
    for position, item in enumerate(items, start=1):
        value = _finite(item)
        if value is None:
            raise ValueError(f"the {what}: '{_short(item)}' is not a number (item {position})")
        numbers.append(value)
    return tuple(numbers)


def read_matrix(text: str, *, max_rows: int, max_columns: int) -> FloatArray:
    """Read rows of numbers; a row ends at a line end or at a semicolon.

    Returns:
        A read-only array, shape (rows, columns), all rows equally long.

    Raises:
        ValueError: naming the line and what is wrong with it.
    """
    rows: list[list[float]] = []
    for number, line in _lines(text.replace(";", "\n")):
        row = _numbers_of(line, number)
        if rows and len(row) != len(rows[0]):
            raise ValueError(f"line {number} has {_count(len(row))}, expected {len(rows[0])}")
        rows.append(row)
    _check_size(len(rows), len(rows[0]) if rows else 0, max_rows, max_columns)
    return _frozen(rows)


def read_table(text: str, *, max_rows: int, max_columns: int) -> Table:
    """Read CSV-like text: commas, semicolons, tabs or spaces, with or without a header line.

    Raises:
        ValueError: naming the line (counted from 1, the header included) and what is wrong.
    """
    lines = _lines(text)
    if not lines:
        raise ValueError("there are no data: paste rows of numbers")
    names: tuple[str, ...] = ()
    if all(_finite(cell) is None for cell in _cells(lines[0][1])):
        names = _names(lines.pop(0)[1])
    width = len(names) or (len(_cells(lines[0][1])) if lines else 0)
    _check_size(len(lines), width, max_rows, max_columns)
    rows = []
    for number, line in lines:
        row = _numbers_of(line, number, names)
        if len(row) != width:
            some = "1 column" if len(row) == 1 else f"{len(row)} columns"
            raise ValueError(f"line {number} has {some}, expected {width}")
        rows.append(row)
    return Table(_frozen(rows), names or tuple(f"column {j + 1}" for j in range(width)))


def write_numbers(values: Sequence[float] | FloatArray) -> str:
    """The text that `read_numbers` turns back into these values."""
    return ", ".join(f"{float(value):.12g}" for value in values)


def write_matrix(matrix: FloatArray | Sequence[Sequence[float]]) -> str:
    """The one-line text that `read_matrix` turns back into this matrix."""
    return "; ".join(" ".join(f"{float(value):.12g}" for value in row) for row in matrix)


def said(value: float) -> str:
    """A typed number as a sentence repeats it: 0.5, −3, 1 000 000, 10⁻⁶."""
    return plain(value)


def _lines(text: str) -> list[tuple[int, str]]:
    plain = text.translate(_MINUS)
    return [(n, line.strip()) for n, line in enumerate(plain.splitlines(), 1) if line.strip()]


def _cells(line: str) -> list[str]:
    return [cell.strip("\"'") for cell in _SEPARATORS.split(line.strip()) if cell]


def _names(line: str) -> tuple[str, ...]:
    """A header's names; between commas, semicolons or tabs they may have several words."""
    if not _SIGNS.search(line):
        return tuple(_cells(line))
    named = (name.strip(" \"'") for name in _SIGNS.split(line))
    return tuple(filter(None, named))


def _numbers_of(line: str, number: int, names: Sequence[str] = ()) -> list[float]:
    row = []
    for place, cell in enumerate(_cells(line)):
        value = _finite(cell)
        if value is None:
            column = f", column {_short(names[place])}" if place < len(names) else ""
            raise ValueError(f"line {number}{column}: '{_short(cell)}' is not a number")
        row.append(value)
    return row


def _finite(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _check_size(rows: int, columns: int, max_rows: int, max_columns: int) -> None:
    if rows == 0 or columns == 0:
        raise ValueError("there are no numbers: type at least one row")
    if rows > max_rows or columns > max_columns:
        raise ValueError(
            f"at most {max_rows} rows and {max_columns} columns, got {rows} and {columns}"
        )


def _frozen(rows: list[list[float]]) -> FloatArray:
    array = np.array(rows, dtype=np.float64)
    array.setflags(write=False)
    return array


def _count(number: int) -> str:
    return "1 number" if number == 1 else f"{number} numbers"


def _short(item: str) -> str:
    return item if len(item) <= 20 else f"{item[:19]}…"
