"""The encoder-decoder in PyTorch: fresh from a seed, and taught by gradient steps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from viz.translation.compute import FloatArray
from viz.translation.corpus import Pair
from viz.translation.network import Config, Network, Vocabulary, batch, vocabulary

if TYPE_CHECKING:
    import torch

CHECKPOINTS = (0, 25, 50, 100, 200, 300, 400, 600)
State = Mapping[str, npt.NDArray[np.float32]]
Report = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A training run.

    Attributes:
        losses: mean cross-entropy (nats) of each step.
        states: weights after 0, 25, ... steps, by step, as read-only arrays.
        diverged: the step at which the loss stopped being finite, if it did.
    """

    config: Config
    words: Vocabulary
    losses: FloatArray
    states: Mapping[int, State]
    diverged: int | None = None

    @property
    def steps(self) -> tuple[int, ...]:
        """At which steps weights were kept."""
        return tuple(sorted(self.states))

    def at(self, step: int) -> Network:
        """The model as it was after ``step`` steps."""
        exact = {n: np.asarray(a, dtype=np.float64) for n, a in self.states[step].items()}
        return Network(self.config, self.words, exact)


def build(config: Config, words: Vocabulary) -> "torch.nn.ModuleDict":
    """An untrained model with seeded weights; `Network` says what it computes."""
    import torch

    size = config.hidden_size
    cell: Any = {"gru": torch.nn.GRU, "rnn": torch.nn.RNN}[config.cell]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return torch.nn.ModuleDict(
            {
                "source": torch.nn.Embedding(len(words.source), size),
                "target": torch.nn.Embedding(len(words.target), size),
                "encoder": cell(size, size, batch_first=True),
                "decoder": cell(
                    size * (2 if config.stack == "vertical" else 1), size, batch_first=True
                ),
                "out": torch.nn.Linear(size, len(words.target)),
            }
        )


def logits(
    model: "torch.nn.ModuleDict",
    config: Config,
    source: "torch.Tensor",
    lengths: "torch.Tensor",
    inputs: "torch.Tensor",
    embedded: "torch.Tensor | None" = None,
) -> "torch.Tensor":
    """Scores of every output word, shape (batch, target, words).

    The encoder's last state is taken at each sentence's own length, never at its padding.
    """
    import torch

    parts: Any = model
    states, _ = parts["encoder"](parts["source"](source) if embedded is None else embedded)
    fed = parts["target"](inputs)
    if config.stack == "horizontal":
        rows = torch.arange(len(source))
        start = states[rows, lengths - 1].unsqueeze(0).contiguous()
        out, _ = parts["decoder"](fed, start)
    else:
        steps = inputs.shape[1]
        if states.shape[1] < steps:
            room = states.new_zeros(len(source), steps - states.shape[1], states.shape[2])
            states = torch.cat([states, room], 1)
        out, _ = parts["decoder"](torch.cat([fed, states[:, :steps]], 2))
    scores: torch.Tensor = parts["out"](out)
    return scores


def fresh(config: Config, words: Vocabulary) -> Trained:
    """The model before its first step."""
    return Trained(config, words, np.zeros(0), {0: state_of(build(config, words))})


def train(
    config: Config,
    pairs: Sequence[Pair],
    *,
    words: Vocabulary | None = None,
    progress: Report | None = None,
) -> Trained:
    """Teach a model: Adam, rate 0.005 falling to 0.0005, batches of 64, gradients clipped at 1.

    The loss is the mean cross-entropy over real target tokens; a vertical model is only asked
    for as many tokens as it has source words.
    """
    return Course(config, pairs, words or vocabulary(pairs)).finish(progress)


class Course:
    """A training that may be stopped: `finish` goes on after the last step that was done.

    The run is the same as without a stop, to the last bit.
    """

    def __init__(self, config: Config, pairs: Sequence[Pair], words: Vocabulary) -> None:
        import torch

        self.config, self.words = config, words
        self.losses = list[float]()
        self._model = build(config, words)
        self._states = {0: state_of(self._model)}
        self._data = [torch.from_numpy(part) for part in batch(pairs, config, words)]
        self._rng = np.random.default_rng(config.seed)
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=0.005)
        self._diverged: int | None = None

    def finish(self, progress: Report | None = None) -> Trained:
        """Do the steps that are left; what ``progress`` raises stops between two of them."""
        import torch

        # Two threads wait for each other longer than matrices of this size take.
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            while self._diverged is None and len(self.losses) < self.config.num_steps:
                self._step()
                step = len(self.losses)
                if progress is not None and step and step % 5 == 0:
                    words = f"step {step}, loss {self.losses[-1]:.3f}"
                    progress(step / self.config.num_steps, words)
        finally:
            torch.set_num_threads(threads)
        losses = np.array(self.losses)
        return Trained(self.config, self.words, losses, dict(self._states), self._diverged)

    def _step(self) -> None:
        import torch

        step, last = len(self.losses) + 1, self.config.num_steps
        for group in self._optimizer.param_groups:
            group["lr"] = 0.005 + (0.0005 - 0.005) * (step - 1) / max(last - 1, 1)
        chosen = torch.from_numpy(self._rng.integers(len(self._data[0]), size=64))
        loss = _loss(self._model, self.config, *(part[chosen] for part in self._data))
        if not torch.isfinite(loss):
            self._diverged = step
            return
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        self._optimizer.step()
        self.losses.append(float(loss.detach()))
        if step in CHECKPOINTS or step == last:
            self._states[step] = state_of(self._model)


def _loss(
    model: "torch.nn.ModuleDict",
    config: Config,
    source: "torch.Tensor",
    lengths: "torch.Tensor",
    target: "torch.Tensor",
) -> "torch.Tensor":
    import torch

    # Teacher forcing: the truth goes in, shifted right by one.
    inputs = torch.cat([torch.ones_like(target[:, :1]), target[:, :-1]], 1)
    wanted = target
    if config.stack == "vertical":
        beyond = torch.arange(target.shape[1]) >= lengths[:, None]
        wanted = target.masked_fill(beyond, 0)
    scores = logits(model, config, source, lengths, inputs)
    return torch.nn.functional.cross_entropy(
        scores.reshape(-1, scores.shape[2]), wanted.reshape(-1), ignore_index=0
    )


def state_of(model: "torch.nn.ModuleDict") -> State:
    """The weights as read-only arrays."""
    found = {name: value.detach().numpy().copy() for name, value in model.state_dict().items()}
    for array in found.values():
        array.setflags(write=False)
    return found
