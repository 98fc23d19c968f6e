"""The norm family: a small tensor as tiles, boxes around those that share their statistics."""

from typing import Any

import numpy as np

from viz.batchnorm.batches import Family
from viz.batchnorm.norms import Normalized
from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import fixed, short

NAMES = {
    "batch": "batch norm",
    "layer": "layer norm",
    "instance": "instance norm",
    "group": "group norm",
    "rms": "RMS norm",
}
OVER = {
    "batch": "over the samples and positions of one channel",
    "layer": "over all channels and positions of one sample",
    "instance": "over the positions of one channel in one sample",
    "group": "over the positions of a bundle of channels in one sample",
    "rms": "over all channels and positions of one sample, and the mean is not subtracted",
}
LETTERS = "ABCDEFGH"
DEEPEST = 0.4  # light text on a darker tile would be pale in the dark theme


def norm_family(result: Family, *, phone: bool = False) -> Film:
    """Tiles of one letter and shade share a mean and a deviation, which stand in their box."""
    first = result.norms[0]
    width, height = (360, 900) if phone else (1000, 436)
    most = max(len(_boxes(norm, phone)) for norm in result.norms)
    figure = theme.figure(
        data=[_tiles(first, phone), _statistics(first, phone)],
        layout=theme.diagram(
            height,
            width,
            annotations=_heads(height, phone),
            shapes=_padded(_boxes(first, phone), most),
        ),
    )
    frames = tuple(
        Frame(
            NAMES[norm.kind],
            family_caption(result, norm),
            (0, 1),
            (
                {k: v for k, v in _tiles(norm, phone).items() if k in ("marker", "text")}
                | {"textfont": _tiles(norm, phone)["textfont"]},
                {k: v for k, v in _statistics(norm, phone).items() if k in ("x", "y", "text")},
            ),
            {"shapes": _padded(_boxes(norm, phone), most)},
        )
        for norm in result.norms
    )
    return Film(figure, frames, variable="norm", start=0, pace=1500, table=table(result))


def _corner(sample: int, channel: int, phone: bool) -> tuple[float, float]:
    """Upper left corner of a block of 2 × 2 tiles."""
    if phone:
        row = 2 * sample + channel // 2
        return 36.0 + 162 * (channel % 2), 862.0 - 212 * row - 22 * sample
    return 120.0 + 222 * channel, 396.0 - 196 * sample


def _tile(phone: bool) -> float:
    return 68.0 if phone else 72.0


def _tiles(norm: Normalized, phone: bool) -> dict[str, Any]:
    places, text, shade = [], [], []
    groups = int(norm.shares.max()) + 1
    side, below = _tile(phone), 28.0
    for (n, c, h, w), value in np.ndenumerate(norm.y):
        x, y = _corner(n, c, phone)
        places.append((x + side * (w + 0.5), y - below - side * (h + 0.5)))
        text.append(fixed(float(value)))
        shade.append(round(int(norm.shares[n, c, h, w]) / max(groups - 1, 1), 3))
    x_, y_ = (list(v) for v in zip(*places, strict=True))
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": "tiles",
        "x": x_,
        "y": y_,
        "text": text,
        "textfont": {"size": 17, "color": [theme.ink_on(s * DEEPEST) for s in shade]},
        "marker": {
            "symbol": "square",
            "size": side - (6 if phone else 10),
            "color": shade,
            "cmin": 0,
            "cmax": round(1 / DEEPEST, 4),
            "colorscale": theme.magnitude(theme.FWD),
            "line": {"width": 0},
        },
        "hovertemplate": "%{text}<extra></extra>",
    }


def _members(norm: Normalized, group: int) -> list[tuple[int, int]]:
    """The blocks (sample, channel) of a group, in reading order."""
    found = np.argwhere(norm.shares[:, :, 0, 0] == group)
    return [(int(n), int(c)) for n, c in found]


def _boxes(norm: Normalized, phone: bool) -> list[dict[str, Any]]:
    """One frame around each group; wherever its blocks do not touch, one around each run."""
    shapes = []
    side = _tile(phone)
    for group in range(len(norm.mean)):
        for run in _runs(_members(norm, group), phone):
            corners = [_corner(n, c, phone) for n, c in run]
            left, top = min(x for x, _ in corners), max(y for _, y in corners)
            right = max(x for x, _ in corners) + 2 * side
            low = min(y for _, y in corners) - 2 * side - 28
            half = ((right - left) / 2 + 5, (top - low) / 2 + 4)
            middle = ((left + right) / 2, (top + low) / 2)
            dash = "dot" if norm.kind == "rms" else "solid"
            line = {"color": theme.FWD, "width": 2, "dash": dash}
            shapes.append(graph.box(*middle, *half, line=line, fillcolor=theme.BG))
    return shapes


def _padded(boxes: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """As many boxes in every frame, the further ones unseen: a change of number is drawn slowly."""
    return [*boxes, *[{**boxes[-1], "opacity": 0}] * (most - len(boxes))]


def _runs(blocks: list[tuple[int, int]], phone: bool) -> list[list[tuple[int, int]]]:
    """Blocks that one rectangle can frame; on the phone samples lie far apart."""
    if not phone:
        return [blocks]
    samples = sorted({n for n, _ in blocks})
    return [[block for block in blocks if block[0] == n] for n in samples]


def _statistics(norm: Normalized, phone: bool) -> dict[str, Any]:
    """Letter, mean and deviation of every group, at the head of its first block."""
    x, y, text = [], [], []
    for group, (mean, std) in enumerate(zip(norm.mean, norm.std, strict=True)):
        place = _corner(*_members(norm, group)[0], phone)
        x.append(place[0] + 5)
        y.append(place[1] - 14)
        sigma = "rms" if norm.kind == "rms" else "σ"
        middle = "" if norm.kind == "rms" else f"μ {short(float(mean), 3)}, "
        text.append(f"<b>{LETTERS[group]}</b>  {middle}{sigma} {short(float(std), 3)}")
    return {
        "type": "scatter",
        "mode": "text",
        "name": "statistics",
        "x": x,
        "y": y,
        "text": text,
        "textposition": "middle right",
        "textfont": {"size": 14 if phone else 15, "color": theme.FWD},
        "hoverinfo": "skip",
    }


def _heads(height: int, phone: bool) -> list[dict[str, Any]]:
    muted = theme.MUTED
    side = _tile(phone)
    if phone:
        notes = []
        for n in range(2):
            _, y = _corner(n, 0, phone)
            words = f"sample {n + 1}, channels 1 to 4"
            notes.append(graph.note(36, y + 20, words, size=15, color=muted, xanchor="left"))
        return notes
    notes = [
        graph.note(_corner(0, c, phone)[0] + side, height - 18, f"channel {c + 1}", color=muted)
        for c in range(4)
    ]
    for n in range(2):
        _, y = _corner(n, 0, phone)
        notes.append(graph.note(56, y - 28 - side, f"sample {n + 1}", color=muted))
    return notes


def family_caption(result: Family, norm: Normalized) -> str:
    """Which numbers share their statistics."""
    groups = len(norm.mean)
    name = NAMES[norm.kind]
    name = name if norm.kind == "rms" else name.capitalize()
    what = "the root mean square" if norm.kind == "rms" else "mean and deviation"
    equal = ""
    if norm.kind == "group" and result.groups in (1, 4):
        equal = " This is layer norm." if result.groups == 1 else " This is instance norm."
    return (
        f"{name} takes {what} {OVER[norm.kind]}: {{fwd:{groups} groups}} of "
        f"{result.x.size // groups} numbers.{equal} The first entry becomes "
        f"{fixed(float(norm.y.flat[0]), 3)}, the last {fixed(float(norm.y.flat[-1]), 3)}."
    )


def table(result: Family) -> dict[str, list[Any]]:
    """By norm: how many groups, and the first and the last number of the tensor."""
    return {
        "norm": [NAMES[norm.kind] for norm in result.norms],
        "groups": [len(norm.mean) for norm in result.norms],
        "first": [float(norm.y.flat[0]) for norm in result.norms],
        "last": [float(norm.y.flat[-1]) for norm in result.norms],
    }
