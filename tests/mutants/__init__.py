"""Faults put in on purpose, each of which some test must notice: `python3 tools/dev.py mutants`."""
