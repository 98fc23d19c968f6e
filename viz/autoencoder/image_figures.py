"""The image film: singular values of a run, and under each step what its matrices look like."""

from typing import Any

import numpy as np
import numpy.typing as npt

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
WIDTH = SHOWN * (SIDE + GAP) - GAP
ROW = SIDE + 4.4
TALL, TALL_PHONE = 424, 700
CHANGING = (2, 5, 6, 7, 10)
ROWS = ("columns of <b>W</b>₂", "its singular vectors", "principal components", "images", "rebuilt")


def gallery_film(shown: Gallery, *, phone: bool = False) -> Film:
    """Curves, and five rows of 8 × 8 tiles; of a longer code the first eight."""
    study = shown.study
    place, last = curves.positions(study), len(study.run.steps) - 1
    layout = _layout(shown, place, phone=phone)
    traces = _traces(shown, place, last, phone=phone)
    figure = theme.figure(data=traces, layout=layout)
    frames = tuple(_frame(shown, place, i) for i in range(last + 1))
    return Film(figure, frames, table=table(study))


def _frame(shown: Gallery, place: FloatArray, i: int) -> Frame:
    run = shown.study.run
    changes = (
        curves.veiled(place, i),
        curves.dots(place[i], run.encoder_values[i]),
        curves.dots(place[i], run.decoder_values[i]),
        {"z": _weights(shown, i)},
        {"z": _pixels(shown, shown.rebuilt(i))},
    )
    return Frame(f"step {int(run.steps[i])}", caption(shown, i), CHANGING, changes)


def _weights(shown: Gallery, i: int) -> npt.NDArray[np.int8]:
    """The columns of W2, and under two empty lines its singular vectors."""
    axes, reach = shown.study.data.eigenvectors, _reach(shown)
    columns, vectors = gallery.tiles(shown.study.run.decoders[i], axes)
    upper, lower = mosaic(columns / reach), mosaic(vectors / reach)
    return np.vstack([upper, np.zeros_like(upper[:2]), lower])


def _reach(shown: Gallery) -> float:
    return float(np.abs(shown.study.data.eigenvectors[:, :SHOWN]).max())


def mosaic(table: FloatArray, *, gap: int = 0) -> npt.NDArray[np.int8]:
    """Up to eight columns as 8 × 8 tiles beside each other, in whole steps from -9 to 9."""
    levels = np.rint(np.clip(table[:, :SHOWN], -1, 1) * SHADES).astype(np.int8)
    count = levels.shape[1]
    sheet = np.full((SIDE, count, SIDE + GAP), gap, dtype=np.int8)
    sheet[:, :, :SIDE] = levels.T.reshape(count, SIDE, SIDE).transpose(1, 0, 2)
    return sheet.reshape(SIDE, -1)[:, :-GAP]


def _pixels(shown: Gallery, images: FloatArray) -> npt.NDArray[np.int8]:
    low, high = float(shown.images.min()), float(shown.images.max())
    return mosaic(2 * (images - low) / max(high - low, 1e-12) - 1, gap=OUTSIDE)


def _traces(shown: Gallery, place: FloatArray, i: int, *, phone: bool) -> list[dict[str, Any]]:
    study = shown.study
    axes = study.data.eigenvectors[:, : study.latent_dim]
    low = 1 / (2 * SHADES + 1)
    grey = [[0.0, theme.BG], [low / 2, theme.BG], [low, theme.MUT_T], [1.0, theme.INK]]
    paper = {"colorscale": grey, "zmin": OUTSIDE}
    gap = _gap(shown, phone=phone)
    return [
        *curves.pair(study, place),
        curves.veil(place, i, curves.top_of(study)),
        curves.theory(study, place, gap=gap),
        curves.labels(study, place, gap, phone=phone),
        *curves.markers(study, place[i], i),
        _tiles(0, _weights(shown, i), theme.PAR),
        _tiles(2, mosaic(axes / _reach(shown)), theme.TRU),
        _tiles(3, _pixels(shown, shown.images), theme.INK) | paper,
        _tiles(4, _pixels(shown, shown.rebuilt(i)), theme.INK) | paper,
        _names(shown, phone=phone),
    ]


def _tiles(row: int, z: npt.NDArray[np.int8], role: str) -> dict[str, Any]:
    """Rows of tiles from the row-th on, two of them if empty lines part ``z``."""
    line = range(SIDE)
    down = [*line, SIDE, ROW - 1, *(ROW + n for n in line)] if len(z) > SIDE else line
    return {
        "type": "heatmap",
        "name": ROWS[row].replace("<b>", "").replace("</b>", ""),
        "y": [round(row * ROW + n, 2) for n in down],
        "z": z,
        "zmin": -SHADES,
        "zmax": SHADES,
        "colorscale": [[0.0, theme.MUTED], [0.5, theme.BG], [1.0, role]],
        "showscale": False,
        "hoverinfo": "skip",
        **curves.axes(2),
    }


def _names(shown: Gallery, *, phone: bool) -> dict[str, Any]:
    """A line of words over every row."""
    said, k = list(ROWS), shown.study.latent_dim
    if k > SHOWN:
        said[0] += f", first {SHOWN} of {k}"
    said[3] = shown.name
    return {
        "type": "scatter",
        "name": "names",
        "mode": "text",
        "x": [-1.5] * len(said),
        "y": [round(n * ROW - (2.6 if phone else 2.1), 2) for n in range(len(said))],
        "text": said,
        "textposition": "middle right",
        "textfont": {"size": 13 if phone else 15, "color": theme.INK},
        "cliponaxis": False,
        "hoverinfo": "skip",
        **curves.axes(2),
    }


def _gap(shown: Gallery, *, phone: bool) -> float:
    """The distance of two labels, in units of the axis."""
    pixels = 0.36 * (TALL_PHONE - 70) if phone else TALL - 80
    return 17 * curves.top_of(shown.study) / pixels


def _layout(shown: Gallery, place: FloatArray, *, phone: bool) -> dict[str, Any]:
    left, right = [0.0, 0.36], [0.47, 1.0]
    low, high = [0.0, 1.0], [0.0, 1.0]
    if phone:
        left, right, low, high = [0.0, 0.82], [0.0, 1.0], [0.64, 1.0], [0.0, 0.55]
    size, top = {"size": 13 if phone else 15}, curves.top_of(shown.study)
    title = curves.title(shown.study, phone=True)
    above: dict[str, Any] = {"xanchor": "left", "yanchor": "bottom", "size": 14 if phone else 16}
    return theme.chart(
        TALL_PHONE if phone else TALL,
        margin={"l": 36 if phone else 42, "r": 8, "t": 34, "b": 46},
        annotations=[note(0, 1.015, title, xref="x domain", yref="y domain", **above)],
        xaxis={**curves.step_axis(place, phone=phone, ticks=5), "domain": left},
        yaxis={"domain": low, "range": [0, top], "tickfont": size, "nticks": 6},
        xaxis2={
            "visible": False,
            "domain": right,
            "anchor": "y2",
            "range": [-1.5, WIDTH + 0.5],
            "constrain": "domain",
            "constraintoward": "left",
        },
        yaxis2={
            "visible": False,
            "domain": high,
            "anchor": "x2",
            "range": [4 * ROW + SIDE, -3.4],
            "scaleanchor": "x2",
            "constrain": "domain",
            "constraintoward": "top",
        },
    )


def caption(shown: Gallery, i: int) -> str:
    """What the code keeps of the images at this step."""
    study, run = shown.study, shown.study.run
    kept = shown.kept(i)
    share = f"{fixed(100 * kept, 1)}%" if kept > 0 else "nothing"
    said = (
        f"{words.after(int(run.steps[i]))} on {count(shown.count)} {shown.name}: decoder "
        f"{words.values(run.decoder_values[i])}, {words.theory(study)}; "
        f"{share} of the variance is rebuilt, {words.angle(study, i)}."
    )
    if i == len(run.steps) - 1:
        said += words.ending(study)
    return said
