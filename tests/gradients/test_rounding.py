"""Where a net magnifies rounding, two computations of R are compared by what that explains."""

import pytest

from viz.gradients import board_view, net_view, rounding, snippets
from viz.gradients.board_view import BoardSettings
from viz.gradients.net_view import NetSettings, spec_of
from viz.gradients.nets import NetSpec

CHAOTIC = [
    NetSettings(batch_norm=True, batch="3", depth=100),
    NetSettings(batch_norm=True, batch="2", act="sigmoid"),
    NetSettings(init="N(0,1)", gain=4.0, act="tanh"),
]


@pytest.mark.parametrize("settings", CHAOTIC, ids=str)
def test_where_rounding_takes_every_digit_the_derivation_says_so_instead_of_a_cross(settings):
    assert net_view.agree(settings) == {}
    last = net_view.derive(net_view.run(settings))[-1]
    assert "magnifies rounding" in last.words
    assert rounding.last_bit(spec_of(settings)) > 0.1


def test_twelve_nets_name_the_ones_that_magnify_rounding():
    settings = BoardSettings(batch="2")
    assert board_view.agree(settings) == {}
    said = [line.words for line in board_view.derive(board_view.run(settings))]
    assert any(words.startswith("**He, BN** magnifies rounding") for words in said)


@pytest.mark.parametrize("settings", [NetSettings(), NetSettings(batch_norm=True)], ids=str)
def test_other_nets_are_compared_to_the_last_digits(settings):
    ours, theirs = net_view.agree(settings).values()
    assert rounding.is_close(ours, theirs)
    lines = net_view.derive(net_view.run(settings))
    assert not any("rounding" in line.words for line in lines)


@pytest.mark.parametrize("residual", [False, True])
def test_a_relu_net_without_batch_norm_keeps_its_ratio_when_the_last_bit_moves(residual):
    assert rounding.last_bit(NetSpec(init="normal", residual=residual)) == 0


def test_a_gap_beyond_rounding_is_no_agreement(monkeypatch):
    spec = NetSpec(depth=5, width=16, batch=8, batch_norm=True, seed=7)
    monkeypatch.setattr(rounding.witnesses, "log_ratio", lambda _spec: 0.5)
    found = rounding.compare.__wrapped__(spec)
    assert found.gap > 1e-3
    assert not found.is_blurred


def test_the_snippet_warns_of_rounding_where_there_is_any():
    assert "Rounding grows" in snippets.one(NetSpec(batch_norm=True))
    assert "Rounding grows" not in snippets.one(NetSpec())
