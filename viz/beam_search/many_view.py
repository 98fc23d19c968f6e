"""Many random decoders: how often each width misses the best, and what it costs."""

from typing import Any, Literal

from viz.beam_search import many, many_figures, many_texts
from viz.beam_search.many import Many
from viz.beam_search.tree_view import MANY
from viz.settings import BaseSettings, choice, number
from viz.view import Preset, Progress, View, quiet

QUICK_WORK, FLAT_WORK = 2000, 250_000


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
    """Whether all those searches take more than a moment; flat models hardly allow cutting."""
    models = int(settings.num_models)
    sentences = settings.vocabulary_size**settings.num_steps
    flat = settings.sharpness < 1 and models * sentences > FLAT_WORK
    return flat or models * settings.vocabulary_size * settings.num_steps > QUICK_WORK


MODELS: View[Any, Any] = View(
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
        Preset("greedy alone", {}, "In more than a third of the models greedy is trapped.", step=0),
        Preset(
            "sharper models",
            {"sharpness": 5.0},
            "The surer the models are of each word, the more seldom greedy is wrong.",
            step=0,
        ),
        Preset(
            "longer sentences",
            {"num_steps": 10},
            "Ten words instead of six: greedy misses the best in more than half of the models.",
            step=0,
        ),
    ),
    table=many_figures.table,
)
