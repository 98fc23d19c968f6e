"""PyTorch for every view of graph networks, the derivations, and the witnesses."""

import math

import numpy as np

from viz.draw.numbers import latex_factor as latex
from viz.gnn import compute, rules
from viz.gnn.graphs import Graph
from viz.gnn.results import Depth, Layers, Learned, Masked, Shuffle
from viz.gnn.training import Speed
from viz.view import Line


def _edge_index(found: Graph) -> str:
    source, target = found.both_ways
    return (
        f"source = torch.tensor({source.tolist()!r})\ntarget = torch.tensor({target.tolist()!r})\n"
    )


def layer_snippet(result: Layers) -> str:
    """Rule (9) with index_add_ on the drawn graph."""
    num_layers = len(result.history) - 1
    keep = "s + " if result.residual else ""
    return f"""import torch

{_edge_index(result.graph)}s = torch.tensor({result.history[0].tolist()!r}, dtype=torch.float64)
W1, W2 = {result.first!r}, {result.second!r}  # scalars; in general d x k and k x d

degree = torch.bincount(target, minlength=len(s)).clamp(min=1)
for _ in range({num_layers}):
    message = torch.tanh(W2 * s)[source]
    mean = torch.zeros_like(s).index_add_(0, target, message) / degree
    s = {keep}W1 * mean

answer = s[{result.node}].item()
print("node {result.graph.names[result.node]}:", answer)
"""


def layer_agree(result: Layers) -> dict[str, float]:
    """The chosen node's new state: loop, matrices, torch."""
    import torch

    states = result.history[0]
    loop = _looped(result, states)
    mean = compute.operator(result.graph, how="mean", self_loops=False)
    dense, tensor = states, torch.from_numpy(np.array(states))
    source, target = (torch.from_numpy(np.ascontiguousarray(v)) for v in result.graph.both_ways)
    degree = torch.from_numpy(np.maximum(result.graph.degrees, 1))
    for _ in range(len(result.history) - 1):
        moved = result.first * (mean @ np.tanh(result.second * dense))
        dense = dense + moved if result.residual else moved
        inbox = torch.zeros_like(tensor).index_add_(
            0, target, torch.tanh(result.second * tensor)[source]
        )
        step = result.first * inbox / degree
        tensor = tensor + step if result.residual else step
    return {
        "node by node": loop,
        "dense matrix": float(dense[result.node]),
        "viz": float(result.history[-1][result.node]),
        "PyTorch": float(tensor[result.node]),
    }


def _looped(result: Layers, states: np.ndarray) -> float:
    current = [float(s) for s in states]
    around = [result.graph.neighbors(i) for i in range(len(current))]
    for _ in range(len(result.history) - 1):
        fresh = []
        for i, own in enumerate(current):
            inbox = [math.tanh(result.second * current[j]) for j in around[i]]
            mean = math.fsum(inbox) / len(inbox) if inbox else 0.0
            fresh.append((own if result.residual else 0.0) + result.first * mean)
        current = fresh
    return current[result.node]


def layer_lines(result: Layers) -> tuple[Line, ...]:
    """Rule (9) written out for every node of a small graph, in the exam's form."""
    old, new = result.history[-2], result.history[-1]
    shown = range(result.graph.num_nodes) if result.graph.num_nodes <= 8 else [result.node]
    rows = []
    for i in shown:
        around = result.graph.neighbors(i)
        if not around:
            continue
        terms = " + ".join(rf"\tanh(W_2 s_{{{j + 1}}})" for j in around)
        numbers = " + ".join(latex(math.tanh(result.second * old[j]), 3) for j in around)
        front = rf"s_{{{i + 1}}} + " if result.residual else ""
        value = rf"{latex(float(old[i]), 4)} + " if result.residual else ""
        share = rf"\tfrac{{{latex(result.first, 3)}}}{{{len(around)}}}"
        rows.append(
            rf"s_{{{i + 1}}}' &= {front}\tfrac{{W_1}}{{{len(around)}}}\bigl({terms}\bigr) = "
            rf"{value}{share}\bigl({numbers}\bigr) = {latex(float(new[i]), 6)}"
        )
    return (
        Line(
            r"s_i' = s_i + W_1 \cdot \frac{1}{n_i} \sum_{j \in N(i)} \tanh(W_2\, m_{i,j})",
            "Rule (9). A neighbor's message is its state; W₂ is k × d, so W₁ must be d × k. Adding "
            "the old state is a residual connection; dividing by the number of neighbors is an "
            "average, not batch normalization and not attention.",
        ),
        Line(
            r"\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}" if rows else "",
            "The last layer with its numbers:" if rows else "No node has a neighbor.",
        ),
        Line(
            r"\sum_{j} f(m_{\pi(j)}) = \sum_j f(m_j)",
            "A sum does not notice a shuffle of its terms, so relabelling the nodes only relabels "
            "the result.",
        ),
    )


def shuffle_snippet(result: Shuffle) -> str:
    """The five-line test, on two rules of the exam."""
    del result
    return """import itertools

import torch

torch.manual_seed(0)
s, m = torch.randn(2, dtype=torch.float64), torch.randn(4, 2, dtype=torch.float64)
W = torch.randn(4, 2, 2, dtype=torch.float64)  # a matrix for each neighbor's place

rules = {
    "mean": lambda m: 0.5 * s + 2 * m.mean(0),
    "max": lambda m: torch.maximum(0.5 * s, (2 * m).max(0).values),
    "product, a matrix each": lambda m: s * torch.einsum("jab,jb->ja", W, m).prod(0),
}
answer = []
for name, rule in rules.items():
    outputs = torch.stack([rule(m[list(order)]) for order in itertools.permutations(range(4))])
    valid = bool((outputs - outputs[0]).abs().max() < 1e-9)
    print(name, "valid" if valid else "not valid")
    answer.append(int(valid))
"""


def exam_verdicts() -> list[float]:
    """The snippet's verdicts, by our own test."""
    found = []
    for name in ("mean", "max", "product, a matrix each"):
        verdict = rules.permutation_test(
            rules.RULES[name], width=2, num_neighbors=4, rng=np.random.default_rng(0)
        )
        found.append(float(verdict.valid))
    return found


def shuffle_agree(result: Shuffle) -> dict[str, float]:
    """The mean rule's output: in order, reversed, as one matrix product in torch."""
    import torch

    inbox = result.verdict.inbox
    mean = float(inbox.mean(axis=0)[0])
    other = float(inbox[::-1].mean(axis=0)[0])
    share = torch.full((len(inbox),), 1 / len(inbox), dtype=torch.float64)
    theirs = float((share @ torch.from_numpy(inbox.copy()))[0])
    return {"in order": mean, "reversed": other, "PyTorch": theirs}


def shuffle_lines(result: Shuffle) -> tuple[Line, ...]:
    """Why scalars commute and matrices do not."""
    verdict = result.verdict
    first = ", ".join(latex(float(v), 4) for v in verdict.outputs[0][:3])
    other = ", ".join(latex(float(v), 4) for v in verdict.outputs[verdict.witness][:3])
    order = " ".join(str(i + 1) for i in verdict.orders[verdict.witness])
    lines = [
        Line(
            r"s \prod_j w_j m_j = s \,\Bigl(\prod_j w_j\Bigr) \Bigl(\prod_j m_j\Bigr)",
            "With scalars the weights can be pulled out, so the third rule is valid as it stands, "
            "although it has a weight for each neighbor.",
        ),
        Line(
            r"\prod_j W_j m_j \ne \prod_j W_j m_{\pi(j)}, \qquad W_j \in \mathbb{R}^{d \times d}",
            "With matrices they cannot: which message meets which matrix decides.",
        ),
    ]
    if not verdict.valid:
        lines.append(
            Line(
                rf"({first}) \;\ne\; ({other})",
                f"The witness of the chosen rule: the second output comes from the order {order}.",
            )
        )
    return tuple(lines)


def loss_snippet(result: Masked) -> str:
    """Binary cross-entropy with a mask."""
    return f"""import torch
import torch.nn.functional as F

p = torch.tensor({list(result.predictions)!r}, dtype=torch.float64, requires_grad=True)
y = torch.tensor({[float(v) for v in result.labels]!r}, dtype=torch.float64)
mask = torch.tensor({list(result.train)!r})

loss = F.binary_cross_entropy(p[mask], y[mask])
loss.backward()
print("loss:", loss.item(), " gradient:", p.grad.tolist())
answer = loss.item()
"""


def loss_agree(result: Masked) -> dict[str, float]:
    """The loss by the product form, by our mask, by torch."""
    import torch

    product, count = 1.0, sum(result.train)
    for chance, y, used in zip(result.predictions, result.labels, result.train, strict=True):
        if used:
            product *= max(chance if y else 1 - chance, compute.CLIP)
    mask = torch.tensor(result.train)
    p = torch.tensor(result.predictions, dtype=torch.float64).clamp(compute.CLIP, 1)
    theirs = torch.nn.functional.binary_cross_entropy(
        p[mask], torch.tensor(result.labels, dtype=torch.float64)[mask]
    )
    return {
        "−log of the product": -math.log(product) / count,
        "viz": result.loss.value,
        "PyTorch": float(theirs),
    }


def loss_lines(result: Masked) -> tuple[Line, ...]:
    """The masked mean and its gradient."""
    letters, count = "abcdef", sum(result.train)
    terms = " + ".join(
        rf"\log {letters[i]}" if y else rf"\log(1 - {letters[i]})"
        for i, (y, used) in enumerate(zip(result.labels, result.train, strict=True))
        if used
    )
    slopes = r",\;".join(
        rf"\tfrac{{\partial L}}{{\partial {letters[i]}}} = {latex(float(g), 4)}"
        for i, g in enumerate(result.loss.gradient)
    )
    return (
        Line(
            r"L = -\frac{\sum_i \mathrm{mask}_i\,[\,y_i \log p_i + (1 - y_i)\log(1 - p_i)\,]}"
            r"{\sum_i \mathrm{mask}_i}",
            "Held-back nodes have mask 0: they send and receive messages, but are not scored.",
        ),
        Line(
            rf"L = -\tfrac{{1}}{{{count}}}\bigl[{terms}\bigr] = {latex(result.loss.value, 6)}",
            "For every training node only the term of its own label is left.",
        ),
        Line(
            slopes,
            "Exactly 0 where a node is held back, −1/(n p) or 1/(n (1 − p)) elsewhere.",
        ),
    )


def depth_snippet(result: Depth) -> str:
    """Repeated averaging as a matrix power."""
    matrix = compute.operator(result.graph, how=result.how, self_loops=result.self_loops)
    small = len(matrix) <= 40
    shown = matrix.tolist() if small else matrix[:5, :5].tolist()
    start = result.smoothing.states[0].tolist() if small else [1.0] * 5
    return f"""import torch

A = torch.tensor({shown!r}, dtype=torch.float64)
x = torch.tensor({start!r}, dtype=torch.float64)
values = torch.linalg.eigvals(A).abs().sort(descending=True).values
print("second eigenvalue:", values[1].item())
for layer in (1, 2, 10, 64):
    print(layer, (torch.linalg.matrix_power(A, layer) @ x).tolist())
answer = values[1].item()
"""


def depth_agree(result: Depth) -> dict[str, float]:
    """The second eigenvalue, as numpy and torch find it."""
    import torch

    matrix = compute.operator(result.graph, how=result.how, self_loops=result.self_loops)
    theirs = torch.linalg.eigvals(torch.from_numpy(matrix)).abs().sort(descending=True).values
    general = np.sort(np.abs(np.linalg.eigvals(matrix)))[::-1]
    return {
        "symmetrized": result.smoothing.second,
        "general": float(general[1]),
        "PyTorch": float(theirs[1]),
    }


def depth_lines(result: Depth) -> tuple[Line, ...]:
    """Why the rate is the second eigenvalue."""
    found = result.smoothing
    limit = "" if found.limit is None else rf" = {latex(found.limit, 8)}"
    return (
        Line(
            r"x^{(\ell)} = P^\ell x, \qquad P = D^{-1}A \;\text{or}\; (D+I)^{-1}(A+I)",
            "Averaging again and again multiplies by the same matrix.",
        ),
        Line(
            rf"\frac{{\mathrm{{energy}}_{{\ell+1}}}}{{\mathrm{{energy}}_\ell}} \to |\lambda_2|^2 = "
            rf"{latex(found.second, 8)}^2",
            "The largest eigenvalue is 1 (constant vectors stay); the next one sets the speed at "
            "which differences die.",
        ),
        Line(
            rf"x_i \to \frac{{\sum_j (d_j + 1)\,x_j}}{{\sum_j (d_j + 1)}}{limit}",
            "With self-loops every node of a connected graph ends at the same weighted mean.",
        ),
    )


def train_snippet(result: Learned) -> str:
    """The training loop; it prints the loss that constant states cannot leave."""
    return f"""import math

import torch

torch.manual_seed(0)
{_edge_index(result.graph)}y = torch.tensor({[float(v) for v in result.labels]!r})
mask = torch.tensor({list(result.train)!r})

s = torch.ones(len(y), 4)  # constant states: averaging equal things keeps them equal
W1, W2 = (torch.randn(4, 4).mul(0.5).requires_grad_() for _ in range(2))
v = torch.zeros(5, requires_grad=True)
optimizer = torch.optim.Adam([W1, W2, v], lr=0.05)
degree = torch.bincount(target, minlength=len(y)).clamp(min=1)[:, None]
for epoch in range(300):
    h = s
    for _ in range(2):
        inbox = torch.zeros_like(h).index_add_(0, target, torch.tanh(h @ W2.T)[source])
        h = h + inbox / degree @ W1.T
    loss = torch.nn.functional.binary_cross_entropy_with_logits((h @ v[:4] + v[4])[mask], y[mask])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("loss:", loss.item(), " entropy of the labels:")
share = y[mask].mean().item()
answer = -share * math.log(share) - (1 - share) * math.log(1 - share) if 0 < share < 1 else 0.0
print(answer)
"""


def entropy(result: Learned) -> float:
    """The least training loss of equal predictions: the entropy of the training labels."""
    labels = [y for y, used in zip(result.labels, result.train, strict=True) if used]
    share = sum(labels) / len(labels)
    if share in (0.0, 1.0):
        return 0.0
    return -share * math.log(share) - (1 - share) * math.log(1 - share)


def train_agree(result: Learned) -> dict[str, float]:
    """The floor for equal predictions: formula, and the best of a fine grid in torch."""
    import torch

    kept = [float(v) for v, t in zip(result.labels, result.train, strict=True) if t]
    y = torch.tensor(kept, dtype=torch.float64)
    p = torch.linspace(0.0, 1.0, 200_001, dtype=torch.float64)[1:-1]
    share = float(y.mean())
    grid = float((-share * p.log() - (1 - share) * (1 - p).log()).min())
    return {"entropy": entropy(result), "best of a grid": grid}


def train_lines(result: Learned) -> tuple[Line, ...]:
    """What constant states cannot do."""
    groups: dict[int, list[str]] = {}
    for name, color in zip(result.graph.names, result.classes, strict=True):
        groups.setdefault(color, []).append(name)
    shown = r",\;".join(r"\{" + ", ".join(g[:8]) + r"\}" for g in list(groups.values())[:12])
    return (
        Line(
            r"p_i = \sigma(v^T s_i^{(L)} + c), \qquad "
            r"L = -\overline{\log p(y)} \text{ over the mask}",
            "W₁, W₂, v and c are learned from the training nodes alone.",
        ),
        Line(
            rf"\text{{colour classes: }} {shown}",
            "Started from equal states, nodes of one class stay equal under every rule of this "
            "kind (colour refinement).",
        ),
        Line(
            rf"\min_p L = -\bar y \log \bar y - (1 - \bar y)\log(1 - \bar y) = "
            rf"{latex(entropy(result), 8)}",
            "With the mean all nodes stay equal, so the training loss cannot fall below the "
            "entropy of the labels.",
        ),
    )


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


def scale_agree(result: Speed) -> dict[str, float]:
    """Directed messages: twice the edges, and the sum of the degrees."""
    return {
        "2 × edges": float(2 * result.num_edges),
        "sum of the degrees": float(result.degrees.sum()),
    }


def scale_lines(result: Speed) -> tuple[Line, ...]:
    """Why a layer is one product."""
    return (
        Line(
            r"S' = D^{-1}A\,S, \qquad \text{cost } O(E\,d)",
            "Aggregation is a sparse matrix times the matrix of states: only edges cost.",
        ),
        Line(
            rf"2E = {2 * result.num_edges}\text{{ messages of }}16\text{{ numbers}}",
            "Every undirected edge carries a message each way.",
        ),
    )
