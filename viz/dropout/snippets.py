"""PyTorch for every view of dropout, with the present values."""

import numpy as np

from viz.dropout.results import Masks
from viz.dropout.samples import Sample

SHOWN = 60


def _table(x: np.ndarray, y: np.ndarray) -> str:
    return (
        f"X = torch.tensor({x.tolist()!r}, dtype=torch.float64)\n"
        f"y = torch.tensor({y.tolist()!r}, dtype=torch.float64)\n"
    )


def _head(sample: Sample) -> str:
    """The data as code; a long table is kept short by its QR factor."""
    if sample.x.size <= SHOWN:
        return f"import torch\n\n{_table(sample.x, sample.y)}"
    factor = np.asarray(np.linalg.qr(np.column_stack([sample.x, sample.y]), mode="r"))
    return (
        "import torch\n\n"
        "# A short table with the X'X, X'y and |y|^2 of the data (their QR factor).\n"
        f"{_table(factor[:, :-1], factor[:, -1])}"
    )


SOLVE = """
def solve(A, b):
    scale = A.diagonal().sqrt()
    scale[scale == 0] = 1.0
    A, b = A / torch.outer(scale, scale), (b / scale)[:, None]
    return torch.linalg.lstsq(A, b, rcond=1e-14, driver="gelsd").solution.ravel() / scale

"""
WEIGHTS = f"""
{SOLVE}
def dropout_weights(p):
    G = X.T @ X
    A = p * G  # every product of two columns times p,
    A.diagonal().copy_(G.diagonal())  # but not that of a column with itself
    return solve(A, X.T @ y)

"""


def cost_snippet(sample: Sample, keep_prob: float) -> str:
    """The closed form: a Gram matrix whose off-diagonal entries are multiplied by p."""
    return f"""{_head(sample)}{WEIGHTS}
p = {keep_prob!r}  # keep probability; torch.nn.Dropout(1 - p) takes the drop probability
w_check = dropout_weights(p)
fit = (y - p * X @ w_check).square().sum()
penalty = p * (1 - p) * (X.square().sum(0) * w_check**2).sum()
answer = [(fit + penalty).item(), penalty.item()]
print("expected cost, penalty:", answer)

# The same model as a layer: the mask is divided by p while training, so w = p * w_check.
linear = torch.nn.Linear(X.shape[1], 1, bias=False, dtype=torch.float64)
layer = torch.nn.Sequential(torch.nn.Dropout(p=1 - p), linear)
with torch.no_grad():
    linear.weight.copy_(p * w_check)
"""


def path_snippet(sample: Sample, keep_prob: float) -> str:
    """Weights at one keep probability."""
    return f"""{_head(sample)}{WEIGHTS}
p = {keep_prob!r}
answer = (p * dropout_weights(p))[:2].tolist()
print("first two weights:", answer)
for p in (0.02, 0.25, 0.5, 0.75, 1.0):
    print(p, (p * dropout_weights(p)).tolist())
"""


def mask_snippet(result: Masks) -> str:
    """The expected masked Gram matrix, simulated and exact."""
    first, second = result.pair
    return f"""import torch

p, i, j = {result.keep_prob!r}, {first}, {second}
cosine = {float(result.gram[first, second])!r}  # of columns i and j
# Independent masks: E[R_i R_j] = p^2 but E[R_i^2] = p, so after dividing by p the
# diagonal stays and the cosine of two different columns is multiplied by p.
masks = torch.rand(200_000, 2, generator=torch.Generator().manual_seed(0)) < p
seen = (masks[:, i] & masks[:, j]).double().mean() / masks[:, i].double().mean()
print("simulated:", (cosine * seen).item())
answer = cosine if i == j else p * cosine
print("exact:", answer)
"""


def unit_snippet(sample: Sample, keep_prob: float, l2: float) -> str:
    """Predictions before and after a change of units, for three methods."""
    x, y = (np.vectorize(lambda v: float(f"{v:.13g}"))(part) for part in (sample.x, sample.y))
    return f"""import torch

{_table(x, y)}
p, l2 = {keep_prob!r}, {l2!r}

{SOLVE}
def dropout(X):
    G = X.T @ X
    A = p * G
    A.diagonal().copy_(G.diagonal())
    return p * X @ solve(A, X.T @ y)


def ridge(X, y=y):
    return X @ solve(X.T @ X + l2 * torch.eye(X.shape[1], dtype=torch.float64), X.T @ y)


def batchnorm_ridge(X):
    std = X.std(0, correction=0)
    std[std <= 1e-12 * X.abs().amax(0)] = torch.inf  # a constant column has nothing to say
    return y.mean() + ridge((X - X.mean(0)) / std, y - y.mean())


other = X.clone()
other[:, 0] *= 0.01
answer = []
for fit in (dropout, ridge, batchnorm_ridge):
    before, after = fit(X), fit(other)
    size, spread = before.abs().max(), before.std(correction=0)
    change = (after - before).square().mean().sqrt()
    answer.append((change / (spread if spread > 1e-12 * size else 1.0)).item())
print("change of the predictions:", answer)
"""


def train_snippet(sample: Sample, keep_prob: float, inverted: bool) -> str:
    """The closed form that training lands on, and the training loop in PyTorch."""
    name = "p * dropout_weights(p)" if inverted else "dropout_weights(p)"
    return f"""{_head(sample)}{WEIGHTS}
p = {keep_prob!r}  # keep probability
answer = ({name})[:2].tolist()
print("closed form:", answer)

# Training with a fresh mask every step; nn.Dropout divides the mask by p (inverted dropout),
# so its weights go to p * dropout_weights(p). Average the last iterates to remove the noise.
layer = torch.nn.Linear(X.shape[1], 1, bias=False, dtype=torch.float64)
drop = torch.nn.Dropout(p=1 - p)
optimizer = torch.optim.SGD(layer.parameters(), lr=1e-3)
# for x, t in batches:
#     loss = (layer(drop(x)).ravel() - t).square().mean() / 2
#     optimizer.zero_grad(); loss.backward(); optimizer.step()
"""
