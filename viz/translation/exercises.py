"""All questions of this page: the exam's own, then those beyond it."""

from viz.translation.exam_questions import evaluation_row, training_row, vertical_problems
from viz.translation.further_questions import derailed, longest, reachable

ALL = (training_row, evaluation_row, vertical_problems, reachable, longest, derailed)
