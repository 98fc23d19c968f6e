"""A trained translator's words, the flow of information, the limits, and its training."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import fixed
from viz.translation.corpus import EOS
from viz.translation.figures import as_floats, escaped
from viz.translation.model import TOP, Said
from viz.translation.results import Flow, Limits, Translation

SLOTS = 8


def words_by_checkpoint(result: Translation, *, phone: bool = False) -> Film:
    """Every output step as a column: the word fed, the five likeliest words, the word said."""
    slots = min(max(len(said.said) for said in result.said), 5 if phone else SLOTS)
    tall = 460 if phone else 430
    figure = go.Figure(
        data=[_bars(result.said[-1], slots)],
        layout=theme.chart(
            tall,
            margin={"l": 10, "r": 10, "t": 56, "b": 56},
            bargap=0.6,
            xaxis={"range": [-0.06, slots], "visible": False, "fixedrange": True},
            yaxis={"range": [TOP - 0.35, -0.65], "visible": False, "fixedrange": True},
            **_words(result, len(result.said) - 1, slots, phone),
        ),
    )
    frames = tuple(
        Frame(
            f"step {step}",
            words_caption(result, i),
            (0,),
            (_bar_change(said, slots),),
            _words(result, i, slots, phone),
        )
        for i, (step, said) in enumerate(zip(result.steps, result.said, strict=True))
    )
    return Film(figure, frames, variable="training step", pace=900)


def _bar_change(said: Said, slots: int) -> dict[str, Any]:
    x, base, y, color = [], [], [], []
    for j, top in enumerate(said.top[:slots]):
        for rank, (word, chance) in enumerate(top):
            x.append(round(0.86 * chance, 4))
            base.append(j)
            y.append(rank)
            color.append(theme.FWD if word == said.said[j] else theme.HAIR)
    return {"x": x, "base": base, "y": y, "marker": {"color": color, "line": {"width": 0}}}


def _bars(said: Said, slots: int) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "name": "probability",
        "hoverinfo": "skip",
        **_bar_change(said, slots),
    }


def _words(result: Translation, i: int, slots: int, phone: bool) -> dict[str, Any]:
    said = result.said[i]
    size = 13 if phone else 15
    notes, shapes = [], []
    for j, top in enumerate(said.top[:slots]):
        for rank, (word, chance) in enumerate(top):
            notes.append(
                graph.note(
                    j + 0.01,
                    rank - 0.2,
                    f"{escaped(word)} {fixed(chance)}",
                    size=size,
                    color=theme.INK if word == said.said[j] else theme.MUTED,
                    xanchor="left",
                    yanchor="bottom",
                )
            )
        notes.append(_around(j, said.fed[j], "fed", -0.62, "bottom", size, theme.MUTED))
        notes.append(_around(j, said.said[j], "says", TOP - 0.4, "top", size + 3, theme.FWD))
        if result.forced and result.mode == "evaluation" and j == result.forced[0]:
            shapes.append(
                {
                    "type": "rect",
                    "x0": j - 0.04,
                    "x1": j + 0.9,
                    "y0": 0,
                    "y1": 1.14,
                    "yref": "y domain",
                    "fillcolor": theme.SPOT,
                    "line": {"width": 0},
                    "layer": "below",
                }
            )
    return {"annotations": notes, "shapes": shapes}


def _around(
    j: int, word: str, verb: str, y: float, anchor: str, size: int, color: str
) -> dict[str, Any]:
    text = f"{verb}<br><b>{escaped(word)}</b>" if verb == "fed" else f"<b>{escaped(word)}</b>"
    return graph.note(
        j + 0.01, y, text, size=size, color=color, xanchor="left", yanchor=anchor, align="left"
    )


def words_caption(result: Translation, i: int) -> str:
    """What the model says for the sentence after so many steps."""
    said, step = result.said[i], result.steps[i]
    words = " ".join(w for w in said.said if w != EOS)
    ended = "" if said.ended else " …"
    source = " ".join(result.source)
    text = f"After {step} training steps it turns “{source}” into “{{fwd:{words}}}{ended}”"
    if result.mode == "training":
        text = f"After {step} training steps, fed the true words, it says “{{fwd:{words}}}{ended}”"
    if step == 0:
        return f"{text}: the untrained net guesses."
    if result.truth is None:
        return f"{text}."
    right = tuple(w for w in said.said if w != EOS) == result.truth
    verdict = "which is right" if right else f"but right is “{{tru:{' '.join(result.truth)}}}”"
    if result.forced and result.mode == "evaluation":
        verdict += f"; word {result.forced[0]} was overwritten by “{result.forced[1]}”"
    return f"{text}, {verdict}."


def training_curves(result: Translation, *, phone: bool = False) -> tuple[Film, ...]:
    """Loss over steps, accuracy with and without a teacher, and what one wrong word does."""
    del phone
    if len(result.steps) < 2:
        return ()
    losses = result.trained.losses
    thin = np.unique(np.linspace(0, len(losses) - 1, 120).astype(int))
    loss = _line(thin + 1, losses[thin], theme.BWD, "loss")
    steps = np.array(result.steps)
    taught = np.array(result.taught)
    both = [
        _line(steps, taught[:, 0], theme.TRU, "teacher"),
        _line(steps, taught[:, 1], theme.FWD, "free"),
    ]
    axis = {"title": {"text": "training step"}, "fixedrange": True}
    share = {"range": [0, 1.04], "tickformat": ".0%", "fixedrange": True}
    kicked = [1.0 * one.tokens for one in result.kicked]
    bars = {
        "type": "bar",
        "name": "kick",
        "x": ["none", "word 1", "word 2", "word 3"],
        "y": as_floats(np.array(kicked)),
        "marker": {"color": theme.FWD, "line": {"width": 0}},
        "hovertemplate": "%{y:.1%}<extra></extra>",
    }
    last = result.taught[-1]
    early = result.taught[2] if len(result.taught) > 2 else last
    return (
        still(
            go.Figure(
                [loss],
                theme.chart(
                    280, xaxis=axis, yaxis={"title": {"text": "loss, nats"}, "rangemode": "tozero"}
                ),
            ),
            f"The loss falls to {fixed(float(losses[-1]), 3)} nats a word.",
        ),
        still(
            go.Figure(both, theme.chart(300, xaxis=axis, yaxis=share)),
            f"Token accuracy on held-out sentences: with a teacher {{tru:{100 * last[0]:.1f}%}}, "
            f"free {{fwd:{100 * last[1]:.1f}%}} at the end; {100 * early[0]:.1f}% and "
            f"{100 * early[1]:.1f}% early on, where the teacher flatters.",
        ),
        still(
            go.Figure(
                [bars],
                theme.chart(
                    280,
                    yaxis=share,
                    xaxis={"title": {"text": "the word that is overwritten by a random one"}},
                ),
            ),
            f"One wrong word derails it: after a kick behind word 2 only "
            f"{{fwd:{100 * kicked[2]:.0f}%}} of the following words are right.",
        ),
    )


def _line(x: np.ndarray, y: np.ndarray, color: str, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": [int(v) for v in x],
        "y": as_floats(y),
        "line": {"color": color, "width": 3.5},
        "hovertemplate": name + ": %{y:.3f}<extra></extra>",
    }


def flow_matrices(result: Flow, *, phone: bool = False) -> Film:
    """Output words against source words, horizontal and vertical, numbers in the cells."""
    split = ([0.12, 1.0], [0.12, 1.0]) if phone else ([0.06, 0.47], [0.59, 1.0])
    heights = ([0.56, 0.95], [0.0, 0.39]) if phone else ([0.0, 0.9], [0.0, 0.9])
    size = 13 if phone else 15
    source = [escaped(word) for word in result.source]
    outputs = [str(j + 1) for j in range(len(result.fed))]
    layout: dict[str, Any] = {"margin": {"l": 34, "r": 10, "t": 20, "b": 40}}
    traces, notes = [], []
    both = (("horizontal", result.horizontal), ("vertical", result.vertical))
    for i, (name, values) in enumerate(both):
        n = "" if i == 0 else "2"
        top = max(float(values.max()), 1e-12)
        traces.append(
            {
                "type": "heatmap",
                "name": name,
                "z": np.round(values / top, 4).tolist(),
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
        )
        layout[f"xaxis{n}"] = {
            "domain": split[i],
            "anchor": f"y{n}",
            "showgrid": False,
            "tickvals": list(range(len(source))),
            "ticktext": source,
            "fixedrange": True,
            "tickfont": {"size": size},
        }
        layout[f"yaxis{n}"] = {
            "domain": heights[i],
            "anchor": f"x{n}",
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": list(range(len(outputs))),
            "ticktext": outputs,
            "fixedrange": True,
        }
        notes += _cells(values, top, n, size)
        words = f"{name}: output word by source word"
        notes.append(
            graph.note(
                split[i][0],
                heights[i][1] + 0.01,
                words,
                size=size + 2,
                color=theme.MUTED,
                xref="paper",
                yref="paper",
                xanchor="left",
                yanchor="bottom",
            )
        )
    figure = go.Figure(traces, theme.chart(680 if phone else 430, annotations=notes, **layout))
    return still(figure, flow_caption(result))


def _cells(values: np.ndarray, top: float, n: str, size: int) -> list[dict[str, Any]]:
    """Exact zeros are printed as 0, everything else with two decimals."""
    return [
        graph.note(
            i,
            j,
            "0" if value == 0 else fixed(float(value)),
            size=size,
            color=theme.ink_on(float(value) / top, theme.BWD),
            xref=f"x{n}",
            yref=f"y{n}",
        )
        for (j, i), value in np.ndenumerate(values)
    ]


def flow_caption(result: Flow) -> str:
    """How many exact zeros there are, and where."""
    above = int((result.vertical == 0).sum())
    none = int((result.horizontal == 0).sum())
    start = "In the vertical stack" if result.trained else "Even untrained, in the vertical stack"
    return (
        f"{start} {{bwd:{above}}} of {result.vertical.size} gradients are exactly 0: output word j "
        f"never hears of source words after the j-th. In the horizontal stack {none} are: every "
        "word can reach every output."
    )


def limit_by_position(result: Limits, *, phone: bool = False) -> Film:
    """The share of words that can be right at each position, whatever is trained."""
    count = len(result.plain.positions)
    positions = [str(j + 1) for j in range(count)]
    series = [
        ("horizontal", result.horizontal.positions, theme.HAIR),
        ("vertical", result.plain.positions, theme.FWD),
        ("vertical with <sos>", result.with_sos.positions, theme.MUTED),
    ]
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": name,
            "x": positions,
            "y": as_floats(np.array(values)),
            "marker": {"color": color, "line": {"width": 0}},
            "hovertemplate": f"{escaped(name)}, word %{{x}}: %{{y:.1%}}<extra></extra>",
        }
        for name, values, color in series
    ]
    if result.measured is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "measured",
                "x": positions,
                "y": as_floats(result.measured.positions[:count]),
                "marker": {"symbol": "diamond", "size": 13, "color": theme.PAR},
                "hovertemplate": "measured: %{y:.1%}<extra></extra>",
            }
        )
    names = ["pale: horizontal", "blue: vertical", "grey: vertical with &lt;sos&gt;"]
    legend = ", ".join(names) + (", diamonds: measured" if result.measured else "")
    layout = theme.chart(
        440,
        margin={"l": 56, "r": 10, "t": 44, "b": 52},
        bargap=0.25,
        xaxis={
            "title": {"text": "position of the English word"},
            "type": "category",
            "fixedrange": True,
        },
        yaxis={"range": [0, 1.05], "tickformat": ".0%", "fixedrange": True},
        annotations=[
            graph.note(
                0,
                1.02,
                legend if not phone else "best possible by position",
                size=15,
                color=theme.MUTED,
                xref="paper",
                yref="paper",
                xanchor="left",
                yanchor="bottom",
            )
        ],
    )
    return still(go.Figure(traces, layout), limit_caption(result))


def limit_caption(result: Limits) -> str:
    """The bound in sentences, and what was measured."""
    best = result.plain
    text = (
        f"No vertical model gets more than {{fwd:{best.sentences}}} of {result.pairs} "
        f"sentences right ({100 * best.sentences / result.pairs:.1f}%), nor more than "
        f"{100 * best.total:.1f}% of the words; the horizontal one has no such limit"
    )
    if result.measured is None:
        return f"{text}."
    reached = 100 * result.measured.sentences
    return f"{text}. The trained vertical model gets {{par:{reached:.1f}%}} of the sentences."
