"""The derivations of the batch-norm views, with the numbers on the stage."""

from viz.batchnorm import small_batch
from viz.batchnorm.batches import Family, RunningTrace, SmallBatches
from viz.batchnorm.feature import Line1D
from viz.batchnorm.gaussians import CIRCLE
from viz.batchnorm.pair import Plane, PlaneState
from viz.draw.numbers import count, latex, stacked
from viz.view import Line


def _signed(value: float, digits: int = 5) -> str:
    return f"{'-' if value < 0 else '+'} {latex(abs(value), digits)}"


def _whose(rows: int | None) -> str:
    if rows is None:
        return "A very large batch has the mean and the variance of its distribution."
    return f"The batch is the {count(rows)} values; its variance divides by their number."


def line(result: Line1D) -> tuple[Line, ...]:
    """The four lines of the formula for the followed point, and the backward pass."""
    mean, std, root = result.before.mean, result.before.std, result.root
    state = result.final
    x_hat, y = std / root, float(state.lands(result.before, 1))
    digits = max(5, result.before.digits)
    apart = f"{latex(result.point, digits)} {_signed(-mean, digits)}"
    spread = abs(state.scale) * std
    return (
        Line(
            rf"\mu = {latex(mean, digits)}, \qquad \sigma^2 = {latex(std**2)}",
            _whose(result.before.count),
        ),
        Line(
            stacked(
                r"\hat x &= \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}}",
                rf"&= \frac{{{apart}}}{{\sqrt{{{latex(std**2)} + {latex(result.eps)}}}}} "
                rf"= {latex(x_hat)}",
            ),
            "Subtract the mean, divide by the root of the variance (not by the variance).",
        ),
        Line(
            rf"y = \gamma \hat x + \beta = {latex(state.gamma)} \cdot {latex(x_hat)} "
            rf"{_signed(state.beta)} = {latex(y)}",
            "Then the two learned parameters set a new scale and a new position.",
        ),
        Line(
            stacked(
                rf"\mathrm{{mean}}(y) &= \beta = {latex(state.beta)}",
                r"\mathrm{SD}(y) &= |\gamma| \sqrt{\tfrac{\sigma^2}{\sigma^2 + \epsilon}} = "
                rf"{latex(spread, 6)}",
            ),
            "The input's position and scale are gone; skewness and kurtosis never enter.",
        ),
        Line(
            r"\mathrm{BN}(a x + b) = \mathrm{BN}(x) \quad (a > 0)",
            "A bias before the layer is removed with the mean, and the scale of the weights "
            "before it is divided away: neither does anything (exactly so with eps = 0).",
        ),
        Line(
            r"\frac{\partial L}{\partial x} = \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} \Bigl("
            r"dy - \overline{dy} - \hat x\,\overline{dy\,\hat x}\Bigr), \qquad "
            r"\sum \frac{\partial L}{\partial x} = 0",
            "Backward, the gradient loses its mean and its part along x̂: moving or stretching "
            "the whole batch changes nothing, so there is nothing to learn from it.",
        ),
    )


def _matrix(rows: object) -> str:
    body = r" \\ ".join(" & ".join(latex(float(v)) for v in row) for row in rows)  # type: ignore[attr-defined]
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def _correlation(state: PlaneState) -> tuple[str, str]:
    """Of the outputs, and what to say of it."""
    if state.rho is None:
        return r"\tfrac{0}{0}", "With γ = 0 a feature is constant: its correlation is undefined."
    said = "The correlation survives in three lines; its sign turns if one of the γ is negative."
    return r"\pm\rho", said


def _axes(rho: float) -> str:
    if abs(rho) < CIRCLE:
        return "With ρ = 0 both factors are 1: a circle, which has no tilt."
    return "So the axes lie at ±45°, whatever the tilt was before."


def plane(result: Plane) -> tuple[Line, ...]:
    """Why the correlation survives, and where the 45° come from."""
    state, origin = result.final, result.final.origin
    first, second = (latex(float(v)) for v in origin.std)
    g1, g2 = (latex(float(v)) for v in result.gamma)
    rho = latex(origin.rho)
    after, said = _correlation(state)
    lines = [
        Line(
            r"A = \mathrm{diag}\Bigl(\tfrac{\gamma_1}{\sigma_1}, \tfrac{\gamma_2}{\sigma_2}\Bigr)"
            rf" = \mathrm{{diag}}\Bigl(\tfrac{{{g1}}}{{{first}}}, \tfrac{{{g2}}}{{{second}}}\Bigr)"
            r", \qquad "
            rf"A\,{_matrix(origin.cov)}\,A = {_matrix(state.cov)}",
            "Each feature is divided by its own standard deviation; nothing is rotated.",
        ),
        Line(
            r"\begin{aligned} \mathrm{Cov}(y_1, y_2) &= \frac{\gamma_1 \gamma_2}{\sigma_1 \sigma_2}"
            r"\,\mathrm{Cov}(x_1, x_2) = \gamma_1 \gamma_2\,\rho \\ "
            r"\mathrm{SD}(y_1)\,\mathrm{SD}(y_2) &= |\gamma_1 \gamma_2| \\ "
            rf"\mathrm{{corr}}(y_1, y_2) &= {after}, \qquad \rho = {rho} \end{{aligned}}",
            said,
        ),
    ]
    if abs(result.gamma[0]) == abs(result.gamma[1]) == 1:
        lines += [
            Line(
                r"\begin{pmatrix} 1 & \rho \\ \rho & 1 \end{pmatrix} \begin{pmatrix} 1 \\ \pm 1 "
                r"\end{pmatrix} = (1 \pm \rho) \begin{pmatrix} 1 \\ \pm 1 \end{pmatrix}",
                _axes(origin.rho),
            ),
            Line(
                rf"\sqrt{{1 + |\rho|}} = {latex(state.ellipse.a, 6)}, \qquad "
                rf"\sqrt{{1 - |\rho|}} = {latex(state.ellipse.b, 6)}",
                "Semi-axes of the 1-SD contour; both are 1, a circle, only without correlation.",
            ),
        ]
    return tuple(lines)


def small(result: SmallBatches) -> tuple[Line, ...]:
    """The exact law of one output."""
    at_zero = float(small_batch.density(0.0, 32))
    lines = [
        Line(
            r"\sum_i \hat x_i = 0, \quad \sum_i \hat x_i^2 = N \;\Rightarrow\; "
            r"|\hat x_i| \le \sqrt{N - 1}",
            "The N outputs add up to 0 and their squares to N; the most extreme batch has one "
            "value against N − 1 equal ones.",
        ),
        Line(
            r"f(z) = \frac{\Gamma(\frac{N-1}{2})}{\Gamma(\frac{N-2}{2})\sqrt{\pi(N-1)}} "
            r"\Bigl(1 - \frac{z^2}{N-1}\Bigr)^{\frac{N-4}{2}}",
            "For Gaussian inputs one output has exactly this density (Thompson 1935). At N = 4 "
            "the exponent is 0: a uniform law.",
        ),
        Line(
            rf"N = 32: \quad f(0) = {latex(at_zero, 6)}, \qquad \sqrt{{N - 1}} = "
            rf"{latex(result.at(32).largest, 6)}",
            "The normal density at 0 is 0.3989: at N = 32 the two are hard to tell apart.",
        ),
        Line(
            r"\sqrt{2 - 2\,E[s]}, \quad E[s] = \sqrt{\tfrac{2}{N}}\,\frac{\Gamma(\frac N2)}"
            rf"{{\Gamma(\frac{{N-1}}{{2}})}} \;\Rightarrow\; {latex(result.at(32).gap, 3)}",
            "The rms difference between train mode and eval mode, at N = 32.",
        ),
    ]
    return tuple(lines)


def running(result: RunningTrace) -> tuple[Line, ...]:
    """The recurrence and its expectation."""
    a, last = result.momentum, len(result.mean) - 1
    return (
        Line(
            rf"m_{{k+1}} = (1 - {latex(a)})\,m_k + {latex(a)}\,\bar x_k",
            "The running mean forgets the past at a constant rate.",
        ),
        Line(
            rf"E[m_{{{last}}}] = {latex(result.true_mean)}\,(1 - {latex(1 - a)}^{{{last}}}) = "
            rf"{latex(float(result.expected_mean[-1]), 6)}",
            "It starts at 0, and what is missing shrinks by the same factor at every step.",
        ),
        Line(
            rf"E[v_{{{last}}}] = {latex(result.true_var)} + (1 - {latex(result.true_var)})"
            rf"\,{latex(1 - a)}^{{{last}}} = {latex(float(result.expected_var[-1]), 6)}",
            "The variance starts at 1. What is stored divides by N − 1, what normalizes the batch "
            "divides by N: PyTorch uses both.",
        ),
    )


def family(result: Family) -> tuple[Line, ...]:
    """The one formula and the five index sets."""
    rows = " \\\\ ".join(
        rf"\text{{{norm.kind}}} & {len(norm.mean)} \text{{ groups}} & "
        rf"{latex(float(norm.y.flat[0]), 6)} & {latex(float(norm.y.flat[-1]), 6)}"
        for norm in result.norms
    )
    return (
        Line(
            r"\hat x_i = \frac{x_i - \mu_{S(i)}}{\sqrt{\sigma^2_{S(i)} + \epsilon}}",
            "One formula; the norms differ only in the set S(i) of numbers that share μ and σ. "
            "RMS norm leaves μ out.",
        ),
        Line(
            rf"\begin{{array}}{{lrrr}} \text{{norm}} & & \text{{first}} & \text{{last}} \\ "
            rf"\hline {rows} \end{{array}}",
            "The first and the last of the 32 numbers after each norm.",
        ),
    )
