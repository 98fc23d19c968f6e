"""What the decoder is fed in training and in use, and which source words can reach an output."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
PAD, SOS, EOS = "<pad>", "<sos>", "<eos>"
SPECIAL = (PAD, SOS, EOS)
LONGEST = 8


def shift_right(tokens: Sequence[str], *, sos: str = SOS) -> tuple[str, ...]:
    """What a decoder is fed beside these outputs: the start symbol, then all but the last."""
    return (sos, *tokens[:-1])


def decoder_inputs(truth: Sequence[str], emitted: Sequence[str], mode: str) -> tuple[str, ...]:
    """w1, w2, ...: the truth shifted while training, the model's own words in evaluation."""
    if mode not in ("training", "evaluation"):
        raise ValueError(f"mode must be one of training, evaluation; got '{mode}'")
    return shift_right(truth if mode == "training" else emitted)


def reach(stack: str, *, num_source: int, num_target: int) -> npt.NDArray[np.bool_]:
    """Whether source word i can influence output j, shape (target, source).

    Horizontal: every word of the source. Vertical: only words 1 ... j.
    """
    if stack == "horizontal":
        return np.ones((num_target, num_source), dtype=bool)
    if stack == "vertical":
        return np.tril(np.ones((num_target, num_source), dtype=bool))
    raise ValueError(f"stack must be one of horizontal, vertical; got '{stack}'")


@dataclass(frozen=True, slots=True)
class Rows:
    """The exam's figure: what the decoder is fed in training and in evaluation.

    Attributes:
        source: what the encoder reads, with its symbols.
        truth, emitted: outputs with the end symbol, the shorter one filled up with "".
        training, evaluation: the two rows of decoder inputs; "" where a sentence has ended.
        differs: places (from 0) at which the rows differ.
    """

    source: tuple[str, ...]
    truth: tuple[str, ...]
    emitted: tuple[str, ...]
    training: tuple[str, ...]
    evaluation: tuple[str, ...]
    mode: str
    stack: str
    differs: tuple[int, ...]

    @property
    def fed(self) -> tuple[str, ...]:
        """The row of the present mode."""
        return self.training if self.mode == "training" else self.evaluation

    @property
    def steps(self) -> int:
        """How many outputs the decoder gives: until its row ends, or a vertical one's source."""
        count = sum(map(bool, self.fed))
        return min(count, len(self.source)) if self.stack == "vertical" else count

    @property
    def cut(self) -> bool:
        """Whether a vertical stack has too few source tokens for the row."""
        return self.steps < sum(map(bool, self.fed))


def rows(
    source: Sequence[str],
    truth: Sequence[str],
    emitted: Sequence[str],
    *,
    mode: str,
    stack: str,
) -> Rows:
    """Shift both rows; outputs get their end symbol, and after it comes nothing.

    Raises:
        ValueError: a sentence is empty or too long.
    """
    words = [word for word in source if word not in SPECIAL]
    for name, sentence in (
        ("Spanish sentence", words),
        ("Right translation", truth),
        ("What the model says", emitted),
    ):
        if not 1 <= len(sentence) <= LONGEST:
            raise ValueError(f"{name} must have 1 to {LONGEST} words, got {len(sentence)}")
    width = max(len(truth), len(emitted)) + 1
    true, said = (*truth, EOS), (*emitted, EOS)
    training, evaluation, true, said = (
        (*row, *[""] * (width - len(row)))
        for row in (
            decoder_inputs(true, said, "training"),
            decoder_inputs(true, said, "evaluation"),
            true,
            said,
        )
    )
    pairs = enumerate(zip(training, evaluation, strict=True))
    differs = tuple(j for j, (a, b) in pairs if a != b)
    return Rows(tuple(source), true, said, training, evaluation, mode, stack, differs)
