"""PyTorch that prints the page's numbers; every text leaves its result in ``answer``."""

from viz.translation.compute import EOS, Rows
from viz.translation.results import Flow, Limits, Translation, taught

ROWS = """import torch

truth = {truth}
emitted = {emitted}
words = sorted({{"<sos>", *truth, *emitted}})
ids = {{word: i for i, word in enumerate(words)}}

target = torch.tensor([[ids[word] for word in truth]])
output = torch.tensor([[ids[word] for word in emitted]])
sos = torch.tensor([[ids["<sos>"]]])

training = torch.cat([sos, target[:, :-1]], 1)  # teacher forcing: the truth, shifted right
evaluation = torch.cat([sos, output[:, :-1]], 1)  # evaluation: its own words, shifted right

for name, row in (("training", training), ("evaluation", evaluation)):
    print(name, [words[i] for i in row[0].tolist()])
answer = (training != evaluation).int()[0].tolist()  # 1 where the rows differ
"""
MODEL = """import torch

torch.manual_seed({seed})
H, SOS, EOS = {size}, 1, 2  # 0 is the padding
source_words = {source_words}
target_words = {target_words}
spanish = torch.nn.Embedding(len(source_words), H)
english = torch.nn.Embedding(len(target_words), H)
encoder = torch.nn.{cell}(H, H, batch_first=True)
decoder = torch.nn.{cell}({width}, H, batch_first=True)
out = torch.nn.Linear(H, len(target_words))

x = torch.tensor([[source_words.index(word) for word in {read}]])
target = torch.tensor([[target_words.index(word) for word in {wanted}]])
sos = torch.tensor([[SOS]])

def score(d):  # the padding and <sos> are never said
    return out(d).index_fill(-1, torch.tensor([0, SOS]), -torch.inf)

# Training: the decoder reads the truth, shifted right.
states, last = encoder(spanish(x))
decoder_in = torch.cat([sos, target[:, :-1]], 1)
{train}
loss = torch.nn.functional.cross_entropy(score(d)[0], target[0])
loss.backward()  # then optimizer.step(), 600 times with batches of 64
answer = loss.item()
print("loss of the untrained model:", answer, "nats a word")
{trained}
# In use: it reads its own last word.
word, state, said = sos, {start}, []
for t in range({limit}):
    {step}
    word = {pick}
    said.append(target_words[word.item()])
    if word.item() == EOS:
        break
{put}print("the untrained model says:", said)
"""
HORIZONTAL = {
    "width": "H",
    "train": "d, _ = decoder(english(decoder_in), last)  # starts from the encoder's last state\n"
    "# vertical, three changes: decoder = torch.nn.GRU(2 * H, H, batch_first=True)\n"
    "#     d, _ = decoder(torch.cat([english(decoder_in), states[:, : target.shape[1]]], 2))\n"
    "#     and below: state = None, decoder(torch.cat([english(word), states[:, t : t + 1]], 2))",
    "start": "last",
    "step": "d, state = decoder(english(word), state)",
}
VERTICAL = {
    "width": "2 * H",
    "train": "beside = states[:, : target.shape[1]]  # step t reads the encoder's state t\n"
    "d, _ = decoder(torch.cat([english(decoder_in), beside], 2))",
    "start": "None",
    "step": "d, state = decoder(torch.cat([english(word), states[:, t : t + 1]], 2), state)",
}
TRAINED = """
# The page's model after {step} steps gives these words, one by one, the probabilities
chances = torch.tensor({chances})
print("loss after {step} steps:", -chances.log().mean().item(), "nats a word")
"""
DRAWN = "torch.distributions.Categorical(logits=score(d) / {temperature:g}).sample()"
PUT = """    if t + 1 == {place}:  # fed in place of output word {place}
        word = torch.tensor([[target_words.index({word!r})]])
"""
FLOW = """import torch

torch.manual_seed(0)
H, S, T, words = 64, {source}, {target}, 30  # a vertical stack has no more than S steps
encoder = torch.nn.{cell}(H, H, batch_first=True)
decoder = torch.nn.{cell}(2 * H, H, batch_first=True)
out = torch.nn.Linear(H, words)

x = torch.randn(1, S, H, requires_grad=True)  # embeddings of the source words
w = torch.randn(1, T, H)  # embeddings of the decoder inputs
states, _ = encoder(x)
d, _ = decoder(torch.cat([w, states[:, :T]], 2))  # vertical: step t reads state t
scores = out(d)[0]

# How strongly output j (its scores added up) depends on source word i:
flow = torch.stack([torch.autograd.grad(row.sum(), x, retain_graph=True)[0][0].norm(dim=1)
                    for row in scores])
print(flow)  # random weights: not the page's numbers, but the same zeros
answer = (flow == 0).sum().item()  # exactly zero above the diagonal
"""
LIMIT = """from collections import Counter, defaultdict

# The corpus: every sentence of a small grammar, with its one translation.
def table(text):
    return [line.split() for line in text.split(",")]

nouns = table("perro dog o, gato cat o, caballo horse o, vaca cow a,"
              "libro book o, casa house a, mesa table a, flor flower a")
adjectives = table("negr black, blanc white, pequeñ small, roj red")
verbs = table("veo I see, vi I saw, tengo I have, quiero I want, ves you see, tienes you have,"
              "quieres you want, vemos we see, vimos we saw, tenemos we have")
un, el = {{"o": "un", "a": "una"}}, {{"o": "el", "a": "la"}}

def phrases(article, english, some):
    for noun, thing, end in some:
        yield f"{{article[end]}} {{noun}}", f"{{english}} {{thing}}"
        for stem, color in adjectives:
            yield f"{{article[end]}} {{noun}} {{stem}}{{end}}", f"{{english}} {{color}} {{thing}}"

pairs = []
for verb, person, does in verbs:
    rest = [(f"lo {{verb}}", f"{{does}} it"), (f"los {{verb}}", f"{{does}} them")]
    for spanish, english in [*phrases(un, "a", nouns), *phrases(el, "the", nouns)]:
        rest.append((f"{{verb}} {{spanish}}", f"{{does}} {{english}}"))
    pairs += [(spanish, f"{{person}} {{english}}") for spanish, english in rest]
    if does != "saw":
        pairs += [(f"no {{spanish}}", f"{{person}} don't {{english}}") for spanish, english in rest]
for subject, who in phrases(el, "the", nouns[:4]):
    for verb, does in table("ve sees, tiene has, quiere wants"):
        pairs += [(f"{{subject}} {{verb}} {{un[end]}} {{noun}}", f"{{who}} {{does}} a {{thing}}")
                  for noun, thing, end in nouns if noun not in subject.split()]

# Sentences that look the same so far must get the same next word: at best the most frequent one.
groups, total, right = defaultdict(Counter), Counter(), Counter()
for spanish, english in pairs:
    source, target = [{start}*spanish.split(), "<eos>"], [*english.split(), "<eos>"]
    for j, word in enumerate(target):
        total[j] += 1
        if j < len(source):  # a vertical model has read source[: j + 1] before it says word j
            groups[j, *source[: j + 1], "|", *target[:j]][word] += 1
for (j, *_), group in groups.items():
    right[j] += max(group.values())
print(len(pairs), "sentences; best share by position:",
      [round(right[j] / total[j], 4) for j in total])
answer = sum(right.values()) / sum(total.values())
print("best possible share of words:", answer)
"""


def rows(result: Rows) -> str:
    """Both rows of decoder inputs by one shift."""
    return ROWS.format(
        truth=[word or EOS for word in result.truth],
        emitted=[word or EOS for word in result.emitted],
    )


def model(result: Translation) -> str:
    """The translator before training: the loss of the sentence, and what it says."""
    config, words = result.trained.config, result.trained.words
    hot, put = result.temperature, result.forced
    return MODEL.format(
        seed=config.seed,
        size=config.hidden_size,
        source_words=list(words.source),
        target_words=list(words.target),
        cell={"gru": "GRU", "rnn": "RNN"}[config.cell],
        read=list(result.read),
        wanted=list(result.reference),
        trained=_trained(result) if result.step else "",
        pick=DRAWN.format(temperature=hot) if hot else "score(d).argmax(-1)",
        put="" if put is None else PUT.format(place=put[0], word=put[1]),
        limit=20 if config.stack == "horizontal" else "x.shape[1]",
        **(HORIZONTAL if config.stack == "horizontal" else VERTICAL),
    )


def _trained(result: Translation) -> str:
    """The loss on the page from its probabilities: training takes longer than a snippet may."""
    network = result.trained.at(result.step)
    chances = taught(network, result.source, result.reference)
    return TRAINED.format(step=result.step, chances=[float(f"{chance:.6g}") for chance in chances])


def limits(result: Limits) -> str:
    """The bound by counting the whole corpus."""
    return LIMIT.format(start='"<sos>", ' if result.source_sos else "")


def flow(result: Flow, cell: str) -> str:
    """Gradients of every output by every source word, in the vertical stack."""
    name = {"gru": "GRU", "rnn": "RNN"}[cell]
    return FLOW.format(source=len(result.source), target=len(result.vertical), cell=name)
