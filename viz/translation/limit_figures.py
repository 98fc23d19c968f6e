"""The best any vertical stack could do: by position, and word by word for one sentence."""

from typing import Any

from viz.draw import graph, theme
from viz.draw.film import Film, Frame
from viz.draw.numbers import count, fixed, listed
from viz.translation.bounds import Alike
from viz.translation.card_figures import text_look
from viz.translation.corpus import full_source
from viz.translation.results import Limits
from viz.translation.row_words import escaped

SHOWN = 5
LOWER = 7.2
LEFT = -0.78
MOVING = ("here", "next words", "their names", "their counts", "read", "said")


def limit_film(result: Limits, *, phone: bool = False) -> Film:
    """Left the bound by position; right what a vertical model can know before each word."""
    still = [*_bound_traces(result, phone), *_sentence_traces(result, phone)]
    looks = _looks(phone)
    changes = [_changes(result, j, phone) for j in range(len(result.alike))]
    start = _start(result)
    here, *others = (
        look | {"name": name} | change
        for name, look, change in zip(MOVING, looks, changes[start], strict=True)
    )
    # The spotlight lies under the bars.
    data = [here, *still, *others]
    moving = (0, *range(1 + len(still), len(data)))
    frames = tuple(
        Frame(f"word {j + 1}", caption(result, j), moving, change)
        for j, change in enumerate(changes)
    )
    figure = theme.figure(data, _layout(result, phone))
    return Film(
        figure, frames, variable="English word", start=start, pace=900, table=_table(result)
    )


def _start(result: Limits) -> int:
    """The word that is least certain is shown first."""
    shares = [one.share for one in result.alike]
    return shares.index(min(shares))


def caption(result: Limits, j: int) -> str:
    """What a vertical model knows when it says this word, and how often the best guess is right."""
    one = result.alike[j]
    word = f"English word {j + 1}, “{{tru:{one.right}}}”"
    if not one.possible:
        return (
            f"For {word}, there is no source token left to read: it cannot be said. {_all(result)}"
        )
    total = sum(n for _, n in one.counts)
    seen = " ".join(one.seen)
    start = f"Before {word}, only “{{fwd:{seen}}}” is read. "
    if one.seen == full_source(result.pair, result.source_sos):
        start = f"Before {word}, all of “{{fwd:{seen}}}” is read. "
    if len(one.counts) == 1:
        many = "No other sentence looks the same so far"
        if total > 1:
            many = f"In all {count(total)} sentences that look the same so far this word comes next"
        return f"{start}{many}. {_all(result)}"
    best = one.counts[0][1]
    equal = sum(n == best for _, n in one.counts)
    guess = "the best guess is" if equal == 1 else f"any of the {equal} best guesses is"
    return (
        f"{start}{count(total)} sentences look the same so far, with {len(one.counts)} next words: "
        f"{guess} right in {best} of {count(total)}, {{fwd:{100 * one.share:.0f}%}}. {_all(result)}"
    )


def _all(result: Limits) -> str:
    best = result.best
    return (
        f"Of {count(result.pairs)} whole sentences at most {best.sentences} "
        f"({fixed(100 * best.sentences / result.pairs, 1)}%) can be right."
    )


def _bound_traces(result: Limits, phone: bool) -> list[dict[str, Any]]:
    positions = list(range(1, len(result.best.positions) + 1))
    shares = [round(share, 4) for share in result.best.positions]
    bars = {
        "type": "bar",
        "name": "best possible",
        "x": positions,
        "y": shares,
        "width": 0.62,
        "marker": {"color": theme.FWD_T, "line": {"color": theme.FWD, "width": 2}},
        "hovertemplate": "word %{x}: at best %{y:.1%}<extra></extra>",
    }
    sign = "" if phone else "%"
    numbers = text_look(14, theme.FWD, "bottom center") | {"name": "shares"}
    numbers |= {
        "x": positions,
        "y": [share - 0.03 for share in shares],
        "text": [f"{100 * share:.0f}{sign}" for share in shares],
    }
    measured = result.measures.corpus_positions if result.measures is not None else ()
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "trained",
        "x": positions[: len(measured)],
        "y": list(measured),
        "marker": {"symbol": "diamond", "size": 12, "color": theme.PAR},
        "hovertemplate": "trained, word %{x}: %{y:.1%}<extra></extra>",
    }
    return [bars, numbers, dots]


def _sentence_traces(result: Limits, phone: bool) -> list[dict[str, Any]]:
    """Whole sentences: at best in a vertical stack, and what training reached in both."""
    rows = [("vertical, at best", result.best.sentences / result.pairs, theme.FWD)]
    if result.measures is not None:
        rows.append(("vertical, trained", result.measures.corpus_sentences, theme.PAR))
    rows.append(("horizontal, trained", result.horizontal, theme.PAR))
    y = [LOWER + i for i in range(len(rows))]
    right, size = {"xaxis": "x2", "yaxis": "y2"}, 14 if phone else 16
    bars = {
        "type": "bar",
        "orientation": "h",
        "name": "sentences",
        "x": [round(share, 4) for _, share, _ in rows],
        "y": y,
        "width": 0.56,
        "marker": {"color": [color for *_, color in rows], "line": {"width": 0}},
        "hoverinfo": "skip",
        **right,
    }
    names = text_look(size, theme.INK, "middle left") | {"name": "sentence names", **right}
    names |= {"x": [-0.03] * len(rows), "y": y, "text": [name for name, *_ in rows]}
    shares = text_look(size, theme.MUTED, "middle right") | {"name": "sentence shares", **right}
    shares |= {"x": [share + 0.015 for _, share, _ in rows], "y": y}
    shares |= {"text": [f"{100 * share:.1f}%" for _, share, _ in rows]}
    title = f"whole sentences right, of {count(result.pairs)}"
    head = text_look(size, theme.INK, "middle right") | {"name": "sentence title", **right}
    return [bars, names, shares, head | {"x": [LEFT], "y": [LOWER - 1.05], "text": [title]}]


def _looks(phone: bool) -> list[dict[str, Any]]:
    right = {"xaxis": "x2", "yaxis": "y2"}
    size = 15 if phone else 17
    here = {
        "type": "bar",
        "width": 0.86,
        "marker": {"color": theme.SPOT, "line": {"width": 0}},
        "hoverinfo": "skip",
    }
    bars = {"type": "bar", "orientation": "h", "width": 0.62, "hoverinfo": "skip", **right}
    return [
        here,
        bars,
        text_look(size, theme.INK, "middle left") | right,
        text_look(size, theme.MUTED, "middle right") | right,
        text_look(size, theme.FWD, "middle right") | right,
        text_look(size, theme.MUTED, "middle right") | right,
    ]


def _changes(result: Limits, j: int, phone: bool) -> tuple[dict[str, Any], ...]:
    one = result.alike[j]
    shown = list(one.counts[:SHOWN]) if one.possible else []
    if one.possible and one.right not in dict(shown):
        shown[-1] = (one.right, dict(one.counts)[one.right])
    total = max(sum(n for _, n in one.counts), 1)
    rows = list(range(len(shown)))
    colors = [theme.TRU if word == one.right else theme.HAIR for word, _ in shown]
    names = [_name(word, one) for word, _ in shown]
    counts = [f"{count(n)} of {count(total)}" for _, n in shown]
    size = 15 if phone else 17
    ink = [theme.TRU if word == one.right else theme.INK for word, _ in shown]
    said = f"after saying: {escaped(' '.join(one.said))}" if one.said else "before any word is said"
    read = f"read: <b>{escaped(' '.join(one.seen))}</b>"
    if not one.possible:
        read = "<b>no source token is left to read</b>"
    return (
        {"x": [j + 1], "y": [1.0], "base": [0.0]},
        {
            "x": [round(n / total, 4) for _, n in shown],
            "y": rows,
            "marker": {"color": colors, "line": {"width": 0}},
        },
        {
            "x": [-0.03] * len(shown),
            "y": rows,
            "text": names,
            "textfont": {"size": size, "color": ink},
        },
        {"x": [round(n / total, 4) + 0.015 for _, n in shown], "y": rows, "text": counts},
        {"x": [LEFT], "y": [-1.75], "text": [read]},
        {"x": [LEFT], "y": [-1.05], "text": [said]},
    )


def _name(word: str, one: Alike) -> str:
    text = escaped(word)
    return f"<b>✓ {text}</b>" if word == one.right else text


def _layout(result: Limits, phone: bool) -> dict[str, Any]:
    boxes = [[0.13, 0.99], [0.55, 0.9]] if phone else [[0.055, 0.5], [0.13, 0.86]]
    others = [[0.02, 0.98], [0.02, 0.43]] if phone else [[0.56, 0.99], [0.05, 0.95]]
    small = 13 if phone else 15
    ticks = {"tickfont": {"size": small, "color": theme.MUTED}}
    hidden = {"visible": False, "fixedrange": True}
    places = len(result.best.positions)
    return theme.chart(
        680 if phone else 430,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        barmode="overlay",
        xaxis={
            "domain": boxes[0],
            "range": [0.45, places + 0.55],
            "dtick": 1,
            "showgrid": False,
            **ticks,
        },
        yaxis={
            "domain": boxes[1],
            "range": [0, 1.09],
            "tickvals": [0, 0.5, 1],
            "tickformat": ".0%",
            **ticks,
        },
        xaxis2={**hidden, "domain": others[0], "anchor": "y2", "range": [LEFT - 0.02, 1.42]},
        yaxis2={**hidden, "domain": others[1], "anchor": "x2", "range": [LOWER + 2.6, -2.3]},
        annotations=_notes(result, phone),
    )


def _notes(result: Limits, phone: bool) -> list[dict[str, Any]]:
    small = 13 if phone else 15
    chart = {"xref": "x domain", "yref": "y domain"}
    title = "best possible share right, vertical stack"
    low = -0.2 if phone else -0.135
    axis = "position of the English word"
    notes = [
        graph.note(0, 1.06, title, size=small + 2, xanchor="left", yanchor="bottom", **chart),
        graph.note(1, low, axis, size=small, color=theme.MUTED, xanchor="right", **chart),
    ]
    if result.measures is not None:
        text = "◆ reached by training"
        note = graph.note(0, low, text, size=small, color=theme.PAR, xanchor="left", **chart)
        notes.append(note)
    return notes


def _table(result: Limits) -> dict[str, list[Any]]:
    positions = range(len(result.best.positions))
    name = "with <sos>" if result.source_sos else "without <sos>"
    table: dict[str, list[Any]] = {"position": [j + 1 for j in positions]}
    table[f"best possible {name}"] = list(result.best.positions)
    if result.measures is not None:
        table["trained"] = list(result.measures.corpus_positions)
    return table


def words_listed(one: Alike) -> str:
    """The possible next words, for the derivation."""
    return listed([f"{word} ({n})" for word, n in one.counts[:SHOWN]])
