"""Several answers under one question."""

import json
from dataclasses import dataclass
from typing import Any

from viz.answers import Answer, Grade


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Several answers under one question; the text is a JSON list of their texts."""

    items: tuple[tuple[str, Answer], ...]

    def __init__(self, *items: tuple[str, Answer]) -> None:
        object.__setattr__(self, "items", items)

    def read(self, text: str) -> tuple[Any, ...]:
        """Read every part; the sentence names the part that cannot be read."""
        values = []
        for (label, answer), part in zip(self.items, self._texts(text), strict=True):
            try:
                values.append(answer.read(str(part)))
            except ValueError as error:
                raise ValueError(_about(label, error)) from None
        return tuple(values)

    def grade(self, value: tuple[Any, ...]) -> Grade:
        """Right if all parts are."""
        pairs = zip(self.items, value, strict=True)
        parts = tuple(answer.grade(part).right for (_, answer), part in pairs)
        return Grade(all(parts), parts)

    def grade_readable(self, text: str) -> tuple[Grade, str]:
        """Parts that cannot be read are wrong; with the sentence about the first of them."""
        right, said = [], ""
        for (label, answer), part in zip(self.items, self._texts(text), strict=True):
            try:
                right.append(answer.grade(answer.read(str(part))).right)
            except ValueError as error:
                right.append(False)
                said = said or _about(label, error)
        return Grade(all(right), tuple(right)), said

    def _texts(self, text: str) -> list[Any]:
        try:
            texts = json.loads(text)
        except ValueError:
            texts = None
        if not isinstance(texts, list) or len(texts) != len(self.items):
            raise ValueError(f"answer all {len(self.items)} parts")
        return texts

    def same(self, value: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
        """Whether every part is the mistake's; None in ``other`` stands for anything."""
        triples = zip(self.items, value, other, strict=True)
        return all(
            wrong is None or answer.same(part, wrong) for (_, answer), part, wrong in triples
        )

    def key_text(self) -> str:
        """All keys."""
        return json.dumps([answer.key_text() for _, answer in self.items])

    def shown(self) -> str:
        """All keys with their labels."""
        return "; ".join(f"{_headed(label)}{answer.shown()}" for label, answer in self.items)


def _about(label: str, error: ValueError) -> str:
    return f"{label}: {error}" if label else str(error)


def _headed(label: str) -> str:
    """A label in front of its answer; one that ends in ? or = asks for no colon."""
    return f"{label} " if label.endswith(("?", "=")) else f"{label}: " if label else ""
