"""The derivation of part (b) with the live numbers of a run."""

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw.numbers import fixed, latex, short, stacked
from viz.view import Line

SHOWN, IN_MATRIX = 4, 3


PRODUCT = Line(
    stacked(
        r"W_2 W_1 &= U_k U_k^{\top}\quad\Rightarrow\quad W_1 = W_2^{+}",
        r"W_2 &= U_k\,\mathrm{diag}(s_i)\,V^{\top}",
        r"W_1 &= V\,\mathrm{diag}(1/s_i)\,U_k^{\top}",
    ),
    "**1.** Without λ, only the product counts: it projects on the first k principal "
    "directions. Where the decoder has the singular value s, the encoder has 1/s.",
)
MOVES = {
    "full": "small steps along the full gradient would keep the imbalance |W₁W₁ᵀ − W₂ᵀW₂|",
    "sgd": "the noise of single points changes the imbalance |W₁W₁ᵀ − W₂ᵀW₂|",
    "adam": "Adam's rescaled steps change the imbalance |W₁W₁ᵀ − W₂ᵀW₂|",
}
MOVES |= {"fast": MOVES["adam"], "adamw": MOVES["adam"]}
LAWS = {
    "full": "In small steps",
    "sgd": "On average, in steps so small that the noise of single points hardly counts,",
    "adam": "Along the plain gradient (Adam's rescaled steps take another way)",
}
LAWS |= {"fast": LAWS["adam"], "adamw": LAWS["adam"]}


def training_lines(study: Study) -> tuple[Line, ...]:
    """From the fixed product to √(1 - λ/d), and what PyTorch calls λ."""
    return (
        *exam_lines(study),
        *exact_lines(study, 4),
        _gram_line(study),
        _torch_line(study),
        _balance_line(study),
    )


def exam_lines(study: Study) -> tuple[Line, ...]:
    """Part (b) as the exam argues it: s and 1/s, and the price of both."""
    if not study.evenly_priced:
        return _split_lines(study)
    values = study.run.decoder_values[-1]
    price = float(np.sum(values**2 + np.maximum(values, 1e-9) ** -2.0))
    k = study.latent_dim
    live = f"= {latex(price)}" if values[-1] > 1e-3 else r"\to \infty"
    return (
        PRODUCT,
        Line(
            stacked(
                r"&\lambda\left(\|W_1\|_F^2 + \|W_2\|_F^2\right)",
                r"&\quad = \lambda\sum_{i=1}^{k}\left(s_i^2 + \frac{1}{s_i^2}\right)",
                rf"&\sum_i\Big(s_i^2+\tfrac1{{s_i^2}}\Big) {live}\;\ge\; 2k = {2 * k}",
            ),
            "**2.** A small λ cannot move the product, but it prices the pair. With the decoder's "
            "last singular values the sum is",
        ),
        Line(
            r"0 = 2s - \frac{2}{s^3}\quad\Rightarrow\quad s^4 = 1\quad\Rightarrow\quad s = 1",
            "**3.** The price of one direction has a single positive minimum. All s equal to 1 "
            "means orthonormal columns of W₂ and orthonormal rows of W₁.",
        ),
    )


def _split_lines(study: Study) -> tuple[Line, ...]:
    """The same with a penalty for each matrix: one s for all directions, but not 1."""
    first, second = study.weights
    values = np.maximum(study.run.decoder_values[-1], 1e-9)
    price = float(np.sum(second * values**2 + first / values**2))
    k, least = study.latent_dim, 2 * study.latent_dim * study.weights.mean
    live = f"= {latex(price)}" if values[-1] > 1e-3 else r"\to \infty"
    return (
        PRODUCT,
        Line(
            stacked(
                r"&\lambda_1\|W_1\|_F^2 + \lambda_2\|W_2\|_F^2",
                r"&\quad = \sum_{i=1}^{k}\Big(\lambda_2 s_i^2 + \frac{\lambda_1}{s_i^2}\Big)",
                rf"&\quad {live}",
                rf"&\quad \ge\; 2k\sqrt{{\lambda_1\lambda_2}} = {latex(least)},\quad k = {k}",
            ),
            "**2.** Small penalties cannot move the product, but they price the pair: λ₁ is the "
            "encoder's, λ₂ the decoder's. With the decoder's last singular values the sum is",
        ),
        Line(
            stacked(
                r"&0 = 2\lambda_2 s - \frac{2\lambda_1}{s^3}",
                rf"&\Rightarrow\ s = \Big(\frac{{\lambda_1}}{{\lambda_2}}\Big)^{{1/4}} = "
                rf"{latex((first / second) ** 0.25)}",
            ),
            "**3.** The price of one direction has a single positive minimum, the same for all: "
            "the columns of W₂ are orthogonal and equally long, but their length is not 1.",
        ),
    )


def exact_lines(study: Study, number: int = 1) -> tuple[Line, ...]:
    """How near to 1, and what the minimum costs; ``number`` is that of the first step."""
    run = study.run
    if study.free:
        return (
            Line(
                stacked(
                    r"&\lambda = 0:\quad d\,(1 - s_1 s_2)^2 = 0",
                    r"&\text{for every }\ s_1 = 1/s_2",
                ),
                f"**{number}.** Here λ = 0: nothing prefers s = 1, and {MOVES[study.method]}: "
                f"here it goes from {short(run.imbalance[0], 3)} to {short(run.imbalance[-1], 3)}.",
            ),
        )
    level, best = study.weights.mean, study.best
    values = study.data.eigenvalues[: min(study.latent_dim, SHOWN)]
    symbol, name, pair, meaning = r"\lambda", "λ", "balanced pair", ""
    if not study.evenly_priced:
        symbol, name, pair = "g", "g", "pair in the best ratio, s₁²/s₂² = λ₂/λ₁, with s² = s₁s₂"
        meaning = "; g = √(λ₁λ₂)"
    roots = [_root(level, float(d)) for d in values]
    if study.latent_dim > SHOWN:
        roots.append(r"&\ \dots")
    return (
        Line(
            stacked(
                rf"&\min_s\; d\,(1-s^2)^2 + 2{symbol} s^2:",
                rf"&-2d(1-s^2) + 2{symbol} = 0",
                rf"&\Rightarrow\quad s^2 = 1 - \frac{{{symbol}}}{{d}}",
            ),
            f"**{number}.** How near is near? Take one direction with variance d = σ² and a "
            f"{pair}{meaning}:",
        ),
        Line(
            stacked(*roots),
            "with the numbers on the stage"
            + ("" if name == "λ" else ", for the root of the product s₁s₂"),
        ),
        Line(
            stacked(
                rf"L_{{\min}} = {{}}&\sum_{{i\le k,\,d_i>{symbol}}}\Big(2{symbol} - "
                rf"\frac{{{symbol}^2}}{{d_i}}\Big)",
                rf"{{}}+ {{}}&\sum_{{i\le k,\,d_i\le {symbol}}} d_i + \sum_{{i>k}} d_i",
                f"{{}}= {{}}&{latex(best.minimum, 7)}",
            ),
            f"**{number + 1}.** Keeping a direction costs 2{name} − {name}²/d, giving it up costs "
            f"d, so one with d ≤ {name} is given up{meaning}.",
        ),
    )  # fmt: skip


def _root(level: float, d: float) -> str:
    inside = 1 - level / d
    if inside <= 0:
        return rf"\sqrt{{1-{latex(level, 4)}/{latex(d, 4)}}} &\to 0"
    return rf"\sqrt{{1-{latex(level, 4)}/{latex(d, 4)}}} &= {latex(inside**0.5)}"


def _gram_line(study: Study) -> Line:
    gram = study.run.decoders[-1].T @ study.run.decoders[-1]
    far = float(np.linalg.norm(gram - np.eye(len(gram))))
    words = (
        f"**{5 if study.free else 6}.** Orthonormal columns of W₂ make this the identity. The run "
        f"on the stage ended at a distance of {short(far, 3)} from it:"
    )
    return Line(
        stacked(
            r"&W_2^{\top}W_2 = V\,\mathrm{diag}(s_i^2)\,V^{\top}",
            rf"&\quad = {_matrix(gram)}",
        ),
        words,
    )


def _matrix(table: FloatArray) -> str:
    size = min(len(table), IN_MATRIX)
    dots = r" & \cdots" if len(table) > size else ""
    rows = [" & ".join(fixed(float(v), 3) for v in row[:size]) + dots for row in table[:size]]
    body = r" \\ ".join(rows).replace("−", "-")
    return r"\begin{pmatrix}" + body + r"\end{pmatrix}"


def _torch_line(study: Study) -> Line:
    dim, (first, second) = len(study.data.eigenvalues), study.weights
    summed = [_decay(r"\quad ", r"2\lambda", 2 * first)]
    averaged = [_decay(r"\quad ", r"\frac{2\lambda}{m}", 2 * first / dim)]
    groups = ""
    if not study.evenly_priced:
        groups = " Each matrix is a parameter group of its own:"
        summed = [
            _decay(r"\;W_1\!:\,", r"2\lambda_1", 2 * first),
            _decay(r"\;W_2\!:\,", r"2\lambda_2", 2 * second),
        ]
        averaged = [
            _decay(r"\;W_1\!:\,", r"\frac{2\lambda_1}{m}", 2 * first / dim),
            _decay(r"\;W_2\!:\,", r"\frac{2\lambda_2}{m}", 2 * second / dim),
        ]
    return Line(
        stacked(r"&\text{sum of the squares}/n:", *summed, r"&\texttt{MSELoss()}:", *averaged),
        "**In PyTorch** weight decay adds weight_decay · W to the gradient, and nn.MSELoss divides "
        f"by m = {dim} too{'.' if groups else ':'}{groups}",
    )


def _decay(matrix: str, formula: str, value: float) -> str:
    return rf"&{matrix}\texttt{{weight\_decay}} = {formula} = {latex(value, 6)}"


def _balance_line(study: Study) -> Line:
    """The law of the imbalance B; how many steps it takes, if the run goes by it."""
    steps = latex(study.balance_steps, 3) + r"\text{ steps to }1/e"
    law, pace = r"-4\lambda B", r"\frac{1}{4\lambda\,\eta}"
    words = "the imbalance of the two matrices fades by its own law, whatever the data:"
    if study.free:
        law, words = "0", "nothing moves the imbalance of the two matrices, whatever the data:"
    elif not study.evenly_priced:
        law = r"-4\,(\lambda_1 W_1W_1^{\top} - \lambda_2 W_2^{\top}W_2)"
        pace = r"\frac{\lambda_1+\lambda_2}{8\lambda_1\lambda_2\,\eta}"
        words = (
            "the imbalance of the two matrices goes where λ₁W₁W₁ᵀ = λ₂W₂ᵀW₂, not to 0; near the "
            "minimum, with d far above λ₁ and λ₂, the distance fades at a steady pace:"
        )
    rows = [r"B &= W_1W_1^{\top} - W_2^{\top}W_2", rf"\frac{{dB}}{{dt}} &= {law}"]
    if study.method in ("full", "sgd") and not study.free:
        rows.append(rf"{pace} &= {steps}")
    return Line(stacked(*rows), f"**How fast?** {LAWS[study.method]} {words}")
