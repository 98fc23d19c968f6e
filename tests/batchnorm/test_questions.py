"""The questions on batch norm: draws, named mistakes, other accepted forms."""

import json

import numpy as np
import pytest

from viz import quiz
from viz.batchnorm import compute, demo, draws, drills, exercises, figures


def test_how_many_draws_are_refused():
    """In whole numbers, hence exactly: each mistake's distance from the key, times a denominator.

    With z = k sd from the mean the six mistakes are off by gamma k (1/sd - 1), gamma k (sd - 1),
    gamma (mean + k sd - k), k - gamma k - beta, gamma mean / sd and k (1 - gamma).
    """
    pools = [
        np.array([int(v * 20) for v in pool])
        for pool in (draws.MEANS, draws.STDS, draws.GAMMAS, draws.BETAS)
    ]
    mean, std, gamma, beta, k = np.meshgrid(*pools, draws.SPLITS, indexing="ij")
    off = [
        (gamma * k * (20 - std), std),
        (gamma * k * (std - 20), 20),
        (gamma * (mean + k * (std - 20)), 20),
        (20 * k - gamma * k - beta, 1),
        (gamma * mean, std),
        (np.where(gamma == 20, 1000, k * (20 - gamma)), 1),
    ]
    # A distance is numerator / (20 denominator); at most 1/20 means |numerator| <= denominator.
    near = np.any([np.abs(top) <= below for top, below in off], axis=0)
    assert near.size == 45_360
    assert near.sum() == 7_258
    rng = np.random.default_rng(0)
    for place in rng.integers(near.size, size=200):
        i = np.unravel_index(place, near.shape)
        draw = (
            draws.MEANS[i[0]],
            draws.STDS[i[1]],
            draws.GAMMAS[i[2]],
            draws.BETAS[i[3]],
            draws.SPLITS[i[4]],
        )
        assert draws.is_clear(draw) == (not near[i])


def test_whole_number_batches():
    found = drills.whole_batches()
    assert len(found) == 46
    assert (0, 0, 4, 4) in found
    for batch in found:
        deviation = float(np.std(batch))
        assert deviation >= 1
        assert deviation == pytest.approx(round(deviation))


@pytest.mark.parametrize(
    ("maker", "text", "words"),
    [
        (exercises.output_moments, '["4.5", "1", "1", "2", "3", "4", "5"]', "not an addition"),
        (exercises.output_moments, '["3", "0.4", "1", "2", "3", "4", "5"]', "kept its width"),
        (exercises.output_moments, '["3", "2.5", "1", "2", "3", "4", "5"]', "divide by its root"),
        (exercises.output_moments, '["3", "0.16", "1", "2", "3", "4", "5"]', "variance"),
        (exercises.output_moments, '["3", "6.25", "1", "2", "3", "4", "5"]', "not by the variance"),
        (exercises.output_moments, '["3", "1", "3.7", "4.1", "4.5", "4.9", "5.3"]', "only shifted"),
        (drills.landing, "5.5", "divide by its root"),
        (drills.landing, "3.4", "not divided away"),
        (drills.landing, "1", "still to come"),
        (drills.running_statistics, '["1.278", "1.47"]', "weight of the new batch"),
    ],
)
def test_mistakes_are_named(maker, text, words):
    verdict = quiz.check(maker(None), text)
    assert not verdict.right
    assert words in verdict.words


def test_a_negative_deviation_is_named():
    for variant in range(1, 200):
        question = quiz.pose(exercises.output_moments, variant)
        if question.settings.gamma >= 0:
            continue
        keys = [answer.key for _, answer in question.answer.items]
        lost = [keys[0], question.settings.gamma, *keys[2:]]
        assert "never negative" in quiz.check(question, json.dumps([str(v) for v in lost])).words
        turned = [*keys[:2], *keys[:1:-1]]
        assert "mirrors" in quiz.check(question, json.dumps([str(v) for v in turned])).words
        return
    pytest.fail("no variant with a negative gamma")


def test_biased_variance_is_named():
    biased = 1.0
    for batch in ([1, 2, 3], [2, 4, 6], [0, 0, 3]):
        biased = 0.9 * biased + 0.1 * np.var(batch)
    verdict = quiz.check(drills.running_statistics(None), f'["0.622", "{biased}"]')
    assert "unbiased" in verdict.words


def drawn(option):
    """Half-widths and correlation of an option's 1-SD contour."""
    outline = option.drawing.figure.data[0]
    x, y = np.asarray(outline.x)[:-1], np.asarray(outline.y)[:-1]
    return max(np.abs(x)), max(np.abs(y)), float(np.corrcoef(x, y)[0, 1])


def choose(question, rules):
    """The answer that picks in each part the option for which a rule holds."""
    picks = []
    for (_, choice), rule in zip(question.answer.items, rules, strict=True):
        fitting = [i for i, option in enumerate(choice.options) if rule(*drawn(option))]
        picks.append(str(fitting[0]))
    return json.dumps(picks)


def is_right(rho):
    return lambda a, b, r: abs(a - 1) < 0.01 and abs(b - 1) < 0.01 and abs(r - rho) < 0.03


@pytest.mark.parametrize("variant", [None, 1, 2, 3, 4, 5])
def test_exactly_one_drawing_is_right(variant):
    question = quiz.pose(exercises.contours, variant)
    assert len(question.answer.items) == 2
    for (_, choice), rho in zip(question.answer.items, (0.0, question.settings.rho), strict=True):
        rights = [i for i, option in enumerate(choice.options) if is_right(rho)(*drawn(option))]
        assert rights == [choice.key]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((is_right(0), is_right(0)), "Nothing rotates"),
        ((is_right(0.6), is_right(0.8)), "nothing can tilt"),
        ((lambda a, *_: a > 1.9, is_right(0.8)), "standard deviation 1"),
        ((is_right(0), lambda a, *_: a < 0.99), "tilt becomes 45°"),
        ((lambda a, b, _: b < 0.7 and a < 1.1, is_right(0.8)), "both axes are equal"),
    ],
)
def test_wrong_drawings_are_named(rules, words):
    question = exercises.contours(None)
    verdict = quiz.check(question, choose(question, rules))
    assert not verdict.right
    assert words in verdict.words


@pytest.mark.parametrize("variant", [None, *range(1, 20)])
def test_small_batches_have_one_right_list(variant):
    question = quiz.pose(drills.small_batch, variant)
    options = question.answer.options
    assert len(options) == len(set(options)) >= 4
    text = question.prompt.split("[")[1].split("]")[0].replace("−", "-")
    batch = np.array([float(v) for v in text.split(",")])
    right = compute.normalize(batch, eps=0.0).y.ravel()
    shown = options[question.answer.key].strip("[]").replace("−", "-")
    np.testing.assert_allclose([float(v) for v in shown.split(",")], right, atol=6e-4)


def test_the_unbiased_mistake_is_told_apart():
    question = drills.small_batch(None)
    wrong = question.answer.options.index("[−0.707, 0.707]")
    assert "not by n − 1" in quiz.check(question, str(wrong)).words


def test_both_orders_of_the_statistics_are_right():
    question = drills.algorithm(None)
    items = list(question.answer.items)
    swapped = [drills.STEPS[i] for i in (0, 2, 1, 3, 4, 5)]
    assert quiz.check(question, " ".join(str(items.index(step)) for step in swapped)).right
    early = [drills.STEPS[i] for i in (0, 1, 2, 3, 5, 4)]
    verdict = quiz.check(question, " ".join(str(items.index(step)) for step in early))
    assert "multiplied too" in verdict.words


def test_every_row_of_the_table_has_a_hint():
    question = drills.survivors(None)
    for place in range(len(question.answer.rows)):
        rows = [list(row) for row in question.answer.key]
        rows[place].reverse()
        text = ";".join("".join("01"[mark] for mark in row) for row in rows)
        verdict = quiz.check(question, text)
        assert verdict.parts.count(False) == 1
        assert question.answer.rows[place] in verdict.words


def test_what_survives_survives():
    rng = np.random.default_rng(3)
    x = rng.gamma(2, size=(400, 2)) @ rng.normal(size=(2, 2))
    y = compute.normalize(x, np.array([2.0, 0.5]), np.array([3.0, -1.0]), eps=0.0).y
    before, after = compute.moments(x), compute.moments(y)
    distances = [np.linalg.norm(rows[0] - rows[1]) for rows in (x, y)]
    mahalanobis = []
    for rows in (x, y):
        apart = rows - rows.mean(axis=0)
        mahalanobis.append(np.einsum("ni,ij,nj->n", apart, np.linalg.inv(np.cov(rows.T)), apart))
    survives = {
        "mean": np.allclose(before.mean, after.mean),
        "standard deviation": np.allclose(before.std, after.std),
        "correlation with another feature": np.allclose(before.correlation, after.correlation),
        "skewness": np.allclose(before.skewness, after.skewness),
        "kurtosis": np.allclose(before.kurtosis, after.kurtosis),
        "order of the points": (np.argsort(x[:, 0]) == np.argsort(y[:, 0])).all(),
        "rank of an outlier": np.argmax(x[:, 1]) == np.argmax(y[:, 1]),
        "distance between two points": np.isclose(*distances),
        "Mahalanobis distance from the mean": np.allclose(*mahalanobis),
    }
    assert {name: bool(kept) for name, kept in survives.items()} == dict(drills.SURVIVE)


@pytest.mark.parametrize("variant", [1, 7, 23, 112])
def test_the_keys_are_what_the_page_shows_and_exact(variant):
    question = quiz.pose(exercises.output_moments, variant)
    result = demo.run_line(question.settings)
    keys = [answer.key for _, answer in question.answer.items]
    shown = [*result.final.moments(result.before), *figures.table(result)["output y"]]
    np.testing.assert_allclose(keys, shown, atol=1e-12)
    assert all(key == round(key, 6) for key in keys)


@pytest.mark.parametrize("variant", [None, *range(60)])
def test_a_mistaken_landing_has_one_diagnosis(variant):
    question = quiz.pose(drills.landing, variant)
    wrong = [feedback.wrong for feedback in question.feedback]
    assert min(abs(np.diff(sorted([*wrong, question.answer.key])))) > 0.05
    for feedback in question.feedback:
        assert feedback.words in quiz.check(question, str(feedback.wrong)).words
