"""The concepts in their order; a concept's code is imported only when asked for."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from viz.view import View


@dataclass(frozen=True, slots=True)
class Concept:
    """One page of the explorer.

    Attributes:
        slug: its name in links and folders.
        title: its name for people.
        question: what the page answers.
        exam_question: the number of its question in the exam.
        related: slugs of other concepts and what they share with this one.
    """

    slug: str
    title: str
    question: str
    exam_question: int
    related: tuple[tuple[str, str], ...] = ()

    def views(self) -> tuple[View[Any, Any], ...]:
        """What the concept shows; the first view is the exam's."""
        module = importlib.import_module(f"viz.{self.slug}.demo")
        views: tuple[View[Any, Any], ...] = module.VIEWS
        return views

    def exercises(self) -> tuple[Callable[..., Any], ...]:
        """What the concept asks: makers of questions."""
        module = importlib.import_module(f"viz.{self.slug}.exercises")
        makers: tuple[Callable[..., Any], ...] = module.ALL
        return makers


CONCEPTS: tuple[Concept, ...] = (
    Concept(
        "batchnorm",
        "Batch norm",
        "What does batch norm change about my data, and what does it leave alone?",
        3,
        related=(
            ("dropout", "dropout, too, gives the columns of the data a common scale"),
            ("gradients", "what the layer does to gradients in a deep net"),
        ),
    ),
    Concept(
        "gradients",
        "Gradients",
        "Which trick keeps the gradient alive through 50 layers, "
        "and which keeps it from blowing up?",
        4,
        related=(
            ("rnn", "the same product of factors, over time instead of layers"),
            ("batchnorm", "what the layer does to the values themselves"),
        ),
    ),
    Concept(
        "rnn",
        "RNN",
        "One weight, used three times: how does a change in it reach the output?",
        5,
        related=(
            ("gradients", "the same product of factors, over layers instead of time"),
            ("translation", "two such nets, one reading and one writing"),
        ),
    ),
    Concept(
        "attention",
        "Attention",
        "If attention just picked the best match, could it ever learn to pick better?",
        6,
        related=(
            ("translation", "what a decoder reads when it may not look back"),
            ("beam_search", "another hard choice, and what keeping more than one buys"),
        ),
    ),
    Concept(
        "cnn",
        "CNN",
        "How big is every layer, how many numbers does it learn, and what if the picture slides?",
        7,
        related=(
            ("gnn", "another average that must not notice an order"),
            ("autoencoder", "images again, with linear layers alone"),
        ),
    ),
    Concept(
        "beam_search",
        "Beam search",
        "Which sentence does the decoder say, if it may only remember k of them?",
        8,
        related=(
            ("translation", "the decoder whose sentence is searched for"),
            ("attention", "another choice: the best one only, or a mixture"),
        ),
    ),
    Concept(
        "translation",
        "Translation",
        "What does the decoder get to read: from the sentence, from the teacher, from itself?",
        9,
        related=(
            ("beam_search", "how the decoder picks its sentence"),
            ("attention", "looking back at every word instead of one state"),
            ("gradients", "why what was read long ago is hard to learn from"),
        ),
    ),
    Concept(
        "gnn",
        "Graph networks",
        "Neighbors have no order. What may a node do with their messages?",
        10,
        related=(
            ("attention", "a weighted mean over a set, with learned weights"),
            ("cnn", "another average that must not notice a shift"),
        ),
    ),
    Concept(
        "dropout",
        "Dropout",
        "Erase inputs at random: which penalty did you just add?",
        11,
        related=(
            ("batchnorm", "batch norm, too, gives every column a common scale"),
            ("autoencoder", "another penalty that shapes what is learned"),
        ),
    ),
    Concept(
        "autoencoder",
        "Autoencoder",
        "Why does a little weight decay make the decoder's columns orthonormal?",
        12,
        related=(
            ("dropout", "a penalty that comes from noise"),
            ("batchnorm", "whitening, which batch norm is not"),
        ),
    ),
)


def find(slug: str) -> Concept:
    """The concept with this slug.

    Raises:
        ValueError: there is none; the sentence lists those there are.
    """
    for concept in CONCEPTS:
        if concept.slug == slug:
            return concept
    there = ", ".join(concept.slug for concept in CONCEPTS)
    raise ValueError(f"no concept '{slug}'; there are: {there}")
