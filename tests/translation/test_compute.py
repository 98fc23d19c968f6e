"""Shifts, rows and reach; the corpus and what enumeration allows on it."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.translation import bounds, compute, corpus
from viz.translation.compute import EOS, SOS
from viz.translation.controls import SEED
from viz.translation.network import Config, vocabulary

PAIRS = corpus.corpus()
WORDS = vocabulary(PAIRS)
WORD_LISTS = st.lists(st.sampled_from("abc"), min_size=1, max_size=7)


def test_the_exams_rows():
    rows = {
        mode: compute.decoder_inputs(SEED.truth, SEED.emitted, mode)
        for mode in ("training", "evaluation")
    }
    assert rows["training"] == SEED.training_inputs
    assert rows["evaluation"] == SEED.evaluation_inputs
    assert len(SEED.emitted) == SEED.figure.linear_outputs


@given(WORD_LISTS)
def test_shifting_starts_with_sos_and_drops_the_end(truth):
    row = compute.shift_right((*truth, EOS))
    assert len(row) == len(truth) + 1
    assert row[0] == SOS
    assert EOS not in row


@given(WORD_LISTS, WORD_LISTS)
def test_rows_agree_exactly_when_all_but_the_last_words_do(truth, emitted):
    width = min(len(truth), len(emitted))
    one, other = truth[:width], emitted[:width]
    equal = compute.shift_right(one) == compute.shift_right(other)
    assert equal == (one[:-1] == other[:-1])


def test_the_vertical_decoder_stops_with_the_source():
    found = compute.rows(
        ("veo", "un", "perro", EOS),
        ("I", "see", "a", "dog"),
        ("I", "saw", "a", "dog"),
        mode="training",
        stack="vertical",
    )
    assert (found.steps, len(found.truth), found.differs) == (4, 5, (2,))


def test_after_its_end_nothing_is_fed():
    source = ("veo", EOS)
    short, long_ = ("I",), ("I", "see", "it")
    used = compute.rows(source, long_, short, mode="evaluation", stack="horizontal")
    assert used.evaluation == (SOS, "I", "", "")
    assert used.training == (SOS, "I", "see", "it")
    assert (used.steps, used.differs, used.cut) == (2, (2, 3), False)
    taught = compute.rows(source, long_, short, mode="training", stack="vertical")
    assert (taught.steps, taught.cut) == (2, True)


def test_reach():
    mask = compute.reach("vertical", num_source=4, num_target=5)
    assert mask[1].tolist() == [True, True, False, False]
    assert compute.reach("horizontal", num_source=4, num_target=5).all()
    with pytest.raises(ValueError, match="stack must be one of horizontal, vertical; got 'up'"):
        compute.reach("up", num_source=1, num_target=1)


def test_the_corpus():
    kinds = [pair.kind for pair in PAIRS]
    counts = {kind: kinds.count(kind) for kind in ("plain", "neg", "subject", "clitic")}
    assert (len(PAIRS), counts) == (1896, {"plain": 800, "neg": 640, "subject": 420, "clitic": 36})
    assert len(WORDS.source) - 3 == 36
    assert len(WORDS.target) - 3 == 27
    assert len({pair.source for pair in PAIRS}) == len(PAIRS)
    lengths = [(len(p.source), len(p.target)) for p in PAIRS]
    expected = {(4, 5): 768, (5, 6): 512, (6, 6): 336, (3, 4): 176, (5, 5): 84, (2, 3): 20}
    assert {pair: lengths.count(pair) for pair in set(lengths)} == expected


def test_the_split_keeps_the_exams_sentence_out():
    train, test = corpus.split(PAIRS)
    assert not set(train) & set(test)
    assert len(train) + len(test) == len(PAIRS)
    assert corpus.HELD_OUT in {" ".join(pair.source) for pair in test}
    few = PAIRS[:99]
    assert corpus.split(few) == (few, few)


@pytest.mark.parametrize(
    ("sos", "total", "sentences", "possible", "positions"),
    [
        (False, 0.8139573618, 84, 420, [77.74, 82.28, 100, 98.95, 90.62, 54.82, 39.62]),
        (True, 0.7156895403, 116, 1896, [30.27, 81.54, 96.52, 54.43, 69.51, 85.88, 100]),
    ],
)
def test_what_vertical_stacking_can_reach(sos, total, sentences, possible, positions):
    best = bounds.best_possible(PAIRS, "vertical", source_sos=sos)
    assert best.total == pytest.approx(total, abs=1e-10)
    assert best.sentences == sentences
    np.testing.assert_allclose(100 * np.array(best.positions), positions, atol=0.006)
    short = [p for p in PAIRS if len(p.target) + 1 <= len(corpus.full_source(p, sos))]
    assert len(short) == possible
    whole = bounds.best_possible(PAIRS, "horizontal", source_sos=sos)
    assert (whole.total, whole.sentences) == (1.0, len(PAIRS))
    assert whole.positions == (1.0,) * 7


def test_what_looks_alike_adds_up_to_the_bound():
    right, total = 0.0, 0
    for pair in PAIRS[::31]:
        found = bounds.alike(PAIRS, pair)
        assert [one.right for one in found] == [*pair.target, EOS]
        for one in found:
            assert dict(one.counts)[one.right] >= 1
        total += len(found)
        right += sum(one.share for one in found)
    # Averaging the best guess's share over all sentences gives the bound; here over some of them.
    best = bounds.best_possible(PAIRS, "vertical").total
    assert right / total == pytest.approx(best, abs=0.02)


def test_the_adjective_is_not_known_before_it_is_read():
    pair = next(p for p in PAIRS if " ".join(p.source) == "el gato negro ve un perro")
    one = bounds.alike(PAIRS, pair)[1]
    assert one.seen == ("el", "gato")
    assert dict(one.counts) == {"black": 21, "cat": 21, "red": 21, "small": 21, "white": 21}
    assert one.share == pytest.approx(0.2)


PAIR_TEXTS = [
    ("a | b\nc | d\ne f", "line 3: expected two sides separated by a tab or |"),
    ("a | b\nc | d\ne | f", "need at least 20 phrase pairs, got 3"),
    ("a " * 41 + "| b", "line 1: 41 words, the limit is 20"),
    ("a | b\n" * 3001, "more than 3,000 pairs"),
]


@pytest.mark.parametrize(("typed", "words"), PAIR_TEXTS)
def test_bad_pairs_are_named(typed, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        corpus.parse_pairs(typed)


def test_words_are_lowered_except_i_and_punctuation_is_split():
    assert corpus.words_of("Veo I, un PERRO.") == ("veo", "I", ",", "un", "perro", ".")


def test_symbols_that_are_typed_are_left_to_the_page():
    assert corpus.words_of("<SOS> veo un perro <eos>") == ("veo", "un", "perro")


ROWS = {"mode": "training", "stack": "horizontal"}
BAD = [
    (lambda: Config(hidden_size=0), "hidden size must be between 4 and 256, got 0"),
    (lambda: Config(cell="lstm"), "cell must be gru or rnn"),
    (
        lambda: WORDS.source_ids(("xyzzy",), source_sos=False),
        "unknown word 'xyzzy' - known Spanish words: blanca",
    ),
    (lambda: WORDS.target_ids(("xyzzy",)), "unknown word 'xyzzy' - known English words: I, a"),
    (lambda: WORDS.source_ids((), source_sos=False), "must have 1 to 20 words, got 0"),
    (
        lambda: compute.rows((EOS,), ("I",), ("I",), **ROWS),
        "Spanish sentence must have 1 to 8 words, got 0",
    ),
    (
        lambda: compute.rows(("a",), (), ("I",), **ROWS),
        "Right translation must have 1 to 8 words, got 0",
    ),
    (lambda: compute.decoder_inputs("ab", "ab", "use"), "mode must be one of training, evaluation"),
]


@pytest.mark.parametrize(("call", "sentence"), BAD)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()
