"""Further questions: a point, what survives, small batches, the order of steps, running numbers."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from viz.batchnorm import compute
from viz.batchnorm.controls import LineSettings, PlaneSettings, RunningSettings, SmallSettings
from viz.batchnorm.draws import draw_numbers, given, mistakes, settings_of
from viz.quiz import Choice, Feedback, Number, Order, Parts, Question, Table, is_close

Rng = np.random.Generator


def landing(rng: Rng | None) -> Question:
    """Where does a point land?"""
    draw = draw_numbers(rng)
    mean, std, gamma, beta, k = draw
    x = mean + k * std
    key = gamma * k + beta
    wrong = mistakes(*draw)
    words = (
        f"{float(std**2):g} is the variance; divide by its root, {float(std):g}.",
        "The deviation was not divided away before γ came in.",
        "The mean was not removed: subtract it first, then divide.",
        "That is x̂; γ and β are still to come.",
        "You divided by the deviation but never subtracted the mean.",
        "γ is missing: y = γ x̂ + β.",
    )
    return Question(
        id="bn-x3",
        prompt=f"{given(draw)} Where does x = {float(x):g} land?".replace("= -", "= −"),
        answer=Number(float(key), abs=0.02),
        why=f"x lies {k} standard deviation{'s' * (abs(k) != 1)} from the mean, so x̂ = {k} and "
        f"y = γ x̂ + β = {float(key):g}.".replace("-", "−"),
        feedback=tuple(
            Feedback(float(w), text.replace("-", "−"))
            for w, text in zip(wrong, words[: len(wrong)], strict=True)
        ),
        hint="Subtract the mean, divide by the deviation; then multiply by γ and add β.",
        settings=settings_of(draw),
    )


SURVIVE = (
    ("mean", False),
    ("standard deviation", False),
    ("correlation with another feature", True),
    ("skewness", True),
    ("kurtosis", True),
    ("order of the points", True),
    ("rank of an outlier", True),
    ("distance between two points", False),
    ("Mahalanobis distance from the mean", True),
)


def survivors(rng: Rng | None) -> Question:
    """What survives the layer?"""
    rows = SURVIVE if rng is None else tuple(SURVIVE[i] for i in rng.permutation(9)[:6])
    return Question(
        id="bn-x4",
        prompt="A batch goes through batch norm, with γ > 0 for every feature. Which of these are "
        "the same afterwards (they survive), and which are replaced by what γ and β say?",
        answer=Table(
            rows=tuple(name for name, _ in rows),
            columns=("survives", "is replaced"),
            key=tuple((kept, not kept) for _, kept in rows),
            single=True,
        ),
        feedback=_survivor_feedback([name for name, _ in rows]),
        why="Each feature is moved and stretched by a positive factor. Whatever does not notice "
        "such a change survives: shape, order, correlation, distances measured in standard "
        "deviations. Mean, deviation and plain distances are replaced.",
        settings=PlaneSettings(),
        points=len(rows),
    )


HINTS = (
    ("mean", True, "The mean is replaced by β, whatever it was."),
    ("standard deviation", True, "The standard deviation is replaced by γ."),
    (
        "distance between two points",
        True,
        "Every feature is divided by its own deviation, so distances change; only distances "
        "measured in deviations (Mahalanobis) survive.",
    ),
    ("correlation with another feature", False, "Nothing is rotated: batch norm is no whitening."),
    ("skewness", False, "Shifting and stretching keeps a shape: a skewed feature stays skewed."),
    ("kurtosis", False, "Shifting and stretching keeps a shape; nothing becomes more Gaussian."),
    ("order of the points", False, "With γ > 0 a larger input stays the larger output."),
    ("rank of an outlier", False, "With γ > 0 the outlier stays the outermost point."),
    (
        "Mahalanobis distance from the mean",
        False,
        "It is measured in deviations, and those are divided away with the data.",
    ),
)


def _survivor_feedback(rows: list[str]) -> tuple[Feedback, ...]:
    """A hint for the first row that is marked wrongly."""

    def marked(place: int, survives: bool) -> Callable[[tuple[tuple[bool, ...], ...]], bool]:
        return lambda value: value[place][0] == survives

    return tuple(
        Feedback(marked(rows.index(name), wrong), f"Look at \u201c{name}\u201d again. {words}")
        for name, wrong, words in HINTS
        if name in rows
    )


@cache
def whole_batches() -> tuple[tuple[int, ...], ...]:
    """The 46 sets of four integers from 0 to 12 whose deviation (over n) is whole and not 0."""
    found = []
    for batch in combinations_with_replacement(range(13), 4):
        var = Fraction(sum(v * v for v in batch), 4) - Fraction(sum(batch), 4) ** 2
        root = round(float(var) ** 0.5)
        if var == root * root and root >= 1:
            found.append(batch)
    return tuple(found)


def small_batch(rng: Rng | None) -> Question:
    """What a tiny batch becomes in train mode."""
    batch = (10, 30) if rng is None else whole_batches()[rng.integers(len(whole_batches()))]
    shown = np.array(batch, dtype=float)
    if rng is not None:
        shown = rng.permutation(shown)
    out = compute.normalize(shown, eps=0.0)
    std = float(out.std[0])
    right = out.y[:, 0]
    centred = shown - shown.mean()
    biased = right * np.sqrt((len(shown) - 1) / len(shown))
    further = [shown / shown.max(), shown - shown.min(), centred / std**2]
    lists = [right, centred, shown / std, biased, *further]
    options: list[str] = []
    for values in lists:
        text = _vector(values)
        if text not in options and len(options) < 5:
            options.append(text)
    order = np.random.default_rng(int(shown.sum())).permutation(len(options))
    return Question(
        id="bn-x5",
        prompt=f"In train mode a layer gets one feature of a batch of {len(shown)}, "
        f"{_vector(shown)}; γ = 1, β = 0, eps = 0. What comes out?",
        answer=Choice(tuple(options[i] for i in order), list(order).index(0)),
        why=f"The mean is {shown.mean():g} and the deviation (over n) {std:g}: "
        f"{_vector(shown)} becomes {_vector(right)}.",
        feedback=(
            Feedback(
                lambda v: options[order[v]] == _vector(centred),
                "That is only centred; the deviation still has to be divided away.",
            ),
            Feedback(
                lambda v: options[order[v]] == _vector(shown / std),
                "The mean has to be subtracted first.",
            ),
            Feedback(
                lambda v: options[order[v]] == _vector(biased),
                "The batch's variance divides by n, not by n − 1.",
            ),
        ),
        hint="First take the batch's mean away, then divide by its deviation (over n).",
        settings=SmallSettings(),
    )


def _vector(values: np.ndarray) -> str:
    cells = (f"{float(np.round(v, 3)):+g}" if v else "0" for v in np.round(values, 3))
    plain = ", ".join(cell.replace("+", "") for cell in cells)
    return f"[{plain}]".replace("-", "−")


STEPS = (
    "mean of the batch",
    "subtract the mean",
    "variance",
    "divide by √(variance + eps)",
    "multiply by γ",
    "add β",
)


def algorithm(rng: Rng | None) -> Question:
    """The steps in order."""
    shuffled = np.random.default_rng(3).permutation(6) if rng is None else rng.permutation(6)
    places = [list(shuffled).index(i) for i in range(6)]
    swapped = [places[i] for i in (0, 2, 1, 3, 4, 5)]
    return Question(
        id="bn-x6",
        prompt="Put the steps of the layer in train mode in order, from the batch to the output.",
        answer=Order(tuple(STEPS[i] for i in shuffled), tuple(places), also=(tuple(swapped),)),
        why="Statistics first, then standardize, then the learned scale and shift. Subtracting "
        "before or after taking the variance makes no difference.",
        feedback=(
            Feedback(
                lambda order: order.index(places[5]) < order.index(places[4]),
                "With β before γ the shift would be multiplied too; the layer is γ x̂ + β.",
            ),
            Feedback(
                lambda order: order.index(places[4]) < order.index(places[3]),
                "γ works on the standardized value; before the division it would cancel.",
            ),
        ),
        hint="For each step ask what it needs: the variance needs the mean, γ needs what is "
        "standardized.",
        settings=LineSettings(),
    )


def running_statistics(rng: Rng | None) -> Question:
    """Running mean and variance after three batches."""
    if rng is None:
        momentum = 0.1
        batches: tuple[tuple[int, ...], ...] = ((1, 2, 3), (2, 4, 6), (0, 0, 3))
    else:
        momentum = float(rng.choice([0.1, 0.5]))
        while True:
            batches = tuple(tuple(int(v) for v in row) for row in rng.integers(0, 10, (3, 3)))
            if all(len(set(batch)) > 1 for batch in batches):
                break
    running, biased = compute.start_running(), 1.0
    for batch in batches:
        running = compute.update_running(running, np.array(batch, float), momentum=momentum)
        biased = (1 - momentum) * biased + momentum * float(np.var(batch))
    mean, var = float(running.mean[0]), float(running.var[0])
    swapped = _swapped(batches, momentum)
    return Question(
        id="bn-x7",
        prompt=f"A PyTorch layer starts with running mean 0 and running variance 1; its momentum "
        f"is {momentum:g}. In train mode it sees the batches "
        f"{', '.join(_vector(np.array(b, float)) for b in batches)} of one feature. Which running "
        "statistics does it hold then?",
        answer=Parts(
            ("running mean", Number(mean, abs=0.005, rel=0)),
            ("running variance", Number(var, abs=0.005, rel=0)),
        ),
        why="Each batch moves them by new = (1 − momentum)·old + momentum·batch, and the variance "
        f"that is stored divides by n − 1: {mean:.4g} and {var:.4g}.",
        feedback=(
            Feedback(biased, "PyTorch stores the unbiased variance (n − 1).", part=1),
            Feedback(
                lambda values: momentum != 0.5 and is_close(values[0], swapped, rel=0, atol=0.005),
                "The momentum is the weight of the new batch here, not of the old value.",
            ),
        ),
        hint="One batch at a time: which share of the old value stays, and which of the "
        "batch's comes in?",
        settings=RunningSettings(momentum=momentum),
        points=2,
    )


def _swapped(batches: tuple[tuple[int, ...], ...], momentum: float) -> float:
    """The running mean with the roles of old and new exchanged."""
    value = 0.0
    for batch in batches:
        value = momentum * value + (1 - momentum) * float(np.mean(batch))
    return value
