"""Our computations beside well-known libraries': the same answer first, then who takes how long.

python -m tests.bench_peers; needs requirements-bench.txt. A ratio is ours over theirs.
"""

import statistics
import time
from collections.abc import Callable
from itertools import product

import numpy as np
import torch

from viz.autoencoder import compute as autoencoder
from viz.beam_search.compute import beam_search
from viz.beam_search.models import EOS, TreeDecoder
from viz.gnn.compute import aggregate
from viz.gnn.graphs import random_graph

REPEATS = 7


def median_ms(work: Callable[[], object]) -> float:
    """Milliseconds of one call, the median of a few after a warm-up."""
    work()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def say(name: str, ours: Callable[[], object], theirs: Callable[[], object], gap: float) -> None:
    """One line: both times in turn, their ratio, and how far the answers are apart."""
    mine, peer = median_ms(ours), median_ms(theirs)
    print(f"{name:34}{mine:9.2f} ms{peer:11.2f} ms{mine / peer:8.2f}    apart by {gap:.0e}")


def random_tree(num_steps: int, rng: np.random.Generator) -> TreeDecoder:
    """A tree over a, b, c and the end token with random log-probs at every node."""
    table = {}
    for depth in range(num_steps):
        for prefix in product(range(3), repeat=depth):
            scores = rng.normal(size=4) * 2
            table[prefix] = tuple(scores - np.log(np.exp(scores).sum()))
    return TreeDecoder(table, ("a", "b", "c", EOS))


def transformers_generate(decoder: TreeDecoder, num_steps: int) -> Callable[[int], tuple[int, ...]]:
    """``generate`` of transformers on a model that looks its log-probs up in the tree."""
    from transformers import GenerationConfig, GenerationMixin, PretrainedConfig, PreTrainedModel
    from transformers.modeling_outputs import CausalLMOutput

    size, end = len(decoder.vocabulary), decoder.vocabulary.index(EOS)
    begin = size

    class TreeConfig(PretrainedConfig):
        model_type = "unrolled-tree"

    class TreeModel(PreTrainedModel, GenerationMixin):
        config_class = TreeConfig
        main_input_name = "input_ids"
        _supports_cache_class = False

        def __init__(self, config: TreeConfig) -> None:
            super().__init__(config)
            self.anchor = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))

        def prepare_inputs_for_generation(
            self, input_ids: torch.Tensor, **_: object
        ) -> dict[str, object]:
            return {"input_ids": input_ids}

        def forward(self, input_ids: torch.Tensor, **_: object) -> CausalLMOutput:
            rows = np.full((len(input_ids), size + 1), -1e9)
            for place, tokens in enumerate(input_ids[:, 1:].tolist()):
                known = decoder.table.get(tuple(tokens))
                rows[place, :size] = known if known is not None else (*[-50.0] * (size - 1), 0.0)
            return CausalLMOutput(logits=torch.from_numpy(rows)[:, None, :])

    model = TreeModel(TreeConfig(vocab_size=size + 1)).eval()

    def generate(beam_width: int) -> tuple[int, ...]:
        config = GenerationConfig(
            num_beams=beam_width,
            max_new_tokens=num_steps,
            early_stopping="never",
            length_penalty=0.0,
            eos_token_id=end,
            pad_token_id=end,
            bos_token_id=begin,
            do_sample=False,
            use_cache=False,
        )
        with torch.no_grad():
            out = model.generate(torch.tensor([[begin]]), generation_config=config)
        tokens = out[0, 1:].tolist()
        return tuple(tokens[: tokens.index(end) + 1] if end in tokens else tokens)

    return generate


def bench_beam_search() -> None:
    """One search at width 4, after 40 trees at three widths on which both must say the same."""
    num_steps, same = 5, 0
    for seed in range(40):
        decoder = random_tree(num_steps, np.random.default_rng(seed))
        generate = transformers_generate(decoder, num_steps)
        for beam_width in (2, 3, 5):
            ours = beam_search(
                decoder, beam_width=beam_width, num_steps=num_steps, finished_only=False
            )
            same += ours.best.tokens == generate(beam_width)
    print(f"beam search: the same sentence as transformers in {same} of 120 searches")
    decoder = random_tree(num_steps, np.random.default_rng(0))
    generate = transformers_generate(decoder, num_steps)
    say(
        "beam search / transformers",
        lambda: beam_search(decoder, beam_width=4, num_steps=num_steps),
        lambda: generate(4),
        0.0,
    )


def bench_graph_layer() -> None:
    """The mean over neighbors on 20 000 nodes and 100 000 edges, 16 features."""
    from torch_geometric.nn import SimpleConv

    found = random_graph(20_000, 100_000, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(found.num_nodes, 16))
    edges = torch.from_numpy(np.ascontiguousarray(found.both_ways))
    layer, features = SimpleConv(aggr="mean"), torch.from_numpy(x)

    def theirs() -> torch.Tensor:
        return layer(features, edges)

    gap = float(np.abs(aggregate(x, found, how="mean") - theirs().numpy()).max())
    say(
        "mean of neighbors / torch_geometric",
        lambda: aggregate(x, found, how="mean"),
        theirs,
        gap,
    )


def bench_principal_axes() -> None:
    """The minimum of the autoencoder's objective at λ = 0 against PCA, 64 features."""
    from sklearn.decomposition import PCA

    data = np.random.default_rng(0).normal(size=(64, 3000)) * np.linspace(3, 0.2, 64)[:, None]

    def ours() -> np.ndarray:
        cov, _ = autoencoder.covariance(data)
        return autoencoder.spectrum(cov)[1][:, :8]

    def theirs() -> np.ndarray:
        return PCA(8, svd_solver="full").fit(data.T).components_.T

    gap = float(autoencoder.principal_angles(ours(), theirs()).max())
    say("principal axes / scikit-learn", ours, theirs, gap)


def main() -> None:
    """Every peer in one run, on one thread."""
    torch.set_num_threads(1)
    print(f"{'ours / theirs':34}{'ours':>12}{'theirs':>14}{'ratio':>8}")
    bench_beam_search()
    bench_graph_layer()
    bench_principal_axes()


if __name__ == "__main__":
    main()
