"""The exam's decoder and others to search, up to language models that were really trained."""

from typing import Any

from viz.beam_search.exam import (
    SEED,
    Exam,
    clean_decoder,
    curse_decoder,
    exam_decoder,
    trap_decoder,
)
from viz.beam_search.many_view import MODELS, ManySettings, run_many
from viz.beam_search.speech_view import TEXT, TEXTS, SpeechSettings, run_speech
from viz.beam_search.tree_view import TREE, TreeSettings, run_tree
from viz.view import View

VIEWS: tuple[View[Any, Any], ...] = (TREE, TEXT, MODELS)

__all__ = [
    "SEED",
    "TEXTS",
    "VIEWS",
    "Exam",
    "ManySettings",
    "SpeechSettings",
    "TreeSettings",
    "clean_decoder",
    "curse_decoder",
    "exam_decoder",
    "run_many",
    "run_speech",
    "run_tree",
    "trap_decoder",
]
