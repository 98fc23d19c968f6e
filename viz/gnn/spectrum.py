"""The second eigenvalue of a symmetric matrix that is too large to be written down."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
MOST_STEPS, EVERY = 400, 10
SMALL = 1e-9


def second_eigenvalue(
    times: Callable[[FloatArray], FloatArray], top: npt.ArrayLike
) -> float | None:
    """The largest size of an eigenvalue of S besides the one that belongs to ``top``.

    Lanczos steps with full reorthogonalization, on what is orthogonal to ``top``, until the
    residual is below 1e-9; None if 400 steps do not get there, as on a long path. Source: Golub &
    Van Loan, Matrix Computations, section 10.1.

    Args:
        times: v, shape (n,), to S v.
        top: an eigenvector of S, shape (n,).
    """
    first = np.asarray(top, dtype=float)
    basis = np.empty((min(len(first), MOST_STEPS + 1), len(first)))
    basis[0] = first / np.linalg.norm(first)
    vector = np.random.default_rng(0).normal(size=len(first))
    along, across, found = list[float](), list[float](), 0.0
    for step in range(1, len(basis)):
        vector = _orthogonal(vector, basis[:step])
        size = float(np.linalg.norm(vector))
        if step > 1:
            across.append(size)
        if size < SMALL:
            return _largest(along, across, vector, basis[0])[0]
        basis[step] = vector / size
        vector = times(basis[step])
        along.append(float(basis[step] @ vector))
        if step % EVERY == 0:
            found, residual = _largest(along, across, vector, basis[step])
            if residual < SMALL:
                return found
    return _largest(along, across, vector, basis[-1])[0] if len(basis) == len(first) else None


def _orthogonal(vector: FloatArray, basis: FloatArray) -> FloatArray:
    for _ in range(2):  # once leaves rounding of the size of what was taken away
        vector = vector - basis.T @ (basis @ vector)
    return vector


def _largest(
    along: list[float], across: list[float], product: FloatArray, last: FloatArray
) -> tuple[float, float]:
    """Largest eigenvalue in size of the tridiagonal matrix so far, and how far it may be off."""
    if not along:
        return 0.0, 0.0
    steps = len(along)
    beside = np.diag(across[: steps - 1], 1)
    values, vectors = np.linalg.eigh(np.diag(along) + beside + beside.T)
    best = int(np.abs(values).argmax())
    rest = product - along[-1] * last
    return float(abs(values[best])), float(np.linalg.norm(rest) * abs(vectors[-1, best]))
