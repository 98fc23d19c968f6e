"""The exam's decoder and others to search, up to language models that were really trained."""

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from viz import seeds
from viz.beam_search import (
    fan_figures,
    figures,
    many,
    many_figures,
    many_texts,
    results,
    speech,
    speech_figures,
    speech_texts,
    texts,
    trees,
)
from viz.beam_search.language import MarkovDecoder
from viz.beam_search.many import Many
from viz.beam_search.models import EOS, Decoder, RandomDecoder, TreeDecoder
from viz.beam_search.results import Run
from viz.beam_search.speech import Speech
from viz.settings import BaseSettings, choice, number, own_data
from viz.view import Preset, Progress, View, quiet


class Exam(seeds.SeedModel):
    """The whole seed file."""

    tokens: tuple[str, ...]
    num_steps: int
    greedy: str
    beam_2: str
    exhaustive: str
    survivors: tuple[str, ...]
    printed_order: tuple[tuple[float, float], ...]
    log_probs: dict[str, tuple[float, float]]
    path_sums: dict[str, float]
    clean: dict[str, tuple[float, float]]
    trap: dict[str, float]
    curse: dict[str, tuple[float, float, float]]


SEED = seeds.load("beam_search", Exam)
TRAP_STEPS = 4
QUICK_WORK = 2000


def exam_decoder() -> TreeDecoder:
    """The exam's tree with its printed log-probs."""
    return _tree(SEED.log_probs, SEED.tokens)


def clean_decoder() -> TreeDecoder:
    """The exam's tree with the probabilities behind the printed numbers."""
    rows = {p: tuple(math.log(share) for share in row) for p, row in SEED.clean.items()}
    return _tree(rows, SEED.tokens)


def trap_decoder() -> TreeDecoder:
    """A tree on which a beam of two loses to a beam of one."""
    rows = {p: (math.log(share), math.log(1 - share)) for p, share in SEED.trap.items()}
    return _tree(rows, ("a", "b"))


def curse_decoder() -> MarkovDecoder:
    """Words a and b and an end: the wider the beam, the shorter what is said."""
    rows = [SEED.curse["a"], SEED.curse["b"], (1.0, 1.0, 1.0), SEED.curse[""]]
    return MarkovDecoder(np.log(np.array(rows)), ("a", "b", EOS))


def _tree(rows: Mapping[str, tuple[float, ...]], words: tuple[str, ...]) -> TreeDecoder:
    table = {tuple(words.index(w) for w in p.split()): row for p, row in rows.items()}
    return TreeDecoder(table, words)


OWN_EXAMPLE = trees.write_tree(exam_decoder())
Model = Literal["exam", "trap", "curse", "random", "own tree"]
FIXED, FREE = ("exam", "trap", "curse"), ("random", "own tree")


class TreeSettings(BaseSettings):
    """A search tree; the step or the beam width is what the bar moves."""

    model: Model = choice("exam", key="model", label="Decoder")
    play: Literal["step", "width"] = choice(
        "step", key="play", label="The bar moves", hint="Steps of one search, or the beam width."
    )
    beam_width: int = number(
        2,
        key="k",
        label="Beam width k",
        low=1,
        high=8,
        when={"model": FIXED, "play": ("step",)},
        hint="1 is greedy; 8 looks at everything here.",
    )
    wide_beam: int = number(
        5,
        key="K",
        label="Beam width k",
        low=1,
        high=50,
        when={"model": FREE, "play": ("step",)},
    )
    num_steps: int = number(
        6, key="T", label="Steps T", low=1, high=10, when={"model": ("curse", "random")}
    )
    vocabulary_size: int = number(
        4, key="V", label="Words V", low=2, high=50, when={"model": ("random",)}
    )
    alpha: float = number(
        0.0,
        key="alpha",
        label="Length penalty α",
        low=0,
        high=2,
        step=0.1,
        when={"model": ("curse", "own tree")},
        hint="0 is none; it matters only where sentences can end.",
    )
    penalty: Literal["power", "gnmt"] = choice(
        "power",
        key="form",
        label="Penalty",
        when={"model": ("curse", "own tree")},
        hint="power: total / nᵅ; gnmt: total / ((5 + n) / 6)ᵅ.",
    )
    seed: int = number(
        0, key="seed", label="Seed", low=0, high=9999, box=True, when={"model": ("random",)}
    )
    sharpness: float = number(
        2.0,
        key="s",
        label="Sharpness",
        low=0.2,
        high=5,
        step=0.1,
        when={"model": ("random",)},
        hint="How much one word stands out.",
    )
    own: str = own_data(
        example=OWN_EXAMPLE,
        limit=40_000,
        when={"model": ("own tree",)},
        hint="Indented, one word a line with its log-prob (or p=0.6); or prefix : word=−0.5, "
        "word=p=0.3; or JSON. At most 8 words deep. <eos> ends a sentence.",
        upload=("txt", "json"),
    )


EIGHT = tuple(range(1, 9))
MANY = (*EIGHT, 10, 12, 15, 20)


def run_tree(settings: TreeSettings, progress: Progress = quiet) -> Run:
    del progress
    decoder, num_steps, notice = _decoder(settings)
    chosen = settings.beam_width if settings.model in FIXED else settings.wide_beam
    return results.run_search(
        decoder,
        name="own" if settings.model == "own tree" else settings.model,
        num_steps=num_steps,
        beam_width=chosen,
        widths=_widths(settings),
        alpha=settings.alpha if decoder.eos is not None else 0.0,
        penalty=settings.penalty,
        notice=notice,
    )


def _widths(settings: TreeSettings) -> tuple[int, ...]:
    """The beam widths that the bar moves through."""
    if settings.play != "width":
        return ()
    return EIGHT if settings.model in FIXED else MANY


def _decoder(settings: TreeSettings) -> tuple[Decoder, int, str]:
    if settings.model == "exam":
        return exam_decoder(), SEED.num_steps, ""
    if settings.model == "trap":
        return trap_decoder(), TRAP_STEPS, ""
    if settings.model == "curse":
        return curse_decoder(), settings.num_steps, ""
    if settings.model == "random":
        size, sharpness = settings.vocabulary_size, settings.sharpness
        decoder = RandomDecoder(size, seed=settings.seed, sharpness=sharpness)
        return decoder, settings.num_steps, ""
    own = trees.read_tree(settings.own)
    notice = ""
    if own.uneven and settings.own != OWN_EXAMPLE:
        prefix, total = own.uneven[0]
        where = f"after “{prefix}”" if prefix else "at the start"
        notice = f"Note: {where} the probabilities add up to {total:.2f}, not to 1."
    return own.decoder, own.num_steps, notice


TEXTS = {name: seeds.text(f"beam_search_{name}.txt") for name in speech.SHIPPED}
OWN_TEXT = (
    "The cat sat on the mat. The dog sat on the cat. The cat was not happy. The dog was happy on "
    "the cat. The mat said nothing. Who asks a mat? Nobody did."
)


class SpeechSettings(BaseSettings):
    """A language model; the word or the beam width is what the bar moves."""

    kind: Literal["trigram", "bigram", "recurrent"] = choice(
        "trigram",
        key="lm",
        label="Language model",
        hint="Counts of three or two words in a row, or a trained GRU.",
    )
    source: Literal["story", "rhyme", "own"] = choice("story", key="text", label="Text")
    play: Literal["step", "width"] = choice("step", key="play", label="The bar moves")
    wide_beam: int = number(
        5, key="K", label="Beam width k", low=1, high=50, when={"play": ("step",)}
    )
    alpha: float = number(
        0.0,
        key="alpha",
        label="Length penalty α",
        low=0,
        high=2,
        step=0.1,
        hint="0 ranks by the plain sum.",
    )
    num_words: int = number(25, key="L", label="Words at most", low=5, high=30)
    penalty: Literal["power", "gnmt"] = choice(
        "power",
        key="form",
        label="Penalty",
        hint="power: total / nᵅ; gnmt: total / ((5 + n) / 6)ᵅ.",
    )
    own: str = own_data(
        example=OWN_TEXT,
        limit=20_000,
        label="Your own text",
        when={"source": ("own",)},
        hint="At least 3 sentences and 20 words; sentences end at . ! or ?; up to 20,000 "
        "characters and 2,000 different words. The GRU is trained when you ask for it: seconds.",
        upload=("txt",),
    )


def run_speech(settings: SpeechSettings, progress: Progress = quiet) -> Speech:
    return speech.speech(
        settings.kind,
        settings.source,
        settings.own if settings.source == "own" else TEXTS[settings.source],
        num_steps=settings.num_words,
        beam_width=settings.wide_beam,
        widths=MANY if settings.play == "width" else (),
        alpha=settings.alpha,
        penalty=settings.penalty,
        progress=progress,
    )


class ManySettings(BaseSettings):
    """Many random decoders; the beam width is what the bar moves."""

    num_models: Literal["50", "200"] = choice("50", key="n", label="Random models")
    vocabulary_size: int = number(4, key="V", label="Words V", low=2, high=50)
    num_steps: int = number(6, key="T", label="Steps T", low=1, high=10)
    sharpness: float = number(
        2.0, key="s", label="Sharpness", low=0.2, high=5, step=0.1,
        hint="How much one word stands out.",
    )  # fmt: skip
    seed: int = number(0, key="seed", label="Seed", low=0, high=9999, box=True)


def run_many(settings: ManySettings, progress: Progress = quiet) -> Many:
    return many.many_models(
        vocabulary_size=settings.vocabulary_size,
        num_steps=settings.num_steps,
        sharpness=settings.sharpness,
        seed=settings.seed,
        num_models=int(settings.num_models),
        widths=MANY,
        progress=progress,
    )


def _is_long(settings: ManySettings) -> bool:
    """Whether all those searches take more than a moment."""
    work = int(settings.num_models) * settings.vocabulary_size * settings.num_steps
    return work > QUICK_WORK


VIEWS: tuple[View[Any, Any], ...] = (
    View(
        key="tree",
        label="Tree",
        settings=TreeSettings,
        run=run_tree,
        film=figures.search_tree,
        answer=lambda run: run.search.best.log_prob,
        snippet=lambda s: texts.tree_snippet(run_tree(s)),
        derive=texts.tree_lines,
        agree=lambda s: texts.tree_agree(run_tree(s)),
        presets=(
            Preset("Exam 8(a)", {"beam_width": 8}, "Everything is looked at."),
            Preset("Exam 8(b)", {"beam_width": 1}, "Greedy: one prefix is kept."),
            Preset("Exam 8(c)", {}, "Two are kept, and that is enough."),
        ),
        findings=(
            Preset(
                "keep only one",
                {"beam_width": 1},
                "Greedy is trapped by one step: it never sees “learn learn deep”.",
            ),
            Preset(
                "a tree on which two are worse than one",
                {"model": "trap", "play": "width"},
                "Move the bar: k = 1 finds the best, k = 2 loses it, k = 3 has it again.",
                step=1,
            ),
            Preset(
                "the beam-search curse",
                {"model": "curse", "beam_width": 3},
                "The better the search, the shorter the sentence: here it says nothing at all.",
            ),
        ),
        table=figures.table,
    ),
    View(
        key="text",
        label="Language model",
        settings=SpeechSettings,
        run=run_speech,
        film=fan_figures.spoken_fan,
        answer=lambda result: result.run.search.best.log_prob,
        snippet=lambda s: speech_texts.speech_snippet(run_speech(s)),
        derive=speech_texts.speech_lines,
        agree=lambda s: texts.tree_agree(run_speech(s).run),
        more=speech_figures.width_and_length,
        slow=lambda s: s.source == "own" and (s.kind == "recurrent" or len(s.own) > 4000),
        presets=(
            Preset("Text, k = 20", {"wide_beam": 20}, "It says two words."),
            Preset("Recurrent", {"kind": "recurrent"}, "A GRU of 48 hidden units."),
            Preset("Rhyme", {"source": "rhyme", "alpha": 1.0}, "A text that repeats itself."),
            Preset("Own text", {"source": "own"}, "Type or upload your own below."),
        ),
        findings=(
            Preset(
                "widen the beam",
                {"play": "width"},
                "Move the bar: 15 words at k = 1, 7 at k = 5, 3 at k = 20. The search gets "
                "better, the sentence shorter.",
                step=0,
            ),
            Preset(
                "a length penalty",
                {"wide_beam": 20, "alpha": 1.0},
                "The same beam now talks on. Search and score are two different things.",
            ),
            Preset(
                "look back one word only",
                {"kind": "bigram", "wide_beam": 1},
                "Greedy search runs in a circle and never ends.",
            ),
        ),
        table=fan_figures.table,
    ),
    View(
        key="many",
        label="Many models",
        settings=ManySettings,
        run=run_many,
        film=many_figures.missed_by_width,
        answer=many_texts.many_answer,
        snippet=lambda s: many_texts.many_snippet(run_many(s)),
        derive=many_texts.many_lines,
        agree=lambda s: many_texts.many_agree(run_many(s)),
        more=many_figures.share_missed,
        slow=_is_long,
        findings=(
            Preset(
                "greedy alone", {}, "In more than a third of the models greedy is trapped.", step=0
            ),
            Preset(
                "sharper models",
                {"sharpness": 5.0},
                "The surer the model is of each word, the more an early choice costs.",
                step=0,
            ),
            Preset("200 models", {"num_models": "200"}, "The same with four times as many."),
        ),
        table=many_figures.table,
    ),
)
