"""Charts below the pictures: what a wider beam finds, its cost, its length, all sentences."""

import itertools
import math
from typing import Any

import numpy as np

from viz.beam_search.compute import exhaustive
from viz.beam_search.results import Run, Sweep, sweep
from viz.beam_search.speech import Speech
from viz.beam_search.wording import amount, num_words
from viz.draw import graph, theme
from viz.draw.film import Film, still
from viz.draw.numbers import count, fixed

MOST, SHOWN = 5000, 200
WIDTHS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20)


def width_and_length(result: Speech, *, phone: bool = False) -> tuple[Film, ...]:
    """Log-prob and cost against k; length against k; the best of every length."""
    run = result.run
    found = sweep(run, WIDTHS)
    charts = [
        found_against_width(run, found, phone=phone),
        cost_against_width(run, found, phone=phone),
    ]
    charts.append(length_against_width(run, found, phone=phone))
    by_length = best_by_length(result, phone=phone)
    return (*charts, by_length) if by_length is not None else tuple(charts)


def tree_charts(run: Run, *, phone: bool = False) -> tuple[Film, ...]:
    """Log-prob and cost against k; all sentences by probability, or lengths where they differ."""
    found = sweep(run, WIDTHS[:8] if run.tree else WIDTHS)
    charts = [
        found_against_width(run, found, phone=phone),
        cost_against_width(run, found, phone=phone),
    ]
    if run.decoder.eos is not None:
        charts.append(length_against_width(run, found, phone=phone))
    ranked = all_sentences(run, phone=phone)
    return (*charts, ranked) if ranked is not None else tuple(charts)


def all_sentences(run: Run, *, phone: bool = False) -> Film | None:
    """Every sentence by its probability, with the one that was found; None if there are many."""
    if len(run.decoder.vocabulary) ** run.num_steps > MOST:
        return None
    every = [one for one in exhaustive(run.decoder, run.num_steps, limit=MOST) if one.finished]
    if not every:
        return None
    shares = [math.exp(one.log_prob) for one in every]
    best = run.search.best
    place = next((i for i, one in enumerate(every) if one.tokens == best.tokens), None)
    shown = every[:SHOWN]
    bar = {
        "type": "bar",
        "name": "sentences",
        "x": list(range(1, len(shown) + 1)),
        "y": [round(share, 5) for share in shares[:SHOWN]],
        "marker": {
            "color": [theme.FWD if i == place else theme.HAIR for i in range(len(shown))],
            "line": {"width": 0},
        },
        "hovertext": [run.search.words(one.tokens).replace("<", "&lt;") for one in shown],
        "hovertemplate": "%{hovertext}: %{y:.4f}<extra></extra>",
    }
    where = "did not end and is not among them" if place is None else f"is number {place + 1}"
    mass = "" if place is None else f" and holds {{fwd:{shares[place]:.1%}}} of the probability"
    many = f"All {count(len(every))} sentences, the most probable first"
    head = "The only sentence that ends" if len(every) == 1 else many
    words = (
        f"{head}: what k = {run.search.beam_width} says {where}{mass}; "
        f"the best holds {{tru:{shares[0]:.1%}}}."
    )
    layout = _chart("probability of every sentence", "rank", phone)
    return still(theme.figure([bar], layout), words)


def _line(x: Any, y: Any, name: str, color: str = theme.FWD, **more: Any) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": list(x),
        "y": [None if value is None else round(float(value), 4) for value in y],
        "line": {"color": color, "width": 3, **more.pop("line", {})},
        "marker": {"size": 8, "color": color},
        "hovertemplate": f"%{{x}}: %{{y:.4g}} ({name})<extra></extra>",
        **more,
    }


def _chart(title: str, x: str, phone: bool, **more: Any) -> dict[str, Any]:
    note = graph.note(
        0, 1.03, title, size=15 if phone else 17, color=theme.MUTED,
        xref="paper", yref="paper", xanchor="left", yanchor="bottom",
    )  # fmt: skip
    return theme.chart(
        300,
        margin={"l": 62, "r": 20, "t": 44, "b": 52},
        xaxis={"title": {"text": x}, "nticks": 8, **more.pop("xaxis", {})},
        annotations=[note, *more.pop("notes", [])],
        **more,
    )


def found_against_width(run: Run, found: Sweep, *, phone: bool = False) -> Film:
    """The winner's log-prob (or score) for k = 1, 2, ...; the exact best as a line."""
    value = "score" if run.alpha else "log-probability"
    widths = [one.beam_width for one in found.searches]
    best = [one.best.score if one.best.finished else None for one in found.searches]
    known = [v for v in best if v is not None]
    traces = [_line(widths, best, "found")]
    if found.exact is not None:
        flat = [found.exact.score] * len(widths)
        traces.insert(
            0, _line(widths, flat, "best possible", theme.TRU, mode="lines", line={"dash": "dash"})
        )
    drops = [
        b for a, b in itertools.pairwise(best) if a is not None and b is not None and b < a - 1e-12
    ]
    words = f"The {value} of what is said, for k = 1 to {widths[-1]}"
    if known:
        words += f": from {{fwd:{fixed(known[0])}}} to {{fwd:{fixed(known[-1])}}}"
    if len(known) < len(best):
        words += "; where nothing ended there is no point"
    if found.exact is not None:
        first = next(
            (
                k
                for k, v in zip(widths, best, strict=True)
                if v is not None and v >= found.exact.score - 1e-9
            ),
            None,
        )
        reach = f"reached first at k = {first}" if first else "not reached"
        words += f"; the best possible, {{tru:{fixed(found.exact.score)}}}, is {reach}"
    times = "once" if len(drops) == 1 else f"{len(drops)} times"
    words += f". A wider beam was worse {times}." if drops else ". No wider beam was worse."
    layout = _chart(f"{value} found", "beam width k", phone)
    return still(theme.figure(traces, layout), words)


def cost_against_width(run: Run, found: Sweep, *, phone: bool = False) -> Film:
    """Scored candidates on a log axis, and all sequences as a line."""
    size, steps = len(run.decoder.vocabulary), run.num_steps
    widths = [one.beam_width for one in found.searches]
    everything = float(size) ** steps
    traces = [
        _line(
            widths,
            [everything] * len(widths),
            "all sequences",
            theme.MUTED,
            mode="lines",
            line={"dash": "dash"},
        ),
        _line(widths, found.costs, "beam search"),
    ]
    note = graph.note(
        widths[-1], np.log10(everything), f"V<sup>T</sup> = {amount(size**steps)}", size=15,
        color=theme.MUTED, xanchor="right", yanchor="top",
    )  # fmt: skip
    low = np.log10(min(found.costs))
    low -= 0.06 * (np.log10(everything) - low) + 0.1
    words = (
        f"Beam search scores {{fwd:{count(found.costs[0])}}} candidates at k = 1 and "
        f"{{fwd:{count(found.costs[-1])}}} at k = {widths[-1]}, at most in step with k. There are "
        f"{amount(size**steps)} sequences of {num_words(steps)} out of a vocabulary of "
        f"{count(size)}."
    )
    axis = {
        "type": "log",
        "range": [low, np.log10(everything) + 0.4],
        "exponentformat": "power",
        "nticks": 5,
    }
    layout = _chart(
        "candidates scored (log scale)", "beam width k", phone, yaxis=axis, notes=[note]
    )
    return still(theme.figure(traces, layout), words)


def length_against_width(run: Run, found: Sweep, *, phone: bool = False) -> Film:
    """How many words are said for k = 1, 2, ..."""
    widths = [one.beam_width for one in found.searches]
    lengths = [len(one.best.tokens) for one in found.searches]
    open_ends = [not one.best.finished for one in found.searches]
    bar = {
        "type": "bar",
        "name": "length",
        "x": widths,
        "y": lengths,
        "marker": {
            "color": [theme.BG if o else theme.FWD for o in open_ends],
            "line": {"color": theme.FWD, "width": 2},
        },
        "hovertemplate": "k = %{x}: %{y} words<extra></extra>",
    }
    words = (
        f"Words said, the end token counted: {{fwd:{lengths[0]}}} at k = 1, {{fwd:{lengths[-1]}}} "
        f"at k = {widths[-1]}."
    )
    if any(open_ends):
        words += f" Hollow bars did not end within {num_words(run.num_steps)}."
    return still(theme.figure([bar], _chart("words said", "beam width k", phone)), words)


def best_by_length(result: Speech, *, phone: bool = False) -> Film | None:
    """The best sentence of every length, by going through all contexts."""
    found = result.best_by_length()
    if not found:
        return None
    lengths = [len(one.tokens) for one in found]
    totals = [one.log_prob for one in found]
    top = max(found, key=lambda one: one.log_prob)
    search = result.run.search
    traces = [_line(lengths, totals, "best of this length", theme.TRU)]
    hover = [
        f"{fixed(one.log_prob)}: {search.words(one.tokens).replace('<', '&lt;')}" for one in found
    ]
    traces[0] |= {"hovertext": hover, "hovertemplate": "%{hovertext}<extra></extra>"}
    best = search.best
    said = [best] if best.finished else []
    where = [len(one.tokens) for one in said], [one.log_prob for one in said]
    traces.append(
        {
            **_line(*where, "said", theme.FWD, mode="markers"),
            "marker": {
                "size": 15,
                "symbol": "circle-open",
                "color": theme.FWD,
                "line": {"width": 3},
            },
        }
    )
    ring = (
        f"the ring is what k = {search.beam_width} says"
        if said
        else f"what k = {search.beam_width} says did not end, so it has no ring"
    )
    words = (
        f"The most probable sentence of every length, found by going through all contexts: the "
        f"longer, the less probable on the whole. The best of all is “{search.words(top.tokens)}” "
        f"with {{tru:{fixed(top.log_prob)}}}; {ring}."
    )
    layout = _chart("best log-probability by length", "words, the end token counted", phone)
    return still(theme.figure(traces, layout), words)
