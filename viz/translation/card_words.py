"""The sentences of the trained model's figure."""

from viz.draw.numbers import short
from viz.translation.compute import EOS
from viz.translation.network import Said
from viz.translation.results import Translation
from viz.translation.row_words import sub


def spoken(said: Said) -> str:
    """The words without the end symbol; an ellipsis if it never came."""
    words = " ".join(word for word in said.said if word != EOS)
    return words + ("" if said.ended else " …" if words else "…")


def room_words(*rows: tuple[int, int, str]) -> str:
    """A sentence to append if the picture has no place for all; rows (shown, total, what)."""
    cut = [f"the first {shown} of {total} {what}" for shown, total, what in rows if shown < total]
    return f" The picture shows {' and '.join(cut)}." if cut else ""


def checkpoint_caption(result: Translation, i: int) -> str:
    """What the model says for the sentence after so many steps."""
    said, step = result.said[i], result.steps[i]
    source, words = " ".join(result.source), spoken(said)
    start = "Untrained" if step == 0 else f"After {step} training steps"
    if result.mode == "training":
        text = f"{start}, fed the true words of “{source}”, it says “{{fwd:{words}}}”"
    else:
        text = f"{start} it turns “{source}” into “{{fwd:{words}}}”"
    idle = ""
    if result.forced is not None:
        at, word = result.forced
        if len(said.said) > at:
            text += f" when “{word}” is fed in place of word {at}"
        else:
            idle = f" Output {at} is never fed back, so “{word}” is not put in."
    if result.untrained:
        return f"{text}; switch on “Train it here” to teach it.{idle}"
    return f"{text}{_verdict(result, said)}.{idle} {_loss(result, i)}"


def _verdict(result: Translation, said: Said) -> str:
    if result.truth is None:
        return ""
    if said.said == (*result.truth, EOS):
        return ", which is right"
    wanted = f"{{tru:{' '.join(result.truth)}}}"
    if len(said.said) < len(result.truth) + 1 and not said.ended:
        return f"; right is “{wanted}”, for which there are too few source tokens"
    return f"; right is “{wanted}”"


def _loss(result: Translation, i: int) -> str:
    loss, count = f"{{fwd:{short(result.losses[i], 3)}}} nats a word", len(result.reference)
    if result.truth is None:
        return f"With the last checkpoint's words fed, their loss is {loss}."
    what = "the right words"
    if count <= len(result.truth):
        what = f"the {count} right words that it has steps for"
    return f"With the true words fed, the loss of {what} is {loss}."


def _chance(result: Translation, chance: float) -> str:
    """A probability that is not called 1 while it is less."""
    at = f" at temperature {short(result.temperature)}" if result.temperature else ""
    return f"{short(chance, 3) if chance < 0.9995 else 'almost 1'}{at}"


def word_caption(result: Translation, said: Said, read: int, fed: int, out: int) -> str:
    """What happens when so many words are read, fed and said."""
    if fed == 0:
        if read == 0:
            return "Nothing has been read yet."
        return (
            f"The encoder reads {{fwd:{result.read[read - 1]}}}, token {read} of "
            f"{len(result.read)}."
        )
    word = said.fed[fed - 1]
    if fed > out:
        return f"w{sub(fed)} = {_fed(result, fed, word)}."
    best, chance = said.said[out - 1], said.chances[out - 1]
    text = f"The decoder says {{fwd:{best}}} with probability {_chance(result, chance)}"
    if result.truth is not None and out <= len(result.truth) + 1:
        wanted = (*result.truth, EOS)[out - 1]
        text += ", which is right" if wanted == best else f"; right is {{tru:{wanted}}}"
    elif result.truth is not None:
        text += "; the right sentence has ended before"
    return f"{text}."


def _fed(result: Translation, fed: int, word: str) -> str:
    if fed == 1:
        return f"{{fwd:{word}}} starts the decoder"
    if result.forced is not None and result.forced[0] == fed - 1:
        return f"“{word}”: put in by hand"
    if result.mode == "training":
        return f"{{tru:{word}}}: the teacher puts in the true previous word"
    return f"{{fwd:{word}}}: its own last word goes in"
