"""Asks to exit."""

raise SystemExit("this addon wants to leave")
