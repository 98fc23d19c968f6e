"""Batch norm and its family: the same formula, another set of numbers that share a mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
KINDS = ("batch", "layer", "instance", "group", "rms")


@dataclass(frozen=True, slots=True, eq=False)
class Normalized:
    """A tensor (n, c, h, w) after a norm.

    Attributes:
        y: the output, same shape.
        shares: for each entry the number of the group it shares its statistics with.
        mean, std: of each group; rms norm has mean 0.
    """

    kind: str
    y: FloatArray
    shares: npt.NDArray[np.int64]
    mean: FloatArray
    std: FloatArray


def groups_of(
    shape: tuple[int, int, int, int], kind: str, *, groups: int = 2
) -> npt.NDArray[np.int64]:
    """The group number of every entry of an (n, c, h, w) tensor.

    batch: one group a channel; layer and rms: one a sample; instance: one a sample and channel;
    group: one a sample and bundle of channels.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}; got '{kind}'")
    channels = shape[1]
    if kind == "group" and (groups < 1 or channels % groups):
        raise ValueError(f"groups = {groups} does not divide {channels} channels")
    sample, channel = np.indices(shape)[:2]
    bundle = channel // (channels // groups) if kind == "group" else channel
    return {
        "batch": channel,
        "layer": sample,
        "rms": sample,
        "instance": sample * channels + channel,
        "group": sample * groups + bundle,
    }[kind]


def normalize_axes(
    x: npt.ArrayLike, kind: str = "batch", *, groups: int = 2, eps: float = 1e-5
) -> Normalized:
    """Standardize every group by its own mean and standard deviation; rms keeps the mean.

    Sources: Ioffe & Szegedy 2015, Ba et al. 2016, Ulyanov et al. 2016, Wu & He 2018,
    Zhang & Sennrich 2019.
    """
    tensor = np.asarray(x, dtype=float)
    if tensor.ndim != 4:
        raise ValueError(f"the tensor needs 4 axes (n, c, h, w), got {tensor.ndim}")
    shares = groups_of(tensor.shape, kind, groups=groups)
    flat, number = tensor.ravel(), shares.ravel()
    count = np.bincount(number)
    mean = np.bincount(number, flat) / count
    if kind == "rms":
        mean = np.zeros_like(mean)
    centred = flat - mean[number]
    std = np.sqrt(np.bincount(number, centred**2) / count + eps)
    return Normalized(kind, (centred / std[number]).reshape(tensor.shape), shares, mean, std)
