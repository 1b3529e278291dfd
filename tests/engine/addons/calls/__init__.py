"""An addon of the tests: values and errors across the boundary."""
