"""Softmax attention is an argmax that can feel: only what it leaves undecided has a slope."""
