"""Views, presets and questions of the page."""

import re

import numpy as np
import pytest

from viz import quiz
from viz.translation import corpus, demo, derivations, exercises, findings, store, variants
from viz.translation.compute import EOS, decoder_inputs
from viz.translation.controls import FlowSettings, LimitSettings, ModelSettings, RowSettings

BY_KEY = {view.key: view for view in demo.VIEWS}


def test_the_defaults_are_the_exam():
    result = demo.run_rows(RowSettings())
    assert result.source == demo.SEED.source
    assert len(result.truth) == demo.SEED.figure.slots
    assert result.differs == (2,)
    assert len(demo.SEED.vertical.problems) == 2


STATES = [
    RowSettings(mode="evaluation", stack="vertical", truth="a b c", emitted="a b"),
    ModelSettings(stack="vertical"),
    ModelSettings(stack="vertical", source_sos=True, cell="rnn", hidden_size=32, seed=4),
    ModelSettings(source="perro perro"),
    ModelSettings(source="perro perro", seed=7),
    ModelSettings(source="un perro", stack="vertical", seed=3),
    ModelSettings(force="2 = saw", temperature=1.5),
    FlowSettings(source_sos=True, cell="rnn", seed=2),
    FlowSettings(source="lo veo"),
    FlowSettings(source="perro"),
    LimitSettings(),
    LimitSettings(source_sos=True),
]


@pytest.mark.parametrize("settings", STATES, ids=lambda s: type(s).__name__)
def test_snippet_and_witnesses_agree_in_every_state(settings):
    view = next(view for view in demo.VIEWS if view.settings is type(settings))
    space = {}
    exec(compile(view.snippet(settings), view.key, "exec"), space)
    answer = view.answer(view.run(settings))
    np.testing.assert_allclose(space["answer"], answer, rtol=2e-4, atol=2e-4)
    values = list(view.agree(settings).values())
    assert np.ptp(values) <= view.atol * max(1, np.abs(values).max())


BAD = [
    (ModelSettings(source="un perro", mode="training"), "there is no teacher for it"),
    (ModelSettings(source="xyzzy"), "unknown word 'xyzzy' - known Spanish words"),
    (ModelSettings(force="see"), "by a number from 1 and a word, 2 = saw; got 'see'"),
    (ModelSettings(force="2 = perro"), "unknown word 'perro' - known English words"),
    (ModelSettings(force="0 = saw"), "by a number from 1"),
    (ModelSettings(pairs="own", own="a b"), "line 1: expected two sides"),
    (FlowSettings(source=" "), "must have 1 to 20 words, got 0"),
    (LimitSettings(source="perro un"), "'perro un' is not among the sentences of the corpus"),
    (RowSettings(source="a b c d e f g h i"), "Spanish sentence must have 1 to 8 words, got 9"),
]


@pytest.mark.parametrize(("settings", "words"), BAD)
def test_bad_settings_are_named(settings, words):
    view = next(view for view in demo.VIEWS if view.settings is type(settings))
    with pytest.raises(ValueError, match=re.escape(words)):
        view.run(settings)


def test_findings_keep_their_promise():
    run = demo.run_model
    preset = {preset.label: preset for preset in findings.MODEL_PRESETS}

    def says(preset, step=600):
        result = run(ModelSettings(**preset.values))
        return " ".join(result.said[result.steps.index(step)].said)

    assert "guessed: white" in preset["Black cat, vertical"].words
    assert says(preset["Black cat, vertical"]) == "the white cat sees a dog <eos>"
    assert "“horse has a cow”" in preset["Fall apart"].words
    assert says(preset["Fall apart"]) == "I see horse has a cow <eos>"
    early = says(findings.MODEL_FINDINGS[0], 50).removesuffix(f" {EOS}")
    assert early != "I see a dog"
    assert early in {" ".join(pair.target) for pair in corpus.corpus()}
    derail = run(ModelSettings(**findings.MODEL_FINDINGS[1].values)).said[-1]
    assert derail.said == ("I", "see", "a", "cow", EOS)
    vertical = run(ModelSettings(**findings.MODEL_FINDINGS[2].values)).said[-1]
    assert vertical.said[:2] in [("the", w) for w in ("black", "white", "small", "red", "cat")]
    assert vertical.said != ("the", "black", "cat", "sees", "a", "dog", EOS)
    losses = run(ModelSettings()).losses
    assert losses[2] > 0.5 > 0.05 > losses[-1]
    vertical, horizontal = (store.measured(stack).free[1] for stack in ("vertical", "horizontal"))
    assert vertical > 2 * horizontal
    guess = demo.run_limits(LimitSettings()).alike[findings.LIMIT_FINDINGS[0].step]
    assert (guess.seen, len(guess.counts), guess.share) == (("el", "gato"), 5, 0.2)
    first = demo.run_limits(LimitSettings(source_sos=True)).alike[0]
    assert sum(count for _, count in first.counts) == 1896


def test_own_pairs_can_be_taught():
    text = "\n".join(f"uno {i} | one {i}" for i in range(25))
    settings = ModelSettings(pairs="own", own=text)
    assert demo.run_model(settings).source == ("uno", "0")
    assert not BY_KEY["model"].slow(settings)
    assert BY_KEY["model"].slow(ModelSettings(train=True))
    chosen = settings.model_copy(update={"own_source": "uno 7"})
    assert demo.run_model(chosen).truth == ("one", "7")


def test_the_snippet_gives_the_loss_of_the_checkpoint_on_screen(capsys):
    settings = ModelSettings(play="words", step="100")
    exec(BY_KEY["model"].snippet(settings), {})
    line = next(one for one in capsys.readouterr().out.splitlines() if "after 100 steps" in one)
    result = demo.run_model(settings)
    assert float(line.split()[4]) == pytest.approx(result.losses[3], rel=1e-4)


def test_a_loss_without_a_truth_is_that_of_the_words_it_says():
    result = demo.run_model(ModelSettings(source="perro perro", seed=7))
    assert result.reference == result.said[-1].said
    assert len(result.reference) == 20
    line = derivations.model(result)[0]
    assert r"\ldots" in line.latex
    assert line.latex.count(r"\ln") == 7
    assert "the last checkpoint's words" in line.words
    assert "true words" not in line.words


def test_signs_of_latex_keep_their_place_in_a_word():
    assert derivations.tex(("a\\b^c~",)) == (
        r"\text{a\textbackslash{}b\textasciicircum{}c\textasciitilde{}}"
    )


MISTAKES = [
    (exercises.training_row, "<sos> I saw a dog", "the teacher corrects it"),
    (exercises.training_row, "I see a dog <eos>", "Inputs are shifted"),
    (exercises.training_row, "<sos> veo un perro dog", "Spanish goes into the encoder"),
    (exercises.training_row, "<sos> I saw a <eos>", "never fed"),
    (exercises.training_row, "<sos> I saw saw dog", "the teacher corrects it"),
    (exercises.evaluation_row, "<sos> I see a dog", "no ground truth"),
    (exercises.evaluation_row, "I saw a dog <eos>", "Those are the outputs"),
    (exercises.evaluation_row, "<sos> I saw a <eos>", "only predicted, never fed"),
    (exercises.evaluation_row, "I I saw a dog", "the first one is"),
    (exercises.vertical_problems, "0 1", "memory is no difference"),
    (exercises.vertical_problems, "", "at least two"),
    (exercises.reachable, '["0 1 2 3", "0"]', "has already read source token 2"),
    (exercises.reachable, '["0 1 2 3", "0 1 2"]', "has not read token 3"),
    (exercises.reachable, '["0 1 2 3", "0 1 2 3"]', "the horizontal design"),
    (exercises.reachable, '["0 1", "0 1"]', "last state, which has read every token"),
    (exercises.longest, '["5", "1"]', "the source's tokens only"),
    (exercises.longest, '["3", "1"]', "symbols too"),
    (exercises.longest, '["4", "0"]', "It needs 5 tokens"),
    (exercises.derailed, "0", "the two never disagreed"),
    (exercises.derailed, "2", "likeliest word is always taken"),
]


@pytest.mark.parametrize(("maker", "text", "words"), MISTAKES)
def test_mistakes_are_named(maker, text, words):
    verdict = quiz.check(maker(None), text)
    assert not verdict.right
    assert words in verdict.words


def test_the_exams_rows_are_the_keys():
    assert exercises.training_row(None).answer.key == demo.SEED.training_inputs
    assert exercises.evaluation_row(None).answer.key == demo.SEED.evaluation_inputs
    assert quiz.check(exercises.longest(None), '["4", "1"]').right
    assert quiz.check(exercises.reachable(None), '["0 1 2 3", "0 1"]').right


def test_one_right_problem_is_enough():
    question = exercises.vertical_problems(None)
    for place in question.answer.key:
        assert quiz.check(question, str(place)).right


@pytest.mark.parametrize("variant", range(1, 40))
def test_variants_differ_in_exactly_one_slot(variant):
    pair, emitted = variants.slip(np.random.default_rng(variant))
    truth, said = (*pair.target, EOS), (*emitted, EOS)
    taught = decoder_inputs(truth, said, "training")
    used = decoder_inputs(truth, said, "evaluation")
    assert sum(a != b for a, b in zip(taught, used, strict=True)) == 1
    assert 4 <= len(pair.target) <= 6


def test_both_endings_of_a_kick_are_asked():
    keys = {exercises.derailed(np.random.default_rng(v)).answer.key for v in range(1, 12)}
    assert keys == {0, 1}


@pytest.mark.parametrize("variant", range(1, 40))
def test_the_solution_of_a_kick_tells_the_share_for_its_word(variant):
    question = exercises.derailed(np.random.default_rng(variant))
    j = int(question.settings.force.split()[0])
    share = 100 * store.measured("horizontal").kicked[j - 1]
    assert f"a random wrong word {j}, {share:.0f}% are right" in question.why
    assert ("as it would have done anyway" in question.why) == (question.answer.key == 0)


@pytest.mark.parametrize("variant", range(1, 20))
def test_what_a_state_has_read_is_counted_in_words(variant):
    assert "first 1 " not in exercises.reachable(np.random.default_rng(variant)).why
