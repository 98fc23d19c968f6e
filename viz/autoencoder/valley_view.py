"""The view of one direction: two numbers rolling down a valley."""

from collections.abc import Mapping

import numpy as np

from viz.autoencoder import snippets, training, valley, valley_figures, witnesses
from viz.autoencoder.compute import penalty
from viz.autoencoder.training_settings import DECADE, HIGH, LOW
from viz.autoencoder.valley import Descent
from viz.draw.film import Film
from viz.draw.numbers import latex, stacked
from viz.settings import BaseSettings, number
from viz.view import Line, Preset, Progress, View, quiet

FRAMES = 72


class ValleySettings(BaseSettings):
    """One direction of the data."""

    variance: float = number(4, key="var", label="Variance d", low=0.1, high=5, step=0.1)
    l2: float = number(
        0.05, key="lambda", label="Weight decay λ", low=LOW, high=HIGH, log=DECADE, zero=True
    )
    encoder: float = number(0.4, key="s1", label="Encoder starts at", low=0.05, high=3, step=0.05)
    decoder: float = number(2.5, key="s2", label="Decoder starts at", low=0.05, high=3, step=0.05)
    rate: float = number(
        0.05,
        key="rate",
        label="Step size × d",
        low=0.01,
        high=0.5,
        step=0.01,
        hint="In units of one over the variance.",
    )
    num_steps: int = number(2000, key="vn", label="Steps", low=100, high=5000, step=100)


def run(settings: ValleySettings, progress: Progress = quiet) -> Descent:
    del progress
    return valley.roll(
        settings.variance,
        settings.l2,
        start=(settings.encoder, settings.decoder),
        step_size=settings.rate / settings.variance,
        record=training.log_steps(settings.num_steps, FRAMES),
    )


def film(descent: Descent, *, phone: bool = False) -> Film:
    return valley_figures.valley_film(descent, phone=phone)


def answer(descent: Descent) -> list[float]:
    return [float(descent.encoder_value[-1]), float(descent.decoder_value[-1])]


def snippet(settings: ValleySettings) -> str:
    """Gradient descent on two numbers; ``answer`` holds where they end."""
    found = run(settings)
    last = snippets.remark(found.diverged_at)
    return f"""\
import torch

d, lam = {settings.variance:g}, {settings.l2:g}
s1 = torch.tensor({settings.encoder:g}, dtype=torch.float64, requires_grad=True)  # encoder
s2 = torch.tensor({settings.decoder:g}, dtype=torch.float64, requires_grad=True)  # decoder
optimizer = torch.optim.SGD([s1, s2], lr={found.step_size:.12g}, weight_decay=2 * lam)
for step in range({int(found.steps[-1])}):{last}
    optimizer.zero_grad()
    (d * (1 - s1 * s2) ** 2).backward()
    optimizer.step()
print(s1.item(), s2.item(), "theory", max(0, 1 - lam / d) ** 0.5 if lam else "any s and 1/s")
answer = [s1.item(), s2.item()]
"""


def agree(settings: ValleySettings) -> Mapping[str, float]:
    """The minimum for this direction."""
    d, l2 = settings.variance, settings.l2
    values, weights = np.array([d]), penalty(l2)
    return {
        "closed form": 2 * l2 - l2**2 / d if l2 < d else d,
        "search over the product": witnesses.by_search(values, 1, weights),
        "PyTorch": witnesses.by_torch(values, 1, weights),
    }


def derive(descent: Descent) -> tuple[Line, ...]:
    d, l2 = descent.variance, descent.l2
    one, two = float(descent.encoder_value[-1]), float(descent.decoder_value[-1])
    inside = 1 - l2 / d
    goal = r"0,\ \text{since}\ \lambda \ge d"
    if l2 == 0:
        goal = r"1 \\ &\text{but any } s_1 = 1/s_2 \text{ costs the same}"
    elif inside > 0:
        root = rf"\sqrt{{1-\tfrac{{{latex(l2, 4)}}}{{{latex(d, 4)}}}}}"
        goal = f"{root} = {latex(inside**0.5, 6)}"
    return (
        Line(
            r"L(s_1, s_2) = d\,(1 - s_1 s_2)^2 + \lambda\,(s_1^2 + s_2^2)",
            "Along one principal direction the two matrices are two numbers. Reconstruction sees "
            "their product alone, the penalty sees both.",
        ),
        Line(
            stacked(
                r"&s_1 s_2 = 1:\quad s_1^2 + s_2^2 = \frac{1}{s^2} + s^2",
                r"&\frac{d}{ds}\Big(\frac{1}{s^2}+s^2\Big) = -\frac{2}{s^3} + 2s = 0",
                r"&\Rightarrow\ s = 1",
            ),
            "On the floor of the valley the encoder is 1/s when the decoder is s (the exam's "
            "argument):",
        ),
        Line(
            stacked(
                r"&s_1 = s_2 = s:",
                r"&\frac{dL}{d(s^2)} = -2d\,(1-s^2) + 2\lambda = 0",
                r"&\Rightarrow\ s = " + goal,
            ),
            "Without a penalty nothing pulls the two together:"
            if l2 == 0
            else "The penalty also pulls the product a little below 1. Exactly:",
        ),
        Line(
            rf"(s_1, s_2) = ({latex(one)},\ {latex(two)})",
            "The run on the stage ended at",
        ),
    )


PRESETS = (
    Preset("Exam 12(b)", {}, "First down to s₁s₂ = 1, then along the floor to s = 1."),
    Preset("No decay", {"l2": 0.0}, "The path ends where it meets the curve, wherever that is."),
    Preset(
        "Encoder large",
        {"encoder": 2.5, "decoder": 0.4},
        "The valley is the same from the other side.",
    ),
    Preset("λ above d", {"l2": 2.0, "variance": 1.5}, "The only minimum is at 0."),
)
FINDINGS = (
    Preset("switch the decay off", {"l2": 0.0}, "Then the whole curve is the minimum."),
    Preset("make λ ten times larger", {"l2": 0.501}, "The minimum leaves the curve s₁s₂ = 1."),
    Preset("let λ pass the variance", {"l2": 2.0, "variance": 1.5}, "The valley is gone."),
)

VIEW = View(
    key="valley",
    label="One direction",
    settings=ValleySettings,
    run=run,
    film=film,
    answer=answer,
    snippet=snippet,
    derive=derive,
    agree=agree,
    presets=PRESETS,
    findings=FINDINGS,
)
