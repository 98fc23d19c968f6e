"""The architecture line: CONV3-10 / POOL2 / ... / FC-3 read into layers."""

import re
from dataclasses import replace
from difflib import get_close_matches

from viz.cnn.compute import Layer

MAX_LAYERS = 60
MAX_LENGTH = 2000
MAX_KERNEL, MAX_FILTERS, MAX_OUTPUTS, MAX_STEP = 11, 4096, 10_000, 16
HEADS = ("CONV", "POOL", "FLATTEN", "GAP", "FC", "RELU", "BN")
_SEPARATOR = re.compile(r"->|→|[/,;\n]")
_OPTION = re.compile(r"[SP]\d+|CIRC|BOTH|AVG")


def parse(text: str) -> tuple[Layer, ...]:
    """Read layers parted by / -> → , ; spaces or line ends; case does not matter.

    CONVk-F [sN] [pN] [circ | circ both], POOLk [avg], FLATTEN, GAP, FC-K, RELU, BN. A
    convolution has stride 1 and padding ⌊k/2⌋ on both sides unless it says otherwise; ``circ``
    wraps around and keeps the size: ⌊k/2⌋ before and k − 1 − ⌊k/2⌋ after. ``circ both`` wraps
    ⌊k/2⌋ on both sides, as torch's ``padding_mode="circular"`` does.

    Raises:
        ValueError: a sentence with the number of the layer, from 1.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(
            f"an architecture may have at most {MAX_LENGTH} characters, got {len(text)}"
        )
    groups = _groups(text)
    if not groups:
        raise ValueError("write at least one layer, e.g. CONV3-10")
    if len(groups) > MAX_LAYERS:
        raise ValueError(f"an architecture may have at most {MAX_LAYERS} layers, got {len(groups)}")
    layers = []
    for number, (word, options) in enumerate(groups, 1):
        try:
            layers.append(_layer(word, options))
        except ValueError as error:
            raise ValueError(f"layer {number}: {error}") from None
    return tuple(layers)


def written(layers: tuple[Layer, ...]) -> str:
    """The line that `parse` reads back into these layers."""
    return " / ".join(layer.token for layer in layers)


def _groups(text: str) -> list[tuple[str, list[str]]]:
    """Every layer's word and the options after it."""
    groups: list[tuple[str, list[str]]] = []
    for part in _SEPARATOR.split(text):
        for place, word in enumerate(part.split()):
            if place and _OPTION.fullmatch(word.upper()):
                groups[-1][1].append(word)
            else:
                groups.append((word, []))
    return groups


def _layer(word: str, options: list[str]) -> Layer:
    upper = word.upper()
    found = re.fullmatch(r"([A-Z]+)(\d*)(-?)(\d*)", upper)
    if found is None or found.group(1) not in HEADS:
        raise ValueError(_unknown(word))
    head, first, _, second = found.groups()
    if head == "CONV":
        return _conv(upper, first, second, options)
    if head == "POOL":
        return _pool(upper, first, second, options)
    if options:
        raise ValueError(f"{upper} takes no option, got '{options[0]}'")
    if head == "FC":
        outputs = second or first
        if not outputs:
            raise ValueError("FC lacks the number of outputs, e.g. FC-3")
        count = _within(outputs, MAX_OUTPUTS, f"FC-{outputs} has {_short(outputs)} outputs")
        return Layer("fc", f"FC-{count}", out_channels=count)
    if first or second:
        raise ValueError(f"{head} takes no number, got {word}")
    kinds = {"FLATTEN": "flatten", "GAP": "gap", "RELU": "relu", "BN": "bn"}
    return Layer(kinds[head], head)  # type: ignore[arg-type]


def _conv(word: str, first: str, second: str, options: list[str]) -> Layer:
    if not first:
        raise ValueError(f"{word} lacks the side of its filters, e.g. CONV3-10")
    if not second:
        raise ValueError(f"{word} lacks the number of filters, e.g. CONV{first}-10")
    kernel = _within(first, MAX_KERNEL, f"{word} has filters of side {_short(first)}")
    filters = _within(second, MAX_FILTERS, f"{word} has {_short(second)} filters")
    half = kernel // 2
    layer = Layer("conv", f"CONV{kernel}-{filters}", kernel, filters, before=half, after=half)
    wraps = [option.upper() for option in options if option.upper() in ("CIRC", "BOTH")]
    for option in options:
        layer = _with_option(layer, option.upper(), word)
    if wraps not in ([], ["CIRC"], ["CIRC", "BOTH"]):
        raise ValueError(f"{word}: wrapping is written 'circ' or 'circ both'")
    if wraps and any(option.upper().startswith("P") for option in options):
        raise ValueError(f"{word}: circ sets the padding itself; leave p out")
    after = half if wraps == ["CIRC", "BOTH"] else kernel - 1 - half
    if wraps:
        layer = replace(layer, after=after, padding_mode="circular")
    return replace(layer, token=_token(layer, wraps))


def _with_option(layer: Layer, option: str, word: str) -> Layer:
    if option == "AVG":
        raise ValueError(f"{word} cannot be averaged; avg belongs to POOL")
    if option.startswith("S"):
        return replace(
            layer, stride=_within(option[1:], MAX_STEP, f"{word} has stride {option[1:]}")
        )
    if option.startswith("P"):
        width = _within(option[1:], MAX_STEP, f"{word} has padding {option[1:]}", low=0)
        return replace(layer, before=width, after=width)
    return layer


def _token(layer: Layer, wraps: list[str]) -> str:
    parts = [layer.token]
    if layer.stride != 1:
        parts.append(f"s{layer.stride}")
    if not wraps and layer.before != layer.kernel_size // 2:
        parts.append(f"p{layer.before}")
    return " ".join([*parts, *(wrap.lower() for wrap in wraps)])


def _pool(word: str, first: str, second: str, options: list[str]) -> Layer:
    if not first or second:
        raise ValueError(f"{word} needs one number, the side of its squares, e.g. POOL2")
    side = _within(first, MAX_KERNEL, f"{word} has squares of side {_short(first)}")
    wrong = [option for option in options if option.upper() != "AVG"]
    if wrong:
        raise ValueError(f"{word} takes only the option avg, got '{wrong[0]}'")
    token = f"POOL{side}{' avg' if options else ''}"
    return Layer("pool", token, side, stride=side, average=bool(options))


def _within(digits: str, high: int, words: str, low: int = 1) -> int:
    # A long row of digits is refused before it becomes a number.
    value = int(digits) if len(digits) <= 9 else high + 1
    if not low <= value <= high:
        raise ValueError(f"{words}; use {low} to {high}")
    return value


def _short(digits: str) -> str:
    return digits if len(digits) <= 9 else f"{digits[:8]}…"


def _unknown(word: str) -> str:
    shown = word if len(word) <= 20 else f"{word[:19]}…"
    found = re.match(r"([A-Za-z]+)(.*)", word[:20])
    near = get_close_matches(found.group(1).upper(), HEADS, n=1, cutoff=0.6) if found else []
    if found and near:
        rest = found.group(2) if re.fullmatch(r"\d*(-?\d+)?", found.group(2)) else ""
        return f"cannot read '{shown}'; did you mean {near[0]}{rest}?"
    return f"cannot read '{shown}'; layers are {', '.join(HEADS[:-1])} and {HEADS[-1]}"
