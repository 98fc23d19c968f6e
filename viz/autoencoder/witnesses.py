"""The minimum of (21) found in other ways than by its formula."""

import numpy as np

from viz.autoencoder.compute import FloatArray, Penalty

GOLDEN = (np.sqrt(5) - 1) / 2
NARROW = 90


def by_search(eigenvalues: FloatArray, latent_dim: int, weights: Penalty) -> float:
    """The minimum by golden-section search over the product p = s1 s2 of every direction.

    At the best way to share it, the product costs d (1 - p)² + 2 g p with g = √(λ1 λ2).
    """
    kept = np.asarray(eigenvalues[:latent_dim], dtype=float)
    level = weights.mean

    def cost(product: FloatArray) -> FloatArray:
        return kept * (1 - product) ** 2 + 2 * level * product

    low, high = np.zeros(latent_dim), np.full(latent_dim, 1.5)
    for _ in range(NARROW):
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        nearer = cost(left) < cost(right)
        low, high = np.where(nearer, low, left), np.where(nearer, right, high)
    return float(cost((low + high) / 2).sum() + eigenvalues[latent_dim:].sum())


def by_torch(
    eigenvalues: FloatArray, latent_dim: int, weights: Penalty, *, aligned: bool = False
) -> float:
    """The minimum that L-BFGS and autograd find for two nn.Linear layers, from a balanced start.

    Args:
        eigenvalues: largest first, shape (m,).
        latent_dim: the code's size k.
        weights: the two penalties.
        aligned: start at the right singular vectors of the points instead of at random. Where
            the k-th variance is near the next one and λ near 0, a random start takes minutes.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return _minimize(eigenvalues, latent_dim, weights, aligned)
    finally:
        torch.set_num_threads(threads)


def _minimize(eigenvalues: FloatArray, latent_dim: int, weights: Penalty, aligned: bool) -> float:
    import torch

    dim = len(eigenvalues)
    generator = torch.Generator().manual_seed(0)
    encoder = torch.nn.Linear(dim, latent_dim, bias=False, dtype=torch.float64)
    decoder = torch.nn.Linear(latent_dim, dim, bias=False, dtype=torch.float64)
    points = torch.diag(torch.from_numpy(np.sqrt(eigenvalues)))
    with torch.no_grad():
        encoder.weight.normal_(0, 0.7, generator=generator)
        if aligned:
            encoder.weight.copy_(torch.linalg.svd(points).Vh[:latent_dim])
        decoder.weight.copy_(encoder.weight.T)
    both = [encoder.weight, decoder.weight]
    # The error of the minimum is of the order of the squared gradient, far below rounding.
    optimizer = torch.optim.LBFGS(
        both,
        max_iter=800,
        history_size=30,
        tolerance_grad=1e-8,
        tolerance_change=1e-18,
        line_search_fn="strong_wolfe",
    )
    loss_of = torch.nn.MSELoss(reduction="sum")

    def loss() -> torch.Tensor:
        found: torch.Tensor = loss_of(decoder(encoder(points)), points)
        found = found + weights.encoder * both[0].square().sum()
        return found + weights.decoder * both[1].square().sum()

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        found = loss()
        found.backward()
        return found

    optimizer.step(closure)
    with torch.no_grad():
        return float(loss())
