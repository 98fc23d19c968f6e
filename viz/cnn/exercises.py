"""The exam's questions on convolutional nets, and variants with other nets and images."""

from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from viz.cnn import maps, pictures, promise_figures, training
from viz.cnn.controls import SlideSettings, run_slide
from viz.cnn.exam import SMALL, exam_image
from viz.cnn.forms import Features
from viz.cnn.language import parse
from viz.cnn.maps import Array
from viz.cnn.net_questions import by_parameters, impossible_layer, receptive_field
from viz.cnn.table_questions import exam_table, sums
from viz.quiz import Feedback, Maker, Parts, Question, Table

Rng = np.random.Generator
Pair = tuple[int, int]


def shifted_features(rng: Rng | None) -> Question:
    """Part (b): the features of two shifted images."""
    images, found = _exam_features() if rng is None else _drawn_features(rng)
    third, fourth = (_partner(images, place) for place in (2, 3))
    known: dict[str, tuple[float, ...] | None] = {
        f"x{mark}": found[k] if k < 2 else None for k, mark in enumerate("₁₂₃₄")
    }
    drawings = dict(zip(known, images, strict=True))
    border = any(image[0].all() or image[:, 0].all() for image in images)
    sized = ", and nothing is added after the last ones, so sizes stay" if border else ""
    size = f"{len(images[0])}×{len(images[0][0])}"
    return Question(
        id="cn-x2",
        part="b",
        prompt=f"Two rounds of CONV2-3 and ReLU, then GAP, on images of {size}. Every convolution "
        "wraps around: the virtual row and column before the first ones equal the last ones"
        f"{sized}. For x₁ the features are {_listed(found[0])}, for x₂ {_listed(found[1])}. "
        "What are they for x₃ and x₄?",
        answer=Parts(
            ("g₃, three numbers", Features(found[2])), ("g₄, three numbers", Features(found[3]))
        ),
        why=f"x₃ is {_shift_words(images, third, 2)}, x₄ is {_shift_words(images, fourth, 3)}. "
        "Convolutions on a torus move along, the mean over all positions forgets where.",
        feedback=_feature_feedback(found, (third, fourth)),
        hint="Which of the first two images is it, moved along? What does the mean over all "
        "positions notice of that?",
        figure=partial(promise_figures.four_images, drawings, known),
        settings=_state(None if rng is None else images[third], third),
        points=4,
    )


def _state(drawn: Array | None, partner: int) -> SlideSettings:
    """The page with the exam's image, or with a variant's own."""
    if drawn is None:
        return SlideSettings(image="x2" if partner else "x1")
    return SlideSettings(image="own", own=pictures.drawn(drawn))


def _exam_features() -> tuple[tuple[Array, ...], tuple[tuple[float, ...], ...]]:
    names: tuple[str, ...] = tuple(SMALL)
    found = [run_slide(SlideSettings.model_validate({"image": n})).features_at_rest for n in names]
    return tuple(exam_image(name) for name in names), tuple(_rounded(g) for g in found)


def _drawn_features(rng: Rng) -> tuple[tuple[Array, ...], tuple[tuple[float, ...], ...]]:
    """Lines in another torus, and a net made to have features of one decimal."""
    height, width = (int(side) for side in rng.integers(5, 10, size=2))
    border = bool(rng.random() < 0.25)
    rows, columns = (_two_places(rng, side, border) for side in (height, width))
    images = [maps.line_image(height, width, row=row)[0] for row in rows]
    upright = [maps.line_image(height, width, column=column)[0] for column in columns]
    order = [
        images[0],
        upright[0],
        *((upright[1], images[1]) if rng.random() < 0.5 else (images[1], upright[1])),
    ]
    a, b = (float(v) / 10 for v in rng.choice(np.arange(1, 10), size=2, replace=False))
    extra = float(rng.integers(1, 10)) / 10 if rng.random() < 0.5 else 0.0
    layers = maps.gap_layers("circular before")
    (first, zero), (second, _) = maps.hand_made_weights(a * height / 2, b * width / 2)
    known = maps.with_weights(layers, ((first, zero), (second, np.array([0.0, 0.0, extra]))))
    found = maps.forward(layers, known, np.stack(order)[:, None])[-1]
    return tuple(order), tuple(_rounded(g) for g in found)


def _two_places(rng: Rng, side: int, border: bool) -> Pair:
    first, second = (int(i) for i in rng.choice(np.arange(1, side - 1), size=2, replace=False))
    return first, 0 if border else second


def _rounded(features: Array) -> tuple[float, ...]:
    return tuple(round(float(value), 9) + 0.0 for value in features)


def _partner(images: Sequence[Array], place: int) -> int:
    """0 or 1: which of the first two images is this one, shifted."""
    upright = bool(images[place].all(axis=0).any())
    return int(upright)


def _shift_words(images: Sequence[Array], partner: int, place: int) -> str:
    before, after = images[partner], images[place]
    axis = 1 if partner else 0
    by = int(after.sum(axis=1 - axis).argmax() - before.sum(axis=1 - axis).argmax())
    by %= before.shape[axis]
    unit = ("row", "column")[axis] + ("" if by == 1 else "s")
    return f"x{'₁₂'[partner]} shifted by {by} {unit} {'to the right' if axis else 'down'}"


def _listed(features: tuple[float, ...]) -> str:
    return f"[{', '.join(f'{value:g}' for value in features)}]"


def _feature_feedback(found: Sequence[tuple[float, ...]], partners: Pair) -> tuple[Feedback, ...]:
    said = []
    for part, partner in enumerate(partners):
        line = ("horizontal", "vertical")[partner]
        key = found[2 + part]
        said.append(
            Feedback(
                found[1 - partner],
                f"Which image is x{'₃₄'[part]} a shift of? Its line is {line}.",
                part=part,
            )
        )

        def scaled(value: tuple[float, ...], key: tuple[float, ...] = key) -> bool:
            same = all((v != 0) == (k != 0) for v, k in zip(value, key, strict=True))
            return same and not np.allclose(value, key, rtol=0.01, atol=0.01)

        words = "The mean over all positions forgets where: a place changes no number."
        said.append(Feedback(scaled, words, part=part))
    return tuple(said)


NETS = {
    "CONV2 wrapped before the first row and column, GAP": "CONV2-3 circ RELU CONV2-3 circ RELU GAP",
    "CONV3 wrapped on both sides, GAP": "CONV3-3 circ RELU CONV3-3 circ RELU GAP",
    "CONV3 with zeros around, GAP": "CONV3-3 RELU CONV3-3 RELU GAP",
    "CONV2 wrapped on both sides, GAP": "CONV2-3 circ both RELU CONV2-3 circ both RELU GAP",
    "CONV3 wrapped, POOL2, CONV3 wrapped, GAP, on 28×28": "CONV3-3 circ RELU POOL2 CONV3-3 circ "
    "RELU GAP",
    "CONV3 wrapped, FLATTEN, FC": "CONV3-3 circ RELU CONV3-3 circ RELU FLATTEN FC-3",
    "CONV5 wrapped on both sides, GAP": "CONV5-3 circ RELU CONV5-3 circ RELU GAP",
    "CONV1 without any padding, GAP": "CONV1-3 RELU CONV1-3 RELU GAP",
    "CONV3 without any padding, GAP": "CONV3-3 p0 RELU CONV3-3 p0 RELU GAP",
    "CONV3 wrapped with stride 2, GAP": "CONV3-3 s2 circ RELU GAP",
    "CONV1, FLATTEN, FC": "CONV1-3 RELU FLATTEN FC-3",
    "CONV4 wrapped before and after so that the size stays, GAP": "CONV4-3 circ RELU GAP",
}
SIDE = 28
EXAM_NETS = 6


@cache
def keeps_promise(text: str) -> bool:
    """Whether no circular shift of a random image changes the outputs of a random net."""
    rng = np.random.default_rng(1)
    layers = parse(text)
    known = training.initial_parameters(rng, layers, (SIDE, SIDE, 1))
    shifts = np.array([(0, 0), (1, 0), (0, 1), (2, 2), (5, 27), (14, 13)])
    return maps.shift_test(layers, known, rng.random((1, SIDE, SIDE)), shifts).exact


def invariant_nets(rng: Rng | None) -> Question:
    """Which nets are invariant to circular shifts?"""
    names = list(NETS)
    chosen = names[:EXAM_NETS]
    while rng is not None:
        chosen = [names[i] for i in rng.choice(len(names), size=EXAM_NETS, replace=False)]
        if 2 <= sum(keeps_promise(NETS[name]) for name in chosen) <= 4:
            break
    key = tuple((keeps_promise(NETS[name]),) for name in chosen)
    kept = [name for name in chosen if keeps_promise(NETS[name])]
    return Question(
        id="cn-x4",
        prompt="ReLU follows every convolution. Which nets give exactly the same output for every "
        "circular shift of every image, whatever their weights?",
        answer=Table(tuple(chosen), ("invariant",), key),
        why=f"Invariant: {'; '.join(kept)}. Every pixel must have the same neighbors wherever it "
        "stands, every position must be counted once, and places must be forgotten at the end.",
        feedback=_invariance_feedback(chosen, key),
        settings=SlideSettings.model_validate({"image": "x1", "padding": "circular both"}),
        points=3,
    )


def _invariance_feedback(
    chosen: Sequence[str], key: tuple[tuple[bool], ...]
) -> tuple[Feedback, ...]:
    reasons = (
        ("FLATTEN", "FLATTEN gives every position a weight of its own: the output knows where."),
        (
            "zeros around",
            "At the border a kernel meets zeros, so a pixel there has other neighbors.",
        ),
        ("POOL2", "POOL2 has stride 2: an odd shift cuts the map into other squares."),
        ("stride 2", "With stride 2 an odd shift visits other positions."),
        (
            "CONV2 wrapped on both",
            "An even kernel with a row on both sides makes the map grow: every convolution counts "
            "the first row once more.",
        ),
        ("CONV3 without any", "Without padding, patterns that straddle the border are never seen."),
    )
    said = []
    for mark, words in reasons:
        places = [i for i, name in enumerate(chosen) if mark in name]

        def ticked(value: tuple[tuple[bool], ...], places: list[int] = places) -> bool:
            return any(value[i][0] for i in places)

        if places:
            said.append(Feedback(ticked, words))

    def missed(value: tuple[tuple[bool], ...]) -> bool:
        return any(k[0] and not v[0] for v, k in zip(value, key, strict=True))

    words = (
        "Not all that keep the promise are ticked: same neighbors everywhere, each position once, "
        "then a mean."
    )
    return (*said, Feedback(missed, words))


ALL: tuple[Maker, ...] = (
    exam_table,
    shifted_features,
    sums,
    invariant_nets,
    impossible_layer,
    receptive_field,
    by_parameters,
)
