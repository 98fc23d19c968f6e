"""Five trained nets side by side: in the middle, anywhere, after a shift."""

from typing import Any

import numpy as np

from viz.cnn import store
from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import short

MARKS = (
    ("middle", theme.MUTED, "circle-open"),
    ("anywhere", theme.FWD, "circle"),
    ("same_class", theme.FWD, "diamond-open"),
)


def scoreboard(*, phone: bool = False) -> Film:
    """All five nets: right in the middle, right anywhere, the same answer after a shift."""
    records = store.records()
    figure = theme.figure([_runs(records, *mark) for mark in MARKS], _board_layout(records, phone))
    return still(figure, _board_caption(records), _board_table(records))


def _runs(records: dict[str, store.Record], which: str, color: str, symbol: str) -> dict[str, Any]:
    runs = [getattr(record, which) for record in records.values()]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": which,
        "x": [value for run in runs for value in run],
        "y": [len(runs) - 1 - k for k, run in enumerate(runs) for _ in run],
        "marker": {
            "size": 11,
            "color": color,
            "symbol": symbol,
            "line": {"width": 2, "color": color},
        },
        "hovertemplate": "%{x:.1%}<extra></extra>",
        "cliponaxis": False,
    }


def _board_layout(records: dict[str, store.Record], phone: bool) -> dict[str, Any]:
    size = 14 if phone else 16
    grey: dict[str, Any] = {"size": 14, "color": theme.MUTED}
    notes = []
    for k, (name, record) in enumerate(records.items()):
        y = len(records) - 1 - k + 0.36
        change = float(np.median(record.logit_change))
        shown = "0" if change < 1e-12 else short(change, 2)
        notes.append(note(0, y, name, size=size, xanchor="left", xref="paper"))
        notes.append(note(1, y, shown, xanchor="right", xref="paper", **grey))
    gap = "<br>" if phone else "   "
    key = f"○ in the middle   ● anywhere{gap}◇ same answer after a shift"
    edge: dict[str, Any] = {"xref": "paper", "yref": "paper", "yanchor": "bottom"}
    notes.append(note(0, 1.0, key, xanchor="left", align="left", **grey, **edge))
    notes.append(
        note(
            1,
            1.0,
            "largest change<br>of an output",
            xanchor="right",
            align="right",
            **grey,
            **edge,
        )
    )
    title = {"text": "share of pictures, one mark a seed"}
    return theme.chart(
        380,
        margin={"l": 24, "r": 24, "t": 62, "b": 58},
        annotations=notes,
        xaxis={"range": [0.55, 1.005], "tickformat": ".0%", "title": title},
        yaxis={"range": [-0.4, len(records) - 0.3], "visible": False},
    )


def _board_caption(records: dict[str, store.Record]) -> str:
    flat, *_, exact = (median_share(record.anywhere) for record in records.values())
    return (
        "Trained on lines in the middle only: with FLATTEN the net falls to "
        f"{{fwd:{flat}}} when lines stand anywhere; with circular padding and "
        f"GAP it keeps {{fwd:{exact}}}, and no shift changes its outputs."
    )


def _board_table(records: dict[str, store.Record]) -> dict[str, list[Any]]:
    kept = list(records.values())
    return {
        "net": [name for name in records for _ in store.SEEDS],
        "seed": [seed for _ in records for seed in store.SEEDS],
        "middle": [v for record in kept for v in record.middle],
        "anywhere": [v for record in kept for v in record.anywhere],
        "same class": [v for record in kept for v in record.same_class],
        "largest change": [v for record in kept for v in record.logit_change],
    }


def median_share(values: tuple[float, ...]) -> str:
    """The median as a percentage, with a decimal where it is nearly everything."""
    share = float(np.median(values))
    return f"{share:.0%}" if share in (0.0, 1.0) or share < 0.99 else f"{share:.1%}"
