"""What is written into the unrolled graph: values, derivatives, shares and the sum."""

from dataclasses import dataclass
from typing import Any

from viz.draw.numbers import short
from viz.rnn import compute
from viz.rnn.results import Graph

# As many signs of a sum of numbers as a phone's band holds, with its name and its result.
NARROW = 34
SUBS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class Labels:
    """All texts of one graph, in the order of the chain and of the uses of w.

    Attributes:
        values, derivatives: by edge of the chain.
        products: what each use of w multiplies, "p·∂q".
        shares: what it contributes.
        total: dy/dw.
    """

    values: tuple[str, ...]
    derivatives: tuple[str, ...]
    products: tuple[str, ...]
    shares: tuple[str, ...]
    total: str

    def share(self, use: int, *, told: bool, joint: str) -> str:
        """The share beside the edge of a use; bold once it is in the sum."""
        value = f"<b>{self.shares[use]}</b>" if told else self.shares[use]
        return f"{self.products[use]} ={joint}{value}" if joint else value


def symbol(name: str) -> str:
    """A node's name as figure text."""
    number = f"<sub>{name[1:]}</sub>" if name[1:] else ""
    return f"<i>{name[0]}</i>{number}"


def bracketed(value: float) -> str:
    """A number that may stand behind an operator."""
    return f"({short(value)})" if value < 0 else short(value)


def graph_labels(result: Graph) -> Labels:
    """Numbers, or polynomials; for more than three steps each polynomial by its last step only."""
    names, count = result.names, result.num_steps
    nodes = [symbol(name) for name in names]
    slope = [f"(1−{nodes[2 * i + 1]}²)·" if result.tanh else "" for i in range(count)]
    products = tuple(f"{nodes[2 * i]}·{slope[i]}∂{nodes[2 * i + 1]}" for i in range(count))
    if not result.symbolic:
        digits = 3 if result.tanh or count > 3 else 4
        columns = (result.chain, result.derivatives, result.back.edges)
        values, derivatives, shares = (
            tuple(short(number, digits) for number in column) for column in columns
        )
        return Labels(values, derivatives, products, shares, short(result.back.dw, 6))
    powers = tuple(power(count - i // 2 - i % 2) for i in range(2 * count))
    known = compute.symbols(count)
    total = polynomial_text(known["dw"])
    if count <= 3:
        values = tuple(polynomial_text(known[node]) for node in compute.nodes(count))
        shares = tuple(polynomial_text(known[f"edge{k}"]) for k in range(1, count + 1))
        return Labels(values, powers, products, shares, total)
    values = tuple(_last_step(nodes, i) for i in range(2 * count))
    shares = tuple(
        f"{powers[2 * i + 1]}·{nodes[2 * i]}" if i < count - 1 else nodes[2 * i]
        for i in range(count)
    )
    return Labels(values, powers, products, shares, total)


def _last_step(nodes: list[str], i: int) -> str:
    """How a node comes from the one before it."""
    if i % 2:
        return f"<i>w</i>·{nodes[i - 1]}"
    fed = f"<i>u</i><sub>{i // 2 + 1}</sub>"
    return f"{fed} + {nodes[i - 1]}" if i else fed


def power(exponent: int) -> str:
    """A power of w as figure text."""
    return {0: "1", 1: "<i>w</i>"}.get(exponent, f"<i>w</i><sup>{exponent}</sup>")


def polynomial_text(polynomial: Any) -> str:
    """A polynomial in w and the inputs as figure text, the newest input first."""
    parts = []
    for exponents, factor in sorted(polynomial.terms.items(), key=lambda item: item[0][0]):
        number = "" if factor == 1 else f"{factor}"
        inputs = "".join(f"<i>u</i><sub>{k}</sub>" for k, e in enumerate(exponents[1:], 1) if e)
        parts.append(f"{number}{power(exponents[0]) if exponents[0] else ''}{inputs}" or "1")
    return " + ".join(parts)


def banner(result: Graph, said: Labels, told: int, upright: bool) -> str:
    """The sum dy/dw as far as its shares have dropped into it."""
    count = result.num_steps
    front = "d<i>y</i>/d<i>w</i> = "
    if result.symbolic and (upright or count > 4):
        return front + (said.total if told == count else "…")
    terms = list(said.products[:told])
    if not told:
        return f"{front}{'' if upright or count > 4 else ' + '.join(said.products)}"
    more = "" if told == count else " + …"
    if result.symbolic:
        return f"{front}{' + '.join(terms)}{more}" + (f" = {said.total}" if not more else "")
    shares = [bracketed(edge) for edge in result.back.edges]
    if upright and (count > 4 or len(" + ".join(shares)) > NARROW):
        return front + (f"<b>{said.total}</b>" if not more else "…")
    body = " + ".join(shares[:told]) + (more or f" = <b>{said.total}</b>")
    wordy = upright or count > 4 or result.tanh
    return front + (body if wordy else f"{' + '.join(terms)}{more} = {body}")
