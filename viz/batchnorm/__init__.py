"""Batch normalization relabels every axis on its own: position and scale go, shape stays."""
