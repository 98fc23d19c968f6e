"""The derivations of dropout, with live numbers."""

import math

import numpy as np
import numpy.typing as npt

from viz.draw.numbers import latex, latex_factor, stacked
from viz.dropout.results import Cost, Masks, Path, Training, Units
from viz.view import Line

FloatArray = npt.NDArray[np.float64]


def cost_lines(result: Cost) -> tuple[Line, ...]:
    """From random masks to ridge."""
    p, loss = result.keep_prob, result.loss
    entry = float(result.sample.x[0, 0] * result.fitted.w_check[0])
    lines = [
        Line(
            rf"E[R] = p = {latex(p)}, \qquad \mathrm{{Var}}[R] = p - p^2 = {latex(p * (1 - p))}",
            "An entry is kept (R = 1) or erased (R = 0), and R² = R. Assumed here: all entries are "
            "drawn independently, and there is no intercept.",
        ),
        Line(
            stacked(
                r"\mathrm{Var}[R_{11}x_{11}\check w_1] &= p(1-p)\,(x_{11}\check w_1)^2",
                rf"&= {latex(p * (1 - p))} \cdot ({latex(entry)})^2",
                rf"&= {latex(p * (1 - p) * entry**2)}",
            ),
            "The first entry, for example, adds x₁₁w̌₁ with probability p and 0 otherwise: p times "
            "that in the mean, with this variance.",
        ),
        Line(
            r"E\,|y - (R \odot X)\check w|^2 = |y - pX\check w|^2 + p(1-p) \sum_j |x_j|^2 "
            rf"\check w_j^2 = {latex(loss.fit)} + {latex(loss.penalty)} = {latex(loss.total)}",
            "The mean of a square is the square of the mean plus the variance; the variances of "
            "the entries add up, column by column. Rows enter one by one, so a mask that all rows "
            "share has the same mean (and more scatter).",
        ),
        Line(
            r"w = p\,\check w: \quad p(1-p)\,|\check\Gamma \check w|^2 = "
            r"\tfrac{p(1-p)}{p^2}\,|\check\Gamma w|^2 = \tfrac{1-p}{p}\,|\check\Gamma w|^2",
            "Written for w, the weights used at test time when nothing is erased; Γ̌ has the "
            "column lengths on its diagonal.",
        ),
        Line(
            r"|y - Xw|^2 + |\Gamma w|^2, \qquad \Gamma = \sqrt{\tfrac{1-p}{p}}\;\check\Gamma "
            rf"= {latex(math.sqrt((1 - p) / p))}\,\check\Gamma",
            "So dropout on the inputs is a ridge regression with a matrix Γ.",
        ),
    ]
    if result.fitted.norm_after is None:
        lines.append(Line("", "At p = 1 Γ is 0 and cannot be inverted: this is least squares."))
        return tuple(lines)
    lines += [
        Line(
            r"\tilde w = \Gamma w, \quad \tilde X = X\Gamma^{-1}, \quad |\tilde x_j| = "
            rf"\sqrt{{\tfrac{{p}}{{1-p}}}} = {latex(result.fitted.norm_after)}",
            "In the new variables it is plain ridge, and all columns have the same length (Γ must "
            "be invertible: no column of zeros). Batch normalization gives columns a common length "
            "as well, √n, but also takes away their means.",
        ),
        Line(
            r"|x_j|^2 = n \text{ for all } j: \qquad |\Gamma w|^2 = \lambda |w|^2, \quad \lambda = "
            rf"n\,\tfrac{{1-p}}{{p}} = {latex(len(result.sample.x) * (1 - p) / p)}",
            "For standardized columns dropout is ordinary ridge, exactly. For logistic regression "
            "and deep nets it is so only near the solution, to second order (Wager, Wang & Liang "
            "2013).",
        ),
    ]
    return tuple(lines)


def _vector(values: FloatArray) -> str:
    """The first three entries."""
    rest = r", \ldots" if len(values) > 3 else ""
    return "(" + ", ".join(latex(float(value), 3) for value in values[:3]) + rest + ")"


def path_lines(result: Path) -> tuple[Line, ...]:
    """The equation whose off-diagonal entries carry p."""
    p, i = result.keep_prob, result.present
    here = Line(
        stacked(
            rf"p &= {latex(p)}",
            rf"\check w &= {_vector(result.w_check[i])}",
            rf"w = p\,\check w &= {_vector(result.weight[i])}",
        ),
        "At the control's p, wherever the bar below the picture stands, it is",
    )
    return (
        Line(
            r"p^2 G\check w + p(1-p)\,\mathrm{diag}(G)\,\check w = p\,X^Ty, \qquad G = X^TX",
            "Set the derivative of the expected cost to zero,",
        ),
        Line(
            r"\bigl[p\,G + (1-p)\,\mathrm{diag}(G)\bigr]\,\check w = X^Ty",
            "and divide by p: the diagonal of G stays, every other entry is multiplied by p.",
        ),
        Line(
            stacked(
                r"p \to 0: \; \check w_j &\to x_j^Ty \,/\, |x_j|^2",
                rf"\check w &\to {_vector(result.ones)}",
            ),
            "With nothing else to lean on, each feature is fitted alone.",
        ),
        *([here] if p < 1 else []),
        Line(
            stacked(r"p = 1: \; \check w &= G^{-1}X^Ty", rf"&= {_vector(result.weight[-1])}"),
            "With everything kept it is the joint least-squares fit.",
        ),
    )


def mask_lines(result: Masks) -> tuple[Line, ...]:
    """Where the factor p comes from."""
    p, (first, second) = result.keep_prob, result.pair
    cosine, seen = float(result.gram[first, second]), float(result.seen[first, second])
    product = Line(
        rf"p\,\cos(x_1, x_2) = {latex(p)} \cdot {latex_factor(cosine)} = {latex(seen)}",
        "and the cosine of the first two columns looks p times as large as it is. For columns "
        "whose means are 0 it is their correlation.",
    )
    alone = Line("", "and a feature that is alone has none.")
    return (
        Line(
            r"E[R_iR_j] = p^2 \; (i \ne j), \qquad E[R_i^2] = p",
            "Two different entries are both kept with probability p², one entry with itself "
            "with probability p: that is the p squared that is so easily lost.",
        ),
        Line(
            r"E\,(R \odot X)^T(R \odot X) = p\,\bigl[p\,G + (1-p)\,\mathrm{diag}(G)\bigr]",
            "So beside the common factor p only the off-diagonal entries shrink,",
        ),
        product if first != second else alone,
    )


def unit_lines(result: Units) -> tuple[Line, ...]:
    """Why the unit cancels."""
    gamma, weight = (float(v[0]) for v in (result.fitted.tikhonov, result.fitted.weight))
    said = float(result.sample.x[0] @ result.fitted.weight)
    return (
        Line(
            stacked(
                r"x_1 &\to c\,x_1",
                r"\Gamma_{11} = \sqrt{\tfrac{1-p}{p}}\,|x_1| = "
                rf"{latex(gamma)} &\to {latex(gamma)}\,c",
            ),
            "Dropout's penalty measures a weight by the length of its own column.",
        ),
        Line(
            stacked(
                rf"\hat w_1 = {latex(weight)} &\to {latex(weight)} / c",
                rf"\hat y_1 = \textstyle\sum_j x_{{1j}}\hat w_j = {latex(said)} &\to {latex(said)}",
            ),
            "So the weight takes the unit back: neither the cost nor a prediction changes, that of "
            "the first example for one.",
        ),
        Line(
            rf"\lambda |w|^2 = {latex(result.l2)}\,|w|^2",
            "Plain ridge charges every weight the same price: in finer units a feature gets "
            "cheaper, in coarser units dearer.",
        ),
        Line(
            r"\bigl[p\,G_c + (1-p)\,\mathrm{diag}(G)\bigr]\,\check w = X_c^Ty",
            "A free intercept takes the means out of the fit (c: columns minus their means). But "
            "masks erase whole entries, so the penalty keeps the lengths of X's columns: a shift "
            "of the means still changes what dropout finds.",
        ),
    )


def train_lines(result: Training) -> tuple[Line, ...]:
    """Why the noisy steps have the right mean, and the two conventions."""
    pair = (result.other, result.target)
    w_check, weight = pair if result.inverted else pair[::-1]
    average = result.descent.averaged[-1]
    return (
        Line(
            r"E\,\nabla_w |y - (R \odot X)w|^2 = \nabla_w E\,|y - (R \odot X)w|^2",
            "A step on one mask is noisy, but on average it is a step on the closed form.",
        ),
        Line(
            stacked(
                rf"\text{{plain: }} \check w &= {_vector(w_check)}",
                rf"\text{{inverted: }} p\,\check w &= {_vector(weight)}",
            ),
            "Dividing the mask by p while training (as PyTorch does) rescales the weights once "
            "and for all; then nothing has to be rescaled at test time.",
        ),
        Line(
            rf"\bar w = \frac{{1}}{{T - T_0}} \sum_{{t > T_0}} w_t = {_vector(average)}",
            "The last iterate keeps some of the noise; the average of the later ones does not.",
        ),
    )
