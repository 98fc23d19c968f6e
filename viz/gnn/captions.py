"""The sentences of the message picture, true in every sub-step."""

from viz.draw.numbers import listed
from viz.gnn import structure
from viz.gnn.drawing import FEW
from viz.gnn.results import Layers
from viz.gnn.tree_figures import vector

WALK = 6
PER_LAYER = WALK + 2


def phase(k: int) -> tuple[int, int, int]:
    """Layer (from 1), place in it (1 to 6 walking, 7 averaging, 8 adding), stage of the tree."""
    place = k % PER_LAYER + 1
    return k // PER_LAYER + 1, place, max(0, place - WALK)


def caption(result: Layers, k: int) -> str:
    """What this sub-step does for the chosen node."""
    layer, place, stage = phase(k)
    name = result.graph.names[result.node]
    tail = notes_of(result)
    old, new = (vector(result.states[i][result.node]) for i in (layer - 1, layer))
    names = [result.graph.names[j] for j in result.graph.neighbors(result.node)]
    if not names:
        kept = f"keeps its state, {{fwd:{new}}}"
        if not result.residual:
            kept = f"forgets its state and has {{fwd:{new}}}, the mean of nothing"
        return f"Node {name} has no neighbors: it {kept}.{tail}"
    shown = listed(names if len(names) <= 6 else [*names[:5], f"{len(names) - 5} more"])
    who = f"neighbor {shown} sends" if len(names) == 1 else f"neighbors {shown} send"
    if place <= WALK:
        return f"Layer {layer}: {who} tanh(W₂ s) to node {name}, whose state is {old}.{tail}"
    count = f"{len(names)} message{'s' if len(names) > 1 else ''}"
    mean = f"{{fwd:{vector(result.mean(layer))}}}"
    moved = "stays at" if old == new else f"moves from {old} to"
    if stage == 1:
        return f"Layer {layer}: node {name} averages {count}, in whatever order: {mean}.{tail}"
    return (
        f"Node {name} averages {count} (from {shown}) and {moved} "
        f"{{fwd:{new}}} in layer {layer}{'' if result.residual else ', its old state forgotten'}. "
        f"{_heard(result, layer)}{tail}"
    )


def notes_of(result: Layers) -> str:
    """What was dropped or guessed while reading the input."""
    return "".join(f" Note: {notice}." for notice in result.notices)


def _heard(result: Layers, layer: int) -> str:
    """Whose first states can have reached the chosen node after a layer."""
    if not (result.first.any() and result.second.any()):
        return "A weight is 0, so no message carries anything."
    if not result.residual:
        return _heard_now(result, layer)
    away = structure.distances(result.graph, result.node)
    reached = [i for i, steps in enumerate(away) if 0 < steps <= layer]
    others = result.graph.num_nodes - 1
    if len(reached) == others:
        return "It has now heard of every node."
    if others <= FEW:
        missing = [n for n, s in zip(result.graph.names, away, strict=True) if s > layer]
        nodes = "node" if len(missing) == 1 else "nodes"
        if all(steps == float("inf") for steps in away if steps > layer):
            return f"It can never hear of {nodes} {listed(missing)}: no way leads there."
        return f"It has not yet heard of {nodes} {listed(missing)}."
    return f"It has heard of {len(reached)} of the {others} other nodes."


def _heard_now(result: Layers, layer: int) -> str:
    """Without old states only walks of exactly as many steps as layers bring news."""
    found = result.graph
    ends = structure.walk_ends(found, result.node, num_steps=layer)
    steps = f"{layer} step{'' if layer == 1 else 's'}"
    if found.num_nodes > FEW + 1:
        return f"Its state comes from {len(ends)} first states, {steps} away along the edges."
    nodes = "node" if len(ends) == 1 else "nodes"
    names = listed([found.names[i] for i in ends])
    return f"Its state comes from the first states of {nodes} {names}: walks of {steps} end there."
