"""The sentence of every frame with one feature and with two."""

import numpy as np

from viz.batchnorm.feature import Line1D, State
from viz.batchnorm.pair import Plane, PlaneState
from viz.draw.numbers import count, fixed, short


def places(value: float) -> str:
    """Two decimals; more where two would show nothing of it."""
    return short(value, 3) if 0 < abs(value) < 0.01 else fixed(value)


def caption(result: Line1D, state: State) -> str:
    """What has been done to the feature so far, with its numbers."""
    mean, std = state.moments(result.before)
    now = f"mean {{fwd:{places(mean)}}} and standard deviation {{fwd:{places(std)}}}"
    if state.stage == 4:
        return _final(result, state)
    at = int(np.ceil(state.stage - 1e-9))
    if abs(state.stage - at) > 1e-9:
        names = ("the mean leaves", "the spread is divided away", "γ stretches", "β shifts")
        return f"On the way: {names[at - 1]}; now {now}."
    done = (
        "Raw: ",
        f"Subtracting the mean {short(result.before.mean)} gives ",
        f"Dividing by √(σ² + eps) = {short(result.root)} gives ",
        f"Multiplying by γ = {{par:{short(state.gamma)}}} gives ",
    )
    return f"{done[at]}{now}."


def _final(result: Line1D, state: State) -> str:
    before = result.before
    _, std = state.moments(before)
    whose = f"{count(before.count)} values" if before.count else "Very many values"
    skew, kurtosis = result.shape.skewness, fixed(result.shape.kurtosis)
    if state.gamma == 0:
        shape = "γ = 0 forgets the input: every value comes out as β."
    elif state.gamma < 0:
        turned = f"skewness {fixed(skew)} becomes {fixed(-skew)}"
        turned = turned if fixed(abs(skew)) != "0.00" else "skewness stays 0.00"
        shape = f"γ < 0 mirrors the shape: {turned}, excess kurtosis {kurtosis} is unchanged."
    else:
        shape = f"Skewness {fixed(skew)} and excess kurtosis {kurtosis} are unchanged."
    digits = max(4, before.digits)
    mean, point = short(before.mean, digits), short(result.point, digits)
    landed = short(float(state.lands(before, 1)))
    return (
        f"{whose} with mean {mean} and standard deviation {short(before.std)} "
        f"become mean {{par:{short(state.beta)}}} and standard deviation {{fwd:{short(std, 6)}}}. "
        f"{shape} A point at {point} lands at {{fwd:{landed}}}."
    )


def plane_caption(result: Plane, state: PlaneState) -> str:
    """What two features look like at this stage."""
    if state.stage < 4:
        x, y = (fixed(v) for v in state.mean)
        return (
            f"{_doing(state.stage)}: mean ({x}, {y}), standard deviations "
            f"{{fwd:{places(state.std[0])}}} and {{fwd:{places(state.std[1])}}}; "
            f"{_correlation(state)}.{_drawn_in(result, state)}"
        )
    return (
        f"{_whose(result)} {_parameters(result)}; {_correlation(state)}; {_tilt(result, state)}."
        f"{_drawn_in(result, state)}"
    )


def units_said(result: Plane) -> str:
    """The units in which the input is drawn; "" if they are plain numbers."""
    one, two = (short(float(unit)) for unit in result.units)
    if one == two:
        return "" if one == "1" else f"units of {one}"
    return f"units of {one} and {two}"


def _drawn_in(result: Plane, state: PlaneState) -> str:
    said = units_said(result)
    more = ", which the layer does not notice" if state.stage < 4 else ""
    return f" The input is drawn in {said}{more}." if said else ""


def _doing(stage: float) -> str:
    at = int(np.ceil(stage - 1e-9))
    if abs(stage - at) < 1e-9:
        return ("Raw", "Centred", "Divided by the standard deviations", "Multiplied by γ")[at]
    doing = ("", "the means leave", "each feature is divided by its own SD", "γ stretches")
    return f"On the way: {(*doing, 'β shifts')[at]}"


def _whose(result: Plane) -> str:
    return f"{count(result.count)} rows:" if result.count else "After the layer"


def _parameters(result: Plane) -> str:
    if np.allclose(result.gamma, 1) and np.allclose(result.beta, 0):
        return "each feature has mean {fwd:0} and standard deviation {fwd:1}"
    means = " and ".join(f"{{par:{short(b)}}}" for b in result.beta)
    spreads = " and ".join(f"{{fwd:{short(abs(g))}}}" for g in result.gamma)
    return f"the means are {means}, the standard deviations {spreads}"


def _correlation(state: PlaneState) -> str:
    if state.rho is None:
        made = "γ = 0 has made a feature constant"
        return made if state.stage >= 3 else "turning over, a feature is flat for a moment"
    rho = fixed(state.rho)
    if state.rho * state.origin.rho < 0:
        return f"one γ < 0 mirrors a feature, and the correlation turns to {rho}"
    return f"correlation {rho} is unchanged"


def _tilt(result: Plane, state: PlaneState) -> str:
    # Between features in different units an angle means nothing.
    tilt, was = state.ellipse.tilt, state.origin.ellipse.tilt if result.one_unit else None
    if state.rho is None:
        return "no ellipse is left"
    if tilt is None:
        return "the contours are circles, since nothing was correlated"
    from_ = "" if was is None else f" (before {fixed(was, 1)}°)"
    if abs(state.rho) < 1e-9:
        return "the axes of the contours stay parallel to the features"
    name = "ellipses" if state.ellipse.b else "line segments"
    return f"the contours stay {name}, tilted by {{fwd:{fixed(tilt, 1)}°}}{from_}: no whitening"
