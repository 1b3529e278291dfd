"""Servers on the loopback interface, for unit tests, engine tests and benchmarks. Standard library only."""
