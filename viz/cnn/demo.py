"""The exam's net and images, nets that were trained, and one filter at work: the views."""

from collections.abc import Mapping
from typing import Any

from viz.cnn import (
    derivations,
    figures,
    filter_figures,
    promise_figures,
    scoreboard,
    slide_figures,
    snippets,
    store,
    sweep_figures,
    table_derivation,
    witnesses,
    wording,
)
from viz.cnn.compute import size_text
from viz.cnn.controls import (
    FilterSettings,
    NetSettings,
    SlideSettings,
    TableSettings,
    run_filter,
    run_net,
    run_slide,
    run_table,
)
from viz.cnn.exam import SEED
from viz.cnn.slides import Slide
from viz.cnn.sweeps import Sweep
from viz.cnn.tabulation import Table
from viz.draw.film import Film
from viz.draw.numbers import count
from viz.settings import BaseSettings
from viz.view import Preset, View

__all__ = ["SEED", "VIEWS"]
VGG = (
    "CONV3-64 CONV3-64 POOL2 CONV3-128 CONV3-128 POOL2 CONV3-256 CONV3-256 CONV3-256 POOL2 "
    "CONV3-512 CONV3-512 CONV3-512 POOL2 CONV3-512 CONV3-512 CONV3-512 POOL2 "
    "FLATTEN FC-4096 FC-4096 FC-1000"
)
LENET = "CONV5-6 p0 / POOL2 / CONV5-16 p0 / POOL2 / FLATTEN / FC-120 / FC-84 / FC-10"
STRIDED = "CONV3-16 s2 / CONV3-32 s2 / CONV3-64 s2 / FLATTEN / FC-100 / FC-10"
LITERAL = "CONV2-3 circ both / RELU / CONV2-3 circ both / RELU / GAP / FC-3"


def value_table(found: Table) -> Mapping[str, Any]:
    """The table of Explore; cells to predict stay hidden."""

    def cell(place: int, column: str, value: str) -> str:
        return "?" if (place, column) in found.hidden else value

    def multiplications(place: int) -> str:
        shown = wording.number(found.shown_macs(place))
        return cell(place, "params", cell(place, "shape", shown))

    rows = list(enumerate(found.rows))
    return {
        "layer": [row.name for _, row in rows],
        "parameters": [cell(i, "params", wording.number(found.shown_params(i))) for i, _ in rows],
        "activations": [cell(i, "shape", size_text(row.shape)) for i, row in rows],
        "multiplications": [multiplications(i) for i, _ in rows],
        "one unit sees": [wording.field(found, i) for i, _ in rows],
        "bytes (float32)": [cell(i, "shape", wording.number(row.memory)) for i, row in rows],
    }


def more_table(found: Table, *, phone: bool = False) -> tuple[Film, ...]:
    chart = figures.dense_bars(found, phone=phone)
    return () if chart is None or found.hidden else (chart,)


def takes_drawing(settings: BaseSettings) -> bool:
    """Whether the view shows the reader's own picture."""
    return "own" in (getattr(settings, "image", ""), getattr(settings, "picture", ""))


def more_slide(found: Slide, *, phone: bool = False) -> tuple[Film, ...]:
    return (promise_figures.padding_bars(found, phone=phone),)


def more_net(found: Sweep, *, phone: bool = False) -> tuple[Film, ...]:
    del found
    return (scoreboard.scoreboard(phone=phone),)


TABLE: View[Any, Any] = View(
    key="table",
    label="Table",
    settings=TableSettings,
    run=run_table,
    film=figures.table_film,
    answer=snippets.table_answer,
    snippet=lambda s: snippets.table_snippet(run_table(s)),
    derive=table_derivation.table_lines,
    agree=lambda s: witnesses.table_agree(run_table(s)),
    more=more_table,
    table=value_table,
    presets=(
        Preset("Exam 7(a)", {}, "Predict a cell, then take a step."),
        Preset(
            "Exam 7(b)",
            {"architecture": store.FEATURE_NET, "height": 7, "width": 8},
            "66 parameters.",
        ),
        Preset(
            "LeNet-like",
            {"architecture": LENET, "height": 32, "width": 32, "hide": "none"},
            f"Three dense layers carry most of the {count(61_706)} parameters.",
        ),
        Preset(
            "VGG-16",
            {
                "architecture": VGG,
                "height": 224,
                "width": 224,
                "channels": 3,
                "hide": "none",
            },
            f"{count(138_357_544)} parameters; 74% of them in the first dense layer.",
        ),
        Preset(
            "Strided",
            {"architecture": STRIDED, "height": 64, "width": 48, "channels": 3, "hide": "none"},
            "Strides shrink the image without any pooling.",
        ),
    ),
    findings=(
        Preset(
            "dense instead",
            {"hide": "none", "dense": True},
            "What one dense layer in the place of the first convolution would have to learn.",
            step=0,
        ),
        Preset(
            "an image of 64×64",
            {"hide": "none", "height": 64, "width": 64},
            "Which counts grow with the image? Only the one behind FLATTEN.",
        ),
        Preset(
            "the second convolution",
            {"hide": "none"},
            "Each of its filters is as deep as what comes in: 3×3×10.",
            step=2,
        ),
    ),
)
SLIDE: View[Any, Any] = View(
    key="slide",
    label="Slide",
    settings=SlideSettings,
    run=run_slide,
    film=slide_figures.torus_walk,
    answer=snippets.slide_answer,
    snippet=lambda s: snippets.slide_snippet(run_slide(s)),
    derive=derivations.slide_lines,
    agree=lambda s: witnesses.slide_agree(run_slide(s)),
    more=more_slide,
    presets=(
        Preset("Exam, x₂ to x₃", {}, "Shifted by (0, 5), the vertical line keeps its average."),
        Preset("Exam, x₁ to x₄", {"image": "x1"}, "Shifted by (4, 0): the same for rows."),
        Preset(
            "3×3 on both sides",
            {"image": "ring", "weights": "random", "kernel_size": 3, "padding": "circular both"},
            "An odd kernel keeps the size, and the promise.",
        ),
        Preset("Own image", {"image": "own", "weights": "trained"}, "Draw with # and . below."),
    ),
    findings=(
        Preset(
            "the catch",
            {"image": "x1", "padding": "circular both"},
            "Part (b) wraps before the first row and column only. With PyTorch's padding=1 on both "
            "sides, a line in the first row counts three times.",
        ),
        Preset(
            "zeros instead",
            {"padding": "zeros before"},
            "At the border the kernel meets zeros: the averages move.",
        ),
        Preset(
            "POOL2 in between",
            {"image": "ring", "weights": "trained", "pooled": True},
            "Only even shifts keep the averages.",
        ),
    ),
)
NETS: View[Any, Any] = View(
    key="nets",
    label="Trained nets",
    settings=NetSettings,
    run=run_net,
    film=sweep_figures.line_sweep,
    answer=lambda result: result.untrained_change,
    snippet=lambda s: snippets.sweep_snippet(run_net(s)),
    derive=derivations.sweep_lines,
    agree=lambda s: witnesses.sweep_agree(run_net(s)),
    more=more_net,
    findings=(
        Preset(
            "GAP instead of FLATTEN",
            {"net": "GAP, circular"},
            "It saw lines in the middle only, and knows them everywhere.",
        ),
        Preset(
            "GAP with zeros around",
            {"net": "GAP, zeros"},
            "Only the outermost rows suffer: zero padding gives the border away.",
            step=0,
        ),
        Preset(
            "wrapping alone",
            {"net": "FLATTEN, circular"},
            "Circular padding does not help while FLATTEN remembers where.",
        ),
    ),
)
FILTER: View[Any, Any] = View(
    key="filter",
    label="One filter",
    settings=FilterSettings,
    run=run_filter,
    film=filter_figures.filter_film,
    answer=snippets.filter_answer,
    snippet=lambda s: snippets.filter_snippet(run_filter(s)),
    derive=derivations.filter_lines,
    agree=lambda s: witnesses.filter_agree(run_filter(s)),
    presets=(
        Preset("Vertical edges", {"kernel": "vertical edge"}, "Left and right sides light up."),
        Preset("Blur", {"kernel": "blur"}, "A weighted mean of nine pixels."),
        Preset("Own picture", {"picture": "own"}, "Draw with # and . below, or load an image."),
    ),
    findings=(
        Preset(
            "outline",
            {"kernel": "outline", "picture": "ring"},
            "The weights add up to 0: even areas give 0.",
        ),
        Preset("stride 2", {"stride": 2}, "Every second position: a map of a quarter the size."),
        Preset("no padding", {"padding": 0}, "The map loses one row and one column on every side."),
    ),
)
VIEWS = (TABLE, SLIDE, NETS, FILTER)
