"""The derivations of dropout, with live numbers."""

import math

from viz.draw.numbers import latex
from viz.dropout.results import Cost, Masks, Path, Training, Units
from viz.view import Line


def cost_lines(result: Cost) -> tuple[Line, ...]:
    """From random masks to ridge."""
    p, loss = result.keep_prob, result.loss
    lines = [
        Line(
            rf"E[R] = p = {latex(p)}, \qquad \mathrm{{Var}}[R] = p - p^2 = {latex(p * (1 - p))}",
            "An entry is kept (R = 1) or erased (R = 0), and R² = R. Assumed here: all entries are "
            "drawn independently, and there is no intercept.",
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


def path_lines(result: Path) -> tuple[Line, ...]:
    """The equation whose off-diagonal entries carry p."""
    rest = r", \ldots" if len(result.ones) > 3 else ""
    one = ", ".join(latex(float(v), 3) for v in result.ones[:3]) + rest
    full = ", ".join(latex(float(v), 3) for v in result.weight[-1, :3]) + rest
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
            rf"p \to 0: \; \check w_j \to \frac{{x_j^Ty}}{{|x_j|^2}} = ({one})",
            "With nothing else to lean on, each feature is fitted alone.",
        ),
        Line(
            rf"p = 1: \; \check w = G^{{-1}}X^Ty = ({full})",
            "With everything kept it is the joint least-squares fit.",
        ),
    )


def mask_lines(result: Masks) -> tuple[Line, ...]:
    """Where the factor p comes from."""
    p, rho = result.keep_prob, float(result.gram[0, 1])
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
        Line(
            rf"p\,\rho_{{12}} = {latex(p)} \cdot {latex(rho)} = {latex(p * rho)}",
            "and the correlation of the first two features looks p times smaller.",
        ),
    )


def unit_lines(result: Units) -> tuple[Line, ...]:
    """Why the unit cancels."""
    return (
        Line(
            r"x_1 \to c\,x_1: \qquad \Gamma_{11} = \sqrt{\tfrac{1-p}{p}}\,|x_1| \to c\,\Gamma_{11}",
            "Dropout's penalty measures a weight by the length of its own column.",
        ),
        Line(
            r"\hat w_1 \to \hat w_1 / c, \qquad \Gamma_{11}\hat w_1 \;\text{and}\; x_1 \hat w_1 "
            r"\;\text{stay}",
            "So the weight takes the unit back, and neither cost nor prediction changes.",
        ),
        Line(
            rf"\lambda |w|^2 = {latex(result.l2)}\,|w|^2",
            "Plain ridge charges every weight the same price: in finer units a feature gets "
            "cheaper, in coarser units dearer.",
        ),
    )


def train_lines(result: Training) -> tuple[Line, ...]:
    """Why the noisy steps have the right mean, and the two conventions."""
    p = result.keep_prob
    return (
        Line(
            r"E\,\nabla_w |y - (R \odot X)w|^2 = \nabla_w E\,|y - (R \odot X)w|^2",
            "A step on one mask is noisy, but on average it is a step on the closed form.",
        ),
        Line(
            r"\text{plain: } \check w, \qquad \text{inverted: } p\,\check w = "
            rf"{latex(p)}\,\check w",
            "Dividing the mask by p while training (as PyTorch does) rescales the weights once "
            "and for all; then nothing has to be rescaled at test time.",
        ),
        Line(
            r"\bar w = \frac{1}{T - T_0} \sum_{t > T_0} w_t",
            "The last iterate keeps some of the noise; the average of the later ones does not.",
        ),
    )
