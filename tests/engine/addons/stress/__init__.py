"""Python as hard on the host as a game can be."""
