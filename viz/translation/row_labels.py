"""Names of the rows and parts of the two-row figure, as one trace of texts."""

from typing import Any

from viz.draw import theme
from viz.translation.compute import Rows
from viz.translation.row_places import Places

Label = tuple[float, float, str, str, str]
LEFT, RIGHT, MIDDLE = "middle right", "middle left", "middle center"


def row_labels(result: Rows, at: Places) -> dict[str, Any]:
    """What each row is, beside the decoder; on a phone above it."""
    found = _phone(result, at) if at.phone else _wide(result, at)
    size = 13 if at.phone else 16
    return {
        "type": "scatter",
        "mode": "text",
        "x": [round(x, 1) for x, *_ in found],
        "y": [round(y, 1) for _, y, *_ in found],
        "text": [text for *_, text, _, _ in found],
        "textposition": [side for *_, side in found],
        "textfont": {"size": size, "color": [color for *_, color, _ in found]},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _wide(result: Rows, at: Places) -> list[Label]:
    right = at.labels
    beside = result.stack == "horizontal"
    words = (
        ("training: true previous word", "evaluation: its own last word")
        if beside
        else ("training: true word", "evaluation: own word")
    )
    found = [
        (right, at.training, words[0], theme.TRU, RIGHT),
        (right, at.own, words[1], theme.FWD, RIGHT),
        (right, at.truth, "right translation", theme.TRU, RIGHT),
        (right, at.says, "the decoder says", theme.FWD, RIGHT),
    ]
    state = theme.math("<i>h<sub>T</sub></i>")
    if beside:
        (x, y), (u, _) = at.encoder[-1], at.decoder[0]
        found.append(((x + u) / 2, y + 18, state, theme.FWD, MIDDLE))
        found.append((at.encoder[0][0] - 25, y + 50, "the encoder reads", theme.MUTED, LEFT))
    else:
        found.append((right, at.decoder[0][1], "decoder", theme.MUTED, RIGHT))
        found.append((right, at.encoder[0][1], "encoder", theme.MUTED, RIGHT))
    return found + _left_over(result, at)


def _phone(result: Rows, at: Places) -> list[Label]:
    training = result.mode == "training"
    beside = result.stack == "horizontal"
    words = [
        "training: true previous word" if training and beside else "training",
        "evaluation" if training or not beside else "evaluation: its own last word",
    ]
    # Under its words, left of every arrow that rises.
    left, low = 10 if beside else 8, at.band + 3
    found = [
        (left, at.training - low, words[0], theme.TRU, LEFT),
        (left, at.own - low, words[1], theme.FWD, LEFT),
        (10, at.truth + 22, "right translation", theme.TRU, LEFT),
        (10, at.says + 22, "it says", theme.FWD, LEFT),
    ]
    if beside:
        high = at.encoder[0][1] + 36
        found.append((10, high, "the encoder reads", theme.MUTED, LEFT))
    return found + _left_over(result, at)


def _left_over(result: Rows, at: Places) -> list[Label]:
    """Why a vertical stack has no further words."""
    if not result.cut:
        return []
    x, _ = at.decoder[result.steps]
    if at.phone:
        return [(350, at.says + 22, "no source token left", theme.INK, RIGHT)]
    text = "no source<br>token left"
    return [(x, at.says - 4, text, theme.INK, MIDDLE)]
