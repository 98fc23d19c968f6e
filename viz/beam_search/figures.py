"""The search tree: what is kept, what is dropped and by which total, what nobody ever looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

from viz.beam_search import places
from viz.beam_search import tree_traces as draw
from viz.beam_search.compute import Search
from viz.beam_search.layout import Plan, plan
from viz.beam_search.places import STATES, Moment
from viz.beam_search.rank_list import ranking
from viz.beam_search.results import Prefix, Run, greedy_path, tied
from viz.beam_search.tree_notes import column_heads, counter, pruned_notes, side_notes
from viz.beam_search.wording import caption, readout
from viz.draw import graph, theme
from viz.draw.film import Film, Frame, still

FILM_BYTES = 230_000
BOX_BYTES, DOT_BYTES = 320, 110
BESIDE = ("ranking", "totals", "cut", "notes")


def search_tree(run: Run, *, phone: bool = False) -> Film:
    """The tree after each phase of each step, or after a whole search for each beam width."""
    searches = run.by_width or (run.search,)
    prefixes = places.drawn(run, searches)
    stay = {
        search.prefix(number, int(place))
        for search in searches
        for number, step in enumerate(search.steps)
        for place in (*step.kept, *step.finished)
    }
    where = plan(run, prefixes, stay, phone=phone)
    if run.by_width:
        shown = [(search, Moment(len(search.steps))) for search in run.by_width]
        labels = [f"k = {search.beam_width}" for search in run.by_width]
        words = [readout(run, search) for search in run.by_width]
    else:
        size = len(prefixes) * (DOT_BYTES if where.mode == "dots" else BOX_BYTES)
        brief = size * (3 * len(run.search.steps) + 1) > FILM_BYTES
        each = places.moments(run.search, brief=brief)
        shown = [(run.search, moment) for moment in each]
        labels = [_label(moment) for moment in each]
        words = [caption(run, moment) for moment in each]
    start = run.place if run.by_width else len(shown) - 1
    drawn = [_picture(run, where, search, moment, prefixes) for search, moment in shown]
    traces, ground = drawn[start], where.ground
    layout = theme.diagram(ground.height, ground.width, annotations=column_heads(where))
    figure = theme.figure(traces, layout)
    changing = [i for i, one in enumerate(traces) if any(_moves(t[i], one) for t in drawn)]
    frames = tuple(
        Frame(label, text, tuple(changing), tuple(_moving(trace[i]) for i in changing))
        for label, text, trace in zip(labels, words, drawn, strict=True)
    )
    variable = "beam width" if run.by_width else "step"
    return Film(figure, frames, variable, start=start, pace=900, table=table(run))


def _label(moment: Moment) -> str:
    names = {"expand": "expanded", "rank": "ranked", "prune": "pruned"}
    return "start" if moment.phase == "start" else f"step {moment.steps}, {names[moment.phase]}"


FIELDS = ("x", "y", "text", "ids", "hovertext", "textposition", "textfont")


def _moving(trace: Mapping[str, Any]) -> dict[str, Any]:
    return {name: trace[name] for name in FIELDS if name in trace}


def _moves(trace: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return any(trace.get(name) != other.get(name) for name in FIELDS)


def _picture(
    run: Run, where: Plan, search: Search, moment: Moment, prefixes: Sequence[Prefix]
) -> list[dict[str, Any]]:
    """All traces of one frame; their number and order never change."""
    states = places.states_at(search, moment)
    last = moment.is_last(search)
    groups = {state: [p for p in prefixes if states.get(p, "ahead") == state] for state in STATES}
    if not run.tree:
        groups["ahead"] = []
    totals = _totals(search, moment, run.tree)
    winners = [one.tokens for one in tied(search)] if last else []
    outlined = greedy_path(run, search, states.keys() & where.at.keys())
    traces = [
        draw.band(where, winners),
        *(draw.edges(where, groups[state], state) for state in STATES),
        draw.true_best(run, where, search, last),
        *(draw.boxes(where, groups[state], state) for state in STATES),
        draw.greedy(where, outlined),
        *(draw.nodes(where, search, groups[state], totals, state) for state in STATES),
        draw.edge_labels(run, where, prefixes, states),
    ]
    listed, title = ranking(run, search, moment, where.ground)
    notes = [title, *side_notes(run, where, search, groups, outlined, last)]
    notes += pruned_notes(where, search, moment) + counter(run, where, search, moment)
    return [*traces, *listed, graph.written("notes", notes, halo=True)]


def _totals(search: Search, moment: Moment, tree: Mapping[Prefix, float]) -> dict[Prefix, float]:
    found = {
        search.prefix(number, place): float(total)
        for number, step in enumerate(search.steps[: moment.steps])
        for place, total in enumerate(step.totals)
    }
    return {prefix: tree.get(prefix, total) for prefix, total in found.items()}


def table(run: Run) -> dict[str, list[Any]]:
    """Every candidate of every step: its total, and what became of it."""
    rows: dict[str, list[Any]] = {"step": [], "candidate": [], "total": [], "state": []}
    search = run.search
    states = places.states_at(search, Moment(len(search.steps)))
    for number, step in enumerate(search.steps):
        for place, total in enumerate(step.totals):
            prefix = search.prefix(number, place)
            rows["step"].append(number + 1)
            rows["candidate"].append(search.words(prefix))
            rows["total"].append(round(float(total), 6))
            rows["state"].append(states[prefix])
    return rows


def question_tree(run: Run, *, phone: bool = False) -> Film:
    """The whole tree with its log-probs and nothing computed yet."""
    prefixes = tuple(run.tree)
    where = plan(run, prefixes, set(), phone=phone)
    traces = _picture(run, where, run.search, Moment(0, "start"), prefixes)
    shown = [trace for trace in traces if trace["name"] not in BESIDE]
    for trace in shown:
        if trace["name"] == "ahead edges":
            trace["line"] = {**trace["line"], "color": theme.LINE, "dash": "solid", "width": 1.5}
    ground = where.ground
    # Under the phone's tree there is room for a list, which a question does not show.
    foot = round(ground.low) - 24 if phone else 0
    layout = theme.diagram(ground.height - foot, ground.width, annotations=column_heads(where))
    layout["yaxis"] |= {"range": [foot, ground.height]}
    words = (
        "The decoder's log-probabilities: beside each word, how likely it is after the words to "
        "its left."
    )
    return still(theme.figure(shown, layout), words)
