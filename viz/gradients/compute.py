"""One forward and one hand-written backward pass through a deep net, measured."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from viz.gradients.nets import Activation, Array, NetSpec, draw

Verdict = Literal["vanishing", "healthy", "exploding"]
Slope = npt.NDArray[np.float64] | npt.NDArray[np.bool_]

SMALLEST, LARGEST = 1e-140, 1e140


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """Sizes met on the way forward and back, layers counted from the input.

    Attributes:
        hidden_rms: shape (L + 1,), root mean square of the hidden state h_0 ... h_L.
        grad_norm: shape (L + 1,), Frobenius norm of the gradient at h_0 ... h_L.
        weight_grad: shape (L,), Frobenius norm of the gradient of W_1 ... W_L.
        weight_norm: shape (L,), Frobenius norm of the weights.
        bias_grad: shape (L,), norm of what a bias added to W h would receive.
        hidden_max: shape (L + 1,), largest entry of the hidden state.
    """

    hidden_rms: Array
    grad_norm: Array
    weight_grad: Array
    weight_norm: Array
    bias_grad: Array
    hidden_max: Array

    @property
    def log_ratio(self) -> float:
        """R = log10 of the gradient's size at the input over its size at the output."""
        return float(np.log10(self.grad_norm[0]) - np.log10(self.grad_norm[-1]))

    @property
    def update(self) -> Array:
        """Size of an update relative to its weight, learning rate 1; shape (L,)."""
        return self.weight_grad / self.weight_norm

    @property
    def log_update(self) -> float:
        """U, the median over the layers of log10 of `update`."""
        return float(np.median(log_size(self.update)))


def verdict(log_ratio: float, limit: float = 2.0) -> Verdict:
    """Vanishing below -limit, exploding above +limit, healthy between (limits included)."""
    if log_ratio < -limit:
        return "vanishing"
    return "exploding" if log_ratio > limit else "healthy"


def measure(spec: NetSpec) -> Trace:
    """Draw a net and trace it."""
    drawn = draw(spec)
    return trace(drawn.weights, drawn.x, drawn.probe, spec)


def trace(weights: Array, x: Array, probe: Array, spec: NetSpec) -> Trace:
    """One pass forward and one back through given weights.

    Args:
        weights: shape (L, n, n).
        x: shape (B, n).
        probe: shape (B, n), the gradient with respect to the output h_L.
        spec: the architecture; its sizes, init and seed are not used.

    Raises:
        ValueError: the shapes do not fit, or the gradient is exactly 0.
        FloatingPointError: numbers beyond float64.
    """
    rows, columns = weights.shape[1:]
    if rows != columns or columns != x.shape[1]:
        raise ValueError(f"weights are {rows}x{columns} but the input has width {x.shape[1]}")
    if probe.shape != x.shape:
        raise ValueError(f"probe must have shape {x.shape}, got {probe.shape}")
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        hidden = [x]
        saved: list[_Saved] = []
        for layer, weight in enumerate(weights, start=1):
            hidden.append(_forward(hidden[-1], weight, spec, saved))
            _check(size_of(hidden[-1]), layer)
        grads, weight_grad, bias_grad = _backward(weights, saved, probe, spec)
    sizes = [size_of(h) / math.sqrt(h.size) for h in hidden]
    norms = [size_of(weight) for weight in weights]
    largest = [float(np.abs(h).max()) for h in hidden]
    return Trace(*map(_frozen, (sizes, grads, weight_grad, norms, bias_grad, largest)))


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    """What the backward pass needs of one layer: slope of act, input of W, batch norm's parts."""

    slope: Slope
    inputs: Array
    x_hat: Array | None
    root: Array | None


def _forward(hidden: Array, weight: Array, spec: NetSpec, saved: list[_Saved]) -> Array:
    z = hidden if spec.residual else hidden @ weight.T
    x_hat, root = _normalize(z, spec.eps) if spec.batch_norm else (None, None)
    value, slope = activate(z if x_hat is None else x_hat, spec.act)
    saved.append(_Saved(slope, value if spec.residual else hidden, x_hat, root))
    return hidden + spec.branch_scale * (value @ weight.T) if spec.residual else value


def activate(z: Array, act: Activation) -> tuple[Array, Slope]:
    """The activation and its slope at z; ReLU has slope 0 at 0, as in torch.

    Its slope of 0 or 1 is kept as truth values: an eighth of the memory, and a fifth of the time.
    """
    match act:
        case "relu":
            return np.maximum(z, 0.0), z > 0
        case "tanh":
            value = np.tanh(z)
            return value, 1 - value**2
        case "sigmoid":
            value = 0.5 * (1 + np.tanh(z / 2))
            return value, value * (1 - value)
    return z, np.ones_like(z)


def _normalize(z: Array, eps: float) -> tuple[Array, Array]:
    centred = z - z.mean(axis=0)
    root = np.sqrt(np.einsum("ij,ij->j", centred, centred) / len(z) + eps)
    return centred / root, root


def _through_norm(grad: Array, layer: _Saved) -> Array:
    """Backward through batch norm: (dy - mean dy - x_hat mean(dy x_hat)) / root, per column."""
    if layer.x_hat is None or layer.root is None:
        return grad
    along = np.einsum("ij,ij->j", grad, layer.x_hat) / len(grad)
    return (grad - grad.mean(axis=0) - layer.x_hat * along) / layer.root


def _backward(
    weights: Array, saved: list[_Saved], probe: Array, spec: NetSpec
) -> tuple[list[float], list[float], list[float]]:
    """Sizes of the gradients at h_0 ... h_L, of the weights' and of the biases' gradients."""
    grad = probe
    grads, weight_grads, bias_grads = [size_of(grad)], list[float](), list[float]()
    for number in range(len(weights), 0, -1):
        weight, layer = weights[number - 1], saved[number - 1]
        if spec.residual:
            at_z = spec.branch_scale * grad
            grad = grad + _through_norm((at_z @ weight) * layer.slope, layer)
        else:
            at_z = _through_norm(grad * layer.slope, layer)
            grad = at_z @ weight
        weight_grads.append(size_of(at_z.T @ layer.inputs))
        bias_grads.append(size_of(at_z.sum(axis=0)))
        grads.append(size_of(grad))
        _check(max(grads[-1], weight_grads[-1]), number)
        if grads[-1] == 0:
            raise ValueError(
                f"the gradient is exactly 0 below layer {number}: its neurons are all off, or "
                "batch norm leaves nothing of so few samples; take another seed, a larger width "
                "or a larger batch"
            )
    return grads[::-1], weight_grads[::-1], bias_grads[::-1]


def size_of(array: Array) -> float:
    """Frobenius norm that neither over- nor underflows while its entries do not."""
    plain = math.sqrt(float(np.vdot(array, array)))
    if SMALLEST < plain < LARGEST:
        return plain
    largest = float(np.abs(array).max(initial=0.0))
    if largest == 0 or not math.isfinite(largest):
        return largest
    scaled = array / largest
    return largest * math.sqrt(float(np.vdot(scaled, scaled)))


def log_size(sizes: Array) -> Array:
    """log10 of sizes; an exact 0 becomes -300, below everything a double can hold squared."""
    return np.log10(np.maximum(sizes, 1e-300))


def _check(size: float, layer: int) -> None:
    if not math.isfinite(size):
        raise FloatingPointError(f"overflow in layer {layer}; lower the gain or the depth")


def _frozen(values: list[float]) -> Array:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
