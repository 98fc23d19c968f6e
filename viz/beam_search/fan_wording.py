"""The sentences under the fan."""

from viz.beam_search.speech import Speech
from viz.beam_search.wording import candidates, quoted_words, readout
from viz.draw.numbers import count, fixed


def step_caption(result: Speech, step: int) -> str:
    """What the beam holds after a step; at the end, what is said."""
    run = result.run
    search = run.search
    if step == len(search.steps):
        return readout(run, search)
    if step == 0:
        sort = "counted" if result.kind != "recurrent" else "learned"
        different = result.num_different
        return (
            f"A {result.kind} model, {sort} from {result.num_sentences} sentences with "
            f"{count(different)} different word{'' if different == 1 else 's'}, is about to "
            f"speak; the beam may hold {search.beam_width}."
        )
    now = search.steps[step - 1]
    done = [one for one in search.hypotheses if one.finished and len(one.tokens) <= step]
    words = f"Word {step}: of {candidates(now.num_scored)}"
    if now.kept.size:
        best = quoted_words(search, tuple(now.prefixes[0].tolist()))
        words += f" “{best}” leads with {{fwd:{fixed(float(now.totals[now.kept[0]]))}}}"
        if len(now.kept) > 1:
            words += f", the last one kept has {{fwd:{fixed(float(now.totals[now.kept[-1]]))}}}"
    else:
        words += " none can go on"
    if done:
        first = quoted_words(search, done[0].tokens)
        kind = "score" if run.alpha else "total"
        have = "sentence has" if len(done) == 1 else "sentences have"
        best_so_far = "" if len(done) == 1 else ", the best so far"
        words += (
            f"; {len(done)} {have} ended{best_so_far} “{first}” ({kind} "
            f"{{fwd:{fixed(done[0].score, 3 if run.alpha else 2)}}})"
        )
    return f"{words}."
