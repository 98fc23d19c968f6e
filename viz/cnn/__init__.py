"""A filter is one small set of numbers used at every position, so it forgets where."""
