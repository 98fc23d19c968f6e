"""A learner's own tree of log-probs: indented lines, lines by prefix, or JSON."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viz import tables
from viz.beam_search.models import EOS, TreeDecoder

MAX_NODES = 2000
MAX_STEPS = 8
MAX_WORDS = 50
LEAST = -1000.0
SUM_SLACK = 0.02
TOO_DEEP = f"the tree may be at most {MAX_STEPS} words deep"

Names = tuple[str, ...]
Rows = dict[Names, dict[str, float]]

_WORD = re.compile(r"[^\W_][\w'’-]{0,19}|<eos>")
_LINE = re.compile(r"([ \t]*)(\S+?)[ \t]*[ \t=:][ \t]*(\S.*)")


@dataclass(frozen=True, slots=True, eq=False)
class OwnTree:
    """A tree that was read.

    Attributes:
        decoder: looks the log-probs up.
        num_steps: words of every sentence that has no end token.
        uneven: prefixes whose probabilities do not add up to 1 within 0.02, with their sum.
    """

    decoder: TreeDecoder
    num_steps: int
    uneven: tuple[tuple[str, float], ...]


def read_tree(text: str) -> OwnTree:
    """Read a tree in one of three forms.

    Indented, every word under its parent: ``deep -0.51`` and below it ``  learn -1.20``.
    By prefix: ``deep : deep=-0.35, learn=-1.20`` (the first prefix is empty).
    JSON: ``{"deep": [-0.51, {"deep": -0.35, "learn": -1.2}], ...}``.
    ``p=0.6`` stands for the log of 0.6; a word that is not named cannot follow.

    Raises:
        ValueError: naming the line or the prefix and what is wrong with it.
    """
    if text.lstrip().startswith("{"):
        rows = _from_json(text)
    elif any(":" in line for line in text.splitlines()):
        rows = _from_prefixes(text)
    else:
        rows = _from_indents(text)
    return tree_of(rows)


def tree_of(rows: Mapping[Names, Mapping[str, float]]) -> OwnTree:
    """A decoder from prefix -> word -> log-prob."""
    if not rows:
        raise ValueError("the tree needs at least one word with its log-prob")
    if len(rows) > MAX_NODES:
        raise ValueError(f"the tree may have at most {MAX_NODES} inner nodes, got {len(rows)}")
    vocabulary = list(dict.fromkeys(word for row in rows.values() for word in row))
    if len(vocabulary) > MAX_WORDS:
        raise ValueError(f"the tree may use at most {MAX_WORDS} words, got {len(vocabulary)}")
    places = {word: place for place, word in enumerate(vocabulary)}
    for prefix in rows:
        if prefix and prefix[-1] not in rows.get(prefix[:-1], {}):
            raise ValueError(f"no log-probs given for the prefix {' '.join(prefix)}")
    _check_ways(rows)
    table = {
        tuple(places[word] for word in prefix): [row.get(word, -math.inf) for word in vocabulary]
        for prefix, row in rows.items()
    }
    decoder = TreeDecoder(table, vocabulary)
    num_steps = _even_depth(rows)
    return OwnTree(decoder, num_steps, _uneven(rows))


def _check_ways(rows: Mapping[Names, Mapping[str, float]]) -> None:
    """A dead end would leave a search with nothing to say."""
    for prefix, row in rows.items():
        if not any(value > -math.inf for value in row.values()):
            after = f"after '{' '.join(prefix)}'" if prefix else "at the start"
            raise ValueError(f"no word can follow {after}: give one of them p above 0")
    ends = [row[EOS] for row in rows.values() if EOS in row]
    if ends and max(ends) == -math.inf:
        raise ValueError(f"no sentence can end: give {EOS} a p above 0 somewhere")


def write_tree(decoder: TreeDecoder) -> str:
    """The indented text that `read_tree` turns back into this tree."""
    lines = []

    def below(prefix: tuple[int, ...]) -> None:
        for token, value in enumerate(decoder.table[prefix]):
            if value > -math.inf:
                lines.append(f"{'  ' * len(prefix)}{decoder.vocabulary[token]} {value:.12g}")
                if (*prefix, token) in decoder.table:
                    below((*prefix, token))

    below(())
    return "\n".join(lines)


def _even_depth(rows: Mapping[Names, Mapping[str, float]]) -> int:
    depth = max(len(prefix) for prefix in rows) + 1
    if depth > MAX_STEPS:
        raise ValueError(f"{TOO_DEEP}, got {depth}")
    for prefix, row in rows.items():
        for word, value in row.items():
            path = (*prefix, word)
            if word == EOS and path in rows:
                raise ValueError(f"nothing may follow {EOS}, but '{' '.join(path)}' has children")
            if word == EOS or path in rows or len(path) == depth or value == -math.inf:
                continue
            raise ValueError(
                f"'{' '.join(path)}' stops after {len(path)} of {depth} words: "
                f"give it children, or end it with {EOS}"
            )
    return depth


def _uneven(rows: Mapping[Names, Mapping[str, float]]) -> tuple[tuple[str, float], ...]:
    sums = ((" ".join(p), math.fsum(map(math.exp, row.values()))) for p, row in rows.items())
    return tuple((words, total) for words, total in sums if abs(total - 1) > SUM_SLACK)


def _from_indents(text: str) -> Rows:
    rows: Rows = {}
    open_words: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.rstrip())
        if found is None:
            raise ValueError(f"line {number}: expected a word and its log-prob, got '{_cut(line)}'")
        indent = len(found.group(1).expandtabs(4))
        while open_words and open_words[-1][0] >= indent:
            open_words.pop()
        prefix = tuple(word for _, word in open_words)
        _put(rows, prefix, found.group(2), found.group(3), f"line {number}")
        open_words.append((indent, found.group(2)))
        if len(open_words) > MAX_STEPS:
            raise ValueError(f"{TOO_DEEP}, line {number} is deeper")
    return rows


def _from_prefixes(text: str) -> Rows:
    rows: Rows = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        head, colon, tail = line.partition(":")
        if not colon:
            raise ValueError(f"line {number}: expected 'prefix : word=log-prob, ...', got no ':'")
        prefix = tuple(head.split())
        if prefix in rows:
            raise ValueError(f"line {number}: the prefix '{' '.join(prefix)}' was given already")
        if len(prefix) >= MAX_STEPS:
            raise ValueError(f"{TOO_DEEP}, line {number} is deeper")
        for item in filter(None, (part.strip() for part in tail.split(","))):
            word, sign, value = item.partition("=")
            if not sign:
                raise ValueError(f"line {number}: expected word=log-prob, got '{_cut(item)}'")
            _put(rows, prefix, word.strip(), value.strip(), f"line {number}")
        rows.setdefault(prefix, {})
    return rows


def _from_json(text: str) -> Rows:
    try:
        content = json.loads(text, object_pairs_hook=_no_twins, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ValueError(f"the JSON cannot be read at {where}: {error.msg}") from None
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    rows: Rows = {}
    if "" in content:
        for key, row in content.items():
            prefix = tuple(key.split())
            if not isinstance(row, dict) or len(prefix) >= MAX_STEPS:
                raise ValueError(f"'{_cut(key)}' must map words to log-probs, within 8 words")
            rows[prefix] = {}
            for word, value in row.items():
                _put(rows, prefix, word, value, f"after '{key}'")
        return rows
    _nested(rows, (), content)
    return rows


def _nested(rows: Rows, prefix: Names, content: dict[str, Any]) -> None:
    if len(prefix) >= MAX_STEPS:
        raise ValueError(TOO_DEEP)
    for word, value in content.items():
        where = f"after '{' '.join(prefix)}'" if prefix else "at the start"
        parts = value if isinstance(value, list) else [value]
        if len(parts) not in (1, 2) or (len(parts) == 2 and not isinstance(parts[1], dict)):
            raise ValueError(
                f"'{_cut(word)}' {where} must be a log-prob or [log-prob, {{children}}]"
            )
        _put(rows, prefix, word, parts[0], where)
        if len(parts) == 2:
            _nested(rows, (*prefix, word), parts[1])


def _put(rows: Rows, prefix: Names, word: str, value: Any, where: str) -> None:
    if not _WORD.fullmatch(word):
        raise ValueError(
            f"{where}: '{_cut(word)}' is not a word of at most 20 letters, digits, ' and -"
        )
    row = rows.setdefault(prefix, {})
    if word in row:
        raise ValueError(f"{where}: '{word}' is given twice after '{' '.join(prefix)}'")
    row[word] = _log_prob(value, word, where)
    if len(rows) > MAX_NODES:
        raise ValueError(f"the tree may have at most {MAX_NODES} inner nodes")


def _log_prob(value: Any, word: str, where: str) -> float:
    if isinstance(value, str) and value.replace(" ", "").startswith("p="):
        share = _number(value.replace(" ", "")[2:], word, where)
        if not 0 <= share <= 1:
            raise ValueError(
                f"{where}: p of '{word}' must be between 0 and 1, got {tables.said(share)}"
            )
        return math.log(share) if share else -math.inf
    number = _number(value, word, where)
    if number > 0:
        raise ValueError(
            f"{where}: log-prob of '{word}' must be at most 0, got {tables.said(number)}"
        )
    if number < LEAST:
        raise ValueError(
            f"{where}: log-prob of '{word}' must be at least {tables.said(LEAST)}, "
            f"got {tables.said(number)}"
        )
    return number


def _number(value: Any, word: str, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{where}: log-prob of '{word}' must be a number, got {_cut(str(value))}")
    try:
        (number,) = tables.read_numbers(str(value), limit=1)
    except ValueError:
        got = _cut(str(value))
        raise ValueError(f"{where}: log-prob of '{word}' must be a number, got '{got}'") from None
    return number


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twin = next((name for name in names if names.count(name) > 1), None)
    if twin is not None:
        raise ValueError(f"'{_cut(twin)}' is given twice among the same words")
    return dict(pairs)


def _refuse(constant: str) -> float:
    raise ValueError(f"a log-prob must be a finite number, got {constant}")


def _cut(item: str) -> str:
    line = " ".join(item.split())
    return line if len(line) <= 30 else f"{line[:29]}…"
