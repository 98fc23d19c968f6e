"""The derivation of part (b) with the live numbers of a run."""

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw.numbers import fixed, latex, short, stacked
from viz.view import Line

SHOWN, IN_MATRIX = 4, 3


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
    values = study.run.decoder_values[-1]
    price = float(np.sum(values**2 + np.maximum(values, 1e-9) ** -2.0))
    k = study.latent_dim
    live = f"= {latex(price)}" if values[-1] > 1e-3 else r"\to \infty"
    return (
        Line(
            stacked(
                r"W_2 W_1 &= U_k U_k^{\top}\quad\Rightarrow\quad W_1 = W_2^{+}",
                r"W_2 &= U_k\,\mathrm{diag}(s_i)\,V^{\top}",
                r"W_1 &= V\,\mathrm{diag}(1/s_i)\,U_k^{\top}",
            ),
            "**1.** Without λ, only the product counts: it projects on the first k principal "
            "directions. Where the decoder has the singular value s, the encoder has 1/s.",
        ),
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


def exact_lines(study: Study, number: int = 1) -> tuple[Line, ...]:
    """How near to 1, and what the minimum costs; ``number`` is that of the first step."""
    if study.free:
        return (
            Line(
                stacked(
                    r"&\lambda = 0:\quad d\,(1 - s_1 s_2)^2 = 0",
                    r"&\text{for every }\ s_1 = 1/s_2",
                ),
                f"**{number}.** Here λ = 0: nothing prefers s = 1, and the run keeps the imbalance "
                "it began with.",
            ),
        )
    level, best = study.weights.mean, study.best
    values = study.data.eigenvalues[: min(study.latent_dim, SHOWN)]
    symbol = (
        r"\lambda"
        if study.weights.encoder == study.weights.decoder
        else r"\sqrt{\lambda_1\lambda_2}"
    )
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
            "balanced pair:",
        ),
        Line(
            stacked(*roots),
            "with the numbers on the stage"
            + ("" if symbol == r"\lambda" else ", for the root of the product s₁s₂"),
        ),
        Line(
            stacked(
                r"L_{\min} = {}&\sum_{i\le k,\,d_i>\lambda}\Big(2\lambda - "
                r"\frac{\lambda^2}{d_i}\Big)",
                r"{}+ {}&\sum_{i\le k,\,d_i\le\lambda} d_i + \sum_{i>k} d_i",
                f"{{}}= {{}}&{latex(best.minimum, 7)}",
            ),
            f"**{number + 1}.** Keeping a direction costs 2λ − λ²/d, giving it up costs d, so one "
            "with d ≤ λ is given up.",
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
    dim, l2 = len(study.data.eigenvalues), study.weights.encoder
    return Line(
        stacked(
            r"&\text{sum of the squares}/n:",
            rf"&\quad \texttt{{weight\_decay}} = 2\lambda = {latex(2 * l2, 6)}",
            r"&\texttt{MSELoss()}:",
            rf"&\quad \texttt{{weight\_decay}} = \frac{{2\lambda}}{{m}} = {latex(2 * l2 / dim, 6)}",
        ),
        "**In PyTorch** weight decay adds weight_decay · W to the gradient, and nn.MSELoss divides "
        f"by m = {dim} too:",
    )


def _balance_line(study: Study) -> Line:
    rate = 4 * study.weights.mean * study.step_size
    steps = r"\infty" if rate == 0 else latex(1 / rate, 3)
    return Line(
        stacked(
            r"B &= W_1W_1^{\top} - W_2^{\top}W_2",
            r"\frac{dB}{dt} &= -4\lambda B",
            rf"\frac{{1}}{{4\lambda\,\eta}} &= {steps}\text{{ steps to }}1/e",
        ),
        "**How fast?** In small steps the imbalance of the two matrices fades by its own law, "
        "whatever the data:",
    )
