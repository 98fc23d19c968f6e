"""The exam's table of tricks, and the views around it."""

from viz.gradients import board_view, chain_view, net_view, race_view, tick_view
from viz.gradients.exam import SEED, Exam

__all__ = ("SEED", "VIEWS", "Exam")

VIEWS = (tick_view.VIEW, net_view.VIEW, board_view.VIEW, race_view.VIEW, chain_view.VIEW)
