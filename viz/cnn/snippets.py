"""PyTorch for every view, with the state's own numbers in it."""

from collections.abc import Sequence

import numpy as np

from viz.cnn import training
from viz.cnn.compute import Layer, Row, analyse, size_text
from viz.cnn.filters import FilterWalk
from viz.cnn.maps import Array
from viz.cnn.slides import Slide
from viz.cnn.sweeps import STEPS, Sweep
from viz.cnn.tabulation import Table

MANY = 50_000_000


def module_lines(layer: Layer, before: Row) -> list[str]:
    """The calls that build a layer after what ``before`` puts out."""
    channels = before.shape[-1]
    match layer.kind:
        case "conv":
            return _conv_lines(layer, channels)
        case "pool":
            return [f"nn.{'Avg' if layer.average else 'Max'}Pool2d({layer.kernel_size})"]
        case "flatten":
            return ["nn.Flatten()"]
        case "gap":
            return ["nn.AdaptiveAvgPool2d(1)", "nn.Flatten()"]
        case "fc":
            return [f"nn.Linear({before.activations}, {layer.out_channels})"]
        case "bn":
            return [f"nn.BatchNorm{2 if before.is_image else 1}d({channels})"]
    return ["nn.ReLU()"]


def _conv_lines(layer: Layer, channels: int) -> list[str]:
    call = f"nn.Conv2d({channels}, {layer.out_channels}, {layer.kernel_size}"
    call += f", stride={layer.stride}" if layer.stride > 1 else ""
    circular = layer.padding_mode == "circular"
    if layer.before != layer.after:
        sides = (layer.before, layer.after) * 2
        return [f"nn.{'Circular' if circular else 'Zero'}Pad2d({sides})", f"{call})"]
    call += f", padding={layer.before}" if layer.before else ""
    wraps = ', padding_mode="circular"' if circular and layer.before else ""
    return [f"{call}{wraps})"]


def _sequential(layers: Sequence[Layer], rows: Sequence[Row], indent: str = "") -> str:
    lines = []
    for layer, before, row in zip(layers, rows, rows[1:], strict=False):
        *pads, last = module_lines(layer, before)
        learned = f", {row.num_params:,} parameters" if row.num_params else ""
        lines += [f"{indent}    {pad}," for pad in pads]
        lines.append(f"{indent}    {last},  # {size_text(row.shape)}{learned}")
    body = "\n".join(lines)
    return f"{indent}model = nn.Sequential(\n{body}\n{indent})"


def table_snippet(table: Table) -> str:
    """The net as modules; its parameters, in all and by layer."""
    height, width, channels = table.rows[0].shape
    model = _sequential(table.layers, table.rows)
    device = ""
    if table.totals.num_params > MANY:
        indented = _sequential(table.layers, table.rows, "    ")
        model = f'with torch.device("meta"):  # shapes alone, no memory\n{indented}'
        device = ', device="meta"'
    return f"""import torch
from torch import nn

{model}

x = torch.zeros(1, {channels}, {height}, {width}{device})  # torch puts channels first
model.eval()
for layer in model:
    x = layer(x)
    print(f"{{type(layer).__name__:18}} {{tuple(x.shape[1:])}}")

learned = [layer for layer in model if hasattr(layer, "weight")]
by_layer = [sum(p.numel() for p in layer.parameters()) for layer in learned]
answer = [sum(by_layer), *by_layer]
print("parameters:", answer)
"""


def slide_snippet(result: Slide) -> str:
    """The features of the image at rest and of the shift that is shown first."""
    rows = analyse(result.layers, (*result.image.shape, 1))
    shift = result.shifts[result.start]
    weights = [known for known in result.parameters if known is not None]
    numbers = "\n".join(f"    {_listed(part)},\n    {_listed(bias)}," for part, bias in weights)
    return f"""import torch
from torch import nn

{_sequential(result.layers, rows)}
numbers = [
{numbers}
]
for parameter, number in zip(model.parameters(), numbers, strict=True):
    parameter.data = torch.tensor(number, dtype=torch.float64)

image = torch.tensor({_listed(result.image)}, dtype=torch.float64)[None, None]
shifted = torch.roll(image, {tuple(int(by) for by in shift)!r}, dims=(2, 3))
with torch.no_grad():
    at_rest, moved = model(image)[0], model(shifted)[0]

print("at rest", at_rest.tolist(), "shifted", moved.tolist())
answer = [*at_rest.tolist(), *moved.tolist()]
"""


def _listed(values: Array) -> str:
    """Nested lists; whole numbers without decimals."""
    whole = bool(np.all(values == np.round(values)))
    return repr(values.astype(int).tolist() if whole else values.tolist())


def sweep_snippet(result: Sweep) -> str:
    """How far the outputs of the architecture move when a line does, without any training."""
    middle = training.SIDE // 2
    line = f"image[0, 0, {middle}] = 1" if result.kind == 0 else f"image[0, 0, :, {middle}] = 1"
    axis = 2 + result.kind
    return f"""import torch
from torch import nn

{_sequential(training.net(result.net), result.rows)}
model.double()

start = 1  # weights that need no training: 0.3 cos(1), 0.3 cos(2), ...
for parameter in model.parameters():
    count = torch.arange(start, start + parameter.numel(), dtype=torch.float64)
    parameter.data = (0.3 * torch.cos(count)).reshape(parameter.shape)
    start += parameter.numel()

image = torch.zeros(1, 1, {training.SIDE}, {training.SIDE}, dtype=torch.float64)
{line}
with torch.no_grad():
    rest = model(image)
    moved = torch.cat([model(torch.roll(image, by, dims={axis})) for by in {STEPS}])

answer = ((moved - rest).abs().max() / rest.abs().max()).item()
print("largest change of an output, over the largest output:", answer)
"""


def filter_snippet(result: FilterWalk) -> str:
    """The map of one filter, and its number at the position that is shown first."""
    row, column = divmod(result.strongest, result.output.shape[1])
    mode = "circular" if result.mode == "circular" else "constant"
    return f"""import torch
from torch.nn import functional as F

picture = torch.tensor({_listed(result.picture)}, dtype=torch.float64)[None, None]
kernel = torch.tensor({_listed(result.kernel)}, dtype=torch.float64)[None, None]

padded = F.pad(picture, ({result.padding},) * 4, mode="{mode}")
found = F.conv2d(padded, kernel, stride={result.stride})[0, 0]
print("map", tuple(found.shape))
answer = [found[{row}, {column}].item(), found.sum().item()]
"""


def slide_answer(result: Slide) -> list[float]:
    """The features at rest, then shifted."""
    both = (*result.features_at_rest, *result.features[result.start])
    return [float(value) for value in both]


def table_answer(table: Table) -> list[int]:
    """The parameters in all, then of every layer that learns."""
    learned = [row.num_params for row in table.rows if row.num_params]
    return [sum(learned), *learned]


def filter_answer(result: FilterWalk) -> list[float]:
    """The filter's number at a position, and the sum of its map."""
    row, column = divmod(result.strongest, result.output.shape[1])
    return [float(result.output[row, column]), float(result.output.sum())]
