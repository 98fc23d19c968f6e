"""What is written on the strip: names, shapes, arithmetic, sums, question marks."""

from typing import Any

from viz.cnn import wording
from viz.cnn.compute import size_text
from viz.cnn.strip import GROUND, Window, cell, tops
from viz.cnn.volumes import Point
from viz.draw import theme
from viz.draw.numbers import THIN

SHAPE, BOLD = 15, 1.12
MACS = 250.0


def words(view: Window) -> list[dict[str, Any]]:
    return _phone_words(view) if view.phone else _wide_words(view)


def _text(
    name: str,
    points: list[Point],
    text: list[str],
    color: str,
    size: int,
    position: str = "middle center",
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": [round(p[0], 1) for p in points],
        "y": [round(p[1], 1) for p in points],
        "text": text,
        "textposition": position,
        "textfont": {"size": size, "color": color},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _wide_words(view: Window) -> list[dict[str, Any]]:
    slots = range(len(view.places))
    columns = [view.across(slot) for slot in slots]
    longest = max(len(size_text(view.table.rows[place].shape)) for place in view.places)
    small = view.slot < max(104, 10.5 * longest)
    bars = tops(view)
    formulas = _formulas(view)
    lifted = [44 if "<br>" in text else 36 for text in formulas]

    def at(ys: float | list[float]) -> list[Point]:
        heights = ys if isinstance(ys, list) else [ys] * len(columns)
        return list(zip(columns, heights, strict=True))

    above = [y + up for y, up in zip(bars, lifted, strict=True)]
    return [
        _text("names", at(388), _names(view), theme.INK, 15 if small else 17),
        _text("shapes", at(226), _shapes(view), theme.FWD, SHAPE if small else 17),
        _text("formulas", at(above), formulas, theme.PAR, 14 if small else 15),
        _text("parameters", at([y + 14 for y in bars]), _params(view), theme.PAR, 18),
        _text("multiplications", at(60), _macs(view), theme.MUTED, 15),
        _text("seen", at(24), _seen(view), theme.MUTED, 15),
        _gutter(view),
        _text("hidden", *_marks(view), theme.INK, 24),
    ]


def _lit(view: Window, place: int, text: str) -> str:
    """Ink on the spotlight, where purple and grey would be too weak."""
    lit = place == view.current and text
    return f"<span style='color:{theme.INK}'>{text}</span>" if lit else text


def _names(view: Window) -> list[str]:
    texts = []
    for place in view.places:
        bare, _, options = view.table.rows[place].name.partition(" ")
        pointed = place == view.current or (view.asked and view.asked[0] == place)
        shown = f"<b>{bare}</b>" if pointed else bare
        grey = f"<span style='color:{theme.MUTED};font-size:14px'>{options}</span>"
        join = " " if view.phone else "<br>"
        texts.append(f"{shown}{join}{grey}" if options else shown)
    return texts


def _shapes(view: Window) -> list[str]:
    texts = []
    for place in view.places:
        text = wording.shape(view.table.rows[place].shape)
        fitted = text if view.phone else _folded(view, text)
        texts.append("" if view.is_hidden(place, "shape") else f"<b>{fitted}</b>")
    return texts


def _folded(view: Window, text: str) -> str:
    """A shape with its channels in a second line if its column is too narrow for one."""
    if BOLD * _width(text, SHAPE) <= view.slot - 4 or "×" not in text:
        return text
    image, channels = text.rsplit("×", 1)
    return f"{image}<br>×{channels}"


def _formulas(view: Window) -> list[str]:
    texts = []
    for place in view.places:
        shown = wording.formula(view.table.shown_formula(place))
        text = "" if view.is_hidden(place, "params") else shown
        fitted = _beside_shape(view, place, text) if view.phone else _in_column(view, text)
        texts.append(_lit(view, place, fitted))
    return texts


def _in_column(view: Window, text: str) -> str:
    """The formula in two lines if one is too long; nothing if that does not fit either."""
    if len(text) <= view.slot / 7.6:
        return text
    for shown in (text, text.replace(THIN, "")):
        if _width(shown.partition(" + ")[0], 14) <= view.slot - 4:
            return shown.replace(" + ", "<br>+ ")
    return ""


def _beside_shape(view: Window, place: int, text: str) -> str:
    """The formula if its line on the phone has room for it behind the layer's shape."""
    taken = _width(wording.shape(view.table.rows[place].shape), 16)
    return text if _width(text, 13) <= 356 - 68 - 6 - taken else ""


def _width(text: str, size: int) -> float:
    """About how many pixels a text takes."""
    return size * sum(0.2 if letter in f" {THIN}" else 0.51 for letter in text)


def _params(view: Window) -> list[str]:
    texts = []
    for place in view.places:
        params = view.table.shown_params(place)
        color = theme.INK if place == view.current else theme.MUTED
        none = f"<span style='color:{color}'>0</span>" if place else ""
        shown = _lit(view, place, f"<b>{wording.number(params)}</b>") if params else none
        texts.append("" if view.is_hidden(place, "params") else shown)
    return texts


def _macs(view: Window) -> list[str]:
    texts = []
    for place in view.places:
        secret = any(view.is_hidden(place, column) for column in ("params", "shape"))
        shown = wording.number(view.table.shown_macs(place))
        texts.append("" if secret or not place else _lit(view, place, shown))
    return texts


def _seen(view: Window) -> list[str]:
    sees = "sees " if view.phone else ""
    shown = [(place, sees + wording.field(view.table, place)) for place in view.places]
    return [_lit(view, place, text) if place else "" for place, text in shown]


def _seen_before(view: Window, formulas: list[str]) -> list[str]:
    """On the phone what one unit sees gives way to a long formula."""
    return [
        seen if 168 + _width(wording.bare(f"{seen}{formula}"), 13) <= 350 else ""
        for seen, formula in zip(_seen(view), formulas, strict=True)
    ]


def _macs_beside(view: Window) -> list[str]:
    """On the phone multiplications give way to a long name."""
    texts = []
    for macs, name in zip(_macs(view), _names(view), strict=True):
        taken = 68 + _width(wording.bare(name), 15) + 10
        texts.append(macs if taken + _width(wording.bare(macs), 13) <= MACS else "")
    return texts


def _headings(y: float) -> tuple[list[Point], list[str]]:
    """On the phone what the right-hand columns are, in the input's row, where they are empty."""
    parameters = f"<span style='color:{theme.PAR}'>parameters</span>"
    return [(MACS, y), (356.0, y)], ["multiplications", parameters]


def _gutter(view: Window) -> dict[str, Any]:
    """What the lines are, with their sums; sums would give hidden cells away."""
    table, sums = view.table, view.table.totals
    places = range(len(table.rows))
    params, macs = (
        sum(shown(place) for place in places) for shown in (table.shown_params, table.shown_macs)
    )
    dense = "dense " if table.dense else ""
    scale = "<br>logarithmic bars" if table.dense else ""
    lines = [
        (226.0, "activations", sums.activations, theme.FWD),
        (GROUND + 18.0, f"{dense}parameters", params, theme.PAR),
        (60.0, "multiplications", macs, theme.MUTED),
        (24.0, "one unit sees", None, theme.MUTED),
    ]
    points, text = [], []
    for y, name, total, color in lines:
        below = "" if total is None or view.hidden else f"<br><b>{wording.number(total)}</b> in all"
        points.append((2.0, y))
        drawn = scale if color == theme.PAR else ""
        text.append(f"<span style='color:{color}'>{name}{below}{drawn}</span>")
    if len(view.places) <= len(table.layers):
        points.append((2.0, 388.0))
        text.append(f"layers {view.places[1]}–{view.places[-1]}<br>of {len(table.layers)}")
    return _text("rows", points, text, theme.MUTED, 14, "middle right")


def _marks(view: Window) -> tuple[list[Point], list[str]]:
    """Question marks where cells are hidden."""
    points = [
        cell(view, slot, column)
        for slot, place in enumerate(view.places)
        for column in ("shape", "params")
        if view.is_hidden(place, column)
    ]
    return points, ["<b>?</b>"] * len(points)


def _phone_words(view: Window) -> list[dict[str, Any]]:
    heights = [view.middle(slot)[1] for slot in range(len(view.places))]

    def at(x: float, up: float) -> list[Point]:
        return [(x, y + up) for y in heights]

    formulas = _formulas(view)
    return [
        _text("names", at(68, 12), _names(view), theme.INK, 15, "middle right"),
        _text("shapes", at(68, -10), _shapes(view), theme.FWD, 15, "middle right"),
        _text("formulas", at(356, -11), formulas, theme.PAR, 13, "middle left"),
        _text("parameters", at(356, 11), _params(view), theme.PAR, 17, "middle left"),
        _text("multiplications", at(MACS, 12), _macs_beside(view), theme.MUTED, 13, "middle left"),
        _text("seen", at(168, -10), _seen_before(view, formulas), theme.MUTED, 13, "middle right"),
        _text("rows", *_headings(heights[0] + 12), theme.MUTED, 13, "middle left"),
        _text("hidden", *_marks(view), theme.INK, 22),
    ]
