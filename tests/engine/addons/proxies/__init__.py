"""An addon of the tests: the engine's objects as Python sees them."""
