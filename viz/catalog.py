"""The concepts in their order; a concept's code is imported only when asked for."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from viz.view import View


@dataclass(frozen=True, slots=True)
class Concept:
    """One page of the explorer."""

    slug: str
    title: str
    question: str
    exam_question: int

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
    ),
    Concept(
        "gradients",
        "Gradients",
        "Which trick keeps the gradient alive through 50 layers, "
        "and which one keeps it from blowing up?",
        4,
    ),
    Concept(
        "rnn",
        "RNN",
        "One weight, used three times: how does a change in it reach the output?",
        5,
    ),
    Concept(
        "attention",
        "Attention",
        "If attention just picked the best match, could it ever learn to pick better?",
        6,
    ),
    Concept(
        "translation",
        "Translation",
        "What does the decoder get to read: from the sentence, from the teacher, from itself?",
        9,
    ),
    Concept(
        "gnn",
        "Graph networks",
        "Neighbors have no order. What may a node do with their messages?",
        10,
    ),
    Concept(
        "dropout",
        "Dropout",
        "Erase inputs at random: which penalty did you just add?",
        11,
    ),
    Concept(
        "autoencoder",
        "Autoencoder",
        "Why does a little weight decay make the decoder's columns orthonormal?",
        12,
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
