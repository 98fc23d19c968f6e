"""The views of this page in their order; the first is the exam's."""

from typing import Any

from viz.attention.controls import SEED
from viz.attention.exam_views import MAP, SLOPE, TABLE
from viz.attention.learning_views import LEARN, SIZE, TOKENS
from viz.view import View

__all__ = ["SEED", "VIEWS"]

VIEWS: tuple[View[Any, Any], ...] = (TABLE, MAP, SLOPE, LEARN, SIZE, TOKENS)
