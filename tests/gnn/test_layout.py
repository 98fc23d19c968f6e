"""Where labels stand in the pictures of graphs, and what stays when settings change."""

import itertools
import re

import numpy as np
import pytest

from viz.draw import film as films
from viz.gnn import demo, figures


def film_of(key, phone=False, **values):
    chosen = next(v for v in demo.VIEWS if v.key == key)
    return chosen.film(chosen.run(chosen.settings(**values)), phone=phone)


def trace(film, name):
    data = films.figure_at(film, -1)["data"]
    return next(t for t in data if t.get("name") == name)


def crossed(film, text, x, y, size):
    """Whether an edge runs through a label."""
    words = re.sub("<[^>]*>", "", text).strip()
    lines = trace(film, "edges")
    ends = [[v for v in lines[axis] if v is not None] for axis in "xy"]
    points = np.array(ends, dtype=float).T.reshape(-1, 2, 2)
    half = (0.2 * size * len(words), size / 2)
    ways = np.concatenate([np.linspace(one, other, 200) for one, other in points])
    return bool(words) and bool((np.abs(ways - (x, y)) <= half).all(axis=1).any())


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("held", [h for h in itertools.product((0, 1), repeat=5) if not all(h)])
def test_no_edge_of_the_loss_crosses_a_label(held, phone):
    film = film_of("loss", phone, **{f"held_{i}": bool(on) for i, on in enumerate(held, 1)})
    labels = [n for n in film.figure.layout.annotations if n.xref != "paper"]
    assert sum(n.text == "held out" for n in labels) == sum(held)
    for label in labels:
        assert not crossed(film, label.text, label.x, label.y, label.font.size)


@pytest.mark.parametrize("phone", [False, True])
def test_no_edge_of_the_training_crosses_a_name(phone):
    film = film_of("train", phone)
    names = trace(film, "names")
    sizes = names["textfont"]["size"]
    assert len(names["text"]) == 5
    for label in zip(names["text"], names["x"], names["y"], sizes, strict=True):
        assert not crossed(film, *label)


OTHERS = [
    ("layer", [{"graph": "karate", "node": 3}, {"open_edges": "all"}, {"width": 3, "hidden": 2}]),
    ("shuffle", [{"width": w, "num_neighbors": n} for w, n in ((1, 1), (3, 3), (8, 7))]),
    ("loss", [{"held_1": False, "held_4": False}, {"held_2": True, "dragged": "a"}]),
    ("depth", [{"graph": "karate"}, {"how": "gcn"}]),
    ("train", [{"graph": "karate"}, {"graph": "own"}, {"rule": "sum", "states": "constant"}]),
]


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(("key", "values"), [(key, v) for key, many in OTHERS for v in many])
def test_other_settings_repaint_the_picture_that_is_there(key, values, phone, planned):
    assert planned(film_of(key, phone, **values)) == planned(film_of(key, phone))


@pytest.mark.parametrize("room", [6, 7])
@pytest.mark.parametrize("scalar", [True, False])
@pytest.mark.parametrize("state", [0, 2.523, -21.004, -999.996, 1000, 3.14e4])
def test_a_state_fits_into_its_node(state, scalar, room):
    text = figures.inside(state, scalar=scalar, room=room)
    # In whole numbers, what is left of the largest states may touch the ring.
    assert len(text) <= room + (abs(state) > 999 and not scalar)
    assert text.endswith("…") != scalar


def test_the_chosen_nodes_own_state_is_not_cut_off():
    film = film_of("layer", True, width=8, hidden=8, states="-1000, 1000, 0, -3, 999")
    own = re.sub("<[^>]*>", "", trace(film, "numbers")["text"][-2])
    assert own == "s2 (1000.0, …)"


@pytest.mark.parametrize("phone", [False, True])
def test_states_of_neighbors_do_not_touch(phone):
    film = film_of("layer", phone, graph="karate", node=34, width=8, hidden=1)
    numbers = trace(film, "numbers")
    size = numbers["textfont"]["size"][0]
    leaves = list(zip(numbers["text"], numbers["x"], strict=False))[:2]
    (one, x), (other, y) = ((re.sub("<[^>]*>", "", text), x) for text, x in leaves)
    assert (len(one) + len(other)) / 2 * 0.45 * size < y - x
    assert numbers["text"][2] == "−0.05"


def test_many_nodes_are_small_and_the_key_stands_at_the_graph():
    film = film_of("layer", True, graph="hubs", num_nodes=150, node=150)
    nodes = next(t for t in film.figure.data if t.name == "nodes")
    assert nodes.marker.size <= 9
    key = next(n for n in film.figure.layout.annotations if n.text.startswith("fill"))
    assert min(nodes.y) - 40 < key.y < min(nodes.y)


def test_a_loss_that_is_infinite_throughout_has_its_curve_in_the_chart():
    for p in ("0,1,0,1,1", "0.2,0.8,0,0.9,0.3"):
        film = film_of("loss", predictions=p, held_1=False, held_4=False, dragged="e")
        top = film.figure.layout.yaxis2.range[1]
        curve = next(t for t in film.figure.data if t.name == "training loss")
        assert min(curve.y) < 0.9 * top
        assert max(trace(film, "present")["y"]) <= top
    assert film_of("loss").figure.layout.yaxis2.range[1] == 2.6
