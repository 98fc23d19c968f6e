"""The encoder-decoder: trained, run freely or with a teacher, and asked what reaches what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from viz.translation.corpus import EOS, SOS, SPECIAL, Pair

if TYPE_CHECKING:
    import torch

FloatArray = npt.NDArray[np.float64]
CHECKPOINTS = (0, 25, 50, 100, 200, 300, 400, 600)
MAX_TOKENS = 20
TOP = 5


@dataclass(frozen=True, slots=True)
class Config:
    """One trained model.

    Attributes:
        stack: "horizontal" hands h_T to the decoder, "vertical" hands h_t to step t.
        cell: "gru" or "rnn". hidden_size: H, of embeddings and states.
        source_sos: whether the source begins with the start symbol.
    """

    stack: str = "horizontal"
    cell: str = "gru"
    hidden_size: int = 64
    seed: int = 0
    num_steps: int = 600
    source_sos: bool = False

    def __post_init__(self) -> None:
        if not 4 <= self.hidden_size <= 256:
            raise ValueError(f"hidden size must be between 4 and 256, got {self.hidden_size}")
        if self.cell not in ("gru", "rnn"):
            raise ValueError(f"cell must be gru or rnn, got '{self.cell}'")
        if self.stack not in ("horizontal", "vertical"):
            raise ValueError(f"stack must be horizontal or vertical, got '{self.stack}'")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of both sides; numbers 0, 1, 2 are the pad, start and end symbols."""

    source: tuple[str, ...]
    target: tuple[str, ...]

    def source_ids(self, words: Sequence[str], *, source_sos: bool) -> list[int]:
        """Numbers of a source sentence with its end symbol.

        Raises:
            ValueError: a word is unknown; the sentence lists the known ones.
        """
        known = {word: i for i, word in enumerate(self.source)}
        for word in words:
            if word not in known:
                listed = ", ".join(self.source[len(SPECIAL) :])
                raise ValueError(f"unknown word '{word}' - known Spanish words: {listed}")
        if not words:
            raise ValueError("the sentence needs at least 1 word")
        return [*([1] if source_sos else []), *(known[word] for word in words), 2]

    def target_ids(self, words: Sequence[str]) -> list[int]:
        """Numbers of target words."""
        known = {word: i for i, word in enumerate(self.target)}
        for word in words:
            if word not in known:
                listed = ", ".join(self.target[len(SPECIAL) :])
                raise ValueError(f"unknown word '{word}' - known English words: {listed}")
        return [known[word] for word in words]


def vocabulary(pairs: Sequence[Pair]) -> Vocabulary:
    """All words of a corpus, sorted."""
    source = sorted({word for pair in pairs for word in pair.source})
    target = sorted({word for pair in pairs for word in pair.target})
    return Vocabulary((*SPECIAL, *source), (*SPECIAL, *target))


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
    states: Mapping[int, Mapping[str, npt.NDArray[np.float32]]]
    diverged: int | None


def build(config: Config, words: Vocabulary, *, double: bool = False) -> "torch.nn.Module":
    """An untrained model with seeded weights.

    Encoder h_i = cell(e_i, h_{i-1}); horizontal: d_0 = h_S, d_t = cell(E[w_t], d_{t-1});
    vertical: d_0 = 0, d_t = cell([E[w_t]; h_t], d_{t-1}). Logits W d_t + b.
    """
    import torch

    size = config.hidden_size
    cell: Any = {"gru": torch.nn.GRU, "rnn": torch.nn.RNN}[config.cell]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        model = torch.nn.ModuleDict(
            {
                "source": torch.nn.Embedding(len(words.source), size, padding_idx=0),
                "target": torch.nn.Embedding(len(words.target), size, padding_idx=0),
                "encoder": cell(size, size, batch_first=True),
                "decoder": cell(
                    size * (2 if config.stack == "vertical" else 1), size, batch_first=True
                ),
                "out": torch.nn.Linear(size, len(words.target)),
            }
        )
    return model.double() if double else model


def logits(
    model: "torch.nn.Module",
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


def _batch(
    pairs: Sequence[Pair], config: Config, words: Vocabulary
) -> tuple["torch.Tensor", "torch.Tensor", "torch.Tensor", "torch.Tensor"]:
    """Source, lengths, decoder inputs and targets, padded with 0."""
    import torch

    sources = [words.source_ids(pair.source, source_sos=config.source_sos) for pair in pairs]
    targets = [[*words.target_ids(pair.target), 2] for pair in pairs]
    widest, longest = max(map(len, sources)), max(map(len, targets))
    source = torch.tensor([s + [0] * (widest - len(s)) for s in sources])
    lengths = torch.tensor([len(s) for s in sources])
    target = torch.tensor([t + [0] * (longest - len(t)) for t in targets])
    inputs = torch.cat([torch.full((len(pairs), 1), 1), target[:, :-1]], 1)
    return source, lengths, inputs, target


def train(
    config: Config,
    pairs: Sequence[Pair],
    *,
    words: Vocabulary | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Trained:
    """Teach a model: Adam, rate 0.005 falling to 0.0005, batches of 64, gradients clipped at 1.

    The loss is the mean cross-entropy over real target tokens; a vertical model is only asked
    for as many tokens as it has source words.
    """
    import torch

    words = words or vocabulary(pairs)
    model = build(config, words)
    data = _batch(pairs, config, words)
    rng = np.random.default_rng(config.seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
    losses, states = list[float](), {0: _state(model)}
    diverged = None
    for step in range(1, config.num_steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = 0.005 + (0.0005 - 0.005) * (step - 1) / max(config.num_steps - 1, 1)
        chosen = torch.from_numpy(rng.integers(len(pairs), size=64))
        loss = _loss(model, config, *(part[chosen] for part in data))
        if not torch.isfinite(loss):
            diverged = step
            break
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if step in CHECKPOINTS or step == config.num_steps:
            states[step] = _state(model)
        if progress is not None and step % 5 == 0:
            progress(step / config.num_steps, f"step {step}, loss {losses[-1]:.3f}")
    return Trained(config, words, np.array(losses), states, diverged)


def _loss(
    model: "torch.nn.Module",
    config: Config,
    source: "torch.Tensor",
    lengths: "torch.Tensor",
    inputs: "torch.Tensor",
    target: "torch.Tensor",
) -> "torch.Tensor":
    import torch

    wanted = target
    if config.stack == "vertical":
        beyond = torch.arange(target.shape[1]) >= lengths[:, None]
        wanted = target.masked_fill(beyond, 0)
    scores = logits(model, config, source, lengths, inputs)
    return torch.nn.functional.cross_entropy(
        scores.reshape(-1, scores.shape[2]), wanted.reshape(-1), ignore_index=0
    )


def _state(model: "torch.nn.Module") -> dict[str, npt.NDArray[np.float32]]:
    found = {name: value.detach().numpy().copy() for name, value in model.state_dict().items()}
    for array in found.values():
        array.setflags(write=False)
    return found


def load(trained: Trained, step: int) -> "torch.nn.Module":
    """The model as it was after ``step`` steps."""
    import torch

    model = build(trained.config, trained.words)
    weights = {name: torch.from_numpy(np.array(a)) for name, a in trained.states[step].items()}
    model.load_state_dict(weights)
    return model.eval()


@dataclass(frozen=True, slots=True)
class Said:
    """One run of the decoder.

    Attributes:
        fed: w1, w2, ...; said: the likeliest (or drawn) word at each step, with its probability.
        top: the five likeliest words of each step.
        ended: whether the end symbol came.
    """

    fed: tuple[str, ...]
    said: tuple[str, ...]
    probabilities: tuple[float, ...]
    top: tuple[tuple[tuple[str, float], ...], ...]
    ended: bool


def run_free(
    model: "torch.nn.Module",
    config: Config,
    words: Vocabulary,
    source: Sequence[str],
    *,
    force: Mapping[int, str] | None = None,
    teacher: Sequence[str] | None = None,
    temperature: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Said:
    """Let the decoder speak.

    Args:
        model, config, words: the translator.
        source: Spanish words.
        force: {j: word}: fed as w_{j+1} in place of output word j.
        teacher: if given, the truth is fed (teacher forcing) and the run is as long as it.
        temperature: 0 takes the likeliest word, above it words are drawn.
        rng: the source of the draws.
    """
    import torch

    ids = words.source_ids(source, source_sos=config.source_sos)
    limit = MAX_TOKENS if config.stack == "horizontal" else len(ids)
    if teacher is not None:
        limit = min(limit, len(teacher) + 1)
    fed, said, chances, tops = [SOS], list[str](), list[float](), list[Any]()
    tensor, length = torch.tensor([ids]), torch.tensor([len(ids)])
    with torch.no_grad():
        for step in range(limit):
            inputs = torch.tensor([words.target_ids(fed)])
            scores = logits(model, config, tensor, length, inputs)[0, -1].clone()
            scores[[0, 1]] = -torch.inf
            chance = torch.softmax(scores, 0).numpy()
            pick = _pick(scores.numpy(), temperature, rng)
            best = np.argsort(-chance, kind="stable")[:TOP]
            said.append(words.target[pick])
            chances.append(float(chance[pick]))
            tops.append(tuple((words.target[i], float(chance[i])) for i in best))
            if said[-1] == EOS and teacher is None:
                break
            following = teacher[step] if teacher is not None and step < len(teacher) else said[-1]
            fed.append((force or {}).get(step + 1, following))
    used = tuple(fed[: len(said)])
    return Said(used, tuple(said), tuple(chances), tuple(tops), said[-1] == EOS)


def _pick(scores: npt.NDArray[np.float32], temperature: float, rng: Any) -> int:
    if temperature <= 0 or rng is None:
        return int(np.argmax(scores))
    noise = rng.gumbel(size=len(scores))
    return int(np.argmax(scores / temperature + noise))


@dataclass(frozen=True, slots=True, eq=False)
class Accuracy:
    """Shares that are right: of tokens and of whole sentences, and of tokens by position."""

    tokens: float
    sentences: float
    positions: FloatArray


def evaluate(
    model: "torch.nn.Module",
    config: Config,
    words: Vocabulary,
    pairs: Sequence[Pair],
    *,
    free: bool,
    kick: int | None = None,
    rng: np.random.Generator | None = None,
) -> Accuracy:
    """Measure accuracy; with ``kick`` a random wrong word is fed after output ``kick``.

    With a kick only the tokens after it count. Sentences run in one batch.
    """
    import torch

    source, lengths, inputs, target = _batch(pairs, config, words)
    with torch.no_grad():
        if free:
            guesses = _free_batch(model, config, source, lengths, target, kick, rng)
        else:
            scores = logits(model, config, source, lengths, inputs)
            scores[:, :, [0, 1]] = -torch.inf
            guesses = scores.argmax(2)
    if config.stack == "vertical":
        guesses = guesses.masked_fill(torch.arange(target.shape[1]) >= lengths[:, None], -1)
    real = target != 0
    if kick is not None:
        real = real & (torch.arange(target.shape[1]) >= kick)
    right = (guesses == target) & real
    by_position = (right.sum(0) / real.sum(0).clamp(min=1)).double().numpy()
    whole = (right | ~real).all(1)
    return Accuracy(float(right.sum() / real.sum()), float(whole.double().mean()), by_position)


def _free_batch(
    model: "torch.nn.Module",
    config: Config,
    source: "torch.Tensor",
    lengths: "torch.Tensor",
    target: "torch.Tensor",
    kick: int | None,
    rng: np.random.Generator | None,
) -> "torch.Tensor":
    import torch

    fed = torch.full((len(source), 1), 1)
    guesses = list[torch.Tensor]()
    for step in range(target.shape[1]):
        scores = logits(model, config, source, lengths, fed)[:, -1].clone()
        scores[:, [0, 1]] = -torch.inf
        guess = scores.argmax(1)
        guesses.append(guess)
        following = guess
        if kick == step + 1 and rng is not None:
            # Any word but the true one, the end symbol and the other special ones.
            wrong = torch.from_numpy(rng.integers(3, scores.shape[1] - 1, size=len(guess)))
            following = wrong + (wrong >= target[:, step].clamp(min=3)).long()
        fed = torch.cat([fed, following[:, None]], 1)
    return torch.stack(guesses, 1)


def information_flow(
    model: "torch.nn.Module",
    config: Config,
    words: Vocabulary,
    source: Sequence[str],
    inputs: Sequence[str],
) -> FloatArray:
    """How strongly each output depends on each source word, shape (target, source).

    M[j, i] = Frobenius norm of d logits_j / d embedding_i, in double precision.
    """
    import torch

    exact: Any = model
    exact = exact.double()
    ids = torch.tensor([words.source_ids(source, source_sos=config.source_sos)])
    length = torch.tensor([ids.shape[1]])
    embedded = exact["source"](ids).detach().requires_grad_()
    fed = torch.tensor([words.target_ids(inputs)])
    scores = logits(exact, config, ids, length, fed, embedded)[0]
    flow = np.zeros((scores.shape[0], ids.shape[1]))
    width = scores.shape[1]
    for j in range(scores.shape[0]):
        (grads,) = torch.autograd.grad(
            scores[j],
            embedded,
            torch.eye(width, dtype=scores.dtype),
            is_grads_batched=True,
            retain_graph=True,
        )
        flow[j] = grads[:, 0].square().sum(dim=(0, 2)).sqrt().numpy()
    exact.float()
    return flow
