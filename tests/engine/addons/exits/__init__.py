"""An addon of the tests that would like to end the game."""
