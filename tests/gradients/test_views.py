"""Settings, budgets, own data, snippets and witnesses of the views."""

import math
import subprocess
import sys

import numpy as np
import pytest

from viz.gradients import (
    board_view,
    chain_view,
    demo,
    net_view,
    own_numbers,
    race,
    race_charts,
    race_view,
    race_witness,
    recordings,
    results,
    snippets,
    store,
    tick_view,
)
from viz.gradients.board_view import BoardSettings
from viz.gradients.chain_view import ChainSettings
from viz.gradients.experiments import ARCHITECTURES, Recipe
from viz.gradients.net_view import NetSettings
from viz.gradients.race_view import RaceSettings
from viz.gradients.tick_view import TickSettings
from viz.gradients.training import CHANCE, RATES, train


def executed(code):
    space = {}
    exec(compile(code, "snippet", "exec"), space)
    return space["answer"]


def test_the_first_paint_needs_no_torch_and_measures_nothing():
    code = (
        "import sys\n"
        "from viz.gradients import compute, demo\n"
        "def refuse(*a, **k): raise AssertionError('measured')\n"
        "compute.draw = refuse\n"
        "for view in demo.VIEWS:\n"
        "    found = view.run(view.settings())\n"
        "    view.film(found); view.more(found)\n"
        "sys.exit('torch' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("view", demo.VIEWS, ids=lambda view: view.key)
def test_presets_that_are_quick_are_on_file_or_small(view):
    for preset in view.presets:
        chosen = view.settings(**preset.values)
        if not view.slow(chosen) and isinstance(chosen, NetSettings):
            spec = net_view.spec_of(chosen)
            assert store.trace_of(spec) or results.weight_of(spec) <= results.LIVE_COST


def test_long_measurements_are_jobs():
    assert not tick_view.slow(TickSettings())
    assert not tick_view.slow(TickSettings(depth=50, seed=1))
    assert not tick_view.slow(TickSettings(depth=100))
    assert tick_view.slow(TickSettings(depth=100, seed=1))
    assert not net_view.slow(NetSettings(spread=True))
    assert net_view.slow(NetSettings(spread=True, gain=1.41))
    assert not net_view.slow(NetSettings(gain=1.41))
    assert not net_view.slow(NetSettings(depth=100))
    assert net_view.slow(NetSettings(depth=90, batch="256", width="64", spread=True))
    assert board_view.slow(BoardSettings(seed=3))
    assert race_view.slow(RaceSettings(train=True))


def test_a_net_that_would_stall_the_page_is_refused():
    huge = NetSettings(depth=100, width="256", batch="256")
    assert not net_view.slow(huge)
    with pytest.raises(ValueError, match="must be at most 250 million, got 100 × 256 × 256²"):
        net_view.run(huge)
    with pytest.raises(ValueError, match="at most 250 million"):
        board_view.run(BoardSettings(depth=100, width="256", batch="256"))
    with pytest.raises(ValueError, match="at most 250 million"):
        net_view.agree(huge)


def test_measuring_seeds_reports_progress_and_gives_a_band():
    told = []
    settings = NetSettings(depth=5, width="16", batch="8", spread=True)
    found = net_view.run(settings, lambda share, words="": told.append((share, words)))
    assert len(told) == demo.SEED.measure.seeds
    assert told[-1] == (1.0, "seed 20 of 20")
    assert found.net.over is not None
    assert found.net.over.log_ratios[0] == pytest.approx(found.net.log_ratio)
    assert net_view.run(settings.model_copy(update={"spread": False})).net.over is None


def test_a_branch_of_one_over_root_l_is_healthy_at_any_depth():
    for depth in (2, 30, 100):
        settings = NetSettings(
            init="He", residual=True, branch="1/sqrt(L)", depth=depth, width="64", batch="16"
        )
        assert net_view.run(settings).net.verdict == "healthy"


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("act", ["relu", "tanh", "sigmoid", "linear"])
def test_the_snippet_prints_the_nets_ratio(residual, batch_norm, act, capsys):
    settings = NetSettings(
        depth=6, width="16", batch="8", act=act, residual=residual, batch_norm=batch_norm,
        branch="1/sqrt(L)" if residual else "1", init="He", gain=2.0, seed=5,
    )  # fmt: skip
    answer = executed(net_view.snippet(settings))
    assert answer == pytest.approx(net_view.run(settings).net.log_ratio, abs=1e-9)
    assert len(capsys.readouterr().out.splitlines()) == 7
    ways = list(net_view.agree(settings).values())
    assert ways[0] == pytest.approx(ways[1], abs=1e-9)


def test_the_snippet_survives_sizes_whose_squares_overflow():
    settings = NetSettings(depth=100, width="16", batch="2", init="N(0,1)", gain=4.0, act="linear")
    assert executed(net_view.snippet(settings)) == pytest.approx(
        net_view.run(settings).net.log_ratio, abs=1e-8
    )


def test_snippets_name_the_init_that_they_copy():
    code = snippets.one(net_view.spec_of(NetSettings()))
    assert "nn.init.xavier_normal_" in code
    assert "nn.BatchNorm1d" in code
    assert "register_hook" in code
    assert "nn.init.kaiming_normal_" in snippets.one(net_view.spec_of(NetSettings(init="He")))


@pytest.mark.parametrize(
    "settings",
    [
        ChainSettings(weight=1.1),
        ChainSettings(weight=-0.4, residual=True, depth=7),
        ChainSettings(weight=0.0, depth=3),
        ChainSettings(weight=-1.0, residual=True, depth=3),
        ChainSettings(weight=2.0, residual=True, depth=100),
        ChainSettings(source="own factors"),
        ChainSettings(source="own factors", residual=True, own="0.5 2, 3"),
        ChainSettings(source="own run", own="1e-8\n1e-4\n0.5"),
        ChainSettings(source="own run", own="2 " * 200),
    ],
    ids=str,
)
def test_chains_agree_with_torch(settings):
    found = chain_view.run(settings)
    answer = chain_view.answer(found)
    assert executed(chain_view.snippet(settings)) == pytest.approx(answer, abs=1e-9)
    for way in chain_view.agree(settings).values():
        assert way == pytest.approx(answer, abs=1e-9)
    assert all("nan" not in line.latex for line in chain_view.derive(found))
    assert chain_view.film(found).frames


@pytest.mark.parametrize(
    ("source", "own", "words"),
    [
        ("own factors", "0.9, 1, -2", "item 3: '−2' must be a positive number"),
        ("own factors", "0.9 0", "item 2: '0' must be a positive number"),
        ("own factors", "101", "item 1: '101' must be at most 100"),
        ("own factors", "0.9, abc", "'abc' is not a number"),
        ("own factors", " ", "the list of factors needs at least 1 number"),
        ("own factors", "1 " * 101, "at most 100 numbers, got 101"),
        ("own run", "1 " * 201, "at most 200 numbers, got 201"),
        ("own run", "1, -1", "item 2: '−1' must be a positive number"),
        ("own run", "1, nan", "'nan' is not a number"),
    ],
)
def test_own_data_that_cannot_be_read_are_named(source, own, words):
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        chain_view.run(ChainSettings(source=source, own=own))


@pytest.mark.parametrize(
    "own",
    [
        "1,0.5\n2,0.3\n3,0.1",
        "0 0.5\n\n1 0.3\n2 0.1\n",
        "layer,norm\n1,0.5\n2,0.3\n3,0.1",
        "epoch;layer;norm\n9;1;0.5\n9;2;0.3\n9;3;0.1",
        "norm\n0.5\n0.3\n0.1",
        "0.5, 0.3\n0.1",
    ],
)
def test_an_own_run_may_be_a_table_with_a_line_per_layer(own):
    assert own_numbers.norms_of(own) == (0.5, 0.3, 0.1)


def test_a_bad_norm_in_a_table_is_named():
    with pytest.raises(ValueError, match=r"line 3.* 'x' is not a number"):
        own_numbers.norms_of("layer,norm\n1,0.5\n2,x")
    with pytest.raises(ValueError, match="item 2: '0' must be a positive number"):
        own_numbers.norms_of("1,0.5\n2,0")


def test_a_factor_with_a_power_of_ten_stands_in_brackets():
    found = chain_view.run(ChainSettings(source="own factors", own="0.00001,0.00001"))
    assert r"(1 \cdot 10^{-5})^{2}" in chain_view.derive(found)[-1].latex
    one = chain_view.run(ChainSettings(source="own factors", own="0.5"))
    assert "With 1 factor its" in chain_view.derive(one)[-1].words


def test_a_factor_just_above_1_is_not_rounded_to_1():
    found = chain_view.run(ChainSettings(source="own factors", own="1.0001 " * 100))
    said = VIEWS["chain"].film(found).caption()
    assert "1.0001 to the power 100 = 1.01" in said
    assert "1.0001^{100}" in chain_view.derive(found)[-1].latex


def test_an_own_run_gets_the_exams_verdict():
    found = chain_view.run(ChainSettings(source="own run", own="0.001 0.1 10"))
    assert found.log_ratio == pytest.approx(-4)
    assert found.verdict == "vanishing"
    one = chain_view.run(ChainSettings(source="own run", own="3"))
    assert one.log_ratio == 0
    assert VIEWS["chain"].film(one).caption()


VIEWS = {view.key: view for view in demo.VIEWS}


def test_training_tells_the_concepts_story():
    final = dict(zip(recordings.RACE_INITS, race.finals(), strict=True))
    place = {arch: i for i, arch in enumerate(ARCHITECTURES)}
    xavier, he, twice = (final[init] for init in recordings.RACE_INITS)
    np.testing.assert_allclose(xavier[place["plain"]], CHANCE, atol=2e-3)
    assert not np.isfinite(xavier[place["skip"], RATES.index(1e-2) :]).any()
    assert he[place["plain"]].min() == pytest.approx(0.434, abs=0.02)
    assert not np.isfinite(twice[[place["plain"], place["skip"]]]).any()
    for rows in (xavier, he, twice):
        assert rows[place["BN"]].min() < 1e-3
        assert rows[place["skip + BN"]].min() < 1e-3


def test_a_net_that_is_stuck_at_every_rate_is_not_run_at_the_smallest():
    assert store.best_rate(Recipe("Xavier")) == max(RATES)
    assert store.best_rate(Recipe("He × 2")) == min(RATES)
    said = VIEWS["train"].film(race_view.run(RaceSettings())).caption()
    assert "plain ends at 0.69 at every rate" in said


def test_the_training_view_states_its_task():
    found = race_view.run(RaceSettings())
    assert "256 points of two spirals" in VIEWS["train"].film(found).caption()
    task = race_view.derive(found)[0].words
    for words in ("256 points", "64 neurons wide", "gradient descent", "200 steps", "float32"):
        assert words in task


def test_batch_norm_alone_is_hurt_by_depth():
    best = {
        (arch, depth): min(
            store.limit_run(arch, depth, rate).final for rate in recordings.LIMIT_RATES
        )
        for arch in recordings.LIMIT_ARCHITECTURES
        for depth in recordings.LIMIT_DEPTHS
    }
    assert best["BN", 50] == pytest.approx(0.18, abs=0.1)
    assert best["BN", 100] == pytest.approx(0.56, abs=0.12)
    assert best["skip + BN", 50] < 1e-3
    assert best["skip + BN", 100] < 1e-3


def test_the_first_step_lengthens_the_first_weight():
    early = store.early()
    assert early.first_norm[1] > 5 * early.first_norm[0]
    assert early.grad_ratio[0] > 1e3
    assert early.grad_ratio[5] < 100


@pytest.mark.parametrize(("init", "arch"), [("Xavier", "skip"), ("He", "plain")])
def test_recorded_runs_are_remade(init, arch):
    recipe = Recipe(init, arch)
    rate = store.best_rate(recipe)
    again = train(recipe, depth=recordings.RACE_DEPTH, rate=rate, steps=3)
    np.testing.assert_allclose(again.losses, store.run_of(recipe, rate).losses[:3], rtol=1e-4)


def test_a_live_race_trains_all_four_and_reports():
    told = []
    found = race.live("Xavier", 0.01, depth=2, seed=3, steps=4, report=lambda *a: told.append(a))
    assert [len(run.losses) for run in found.runs] == [4] * 4
    assert found.live
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert "step 3 of 4" in told[-1][1]
    film = race_view.film(found)
    assert "trained just now" in film.caption()


def test_a_diverged_run_says_when():
    found = race_view.run(RaceSettings(init="He x 2"))
    assert all(run.diverged_at == 1 for run in found.runs[:2])
    assert "plain diverges in step 1" in race_view.film(found).caption()
    assert all(math.isfinite(v) for v in race_view.answer(found))


@pytest.mark.parametrize("init", ["Xavier", "He", "He x 2"])
def test_the_races_first_losses_are_reproduced(init):
    settings = RaceSettings(init=init)
    found = race_view.run(settings)
    np.testing.assert_allclose(
        executed(race_view.snippet(settings)), race_view.answer(found), rtol=1e-4
    )
    depth = settings.layers
    ours = race_witness.first_loss(race_view.INITS[init], depth=depth, seed=0)
    assert ours == pytest.approx(found.starts[-1], rel=1e-5)


def test_recorded_first_steps_and_limits_are_remade():
    early, again = store.early(), train(Recipe("He", "BN"), depth=50, rate=0.1, steps=2)
    assert again.first_norm[0] == pytest.approx(early.first_norm[0], rel=1e-5)
    assert again.first_norm[1] == pytest.approx(early.first_norm[1], rel=0.02)
    assert again.grad_ratio[0] == pytest.approx(early.grad_ratio[0], rel=0.02)
    for arch in recordings.LIMIT_ARCHITECTURES:
        start = train(Recipe("He", arch), depth=100, rate=0.1, steps=1).losses[0]
        assert start == pytest.approx(store.limit_run(arch, 100, 0.1).losses[0], rel=1e-3)


def test_a_negative_factor_stands_in_brackets():
    found = chain_view.run(ChainSettings(weight=-2.0, depth=100))
    assert "(-2)^{100}" in chain_view.derive(found)[-1].latex


def test_norms_of_any_size_can_be_compared():
    ways = chain_view.agree(ChainSettings(source="own run", own="1e-300 1e300"))
    assert list(ways.values()) == pytest.approx([-600, -600])


VIEWS_OF_NETS = [
    ("net", {}),
    ("net", {"residual": True}),
    ("net", {"residual": True, "batch_norm": True}),
    ("board", {}),
    ("train", {}),
    ("ticks", {"row": "skip"}),
]


@pytest.mark.parametrize(("key", "values"), VIEWS_OF_NETS)
def test_long_formulas_stand_in_rows_that_a_phone_holds(key, values):
    view = VIEWS[key]
    for line in view.derive(view.run(view.settings(**values))):
        assert r"\qquad" not in line.latex
        assert r",\quad" not in line.latex
        assert "σ_W" not in line.words


def test_the_values_say_what_r_and_u_are():
    columns = list(board_view.values_table(board_view.run(BoardSettings())))
    assert "R = log₁₀ (at the input / at the output)" in columns
    assert "U = log₁₀ (update / weight), median layer" in columns


def test_the_first_steps_claim_only_what_rounding_leaves():
    said = race_charts.first_steps().caption()
    assert "depends on rounding" in said
    assert "27" not in said


def test_the_derivation_names_its_sources():
    plain, both = (
        " ".join(line.words for line in net_view.derive(net_view.run(settings)))
        for settings in (NetSettings(batch_norm=True), NetSettings(residual=True, batch_norm=True))
    )
    assert "Glorot & Bengio" in plain
    assert "Ioffe & Szegedy" in plain
    assert "De & Smith" in both
