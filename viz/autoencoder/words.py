"""Sentences about a run: what its values are, what theory says, why it is not there yet."""

import numpy as np

from viz.autoencoder.compute import FloatArray
from viz.autoencoder.study import Study
from viz.draw.numbers import count, fixed, short

SHOWN = 4
FAR, TINY, CLOSE = 0.01, 1e-9, 0.45


def values(numbers: FloatArray, role: str = "par", places: int = 3) -> str:
    """Up to four values in their role's colour, or the range of more."""
    if len(numbers) > SHOWN:
        ends = f"{fixed(numbers[0], places)} to {fixed(numbers[-1], places)}"
        return f"{{{role}:{ends}}}"
    return f"{{{role}:{', '.join(fixed(v, places) for v in numbers)}}}"


def after(step: int) -> str:
    """How far the run is."""
    return "After 1 step" if step == 1 else f"After {count(step)} steps"


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


def above(study: Study, frame: int) -> str:
    """The objective, and how far it is above its minimum."""
    value, best = float(study.run.objective[frame]), study.best.minimum
    gap = value - best
    if not gap > TINY * max(best, TINY):
        return f"objective {short(value, 5)}, its minimum"
    return f"objective {short(value, 5)}, {short(gap, 3)} above its minimum"


def caption(study: Study, frame: int) -> str:
    """The sentence of one frame."""
    run, last = study.run, len(study.run.steps) - 1
    said = (
        f"{after(int(run.steps[frame]))}: decoder {values(run.decoder_values[frame])}, "
        f"encoder {values(run.encoder_values[frame])}; {theory(study)}. "
    )
    special = ending(study) if frame == last else ""
    if special:
        found = above(study, frame)
        return f"{said}{found[0].upper()}{found[1:]}.{special}"
    apart = float(run.asymmetry[frame])
    apart_words = short(apart, 2) if apart >= TINY else "0"
    return f"{said}|W₁ − W₂ᵀ| = {apart_words}, {angle(study, frame)}, {above(study, frame)}."


def ending(study: Study) -> str:
    """What is special about the end: diverged, not there yet, or directions given up."""
    run, best = study.run, study.best
    if run.diverged_at is not None:
        return f" {diverged(study)}"
    early = study.method in ("full", "fast") and off(study) > FAR
    said = f" {unfinished(study)}" if early else ""
    if best.rank < study.latent_dim and not study.free:
        user = "the minimum" if early else "the code"
        share = f"{best.rank} of {study.latent_dim} dimensions"
        return f" {given_up(study)}: {user} uses {share}.{said}"
    return said


def off(study: Study) -> float:
    """How far the last singular values are from theory; at λ = 0, where it names none, the gap."""
    if study.free:
        return float(study.gaps[-1])
    run, best = study.run, study.best
    decoder = np.abs(run.decoder_values[-1] - best.decoder_values).max()
    encoder = np.abs(run.encoder_values[-1] - best.encoder_values).max()
    return float(max(decoder, encoder))


def given_up(study: Study) -> str:
    """Which directions of the code are not worth their price."""
    first, last = study.best.rank + 1, study.latent_dim
    if first == last:
        return f"Direction {first} is not worth its price"
    if first + 1 == last:
        return f"Directions {first} and {last} are not worth their price"
    return f"Directions {first} to {last} are not worth their price"


def unfinished(study: Study) -> str:
    """Why a run has not arrived: the slowest of balance, growth and turning."""
    if study.method == "fast":
        return "Not converged yet: more steps would get it there."
    steps, reason = max(_paces(study))
    if steps < study.run.steps[-1] / 10:
        return "Not converged yet."
    pace = "more than a million" if steps > 1e6 else f"about {count(round(steps))}"
    return f"Not converged yet: {reason}, a factor e in {pace} steps."


def _paces(study: Study) -> list[tuple[float, str]]:
    """Steps that shrink (or grow) something by a factor e near the end, and what that is."""
    level, rank = study.weights.mean, study.best.rank
    variances = study.data.eigenvalues
    found = []
    if not study.free:
        found.append((study.balance_steps, "encoder and decoder balance slowly"))
    if rank < study.latent_dim and not study.free:
        fading = 2 * (level - float(variances[rank])) * study.step_size
        found.append((1 / fading if fading > 0 else np.inf, f"direction {rank + 1} fades slowly"))
    if rank:
        weakest = float(variances[rank - 1])
        growth = 4 * (weakest - level) * study.step_size
        found.append((1 / growth, f"direction {rank} grows slowly"))
    if 0 < rank == study.latent_dim:
        following = float(variances[rank])
        coupled = [
            [weakest, -following],
            [-following, following + level * (1 - following / weakest)],
        ]
        turning = 2 * float(np.linalg.eigvalsh(coupled)[0]) * study.step_size
        words = f"what the code holds of direction {rank + 1} fades slowly"
        if following >= CLOSE * weakest:
            words = f"variances {rank} and {rank + 1} are close"
        found.append((1 / turning if turning > 0 else np.inf, words))
    return found


def diverged(study: Study) -> str:
    """At which step a run was given up, and why."""
    step = study.run.diverged_at
    if study.method != "full":
        return f"Diverged at step {step}: the step size {short(study.step_size)} is too long."
    largest = float(study.data.eigenvalues[0])
    limit = 0.5 / largest
    if max(study.weights) > largest:
        limit = 1 / (max(study.weights) + largest)
    if study.step_size <= limit:
        return (
            f"Diverged at step {step}: so large a start would need a smaller step size than "
            f"{short(study.step_size)}."
        )
    rule = "0.5/d₁" if max(study.weights) <= largest else "1/(λ + d₁)"
    return (
        f"Diverged at step {step}: the step size {short(study.step_size)} exceeds "
        f"{rule} = {short(limit)}."
    )
