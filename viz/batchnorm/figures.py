"""One feature: its density before and after the layer, on one scale or under a moved ruler."""

from typing import Any

import numpy as np

from viz.batchnorm.axes import bare_axis, ruled_axis
from viz.batchnorm.captions import caption, places
from viz.batchnorm.feature import FLAT, MARKS, Line1D, State
from viz.draw import theme
from viz.draw.columns import column
from viz.draw.film import Film, Frame
from viz.draw.numbers import short, steady

RIGHT = 0.72
BETWEEN = {False: ", ", True: "<br>"}
STAGE_WORDS = ("raw", "mean subtracted", "divided by σ", "times γ", "after")
CHANGING = ("bars after", "after", "rug after", "marks after", "words after", "beta")


def one_feature(result: Line1D, *, phone: bool = False) -> Film:
    """Input above, output below; lines join equal quantiles, the band is beta ± gamma."""
    low, high = _span(result)
    traces = [*_before(result, phone), *_after(result, result.final, phone)]
    ruler = _ruler(result, result.final, low, high)
    figure = theme.figure(
        data=traces,
        layout=theme.chart(
            420 if phone else 440,
            margin={"l": 16, "r": 16, "t": 8, "b": 40},
            xaxis=ruled_axis(low, high, "y", ticks=0),
            yaxis=bare_axis([0.58, 1.0], steady(0, result.ceiling_before)),
            xaxis2=ruled_axis(*ruler, "y2", ticks=8 if phone else 14),
            yaxis2=bare_axis([0.0, 0.44], steady(0, result.ceiling_after)),
            shapes=_shapes(result, result.final),
            bargap=0,
        ),
    )
    names = [trace["name"] for trace in traces]
    places = tuple(names.index(name) for name in CHANGING)
    frames = tuple(_frame(result, state, places, phone) for state in result.states)
    return Film(figure, frames, variable=result.variable, start=result.start, table=table(result))


def _span(result: Line1D) -> tuple[float, float]:
    """One range for input and output that holds every stage."""
    # The marks lie at two deviations, also of a shape that ends before.
    first, last = min(result.shape.z[0], -2.2), max(result.shape.z[-1], 2.2)
    if result.relabel:
        mean, std = result.before.mean, result.before.std
        return mean + std * first, mean + std * last
    tails = (max(first, -3.3), min(last, 3.3))
    ends = []
    for state in result.stops:
        mean, _ = state.moments(result.before)
        ends += [mean + state.scale * result.before.std * tail for tail in tails]
    pad = 0.03 * (max(ends) - min(ends))
    return steady(min(ends) - pad, max(ends) + pad)


def _ruler(result: Line1D, state: State, low: float, high: float) -> tuple[float, float]:
    """The output's axis: the same scale, or the input's picture under a new ruler."""
    if not result.relabel:
        return low, high
    if abs(state.scale) > FLAT:
        old = result.before.mean
        return state.scale * (low - old) + state.mean, state.scale * (high - old) + state.mean
    return state.mean - (high - low) / 2, state.mean + (high - low) / 2  # all values are one


def _curve(result: Line1D, scale: float, mean: float) -> tuple[dict[str, Any], dict[str, Any]]:
    """Histogram and density line of the feature, stretched about this mean."""
    spread = max(abs(scale), FLAT) * result.before.std
    sign = 1.0 if scale >= 0 else -1.0
    edges = result.shape.edges
    centres = (edges[:-1] + edges[1:]) / 2
    bars = {
        "x": column(mean + sign * spread * centres),
        "y": column(result.shape.heights / spread),
        "width": float(f"{spread * (edges[1] - edges[0]):.5g}"),
    }
    x, y = mean + sign * spread * result.shape.z, result.shape.density / spread
    return bars, {"x": column(x), "y": column(y)}


def _before(result: Line1D, phone: bool) -> list[dict[str, Any]]:
    low, high = _span(result)
    width = 330 if phone else 900
    crowded = result.before.std / (high - low) * width < 34
    marks = ["" if crowded and i != 2 else short(m, 3) for i, m in enumerate(result.marks_in)]
    bars, line = _curve(result, 1.0, result.before.mean)
    rug = result.before.at(result.rug)
    place = {"xaxis": "x", "yaxis": "y"}
    mean, std = result.before.mean, result.before.std
    leftish = mean <= low + RIGHT * (high - low)
    words = f"before<br>mean {short(mean)}{BETWEEN[phone]}SD {short(std)}"
    dots = _marks("marks before", result.marks_in, theme.BEFORE, place)
    dots |= {"mode": "markers+text", "text": marks, "textposition": "bottom center"}
    dots["textfont"] = {"size": 15, "color": theme.BEFORE}
    return [
        _bars("bars before", bars, theme.BEFORE, place),
        _line("before", line, theme.BEFORE, place),
        _rug("rug before", rug, 0.035 * result.ceiling_before, theme.BEFORE, place),
        dots,
        {
            **_words("words before", words, theme.BEFORE, place),
            "x": [high if leftish else low],
            "y": [0.98 * result.ceiling_before],
            "textposition": f"bottom {'left' if leftish else 'right'}",
        },
    ]


def _after(result: Line1D, state: State, phone: bool) -> list[dict[str, Any]]:
    place = {"xaxis": "x2", "yaxis": "y2"}
    bars, line, rug, marks, words, beta = _changes(result, state, phone)
    size = 15 if phone else 18
    return [
        _bars("bars after", bars, theme.AFTER, place),
        _line("after", line, theme.AFTER, place),
        _rug("rug after", rug["x"], 0.035 * result.ceiling_after, theme.AFTER, place),
        _marks("marks after", marks["x"], theme.AFTER, place),
        {
            **_words("words after", "", theme.AFTER, place),
            **words,
            "y": [0.99 * result.ceiling_after],
            "textposition": f"bottom {'left' if _leftish(result) else 'right'}",
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "beta",
            **place,
            **beta,
            "textposition": "bottom center",
            "textfont": {"size": size, "color": theme.PAR},
            "cliponaxis": False,
            "marker": {
                "symbol": "diamond",
                "size": [13, 0],
                "opacity": 1,
                "color": theme.PAR_T,
                "line": {"color": theme.PAR, "width": 2.5},
            },
            "hoverinfo": "skip",
        },
    ]


def _bars(name: str, bars: dict[str, Any], color: str, place: dict[str, str]) -> dict[str, Any]:
    look = {"marker": {"color": color, "line": {"width": 0}}, "opacity": 0.28}
    return {"type": "bar", "name": name, **place, **bars, **look, "hoverinfo": "skip"}


def _line(name: str, line: dict[str, Any], color: str, place: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        **place,
        **line,
        "line": {"color": color, "width": 3.5, "shape": "spline"},
        "hovertemplate": "%{x:.3f}<br>density %{y:.3f}<extra></extra>",
    }


def _rug(name: str, x: np.ndarray, y: float, color: str, place: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        **place,
        "x": x,
        "y": [y] * len(x),
        "marker": {"symbol": "line-ns", "size": 9, "line": {"color": color, "width": 1.2}},
        "hovertemplate": "quantile %{x:.3f}<extra></extra>",
    }


def _marks(name: str, x: Any, color: str, place: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        **place,
        "x": x,
        "y": [0] * len(x),
        "cliponaxis": False,
        "marker": {"color": color, "size": 11, "line": {"color": theme.BG, "width": 1.5}},
        "hovertemplate": "%{x:.3f}<extra></extra>",
    }


def _leftish(result: Line1D) -> bool:
    """Whether the output leaves room for its words on the right."""
    low, high = _ruler(result, result.final, *_span(result))
    mean, _ = result.final.moments(result.before)
    return result.relabel or mean <= low + RIGHT * (high - low)


def _words(name: str, text: str, color: str, place: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        **place,
        "text": [text],
        "textfont": {"size": 17, "color": color},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _changes(result: Line1D, state: State, phone: bool) -> tuple[dict[str, Any], ...]:
    """What a frame replaces, in the order of `CHANGING`."""
    low, high = _ruler(result, state, *_span(result))
    bars, line = _curve(result, state.scale, state.mean)
    mean, std = state.moments(result.before)
    name = STAGE_WORDS[int(np.ceil(state.stage - 1e-9))]
    words = f"{name}<br>mean {places(mean)}{BETWEEN[phone]}SD {places(std)}"
    beta: dict[str, Any] = {"x": [], "y": [], "text": []}
    if state.stage == 4:
        more = "" if result.relabel or phone else "<br>band β ± γ"
        text = f"β = {short(state.beta)}{more}"
        high_ = (0.66 if phone else 0.99) * result.ceiling_after
        beta = {"x": [state.beta] * 2, "y": [0, high_], "text": ["", text]}
    marks = state.lands(result.before, MARKS)
    rug = column(state.lands(result.before, result.rug))
    return (
        bars,
        line,
        {"x": rug},
        {"x": [float(f"{m:.6g}") for m in marks]},
        {"x": [high if _leftish(result) else low], "text": [words]},
        beta,
    )


def _shapes(result: Line1D, state: State) -> list[dict[str, Any]]:
    """The band beta ± gamma of a finished pass, and a line from each marked input to its output."""
    path = []
    ends = zip(result.marks_in, state.lands(result.before, MARKS), strict=True)
    for mark, landed in ends:
        from_ = landed if result.relabel else mark
        path.append(f"M{from_:.5g},0.5L{landed:.5g},0")
    joins = {
        "type": "path",
        "xref": "x2",
        "yref": "paper",
        "path": "".join(path),
        "line": {"color": theme.HAIR, "width": 1.5},
        "layer": "below",
    }
    done = state.stage == 4 and not result.relabel
    band = {
        "type": "rect",
        "xref": "x2",
        "yref": "y2 domain",
        "x0": state.beta - abs(state.gamma),
        "x1": state.beta + abs(state.gamma),
        "y0": 0,
        "y1": 1,
        "fillcolor": theme.PAR_T,
        "opacity": int(done),
        "line": {"width": 0},
        "layer": "below",
    }
    return [band, joins]


def _frame(result: Line1D, state: State, places_: tuple[int, ...], phone: bool) -> Frame:
    layout: dict[str, Any] = {"shapes": _shapes(result, state)}
    if result.relabel:
        ruler = _ruler(result, state, *_span(result))
        layout["xaxis2"] = ruled_axis(*ruler, "y2", ticks=8 if phone else 14)
    changes = _changes(result, state, phone)
    return Frame(state.label, caption(result, state), places_, changes, layout)


def table(result: Line1D) -> dict[str, list[Any]]:
    """Five marked points before and after."""
    return {
        "standard deviations from the mean": [-2, -1, 0, 1, 2],
        "input x": [float(v) for v in result.marks_in],
        "output y": [float(v) for v in result.final.lands(result.before, MARKS)],
    }
