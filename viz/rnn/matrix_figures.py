"""Pictures of a recurrent matrix: growth and decay of the gradient, and what decides them."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import short
from viz.rnn.long_figures import log_ticks
from viz.rnn.results import MatrixRun

TINY = 1e-40
CHANGING = (3, 5)


def matrix_growth(result: MatrixRun, *, phone: bool = False) -> Film:
    """The gradient's size by lag between two bounds, the eigenvalues, the image of a circle."""
    facts = result.facts
    lags = np.arange(len(facts.norms))
    limits = _log_limits(facts.norms)
    layout = theme.chart(
        620 if phone else 440,
        margin={"l": 58, "r": 12, "t": 26, "b": 50},
        annotations=_notes(result, phone),
        shapes=[_circle("x2", "y2"), *([_circle("x3", "y3")] if len(result.images) else [])],
        **_axes(result, limits, phone),
    )
    frames = tuple(
        Frame(f"lag {k}", matrix_caption(result, k), CHANGING, _changes(result, k))
        for k in range(len(lags))
    )
    return Film(
        theme.figure(_traces(result, lags, 10 ** limits[0]), layout),
        frames,
        variable="lag",
        start=facts.peak_lag,
        table=table(result),
    )


def _axes(result: MatrixRun, limits: list[float], phone: bool) -> dict[str, Any]:
    reach = 1.15 * max(1.0, float(np.abs(result.facts.eigenvalues).max()))
    right = ([0.0, 0.47], [0.53, 1.0]) if phone else ([0.7, 1.0], [0.7, 1.0])
    high = ([0.0, 0.25], [0.0, 0.25]) if phone else ([0.57, 1.0], [0.0, 0.43])
    if not len(result.images) and not phone:
        high = ([0.1, 0.9], [0.1, 0.9])

    def plane(n: str, size: float, place: int, *, labels: bool) -> dict[str, Any]:
        axis = {"range": [-size, size], "fixedrange": True, "showticklabels": labels}
        axis |= {"dtick": 1 if size < 3 else None, "tickfont": {"size": 14}}
        return {
            f"xaxis{n}": {**axis, "domain": right[place], "anchor": f"y{n}"},
            f"yaxis{n}": {
                **axis,
                "domain": high[place],
                "anchor": f"x{n}",
                "scaleanchor": f"x{n}",
            },
        }

    axes = {
        "xaxis": {
            "range": [-1, len(result.facts.norms)],
            "title": {"text": "lag: steps back from the output"},
            "domain": [0.0, 1.0] if phone else [0.0, 0.6],
            "anchor": "y",
            "fixedrange": True,
        },
        "yaxis": {
            "range": limits,
            "type": "log",
            "domain": [0.44, 1.0] if phone else [0.0, 1.0],
            "anchor": "x",
            "fixedrange": True,
            **log_ticks(*limits),
        },
        **plane("2", reach, 0, labels=True),
    }
    return {**axes, **plane("3", 1.15, 1, labels=False)} if len(result.images) else axes


def _circle(x: str, y: str) -> dict[str, Any]:
    line = {"color": theme.LINE, "width": 1.5, "dash": "dot"}
    corner = {"x0": -1, "y0": -1, "x1": 1, "y1": 1}
    return {"type": "circle", "xref": x, "yref": y, **corner, "line": line, "layer": "below"}


def _log_limits(norms: np.ndarray) -> list[float]:
    seen = norms[norms > 1e-12]
    low = float(np.log10(seen.min())) if len(seen) else -1.0
    high = float(np.log10(max(seen.max(), 1.0))) if len(seen) else 0.0
    return [max(low, -12.0) - 0.5, high + 1.0]


def _on_log(values: np.ndarray, low: float) -> list[float | None]:
    """Values for a log axis; what is below the picture becomes a gap."""
    return [float(f"{v:.4g}") if v > low / 100 else None for v in values]


def _traces(result: MatrixRun, lags: np.ndarray, low: float) -> list[dict[str, Any]]:
    facts = result.facts
    marker, image = _changes(result, facts.peak_lag)
    bounds = (
        (facts.spectral_radius, "dash", "ρ(W) to the lag"),
        (facts.top_singular_value, "dot", "σ₁(W) to the lag"),
    )
    line = {"type": "scatter", "mode": "lines"}
    traces: list[dict[str, Any]] = [
        {
            **line,
            "name": name,
            "x": lags,
            "y": _on_log(base ** lags.astype(float), low),
            "line": {"color": theme.MUTED, "width": 2, "dash": dash},
            "hovertemplate": name + ": %{y:.3g}<extra></extra>",
        }
        for base, dash, name in bounds
    ]
    traces += [
        {
            **line,
            "name": "gradient",
            "x": lags,
            "y": _on_log(facts.norms, low),
            "line": {"color": theme.BWD, "width": 4},
            "hovertemplate": "lag %{x}: %{y:.3g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "present lag",
            "cliponaxis": False,
            **marker,
            "marker": {"size": 14, "color": theme.BWD, "line": {"color": theme.INK, "width": 2}},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "eigenvalues",
            "xaxis": "x2",
            "yaxis": "y2",
            "x": np.round(facts.eigenvalues.real, 6),
            "y": np.round(facts.eigenvalues.imag, 6),
            "marker": {"symbol": "diamond", "size": 13, "color": theme.PAR},
            "hovertemplate": "%{x:.3f} + %{y:.3f} i<extra>eigenvalue</extra>",
        },
    ]
    if len(result.images):
        look = {"xaxis": "x3", "yaxis": "y3", "line": {"color": theme.FWD, "width": 2.5}}
        traces.append({**line, "name": "image of the circle", **look, **image, "hoverinfo": "skip"})
    else:
        traces.append({**line, "name": "image of the circle", **image})
    return traces


def _changes(result: MatrixRun, lag: int) -> tuple[dict[str, Any], dict[str, Any]]:
    norm = float(result.facts.norms[lag])
    point = {"x": [int(lag)], "y": _on_log(np.array([norm]), 1e-12)}
    if not len(result.images):
        return point, {"x": [], "y": []}
    image = result.images[lag]
    size = float(np.hypot(image[:, 0], image[:, 1]).max())
    shape = np.round(image / size if size > TINY else 0 * image, 3).astype(np.float32)
    return point, {"x": shape[:, 0], "y": shape[:, 1]}


def _notes(result: MatrixRun, phone: bool) -> list[dict[str, Any]]:
    facts, size = result.facts, 14 if phone else 16
    corner: dict[str, Any] = {"xref": "x domain", "yref": "y domain", "align": "right"}
    limits = _log_limits(facts.norms)
    # The words stand where the end of the curve is not.
    middle = 10 ** (sum(limits) / 2)
    high = bool(facts.norms[-1] > middle)
    corner |= {"xanchor": "right", "yanchor": "bottom" if high else "top"}
    words = (
        f"dashed: ρ(W) = {short(facts.spectral_radius, 3)} every step<br>"
        f"dotted: σ₁(W) = {short(facts.top_singular_value, 3)} every step"
    )
    notes = [
        graph.note(
            0.99,
            0.02 if high else 0.99,
            words,
            size=size,
            color=theme.MUTED,
            bgcolor=theme.BG,
            **corner,
        ),
        _head("size of the gradient, log scale", "x domain", "y domain", size),
        _head("eigenvalues of W", "x2 domain", "y2 domain", size),
    ]
    if len(result.images):
        words = "Wᵏ on the circle" if phone else "what Wᵏ makes of the circle"
        notes.append(_head(words, "x3 domain", "y3 domain", size))
    return notes


def _head(text: str, xref: str, yref: str, size: int) -> dict[str, Any]:
    place = {"xref": xref, "yref": yref, "xanchor": "left", "yanchor": "bottom"}
    return graph.note(0, 1.0, text, size=size, color=theme.MUTED, **place)


def matrix_caption(result: MatrixRun, lag: int) -> str:
    """How large the gradient is that many steps back, and what decides it."""
    facts = result.facts
    norm = short(float(facts.norms[lag]), 4)
    rho, top = short(facts.spectral_radius, 3), short(facts.top_singular_value, 3)
    peak = short(float(facts.norms.max()), 4)
    if facts.peak_lag > 0 and facts.spectral_radius < 1 - 1e-9:
        words = (
            f"It first grows, to {peak} at lag {facts.peak_lag}, although the largest "
            f"eigenvalue, ρ(W) = {{par:{rho}}}, is below 1"
        )
    elif abs(facts.spectral_radius - 1) < 1e-9 and abs(facts.top_singular_value - 1) < 1e-9:
        words = "An orthogonal W keeps it" if result.orthogonal else "It never grows"
    else:
        words = (
            f"In the far past each step multiplies it by at most ρ(W) = {{par:{rho}}} on average"
        )
    steps = "At the output" if lag == 0 else "One step back" if lag == 1 else f"{lag} steps back"
    return (
        f"{steps} the gradient has size {{bwd:{norm}}}. {words}; one step can multiply it by at "
        f"most σ₁(W) = {top}."
    )


def table(result: MatrixRun) -> dict[str, list[Any]]:
    """The size of the gradient by lag."""
    norms = result.facts.norms
    return {"lag": list(range(len(norms))), "size of the gradient": [float(v) for v in norms]}
