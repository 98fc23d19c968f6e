"""PyTorch, derivation and witnesses for many random decoders."""

import numpy as np

from viz.beam_search.compute import beam_search
from viz.beam_search.many import Many
from viz.beam_search.models import RandomDecoder
from viz.beam_search.texts import big
from viz.beam_search.witnesses import torch_search
from viz.draw.numbers import stacked
from viz.view import Line

FEW = 10


def many_snippet(result: Many) -> str:
    """The same models, searched in PyTorch one after the other."""
    size, steps, models = result.vocabulary_size, result.num_steps, len(result.best)
    return f"""import numpy as np
import torch

V, STEPS, MODELS, H = {size}, {steps}, {models}, 16


def model(seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(H, H)) * 1.5 / H**0.5
    E = rng.normal(size=(V, H))
    C = rng.normal(size=(V, H)) * {result.sharpness!r} / H**0.5
    h = np.tanh(rng.normal(size=(1, H)))
    return [torch.from_numpy(part) for part in (A, E, C, h)]


def search(weights, k):
    A, E, C, states = weights
    totals = torch.zeros(1, dtype=torch.float64)
    for _ in range(STEPS):
        scores = totals[:, None] + torch.log_softmax(states @ C.T, dim=-1)
        totals, index = scores.flatten().topk(min(k, scores.numel()))
        states = torch.tanh(states[index // V] @ A.T + E[index % V])
    return totals[0].item()


models = [model(seed) for seed in range({result.seed}, {result.seed} + MODELS)]
answer = [np.mean([search(m, k) for m in models]) for k in (1, 2, 5)]
print("mean log-probability with k = 1, 2, 5:", answer)
"""


def many_answer(result: Many) -> list[float]:
    """Mean log-probability of what greedy search, k = 2 and k = 5 say."""
    return [float(result.found[result.widths.index(k)].mean()) for k in (1, 2, 5)]


def many_agree(result: Many) -> dict[str, float]:
    """The mean over the first ten models with k = 2: all at once, one by one, PyTorch."""
    seeds = range(result.seed, result.seed + min(FEW, len(result.best)))
    steps = result.num_steps
    decoders = [
        RandomDecoder(result.vocabulary_size, seed=s, sharpness=result.sharpness) for s in seeds
    ]
    alone = [beam_search(one, beam_width=2, num_steps=steps).best.log_prob for one in decoders]
    theirs = [torch_search(one, beam_width=2, num_steps=steps)[1] for one in decoders]
    place = result.widths.index(2)
    return {
        "all at once": float(result.found[place, : len(decoders)].mean()),
        "one by one": float(np.mean(alone)),
        "PyTorch": float(np.mean(theirs)),
    }


def many_lines(result: Many) -> tuple[Line, ...]:
    """The model, the gap, the cost."""
    size, steps = result.vocabulary_size, result.num_steps
    lines = [
        Line(
            stacked(
                r"h_t &= \tanh(A h_{t-1} + E_{y_t})",
                r"\log p(\cdot \mid y_{\le t}) &= \log \mathrm{softmax}(C h_t)",
            ),
            "Each model is a small recurrent net with random weights; the larger the sharpness, "
            "the more one word stands out.",
        )
    ]
    if result.num_known:
        means = [float(result.gaps(result.widths.index(k)).mean()) for k in (1, 2, 5)]
        lines.append(
            Line(
                stacked(
                    r"\text{missed} &= \max_y \log p(y) - \log p(y_k)",
                    *(
                        rf"k = {k}: \quad &\phantom{{=}}\ {mean:.4f}"
                        for k, mean in zip((1, 2, 5), means, strict=True)
                    ),
                ),
                "Means over all models whose best is known. The best is found by branch and "
                "bound: log-probabilities only fall, so a prefix below the best sentence so far "
                "can be cut with all that grows from it.",
            )
        )
    k = result.widths[-1]
    lines.append(
        Line(
            stacked(
                rf"T k V &= {steps} \cdot {k} \cdot {size} = {big(steps * k * size)}",
                rf"V^T &= {size}^{{{steps}}} = {big(size**steps)}",
            ),
            "The cost grows in step with k and with T; the number of sentences grows as a power.",
        )
    )
    return tuple(lines)
