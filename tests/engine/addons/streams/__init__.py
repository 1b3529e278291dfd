"""An addon of the tests: a StreamPeer of a script's own."""
