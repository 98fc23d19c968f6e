"""What the pictures and questions of batch norm say, read from their data."""

from fractions import Fraction

import numpy as np
import pytest

from viz import quiz
from viz.batchnorm import batch_figures, demo, exercises, figures


def trace(film, name, kind="scatter"):
    return next(t for t in film.figure.data if t.name == name and t.type == kind)


def test_peaks_are_in_the_ratio_of_the_deviations():
    film = figures.one_feature(demo.run_line(demo.LineSettings()))
    before, after = trace(film, "before"), trace(film, "after")
    assert max(before.y) == pytest.approx(0.997, abs=1e-3)
    assert max(after.y) == pytest.approx(0.399, abs=1e-3)


def test_the_film_ends_in_the_exams_solution():
    film = figures.one_feature(demo.run_line(demo.LineSettings()))
    assert len(film.frames) == 33
    np.testing.assert_allclose(film.frames[-1].data[2]["x"], demo.ONE.ticks_out)
    assert "lands at 4" in film.caption()


def test_the_after_ellipse_touches_its_squares():
    film = figures.two_features(demo.run_plane(demo.PlaneSettings()))
    for k in (1, 2):
        line = trace(film, f"after, {k} SD")
        assert max(np.abs(line.x)) == pytest.approx(k, abs=2e-3)
        assert max(np.abs(line.y)) == pytest.approx(k, abs=2e-3)


def test_moving_the_ruler_keeps_the_picture():
    film = figures.one_feature(demo.run_line(demo.LineSettings(relabel=True)))
    for frame in film.frames:
        low, high = frame.layout["xaxis2"]["range"]
        places = (np.asarray(frame.data[1]["x"]) - low) / (high - low)
        first = film.frames[0]
        a, b = first.layout["xaxis2"]["range"]
        np.testing.assert_allclose(
            places, (np.asarray(first.data[1]["x"]) - a) / (b - a), atol=2e-3
        )


def test_batches_of_two_and_four_look_as_the_law_says():
    film = batch_figures.small_batches(demo.run_small(demo.SmallSettings()))
    four = film.frames[2]
    inside = np.abs(batch_figures.CENTRES) < 1.6
    np.testing.assert_allclose(four.data[1]["y"][inside], 0.2887, atol=1e-3)
    assert "−1 or +1" in film.frames[0].caption


def test_norm_tiles_share_letters_by_group():
    film = batch_figures.norm_family(demo.run_family(demo.FamilySettings()))
    letters = [len({t[-1] for t in frame.data[0]["text"]}) for frame in film.frames]
    assert letters == [4, 2, 8, 4, 2]


def test_how_many_draws_are_refused():
    draws = [
        (m, s, g, b, k)
        for m in exercises.MEANS
        for s in exercises.STDS
        for g in exercises.GAMMAS
        for b in exercises.BETAS
        for k in exercises.SPLITS
    ]
    assert len(draws) == 45_360
    assert sum(not exercises.is_clear(draw) for draw in draws) == 7_258


def test_whole_number_batches():
    from itertools import combinations_with_replacement

    def whole(batch):
        var = Fraction(sum(v * v for v in batch), 4) - Fraction(sum(batch), 4) ** 2
        return var >= 1 and round(float(var) ** 0.5) ** 2 == var

    everything = [b for b in combinations_with_replacement(range(13), 4) if whole(b)]
    assert set(exercises.whole_batches()) == {b for b in everything if b[0] == 0}


@pytest.mark.parametrize(
    ("maker", "text", "words"),
    [
        (exercises.output_moments, '["4.5", "1", "1", "2", "3", "4", "5"]', "not an addition"),
        (exercises.output_moments, '["3", "0.4", "1", "2", "3", "4", "5"]', "kept its width"),
        (exercises.output_moments, '["3", "2.5", "1", "2", "3", "4", "5"]', "divide by its root"),
        (exercises.output_moments, '["3", "0.16", "1", "2", "3", "4", "5"]', "variance"),
        (exercises.output_moments, '["3", "6.25", "1", "2", "3", "4", "5"]', "not by the variance"),
        (exercises.landing, "5.5", "divide by its root"),
        (exercises.running_statistics, '["0.622", "1.19"]', ""),
    ],
)
def test_mistakes_are_named(maker, text, words):
    verdict = quiz.check(maker(None), text)
    assert not verdict.right
    assert words in verdict.words


def test_biased_variance_is_named():
    biased = 1.0
    for batch in ([1, 2, 3], [2, 4, 6], [0, 0, 3]):
        biased = 0.9 * biased + 0.1 * np.var(batch)
    verdict = quiz.check(exercises.running_statistics(None), f'["0.622", "{biased}"]')
    assert "unbiased" in verdict.words


def test_circles_for_a_correlated_input_are_named():
    question = exercises.contours(None)
    options = question.answer.items[1][1].options
    places = [
        i
        for i, option in enumerate(options)
        if abs(max(option.drawing.figure.data[0].x) - 1) < 1e-3
        and abs(np.corrcoef(option.drawing.figure.data[0].x, option.drawing.figure.data[0].y)[0, 1])
        < 0.05
    ]
    right = question.answer.items[0][1].key
    verdict = quiz.check(question, f'["{right}", "{places[0]}"]')
    assert "Nothing rotates" in verdict.words
