"""Questions beyond the exam: exact values, PyTorch's weight_decay, predictions."""

import numpy as np

from viz.autoencoder import compute, training_view
from viz.autoencoder.training_settings import VARIANCES, TrainingSettings
from viz.draw.numbers import fixed, short
from viz.quiz import Choice, Feedback, Number, Parts, Question

Rng = np.random.Generator

SHARES = (1.0, 0.5625, 0.36, 0.2)
UNITS = (1, 2, 5, 10)
DIMS = (4, 8, 10, 64)
PENALTIES = (0.01, 0.05, 0.1)
FACTORS = (2.0, 0.5, 4.0, 0.25)


def exact(rng: Rng | None) -> Question:
    """Beyond the exam: s for given variances and λ."""
    if rng is None:
        variances, l2 = training_view.read_variances(VARIANCES)[:3], 2.0
    else:
        unit = float(UNITS[int(rng.integers(len(UNITS)))])
        chosen = sorted(rng.choice(SHARES, size=3, replace=False), reverse=True)
        variances, l2 = unit * np.array(chosen), 0.36 * unit
        if rng.integers(4) == 0:
            variances, l2 = np.array([unit]), 0.19 * unit
    best = compute.optimum(variances, len(variances), compute.penalty(l2))
    rows = list(zip(variances.tolist(), best.decoder_values.tolist(), strict=True))
    named = [short(d, 6) for d, _ in rows]
    largest, asked = "largest eigenvalue d", "is the decoder's singular value"
    if len(rows) > 1:
        largest, asked = f"{len(rows)} largest eigenvalues d", "are the decoder's singular values"
    return Question(
        id="ae-x4",
        prompt="Training has found the minimum of ${\\tfrac1n\\lVert X - W_2W_1X\\rVert_F^2} + "
        "\\lambda(\\lVert W_1\\rVert_F^2 + \\lVert W_2\\rVert_F^2)$ with "
        f"λ = {short(l2)} and k = {len(rows)}. The {largest} of XXᵀ/n: "
        f"{', '.join(named)}. What {asked} exactly, to two decimals?",
        answer=Parts(
            *(
                (f"s for d = {d}", Number(s, abs=0.005, rel=0.0))
                for d, (_, s) in zip(named, rows, strict=True)
            )
        ),
        why="One direction costs d(1 − s²)² + 2λs², least at s² = 1 − λ/d, or at 0 when d ≤ λ: "
        + ", ".join(f"{short(s)}" for _, s in rows)
        + ".",
        feedback=tuple(_exact_feedback(rows, l2)),
        hint="Begin with 1 − λ/d for the first direction: what is it?",
        settings=TrainingSettings(l2=l2) if rng is None else None,
        points=3,
    )


def _exact_feedback(rows: list[tuple[float, float]], l2: float) -> list[Feedback]:
    said = []
    for part, (d, s) in enumerate(rows):
        named = [
            (1 - l2 / d, "That is s². Take the root."),
            (l2 / d, "λ/d is what is lost; s² = 1 − λ/d."),
            (1.0, "1 is the limit for λ → 0; here λ is not small against d."),
        ]
        if s == 0:
            named = [
                (abs(1 - l2 / d) ** 0.5, "1 − λ/d is negative: λ has passed this variance."),
                (1.0, "This direction costs more than its variance, so it is given up."),
            ]
        said += [
            Feedback(value, words, part=part) for value, words in named if abs(value - s) > 0.01
        ]
    return said


def in_torch(rng: Rng | None) -> Question:
    """Beyond the exam: which weight_decay is λ."""
    l2, dim = 0.05, 8
    if rng is not None:
        l2 = PENALTIES[int(rng.integers(len(PENALTIES)))]
        dim = DIMS[int(rng.integers(len(DIMS)))]
    mean, whole = 2 * l2 / dim, 2 * l2
    return Question(
        id="ae-x5",
        prompt="The objective is the squared error of a point, summed over its features and "
        f"averaged over the points, plus λ|W₁|² + λ|W₂|² with λ = {l2:g}. A point has m = {dim} "
        "features. Which weight_decay do you pass to torch.optim.SGD with each of these losses of "
        "a point?",
        answer=Parts(
            ("weight_decay with nn.MSELoss()", Number(mean, abs=1e-9, rel=0.0)),
            ('weight_decay with nn.MSELoss(reduction="sum")', Number(whole, abs=1e-9, rel=0.0)),
        ),
        why=f"torch adds weight_decay · W to the gradient, and the gradient of λ|W|² is 2λW: "
        f"2λ = {short(whole, 6)} next to the sum over features. nn.MSELoss() divides that sum by "
        f"m = {dim}, so the penalty must shrink alike: 2λ/m = {short(mean, 6)}.",
        feedback=(
            Feedback(l2, "The gradient of λ|W|² is 2λW, not λW.", part=1),
            Feedback(
                whole, "That is right for the sum; nn.MSELoss() also divides by m features.", part=0
            ),
            Feedback(l2 / dim, "The gradient of λ|W|² is 2λW: a factor 2 is missing.", part=0),
            Feedback(l2, "Two things are missing: the 2 of 2λW, and the division by m.", part=0),
            Feedback(mean, "The sum over features is not divided by m.", part=1),
        ),
        hint="What is the gradient of λ|W|², as a multiple of W?",
        settings=TrainingSettings(),
        points=2,
    )


def scaled(rng: Rng | None) -> Question:
    """Predict: what another λ does to lengths and to balance."""
    factor = FACTORS[0] if rng is None else FACTORS[int(rng.integers(len(FACTORS)))]
    variances = training_view.read_variances(VARIANCES)
    before, after = (
        compute.optimum(variances, 3, compute.penalty(l2)).decoder_values
        for l2 in (0.05, 0.05 * factor)
    )
    further = bool(np.abs(1 - after).max() > np.abs(1 - before).max())
    name = {2.0: "doubled", 0.5: "halved", 4.0: "made 4 times larger", 0.25: "made 4 times smaller"}
    words = ("closer to length 1", "further from length 1")
    pace = ("faster", "slower")
    larger = "larger" if factor > 1 else "smaller"
    return Question(
        id="ae-x6",
        prompt=f"λ = 0.05 is {name[factor]} while all variances in the code stay above it. Before "
        "you try: what happens to the columns of W₂ at the minimum, and to the imbalance "
        "W₁W₁ᵀ − W₂ᵀW₂ during training?",
        answer=Parts(
            ("The columns are then", Choice(words, int(further))),
            ("The imbalance fades", Choice(pace, 0 if factor > 1 else 1)),
        ),
        why=f"s = √(1 − λ/d) goes from {fixed(float(before[0]), 4)} to {fixed(float(after[0]), 4)} "
        f"for the first direction. The imbalance fades as e^(−4λt), at {factor:g} times the rate. "
        "(The whole run need not follow: directions grow at the rate 4(d − λ).)",
        feedback=(
            Feedback(int(not further), f"s = √(1 − λ/d): put in a {larger} λ.", part=0),
            Feedback(
                1 if factor > 1 else 0,
                "Only decay couples the two matrices' sizes: the rate is 4λ.",
                part=1,
            ),
        ),
        settings=TrainingSettings(l2=0.1) if factor == 2 else None,
        points=2,
    )
