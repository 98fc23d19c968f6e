"""PyTorch for every view of dropout, the derivations, and the witnesses."""

import math

import numpy as np

from viz.draw.numbers import latex
from viz.dropout import compute
from viz.dropout.compute import Sample
from viz.dropout.results import Cost, Masks, Path, Training, Units
from viz.view import Line

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


def cost_agree(result: Cost) -> dict[str, float]:
    """The expected cost by formula, as ridge on p w_check, and by torch (or all masks)."""
    import torch

    x, y, p = result.sample.x, result.sample.y, result.keep_prob
    found = result.fitted
    ridge = float(
        ((y - x @ found.weight) ** 2).sum() + ((found.tikhonov * found.weight) ** 2).sum()
    )
    data, w = torch.from_numpy(np.array(x)), torch.from_numpy(np.array(found.w_check))
    variance = p * (1 - p) * ((data * w) ** 2).sum()
    theirs = ((torch.from_numpy(np.array(y)) - p * data @ w) ** 2).sum() + variance
    known = {"formula (13)": result.loss.total, "ridge with Γ": ridge, "PyTorch": float(theirs)}
    if result.exact is not None:
        known["all masks"] = result.exact
    return known


def cost_lines(result: Cost) -> tuple[Line, ...]:
    """From random masks to ridge."""
    p, loss = result.keep_prob, result.loss
    factor = math.sqrt((1 - p) / p)
    lines = [
        Line(
            rf"E[R] = p = {latex(p)}, \qquad \mathrm{{Var}}[R] = p - p^2 = {latex(p * (1 - p))}",
            "An entry is kept (1) or erased (0), and R² = R.",
        ),
        Line(
            r"E\,|y - (R \odot X)\check w|^2 = |y - pX\check w|^2 + p(1-p) \sum_j |x_j|^2 "
            rf"\check w_j^2 = {latex(loss.fit)} + {latex(loss.penalty)} = {latex(loss.total)}",
            "The mean of a square is the square of the mean plus the variance; the masks are "
            "independent, so the variances add up column by column.",
        ),
        Line(
            rf"w = p\,\check w: \quad |y - Xw|^2 + \tfrac{{1-p}}{{p}} \sum_j |x_j|^2 w_j^2, \qquad "
            rf"\Gamma = \sqrt{{\tfrac{{1-p}}{{p}}}}\;\check\Gamma = {latex(factor)}\,\check\Gamma",
            "Written for the weights that are used at test time, it is ridge with a diagonal "
            "matrix of column norms.",
        ),
    ]
    if result.fitted.norm_after is not None:
        lines.append(
            Line(
                r"\tilde w = \Gamma w, \quad \tilde X = X\Gamma^{-1}, \quad |\tilde x_j| = "
                rf"\sqrt{{\tfrac{{p}}{{1-p}}}} = {latex(result.fitted.norm_after)}",
                "In the new variables it is plain ridge, and all columns have the same length: "
                "what batch normalization gives them as well (there the length is √n).",
            )
        )
    return tuple(lines)


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


def path_agree(result: Path) -> dict[str, float]:
    """The first weight: dropout's equation, ridge on X Gamma^-1, torch."""
    import torch

    p, x, y = min(result.keep_prob, 0.98), result.sample.x, result.sample.y
    found = compute.tikhonov(x, y, keep_prob=p)
    tilde = found.x_tilde if found.x_tilde is not None else x
    inner = compute.ridge(tilde, y, l2=1.0)
    scale = float(found.tikhonov[0]) or 1.0
    data = torch.from_numpy(np.array(x))
    gram = data.T @ data
    matrix = gram + (1 - p) / p * torch.diag(gram.diagonal())
    theirs = torch.linalg.lstsq(matrix, (data.T @ torch.from_numpy(np.array(y)))[:, None]).solution
    return {
        "ridge on XΓ⁻¹": float(inner[0]) / scale,
        "viz": float(found.weight[0]),
        "PyTorch": float(theirs[0, 0]),
    }


def path_lines(result: Path) -> tuple[Line, ...]:
    """The equation whose off-diagonal entries carry p."""
    one = ", ".join(latex(float(v), 3) for v in result.ones[:3])
    full = ", ".join(latex(float(v), 3) for v in result.weight[-1, :3])
    return (
        Line(
            r"p^2 G\check w + p(1-p)\,\mathrm{diag}(G)\,\check w = p\,X^Ty, \qquad G = X^TX",
            "Set the derivative of the expected cost to zero,",
        ),
        Line(
            r"\bigl[p\,G + (1-p)\,\mathrm{diag}(G)\bigr]\,\check w = X^Ty",
            "and divide by p: the diagonal of G stays, every other entry is multiplied by p.",
        ),
        Line(
            rf"p \to 0: \; \check w_j \to \frac{{x_j^Ty}}{{|x_j|^2}} = ({one}, \ldots)",
            "With nothing else to lean on, each feature is fitted alone.",
        ),
        Line(
            rf"p = 1: \; \check w = G^{{-1}}X^Ty = ({full}, \ldots)",
            "With everything kept it is the joint least-squares fit.",
        ),
    )


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


def mask_agree(result: Masks) -> dict[str, float]:
    """What training sees of the first two columns' correlation."""
    import torch

    p, x = result.keep_prob, result.sample.x[:, :2]
    norms = np.sqrt((x**2).sum(axis=0))
    unit = torch.from_numpy(x / np.where(norms > 0, norms, 1.0))
    theirs = p * torch.dot(unit[:, 0], unit[:, 1])
    exact = 0.0
    for first in (0, 1):
        for second in (0, 1):
            chance = (p if first else 1 - p) * (p if second else 1 - p)
            exact += chance * first * second * float(result.gram[0, 1])
    return {
        "all four masks, over p": exact / p,
        "viz": float(result.gram[0, 1]) * p,
        "PyTorch": float(theirs),
    }


def mask_lines(result: Masks) -> tuple[Line, ...]:
    """Where the factor p comes from."""
    p, rho = result.keep_prob, float(result.gram[0, 1])
    return (
        Line(
            r"E[R_iR_j] = p^2 \; (i \ne j), \qquad E[R_i^2] = p",
            "Two different entries are both kept with probability p², one entry with itself "
            "with probability p: that is the p squared that is so easily lost.",
        ),
        Line(
            r"E\,(R \odot X)^T(R \odot X) = p\,\bigl[p\,G + (1-p)\,\mathrm{diag}(G)\bigr]",
            "So beside the common factor p only the off-diagonal entries shrink,",
        ),
        Line(
            rf"p\,\rho_{{12}} = {latex(p)} \cdot {latex(rho)} = {latex(p * rho)}",
            "and the correlation of the first two features looks p times smaller.",
        ),
    )


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


def unit_agree(sample: Sample, keep_prob: float) -> dict[str, float]:
    """Dropout's first prediction in three units."""
    found = {}
    for name, unit in (("in metres", 1.0), ("in millimetres", 1000.0), ("in kilometres", 0.001)):
        scaled = sample.x.copy()
        scaled[:, 0] *= unit
        said = compute.predictions(scaled, sample.y, method="dropout", keep_prob=keep_prob, l2=1.0)
        found[name] = float(said[0])
    return found


def unit_lines(result: Units) -> tuple[Line, ...]:
    """Why the unit cancels."""
    return (
        Line(
            r"x_1 \to c\,x_1: \qquad \Gamma_{11} = \sqrt{\tfrac{1-p}{p}}\,|x_1| \to c\,\Gamma_{11}",
            "Dropout's penalty measures a weight by the length of its own column.",
        ),
        Line(
            r"\hat w_1 \to \hat w_1 / c, \qquad \Gamma_{11}\hat w_1 \;\text{and}\; x_1 \hat w_1 "
            r"\;\text{stay}",
            "So the weight takes the unit back, and neither cost nor prediction changes.",
        ),
        Line(
            rf"\lambda |w|^2 = {latex(result.l2)}\,|w|^2",
            "Plain ridge charges every weight the same price: in finer units a feature gets "
            "cheaper, in coarser units dearer.",
        ),
    )


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


def train_agree(result: Training) -> dict[str, float]:
    """The first weight that training must find."""
    import torch

    p, x, y = result.keep_prob, result.sample.x, result.sample.y
    data = torch.from_numpy(np.array(x))
    gram = data.T @ data
    matrix = p * gram + (1 - p) * torch.diag(gram.diagonal())
    solved = torch.linalg.lstsq(matrix, (data.T @ torch.from_numpy(np.array(y)))[:, None]).solution
    factor = p if result.inverted else 1.0
    ridge = compute.tikhonov(x, y, keep_prob=p).weight[0] * factor / p
    return {
        "ridge with Γ": float(ridge),
        "viz": float(result.target[0]),
        "PyTorch": factor * float(solved[0, 0]),
    }


def train_lines(result: Training) -> tuple[Line, ...]:
    """Why the noisy steps have the right mean, and the two conventions."""
    p = result.keep_prob
    return (
        Line(
            r"E\,\nabla_w |y - (R \odot X)w|^2 = \nabla_w E\,|y - (R \odot X)w|^2",
            "A step on one mask is noisy, but on average it is a step on the closed form.",
        ),
        Line(
            r"\text{plain: } \check w, \qquad \text{inverted: } p\,\check w = "
            rf"{latex(p)}\,\check w",
            "Dividing the mask by p while training (as PyTorch does) rescales the weights once "
            "and for all; then nothing has to be rescaled at test time.",
        ),
        Line(
            r"\bar w = \frac{1}{T - T_0} \sum_{t > T_0} w_t",
            "The last iterate keeps some of the noise; the average of the later ones does not.",
        ),
    )
