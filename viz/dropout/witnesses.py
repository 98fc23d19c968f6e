"""The same number by several ways, for the line of agreement of each view."""

import itertools
import math

import numpy as np
import numpy.typing as npt

from viz.dropout import compute, rivals
from viz.dropout.results import Cost, Masks, Path, Training
from viz.dropout.samples import Sample
from viz.tables import said

FloatArray = npt.NDArray[np.float64]


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
    """The first weight at the present p: ridge on X Gamma^-1, dropout's equation, torch."""
    p, x, y = result.keep_prob, result.sample.x, result.sample.y
    found = compute.tikhonov(x, y, keep_prob=p)
    if found.x_tilde is None:
        name, scale = "least squares", _lengths(x)
        inner = np.linalg.pinv(x / scale, rcond=1e-10) @ y
    else:
        name, scale = "ridge on XΓ⁻¹", np.where(found.tikhonov > 0, found.tikhonov, 1.0)
        inner = rivals.ridge(found.x_tilde, y, l2=1.0)
    return {
        f"w₁ at p = {said(p)} by {name}": float(inner[0] / scale[0]),
        "viz": float(result.weight[result.present, 0]),
        "PyTorch": p * _torch_weight(x, y, p),
    }


def _lengths(data: FloatArray) -> FloatArray:
    norms = np.sqrt((data**2).sum(axis=0))
    return np.asarray(np.where(norms > 0, norms, 1.0))


def _torch_weight(data: FloatArray, targets: FloatArray, keep_prob: float) -> float:
    """The first of dropout's weights, for columns of length 1 and then scaled back."""
    import torch

    lengths = _lengths(data)
    unit = torch.from_numpy(data / lengths)
    matrix = keep_prob * unit.T @ unit
    matrix.diagonal().fill_(1.0)
    product = (unit.T @ torch.from_numpy(np.array(targets)))[:, None]
    solved = torch.linalg.lstsq(matrix, product, rcond=1e-14, driver="gelsd").solution
    return float(solved[0, 0]) / float(lengths[0])


def mask_agree(result: Masks) -> dict[str, float]:
    """What training sees of the first two columns' cosine."""
    import torch

    p, (first, second) = result.keep_prob, result.pair
    expected = 0.0
    for mask in itertools.product((0, 1), repeat=second + 1):
        chance = math.prod(p if kept else 1 - p for kept in mask)
        expected += chance * mask[first] * mask[second] * float(result.gram[first, second])
    unit = torch.from_numpy(result.sample.x / _lengths(result.sample.x))
    gram = unit.T @ unit
    theirs = p * gram
    theirs.diagonal().copy_(gram.diagonal())
    return {
        "all masks, over p": expected / p,
        "viz": float(result.seen[first, second]),
        "PyTorch": float(theirs[first, second]),
    }


def unit_agree(sample: Sample, keep_prob: float) -> dict[str, float]:
    """Dropout's first prediction in three units."""
    found = {}
    for name, unit in (("in metres", 1.0), ("in millimetres", 1000.0), ("in kilometres", 0.001)):
        scaled = sample.x.copy()
        scaled[:, 0] *= unit
        said = rivals.predictions(scaled, sample.y, method="dropout", keep_prob=keep_prob, l2=1.0)
        found[name] = float(said[0])
    return found


def train_agree(result: Training) -> dict[str, float]:
    """The first weight that training must find."""
    p, x, y = result.keep_prob, result.sample.x, result.sample.y
    factor = p if result.inverted else 1.0
    ridge = compute.tikhonov(x, y, keep_prob=p).weight[0] * factor / p
    return {
        "ridge with Γ": float(ridge),
        "viz": float(result.target[0]),
        "PyTorch": factor * _torch_weight(x, y, p),
    }
