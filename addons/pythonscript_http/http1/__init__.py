"""The sans-I/O core: HTTP/1.1 as a client sees it. It imports no socket, thread, clock or engine."""
