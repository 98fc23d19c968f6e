"""PyTorch that prints the page's numbers; every text leaves its result in ``answer``."""

from typing import Any

from viz.attention.compute import FloatArray, Inputs
from viz.attention.training import Mode, Part

HEAD = """import torch

keys = torch.tensor({keys}, dtype=torch.float64)
values = torch.tensor({values}, dtype=torch.float64)
query = torch.tensor({query}, dtype=torch.float64, requires_grad=True)
"""
WEIGHTS: dict[Mode, str] = {
    "softmax": """weights = torch.softmax(scores / {temperature}, dim=0)
""",
    "argmax": """weights = torch.nn.functional.one_hot(scores.argmax(), len(scores)).double()
""",
    "straight-through": """soft = torch.softmax(scores / {temperature}, dim=0)
hard = torch.nn.functional.one_hot(scores.argmax(), len(scores)).double()
weights = hard - soft.detach() + soft  # argmax forward, softmax backward
""",
}
TABLE = """scores = {scores}
{weights}output = weights @ values
print(scores.detach(), weights.detach(), output.detach())
{backward}answer = output.tolist()
"""
BACKWARD = """
output.backward(torch.tensor({grad_output}, dtype=torch.float64))
print(query.grad)
"""
NO_BACKWARD = """
print(output.requires_grad, query.grad)  # False, None: no path leads back to the query
"""
SLOPE = """
def attend(query):
    return torch.softmax({scores} / {temperature}, dim=0) @ values

jacobian = torch.autograd.functional.jacobian(attend, query)
print(jacobian)
answer = torch.linalg.norm(jacobian).item()
"""
MAP = """
scores = keys @ query
winner = int(scores.argmax())
gaps = scores[winner] - scores
distances = gaps / torch.linalg.norm(keys[winner] - keys, dim=1)
distances[winner] = float("inf")  # 0 / 0: the winner has no wall to itself
print(distances.detach())
answer = distances.nan_to_num(nan=float("inf")).min().item()
"""
LEARN = """target = torch.tensor({target}, dtype=torch.float64)

def weigh(scores, mode):
    soft = torch.softmax(scores / {temperature}, dim=0)
    hard = torch.nn.functional.one_hot(scores.argmax(), len(scores)).double()
    through = hard - soft.detach() + soft
    return {{"softmax": soft, "argmax": hard, "straight-through": through}}[mode]

def train(mode):
    parts = {{"query": query, "keys": keys, "values": values}}
    parts = {{name: part.detach().clone() for name, part in parts.items()}}
    trained = parts["{train}"].requires_grad_()
    for step in range({num_steps} + 1):
        scores = {scores}
        loss = 0.5 * ((weigh(scores, mode) @ parts["values"] - target) ** 2).sum()
        if step < {num_steps} and loss.requires_grad:
            (grad,) = torch.autograd.grad(loss, trained)
            trained.data -= {learning_rate} * grad
    return loss.item()

answer = [train(mode) for mode in ("softmax", "argmax", "straight-through")]
print(answer)
"""
SIZE = """import numpy as np
import torch

rng = np.random.default_rng({seed})
dimensions = {dimensions}
query = rng.standard_normal(({draws}, dimensions[-1]))
scores, start = np.zeros(({draws}, {num_keys})), 0
for end in dimensions:
    # Given the query, its product with a block of a standard normal key is normal.
    length = np.linalg.norm(query[:, start:end], axis=1)
    scores = scores + length[:, None] * rng.standard_normal(({draws}, {num_keys}))
    start = end

answer = []
for scale in (1.0, dimensions[-1] ** -0.5):
    weights = torch.softmax(torch.tensor(scores * scale), dim=-1)
    answer.append(float(np.median(weights.amax(dim=-1).numpy())))
print(answer)  # largest weight without and with 1/sqrt(d)
"""
TOKENS = """import numpy as np
import torch

{tokens}
queries, keys, values = (torch.tensor(tokens @ matrix) for matrix in projections)
scale = {scale}
output = torch.nn.functional.scaled_dot_product_attention(
    queries, keys, values, is_causal={causal}, scale=scale
)
answer = torch.linalg.norm(output).item()
print(output.shape, answer)
"""
SENTENCE = """rng = np.random.default_rng({seed})
words = {words}
different = list(dict.fromkeys(words))
vectors = rng.standard_normal((len(different), {width}))
tokens = vectors[[different.index(word) for word in words]]"""
RANDOM = """rng = np.random.default_rng({seed})
tokens = rng.standard_normal(({num_tokens}, {width}))"""
OWN = """rng = np.random.default_rng({seed})
tokens = np.array({rows})"""
EQUAL = """
projections = [np.eye({width})] * 3"""
DRAWN = """
projections = rng.standard_normal((3, {width}, {width})) / np.sqrt({width})"""


def _plain(array: FloatArray) -> Any:
    return [[float(v) for v in row] for row in array] if array.ndim == 2 else [*map(float, array)]


def _head(inputs: Inputs) -> str:
    return HEAD.format(
        keys=_plain(inputs.keys), values=_plain(inputs.values), query=_plain(inputs.query)
    )


def _scores(inputs: Inputs, keys: str = "keys", query: str = "query") -> str:
    product = f"{keys} @ {query}"
    return f"({product} / {len(inputs.query)} ** 0.5)" if inputs.scaled else f"({product})"


def table(inputs: Inputs, mode: Mode, temperature: float, grad_output: FloatArray) -> str:
    """Forward and backward through one way of making weights."""
    weights = WEIGHTS[mode].format(temperature=temperature)
    back = BACKWARD.format(grad_output=_plain(grad_output))
    return _head(inputs) + TABLE.format(
        scores=_scores(inputs).strip("()"),
        weights=weights,
        backward=NO_BACKWARD if mode == "argmax" else back,
    )


def slope(inputs: Inputs, temperature: float) -> str:
    """The Jacobian by autograd and its norm."""
    return _head(inputs) + SLOPE.format(scores=_scores(inputs), temperature=temperature)


def distance(inputs: Inputs) -> str:
    """Distances from the query to the walls between winners."""
    return _head(inputs) + MAP


def learn(
    inputs: Inputs,
    target: FloatArray,
    *,
    train: Part,
    temperature: float,
    learning_rate: float,
    num_steps: int,
) -> str:
    """The training loop for three ways of making weights."""
    return _head(inputs) + LEARN.format(
        target=_plain(target),
        temperature=temperature,
        train=train,
        num_steps=num_steps,
        learning_rate=learning_rate,
        scores=_scores(inputs, 'parts["keys"]', 'parts["query"]'),
    )


def size(dimensions: tuple[int, ...], *, num_keys: int, draws: int, seed: int) -> str:
    """Saturation at the largest dimension."""
    return SIZE.format(dimensions=dimensions, num_keys=num_keys, draws=draws, seed=seed)


def tokens(source: str, *, width: int, equal: bool, causal: bool, scale: float) -> str:
    """Self-attention by PyTorch's own function; ``source`` makes the tokens."""
    made = source + (EQUAL if equal else DRAWN).format(width=width)
    return TOKENS.format(tokens=made, causal=causal, scale=scale)
