"""Sentences generated from what was measured."""

from viz.draw.numbers import fixed, short
from viz.gradients import scale
from viz.gradients.compute import Verdict
from viz.gradients.exam import SEED
from viz.gradients.experiments import Effect, Recipe
from viz.gradients.results import Curve, Net, Tick, median_of

STATE: dict[Verdict, str] = {
    "vanishing": "vanishing",
    "healthy": "healthy",
    "exploding": "exploding",
}


def times(net: Curve, layer: int, role: str = "bwd") -> str:
    """The gradient at a layer as a multiple of the output's."""
    return f"{{{role}:{scale.multiple(net.log_grad[layer])}}} times"


def tick(found: Tick, layer: int) -> str:
    """What the two nets of a cell show when the backward pass has come to a layer."""
    depth = found.before.spec.depth
    one = found.experiment
    names = one.baseline.words, one.treated.words
    if layer == depth:
        return (
            f"{names[0][0].upper()}{names[0][1:]} against {names[1]}: at the output, layer "
            f"{depth}, both gradients have size 1. Follow them back to the input."
        )
    if layer > 0:
        return (
            f"Back at layer {layer} of {depth}: with {names[0]} the gradient is "
            f"{times(found.before, layer, 'muted')} its size at the output, with {names[1]} "
            f"{times(found.after, layer)}."
        )
    return f"{comparison(found)} {judgement(found)}"


def comparison(found: Tick) -> str:
    """What is compared with what, at the input."""
    one, depth = found.experiment, found.before.spec.depth
    return (
        f"Compared with {one.baseline.words} ({times(found.before, 0, 'muted')} after {depth} "
        f"{layers(depth)}, {STATE[found.before.verdict]}), {one.treated.words} has "
        f"{times(found.after, 0)} ({STATE[found.after.verdict]})."
    )


def layers(count: int) -> str:
    """Layer or layers."""
    return "layer" if count == 1 else "layers"


DONE: dict[Effect, str] = {
    "cures": "the {trouble} is gone",
    "relieves": "the {trouble} shrinks by {decades} decades",
    "causes": "this comparison causes {trouble}",
    "worsens": "the {trouble} grows by {decades} decades",
    "leaves": "the gradient becomes {times} times as large{healthy}",
}


def judgement(found: Tick) -> str:
    """What that says about the exam's tick."""
    one = found.experiment
    if one.catch and found.effect == one.expect:
        return catch(found)
    outcome = _outcome(found)
    helps = found.effect in ("cures", "relieves")
    if one.catch or helps != found.ticked:
        cell = "catch" if one.catch else "exam's ✓" if found.ticked else "exam's empty cell"
        depth = found.before.spec.depth
        return (
            f"{outcome}; the {cell} is about deep nets, here {depth} {layers(depth)} are too few "
            "to show it."
        )
    return f"{outcome}: " + ("the exam's ✓." if helps else "no tick, as in the exam.")


def _outcome(found: Tick) -> str:
    """What the treatment did to the trouble of this column."""
    column, nets = found.experiment.column, (found.before, found.after)
    moved = found.after.log_ratio - found.before.log_ratio
    troubled = any(net.verdict == column for net in nets)
    said = DONE[found.effect].format(
        trouble="vanishing gradient" if column == "vanishing" else "explosion",
        decades=fixed(abs(moved), 1),
        times=scale.multiple(moved),
        healthy="" if troubled else f", and neither net counts as {column}",
    )
    return f"{said[0].upper()}{said[1:]}"


def catch(found: Tick) -> str:
    """The condition under which a cell could be read otherwise."""
    gap = found.after.log_ratio - found.before.log_ratio
    if found.experiment.row == "he":
        return (
            f"Against a naive start the explosion shrinks by {fixed(-gap, 1)} decades, and He "
            "shares that with Xavier: so a tick here was accepted too."
        )
    share = 100 * (10 ** (gap / found.before.spec.depth) - 1)
    per_layer = f"{fixed(share, 0)} % per layer"
    if found.experiment.row == "skip":
        return (
            f"In a well-scaled net the identity path adds {per_layer}: without normalization or "
            "a smaller branch, skips make gradients grow."
        )
    removed = median_of(Recipe("N(0,1)")) - median_of(Recipe("N(0,1)", "BN"))
    return (
        f"Against a badly scaled net batch norm removes up to {fixed(removed, 0)} decades of "
        f"explosion in {SEED.measure.depth} layers. Against a well-scaled net it adds about "
        f"{per_layer} at initialization (Yang et al. 2019). In training this fades within a few "
        "steps; at depth 100 without skips it still hurts."
    )


def readout(net: Net) -> str:
    """The net's whole story once the backward pass has arrived."""
    depth = net.spec.depth
    said = (
        f"After {depth} layers the gradient is {times(net, 0)} its size at the output "
        f"({STATE[net.verdict]} {scale.SYMBOLS[net.verdict]}). Each layer multiplies it by about "
        f"{{bwd:{fixed(net.factor, 3)}}}"
    )
    if net.theory is not None:
        limit = " for large batches" if net.spec.batch_norm else ""
        said += f"; theory{limit} says {{tru:{fixed(net.theory.factor, 3)}}}"
    said += (
        ". At rate 1 the median layer's update is "
        f"{{par:{scale.multiple(net.trace.log_update)}}} times its weights."
    )
    if net.float32_limit is not None:
        said += f" In float32 the forward pass overflows in layer {net.float32_limit}."
    return said


def factor(value: float) -> str:
    """A factor per layer as it stands on its line."""
    return f"× {short(value, 4)} per layer"
