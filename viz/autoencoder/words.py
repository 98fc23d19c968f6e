"""Sentences about a run: what its values are, what theory says, why it is not there yet."""

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw.numbers import count, fixed, listed, short

SHOWN = 4
FAR = 0.01


def values(numbers: FloatArray, role: str = "par", places: int = 3) -> str:
    """Up to four values in their role's colour, or the range of more."""
    if len(numbers) > SHOWN:
        ends = f"{fixed(numbers[0], places)} to {fixed(numbers[-1], places)}"
        return f"{{{role}:{ends}}}"
    return f"{{{role}:{', '.join(fixed(v, places) for v in numbers)}}}"


def theory(study: Study) -> str:
    """What the formula says the values will be."""
    best = study.best
    if study.free:
        return "with λ = 0 any s and 1/s costs the same"
    if study.weights.encoder == study.weights.decoder:
        return f"theory {values(best.decoder_values, 'tru')}"
    first, second = values(best.decoder_values, "tru"), values(best.encoder_values, "tru")
    return f"theory {first} and {second}"


def angle(study: Study, frame: int) -> str:
    """The largest angle to the principal subspace, or why there is none."""
    if study.best.rank == 0:
        return "the code is switched off"
    if not study.distinct:
        return "the principal subspace is not unique"
    degrees = float(study.run.angles[frame, 0])
    return f"{fixed(degrees, 1)}° from the principal subspace"


def caption(study: Study, frame: int) -> str:
    """The sentence of one frame."""
    run, last = study.run, len(study.run.steps) - 1
    said = (
        f"After {count(int(run.steps[frame]))} steps: decoder {values(run.decoder_values[frame])}, "
        f"encoder {values(run.encoder_values[frame])}; {theory(study)}. "
        f"|W₁ − W₂ᵀ| = {short(float(run.asymmetry[frame]), 2)}, {angle(study, frame)}."
    )
    if frame == last:
        said += ending(study)
    return said


def ending(study: Study) -> str:
    """What is special about the end: diverged, not there yet, or directions given up."""
    run, best = study.run, study.best
    if run.diverged_at is not None:
        return f" {diverged(study)}"
    if best.rank < study.latent_dim and not study.free:
        return (
            f" {given_up(study)} its price: the code uses {best.rank} of {study.latent_dim} "
            "dimensions."
        )
    if study.method == "full" and off(study) > FAR:
        return f" {unfinished(study)}"
    return ""


def off(study: Study) -> float:
    """How far the last singular values are from theory; 0 at λ = 0, where there is none."""
    if study.free:
        return 0.0
    run, best = study.run, study.best
    decoder = np.abs(run.decoder_values[-1] - best.decoder_values).max()
    encoder = np.abs(run.encoder_values[-1] - best.encoder_values).max()
    return float(max(decoder, encoder))


def given_up(study: Study) -> str:
    """Which directions of the code are not worth their price."""
    first, last = study.best.rank + 1, study.latent_dim
    if first == last:
        return f"Direction {first} is not worth"
    if first + 1 == last:
        return f"Directions {first} and {last} are not worth"
    return f"Directions {first} to {last} are not worth"


def unfinished(study: Study) -> str:
    """Why a run has not arrived."""
    reasons = []
    if study.balance_steps > study.run.steps[-1] / 5:
        reasons.append(
            f"balance takes about {count(round(study.balance_steps))} steps per factor e"
        )
    kept, values_ = study.latent_dim, study.data.eigenvalues
    if values_[kept - 1] - values_[kept] < 0.1 * values_[0]:
        reasons.append(f"variances {kept} and {kept + 1} are close")
    return f"Not converged yet{': ' if reasons else ''}{listed(reasons)}."


def diverged(study: Study) -> str:
    """At which step a run was given up, and why."""
    step = study.run.diverged_at
    if study.method != "full":
        return f"Diverged at step {step}: the step size {short(study.step_size)} is too long."
    largest = float(study.data.eigenvalues[0])
    limit = 0.5 / largest
    if max(study.weights) > largest:
        limit = 1 / (max(study.weights) + largest)
    rule = "0.5/d₁" if max(study.weights) <= largest else "1/(λ + d₁)"
    return (
        f"Diverged at step {step}: the step size {short(study.step_size)} exceeds "
        f"{rule} = {short(limit)}."
    )
