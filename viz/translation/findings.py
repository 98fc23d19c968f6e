"""States worth seeing: what to try, and what to notice there."""

from viz.translation.controls import LONGER
from viz.view import Preset

ROW_PRESETS = (
    Preset("Exam 9(b)", {}, "Training: the teacher puts in the truth, shifted by one."),
    Preset("Exam 9(c)", {"mode": "evaluation"}, "In use: its own words go back in."),
    Preset(
        "Exam 9(a)",
        {"stack": "vertical", "source_sos": False},
        "Four source tokens for five English ones.",
    ),
)
ROW_FINDINGS = (
    Preset(
        "switch to evaluation",
        {"mode": "evaluation"},
        "Of the five inputs only w₃ changes: see becomes saw.",
    ),
    Preset(
        "stack vertically",
        {"stack": "vertical", "source_sos": False},
        "Word j has read j source tokens, and for <eos> there is none left.",
    ),
    Preset(
        "say it right", {"emitted": "I see a dog"}, "Then both rows agree, and so do both modes."
    ),
)
MODEL_PRESETS = (
    Preset(
        "The exam's slip",
        {"force": "2 = saw", "play": "words"},
        "Feed saw in place of see, as in 9(c).",
    ),
    Preset(
        "Black cat, vertical",
        {"source": LONGER, "stack": "vertical"},
        "The color must be said before “negro” is read, so it is guessed: white.",
    ),
    Preset(
        "Fall apart",
        {"force": "2 = the", "play": "words"},
        "“the” in place of the verb: it goes on with “horse has a cow”.",
    ),
    Preset(
        "A fast start",
        {"stack": "vertical"},
        "At step 25 the vertical model has more than twice as many tokens right as the horizontal "
        "one: word for word is a good first guess, until it is the wrong one.",
        step=1,
    ),
    Preset(
        "With a teacher",
        {"mode": "training"},
        "The truth goes in, whatever the model says.",
    ),
    Preset(
        "Draw words",
        {"temperature": 1.5, "play": "words", "step": "200"},
        "Words are drawn by the probabilities shown, flattened by a temperature of 1.5: the "
        "exam's “happened to say”.",
    ),
    Preset("Train another", {"train": True, "seed": 1}, "600 steps on 1,612 sentences."),
    Preset("Own pairs", {"pairs": "own", "train": True}, "Teach it your own pairs, below."),
)
MODEL_FINDINGS = (
    Preset(
        "watch it learn",
        {},
        "At 50 steps it says an English sentence, but another one; the loss falls to nearly 0.",
        step=2,
    ),
    Preset(
        "derail it",
        {"force": "3 = the"},
        "Feed “the” in place of “a”, and the dog becomes a cow.",
    ),
    Preset(
        "stack it vertically",
        {"source": LONGER, "stack": "vertical"},
        "It must say its second word before it has read the adjective.",
    ),
)
FLOW_FINDINGS = (
    Preset("a longer sentence", {"source": LONGER}, "The triangle of zeros grows."),
    Preset(
        "another seed, untrained",
        {"seed": 7},
        "The zeros are there before any training, to the last bit.",
    ),
    Preset(
        "with a start symbol",
        {"source_sos": True},
        "Now the first English word is said before any Spanish word is read.",
    ),
)
LIMIT_FINDINGS = (
    Preset(
        "the word that is guessed",
        {},
        "After “el gato” five next words are equally frequent: one in five is right.",
        step=1,
    ),
    Preset(
        "the exam's sentence",
        {"source": "veo un perro"},
        "Every word could be right, but none is left for the end symbol.",
    ),
    Preset(
        "with a start symbol",
        {"source_sos": True},
        "One slot more, but the first word is a guess among all sentences.",
        step=0,
    ),
)
