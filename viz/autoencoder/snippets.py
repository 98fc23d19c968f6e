"""PyTorch for the Code tab: what the page shows, self-contained, ending in ``answer``."""

from viz.autoencoder.compute import FloatArray, Penalty

CLASSES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "full": "SGD", "fast": "Adam"}


def vector(values: FloatArray, digits: int = 10) -> str:
    """Numbers as Python writes a list, broken into lines."""
    words = [f"{float(v):.{digits}g}" for v in values]
    lines = [", ".join(words[i : i + 8]) for i in range(0, len(words), 8)]
    return "[" + ",\n     ".join(lines) + "]"


def head(
    eigenvalues: FloatArray,
    latent_dim: int,
    weights: Penalty,
    *,
    seed: int,
    scale: float,
    decoder_scale: float,
    aligned: bool,
) -> str:
    """Variances, sizes, λ and the two layers at their start."""
    two = weights.encoder != weights.decoder
    lam = (
        f"lam, lam_decoder = {weights.encoder:g}, {weights.decoder:g}"
        if two
        else f"lam = {weights.encoder:g}"
    )
    if aligned:
        first = f"torch.eye(m, dtype=torch.float64)[:k] * {scale:g}"
        second = f"torch.eye(m, dtype=torch.float64)[:, :k] * {scale * decoder_scale:.10g}"
    else:
        first = f"torch.from_numpy(rng.normal(size=(k, m)) * {scale:g} / m**0.5)"
        second = (
            f"torch.from_numpy(rng.normal(size=(m, k)) * {scale * decoder_scale:.10g} / m**0.5)"
        )
    return f"""\
import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)  # for matrices this small more threads only wait for each other
d = torch.tensor({vector(eigenvalues)}, dtype=torch.float64)  # variances
k, m = {latent_dim}, len(d)
{lam}

rng = np.random.default_rng({seed})
encoder = nn.Linear(m, k, bias=False, dtype=torch.float64)  # W1
decoder = nn.Linear(k, m, bias=False, dtype=torch.float64)  # W2
with torch.no_grad():
    encoder.weight.copy_({first})
    decoder.weight.copy_({second})
"""


def optimizer(method: str, step_size: float, weights: Penalty) -> str:
    """The optimizer whose weight_decay is the penalty of (21)."""
    name = CLASSES[method]
    if weights.encoder == weights.decoder:
        return (
            "both = [encoder.weight, decoder.weight]\n"
            f"optimizer = torch.optim.{name}(both, lr={step_size:.10g}, weight_decay=2 * lam)\n"
        )
    return (
        "groups = [\n"
        '    {"params": [encoder.weight], "weight_decay": 2 * lam},\n'
        '    {"params": [decoder.weight], "weight_decay": 2 * lam_decoder},\n'
        "]\n"
        f"optimizer = torch.optim.{name}(groups, lr={step_size:.10g})\n"
    )


LOSS = """\
# nn.MSELoss() also divides by m: with it, weight_decay = 2 * lam / m and lr * m do the same.
loss_of = nn.MSELoss(reduction="sum")
"""


def remark(diverged_at: int | None) -> str:
    """Beside the number of steps: why it is smaller than the one on the page."""
    if diverged_at is None:
        return ""
    return f"  # diverges at step {diverged_at}: stop where the page stops"


def full(num_steps: int, diverged_at: int | None, *, cosine: bool = False) -> str:
    """Training with the full gradient on m points that have exactly these variances."""
    fall = (
        "scheduler = torch.optim.lr_scheduler.LambdaLR(\n"
        f"    optimizer, lambda t: 0.5 + 0.5 * float(np.cos(np.pi * t / {num_steps}))\n)\n"
    )
    return f"""\
points = torch.diag((m * d).sqrt())  # one point a row; their covariance is diag(d)
{fall if cosine else ""}for step in range({num_steps}):{remark(diverged_at)}
    optimizer.zero_grad()
    (loss_of(decoder(encoder(points)), points) / m).backward()
    optimizer.step()
{"    scheduler.step()" + chr(10) if cosine else ""}"""


def gaussian(seed: int, num_points: int, points_stream: int, order_stream: int) -> str:
    """Points with exactly these variances, and the order in which they are seen."""
    return f"""\
drawn = np.random.default_rng([{seed}, {points_stream}]).normal(size=(m, {num_points}))
drawn -= drawn.mean(axis=1, keepdims=True)
root = np.linalg.cholesky(drawn @ drawn.T / {num_points})
white = torch.from_numpy(np.linalg.solve(root, drawn))
points = (d.sqrt()[:, None] * white).T  # one point a row; their covariance is diag(d)
order = np.random.default_rng([{seed}, {order_stream}])
"""


def pointwise(num_steps: int, diverged_at: int | None) -> str:
    """Training with one point a step."""
    return f"""\
for i in order.integers(len(points), size={num_steps}):{remark(diverged_at)}
    optimizer.zero_grad()
    loss_of(decoder(encoder(points[i])), points[i]).backward()
    optimizer.step()
"""


def tail(weights: Penalty) -> str:
    """Print the singular values beside theory."""
    goal = "(1 - lam / d[:k]).clamp(min=0).sqrt()"
    if weights.encoder != weights.decoder:
        level = "(1 - (lam * lam_decoder) ** 0.5 / d[:k]).clamp(min=0)"
        goal = f"({level} * (lam / lam_decoder) ** 0.5).sqrt()"
    elif weights.encoder == 0:
        goal = '"any s and 1/s"'
    return f"""
values = torch.linalg.svdvals(decoder.weight.detach())
print("decoder", values, "theory", {goal})
answer = values.tolist()
"""
