"""How a learner spells a formula, turned into Python's own syntax tree.

Understood are ``2w``, ``w²``, ``b(1 - e)``, ``log b``, ``e^(-2)`` and the like; the alphabet is
fixed.
"""

import ast
import math
import re
from itertools import pairwise

MAX_LENGTH = 200
MAX_DEPTH = 40
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_PARTS = {"½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)"}
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉·×∙⋅−–√[]{}", "0123456789****--√()()")
_BASE = re.compile(r"e(?=\s*\^)")
_NUMBER = re.compile(r"\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?")


def parse(text: str, names: tuple[str, ...], functions: tuple[str, ...]) -> ast.expr:
    """The syntax tree of what was typed; every name in it is prefixed with ``v_``.

    Raises:
        ValueError: with a sentence on what cannot be read.
    """
    text = text.strip()
    if not text:
        raise ValueError("there is nothing to read: type a formula")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"the formula has {len(text)} characters, at most {MAX_LENGTH} are read")
    tokens = _tokens(text, names, functions)
    _check_brackets(tokens, text)
    _check_gaps(tokens, functions, text)
    source = " ".join(_with_products(_with_brackets(tokens, functions), functions))
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        raise ValueError(f"cannot read '{text}'") from None
    if _depth(tree) > MAX_DEPTH:
        raise ValueError("the formula is nested too deeply")
    return tree


def _plain(text: str) -> str:
    raised = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda m: f"^({m.group().translate(_SUPERSCRIPTS)})", text)
    raised = re.sub("[½¼¾]", lambda m: _PARTS[m.group()], raised)
    return raised.translate(_PLAIN).replace("√", "sqrt ").replace("**", "^")


def _tokens(text: str, names: tuple[str, ...], functions: tuple[str, ...]) -> list[str]:
    known = sorted((*names, *functions), key=len, reverse=True)
    rest, tokens = _plain(text), list[str]()
    while rest := rest.lstrip():
        number = _NUMBER.match(rest)
        name = next((n for n in known if rest.startswith(n)), None)
        if name is None and "exp" in functions and _BASE.match(rest):
            name = "e"
        if number and not (number.group().lower().find("e") > 0 and "e" in names):
            token = number.group()
        elif number:
            token = re.match(r"\d+\.?\d*|\.\d+", rest).group()  # type: ignore[union-attr]
        elif name:
            token = name
        elif rest[0] in "+-*/^()":
            token = rest[0]
        else:
            raise ValueError(_unknown(text, rest, names, functions))
        if number and not math.isfinite(float(token)):
            raise ValueError(f"cannot read '{text}': {token} is too large a number")
        tokens.append(token)
        rest = rest[len(token) :]
        if token in ("log", "ln") and rest[:1].isdigit():
            raise ValueError(
                f"cannot read '{text}': log is the natural one; write its argument in brackets"
            )
    return tokens


def _unknown(text: str, rest: str, names: tuple[str, ...], functions: tuple[str, ...]) -> str:
    found = re.match(r"\w+|.", rest).group()  # type: ignore[union-attr]
    words = ", ".join((*names, "numbers", *functions))
    return f"cannot read '{text}': only {words} and + - * / ^ ( ) are understood; found '{found}'"


def _check_brackets(tokens: list[str], text: str) -> None:
    depth = 0
    for token in tokens:
        depth += (token == "(") - (token == ")")
        if depth < 0:
            raise ValueError(f"cannot read '{text}': a bracket is closed that was not opened")
    if depth:
        raise ValueError(f"cannot read '{text}': a bracket is not closed")


def _check_gaps(tokens: list[str], functions: tuple[str, ...], text: str) -> None:
    for left, right in pairwise([*tokens, ")"]):
        if (left in functions or left in "+-*/^(") and right in "*/^)":
            raise ValueError(f"cannot read '{text}': something is missing after '{left}'")
        if _NUMBER.fullmatch(left) and _NUMBER.fullmatch(right):
            raise ValueError(f"cannot read '{text}': an operator is missing after '{left}'")


def _with_brackets(tokens: list[str], functions: tuple[str, ...]) -> list[str]:
    """Turn ``log b`` into ``log ( b )``: a bare function takes the one factor after it."""
    out: list[str] = []
    i = 0
    while i < len(tokens):
        out.append(tokens[i])
        bare = tokens[i] in functions and i + 1 < len(tokens) and tokens[i + 1] != "("
        if bare and tokens[i + 1] not in functions:
            out += ["(", tokens[i + 1], ")"]
            i += 1
        i += 1
    return out


def _with_products(tokens: list[str], functions: tuple[str, ...]) -> list[str]:
    out: list[str] = []
    for left, right in pairwise(["", *tokens]):
        ends = left == ")" or (left not in functions and re.fullmatch(r"[\w.]+", left))
        starts = right == "(" or re.fullmatch(r"[\w.]+", right)
        if ends and starts:
            out.append("*")
        out.append("**" if right == "^" else _spelled(right))
    return out


def _spelled(token: str) -> str:
    """Keep numbers such as 007 and names such as `lambda` readable for Python's own reader."""
    if _NUMBER.fullmatch(token):
        return repr(float(token)) if not token.isdigit() else str(int(token))
    return f"v_{token}" if re.fullmatch(r"\w+", token) else token


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level and depth <= MAX_DEPTH * 4:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
    return (depth + 1) // 2
