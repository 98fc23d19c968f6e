"""Corpus, shifts, limits, flow and the trained translator against oracles and laws."""

import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from viz import quiz
from viz.translation import corpus, demo, exercises, figures, model, results
from viz.translation.corpus import EOS, SOS
from viz.translation.model import Config, Trained, Vocabulary

PAIRS = corpus.corpus()
WORDS = model.vocabulary(PAIRS)


def test_the_exams_rows():
    seed = demo.SEED
    rows = {
        mode: corpus.decoder_inputs(seed.truth, seed.emitted, mode)
        for mode in ("training", "evaluation")
    }
    assert rows["training"] == seed.training_inputs
    assert rows["evaluation"] == seed.evaluation_inputs
    result = demo.run_rows(demo.RowSettings())
    assert result.source == seed.source
    assert len(result.truth) == seed.figure.slots
    assert result.differs == (2,)


@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=7),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=7),
)
def test_shifting(truth, emitted):
    row = corpus.shift_right((*truth, EOS))
    assert len(row) == len(truth) + 1
    assert row[0] == SOS
    assert EOS not in row
    width = min(len(truth), len(emitted))
    one, other = truth[:width], emitted[:width]
    equal = corpus.shift_right(one) == corpus.shift_right(other)
    assert equal == (one[:-1] == other[:-1])


def test_the_corpus():
    kinds = [pair.kind for pair in PAIRS]
    counts = {kind: kinds.count(kind) for kind in ("plain", "neg", "subject", "clitic")}
    assert (len(PAIRS), counts) == (1896, {"plain": 800, "neg": 640, "subject": 420, "clitic": 36})
    assert len(WORDS.source) - 3 == 36
    assert len(WORDS.target) - 3 == 27
    assert len({pair.source for pair in PAIRS}) == len(PAIRS)
    lengths = [(len(p.source), len(p.target)) for p in PAIRS]
    expected = {(4, 5): 768, (5, 6): 512, (6, 6): 336, (3, 4): 176, (5, 5): 84, (2, 3): 20}
    assert {pair: lengths.count(pair) for pair in set(lengths)} == expected


def test_the_split_keeps_the_exams_sentence_out():
    train, test = corpus.split(PAIRS)
    assert not set(train) & set(test)
    assert len(train) + len(test) == len(PAIRS)
    assert corpus.HELD_OUT in {" ".join(pair.source) for pair in test}


@pytest.mark.parametrize(
    ("sos", "total", "sentences", "possible", "positions"),
    [
        (False, 0.8139573618, 84, 420, [77.74, 82.28, 100, 98.95, 90.62, 54.82, 39.62]),
        (True, 0.7156895403, 116, 1896, [30.27, 81.54, 96.52, 54.43, 69.51, 85.88, 100]),
    ],
)
def test_what_vertical_stacking_can_reach(sos, total, sentences, possible, positions):
    best = corpus.best_possible(PAIRS, "vertical", source_sos=sos)
    assert best.total == pytest.approx(total, abs=1e-10)
    assert best.sentences == sentences
    np.testing.assert_allclose(100 * np.array(best.positions), positions, atol=0.006)
    short = [p for p in PAIRS if len(p.target) + 1 <= len(corpus.full_source(p, sos))]
    assert len(short) == possible
    whole = corpus.best_possible(PAIRS, "horizontal", source_sos=sos)
    assert (whole.total, whole.sentences) == (1.0, len(PAIRS))


def test_reach():
    mask = corpus.reach("vertical", num_source=4, num_target=5)
    assert mask[1].tolist() == [True, True, False, False]
    assert corpus.reach("horizontal", num_source=4, num_target=5).all()


def tiny():
    """The 2-unit net with weights (((37 n + 11) mod 19) - 9) / 10."""
    count = iter(range(1000))

    def fill(*shape):
        size = int(np.prod(shape))
        values = [(((37 * next(count) + 11) % 19) - 9) / 10 for _ in range(size)]
        return torch.tensor(values, dtype=torch.float64).reshape(shape)

    words = Vocabulary(("<pad>", SOS, EOS, "a", "b"), ("<pad>", SOS, EOS, "c", "d"))
    config = Config(cell="rnn", hidden_size=4)
    net = torch.nn.ModuleDict(
        {
            "source": torch.nn.Embedding(5, 2),
            "target": torch.nn.Embedding(5, 2),
            "encoder": torch.nn.RNN(2, 2, batch_first=True),
            "decoder": torch.nn.RNN(2, 2, batch_first=True),
            "out": torch.nn.Linear(2, 5),
        }
    ).double()
    with torch.no_grad():
        net["source"].weight.copy_(fill(5, 2))
        net["target"].weight.copy_(fill(5, 2))
        for name in ("encoder", "decoder"):
            net[name].weight_ih_l0.copy_(fill(2, 2))
            net[name].weight_hh_l0.copy_(fill(2, 2))
            net[name].bias_ih_l0.copy_(fill(2))
            net[name].bias_hh_l0.zero_()
        net["out"].weight.copy_(fill(5, 2))
        net["out"].bias.copy_(fill(5))
    return net, config, words


def test_the_tiny_net():
    net, config, words = tiny()
    source, inputs = torch.tensor([[3, 4, 2]]), torch.tensor([[1, 3, 4, 3]])
    states, _ = net["encoder"](net["source"](source))
    expected = [
        (-0.629145161, -0.578363413),
        (-0.327398014, 0.061512867),
        (-0.569231845, -0.532199423),
    ]
    np.testing.assert_allclose(states[0].detach(), expected, atol=1e-9)
    scores = model.logits(net, config, source, torch.tensor([3]), inputs)
    np.testing.assert_allclose(
        scores[0, 0].detach(),
        [0.824151106, 0.664504957, 0.504858807, 0.345212657, 0.185566508],
        atol=1e-9,
    )
    loss = torch.nn.functional.cross_entropy(scores[0], torch.tensor([3, 4, 3, 2]))
    assert loss.item() == pytest.approx(1.9607118599)
    flow = model.information_flow(net, config, words, ("a", "b"), (SOS, "c", "d", "c"))
    np.testing.assert_allclose(flow[0], [0.0538677, 0.0915045, 0.0855534], atol=1e-7)
    np.testing.assert_allclose(flow[3], [0.01175, 0.0199582, 0.0187125], atol=1e-7)


@pytest.mark.parametrize("cell", ["gru", "rnn"])
@pytest.mark.parametrize("seed", [0, 1])
def test_vertical_flow_is_exactly_zero_above_the_diagonal(cell, seed):
    config = Config("vertical", cell, 16, seed)
    net = model.build(config, WORDS)
    fed = corpus.shift_right(("I", "see", "a", "dog", EOS))
    flow = model.information_flow(net, config, WORDS, ("veo", "un", "perro"), fed)
    mask = corpus.reach("vertical", num_source=4, num_target=5)
    assert (flow[~mask] == 0.0).all()
    assert (flow[:4][mask[:4]] > 0).all()
    config = Config("horizontal", cell, 16, seed)
    flow = model.information_flow(
        model.build(config, WORDS), config, WORDS, ("veo", "un", "perro"), fed
    )
    assert (flow > 0).all()


def test_padding_changes_nothing():
    config = Config(hidden_size=16)
    net = model.build(config, WORDS)
    ids = WORDS.source_ids(("veo", "un", "perro"), source_sos=False)
    fed = torch.tensor([WORDS.target_ids((SOS, "I", "see"))])
    short = model.logits(net, config, torch.tensor([ids]), torch.tensor([4]), fed)
    padded = model.logits(net, config, torch.tensor([[*ids, 0, 0, 0]]), torch.tensor([4]), fed)
    np.testing.assert_allclose(short.detach(), padded.detach(), atol=1e-6)


def test_forcing_the_truth_is_teacher_forcing():
    config = Config(hidden_size=16)
    net = model.build(config, WORDS)
    truth = ("I", "see", "a", "dog")
    taught = model.run_free(net, config, WORDS, ("veo", "un", "perro"), teacher=truth)
    forced = model.run_free(
        net, config, WORDS, ("veo", "un", "perro"), force=dict(enumerate(truth, 1))
    )
    width = min(len(taught.said), len(forced.said))
    assert taught.fed == (SOS, *truth)
    assert forced.fed[:width] == taught.fed[:width]
    np.testing.assert_allclose(
        forced.probabilities[:width], taught.probabilities[:width], atol=1e-6
    )


@pytest.fixture(scope="module")
def trained() -> dict[str, Trained]:
    train, _ = corpus.split(PAIRS)
    return {
        stack: model.train(Config(stack), train, words=WORDS)
        for stack in ("horizontal", "vertical")
    }


@pytest.mark.slow
def test_the_horizontal_translator_learns_and_can_be_derailed(trained):
    found = trained["horizontal"]
    net = model.load(found, 600)
    test = corpus.split(PAIRS)[1]
    free = model.evaluate(net, found.config, WORDS, test, free=True)
    assert free.sentences >= 0.95
    kicked = model.evaluate(
        net, found.config, WORDS, test, free=True, kick=2, rng=np.random.default_rng(0)
    )
    assert kicked.tokens < 0.8
    early = model.load(found, 50)
    taught, alone = (
        model.evaluate(early, found.config, WORDS, test, free=free).tokens for free in (False, True)
    )
    assert taught > alone
    said = model.run_free(net, found.config, WORDS, ("veo", "un", "perro"))
    assert said.said == ("I", "see", "a", "dog", EOS)


@pytest.mark.slow
def test_the_vertical_translator_stays_below_its_bound(trained):
    found = trained["vertical"]
    net = model.load(found, 600)
    everything = model.evaluate(net, found.config, WORDS, PAIRS, free=True)
    best = corpus.best_possible(PAIRS, "vertical")
    assert everything.sentences <= 0.10
    assert everything.tokens <= best.total + 0.005
    assert everything.sentences <= best.sentences / len(PAIRS) + 0.005
    flow = model.information_flow(
        net,
        found.config,
        WORDS,
        ("veo", "un", "perro"),
        corpus.shift_right(("I", "see", "a", "dog")),
    )
    assert (np.triu(flow, 1) == 0.0).all()


def test_the_same_seed_trains_the_same_way():
    config = Config(hidden_size=16, num_steps=5)
    one, two = (model.train(config, PAIRS[:200], words=WORDS).losses for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_progress_is_reported_and_may_stop_the_run():
    class Stop(Exception):
        pass

    def progress(share, words):
        raise Stop

    with pytest.raises(Stop):
        model.train(
            Config(hidden_size=16, num_steps=10), PAIRS[:100], words=WORDS, progress=progress
        )


def test_own_pairs_can_be_taught():
    text = "\n".join(f"uno {i} | one {i}" for i in range(25))
    settings = demo.ModelSettings(pairs="own", own=text)
    assert demo.run_model(settings).source == ("uno", "0")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: corpus.parse_pairs("a | b\nc | d\ne f"),
            "line 3: expected two sides separated by a tab or |",
        ),
        (lambda: corpus.parse_pairs("a | b\nc | d\ne | f"), "need at least 20 phrase pairs, got 3"),
        (lambda: corpus.parse_pairs("a " * 41 + "| b"), "line 1: 41 words, the limit is 20"),
        (lambda: Config(hidden_size=0), "hidden size must be between 4 and 256, got 0"),
        (lambda: Config(cell="lstm"), "cell must be gru or rnn"),
        (
            lambda: WORDS.source_ids(("xyzzy",), source_sos=False),
            "unknown word 'xyzzy' - known Spanish words: blanca",
        ),
        (lambda: demo.run_rows(demo.RowSettings(truth=" ")), "the truth must have 1 to 8 words"),
        (
            lambda: demo.run_model(demo.ModelSettings(source="un perro", mode="training")),
            "there is no teacher for it",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        call()


def test_the_spotlight_is_on_the_first_difference():
    film = figures.decoder_rows(demo.run_rows(demo.RowSettings(emitted="I see the dog")))
    spots = [s for s in film.figure.layout.shapes if s.fillcolor == "#FFEBAE"]
    assert len(spots) == 1
    assert "w₄" in film.caption()
    same = figures.decoder_rows(demo.run_rows(demo.RowSettings(emitted="I see a dog")))
    assert not [s for s in same.figure.layout.shapes if s.fillcolor == "#FFEBAE"]
    assert "agree" in same.caption()


@pytest.mark.parametrize(
    ("maker", "text", "words"),
    [
        (exercises.training_row, "<sos> I saw a dog", "the teacher corrects it"),
        (exercises.training_row, "I see a dog <eos>", "inputs are shifted"),
        (exercises.training_row, "<sos> veo un perro dog", "Spanish words go into the encoder"),
        (exercises.evaluation_row, "<sos> I see a dog", "no ground truth"),
        (exercises.evaluation_row, "<sos> I saw a <eos>", "only predicted, never fed"),
    ],
)
def test_mistakes_are_named(maker, text, words):
    verdict = quiz.check(maker(None), text)
    assert not verdict.right
    assert words in verdict.words


def test_one_right_problem_is_enough():
    question = exercises.vertical_problems(None)
    for place in question.answer.key:
        assert quiz.check(question, str(place)).right


def test_the_shelf_trains_once():
    shelf, calls = results.Shelf(), []
    config = Config(hidden_size=16, num_steps=5)
    for _ in range(2):
        shelf.trained(config, "", lambda share, _: calls.append(share))
    assert len(calls) == 1
