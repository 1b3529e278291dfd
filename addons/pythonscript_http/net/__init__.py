"""The network: a seam that the client uses (`stream`), and what stands behind it (`sockets`, `resolver`)."""
