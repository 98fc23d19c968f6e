"""Language models of a text: shipped ones as measured, and any other."""

from functools import partial

import numpy as np
import pytest

from viz.beam_search import demo, language, recurrent, speech
from viz.beam_search.compute import beam_search, exact_search
from viz.beam_search.models import path_log_probs
from viz.view import quiet

STORY, RHYME = (language.read_sentences(demo.TEXTS[name]) for name in ("story", "rhyme"))


def sizes(kind, **values):
    found = []
    for width in (1, 2, 3, 5, 10, 20):
        run = demo.run_speech(demo.SpeechSettings(kind=kind, wide_beam=width, **values)).run
        best = run.search.best
        found.append((len(best.tokens), round(best.log_prob, 2), best.finished))
    return found


def test_the_shipped_texts():
    assert (len(STORY), sum(map(len, STORY)), len({w for s in STORY for w in s})) == (29, 414, 178)
    assert (len(RHYME), sum(map(len, RHYME)), len({w for s in RHYME for w in s})) == (11, 332, 41)


def test_the_wider_the_beam_the_shorter_the_trigrams_sentence():
    assert sizes("trigram") == [
        (15, -10.30, True),
        (12, -9.07, True),
        (7, -6.05, True),
        (7, -5.78, True),
        (7, -5.78, True),
        (3, -3.98, True),
    ]


def test_the_bigram_runs_in_a_circle_and_then_says_nothing():
    assert sizes("bigram") == [
        (25, -27.40, False),
        (14, -15.19, True),
        (10, -10.79, True),
        (7, -7.51, True),
        (7, -7.51, True),
        (1, -4.43, True),
    ]


def test_a_length_penalty_turns_it_round():
    run = demo.run_speech(demo.SpeechSettings(wide_beam=20, alpha=1.0)).run
    assert len(run.search.best.tokens) == 20
    assert not run.missed(run.search)


def test_the_recorded_nets_talk_less_with_a_wide_beam():
    for source in ("story", "rhyme"):
        lengths = [
            len(demo.run_speech(
                demo.SpeechSettings(kind="recurrent", source=source, wide_beam=width)
            ).run.search.best.tokens)
            for width in (1, 20)
        ]  # fmt: skip
        assert lengths[1] < lengths[0]


def test_the_recorded_nets_are_what_training_gives():
    """The first epochs again: the same start, the same losses."""
    for source, sentences, epochs in (("story", STORY, 1), ("rhyme", RHYME, 2)):
        again = recurrent.train(sentences, epochs=epochs)
        kept = recurrent.recorded(source)
        assert again.losses == pytest.approx(kept.losses[:epochs], abs=1e-3)
        assert again.vocabulary == kept.vocabulary == recurrent.vocabulary_of(sentences)
        assert kept.losses[-1] < 0.4 < 3 < kept.losses[0]


def test_the_numpy_net_is_torchs():
    import torch

    kept = recurrent.recorded("story")
    w = {name: torch.tensor(np.array(array)) for name, array in kept.weights.items()}
    cell = torch.nn.GRU(48, 48, batch_first=True)
    names = ("input", "recurrent", "input_bias", "recurrent_bias")
    with torch.no_grad():
        for parameter, name in zip(cell.parameters(), names, strict=True):
            parameter.copy_(w[name])
        tokens = torch.tensor([[len(kept.vocabulary), 3, 7, 1]])
        states, _ = cell(w["embedding"][tokens])
        theirs = torch.log_softmax(states[0] @ w["output"].T + w["output_bias"], -1)
    ours = path_log_probs(kept.decoder(), (3, 7, 1))
    assert ours == pytest.approx([float(theirs[i, t]) for i, t in enumerate((3, 7, 1))], abs=1e-4)


def test_exact_search_finds_the_best_of_every_length():
    decoder = speech.counted("trigram", demo.TEXTS["story"])
    best = max(decoder.best_by_length(25), key=lambda one: one.log_prob)
    assert best.tokens == exact_search(decoder, 25).tokens
    assert decoder.vocabulary[best.tokens[0]] == "nobody"


def test_own_text_trains_and_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr(speech, "train", partial(recurrent.train, epochs=3))
    told = []
    example = demo.SpeechSettings(kind="recurrent", source="own")
    result = demo.run_speech(example, lambda share, words="": told.append((share, words)))
    assert result.run.search.best.log_prob < 0
    assert told[-1][0] == 1.0
    assert "nats" in told[-1][1]
    demo.run_speech(example.model_copy(update={"wide_beam": 7}), lambda *_: told.append("again"))
    assert "again" not in told


def test_a_cancelled_training_leaves_nothing_behind():
    class Stop(Exception):
        pass

    def stop(share, words=""):
        raise Stop

    text = demo.SpeechSettings().own + " One more sentence here."
    with pytest.raises(Stop):
        speech.trained("own", text, stop)
    assert text not in speech._SHELF


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Too short.", "need at least 3 sentences and 20 words, got 1 and 2"),
        ("a. b. c.", "need at least 3 sentences and 20 words, got 3 and 3"),
        ("", "need at least 3 sentences and 20 words, got 0 and 0"),
        ("x" * 20_001, "text is longer than 20,000 characters"),
    ],
)
def test_a_text_that_is_no_text_gets_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        language.read_sentences(text)


def test_too_many_different_words_are_refused():
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [a + b + c for a in letters for b in letters for c in letters[:4]][:2100]
    text = ". ".join(" ".join(words[i : i + 300]) for i in range(0, 2100, 300))
    with pytest.raises(ValueError, match="at most 2000 different words, got 2100"):
        language.read_sentences(text)


def test_words_of_other_alphabets_are_words():
    read = language.read_sentences("Été à Łódź. " * 10 + "Don't stop! Ещё раз?")
    assert read[0] == ("été", "à", "łódź")
    assert read[-2:] == (("don't", "stop"), ("ещё", "раз"))


def test_a_search_is_reproduced_from_the_words_alone():
    result = demo.run_speech(demo.SpeechSettings(kind="recurrent"))
    run = result.run
    assert sum(path_log_probs(run.decoder, run.search.best.tokens)) == pytest.approx(
        run.search.best.log_prob
    )
    again = beam_search(run.decoder, beam_width=5, num_steps=25)
    assert again.best == run.search.best


def test_many_models_at_once_are_the_models_one_by_one():
    from viz.beam_search.compute import exhaustive
    from viz.beam_search.many import many_models
    from viz.beam_search.models import RandomDecoder

    found = many_models(
        vocabulary_size=3,
        num_steps=4,
        sharpness=2.0,
        seed=7,
        num_models=12,
        widths=(1, 2, 5),
        progress=quiet,
    )
    for place in range(12):
        decoder = RandomDecoder(3, seed=7 + place)
        for row, width in enumerate(found.widths):
            alone = beam_search(decoder, beam_width=width, num_steps=4).best.log_prob
            assert found.found[row, place] == pytest.approx(alone)
        assert found.best[place] == pytest.approx(exhaustive(decoder, 4)[0].log_prob)
    assert found.num_known == 12
    assert found.missed(0) >= found.missed(2)


def test_greedy_is_trapped_in_about_a_third_of_random_models():
    result = demo.run_many(demo.ManySettings())
    assert [result.missed(result.widths.index(k)) for k in (1, 2, 5)] == [17, 7, 1]
    assert result.gaps(0).mean() == pytest.approx(0.208, abs=0.001)


def test_a_recording_is_read_back(monkeypatch, tmp_path):
    monkeypatch.setattr(recurrent, "FILE", tmp_path / "recorded" / "recurrent.npz")
    recurrent.record({"story": RHYME[:3]}, epochs=1)
    kept = recurrent.recorded.__wrapped__("story")
    fresh = recurrent.train(RHYME[:3], epochs=1)
    assert kept.vocabulary == fresh.vocabulary
    assert kept.losses == pytest.approx(fresh.losses)
    for name, array in fresh.weights.items():
        np.testing.assert_array_equal(kept.weights[name], array)
