"""The trained nets on file; run as a module it trains them anew."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.cnn import maps, training
from viz.cnn.language import parse
from viz.cnn.maps import Array, Parameters, Weights

FOLDER = Path(__file__).with_name("recorded")
SEEDS = tuple(range(5))
FEATURE_NET = "CONV2-3 circ / RELU / CONV2-3 circ / RELU / GAP / FC-3"
FEATURE_SIZE, FEATURE_NOISE, FEATURE_SEED = (7, 8), 0.1, 3


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What five seeds of one net reached.

    Attributes:
        middle, anywhere, same_class, logit_change: one number a seed, as in `training.Scores`.
        by_place: shape (2, 28), shares right, mean over the seeds.
    """

    middle: tuple[float, ...]
    anywhere: tuple[float, ...]
    same_class: tuple[float, ...]
    logit_change: tuple[float, ...]
    by_place: Array


@cache
def _weights() -> dict[str, npt.NDArray[np.float64]]:
    with np.load(FOLDER / "nets.npz", allow_pickle=False) as kept:
        arrays = {key: kept[key].astype(np.float64) for key in kept.files}
    for array in arrays.values():
        array.setflags(write=False)
    return arrays


@cache
def records() -> dict[str, Record]:
    """What every net of `training.NETS` reached."""
    kept: dict[str, Any] = json.loads((FOLDER / "scores.json").read_text(encoding="utf-8"))
    found = {}
    for name in training.NETS:
        one = kept[name]
        numbers = {k: tuple(v) for k, v in one.items() if k != "by_place"}
        found[name] = Record(by_place=np.array(one["by_place"]), **numbers)
    return found


@cache
def parameters(name: str) -> Parameters:
    """The numbers that seed 0 of a net learned."""
    return maps.with_weights(training.net(name), _pairs(name))


def feature_weights() -> Weights:
    """The two convolutions of a net of part (b) that was trained on 7×8 pictures of lines.

    Three decimals, so that a snippet can print them.
    """
    return tuple((weight.round(3), bias.round(3)) for weight, bias in _pairs("features")[:2])


def _pairs(name: str) -> list[tuple[Array, Array]]:
    kept = _weights()
    count = sum(1 for key in kept if key.startswith(f"{name}|")) // 2
    return [(kept[f"{name}|{i}|weight"], kept[f"{name}|{i}|bias"]) for i in range(count)]


def train_features(seed: int, num_epochs: int = 60) -> tuple[Parameters, float]:
    """Train the net of part (b); its numbers, and its share right on new pictures."""
    rng = np.random.default_rng(seed)
    options: dict[str, Any] = {"low": 0, "high": 55, "size": FEATURE_SIZE, "noise": FEATURE_NOISE}
    lines = training.line_pictures(rng, 1200, **options)
    layers = parse(FEATURE_NET)
    found = training.train(rng, layers, lines, num_epochs=num_epochs)
    tests = training.line_pictures(rng, 600, **options)
    return found, training.accuracy(layers, found, tests)


def record() -> None:
    """Train all nets and write the files."""
    arrays: dict[str, npt.NDArray[np.float32]] = {}
    summary: dict[str, Any] = {}
    for name in training.NETS:
        runs = [training.trained(name, seed) for seed in SEEDS]
        _keep(arrays, name, runs[0][0])
        summary[name] = _summary([scores for _, scores in runs])
    _keep(arrays, "features", train_features(FEATURE_SEED)[0])
    FOLDER.mkdir(exist_ok=True)
    np.savez_compressed(FOLDER / "nets.npz", **arrays)  # type: ignore[arg-type]
    text = json.dumps(summary, indent=1)
    (FOLDER / "scores.json").write_text(f"{text}\n", encoding="utf-8")


def _keep(arrays: dict[str, npt.NDArray[np.float32]], name: str, learned: Parameters) -> None:
    pairs = [known for known in learned if known is not None]
    for place, (weight, bias) in enumerate(pairs):
        arrays[f"{name}|{place}|weight"] = weight.astype(np.float32)
        arrays[f"{name}|{place}|bias"] = bias.astype(np.float32)


def _summary(runs: list[training.Scores]) -> dict[str, Any]:
    return {
        "middle": [round(run.middle, 4) for run in runs],
        "anywhere": [round(run.anywhere, 4) for run in runs],
        "same_class": [round(run.same_class, 4) for run in runs],
        "logit_change": [float(f"{run.logit_change:.3g}") for run in runs],
        "by_place": np.mean([run.by_place for run in runs], axis=0).round(3).tolist(),
    }


if __name__ == "__main__":
    record()
