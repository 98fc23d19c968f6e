"""What one change of a control costs the server: run, film and its bytes; `make bench` times it."""

import pytest

from viz import catalog
from viz.ui.stage.player import shoot

VIEWS = [(c.slug, v.key) for c in catalog.CONCEPTS for v in c.views()]


@pytest.mark.parametrize(("slug", "key"), VIEWS)
def test_a_view_from_settings_to_bytes(benchmark, slug, key):
    view = next(v for v in catalog.find(slug).views() if v.key == key)
    chosen = view.settings()
    shot = benchmark(lambda: shoot(view.film(view.run(chosen))))
    assert len(shot.json) <= 300_000
