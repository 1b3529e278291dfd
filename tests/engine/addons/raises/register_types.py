"""Raises."""

raise ValueError("this addon is broken")
