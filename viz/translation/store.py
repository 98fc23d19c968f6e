"""The two trained translators on file; run as a module it trains them anew."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from viz.translation import corpus, training
from viz.translation.measures import Measures, measure
from viz.translation.network import Config, vocabulary
from viz.translation.training import State, Trained

FOLDER = Path(__file__).with_name("recorded")
STACKS = ("horizontal", "vertical")


def has(config: Config) -> bool:
    """Whether this model was trained and kept."""
    return config in [Config(stack) for stack in STACKS]


@cache
def trained(stack: str) -> Trained:
    """The run of the default model of a stack (GRU, H = 64, seed 0, 600 steps)."""
    states: dict[int, State] = {}
    with np.load(FOLDER / f"{stack}.npz", allow_pickle=False) as kept:
        losses = kept["losses"].astype(np.float64)
        for step in training.CHECKPOINTS:
            names = [name for name in kept.files if name.startswith(f"{step}:")]
            state = {name.split(":")[1]: kept[name].astype(np.float64) for name in names}
            for array in state.values():
                array.setflags(write=False)
            states[step] = state
    return Trained(Config(stack), vocabulary(corpus.corpus()), losses, states)


@cache
def measured(stack: str) -> Measures:
    """What the kept models reached at every checkpoint."""
    kept: dict[str, Any] = json.loads((FOLDER / "measures.json").read_text(encoding="utf-8"))
    return Measures.read(kept[stack])


def record(stack: str) -> None:
    """Train a stack and keep its weights, in half precision from the first step on."""
    pairs = corpus.corpus()
    run = training.train(Config(stack), corpus.split(pairs)[0], words=vocabulary(pairs))
    arrays: dict[str, Any] = {
        f"{step}:{name}": array.astype(np.float32 if step == 0 else np.float16)
        for step, state in run.states.items()
        for name, array in state.items()
    }
    FOLDER.mkdir(exist_ok=True)
    losses = run.losses.astype(np.float32)
    np.savez_compressed(FOLDER / f"{stack}.npz", losses=losses, **arrays)


def record_measures() -> None:
    """Measure the weights on file."""
    found = {stack: measure(trained(stack), corpus.corpus()).plain() for stack in STACKS}
    text = json.dumps(found, indent=1)
    (FOLDER / "measures.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for one in STACKS:
        record(one)
    record_measures()
