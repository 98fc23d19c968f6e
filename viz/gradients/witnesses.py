"""The same numbers by PyTorch's autograd."""

from typing import Any

import numpy as np

from viz.gradients.nets import NetSpec, draw


def log_ratio(spec: NetSpec) -> float:
    """R of a net by autograd and `torch.nn.functional.batch_norm`, in float64."""
    import torch

    drawn = draw(spec)
    start = torch.from_numpy(drawn.x.copy()).requires_grad_()

    def act(z: Any) -> Any:
        if spec.batch_norm:
            z = torch.nn.functional.batch_norm(z, None, None, training=True, eps=spec.eps)
        return z if spec.act == "linear" else getattr(torch, spec.act)(z)

    hidden: Any = start
    for weight in torch.from_numpy(drawn.weights):
        if spec.residual:
            hidden = hidden + spec.branch_scale * act(hidden) @ weight.T
        else:
            hidden = act(hidden @ weight.T)
    hidden.backward(torch.from_numpy(drawn.probe))
    grad = np.asarray(start.grad)
    largest = float(np.abs(grad).max())
    return float(np.log10(largest) + np.log10(np.linalg.norm(grad / largest)))


def chain_log(factors: tuple[float, ...]) -> float:
    """log10 of |dh_L / dh_0| for a chain of scalar factors, by autograd; -inf for exactly 0.

    Autograd runs on pieces of ten factors, since the whole product may be beyond a double.
    """
    import torch

    total = 0.0
    for first in range(0, len(factors), 10):
        start = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        hidden: Any = start
        for factor in factors[first : first + 10]:
            hidden = factor * hidden
        hidden.backward()
        size = abs(float(np.asarray(start.grad)))
        if size == 0:
            return -float("inf")
        total += float(np.log10(size))
    return total
