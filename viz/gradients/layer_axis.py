"""The axis of layers, from the input at the left to the output at the right."""

from typing import Any

from viz.draw import theme
from viz.draw.graph import note

EDGE = 0.015
STEPS = (1, 2, 5, 10, 20, 50)
TITLE = "layer, from the input to the output"


def end_of(depth: int) -> int:
    """Where the axis ends: at the depth or at most a tenth above.

    It is the same for depths near each other, for the exam's 50 layers and the 51st too.
    """
    grain = 1 << max(depth // 10, 1).bit_length() - 1
    return grain * -(-depth // grain)


def middle_of(depth: int) -> int:
    """The layer in the middle of the axis."""
    return min(round(end_of(depth) / 2), depth)


def layer_axis(depth: int, **more: Any) -> dict[str, Any]:
    """An axis that stands still while the depth changes a little; `last_layer` names its end."""
    end = end_of(depth)
    least = next(d for d in range(depth, 0, -1) if end_of(d - 1) < end)
    step = next(s for s in STEPS if end / s <= 6)
    pad = EDGE * end
    return {
        "range": [-pad, end + pad],
        "tickvals": list(range(0, least - step // 2, step)),
        "showgrid": False,
        **more,
    }


def last_layer(depth: int, *, size: int = 15, **axes: str) -> dict[str, Any]:
    """The number of the last layer, written like a tick of the axis."""
    place = {"xref": "x", "yref": "y domain", **axes}
    return note(depth, 0, f"{depth}", size=size, color=theme.MUTED, yanchor="top", **place)
