"""What is drawn: states of the tree, the list beside it, captions, sizes."""

import json

import pytest

from viz.beam_search import demo, fan_figures, figures, many_figures
from viz.draw import film as films


def tree(step=-1, *, phone=False, **values):
    film = figures.search_tree(demo.run_tree(demo.TreeSettings(**values)), phone=phone)
    step = film.start_index if step == -1 else step
    return film, films.figure_at(film, step)


def ids(figure, name):
    return set(next(t for t in figure["data"] if t["name"] == name).get("ids", ()))


def texts(figure, name):
    return list(next(t for t in figure["data"] if t["name"] == name)["text"])


@pytest.mark.parametrize("phone", [False, True])
def test_the_tree_separates_kept_pruned_and_never_expanded(phone):
    _, figure = tree(phone=phone)
    assert ids(figure, "answer") == {"learn", "learn learn", "learn learn deep"}
    assert ids(figure, "kept") == {"deep", "deep deep", "deep deep deep"}
    assert ids(figure, "pruned") == {
        *("deep learn", "learn deep"),
        *("deep deep learn", "learn learn learn"),
    }
    assert ids(figure, "ahead") == {
        *("deep learn deep", "deep learn learn"),
        *("learn deep deep", "learn deep learn"),
    }
    assert ids(figure, "candidate") == set()


def test_what_beat_a_pruned_prefix_is_written_under_it():
    _, figure = tree()
    notes = texts(figure, "notes")
    assert notes.count("pruned: below −0.92") == 2
    assert "greedy" in notes


def test_outlined_dots_are_named_where_greedys_path_ends():
    _, figure = tree(model="random", num_steps=10, vocabulary_size=50, wide_beam=50)
    notes = next(t for t in figure["data"] if t["name"] == "notes")
    outline = next(t for t in figure["data"] if t["name"] == "greedy")
    place = notes["text"].index("greedy")
    right = max(x for x in outline["x"] if x is not None)
    assert 0 < notes["x"][place] - right < 8


def test_ten_frames_and_what_each_shows():
    film, _ = tree()
    labels = [frame.label for frame in film.frames]
    assert labels == [
        "start",
        *(f"step {n}, {p}" for n in (1, 2, 3) for p in ("expanded", "ranked", "pruned")),
    ]
    _, expanded = tree(4)
    assert ids(expanded, "candidate") == {"deep deep", "deep learn", "learn deep", "learn learn"}
    assert texts(expanded, "ranking") == ["deep deep", "deep learn", "learn deep", "learn learn"]
    _, ranked = tree(5)
    order = ["<b>deep deep</b>", "<b>learn learn</b>", "deep learn", "learn deep"]
    assert texts(ranked, "ranking") == order
    assert texts(ranked, "totals")[1:] == ["<b>−0.92</b>", "−1.71", "−5.52"]
    cut = next(t for t in ranked["data"] if t["name"] == "cut")["y"]
    rows = next(t for t in ranked["data"] if t["name"] == "ranking")["y"]
    assert rows[1] > cut[0] == cut[1] > rows[2]


def test_captions_of_the_exams_search():
    film, _ = tree()
    said = [films.plain(frame.caption) for frame in film.frames]
    assert (
        "“deep deep” −0.86, “deep learn” −1.71, “learn deep” −5.52 and “learn learn” −0.92"
        in said[4]
    )
    assert (
        "the last place of the beam goes to “learn learn” −0.92; “deep learn” −1.71 is 0.79 behind"
        in said[5]
    )
    assert said[-1].startswith(
        "With k = 2 the decoder says “learn learn deep” (log-probability −0.97"
    )
    assert "after scoring 10 of 14 candidates." in said[-1]
    assert said[-1].endswith("That is the best possible.")


def test_greedy_is_told_what_it_missed():
    film, figure = tree(beam_width=1)
    assert "missed by 0.11 nats, a factor 1.116" in film.caption()
    assert next(t for t in figure["data"] if t["name"] == "true best")["x"]
    assert any("missed by" in words for words in texts(figure, "notes"))


def test_the_width_plays_too():
    film, _ = tree(model="trap", play="width")
    assert [frame.label for frame in film.frames] == [f"k = {k}" for k in range(1, 9)]
    lost = [k for k in range(8) if "missed" in film.caption(k)]
    assert lost == [1]


def test_the_curse_says_nothing_at_all():
    film, figure = tree(model="curse", beam_width=3)
    assert "says “<eos>”" in film.caption()
    assert texts(figure, "ranking")[0] == "<b>&lt;eos></b>"
    film, _ = tree(model="curse", beam_width=1)
    assert "“a b a b a b …”" in film.caption()
    assert "did not end within 6 words" in film.caption()


def test_ties_are_named():
    film, figure = tree(model="own tree", own="a -1\nb -1\nc -2", wide_beam=2)
    assert "tied with “b”" in film.caption()
    assert len(next(t for t in figure["data"] if t["name"] == "best")["x"]) > 12


def test_an_unknown_best_is_not_guessed():
    film, _ = tree(model="random", vocabulary_size=50, num_steps=10, wide_beam=5)
    assert film.caption().endswith("The best possible is not known for this size.")


@pytest.mark.parametrize(
    "values",
    [
        {"model": "random", "vocabulary_size": 50, "num_steps": 10, "wide_beam": 50},
        {"model": "random", "vocabulary_size": 4, "num_steps": 10, "wide_beam": 50},
        {"model": "random", "vocabulary_size": 50, "num_steps": 10, "play": "width"},
        {"model": "random", "vocabulary_size": 8, "num_steps": 6, "wide_beam": 12},
        {"model": "trap", "beam_width": 8},
        {"model": "curse", "num_steps": 10, "beam_width": 8},
        {"model": "curse", "num_steps": 10, "play": "width"},
    ],
)
@pytest.mark.parametrize("phone", [False, True])
def test_a_film_is_never_too_heavy(values, phone):
    film, _ = tree(phone=phone, **values)
    assert len(json.dumps(films.to_json(film))) <= 300_000


@pytest.mark.parametrize(
    "values",
    [
        {"wide_beam": 50, "num_words": 30},
        {"kind": "recurrent", "wide_beam": 50, "num_words": 30},
        {"play": "width", "num_words": 30},
        {"source": "own"},
        {"kind": "bigram", "wide_beam": 1},
        {"wide_beam": 1, "num_words": 5, "alpha": 2.0, "penalty": "gnmt"},
    ],
)
@pytest.mark.parametrize("phone", [False, True])
def test_a_fan_is_sound(values, phone):
    result = demo.run_speech(demo.SpeechSettings(**values))
    film = fan_figures.spoken_fan(result, phone=phone)
    assert len(json.dumps(films.to_json(film))) <= 300_000
    search = result.run.search
    if not result.run.by_width:
        assert len(film.frames) == len(search.steps) + 1
        assert search.words(search.best.tokens).split()[0] in film.caption()


def test_every_model_has_a_bar():
    result = demo.run_many(demo.ManySettings())
    film = many_figures.missed_by_width(result)
    figure = films.figure_at(film, 0)
    bars = next(t for t in figure["data"] if t["name"] == "gap")
    assert sum(height > 0 for height in bars["y"]) == result.missed(0)
    assert "worse than greedy" in film.caption(1)


def test_a_true_best_outside_the_drawn_part_of_a_tree_is_not_pointed_at():
    view = next(v for v in demo.VIEWS if v.key == "tree")
    chosen = view.settings(model="random", num_steps=6, vocabulary_size=4, wide_beam=1, seed=158)
    film = view.film(view.run(chosen))
    shown = [films.figure_at(film, i) for i in range(len(film.frames))]
    said = [words for figure in shown for words in texts(figure, "notes")]
    assert said
    assert not any("true best" in words for words in said)


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("key", ["tree", "text"])
def test_notes_and_shapes_keep_their_number(key, phone):
    view = next(v for v in demo.VIEWS if v.key == key)
    models = [view.settings(**p.values) for p in (*view.presets, *view.findings)]
    for model in (m for m in models if not view.slow(m)):
        film = view.film(view.run(model), phone=phone)
        layouts = [films.figure_at(film, i)["layout"] for i in range(len(film.frames))]
        counts = {(len(part.get("annotations", ())), "shapes" in part) for part in layouts}
        assert len(counts) == 1


def test_greedys_way_stays_inside_the_fan_and_keeps_its_name():
    chosen = demo.SpeechSettings(wide_beam=50, num_words=30, alpha=2.0, penalty="gnmt")
    film = fan_figures.spoken_fan(demo.run_speech(chosen), phone=True)
    figure = films.figure_at(film, film.start_index)
    greedy = next(t for t in figure["data"] if t["name"] == "greedy")
    assert min(greedy["y"]) > figure["layout"]["yaxis"]["range"][0]
    assert any(note["text"] == "greedy" for note in figure["layout"]["annotations"])


def test_the_name_of_the_true_best_stays_near_it_in_a_short_fan():
    chosen = demo.SpeechSettings(kind="bigram", wide_beam=1, num_words=5)
    film = fan_figures.spoken_fan(demo.run_speech(chosen), phone=True)
    notes = films.figure_at(film, film.start_index)["layout"]["annotations"]
    name = next(note for note in notes if note["text"] == "true best")
    assert name["x"] < 2


def test_long_words_stay_on_a_phones_screen():
    row = ", ".join(f"word{i}=p={1 / 12:.4f}" for i in range(12))
    own = "\n".join([f": {row}", *(f"word{i} : {row}" for i in range(12))])
    _, figure = tree(phone=True, model="own tree", own=own, wide_beam=2)
    width = figure["layout"]["xaxis"]["range"][1]
    for note in figure["layout"].get("annotations", ()):
        if note["text"].startswith("step"):
            assert note["x"] + 3.5 * len(note["text"]) <= width
    kept = next(t for t in figure["data"] if t["name"] == "answer")
    sides = dict(zip(kept["ids"], kept["textposition"], strict=True))
    assert sides["word0 word0"] == "top left"


def test_the_axis_of_costs_has_numbers_where_all_costs_are_alike():
    result = demo.run_many(demo.ManySettings(vocabulary_size=2, num_steps=1))
    low, high = many_figures.missed_by_width(result).figure["layout"]["yaxis2"]["range"]
    assert high - low >= 1


def test_a_word_gives_way_to_the_cross_above_its_dot():
    _, figure = tree(phone=True, model="curse", num_steps=6, beam_width=3)
    kept = next(t for t in figure["data"] if t["name"] == "kept")
    crosses = next(t for t in figure["data"] if t["name"] == "pruned")
    taken = list(zip(crosses["x"], crosses["y"], strict=True))
    sides = set()
    for x, y, side in zip(kept["x"], kept["y"], kept["textposition"], strict=True):
        if any(x == left and 0 < up - y < 24 for left, up in taken) and side != "top left":
            assert side == "top right"
            sides.add(side)
    assert sides
