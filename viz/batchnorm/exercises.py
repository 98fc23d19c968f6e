"""The exam's questions on batch norm, and variants with other numbers."""

from fractions import Fraction

import numpy as np

from viz.batchnorm import gaussians, plane_figures
from viz.batchnorm.controls import SEED, PlaneSettings
from viz.batchnorm.draws import draw_numbers, given, settings_of
from viz.batchnorm.drills import algorithm, landing, running_statistics, small_batch, survivors
from viz.quiz import LETTERS, Choice, Feedback, Number, Option, Parts, Question

Rng = np.random.Generator
FIRST = ("A", "E")
TICKS = (-2, -1, 0, 1, 2)


def output_moments(rng: Rng | None) -> Question:
    """Part (a): mean, standard deviation and five ticks of the output."""
    draw = draw_numbers(rng, moments=True)
    mean, std, gamma, beta, _ = draw
    after, spread = float(beta), float(abs(gamma))
    ticks = tuple(float(beta + k * gamma) for k in TICKS)
    ins = [f"{float(mean + k * std):g}".replace("-", "−") for k in TICKS]
    boxes = [(f"{i} goes to", _exactly(tick)) for i, tick in zip(ins, ticks, strict=True)]
    return Question(
        id="bn-x1",
        part="a",
        prompt=f"{given(draw)} Work out the output's distribution as you would sketch it: its "
        "mean, its standard deviation, and where five ticks of the input axis land.",
        answer=Parts(
            ("mean of the output", _exactly(after)),
            ("standard deviation of the output", _exactly(spread)),
            *boxes,
        ),
        why="It stays a Gaussian. Standardizing leaves mean 0 and deviation 1, whatever they "
        f"were. Then γ sets the deviation to |γ| = {spread:g} and β the mean to {after:g}: ticks "
        "one old deviation apart land one |γ| apart.".replace("-", "−"),
        feedback=_moment_feedback(mean, std, gamma, beta, ticks),
        hint="Undo the old mean and deviation first: where does each tick stand in deviations?",
        settings=settings_of(draw),
        points=4,
    )


def _exactly(key: float) -> Number:
    return Number(key, abs=0.02, rel=0)


def _moment_feedback(
    mean: Fraction, std: Fraction, gamma: Fraction, beta: Fraction, ticks: tuple[float, ...]
) -> tuple[Feedback, ...]:
    variance, root = f"{float(std**2):g}", f"{float(std):g}"
    found = [
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
            float(abs(gamma) / std),
            f"{variance} is the variance; divide by its root, {root}.",
            part=1,
        ),
        Feedback(
            float(std**2),
            f"{variance} is the input's variance, and neither it nor its root survives.",
            part=1,
        ),
        Feedback(
            float(1 / std**2),
            f"Divide by the standard deviation {root}, not by the variance {variance}.",
            part=1,
        ),
    ]
    if gamma < 0:
        turned = ticks[::-1]
        found += [
            Feedback(float(gamma), "A standard deviation is never negative: it is |γ|.", part=1),
            Feedback(
                lambda values: bool(np.allclose(values[2:], turned, atol=0.02)),
                "γ < 0 mirrors the axis: the smallest input becomes the largest output.",
            ),
        ]
    shifted = tuple(float(mean + k * std + beta) for k in TICKS)
    if not np.allclose(shifted, ticks, atol=0.1):
        found.append(
            Feedback(
                lambda values: bool(np.allclose(values[2:], shifted, atol=0.02)),
                "Those ticks are only shifted by β; standardize first.",
            )
        )
    return tuple(found)


def contours(rng: Rng | None) -> Question:
    """Part (b): which drawing shows the output?"""
    if rng is None:
        pairs = [SEED.presets_2d[name] for name in ("axis_aligned", "correlated")]
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
                tuple(
                    Option("", plane_figures.contour_choice(made[i][1], reach=reach, whose=whose))
                    for i in order
                ),
                names[number].index("right"),
                first=FIRST[number],
            ),
        )
        for number, (made, order, reach, whose) in enumerate(
            zip(drawn, orders, map(_reach, drawn), ("Input 1", "Input 2"), strict=True)
        )
    ]
    rho = cases[1][2]
    right = [
        LETTERS[LETTERS.index(first) + made.index("right")]
        for first, made in zip(FIRST, names, strict=True)
    ]
    return Question(
        id="bn-x2",
        part="b",
        prompt="Two Gaussian inputs in two dimensions go through a layer with γ = 1 and β = 0 for "
        f"both features. Input 1 has {_described(cases[0])}; input 2 has {_described(cases[1])}. "
        "Drawings A to D belong to input 1, E to H to input 2. In each four, which "
        "one shows the output's mean, 1-SD and 2-SD contours? The dotted squares stand at ±1 and "
        "±2.",
        answer=Parts(*parts),
        why=f"{right[0]} for input 1, {right[1]} for input 2. "
        "The mean goes to (0, 0) and each feature gets deviation 1, so the contours touch the "
        "squares. The correlation stays: circles for ρ = 0, ellipses at ±45° otherwise.",
        feedback=(
            Feedback(
                lambda values: names[0][values[0]] == "tilted",
                "Input 1 has ρ = 0, and the layer creates no correlation: nothing can tilt.",
            ),
            Feedback(
                lambda values: names[0][values[0]] == "same tilt",
                "For input 1 both features get standard deviation 1, so both axes are equal.",
            ),
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
        settings=PlaneSettings(
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
    cov = gaussians.covariance_of(std, rho)
    longest = float(np.linalg.eigvalsh(cov)[-1])
    return (
        ("right", gaussians.population_map(mean, cov).cov),
        ("circles", np.eye(2)) if rho else ("tilted", gaussians.covariance_of((1, 1), 0.6)),
        ("not scaled", cov),
        ("same tilt", cov / longest if rho else gaussians.covariance_of((1, 0.6), 0.0)),
    )


def _reach(made: tuple[tuple[str, np.ndarray], ...]) -> float:
    """One scale for the drawings of an input, so that sizes can be compared."""
    return 2.15 * max(1.0, *(float(np.sqrt(np.diag(cov)).max()) for _, cov in made))


def _described(case: PlaneCase) -> str:
    mean, std, rho = case
    return (
        f"mean ({mean[0]:g}, {mean[1]:g}), standard deviations {std[0]:g} and {std[1]:g}, "
        f"correlation {rho:g}"
    ).replace("-", "−")


ALL = (
    output_moments,
    contours,
    landing,
    survivors,
    small_batch,
    algorithm,
    running_statistics,
)
