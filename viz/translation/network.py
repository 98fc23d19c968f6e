"""The encoder-decoder read forward in numpy: states, words, accuracies, and what reaches what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viz.translation.compute import EOS, SOS, SPECIAL, FloatArray
from viz.translation.corpus import Pair

MAX_TOKENS = 20
TOP = 5
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Config:
    """One model.

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
        if not 1 <= len(words) <= MAX_TOKENS:
            raise ValueError(
                f"Spanish sentence must have 1 to {MAX_TOKENS} words, got {len(words)}"
            )
        ids = _numbers(words, self.source, "Spanish")
        return [*([1] if source_sos else []), *ids, 2]

    def target_ids(self, words: Sequence[str]) -> list[int]:
        """Numbers of target words."""
        return _numbers(words, self.target, "English")


def _numbers(words: Sequence[str], vocabulary: tuple[str, ...], language: str) -> list[int]:
    known = {word: i for i, word in enumerate(vocabulary)}
    for word in words:
        if word not in known:
            listed = ", ".join(vocabulary[len(SPECIAL) :][:60])
            raise ValueError(f"unknown word '{word}' - known {language} words: {listed}")
    return [known[word] for word in words]


def vocabulary(pairs: Sequence[Pair]) -> Vocabulary:
    """All words of a corpus, sorted."""
    source = sorted({word for pair in pairs for word in pair.source} - set(SPECIAL))
    target = sorted({word for pair in pairs for word in pair.target} - set(SPECIAL))
    return Vocabulary((*SPECIAL, *source), (*SPECIAL, *target))


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A model with its weights, named as in torch's state dict.

    Encoder h_i = cell(E[x_i], h_{i-1}); horizontal: d_0 = h_S, d_t = cell(E[w_t], d_{t-1});
    vertical: d_0 = 0, d_t = cell([E[w_t]; h_t], d_{t-1}). Scores W d_t + b.
    """

    config: Config
    words: Vocabulary
    weights: Mapping[str, npt.NDArray[Any]]

    @property
    def size(self) -> int:
        """H, of embeddings and states."""
        return int(self.weights["encoder.weight_hh_l0"].shape[1])

    def step(self, part: str, x: FloatArray, state: FloatArray) -> FloatArray:
        """The next state of "encoder" or "decoder"; x (batch, in), state (batch, H)."""
        new, *_ = self.cell(part, x, state)
        return new

    def cell(self, part: str, x: FloatArray, state: FloatArray) -> tuple[FloatArray, ...]:
        """New state; for a GRU also reset, update, candidate and the candidate's memory."""
        from_x = x @ self.weights[f"{part}.weight_ih_l0"].T + self.weights[f"{part}.bias_ih_l0"]
        from_h = state @ self.weights[f"{part}.weight_hh_l0"].T + self.weights[f"{part}.bias_hh_l0"]
        if self.config.cell == "rnn":
            return (np.tanh(from_x + from_h),)
        size = state.shape[1]
        both = 1 / (1 + np.exp(-(from_x[:, : 2 * size] + from_h[:, : 2 * size])))
        reset, update = both[:, :size], both[:, size:]
        memory = from_h[:, 2 * size :]
        candidate = np.tanh(from_x[:, 2 * size :] + reset * memory)
        return (1 - update) * candidate + update * state, reset, update, candidate, memory

    def encode(self, source: IntArray) -> FloatArray:
        """All states, shape (batch, source, H)."""
        state = np.zeros((len(source), self.size))
        states = []
        for i in range(source.shape[1]):
            state = self.step("encoder", self.weights["source.weight"][source[:, i]], state)
            states.append(state)
        return np.stack(states, axis=1)

    def start(self, states: FloatArray, lengths: IntArray) -> FloatArray:
        """d_0: each sentence's own last state, never one at its padding; vertical: zeros."""
        if self.config.stack == "vertical":
            return np.zeros_like(states[:, 0])
        return np.asarray(states[np.arange(len(states)), lengths - 1])

    def fed(self, words: IntArray, states: FloatArray, step: int) -> FloatArray:
        """What enters decoder step ``step`` (from 0)."""
        embedded = self.weights["target.weight"][words]
        if self.config.stack == "horizontal":
            return np.asarray(embedded, dtype=np.float64)
        beside = states[:, step] if step < states.shape[1] else np.zeros_like(states[:, 0])
        return np.concatenate([embedded, beside], axis=1)

    def scores(self, state: FloatArray) -> FloatArray:
        """One number for every target word."""
        return np.asarray(state @ self.weights["out.weight"].T + self.weights["out.bias"])


def probabilities(scores: FloatArray) -> FloatArray:
    """Softmax over the words that may be said: all but the pad and the start symbol."""
    allowed = scores.copy()
    allowed[..., :2] = -np.inf
    raised = np.exp(allowed - allowed.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


@dataclass(frozen=True, slots=True)
class Said:
    """One run of the decoder.

    Attributes:
        fed: w1, w2, ...; said: the likeliest (or drawn) word at each step.
        chances: its probability, at the temperature it was drawn with; wanted: that of the true
            word (0 beyond the truth's end).
        top: the five likeliest words of each step.
        ended: whether the end symbol came.
    """

    fed: tuple[str, ...]
    said: tuple[str, ...]
    chances: tuple[float, ...]
    wanted: tuple[float, ...]
    top: tuple[tuple[tuple[str, float], ...], ...]
    ended: bool


def speak(
    network: Network,
    source: Sequence[str],
    *,
    force: Mapping[int, str] | None = None,
    teacher: Sequence[str] | None = None,
    truth: Sequence[str] | None = None,
    temperature: float = 0.0,
    rng: np.random.Generator | None = None,
) -> Said:
    """Let the decoder speak.

    Args:
        network: the translator.
        source: Spanish words.
        force: {j: word}: fed as w_{j+1} in place of output word j.
        teacher: if given, the truth is fed (teacher forcing) and the run is as long as it, with
            its end symbol; without a teacher it is cut after `MAX_TOKENS`.
        truth: the right words, only to look up their probabilities.
        temperature: 0 takes the likeliest word, above it words are drawn from p^(1/temperature).
        rng: the source of the draws.
    """
    words, config = network.words, network.config
    ids = np.array([words.source_ids(source, source_sos=config.source_sos)])
    limit = MAX_TOKENS if teacher is None else len(teacher) + 1
    if config.stack == "vertical":
        limit = min(limit, ids.shape[1])
    wanted = words.target_ids([*(truth if truth is not None else teacher or ()), EOS])
    states = network.encode(ids)
    state = network.start(states, np.array([ids.shape[1]]))
    fed, record = [SOS], list[tuple[str, float, float, tuple[tuple[str, float], ...]]]()
    for step in range(limit):
        entering = np.array(words.target_ids([fed[-1]]))
        state = network.step("decoder", network.fed(entering, states, step), state)
        chance = probabilities(network.scores(state) / (temperature or 1.0))[0]
        pick = _pick(chance, rng if temperature else None)
        best = np.argsort(-chance, kind="stable")[:TOP]
        top = tuple((words.target[i], float(chance[i])) for i in best)
        true = float(chance[wanted[step]]) if step < len(wanted) else 0.0
        record.append((words.target[pick], float(chance[pick]), true, top))
        if record[-1][0] == EOS and teacher is None:
            break
        following = teacher[step] if teacher and step < len(teacher) else record[-1][0]
        fed.append((force or {}).get(step + 1, following))
    said, chances, trues, tops = zip(*record, strict=True)
    return Said(tuple(fed[: len(said)]), said, chances, trues, tops, said[-1] == EOS)


def _pick(chance: FloatArray, rng: np.random.Generator | None) -> int:
    if rng is None:
        return int(np.argmax(chance))
    logs = np.log(np.maximum(chance, 1e-300))
    logs[:2] = -np.inf
    return int(np.argmax(logs + rng.gumbel(size=len(chance))))


def batch(
    pairs: Sequence[Pair], config: Config, words: Vocabulary
) -> tuple[IntArray, IntArray, IntArray]:
    """Sources, their lengths, and targets, padded with 0."""
    sources = [words.source_ids(pair.source, source_sos=config.source_sos) for pair in pairs]
    targets = [[*words.target_ids(pair.target), 2] for pair in pairs]
    widest, longest = max(map(len, sources)), max(map(len, targets))
    source = np.array([s + [0] * (widest - len(s)) for s in sources])
    target = np.array([t + [0] * (longest - len(t)) for t in targets])
    return source, np.array([len(s) for s in sources]), target
