"""A trained translator at work: for every output the words it chose from, by step or by word."""

from typing import Any

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.graph import Path
from viz.draw.numbers import fixed
from viz.translation.card_paths import fed_back, passed
from viz.translation.card_places import SLOTS, Places, fitted, places
from viz.translation.card_words import checkpoint_caption, room_words, word_caption
from viz.translation.compute import EOS
from viz.translation.network import Said
from viz.translation.results import Translation
from viz.translation.row_words import escaped

MOVING = ("passed on", "fed back", "cells", "bars", "words", "chances", "fed", "says")
Phase = tuple[int, int, int]


def model_film(result: Translation, *, phone: bool = False) -> Film:
    """The film that the choice ``play`` asks for."""
    at = places(result, phone)
    return _by_word(result, at) if result.play == "words" else _by_checkpoint(result, at)


def _by_checkpoint(result: Translation, at: Places) -> Film:
    whole = (len(result.read), len(at.cards), len(at.cards))
    frames = [
        (f"step {step}", _whole_caption(result, at, i), _changes(result, at, said, whole))
        for i, (step, said) in enumerate(zip(result.steps, result.said, strict=True))
    ]
    return _film(result, at, frames, "training step")


def _by_word(result: Translation, at: Places) -> Film:
    said = result.said[result.steps.index(result.step)]
    frames = []
    for name, (read, fed, out) in _phases(result, min(len(said.said), len(at.cards))):
        words = word_caption(result, said, read, fed, out)
        frames.append((name, words, _changes(result, at, said, (read, fed, out))))
    i = result.steps.index(result.step)
    frames.append(("all", _whole_caption(result, at, i), frames[-1][2]))
    return _film(result, at, frames, "word")


def _whole_caption(result: Translation, at: Places, i: int) -> str:
    """A checkpoint's sentence, and what the picture has no place for."""
    cut = room_words(
        (len(at.cards), len(result.said[i].said), "outputs"),
        (len(at.encoder), len(result.read), "tokens read"),
    )
    return checkpoint_caption(result, i) + cut


def _phases(result: Translation, count: int) -> list[tuple[str, Phase]]:
    """Start, every source token, and two frames for every output."""
    total = len(result.read)
    upright = result.trained.config.stack == "vertical"
    found = [] if upright else [(f"read {i}", (i, 0, 0)) for i in range(1, total + 1)]
    for j in range(1, count + 1):
        read = min(j, total) if upright else total
        found += [(f"w{j} in", (read, j, j - 1)), (f"word {j} out", (read, j, j))]
    return [("start", (0, 0, 0)), *found]


def _film(
    result: Translation, at: Places, frames: list[tuple[str, str, Any]], variable: str
) -> Film:
    still = _still(result, at)
    moving = tuple(range(len(still), len(still) + len(MOVING)))
    looks = _looks(result, at)
    data = [
        look | {"name": name} | change
        for name, look, change in zip(MOVING, looks, frames[-1][2], strict=True)
    ]
    layout = theme.diagram(
        at.height, at.width, shapes=_shapes(result, at), barmode="overlay", bargap=0
    )
    made = tuple(Frame(name, words, moving, change) for name, words, change in frames)
    return Film(theme.figure([*still, *data], layout), made, variable=variable, pace=900)


def text_look(size: int, color: str, side: str = "middle center") -> dict[str, Any]:
    """A trace of texts, without the texts and their places."""
    return {
        "type": "scatter",
        "mode": "text",
        "textposition": side,
        "textfont": {"size": size, "color": color},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _looks(result: Translation, at: Places) -> list[dict[str, Any]]:
    words, small, _ = at.fonts
    role = _role(result)
    return [
        graph.arrows([], color=theme.FWD, width=2.5, head=10),
        graph.arrows([], color=role, width=1.8, head=9, dash="dot"),
        text_look(at.fonts[1], theme.INK) | {"mode": "markers"},
        {
            "type": "bar",
            "orientation": "h",
            "hoverinfo": "skip",
            **(_hatching(at) if result.untrained else _plain_bars(at)),
        },
        text_look(small, theme.INK, "middle right"),
        text_look(small, theme.MUTED, "middle left"),
        text_look(words, role),
        text_look(words + 1, theme.FWD),
    ]


def _plain_bars(at: Places) -> dict[str, Any]:
    return {"width": _line(at) - 5, "marker": {"color": theme.FWD_T, "line": {"width": 0}}}


def _hatching(at: Places) -> dict[str, Any]:
    """What stands for the bars of an untrained model, which mean nothing."""
    hatch = {"shape": "/", "size": 10, "solidity": 0.15, "fgcolor": theme.HAIR, "bgcolor": theme.BG}
    return {
        "width": at.card[1] - 8,
        "marker": {"color": theme.BG, "pattern": hatch, "line": {"width": 0}},
    }


def _line(at: Places) -> float:
    """Height of one word's line in a card."""
    return (at.card[1] - 8) / at.ranks


def _changes(result: Translation, at: Places, said: Said, phase: Phase) -> tuple[Any, ...]:
    read, fed, out = phase
    fed, out = min(fed, len(said.fed), len(at.cards)), min(out, len(said.said), len(at.cards))
    return (
        _arrows(passed(result, at, read, fed), theme.FWD, 2.5, 10),
        _arrows(fed_back(result, at, said, out), _role(result), 1.8, 9),
        _cells(at, read),
        *_ranks(result, at, said, out),
        _fed_words(result, at, said, fed),
        _said_words(result, at, said, out),
    )


def _role(result: Translation) -> str:
    return theme.TRU if result.mode == "training" else theme.FWD


def _arrows(paths: list[Path], color: str, width: float, head: float) -> dict[str, Any]:
    line = graph.arrows(paths, color=color, width=width, head=head)
    return {key: line[key] for key in ("x", "y", "marker")}


def _cells(at: Places, read: int) -> dict[str, Any]:
    known = [i < read for i in range(len(at.encoder))]
    return {
        "x": [round(x, 1) for x, _ in at.encoder],
        "y": [round(y, 1) for _, y in at.encoder],
        "marker": {
            "symbol": "square",
            "size": at.cell,
            "color": [theme.FWD_T if lit else theme.BG for lit in known],
            "line": {"color": [theme.FWD if lit else theme.HAIR for lit in known], "width": 2},
        },
    }


def _ranks(result: Translation, at: Places, said: Said, out: int) -> tuple[dict[str, Any], ...]:
    """Bars, words and probabilities of the cards so far."""
    x, y, length, words, chances, color, ends = [], [], [], [], [], [], []
    (wide, tall), size = at.card, at.fonts[1]
    for j in range(out):
        left, middle = at.cards[j]
        for rank, (word, chance) in enumerate(said.top[j][: at.ranks]):
            x.append(round(left + 4, 1))
            y.append(round(middle + tall / 2 - 4 - _line(at) * (rank + 0.5), 1))
            length.append(round((wide - 8) * chance, 1))
            chosen = word == said.said[j]
            text = escaped(fitted(word, wide - 8, size))
            words.append(f"<b>{text}</b>" if chosen else text)
            color.append(theme.FWD if chosen else theme.INK if chance >= 0.005 else theme.MUTED)
            beside = 0.52 * size * len(word) + 1.8 * size + 14 <= wide
            chances.append(fixed(chance) if beside and chance >= 0.005 else "")
            ends.append(round(left + wide - 5, 1))
    bars = {"base": x, "x": length, "y": y}
    if result.untrained:
        cards = at.cards[:out]
        bars = {"base": [left + 4 for left, _ in cards], "x": [wide - 8] * out}
        bars |= {"y": [middle for _, middle in cards]}
    return (
        bars,
        {"x": x, "y": y, "text": words, "textfont": {"size": size, "color": color}},
        {"x": ends, "y": y, "text": chances},
    )


def _fed_words(result: Translation, at: Places, said: Said, fed: int) -> dict[str, Any]:
    color = []
    for j in range(fed):
        by_hand = result.forced is not None and result.forced[0] == j
        color.append(theme.INK if by_hand else _role(result))
    return {
        "x": [round(x + at.fed[0], 1) for x, _ in at.cards[:fed]],
        "y": [round(y + at.fed[1], 1) for _, y in at.cards[:fed]],
        "text": [f"<b>{escaped(word)}</b>" for word in said.fed[:fed]],
        "textfont": {"size": at.fonts[0], "color": color},
    }


def _said_words(result: Translation, at: Places, said: Said, out: int) -> dict[str, Any]:
    """The words said, a cross before those that differ from the truth."""
    truth = (*result.truth, EOS) if result.truth is not None else said.said
    texts = []
    for j, word in enumerate(said.said[:out]):
        wrong = j >= len(truth) or truth[j] != word
        texts.append(f"{'✗ ' if wrong else ''}<b>{escaped(word)}</b>")
    return {
        "x": [round(x + at.says[0], 1) for x, _ in at.cards[:out]],
        "y": [round(y + at.says[1], 1) for _, y in at.cards[:out]],
        "text": texts,
    }


def _still(result: Translation, at: Places) -> list[dict[str, Any]]:
    """Names of rows, the source, and the right words."""
    truth = [*result.truth, EOS][: len(at.cards)] if result.truth is not None else []
    where = list(zip(at.cards, truth, strict=False))
    side, shift, lift = _beside_cells(result, at)
    source = text_look(at.fonts[2], theme.INK, side) | {"name": "source"}
    source |= {"x": [round(x + shift, 1) for x, _ in at.encoder]}
    source |= {"y": [round(y + lift, 1) for _, y in at.encoder]}
    read = [fitted(word, at.reads, at.fonts[2]) for word in result.read[: len(at.encoder)]]
    source |= {"text": [escaped(word) for word in read]}
    right = text_look(at.fonts[0], theme.TRU) | {"name": "truth"}
    right |= {"x": [round(x + at.right[0], 1) for (x, _), _ in where]}
    right |= {"y": [round(y + at.right[1], 1) for (_, y), _ in where]}
    right |= {"text": [escaped(word) for _, word in where]}
    return [source, right, _labels(result, at)]


def _beside_cells(result: Translation, at: Places) -> tuple[str, float, float]:
    """Where a source word stands from its cell: under it, or left or right of a column of cells."""
    upright, half = result.trained.config.stack == "vertical", at.cell / 2
    if upright == at.phone:
        return ("middle right", half + 3, 0.0) if upright else ("middle left", -half - 8, 0.0)
    return "bottom center", 0.0, -half - 2


def _labels(result: Translation, at: Places) -> dict[str, Any]:
    role, (left, middle) = _role(result), at.cards[0]
    if at.phone:
        high = middle + at.card[1] / 2 + 12
        found = [(52.0, high, "fed", role), (306.0, high, "right / says", theme.MUTED)]
        if result.trained.config.stack == "vertical":
            found[0] = (52.0, high, "fed, read", theme.MUTED)
        else:
            found.append((60.0, at.height - 12.0, "the encoder reads", theme.MUTED))
    else:
        x = left - 34
        found = [
            (x, middle + at.says[1], "says", theme.FWD),
            (x, middle + at.fed[1], "fed", role),
        ]
        if result.truth is not None:
            found.append((x, middle + at.right[1], "right", theme.TRU))
        if result.trained.config.stack == "vertical":
            found.append((x, at.encoder[0][1], "reads", theme.MUTED))
        else:
            high = at.encoder[0][1] + at.cell / 2 + 20
            found.append((86.0, min(high, at.height - 14.0), "the encoder reads", theme.MUTED))
    return text_look(13 if at.phone else 16, theme.INK) | {
        "name": "labels",
        "x": [x for x, *_ in found],
        "y": [round(y, 1) for _, y, *_ in found],
        "text": [text for *_, text, _ in found],
        "textfont": {"size": 13 if at.phone else 16, "color": [color for *_, color in found]},
    }


def _shapes(result: Translation, at: Places) -> list[dict[str, Any]]:
    """Cards, and the spotlight on the word that was put in by hand.

    They are as many in every setting, unseen where there is nothing: the stage then repaints them.
    """
    wide, tall = at.card
    line = {"color": theme.HAIR, "width": 1.5}
    look: dict[str, Any] = {"line": line, "fillcolor": theme.BG, "layer": "below"}
    cards = [graph.box(x + wide / 2, y, wide / 2, tall / 2, opacity=1, **look) for x, y in at.cards]
    spare = [{**cards[0], "opacity": 0}] * (SLOTS - len(cards))
    place = SLOTS if result.forced is None else result.forced[0]
    by_hand = place < len(cards)
    x, y = at.cards[place if by_hand else 0]
    middle, half = (x + at.fed[0], y + at.fed[1]), 44 if at.phone else 48
    spot: dict[str, Any] = {"fillcolor": theme.SPOT, "line": {"width": 0}, "layer": "below"}
    return [*cards, *spare, graph.box(*middle, half, 17, opacity=int(by_hand), **spot)]
