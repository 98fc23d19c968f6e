"""What flows back through attention: through softmax, through argmax, and straight through."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from viz.attention.compute import FloatArray, Hard, Inputs, frozen, hard, inner_products, softmax


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """Derivatives of grad_output · output: (n,), (d,), (n, d) and (n, dv)."""

    scores: FloatArray
    query: FloatArray
    keys: FloatArray
    values: FloatArray


def soft_gradients(
    inputs: Inputs, grad_output: FloatArray | Sequence[float], *, temperature: float = 1.0
) -> Gradients:
    """Backward through softmax: scores get w ⊙ (V g − w·V g) / temperature.

    Args:
        inputs: query, keys, values.
        grad_output: g, what arrives at the output, shape (dv,).
        temperature: of the softmax.
    """
    weights = softmax(inputs.scores, temperature)
    grad = _grad_output(inputs, grad_output)
    # Counted from the heaviest key, so that differences as small as 1e-50 survive rounding.
    heaviest = int(np.argmax(weights))
    reached = inner_products(inputs.values - inputs.values[heaviest], grad)
    raw = weights * (reached - weights @ reached) / temperature
    # The weighted mean of the keys may be taken off, since the scores' gradients sum to 0.
    keys = inputs.keys - inputs.keys[heaviest]
    keys = keys - weights @ keys
    grad_query = keys.T @ raw * inputs.factor
    grad_keys = np.outer(raw, inputs.query) * inputs.factor
    return Gradients(
        frozen(raw), frozen(grad_query), frozen(grad_keys), frozen(np.outer(weights, grad))
    )


def hard_gradients(inputs: Inputs, grad_output: FloatArray | Sequence[float]) -> Gradients:
    """Backward through argmax: the winner's value gets g, everything else exactly 0.

    At a tie the derivative by query and keys does not exist; the 0 is then that of the first key.
    """
    grad = _grad_output(inputs, grad_output)
    return Gradients(
        frozen(np.zeros(inputs.num_keys)),
        frozen(np.zeros_like(inputs.query)),
        frozen(np.zeros_like(inputs.keys)),
        frozen(np.outer(hard(inputs).attention_weights, grad)),
    )


def straight_through(
    inputs: Inputs, grad_output: FloatArray | Sequence[float], *, temperature: float = 1.0
) -> tuple[Hard, Gradients]:
    """Argmax forward, the slope of softmax backward (Bengio, Leonard, Courville 2013).

    As torch's ``hard - soft.detach() + soft``; the values' gradient is that of argmax.
    """
    through = soft_gradients(inputs, grad_output, temperature=temperature)
    stopped = hard_gradients(inputs, grad_output)
    return hard(inputs), Gradients(through.scores, through.query, through.keys, stopped.values)


def _grad_output(inputs: Inputs, grad_output: FloatArray | Sequence[float]) -> FloatArray:
    grad = np.asarray(grad_output, dtype=np.float64)
    if grad.shape != (inputs.values.shape[1],):
        raise ValueError(
            f"grad_output must have {inputs.values.shape[1]} entries like the values, "
            f"got {grad.size}"
        )
    return grad
