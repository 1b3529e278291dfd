"""Imported in threads only."""

DEPTH = 7
