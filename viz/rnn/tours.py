"""Named states of the controls, and what to try first."""

from viz.view import Preset

GRAPH_PRESETS = (
    Preset("Exam 5", {}, "Numbers of ours for the exam's letters."),
    Preset("Exam symbols", {"show": "symbols"}, "Every node as a polynomial."),
    Preset(
        "All ones",
        {"inputs": "1, 1, 1", "weight": 1.0},
        "Each edge counts the inputs that go through it: 1, 2, 3.",
    ),
    Preset("Impulse", {"inputs": "1, 0, 0, 0"}, "One input, remembered for four steps."),
    Preset("Alternating", {"inputs": "1, -1, 1, -1"}, "Signs cancel on the way."),
    Preset("Six steps", {"inputs": "1, 1, 1, 1, 1, 1"}, "Six uses of w, six edges."),
)
GRAPH_FINDINGS = (
    Preset("w = −1", {"weight": -1.0}, "Signs alternate, sizes stay: memory is kept."),
    Preset("w = 0.5", {"weight": 0.5}, "The oldest input fades first: its edge is smallest."),
    Preset(
        "a tanh behind every product",
        {"tanh": True, "weight": 1.0},
        "Only 0.0055 of gradient is left, and 98.8% of it comes from the last use of w.",
    ),
)
LONG_PRESETS = (
    Preset("Impulse", {"pattern": "impulse"}, "Only the first input is not zero."),
    Preset("Alternating", {"pattern": "signs"}, "1, −1, 1, −1, …"),
    Preset("Own data", {"pattern": "own"}, "Type your own inputs below."),
)
LONG_FINDINGS = (
    Preset(
        "100 steps at w = 0.5",
        {"num_steps": 100},
        "The first input's reach is 8 × 10⁻³¹; move the bar to 1.5 and it is 4 × 10¹⁷.",
        step=20,
    ),
    Preset(
        "50 steps at w = 1.5",
        {"num_steps": 50},
        "Now nearly every use counts the same: the last 10 of 50 carry only 21%.",
        step=60,
    ),
    Preset(
        "a tanh after each step",
        {"tanh": True},
        "The tanh adds a factor of at most 1 at every step, whatever w is.",
    ),
)
MATRIX_FINDINGS = (
    Preset(
        "a rotation",
        {"matrix": "rotation"},
        "The size never changes: why nets are started with orthogonal matrices.",
    ),
    Preset("a diagonal matrix", {"matrix": "diagonal"}, "Dies from the first step on."),
    Preset("a nilpotent matrix", {"matrix": "nilpotent"}, "Grows once, then is exactly 0."),
)
DESCENT_FINDINGS = (
    Preset("no clipping", {"clip": 0.0}, "One step from 1.1 lands at −74.8.", step=1),
    Preset("a smaller rate", {"lr": 0.001}, "Slower, and it still bounces at the end."),
    Preset("start on the plain", {"start": 0.8}, "Flat ground: nearly no slope at all."),
)
