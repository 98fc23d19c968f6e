"""Many random decoders: what each width misses, and what it costs."""

from typing import Any

import numpy as np

from viz.beam_search.compute import exhaustive_cost
from viz.beam_search.many import Many
from viz.beam_search.wording import amount
from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still
from viz.draw.numbers import count, fixed, short


def missed_by_width(result: Many, *, phone: bool = False) -> Film:
    """A bar for every model, its gap to the best; the cost of the same width beside it."""
    greedy = result.gaps(0)
    order = np.argsort(-greedy, kind="stable")
    bars = [np.round(result.gaps(i)[order], 3).tolist() for i in range(len(result.widths))]
    costs = result.costs()
    start = min(1, len(result.widths) - 1)
    traces = [
        {
            "type": "bar",
            "name": "greedy's gap",
            "x": list(range(1, len(order) + 1)),
            "y": bars[0],
            "marker": {"color": theme.HAIR, "line": {"width": 0}},
            "hoverinfo": "skip",
        },
        {
            "type": "bar",
            "name": "gap",
            "x": list(range(1, len(order) + 1)),
            "y": bars[start],
            "marker": {"color": theme.FWD, "line": {"width": 0}},
            "hovertemplate": "model %{x}: missed by %{y:.3f} nats<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "cost",
            "x": list(result.widths),
            "y": list(costs),
            "xaxis": "x2",
            "yaxis": "y2",
            "line": {"color": theme.MUTED, "width": 2},
            "marker": {"size": 6, "color": theme.MUTED},
            "hovertemplate": "k = %{x}: %{y} candidates<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": "this width",
            "x": [result.widths[start]],
            "y": [costs[start]],
            "xaxis": "x2",
            "yaxis": "y2",
            "marker": {"size": 15, "color": theme.FWD},
            "hoverinfo": "skip",
        },
    ]
    frames = tuple(
        Frame(
            f"k = {width}",
            caption(result, i),
            (1, 3),
            ({"y": bars[i]}, {"x": [width], "y": [costs[i]]}),
        )
        for i, width in enumerate(result.widths)
    )
    figure = theme.figure(traces, _layout(result, float(greedy.max(initial=0.0)), phone))
    return Film(figure, frames, "beam width", start=start, pace=500, table=table(result))


def _layout(result: Many, top: float, phone: bool) -> dict[str, Any]:
    whole_tree = exhaustive_cost(result.vocabulary_size, result.num_steps)
    everything = np.log10(float(whole_tree))
    low = np.log10(min(result.costs())) - 0.3
    split = ([0.0, 1.0], [0.0, 1.0]) if phone else ([0.0, 0.55], [0.66, 1.0])
    heights = ([0.56, 0.95], [0.0, 0.38]) if phone else ([0.0, 0.92], [0.0, 0.92])
    size = 15 if phone else 17
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    titles = ("missed, in nats: one bar a model (pale: greedy)", "candidates scored, log scale")
    notes = [
        graph.note(x[0], y[1] + 0.01, words, size=size, color=theme.MUTED, **place)
        for words, x, y in zip(titles, split, heights, strict=True)
    ]
    all_words = f"whole tree: {amount(whole_tree)}"
    unknown = "the best possible is not known for this size"
    x, y = (sum(part[0]) / 2 for part in (split, heights))
    middle: dict[str, Any] = {"xref": "paper", "yref": "paper", "color": theme.MUTED}
    notes.append(graph.note(x, y, " " if result.num_known else unknown, **middle))
    notes.append(
        graph.note(
            max(result.widths), everything, all_words, size=15, color=theme.MUTED,
            xref="x2", yref="y2", xanchor="right", yanchor="top",
        )
    )  # fmt: skip
    line = {
        "type": "line",
        "xref": "x2 domain",
        "yref": "y2",
        "x0": 0,
        "x1": 1,
        "y0": 10.0**everything,
        "y1": 10.0**everything,
        "line": {"color": theme.MUTED, "width": 2, "dash": "dash"},
    }
    return theme.chart(
        680 if phone else 416,
        margin={"l": 56, "r": 14, "t": 14, "b": 52},
        barmode="overlay",
        bargap=0.2,
        xaxis={
            "title": {"text": "models, greedy's worst first"},
            "domain": split[0],
            "anchor": "y",
            "range": [0.3, max(result.num_known, 1) + 0.7],
            "showticklabels": result.num_known > 0,
            "showgrid": False,
        },
        yaxis={
            "range": [0, max(top * 1.08, 0.1)],
            "domain": heights[0],
            "anchor": "x",
            "nticks": 6,
            "showticklabels": result.num_known > 0,
        },
        xaxis2={
            "title": {"text": "beam width k"},
            "domain": split[1],
            "anchor": "y2",
            "range": [0, max(result.widths) + 1],
        },
        yaxis2={
            "type": "log",
            "range": [low, max(everything, np.log10(max(result.costs())), low + 0.8) + 0.5],
            "domain": heights[1],
            "anchor": "x2",
            "exponentformat": "power",
            "dtick": max(1, round(everything / 6)),
        },
        annotations=notes,
        shapes=[line],
    )


def caption(result: Many, place: int) -> str:
    """How often this width misses the best, by how much, and at what cost."""
    width, known = result.widths[place], result.num_known
    models = len(result.best)
    total = amount(exhaustive_cost(result.vocabulary_size, result.num_steps))
    cost = f"one search scores {{fwd:{count(result.costs()[place])}}} of {total} candidates"
    name = "greedy search (k = 1)" if width == 1 else f"beam search with k = {width}"
    if not known:
        return (
            f"With k = {width} {cost}; for this size the best possible "
            "is not known in any of the models."
        )
    missed, gaps = result.missed(place), result.gaps(place)
    among = f"{known} models" if known == models else f"the {known} models whose best is known"
    share = f"{{fwd:{missed}}} of {among}"
    if not missed:
        return f"With k = {width} the best is missed in {share}; {cost}."
    mean = float(gaps.mean())
    words = fixed(mean, 3) if mean >= 0.0005 else short(mean, 2)
    worse = int((gaps > result.gaps(0) + 1e-9).sum())
    if worse:
        cost = f"in {worse} it is worse than greedy; {cost}"
    return (
        f"{name[0].upper()}{name[1:]} misses the best in {share}, on the mean over all of them by "
        f"{{fwd:{words}}} nats, at worst by {fixed(float(gaps.max()), 2)}; {cost}."
    )


def share_missed(result: Many, *, phone: bool = False) -> tuple[Film, ...]:
    """The share of models in which a width misses the best."""
    if not result.num_known:
        return ()
    shares = [result.missed(i) / result.num_known for i in range(len(result.widths))]
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "share missed",
        "x": list(result.widths),
        "y": [round(share, 4) for share in shares],
        "line": {"color": theme.FWD, "width": 3},
        "marker": {"size": 8, "color": theme.FWD},
        "hovertemplate": "k = %{x}: %{y:.1%}<extra></extra>",
    }
    words = (
        f"The share of models in which the best is missed falls from {{fwd:{shares[0]:.0%}}} at "
        f"k = 1 to {{fwd:{shares[-1]:.0%}}} at k = {result.widths[-1]}."
        if shares[-1] < shares[0]
        else f"The best is missed in {{fwd:{shares[0]:.0%}}} of the models at k = 1 and in "
        f"{{fwd:{shares[-1]:.0%}}} at k = {result.widths[-1]}."
    )
    layout = theme.chart(
        300,
        xaxis={"title": {"text": "beam width k"}},
        yaxis={"tickformat": ".0%", "range": [0, max(max(shares) * 1.1, 0.05)], "nticks": 5},
        annotations=[
            graph.note(
                0, 1.03, "share of models that miss the best", size=15 if phone else 17,
                color=theme.MUTED, xref="paper", yref="paper", xanchor="left", yanchor="bottom",
            )
        ],
    )  # fmt: skip
    return (still(theme.figure([trace], layout), words),)


def table(result: Many) -> dict[str, list[Any]]:
    """Width, candidates, misses, mean gap."""
    places = range(len(result.widths))
    mean = [float(result.gaps(i).mean()) if result.num_known else None for i in places]
    return {
        "beam width": list(result.widths),
        "candidates": list(result.costs()),
        "models": [result.num_known for _ in places],
        "missed": [result.missed(i) for i in places],
        "mean gap": ["" if m is None else round(m, 6) for m in mean],
    }
