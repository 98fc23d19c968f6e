"""All questions of this page: the exam's own, then those beyond it."""

from viz.attention.exam_questions import output, reached, reason, scores
from viz.attention.further_questions import distance, length, order, winning_weight

ALL = (scores, output, reached, reason, distance, order, winning_weight, length)
