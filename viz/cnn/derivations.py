"""Step by step with live numbers: why a shift is forgotten, what training leaves, one sum."""

import numpy as np

from viz.cnn import training
from viz.cnn.filters import FilterWalk
from viz.cnn.slides import Slide
from viz.cnn.sweeps import Sweep
from viz.cnn.wording import tex_count
from viz.draw.numbers import latex, latex_factor
from viz.view import Line

MOST_TERMS = 12
BREAKS = {
    "circular before": "Every pixel has the same neighbors wherever it stands: no border exists.",
    "circular both": "With 2×2 kernels and a row on both sides the map grows: its last row and "
    "column repeat the first. Each convolution does so anew, and what lies there is counted once "
    "more.",
    "zeros before": "At the first row and column the kernel reads zeros instead of the opposite "
    "edge, so a pixel there meets other neighbors than inside.",
    "zeros both": "Zeros stand around the image: a pixel that leaves on one side does not come "
    "back with the same neighbors.",
}


def slide_lines(result: Slide) -> tuple[Line, ...]:
    """Equivariance, invariance, where the argument fails, and the averages of this image."""
    height, width = result.second.shape[-2:]
    dy, dx = result.shifts[result.start]
    odd = result.kernel_size % 2
    growing = result.padding != "circular both" or not odd
    breaks = BREAKS[result.padding] if growing else BREAKS["circular before"]
    lines = [
        Line(
            r"\operatorname{conv}(T\mathbf{x}) = T\operatorname{conv}(\mathbf{x})",
            f"T rolls by ({dy}, {dx}). A filter is one set of numbers, used at every position.",
        ),
        Line(
            r"\operatorname{ReLU}(T\mathbf{z}) = T\operatorname{ReLU}(\mathbf{z})",
            "ReLU looks at one number at a time.",
        ),
        Line(
            r"\operatorname{mean}(T\mathbf{z}) = \operatorname{mean}(\mathbf{z})",
            "The same numbers in another order: averaging forgets where.",
        ),
        Line("", breaks),
        Line("", "Part (b) wraps around before the first row and column only, so sizes stay."),
    ]
    if result.is_pooled:
        lines.append(Line("", _pooling(result)))
    for k in range(3):
        total = float(result.second[result.start, k].sum())
        mean = float(result.features[result.start, k])
        rest = float(result.features_at_rest[k])
        lines.append(
            Line(
                rf"g_{k + 1} = \frac{{{latex(total)}}}{{{height} \cdot {width}}} = {latex(mean)}"
                rf"\qquad \text{{at rest }} {latex(rest)}",
                f"The sum of map {k + 1} over its number of positions.",
            )
        )
    return tuple(lines)


def _pooling(result: Slide) -> str:
    """What POOL2 does to shifts, and what an odd side adds to that."""
    words = "POOL2 cuts the map into fixed 2×2 squares; only even shifts move squares to squares."
    if not result.left_out:
        return words
    height, width = result.first.shape[-2:]
    lost = " and ".join(result.left_out)
    return (
        f"{words} These maps are {height}×{width}: it drops the last {lost}, and even shifts may "
        "move something there."
    )


def sweep_lines(result: Sweep) -> tuple[Line, ...]:
    """Where the net is tied to places, and what that costs."""
    flat = any(row.layer is not None and row.layer.kind == "flatten" for row in result.rows)
    last, before = result.rows[-1], result.rows[-2]
    low, high = training.MIDDLE
    tied = (
        "Each position has its own weight: what was never seen at a place was never learned there."
        if flat
        else "Each channel has one weight, whatever the place."
    )
    record = result.record
    return (
        Line(
            rf"\text{{{last.name}}}\colon\; {before.shape[0]} \cdot {last.shape[0]} + "
            rf"{last.shape[0]} = {last.num_params}",
            tied,
        ),
        Line(
            rf"\frac{{{high - low + 1}}}{{{training.SIDE}}} = "
            rf"{latex((high - low + 1) / training.SIDE, 2)}",
            f"The share of places that had lines in training: {low + 1} to {high + 1} of "
            f"{training.SIDE}.",
        ),
        Line(
            rf"\text{{middle }} {latex(float(np.median(record.middle)), 3)} \qquad "
            rf"\text{{anywhere }} {latex(float(np.median(record.anywhere)), 3)}",
            f"Share right, median of 5 seeds. The picture on the stage is read rightly at "
            f"{result.num_right} of {training.SIDE} places.",
        ),
        Line(
            rf"\frac{{\max |f(T\mathbf{{x}}) - f(\mathbf{{x}})|}}{{\max |f(\mathbf{{x}})|}} = "
            rf"{latex(_rounded(result.untrained_change), 3)}",
            "The same architecture with weights 0.3 cos(1), 0.3 cos(2), …: what the architecture "
            "promises holds before any training.",
        ),
    )


def _rounded(value: float) -> float:
    """Rounding errors count as 0."""
    return 0.0 if value < 1e-12 else value


def filter_lines(result: FilterWalk) -> tuple[Line, ...]:
    """The products of one position and their sum; how many positions share the weights."""
    row, column = divmod(result.strongest, result.output.shape[1])
    seen = result.seen(result.strongest)
    pairs = [(float(p), float(w)) for p, w in zip(seen.ravel(), result.kernel.ravel(), strict=True)]
    side = len(result.kernel)
    height = result.picture.shape[0]
    out = result.output.shape
    return (
        Line(
            rf"\left\lfloor \frac{{{height} + 2 \cdot {result.padding} - {side}}}"
            rf"{{{result.stride}}} \right\rfloor + 1 = {out[0]}",
            f"Rows of the map; in all {out[0]}×{out[1]} positions.",
        ),
        Line(
            rf"z_{{{row + 1},{column + 1}}}{_products(pairs)} = "
            rf"{latex(float(result.output[row, column]))}",
            f"Pixel times weight, added up{_left_out(pairs)}. The kernel is not flipped: "
            "cross-correlation.",
        ),
        Line(
            rf"{side} \cdot {side} \cdot {tex_count(result.output.size)} = "
            rf"{tex_count(side * side * result.output.size)}",
            f"Multiplications for the map, with {side * side} weights in all.",
        ),
    )


Pairs = list[tuple[float, float]]


def _products(pairs: Pairs) -> str:
    """The products of pixels and weights; of many only those that are not 0."""
    if len(pairs) > MOST_TERMS:
        pairs = [(pixel, weight) for pixel, weight in pairs if pixel * weight]
    terms = [rf"{latex(p, 3)} \cdot {latex_factor(w, 4)}" for p, w in pairs[:MOST_TERMS]]
    terms += [r"\dots"] if len(pairs) > MOST_TERMS else []
    return f" = {' + '.join(terms)}" if terms else ""


def _left_out(pairs: Pairs) -> str:
    none = len(pairs) > MOST_TERMS and not all(pixel * weight for pixel, weight in pairs)
    return "; products that are 0 are left out" if none else ""
