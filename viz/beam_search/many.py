"""Many random decoders at once: how often does a beam of k miss the best, and by how much?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from viz.beam_search.compute import beam_cost, exact_search
from viz.beam_search.models import FloatArray, RandomDecoder, log_softmax

Report = Callable[[float, str], None]
CLOSE = 1e-9
LIMIT = 60_000


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Random decoders searched with several widths.

    Attributes:
        widths: the beam widths, ascending from 1.
        found: shape (widths, models), log-prob of what each search says.
        best: shape (models,), the best possible; NaN where it is out of reach.
    """

    vocabulary_size: int
    num_steps: int
    sharpness: float
    seed: int
    widths: tuple[int, ...]
    found: FloatArray
    best: FloatArray

    @property
    def num_known(self) -> int:
        """Models whose best sentence is known."""
        return int(np.isfinite(self.best).sum())

    def gaps(self, place: int) -> FloatArray:
        """How far the width at ``place`` stays below the best, over the known models, in nats."""
        known = np.isfinite(self.best)
        gap = self.best[known] - self.found[place, known]
        return np.where(gap > CLOSE, gap, 0.0)

    def missed(self, place: int) -> int:
        """In how many models this width misses the best."""
        return int((self.gaps(place) > 0).sum())

    def costs(self) -> tuple[int, ...]:
        """Candidates that one search scores, by width."""
        return tuple(beam_cost(self.vocabulary_size, self.num_steps, k) for k in self.widths)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Weights of several random decoders: shapes (models, ...)."""

    recurrent: FloatArray
    embedding: FloatArray
    output: FloatArray
    first: FloatArray


def stack(decoders: Sequence[RandomDecoder]) -> Stack:
    """Put the weights of decoders of one size together."""
    names = ("recurrent", "embedding", "output", "first")
    return Stack(*(np.stack([getattr(one, name) for one in decoders]) for name in names))


def best_totals(models: Stack, *, beam_width: int, num_steps: int) -> FloatArray:
    """Log-prob of what beam search says in each model, shape (models,)."""
    count, size = models.output.shape[0], models.output.shape[1]
    states, totals = models.first, np.zeros((count, 1))
    rows = np.arange(count)[:, None]
    for step in range(num_steps):
        scores = totals[:, :, None] + log_softmax(states @ models.output.transpose(0, 2, 1))
        flat = scores.reshape(count, -1)
        if step == num_steps - 1:
            return flat.max(axis=1)
        keep = min(beam_width, flat.shape[1])
        places = np.argpartition(-flat, keep - 1, axis=1)[:, :keep]
        totals = flat[rows, places]
        parents, tokens = np.divmod(places, size)
        back = states[rows, parents] @ models.recurrent.transpose(0, 2, 1)
        states = np.tanh(back + models.embedding[rows, tokens])
    return totals[:, 0]


def many_models(
    *,
    vocabulary_size: int,
    num_steps: int,
    sharpness: float,
    seed: int,
    num_models: int,
    widths: Sequence[int],
    progress: Report,
) -> Many:
    """Draw random decoders (seeds from ``seed`` on) and search each with every width."""
    seeds = range(seed, seed + num_models)
    decoders = [RandomDecoder(vocabulary_size, seed=s, sharpness=sharpness) for s in seeds]
    models = stack(decoders)
    found = []
    for done, width in enumerate(widths):
        progress(0.5 * done / len(widths), f"beam width {width}")
        found.append(best_totals(models, beam_width=width, num_steps=num_steps))
    tops = np.max(found, axis=0)
    best = np.full(num_models, np.nan)
    for place, decoder in enumerate(decoders):
        if place % 10 == 0:
            progress(0.5 + 0.5 * place / num_models, f"the best of model {place + 1}")
        exact = exact_search(decoder, num_steps, at_least=float(tops[place]), limit=LIMIT)
        if exact is not None:
            best[place] = exact.log_prob
    arrays = (np.array(found), best)
    for array in arrays:
        array.setflags(write=False)
    return Many(vocabulary_size, num_steps, sharpness, seed, tuple(widths), *arrays)
