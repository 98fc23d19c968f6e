"""PyTorch for every view of graph networks, with the present values."""

import ast
import math

from viz import grammar
from viz.gnn import compute
from viz.gnn.graphs import Graph
from viz.gnn.results import Depth, Layers, Learned, Masked, Shuffle
from viz.gnn.rules import NAMES, Weights

FEW, MOST_EDGES = 40, 6000
RULES = {
    "mean": "w1 * s + w2 * m.mean(0)",
    "max": "torch.maximum(w1 * s, (w2 * m).max(0).values)",
    "product, a weight each": "s * (w[:, None] * m).prod(0)",
    "product, a matrix each": "s * torch.einsum('jab,jb->ja', W, m).prod(0)",
    "sum": "w1 * s + w2 * m.sum(0)",
    "min": "torch.minimum(w1 * s, (w2 * m).min(0).values)",
    "median": "w1 * s + w2 * m.quantile(0.5, dim=0)",
    "deviation": "w1 * s + w2 * m.std(0, correction=0)",
    "sum, a weight each": "s + (w[:, None] * m).sum(0)",
    "first neighbor": "w1 * s + w2 * m[0]",
    "RNN over the list": "functools.reduce(lambda h, one: torch.tanh(U @ h + one), m, s)",
    "softmax attention": "s + torch.softmax(m @ s, 0) @ m",
    "sorted list": "s + w2 * torch.cos(1.0 + torch.arange(len(m))).double() @ m.sort(0).values",
    "list in order": "s + w2 * torch.cos(1.0 + torch.arange(len(m))).double() @ m",
}


def _edge_index(found: Graph) -> str:
    source, target = found.both_ways
    return (
        f"source = torch.tensor({source.tolist()!r})\ntarget = torch.tensor({target.tolist()!r})\n"
    )


def layer_snippet(result: Layers) -> str:
    """Rule (9) with index_add_ on the drawn graph."""
    keep = "s + " if result.residual else ""
    start = result.states[0].round(12).tolist()
    return f"""import torch

{_edge_index(result.graph)}s = torch.tensor({start!r}, dtype=torch.float64)  # a row for each node
W1 = torch.tensor({result.first.tolist()!r}, dtype=s.dtype)  # d x k
W2 = torch.tensor({result.second.tolist()!r}, dtype=s.dtype)  # k x d

degree = torch.bincount(target, minlength=len(s)).clamp(min=1)[:, None]
for _ in range({result.num_layers}):
    message = torch.tanh(s @ W2.T)[source]
    mean = message.new_zeros(len(s), len(W2)).index_add_(0, target, message) / degree
    s = {keep}mean @ W1.T

answer = s[{result.node}].tolist()
print("node {result.graph.names[result.node]}:", answer)
"""


def shuffle_snippet(result: Shuffle, seed: int) -> str:
    """The present rule under the page's orders; ``seed`` drew them for more than six neighbors."""
    verdict = result.verdict
    return f"""import functools
import itertools
import math

import numpy as np
import torch

s = torch.tensor({verdict.state.tolist()!r}, dtype=torch.float64)
m = torch.tensor({verdict.inbox.tolist()!r}, dtype=s.dtype)
{_weights(result.name, verdict.weights)}

def rule(m):
    return {_rule(result)}


{_orders(result, seed)}
outputs = torch.stack([rule(m[list(order)]) for order in orders])
change = ((outputs - outputs[0]).abs().max() / outputs.abs().max().clamp(min=1e-300)).item()
print("largest change:", change, "valid" if change < 1e-9 else "not valid")
answer = [*outputs[0].tolist(), change]
"""


def _orders(result: Shuffle, seed: int) -> str:
    count, tried = result.num_neighbors, len(result.verdict.orders)
    if tried == math.factorial(count):
        return "orders = list(itertools.permutations(range(len(m))))"
    return f"""rng = np.random.default_rng({seed})
orders = [range({count})] + [rng.permutation({count}) for _ in range({tried - 1})]"""


def _weights(name: str, weights: Weights) -> str:
    known = {
        "w1": f"w1 = {weights.self_weight!r}",
        "w2": f"w2 = {weights.shared!r}",
        "w[": f"w = torch.tensor({weights.each.tolist()!r}, dtype=s.dtype)  # one for each place",
        "W,": f"W = torch.tensor({weights.matrices.tolist()!r}, dtype=s.dtype)",
        "U ": f"U = torch.tensor({weights.recurrent.tolist()!r}, dtype=s.dtype)",
    }
    code = RULES.get(name, "w[")
    return "".join(f"{line}\n" for mark, line in known.items() if mark in code)


def _rule(result: Shuffle) -> str:
    if result.name in RULES:
        return RULES[result.name]
    combine = "prod" if result.product else "fsum"
    return f"""torch.tensor(
        [
            math.{combine}(
                term(own, m[j, c].item(), w[j].item(), j + 1.0, float(len(m)))
                for j in range(len(m))
            )
            for c, own in enumerate(s.tolist())
        ],
        dtype=s.dtype,
    )


def term(s, m, w, j, n):
    from math import e, exp, log, log10, sqrt, tanh

    return {_python(result.name)}"""


def _python(formula: str) -> str:
    """A typed formula as Python: the reader takes 2m and log m, Python does not."""
    tree = grammar.read_expression(formula, NAMES).tree
    return ast.unparse(tree).replace("v_", "").replace("ln(", "log(")


def loss_snippet(result: Masked) -> str:
    """Binary cross-entropy with a mask, written out where torch would cut a term off at 100."""
    loss = "F.binary_cross_entropy(p[mask], y[mask])"
    if result.loss.per_node[list(result.train)].max() > 100:
        loss = "-torch.where(y == 1, p, 1 - p)[mask].log().mean()  # F's own stops at 100 a term"
    return f"""import torch
import torch.nn.functional as F

p = torch.tensor({list(result.predictions)!r}, dtype=torch.float64, requires_grad=True)
y = torch.tensor({[float(v) for v in result.labels]!r}, dtype=torch.float64)
mask = torch.tensor({list(result.train)!r})

loss = {loss}
loss.backward()
print("loss:", loss.item(), " gradient:", p.grad.tolist())
answer = loss.item()
"""


def depth_snippet(result: Depth, seed: int) -> str:
    """Repeated averaging as a matrix power; ``seed`` drew the first states of a larger graph."""
    loops = result.self_loops and result.how == "mean"
    averaging = _averaging(result.how)
    total = result.graph.num_nodes
    first = (
        f"torch.tensor({result.smoothing.states[0].tolist()!r}, dtype=A.dtype)"
        if total <= FEW
        else f"torch.from_numpy(np.random.default_rng({seed + 1}).normal(size=n))"
    )
    return f"""import numpy as np
import torch

{_read_edges(result.graph)}
A = torch.zeros(n, n, dtype=torch.float64)
A[edges[:, 0], edges[:, 1]] = A[edges[:, 1], edges[:, 0]] = 1
{"A.fill_diagonal_(1)  # self-loops" if loops else "A.fill_diagonal_(0)"}
{averaging}
x = {first}
symmetric = (P * P.T).sqrt()  # has the eigenvalues of P
values = torch.linalg.eigvalsh(symmetric).abs().sort(descending=True).values
print("second eigenvalue:", values[1].item())
for layer in (1, 2, 10, 64):
    print(layer, (torch.linalg.matrix_power(P, layer) @ x)[:5].tolist())
answer = values[1].item()
"""


def _read_edges(found: Graph) -> str:
    if len(found.edges) <= MOST_EDGES:
        return f"edges = torch.tensor({found.edges.tolist()!r})\nn = {found.num_nodes}"
    return """from pathlib import Path

number, pairs = {}, []
# What "Save as a file" gives: two names a line.
for line in Path("own.txt").read_text().splitlines():
    names = line.split("#")[0].replace(",", " ").split()[:2]
    if len(names) == 2 and names[0] != "labels:":
        pairs.append([number.setdefault(name, len(number)) for name in names])
edges = torch.tensor(pairs)
n = len(number)"""


def train_snippet(result: Learned) -> str:
    """The training loop in torch, from the same first states and weights as on the page."""
    gcn = result.rule == "gcn"
    averaging = compute.operator(result.graph, how=result.rule, self_loops=False)
    edges = result.graph.edges.tolist()
    labels = [float(y or 0) for y in result.labels]
    return f"""import numpy as np
import torch
import torch.nn.functional as F

edges = torch.tensor({edges!r})
n = {len(averaging)}
A = torch.zeros(n, n, dtype=torch.float64)
A[edges[:, 0], edges[:, 1]] = A[edges[:, 1], edges[:, 0]] = 1
{_averaging(result.rule)}
y = torch.tensor({labels!r}, dtype=A.dtype)
mask = torch.tensor({list(result.train)!r})  # only these nodes are scored
rng = np.random.default_rng({result.seed})
{_first_states(result)}
rng = np.random.default_rng({result.seed})
{_network(result)}
optimizer = torch.optim.Adam(weights, lr=0.05, weight_decay={"5e-4" if gcn else "0"})
for epoch in range({int(result.run.epochs[-1])} + 1):
    scores = network(s)
    loss = F.binary_cross_entropy_with_logits(scores[mask], y[mask])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("training loss:", loss.item())
print("probabilities:", torch.sigmoid(scores).tolist())
answer = loss.item()
"""


def _averaging(rule: str) -> str:
    return {
        "mean": "P = A / A.sum(1, keepdim=True).clamp(min=1)  # mean over the neighbors",
        "sum": "P = A  # sum over the neighbors",
        "gcn": "A = A + torch.eye(n, dtype=A.dtype)\nroot = A.sum(1).sqrt()\n"
        "P = A / torch.outer(root, root)",
    }[rule]


def _first_states(result: Learned) -> str:
    rows, width = result.start.shape
    return {
        "random": f"s = torch.tensor(rng.normal(size=({rows}, {width})))",
        "one-hot": "s = torch.eye(n, dtype=A.dtype)",
        "constant": f"s = torch.ones(n, {width}, dtype=A.dtype)  # equal states",
    }[result.states]


def _network(result: Learned) -> str:
    width = result.start.shape[1]
    if result.rule != "gcn":
        return f"""shapes = [({width}, {width}), ({width}, {width}), ({width},), (1,)]
weights = [torch.tensor(0.5 * rng.normal(size=shape), requires_grad=True) for shape in shapes]


def network(s):
    W1, W2, v, c = weights
    for _ in range({result.num_layers}):
        s = s + P @ torch.tanh(s @ W2.T) @ W1.T  # rule (9)
    return s @ v + c[0]

"""
    sizes = [width, *[8] * (result.num_layers - 1), 1]
    return f"""sizes = {sizes!r}
weights = [
    torch.tensor(rng.normal(size=(a, b)) * (2 / (a + b)) ** 0.5, requires_grad=True)
    for a, b in zip(sizes[:-1], sizes[1:], strict=True)
]
weights.append(torch.zeros(1, dtype=A.dtype, requires_grad=True))


def network(s):
    *matrices, c = weights
    for W in matrices[:-1]:
        s = torch.tanh(P @ s @ W)
    return (P @ s @ matrices[-1])[:, 0] + c[0]

"""


def scale_snippet(num_nodes: int, num_edges: int) -> str:
    """One layer as a sparse product."""
    return f"""import time

import torch

torch.manual_seed(0)
n, e = {num_nodes}, {num_edges}
a, b = torch.randint(n, (2, e))
source, target = torch.cat([a, b]), torch.cat([b, a])
degree = torch.bincount(target, minlength=n).clamp(min=1).float()
places = torch.stack([target, source])
A = torch.sparse_coo_tensor(places, 1 / degree[target], (n, n), check_invariants=False)
x = torch.randn(n, 16)
started = time.perf_counter()
out = A @ x
print(f"{{2 * e / (time.perf_counter() - started) / 1e6:.0f}} million messages a second")
answer = e
"""
