"""The search tree of small decoders: the exam's, ours, random ones, the learner's own."""

from functools import lru_cache
from typing import Any, Literal

from viz.beam_search import figures, results, texts, trees, width_figures
from viz.beam_search.exam import (
    SEED,
    TRAP_STEPS,
    curse_decoder,
    exam_decoder,
    trap_decoder,
)
from viz.beam_search.models import Decoder, RandomDecoder
from viz.beam_search.results import Run
from viz.settings import BaseSettings, choice, number, own_data
from viz.view import Preset, Progress, View, quiet

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


@lru_cache(maxsize=32)
def _random_decoder(size: int, seed: int, sharpness: float) -> RandomDecoder:
    return RandomDecoder(size, seed=seed, sharpness=sharpness)


@lru_cache(maxsize=32)
def _own_tree(text: str) -> trees.OwnTree:
    return trees.read_tree(text)


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
        decoder = _random_decoder(size, settings.seed, sharpness)
        return decoder, settings.num_steps, ""
    own = _own_tree(settings.own)
    notice = ""
    if own.uneven and settings.own != OWN_EXAMPLE:
        prefix, total = own.uneven[0]
        where = f"after “{prefix}”" if prefix else "at the start"
        notice = f"Note: {where} the probabilities add up to {total:.2f}, not to 1."
    return own.decoder, own.num_steps, notice


TREE: View[Any, Any] = View(
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
        Preset("Trap", {"model": "trap"}, "Two are kept, and one would have been better."),
        Preset("Curse", {"model": "curse", "beam_width": 3}, "It says nothing at all."),
        Preset("Random", {"model": "random", "wide_beam": 3}, "A net with random weights."),
        Preset("Own tree", {"model": "own tree", "wide_beam": 2}, "Type your own tree below."),
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
    more=width_figures.tree_charts,
    table=figures.table,
)
