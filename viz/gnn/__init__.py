"""Neighbors have no order, so a node may only do with their messages what no shuffle changes."""
