"""The palette, the type and the one Plotly template; figures are built in light colours only."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import plotly.graph_objects as go

from viz.draw.film import Picture

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#FFFFFF",
        "surface": "#F5F7FA",
        "ink": "#1B2430",
        "muted": "#5B6675",
        "line": "#7F8A9A",
        "hair": "#C9D0DA",
        "grid": "#E8ECF1",
        "fwd": "#0B62D6",
        "bwd": "#BD4A00",
        "par": "#661070",
        "tru": "#147A5A",
        "spot": "#FFEBAE",
        "fwd_t": "#E3EEFC",
        "bwd_t": "#FDF2E8",
        "par_t": "#F1E3F3",
        "tru_t": "#E6F5EE",
        "mut_t": "#EEF1F5",
    }
)
DARK: Mapping[str, str] = MappingProxyType(
    {
        "bg": "#11161D",
        "surface": "#1A212B",
        "ink": "#E8EDF3",
        "muted": "#98A3B2",
        "line": "#6C7888",
        "hair": "#3A4452",
        "grid": "#252D38",
        "fwd": "#9CC8FF",
        "bwd": "#F0963C",
        "par": "#D264D1",
        "tru": "#3FD9B0",
        "spot": "#4D3D08",
        "fwd_t": "#17304F",
        "bwd_t": "#43290F",
        "par_t": "#36193A",
        "tru_t": "#0F3B31",
        "mut_t": "#232B36",
    }
)

BG, SURFACE, INK, MUTED, LINE = (LIGHT[n] for n in ("bg", "surface", "ink", "muted", "line"))
HAIR, GRID, SPOT = LIGHT["hair"], LIGHT["grid"], LIGHT["spot"]
FWD, BWD, PAR, TRU = (LIGHT[n] for n in ("fwd", "bwd", "par", "tru"))
FWD_T, BWD_T, PAR_T, TRU_T, MUT_T = (
    LIGHT[n] for n in ("fwd_t", "bwd_t", "par_t", "tru_t", "mut_t")
)
BEFORE, AFTER, CHOSEN, DROPPED = MUTED, FWD, FWD, LINE

WORDS = '"Source Sans", "Source Sans 3", "Segoe UI", Helvetica, Arial, sans-serif'
MATH = 'KaTeX_Main, "Source Serif", Cambria, Georgia, serif'

_AXIS = {
    "gridcolor": GRID,
    "linecolor": LINE,
    "zeroline": False,
    "fixedrange": True,
    "tickfont": {"size": 15, "color": MUTED},
    "title": {"font": {"size": 16, "color": MUTED}, "standoff": 10},
    "automargin": False,
}
TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": BG,
        "plot_bgcolor": BG,
        "font": {"family": WORDS, "size": 17, "color": INK},
        "colorway": [FWD, BWD, PAR, TRU, MUTED],
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": SURFACE, "bordercolor": HAIR, "font": {"color": INK, "size": 15}},
        "margin": {"l": 54, "r": 20, "t": 44, "b": 58},
        "separators": ".\u202f",
        "xaxis": _AXIS,
        "yaxis": _AXIS,
    }
)


def faded(color: str, share: float) -> str:
    """A color of the palette that lets what is behind it through.

    For many points: the browser paints it in one go, where `opacity` gives each a layer.
    """
    return f"{color}{round(255 * share):02X}"


def figure(data: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> Picture:
    """A figure of plain traces in a layout.

    Plotly's own object, with its check of every property, takes most of the time in which a film
    is made. Ours are written by us, not typed by a reader: tests check every view, visits do not.
    """
    return Picture(data, layout)


def chart(height: int, **layout: Any) -> dict[str, Any]:
    """The layout of a chart with axes; keywords are Plotly layout keys."""
    return {"template": TEMPLATE, "height": height, **layout}


def diagram(height: int, width: int = 1000, **layout: Any) -> dict[str, Any]:
    """The layout of a diagram: invisible axes in which one unit is about one pixel, y upwards."""
    hidden = {"visible": False, "fixedrange": True}
    return {
        "template": TEMPLATE,
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "xaxis": {**hidden, "range": [0, width]},
        "yaxis": {**hidden, "range": [0, height]},
        **layout,
    }


def math(text: str) -> str:
    """Set ``text`` in the face of the formulas, for figures."""
    return f"<span style='font-family:{MATH.replace(chr(34), '')}'>{text}</span>"


def magnitude(role: str) -> list[list[Any]]:
    """Colour scale from 0 to the largest value of a quantity with this role's colour."""
    return [[0.0, MUT_T], [1.0, role]]


def signed(role: str) -> list[list[Any]]:
    """Colour scale for symmetric limits: grey arm negative, ground 0, role's hue positive.

    Give it limits 1 / 0.85 times the largest size, so that the darkest cell stays legible.
    """
    return [[0.0, MUTED], [0.5, BG], [1.0, role]]


def ink_on(share: float, role: str = FWD, ground: str = MUT_T) -> str:
    """The token for text on a cell that a colour scale from ground to role fills at ``share``.

    Both tokens swap with the theme, and the choice holds in both.
    """
    return _ink_on(round(float(share), 3), role, ground)


@lru_cache(maxsize=4096)
def _ink_on(share: float, role: str, ground: str) -> str:
    """A film asks some thousand times for hardly more than a hundred shares."""

    def least_contrast(token: str) -> float:
        return min(_contrast(share, *palette) for palette in _palettes(ground, role, token))

    return max((INK, BG), key=least_contrast)


def _palettes(*tokens: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tokens, tuple(_SWAP[token] for token in tokens)


def _contrast(share: float, ground: str, role: str, text: str) -> float:
    """WCAG's contrast of text on a cell of the scale from ground to role."""
    ends = zip(_channels(ground), _channels(role), strict=True)
    cell = _luminance([(1 - share) * a + share * b for a, b in ends])
    low, high = sorted((cell, _luminance(_channels(text))))
    return (high + 0.05) / (low + 0.05)


def to_dark(part: Any) -> Any:
    """A copy of a figure's dict in which every light token is its dark one."""
    if isinstance(part, str):
        return _TOKENS.sub(lambda found: _SWAP[found.group().upper()], part)
    if isinstance(part, Mapping):
        return {key: to_dark(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [to_dark(value) for value in part]
    return part


_SWAP = {LIGHT[name]: DARK[name] for name in LIGHT}
_TOKENS = re.compile("|".join(_SWAP), re.IGNORECASE)


def _channels(color: str) -> list[float]:
    return [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def _luminance(channels: list[float]) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
