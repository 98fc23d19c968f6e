"""A learner's own tree: three forms of one tree, and a sentence for everything that is wrong."""

import math

import pytest

from viz.beam_search import demo, trees
from viz.beam_search.compute import beam_search
from viz.beam_search.tree_view import OWN_EXAMPLE, TreeSettings, run_tree

PREFIXES = """
: deep=-0.51, learn=-0.91
deep : deep=-0.35, learn=-1.20
learn : deep=-4.61, learn=-0.01
deep deep : deep=-0.22, learn=-1.61
deep learn : deep=-0.69, learn=-0.69
learn deep : deep=-2.30, learn=-0.11
learn learn : deep=-0.05, learn=−2.99
"""
NESTED = """{"deep": [-0.51, {"deep": [-0.35, {"deep": -0.22, "learn": -1.61}],
                              "learn": [-1.20, {"deep": -0.69, "learn": -0.69}]}],
 "learn": [-0.91, {"deep": [-4.61, {"deep": -2.30, "learn": -0.11}],
                   "learn": [-0.01, {"deep": -0.05, "learn": -2.99}]}]}"""


@pytest.mark.parametrize("text", [OWN_EXAMPLE, PREFIXES, NESTED])
def test_three_forms_of_the_exams_tree(text):
    own = trees.read_tree(text)
    assert own.decoder.table == demo.exam_decoder().table
    assert own.num_steps == 3
    search = beam_search(own.decoder, beam_width=2, num_steps=3)
    assert search.words(search.best.tokens) == demo.SEED.beam_2


def test_what_is_written_is_read_again():
    decoder = demo.trap_decoder()
    again = trees.read_tree(trees.write_tree(decoder)).decoder
    for prefix, row in decoder.table.items():
        assert again.table[prefix] == pytest.approx(row)


def test_probabilities_are_read_and_checked():
    own = trees.read_tree("a p=0.6\nb p=0.5")
    assert own.decoder.table[()] == pytest.approx((math.log(0.6), math.log(0.5)))
    assert [(words, round(total, 2)) for words, total in own.uneven] == [("", 1.1)]
    run = run_tree(TreeSettings(model="own tree", own="a p=0.6\nb p=0.5"))
    assert "add up to 1.10" in run.notice


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs at least one word"),
        ("deep", "line 1: expected a word and its log-prob, got 'deep'"),
        ("deep 0.4", "line 1: log-prob of 'deep' must be at most 0, got 0.4"),
        ("deep nan", "log-prob of 'deep' must be a number, got 'nan'"),
        ("deep p=1.5", "p of 'deep' must be between 0 and 1, got 1.5"),
        ("a -1\na -2", "line 2: 'a' is given twice"),
        ("a -1\n  b -1\nc -1", "'c' stops after 1 of 2 words"),
        ("a p=0\nb p=0", "no word can follow at the start"),
        ("a -1\n  a p=0\nb -1\n  a -1", "no word can follow after 'a'"),
        ("a -1\n  <eos> p=0\n  b -1", "no sentence can end"),
        (": a=-1\nb : a=-1", "no log-probs given for the prefix b"),
        (": a -1", "line 1: expected word=log-prob, got 'a -1'"),
        ("{", "the JSON cannot be read at line 1"),
        ('{"a": [1, 2, 3]}', "must be a log-prob or"),
        ('{"a": -1, "a": -2}', "'a' is given twice"),
        ('{"a": NaN}', "must be a finite number, got NaN"),
        ("\n".join(" " * i + "a -1" for i in range(9)), "at most 8 words deep"),
        ("\n".join(f"w{i} -5" for i in range(60)), "at most 50 words, got 60"),
        ("a,b -1", "is not a word of at most 20 letters"),
    ],
)
def test_a_bad_tree_gets_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=r".") as caught:
        run_tree(TreeSettings(model="own tree", own=text))
    assert sentence in str(caught.value)


def test_words_that_cannot_follow_are_not_candidates():
    own = trees.read_tree("a p=0.5\n  c p=1\nb p=0.5\n  d p=1")
    search = beam_search(own.decoder, beam_width=5, num_steps=2)
    assert search.num_scored == 4
    assert {search.words(one.tokens) for one in search.hypotheses} == {"a c", "b d"}


def test_a_tree_with_ends():
    text = "<eos> p=0.2\na p=0.8\n  <eos> p=0.3\n  b p=0.7\n    <eos> p=1"
    run = run_tree(TreeSettings(model="own tree", own=text, wide_beam=5))
    assert run.search.words(run.search.best.tokens) == "a b <eos>"
    assert run.search.best.finished
    assert not run.missed(run.search)
