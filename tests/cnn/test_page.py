"""What is special about the page: a drawing to click on."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]


def opened(**query):
    app = AppTest.from_file(ROOT / "viz/ui/main.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(str(ROOT / "pages/cnn.py")).run()
    assert not app.exception, [e.message for e in app.exception]
    return app


def test_an_own_drawing_has_cells_to_click():
    app = opened(view="slide", img="own", own="#..\n...\n..#", tab="Explore")
    frame = app.dataframe[0].value
    assert frame.shape == (3, 3)
    assert frame.to_numpy().sum() == 2


def test_grey_values_have_none():
    app = opened(view="filter", pic="own", own="0.5 1\n1 0", tab="Explore")
    assert len(app.dataframe) == 0
    assert len(opened(view="slide", tab="Explore").dataframe) == 0
