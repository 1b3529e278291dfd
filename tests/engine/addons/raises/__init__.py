"""An addon of the tests that cannot be imported."""
