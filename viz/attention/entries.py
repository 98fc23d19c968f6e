"""What the boxes and the pasted texts of this page say, as checked vectors."""

import numpy as np

from viz import tables
from viz.attention.compute import (
    LARGEST_ENTRY,
    MAX_DIMENSIONS,
    MAX_KEYS,
    FloatArray,
    Inputs,
    inputs_from,
)
from viz.attention.controls import ONES, LearnSettings, MapSettings, SlopeSettings, TableSettings

Typed = TableSettings | MapSettings | SlopeSettings | LearnSettings


def inputs_of(settings: Typed) -> Inputs:
    """The vectors that the boxes or the pasted text say.

    Keys of one or two entries use the first of the three query boxes.
    """
    if isinstance(settings, TableSettings) and settings.data == "own":
        return _pasted(settings.own, settings.scaled)
    keys = _matrix("keys", settings.keys)
    values = _matrix("values", settings.values)
    query = (settings.q1, settings.q2, settings.q3)[: keys.shape[1]]
    return inputs_from(query, keys, values, scaled=settings.scaled)


def grad_output_of(upstream: str, inputs: Inputs) -> FloatArray:
    """What arrives at the output; the default text stands for ones of any number."""
    size = inputs.values.shape[1]
    if upstream == ONES:
        return np.ones(size)
    typed = _vector("gradient g", upstream)
    if len(typed) != size:
        raise ValueError(
            f"the gradient g must have {size} entries like the values, got {len(typed)}"
        )
    return typed


def _vector(name: str, text: str) -> FloatArray:
    """Numbers as large as those of the keys, so that no square overflows."""
    typed = np.array(tables.read_numbers(text, limit=MAX_DIMENSIONS, what=name))
    for place, value in enumerate(typed, start=1):
        if abs(value) > LARGEST_ENTRY:
            raise ValueError(
                f"the {name}: entry {place} must be between {tables.said(-LARGEST_ENTRY)} "
                f"and {tables.said(LARGEST_ENTRY)}, got {tables.said(float(value))}"
            )
    return typed


def target_of(settings: LearnSettings, inputs: Inputs) -> tuple[FloatArray, int | None]:
    """The wished output, and the key whose value it is; the default stands for the last of few."""
    if settings.target == "own":
        return _vector("target", settings.own_target), None
    place = int(settings.target) - 1
    if settings.target == LearnSettings().target:
        place = min(place, inputs.num_keys - 1)
    if place >= inputs.num_keys:
        raise ValueError(
            f"the target must be one of the {inputs.num_keys} values, got {settings.target}"
        )
    return inputs.values[place], place


def tokens_of(pasted: str) -> FloatArray:
    """The learner's own tokens, one a line."""
    return tables.read_matrix(pasted, max_rows=MAX_KEYS, max_columns=MAX_DIMENSIONS)


def words_of(sentence: str) -> tuple[str, ...]:
    """The words of a sentence.

    Raises:
        ValueError: there are none, or more than 64.
    """
    words = tuple(sentence.split())
    if not 1 <= len(words) <= MAX_KEYS:
        raise ValueError(f"the sentence must have 1 to {MAX_KEYS} words, got {len(words)}")
    return words


def _matrix(name: str, typed: str) -> FloatArray:
    try:
        return tables.read_matrix(typed, max_rows=MAX_KEYS, max_columns=MAX_DIMENSIONS)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _pasted(typed: str, scaled: bool) -> Inputs:
    """Three named blocks; errors count lines within their block."""
    blocks: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in typed.splitlines():
        name = line.strip().rstrip(":").lower()
        if name in ("keys", "values", "query"):
            if name in blocks:
                raise ValueError(f"there is more than one block named {name}")
            current = blocks.setdefault(name, [])
        elif current is not None:
            current.append(line)
        elif name:
            raise ValueError("the first line must be one of keys, values, query")
    missing = [name for name in ("keys", "values", "query") if name not in blocks]
    if missing:
        raise ValueError(f"there is no block named {missing[0]}")
    keys, values, query = (
        _matrix(name, "\n".join(blocks[name])) for name in ("keys", "values", "query")
    )
    if len(query) != 1:
        raise ValueError(f"there must be one query, got {len(query)} rows")
    return inputs_from(query[0], keys, values, scaled=scaled)
