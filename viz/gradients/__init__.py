"""Depth multiplies: a layer scales the gradient, and each trick bends that factor towards 1."""
