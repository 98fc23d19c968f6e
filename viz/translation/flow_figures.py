"""Two matrices of gradients: which source word can reach which output, in both stacks."""

from typing import Any

import numpy as np

from viz.draw import graph, theme
from viz.draw.film import Film, still
from viz.draw.numbers import fixed
from viz.translation.compute import FloatArray
from viz.translation.results import Flow
from viz.translation.row_words import escaped

TITLES = (
    "horizontal: the decoder starts from h<sub>T</sub>",
    "vertical: step t reads h<sub>t</sub>",
)


def flow_matrices(result: Flow, *, phone: bool = False) -> Film:
    """Output words against source words, horizontal and vertical, numbers in the cells."""
    across = ([0.2, 1.0], [0.2, 1.0]) if phone else ([0.085, 0.485], [0.595, 0.995])
    down = ([0.55, 0.92], [0.03, 0.4]) if phone else ([0.11, 0.84], [0.11, 0.84])
    size = (13 if phone else 16) - (2 if max(result.vertical.shape) > 8 else 0)
    size = max(size, 13)
    layout: dict[str, Any] = {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}}
    traces, notes = [], []
    for i, values in enumerate((result.horizontal, result.vertical)):
        n = "" if i == 0 else "2"
        traces += [_heat(values, n), _numbers(values, n, size)]
        layout |= _axes(result, n, across[i], down[i], size)
        notes += _titles(TITLES[i], n, across[i][0], phone)
    layout["annotations"] = notes
    figure = theme.figure(traces, theme.chart(680 if phone else 430, **layout))
    return still(figure, flow_caption(result), _table(result))


def _heat(values: FloatArray, n: str) -> dict[str, Any]:
    """Gradients as shares of the largest; an exact zero is left white."""
    top = max(float(values.max()), 1e-300)
    z = [[round(float(v) / top, 3) if v else None for v in row] for row in values]
    return {
        "type": "heatmap",
        "name": "vertical" if n else "horizontal",
        "z": z,
        "zmin": 0,
        "zmax": 1,
        "colorscale": theme.magnitude(theme.BWD),
        "xgap": 3,
        "ygap": 3,
        "showscale": False,
        "xaxis": f"x{n}",
        "yaxis": f"y{n}",
        "hoverinfo": "skip",
    }


def _numbers(values: FloatArray, n: str, size: int) -> dict[str, Any]:
    """Exact zeros are printed as 0, everything else with two decimals."""
    top = max(float(values.max()), 1e-300)
    cells = [(i, j, float(value)) for (j, i), value in np.ndenumerate(values)]
    return {
        "type": "scatter",
        "mode": "text",
        "name": "numbers",
        "x": [i for i, _, _ in cells],
        "y": [j for _, j, _ in cells],
        "text": ["0" if value == 0 else _written(value) for _, _, value in cells],
        "textfont": {
            "size": size,
            "color": [
                theme.MUTED if value == 0 else theme.ink_on(value / top, theme.BWD)
                for _, _, value in cells
            ],
        },
        "xaxis": f"x{n}",
        "yaxis": f"y{n}",
        "hoverinfo": "skip",
    }


def _written(value: float) -> str:
    return fixed(value) if value >= 0.005 else "&lt;0.01"


def _axes(
    result: Flow, n: str, across: list[float], down: list[float], size: int
) -> dict[str, Any]:
    rows, columns = result.vertical.shape
    plain = {"showgrid": False, "fixedrange": True, "ticks": ""}
    ticks = {"tickfont": {"size": size, "color": theme.INK}, "tickangle": 0}
    if columns > 6:
        ticks["tickangle"] = -40
    source = {"tickvals": list(range(columns)), "ticktext": [escaped(w) for w in result.source]}
    outputs = [f"{j + 1}  {escaped(word)}" for j, word in enumerate(result.outputs)]
    return {
        f"xaxis{n}": {
            **plain,
            **source,
            **ticks,
            "domain": across,
            "anchor": f"y{n}",
            "range": [-0.5, columns - 0.5],
        },
        f"yaxis{n}": {
            **plain,
            "domain": down,
            "anchor": f"x{n}",
            "range": [rows - 0.5, -0.5],
            "tickvals": list(range(rows)),
            "ticktext": outputs,
            "tickfont": {"size": size, "color": theme.FWD},
        },
    }


def _titles(words: str, n: str, left: float, phone: bool) -> list[dict[str, Any]]:
    size = 13 if phone else 15
    where = {"xref": "paper", "yref": f"y{n} domain", "yanchor": "bottom", "xanchor": "left"}
    return [
        graph.note(left, 1.095, words, size=size + 2, **where),
        graph.note(left, 1.01, "output word by source word", size=size, color=theme.MUTED, **where),
    ]


def flow_caption(result: Flow) -> str:
    """How many exact zeros there are, and where."""
    above = int((result.vertical == 0).sum())
    none = int((result.horizontal == 0).sum())
    when = f"After {result.step} training steps" if result.step else "Even untrained"
    text = (
        f"{when}, {{bwd:{above}}} of the {result.vertical.size} gradients in the vertical stack "
        f"{'is' if above == 1 else 'are'} exactly 0: output word j never hears of source words "
        "after the j-th. "
    )
    if none:
        return f"{text}In the horizontal stack {none} are."
    return f"{text}In the horizontal stack none is: every source word can reach every output."


def _table(result: Flow) -> dict[str, list[Any]]:
    rows = [(j, i) for j in range(len(result.outputs)) for i in range(len(result.source))]
    return {
        "output": [result.outputs[j] for j, _ in rows],
        "source": [result.source[i] for _, i in rows],
        "horizontal": [float(result.horizontal[j, i]) for j, i in rows],
        "vertical": [float(result.vertical[j, i]) for j, i in rows],
    }
