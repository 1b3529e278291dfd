"""An addon of the tests: runs Python for GDScript."""
