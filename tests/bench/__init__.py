"""Benchmarks: PyHTTPClient beside the engine's HTTPClient, in one run of the engine, as ratios."""
