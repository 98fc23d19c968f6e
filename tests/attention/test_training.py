import numpy as np
import pytest
import torch

from viz.attention.compute import inputs_from
from viz.attention.training import MODES, learn

EXAM = inputs_from(
    [1, 1, 2],
    [[1, 2, 0], [0, 3, 4], [5, 0, 0], [0, 0, 1]],
    [[2, 0, 1], [1, 4, 3], [0, -1, 4], [1, 0, -1]],
)
TARGET = np.array([0.0, -1.0, 4.0])


def test_only_a_mode_with_a_slope_can_train_the_query():
    soft, hard, through = learn(EXAM, TARGET)
    np.testing.assert_allclose(soft.losses[[0, -1]], [13.42572, 0.000535646], rtol=1e-5)
    assert (hard.losses == 13.5).all()
    assert (hard.queries == EXAM.query).all()
    assert (hard.grad_norms == 0).all()
    assert through.losses[[0, -1]].tolist() == [13.5, 0]
    assert int(np.argmax(through.losses == 0)) == 5
    assert int(np.argmax(soft.losses < 0.01)) == 5


@pytest.mark.parametrize("part", ["query", "keys", "values"])
@pytest.mark.parametrize("scaled", [False, True])
def test_every_course_agrees_with_an_autograd_loop(part, scaled):
    inputs = inputs_from(EXAM.query, EXAM.keys, EXAM.values, scaled=scaled)
    options = {"train": part, "temperature": 1.5, "learning_rate": 0.05, "num_steps": 25}
    for course in learn(inputs, TARGET, **options):
        expected = torch_losses(inputs, course.mode, part, 1.5, 0.05, 25)
        np.testing.assert_allclose(course.losses, expected, rtol=1e-8, atol=1e-12)


def torch_losses(inputs, mode, part, temperature, learning_rate, num_steps):
    state = {
        name: torch.tensor(np.array(getattr(inputs, name)), requires_grad=name == part)
        for name in ("query", "keys", "values")
    }
    losses = []
    for step in range(num_steps + 1):
        scores = state["keys"] @ state["query"] * inputs.factor
        soft = torch.softmax(scores / temperature, dim=0)
        hard = torch.nn.functional.one_hot(scores.argmax(), len(scores)).double()
        through = hard - soft.detach() + soft
        # With a straight-through estimator the values see the one-hot weights.
        weights = {"softmax": soft, "argmax": hard, "straight-through": through}[mode]
        loss = 0.5 * ((weights @ state["values"] - torch.tensor(TARGET)) ** 2).sum()
        losses.append(float(loss.detach()))
        if step < num_steps and loss.requires_grad:
            (grad,) = torch.autograd.grad(loss, state[part])
            state[part] = (state[part] - learning_rate * grad).detach().requires_grad_()
    return losses


def test_argmax_can_learn_the_winners_value_and_nothing_else():
    by_part = {part: learn(EXAM, TARGET, train=part)[1] for part in ("query", "keys", "values")}
    assert by_part["values"].losses[-1] < 1e-3
    assert (by_part["keys"].keys == EXAM.keys).all()
    assert (by_part["query"].losses == 13.5).all()
    changed = (by_part["values"].values[-1] != EXAM.values).any(axis=1)
    assert changed.tolist() == [False, True, False, False]


def test_gumbel_noise_is_repeatable_and_can_learn():
    runs = [
        learn(EXAM, TARGET, modes=("gumbel",), rng=np.random.default_rng(3))[0] for _ in range(2)
    ]
    assert (runs[0].losses == runs[1].losses).all()
    assert runs[0].losses[-1] < 1


def test_the_course_of_one_mode_does_not_depend_on_the_others():
    alone = learn(EXAM, TARGET, modes=("softmax",))[0]
    together = learn(EXAM, TARGET, modes=MODES)[0]
    np.testing.assert_array_equal(alone.losses, together.losses)


def test_the_record_has_every_step():
    course = learn(EXAM, TARGET, num_steps=7)[0]
    assert course.losses.shape == (8,)
    assert course.keys.shape == (8, 4, 3)
    assert course.winners[0] == 1
    assert course.winners[-1] == 2 or course.losses[-1] > 0.01


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"num_steps": 0}, "num_steps must be between 1 and 200, got 0"),
        ({"learning_rate": 0}, "learning_rate must be positive, got 0"),
        ({"temperature": -1}, "temperature must be positive, got -1"),
    ],
)
def test_bad_options_are_named(options, words):
    with pytest.raises(ValueError, match=words):
        learn(EXAM, TARGET, **options)


def test_a_target_of_another_length_is_named():
    with pytest.raises(ValueError, match="the target must have 3 entries like the values, got 2"):
        learn(EXAM, np.array([1.0, 2.0]))
