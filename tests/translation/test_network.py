"""The net in numpy against PyTorch, a tiny net worked by hand, and laws of information flow."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from viz.translation import corpus, store, training
from viz.translation.accuracy import evaluate
from viz.translation.compute import EOS, SOS, reach, shift_right
from viz.translation.corpus import Pair
from viz.translation.flow import information_flow
from viz.translation.network import (
    Config,
    Network,
    Vocabulary,
    probabilities,
    speak,
    vocabulary,
)

PAIRS = corpus.corpus()
WORDS = vocabulary(PAIRS)
SOURCE = ("veo", "un", "perro")
TRUTH = ("I", "see", "a", "dog")
KINDS = [(s, c) for s in ("horizontal", "vertical") for c in ("gru", "rnn")]


def double(config, words=WORDS):
    """A fresh model in torch and the same in numpy, both in double precision."""
    model = training.build(config, words).double()
    return model, Network(config, words, training.state_of(model))


def torch_scores(model, config, ids, fed, words=WORDS, embedded=None):
    inputs = torch.tensor([words.target_ids(fed)])
    source = torch.tensor([ids])
    length = torch.tensor([len(ids)])
    return training.logits(model, config, source, length, inputs, embedded)[0]


@pytest.mark.parametrize(("stack", "cell"), KINDS)
def test_numpy_and_torch_say_the_same(stack, cell):
    config = Config(stack, cell, 16, seed=3)
    model, network = double(config)
    said = speak(network, SOURCE, teacher=TRUTH)
    ids = WORDS.source_ids(SOURCE, source_sos=False)
    scores = torch_scores(model, config, ids, said.fed).detach().numpy()
    chances = probabilities(scores)
    wanted = WORDS.target_ids([*TRUTH, EOS])[: len(said.wanted)]
    np.testing.assert_allclose(said.wanted, chances[range(len(wanted)), wanted], rtol=1e-9)
    assert [WORDS.target[i] for i in chances.argmax(axis=1)] == list(said.said)


@pytest.mark.parametrize(("stack", "cell"), KINDS)
def test_products_of_jacobians_are_autograds(stack, cell):
    config = Config(stack, cell, 8, seed=1, source_sos=True)
    words = vocabulary([Pair(SOURCE, TRUTH, "")])
    model, network = double(config, words)
    fed = shift_right((*TRUTH, EOS))
    ids = words.source_ids(SOURCE, source_sos=True)
    embedded = model["source"](torch.tensor([ids])).detach().requires_grad_()
    scores = torch_scores(model, config, ids, fed, words, embedded)
    expected = np.zeros((len(fed), len(ids)))
    for j, row in enumerate(scores):
        for score in row:
            (grad,) = torch.autograd.grad(score, embedded, retain_graph=True)
            expected[j] += grad[0].square().sum(dim=1).numpy()
    expected = np.sqrt(expected)
    found = information_flow(network, SOURCE, fed)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-15)
    if stack == "vertical":
        mask = reach("vertical", num_source=len(ids), num_target=len(fed))
        assert (found[~mask] == 0.0).all()
        assert (found[mask] > 0).all()
    else:
        assert (found > 0).all()


@pytest.mark.parametrize("stack", ["horizontal", "vertical"])
def test_a_changed_source_word_reaches_what_the_rule_says(stack):
    _, network = double(Config(stack, "gru", 12, seed=2))
    before = speak(network, SOURCE, teacher=TRUTH)
    for i, other in enumerate(("vi", "el", "gato")):
        changed = (*SOURCE[:i], other, *SOURCE[i + 1 :])
        after = speak(network, changed, teacher=TRUTH)
        for j, (a, b) in enumerate(zip(before.wanted, after.wanted, strict=True)):
            assert (a == b) == (stack == "vertical" and j < i)


def tiny():
    """The 2-unit net with weights (((37 n + 11) mod 19) - 9) / 10, filled in row by row."""
    count = iter(range(1000))

    def fill(*shape):
        size = int(np.prod(shape))
        return np.array([(((37 * next(count) + 11) % 19) - 9) / 10 for _ in range(size)]).reshape(
            shape
        )

    weights = {"source.weight": fill(5, 2), "target.weight": fill(5, 2)}
    for name in ("encoder", "decoder"):
        weights[f"{name}.weight_ih_l0"] = fill(2, 2)
        weights[f"{name}.weight_hh_l0"] = fill(2, 2)
        weights[f"{name}.bias_ih_l0"] = fill(2)
        weights[f"{name}.bias_hh_l0"] = np.zeros(2)
    weights |= {"out.weight": fill(5, 2), "out.bias": fill(5)}
    words = Vocabulary(("<pad>", SOS, EOS, "a", "b"), ("<pad>", SOS, EOS, "c", "d"))
    return Network(Config(cell="rnn"), words, weights)


def test_the_tiny_net():
    network = tiny()
    states = network.encode(np.array([[3, 4, 2]]))
    expected = [
        (-0.629145161, -0.578363413),
        (-0.327398014, 0.061512867),
        (-0.569231845, -0.532199423),
    ]
    np.testing.assert_allclose(states[0], expected, atol=1e-9)
    state, rows = network.start(states, np.array([3])), []
    for step, word in enumerate((1, 3, 4, 3)):
        state = network.step("decoder", network.fed(np.array([word]), states, step), state)
        rows.append(network.scores(state)[0])
    np.testing.assert_allclose(
        rows[0], [0.824151106, 0.664504957, 0.504858807, 0.345212657, 0.185566508], atol=1e-9
    )
    logs = [row - np.log(np.exp(row).sum()) for row in rows]
    loss = -np.mean([log[word] for log, word in zip(logs, (3, 4, 3, 2), strict=True)])
    assert loss == pytest.approx(1.9607118599)
    flow = information_flow(network, ("a", "b"), (SOS, "c", "d", "c"))
    np.testing.assert_allclose(flow[0], [0.0538677, 0.0915045, 0.0855534], atol=1e-7)
    np.testing.assert_allclose(flow[3], [0.01175, 0.0199582, 0.0187125], atol=1e-7)


def test_the_tiny_nets_flow_by_central_differences():
    network, nudge = tiny(), 1e-6

    def scores(table):
        moved = Network(network.config, network.words, {**network.weights, "source.weight": table})
        states = moved.encode(np.array([[3, 4, 2]]))
        state = moved.start(states, np.array([3]))
        state = moved.step("decoder", moved.fed(np.array([1]), states, 0), state)
        return moved.scores(state)[0]

    for i, word in enumerate((3, 4, 2)):
        columns = []
        for entry in range(2):
            moves = np.zeros((5, 2))
            moves[word, entry] = nudge
            table = network.weights["source.weight"]
            columns.append((scores(table + moves) - scores(table - moves)) / (2 * nudge))
        found = information_flow(network, ("a", "b"), (SOS,))[0, i]
        assert np.linalg.norm(columns) == pytest.approx(found, rel=1e-6)


def test_padding_changes_nothing():
    config = Config(hidden_size=16)
    model, network = double(config)
    short, longer = Pair(SOURCE, TRUTH, ""), PAIRS[-400]
    alone = evaluate(network, [short], free=True)
    ids = WORDS.source_ids(SOURCE, source_sos=False)
    fed = torch.tensor([WORDS.target_ids((SOS, "I", "see"))])
    length = torch.tensor([4])
    one = training.logits(model, config, torch.tensor([ids]), length, fed)
    other = training.logits(model, config, torch.tensor([[*ids, 0, 0, 0]]), length, fed)
    np.testing.assert_allclose(one.detach(), other.detach(), atol=1e-12)
    both = evaluate(network, [short, longer], free=True)
    assert len(both.positions) >= len(alone.positions)
    guesses = [
        int(s == t) for s, t in zip(speak(network, SOURCE).said, (*TRUTH, EOS), strict=False)
    ]
    assert alone.tokens == pytest.approx(sum(guesses) / 5)


def test_forcing_the_truth_is_teacher_forcing():
    _, network = double(Config(hidden_size=16))
    taught = speak(network, SOURCE, teacher=TRUTH)
    forced = speak(network, SOURCE, force=dict(enumerate(TRUTH, 1)), truth=TRUTH)
    width = min(len(taught.said), len(forced.said))
    assert taught.fed == (SOS, *TRUTH)
    assert forced.fed[:width] == taught.fed[:width]
    np.testing.assert_allclose(forced.wanted[:width], taught.wanted[:width])


def test_the_pad_and_the_start_symbol_are_never_said():
    _, network = double(Config(hidden_size=16, seed=5))
    for seed in range(30):
        rng = np.random.default_rng(seed)
        said = speak(network, SOURCE, temperature=2.0, rng=rng)
        assert not {"<pad>", SOS} & set(said.said)
        assert len(said.said) <= 20


def test_drawn_words_have_the_softmaxs_shares():
    network = store.trained("horizontal").at(100)
    word, chance = speak(network, SOURCE).top[0][0]
    rng = np.random.default_rng(0)
    drawn = [speak(network, SOURCE, temperature=1.0, rng=rng).said[0] for _ in range(200)]
    assert drawn.count(word) / 200 == pytest.approx(chance, abs=0.1)
    hot = [speak(network, SOURCE, temperature=2.0, rng=rng).said[0] for _ in range(200)]
    assert len(set(hot)) > len(set(drawn))


def test_the_probability_shown_is_the_one_that_words_are_drawn_with():
    network = store.trained("horizontal").at(100)
    cold = dict(speak(network, SOURCE).top[0])
    rng = np.random.default_rng(0)
    runs = [speak(network, SOURCE, temperature=2.0, rng=rng) for _ in range(400)]
    (word, chance), (other, less) = next(
        pair for pair in pairwise(runs[0].top[0]) if all(w in cold for w, _ in pair)
    )
    assert chance / less == pytest.approx((cold[word] / cold[other]) ** 0.5)
    assert [run.said[0] for run in runs].count(word) / 400 == pytest.approx(chance, abs=0.06)


def test_a_teachers_sentence_is_never_cut():
    config = Config(hidden_size=16)
    _, network = double(config)
    taught = speak(network, SOURCE, teacher=("dog",) * 25)
    assert len(taught.wanted) == 26
