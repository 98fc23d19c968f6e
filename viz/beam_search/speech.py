"""Language models of a text, and what a search over a real vocabulary finds in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from viz.beam_search.compute import Hypothesis, Penalty, length_penalty
from viz.beam_search.language import BIGRAM, TRIGRAM, NGramDecoder, read_sentences
from viz.beam_search.recurrent import RecurrentDecoder, Trained, recorded, train
from viz.beam_search.results import Run, run_search

Report = Callable[[float, str], None]
QUICK_TABLE = 150_000
SHIPPED = ("story", "rhyme")
KEPT = 6
_SHELF: dict[str, Trained] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """A search over a language model.

    Attributes:
        kind: "trigram", "bigram" or "recurrent".
        source: the name of the text, "own" for the learner's.
        num_sentences, num_words: size of the text.
        losses: nats a word before each epoch, empty for counts.
        text: the text itself.
    """

    run: Run
    kind: str
    source: str
    num_sentences: int
    num_words: int
    losses: tuple[float, ...]
    text: str

    @property
    def num_different(self) -> int:
        """Different words, without the end token."""
        return len(self.run.decoder.vocabulary) - 1

    def best_by_length(self) -> tuple[Hypothesis, ...]:
        """The best sentence of every length; empty if it cannot be found by going through all."""
        if self.kind == "recurrent":
            return ()
        return lengths(self.kind, self.text, self.run.num_steps)


@lru_cache(maxsize=16)
def counted(kind: str, text: str) -> NGramDecoder:
    """The n-gram model of a text."""
    return NGramDecoder(read_sentences(text), weights=TRIGRAM if kind == "trigram" else BIGRAM)


@lru_cache(maxsize=16)
def _decoder_of(model: Trained) -> RecurrentDecoder:
    return model.decoder()


@lru_cache(maxsize=32)
def lengths(kind: str, text: str, num_steps: int) -> tuple[Hypothesis, ...]:
    """The best sentence of every length, or nothing if the model is too large for that."""
    decoder = counted(kind, text)
    return decoder.best_by_length(num_steps) if decoder.is_small() else ()


def trained(source: str, text: str, progress: Report) -> Trained:
    """The recurrent model: from file for the shipped texts, else trained now and kept."""
    if source in SHIPPED:
        return recorded(source)
    if text not in _SHELF:
        _SHELF[text] = train(read_sentences(text), progress=progress)
        while len(_SHELF) > KEPT:
            _SHELF.pop(next(iter(_SHELF)))
    return _SHELF[text]


def speech(
    kind: str,
    source: str,
    text: str,
    *,
    num_steps: int,
    beam_width: int,
    widths: Sequence[int],
    alpha: float,
    penalty: Penalty,
    progress: Report,
) -> Speech:
    """Fit or load the model of a text, and search it."""
    sentences = read_sentences(text)
    model = trained(source, text, progress) if kind == "recurrent" else None
    decoder = _decoder_of(model) if model else counted(kind, text)
    run = run_search(
        decoder,
        name="text",
        num_steps=num_steps,
        beam_width=beam_width,
        widths=widths,
        alpha=alpha,
        penalty=penalty,
    )
    if run.exact is None and kind != "recurrent" and counted(kind, text).is_small(QUICK_TABLE):
        run = _with_exact(run, lengths(kind, text, num_steps))
    losses = model.losses if model else ()
    count = sum(map(len, sentences))
    return Speech(run, kind, source, len(sentences), count, losses, text)


def _with_exact(run: Run, found: tuple[Hypothesis, ...]) -> Run:
    scored = [
        replace(h, score=h.log_prob / length_penalty(len(h.tokens), run.alpha, run.penalty))
        for h in found
    ]
    return replace(run, exact=max(scored, key=lambda one: one.score)) if scored else run
