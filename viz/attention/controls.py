"""What a reader may change on this page, and the exam's numbers that everything starts from."""

from typing import Any, Literal

from viz import seeds, tables
from viz.attention.compute import MAX_DIMENSIONS, MAX_KEYS
from viz.seeds import SeedModel
from viz.settings import BaseSettings, choice, number, own_data, switch, table, text

OWN_LIMIT = 100_000


class Numbers(SeedModel):
    """Question 6: vectors, and what its solution says of them."""

    question: int
    keys: tuple[tuple[float, ...], ...]
    values: tuple[tuple[float, ...], ...]
    query: tuple[float, ...]
    scores: tuple[float, ...]
    weights: tuple[float, ...]
    output: tuple[float, ...]
    scale: Literal["none"]
    example_scores: tuple[float, ...]
    example_weights: tuple[float, ...]


class Defaults(SeedModel):
    """What the exam leaves open."""

    temperature: float
    upstream: tuple[float, ...]
    target: tuple[float, ...]


class Exam(SeedModel):
    exam: Numbers
    defaults: Defaults


SEED = seeds.load("attention", Exam)
KEYS = tables.write_matrix(SEED.exam.keys)
VALUES = tables.write_matrix(SEED.exam.values)
ONES = tables.write_matrix([SEED.defaults.upstream])
TARGET = tables.write_matrix([SEED.defaults.target])
VECTORS = "\n\n".join(
    f"{name}\n" + "\n".join(" ".join(f"{v:g}" for v in row) for row in rows)
    for name, rows in (
        ("keys", SEED.exam.keys),
        ("values", SEED.exam.values),
        ("query", [SEED.exam.query]),
    )
)
SENTENCE = "the cat saw the dog and the dog saw the cat"
# Three stops an octave, so that 0.5, 1, 2 and 4 are among them.
HEAT: dict[str, Any] = {"low": 2**-4, "high": 2**7, "log": 10}
ROWS = "1 0 0\n0 1 0\n1 1 0\n0 0 2"


def _query(place: int, **more: Any) -> Any:
    label = f"Query q{'₁₂₃'[place]}"
    default = SEED.exam.query[place]
    return number(default, key=f"q{place + 1}", label=label, low=-5, high=5, step=0.1, **more)


def _temperature(**more: Any) -> Any:
    default = SEED.defaults.temperature
    return number(default, key="t", label="Temperature τ", **HEAT, **more)


def _scaled(**more: Any) -> Any:
    return switch(False, key="s", label="Divide scores by √d", **more)


def _keys(**more: Any) -> Any:
    return table(KEYS, key="k", label="Keys, one row each; rows end with ;", **more)


def _values(**more: Any) -> Any:
    return table(VALUES, key="v", label="Values, one row each; rows end with ;", **more)


def _upstream(**more: Any) -> Any:
    hint = "What arrives at the output when gradients flow back; 1 for every entry if left as it is"
    return table(ONES, key="g", label="Gradient g at the output", hint=hint, **more)


class TableSettings(BaseSettings):
    play: Literal["tau", "steps"] = choice("tau", key="p", label="Scrub")
    q1: float = _query(0, when={"data": ("typed",)})
    q2: float = _query(1, when={"data": ("typed",)})
    q3: float = _query(2, when={"data": ("typed",)})
    mode: Literal["softmax", "argmax", "straight-through"] = choice(
        "softmax", key="m", label="Weights by", when={"play": ("steps",)}
    )
    data: Literal["typed", "own"] = choice(
        "typed", key="data", label="Vectors", hint="own: paste keys, values and query below"
    )
    temperature: float = _temperature(when={"play": ("steps",)})
    keys: str = _keys(when={"data": ("typed",)})
    values: str = _values(when={"data": ("typed",)})
    scaled: bool = _scaled()
    upstream: str = _upstream(when={"play": ("steps",)})
    own: str = own_data(
        example=VECTORS,
        limit=OWN_LIMIT,
        label="Your own keys, values and query",
        when={"data": ("own",)},
        hint="Three blocks named keys, values and query, one vector a line, numbers parted by "
        f"spaces or commas; at most {MAX_KEYS} keys of {MAX_DIMENSIONS} entries.",
        upload=("txt", "csv"),
    )


class MapSettings(BaseSettings):
    q1: float = _query(0)
    q2: float = _query(1)
    q3: float = _query(2)
    plane: Literal["q1 q2", "q1 q3", "q2 q3"] = choice("q1 q2", key="plane", label="Plane")
    paint: Literal["slope", "weight"] = choice("slope", key="paint", label="Ground shows")
    span: float = number(
        5.0,
        key="span",
        label="Plane reaches to ±",
        low=1,
        high=10,
        step=0.5,
        hint="further if the query lies beyond",
    )
    keys: str = _keys()
    values: str = _values()
    scaled: bool = _scaled()
    upstream: str = _upstream()


class SlopeSettings(BaseSettings):
    q1: float = _query(0)
    q2: float = _query(1)
    q3: float = _query(2)
    scaled: bool = _scaled()
    keys: str = _keys()
    values: str = _values()


class LearnSettings(BaseSettings):
    train: Literal["query", "keys", "values"] = choice("query", key="train", label="Train")
    target: Literal["1", "2", "3", "4", "own"] = choice(
        "3",
        key="target",
        label="Target: value of key",
        hint="own: type another output; 3 is the last key if there are fewer",
    )
    learning_rate: float = number(0.1, key="lr", label="Learning rate", low=0.01, high=1, log=6)
    temperature: float = _temperature()
    num_steps: int = number(50, key="n", label="Steps", low=10, high=200, step=10)
    own_target: str = table(TARGET, key="aim", label="Target output", when={"target": ("own",)})
    gumbel: bool = switch(False, key="gumbel", label="Add straight-through with Gumbel noise")
    seed: int = number(
        0, key="seed", label="Seed of the noise", low=0, high=99, when={"gumbel": (True,)}
    )
    q1: float = _query(0)
    q2: float = _query(1)
    q3: float = _query(2)
    keys: str = _keys()
    values: str = _values()
    scaled: bool = _scaled()


class SizeSettings(BaseSettings):
    num_keys: int = number(512, key="num", label="Random keys", low=8, high=512, log=6)
    draws: int = number(20, key="draws", label="Draws", low=5, high=40, step=5)
    seed: int = number(0, key="z", label="Seed", low=0, high=99)


class TokenSettings(BaseSettings):
    source: Literal["sentence", "random", "own"] = choice(
        "sentence", key="from", label="Tokens", hint="own: paste a matrix below, one token a line"
    )
    sentence: str = text(
        SENTENCE, key="words", label="Sentence", limit=300, when={"source": ("sentence",)}
    )
    num_tokens: int = number(
        64, key="len", label="Random tokens", low=4, high=64, when={"source": ("random",)}
    )
    projections: Literal["equal", "random"] = choice(
        "equal",
        key="proj",
        label="Projections",
        hint="equal: query, key and value are the token's own vector; random: three matrices",
    )
    causal: bool = switch(True, key="causal", label="Hide the future")
    divide: bool = switch(True, key="div", label="Divide by √d")
    heat: float = number(1.0, key="heat", label="Temperature τ", **HEAT)
    width: int = number(
        64,
        key="w",
        label="Entries of a token",
        low=4,
        high=64,
        step=4,
        when={"source": ("sentence", "random")},
    )
    seed: int = number(0, key="z", label="Seed", low=0, high=99)
    own: str = own_data(
        example=ROWS,
        limit=OWN_LIMIT,
        label="Your own tokens",
        when={"source": ("own",)},
        hint="One token a line, numbers parted by spaces or commas; at most "
        f"{MAX_KEYS} tokens of {MAX_DIMENSIONS} entries.",
        upload=("txt", "csv"),
    )
