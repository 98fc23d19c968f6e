"""Erasing inputs at random adds a penalty that knows the size of every column."""
