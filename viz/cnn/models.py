"""The same nets in PyTorch: parameter counts, outputs, and the support of a gradient."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from viz.cnn.compute import Layer, Row, Shape, analyse
from viz.cnn.maps import Array, Parameters

if TYPE_CHECKING:
    import torch


def torch_model(
    layers: Sequence[Layer],
    input_shape: Shape,
    parameters: Parameters | None = None,
    *,
    device: str = "cpu",
) -> "torch.nn.Sequential":
    """The layers as ``torch.nn`` modules.

    Args:
        layers: as in `viz.cnn.compute.analyse`.
        input_shape: (height, width, channels).
        parameters: weights and biases as in `viz.cnn.maps.forward`; torch's own start if None.
        device: "meta" builds shapes without numbers, so that a large net costs no memory.
    """
    import torch

    rows = analyse(layers, input_shape)
    modules: list[torch.nn.Module] = []
    for place, layer in enumerate(layers):
        made = _modules(layer, rows[place], device)
        known = parameters[place] if parameters else None
        if known is not None:
            _set(made[-1], known)
        modules += made
    return torch.nn.Sequential(*modules)


def _modules(layer: Layer, before: Row, device: str) -> list[Any]:
    from torch import nn

    channels = before.shape[-1]
    match layer.kind:
        case "conv":
            return _conv(layer, channels, device)
        case "pool":
            kind = nn.AvgPool2d if layer.average else nn.MaxPool2d
            return [kind(layer.kernel_size)]
        case "flatten":
            return [nn.Flatten()]
        case "gap":
            return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        case "fc":
            return [nn.Linear(before.activations, layer.out_channels, device=device)]
        case "bn":
            norm = nn.BatchNorm2d if before.is_image else nn.BatchNorm1d
            return [norm(channels, device=device)]
    return [nn.ReLU()]


def _conv(layer: Layer, channels: int, device: str) -> list[Any]:
    from torch import nn

    sides = (layer.before, layer.after) * 2
    kernel, filters, stride = layer.kernel_size, layer.out_channels, layer.stride
    if layer.before == layer.after:
        return [
            nn.Conv2d(
                channels,
                filters,
                kernel,
                stride,
                layer.before,
                padding_mode=layer.padding_mode,
                device=device,
            )
        ]
    padded = nn.CircularPad2d if layer.padding_mode == "circular" else nn.ZeroPad2d
    return [padded(sides), nn.Conv2d(channels, filters, kernel, stride, device=device)]


def _set(module: Any, known: tuple[Array, Array]) -> None:
    import torch

    weight, bias = (torch.from_numpy(np.array(part)) for part in known)
    module.weight, module.bias = torch.nn.Parameter(weight), torch.nn.Parameter(bias)


def count_parameters(layers: Sequence[Layer], input_shape: Shape) -> int:
    """What ``sum(p.numel() for p in model.parameters())`` gives."""
    model = torch_model(layers, input_shape, device="meta")
    return sum(p.numel() for p in model.parameters())


def outputs(layers: Sequence[Layer], parameters: Parameters, images: Array) -> Array:
    """The net's outputs for images of shape (N, C, H, W), in torch's float64."""
    import torch

    channels, height, width = images.shape[1:]
    model = torch_model(layers, (height, width, channels), parameters).double()
    with torch.no_grad():
        found: Array = model(torch.from_numpy(images)).numpy()
    return found


def gradient_support(layers: Sequence[Layer], input_shape: Shape) -> tuple[int, int]:
    """Rows and columns of the input that the middle output depends on, by autograd.

    Every weight is 1 and pooling takes the mean, so that no input is hidden by a larger one.
    """
    import torch

    model = torch_model(layers, input_shape)
    for parameter in model.parameters():
        torch.nn.init.ones_(parameter)
    smooth = [
        torch.nn.AvgPool2d(m.kernel_size) if isinstance(m, torch.nn.MaxPool2d) else m for m in model
    ]
    height, width, channels = input_shape
    image = torch.ones(1, channels, height, width, requires_grad=True)
    found = torch.nn.Sequential(*smooth).eval()(image)
    found[0, 0, found.shape[2] // 2, found.shape[3] // 2].backward()
    assert image.grad is not None
    touched = image.grad[0, 0] != 0
    return int(touched.any(dim=1).sum()), int(touched.any(dim=0).sum())
