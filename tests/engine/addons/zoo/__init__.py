"""An addon of the tests: one class of each sort."""
