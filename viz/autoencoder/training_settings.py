"""What a reader may change about a training run."""

from typing import Literal

from viz.autoencoder.figures import Beside
from viz.settings import BaseSettings, choice, number, own_data, switch, table

Training = Literal["full gradient", "full Adam", "SGD", "Adam", "AdamW"]

VARIANCES = "4 2.5 1.5 0.6 0.3 0.2 0.1 0.05"
MOST_VARIANCES, MOST_ROWS, MOST_COLUMNS = 16, 50_000, 64
ONE_POINT = ("SGD", "Adam", "AdamW")
FULL = ("full gradient", "full Adam")
LOW, HIGH, DECADE = 1e-4, 3.1623, 10
LONG_TEXT = 60_000
EXAMPLE = """width, height, depth, weight
2.1, 3.9, 1.2, 5.0
3.4, 6.1, 2.3, 8.8
1.2, 2.8, 0.4, 2.7
4.8, 9.7, 2.9, 12.9
2.9, 5.2, 1.1, 7.4
3.8, 8.1, 2.0, 9.6
0.7, 1.1, 0.9, 1.3
4.1, 7.7, 2.8, 11.2
1.9, 4.4, 1.6, 4.1
3.1, 5.9, 1.3, 8.3
"""
HINT = (
    "Rows are points: up to 50 000 rows and 64 columns of numbers, a header line may name them. "
    "They are centered, and scaled by one factor so that the largest variance is 4."
)


class TrainingSettings(BaseSettings):
    """One run."""

    latent_dim: int = number(3, key="k", label="Code size k", low=1, high=7)
    l2: float = number(
        0.05, key="lambda", label="Weight decay λ", low=LOW, high=HIGH, log=DECADE, zero=True
    )
    optimizer: Training = choice(
        "full gradient",
        key="by",
        label="Training",
        hint="SGD, Adam and AdamW see one point a step; the full ones see all points, and full "
        "Adam lets its step size fall to 0: the fast solver.",
    )
    decoder_scale: float = number(
        1, key="ratio", label="Decoder starts larger by", low=0.1, high=10, log=DECADE
    )
    beside: Beside = choice(
        "column products",
        key="beside",
        label="Beside the curves",
        hint="What the decoder looks like at the step on the bar.",
    )
    step_size: float = number(
        0.15,
        key="lr",
        label="Step size × d₁",
        low=0.01,
        high=1,
        step=0.01,
        when={"optimizer": ("full gradient",)},
        hint="In units of one over the largest variance; half a unit is the limit.",
    )
    point_step: float = number(
        0.01,
        key="eta",
        label="Step size",
        low=1e-3,
        high=0.1,
        log=DECADE,
        when={"optimizer": ONE_POINT},
    )
    num_steps: int = number(
        600,
        key="n",
        label="Steps",
        low=100,
        high=5000,
        step=100,
        when={"optimizer": FULL},
    )
    point_steps: int = number(
        20_000,
        key="np",
        label="Steps",
        low=1000,
        high=20_000,
        step=1000,
        when={"optimizer": ONE_POINT},
    )
    axis: Literal["log", "linear"] = choice("log", key="axis", label="Axis of steps")
    start: Literal["random", "aligned"] = choice(
        "random", key="start", label="Start", hint="Aligned: along the principal directions."
    )
    scale: float = number(0.3, key="size", label="Start size", low=0.01, high=1, step=0.01)
    separate: bool = switch(False, key="two", label="Another λ for the decoder")
    l2_decoder: float = number(
        0.05,
        key="lambda2",
        label="Decoder's λ",
        low=LOW,
        high=HIGH,
        log=DECADE,
        zero=True,
        when={"separate": (True,)},
    )
    seed: int = number(1, key="seed", label="Seed", low=0, high=999, box=True)
    data: Literal["variances", "own points"] = choice("variances", key="data", label="Data")
    variances: str = table(
        VARIANCES,
        key="d",
        label="Variances d, falling",
        when={"data": ("variances",)},
        hint="2 to 16 positive numbers, the variances along the principal directions.",
    )
    own: str = own_data(
        example=EXAMPLE,
        limit=2_000_000,
        label="Your own points",
        when={"data": ("own points",)},
        hint=HINT,
        upload=("csv", "txt"),
    )
