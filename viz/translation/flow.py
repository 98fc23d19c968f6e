"""Which source word reaches which output: products of Jacobians along the unrolled net."""

from collections.abc import Sequence

import numpy as np

from viz.translation.compute import FloatArray
from viz.translation.network import Network


def cell_jacobians(
    network: Network, part: str, x: FloatArray, state: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The new state (1, H) and its derivatives by x (H, in) and by the old state (H, H)."""
    new, *gates = network.cell(part, x, state)
    from_x = network.weights[f"{part}.weight_ih_l0"]
    from_h = network.weights[f"{part}.weight_hh_l0"]
    if not gates:
        steep = (1 - new[0] ** 2)[:, None]
        return new, steep * from_x, steep * from_h
    size = state.shape[1]
    reset, update, candidate, memory = (gate[0][:, None] for gate in gates)
    steep = (1 - update) * (1 - candidate**2)
    by_reset = steep * memory * reset * (1 - reset)
    by_update = (state[0][:, None] - candidate) * update * (1 - update)
    by_x, by_h = (
        by_reset * w[:size] + by_update * w[size : 2 * size] + steep * own * w[2 * size :]
        for w, own in ((from_x, 1.0), (from_h, reset))
    )
    return new, by_x, by_h + np.diag(update[:, 0])


def information_flow(network: Network, source: Sequence[str], inputs: Sequence[str]) -> FloatArray:
    """How strongly each output depends on each source word, shape (target, source).

    M[j, i] = Frobenius norm of d scores_j / d E[x_i], all paths from word i to output j added up.
    """
    words, config = network.words, network.config
    ids = words.source_ids(source, source_sos=config.source_sos)
    size, vertical = network.size, config.stack == "vertical"
    state = np.zeros((1, size))
    ways = np.zeros((len(ids), size, network.weights["source.weight"].shape[1]))
    states, reached = [], []
    for i, word in enumerate(ids):
        x = network.weights["source.weight"][[word]]
        state, by_x, by_h = cell_jacobians(network, "encoder", x, state)
        ways = by_h @ ways
        ways[i] += by_x
        states.append(state)
        reached.append(ways)
    encoded = np.stack(states, axis=1)
    if vertical:
        state, ways = np.zeros_like(state), np.zeros_like(ways)
    flow = np.zeros((len(inputs), len(ids)))
    for j, word in enumerate(words.target_ids(inputs)):
        x = network.fed(np.array([word]), encoded, j)
        state, by_x, by_h = cell_jacobians(network, "decoder", x, state)
        ways = by_h @ ways
        if vertical and j < len(ids):
            ways = ways + by_x[:, -size:] @ reached[j]
        flow[j] = np.linalg.norm(network.weights["out.weight"] @ ways, axis=(1, 2))
    return flow
