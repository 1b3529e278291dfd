"""An addon of the tests: value types in Python, by the expressions that GDScript understands too."""
