"""What explores an exported game."""
