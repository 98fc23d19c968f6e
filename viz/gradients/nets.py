"""Deep nets as they are initialized: what one is made of, and what a seed draws for it."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Activation = Literal["relu", "tanh", "sigmoid", "linear"]
Init = Literal["xavier", "he", "normal"]

MAX_DEPTH = 100
BLOCK = 2**18


@dataclass(frozen=True, slots=True, kw_only=True)
class NetSpec:
    """One net: square layers without biases, rows of the hidden state are samples.

    Plain: z = h W', batch norm of z if asked, h = act(z). Residual (pre-activation):
    u = batch norm of h if asked, h = h + branch_scale * act(u) W'. Batch norm has no scale and
    shift, divides by the root of the batch's variance (over n) + eps.

    Attributes:
        depth: number of layers L.
        width: neurons per layer n.
        batch: samples B.
        gain: factor on the standard deviation that ``init`` gives.
        seed: of one generator, drawn in the order weights, input, probe.

    Raises:
        ValueError: naming parameter, rule and value.
    """

    depth: int = 50
    width: int = 128
    batch: int = 128
    act: Activation = "relu"
    init: Init = "xavier"
    gain: float = 1.0
    residual: bool = False
    branch_scale: float = 1.0
    batch_norm: bool = False
    eps: float = 1e-5
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.depth <= MAX_DEPTH:
            raise ValueError(f"depth must be between 1 and {MAX_DEPTH}, got {self.depth}")
        if self.width < 1:
            raise ValueError(f"width must be at least 1, got {self.width}")
        if self.batch < 1:
            raise ValueError(f"batch must be at least 1, got {self.batch}")
        if self.batch_norm and self.batch < 2:
            raise ValueError(f"batch norm needs a batch of at least 2, got {self.batch}")
        if self.act not in get_args(Activation):
            raise ValueError(f"act must be one of relu, tanh, sigmoid, linear; got '{self.act}'")
        if not self.gain > 0:
            raise ValueError(f"gain must be positive, got {self.gain:g}")
        if self.branch_scale < 0:
            raise ValueError(f"branch_scale must be at least 0, got {self.branch_scale:g}")
        if self.eps < 0:
            raise ValueError(f"eps must be at least 0, got {self.eps:g}")
        init_std(self.init, self.width, self.width)

    @property
    def weight_std(self) -> float:
        """Standard deviation of every weight."""
        return init_std(self.init, self.width, self.width, gain=self.gain)

    @property
    def cost(self) -> int:
        """Multiplications of one pass through all layers, L B n^2."""
        return self.depth * self.batch * self.width**2


def init_std(kind: str, fan_in: int, fan_out: int, *, gain: float = 1.0) -> float:
    """Standard deviation of an initialization.

    Xavier sqrt(2 / (fan_in + fan_out)), He sqrt(2 / fan_in), normal 1; times ``gain``.

    Raises:
        ValueError: another kind.
    """
    match kind:
        case "xavier":
            return gain * math.sqrt(2 / (fan_in + fan_out))
        case "he":
            return gain * math.sqrt(2 / fan_in)
        case "normal":
            return gain
    raise ValueError(f"init must be one of xavier, he, normal; got '{kind}'")


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """What one seed draws.

    Attributes:
        weights: shape (L, n, n); rows are outputs.
        x: shape (B, n), standard normal.
        probe: shape (B, n), the gradient that arrives at the output, Frobenius norm 1.
    """

    weights: Array
    x: Array
    probe: Array


def draw(spec: NetSpec) -> Draw:
    """Weights, input and probe of a net, in this order from one generator.

    A deeper net of the same seed has the same first layers.
    """
    square, rows = spec.width**2, spec.batch * spec.width
    ends = np.cumsum([spec.depth * square, rows, rows])
    weights, x, probe = np.split(_normals(spec.seed, int(ends[-1])), ends[:-1])
    shape = (spec.batch, spec.width)
    return Draw(
        weights=spec.weight_std * weights.reshape(spec.depth, spec.width, spec.width),
        x=x.reshape(shape),
        probe=probe.reshape(shape) / np.linalg.norm(probe),
    )


def _normals(seed: int, count: int) -> Array:
    """The first ``count`` standard normals of a seed; a longer stream begins like a shorter one."""
    return _stream(seed, -(-count // BLOCK) * BLOCK)[:count]


@lru_cache(maxsize=2)
def _stream(seed: int, count: int) -> Array:
    """Kept, since two nets are compared on one seed, and the next depth is a few layers away."""
    stream = np.random.default_rng(seed).standard_normal(count)
    stream.setflags(write=False)
    return stream
