import numpy as np
import pytest

from viz.attention.cells import (
    Window,
    cells,
    coordinate_plane,
    flips,
    key_moves,
    landscape,
    plane_distance,
    plane_towards,
    walk,
    winners,
)
from viz.attention.compute import hard, inputs_from, soft
from viz.attention.slopes import slope

KEYS = [[1, 2, 0], [0, 3, 4], [5, 0, 0], [0, 0, 1]]
VALUES = [[2, 0, 1], [1, 4, 3], [0, -1, 4], [1, 0, -1]]
EXAM = inputs_from([1, 1, 2], KEYS, VALUES)
WINDOW = Window(-5, 5, -5, 5)


def winner_at(query):
    return hard(inputs_from(query, KEYS, VALUES)).winner


def test_the_exams_distances_to_the_walls():
    found = flips(EXAM)
    np.testing.assert_allclose(
        found.distances, [1.88561808, np.inf, 0.848528137, 2.12132034], rtol=1e-8
    )
    assert found.nearest == 2
    assert found.distance == pytest.approx(6 / np.sqrt(50))
    np.testing.assert_allclose(found.point, [1.6, 0.64, 1.52], rtol=1e-12)
    np.testing.assert_allclose(EXAM.keys @ found.point, [2.88, 8, 8, 1.52])


def test_no_direction_of_that_length_flips_and_the_closed_form_does():
    rng = np.random.default_rng(0)
    ways = rng.normal(size=(20_000, 3))
    ways *= 0.8485 / np.linalg.norm(ways, axis=1, keepdims=True)
    assert (np.argmax((EXAM.query + ways) @ EXAM.keys.T, axis=1) == 1).all()
    way = flips(EXAM).point - EXAM.query
    assert winner_at(EXAM.query + way / np.linalg.norm(way) * 0.849) == 2


def test_a_key_must_move_by_gap_over_query():
    np.testing.assert_allclose(key_moves(EXAM)[2], 6 / np.sqrt(6))
    moved = np.array(KEYS, dtype=float)
    moved[2] += 2.46 * EXAM.query / np.sqrt(6)
    assert hard(inputs_from(EXAM.query, moved, VALUES)).winner == 2


def test_a_lone_or_doubled_key_has_no_wall():
    lone = flips(inputs_from([1, 2], [[3, 4]], [[1]]))
    assert (lone.nearest, lone.distance) == (None, np.inf)
    doubled = flips(inputs_from([1, 2], [[3, 4], [3, 4]], [[1], [2]]))
    assert doubled.nearest is None


def test_a_tie_lies_on_a_wall():
    tied = flips(inputs_from([1, 1], [[2, 0], [0, 2]], [[1], [2]]))
    assert tied.distance == 0
    assert tied.point.tolist() == [1, 1]


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2)])
def test_cells_are_where_brute_force_finds_each_winner(pair):
    plane = coordinate_plane(EXAM.query, *pair)
    drawn = cells(EXAM.keys, plane, WINDOW)
    rng = np.random.default_rng(1)
    for place in rng.uniform(-5, 5, (400, 2)):
        query = plane.origin + place[0] * plane.across + place[1] * plane.up
        inside = [cell.key for cell in drawn if contains(cell.polygon, place)]
        assert inside == [winner_at(query)]


def contains(polygon, place):
    edges = np.roll(polygon, -1, axis=0) - polygon
    to = place - polygon
    return bool((edges[:, 0] * to[:, 1] - edges[:, 1] * to[:, 0] > 0).all())


def test_cells_fill_the_window_and_names_stand_inside():
    drawn = cells(EXAM.keys, coordinate_plane(EXAM.query, 0, 1), WINDOW, keep_free=np.ones((1, 2)))
    area = sum(
        0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
        for x, y in (cell.polygon.T for cell in drawn)
    )
    assert area == pytest.approx(100)
    assert all(contains(cell.polygon, np.array(cell.anchor)) for cell in drawn)
    assert {cell.key for cell in drawn} == {1, 2, 3}


def test_the_coordinate_plane_keeps_the_other_entry():
    plane = coordinate_plane(EXAM.query, 0, 1)
    assert plane.origin.tolist() == [0, 0, 2]
    assert plane.place(EXAM.query).tolist() == [1, 1]
    with pytest.raises(ValueError, match="two different entries"):
        coordinate_plane(EXAM.query, 1, 1)


def test_the_wall_may_be_farther_inside_a_plane():
    plane = coordinate_plane(EXAM.query, 0, 1)
    inside = plane_distance(EXAM, plane, 2)
    assert inside == pytest.approx(6 / np.hypot(5, 3))
    assert inside > flips(EXAM).distance
    assert plane_distance(EXAM, plane_towards(EXAM, 2), 2) == pytest.approx(6 / np.sqrt(50))


def test_the_plane_towards_a_key_holds_the_way_and_is_orthonormal():
    plane = plane_towards(EXAM, 2)
    basis = np.stack([plane.across, plane.up])
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-12)
    way = plane.place(flips(EXAM).point)
    np.testing.assert_allclose(way, [6 / np.sqrt(50), 0], atol=1e-12)
    with pytest.raises(ValueError, match="at least 2 dimensions"):
        plane_towards(inputs_from([1], [[1], [2]], [[1], [2]]), 0)


def test_winners_of_a_plane():
    grid = winners(EXAM.keys, coordinate_plane(EXAM.query, 0, 1), WINDOW, size=11)
    assert grid.shape == (11, 11)
    assert grid[6, 6] == 1
    assert grid[0, 10] == 2


def test_the_landscape_is_softmax_at_every_place():
    plane = coordinate_plane(EXAM.query, 0, 2)
    hot = np.array([3.0, 0.7])
    found = landscape(EXAM, plane, WINDOW, hot, size=5)
    x, y = WINDOW.grid(5)
    for t, row, column in [(0, 0, 0), (0, 3, 4), (1, 2, 1), (1, 4, 4)]:
        query = plane.origin + x[column] * plane.across + y[row] * plane.up
        there = inputs_from(query, KEYS, VALUES)
        weights = soft(there, hot[t]).attention_weights
        assert found.largest_weight[t, row, column] == pytest.approx(weights.max())
        assert found.slope[t, row, column] == pytest.approx(slope(there, hot[t]), abs=1e-4)


def test_the_walk_is_a_staircase_for_argmax_and_a_ramp_for_softmax():
    ways = np.linspace(0, 1.6, 33)
    found = walk(EXAM, 2, ways, np.array([1.0, 0.1]))
    assert found[-1].tolist() == [float(way > 6 / np.sqrt(50)) for way in ways]
    assert (np.diff(found[0]) > 0).all()
    start = soft(EXAM, 1.0).attention_weights[2]
    assert found[0, 0] == pytest.approx(start)
