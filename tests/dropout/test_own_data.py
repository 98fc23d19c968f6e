"""Whatever a reader pastes: code, witnesses and stage give the same numbers."""

import re

import numpy as np
import pytest

from viz.draw import film as films
from viz.dropout import demo
from viz.dropout.trials import MaskSettings, run_masks

OWN = {
    "one feature": "a,y\n1,1\n2,2\n3,4",
    "a column of zeros": "a,b,y\n1,0,1\n2,0,3\n3,0,2",
    "nothing but zeros": "a,b,y\n0,0,1\n0,0,3\n0,0,2",
    "a constant column": "a,b,y\n1,0.1,1\n2,0.1,3\n3,0.1,2",
    "a constant y": "a,b,y\n1,2,0.1\n2,5,0.1\n3,1,0.1",
    "unequal columns": "a,b,y\n1e8,2,5e9\n3e8,1,6e9\n2e8,7,5e9",
    "twins": "a,b,y\n1,1,1\n2,2,3\n3,3,2",
}
CASES = [
    *({"data": "own", "own": own, "standardized": std} for own in OWN.values() for std in (0, 1)),
    {"num_features": 20, "num_rows": 10},
]


@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
@pytest.mark.parametrize("keep_prob", [0.51, 1.0])
@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.get("own", "n < d"))[:20])
def test_code_witnesses_and_stage_agree(view, keep_prob, case):
    chosen = view.settings(keep_prob=keep_prob, **case)
    result = view.run(chosen)
    answer = np.atleast_1d(view.answer(result)).astype(float)
    space: dict[str, object] = {}
    exec(compile(view.snippet(chosen), view.key, "exec"), space)
    np.testing.assert_allclose(np.atleast_1d(space["answer"]), answer, rtol=1e-6, atol=1e-7)
    witnesses = list(view.agree(chosen).values())
    assert np.ptp(witnesses) <= view.atol * max(1.0, *np.abs(witnesses))
    lines = " ".join(line.latex + line.words for line in view.derive(result))
    for phone in (False, True):
        for film in (view.film(result, phone=phone), *view.more(result, phone=phone)):
            lines += films.plain(film.caption())
    assert not re.search(r"\b(nan|inf|undefined|infinite)\b", lines)


def test_a_feature_that_is_alone_has_no_product():
    result = run_masks(MaskSettings(data="own", own=OWN["one feature"]))
    assert result.seen == pytest.approx(1)
    view = next(v for v in demo.VIEWS if v.key == "masks")
    assert "alone" in view.film(result).caption()
    assert "two columns" not in view.film(result).caption()
    path = next(v for v in demo.VIEWS if v.key == "path")
    chosen = path.settings(data="own", own=OWN["one feature"])
    assert "two different features" not in path.film(path.run(chosen)).caption()


@pytest.mark.parametrize("key", ["cost", "masks", "units", "train"])
def test_every_view_speaks_of_a_column_of_zeros(key):
    view = next(v for v in demo.VIEWS if v.key == key)
    caption = view.film(view.run(view.settings(data="own", own=OWN["a column of zeros"]))).caption()
    assert "column 2 is all zeros" in caption
    assert "; every column" not in caption


def test_cosines_are_named_and_not_taken_for_correlations():
    result = run_masks(MaskSettings(data="own"))
    hours, sleep = result.sample.x.T
    assert result.gram[0, 1] == pytest.approx(
        hours @ sleep / np.sqrt(hours @ hours * sleep @ sleep)
    )
    assert np.corrcoef(hours, sleep)[0, 1] < -0.9
    view = next(v for v in demo.VIEWS if v.key == "masks")
    film = view.film(result)
    said = " ".join(note.text for note in film.figure.layout.annotations)
    said += "".join(view.table(result)) + view.snippet(MaskSettings(data="own"))
    assert "orrelation" not in said
    assert "cosine of two columns" in film.caption()
    assert "correlation where means are 0" in film.caption()
