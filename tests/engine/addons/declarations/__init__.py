"""An addon of the tests: declarations that are hard to get right."""
