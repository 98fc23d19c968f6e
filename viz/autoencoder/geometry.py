"""Panels in principal coordinates: the columns of W2 as arrows, points with their images."""

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.panels import HERE, Panel, Trace, square
from viz.autoencoder.study import SHOWN_POINTS, Study
from viz.draw import theme

TALLEST = 4.0
TURN, LIFT = np.radians(25), np.radians(25)
ROUND = np.linspace(0, 2 * np.pi, 49)


def view_of(latent_dim: int) -> FloatArray:
    """How principal coordinates are put on the page, shape (2, 2) or (2, 3).

    Up to two columns lie in the plane of the first two components; three or more are seen from
    the side, PC1 to the right, PC2 to the back, PC3 upwards.
    """
    if latent_dim < 3:
        return np.eye(2)
    right = [np.cos(TURN), np.sin(TURN), 0.0]
    up = [-np.sin(TURN) * np.sin(LIFT), np.cos(TURN) * np.sin(LIFT), np.cos(LIFT)]
    return np.array([right, up])


def tips(decoder: FloatArray, eigenvectors: FloatArray) -> FloatArray:
    """Ends of the columns of W2 on the page, shape (k, 2)."""
    view = view_of(decoder.shape[1])
    return np.asarray((view @ eigenvectors[:, : view.shape[1]].T @ decoder).T)


def columns(study: Study, *, phone: bool) -> Panel:
    """The columns of W2 as arrows from 0, inside the unit circle (the outline of the unit ball)."""
    axes, run = study.data.eigenvectors, study.run
    longest = max(float(np.linalg.norm(tips(one, axes), axis=1).max()) for one in run.decoders)
    reach = float(np.clip(1.1 * longest, 1.25, TALLEST))

    def at(i: int) -> tuple[Trace, ...]:
        return (_arrows(tips(run.decoders[i], axes)),)

    arrows = {
        "type": "scatter",
        "name": "columns of W₂",
        "mode": "lines+markers",
        "line": {"color": theme.PAR, "width": 3},
        "marker": {
            "symbol": "arrow",
            "angleref": "previous",
            "size": [0, 14, 0] * study.latent_dim,
            "color": theme.PAR,
            "opacity": 1,
            "line": {"width": 0},
        },
        "hoverinfo": "skip",
        **at(len(run.steps) - 1)[0],
        **HERE,
    }
    far = 1.12 * reach
    across, up = square([-far, far], [-far, far])
    title = "columns of <b>W</b>₂ and the unit " + ("circle" if study.latent_dim < 3 else "ball")
    return Panel(title, (*_compass(study, reach, phone), arrows), (2,), at, across, up)


def _arrows(ends: FloatArray) -> Trace:
    x: list[float | None] = []
    y: list[float | None] = []
    for end in np.round(ends, 3).tolist():
        x += [0.0, end[0], None]
        y += [0.0, end[1], None]
    return {"x": x, "y": y}


def _compass(study: Study, reach: float, phone: bool) -> tuple[Trace, Trace]:
    """The unit circle with the principal directions, and the names of these."""
    x: list[float | None] = [*np.round(np.cos(ROUND), 3).tolist(), None]
    y: list[float | None] = [*np.round(np.sin(ROUND), 3).tolist(), None]
    ends = (view_of(study.latent_dim).T * reach).round(3)
    for across, up in ends.tolist():
        x += [0.0, across, None]
        y += [0.0, up, None]
    common = {"type": "scatter", "name": "principal directions", "hoverinfo": "skip", **HERE}
    lines = {**common, "mode": "lines", "line": {"color": theme.LINE, "width": 1}, "x": x, "y": y}
    names = {
        **common,
        "mode": "text",
        "x": ends[:, 0].tolist(),
        "y": ends[:, 1].tolist(),
        "text": [f"PC{n + 1}" for n in range(len(ends))],
        # Where three directions are seen, PC1's line leaves the circle, and its name goes on.
        "textposition": [
            "middle right" if len(ends) > 2 else "top left",
            *["top center"] * (len(ends) - 1),
        ],
        "textfont": {"size": 13 if phone else 15, "color": theme.MUTED},
        "cliponaxis": False,
    }
    return lines, names


def points(study: Study, *, phone: bool) -> Panel:
    """Six points (hollow) and their reconstructions (full) on the first two components."""
    del phone
    axes, shown = study.data.eigenvectors, study.data.points[:, :SHOWN_POINTS]
    given = _plane(shown, axes)

    def at(i: int) -> tuple[Trace, ...]:
        found = _plane(study.run.decoders[i] @ (study.run.encoders[i] @ shown), axes)
        return _joins(given, found), _dots(found)

    lines, found = at(len(study.run.steps) - 1)
    common = {"type": "scatter", **HERE}
    traces = (
        {
            **common,
            "name": "errors",
            "mode": "lines",
            "line": {"color": theme.LINE, "width": 1.5},
            "hoverinfo": "skip",
            **lines,
        },
        {
            **common,
            "name": "reconstructions",
            "mode": "markers",
            "marker": {"size": 9, "color": theme.FWD, "line": {"width": 0}},
            "hovertemplate": "W₂W₁x: PC1 %{x:.2f}, PC2 %{y:.2f}<extra></extra>",
            **found,
        },
        {
            **common,
            "name": "points",
            "mode": "markers",
            "marker": {"size": 13, "symbol": "circle-open", "color": theme.MUTED},
            "hovertemplate": "x: PC1 %{x:.2f}, PC2 %{y:.2f}<extra></extra>",
            **_dots(given),
        },
    )
    far = 1.2 * float(np.abs(given).max())
    across, up = square([-far, far], [-far, far])
    crossed = {"zeroline": True, "zerolinecolor": theme.HAIR, "zerolinewidth": 1}
    title = f"six points ○ rebuilt <span style='color:{theme.FWD}'>●</span>, along PC1 and PC2"
    return Panel(title, traces, (0, 1), at, across | crossed, up | crossed)


def _plane(given: FloatArray, eigenvectors: FloatArray) -> FloatArray:
    """Points on the first two principal components, shape (n, 2)."""
    return np.asarray((eigenvectors[:, :2].T @ given).T)


def _joins(given: FloatArray, found: FloatArray) -> Trace:
    x: list[float | None] = []
    y: list[float | None] = []
    for start, end in zip(np.round(given, 2).tolist(), np.round(found, 2).tolist(), strict=True):
        x += [start[0], end[0], None]
        y += [start[1], end[1], None]
    return {"x": x, "y": y}


def _dots(found: FloatArray) -> Trace:
    placed = np.round(found, 2)
    return {"x": placed[:, 0].tolist(), "y": placed[:, 1].tolist()}
