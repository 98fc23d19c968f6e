"""The Code tab: PyTorch with the numbers of the screen."""

from collections.abc import Mapping

from viz.gradients.nets import NetSpec
from viz.gradients.rounding import is_smooth

RELATIVES = {"xavier": "nn.init.xavier_normal_", "he": "nn.init.kaiming_normal_"}
HEAD = """\
import numpy as np
import torch
from torch import nn

L, n, B = {depth}, {width}, {batch}  # layers, neurons, samples
rng = np.random.default_rng({seed})
unit = rng.standard_normal((L, n, n))
x = rng.standard_normal((B, n))
probe = rng.standard_normal((B, n))
probe /= np.linalg.norm(probe)  # the gradient that arrives at the output, size 1
norm = nn.BatchNorm1d(n, affine=False, track_running_stats=False, eps={eps!r}).double()


def log_size(grad):
    largest = grad.abs().max()  # the squares of very large entries would overflow
    return (largest.log10() + (grad / largest).norm().log10()).item()


def log_ratio(std, residual=False, batch_norm=False, show=False):
    \"\"\"log10 of the gradient's size at the input over that at the output.\"\"\"
    start = h = torch.tensor(x, requires_grad=True)
    for layer, weight in enumerate(torch.from_numpy(unit * std), start=1):
        if residual:
            u = norm(h) if batch_norm else h
            h = h + {branch}{act_u} @ weight.T
        else:
            z = h @ weight.T
            h = {act_z}
        if show:
            h.register_hook(lambda grad, layer=layer: print(layer, 10 ** log_size(grad)))
    h.backward(torch.from_numpy(probe))
    return log_size(start.grad)


"""
CAUTION = """\
# Rounding grows on its way through such nets, with few samples by decades: then the last digits
# of R differ from the screen's. Derive says how far R is known.
"""
ACTS = {
    "relu": "torch.relu({})",
    "tanh": "torch.tanh({})",
    "sigmoid": "torch.sigmoid({})",
    "linear": "({})",
}


def head(spec: NetSpec) -> str:
    """Draws and the loop, shared by all nets of a view."""
    act = ACTS[spec.act]
    branch = "" if spec.branch_scale == 1 else f"{spec.branch_scale!r} * "
    return HEAD.format(
        depth=spec.depth,
        width=spec.width,
        batch=spec.batch,
        seed=spec.seed,
        eps=spec.eps,
        branch=branch,
        act_u=act.format("u"),
        act_z=act.format("norm(z) if batch_norm else z"),
    )


def _arguments(spec: NetSpec) -> str:
    switches = {"residual": spec.residual, "batch_norm": spec.batch_norm}
    return ", ".join([f"{spec.weight_std!r}", *(f"{n}=True" for n, on in switches.items() if on)])


def _source(spec: NetSpec) -> str:
    if spec.init == "normal":
        return f"standard deviation {spec.gain:g}, no scaling"
    gain = f" times {spec.gain:g}" if spec.gain != 1 else ""
    return f"the standard deviation of {RELATIVES[spec.init]}{gain}"


def one(spec: NetSpec) -> str:
    """One net; ``answer`` is R, the sizes on the way back are printed."""
    caution = CAUTION if is_smooth(spec) else ""
    return (
        f"{head(spec)}{caution}# {_source(spec)}\n"
        f"answer = log_ratio({_arguments(spec)}, show=True)\nprint(answer)\n"
    )


def many(nets: Mapping[str, NetSpec]) -> str:
    """Several nets of one size and seed; ``answer`` lists their R."""
    first = next(iter(nets.values()))
    caution = CAUTION if any(is_smooth(spec) for spec in nets.values()) else ""
    lines = [
        f"    log_ratio({_arguments(spec)}),  # {name}: {_source(spec)}"
        for name, spec in nets.items()
    ]
    return f"{head(first)}{caution}answer = [\n" + "\n".join(lines) + "\n]\nprint(answer)\n"
