"""The search itself: the exam's numbers, the oracles, and laws that hold for every decoder."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.beam_search import compute, demo, witnesses
from viz.beam_search.language import MarkovDecoder, NGramDecoder
from viz.beam_search.models import RandomDecoder, TreeDecoder
from viz.beam_search.results import run_search, whole_tree

SEED = demo.SEED


def said(decoder, width, steps, **options):
    search = compute.beam_search(decoder, beam_width=width, num_steps=steps, **options)
    return search, search.words(search.best.tokens)


@pytest.mark.parametrize(("width", "key"), [(1, "greedy"), (2, "beam_2"), (8, "exhaustive")])
def test_emits_the_exams_sentence(width, key):
    assert said(demo.exam_decoder(), width, 3)[1] == getattr(SEED, key)


def test_the_exams_path_sums():
    tree = whole_tree(demo.exam_decoder(), 3)
    words = SEED.tokens
    sums = {" ".join(words[t] for t in p): v for p, v in tree.items() if len(p) == 3}
    assert sums == pytest.approx(SEED.path_sums)
    assert math.fsum(map(math.exp, sums.values())) == pytest.approx(1.0087300274, abs=1e-10)


def test_beam_of_two_keeps_what_the_solution_keeps():
    search, _ = said(demo.exam_decoder(), 2, 3)
    second = search.steps[1]
    assert [search.words(p) for p in second.prefixes.tolist()] == list(SEED.survivors)
    totals = {search.prefix(1, i): round(float(v), 2) for i, v in enumerate(second.totals)}
    assert totals == {(0, 0): -0.86, (1, 1): -0.92, (0, 1): -1.71, (1, 0): -5.52}
    assert [round(float(v), 2) for v in search.steps[2].totals] == [-0.97, -1.08, -2.47, -3.91]


@pytest.mark.parametrize(("width", "scored"), [(1, 6), (2, 10), (3, 12), (4, 14), (8, 14)])
def test_candidates_scored_on_the_exams_tree(width, scored):
    search, words = said(demo.exam_decoder(), width, 3)
    assert search.num_scored == scored == compute.beam_cost(2, 3, width)
    assert words == (SEED.greedy if width == 1 else SEED.exhaustive)


def test_survivors_of_four_on_the_exams_tree_keep_the_order_of_a_tie():
    search, _ = said(demo.exam_decoder(), 4, 3)
    kept = [(search.words(one.tokens), round(one.log_prob, 2)) for one in search.hypotheses]
    assert kept == [
        ("learn learn deep", -0.97),
        ("deep deep deep", -1.08),
        ("deep learn deep", -2.40),
        ("deep learn learn", -2.40),
    ]


def test_one_placement_of_the_printed_pairs_gives_the_path_sums():
    """All 5,040 placements, in whole hundredths."""
    pairs = [tuple(round(100 * v) for v in pair) for pair in SEED.printed_order]
    prefixes = ["", "deep", "learn", "deep deep", "deep learn", "learn deep", "learn learn"]
    paths = [p.split() for p in SEED.path_sums]
    wanted = [round(100 * v) for v in SEED.path_sums.values()]
    fitting = []
    for order in itertools.permutations(pairs):
        at = dict(zip(prefixes, order, strict=True))
        sums = [sum(at[" ".join(p[:n])][SEED.tokens.index(p[n])] for n in range(3)) for p in paths]
        if sums == wanted:
            fitting.append(at)
    table = {p: tuple(round(100 * v) for v in row) for p, row in SEED.log_probs.items()}
    assert fitting == [table]


def test_clean_probabilities_have_the_same_winners():
    decoder = demo.clean_decoder()
    best, words = said(decoder, 4, 3)
    greedy, first = said(decoder, 1, 3)
    assert (words, first) == (SEED.exhaustive, SEED.greedy)
    assert best.best.log_prob == pytest.approx(-0.9776343621, abs=1e-10)
    assert greedy.best.log_prob == pytest.approx(-1.0906441190, abs=1e-10)


def test_a_log_softmax_on_top_moves_the_exams_numbers():
    from viz.beam_search.models import log_softmax

    rows = {p: log_softmax(np.array(r)) for p, r in demo.exam_decoder().table.items()}
    search, words = said(TreeDecoder(rows, SEED.tokens), 2, 3)
    assert words == SEED.beam_2
    assert search.best.log_prob == pytest.approx(-0.9745, abs=5e-5)


@pytest.mark.parametrize(
    ("width", "share", "words"),
    [(1, 0.177870, "a a a a"), (2, 0.112896, "b a b a"), (3, 0.177870, None), (8, 0.17787, None)],
)
def test_a_wider_beam_can_be_worse(width, share, words):
    search, found = said(demo.trap_decoder(), width, 4)
    assert math.exp(search.best.log_prob) == pytest.approx(share, abs=5e-7)
    assert found == (words or "a a a a")
    exact = compute.exact_search(demo.trap_decoder(), 4)
    assert exact.tokens == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("options", "width", "words", "log_prob", "score"),
    [
        ({}, 1, "a b a b a b", -4.3796544510, None),
        ({}, 2, "a b <eos>", -2.3126354290, None),
        ({}, 3, "<eos>", -1.8971199849, None),
        ({"alpha": 1.0}, 2, "a b a b <eos>", -3.8042903056, -0.7608580611),
        ({"alpha": 0.6, "penalty": "gnmt"}, 6, "a <eos>", -1.9841313619, -1.8088491411),
        ({"alpha": 2.0}, 6, "a b a b a <eos>", -4.9674411154, -0.1379844754),
    ],
)
def test_the_curse(options, width, words, log_prob, score):
    search, found = said(demo.curse_decoder(), width, 6, **options)
    assert found == words
    assert search.best.finished == ("<eos>" in words)
    assert search.best.log_prob == pytest.approx(log_prob, abs=1e-9)
    if score is not None:
        assert search.best.score == pytest.approx(score, abs=1e-10)
    if options or width == 3:
        exact = compute.exact_search(demo.curse_decoder(), 6, **options)
        assert search.words(exact.tokens) == words


def test_the_penalty_of_wu():
    assert compute.length_penalty(10, 0.6, "gnmt") == pytest.approx(1.7328621079, abs=1e-10)
    assert compute.length_penalty(10, 0.0) == 1


def test_costs_of_a_real_size():
    assert compute.beam_cost(50, 10, 5) == 2300
    assert 50**10 == 97_656_250_000_000_000
    with pytest.raises(ValueError, match="would need 97,656,250,000,000,000 sequences"):
        compute.exhaustive(RandomDecoder(50, seed=0), 10)


@pytest.mark.parametrize("width", [0, -1, 1.5, "two", True])
def test_a_width_that_is_none_is_refused(width):
    with pytest.raises(
        ValueError, match=f"beam size k must be an integer of at least 1, got {width}"
    ):
        compute.beam_search(demo.exam_decoder(), beam_width=width, num_steps=3)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({(): [-1, math.nan]}, "log-prob of 'b' at the start is nan, expected a number"),
        ({(): [-1, -1], (0,): [-1, 0.4]}, "'b' after 'a' must be at most 0, got 0.4"),
        ({(): [-1, -1], (0,): [-1, -1, -1]}, "expected 2, got 3 after 'a'"),
        ({(): [-1, -1], (0, 1): [-1, -1]}, "no log-probs given for the prefix a"),
    ],
)
def test_a_bad_table_is_named(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        TreeDecoder(table, ["a", "b"])


def test_a_missing_prefix_is_named():
    decoder = TreeDecoder({(): [-1, -1], (0,): [-1, -1]}, ["a", "b"])
    with pytest.raises(ValueError, match="no log-probs given for the prefix b"):
        compute.beam_search(decoder, beam_width=2, num_steps=2)


@given(st.integers(2, 4), st.integers(1, 4), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_a_beam_as_wide_as_the_tree_is_enumeration(size, steps, seed):
    rows = {p: np.round(row, 1) for p, row in _random_rows(size, steps, seed).items()}
    decoder = TreeDecoder(rows, [str(i) for i in range(size)])
    every = sorted(
        itertools.product(range(size), repeat=steps),
        key=lambda p: -round(sum(rows[p[:n]][t] for n, t in enumerate(p)), 12),
    )
    search = compute.beam_search(decoder, beam_width=max(1, size ** (steps - 1)), num_steps=steps)
    order = [search.prefix(steps - 1, i) for i in range(len(search.steps[-1].totals))]
    assert round(search.best.log_prob, 9) == round(_total(rows, every[0]), 9)
    assert [round(_total(rows, p), 9) for p in order] == [
        round(_total(rows, p), 9) for p in every[: len(order)]
    ]
    assert search.best.tokens == compute.exhaustive(decoder, steps)[0].tokens


def _random_rows(size, steps, seed):
    rng = np.random.default_rng(seed)
    return {
        p: np.log(rng.dirichlet(np.ones(size)))
        for n in range(steps)
        for p in itertools.product(range(size), repeat=n)
    }


def _total(rows, path):
    return math.fsum(rows[path[:n]][t] for n, t in enumerate(path))


@given(st.integers(2, 6), st.integers(1, 6), st.integers(1, 7), st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_laws_of_every_search(size, steps, width, seed):
    decoder = RandomDecoder(size, seed=seed)
    search = compute.beam_search(decoder, beam_width=width, num_steps=steps)
    assert search.num_scored == compute.beam_cost(size, steps, width)
    tops = [float(step.totals[step.kept[0]]) for step in search.steps]
    assert tops == sorted(tops, reverse=True)
    for before, step in itertools.pairwise(search.steps):
        alive = {tuple(p) for p in before.prefixes.tolist()}
        assert {tuple(p[:-1]) for p in step.prefixes.tolist()} <= alive
        assert (step.totals[step.kept] <= before.totals[before.kept][step.parents[step.kept]]).all()
    plain, total = witnesses.plain_search(decoder, beam_width=width, num_steps=steps)
    other, same = witnesses.torch_search(decoder, beam_width=width, num_steps=steps)
    assert plain == other == search.best.tokens
    assert total == pytest.approx(search.best.log_prob)
    assert same == pytest.approx(search.best.log_prob)


@given(
    st.integers(0, 10_000),
    st.integers(1, 6),
    st.sampled_from([0.0, 0.6, 1.0, 2.0]),
    st.sampled_from(["power", "gnmt"]),
)
@settings(max_examples=60, deadline=None)
def test_three_searches_agree_where_sentences_end(seed, width, alpha, penalty):
    rng = np.random.default_rng(seed)
    rows = np.log(rng.dirichlet(np.ones(4), size=5))
    decoder = MarkovDecoder(rows, ["a", "b", "c", "<eos>"])
    options = {"beam_width": width, "num_steps": 5, "alpha": alpha, "penalty": penalty}
    search = compute.beam_search(decoder, **options)
    assert witnesses.plain_search(decoder, **options)[0] == search.best.tokens
    assert witnesses.torch_search(decoder, **options)[0] == search.best.tokens
    exact = compute.exact_search(decoder, 5, alpha=alpha, penalty=penalty)
    whole = compute.beam_search(decoder, **{**options, "beam_width": 4**5})
    assert exact.score == pytest.approx(whole.best.score, abs=1e-9)
    if search.best.finished:
        assert exact.score >= search.best.score - 1e-12


def test_greedy_is_the_argmax_of_every_step():
    decoder = RandomDecoder(5, seed=3)
    states, tokens = decoder.start(), []
    for _ in range(6):
        token = int(decoder.log_probs(states)[0].argmax())
        tokens.append(token)
        states = decoder.extend(states, np.array([token]))
    assert said(decoder, 1, 6)[0].best.tokens == tuple(tokens)


def test_exact_search_equals_enumeration_on_random_models():
    for seed in range(200):
        decoder = RandomDecoder(3, seed=seed)
        every = compute.exhaustive(decoder, 4)
        exact = compute.exact_search(decoder, 4)
        assert exact.tokens == every[0].tokens
        for width in (1, 2, 5):
            assert said(decoder, width, 4)[0].best.log_prob <= exact.log_prob + 1e-12


def test_exact_search_gives_up_in_words_not_in_time():
    assert compute.exact_search(RandomDecoder(50, seed=0), 10, limit=1000) is None


def test_two_never_loses_to_one_with_two_words_and_three_steps():
    shares = np.random.default_rng(0).uniform(0.001, 0.999, size=(1500, 7))
    prefixes = [p for n in range(3) for p in itertools.product((0, 1), repeat=n)]
    for logs, rest in zip(np.log(shares), np.log1p(-shares), strict=True):
        rows = {p: (a, b) for p, a, b in zip(prefixes, logs, rest, strict=True)}
        decoder = TreeDecoder(rows, SEED.tokens)
        one, two = (said(decoder, width, 3)[0].best.log_prob for width in (1, 2))
        assert two >= one - 1e-12


def test_a_constant_at_one_depth_changes_no_ranking():
    rows = dict(demo.exam_decoder().table)
    moved = {p: [v - (1.7 if len(p) == 1 else 0) for v in row] for p, row in rows.items()}
    for width in (1, 2, 3, 4):
        plain = said(demo.exam_decoder(), width, 3)[0]
        other = said(TreeDecoder(moved, SEED.tokens), width, 3)[0]
        assert [h.tokens for h in plain.hypotheses] == [h.tokens for h in other.hypotheses]


def test_best_by_length_has_the_exact_best_in_it():
    found = demo.curse_decoder().best_by_length(6)
    best = max(found, key=lambda one: one.log_prob)
    assert best.tokens == compute.exact_search(demo.curse_decoder(), 6).tokens
    assert [len(one.tokens) for one in found] == [1, 2, 3, 4, 5, 6]


@given(st.integers(0, 3000), st.sampled_from([(0.6, 0.25, 0.13, 0.02), (0.0, 0.8, 0.18, 0.02)]))
@settings(max_examples=25, deadline=None)
def test_best_by_length_of_counts_equals_enumeration(seed, weights):
    rng = np.random.default_rng(seed)
    sentences = [["a", "b", "c"][: rng.integers(1, 4)] for _ in range(2)]
    sentences += [list(rng.choice(["a", "b", "c"], size=rng.integers(1, 5))) for _ in range(4)]
    decoder = NGramDecoder(sentences, weights=weights)
    found = decoder.best_by_length(4)
    every = compute.beam_search(decoder, beam_width=4**4, num_steps=4).hypotheses
    for one in found:
        best = max(h.log_prob for h in every if len(h.tokens) == len(one.tokens))
        assert one.log_prob == pytest.approx(best, abs=1e-10)
        parts = compute_parts(decoder, one.tokens)
        assert math.fsum(parts) == pytest.approx(one.log_prob, abs=1e-9)
    exact = compute.exact_search(decoder, 4)
    assert max(one.log_prob for one in found) == pytest.approx(exact.log_prob, abs=1e-9)


def compute_parts(decoder, tokens):
    from viz.beam_search.models import path_log_probs

    return path_log_probs(decoder, tokens)


def test_shares_of_an_ngram_add_up_to_one():
    decoder = NGramDecoder([["a", "b"], ["a", "c", "b"]])
    states = np.array([(decoder.begin, decoder.begin), (0, 1), (2, 2)])
    assert np.exp(decoder.log_probs(states)).sum(axis=1) == pytest.approx([1, 1, 1])


def test_a_search_that_cannot_know_the_best_says_so():
    run = run_search(RandomDecoder(50, seed=0), name="random", num_steps=10, beam_width=2)
    assert run.exact is None
    assert run.gap(run.search) is None


def test_open_ends_may_compete_with_sentences_that_ended():
    """As ``generate`` of transformers lets them at the end; the page takes them only in need."""
    options = {"alpha": 2.0, "finished_only": False}
    free, words = said(demo.curse_decoder(), 2, 6, **options)
    assert words == "a b a b a b"
    assert not free.best.finished
    assert said(demo.curse_decoder(), 2, 6, alpha=2.0)[1] == "a b a b <eos>"
