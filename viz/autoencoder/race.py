"""Four ways to train from one start: the full gradient, and one point a step thrice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viz.autoencoder import compute, study, training
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Data, Method, Study
from viz.autoencoder.training import Record

METHODS: tuple[Method, ...] = ("full", "sgd", "adam", "adamw")
ADAM_SHARE = 0.5
SHOWN = 52
DIGITS = 7
CHECKED = 200


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """Runs with the same data, start and λ, one for each method, in the order of METHODS."""

    runs: tuple[Study, ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """What the four runs share.

    Attributes:
        eigenvalues: the variances of the data.
        latent_dim: k.
        l2: λ.
        decoder_scale: how much larger the decoder starts.
        step_size: of the full gradient and of SGD; Adam and AdamW take half of it.
        num_steps: of every run.
        seed: of points, start and order.
    """

    eigenvalues: tuple[float, ...]
    latent_dim: int
    l2: float
    decoder_scale: float
    step_size: float
    num_steps: int
    seed: int

    def data(self) -> Data:
        """500 Gaussian points with exactly these variances."""
        rng = np.random.default_rng([self.seed, study.POINTS])
        return study.from_spectrum(np.array(self.eigenvalues), rng=rng)


def race(setup: Setup, progress: Record | None = None) -> Race:
    """Train by all methods."""
    data, runs = setup.data(), []
    for place, method in enumerate(METHODS):

        def tell(share: float, words: str, done: int = place) -> None:
            if progress is not None:
                progress((done + share) / len(METHODS), words)

        runs.append(one(setup, data, method, tell))
    return Race(tuple(runs))


def record_of(num_steps: int) -> npt.NDArray[np.int64]:
    """The steps that are kept, the one at which PyTorch is asked among them."""
    return np.union1d(training.log_steps(num_steps, SHOWN), [min(CHECKED, num_steps)])


def one(
    setup: Setup,
    data: Data,
    method: Method,
    progress: Record | None = None,
    *,
    last: int | None = None,
) -> Study:
    """Train by one method, to the end or to the ``last`` of the kept steps."""
    start = study.start_of(
        data,
        setup.latent_dim,
        aligned=False,
        scale=0.3,
        decoder_scale=setup.decoder_scale,
        rng=np.random.default_rng(setup.seed),
    )
    share = ADAM_SHARE if method in ("adam", "adamw") else 1.0
    record = record_of(setup.num_steps)
    return study.study(
        data,
        start,
        compute.penalty(setup.l2),
        method=method,
        step_size=share * setup.step_size,
        record=record if last is None else record[record <= last],
        rng=np.random.default_rng([setup.seed, study.ORDER]),
        progress=progress,
    )


def write(found: Race) -> str:
    """The weights of all frames as JSON, rounded to 7 decimals."""
    kept = {
        run.method: np.round(
            np.concatenate(
                [run.run.encoders.reshape(len(run.run.steps), -1),
                 run.run.decoders.reshape(len(run.run.steps), -1)], axis=1
            ), DIGITS
        ).tolist()
        for run in found.runs
    }  # fmt: skip
    return json.dumps({"steps": found.runs[0].run.steps.tolist(), "weights": kept})


def read(text: str, setup: Setup) -> Race:
    """The race that `write` kept, measured anew."""
    kept: Mapping[str, Mapping[str, list[list[float]]]] = json.loads(text)
    steps: npt.NDArray[np.int64] = np.array(kept["steps"], dtype=np.int64)
    data, runs = setup.data(), []
    for method in METHODS:
        flats: FloatArray = np.array(kept["weights"][method])
        half, dim = flats.shape[1] // 2, len(setup.eigenvalues)
        encoders = flats[:, :half].reshape(len(steps), setup.latent_dim, dim)
        decoders = flats[:, half:].reshape(len(steps), dim, setup.latent_dim)
        share = ADAM_SHARE if method in ("adam", "adamw") else 1.0
        run = training.Run(steps, encoders, decoders, None)
        weights = compute.penalty(setup.l2)
        runs.append(study.compare(data, weights, method, share * setup.step_size, run))
    return Race(tuple(runs))
