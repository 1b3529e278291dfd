"""An addon that observes all clients of a game."""
