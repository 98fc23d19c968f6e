"""Why training works all the same: batch norm's first steps, and where depth still hurts."""

from typing import Any

import numpy as np

from viz.draw import theme
from viz.draw.film import Film, still
from viz.draw.graph import note
from viz.draw.numbers import short
from viz.gradients import recordings, scale, store


def first_steps(*, phone: bool = False) -> Film:
    """F5: the first weight grows in one step, and the gradients' ratio falls by decades."""
    early = store.early()
    steps = np.arange(len(early.first_norm))
    ratio, norm = np.log10(early.grad_ratio), np.log10(early.first_norm)
    traces = [
        {**scale.line(steps, ratio, color=theme.BWD, width=4), "name": "ratio",
         "hovertemplate": "step %{x}: log₁₀ ratio %{y:.2f}<extra></extra>"},
        {**scale.line(steps, norm, color=theme.PAR, width=4, dash="dot"), "name": "norm",
         "hovertemplate": "step %{x}: log₁₀ ‖W₁‖ %{y:.2f}<extra></extra>"},
    ]  # fmt: skip
    low, high = -0.1, float(max(ratio.max(), norm.max())) + 0.6
    ends = scale.push_apart([float(ratio[-1]), float(norm[-1])], 0.45)
    names = ("first / last<br>weight gradient", "size of W₁")
    notes = [
        note(float(steps[-1]), end, name, size=15, color=color, xanchor="left", xshift=8,
             align="left")
        for end, name, color in zip(ends, names, (theme.BWD, theme.PAR), strict=True)
    ]  # fmt: skip
    place = "He + BN, depth 50" if phone else "He + batch norm, depth 50, rate 0.1"
    notes += _title(f"{place}: the first 20 steps of one run")
    caption = (
        "With batch norm the loss ignores the length of W, so a step that is too long only makes W "
        f"longer: {{par:{short(float(early.first_norm[0]), 3)}}} becomes "
        f"about {{par:{short(float(early.first_norm[1]), 3)}}} in one step. The first layer's "
        f"gradient falls from about {{bwd:{short(float(early.grad_ratio[0]), 2)}}} times the last "
        "one's to some tens within a few steps. (One run in float32: after the first step, how "
        "far it is at which step depends on rounding.)"
    )
    layout = theme.chart(
        320,
        margin={"l": 58, "r": 132, "t": 40, "b": 54},
        xaxis={"range": [-0.4, 20.4], "title": {"text": "step"}, "showgrid": False},
        yaxis=scale.axis(low, high, ticks=6),
        annotations=notes,
    )
    return still(theme.figure(traces, layout), caption)


def depth_limit(*, phone: bool = False) -> Film:
    """Best losses of He at depth 50 and 100, with batch norm alone and with skips."""
    best: dict[tuple[str, int], float] = {}
    for arch in recordings.LIMIT_ARCHITECTURES:
        for depth in recordings.LIMIT_DEPTHS:
            best[arch, depth] = min(
                store.limit_run(arch, depth, rate).final for rate in recordings.LIMIT_RATES
            )
    rows = list(best)
    values = [float(np.log10(best[row])) for row in rows]
    traces = [
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "best loss",
            "x": [round(value, 3) for value in values],
            "y": list(range(len(rows)))[::-1],
            "marker": {"size": 14, "color": theme.FWD},
            "text": [f"  {short(best[row], 2)}" for row in rows],
            "textposition": "middle right",
            "hoverinfo": "skip",
            "cliponaxis": False,
        }
    ]
    guess = float(np.log10(np.log(2)))
    line = {"type": "line", "x0": guess, "x1": guess, "yref": "paper", "y0": 0, "y1": 1}
    plain = [best["BN", depth] for depth in recordings.LIMIT_DEPTHS]
    skipped = [best["skip + BN", depth] for depth in recordings.LIMIT_DEPTHS]
    caption = (
        f"After 200 steps batch norm alone reaches {{fwd:{short(plain[0], 2)}}} at depth 50 and "
        f"{{fwd:{short(plain[1], 2)}}} at depth 100; with skips as well "
        f"{{fwd:{short(skipped[0], 2)}}} and {{fwd:{short(skipped[1], 2)}}} (best of three rates)."
    )
    ticks = list(range(-4, 1))
    layout = theme.chart(
        280 if phone else 260,
        margin={"l": 150, "r": 60, "t": 60 if phone else 40, "b": 54},
        xaxis={
            "range": [-4.1, 0.3],
            "tickvals": ticks,
            "ticktext": ["1" if k == 0 else scale.ten(k) for k in ticks],
            "title": {"text": "loss, best rate" if phone else "loss after 200 steps, best rate"},
        },
        yaxis={
            "range": [-0.6, len(rows) - 0.4],
            "tickvals": list(range(len(rows)))[::-1],
            "ticktext": [f"{arch}, {depth}" for arch, depth in rows],
            "showgrid": False,
        },
        shapes=[{**line, "line": {"color": theme.LINE, "width": 1.5, "dash": "dot"}}],
        annotations=[
            *_title("where depth still hurts (He)", lift=20 if phone else 0),
            note(guess, 1, "guessing", size=14, color=theme.MUTED, yref="paper", xanchor="right",
                 yanchor="bottom"),
        ],
    )  # fmt: skip
    return still(theme.figure(traces, layout), caption)


def _title(text: str, *, lift: int = 0) -> list[dict[str, Any]]:
    place: dict[str, Any] = {"xref": "paper", "yref": "paper", "xanchor": "left"}
    return [note(0, 1.03, f"<b>{text}</b>", size=15, yanchor="bottom", yshift=lift, **place)]
