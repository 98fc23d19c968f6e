"""States worth seeing: what to try, and what to notice there."""

from viz.attention.slopes import temperatures
from viz.view import Preset

MAP_TEMPERATURES = 31
LAST = len(temperatures()) + 1
TIE = {
    "q1": 1.0,
    "q2": 1.0,
    "q3": 0.0,
    "keys": "2 0 0; 0 2 0; 1 0 0",
    "values": "1 0 0; 0 1 0; 0 0 1",
}
LENGTH = {"q1": 1.0, "q2": 1.0, "q3": 0.0, "keys": "4 0 0; 1 1 0", "values": "1 0 0; 0 1 0"}
NEAR = {"q1": 1.6, "q2": 0.6, "q3": 1.5}
ONE = {"keys": "1 2 0", "values": "2 0 1"}
DOUBLED = {
    "keys": "1 2 0; 0 3 4; 0 3 4; 0 0 1",
    "values": "2 0 1; 1 4 3; 0 -1 4; 1 0 -1",
}


def step_at(temperature: float, count: int = 61) -> int:
    """The frame at the temperature of the grid that is nearest."""
    grid = [abs(float(t) / temperature - 1) for t in temperatures(count)]
    return 1 + grid.index(min(grid))


TABLE_FINDINGS = (
    Preset(
        "go all the way to argmax",
        {},
        "The weights become 0, 1, 0, 0 and the output (1, 4, 3), as in the exam; the slope is "
        "exactly 0.",
        step=LAST,
    ),
    Preset(
        "find where the query matters most",
        {},
        "Near τ = 3.34 the slope is largest, 1.42; hotter everything is averaged, colder it is "
        "decided.",
        step=step_at(3.34),
    ),
    Preset(
        "send a gradient back through argmax",
        {"play": "steps", "mode": "argmax"},
        "Only the winner's value gets any: its row is the output.",
    ),
)
TABLE_PRESETS = (
    Preset("Exam", {}, "Question 6: scores 3, 11, 5, 2; argmax returns (1, 4, 3)."),
    Preset(
        "Length beats direction",
        LENGTH,
        "Key 1 wins by inner product, 4 to 2, although key 2 points exactly along the query.",
    ),
    Preset("Tie", TIE, "Two keys score 2: argmax has no derivative, and softmax splits evenly."),
    Preset("Near tie", NEAR, "A gap of 0.2: now softmax at τ = 1 mixes two values."),
    Preset("Single key", ONE, "One key takes everything at any temperature; the slope is 0."),
    Preset("Doubled key", DOUBLED, "Two equal keys share the weight for ever; argmax takes one."),
    Preset(
        "Straight-through",
        {"play": "steps", "mode": "straight-through"},
        "Argmax forward, the slope of softmax backward: a useful lie.",
    ),
)
MAP_FINDINGS = (
    Preset(
        "turn softmax into argmax",
        {},
        "The orange ridge along the walls is all the slope there is; at τ → 0 nothing is left of "
        "it.",
        step=MAP_TEMPERATURES + 1,
    ),
    Preset(
        "warm it up",
        {},
        "At τ = 3 every query feels a slope, also deep inside a cell.",
        step=step_at(3.0, MAP_TEMPERATURES),
    ),
    Preset(
        "walk to the wall",
        NEAR,
        "At (1.6, 0.6, 1.5) key 3 has just won: one small step and the output jumps.",
    ),
)
MAP_PRESETS = (
    Preset("Exam", {}, "The nearest wall is 6/√50 = 0.8485 away."),
    Preset(
        "Another plane",
        {"plane": "q1 q3"},
        "In the plane of q₁ and q₃ key 1 has a cell too.",
    ),
    Preset("Who is sure", {"paint": "weight"}, "Blue where one key has nearly all the weight."),
    Preset("Tie", TIE, "The query stands on a wall."),
)
SLOPE_FINDINGS = (
    Preset(
        "freeze it to τ = 0.05",
        {},
        "The slope is 5.6 × 10⁻⁵⁰: not zero, and useless.",
        step=step_at(0.05),
    ),
    Preset("melt it", {}, "At τ = 100 the slope falls as 5.3/τ: all keys weigh the same.", step=1),
    Preset(
        "make two keys tie",
        TIE,
        "No cold end: the slope grows as 1/τ, on the way to a jump.",
    ),
)
SLOPE_PRESETS = (
    Preset("Exam", {}, "Largest slope 1.42 at τ = 3.34."),
    Preset("Divide by √d", {"scaled": True}, "The same curve, moved: √3 times the temperature."),
    Preset("Near tie", NEAR, "A smaller gap keeps the slope alive at lower temperatures."),
)
LEARN_FINDINGS = (
    Preset(
        "step through the flip",
        {},
        "Softmax slides down from step 1 on; straight-through stays at 13.5 until the winner "
        "flips at step 5; argmax never moves.",
        step=4,
    ),
    Preset(
        "train the values instead",
        {"train": "values"},
        "Now argmax learns as well as the others: the winner's value gets the whole gradient.",
    ),
    Preset(
        "start too cold",
        {"temperature": 0.25},
        "At τ = 0.25 the slope is 5.5 × 10⁻⁹: softmax is as stuck as argmax.",
    ),
)
SIZE_FINDINGS = (
    Preset("short vectors", {}, "With d = 4 scores are small and softmax is soft.", step=0),
    Preset(
        "long vectors",
        {},
        "With d = 512 one key of 512 takes nearly everything, unless scores are divided by √d.",
        step=7,
    ),
    Preset(
        "only eight keys",
        {"num_keys": 8},
        "Few keys saturate as well: the spread of the scores does it, not their number.",
    ),
)
TOKEN_FINDINGS = (
    Preset(
        "read along",
        {},
        "Every word looks at itself and its earlier copies; the mask hides the later ones.",
        step=7,
    ),
    Preset(
        "real size",
        {"source": "random", "projections": "random"},
        "64 tokens of 64 entries, three random matrices: once there is a choice, most rows stay "
        "undecided.",
    ),
    Preset(
        "forget the √d",
        {"source": "random", "projections": "random", "divide": False},
        "Without the division most rows have made up their minds before any training.",
    ),
)
