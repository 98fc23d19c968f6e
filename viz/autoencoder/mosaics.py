"""The image film: singular values of a run, and under each step what its matrices look like."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.autoencoder import curves, gallery, words
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.figures import table
from viz.autoencoder.gallery import SHOWN, Gallery
from viz.autoencoder.images import SIDE
from viz.draw import theme
from viz.draw.film import Film, Frame
from viz.draw.graph import note
from viz.draw.numbers import count, fixed

SHADES = 9
GAP = 1
OUTSIDE = -SHADES - 1
CHANGING = (2, 3, 4, 5, 8)
ROWS = ("columns of <b>W</b>₂", "its singular vectors", "principal components", "images", "rebuilt")


def gallery_film(shown: Gallery, *, phone: bool = False) -> Film:
    """Curves, and five rows of 8 × 8 tiles; of a longer code the first eight."""
    study = shown.study
    place, last = curves.positions(study), len(study.run.steps) - 1
    layout = _layout(shown, place, phone=phone) | {"shapes": curves.shapes(study, place, last)}
    figure = go.Figure(data=_traces(shown, place, last), layout=layout)
    frames = tuple(_frame(shown, place, i) for i in range(last + 1))
    return Film(figure, frames, table=table(study))


def _frame(shown: Gallery, place: FloatArray, i: int) -> Frame:
    run = shown.study.run
    columns, vectors = _matrices(shown, i)
    changes = (
        curves.dots(place[i], run.encoder_values[i]),
        curves.dots(place[i], run.decoder_values[i]),
        {"z": columns},
        {"z": vectors},
        {"z": _pixels(shown, shown.rebuilt(i))},
    )
    layout = {"shapes": curves.shapes(shown.study, place, i)}
    return Frame(f"step {int(run.steps[i])}", caption(shown, i), CHANGING, changes, layout)


def _matrices(shown: Gallery, i: int) -> tuple[list[Any], list[Any]]:
    axes = shown.study.data.eigenvectors
    columns, vectors = gallery.tiles(shown.study.run.decoders[i], axes)
    reach = _reach(shown)
    return mosaic(columns / reach), mosaic(vectors / reach)


def _reach(shown: Gallery) -> float:
    return float(np.abs(shown.study.data.eigenvectors[:, :SHOWN]).max())


def mosaic(table: FloatArray, *, gap: int = 0) -> list[list[int]]:
    """Up to eight columns as 8 × 8 tiles beside each other, in whole steps from -9 to 9."""
    levels = np.rint(np.clip(table[:, :SHOWN], -1, 1) * SHADES).astype(int)
    pieces = [
        np.pad(tile.reshape(SIDE, SIDE), ((0, 0), (0, GAP)), constant_values=gap)
        for tile in levels.T
    ]
    rows: list[list[int]] = np.hstack(pieces)[:, :-GAP].tolist()
    return rows


def _pixels(shown: Gallery, images: FloatArray) -> list[list[int]]:
    low, high = float(shown.images.min()), float(shown.images.max())
    return mosaic(2 * (images - low) / max(high - low, 1e-12) - 1, gap=OUTSIDE)


def _traces(shown: Gallery, place: FloatArray, i: int) -> list[dict[str, Any]]:
    study = shown.study
    columns, vectors = _matrices(shown, i)
    axes = study.data.eigenvectors[:, : study.latent_dim]
    weights = [[0.0, theme.MUTED], [0.5, theme.BG], [1.0, theme.PAR]]
    truth = [[0.0, theme.MUTED], [0.5, theme.BG], [1.0, theme.TRU]]
    paper = 1 / (2 * SHADES + 1)
    grey = [[0.0, theme.BG], [paper / 2, theme.BG], [paper, theme.MUT_T], [1.0, theme.INK]]
    rows = (
        (columns, weights, -SHADES),
        (vectors, weights, -SHADES),
        (mosaic(axes / _reach(shown)), truth, -SHADES),
        (_pixels(shown, shown.images), grey, OUTSIDE),
        (_pixels(shown, shown.rebuilt(i)), grey, OUTSIDE),
    )
    return [
        *curves.pair(study, place),
        *curves.markers(study, place[i], i),
        *(_row(n, *row) for n, row in enumerate(rows)),
        curves.leaders(study, place, _gap(shown)),
    ]


def _row(n: int, z: list[Any], scale: list[list[Any]], lowest: int) -> dict[str, Any]:
    return {
        "type": "heatmap",
        "name": ROWS[n].replace("<b>", "").replace("</b>", ""),
        "z": z,
        "zmin": lowest,
        "zmax": SHADES,
        "colorscale": scale,
        "showscale": False,
        "hoverinfo": "skip",
        **curves.axes(n + 2),
    }


def _gap(shown: Gallery) -> float:
    return 18 * curves.top_of(shown.study) / 350


def _layout(shown: Gallery, place: FloatArray, *, phone: bool) -> dict[str, Any]:
    spots = _spots(phone)
    layout: dict[str, Any] = {}
    for n in range(len(ROWS)):
        layout |= _strip(n + 2, spots[n + 1])
    across, up = spots[0]
    margin = {"l": 36, "r": 8, "t": 34, "b": 8} if phone else {"l": 42, "r": 10, "t": 36, "b": 8}
    size = {"size": 13 if phone else 15}
    top = curves.top_of(shown.study)
    return theme.chart(
        760 if phone else 460,
        margin=margin,
        annotations=[*_titles(shown, spots, phone=phone), *_goals(shown, phone=phone)],
        xaxis={**curves.step_axis(place, phone=phone, ticks=5), "domain": across},
        yaxis={"domain": up, "range": [0, top], "tickfont": size, "nticks": 6},
        **layout,
    )


def _spots(phone: bool) -> list[tuple[list[float], list[float]]]:
    if phone:
        tops = [0.515, 0.405, 0.295, 0.185, 0.075]
        return [([0.0, 0.81], [0.63, 1.0]), *(([0.0, 1.0], [t - 0.068, t]) for t in tops)]
    tops = [1.0, 0.795, 0.59, 0.385, 0.18]
    return [([0.0, 0.34], [0.115, 1.0]), *(([0.45, 1.0], [t - 0.15, t]) for t in tops)]


def _strip(number: int, spot: tuple[list[float], list[float]]) -> dict[str, Any]:
    width = SHOWN * (SIDE + GAP) - GAP
    return {
        f"xaxis{number}": {
            "visible": False,
            "domain": spot[0],
            "anchor": f"y{number}",
            "range": [-0.5, width - 0.5],
            "constrain": "domain",
            "constraintoward": "left",
        },
        f"yaxis{number}": {
            "visible": False,
            "domain": spot[1],
            "anchor": f"x{number}",
            "range": [SIDE - 0.5, -0.5],
            "scaleanchor": f"x{number}",
            "constrain": "domain",
            "constraintoward": "top",
        },
    }


def _titles(shown: Gallery, spots: list[Any], *, phone: bool) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left"}
    place |= {"yanchor": "bottom", "yshift": 2 if phone else 3}
    size = 14 if phone else 15
    words_ = ["<b>W</b>₂ (solid), <b>W</b>₁ (dashed)", *ROWS]
    k = shown.study.latent_dim
    if k > SHOWN:
        words_[1] += f", first {SHOWN} of {k}"
    words_[4] = shown.name
    notes = []
    for text, ((left, _), (_, top)) in zip(words_, spots, strict=True):
        notes.append(note(left, top, text, size=size, **place))
    return notes


def _goals(shown: Gallery, *, phone: bool) -> list[dict[str, Any]]:
    """Theory's values at the curves' ends; of many the first and the last."""
    found = curves.targets(shown.study)
    if len(found) <= 3:
        return curves.labels(shown.study, _gap(shown), phone=phone)
    place: dict[str, Any] = {"xref": "x domain", "yref": "y", "xanchor": "left"}
    place |= {"size": 13 if phone else 15, "color": theme.TRU}
    first, last = found[0][0], found[-1][0]
    gap = _gap(shown)
    middle = (first + last) / 2
    high, low = max(first, middle + gap / 2), min(last, middle - gap / 2)
    return [
        note(1.0 if phone else 1.035, high + 1.1 * gap, "√(1 − λ/d)", **place),
        note(1.035, high, fixed(first, 3), **place),
        note(1.035, low, f"… {fixed(last, 3)}", **place),
    ]


def caption(shown: Gallery, i: int) -> str:
    """What the code keeps of the images at this step."""
    study, run = shown.study, shown.study.run
    said = (
        f"After {count(int(run.steps[i]))} steps on {count(shown.count)} {shown.name}: decoder "
        f"{words.values(run.decoder_values[i])}, {words.theory(study)}; "
        f"{fixed(100 * shown.kept(i), 1)} % of the variance is rebuilt, {words.angle(study, i)}."
    )
    if i == len(run.steps) - 1:
        said += words.ending(study)
    return said
