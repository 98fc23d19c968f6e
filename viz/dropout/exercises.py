"""The exam's questions on dropout as a penalty, and variants with whole numbers."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from viz.draw.numbers import short
from viz.dropout import demo
from viz.dropout.unit_exercises import batch_norm, units
from viz.quiz import Choice, Expression, Feedback, Number, Parts, Question, is_close

Rng = np.random.Generator
COLUMNS = (
    ((3, 4, 0), 5),
    ((1, 2, 2), 3),
    ((2, 3, 6), 7),
    ((4, 4, 7), 9),
    ((5, 12, 0), 13),
    ((0, 6, 8), 10),
)
# A formula may be broken between the terms of a sum, not inside of one.
RIDGE = r"${|y - Xw|^2} + {|\Gamma w|^2}$"
PLAIN_RIDGE = r"${|y - \tilde X\tilde w|^2} + {|\tilde w|^2}$"
# Keep probabilities whose (1 - p) / p has a rational root; 1/2 is left out, since there
# p squared equals p (1 - p) and mistakes would coincide with the key.
KEEPS = tuple(Fraction(p) for p in ("1/5", "4/5", "1/10", "9/10", "9/25", "16/25"))


def _setting(rng: Rng | None) -> tuple[bool, str]:
    """Whether the letter is the drop probability q, and the problem in words."""
    dropped = rng is not None and bool(rng.integers(2))
    letter, keep, penalty = ("q", "(1 - q)", "q(1 - q)") if dropped else ("p", "p", "p(1 - p)")
    verb = "erases" if dropped else "keeps"
    return dropped, (
        f"While a linear regression is trained, dropout {verb} each entry of the n × d matrix X "
        f"with probability {letter} (nothing is rescaled). For weights w̌ that costs on average "
        f"{_cost(keep, penalty)}, where Γ̌ is diagonal with the lengths of X's columns. "
    )


def _cost(keep: str, penalty: str) -> str:
    """The average cost as a formula."""
    return rf"${{|y - {keep}X\check w|^2}} + {{{penalty}\,|\check\Gamma\check w|^2}}$"


def _keep(rng: Rng | None) -> Fraction:
    return Fraction(4, 5) if rng is None else KEEPS[rng.integers(len(KEEPS))]


def substitution(rng: Rng | None) -> Question:
    """Part (a), first half: which w turns it into ridge?"""
    dropped, setting = _setting(rng)
    options = ("w = p w̌", "w = w̌ / p", "w = (1 − p) w̌", "w = √p w̌")
    other = "p is the probability to keep here, so the inputs shrink on average to p times theirs."
    if dropped:
        options = ("w = (1 − q) w̌", "w = w̌ / (1 − q)", "w = q w̌", "w = √(1 − q) w̌")
        other = "q is the probability to erase, so on average the share 1 − q of an input is left."
    order = np.arange(4) if rng is None else rng.permutation(4)
    place = list(order).index
    kept, share = ("(1 − q)", "1 − q") if dropped else ("p", "p")
    return Question(
        id="dr-x1",
        part="a",
        prompt=f"{setting}Which substitution turns this into {RIDGE} with some diagonal matrix Γ?",
        answer=Choice(tuple(options[i] for i in order), place(0)),
        why=f"The first term asks for w = {kept} w̌: at test time all inputs are on, so the weights "
        f"must be {share} times as large as in training.",
        feedback=(
            Feedback(
                place(1),
                "The trained model saw inputs that were smaller on average; at test time all are "
                "on, so the weights must shrink.",
            ),
            Feedback(place(2), other),
            Feedback(place(3), "Put it into the first term: a square root is left over."),
        ),
        settings=demo.CostSettings(),
        points=2,
    )


def penalty_matrix(rng: Rng | None) -> Question:
    """Part (a), second half: Gamma."""
    dropped, setting = _setting(rng)
    letter, keep = ("q", "(1-q)") if dropped else ("p", "p")
    drop = "q" if dropped else "(1-p)"
    kept = "(1 − q)" if dropped else "p"
    latex = r"\sqrt{\tfrac{q}{1-q}}" if dropped else r"\sqrt{\tfrac{1-p}{p}}"
    vanish = "q = 0" if dropped else "p = 1"
    return Question(
        id="dr-x2",
        part="a",
        prompt=f"{setting}For the right multiple w of w̌ it becomes {RIDGE}, where Γ is a positive "
        f"number times Γ̌. Which number, as a formula in {letter}? (√ or sqrt is understood.)",
        answer=Expression(
            f"sqrt({drop}/{keep})", (letter,), low=0.1, high=0.9, rel=1e-9, latex=latex
        ),
        why=f"With w̌ = w/{kept} the penalty's factor is divided by the square of {kept}, and Γ "
        f"enters squared, so a root is taken. At {vanish} nothing is dropped and it vanishes.",
        feedback=(
            Feedback(f"sqrt({drop}*{keep})", f"That is before substituting w̌ = w/{kept}."),
            Feedback(f"{drop}/{keep}", "Take the square root: Γ enters squared."),
            Feedback(
                f"sqrt({keep}/{drop})",
                f"Upside down: at {vanish} nothing is dropped, so the penalty must vanish.",
            ),
            Feedback(f"{drop}*{keep}", "That is before substituting, and Γ enters squared."),
            Feedback(
                f"sqrt({drop})/{keep}",
                "The root covers the whole quotient, what stands below as well.",
            ),
            Feedback(
                f"-sqrt({drop}/{keep})",
                "Right but for the sign: its square would be the same, but the number asked for is "
                "positive.",
            ),
        ),
        hint="The first terms have to agree: that gives w. Then write the penalty in w and read "
        "off what stands in front of |Γ̌w|².",
        settings=demo.CostSettings(),
        points=2,
    )


def change_of_variables(rng: Rng | None) -> Question:
    """Part (b): the new data matrix."""
    options = ("X Γ⁻¹", "Γ X", "Γ⁻¹ X", "X Γ")
    order = np.array([2, 0, 3, 1]) if rng is None else rng.permutation(4)
    place = list(order).index
    return Question(
        id="dr-x3",
        part="b",
        prompt=f"A ridge regression minimizes {RIDGE}, with X of shape n × d (n ≠ d) and an "
        f"invertible d × d matrix Γ. In new variables w̃ it becomes plain ridge, {PLAIN_RIDGE}. "
        "What is X̃?",
        answer=Choice(tuple(options[i] for i in order), place(0)),
        why="With w̃ = Γw, Xw = XΓ⁻¹Γw, so X̃ = XΓ⁻¹ (a positive constant more is allowed, if w̃ "
        "takes it back).",
        feedback=(
            Feedback(place(1), "The shapes do not fit: Γ is d × d and X is n × d."),
            Feedback(place(2), "The shapes do not fit: Γ⁻¹ acts on the columns, from the right."),
            Feedback(place(3), "Then X̃w̃ = XΓΓw; the columns would be squared in size."),
        ),
        settings=demo.CostSettings(),
        points=2,
    )


def _draw(rng: Rng | None) -> tuple[list[tuple[int, ...]], list[int], Fraction]:
    picks = [0, 1] if rng is None else list(rng.permutation(len(COLUMNS))[:2])
    return [COLUMNS[i][0] for i in picks], [COLUMNS[i][1] for i in picks], _keep(rng)


def _matrix(columns: list[tuple[int, ...]]) -> str:
    rows = r" \\ ".join(" & ".join(str(c[i]) for c in columns) for i in range(3))
    return rf"$X = \begin{{pmatrix}} {rows} \end{{pmatrix}}$"


def _shown(
    columns: list[tuple[int, ...]], targets: Sequence[float], p: Fraction
) -> demo.CostSettings:
    """The question's own matrix on the stage."""
    rows = [*zip(*columns, targets, strict=True)]
    lines = ["x1, x2, y", *(", ".join(f"{value:.10g}" for value in row) for row in rows)]
    return demo.CostSettings(keep_prob=float(p), data="own", own="\n".join(lines))


def _targets(columns: list[tuple[int, ...]], weight: Sequence[int], p: Fraction) -> list[float]:
    """A y for which dropout finds exactly these weights, the shortest one."""
    x = np.array(columns, dtype=float).T
    gram = x.T @ x
    seen = float(p) * gram + float(1 - p) * np.diag(np.diag(gram))
    return [float(y) for y in x @ np.linalg.solve(gram, seen @ np.array(weight))]


def equal_norms(rng: Rng | None) -> Question:
    """Part (c): the column norms of the new matrix."""
    columns, norms, p = _draw(rng)
    key = float(p / (1 - p)) ** 0.5
    factor = float((1 - p) / p) ** 0.5

    def equal_constants(values: tuple[float, ...]) -> bool:
        first, second = values
        return is_close(first, second, rel=0.005, atol=1e-9) and first > 0

    return Question(
        id="dr-x4",
        part="c",
        prompt=f"Dropout on {_matrix(columns)} with keep probability p = {p} costs on average "
        f"{_cost('p', 'p(1 - p)')}, where Γ̌ is diagonal with the lengths of X's columns. Rescaling "
        f"every weight by a positive number turns this into {RIDGE} with a diagonal Γ, and "
        f"rescaling once more into plain ridge, {PLAIN_RIDGE}. How long are the columns of X̃?",
        answer=Parts(
            ("first column", Number(key, abs=0.0, rel=0.01)),
            ("second column", Number(key, abs=0.0, rel=0.01)),
        ),
        why=f"Column j is divided by √((1 − p)/p)·|xⱼ|, so each has length √(p/(1 − p)) = "
        f"{short(key)}. Batch normalization also gives the columns a common size.",
        feedback=(
            Feedback((norms[0] * 1.0, norms[1] * 1.0), "Those are the columns of X itself."),
            Feedback(
                (factor, factor), "Upside down: Γ is divided by, so the constant is √(p/(1 − p))."
            ),
            Feedback(
                (norms[0] ** 2 * factor, norms[1] ** 2 * factor),
                "X has to be divided by Γ, not multiplied.",
            ),
            Feedback(
                equal_constants,
                "Equal they are, as they must be. But this Γ has a factor in front of the column "
                "lengths that depends on p, and it fixes the length.",
            ),
        ),
        hint="Column j of XΓ⁻¹ is column j of X divided by Γ's entry j.",
        settings=_shown(columns, demo.SEED.small.y, p),
        points=2,
    )


def _pair(weight: tuple[int, ...]) -> str:
    return f"({weight[0]}, {weight[1]})".replace("-", "−")


def penalty_value(rng: Rng | None) -> Question:
    """The penalty as a number."""
    columns, norms, p = _draw(rng)
    # Where both weights are 1 or -1, a square that is forgotten would not show.
    weight = (1, -2) if rng is None else tuple(int(v) for v in rng.choice([-3, -2, 2, 3], 2))
    body = sum(n * n * w * w for n, w in zip(norms, weight, strict=True))
    key = float(p * (1 - p) * body)
    unsquared = (
        sum(n * n * w for n, w in zip(norms, signed, strict=True))
        for signed in (weight, [abs(w) for w in weight])
    )
    wrong = (
        (float(p * p * body), "The variance of a mask is p − p², because R² = R."),
        (float((1 - p) * body), "The variance is p(1 − p), not 1 − p."),
        (
            float(p * (1 - p) * sum(n * w * w for n, w in zip(norms, weight, strict=True))),
            "The column norms enter squared.",
        ),
        *((float(p * (1 - p) * value), "The weights enter squared.") for value in unsquared),
        (float(p * body), "A mask that is always on has no variance: multiply by 1 − p as well."),
    )
    return Question(
        id="dr-x6",
        prompt=f"{_matrix(columns)}, weights w̌ = {_pair(weight)}, keep probability p = {p}. How "
        "large is dropout's penalty p(1 − p) |Γ̌w̌|², with the lengths of X's columns on the "
        "diagonal of Γ̌?",
        answer=Number(key, abs=0.0, rel=0.005),
        why=f"p(1 − p) = {p * (1 - p)}, the column norms are {norms[0]} and {norms[1]}: "
        f"{p * (1 - p)} × {body} = {short(key, 6)}.",
        feedback=tuple(
            Feedback(value, words) for value, words in wrong if abs(value - key) > 0.01 * key
        ),
        hint="|Γ̌w̌|² is the sum of (column length × weight)²; then times p(1 − p).",
        settings=_shown(columns, _targets(columns, weight, p), p),
    )


ALL = (
    substitution,
    penalty_matrix,
    change_of_variables,
    equal_norms,
    batch_norm,
    penalty_value,
    units,
)
