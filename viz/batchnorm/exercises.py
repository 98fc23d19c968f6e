"""The exam's questions on batch norm, and variants with other numbers."""

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from viz.batchnorm import compute, demo, figures, results
from viz.quiz import Choice, Feedback, Number, Option, Order, Parts, Question, Table, is_close

Rng = np.random.Generator

STDS = tuple(
    Fraction(s) for s in ("0.2", "0.25", "0.4", "0.5", "0.8", "1.25", "2", "2.5", "4", "5")
)
MEANS = tuple(Fraction(k, 2) for k in range(-10, 11))
GAMMAS = tuple(Fraction(g) for g in ("-2", "-1", "0.5", "1", "2", "3"))
BETAS = tuple(Fraction(b) for b in range(-4, 5))
SPLITS = (-2, -1, 1, 2)
NEAR = Fraction(1, 20)

Draw = tuple[Fraction, Fraction, Fraction, Fraction, int]


def mistakes(
    mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction, k: int
) -> tuple[Fraction, ...]:
    """Where a point k standard deviations out lands under each named mistake."""
    x = mean + k * std
    wrong = [
        gamma * (x - mean) / std**2 + beta,
        gamma * (x - mean) + beta,
        gamma * x + beta,
        Fraction(k),
        beta + gamma * x / std,
    ]
    if gamma != 1:
        wrong.append((x - mean) / std + beta)
    return tuple(wrong)


def is_clear(draw: Draw) -> bool:
    """No named mistake comes within 0.05 of the key gamma k + beta."""
    *_, gamma, beta, k = draw
    key = gamma * k + beta
    return all(abs(key - wrong) > NEAR for wrong in mistakes(*draw))


def _draw(rng: Rng | None, *, moments: bool = False) -> Draw:
    """Numbers of the exam, or a clear draw; for moments one in which mistakes differ too."""
    if rng is None:
        one = demo.ONE
        std = Fraction(2, 5)
        return Fraction(str(one.mean)), std, Fraction(str(one.gamma)), Fraction(str(one.beta)), 1
    while True:
        mean, std, gamma, beta = (
            pool[rng.integers(len(pool))] for pool in (MEANS, STDS, GAMMAS, BETAS)
        )
        draw = (mean, std, gamma, beta, int(SPLITS[rng.integers(4)]))
        confusing = mean == 0 or abs(gamma) in (std, 1 / std, std**2, 1 / std**2)
        if is_clear(draw) and not (moments and confusing):
            return draw


def _settings(draw: Draw) -> demo.LineSettings:
    mean, std, gamma, beta, _ = draw
    return demo.LineSettings(
        mean=float(mean), variance=float(std**2), gamma=float(gamma), beta=float(beta)
    )


def _given(draw: Draw) -> str:
    mean, std, gamma, beta, _ = draw
    return (
        f"A very large batch is roughly Gaussian with mean {float(mean):g} and **variance** "
        f"{float(std**2):g}. The layer has γ = {float(gamma):g} and β = {float(beta):g}, eps = 0."
    ).replace("-", "−")


def output_moments(rng: Rng | None) -> Question:
    """Part (a): mean, standard deviation and five ticks of the output."""
    draw = _draw(rng, moments=True)
    mean, std, gamma, beta, _ = draw
    result = results.one_feature(
        results.Feature(float(mean), float(std)),
        demo.run_line(demo.LineSettings()).shape,
        gamma=float(gamma),
        beta=float(beta),
        eps=0.0,
    )
    after, spread = result.final.moments(result.before)
    ticks = result.final.scale * result.marks_in + result.final.shift
    ins = [f"{float(mark):g}".replace("-", "−") for mark in result.marks_in]
    boxes = [(f"{i} goes to", Number(float(t), abs=0.02)) for i, t in zip(ins, ticks, strict=True)]
    over = float(std) / float(std**2)
    return Question(
        id="bn-x1",
        prompt=f"{_given(draw)} Sketch the output: give its mean and standard deviation, and "
        "where five ticks of the input axis go.",
        answer=Parts(
            ("mean of the output", Number(after, abs=0.02)),
            ("standard deviation of the output", Number(spread, abs=0.02)),
            *boxes,
        ),
        why=f"Standardizing leaves mean 0 and deviation 1, whatever they were. Then γ sets the "
        f"deviation to |γ| = {spread:g} and β the mean to {after:g}: ticks one old deviation "
        "apart land one |γ| apart.".replace("-", "−"),
        feedback=(
            Feedback(
                float(mean + beta),
                "The old mean is removed first; β is the new mean, not an addition.",
                part=0,
            ),
            Feedback(
                float(std),
                "You moved the curve but kept its width. γ replaces the old standard deviation.",
                part=1,
            ),
            Feedback(
                abs(float(gamma)) * over,
                f"{float(std**2):g} is the variance; divide by its root, {float(std):g}.",
                part=1,
            ),
            Feedback(
                float(std**2),
                f"{float(std**2):g} is the input's variance, and neither it nor its root survives.",
                part=1,
            ),
            Feedback(
                1 / float(std**2),
                f"Divide by the standard deviation {float(std):g}, not by the variance.",
                part=1,
            ),
        ),
        settings=_settings(draw),
        points=4,
    )


def contours(rng: Rng | None) -> Question:
    """Part (b): which drawing shows the output?"""
    if rng is None:
        pairs = [demo.SEED.presets_2d[name] for name in ("axis_aligned", "correlated")]
        cases = [(np.array(p.mean), np.array(p.std), p.rho) for p in pairs]
    else:
        rho = float(rng.choice([0.5, 0.6, 0.8]) * rng.choice([-1, 1]))
        cases = [_plane_case(rng, 0.0), _plane_case(rng, rho)]
    drawn = [_drawings(case) for case in cases]
    orders = [
        np.random.default_rng([number, int(rng.integers(99)) if rng else 0]).permutation(4)
        for number in range(2)
    ]
    names = [[choices[i][0] for i in order] for choices, order in zip(drawn, orders, strict=True)]
    parts = [
        (
            f"Input {number + 1}: {_described(cases[number])}",
            Choice(
                tuple(Option("", figures.contour_choice(drawn[number][i][1])) for i in order),
                names[number].index("right"),
            ),
        )
        for number, order in enumerate(orders)
    ]
    rho = cases[1][2]
    return Question(
        id="bn-x2",
        prompt="Two-dimensional Gaussian inputs, γ = 1 and β = 0 for both features. Which drawing "
        "shows the output's mean, 1-SD and 2-SD contours? The dotted squares are at ±1 and ±2.",
        answer=Parts(*parts),
        why="The mean goes to (0, 0) and each feature gets deviation 1, so the contours touch the "
        "squares. The correlation stays: circles for ρ = 0, ellipses at ±45° otherwise.",
        feedback=(
            Feedback(
                lambda values: names[1][values[1]] == "circles",
                f"Each axis is scaled by itself. Nothing rotates, so ρ = {rho:g} stays.".replace(
                    "-", "−"
                ),
            ),
            Feedback(
                lambda values: names[1][values[1]] == "same tilt",
                f"The axes were divided by {cases[1][1][0]:g} and {cases[1][1][1]:g}; the tilt "
                f"becomes {'45' if rho > 0 else '−45'}°.",
            ),
            Feedback(
                lambda values: "not scaled" in (names[0][values[0]], names[1][values[1]]),
                "The mean was removed, but each feature must also get standard deviation 1.",
            ),
        ),
        settings=demo.PlaneSettings(
            mean_1=float(cases[1][0][0]),
            mean_2=float(cases[1][0][1]),
            std_1=float(cases[1][1][0]),
            std_2=float(cases[1][1][1]),
            rho=float(cases[1][2]),
        ),
        points=4,
    )


PlaneCase = tuple[np.ndarray, np.ndarray, float]


def _plane_case(rng: Rng, rho: float) -> PlaneCase:
    while True:
        std = np.round(rng.choice([0.5, 0.8, 1.2, 1.5, 2.0, 2.4], size=2), 1)
        if max(std) / min(std) >= 1.5:
            return np.round(rng.integers(-4, 5, size=2) / 2, 1), std, rho


def _drawings(case: PlaneCase) -> tuple[tuple[str, np.ndarray], ...]:
    """Four covariances from the same numbers; exactly the first one is right."""
    mean, std, rho = case
    cov = compute.covariance_of(std, rho)
    longest = float(np.linalg.eigvalsh(cov)[-1])
    return (
        ("right", compute.population_map(mean, cov).cov),
        ("circles", np.eye(2)) if rho else ("tilted", compute.covariance_of((1, 1), 0.6)),
        ("not scaled", cov),
        ("same tilt", cov / longest if rho else compute.covariance_of((1, 0.6), 0.0)),
    )


def _described(case: PlaneCase) -> str:
    mean, std, rho = case
    return (
        f"mean ({mean[0]:g}, {mean[1]:g}), standard deviations {std[0]:g} and {std[1]:g}, "
        f"correlation {rho:g}"
    ).replace("-", "−")


def landing(rng: Rng | None) -> Question:
    """Where does a point land?"""
    draw = _draw(rng)
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
        prompt=f"{_given(draw)} Where does x = {float(x):g} land?".replace("= -", "= −"),
        answer=Number(float(key), abs=0.02),
        why=f"x lies {k} standard deviations from the mean, so x̂ = {k} and "
        f"y = γ x̂ + β = {float(key):g}.".replace("-", "−"),
        feedback=tuple(
            Feedback(float(w), text.replace("-", "−"))
            for w, text in zip(wrong, words[: len(wrong)], strict=True)
        ),
        settings=_settings(draw),
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
        prompt="A batch goes through batch norm with γ > 0. What survives, and what is replaced?",
        answer=Table(
            rows=tuple(name for name, _ in rows),
            columns=("survives", "is replaced"),
            key=tuple((kept, not kept) for _, kept in rows),
            single=True,
        ),
        why="Each feature is moved and stretched by a positive factor. Whatever does not notice "
        "such a change survives: shape, order, correlation, distances measured in standard "
        "deviations. Mean, deviation and plain distances are replaced.",
        settings=demo.PlaneSettings(),
        points=len(rows),
    )


def whole_batches() -> tuple[tuple[int, ...], ...]:
    """Four integers from 0 to 12 whose population deviation is a whole number of at least 1.

    Only those with distinct outputs after division are kept short: 46 multisets that start at 0.
    """
    found = []
    for rest in combinations_with_replacement(range(13), 3):
        batch = (0, *rest)
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
    lists = [right, centred, centred / std**2, shown / std, right / np.sqrt(len(shown) - 1)]
    if len(shown) == 2:
        lists = [right, centred, shown / shown.max(), shown / std, right / np.sqrt(2)]
    options: list[str] = []
    for values in lists:
        text = _vector(values)
        if text not in options:
            options.append(text)
    order = np.random.default_rng(int(shown.sum())).permutation(len(options))
    return Question(
        id="bn-x5",
        prompt=f"The batch is {_vector(shown)}; γ = 1, β = 0, eps = 0, train mode. What comes out?",
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
                lambda v: options[order[v]] == _vector(lists[4]),
                "The batch's variance divides by n, not by n − 1.",
            ),
        ),
        settings=demo.SmallSettings(),
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
        prompt="Put the steps of the layer in order.",
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
        settings=demo.LineSettings(),
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
        prompt=f"Running mean 0 and running variance 1, momentum {momentum:g}. After the batches "
        f"{', '.join(_vector(np.array(b, float)) for b in batches)}: which running statistics "
        "does PyTorch hold?",
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
        settings=demo.RunningSettings(momentum=momentum),
        points=2,
    )


def _swapped(batches: tuple[tuple[int, ...], ...], momentum: float) -> float:
    """The running mean with the roles of old and new exchanged."""
    value = 0.0
    for batch in batches:
        value = momentum * value + (1 - momentum) * float(np.mean(batch))
    return value


ALL = (
    output_moments,
    contours,
    landing,
    survivors,
    small_batch,
    algorithm,
    running_statistics,
)
