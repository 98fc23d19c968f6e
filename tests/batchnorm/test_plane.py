"""Two features of a learner's own data: units, ticks and words of the picture."""

import numpy as np
import pytest

from viz.batchnorm import demo, plane_figures


def plane(**values):
    return plane_figures.two_features(demo.run_plane(demo.PlaneSettings(**values)))


@pytest.mark.parametrize("size", [1e-3, 1.0, 1500.0])
def test_own_data_of_any_size_get_a_dozen_ticks(size):
    rows = "\n".join(
        f"{size * a:g}, {20 * size * b:g}" for a, b in [(1, 2), (2, 1), (4, 5), (3, 3)]
    )
    film = plane(data="own", own=f"a, b\n{rows}")
    axes = film.figure.layout.xaxis, film.figure.layout.yaxis
    longest = max(axis.range[1] - axis.range[0] for axis in axes)
    for axis in axes:
        assert longest / 12 <= axis.tickvals[1] - axis.tickvals[0] <= longest / 4
        assert axis.tickvals[0] < axis.range[0]
        assert axis.tickvals[-1] > axis.range[1]


def spans(film, name):
    """Width and height of a contour, as shares of the longer axis."""
    line = next(t for t in film.figure.data if t.name == name)
    ranges = (film.figure.layout.xaxis.range, film.figure.layout.yaxis.range)
    longest = max(high - low for low, high in ranges)
    return [np.ptp(np.asarray(side, dtype=float)) / longest for side in (line.x, line.y)]


@pytest.mark.parametrize("factors", [(1000, 1), (1, 1e-3), (1e5, 1e5), (3e-4, 2e-4), (1, 1)])
def test_own_data_in_any_units_can_be_seen(factors):
    rows = [(0.1, 0.2), (0.4, 0.1), (0.5, 0.6), (0.7, 0.5), (1.0, 0.9)]
    own = "\n".join(f"{factors[0] * a} {factors[1] * b}" for a, b in rows)
    film = plane(data="own", own=own)
    for name in ("before, 2 SD", "after, 2 SD"):
        assert min(spans(film, name)) > 0.1, name
    result = demo.run_plane(demo.PlaneSettings(data="own", own=own))
    std = np.std(rows, axis=0) * factors
    np.testing.assert_allclose(result.final.origin.std, std)
    np.testing.assert_allclose(np.asarray(film.table["before"][2:4]), std)
    np.testing.assert_allclose(result.drawn[0].origin.std * result.units, std)
    np.testing.assert_allclose(result.drawn[-1].cov, result.final.cov)


def test_own_units_are_said_and_angles_between_them_are_not():
    far = plane(data="own", own="0 0.2\n300 0.1\n500 0.6\n600 0.5\n700 0.8")
    layout = far.figure.layout
    assert layout.xaxis.title.text == "feature 1 (before: in units of 100)"
    assert layout.yaxis.title.text == "feature 2 (before: in units of 0.1)"
    assert all("drawn in units of 100 and 0.1" in frame.caption for frame in far.frames)
    assert "(before" not in far.caption()
    words = [note.text for note in layout.annotations]
    assert "in units of 100 and 0.1" in words[0]
    assert "tilt" not in words[0]
    assert "tilt 45.0°" in words[1]
    assert "equal scales, own units before" in words[-1]
    near = plane()
    assert near.figure.layout.xaxis.title.text == "feature 1"
    assert near.figure.layout.annotations[-1].text.endswith("equal scales")
    assert "(before 25.0°)" in near.caption()
    assert "units" not in near.caption()


@pytest.mark.parametrize(
    "values", [{"std_1": 4.0}, {"gamma_2": -3.0}, {"compare": "ZCA"}, {"data": "own"}]
)
def test_other_settings_repaint_the_plane(values, planned):
    assert planned(plane(**values)) == planned(plane())
