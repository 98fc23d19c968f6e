"""What the views compute: every state of a film, with the facts its sentences speak of."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from viz.attention.backward import (
    Gradients,
    hard_gradients,
    soft_gradients,
    straight_through,
)
from viz.attention.cells import (
    GRID,
    Cell,
    Flips,
    Landscape,
    Plane,
    Window,
    cells,
    coordinate_plane,
    flips,
    landscape,
    nearest_inside,
    walk,
)
from viz.attention.compute import FloatArray, Hard, Inputs, frozen, hard, soft
from viz.attention.slopes import Limits, Sweep, limits, slope, sweep, temperatures
from viz.attention.training import Mode
from viz.draw.numbers import ceiling

Play = Literal["tau", "steps"]
Paint = Literal["slope", "weight"]
WALK = 41
# The query's dot and name need this much of the plane around them.
ROOM = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Attention at one temperature; infinite is the plain mean, 0 is argmax.

    ``slope`` and ``jacobian`` are None where argmax has no derivative, at a jump.
    """

    temperature: float
    attention_weights: FloatArray
    output: FloatArray
    slope: float | None
    jacobian: FloatArray | None


@dataclass(frozen=True, slots=True, eq=False)
class Lookup:
    """One query's way through keys and values, at every temperature and by argmax.

    Attributes:
        inputs: the vectors.
        play: what the film scrubs.
        mode: whose forward and backward the steps show.
        temperature: of the steps, and of the state shown first.
        states: from infinite temperature to 0.
        start: index of the state shown first.
        forward: weights and output of ``mode`` at ``temperature``.
        grad_output: what arrives at the output, shape (dv,).
        gradients: backward through ``mode``.
        curve: (temperatures, slopes) for the slope curve.
    """

    inputs: Inputs
    play: Play
    mode: Mode
    temperature: float
    states: tuple[State, ...]
    start: int
    forward: State
    hard: Hard
    flips: Flips
    limits: Limits
    grad_output: FloatArray
    gradients: Gradients
    curve: tuple[FloatArray, FloatArray]

    @property
    def tied(self) -> bool:
        """Whether several keys share the largest score."""
        return len(self.hard.tied) > 1

    @property
    def settles(self) -> bool:
        """Whether the slope falls to argmax's own slope of 0 as softmax gets colder."""
        return not self.hard.jumps and not self.limits.torn


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A plane of queries: who wins where, and what softmax makes of it at every temperature.

    Attributes:
        plane, window, cells: what is drawn.
        axes: indices of the query's entries on the axes.
        inside, inside_key: distance to the nearest wall within the plane and the key behind it,
            infinite and None if there is none.
        paint: which quantity of ``landscape`` colours the ground.
        ways, walked: distances walked towards the nearest wall, and the weight of the key behind
            it, one row per temperature and the last for argmax; empty if there is no wall.
        gradients: of grad_output · output by the query, by state, shape (states, d).
    """

    lookup: Lookup
    plane: Plane
    window: Window
    axes: tuple[int, int]
    cells: tuple[Cell, ...]
    landscape: Landscape
    inside: float
    inside_key: int | None
    paint: Paint
    ways: FloatArray
    walked: FloatArray
    gradients: FloatArray


def lookup(
    inputs: Inputs,
    *,
    grad_output: FloatArray,
    play: Play = "tau",
    mode: Mode = "softmax",
    temperature: float = 1.0,
    num_temperatures: int = 61,
) -> Lookup:
    """Everything about one query; ``temperature`` should be one of `temperatures` to be a state."""
    won, grid = hard(inputs), temperatures(num_temperatures)
    swept = sweep(inputs, grid)
    states = (_mean(inputs), *_states(swept), _argmax(inputs, won))
    ends = limits(inputs)
    dense = _dense(ends)
    return Lookup(
        inputs=inputs,
        play=play,
        mode=mode,
        temperature=temperature,
        states=states,
        start=1 + int(np.argmin(np.abs(np.log(grid / temperature)))),
        forward=_forward(inputs, won, mode, temperature),
        hard=won,
        flips=flips(inputs),
        limits=ends,
        grad_output=frozen(grad_output),
        gradients=_backward(inputs, grad_output, mode, temperature),
        curve=(frozen(dense), sweep(inputs, dense).slopes),
    )


def _dense(ends: Limits) -> FloatArray:
    """Temperatures of the slope curve: 0.04 to 160, by whole decades further if its top is."""
    top = ends.top[0] if ends.top is not None else 1.0
    colder = max(0.0, np.ceil(np.log10(0.1 / top)))
    hotter = max(0.0, np.ceil(np.log10(top / 100)))
    return np.geomspace(0.04 / 10**colder, 160 * 10**hotter, 181)


def map_of(looked: Lookup, axes: tuple[int, int], span: float, paint: Paint) -> Map:
    """Cells, landscape and the walk to the nearest wall, on a plane through the query's entries.

    The plane reaches to ``span`` in every direction, further if the query lies beyond.
    """
    inputs, grid = looked.inputs, temperatures(len(looked.states) - 2)
    plane = coordinate_plane(inputs.query, *axes)
    span = max(span, ROOM * float(np.abs(plane.place(inputs.query)).max()))
    window = Window(-span, span, -span, span)
    inside_key, inside = nearest_inside(inputs, plane)
    nearest = looked.flips.nearest
    ways, walked = np.zeros(0), np.zeros((0, 0))
    if nearest is not None:
        ways = _ways(looked.flips.distance)
        walked = walk(inputs, nearest, ways, grid)
        walked = np.vstack([np.full(len(ways), 1 / inputs.num_keys), walked])
    jacobians = [state.jacobian for state in looked.states]
    flat = np.zeros(len(inputs.query))
    rows = [flat if jac is None else looked.grad_output @ jac for jac in jacobians]
    return Map(
        looked,
        plane,
        window,
        axes,
        cells(inputs.keys, plane, window, keep_free=_busy(looked, plane)),
        landscape(inputs, plane, window, grid, reach=span / (GRID - 1)),
        inside,
        inside_key,
        paint,
        frozen(ways),
        frozen(walked),
        frozen(np.stack(rows)),
    )


def _busy(looked: Lookup, plane: Plane) -> FloatArray:
    """The query, its way to the wall, and eight places on the disc that shares its winner."""
    here = plane.place(looked.inputs.query)
    if not np.isfinite(looked.flips.distance):
        return np.asarray(here[None])
    turns = 2 * np.pi * np.arange(8) / 8
    rim = here + looked.flips.distance * np.column_stack([np.cos(turns), np.sin(turns)])
    way = here + np.linspace(0, 1, 8)[:, None] * (plane.place(looked.flips.point) - here)
    return np.vstack([way, rim])


def _ways(distance: float) -> FloatArray:
    """Evenly to the wall and at least as far beyond, with a step on either side of it."""
    before = np.linspace(0, distance * (1 - 1e-9), WALK)
    after = np.linspace(distance * (1 + 1e-9) + 1e-12, ceiling(2 * max(distance, 0.1)), WALK)
    return np.concatenate([before, after])


def _mean(inputs: Inputs) -> State:
    weights = np.full(inputs.num_keys, 1 / inputs.num_keys)
    flat = np.zeros((inputs.values.shape[1], len(inputs.query)))
    return State(np.inf, frozen(weights), frozen(weights @ inputs.values), 0.0, frozen(flat))


def _argmax(inputs: Inputs, won: Hard) -> State:
    if won.jumps:
        return State(0.0, won.attention_weights, won.output, None, None)
    flat = np.zeros((inputs.values.shape[1], len(inputs.query)))
    return State(0.0, won.attention_weights, won.output, 0.0, frozen(flat))


def _states(swept: Sweep) -> tuple[State, ...]:
    return tuple(
        State(float(t), frozen(weights), frozen(output), float(size), frozen(jac))
        for t, weights, output, size, jac in zip(
            swept.temperatures,
            swept.attention_weights,
            swept.outputs,
            swept.slopes,
            swept.jacobians,
            strict=True,
        )
    )


def _forward(inputs: Inputs, won: Hard, mode: Mode, temperature: float) -> State:
    if mode != "softmax":
        return _argmax(inputs, won)
    found = soft(inputs, temperature)
    size = slope(inputs, temperature)
    return State(temperature, found.attention_weights, found.output, size, None)


def _backward(inputs: Inputs, grad_output: FloatArray, mode: Mode, temperature: float) -> Gradients:
    match mode:
        case "softmax":
            return soft_gradients(inputs, grad_output, temperature=temperature)
        case "argmax":
            return hard_gradients(inputs, grad_output)
    return straight_through(inputs, grad_output, temperature=temperature)[1]
