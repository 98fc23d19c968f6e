"""PyTorch for every view with its current values, and the witnesses that check them."""

from typing import Any

import numpy as np

from viz.batchnorm import batches, compute, small_batch
from viz.batchnorm.batches import RunningTrace
from viz.batchnorm.feature import Line1D
from viz.batchnorm.pair import Plane

TINY = 1e-12


def line(result: Line1D) -> str:
    """The layer on a batch of two values with the feature's mean and variance."""
    mean, std, state = result.before.mean, result.before.std, result.final
    eps = result.eps or 1e-5 * min(1.0, std**2) or 1e-5
    return f"""import torch

# A batch of two values at mean - SD and mean + SD has exactly this mean and variance.
mean, std = {mean!r}, {std!r}
batch = torch.tensor([[mean - std], [mean + std]], dtype=torch.float64)

# PyTorch refuses eps = 0 in training, so the exam's idealisation becomes a small eps.
layer = torch.nn.BatchNorm1d(1, eps={eps!r}, momentum=1.0, dtype=torch.float64)
with torch.no_grad():
    layer.weight.fill_({state.gamma!r})  # gamma
    layer.bias.fill_({state.beta!r})  # beta

layer.train()  # the batch's own mean and variance (over n)
y = layer(batch).detach().ravel()
answer = [y.mean().item(), y.std(correction=0).item(), y[1].item()]
print("train: mean, SD, where mean + SD lands:", answer)

layer.eval()  # running_mean and running_var instead; running_var divides by n - 1,
print("running:", layer.running_mean.item(), layer.running_var.item())  # here twice as much
print("eval: where mean + SD lands:", layer(batch)[1].item())
"""


def agree_line(result: Line1D) -> dict[str, float]:
    """Where mean + SD lands."""
    import torch

    mean, std, state = result.before.mean, result.before.std, result.final
    eps = result.eps
    pair = np.array([mean - std, mean + std])
    ours = compute.normalize(pair, state.gamma, state.beta, eps=eps).y[1, 0]
    tensor = torch.from_numpy(pair[:, None])
    gamma, beta = (torch.tensor([v], dtype=torch.float64) for v in (state.gamma, state.beta))
    theirs = torch.nn.functional.batch_norm(
        tensor, None, None, gamma, beta, training=True, eps=max(eps, TINY * std**2)
    )
    closed = state.gamma * std / np.sqrt(std**2 + eps) + state.beta
    return {"closed form": float(closed), "viz": float(ours), "PyTorch": float(theirs[1, 0])}


def plane(result: Plane) -> str:
    """The layer on four points with the given covariance."""
    origin = result.final.origin
    eps = 1e-10 * min(1.0, float(origin.std.min()) ** 2)
    return f"""import torch

mean = torch.tensor({origin.mean.tolist()!r}, dtype=torch.float64)
cov = torch.tensor({origin.cov.tolist()!r}, dtype=torch.float64)

# Four points with exactly this mean and covariance: mean plus and minus sqrt(2) times a root.
std = cov.diag().sqrt()
values, vectors = torch.linalg.eigh(cov / torch.outer(std, std))
root = std[:, None] * vectors * (2 * values.clamp(min=0)).sqrt()
batch = torch.cat([mean + root.T, mean - root.T])

layer = torch.nn.BatchNorm1d(2, eps={eps!r}, dtype=torch.float64)
with torch.no_grad():
    layer.weight.copy_(torch.tensor({result.gamma.tolist()!r}))  # gamma
    layer.bias.copy_(torch.tensor({result.beta.tolist()!r}))  # beta
y = layer(batch).detach()
after = torch.cov(y.T, correction=0)
print("covariance after:", after.tolist())
answer = torch.linalg.eigvalsh(after).clamp(min=0).sqrt().flip(0).tolist()
print("semi-axes of the 1-SD contour:", answer)
"""


def agree_plane(result: Plane) -> dict[str, float]:
    """The longer semi-axis after the layer: root of the larger eigenvalue of a 2 x 2 matrix."""
    import torch

    origin, gamma = result.final.origin, result.gamma
    std = origin.std
    values, vectors = np.linalg.eigh(origin.cov / np.outer(std, std))
    root = std[:, None] * vectors * np.sqrt(2 * np.maximum(values, 0))
    points = torch.from_numpy(np.concatenate([origin.mean + root.T, origin.mean - root.T]))
    weight, bias = (torch.from_numpy(np.array(v, dtype=float)) for v in (gamma, result.beta))
    tiny = TINY * float(std.min()) ** 2
    y = torch.nn.functional.batch_norm(
        points, None, None, weight, bias, training=True, eps=max(tiny, 1e-30)
    )
    theirs = torch.linalg.eigvalsh(torch.cov(y.T, correction=0))[-1].sqrt()
    half, across = (gamma[0] ** 2 - gamma[1] ** 2) / 2, gamma[0] * gamma[1] * origin.rho
    closed = np.sqrt((gamma[0] ** 2 + gamma[1] ** 2) / 2 + np.hypot(half, across))
    return {
        "closed form": float(closed),
        "viz": result.final.ellipse.a,
        "PyTorch": float(theirs),
    }


def small() -> str:
    """The most extreme output of a batch of 32."""
    return """import torch

# The most extreme batch of 32: one value against 31 equal ones.
batch = torch.zeros(32, 1, dtype=torch.float64)
batch[0] = 1e6
layer = torch.nn.BatchNorm1d(1, dtype=torch.float64)
answer = layer(batch).max().item()
print("largest output:", answer, "= sqrt(N - 1)")
"""


def agree_small() -> dict[str, float]:
    """The most extreme output of a batch of 32."""
    import torch

    batch = np.zeros(32)
    batch[0] = 1e6
    theirs = torch.nn.functional.batch_norm(
        torch.from_numpy(batch[:, None]), None, None, training=True, eps=TINY
    )
    ours = compute.normalize(batch, eps=TINY).y.max()
    closed = small_batch.largest(32)
    return {"closed form √(N − 1)": closed, "viz": float(ours), "PyTorch": float(theirs.max())}


def running(settings: Any) -> str:
    """Sixty training steps of the layer on the same batches."""
    return f"""import numpy as np
import torch

rng = np.random.default_rng({settings.seed})
layer = torch.nn.BatchNorm1d(1, momentum={settings.momentum!r}, dtype=torch.float64)
layer.train()
for step in range(60):
    noise = rng.normal(size={settings.batch_size})
    batch = {settings.mean!r} + {settings.variance!r} ** 0.5 * noise
    layer(torch.from_numpy(batch[:, None]))

answer = [layer.running_mean.item(), layer.running_var.item()]
print("running mean and variance:", answer)
"""


def agree_running(settings: Any, trace: RunningTrace) -> dict[str, float]:
    """The running mean after the last step."""
    import torch

    layer = torch.nn.BatchNorm1d(1, momentum=settings.momentum, dtype=torch.float64)
    rng = np.random.default_rng(settings.seed)
    for _ in range(len(trace.batch_mean)):
        batch = settings.mean + np.sqrt(settings.variance) * rng.normal(
            size=int(settings.batch_size)
        )
        layer(torch.from_numpy(batch[:, None]))
    keep = (1 - settings.momentum) ** np.arange(len(trace.batch_mean))[::-1]
    closed = settings.momentum * float(keep @ trace.batch_mean)
    theirs = layer.running_mean
    return {
        "weighted sum": closed,
        "viz": float(trace.mean[-1]),
        "PyTorch": float(theirs.item()) if theirs is not None else closed,
    }


def family(groups: int) -> str:
    """The five norms of one small tensor."""
    return f"""import torch
import torch.nn.functional as F

x = (torch.arange(32, dtype=torch.float64) ** 1.5).reshape(2, 4, 2, 2)
norms = {{
    "batch": F.batch_norm(x, None, None, training=True),
    "layer": F.layer_norm(x, (4, 2, 2)),
    "instance": F.instance_norm(x),
    "group": F.group_norm(x, {groups}),
    "rms": F.rms_norm(x, (4, 2, 2), eps=1e-5),
}}
answer = [y.flatten()[0].item() for y in norms.values()]
print("first entry under each norm:", answer)
"""


def agree_family(groups: int) -> dict[str, float]:
    """The first entry under group norm."""
    import torch

    found = batches.family(groups=groups, eps=1e-5)
    x = torch.from_numpy(found.x)
    group = torch.nn.functional.group_norm(x, groups)
    norm = next(norm for norm in found.norms if norm.kind == "group")
    numbers = found.x.ravel()[: found.x.size // len(norm.mean)]
    closed = (numbers[0] - numbers.mean()) / np.sqrt(numbers.var() + 1e-5)
    return {
        "by hand": float(closed),
        "viz": float(norm.y.flat[0]),
        "PyTorch": float(group.flatten()[0]),
    }
