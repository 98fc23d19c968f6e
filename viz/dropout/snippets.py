"""PyTorch for every view of dropout, with the present values."""

import numpy as np

from viz.dropout.samples import Sample

SHOWN = 60


def _data(sample: Sample) -> str:
    """The data as code; a long table is kept short by its Gram matrix and its products with y."""
    rows = [[float(f"{v:.17g}") for v in row] for row in sample.x]
    return (
        f"X = torch.tensor({rows!r}, dtype=torch.float64)\n"
        f"y = torch.tensor({sample.y.tolist()!r}, dtype=torch.float64)"
    )


def _head(sample: Sample) -> str:
    if sample.x.size <= SHOWN:
        return f"import torch\n\n{_data(sample)}\n"
    gram, product = sample.x.T @ sample.x, sample.x.T @ sample.y
    return (
        "import torch\n\n"
        "# All that the closed form needs of the data: X'X, X'y and |y|^2.\n"
        f"G = torch.tensor({gram.tolist()!r}, dtype=torch.float64)\n"
        f"Xy = torch.tensor({product.tolist()!r}, dtype=torch.float64)\n"
        f"yy = {float(sample.y @ sample.y)!r}\n"
    )


def _products(sample: Sample) -> str:
    return "" if sample.x.size > SHOWN else "G, Xy, yy = X.T @ X, X.T @ y, (y @ y).item()\n"


def cost_snippet(sample: Sample, keep_prob: float) -> str:
    """The closed form: a Gram matrix whose off-diagonal entries are multiplied by p."""
    return f"""{_head(sample)}{_products(sample)}
p = {keep_prob!r}  # keep probability; torch.nn.Dropout(1 - p) takes the drop probability
A = p * G
A.diagonal().copy_(G.diagonal())
w_check = torch.linalg.lstsq(A, Xy[:, None], driver="gelsd").solution.ravel()

fit = yy - 2 * p * w_check @ Xy + p**2 * w_check @ G @ w_check
penalty = p * (1 - p) * (G.diagonal() * w_check**2).sum()
answer = [(fit + penalty).item(), penalty.item()]
print("expected cost, penalty:", answer)

# The same model as a layer: the mask is divided by p while training, so w = p * w_check.
layer = torch.nn.Sequential(torch.nn.Dropout(p=1 - p), torch.nn.Linear(len(Xy), 1, bias=False))
with torch.no_grad():
    layer[1].weight.copy_(p * w_check)
"""


def path_snippet(sample: Sample, keep_prob: float) -> str:
    """Weights at one keep probability."""
    return f"""{_head(sample)}{_products(sample)}

def weights(p):
    A = p * G  # training believes every correlation to be p times its size
    A.diagonal().copy_(G.diagonal())
    return p * torch.linalg.lstsq(A, Xy[:, None], driver="gelsd").solution.ravel()


answer = weights({keep_prob!r})[:2].tolist()
print("first two weights:", answer)
for p in (0.02, 0.25, 0.5, 0.75, 1.0):
    print(p, weights(p).tolist())
"""


def mask_snippet(sample: Sample, keep_prob: float) -> str:
    """The expected masked Gram matrix, simulated and exact."""
    unit = sample.x[:, :2] / np.sqrt((sample.x[:, :2] ** 2).sum(axis=0))
    rho = float(unit[:, 0] @ unit[:, 1])
    return f"""import torch

p, rho = {keep_prob!r}, {rho!r}  # rho: correlation of the first two columns
# Independent masks: E[R1 R2] = p^2 but E[R1^2] = p, so after dividing by p the
# diagonal stays and the correlation is multiplied by p.
masks = torch.rand(200_000, 2, generator=torch.Generator().manual_seed(0)) < p
seen = (masks[:, 0] & masks[:, 1]).double().mean() / masks[:, 0].double().mean()
print("simulated:", (rho * seen).item())
answer = p * rho
print("exact:", answer)
"""


def unit_snippet(sample: Sample, keep_prob: float, l2: float) -> str:
    """Predictions before and after a change of units, for three methods."""
    x = np.round(sample.x, 12)
    return f"""import torch

X = torch.tensor({x.tolist()!r}, dtype=torch.float64)
y = torch.tensor({sample.y.tolist()!r}, dtype=torch.float64)
p, l2 = {keep_prob!r}, {l2!r}


def solve(A, b):
    return torch.linalg.lstsq(A, b[:, None], driver="gelsd").solution.ravel()


def dropout(X):
    G = X.T @ X
    scale = G.diagonal().sqrt()
    A = p * G / torch.outer(scale, scale)
    A.diagonal().fill_(1.0)
    return p * X @ (solve(A, X.T @ y / scale) / scale)


def ridge(X):
    return X @ solve(X.T @ X + l2 * torch.eye(X.shape[1], dtype=torch.float64), X.T @ y)


def batchnorm_ridge(X):
    Z = (X - X.mean(0)) / X.std(0, correction=0)
    I = torch.eye(X.shape[1], dtype=torch.float64)
    return y.mean() + Z @ solve(Z.T @ Z + l2 * I, Z.T @ (y - y.mean()))


other = X.clone()
other[:, 0] *= 0.01
answer = []
for fit in (dropout, ridge, batchnorm_ridge):
    before, after = fit(X), fit(other)
    change = (after - before).square().mean().sqrt() / before.std(correction=0)
    answer.append(change.item())
print("change of the predictions:", answer)
"""


def train_snippet(sample: Sample, keep_prob: float, inverted: bool) -> str:
    """The closed form that training lands on, and the training loop in PyTorch."""
    name = "p * w_check" if inverted else "w_check"
    return f"""{_head(sample)}{_products(sample)}
p = {keep_prob!r}  # keep probability
A = p * G
A.diagonal().copy_(G.diagonal())
w_check = torch.linalg.lstsq(A, Xy[:, None], driver="gelsd").solution.ravel()
answer = ({name})[:2].tolist()
print("closed form:", answer)

# Training with a fresh mask every step; nn.Dropout divides the mask by p (inverted dropout),
# so its weights go to p * w_check. Average the last iterates to remove the noise.
layer = torch.nn.Linear(len(Xy), 1, bias=False, dtype=torch.float64)
drop = torch.nn.Dropout(p=1 - p)
optimizer = torch.optim.SGD(layer.parameters(), lr=1e-3)
# for x, t in batches:
#     loss = (layer(drop(x)).ravel() - t).square().mean() / 2
#     optimizer.zero_grad(); loss.backward(); optimizer.step()
"""
