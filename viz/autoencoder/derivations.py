"""The derivation of part (b) with the live numbers of a run."""

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw.numbers import fixed, short
from viz.view import Line

SHOWN = 4


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
    live = f"= {short(price, 5)}" if values[-1] > 1e-3 else r"\to \infty"
    return (
        Line(
            r"W_2 W_1 = U_k U_k^{\top}\quad\Rightarrow\quad W_1 = W_2^{+},\qquad "
            r"W_2 = U_k\,\mathrm{diag}(s_i)\,V^{\top},\quad "
            r"W_1 = V\,\mathrm{diag}(1/s_i)\,U_k^{\top}",
            "**1.** Without λ, only the product counts: it projects on the first k principal "
            "directions. Where the decoder has the singular value s, the encoder has 1/s.",
        ),
        Line(
            r"\lambda\left(\|W_1\|_F^2 + \|W_2\|_F^2\right) = \lambda\sum_{i=1}^{k}"
            r"\left(s_i^2 + \frac{1}{s_i^2}\right),\qquad "
            rf"\sum_i\Big(s_i^2+\tfrac1{{s_i^2}}\Big) {live}\;\ge\; 2k = {2 * k}",
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
                r"\lambda = 0:\qquad d\,(1 - s_1 s_2)^2 = 0\ \text{ for every }\ s_1 = 1/s_2",
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
    live = r",\quad ".join(_root(level, float(d)) for d in values)
    return (
        Line(
            rf"\min_s\; d\,(1-s^2)^2 + 2{symbol} s^2:\quad -2d(1-s^2) + 2{symbol} = 0"
            rf"\quad\Rightarrow\quad s^2 = 1 - \frac{{{symbol}}}{{d}}",
            f"**{number}.** How near is near? Take one direction with variance d = σ² and a "
            "balanced pair:",
        ),
        Line(
            live + (r",\ \dots" if study.latent_dim > SHOWN else ""),
            "with the numbers on the stage"
            + ("" if symbol == r"\lambda" else ", for the root of the product s₁s₂"),
        ),
        Line(
            r"L_{\min} = \sum_{i\le k,\,d_i>\lambda}\Big(2\lambda - \frac{\lambda^2}{d_i}\Big) "
            r"+ \sum_{i\le k,\,d_i\le\lambda} d_i + \sum_{i>k} d_i = "
            + short(best.minimum, 7),
            f"**{number + 1}.** Keeping a direction costs 2λ − λ²/d, giving it up costs d, so one "
            "with d ≤ λ is given up.",
        ),
    )  # fmt: skip


def _root(level: float, d: float) -> str:
    inside = 1 - level / d
    if inside <= 0:
        return rf"\sqrt{{1-{short(level)}/{short(d)}}} \to 0"
    return rf"\sqrt{{1-{short(level)}/{short(d)}}} = {short(inside**0.5, 5)}".replace("−", "-")


def _gram_line(study: Study) -> Line:
    gram = study.run.decoders[-1].T @ study.run.decoders[-1]
    far = float(np.linalg.norm(gram - np.eye(len(gram))))
    words = (
        f"**{5 if study.free else 6}.** Orthonormal columns of W₂ make this the identity. The run "
        f"on the stage ended at a distance of {short(far, 3)} from it:"
    )
    return Line(
        rf"W_2^{{\top}}W_2 = V\,\mathrm{{diag}}(s_i^2)\,V^{{\top}} = {_matrix(gram)}", words
    )


def _matrix(table: FloatArray) -> str:
    size = min(len(table), SHOWN)
    dots = r" & \cdots" if len(table) > size else ""
    rows = [" & ".join(fixed(float(v), 3) for v in row[:size]) + dots for row in table[:size]]
    body = r" \\ ".join(rows).replace("−", "-")
    return r"\begin{pmatrix}" + body + r"\end{pmatrix}"


def _torch_line(study: Study) -> Line:
    dim, l2 = len(study.data.eigenvalues), study.weights.encoder
    return Line(
        r"\text{sum of the squares}/n:\ \texttt{weight\_decay} = 2\lambda = "
        rf"{short(2 * l2, 6)},\qquad \texttt{{MSELoss()}}:\ \texttt{{weight\_decay}} = "
        rf"\frac{{2\lambda}}{{m}} = {short(2 * l2 / dim, 6)}",
        "**In PyTorch** weight decay adds weight_decay · W to the gradient, and nn.MSELoss divides "
        f"by m = {dim} too:",
    )


def _balance_line(study: Study) -> Line:
    rate = 4 * study.weights.mean * study.step_size
    steps = r"\infty" if rate == 0 else f"{short(1 / rate, 3)}"
    return Line(
        r"\frac{d}{dt}\left(W_1W_1^{\top} - W_2^{\top}W_2\right) = -4\lambda"
        r"\left(W_1W_1^{\top} - W_2^{\top}W_2\right),\qquad "
        rf"\frac{{1}}{{4\lambda\,\eta}} = {steps}\text{{ steps to }}1/e",
        "**How fast?** In small steps the imbalance of the two matrices fades by its own law, "
        "whatever the data:",
    )
