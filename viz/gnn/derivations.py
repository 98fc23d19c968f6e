"""The derivations of graph networks, with live numbers."""

import math

from viz.draw.numbers import latex_factor as latex
from viz.gnn.results import Depth, Layers, Learned, Masked, Shuffle
from viz.gnn.speed import Speed
from viz.view import Line


def layer_lines(result: Layers) -> tuple[Line, ...]:
    """Rule (9) written out for every node of a small graph, in the exam's form."""
    d, k = result.first.shape
    few = result.graph.num_nodes <= 8
    shown = range(result.graph.num_nodes) if few else [result.node]
    rows = [_expanded(result, i) for i in shown if result.graph.neighbors(i)]
    residual = result.residual
    kept = r"\underset{d}{s_i} + " if residual else ""
    added = "Adding the old state is a residual connection; d" if residual else "D"
    last = f"Layer {result.num_layers}" if result.num_layers > 1 else "The layer"
    return (
        Line(
            rf"s_i' = {'s_i + ' if residual else ''}"
            r"W_1 \cdot \frac{1}{n_i} \sum_{j \in N(i)} \tanh(W_2\, m_{i,j}), \qquad "
            r"m_{i,j} = s_j",
            f"Rule (9){'' if residual else ' without its residual connection'}. A neighbor's "
            f"message is its state. {added}ividing by the number of neighbors is an average, not "
            "batch normalization and not attention.",
        ),
        Line(
            rf"\underset{{d}}{{s_i'}} = {kept}"
            rf"\underset{{d \times k}}{{W_1}}\;"
            rf"\underset{{k}}{{\overline{{\tanh}}}}, \qquad \underset{{k \times d}}{{W_2}}\,"
            rf"\underset{{d}}{{s_j}} \qquad d = {d},\; k = {k}",
            "The shapes: W₂ turns a state of d numbers into k, so W₁ must turn k numbers into d.",
        ),
        Line(
            r"\begin{aligned}" + r" \\ ".join(rows) + r"\end{aligned}" if rows else "",
            f"{last} with its numbers, for {'every node' if few else 'the chosen node'} that has "
            "a neighbor:"
            if rows
            else "No node has a neighbor, so no state changes.",
        ),
        Line(
            r"\sum_{j} f(m_{\pi(j)}) = \sum_j f(m_j)",
            "A sum does not notice a shuffle of its terms, so the layer gives the same state "
            "whatever the order, and relabelling the nodes only relabels the result.",
        ),
    )


def _expanded(result: Layers, i: int) -> str:
    """One node's update in letters, and in numbers where states are single numbers."""
    around, names = result.graph.neighbors(i), result.graph.names
    count = len(around)
    terms = " + ".join(rf"\tanh(W_2 s_{{{_plain(names[j])}}})" for j in around[:8])
    terms += r" + \ldots" if count > 8 else ""
    own = _plain(names[i])
    front = rf"s_{{{own}}} + " if result.residual else ""
    share = "W_1" if count == 1 else rf"\tfrac{{W_1}}{{{count}}}"
    body = terms if count == 1 else rf"\bigl({terms}\bigr)"
    letters = rf"s_{{{own}}}' &= {front}{share}\,{body}"
    new = result.states[-1][i]
    if not result.is_scalar:
        inside = r",\, ".join(latex(float(v), 4) for v in new[:4])
        more = r", \ldots" if len(new) > 4 else ""
        return f"{letters} = ({inside}{more})"
    old, first = result.states[-2], float(result.first[0, 0])
    sent = [math.tanh(float(result.second[0, 0]) * float(old[j, 0])) for j in around[:8]]
    numbers = " + ".join(latex(v, 3) for v in sent) + (r" + \ldots" if count > 8 else "")
    value = rf"{latex(float(old[i, 0]), 4)} + " if result.residual else ""
    factor = latex(first, 3) if count == 1 else rf"\tfrac{{{latex(first, 3)}}}{{{count}}}"
    shown = rf"{factor}\bigl({numbers}\bigr)"
    return rf"{letters} = {value}{shown} = {latex(float(new[0]), 6)}"


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


def loss_lines(result: Masked) -> tuple[Line, ...]:
    """The masked mean and its gradient."""
    letters, count = "abcdef", sum(result.train)
    terms = " + ".join(
        rf"\log {letters[i]}" if y else rf"\log(1 - {letters[i]})"
        for i, (y, used) in enumerate(zip(result.labels, result.train, strict=True))
        if used
    )
    slopes = r",\;".join(
        rf"\tfrac{{\partial L}}{{\partial {letters[i]}}} = {_maybe_infinite(float(g), 4)}"
        for i, g in enumerate(result.loss.gradient)
    )
    return (
        Line(
            r"L = -\frac{\sum_i \mathrm{mask}_i\,[\,y_i \log p_i + (1 - y_i)\log(1 - p_i)\,]}"
            r"{\sum_i \mathrm{mask}_i}",
            "Held-back nodes have mask 0: they send and receive messages, but are not scored.",
        ),
        Line(
            rf"L = -\tfrac{{1}}{{{count}}}\bigl[{terms}\bigr] = "
            rf"{_maybe_infinite(result.loss.value, 6)}",
            "For every training node only the term of its own label is left.",
        ),
        Line(
            slopes,
            "Exactly 0 where a node is held back, −1/(n p) or 1/(n (1 − p)) elsewhere.",
        ),
    )


def _maybe_infinite(value: float, digits: int) -> str:
    if math.isinf(value):
        return r"\infty" if value > 0 else r"-\infty"
    return latex(value, digits)


def depth_lines(result: Depth) -> tuple[Line, ...]:
    """The operator, why the rate is its second eigenvalue, and where the states end."""
    found = result.smoothing
    gcn = result.how == "gcn"
    stay = "vectors in proportion to √(d + 1)" if gcn else "constant vectors"
    second = latex(round(found.second, 12), 8)
    return (
        Line(
            rf"x^{{(\ell)}} = P^\ell x, \qquad P = {_averaging(result)}",
            "Averaging again and again multiplies by the same matrix.",
        ),
        Line(
            r"\frac{\mathrm{energy}_{\ell+1}}{\mathrm{energy}_\ell} \to |\lambda_2|^2, \qquad "
            rf"|\lambda_2| = {second}",
            f"The largest eigenvalue is 1 ({stay} stay); the next one sets the speed at which "
            f"differences{' of x/√(d + 1)' if gcn else ''} die.",
        ),
        _ending(result),
    )


def _averaging(result: Depth) -> str:
    if result.how == "gcn":
        return r"(D+I)^{-1/2}(A+I)(D+I)^{-1/2}"
    return "(D+I)^{-1}(A+I)" if result.self_loops else "D^{-1}A"


def _ending(result: Depth) -> Line:
    """What the states of a connected graph tend to."""
    if result.how == "gcn":
        return Line(
            r"x_i \to \sqrt{d_i + 1}\;\frac{\sum_j \sqrt{d_j + 1}\,x_j}{\sum_j (d_j + 1)}",
            "Every node of a connected graph ends at the same number times its own √(d + 1).",
        )
    if not result.self_loops:
        return Line(
            r"x_i \to \frac{\sum_j d_j\,x_j}{\sum_j d_j}",
            "Without self-loops this holds on a connected graph with an odd cycle; without an odd "
            "cycle the averages flip for ever.",
        )
    limit = result.smoothing.limit
    value = "" if limit is None else rf" = {latex(limit, 8)}"
    return Line(
        rf"x_i \to \frac{{\sum_j (d_j + 1)\,x_j}}{{\sum_j (d_j + 1)}}{value}",
        "With self-loops every node of a connected graph ends at the same weighted mean.",
    )


def entropy(result: Learned) -> float:
    """The least training loss of equal predictions: the entropy of the training labels."""
    labels = [y or 0 for y, used in zip(result.labels, result.train, strict=True) if used]
    share = sum(labels) / len(labels)
    if share in (0.0, 1.0):
        return 0.0
    return -share * math.log(share) - (1 - share) * math.log(1 - share)


def train_lines(result: Learned) -> tuple[Line, ...]:
    """The net, the classes it cannot part from equal states, and the floor of the loss."""
    groups: dict[int, list[str]] = {}
    for name, color in zip(result.graph.names, result.classes, strict=True):
        groups.setdefault(color, []).append(name)
    shown = r",\;".join(
        r"\{" + ", ".join(_plain(name) for name in g[:8]) + r"\}"
        for g in list(groups.values())[:12]
    )
    net = (
        r"S^{(\ell+1)} = \tanh\bigl(\hat A\, S^{(\ell)} W_\ell\bigr), \qquad "
        r"\hat A = (D+I)^{-1/2}(A+I)(D+I)^{-1/2}"
        if result.rule == "gcn"
        else r"s_i^{(\ell+1)} = s_i^{(\ell)} + W_1\, \mathrm{agg}_j \tanh(W_2 s_j^{(\ell)}), "
        r"\qquad p_i = \sigma(v^T s_i^{(L)} + c)"
    )
    return (
        Line(net, "All weights are learned from the training nodes alone."),
        Line(
            r"L = -\frac{1}{|T|}\sum_{i \in T} \log p_i(y_i), \qquad "
            r"\frac{\partial L}{\partial\,\mathrm{score}_i} = \frac{p_i - y_i}{|T|}"
            r"\;\text{ for } i \in T, \text{ else } 0",
            "The loss scores the training nodes T; the others send and receive messages.",
        ),
        Line(
            rf"\text{{colour classes: }} {shown}",
            "Started from equal states, nodes of one class stay equal under every rule of this "
            "kind (colour refinement): no training can part them.",
        ),
        Line(
            rf"\min_p L = -\bar y \log \bar y - (1 - \bar y)\log(1 - \bar y) = "
            rf"{latex(entropy(result), 8)}",
            "With equal states and the mean all nodes stay equal, so the training loss cannot fall "
            "below the entropy of the training labels.",
        ),
    )


def _plain(name: str) -> str:
    kept = "".join(c for c in name if c.isalnum() or c in " .-")
    return rf"\text{{{kept}}}" if kept else r"\cdot"


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
