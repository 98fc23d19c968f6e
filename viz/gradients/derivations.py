"""The Derive tab: from one layer's variance to the product of all layers, with live numbers."""

import math
from collections.abc import Mapping

from viz.draw.numbers import fixed, latex, short, stacked
from viz.gradients import rounding, scale
from viz.gradients.nets import NetSpec
from viz.gradients.results import Curve, Tick
from viz.gradients.theory import BN_FACTOR, weight_factor
from viz.view import Line

DIGITS = 6
# The page cuts off what rises above a formula's first line, such as an exponent.
STRUT = r"\rule{0pt}{1.1em}"


def ten(log_ratio: float, places: int = 2) -> str:
    """A power of ten for a formula."""
    return rf"{STRUT}10^{{{round(log_ratio, places) + 0.0:.{places}f}}}"


def variance(net: Curve) -> tuple[Line, ...]:
    """What one layer does to a squared size: c."""
    spec = net.spec
    std, c = spec.weight_std, weight_factor(spec)
    first = Line(
        stacked(
            rf"{STRUT}\operatorname{{Var}}(z) &= n\,\sigma_W^2\,\mathbb E[h^2]",
            rf"n\,\sigma_W^2 &= {spec.width} \cdot {latex(std, 4)}^2 = "
            rf"{latex(spec.width * std**2, 4)}",
        ),
        "A neuron adds up n products of independent weights with standard deviation $\\sigma_W$. "
        "Backward the same sum runs over the outputs, with the same n.",
    )
    if spec.act == "relu":
        second = Line(
            rf"c = \tfrac12\,n\,\sigma_W^2 = {latex(c, 4)}",
            "ReLU switches off half of the neurons, forward and backward: half of the squared "
            "size is lost. Xavier (Glorot & Bengio 2010) has nσ² = 1, so c = ½; He (He et al. "
            "2015) doubles the variance, so c = 1.",
        )
    elif spec.act == "linear":
        second = Line(rf"c = n\,\sigma_W^2 = {latex(c, 4)}", "A linear layer loses nothing.")
    else:
        second = Line(
            "",
            f"{spec.act} multiplies by its slope, at most "
            f"{'1' if spec.act == 'tanh' else '¼'}, and how much depends on how far its inputs "
            "are from 0: there is no single factor, only the measurement.",
        )
    return first, second


def per_layer(net: Curve) -> Line:
    """The factor of this architecture."""
    spec, theory = net.spec, net.theory
    if theory is None:
        return Line(
            rf"\text{{measured: }} {latex(net.factor, 4)} \text{{ per layer}}",
            "There is no closed formula for this combination.",
        )
    if spec.batch_norm and spec.residual:
        return Line(
            stacked(
                rf"&{theory.formula}",
                rf"&\text{{at the input: }} {latex(float(theory.factors[0]), 4)}",
                rf"&\text{{at the output: }} {latex(float(theory.factors[-1]), 4)}",
            ),
            "With skips and batch norm the hidden state's variance grows by "
            "c(1 − 1/π) a layer, and batch norm divides each branch by it: the later the "
            "layer l = 0, 1, …, the closer its factor to 1 (De & Smith 2020).",
        )
    if spec.batch_norm:
        return Line(
            rf"\sqrt{{\frac{{\pi}}{{\pi - 1}}}} = {latex(BN_FACTOR, 5)}",
            "Batch norm (Ioffe & Szegedy 2015) divides by the standard deviation of z, which "
            "cancels $\\sigma_W$. What is left is the spread of a ReLU: its variance is "
            "(1 − 1/π)/2, but ½ is what it passes back (Yang et al. 2019).",
        )
    if spec.residual:
        a = rf"{latex(spec.branch_scale, 4)}^2 \cdot " if spec.branch_scale != 1 else ""
        return Line(
            stacked(
                rf"{STRUT}\|(I + a J)^{{\top}} g\|^2 &\approx (1 + a^2 c)\,\|g\|^2",
                rf"\sqrt{{1 + {a}{latex(weight_factor(spec), 4)}}} &= {latex(theory.factor, 5)}",
            ),
            "The identity path adds the gradient itself. The cross terms average out, so the "
            "squares add: the factor is above 1 whatever the weights are. Only a branch that "
            "starts near 0 keeps it near 1, by a scale a or by zero weights (Zhang et al. 2019).",
        )
    return Line(
        rf"\sqrt{{c}} = {latex(theory.factor, 5)}",
        "A gradient's size is the root of its square.",
    )


def product(net: Curve) -> Line:
    """All layers together, against what was measured."""
    depth, theory = net.spec.depth, net.theory
    if theory is None:
        return Line(
            rf"\frac{{\|\delta_0\|}}{{\|\delta_L\|}} = {ten(net.log_ratio)}",
            f"Measured through all {depth} layers:",
        )
    power = (
        rf"{latex(theory.factor, 5)}^{{{depth}}}"
        if theory.is_constant
        else r"\prod_{l} \text{factor}_l"
    )
    return Line(
        stacked(
            rf"\frac{{\|\delta_0\|}}{{\|\delta_L\|}} &= {power} = {ten(theory.log_ratio)}",
            rf"\text{{measured}} &\phantom{{{{}}={{}}}} {ten(net.log_ratio)}",
        ),
        f"Depth multiplies: {depth} layers, one factor each. {difference(net.spec)}",
    )


def difference(spec: NetSpec) -> str:
    """Why a measured net is not quite what theory says."""
    if spec.batch_norm:
        return (
            "Theory is about wide layers, large batches and eps = 0; the measured net has "
            f"{spec.width} neurons, {spec.batch} samples and eps = {short(spec.eps)}, and a seed "
            "with its luck."
        )
    return "The measured net differs by the luck of its seed, and by its finite width."


def one(net: Curve) -> tuple[Line, ...]:
    """From variance to the number on the stage."""
    return (*variance(net), per_layer(net), product(net), *blurred({"This net": net.spec}))


def blurred(nets: Mapping[str, NetSpec]) -> tuple[Line, ...]:
    """A line for each net whose R rounding keeps from being known as exactly as others."""
    found = [(name, rounding.compare(spec)) for name, spec in nets.items()]
    return tuple(_blur(name, pair) for name, pair in found if pair.is_blurred)


def _blur(name: str, pair: rounding.Comparison) -> Line:
    return Line(
        "",
        f"**{name}** magnifies rounding. With its input moved in the last bit, R moves by "
        f"{short(pair.last_bit, 2)}, and every layer rounds again. So it is agreement that the "
        f"backward pass in numpy gives R = {fixed(pair.ours, 4)} and PyTorch's autograd "
        f"{fixed(pair.theirs, 4)}: they differ by {short(pair.gap, 2)}.",
    )


def tick(found: Tick) -> tuple[Line, ...]:
    """Both nets of a comparison, one after the other."""
    one_, two = found.before, found.after
    names = found.experiment.baseline.words, found.experiment.treated.words
    lines = [*variance(one_)]
    for name, net in zip(names, (one_, two), strict=True):
        factor = per_layer(net)
        lines.append(Line(factor.latex, f"**{name}** (c = {short(weight_factor(net.spec), 4)}). "
                          + factor.words))  # fmt: skip
        lines.append(product(net))
    ratio = two.log_ratio - one_.log_ratio
    lines.append(
        Line(
            rf"{ten(two.log_ratio)} \,/\, {ten(one_.log_ratio)} = {ten(ratio)}",
            f"So the treatment changes the gradient at the input by a factor of "
            f"{scale.size(ratio)}, compared with {names[0]}.",
        )
    )
    return (*lines, *blurred({names[1]: two.spec}))


def _base(value: float) -> str:
    """A factor as it stands before a power or a dot: in brackets if it is more than digits."""
    text = latex(value, DIGITS)
    return text if text.replace(".", "").isdigit() else f"({text})"


def chain(factors: tuple[float, ...], log: float) -> tuple[Line, ...]:
    """The product of scalar factors."""
    count = "1 factor" if len(factors) == 1 else f"{len(factors)} factors"
    shown = r" \cdot ".join(_base(f) for f in factors[:4])
    more = r" \cdots" if len(factors) > 4 else ""
    same = len(set(factors)) == 1
    value = "0" if log == -math.inf else ten(log, 4)
    power = rf"{_base(factors[0])}^{{{len(factors)}}}" if same else shown + more
    return (
        Line(
            r"h_l = f_l\,h_{l-1} \;\Rightarrow\; \frac{\partial h_L}{\partial h_0} = "
            r"f_1 f_2 \cdots f_L",
            "One neuron per layer, no activation: the chain rule multiplies the factors.",
        ),
        Line(rf"\left|{power}\right| = {value}", f"With {count} its size is"),
    )
