"""What thinks behind the editor's HTTP console and network inspector: plain Python, without an engine.

The panels are GDScript, in the same folder; `engine.console` and `engine.inspector` join the two.
"""
