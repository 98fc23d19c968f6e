"""A recurrent language model: trained with PyTorch, searched with numpy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.beam_search.models import EOS, FloatArray, IntArray, States, log_softmax

FILE = Path(__file__).with_name("recorded") / "recurrent.npz"
HIDDEN, EPOCHS, RATE = 48, 60, 0.01
LONGEST = 60
Weights = Mapping[str, npt.NDArray[np.float32]]
NAMES = ("embedding", "input", "recurrent", "input_bias", "recurrent_bias", "output", "output_bias")


class RecurrentDecoder:
    """A GRU over words; a state is its hidden vector, so a beam is reordered by rows.

    Args:
        vocabulary: the words, the end token last; the start symbol is one past them.
        weights: arrays named as in NAMES, the three gates in torch's order (reset, update, new).
    """

    def __init__(self, vocabulary: Sequence[str], weights: Weights) -> None:
        self.vocabulary = tuple(vocabulary)
        self.eos = self.vocabulary.index(EOS)
        self.weights = {name: weights[name].astype(np.float64) for name in NAMES}

    def start(self) -> FloatArray:
        hidden = np.zeros((1, self.weights["recurrent"].shape[1]))
        return self.extend(hidden, np.array([len(self.vocabulary)]))

    def log_probs(self, states: States) -> FloatArray:
        hidden = np.asarray(states, dtype=np.float64)
        return log_softmax(hidden @ self.weights["output"].T + self.weights["output_bias"])

    def extend(self, states: States, tokens: IntArray) -> FloatArray:
        w, hidden = self.weights, np.asarray(states, dtype=np.float64)
        fed = w["embedding"][tokens] @ w["input"].T + w["input_bias"]
        back = hidden @ w["recurrent"].T + w["recurrent_bias"]
        reset_in, update_in, new_in = np.split(fed, 3, axis=1)
        reset_back, update_back, new_back = np.split(back, 3, axis=1)
        reset, update = _sigmoid(reset_in + reset_back), _sigmoid(update_in + update_back)
        new = np.tanh(new_in + reset * new_back)
        return (1 - update) * new + update * hidden


def _sigmoid(x: FloatArray) -> FloatArray:
    return 0.5 * (1 + np.tanh(0.5 * x))


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A training run.

    Attributes:
        vocabulary: words in the order of their first use, then the end token.
        weights: arrays named as in NAMES.
        losses: mean cross-entropy (nats a token) before each epoch.
    """

    vocabulary: tuple[str, ...]
    weights: Weights
    losses: tuple[float, ...]

    def decoder(self) -> RecurrentDecoder:
        """What a search asks."""
        return RecurrentDecoder(self.vocabulary, self.weights)


def vocabulary_of(sentences: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """All words in the order of their first use, then the end token."""
    return (*dict.fromkeys(word for sentence in sentences for word in sentence), EOS)


def train(
    sentences: Sequence[Sequence[str]],
    *,
    hidden_size: int = HIDDEN,
    epochs: int = EPOCHS,
    lr: float = RATE,
    seed: int = 0,
    progress: Callable[[float, str], None] | None = None,
) -> Trained:
    """Train a GRU to predict every next word; full batches, Adam.

    Sentences longer than 60 words are cut there.

    Raises:
        ValueError: the loss stopped being finite; the sentence names the epoch.
    """
    import torch

    vocabulary = vocabulary_of(sentences)
    places = {word: place for place, word in enumerate(vocabulary)}
    size = len(vocabulary)
    rows = [[places[word] for word in s[:LONGEST]] + [size - 1] for s in sentences]
    longest = max(map(len, rows))
    targets = torch.full((len(rows), longest), -1)
    for i, row in enumerate(rows):
        targets[i, : len(row)] = torch.tensor(row)
    inputs = torch.cat([torch.full((len(rows), 1), size), targets[:, :-1].clamp(min=0)], dim=1)
    known = targets >= 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        embedding = torch.nn.Embedding(size + 1, hidden_size)
        cell = torch.nn.GRU(hidden_size, hidden_size, batch_first=True)
        output = torch.nn.Linear(hidden_size, size)
    parameters = [*embedding.parameters(), *cell.parameters(), *output.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=lr)
    losses = []
    for epoch in range(epochs):
        states, _ = cell(embedding(inputs))
        loss = torch.nn.functional.cross_entropy(output(states[known]), targets[known])
        losses.append(loss.item())
        if not np.isfinite(losses[-1]):
            raise ValueError(f"training diverged at epoch {epoch + 1}")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if progress is not None:
            progress((epoch + 1) / epochs, f"epoch {epoch + 1}: {losses[-1]:.2f} nats a word")
    found = [embedding.weight, *cell.parameters(), output.weight, output.bias]
    weights = dict(zip(NAMES, (array.detach().numpy().copy() for array in found), strict=True))
    for array in weights.values():
        array.setflags(write=False)
    return Trained(vocabulary, weights, tuple(losses))


@cache
def recorded(name: str) -> Trained:
    """The model that was trained on a shipped text ("story" or "rhyme")."""
    with np.load(FILE, allow_pickle=False) as kept:
        weights = {part: kept[f"{name}.{part}"] for part in NAMES}
        vocabulary = tuple(str(word) for word in kept[f"{name}.vocabulary"])
        losses = tuple(float(loss) for loss in kept[f"{name}.losses"])
    for array in weights.values():
        array.setflags(write=False)
    return Trained(vocabulary, weights, losses)


def record(texts: Mapping[str, Sequence[Sequence[str]]], *, epochs: int = EPOCHS) -> None:
    """Train on every text and write the file that ``recorded`` reads."""
    arrays: dict[str, Any] = {}
    for name, sentences in texts.items():
        trained = train(sentences, epochs=epochs)
        arrays |= {f"{name}.{part}": array for part, array in trained.weights.items()}
        arrays[f"{name}.vocabulary"] = np.array(trained.vocabulary)
        arrays[f"{name}.losses"] = np.array(trained.losses, dtype=np.float32)
    FILE.parent.mkdir(exist_ok=True)
    np.savez_compressed(FILE, **arrays)
