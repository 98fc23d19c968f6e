"""What theory says about the factor per layer, in the limit of wide nets and large batches."""

import math
from dataclasses import dataclass

import numpy as np

from viz.gradients.nets import Array, NetSpec

BN_FACTOR = math.sqrt(math.pi / (math.pi - 1))


@dataclass(frozen=True, slots=True, eq=False)
class Theory:
    """Predicted growth of the gradient.

    Attributes:
        factors: shape (L,), factor on the gradient's norm through layer 1 ... L.
        formula: LaTeX of one factor.
    """

    factors: Array
    formula: str

    @property
    def log_ratio(self) -> float:
        """R, the sum of the factors' log10."""
        return float(np.log10(self.factors).sum())

    @property
    def factor(self) -> float:
        """The geometric mean of the factors; the factor itself where all are equal."""
        return float(10 ** (self.log_ratio / len(self.factors)))

    @property
    def is_constant(self) -> bool:
        """Whether every layer has the same factor, so that growth is exponential."""
        return bool(np.ptp(self.factors) < 1e-12)

    @property
    def log_grad(self) -> Array:
        """log10 of the gradient at h_0 ... h_L if it is 1 at the output; shape (L + 1,)."""
        return product_curve(self.factors)


def weight_factor(spec: NetSpec) -> float:
    """c: what W and the activation do to a squared gradient.

    n std^2 for linear nets; ReLU passes half of it, n std^2 / 2.
    """
    share = 0.5 if spec.act == "relu" else 1.0
    return share * spec.width * spec.weight_std**2


def theory(spec: NetSpec) -> Theory | None:
    """The factors per layer, or None where there is no simple formula.

    Plain: sqrt(c). Residual: sqrt(1 + a^2 c), a the branch's scale. Batch norm in a plain ReLU
    net: sqrt(pi / (pi - 1)) whatever the weights (Yang et al. 2019). Batch norm in a residual ReLU
    net, layer l from 0: sqrt(1 + a^2 c / (1 + l a^2 c (1 - 1/pi))), since the variance of the
    hidden state grows linearly. tanh and sigmoid have no formula here.
    """
    if spec.act not in ("relu", "linear") or (spec.batch_norm and spec.act == "linear"):
        return None
    c = weight_factor(spec)
    branch = spec.branch_scale**2 * c
    if spec.batch_norm and spec.residual:
        layer = np.arange(spec.depth)
        factors = np.sqrt(1 + branch / (1 + layer * branch * (1 - 1 / math.pi)))
        return Theory(factors, r"\sqrt{1 + \frac{a^2 c}{1 + l\,a^2 c\,(1 - 1/\pi)}}")
    if spec.batch_norm:
        return Theory(np.full(spec.depth, BN_FACTOR), r"\sqrt{\pi / (\pi - 1)}")
    if spec.residual:
        return Theory(np.full(spec.depth, math.sqrt(1 + branch)), r"\sqrt{1 + a^2 c}")
    return Theory(np.full(spec.depth, math.sqrt(c)), r"\sqrt{c}")


def chain(weight: float, depth: int, *, residual: bool = False) -> float:
    """log10 of |dh_L / dh_0| in a net of one neuron without activation; -inf for exactly 0.

    Plain |w|^L, residual |1 + w|^L.
    """
    factor = abs(1 + weight) if residual else abs(weight)
    return depth * math.log10(factor) if factor > 0 else -math.inf


def product_curve(factors: Array) -> Array:
    """log10 of the gradient at h_0 ... h_L after these factors per layer; shape (L + 1,)."""
    sums = np.cumsum(np.log10(factors)[::-1])[::-1]
    return np.append(sums, 0.0)
