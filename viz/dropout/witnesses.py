"""The same number by several ways, for the line of agreement of each view."""

import numpy as np

from viz.dropout import compute
from viz.dropout.results import Cost, Masks, Path, Training
from viz.dropout.samples import Sample


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


def unit_agree(sample: Sample, keep_prob: float) -> dict[str, float]:
    """Dropout's first prediction in three units."""
    found = {}
    for name, unit in (("in metres", 1.0), ("in millimetres", 1000.0), ("in kilometres", 0.001)):
        scaled = sample.x.copy()
        scaled[:, 0] *= unit
        said = compute.predictions(scaled, sample.y, method="dropout", keep_prob=keep_prob, l2=1.0)
        found[name] = float(said[0])
    return found


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
