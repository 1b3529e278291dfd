"""Imported early, in a thread: the package itself has imported all of the client that needs no engine."""
