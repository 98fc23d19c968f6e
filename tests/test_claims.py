"""Numbers in the words of presets and findings are what the page computes."""

import re

import numpy as np
import pytest

from viz import catalog, settings
from viz.draw.numbers import FIXED, fixed, power

SAID = re.compile(r"“([^”]*)”")


class Claim:
    """A preset or finding with the result that it leads to."""

    def __init__(self, slug, key, label):
        self.view = next(v for v in catalog.find(slug).views() if v.key == key)
        every = (*self.view.presets, *self.view.findings)
        self.preset = next(p for p in every if p.label == label)
        self.words = self.preset.words

    def run(self, **values):
        chosen = settings.settings_from(self.view.settings, {**self.preset.values, **values})
        return self.view.run(chosen)

    def answer(self, **values):
        return self.view.answer(self.run(**values))

    def caption(self, index=None):
        film = self.view.film(self.run())
        return film.caption(self.preset.step if index is None else index)

    def says(self, *texts):
        words = self.words.replace(FIXED, " ")
        assert all(text.replace(FIXED, " ") in words for text in texts), (texts, words)


def test_a_dead_feature_stays_small():
    claim = Claim("batchnorm", "line", "Dead feature")
    claim.says(f"deviation is {fixed(claim.answer()[1])}")


def test_the_last_use_of_a_weight_behind_tanh():
    claim = Claim("rnn", "graph", "a tanh behind every product")
    _, slope, *uses = claim.answer()
    claim.says(f"Only {slope:.4f} of gradient", f"{100 * uses[-1] / slope:.1f}%")


def test_the_reach_of_a_hundred_steps():
    claim = Claim("rnn", "long", "100 steps at w = 0.5")
    claim.says(power(0.5**100, 1), power(1.5**100, 1))
    assert f"multiplied by {power(0.5**100, 3)}" in claim.caption()


def test_the_share_of_the_last_ten_steps():
    claim = Claim("rnn", "long", "50 steps at w = 1.5")
    share = float(re.search(r"carry ([\d.]+)%", claim.caption()).group(1))
    claim.says(f"the last 10 of 50 carry only {share:.0f}%")


def test_a_step_without_clipping():
    claim = Claim("rnn", "descent", "no clipping")
    claim.says(f"lands at {fixed(claim.answer()[-1], 1)}")


def test_fifty_factors():
    grown = Claim("gradients", "chain", "w = 1.1")
    grown.says(f"{10 ** grown.answer():.0f} times")
    both = Claim("gradients", "chain", "a little above 1")
    both.says(f"{both.answer() - both.answer(weight=0.9):.1f} decades apart")


def test_the_board_when_all_weights_are_halved():
    claim = Claim("gradients", "board", "halve all weights")
    halved, whole = claim.answer(), claim.answer(gain=1.0)
    claim.says(f"by {round(whole[0] - halved[0])} decades")
    assert halved[2] == pytest.approx(whole[2], abs=0.1)
    growth = 10 ** (whole[2] / 50)
    Claim("gradients", "net", "He, BN").says(f"About {growth:.1f} per layer")


def test_the_sentence_gets_shorter_with_the_beam():
    claim = Claim("beam_search", "text", "widen the beam")
    film = claim.view.film(claim.run())
    said = {f.label: SAID.search(f.caption).group(1) for f in film.frames}
    length = {label: len(words.removesuffix(" <eos>").split()) for label, words in said.items()}
    claim.says(
        f"{length['k = 1']} words at k = 1, {length['k = 5']} at k = 5, "
        f"{length['k = 20']} at k = 20"
    )


def test_the_recurrent_decoder_has_as_many_units_as_it_says():
    from viz.beam_search.recurrent import HIDDEN

    Claim("beam_search", "text", "Recurrent").says(f"{HIDDEN} hidden units")


def test_another_translator_learns_from_as_many_sentences():
    from viz.translation import corpus
    from viz.translation.network import Config

    claim = Claim("translation", "model", "Train another")
    pairs = corpus.split(corpus.corpus())[0]
    claim.says(f"{Config('horizontal').num_steps} steps on {len(pairs):,} sentences")


def test_the_karate_club():
    claim = Claim("gnn", "layer", "Karate club")
    graph = claim.run().graph
    claim.says(f"{graph.num_nodes} members, {len(graph.edges)} friendships")
    smooth = Claim("gnn", "depth", "Karate club")
    smooth.says(f"{graph.num_nodes} members, |λ₂| = {fixed(smooth.answer(), 3)}")


def test_two_labels_for_the_karate_club():
    claim = Claim("gnn", "train", "two labels for a club")
    found = re.search(r"of the (\d+) held-back nodes \(squares\) (\d+) are", claim.caption(-1))
    claim.says(f"{found.group(2)} of the {found.group(1)} others")


def test_equal_states_end_at_the_share_of_ones():
    claim = Claim("gnn", "train", "constant states")
    result = claim.run()
    ones = np.mean([result.labels[i] for i in np.flatnonzero(result.train)])
    assert ones == pytest.approx(2 / 3)
    assert np.allclose(result.run.predictions[-1], ones, atol=0.01)
    claim.says("every p goes to 2/3")


def test_news_of_two_nodes_takes_three_layers():
    claim = Claim("gnn", "layer", "three layers, seen from node 3")
    assert "heard of every node" in claim.caption(-1)
    film = claim.view.film(claim.run(num_layers=2))
    assert "heard of every node" not in film.caption(-1)


def test_a_tenth_of_the_masks():
    claim = Claim("dropout", "cost", "about a hundred masks")
    few, many = (claim.run(**more).trial.standard_error for more in ({}, {"draws": 1000}))
    claim.says(f"± {1.96 * few:.1f}, not ± {1.96 * many:.1f}")
    assert few / many == pytest.approx(10**0.5, rel=0.2)


def test_what_a_small_penalty_costs():
    claim = Claim("autoencoder", "price", "The exam's spectrum")
    least = min(claim.answer())
    claim.says("by less than 2 %")
    assert 0.98 < least < 1


def test_a_penalty_above_the_third_variance():
    claim = Claim("autoencoder", "training", "Too much")
    result = claim.run()
    third = float(np.sort(result.study.data.eigenvalues)[-3])
    claim.says(f"λ = 2 lies above the third variance, {third:g}")
    assert claim.answer()[-1] == pytest.approx(0, abs=1e-6)
