"""Answers of the exam and the words for known mistakes."""

import json
import re

import numpy as np
import pytest

from viz import quiz
from viz.autoencoder import compute, exercises, extras


def said(maker, *parts, variant=None):
    question = quiz.pose(maker, variant)
    return quiz.check(question, json.dumps([str(part) for part in parts]))


def test_part_a_is_two_layers_squares_and_two_tools():
    assert said(exercises.recipe, 2, 0, "1 4").right


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((1, 0, "1 4"), "the encoder is one, the decoder another"),
        ((3, 0, "1 4"), "Count the matrices"),
        ((2, 2, "1 4"), "Cross entropy needs classes"),
        ((2, 1, "1 4"), "L1 sums absolute values"),
        ((2, 0, "1 5"), "Adam rescales every coordinate"),
        ((2, 0, "1 2 4"), "would change the model"),
        ((2, 0, "1 3 4"), "a batch of one point"),
        ((2, 0, "0 1 4"), "Dropout has a penalty of its own"),
        ((2, 0, "4"), "exactly what weight decay does"),
        ((2, 0, "1"), "that is SGD"),
    ],
)
def test_mistakes_in_part_a_are_named(parts, words):
    verdict = said(exercises.recipe, *parts)
    assert not verdict.right
    assert words in verdict.words


def test_part_b():
    assert said(exercises.balanced, 1, 0).right
    assert said(exercises.orthonormal, 0, "0 1 2 3").right


@pytest.mark.parametrize(
    ("maker", "parts", "words"),
    [
        (exercises.balanced, (-1, 0), "not negative"),
        (exercises.balanced, (2, 0), "value of the sum"),
        (exercises.balanced, (1, 1), "one zero"),
        (exercises.orthonormal, (1, "0 1 2 3"), "likes best"),
        (exercises.orthonormal, (0, "0 1 2 3 4"), "Noise has no part"),
        (exercises.orthonormal, (0, "0 1 2 3 5"), "gap after its k-th variance"),
        (exercises.orthonormal, (0, "0 2 3"), "A step is missing"),
        (extras.exact, (0.5, 0.2, 0), "That is s²"),
        (extras.exact, (0.5, 0.8, 0), "That is s²"),
        (extras.exact, (0.70710678, 0.4472136, 1), "given up"),
        (extras.in_torch, (0.1, 0.1), "divides by m"),
        (extras.in_torch, (0.0125, 0.05), "2λW, not λW"),
        (extras.scaled, (0, 0), "put in a larger λ"),
        (extras.scaled, (1, 1), "the rate is 4λ"),
    ],
)
def test_mistakes_are_named(maker, parts, words):
    verdict = said(maker, *parts)
    assert not verdict.right
    assert words in verdict.words


def test_beyond_the_exam():
    assert said(extras.exact, 0.7071, 0.4472, 0).right
    assert said(extras.in_torch, 0.0125, 0.1).right
    assert said(extras.scaled, 1, 0).right


def test_variants_have_round_roots():
    seen = set()
    for variant in range(40):
        question = quiz.pose(extras.exact, variant)
        seen |= {round(answer.key, 6) for _, answer in question.answer.items}
    assert seen == {0.8, 0.6, 0.0, 0.9}


def test_variances_in_a_prompt_are_exact():
    for variant in range(8):
        question = quiz.pose(extras.exact, variant)
        l2 = float(re.search(r"λ = ([\d.]+)", question.prompt)[1])
        for name, answer in question.answer.items:
            d = float(name.split("=")[1])
            assert answer.key == pytest.approx(max(0, 1 - l2 / d) ** 0.5, abs=1e-9)


def test_penalties_are_not_counted_where_there_may_be_three():
    said_by = [one.words for one in quiz.pose(exercises.recipe, 4).feedback]
    assert any("penalties are exactly what weight decay does" in words for words in said_by)
    assert not any("two penalties" in words for words in said_by)


def test_fourth_roots_of_the_variants():
    seen = {quiz.pose(exercises.balanced, v).answer.items[0][1].key for v in range(30)}
    assert seen == {2.0, 3.0, 0.5, 1.5}


def test_doubling_the_penalty_moves_lengths_away_from_1():
    d = np.array([4, 2.5, 1.5])
    before, after = (compute.optimum(d, 3, compute.penalty(v)).decoder_values for v in (0.05, 0.1))
    assert (1 - after > 1 - before).all()


def test_the_hint_about_lengths_follows_the_factor():
    for variant in range(12):
        question = quiz.pose(extras.scaled, variant)
        closer = question.answer.items[0][1].key == 0
        verdict = said(extras.scaled, int(closer), 0, variant=variant)
        assert ("put in a smaller λ" if closer else "put in a larger λ") in verdict.words


def test_norms_in_a_prompt_are_not_broken_over_rows():
    for maker in (exercises.recipe, exercises.orthonormal, extras.exact):
        assert r"${\tfrac1n" in quiz.pose(maker, None).prompt
