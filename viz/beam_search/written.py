"""Words on a picture as one trace: their number may change from frame to frame at no cost."""

from collections.abc import Sequence
from typing import Any

SIDES = {"left": "middle right", "center": "middle center", "right": "middle left"}


def written(name: str, notes: Sequence[dict[str, Any]], **axes: str) -> dict[str, Any]:
    """Notes as a text trace; ``axes`` names its axes if they are not the first ones."""
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [round(note["x"], 1) for note in notes],
        "y": [round(note["y"], 1) for note in notes],
        "text": [note["text"] for note in notes],
        "textposition": [SIDES[note["xanchor"]] for note in notes],
        "textfont": {
            "size": [note["font"]["size"] for note in notes],
            "color": [note["font"]["color"] for note in notes],
        },
        "hoverinfo": "skip",
        "cliponaxis": False,
        **axes,
    }
