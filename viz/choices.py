"""Answers that are picked: options, check boxes, an order, tokens from a bank."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viz.answers import Grade
from viz.draw.film import Film


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    """Something to choose; a drawing's caption must not tell whether it is right.

    A drawing shares its row with others on every screen, so it is made for a narrow place.
    """

    words: str
    drawing: Film | None = None


def words_of(option: Option | str) -> str:
    """The words of an option."""
    return option if isinstance(option, str) else option.words


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def labels(options: Sequence[Option | str], first: str = "A") -> list[str]:
    """The options' words; a drawn one has the letter of its drawing, counted from ``first``."""
    named = []
    for letter, option in zip(LETTERS[LETTERS.index(first) :], options, strict=False):
        words = words_of(option)
        drawn = isinstance(option, Option) and option.drawing is not None
        named.append(f"{letter}{': ' if words else ''}{words}" if drawn else words)
    return named


def are_letters(named: Sequence[str]) -> bool:
    """Whether labels are the letters of drawings and nothing more, so that they fit in a row."""
    return all(len(words) == 1 and words in LETTERS for words in named)


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several options; the text is the option's place, counted from 0.

    ``first`` is the letter of the first drawing: a question's second row of drawings goes on
    where the first one ends.
    """

    options: tuple[Option | str, ...]
    key: int
    first: str = "A"

    def read(self, text: str) -> int:
        """Read the place of an option."""
        return _places(text, len(self.options), exactly=1)[0]

    def grade(self, value: int) -> Grade:
        """Right if it is the key."""
        return Grade(value == self.key)

    def same(self, value: int, other: int) -> bool:
        """The same option."""
        return value == other

    def key_text(self) -> str:
        """The key's place."""
        return str(self.key)

    def shown(self) -> str:
        """The key's words."""
        return labels(self.options, self.first)[self.key]


@dataclass(frozen=True, slots=True, eq=False)
class ManyOf:
    """A set of options; ``also`` lists further sets that count as right, ``first`` as in Choice."""

    options: tuple[Option | str, ...]
    key: frozenset[int]
    also: tuple[frozenset[int], ...] = ()
    first: str = "A"

    def read(self, text: str) -> frozenset[int]:
        """Read places of options, parted by spaces; none is an answer too."""
        return frozenset(_places(text, len(self.options)))

    def grade(self, value: frozenset[int]) -> Grade:
        """Right if the set is the key; a part for every option."""
        parts = tuple((i in value) == (i in self.key) for i in range(len(self.options)))
        return Grade(value == self.key or value in self.also, parts)

    def same(self, value: frozenset[int], other: frozenset[int] | set[int]) -> bool:
        """The same set."""
        return value == frozenset(other)

    def key_text(self) -> str:
        """The key's places."""
        return " ".join(str(i) for i in sorted(self.key))

    def shown(self) -> str:
        """The key's words."""
        named = labels(self.options, self.first)
        # An option that is a sentence has a full stop only at the end of the list.
        *before, last = [named[i] for i in sorted(self.key)] or ["none of them"]
        return "; ".join([*(text.removesuffix(".") for text in before), last])


Row = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of check boxes, or of one choice a row if ``single``; the text is ``10;01``.

    ``also`` gives, by row, further patterns that count as right. Every row is one part.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    key: tuple[Row, ...]
    also: Mapping[int, tuple[Row, ...]] | None = None
    single: bool = False

    def read(self, text: str) -> tuple[Row, ...]:
        """Read rows of 0 and 1."""
        rows = text.replace(" ", "").split(";")
        width = len(self.columns)
        if len(rows) != len(self.rows) or any(
            not re.fullmatch(f"[01]{{{width}}}", r) for r in rows
        ):
            raise ValueError(f"the table needs {len(self.rows)} rows of {width} marks")
        if self.single and any(row.count("1") != 1 for row in rows):
            raise ValueError("choose one column in every row")
        return tuple(tuple(mark == "1" for mark in row) for row in rows)

    def grade(self, value: tuple[Row, ...]) -> Grade:
        """Right if every row is."""
        also = self.also or {}
        parts = tuple(
            row == key or row in also.get(i, ())
            for i, (row, key) in enumerate(zip(value, self.key, strict=True))
        )
        return Grade(all(parts), parts)

    def same(self, value: tuple[Row, ...], other: tuple[Row, ...]) -> bool:
        """The same table."""
        return value == other

    def key_text(self) -> str:
        """The key as rows of 0 and 1."""
        return ";".join("".join("01"[mark] for mark in row) for row in self.key)

    def shown(self) -> str:
        """The key, row by row."""
        lines = []
        for row, marks in zip(self.rows, self.key, strict=True):
            ticked = [c for c, mark in zip(self.columns, marks, strict=True) if mark]
            lines.append(f"{row}: {', '.join(ticked) or 'none'}")
        return "; ".join(lines)


@dataclass(frozen=True, slots=True)
class Order:
    """Items to put in order; they are shown as given, the key lists their places in order."""

    items: tuple[str, ...]
    key: tuple[int, ...]
    also: tuple[tuple[int, ...], ...] = ()

    def read(self, text: str) -> tuple[int, ...]:
        """Read places of all items, in the answered order."""
        places = _places(text, len(self.items))
        if len(set(places)) != len(self.items):
            raise ValueError(f"put all {len(self.items)} items in order, each once")
        return places

    def grade(self, value: tuple[int, ...]) -> Grade:
        """Right if it is the key or another accepted order."""
        parts = tuple(a == b for a, b in zip(value, self.key, strict=True))
        return Grade(value == self.key or value in self.also, parts)

    def same(self, value: tuple[int, ...], other: tuple[int, ...]) -> bool:
        """The same order."""
        return value == tuple(other)

    def key_text(self) -> str:
        """The key's places."""
        return " ".join(str(i) for i in self.key)

    def shown(self) -> str:
        """The items in order."""
        return " → ".join(self.items[i] for i in self.key)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A sequence of tokens, one box each, from a bank."""

    bank: tuple[str, ...]
    key: tuple[str, ...]
    also: tuple[tuple[str, ...], ...] = ()

    def read(self, text: str) -> tuple[str, ...]:
        """Read tokens parted by spaces."""
        tokens = tuple(text.split())
        if len(tokens) != len(self.key):
            raise ValueError(f"fill all {len(self.key)} boxes, got {len(tokens)}")
        unknown = [token for token in tokens if token not in self.bank]
        if unknown:
            raise ValueError(f"'{unknown[0]}' is not among {', '.join(self.bank)}")
        return tokens

    def grade(self, value: tuple[str, ...]) -> Grade:
        """Right if every token is in its place."""
        parts = tuple(a == b for a, b in zip(value, self.key, strict=True))
        return Grade(all(parts) or value in self.also, parts)

    def same(self, value: tuple[str, ...], other: tuple[str, ...] | str) -> bool:
        """The same sequence."""
        return value == (tuple(other.split()) if isinstance(other, str) else tuple(other))

    def key_text(self) -> str:
        """The key, parted by spaces."""
        return " ".join(self.key)

    def shown(self) -> str:
        """The key as code, since a token may look like a tag."""
        return f"`{' '.join(self.key)}`"


def _places(text: str, count: int, exactly: int | None = None) -> tuple[int, ...]:
    items = text.split()
    if exactly is not None and len(items) != exactly:
        raise ValueError("choose one option")
    if any(not re.fullmatch(r"\d{1,3}", item) or int(item) >= count for item in items):
        raise ValueError(f"an option is a number from 0 to {count - 1}")
    return tuple(int(item) for item in items)
