"""The sentences of the two-row figure, and the columns of its CSV."""

from typing import Any

from viz.draw.numbers import listed
from viz.translation.compute import Rows, reach

SUBS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def sub(number: int) -> str:
    """A number as an index."""
    return str(number).translate(SUBS)


def escaped(word: str) -> str:
    """A word as figure text."""
    return word.replace("<", "&lt;").replace(">", "&gt;")


def phases(result: Rows, k: int) -> tuple[int, int, int]:
    """How many source words are read, inputs fed and words said at frame k."""
    count = len(result.source)
    if result.stack == "vertical":
        fed = (k + 1) // 2
        return min(fed, count), fed, k // 2
    steps = max(k - count, 0)
    return min(k, count), (steps + 1) // 2, steps // 2


def num_frames(result: Rows) -> int:
    """Start, every source word, and two frames for every output."""
    reading = 0 if result.stack == "vertical" else len(result.source)
    return reading + 2 * result.steps + 1


def label(result: Rows, k: int) -> str:
    """A frame's name beside the scrubber."""
    read, fed, said = phases(result, k)
    if fed > said:
        return f"w{sub(fed)} in"
    if said:
        return f"word {said} out"
    return f"read {read}" if read else "start"


def caption(result: Rows, k: int) -> str:
    """What happens in this frame; at the end, how the rows differ and what can reach a word."""
    read, fed, said = phases(result, k)
    if fed == 0:
        if read == 0:
            return "Nothing has been read yet."
        word = result.source[read - 1]
        return (
            f"The encoder reads {{fwd:{word}}}; its state h{sub(read)} has seen {read} of "
            f"{len(result.source)} source tokens."
        )
    if fed > said:
        return _fed_caption(result, fed)
    return _said_caption(result, said) if said < result.steps else _final_caption(result)


def _fed_caption(result: Rows, fed: int) -> str:
    role = "tru" if result.mode == "training" else "fwd"
    start = f"w{sub(fed)} = {{{role}:{result.fed[fed - 1]}}}: "
    if fed == 1:
        start += "both rows start alike"
    elif result.mode == "training":
        start += "the teacher puts in the true previous word"
    else:
        start += "its own last word goes in"
    if result.stack == "vertical":
        start += f", together with h{sub(fed)}, which has read {{fwd:{result.source[fed - 1]}}}"
    return f"{start}."


def _said_caption(result: Rows, said: int) -> str:
    if not result.emitted[said - 1]:
        return "The model had said <eos> before; what it would say now is left open."
    mask = reach(result.stack, num_source=len(result.source), num_target=result.steps)
    seen = int(mask[said - 1].sum())
    return (
        f"The decoder says {{fwd:{result.emitted[said - 1]}}}; this word can depend on {seen} of "
        f"{len(result.source)} source tokens."
    )


def _final_caption(result: Rows) -> str:
    kind = "training" if result.mode == "training" else "evaluation"
    fed = listed(tuple(result.fed[: result.steps]), "and").replace(" and ", ", ")
    text = f"In {kind} the decoder is fed {fed}"
    if result.cut:
        tokens = f"{result.steps} token{'s' * (result.steps != 1)}"
        text += (
            f" and stops after {tokens}: a vertical stack has no source token left for the next one"
        )
    return f"{text}. {_difference(result)} {_reach(result)}"


def _difference(result: Rows) -> str:
    if not result.differs:
        return "Both rows agree: every word that is fed back was said right."
    j = result.differs[0]
    teacher, model = _teacher(result, result.training[j]), _model(result, result.evaluation[j])
    return f"The rows first differ at w{sub(j + 1)}: {teacher}, {model}."


def _reach(result: Rows) -> str:
    """How much of the source each output can depend on."""
    count = len(result.source)
    if result.stack == "vertical":
        return f"Output j can depend on the first j of {count} source tokens."
    return f"Every output can depend on all {count} source tokens."


def _teacher(result: Rows, word: str) -> str:
    puts = "puts" if result.mode == "training" else "would put"
    return f"the teacher {puts} in {{tru:{word}}}" if word else "the right sentence has ended"


def _model(result: Rows, word: str) -> str:
    puts = "puts" if result.mode == "evaluation" else "would put"
    return f"the model {puts} in {{fwd:{word}}}" if word else "the model has ended its sentence"


def table(result: Rows) -> dict[str, list[Any]]:
    """One row per slot."""
    width = len(result.truth)
    return {
        "slot": [f"w{j + 1}" for j in range(width)],
        "training": list(result.training),
        "evaluation": list(result.evaluation),
        "truth": list(result.truth),
        "emitted": list(result.emitted),
    }
