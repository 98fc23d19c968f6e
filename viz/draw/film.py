"""A film: one figure, the frames that change parts of it, and a sentence for each frame."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import plotly.graph_objects as go

ROLES = ("fwd", "bwd", "par", "tru", "muted")
_MARKED = re.compile(r"\{(" + "|".join(ROLES) + r"):([^{}]*)\}")
_SHORT = 24


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Traces and layout of a Plotly figure, as plain values."""

    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]

    @property
    def plain(self) -> dict[str, Any]:
        """As Plotly's JSON has it."""
        return {"data": self.data, "layout": self.layout}


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What one position of the scrubber changes in the figure.

    Attributes:
        label: its name beside the scrubber ("step 3").
        caption: the sentence of that state; ``{fwd:22}`` takes a role's colour.
        traces: indices of the traces that change.
        data: for each of them the fields that are replaced.
        layout: layout keys that are replaced whole (annotations, shapes).
    """

    label: str
    caption: str
    traces: tuple[int, ...] = ()
    data: tuple[Mapping[str, Any], ...] = ()
    layout: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A figure and its frames. Frame i is the figure with that frame's changes alone.

    Attributes:
        picture: in light colours, with the template of `viz.draw.theme`.
        frames: none, one (a still) or many.
        variable: what the scrubber moves ("step", "temperature").
        start: index of the frame shown first; -1 is the last.
        pace: milliseconds a frame when played.
        table: columns of the CSV; without it, trace, x and y of the frame on screen.
    """

    picture: Picture
    frames: tuple[Frame, ...]
    variable: str = "step"
    start: int = -1
    pace: int = 120
    table: Mapping[str, Sequence[Any]] | None = None

    def __post_init__(self) -> None:
        count = len(self.picture.data)
        for frame in self.frames:
            if len(frame.traces) != len(frame.data):
                raise ValueError(
                    f"frame '{frame.label}' names {len(frame.traces)} traces "
                    f"but changes {len(frame.data)}"
                )
            if any(not 0 <= trace < count for trace in frame.traces):
                raise ValueError(f"frame '{frame.label}' changes a trace the figure does not have")

    @property
    def figure(self) -> go.Figure:
        """The picture as a Plotly figure: to show in a notebook, to change, to save."""
        return go.Figure(self.picture.data, self.picture.layout)

    @property
    def start_index(self) -> int:
        """The frame shown first, counted from 0."""
        if not self.frames:
            return 0
        start = self.start + len(self.frames) if self.start < 0 else self.start
        return max(0, min(start, len(self.frames) - 1))

    def caption(self, index: int | None = None) -> str:
        """The sentence of a frame without its colour marks; of the first shown if None."""
        if not self.frames:
            return ""
        return plain(self.frames[self.start_index if index is None else index].caption)


def still(picture: Picture, caption: str, table: Mapping[str, Sequence[Any]] | None = None) -> Film:
    """A film of one frame."""
    return Film(picture, (Frame("", caption),), table=table)


def spans(caption: str) -> tuple[tuple[str, str], ...]:
    """A caption as (role or "", text) pieces in reading order."""
    pieces, at = [], 0
    for found in _MARKED.finditer(caption):
        if found.start() > at:
            pieces.append(("", caption[at : found.start()]))
        pieces.append((found.group(1), found.group(2)))
        at = found.end()
    if at < len(caption):
        pieces.append(("", caption[at:]))
    return tuple(pieces)


def plain(caption: str) -> str:
    """A caption as it is read aloud."""
    return "".join(text for _, text in spans(caption))


def figure_at(film: Film, index: int) -> dict[str, Any]:
    """The figure's dict with the changes of one frame."""
    figure: dict[str, Any] = orjson.loads(_dump(film.picture.plain))
    if film.frames:
        frame = film.frames[index]
        for trace, change in zip(frame.traces, orjson.loads(_dump(frame.data)), strict=True):
            figure["data"][trace].update(change)
        figure["layout"].update(orjson.loads(_dump(frame.layout)))
    return figure


def to_json(film: Film) -> dict[str, Any]:
    """What the stage takes: plain JSON values, long arrays in Plotly's base64 form."""
    return dict(orjson.loads(to_bytes(film)))


def to_bytes(film: Film) -> bytes:
    """The JSON of `to_json` in UTF-8; numbers that JSON does not know become null."""
    content = {
        "figure": film.picture.plain,
        "frames": [
            {
                "label": frame.label,
                "caption": frame.caption,
                "traces": frame.traces,
                "data": frame.data,
                "layout": frame.layout,
            }
            for frame in film.frames
        ],
        "variable": film.variable,
        "start": film.start_index,
        "pace": film.pace,
        "table": film.table,
    }
    return _dump(content)


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, _plain, orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    """What is no JSON value, in terms of those that are."""
    match value:
        case np.ndarray():
            return _plain_array(value)
        case np.generic():
            return value.item()
        case go.layout.Template():
            return value.to_plotly_json()
        case Mapping():
            return dict(value)
    raise TypeError(f"a film cannot carry a {type(value).__name__}")


def _plain_array(array: np.ndarray[Any, Any]) -> Any:
    numeric = array.dtype.kind in "iuf"
    if array.size <= _SHORT or not numeric or array.ndim > 2:
        return array.tolist()
    if array.dtype.kind == "f" and array.dtype.itemsize < 4:
        array = array.astype(np.float32)
    if array.dtype.kind in "iu" and array.dtype not in (np.int8, np.uint8, np.int16, np.int32):
        array = array.astype(np.int32 if np.abs(array).max() < 2**31 else np.float64)
    spec = {
        "dtype": f"{array.dtype.kind}{array.dtype.itemsize}",
        "bdata": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii"),
    }
    return spec if array.ndim == 1 else {**spec, "shape": f"{array.shape[0]}, {array.shape[1]}"}
