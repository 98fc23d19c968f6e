"""Language models of a text, shipped or own; run as a module it trains the nets anew."""

from typing import Any, Literal

from viz import seeds
from viz.beam_search import fan_figures, recurrent, speech, speech_texts, texts, width_figures
from viz.beam_search.language import read_sentences
from viz.beam_search.speech import Speech
from viz.beam_search.tree_view import MANY
from viz.settings import BaseSettings, choice, number, own_data
from viz.view import Preset, Progress, View, quiet

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


def _is_long(settings: SpeechSettings) -> bool:
    """Whether a net has to be trained, or a long text to be searched."""
    limit = 1500 if settings.play == "width" else 4000
    return settings.source == "own" and (settings.kind == "recurrent" or len(settings.own) > limit)


TEXT: View[Any, Any] = View(
    key="text",
    label="Language model",
    settings=SpeechSettings,
    run=run_speech,
    film=fan_figures.spoken_fan,
    answer=lambda result: result.run.search.best.log_prob,
    snippet=lambda s: speech_texts.speech_snippet(run_speech(s)),
    derive=speech_texts.speech_lines,
    agree=lambda s: texts.tree_agree(run_speech(s).run),
    more=width_figures.width_and_length,
    slow=_is_long,
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
            "Move the bar: 14 words at k = 1, 6 at k = 5, 2 at k = 20, the end token not "
            "counted. The search gets better, the sentence shorter.",
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
)

if __name__ == "__main__":
    recurrent.record({name: read_sentences(text) for name, text in TEXTS.items()})
