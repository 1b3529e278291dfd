"""An addon of the tests that leaves threads behind."""
