"""Formulas that a learner typed: a small language read into values and exact polynomials.

Text becomes tokens of a fixed alphabet, the tokens become Python's syntax tree, and only
arithmetic nodes of that tree are walked. Nothing typed is ever executed.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from viz import spelling

MAX_TERMS = 400
MAX_POWER = 20
MAX_BITS = 4000

FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "log": math.log,
    "ln": math.log,
    "log10": math.log10,
    "exp": math.exp,
    "tanh": math.tanh,
    "sqrt": math.sqrt,
}
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


@dataclass(frozen=True, slots=True)
class Expression:
    """A formula that was read; ``evaluate`` gives its value for values of its names.

    Attributes:
        text: as it was typed.
        names: what may stand in it.
        tree: Python's syntax tree, in which names begin with ``v_``.
    """

    text: str
    names: tuple[str, ...]
    tree: ast.expr = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, float] | None = None) -> float:
        """The formula's value.

        Raises:
            ValueError: it has none there (division by zero, log of 0, overflow).
        """
        try:
            result = _value(self.tree, {"e": math.e, **(values or {})})
        except (ZeroDivisionError, OverflowError, ValueError):
            raise ValueError(f"'{self.text}' has no value there") from None
        if isinstance(result, complex) or not math.isfinite(result):
            raise ValueError(f"'{self.text}' has no finite value there")
        return result


@dataclass(frozen=True, slots=True)
class Polynomial:
    """An exact polynomial: exponents of ``names`` -> rational coefficient, zeros left out."""

    names: tuple[str, ...]
    terms: Mapping[tuple[int, ...], Fraction]

    def __add__(self, other: "Polynomial") -> "Polynomial":
        terms = dict(self.terms)
        for exponents, factor in other.terms.items():
            terms[exponents] = terms.get(exponents, Fraction(0)) + factor
        return _polynomial(self.names, terms)

    def __mul__(self, other: "Polynomial") -> "Polynomial":
        terms: dict[tuple[int, ...], Fraction] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                key = tuple(i + j for i, j in zip(left, right, strict=True))
                terms[key] = terms.get(key, Fraction(0)) + a * b
        return _polynomial(self.names, terms)

    def __pow__(self, power: int) -> "Polynomial":
        result = constant(1, self.names)
        for _ in range(power):
            result = result * self
        return result

    def evaluate(self, values: Mapping[str, float]) -> float:
        """Its value; math.fsum keeps the sum exact to the last bit but one."""
        return math.fsum(
            float(factor) * math.prod(values[n] ** e for n, e in zip(self.names, key, strict=True))
            for key, factor in self.terms.items()
        )


def read_expression(
    text: str, names: tuple[str, ...], *, functions: tuple[str, ...] = tuple(FUNCTIONS)
) -> Expression:
    """Read a formula in ``names``: ``2wu2``, ``bc(1-e)``, ``log b``, ``w²``, ``y = 0,5^½``.

    ``log`` and ``ln`` are both the natural logarithm, ``log10`` is the decimal one. A power of
    ``e`` is one of Euler's number where ``e`` is not a name and ``exp`` a function.

    Raises:
        ValueError: a sentence that says what cannot be read.
    """
    asked = re.sub(r"^\s*[^\W\d]{1,8}\s*=", "", text)  # "y = ..."
    asked = re.sub(r"\d+(,\d+)+", _with_point, asked)
    return Expression(text.strip(), names, spelling.parse(asked, names, functions))


def read_number(text: str) -> float:
    """Read one number: a decimal, a fraction, plain arithmetic, a percentage, or "2.5x".

    Raises:
        ValueError: a sentence that says what cannot be read, or what can be read in two ways.
    """
    plain = re.sub("[\u2009\u202f\u00a0]", "", text.strip().lstrip("≈~= "))
    plain = re.sub(r"(?<=\d)\s*[x×]$", "", plain)
    if re.fullmatch(r"[-−]?\d{1,3}( \d{3})+", plain):
        plain = plain.replace(" ", "")
    if not plain:
        raise ValueError("there is nothing to read: type a number")
    if plain.endswith("%"):
        return read_expression(plain[:-1], ()).evaluate() / 100
    return read_expression(plain, ()).evaluate()


def _with_point(found: re.Match[str]) -> str:
    """A number with commas as one without: they part thousands, or stand for the point."""
    number = found.group()
    if re.fullmatch(r"\d{1,3}(,\d{3}){2,}", number):
        return number.replace(",", "")
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", number):
        whole, point = number.replace(",", ""), number.replace(",", ".")
        raise ValueError(f"'{number}' can be read in two ways: write {whole} or {point}")
    return number.replace(",", ".") if number.count(",") == 1 else number


def read_polynomial(
    text: str, names: tuple[str, ...], given: Mapping[str, Polynomial] | None = None
) -> Polynomial:
    """Read a polynomial in ``names`` into its exact normal form.

    Two texts mean the same polynomial exactly when their normal forms are equal.

    Args:
        text: at most 200 characters; rationals as ``3/4``, powers whole and at most 20.
        names: the variables.
        given: further names that stand for polynomials in the same variables.

    Raises:
        ValueError: a sentence that says what cannot be read.
    """
    given = given or {}
    tree = spelling.parse(text, (*names, *given), ())
    return _expand(tree, names, given, text.strip())


def constant(value: Fraction | int, names: tuple[str, ...]) -> Polynomial:
    """The polynomial that is this number everywhere."""
    return _polynomial(names, {(0,) * len(names): Fraction(value)})


def variable(name: str, names: tuple[str, ...]) -> Polynomial:
    """The polynomial that is the variable ``name``."""
    return _polynomial(names, {tuple(int(n == name) for n in names): Fraction(1)})


def _polynomial(names: tuple[str, ...], terms: Mapping[tuple[int, ...], Fraction]) -> Polynomial:
    kept = {key: factor for key, factor in terms.items() if factor}
    if len(kept) > MAX_TERMS:
        raise ValueError(f"the polynomial has more than {MAX_TERMS} terms")
    if any(
        factor.numerator.bit_length() + factor.denominator.bit_length() > MAX_BITS
        for factor in kept.values()
    ):
        raise ValueError("a coefficient of the polynomial is too long")
    return Polynomial(names, kept)


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name):
            return float(values[name[2:]])
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, values)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name[2:] in FUNCTIONS:
            return FUNCTIONS[name[2:]](_value(argument, values))
    raise ValueError("it uses something that is not arithmetic")


def _expand(
    node: ast.expr, names: tuple[str, ...], given: Mapping[str, Polynomial], text: str
) -> Polynomial:
    def expand(part: ast.expr) -> Polynomial:
        return _expand(part, names, given, text)

    match node:
        case ast.Constant(value=int() | float() as value):
            return constant(Fraction(str(value)), names)
        case ast.Name(id=name):
            return given[name[2:]] if name[2:] in given else variable(name[2:], names)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return constant(-1, names) * expand(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return expand(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return expand(left) + expand(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return expand(left) + constant(-1, names) * expand(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return expand(left) * expand(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return expand(left) * constant(1 / _rational(expand(right), text), names)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return expand(left) ** _power(expand(right), text)
    raise ValueError(f"cannot read '{text}' as a polynomial")


def _rational(divisor: Polynomial, text: str) -> Fraction:
    if set(divisor.terms) != {(0,) * len(divisor.names)}:
        raise ValueError(f"cannot read '{text}': only division by a number other than 0 is allowed")
    return next(iter(divisor.terms.values()))


def _power(exponent: Polynomial, text: str) -> int:
    value = _rational(exponent, text) if exponent.terms else Fraction(0)
    if value.denominator != 1 or not 0 <= value <= MAX_POWER:
        raise ValueError(f"cannot read '{text}': a power must be a whole number up to {MAX_POWER}")
    return int(value)
