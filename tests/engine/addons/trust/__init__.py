"""An addon of the tests that tells what clients trust."""
