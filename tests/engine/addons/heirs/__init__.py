"""An addon of the tests: a class that inherits one whose annotations name its own enum."""
