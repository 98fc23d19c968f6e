"""Images through the linear autoencoder: their spectrum, a run, and what the code keeps of them."""

from dataclasses import dataclass

import numpy as np

from viz.autoencoder import compute, study, training
from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Data, Method, Study
from viz.autoencoder.training import Record

SHOWN = 8
FRAMES = 34


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """A run on 8 × 8 images whose variances were divided by the largest one.

    Attributes:
        name: what the images are called.
        study: the run; its eigenvalues are d/d1 and its λ is λ/d1.
        count: how many images there were.
        largest: d1.
        mean: the average image, shape (64,).
        images: the first eight different ones, shape (64, 8).
    """

    name: str
    study: Study
    count: int
    largest: float
    mean: FloatArray
    images: FloatArray

    def rebuilt(self, frame: int) -> FloatArray:
        """W2 W1 (x - mean) + mean at a recorded step, shape (64, 8)."""
        run, mean = self.study.run, self.mean[:, None]
        coded = run.encoders[frame] @ (self.images - mean)
        return np.asarray(run.decoders[frame] @ coded + mean)

    def kept(self, frame: int) -> float:
        """The share of all variance that the reconstruction explains at a recorded step."""
        run, data = self.study.run, self.study.data
        encoder, decoder = run.encoders[frame], run.decoders[frame]
        left = compute.objective(encoder, decoder, data.cov, compute.penalty(0)).reconstruction
        return 1 - left / float(data.eigenvalues.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Album:
    """Images, shape (64, n), and their covariance's spectrum, d1 = 1.

    Attributes:
        name: what they are called.
        images: one a column.
        largest: d1 before the scaling.
        data: the points, centered and divided by the root of d1.
    """

    name: str
    images: FloatArray
    largest: float
    data: Data


def album(name: str, images: FloatArray) -> Album:
    """Center the images and find their principal components."""
    raw = study.from_points(images)
    largest = float(raw.eigenvalues[0])
    data = Data(
        raw.points / np.sqrt(largest),
        raw.cov / largest,
        raw.eigenvalues / largest,
        raw.eigenvectors,
    )
    return Album(name, images, largest, data)


def gallery(
    album: Album,
    *,
    latent_dim: int,
    l2: float,
    method: Method,
    num_steps: int,
    rate: float,
    rng: np.random.Generator,
    progress: Record | None = None,
) -> Gallery:
    """Train on images.

    Args:
        album: the images.
        latent_dim: k.
        l2: λ as a share of the largest variance.
        method: "full" or "fast".
        num_steps: of training.
        rate: the step size of "full", in units of 1/d1.
        rng: draws the start.
        progress: told how far the run is.
    """
    data, images = album.data, album.images
    start = study.start_of(data, latent_dim, aligned=False, scale=0.3, decoder_scale=1.0, rng=rng)
    weights = compute.penalty(l2)
    plain = rate * compute.stable_step(data.eigenvalues, weights)
    found = study.study(
        data,
        start,
        weights,
        method=method,
        step_size=study.FAST_STEP if method == "fast" else plain,
        record=training.log_steps(num_steps, FRAMES),
        rng=rng,
        progress=progress,
    )
    chosen = images[:, _different(images)]
    return Gallery(album.name, found, images.shape[1], album.largest, images.mean(axis=1), chosen)


def _different(images: FloatArray) -> list[int]:
    """Places of up to eight images that differ, spread over the whole set."""
    count = images.shape[1]
    if count <= SHOWN:
        return list(range(count))
    if count % 10 == 0 and count >= 1000:
        return list(range(SHOWN))
    spread = images.std(axis=0)
    lively = np.flatnonzero(spread >= np.median(spread))
    return [int(n) for n in lively[np.linspace(0, len(lively) - 1, SHOWN).astype(int)]]


def tiles(decoder: FloatArray, eigenvectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Columns of W2, and its singular vectors with the signs of the principal components.

    Returns:
        Two arrays of shape (64, k).
    """
    left = np.linalg.svd(decoder, full_matrices=False)[0]
    axes = eigenvectors[:, : decoder.shape[1]]
    signs = np.where(np.sum(left * axes, axis=0) < 0, -1.0, 1.0)
    return decoder, left * signs
