"""Training, the models on file, and what was measured of them."""

import numpy as np
import pytest

from viz.translation import bounds, corpus, results, store, training
from viz.translation.accuracy import evaluate
from viz.translation.compute import EOS
from viz.translation.flow import information_flow
from viz.translation.measures import measure
from viz.translation.network import Config, speak, vocabulary

PAIRS = corpus.corpus()
WORDS = vocabulary(PAIRS)
TEST = corpus.split(PAIRS)[1]
SOURCE = ("veo", "un", "perro")


def test_the_horizontal_translator_on_file_is_right_and_can_be_derailed():
    network = store.trained("horizontal").at(600)
    assert evaluate(network, TEST, free=True).sentences >= 0.95
    kicked = evaluate(network, TEST, free=True, kick=2, rng=np.random.default_rng(0))
    assert kicked.tokens < 0.8
    assert speak(network, SOURCE).said == ("I", "see", "a", "dog", EOS)
    assert speak(network, SOURCE, force={3: "the"}).said != ("I", "see", "a", "dog", EOS)


def test_the_teacher_flatters_an_unfinished_model():
    early = store.trained("horizontal").at(50)
    taught, alone = (evaluate(early, TEST, free=free).tokens for free in (False, True))
    assert taught > alone + 0.05


def test_the_vertical_translator_on_file_stays_below_its_bound():
    network = store.trained("vertical").at(600)
    best = bounds.best_possible(PAIRS, "vertical")
    found = evaluate(network, PAIRS, free=False)
    assert found.tokens <= best.total + 0.005
    assert (found.positions <= np.array(best.positions) + 0.005).all()
    alone = evaluate(network, PAIRS, free=True)
    assert alone.sentences <= best.sentences / len(PAIRS) + 0.005
    assert alone.sentences <= 0.10
    flow = information_flow(network, SOURCE, ("<sos>", "I", "see", "a"))
    assert (np.triu(flow, 1) == 0.0).all()
    assert (flow[np.tril_indices(4)] > 0).all()


def test_nouns_dominate_the_trained_horizontal_flow():
    network = store.trained("horizontal").at(600)
    flow = information_flow(network, SOURCE, ("<sos>", "I", "see", "a", "dog"))
    assert flow.mean(axis=0).argmax() == 2
    assert (flow > 0).all()


@pytest.mark.parametrize("stack", store.STACKS)
def test_the_measures_on_file_are_those_of_the_weights(stack):
    kept, trained = store.measured(stack), store.trained(stack)
    assert kept.steps == trained.steps == training.CHECKPOINTS
    assert kept.num_sentences == len(TEST)
    network = trained.at(200)
    place = kept.steps.index(200)
    assert evaluate(network, TEST, free=True).tokens == pytest.approx(kept.free[place], abs=1e-3)
    assert evaluate(network, TEST, free=False).tokens == pytest.approx(kept.taught[place], abs=1e-3)


def test_the_weights_on_file_start_from_the_seed_and_train_as_recorded():
    kept = store.trained("horizontal")
    config = Config()
    fresh = training.fresh(config, WORDS)
    for name, array in fresh.states[0].items():
        np.testing.assert_allclose(kept.states[0][name], array, atol=1e-7)
    train = corpus.split(PAIRS)[0]
    again = training.train(Config(num_steps=2), train, words=WORDS)
    np.testing.assert_allclose(again.losses, kept.losses[:2], atol=0.02)


def test_with_its_own_words_fed_a_sentence_ends_at_its_end_symbol():
    network = store.trained("horizontal").at(25)
    right, count = 0, 0
    for pair in TEST[:60]:
        said, wanted = speak(network, pair.source).said, (*pair.target, EOS)
        right += sum(a == b for a, b in zip(said, wanted, strict=False))
        count += len(wanted)
    found = evaluate(network, TEST[:60], free=True)
    assert found.tokens == pytest.approx(right / count)


def test_without_a_wrong_word_the_tokens_after_a_place_are_counted():
    network = store.trained("vertical").at(600)
    whole = evaluate(network, TEST, free=True)
    later = evaluate(network, TEST, free=True, kick=4)
    np.testing.assert_array_equal(later.positions[:4], 0)
    np.testing.assert_array_equal(later.positions[4:], whole.positions[4:])


@pytest.mark.slow
def test_training_anew_reaches_what_is_on_file():
    run = training.train(Config(), corpus.split(PAIRS)[0], words=WORDS)
    assert evaluate(run.at(600), TEST, free=True).sentences >= 0.95


def test_the_same_seed_trains_the_same_way():
    config = Config(hidden_size=16, num_steps=4)
    one, two = (training.train(config, PAIRS[:200], words=WORDS).losses for _ in range(2))
    np.testing.assert_array_equal(one, two)
    other = training.train(Config(hidden_size=16, num_steps=4, seed=1), PAIRS[:200], words=WORDS)
    assert not np.array_equal(one, other.losses)


def test_progress_is_reported_and_may_stop_the_run():
    class Stop(Exception):
        pass

    def progress(share, words):
        raise Stop

    config = Config(hidden_size=16, num_steps=10)
    with pytest.raises(Stop):
        training.train(config, PAIRS[:100], words=WORDS, progress=progress)


def test_a_short_run_can_be_measured():
    config = Config(hidden_size=8, num_steps=3)
    run = training.train(config, PAIRS[:120], words=WORDS)
    found = measure(run, PAIRS[:120])
    assert found.steps == (0, 3)
    assert len(found.kicked) == len(found.unkicked) == 5
    assert found.held_out
    assert not measure(run, PAIRS[:60]).held_out
    assert 0 <= found.corpus_tokens <= 1


def test_the_shelf_trains_once():
    shelf, calls = results.Shelf(), []

    def report(_share, words):
        calls.append(words)

    config = Config(hidden_size=8, num_steps=5)
    own = "\n".join(f"uno {i} | one {i}" for i in range(25))
    for _ in range(2):
        shelf.trained(config, own, report)
    assert sum(words.startswith("step") for words in calls) == 1


class Left(Exception):
    """What stops a training, as the page does when nobody looks any more."""


def leave_at(share, seen):
    def report(done, words):
        seen.append(words)
        if done >= share:
            raise Left

    return report


def test_a_stopped_training_goes_on_to_the_same_end():
    config = Config(hidden_size=16, num_steps=30)
    whole = training.train(config, PAIRS[:200], words=WORDS)
    course = training.Course(config, PAIRS[:200], WORDS)
    seen = []
    with pytest.raises(Left):
        course.finish(leave_at(0.5, seen))
    assert len(course.losses) == 15
    run = course.finish(leave_at(2.0, seen))
    assert [words.split(",")[0] for words in seen] == [f"step {s}" for s in (5, 10, 15, 20, 25, 30)]
    np.testing.assert_array_equal(run.losses, whole.losses)
    assert run.steps == whole.steps
    for step in run.steps:
        for name, weights in run.states[step].items():
            np.testing.assert_array_equal(weights, whole.states[step][name])


def test_the_shelf_keeps_a_stopped_training_and_goes_on():
    shelf, config, seen = results.Shelf(), Config(hidden_size=16, num_steps=20), []
    for share in (0.4, 0.95):  # the second time all steps are done, and the measuring stops
        with pytest.raises(Left):
            shelf.trained(config, "", leave_at(share, seen))
    run, measures = shelf.trained(config, "", leave_at(2.0, seen))
    steps = [words for words in seen if words.startswith("step")]
    assert [words.split(",")[0] for words in steps] == ["step 5", "step 10", "step 15", "step 20"]
    assert len(run.losses) == 20
    assert measures.steps == run.steps
    assert shelf.trained(config, "", leave_at(0.0, seen))[0] is run
